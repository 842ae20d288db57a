# Enums and literals: tables from what is on the wire to the value.

cdef enum:
    # Ints below are looked up by their place.
    DENSE = 256


cdef class EnumReader(Reader):
    """
    Values of any class; 1 and True are equal and hash alike, so that there is a table for each class.

    Attributes:
        texts: Those that are text on the wire; `names` and `in_order` are the same.
        numbers: Those that are ints; `dense` has those that are small, and REFUSED between them.
        others: Those of other classes, by class and value.
    """

    cdef dict texts
    cdef Names names
    cdef tuple in_order
    cdef dict numbers
    cdef list dense
    cdef dict others

    def __cinit__(self, node):
        self.texts = {wire: value for wire, value in node.pairs if type(wire) is str}
        self.names = Names(tuple(self.texts))
        self.in_order = tuple(self.texts.values())
        self.numbers = {wire: value for wire, value in node.pairs if type(wire) is int}
        small = [wire for wire in self.numbers if 0 <= wire < DENSE]
        self.dense = [self.numbers.get(number, REFUSED) for number in range(max(small, default=-1) + 1)]
        self.others = {
            (type(wire), wire): value for wire, value in node.pairs if type(wire) is not str and type(wire) is not int
        }

    cdef object read(self, object value):
        cdef PyObject* found
        if PyUnicode_CheckExact(value):
            found = PyDict_GetItemWithError(self.texts, value)
        elif PyLong_CheckExact(value):
            found = PyDict_GetItemWithError(self.numbers, value)
        elif PyDict_CheckExact(value) or PyList_CheckExact(value):
            return REFUSED
        elif is_exactly(value, CborTag):
            return self.refuse(value)
        else:
            try:
                return self.others.get((type(value), value), REFUSED)
            except Exception as exc:
                caught(exc)
                return REFUSED
        return REFUSED if found == NULL else <object>found

    cdef object take(self, Cursor* cursor):
        cdef const char* start = NULL
        cdef Py_ssize_t size = 0, number
        cdef uint64_t magnitude = 0
        cdef bint negative = False
        cdef int kind = kind_at(cursor)
        if kind == IS_TEXT:
            if not span_at(cursor, &start, &size):
                return refuse_odd(cursor)
            number = self.names.find(start, size)
            return REFUSED if number < 0 else <object>PyTuple_GET(self.in_order, number)
        if kind == IS_INT and int_bits_at(cursor, &magnitude, &negative):
            if not negative and magnitude < <uint64_t>PyList_GET_SIZE(self.dense):
                return <object>PyList_GET_ITEM(self.dense, <Py_ssize_t>magnitude)
            return self.read(int_of(magnitude, negative))
        return self.take_other(cursor, kind) if cursor.needs_fallback else Reader.take(self, cursor)


cdef class OpenEnumReader(EnumReader):
    """
    Values of an enum that has more members than it lists.

    Attributes:
        missing: From builtins that are no member's to the member; it raises where there is none.
    """

    cdef object missing

    def __cinit__(self, node):
        self.missing = node.missing

    cdef object read(self, object value):
        cdef object found = EnumReader.read(self, value)
        if found is not REFUSED or is_exactly(value, CborTag):
            return found
        return call_one(self.missing, value, REFUSED)

    cdef object take(self, Cursor* cursor):
        cdef int kind = kind_at(cursor)
        return self.take_other(cursor, kind) if kind == IS_TAG else Reader.take(self, cursor)


cdef enum:
    # Members that are remembered.
    KNOWN_FLAGS = 256


cdef class FlagReader(Reader):
    """
    An `enum.Flag`: any of the combinations that the class has members for.

    Attributes:
        member_of: From an int to the member; it raises where there is none.
        known: Members that have been read, by their ints.
    """

    cdef object member_of
    cdef dict known

    def __cinit__(self, node):
        self.member_of = node.read
        self.known = {}

    cdef object read(self, object value):
        cdef PyObject* found
        cdef object member
        if not PyLong_CheckExact(value):
            return self.refuse(value)
        found = PyDict_GetItemWithError(self.known, value)
        if found != NULL:
            return <object>found
        member = call_one(self.member_of, value, REFUSED)
        if member is not REFUSED and PyDict_Size(self.known) < KNOWN_FLAGS:
            self.known[value] = member
        return member

    cdef object take(self, Cursor* cursor):
        cdef uint64_t magnitude = 0
        cdef bint negative = False
        cdef int kind = kind_at(cursor)
        if kind != IS_INT or not int_bits_at(cursor, &magnitude, &negative):
            return self.take_other(cursor, kind) if kind != IS_INT else Reader.take(self, cursor)
        return self.read(int_of(magnitude, negative))
