# The keys of maps: a value's own token, where that is one that a key may be.

cdef extern from *:
    """
    #if PY_VERSION_HEX >= 0x030E0000
        #define symphony_hash(data, size) Py_HashBuffer(data, size)
    #else
        #if PY_VERSION_HEX >= 0x030D0000  /* exported, and not declared */
            PyAPI_FUNC(Py_hash_t) _Py_HashBytes(const void *, Py_ssize_t);
        #endif
        #define symphony_hash(data, size) _Py_HashBytes(data, size)
    #endif
    """
    size_t hash_of "(size_t)symphony_hash"(const void* data, Py_ssize_t size) noexcept nogil


cdef int turn_into_key(Sink* out, int wire, Py_ssize_t start, bint may_be_int) noexcept:
    """Make a key of the token at *start*, the last that has been written: text, an int, or bytes."""
    cdef unsigned char first = <unsigned char>out.start[start]
    cdef Py_ssize_t i, size = out.at - out.start - start
    cdef char* data
    cdef bint is_key
    if wire == MSGPACK:
        is_key = (
            first < 0x80 or 0xA0 <= first < 0xC0 or 0xC4 <= first <= 0xC6 or 0xCC <= first <= 0xD3 or 0xD9 <= first
        ) and not 0xDC <= first < 0xE0
    elif wire == CBOR:
        is_key = first < CBOR_ARRAY
    elif first == c'"':
        return put_byte(out, c":")
    else:
        is_key = may_be_int and size <= out.max_text and has_room(out, 3)
        data = out.start + start
        for i in range(first == c"-", size):
            if not c"0" <= data[i] <= c"9":
                is_key = False
        if is_key:
            memmove(data + 1, data, size)
            data[0] = c'"'
            memcpy(out.at + 1, b'":', 2)
            out.at += 3
    if not is_key:
        out.may_be_valid = True
        return REFUSED
    return WRITTEN


cdef struct KeyPlace:
    Py_ssize_t start    # from the start of the document
    Py_ssize_t size
    size_t hash


cdef class KeyPlaces:
    """
    Where the keys of one map lie, to find those that are equal.

    By a table of open addressing: the hashes are those of `bytes`, which nobody can foresee.
    """

    cdef KeyPlace* places
    cdef Py_ssize_t count

    def __cinit__(self, Py_ssize_t size):
        self.places = <KeyPlace*>PyMem_Malloc((size + 1) * sizeof(KeyPlace))
        if self.places == NULL:
            raise MemoryError

    def __dealloc__(self):
        PyMem_Free(self.places)

    cdef inline void add(self, const Sink* out, Py_ssize_t start) noexcept:
        cdef KeyPlace* place = &self.places[self.count]
        place.start = start
        place.size = out.at - out.start - start
        place.hash = hash_of(out.start + start, place.size)
        self.count += 1

    cdef bint are_different(self, const Sink* out) except -1:
        cdef size_t room = 8, mask, at
        cdef KeyPlace** table
        cdef KeyPlace* place
        cdef KeyPlace* other
        cdef Py_ssize_t i
        cdef bint found = False
        while room < <size_t>self.count * 2:
            room *= 2
        table = <KeyPlace**>PyMem_Malloc(room * sizeof(KeyPlace*))
        if table == NULL:
            raise MemoryError
        memset(table, 0, room * sizeof(KeyPlace*))
        mask = room - 1
        for i in range(self.count):
            place = &self.places[i]
            at = place.hash & mask
            while table[at] != NULL and not found:
                other = table[at]
                found = (
                    other.hash == place.hash and other.size == place.size
                    and memcmp(out.start + other.start, out.start + place.start, place.size) == 0
                )
                at = (at + 1) & mask
            if found:
                break
            table[at] = place
        PyMem_Free(table)
        return not found
