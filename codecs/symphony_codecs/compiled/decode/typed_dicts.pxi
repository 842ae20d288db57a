# Typed dicts: the keys that there are, in the order of the class.

cdef class DictConstruction(Construction):
    """Makes a dict of what was read."""

    cdef tuple keys

    cdef object build(self, PyObject** items, dict extras):
        cdef dict result = {}
        cdef Py_ssize_t i
        for i in range(self.count):
            if items[i] != NULL:
                PyDict_SetItem(result, <object>PyTuple_GET(self.keys, i), <object>items[i])
        return result


cdef class TypedDictReader(StructReader):
    """A map of some keys, each with a type; *other* reads what the others hold, if they are kept."""

    cdef Reader other

    cdef object read(self, object value):
        cdef dict result = {}
        cdef Py_ssize_t i
        cdef PyObject* found
        cdef object item
        if not PyDict_CheckExact(value):
            return self.refuse(value)
        for i in range(self.count):
            found = PyDict_GetItemWithError(value, <object>PyTuple_GET(self.keys, i))
            if found == NULL:
                if not self.optional[i]:
                    return REFUSED
                continue
            item = <object>found
            item = (<Reader>PyTuple_GET(self.readers, i)).read(item)
            if item is REFUSED:
                return REFUSED
            result[<object>PyTuple_GET(self.keys, i)] = item
        if self.forbids or self.keeps:
            for key, item in value.items():
                if key not in self.known:
                    if self.forbids or not PyUnicode_CheckExact(key):
                        return REFUSED
                    item = self.other.read(item)
                    if item is REFUSED:
                        return REFUSED
                    result[key] = item
        return result

    cdef int leave_map(self, Cursor* cursor, PyObject** items, dict parts) except -1:
        return 0  # what explains it looks at all of it

    cdef object take(self, Cursor* cursor):
        cdef Py_ssize_t left = 0
        cdef int kind
        if self.is_whole:
            return Reader.take(self, cursor)
        kind = kind_at(cursor)
        if kind != IS_MAP:
            return self.take_other(cursor, kind)
        if not enter(cursor, True, &left):
            return refuse_odd(cursor)
        return self.take_rest(cursor, left, kind, NULL)
