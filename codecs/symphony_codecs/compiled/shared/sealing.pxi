# Classes that only this module makes instances of.
#
#   void seal(PyObject* cls)
#       From now on Python cannot call the class, derive from it, or copy or pickle its instances, but for what a
#       `__reduce__` of its own says.  `Cls.__new__(Cls)` goes on working here, since it is compiled to a call of the C function.

cdef extern from *:
    """
    static void symphony_seal(PyObject *object)
    {
        PyTypeObject *cls = (PyTypeObject *)object;
        cls->tp_new = NULL;
        cls->tp_vectorcall = NULL;
        cls->tp_flags = (cls->tp_flags & ~Py_TPFLAGS_BASETYPE) | Py_TPFLAGS_DISALLOW_INSTANTIATION;
        /* It would call the slot that is empty now. */
        if (PyDict_DelItemString(cls->tp_dict, "__new__") < 0)
            PyErr_Clear();
        PyType_Modified(cls);
    }
    """
    void seal "symphony_seal"(object cls)
