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
    """A tuple of so many items, of which the last may have defaults."""

    cdef tuple readers
    cdef tuple defaults
    cdef object build

    cdef object read(self, object value):
        cdef Py_ssize_t i, size = len(self.readers)
        cdef list items = []
        cdef object item
        cdef object result
        if not PyList_CheckExact(value):
            return self.refuse(value)
        if PyList_GET_SIZE(value) > size:
            return REFUSED
        for i in range(size):
            if i >= PyList_GET_SIZE(value):
                break
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
        return self.of(items) if closes(cursor, left, c"]") else REFUSED

    cdef object of(self, list items):
        cdef Py_ssize_t missing = len(self.readers) - PyList_GET_SIZE(items)
        if missing:
            if missing > len(self.defaults):
                return REFUSED
            items.extend(self.defaults[len(self.defaults) - missing:])
        return tuple(items) if self.build is tuple else call_one(self.build, items, REFUSED)


cdef inline bint may_be_wide(Cursor* cursor) noexcept nogil:
    """Return whether an int of more than 64 bits may stand here, which no key may be."""
    cdef int kind = kind_at(cursor)
    return kind == IS_TAG or (kind == IS_INT and cursor.at[0] >= CBOR_BIGNUM)


cdef object int_of_key(const char* start, Py_ssize_t size):
    """Return the int whose decimal digits a key is; REFUSED: it is anything else."""
    cdef Py_ssize_t i, first = size > 1 and start[0] == c"-"
    cdef uint64_t magnitude = 0
    if size == first or (start[first] == c"0" and size > 1):
        return REFUSED
    for i in range(first, size):
        if not c"0" <= start[i] <= c"9":
            return REFUSED
        magnitude = magnitude * 10 + <uint64_t>(start[i] - c"0")
    return int_of(magnitude, first) if size - first <= 19 else int_of_digits(start, size)


