# Unions, by what members are on the wire, by literals, by trying.

cdef object KINDS_OF_CLASSES = {
    type(None): (IS_NULL,), bool: (IS_FALSE, IS_TRUE), int: (IS_INT,), float: (IS_FLOAT,), str: (IS_TEXT,),
    bytes: (IS_BYTES,), list: (IS_ARRAY,), dict: (IS_MAP,), MessagePackTimestamp: (IS_STAMP,),
}


cdef class UnionByJsonTypeReader(Reader):
    """Members that differ in their builtin class."""

    cdef dict readers
    cdef Reader other
    cdef tuple by_kind    # a reader for each kind, or None
    cdef bint splits     # whether an int and a float of JSON have different readers
    cdef dict tagged     # by a tag of CBOR: who reads what stands behind it

    def __cinit__(self, dict readers, Reader other, dict tagged):
        self.readers = readers
        self.tagged = tagged
        self.other = other
        by_kind = [other] * KINDS
        by_kind[IS_ODD] = by_kind[IS_LONG] = None
        for kind, reader in readers.items():
            for place in KINDS_OF_CLASSES.get(kind, ()):
                by_kind[place] = reader
        self.by_kind = tuple(by_kind)
        self.splits = self.by_kind[IS_INT] is not self.by_kind[IS_FLOAT]

    cdef object read(self, object value):
        cdef PyObject* found = PyDict_GetItemWithError(self.readers, <object>type_of(value))
        cdef Reader reader
        if found != NULL:
            reader = <Reader?><object>found
            return reader.read(value)
        if is_exactly(value, CborTag):
            return self.refuse(value)
        return REFUSED if self.other is None else self.other.read(value)

    cdef object read_tagged(self, object value):
        if self.other is not None:
            return self.other.read_tagged(value)
        reader = self.tagged.get(value.tag)
        if reader is None:
            return REFUSED
        result = (<Reader?>reader).read_tagged(value)
        # Without the tag it might be another member.
        return FORBIDDEN if result is REFUSED else result

    cdef bint minds_tags(self):
        return bool(self.tagged) if self.other is None else self.other.minds_tags()

    cdef object take(self, Cursor* cursor):
        cdef object reader
        cdef object result
        cdef int kind = kind_at(cursor)
        cdef Number number
        cdef const unsigned char* start = cursor.at
        if kind == IS_INT and self.splits and cursor.layout == JSON:
            if not number_at(cursor, &number):
                return REFUSED
            cursor.at = start
            if number.is_float:
                kind = IS_FLOAT
        reader = <object>PyTuple_GET(self.by_kind, kind)
        if reader is None or kind == IS_TAG:
            return self.take_other(cursor, kind)
        result = (<Reader>reader).take(cursor)
        return hand_up_partial(cursor, self, <Reader>reader) if result is REFUSED else result


