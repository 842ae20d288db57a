# Arrays, sets, tuples, maps.

cdef class SequenceReader(Reader):
    """An array of like items, as a list, a tuple, a set, or whatever takes a list."""

    cdef Reader item
    cdef object build

    cdef object read(self, object value):
        cdef Py_ssize_t i, size
        cdef object item
        cdef object result
        cdef list items
        if not PyList_CheckExact(value):
            return self.refuse(value)
        size = PyList_GET_SIZE(value)
        items = PyList_New(size)
        # Not to be met by the collector, or anyone that asks it, before every place is taken.
        PyObject_GC_UnTrack(<PyObject*>items)
        for i in range(size):
            if i >= PyList_GET_SIZE(value):  # a hook has changed it
                return REFUSED
            item = <object>PyList_GET_ITEM(value, i)
            result = self.item.read(item)
            if result is REFUSED:
                return REFUSED
            Py_INCREF(result)
            PyList_SET_ITEM(items, i, result)
        PyObject_GC_Track(<PyObject*>items)
        return self.of(items)

    cdef object take(self, Cursor* cursor):
        cdef Py_ssize_t i, left = 0, count
        cdef object result
        cdef list items
        cdef Mark mark
        cdef int kind = kind_at(cursor)
        if kind != IS_ARRAY:
            return self.take_other(cursor, kind)
        if not enter(cursor, False, &left):
            return refuse_odd(cursor)
        if left < 0:
            items = []
            while another(cursor, &left):
                set_mark(&mark, cursor)
                result = self.item.take(cursor)
                if result is REFUSED:
                    return leave_array(cursor, self, self.item, None, items, left, &mark)
                items.append(result)
            return self.of(items) if closes(cursor, left, c"]") else REFUSED
        count = left
        items = PyList_New(count)
        PyObject_GC_UnTrack(<PyObject*>items)
        for i in range(count):
            set_mark(&mark, cursor)
            result = self.item.take(cursor)
            if result is REFUSED:
                return leave_array(cursor, self, self.item, None, items[:i], count - i - 1, &mark)
            Py_INCREF(result)
            PyList_SET_ITEM(items, i, result)
        PyObject_GC_Track(<PyObject*>items)
        cursor.depth += 1
        return self.of(items)

    cdef object of(self, list items):
        if self.build is list:
            return items
        if self.build is tuple:
            return tuple(items)
        # Items that cannot be hashed, or a class of the user's.
        return call_one(self.build, items, REFUSED)


cdef class TupleReader(Reader):
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
        return self.of(items)

    cdef object take(self, Cursor* cursor):
        cdef Py_ssize_t i = 0, left = 0, size = len(self.readers)
        cdef list items = []
        cdef object result
        cdef Mark mark
        cdef int kind = kind_at(cursor)
        if kind != IS_ARRAY:
            return self.take_other(cursor, kind)
        if not enter(cursor, False, &left):
            return refuse_odd(cursor)
        while another(cursor, &left):
            if i == size:
                return REFUSED
            set_mark(&mark, cursor)
            result = (<Reader>PyTuple_GET(self.readers, i)).take(cursor)
            if result is REFUSED:
                return leave_array(cursor, self, None, self.readers, items, left, &mark)
            items.append(result)
            i += 1
        return self.of(items) if closes(cursor, left, c"]") and i == size else REFUSED

    cdef object of(self, list items):
        return tuple(items) if self.build is tuple else call_one(self.build, items, REFUSED)


cdef enum:
    # So many keys take no time worth a look, whatever their hashes.
    UNGUARDED = 1023


cdef inline bint may_be_wide(Cursor* cursor) noexcept nogil:
    """Return whether an int of more than 64 bits may stand here, which no key may be."""
    cdef int kind = kind_at(cursor)
    return kind == IS_TAG or (kind == IS_INT and cursor.at[0] >= CBOR_BIGNUM)


