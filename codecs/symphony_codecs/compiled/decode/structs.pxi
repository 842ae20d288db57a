# Classes, from maps or arrays.

cdef object text_keys(dict value, bint takes_bytes):
    """
    Return the map with keys of text; None: two are equal, or one is no text.

    They may come as byte strings or behind tags, if *takes_bytes*.
    """
    cdef dict result
    if not takes_bytes:
        return value  # those of other keys are nobody's
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
        except Exception as exc:
            caught(exc)
            return None
        result[key] = item
    return result


cdef bint pass_unknown(Cursor* cursor, const char* start, Py_ssize_t size, set passed) except -1:
    """Pass over the value of a key that is unknown."""
    cdef object name
    if cursor.unique:
        name = key_of(start, size)
        if name is REFUSED or name in passed:
            cursor.needs_fallback = True
            return False
        passed.add(name)
    elif cursor.is_mixed or not is_utf8(<const unsigned char*>start, <const unsigned char*>start + size):
        cursor.needs_fallback = True
        return False
    return skip_value(cursor)


cdef bint counts_again(Cursor* cursor) noexcept:
    """Return whether an equal key may follow, and count in place of the one before."""
    if cursor.unique or cursor.is_mixed:
        cursor.needs_fallback = True
        return False
    # What was read before the fault, which is all that is looked at again, may not be what counts.
    cursor.partial.works = False
    return True


cdef int look_for_equal(
    Cursor* cursor, Mark* mark, Py_ssize_t left, const char* name, Py_ssize_t size
) noexcept nogil:
    """Where the value at *mark* is refused, look whether its key comes again: the last counts, whose value may be fine."""
    cdef Cursor ahead
    if cursor.unique or cursor.needs_fallback or cursor.partial.works:
        return 0
    ahead = cursor[0]
    return_to(&ahead, mark)
    if not pass_value(&ahead) or find_key(&ahead, left, name, size) != 0:
        cursor.needs_fallback = True
    return 0


cdef int look_for_equal_key(Cursor* cursor, Mark* before, Py_ssize_t left) except -1:
    """Do the same for the entry at *before*, whatever its key is."""
    cdef Cursor ahead
    cdef object key
    if cursor.unique or cursor.needs_fallback or cursor.partial.works:
        return 0
    ahead = cursor[0]
    return_to(&ahead, before)
    key = other = key_at(&ahead)
    while other is not REFUSED and pass_value(&ahead):
        if not another(&ahead, &left):
            cursor.needs_fallback = ahead.needs_fallback
            return 0
        other = key_at(&ahead)
        if other == key:
            break
    cursor.needs_fallback = True
    return 0


cdef inline bint is_name(bytes name, const char* start, Py_ssize_t size) noexcept:
    return size == PyBytes_GET_SIZE(name) and memcmp(start, PyBytes_AS_STRING(name), size) == 0


cdef list owned(PyObject** items, Py_ssize_t count):
    cdef Py_ssize_t i
    cdef list result = []
    for i in range(count):
        result.append(<object>items[i])
    return result


cdef enum:
    FEW = 16


cdef struct Tag:
    # A key that is not the class's own: the name that an internally tagged union gives it.
    const char* name
    Py_ssize_t size
    bint taken         # whether it has been passed


cdef enum:
    # What an int that is no field's name is.
    UNKNOWN = -1
    FAULTY = -2


cdef bint has_texts_and_ints(dict value) except -1:
    """Return whether all keys are exactly that: True and 1.0 are equal to 1."""
    for key in value:
        if not PyUnicode_CheckExact(key) and not PyLong_CheckExact(key):
            return False
    return True