cdef class UnionByLiteralReader(Reader):
    """Classes that a literal field tells apart."""

    cdef str key
    cdef bytes name      # the key's bytes
    cdef bytes token     # the key as documents mostly have it, with all before the value
    cdef Py_ssize_t position
    cdef dict readers    # by class and label
    cdef dict texts      # the same of labels that are text

    def __cinit__(self, node, bytes token, dict readers):
        self.key = node.key
        self.name = spelt(node.key)
        self.token = token
        self.position = -1 if node.position is None else node.position
        self.readers = readers
        self.texts = {label: member for (kind, label), member in readers.items() if kind is str}

    cdef object read(self, object value):
        cdef object label
        cdef PyObject* found
        if PyDict_CheckExact(value):
            found = PyDict_GetItemWithError(value, self.key)
            if found == NULL:
                return REFUSED
            label = untagged(<object>found)
        elif PyList_CheckExact(value) and 0 <= self.position < PyList_GET_SIZE(value):
            label = untagged(<object>PyList_GET_ITEM(value, self.position))
        else:
            return self.refuse(value)
        reader = self.labelled(label)
        return REFUSED if reader is None else (<Reader?>reader).read(value)

    cdef object labelled(self, object label):
        cdef PyObject* found
        if PyUnicode_CheckExact(label):
            found = PyDict_GetItemWithError(self.texts, label)
            return None if found == NULL else <object>found
        if type(label) not in (int, bool, float, bytes, type(None)):
            return None
        return self.readers.get((type(label), label))

    cdef object take(self, Cursor* cursor):
        cdef Cursor ahead
        cdef Py_ssize_t left = 0
        cdef object label
        cdef object result
        cdef object reader
        cdef int found, kind = kind_at(cursor)
        if kind != IS_MAP and kind != IS_ARRAY:
            return self.take_other(cursor, kind)
        ahead = cursor[0]
        found = self.find_label(&ahead, kind == IS_MAP)
        if found <= 0:
            return REFUSED if found == 0 else refuse_odd(cursor)
        label = untagged(value_at(&ahead))
        if label is REFUSED:
            return refuse_odd(cursor)
        reader = self.labelled(label)
        if reader is None:
            return REFUSED
        result = (<Reader?>reader).take(cursor)
        return self.leave_labelled(cursor, <Reader>reader, label) if result is REFUSED else result

    cdef int find_label(self, Cursor* ahead, bint is_map) noexcept:
        """Stand before the label, as `find_key` does."""
        cdef Py_ssize_t i, left = 0, entries, size = PyBytes_GET_SIZE(self.token)
        cdef Cursor start
        if not enter(ahead, is_map, &left):
            return -1
        if is_map:
            # It mostly stands first, and spelt in the usual way.
            start, entries = ahead[0], left
            if size and another(ahead, &left) and has(ahead, size):
                if memcmp(ahead.at, PyBytes_AS_STRING(self.token), size) == 0:
                    ahead.at += size
                    return 1
            ahead[0] = start
            return find_key(ahead, entries, PyBytes_AS_STRING(self.name), PyBytes_GET_SIZE(self.name))
        for i in range(self.position + 1):
            if not another(ahead, &left):
                return 0 if closes(ahead, left, c"]") else -1
            if i == self.position:
                return 1
            if not pass_value(ahead):
                return -1
        return 0

    cdef object leave_labelled(self, Cursor* cursor, Reader reader, object label):
        cdef object tree = take_partial(cursor, reader)
        if tree is REFUSED:
            return REFUSED
        # As it is in the document, since it has to be looked at before anything is read.
        if PyDict_CheckExact(tree):
            tree[self.key] = label
        elif self.position < len(tree):  # a hook may have changed it
            tree[self.position] = label
        return leave(cursor, self, tree)


cdef enum:
    MOST_KEYS = 256


