# Enums and literals: a table from what is on the wire to the value.

cdef class TextChoiceReader(Reader):
    """Values that are all text on the wire, as nearly always."""

    cdef dict table

    cdef object read(self, object value):
        cdef PyObject* found
        if not PyUnicode_CheckExact(value):
            return self.refuse(value)
        found = PyDict_GetItemWithError(self.table, value)
        return REFUSED if found == NULL else <object>found


cdef class ChoiceReader(Reader):
    """Values of any class; 1 and True are equal and hash alike, so that the class belongs to the key."""

    cdef dict table

    cdef object read(self, object value):
        cdef object found
        if PyDict_CheckExact(value) or PyList_CheckExact(value):
            return REFUSED
        if is_exactly(value, Tagged):
            return self.refuse(value)
        try:
            found = self.table.get((type(value), value), REFUSED)
        except Exception:
            return REFUSED
        return found


cdef Reader choice_reader(object node):
    cdef TextChoiceReader text
    cdef ChoiceReader choice
    if all(type(wire) is str for wire, _ in node.pairs):
        text = TextChoiceReader()
        text.table = dict(node.pairs)
        return text
    choice = ChoiceReader()
    choice.table = {(type(wire), wire): value for wire, value in node.pairs}
    return choice
