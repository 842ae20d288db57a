# Classes, from maps or arrays.

cdef object text_keys(dict value):
    """Return the map with keys of text, which may come as byte strings or behind tags; None: it has others."""
    cdef dict result
    for key in value:
        if not PyUnicode_CheckExact(key):
            break
    else:
        return value
    result = {}
    for key, item in value.items():
        key = untagged(key)
        if PyBytes_CheckExact(key):
            try:
                key = key.decode()
            except UnicodeDecodeError:
                return None
        try:
            if key in result:
                return None
        except Exception:
            return None
        result[key] = item
    return result


cdef enum:
    FEW = 16


cdef class RecordReader(Reader):
    """
    The reading of a class.

    All fields are read before there is an instance: into `items`, owned, NULL
    where one is missing.
    """

    cdef object cls
    cdef tuple keys
    cdef PyObject** met       # the key that was met last, of each field
    cdef tuple arguments
    cdef tuple readers
    cdef tuple defaults
    cdef Py_ssize_t count
    cdef Py_ssize_t required
    cdef list optional
    cdef list fill_none
    cdef Maker maker          # None: the class is called
    cdef tuple rest
    cdef Py_ssize_t leading   # how many arguments may be given by position
    cdef unsigned int version # of the class, when that was counted
    cdef bint forbids
    cdef bint keeps
    cdef bint validates
    cdef object known
    cdef object adapt
    cdef object keep

    def __dealloc__(self):
        cdef Py_ssize_t i
        if self.met != NULL:
            for i in range(self.count):
                Py_XDECREF(self.met[i])
            PyMem_Free(self.met)

    cdef object read(self, object value):
        if self.adapt is not None:
            try:
                value = self.adapt(value)
            except Exception:
                return REFUSED
        return self.read_adapted(value)

    cdef object read_adapted(self, object value):
        cdef PyObject* few[FEW]
        cdef PyObject** items = few
        cdef Py_ssize_t i
        cdef object result
        cdef bint is_map = PyDict_CheckExact(value)
        if not is_map and not PyList_CheckExact(value):
            if value is None and self.count == 0:
                return self.build(items, None)
            return self.refuse(value)
        if self.count > FEW:
            items = <PyObject**>PyMem_Malloc(self.count * sizeof(PyObject*))
            if items == NULL:
                return REFUSED
        for i in range(self.count):
            items[i] = NULL
        try:
            result = self.from_map(value, items) if is_map else self.from_array(value, items)
        finally:
            for i in range(self.count):
                Py_XDECREF(items[i])
            if items != few:
                PyMem_Free(items)
        return result

    cdef object from_map(self, dict value, PyObject** items):
        cdef Py_ssize_t i, found = 0, at = 0, before
        cdef PyObject* key_here = NULL
        cdef PyObject* item_here = NULL
        cdef PyObject* pointer
        cdef bint in_order = True
        cdef object item
        cdef object result
        cdef Reader reader
        cdef dict extras = None
        for i in range(self.count):
            if items[i] != NULL:  # before the names that are byte strings
                found += 1
                continue
            pointer = NULL
            if in_order:
                # Fields nearly always come in order, and their names are the same objects as the last time.
                before = at
                if not PyDict_Next(value, &at, &key_here, &item_here):
                    in_order = False
                elif key_here == self.met[i] or self.meets(i, key_here):
                    pointer = item_here
                else:
                    at = before  # looking another one up may run code
            if pointer == NULL:
                pointer = PyDict_GetItemWithError(value, <object>PyTuple_GET(self.keys, i))
                if pointer != NULL:
                    in_order = False
            if pointer == NULL:
                if not self.optional[i]:
                    return self.again(value, items)
                continue
            found += 1
            item = <object>pointer  # kept, since a hook may change the map
            reader = <Reader>PyTuple_GET(self.readers, i)
            result = reader.read(item)
            if result is REFUSED:
                return REFUSED
            Py_INCREF(result)
            items[i] = <PyObject*>result
        if found != PyDict_Size(value):
            for key, item in list(value.items()):
                if not PyUnicode_CheckExact(key):
                    return self.again(value, items)
                if not self.forbids and not self.keeps:
                    continue
                if key in self.known:
                    continue
                if self.forbids:
                    return REFUSED
                extras = {} if extras is None else extras
                extras[key] = item
        return self.build(items, extras)

    cdef bint meets(self, Py_ssize_t i, PyObject* key) except -1:
        """Return whether a key is that of a field, and remember it."""
        if not PyUnicode_CheckExact(<object>key) or <object>key != <object>PyTuple_GET(self.keys, i):
            return False
        Py_INCREF(<object>key)
        Py_XDECREF(self.met[i])
        self.met[i] = key
        return True

    cdef object again(self, dict value, PyObject** items):
        """Refuse a map, or read the rest of it, with names of text instead of byte strings."""
        cdef object spelt = text_keys(value)
        if spelt is None or spelt is value:
            return REFUSED
        for key in spelt:
            if not PyUnicode_CheckExact(key):
                return REFUSED
        return self.from_map(spelt, items)

    cdef object from_array(self, list value, PyObject** items):
        cdef Py_ssize_t i, size = PyList_GET_SIZE(value)
        cdef object item
        cdef object result
        cdef Reader reader
        if not self.required <= size <= self.count:
            return REFUSED
        for i in range(size):
            if i >= PyList_GET_SIZE(value):  # a hook has changed it
                return REFUSED
            item = <object>PyList_GET_ITEM(value, i)
            reader = <Reader>PyTuple_GET(self.readers, i)
            result = reader.read(item)
            if result is REFUSED:
                return REFUSED
            Py_INCREF(result)
            items[i] = <PyObject*>result
        return self.build(items, None)

    cdef object build(self, PyObject** items, dict extras):
        cdef object instance
        try:
            if self.maker is not None and self.maker.ready():
                instance = self.made(items)
            else:
                instance = self.called(items)
            if self.validates and tuple(instance.validation_errors()):
                return REFUSED
            if extras is not None:
                self.keep(instance, extras)
        except Exception:
            return REFUSED
        return instance

    cdef object made(self, PyObject** items):
        cdef Py_ssize_t i
        cdef object value
        cdef object instance
        cdef list others = None
        for i in range(self.count):
            if items[i] == NULL:
                value = default_of(self.defaults[i])
                Py_INCREF(value)
                items[i] = <PyObject*>value
        if self.rest:
            others = [default_of(default) for default in self.rest]
        if not self.maker.ready():  # a factory has changed the class
            return self.called(items)
        instance = allocate(<PyObject*>self.cls)
        # From here on nothing runs but stores.
        for i in range(self.count):
            fill(<PyObject*>instance, self.maker.offsets[i], items[i])
            items[i] = NULL
        if others is not None:
            for i in range(len(others)):
                value = others[i]
                Py_INCREF(value)
                fill(<PyObject*>instance, self.maker.offsets[self.count + i], <PyObject*>value)
        return instance

    cdef object called(self, PyObject** items):
        cdef Py_ssize_t i
        cdef list positional = []
        cdef dict named = {}
        cdef bint leading = True
        if self.version == 0 or current_version(<PyObject*>self.cls) != self.version:
            self.look()
        for i in range(self.count):
            if items[i] == NULL:
                if not self.fill_none[i]:
                    leading = False
                    continue
                value = None
            else:
                value = <object>items[i]
            if leading and i < self.leading:
                positional.append(value)
            else:
                leading = False
                named[self.arguments[i]] = value
        return self.cls(*positional, **named)

    cdef int look(self) except -1:
        """Look at the constructor, which may have been replaced."""
        self.version = version_of(<PyObject*>self.cls, <PyObject*>"__init__")
        self.leading = leading_arguments(self.cls, self.arguments)
        return 0


