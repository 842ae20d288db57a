# Enums and literals: a table from what is on the wire to the value.

cdef class TextChoiceReader(Reader):
    """Values that are all text on the wire, as nearly always."""

    cdef dict table
    cdef Names names
    cdef tuple values

    def __cinit__(self, node):
        self.table = dict(node.pairs)
        self.names = Names(tuple(self.table))
        self.values = tuple(self.table.values())

    cdef object read(self, object value):
        cdef PyObject* found
        if not PyUnicode_CheckExact(value):
            return self.refuse(value)
        found = PyDict_GetItemWithError(self.table, value)
        return REFUSED if found == NULL else <object>found

    cdef object take(self, Cursor* cursor):
        cdef const char* start = NULL
        cdef Py_ssize_t size = 0, number
        cdef int kind = kind_at(cursor)
        if kind != IS_TEXT:
            return refuse_kind(cursor, kind)
        if not span_at(cursor, &start, &size):
            return refuse_odd(cursor)
        number = self.names.find(start, size)
        return REFUSED if number < 0 else <object>PyTuple_GET(self.values, number)


cdef class EnumReader(Reader):
    """Values of any class; 1 and True are equal and hash alike, so that the class belongs to the key."""

    cdef dict table

    def __cinit__(self, node):
        self.table = {(type(wire), wire): value for wire, value in node.pairs}

    cdef object read(self, object value):
        if PyDict_CheckExact(value) or PyList_CheckExact(value):
            return REFUSED
        if is_exactly(value, CborTag):
            return self.refuse(value)
        try:
            return self.table.get((type(value), value), REFUSED)
        except Exception:
            return REFUSED


cdef Reader choice_reader(object node):
    if all([type(wire) is str for wire, _ in node.pairs]):
        return TextChoiceReader(node)
    return EnumReader(node)