cdef class StructReader(Reader):
    """
    The reading of a class.

    All fields are read before there is an instance: into an array, owned,
    with NULL where one is missing.
    """

    cdef Construction construction
    cdef tuple keys
    cdef tuple readers
    cdef tuple unchecked       # the same without the checks of validators
    cdef Names names           # keys; where there are others, all that are texts
    cdef tuple aliases         # of each field; None: there are none
    cdef dict ints             # the numbers of fields whose names are ints; None: there are none
    cdef Py_ssize_t* numbers   # the numbers of fields, by those of names; NULL: they are the same
    cdef bint has_plain_names  # whether each field of a map is found by its key
    cdef tuple tokens          # the keys as documents nearly always have them, with all before the value
    cdef Py_ssize_t expected   # how many of these to look for: none where a key is longer than texts may be
    cdef Py_ssize_t count
    cdef Py_ssize_t required
    cdef bint* optional
    cdef bint bytes_keys
    cdef bint forbids
    cdef bint keeps
    cdef bint is_whole         # whether fields can only be read of a map or array that is there as a whole
    cdef object known
    cdef object adapt
    cdef Py_ssize_t lone       # of an array: the field that is not there where it is null and `beside` is not; -1: none
    cdef Py_ssize_t beside

    def __cinit__(self, node, tuple readers, tuple unchecked, tuple tokens, Py_ssize_t expected, bint bytes_keys):
        cdef Py_ssize_t i
        self.construction = Construction(node)
        self.keys = tuple([intern(field.key) if type(field.key) is str else field.key for field in node.fields])
        self.readers, self.unchecked = readers, unchecked
        self.bytes_keys = bytes_keys
        self.has_plain_names = node.adapt is None and not node.has_other_names
        if node.has_other_names:
            self.take_names(node)
        else:
            self.names = Names(self.keys)
        self.tokens, self.expected = tokens, expected
        self.count = len(readers)
        self.required = node.required
        self.optional = <bint*>PyMem_Calloc(self.count + 1, sizeof(bint))
        if self.optional == NULL:
            raise MemoryError
        for i, field in enumerate(node.fields):
            self.optional[i] = field.optional
        self.forbids = node.unknown == "forbid"
        self.keeps = node.unknown == "keep"
        self.known = frozenset(self.keys) | node.omitted
        if self.aliases is not None:
            self.known = self.known.union(*self.aliases)
        self.lone, self.beside = (-1, -1) if node.only_one is None else node.only_one
        self.adapt = node.adapt if node.only_one is None else None
        self.is_whole = self.keeps or self.adapt is not None or None in tokens

    def __dealloc__(self):
        PyMem_Free(self.optional)
        PyMem_Free(self.numbers)

    cdef int take_names(self, node) except -1:
        """Take the names of fields that go by more or by something else than one text."""
        cdef Py_ssize_t i
        cdef list numbers
        names = {name: i for i, field in enumerate(node.fields) for name in (field.key, *field.aliases)}
        self.ints = {name: i for name, i in names.items() if type(name) is int} or None
        if any([field.aliases for field in node.fields]):
            self.aliases = tuple([field.aliases for field in node.fields])
        texts = {name: i for name, i in names.items() if type(name) is str}
        numbers = list(texts.values())
        self.numbers = <Py_ssize_t*>PyMem_Calloc(len(numbers) + 1, sizeof(Py_ssize_t))
        if self.numbers == NULL:
            raise MemoryError
        for i in range(len(numbers)):
            self.numbers[i] = numbers[i]
        self.names = Names(tuple(texts))
        return 0

    # From builtins

    cdef object read(self, object value):
        if self.adapt is not None:
            value = call_one(self.adapt, value, REFUSED)
            if value is REFUSED:
                return REFUSED
        return self.read_adapted(value)

    cdef object read_adapted(self, object value):
        cdef PyObject* few[FEW]
        cdef PyObject** items
        cdef object result
        cdef bint is_map = PyDict_CheckExact(value)
        if is_map:
            value = text_keys(value, self.bytes_keys)
            if value is None or (self.ints is not None and not has_texts_and_ints(value)):
                return REFUSED
        elif not PyList_CheckExact(value):
            if value is not None or self.count:
                return self.refuse(value)
            value = []
        items = self.construction.room(few)
        try:
            result = self.from_map(value, items) if is_map else self.from_array(value, items)
        finally:
            self.construction.leave(few, items)
        return result

    cdef object from_map(self, dict value, PyObject** items):
        cdef tuple readers = self.unchecked if skips_checks() else self.readers
        cdef tuple aliases = self.aliases
        cdef Py_ssize_t i, found = 0, at = 0
        cdef PyObject* pointer
        cdef PyObject* key
        cdef object item
        cdef object result
        cdef dict extras = None
        for i in range(self.count):
            pointer = PyDict_GetItemWithError(value, <object>PyTuple_GET(self.keys, i))
            if aliases is not None:
                for name in <tuple>PyTuple_GET(aliases, i):
                    key = PyDict_GetItemWithError(value, name)
                    if key != NULL:
                        if pointer != NULL:
                            return REFUSED
                        pointer = key
            if pointer == NULL:
                if not self.optional[i]:
                    return REFUSED
                continue
            found += 1
            item = <object>pointer  # kept, since a hook may change the map
            result = (<Reader>PyTuple_GET(readers, i)).read(item)
            if result is REFUSED:
                return REFUSED
            Py_INCREF(result)
            items[i] = <PyObject*>result
        if found != PyDict_Size(value):
            while PyDict_Next(value, &at, &key, &pointer):
                if not PyUnicode_CheckExact(<object>key) and self.ints is None:
                    return REFUSED
                if not (self.forbids or self.keeps) or <object>key in self.known:
                    continue
                if self.forbids:
                    return REFUSED
                extras = {} if extras is None else extras
                extras[<object>key] = <object>pointer
        return self.construction.build(items, extras)

    cdef object from_array(self, list value, PyObject** items):
        cdef tuple readers = self.unchecked if skips_checks() else self.readers
        cdef Py_ssize_t i, size = PyList_GET_SIZE(value)
        cdef object item
        cdef object result
        cdef bint lone_is_null = False, beside_is_null = False
        if not self.required <= size <= self.count:
            return REFUSED
        for i in range(size):
            if i >= PyList_GET_SIZE(value):  # a hook has changed it
                return REFUSED
            item = <object>PyList_GET_ITEM(value, i)
            if i == self.lone:
                lone_is_null = item is None
            elif i == self.beside:
                beside_is_null = item is None
            result = (<Reader>PyTuple_GET(readers, i)).read(item)
            if result is REFUSED:
                return REFUSED
            Py_INCREF(result)
            items[i] = <PyObject*>result
        if lone_is_null and not beside_is_null:
            drop_object(&items[self.lone])
        return self.construction.build(items, None)

    # From bytes

    cdef object take(self, Cursor* cursor):
        cdef Py_ssize_t left = 0
        cdef int kind
        if self.is_whole:
            return Reader.take(self, cursor)
        kind = kind_at(cursor)
        if kind != IS_MAP and kind != IS_ARRAY and (kind != IS_NULL or self.count):
            return self.take_other(cursor, kind)
        if kind == IS_NULL:
            if not pass_word(cursor, kind):
                return refuse_odd(cursor)
            return self.take_rest(cursor, 0, IS_NULL, NULL)
        if not enter(cursor, kind == IS_MAP, &left):
            return refuse_odd(cursor)
        return self.take_rest(cursor, left, kind, NULL)

    cdef object take_rest(self, Cursor* cursor, Py_ssize_t left, int kind, Tag* tag):
        """Take the rest of a map or an array that has a CBOR tag in it."""
        cdef PyObject* few[FEW]
        cdef PyObject** items = self.construction.room(few)
        cdef object result = REFUSED
        cdef bint leaves = cursor.partial.works
        if self.lone >= 0:  # what null stands for is not to be seen in parts that have been read
            cursor.partial.works = False
        try:
            if kind == IS_MAP:
                if self.take_map(cursor, left, items, tag):
                    result = self.construction.build(items, None)
            elif kind == IS_NULL or self.take_array(cursor, left, items):
                result = self.construction.build(items, None)
        finally:
            self.construction.leave(few, items)
            if self.lone >= 0:
                cursor.partial.works = leaves
        return result

    cdef bint take_map(self, Cursor* cursor, Py_ssize_t left, PyObject** items, Tag* tag) except -1:
        cdef tuple readers = self.unchecked if skips_checks() else self.readers
        cdef Py_ssize_t i, number, expected = 0, size = 0, found = 0
        cdef const char* start = NULL
        cdef PyObject* token
        cdef object result
        cdef set passed = None
        cdef dict parts = None      # what was refused
        cdef Mark mark
        cdef bint was_mixed = cursor.is_mixed
        cursor.is_mixed = False
        while another(cursor, &left):
            number = -1
            # In order, and spelt in the usual way: then one comparison decides.
            if expected < self.expected:
                token = PyTuple_GET(self.tokens, expected)
                size = PyBytes_GET_SIZE(<object>token)
                if has(cursor, size) and is_same(cursor.at, PyBytes_AS_STRING(<object>token), size):
                    number = expected
                    cursor.at += size
            if number < 0 and self.ints is not None and kind_at(cursor) == IS_INT:
                number = self.find_int(cursor)
                if number < 0:
                    if number == FAULTY or not skip_value(cursor):
                        return False
                    continue
            elif number < 0:
                if self.ints is not None and kind_at(cursor) == IS_TAG:
                    cursor.needs_fallback = True  # an int may be behind it
                    return False
                if not key_span_at(cursor, &start, &size):
                    return False
                number = self.names.find(start, size)
                if number >= 0 and self.numbers != NULL:
                    number = self.numbers[number]
                if number < 0:
                    if tag != NULL and size == tag.size and memcmp(start, tag.name, size) == 0:
                        if tag.taken or not pass_value(cursor):
                            cursor.needs_fallback = True  # of equal keys the last may count
                            return False
                        tag.taken = True
                        continue
                    passed = set() if passed is None else passed
                    if not self.pass_over(cursor, start, size, passed):
                        return False
                    continue
            if items[number] != NULL or (parts is not None and <object>PyTuple_GET(self.keys, number) in parts):
                if self.aliases is not None:
                    cursor.needs_fallback = True  # it may be there under two names
                    return False
                if not counts_again(cursor):
                    return False
                # Of equal keys the last counts.
                if items[number] == NULL:
                    del parts[<object>PyTuple_GET(self.keys, number)]
                else:
                    drop_object(&items[number])
                    found -= 1
            set_mark(&mark, cursor)
            result = (<Reader>PyTuple_GET(readers, number)).take(cursor)
            expected = number + 1
            if result is REFUSED:
                result = skip_faulty(cursor, <Reader>PyTuple_GET(readers, number), &mark)
                if result is REFUSED:
                    if self.numbers == NULL:
                        look_for_equal(cursor, &mark, left, self.names.starts[number], self.names.sizes[number])
                    elif not cursor.partial.works:
                        cursor.needs_fallback = True
                    return False
                parts = {} if parts is None else parts
                parts[<object>PyTuple_GET(self.keys, number)] = result
                continue
            Py_INCREF(result)
            items[number] = <PyObject*>result
            found += 1
        if not closes(cursor, left, c"}"):
            return False
        cursor.is_mixed = was_mixed
        if found == self.count:
            return True
        if not parts:
            for i in range(self.count):
                if items[i] == NULL and not self.optional[i]:
                    break
            else:
                return True
        self.leave_map(cursor, items, parts)
        return False

    cdef Py_ssize_t find_int(self, Cursor* cursor) except? FAULTY:
        """Read a key that is an int; return its field's number, UNKNOWN, or FAULTY where the map is refused."""
        cdef PyObject* found
        cdef object key = key_of_map(cursor)
        if not PyLong_CheckExact(key):
            cursor.needs_fallback = True
            return FAULTY
        found = PyDict_GetItemWithError(self.ints, key)
        if found != NULL:
            return <Py_ssize_t><object>found
        if self.forbids and key not in self.known:
            return FAULTY
        if cursor.unique:
            cursor.needs_fallback = True
            return FAULTY
        return UNKNOWN

    cdef int leave_map(self, Cursor* cursor, PyObject** items, dict parts) except -1:
        """Leave the fields that were read, and *parts* of those that were not."""
        cdef Py_ssize_t i
        cdef dict tree = {} if parts is None else parts
        for i in range(self.count):
            if items[i] != NULL:
                tree[<object>PyTuple_GET(self.keys, i)] = structured(<object>items[i])
        leave(cursor, self, tree)
        return 0

    cdef bint pass_over(self, Cursor* cursor, const char* start, Py_ssize_t size, set passed) except -1:
        """Pass over an entry that no field is for."""
        if self.forbids and key_of(start, size) not in self.known:
            return False
        return pass_unknown(cursor, start, size, passed)

    cdef bint take_array(self, Cursor* cursor, Py_ssize_t left, PyObject** items) except -1:
        cdef tuple readers = self.unchecked if skips_checks() else self.readers
        cdef Py_ssize_t i = 0
        cdef object result
        cdef Mark mark
        cdef bint lone_is_null = False, beside_is_null = False
        if left > self.count or 0 <= left < self.required:
            return False
        while another(cursor, &left):
            if i == self.count:
                return False
            if i == self.lone:
                lone_is_null = kind_at(cursor) == IS_NULL
            elif i == self.beside:
                beside_is_null = kind_at(cursor) == IS_NULL
            set_mark(&mark, cursor)
            result = (<Reader>PyTuple_GET(readers, i)).take(cursor)
            if result is REFUSED:
                leave_array(cursor, self, None, readers, owned(items, i), left, &mark)
                return False
            Py_INCREF(result)
            items[i] = <PyObject*>result
            i += 1
        if lone_is_null and not beside_is_null:
            drop_object(&items[self.lone])
        return closes(cursor, left, c"]") and i >= self.required
