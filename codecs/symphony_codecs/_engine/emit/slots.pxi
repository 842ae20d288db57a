# The attributes of instances, read where they lie.

cdef extern from *:
    """
    #include <structmember.h>

    /* Where instances of a class keep an attribute; -1 if only getattr may say. */
    static Py_ssize_t symphony_slot_offset(PyObject *type, PyObject *name, PyObject *getattribute)
    {
        PyTypeObject *cls = (PyTypeObject *)type;
        PyMemberDef *member;
        PyObject *found = _PyType_Lookup(cls, getattribute);
        if (found == NULL || found != _PyType_Lookup(&PyBaseObject_Type, getattribute))
            return -1;
        found = _PyType_Lookup(cls, name);
        if (found == NULL || !Py_IS_TYPE(found, &PyMemberDescr_Type) || !PyType_IsSubtype(cls, PyDescr_TYPE(found)))
            return -1;
        member = ((PyMemberDescrObject *)found)->d_member;
        if (member->type != T_OBJECT_EX || member->offset <= 0 ||
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
    Py_ssize_t _slot_offset "symphony_slot_offset"(PyObject* cls, PyObject* name, PyObject* getattribute) noexcept
    unsigned int _version "symphony_version"(PyObject* cls, PyObject* name) noexcept
    unsigned int current_version "symphony_current_version"(PyObject* cls) noexcept nogil
    PyObject* _get_attribute "PyObject_GetAttr"(PyObject* instance, PyObject* name) noexcept
    PyObject* slot_at "symphony_slot"(PyObject* instance, Py_ssize_t offset) noexcept nogil


cdef str _GETATTRIBUTE = "__getattribute__"


cdef class Slots:
    """
    Where a class keeps some of its attributes.

    That holds for instances of exactly this class, and for as long as the
    class is what it was: its version changes with all that is done to it or
    to its bases, and then it is looked at again.
    """

    cdef object cls
    cdef tuple names
    cdef Py_ssize_t* offsets
    cdef unsigned int version

    def __cinit__(self, cls, names):
        self.cls = cls
        self.names = tuple(map(sys.intern, names))
        self.offsets = <Py_ssize_t*>PyMem_Malloc((len(self.names) + 1) * sizeof(Py_ssize_t))
        if self.offsets == NULL:
            raise MemoryError
        self.look()

    def __dealloc__(self):
        PyMem_Free(self.offsets)

    cdef void look(self) noexcept:
        cdef PyObject* cls = <PyObject*>self.cls
        cdef Py_ssize_t i
        self.version = _version(cls, <PyObject*>_GETATTRIBUTE)
        for i in range(len(self.names)):
            # Without a version nobody would tell of changes.
            self.offsets[i] = -1
            if self.version:
                self.offsets[i] = _slot_offset(cls, <PyObject*>self.names[i], <PyObject*>_GETATTRIBUTE)

    cdef inline void check(self) noexcept:
        """Make sure that the offsets are right, for all that is read before any other code runs."""
        if current_version(<PyObject*>self.cls) != self.version:
            self.look()

    cdef inline PyObject* get(self, PyObject* instance, Py_ssize_t index) except? NULL:
        """Return a new reference to an attribute; NULL: it has none, or reading it failed."""
        cdef PyObject* item
        if self.offsets[index] > 0:
            item = slot_at(instance, self.offsets[index])
            if item != NULL:
                keep(item)
                return item
        # Also for an empty slot: `__getattr__` may have something to say.
        return self.ask(instance, index)

    cdef PyObject* ask(self, PyObject* instance, Py_ssize_t index) except? NULL:
        cdef PyObject* item = _get_attribute(instance, <PyObject*>self.names[index])
        if item == NULL and PyErr_ExceptionMatches(Exception):
            PyErr_Clear()
        return item