cdef class MapReader(Reader):
    """A map; keys of text are taken as they are, others are read by the reader of their type."""

    cdef Reader item
    cdef Reader key_reader    # None: they are text, and taken as it is
    cdef bint is_decimal      # whether they are ints where all keys are text
    cdef bint by_call         # whether their texts stand for other scalars, too, and `key` reads them all
    cdef object key           # reads text that `key_reader` refuses; None: nothing else does
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
        cdef Py_ssize_t left = 0, count = 0
        cdef object key
        cdef object item
        cdef dict entries = {}
        cdef dict tree = None      # what is left once an entry is refused
        cdef list later = []
        cdef Mark start, before, mark
        cdef bint is_refused
        cdef int kind = kind_at(cursor)
        if kind != IS_MAP:
            return self.take_other(cursor, kind)
        set_mark(&start, cursor)
        if not enter(cursor, True, &left):
            return refuse_odd(cursor)
        while another(cursor, &left):
            set_mark(&before, cursor)
            key = self.take_key(cursor)
            is_refused = key is REFUSED
            if is_refused:
                if cursor.needs_fallback or not cursor.partial.works:
                    return REFUSED
                return_to(cursor, &before)
                key = key_at(cursor)
                if key is REFUSED:
                    return REFUSED
            set_mark(&mark, cursor)
            item = self.item.take(cursor)
            if item is REFUSED:
                item = skip_faulty(cursor, self.item, &mark)
                if item is REFUSED:
                    look_for_equal_key(cursor, &before, left)
                    return REFUSED
                if not is_refused:
                    key = self.key_again(cursor[0], &before)
                is_refused = True
            elif is_refused or tree is not None:
                item = structured(item)
            if is_refused and tree is None:
                tree = self.tree_of(entries, later)
            if tree is None:
                if not self.put(entries, later, key, item):
                    return REFUSED
            else:
                # Whatever is wrong with an entry is said of its key as the document has it.
                tree[key if is_refused or self.key_reader is None else structured(key)] = item
            count += 1
        if not closes(cursor, left, c"}"):
            return REFUSED
        if tree is not None:
            if self.has_different_keys(cursor[0], &start, tree, count):
                return leave(cursor, self, tree)
            return self.take_again(cursor, &start) if counts_again(cursor) else REFUSED
        if not self.put_later(entries, later):
            return REFUSED
        if PyDict_Size(entries) != count:
            if not counts_again(cursor):
                return REFUSED
            if self.key_reader is not None:
                # Which of them are equal in the document, and which only of the same value?
                return self.take_again(cursor, &start)
        return self.of(entries)

    cdef object take_again(self, Cursor* cursor, Mark* start):
        cursor.partial.spare -= cursor.at - start.at
        if cursor.partial.spare < 0:
            return refuse_odd(cursor)  # each level might read all below it once more
        return_to(cursor, start)
        return Reader.take(self, cursor)

    cdef dict tree_of(self, dict entries, list later):
        if self.key_reader is None:
            return {key: structured(item) for key, item in entries.items()}
        return {structured(key): structured(item) for key, item in [*entries.items(), *later]}

    cdef object key_again(self, Cursor ahead, Mark* before):
        return_to(&ahead, before)
        return key_at(&ahead)

    cdef bint has_different_keys(self, Cursor ahead, Mark* start, dict tree, Py_ssize_t count) except -1:
        """Return whether the document has different keys in a map of which *tree* is left."""
        cdef Py_ssize_t left = 0
        cdef set keys = set()
        if self.key_reader is None and ahead.layout != CBOR:  # which may have tags before them
            return PyDict_Size(tree) == count
        return_to(&ahead, start)
        enter(&ahead, True, &left)
        while another(&ahead, &left):
            key = key_at(&ahead)
            if key is REFUSED or not pass_value(&ahead):
                return False
            keys.add(key)
        return len(keys) == count

    cdef inline object take_key(self, Cursor* cursor):
        cdef const char* start = NULL
        cdef Py_ssize_t size = 0
        cdef object key
        cdef Mark before
        cdef int kind
        if self.key_reader is None:
            key = key_at(cursor)
            return key if key is REFUSED or PyUnicode_CheckExact(key) else self.read_key(key)
        if self.is_decimal:
            if not key_span_at(cursor, &start, &size):
                return REFUSED
            key = int_of_key(start, size)
            return key if key is REFUSED else self.key_reader.read(key)
        if self.by_call:
            key = key_at(cursor)
            return key if key is REFUSED else self.read_key(key)
        kind = kind_at(cursor)
        if cursor.layout == JSON and kind != IS_TEXT:
            return refuse_odd(cursor)
        if cursor.layout == CBOR and may_be_wide(cursor):
            key = key_at(cursor)
            return key if key is REFUSED else self.read_key(key)
        set_mark(&before, cursor)
        key = self.key_reader.take(cursor)
        if key is REFUSED:
            drop(cursor.partial)
        if key is REFUSED and self.key is not None and not cursor.needs_fallback:
            return_to(cursor, &before)
            return self.read_text_key(key_at(cursor))
        return key if key is REFUSED or pass_colon(cursor) else refuse_odd(cursor)

    cdef object read_key(self, object key):
        cdef object result
        if self.key_reader is None:
            key = untagged(key)
            return key if PyUnicode_CheckExact(key) else REFUSED
        if self.by_call:
            result = call_two(self.key, key, self.key_type, REFUSED)
            if result is REFUSED and is_exactly(key, CborTag) and not isinstance(self.key_reader, AnythingReader):
                result = call_two(self.key, untagged(key), self.key_type, REFUSED)
            return result
        if type(key) is TypedKey:
            key = key.value
        result = self.key_reader.read(key)
        return self.read_text_key(key) if result is REFUSED and self.key is not None else result

    cdef object read_text_key(self, object key):
        """Read a key as an int, if it is the decimal text of one."""
        cdef const char* start
        cdef Py_ssize_t size = 0
        if not PyUnicode_CheckExact(key):
            return REFUSED
        start = ascii_of(key, &size)
        if start == NULL or int_of_key(start, size) is REFUSED:
            return REFUSED
        return call_two(self.key, key, self.key_type, REFUSED)

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
