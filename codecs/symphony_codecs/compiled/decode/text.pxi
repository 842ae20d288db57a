# Texts of a document: where they end, and the str of them.

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>

    #define EACH(byte) (0x0101010101010101ULL * (byte))

    /* The end of a JSON string: a quote, or whatever has to be looked at: a backslash, a control character. */
    static inline const unsigned char *symphony_run(const unsigned char *at, const unsigned char *end, uint64_t *seen)
    {
        uint64_t all = 0;
        while (end - at >= 8) {
            uint64_t word, quote, slash, stop;
            memcpy(&word, at, 8);
            quote = word ^ EACH('"');
            slash = word ^ EACH('\\\\');
            /* The lowest bit is exact; those above it may be wrong. */
            stop = (((quote - EACH(1)) & ~quote) | ((slash - EACH(1)) & ~slash) | ((word - EACH(0x20)) & ~word)) & EACH(0x80);
            if (stop) {
    #if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
                int before = __builtin_ctzll(stop) & ~7;
                *seen = (all | (word & ((1ULL << before) - 1))) & EACH(0x80);
                return at + before / 8;
    #else
                break;
    #endif
            }
            all |= word;
            at += 8;
        }
        while (at < end && *at != '"' && *at != '\\\\' && *at >= 0x20)
            all |= *at++;
        *seen = all & EACH(0x80);
        return at;
    }

    static inline uint64_t symphony_word(const char *at)
    {
        uint64_t word;
        memcpy(&word, at, 8);
        return word;
    }

    static inline uint32_t symphony_half(const unsigned char *at)
    {
        uint32_t word;
        memcpy(&word, at, 4);
        return word;
    }

    /* Whether some bytes are the same, most often few, and all there. */
    static inline int symphony_same(const unsigned char *at, const char *other, Py_ssize_t size)
    {
        const unsigned char *name = (const unsigned char *)other;
        Py_ssize_t i;
        if (size >= 8) {
            for (i = 0; i < size - 8; i += 8)
                if (symphony_word((const char *)at + i) != symphony_word(other + i))
                    return 0;
            return symphony_word((const char *)at + size - 8) == symphony_word(other + size - 8);
        }
        if (size >= 4)
            return symphony_half(at) == symphony_half(name) && symphony_half(at + size - 4) == symphony_half(name + size - 4);
        for (i = 0; i < size; i++)
            if (at[i] != name[i])
                return 0;
        return 1;
    }

    /* A number for a name; names are short, and mostly differ at either end. */
    static inline uint64_t symphony_hash(const char *name, Py_ssize_t size)
    {
        uint64_t first = 0, last = 0;
        if (size >= 8) {
            first = symphony_word(name);
            last = symphony_word(name + size - 8);
        }
        else {
            Py_ssize_t i;
            for (i = 0; i < size; i++)
                first = first << 8 | (unsigned char)name[i];
        }
        first = (first ^ (last << 29 | last >> 35) ^ (uint64_t)size) * 0x9E3779B97F4A7C15ULL;
        return first ^ first >> 32;
    }

    /* A str, or the mark for bytes that are not UTF-8. */
    static PyObject *symphony_text(const char *start, Py_ssize_t size, PyObject *refused)
    {
        PyObject *text = PyUnicode_DecodeUTF8(start, size, NULL);
        if (text == NULL && PyErr_ExceptionMatches(PyExc_UnicodeDecodeError)) {
            PyErr_Clear();
            Py_INCREF(refused);
            return refused;
        }
        return text;
    }

    static PyObject *symphony_ascii_text(const char *start, Py_ssize_t size)
    {
        PyObject *text;
        if (size <= 1)
            return PyUnicode_DecodeASCII(start, size, NULL);  /* there is one of each */
        text = PyUnicode_New(size, 127);
        if (text != NULL)
            memcpy(PyUnicode_1BYTE_DATA(text), start, (size_t)size);
        return text;
    }

    static const char *symphony_ascii(PyObject *text, Py_ssize_t *size)
    {
        if (!PyUnicode_IS_COMPACT_ASCII(text))
            return NULL;
        *size = PyUnicode_GET_LENGTH(text);
        return (const char *)PyUnicode_1BYTE_DATA(text);
    }
    """
    const unsigned char* end_of_run "symphony_run"(
        const unsigned char* at, const unsigned char* end, uint64_t* seen
    ) noexcept nogil
    bint is_same "symphony_same"(const unsigned char* at, const char* other, Py_ssize_t size) noexcept nogil
    uint64_t hash_of "symphony_hash"(const char* name, Py_ssize_t size) noexcept nogil
    object decoded "symphony_text"(const char* start, Py_ssize_t size, object refused)
    object ascii_text "symphony_ascii_text"(const char* start, Py_ssize_t size)
    const char* ascii_of "symphony_ascii"(object text, Py_ssize_t* size) noexcept


cdef inline bint span_at(Cursor* cursor, const char** start, Py_ssize_t* size) noexcept nogil:
    """Read a text, or a byte string, as the bytes that stand for it; 0: the document is malformed or beyond a limit."""
    cdef uint64_t length = 0, seen
    cdef const unsigned char* stop = cursor.at
    if cursor.layout == JSON:
        stop = end_of_run(cursor.at + 1, cursor.end, &seen)
        if stop[0] != c'"' or stop - cursor.at - 1 > cursor.max_text:
            return repaired_span_at(cursor, start, size)
        start[0] = <const char*>cursor.at + 1
        size[0] = stop - cursor.at - 1
        cursor.at = stop + 1
        return True
    if not argument_at(cursor, &length) or not has(cursor, length) or length > <uint64_t>cursor.max_text:
        cursor.at = stop
        return repaired_span_at(cursor, start, size)
    start[0] = <const char*>cursor.at
    size[0] = <Py_ssize_t>length
    cursor.at += length
    return True


cdef bint repaired_span_at(Cursor* cursor, const char** start, Py_ssize_t* size) noexcept with gil:
    """Read a text with escapes, or one of more bytes than there may be characters."""
    cdef uint64_t seen
    cdef const unsigned char* stop
    if cursor.layout == JSON:
        stop = end_of_run(cursor.at + 1, cursor.end, &seen)
        if stop[0] == c"\\" and unescape(cursor, stop - cursor.at - 1, start, size):
            stop = <const unsigned char*>start[0]
            if size[0] <= cursor.max_text or characters(stop, stop + size[0], False, cursor.max_text) <= cursor.max_text:
                return True
            cursor.needs_fallback = True
            return False
    try:
        return keep_span(cursor, text_at(cursor), start, size)
    except Exception:
        cursor.needs_fallback = True
        return False


cdef bint keep_span(Cursor* cursor, object text, const char** start, Py_ssize_t* size) except -1:
    """Give the bytes of a text, which stay until the next is kept; 0: it is REFUSED."""
    cdef PyObject* before = cursor.partial.kept
    if text is REFUSED:
        return False
    start[0] = PyUnicode_AsUTF8AndSize(text, size)
    Py_INCREF(text)
    cursor.partial.kept = <PyObject*>text
    Py_XDECREF(before)
    return True


cdef inline object text_at(Cursor* cursor):
    """Read a text, which the cursor stands at."""
    cdef const char* start = NULL
    cdef Py_ssize_t size = 0
    cdef uint64_t seen, length = 0
    cdef const unsigned char* stop
    cdef object text
    if cursor.layout == JSON:
        start = <const char*>cursor.at + 1
        stop = end_of_run(cursor.at + 1, cursor.end, &seen)
        size = <const char*>stop - start
        if stop[0] == c'"':
            cursor.at = stop + 1
            if not seen and size <= cursor.max_text:
                return ascii_text(start, size)
        elif stop[0] == c"\\":
            return within_limit(cursor, escaped_text(cursor, size))
        else:
            return refuse_odd(cursor)
    else:
        if not argument_at(cursor, &length) or not has(cursor, length):
            return refuse_odd(cursor)
        start = <const char*>cursor.at
        size = <Py_ssize_t>length
        cursor.at += length
    text = decoded(start, size, REFUSED)
    if text is REFUSED:
        return refuse_odd(cursor)
    return text if size <= cursor.max_text else within_limit(cursor, text)


cdef object within_limit(Cursor* cursor, object text):
    """Refuse a text of more characters than there may be."""
    if text is REFUSED or PyUnicode_GET_LENGTH(text) > cursor.max_text:
        return refuse_odd(cursor)
    return text


cdef inline object bytes_at(Cursor* cursor):
    """Read a byte string, which the cursor stands at."""
    cdef uint64_t length = 0
    cdef const char* start
    if not argument_at(cursor, &length) or not has(cursor, length) or length > <uint64_t>cursor.max_text:
        return refuse_odd(cursor)
    start = <const char*>cursor.at
    cursor.at += length
    return PyBytes_FromStringAndSize(start, <Py_ssize_t>length)


cdef inline bint pass_colon(Cursor* cursor) noexcept nogil:
    if cursor.layout != JSON:
        return True
    skip_blanks(cursor)
    if cursor.at[0] != c":":
        return False
    cursor.at += 1
    return True


cdef inline bint key_span_at(Cursor* cursor, const char** start, Py_ssize_t* size) noexcept nogil:
    """Read the key of a map as bytes, and what stands before its value; 0: it is no name, or the document malformed."""
    if kind_at(cursor) != IS_TEXT:
        return other_key_span_at(cursor, start, size)
    if span_at(cursor, start, size) and pass_colon(cursor):
        return True
    cursor.needs_fallback = True
    return False


cdef bint other_key_span_at(Cursor* cursor, const char** start, Py_ssize_t* size) noexcept with gil:
    """Read a key that is a byte string, or in chunks, or behind CBOR tags."""
    cdef object key
    if cursor.layout == JSON or not cursor.takes_byte_names:
        cursor.needs_fallback = True
        return False
    try:
        key = untagged(key_at(cursor))
        if PyBytes_CheckExact(key):
            key = decoded(PyBytes_AS_STRING(key), PyBytes_GET_SIZE(key), REFUSED)
        cursor.is_mixed = True
        return PyUnicode_CheckExact(key) and keep_span(cursor, key, start, size)
    except Exception:
        cursor.needs_fallback = True
        return False


cdef enum:
    KNOWN_KEYS = 1024
    LONGEST_KEY = 40


# Keys come again and again; those met last are kept, with their hashes.
cdef PyObject* known_keys[KNOWN_KEYS]


cdef inline object key_of(const char* start, Py_ssize_t size):
    """Return the text of a key, the same object as the last time if that is known."""
    cdef PyObject* known
    cdef const char* characters
    cdef Py_ssize_t length = 0
    cdef unsigned int place
    cdef object key
    if size > LONGEST_KEY:
        return decoded(start, size, REFUSED)
    place = <unsigned int>(hash_of(start, size) % KNOWN_KEYS)
    known = known_keys[place]
    if known != NULL:
        characters = ascii_of(<object>known, &length)
        if characters == NULL:
            characters = PyUnicode_AsUTF8AndSize(<object>known, &length)
        if length == size and is_same(<const unsigned char*>characters, start, size):
            return <object>known
    key = decoded(start, size, REFUSED)
    if key is not REFUSED:
        Py_INCREF(key)
        known = known_keys[place]
        known_keys[place] = <PyObject*>key
        Py_XDECREF(known)
    return key


cdef object encoded(str name):
    """Return the bytes of a name; None: it has lone surrogates, so that no document can have it."""
    try:
        return name.encode()
    except UnicodeEncodeError:
        return None


cdef bytes spelt(str name):
    """Return the bytes of a name, or such as no document has."""
    cdef object name_bytes = encoded(name)
    return b"\xff" if name_bytes is None else name_bytes


cdef class Names:
    """A table from the bytes of names to their numbers."""

    cdef object kept
    cdef Py_ssize_t mask
    cdef int* slots        # number + 1; zero: nothing
    cdef const char** starts
    cdef Py_ssize_t* sizes

    def __cinit__(self, names):
        cdef Py_ssize_t i, count = len(names)
        self.kept = tuple([encoded(name) for name in names])
        self.mask = 8
        while self.mask < 4 * count:
            self.mask *= 2
        self.slots = <int*>PyMem_Calloc(self.mask, sizeof(int))
        self.starts = <const char**>PyMem_Calloc(count + 1, sizeof(char*))
        self.sizes = <Py_ssize_t*>PyMem_Calloc(count + 1, sizeof(Py_ssize_t))
        if self.slots == NULL or self.starts == NULL or self.sizes == NULL:
            raise MemoryError
        self.mask -= 1
        for i in range(count):
            if self.kept[i] is not None:
                self.starts[i] = PyBytes_AS_STRING(self.kept[i])
                self.sizes[i] = PyBytes_GET_SIZE(self.kept[i])
                self.add(i)

    def __dealloc__(self):
        PyMem_Free(self.slots)
        PyMem_Free(self.starts)
        PyMem_Free(self.sizes)

    cdef void add(self, Py_ssize_t number) noexcept:
        cdef Py_ssize_t slot = <Py_ssize_t>(hash_of(self.starts[number], self.sizes[number]) & <uint64_t>self.mask)
        while self.slots[slot]:
            slot = (slot + 1) & self.mask
        self.slots[slot] = <int>(number + 1)

    cdef inline Py_ssize_t find(self, const char* start, Py_ssize_t size) noexcept nogil:
        """Return the number of a name, -1 if it is unknown."""
        cdef Py_ssize_t slot = <Py_ssize_t>(hash_of(start, size) & <uint64_t>self.mask), number
        while self.slots[slot]:
            number = self.slots[slot] - 1
            if self.sizes[number] == size and is_same(<const unsigned char*>start, self.starts[number], size):
                return number
            slot = (slot + 1) & self.mask
        return -1
