# Instances of a class, of fields that have been read.

cdef extern from "Python.h":
    PyObject* PyObject_CallNoArgs(object function)
    PyObject* PyObject_Vectorcall(object function, PyObject** arguments, size_t count, PyObject* names)


cdef class Construction:
    """
    How instances are made: without the constructor, or by a call of the class.

    Fields come in an array of `total` places, owned, NULL where one is
    missing; those that are never on the wire stand after the others.
    """

    cdef object cls
    cdef Py_ssize_t count
    cdef Py_ssize_t total
    cdef tuple arguments
    cdef tuple defaults       # what stands for what is missing, or makes it
    cdef bint* is_factory
    cdef bint* is_filled      # whether the constructor is given None
    cdef bint* is_own         # whether only the constructor knows what stands for it
    cdef bint has_own
    cdef Maker maker          # None: the class is called
    cdef bint finishes
    cdef bint validates
    cdef object keep

    def __cinit__(self, node):
        cdef Py_ssize_t i
        cdef list defaults = [field.default for field in node.fields] + [default for _, default in node.rest]
        cdef list names = [field.name for field in node.fields] + [name for name, _ in node.rest]
        self.cls = node.cls
        self.count = len(node.fields)
        self.total = len(defaults)
        self.arguments = tuple([intern(field.argument) for field in node.fields])
        self.is_factory = <bint*>PyMem_Calloc(self.total + 1, sizeof(bint))
        self.is_filled = <bint*>PyMem_Calloc(self.total + 1, sizeof(bint))
        self.is_own = <bint*>PyMem_Calloc(self.total + 1, sizeof(bint))
        if self.is_factory == NULL or self.is_filled == NULL or self.is_own == NULL:
            raise MemoryError
        for i in range(self.total):
            self.is_factory[i] = isinstance(defaults[i], nodes.Factory)
            self.is_filled[i] = i < self.count and node.fields[i].fill_none
            self.is_own[i] = defaults[i] is nodes.ABSENT and not self.is_filled[i]
            self.has_own = self.has_own or (i < self.count and self.is_own[i] and node.fields[i].optional)
            if self.is_factory[i]:
                defaults[i] = defaults[i].call
            else:
                # Where there is no default None is filled in.
                defaults[i] = None if defaults[i] is nodes.ABSENT else defaults[i].value
        self.defaults = tuple(defaults)
        self.finishes = node.finishes
        self.validates = node.validates
        self.keep = node.keep
        self.maker = Maker(node.cls, tuple(map(intern, names))) if node.direct else None

    def __dealloc__(self):
        PyMem_Free(self.is_factory)
        PyMem_Free(self.is_filled)
        PyMem_Free(self.is_own)

    cdef inline PyObject** room(self, PyObject** few) except NULL:
        """Return an array for the fields: *few* if it is long enough."""
        cdef PyObject** items = few
        cdef Py_ssize_t i
        if self.total > FEW:
            items = <PyObject**>PyMem_Malloc(self.total * sizeof(PyObject*))
            if items == NULL:
                raise MemoryError
        for i in range(self.total):
            items[i] = NULL
        return items

    cdef inline void leave(self, PyObject** few, PyObject** items) noexcept:
        cdef Py_ssize_t i
        for i in range(self.total):
            Py_XDECREF(items[i])
        if items != few:
            PyMem_Free(items)

    cdef object build(self, PyObject** items, dict extras):
        cdef object instance
        if self.maker is not None and self.maker.ready() and (not self.has_own or self.is_told(items)):
            instance = self.made(items)
            if self.finishes and instance is not REFUSED:
                # As the constructor does in the end, every field in its place.
                try:
                    instance.__attrs_post_init__()
                except Exception:
                    return REFUSED
        else:
            instance = self.called(items)
        if instance is REFUSED or (extras is None and not self.validates):
            return instance
        try:
            if self.validates and tuple(instance.validation_errors()):
                return REFUSED
            if extras is not None:
                self.keep(instance, extras)
        except Exception:
            return REFUSED
        return instance

    cdef inline bint is_told(self, PyObject** items) noexcept:
        """Return whether what stands for all that is missing is known here."""
        cdef Py_ssize_t i
        for i in range(self.count):
            if items[i] == NULL and self.is_own[i]:
                return False
        return True

    cdef object made(self, PyObject** items):
        cdef Py_ssize_t i
        cdef object value
        cdef object instance
        cdef bint was_quiet = True
        for i in range(self.total):
            if items[i] != NULL:
                continue
            value = <object>PyTuple_GET(self.defaults, i)
            if self.is_factory[i]:
                was_quiet = False
                value = refusing(PyObject_CallNoArgs(value), REFUSED)
                if value is REFUSED:
                    return REFUSED
            Py_INCREF(value)
            items[i] = <PyObject*>value
        if not was_quiet and not self.maker.ready():  # a factory has changed the class
            return REFUSED
        instance = allocate(<PyObject*>self.cls)
        # From here on nothing runs but stores.
        for i in range(self.total):
            fill(<PyObject*>instance, self.maker.offsets[i], items[i])
            items[i] = NULL
        return instance

    cdef object called(self, PyObject** items):
        """Call the class, with all arguments by name: what their order is may have changed."""
        cdef Py_ssize_t i, given = 0
        cdef PyObject* few[FEW]
        cdef PyObject** values = few
        cdef tuple names = self.arguments
        cdef list named
        if self.total > FEW:
            values = <PyObject**>PyMem_Malloc(self.total * sizeof(PyObject*))
            if values == NULL:
                return REFUSED
        try:
            for i in range(self.count):
                if items[i] != NULL or self.is_filled[i]:
                    values[given] = items[i] if items[i] != NULL else <PyObject*>None
                    given += 1
            if given < self.count:
                named = []
                for i in range(self.count):
                    if items[i] != NULL or self.is_filled[i]:
                        named.append(<object>PyTuple_GET(self.arguments, i))
                names = tuple(named)
            return refusing(PyObject_Vectorcall(self.cls, values, 0, <PyObject*>names), REFUSED)
        finally:
            if values != few:
                PyMem_Free(values)