cdef class MapReader(Reader):
    """A map; keys of text are taken as they are."""

    cdef Reader item
    cdef Reader key_reader    # None: `key` reads it
    cdef bint is_decimal      # whether that reads ints from decimal text
    cdef object key
    cdef object key_type
    cdef object build
    cdef object guard         # looks at all keys before a large dict is made; None: need not be

    cdef object read(self, object value):
        cdef PyObject* key_pointer
        cdef PyObject* item_pointer
        cdef Py_ssize_t at = 0, size
        cdef object key
        cdef object item
        cdef dict entries = {}
        cdef list later = []
        if not PyDict_CheckExact(value):
            return self.refuse(value)
        size = PyDict_Size(value)
        while PyDict_Next(value, &at, &key_pointer, &item_pointer):
            key, item = <object>key_pointer, <object>item_pointer
            key = self.read_key(key)
            if key is REFUSED:
                return REFUSED
            item = self.item.read(item)
            if item is REFUSED or PyDict_Size(value) != size or not self.put(entries, later, key, item):
                return REFUSED  # as where a hook has changed it
        if not self.put_later(entries, later) or PyDict_Size(entries) != size:
            return REFUSED  # two keys are one
        return self.of(entries)

    cdef object take(self, Cursor* cursor):
        cdef Py_ssize_t left = 0, count = 0, size = 0
        cdef const char* name
        cdef object key
        cdef object item
        cdef dict entries = {}
        cdef list later = []
        cdef bint is_spoilt = False
        cdef Mark start, mark
        cdef int kind = kind_at(cursor)
        if kind != IS_MAP:
            return self.take_other(cursor, kind)
        set_mark(&start, cursor)
        if not enter(cursor, True, &left):
            return refuse_odd(cursor)
        while another(cursor, &left):
            key = self.take_key(cursor)
            if key is REFUSED:
                return REFUSED
            set_mark(&mark, cursor)
            item = self.item.take(cursor)
            if item is REFUSED:
                # Other keys than texts are no longer what the document has.
                item = skip_faulty(cursor, self.item, &mark) if self.has_plain_keys() else REFUSED
                if item is REFUSED:
                    if PyUnicode_CheckExact(key):
                        name = PyUnicode_AsUTF8AndSize(key, &size)
                        look_for_equal(cursor, &mark, left, name, size)
                    return REFUSED
                if not is_spoilt:
                    entries = {known: Structured(read) for known, read in entries.items()}
                    is_spoilt = True
            elif is_spoilt:
                item = Structured(item)
            if not self.put(entries, later, key, item):
                return REFUSED
            count += 1
        if not closes(cursor, left, c"}") or not self.put_later(entries, later):
            return REFUSED
        if PyDict_Size(entries) != count:
            if not counts_again(cursor):
                return REFUSED
            if is_spoilt or not self.has_plain_keys():
                # Which of them are equal in the document, and which only of the same value?
                return self.take_again(cursor, &start)
        return leave(cursor, self, entries) if is_spoilt else self.of(entries)

    cdef object take_again(self, Cursor* cursor, Mark* start):
        cursor.partial.spare -= cursor.at - start.at
        if cursor.partial.spare < 0:
            return refuse_odd(cursor)  # each level might read all below it once more
        return_to(cursor, start)
        return Reader.take(self, cursor)

    cdef inline bint has_plain_keys(self) noexcept:
        return self.key is None and self.key_reader is None

    cdef inline object take_key(self, Cursor* cursor):
        cdef object key
        if self.is_decimal:
            return self.take_decimal(cursor)
        if self.key_reader is not None and (cursor.layout != CBOR or not may_be_wide(cursor)):
            key = self.key_reader.take(cursor)
            return key if key is REFUSED or pass_colon(cursor) else refuse_odd(cursor)
        key = key_at(cursor)
        if key is REFUSED or (self.key is None and PyUnicode_CheckExact(key)):
            return key
        return self.read_key(key)

    cdef object take_decimal(self, Cursor* cursor):
        """Take an int that is the text of a key."""
        cdef const char* start = NULL
        cdef Py_ssize_t size = 0
        cdef Py_ssize_t i, first
        cdef uint64_t magnitude = 0
        cdef bint negative
        if not key_span_at(cursor, &start, &size):
            return REFUSED
        negative = size > 1 and start[0] == c"-"
        first = negative
        if size - first > 18 or size == first or (start[first] == c"0" and (size > 1)):
            return self.read_key(decoded(start, size, REFUSED))
        for i in range(first, size):
            if not c"0" <= start[i] <= c"9":
                return REFUSED
            magnitude = magnitude * 10 + <uint64_t>(start[i] - c"0")
        return self.key_reader.read(int_of(magnitude, negative))

    cdef object read_key(self, object key):
        if key is REFUSED:
            return REFUSED
        if self.key_reader is not None and not self.is_decimal:
            return self.key_reader.read(key)
        if self.key is None:
            if is_exactly(key, CborTag):
                key = untagged(key)
            return key if PyUnicode_CheckExact(key) else REFUSED
        try:
            return self.key(key, self.key_type)
        except TagRefusedError:
            return REFUSED
        except Exception as exc:
            caught(exc)
            if not is_exactly(key, CborTag):
                return REFUSED
        return self.read_key(untagged(key))

    cdef inline bint put(self, dict entries, list later, object key, object item) except -1:
        if PyUnicode_CheckExact(key):
            PyDict_SetItem(entries, key, item)
            return True
        if self.guard is not None and PyDict_Size(entries) >= UNGUARDED:
            later.append((key, item))
            return True
        try:
            PyDict_SetItem(entries, key, item)
        except Exception as exc:  # it cannot be hashed
            caught(exc)
            return False
        return True

    cdef inline bint put_later(self, dict entries, list later) except -1:
        """Put what has waited for all keys to be there; False: their hashes collide, or one has none."""
        if not later:
            return True
        if call_one(self.guard, [*entries, *[key for key, _ in later]], REFUSED) is REFUSED:
            return False
        try:
            entries.update(later)
        except Exception as exc:
            caught(exc)
            return False
        return True

    cdef object of(self, dict entries):
        return entries if self.build is dict else call_one(self.build, entries, REFUSED)
