# The attributes of instances, read where they lie.

cdef extern from *:
    """
    /* Whether an attribute is looked up as that of any object is, so that a slot says all. */
    static int symphony_is_looked_up_plainly(PyObject *cls, PyObject *getattribute)
    {
        PyObject *found = _PyType_Lookup((PyTypeObject *)cls, getattribute);
        return found != NULL && found == _PyType_Lookup(&PyBaseObject_Type, getattribute);
    }
    """
    bint _is_looked_up_plainly "symphony_is_looked_up_plainly"(PyObject* cls, PyObject* getattribute) noexcept
    PyObject* _get_attribute "PyObject_GetAttr"(PyObject* instance, PyObject* name) noexcept


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
        cdef bint is_plain
        self.version = version_of(cls, <PyObject*>_GETATTRIBUTE)
        # Without a version nobody would tell of changes.
        is_plain = self.version != 0 and _is_looked_up_plainly(cls, <PyObject*>_GETATTRIBUTE)
        for i in range(len(self.names)):
            self.offsets[i] = member_offset(cls, <PyObject*>self.names[i], False) if is_plain else -1

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
            caught(take_raised())
        return item