cdef class UntaggedUnionReader(Reader):
    """The first member that fits."""

    cdef tuple members
    cdef Reader hook       # inside another union of this kind: reads builtins, and remembers what it has tried
    cdef Names names       # the keys that members need, if there are few enough
    cdef tuple needed      # by member: the numbers of its keys; None: it may take maps without any of them
    cdef bint is_prepared
    cdef str decisive          # a key; maps that have it are not tried with members that lack it
    cdef tuple lacking         # by member: whether it does
    cdef Py_ssize_t decisive_number

    cdef object read(self, object value):
        cdef object result
        cdef bint is_decided
        cdef Py_ssize_t i
        if is_exactly(value, CborTag):
            return self.refuse(value)
        if self.hook is not None:
            return self.hook.read(value)
        is_decided = self.decisive is not None and PyDict_CheckExact(value) and (
            self.decisive in value or spelt(self.decisive) in value
        )
        for i in range(len(self.members)):
            if is_decided and self.lacking[i]:
                continue
            result = (<Reader>PyTuple_GET(self.members, i)).read(value)
            if result is not REFUSED:
                return result
        return REFUSED

    cdef object read_tagged(self, object value):
        cdef object result
        for member in self.members:
            result = (<Reader>member).read_tagged(value)
            if result is not REFUSED and result is not FORBIDDEN:
                return result
        return REFUSED

    cdef bint minds_tags(self):
        return any([(<Reader>member).minds_tags() for member in self.members])

    cdef object take(self, Cursor* cursor):
        cdef object result
        cdef int kind = kind_at(cursor)
        cdef bint leaves = cursor.partial.works
        if kind_at(cursor) == IS_TAG:
            return self.take_other(cursor, IS_TAG)
        # A member that does not fit is not to read on: all below would be read once for each.
        cursor.partial.works = False
        try:
            if self.hook is None or (kind != IS_MAP and kind != IS_ARRAY):
                result = self.first_of(cursor, kind)
            else:
                result = self.remembered(cursor, kind)
        finally:
            cursor.partial.works = leaves
        return result

    cdef object remembered(self, Cursor* cursor, int kind):
        """Take what may be tried again as a part of another member: then it is known what became of it."""
        cdef dict tried
        cdef object result
        cdef Py_ssize_t claimed = cursor.unclaimed
        cdef object key = (<size_t>cursor.at, <size_t><PyObject*>self)
        if cursor.partial.tried == NULL:
            tried = {}
            Py_INCREF(tried)
            cursor.partial.tried = <PyObject*>tried
        tried = <dict>cursor.partial.tried
        known = tried.get(key)
        if known is not None:
            result, end, claimed, mixed = known
            if not <size_t>cursor.at <= end <= <size_t>cursor.end:  # changed by a hook that has found the dict
                return refuse_odd(cursor)
            cursor.at = <const unsigned char*><size_t>end
            cursor.unclaimed -= claimed
            cursor.is_mixed = cursor.is_mixed or mixed
            return result
        result = self.first_of(cursor, kind)
        if not cursor.needs_fallback:
            tried[key] = result, <size_t>cursor.at, claimed - cursor.unclaimed, cursor.is_mixed
        return result

    cdef object first_of(self, Cursor* cursor, int kind):
        cdef Cursor start = cursor[0]
        cdef unsigned char there[MOST_KEYS]
        cdef bint is_known = False
        cdef object result
        cdef Py_ssize_t i
        if kind == IS_MAP:
            if not self.is_prepared:
                self.prepare()
            if self.names is not None:
                is_known = self.look_for_keys(cursor[0], there)
            if self.decisive is not None and not is_known:
                return refuse_odd(cursor)
        for i in range(len(self.members)):
            if is_known and not self.may_fit(i, there):
                continue
            result = (<Reader>PyTuple_GET(self.members, i)).take(cursor)
            # What the document holds there has to be known before another member is tried.
            if result is not REFUSED or cursor.needs_fallback:
                return result
            cursor[0] = start
        return REFUSED

    cdef int prepare(self) except -1:
        """Note which keys each member cannot be read without."""
        cdef list needed = []
        cdef dict numbers = {}
        cdef StructReader record
        cdef Py_ssize_t i
        self.is_prepared = True
        for member in self.members:
            while isinstance(member, ForwardReference):
                member = (<ForwardReference>member).target
            keys = None
            if isinstance(member, StructReader) and (<StructReader>member).has_plain_names:
                record = <StructReader>member
                keys = tuple([
                    numbers.setdefault(record.keys[i], len(numbers)) for i in range(record.count) if not record.optional[i]
                ])
            needed.append(keys)
        if self.decisive is not None:
            numbers.setdefault(self.decisive, len(numbers))
            self.decisive_number = numbers[self.decisive]
        self.needed = tuple(needed)
        is_worth_it = self.decisive is not None or len([each for each in needed if each]) > 1
        if 0 < len(numbers) <= MOST_KEYS and is_worth_it:
            self.names = Names(tuple(numbers))
        return 0

    cdef bint look_for_keys(self, Cursor ahead, unsigned char* there) noexcept:
        """Note which keys a map has; 0: it is not to be passed over."""
        cdef const char* start = NULL
        cdef Py_ssize_t left = 0, size = 0, number
        memset(there, 0, MOST_KEYS)
        if not enter(&ahead, True, &left):
            return False
        while another(&ahead, &left):
            if not key_span_at(&ahead, &start, &size):
                return False
            number = self.names.find(start, size)
            if number >= 0:
                there[number] = 1
            if not pass_value(&ahead):
                return False
        return not ahead.needs_fallback

    cdef bint may_fit(self, Py_ssize_t number, unsigned char* there) except -1:
        cdef object keys = <object>PyTuple_GET(self.needed, number)
        cdef Py_ssize_t key
        if self.decisive is not None and there[self.decisive_number] and <object>PyTuple_GET(self.lacking, number) is True:
            return False
        if keys is not None:
            for key in <tuple>keys:
                if not there[key]:
                    return False
        return True
