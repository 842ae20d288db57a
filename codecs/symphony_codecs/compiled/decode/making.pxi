# Instances made without their constructor, their slots filled where they lie.

cdef extern from *:
    """
    /* Whether `object.__new__` makes instances that are no longer than the class says. */
    static int symphony_is_made_plainly(PyObject *object)
    {
        PyTypeObject *cls = (PyTypeObject *)object;
        return PyType_Check(object) && Py_TYPE(object)->tp_call == PyType_Type.tp_call &&
            cls->tp_alloc == PyType_GenericAlloc && cls->tp_itemsize == 0 &&
            PyType_HasFeature(cls, Py_TPFLAGS_HEAPTYPE) && !PyType_HasFeature(cls, Py_TPFLAGS_IS_ABSTRACT);
    }

    /* Whether calling a class is `object.__new__` and `__init__`. */
    static int symphony_is_called_plainly(PyObject *cls)
    {
        return ((PyTypeObject *)cls)->tp_new == PyBaseObject_Type.tp_new;
    }

    /* Whether a metaclass calls the class as `type` does. */
    #define symphony_calls_as_type(cls) (Py_TYPE(cls)->tp_call == PyType_Type.tp_call)

    /* Whether what is stored under a name goes into the instance's `__dict__`. */
    static int symphony_is_kept_in_dict(PyObject *type, PyObject *name)
    {
        PyTypeObject *cls = (PyTypeObject *)type;
        PyObject *found = _PyType_Lookup(cls, name);
        return cls->tp_dictoffset != 0 && (found == NULL || Py_TYPE(found)->tp_descr_set == NULL);
    }

    /* `object.__new__`, which also prepares the `__dict__`. */
    #define symphony_new(cls, nothing) (PyBaseObject_Type.tp_new((PyTypeObject *)(cls), (nothing), NULL))

    #define symphony_lookup(cls, name) _PyType_Lookup((PyTypeObject *)(cls), name)
    #define symphony_fill(o, offset, item) (*(PyObject **)((char *)(o) + (offset)) = (item))
    #define symphony_alloc(cls) (((PyTypeObject *)(cls))->tp_alloc((PyTypeObject *)(cls), 0))
    """
    bint is_made_plainly "symphony_is_made_plainly"(PyObject* cls) noexcept
    bint is_called_plainly "symphony_is_called_plainly"(PyObject* cls) noexcept
    void fill "symphony_fill"(PyObject* instance, Py_ssize_t offset, PyObject* item) noexcept nogil
    object allocate "symphony_alloc"(PyObject* cls)
    object new_instance "symphony_new"(PyObject* cls, PyObject* nothing)
    bint calls_as_type "symphony_calls_as_type"(PyObject* cls) noexcept
    bint is_kept_in_dict "symphony_is_kept_in_dict"(PyObject* cls, PyObject* name) noexcept
    PyObject* lookup "symphony_lookup"(PyObject* cls, PyObject* name) noexcept


cdef tuple NO_ARGUMENTS = ()


cdef class Maker:
    """
    Makes instances of a class whose slots are all it has, unless it *has_dict*: then an attribute may be kept there, and
    its offset is -1.

    The caller has every value before the instance exists, and fills all slots
    without running any code in between.  A class that was changed since is
    looked at again: its constructor and its slots have to be what they were.
    Offsets stay as they are, so that nobody finds others while they are used:
    allocating may run finalizers.
    """

    cdef object cls
    cdef tuple names
    cdef Py_ssize_t* offsets
    cdef unsigned int version
    cdef tuple makers      # names of what makes instances in the usual way
    cdef tuple made_by     # what these were
    cdef bint is_called    # whether that is a call of the class
    cdef bint works
    cdef bint has_dict
    cdef bint outlives_module        # whether the class is there for as long as its module

    def __cinit__(self, cls, names, makers=("__init__", "__setattr__"), has_dict=False):
        cdef Py_ssize_t i
        self.has_dict = has_dict
        self.cls = cls
        self.names = tuple(names)
        self.offsets = <Py_ssize_t*>PyMem_Malloc((len(self.names) + 1) * sizeof(Py_ssize_t))
        if self.offsets == NULL:
            raise MemoryError
        for i in range(len(self.names)):
            self.offsets[i] = member_offset(<PyObject*>cls, <PyObject*>self.names[i], True)
        self.makers = makers
        self.is_called = "__init__" in makers
        self.made_by = tuple([<object>lookup(<PyObject*>cls, <PyObject*>name) for name in makers])
        self.outlives_module = getattr(modules.get(cls.__module__), cls.__qualname__, None) is cls
        self.look()

    def __dealloc__(self):
        PyMem_Free(self.offsets)

    cdef void look(self) noexcept:
        cdef Py_ssize_t i
        cdef PyObject* cls = <PyObject*>self.cls
        self.version = version_of(cls, <PyObject*>"__init__")
        # Without a version nobody would tell of changes.
        self.works = (
            self.version != 0 and is_made_plainly(cls) and (not self.is_called or is_called_plainly(cls))
        )
        for i in range(len(self.makers)):
            if lookup(cls, PyTuple_GET(self.makers, i)) != PyTuple_GET(self.made_by, i):
                self.works = False
        for i in range(len(self.names)):
            if self.offsets[i] != member_offset(cls, <PyObject*>self.names[i], True):
                self.works = False
            elif self.offsets[i] < 0 and not (self.has_dict and is_kept_in_dict(cls, <PyObject*>self.names[i])):
                self.works = False

    cdef inline bint ready(self) noexcept:
        """Return whether instances can be made directly, now."""
        if current_version(<PyObject*>self.cls) != self.version:
            self.look()
        return self.works and calls_as_type(<PyObject*>self.cls)

    cdef inline object instance(self):
        """Return an instance without values."""
        if self.has_dict:
            return new_instance(<PyObject*>self.cls, <PyObject*>NO_ARGUMENTS)
        return allocate(<PyObject*>self.cls)

    cdef inline object holding(self, object one, object other):
        """Return an instance whose two slots hold these."""
        cdef object instance = allocate(<PyObject*>self.cls)
        Py_INCREF(one)
        Py_INCREF(other)
        fill(<PyObject*>instance, self.offsets[0], <PyObject*>one)
        fill(<PyObject*>instance, self.offsets[1], <PyObject*>other)
        return instance

    # What the next two make holds numbers or bytes, and cannot be changed: no cycle goes through it, as none does
    # through a tuple of such, which the collector leaves alone as well; unless it is one through its class.

    cdef inline object with_one(self, object item):
        """Return a leaf whose one slot holds *item*."""
        cdef object instance = allocate(<PyObject*>self.cls)
        Py_INCREF(item)
        fill(<PyObject*>instance, self.offsets[0], <PyObject*>item)
        if self.outlives_module:
            PyObject_GC_UnTrack(<PyObject*>instance)
        return instance

    cdef inline object with_two(self, object one, object other):
        """Return a leaf whose two slots hold these."""
        cdef object instance = self.holding(one, other)
        if self.outlives_module:
            PyObject_GC_UnTrack(<PyObject*>instance)
        return instance
