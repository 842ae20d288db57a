# Arrays, sets, tuples, maps.

cdef list read_items(list value, Reader reader):
    """Return the items of an array, each through *reader*; None: one was refused."""
    cdef Py_ssize_t i, size = PyList_GET_SIZE(value)
    cdef object item
    cdef object result
    cdef list items = PyList_New(size)
    # Not to be met by the collector, or anyone that asks it, before every place is taken.
    PyObject_GC_UnTrack(<PyObject*>items)
    for i in range(size):
        if i >= PyList_GET_SIZE(value):  # a hook has changed it
            return None
        item = <object>PyList_GET_ITEM(value, i)
        result = reader.read(item)
        if result is REFUSED:
            return None
        Py_INCREF(result)
        PyList_SET_ITEM(items, i, result)
    PyObject_GC_Track(<PyObject*>items)
    return items


cdef class SequenceReader(Reader):
    cdef Reader item
    cdef object build

    cdef object read(self, object value):
        cdef list items
        if not PyList_CheckExact(value):
            return self.refuse(value)
        items = read_items(value, self.item)
        if items is None:
            return REFUSED
        if self.build is list:
            return items
        if self.build is tuple:
            return tuple(items)
        try:
            return self.build(items)
        except Exception:  # items that cannot be hashed, or a class of the user's
            return REFUSED


cdef class FixedReader(Reader):
    """A tuple of so many items."""

    cdef tuple readers
    cdef object build

    cdef object read(self, object value):
        cdef Py_ssize_t i, size = len(self.readers)
        cdef list items = []
        cdef object item
        cdef object result
        if not PyList_CheckExact(value):
            return self.refuse(value)
        if PyList_GET_SIZE(value) != size:
            return REFUSED
        for i in range(size):
            if i >= PyList_GET_SIZE(value):
                return REFUSED
            item = <object>PyList_GET_ITEM(value, i)
            result = (<Reader>PyTuple_GET(self.readers, i)).read(item)
            if result is REFUSED:
                return REFUSED
            items.append(result)
        if self.build is tuple:
            return tuple(items)
        try:
            return self.build(items)
        except Exception:
            return REFUSED


cdef class MapReader(Reader):
    """A map; keys of text are taken as they are."""

    cdef Reader item
    cdef object key
    cdef object key_type
    cdef object build

    cdef object read(self, object value):
        cdef PyObject* key_pointer
        cdef PyObject* item_pointer
        cdef Py_ssize_t at = 0, size
        cdef object key
        cdef object item
        cdef dict entries = {}
        if not PyDict_CheckExact(value):
            return self.refuse(value)
        size = PyDict_Size(value)
        while PyDict_Next(value, &at, &key_pointer, &item_pointer):
            key, item = <object>key_pointer, <object>item_pointer
            key = self.read_key(key)
            if key is REFUSED:
                return REFUSED
            item = self.item.read(item)
            if item is REFUSED or PyDict_Size(value) != size:  # a hook may have changed it
                return REFUSED
            try:
                PyDict_SetItem(entries, key, item)
            except Exception:  # it cannot be hashed
                return REFUSED
        if PyDict_Size(entries) != size:
            return REFUSED  # two keys are one
        if self.build is dict:
            return entries
        try:
            return self.build(entries)
        except Exception:
            return REFUSED

    cdef object read_key(self, object key):
        if self.key is None:
            if is_exactly(key, Tagged):
                key = untagged(key)
            return key if PyUnicode_CheckExact(key) else REFUSED
        try:
            return self.key(key, self.key_type)
        except TagRefusedError:
            return REFUSED
        except Exception:
            if not is_exactly(key, Tagged):
                return REFUSED
        return self.read_key(untagged(key))
