# Untyped values.

cdef class AnythingReader(Reader):
    """The builtins that come, if they are among those there may be."""

    cdef bint takes_all
    cdef bint takes_bytes
    cdef bint takes_other_keys
    cdef int takes

    def __cinit__(self, node):
        self.takes_all = not node.scalars
        self.takes_bytes = bytes in node.scalars
        self.takes_other_keys = int in node.keys
        self.takes = TAKES_BYTES | TAKES_KEYS | TAKES_ALL
        if not self.takes_all:
            self.takes = (TAKES_BYTES if self.takes_bytes else 0) | (TAKES_KEYS if self.takes_other_keys else 0)

    cdef object read(self, object value):
        return value if self.takes_all or self.is_plain(value) else REFUSED

    cdef object read_tagged(self, object value):
        return value if self.takes_all else FORBIDDEN

    cdef bint minds_tags(self):
        return True

    cdef object take(self, Cursor* cursor):
        cdef object value
        cdef int takes = cursor.takes
        cdef Mark start
        set_mark(&start, cursor)
        cursor.takes = self.takes
        value = value_at(cursor)
        if cursor.is_stray:
            cursor.is_stray = False
            if cursor.partial.works:
                return_to(cursor, &start)
                value = outline_at(cursor)
                if value is not REFUSED:
                    value = leave(cursor, self, value)
        cursor.takes = takes
        return value

    cdef bint is_plain(self, object value) except -1:
        if PyUnicode_CheckExact(value) or PyLong_CheckExact(value) or value is None or PyFloat_CheckExact(value):
            return True
        if value is True or value is False or (self.takes_bytes and PyBytes_CheckExact(value)):
            return True
        if PyDict_CheckExact(value):
            return self.is_plain_map(value)
        return PyList_CheckExact(value) and self.is_plain_array(value)

    cdef bint is_plain_map(self, dict value) except -1:
        cdef PyObject* key
        cdef PyObject* item
        cdef Py_ssize_t at = 0
        if not deeper():
            return False
        try:
            while PyDict_Next(value, &at, &key, &item):
                if not PyUnicode_CheckExact(<object>key) and not (
                    self.takes_other_keys and (PyLong_CheckExact(<object>key) or PyBytes_CheckExact(<object>key))
                ):
                    return False
                if not self.is_plain(<object>item):
                    return False
            return True
        finally:
            Py_LeaveRecursiveCall()

    cdef bint is_plain_array(self, list value) except -1:
        cdef Py_ssize_t i
        if not deeper():
            return False
        try:
            for i in range(PyList_GET_SIZE(value)):
                if not self.is_plain(<object>PyList_GET_ITEM(value, i)):
                    return False
            return True
        finally:
            Py_LeaveRecursiveCall()


cdef enum:
    # As many faults of one value as there are shown of a document.
    MOST_STRAYS = 1000


cdef class Strays:
    """How many values have been found where they may not be."""

    cdef Py_ssize_t count


cdef object outline_at(Cursor* cursor):
    """Read a value that `cursor.takes` forbids into builtins with the same faults, and None for what has no fault."""
    return outlined(cursor, Strays())


cdef object outlined(Cursor* cursor, Strays strays):
    cdef uint64_t tag = 0
    cdef Cursor ahead
    cdef int kind = kind_at(cursor)
    if strays.count < MOST_STRAYS:
        if kind == IS_ARRAY:
            return outlined_array(cursor, strays)
        if kind == IS_MAP:
            return outlined_map(cursor, strays)
        if (kind == IS_BYTES or kind == IS_LONG) and not cursor.takes & TAKES_BYTES:
            ahead = cursor[0]
            ahead.takes = TAKES_BYTES
            value = value_at(&ahead)
            if PyBytes_CheckExact(value):
                cursor.at = ahead.at
                strays.count += 1
                return value
        if kind == IS_STAMP and not cursor.takes & TAKES_ALL:
            ahead = cursor[0]
            ahead.takes = TAKES_ALL
            value = value_at(&ahead)
            if value is not REFUSED:
                cursor.at = ahead.at
                strays.count += 1
            return value
        if kind == IS_TAG and not is_bignum(cursor):
            ahead = cursor[0]
            argument_at(&ahead, &tag)
            if tag == SELF_DESCRIBED:
                if not pass_tag(cursor):
                    return REFUSED
                value = outlined(cursor, strays)
                cursor.depth += 1
                return value
            if not skip_value(cursor):
                return REFUSED
            strays.count += 1
            return CborTag(tag, None)
    return None if skip_value(cursor) else REFUSED


cdef object outlined_array(Cursor* cursor, Strays strays):
    cdef Py_ssize_t left = 0, before = strays.count
    cdef list items = []
    cdef object item
    if not enter(cursor, False, &left):
        return refuse_odd(cursor)
    while another(cursor, &left):
        item = outlined(cursor, strays)
        if item is REFUSED:
            return REFUSED
        items.append(item)
    if not closes(cursor, left, c"]"):
        return REFUSED
    return items if strays.count > before else None


cdef object outlined_map(Cursor* cursor, Strays strays):
    cdef Py_ssize_t left = 0, before = strays.count
    cdef dict entries = {}
    cdef dict classes = {}
    cdef object key
    cdef object item
    if not enter(cursor, True, &left):
        return refuse_odd(cursor)
    while another(cursor, &left):
        key = key_of_map(cursor)
        if key is REFUSED or not pass_colon(cursor):
            return refuse_odd(cursor)
        if cursor.unique and key in entries:
            return refuse_odd(cursor)
        item = outlined(cursor, strays)
        if item is REFUSED:
            return REFUSED
        if not PyUnicode_CheckExact(key):
            if classes.setdefault(key, type(key)) is not type(key):
                key = EqualKey(key)
            if not cursor.takes & TAKES_KEYS or not (PyLong_CheckExact(key) or PyBytes_CheckExact(key)):
                strays.count += 1
        entries[key] = item
    if not closes(cursor, left, c"}"):
        return REFUSED
    return entries if strays.count > before else None
