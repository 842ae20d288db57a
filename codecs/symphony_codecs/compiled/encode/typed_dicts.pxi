# Typed dicts.

cdef class TypedDictWriter(Writer):
    """
    The entries of a dict, in its own order.

    Attributes:
        numbers: Key to number, of the keys that have a type.
        writers: Their writers.
        keys: The keys with what stands between them and their values.
        required: How many of them have to be there: those of the least numbers.
        needed: The same keys.
        other: Writes the values of other keys; ``None``: they are refused.
        plain: Writes those keys.
    """

    cdef dict numbers
    cdef list writers
    cdef list kept
    cdef Chunk* keys
    cdef Py_ssize_t required
    cdef frozenset needed
    cdef Writer other
    cdef PlainWriter plain

    def __cinit__(self):
        self.keys = NULL

    def __dealloc__(self):
        PyMem_Free(self.keys)

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef Py_ssize_t size, position = 0, count = 0, needed = 0
        cdef PyObject* key
        cdef PyObject* item
        cdef int done
        if type_of(value) != DICT:
            return self.write_derived(value, out)
        size = dict_size(value)
        if not open_container(out, size) or not has_room(out, MAX_HEAD):
            return REFUSED
        if self.wire == JSON:
            out.at[0] = c"{"
            out.at += 1
        else:
            out.at = map_head(out.at, self.wire, <uint64_t>size)
        while dict_next(value, &position, &key, &item):
            if count and self.wire == JSON and put_byte(out, c",") == REFUSED:
                return REFUSED
            count += 1
            keep(key)
            keep(item)
            try:
                done = self.put_entry(key, item, out, &needed)
            finally:
                release(key)
                release(item)
            if done == REFUSED:
                return REFUSED
            if dict_size(value) != size:
                break
        if count != size or dict_size(value) != size:
            out.may_be_valid = True
            return REFUSED
        if needed != self.required:
            return REFUSED
        close_container(out)
        return put_byte(out, c"}") if self.wire == JSON else WRITTEN

    cdef int write_derived(self, PyObject* value, Sink* out) except -1:
        """Write what a class derived from dict says that is in it."""
        try:
            if not isinstance(<object>value, dict) or not (<object>value).keys() >= self.needed:
                return REFUSED
            items = tuple((<object>value).items())
            entries = dict(items)
        except Exception as exc:
            caught(exc)
            return REFUSED
        if len(entries) != len(items):  # a key comes twice
            return REFUSED
        out.may_be_valid = True
        return self.write(<PyObject*>entries, out)

    cdef int put_entry(self, PyObject* key, PyObject* item, Sink* out, Py_ssize_t* needed) except -1:
        cdef Py_ssize_t number
        found = self.numbers.get(<object>key) if type_of(key) == UNICODE else None
        if found is not None:
            number = found
            needed[0] += number < self.required
            if put_chunk(out, &self.keys[number]) == REFUSED:
                return REFUSED
            return (<Writer>self.writers[number]).write(item, out)
        # Reading takes text alone for the name of a field, so Python says what is wrong with another key.
        if self.other is None or type_of(key) != UNICODE:
            return REFUSED
        if self.plain.put_key(key, out) == REFUSED or (self.wire == JSON and put_byte(out, c":") == REFUSED):
            return REFUSED
        return self.other.write(item, out)


def _typed_dict(Builder builder, node):
    cdef TypedDictWriter writer = TypedDictWriter()
    cdef Py_ssize_t i
    fields = sorted(node.fields, key=lambda field: field.optional)
    writer.numbers = {field.key: i for i, field in enumerate(fields)}
    writer.writers = [builder.writer(field.node) for field in fields]
    writer.needed = frozenset([field.key for field in fields if not field.optional])
    writer.required = len(writer.needed)
    writer.kept = []
    writer.keys = <Chunk*>PyMem_Malloc((len(fields) + 1) * sizeof(Chunk))
    if writer.keys == NULL:
        raise MemoryError
    for i, field in enumerate(fields):
        writer.keys[i] = _chunk(builder.key_token(field.key), writer.kept)
    writer.other = None if node.other is None else builder.writer(node.other)
    writer.plain = builder.plain
    return builder.ready(writer, False)
