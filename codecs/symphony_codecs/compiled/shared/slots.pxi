# Where instances of a class keep their attributes, and whether that is still so.

cdef extern from *:
    """
    #include <structmember.h>

    /* Where instances of exactly this class keep what is under a name; -1 if it is no slot, or none that may be filled. */
    static Py_ssize_t symphony_member_offset(PyObject *type, PyObject *name, int fills)
    {
        PyTypeObject *cls = (PyTypeObject *)type;
        PyMemberDef *member;
        PyObject *found = _PyType_Lookup(cls, name);
        if (found == NULL || !Py_IS_TYPE(found, &PyMemberDescr_Type) || !PyType_IsSubtype(cls, PyDescr_TYPE(found)))
            return -1;
        member = ((PyMemberDescrObject *)found)->d_member;
        if (member->type != T_OBJECT_EX || (fills && member->flags != 0) ||
            member->offset < (Py_ssize_t)sizeof(PyObject) ||
            member->offset + (Py_ssize_t)sizeof(PyObject *) > cls->tp_basicsize)
            return -1;
        return member->offset;
    }

    /* A number that changes with the class and its bases; 0: the interpreter has run out of them. */
    static unsigned int symphony_version(PyObject *type, PyObject *name)
    {
        PyTypeObject *cls = (PyTypeObject *)type;
    #if PY_VERSION_HEX >= 0x030C0000
        PyUnstable_Type_AssignVersionTag(cls);
    #else
        (void)_PyType_Lookup(cls, name);
    #endif
        return cls->tp_version_tag;
    }

    #define symphony_current_version(cls) (((PyTypeObject *)(cls))->tp_version_tag)
    #define symphony_slot(o, offset) (*(PyObject **)((char *)(o) + (offset)))
    """
    Py_ssize_t member_offset "symphony_member_offset"(PyObject* cls, PyObject* name, bint fills) noexcept
    unsigned int version_of "symphony_version"(PyObject* cls, PyObject* name) noexcept
    unsigned int current_version "symphony_current_version"(PyObject* cls) noexcept nogil
    PyObject* slot_at "symphony_slot"(PyObject* instance, Py_ssize_t offset) noexcept nogil