cdef object default_of(object default):
    if isinstance(default, nodes.Constant):
        return default.value
    return default.call()


cdef Py_ssize_t leading_arguments(object cls, tuple arguments) except -1:
    """Return how many arguments the constructor takes by position, in this order."""
    cdef Py_ssize_t i
    init = getattr(cls, "__init__", None)
    code = getattr(init, "__code__", None)
    if type(cls) is not type or cls.__new__ is not object.__new__ or code is None or hasattr(init, "__wrapped__"):
        return 0
    names = code.co_varnames[1:code.co_argcount]
    for i in range(len(arguments)):
        if i >= len(names) or names[i] != arguments[i]:
            return i
    return len(arguments)


cdef Reader record_reader(RecordReader reader, object node, tuple readers):
    cdef Py_ssize_t i
    reader.cls = node.cls
    reader.keys = tuple([intern(field.key) for field in node.fields])
    reader.arguments = tuple([intern(field.argument) for field in node.fields])
    reader.readers = readers
    reader.count = len(readers)
    reader.met = <PyObject**>PyMem_Malloc((reader.count + 1) * sizeof(PyObject*))
    if reader.met == NULL:
        raise MemoryError
    for i in range(reader.count):
        reader.met[i] = NULL
    reader.required = node.required
    reader.optional = [field.optional for field in node.fields]
    reader.fill_none = [field.fill_none for field in node.fields]
    # Where nothing is filled in, None is passed.
    reader.defaults = tuple(
        [nodes.Constant(None) if field.default is nodes.ABSENT else field.default for field in node.fields]
    )
    reader.rest = tuple([default for _, default in node.rest])
    reader.forbids = node.unknown == "forbid"
    reader.keeps = node.unknown == "keep"
    reader.known = frozenset(reader.keys) | node.omitted
    reader.validates = node.validates
    reader.adapt = node.adapt
    reader.keep = node.keep
    reader.look()
    if node.direct:
        names = [field.name for field in node.fields] + [name for name, _ in node.rest]
        reader.maker = Maker(node.cls, tuple(map(intern, names)))
    return reader
