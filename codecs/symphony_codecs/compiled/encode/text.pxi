# Text: UTF-8, escaped where the format is JSON.

from cpython.unicode cimport PyUnicode_AsUTF8AndSize, PyUnicode_GET_LENGTH


cdef extern from *:
    """
    #ifdef __SSE2__
        #include <emmintrin.h>
    #endif

    /* Copies blocks of 16 bytes in which nothing needs an escape; returns how many bytes that were. */
    static inline Py_ssize_t symphony_copy_clean(char *at, const char *text, Py_ssize_t size)
    {
        Py_ssize_t done = 0;
    #ifdef __SSE2__
        const __m128i quote = _mm_set1_epi8('"'), slash = _mm_set1_epi8('\\\\'), control = _mm_set1_epi8(0x1F);
        while (size - done >= 16) {
            __m128i block = _mm_loadu_si128((const __m128i *)(text + done));
            __m128i stop = _mm_or_si128(_mm_cmpeq_epi8(block, quote), _mm_cmpeq_epi8(block, slash));
            stop = _mm_or_si128(stop, _mm_cmpeq_epi8(_mm_min_epu8(block, control), block));
            if (_mm_movemask_epi8(stop))
                break;
            _mm_storeu_si128((__m128i *)(at + done), block);
            done += 16;
        }
    #else
        (void)at, (void)text, (void)size;
    #endif
        return done;
    }

    #define symphony_is_ascii(o) PyUnicode_IS_COMPACT_ASCII(o)
    /* PyUnicode_1BYTE_DATA of compact ASCII, without looking at the kind again */
    #define symphony_ascii(o) ((const char *)(((PyASCIIObject *)(o)) + 1))
    #if PY_BIG_ENDIAN
        #define symphony_little 0
    #else
        #define symphony_little 1
    #endif
    """
    Py_ssize_t _copy_clean "symphony_copy_clean"(char* at, const char* text, Py_ssize_t size) noexcept nogil
    bint _is_compact_ascii "symphony_is_ascii"(PyObject* text) noexcept nogil
    const char* _compact_ascii "symphony_ascii"(PyObject* text) noexcept nogil
    const bint LITTLE_ENDIAN "symphony_little"
    const char* _utf8 "PyUnicode_AsUTF8AndSize"(PyObject* text, Py_ssize_t* size) noexcept
    Py_ssize_t text_length "PyUnicode_GET_LENGTH"(PyObject* text) noexcept nogil
    bint is_text "PyUnicode_Check"(PyObject* value) noexcept nogil


# What to write after a backslash; "u": four hex digits; 0: the character needs none.
cdef char ESCAPES[256]


cdef int _fill_escapes() except -1:
    cdef int i
    memset(ESCAPES, 0, 256)
    for i in range(0x20):
        ESCAPES[i] = c"u"
    ESCAPES[0x08] = c"b"
    ESCAPES[0x09] = c"t"
    ESCAPES[0x0A] = c"n"
    ESCAPES[0x0C] = c"f"
    ESCAPES[0x0D] = c"r"
    ESCAPES[<unsigned char>c'"'] = c'"'
    ESCAPES[<unsigned char>c"\\"] = c"\\"
    return 0


_fill_escapes()

cdef enum:
    LONGEST_ESCAPE = 6
    # Texts up to this are given room for the worst case at once, others piece by piece.
    PIECE = 1024


cdef inline bint _needs_escape(uint64_t word) noexcept nogil:
    """
    Tell whether one of eight bytes is a control, a quote or a backslash.

    A subtraction borrows only above a byte that is one, so that the answer is
    right; bytes of more than 7 bits, which are parts of other characters, are
    masked out.
    """
    cdef uint64_t controls = word - 0x2020202020202020ULL
    cdef uint64_t quotes = (word ^ 0x2222222222222222ULL) - 0x0101010101010101ULL
    cdef uint64_t backslashes = (word ^ 0x5C5C5C5C5C5C5C5CULL) - 0x0101010101010101ULL
    return ((controls | quotes | backslashes) & ~word & 0x8080808080808080ULL) != 0


cdef char* _escape_each(char* at, const char* text, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t i
    cdef unsigned char byte
    cdef char escape
    for i in range(size):
        byte = <unsigned char>text[i]
        escape = ESCAPES[byte]
        if escape == 0:
            at[0] = <char>byte
            at += 1
            continue
        at[0] = c"\\"
        at[1] = escape
        at += 2
        if escape == c"u":
            at[0] = c"0"
            at[1] = c"0"
            memcpy(at + 2, &HEX_PAIRS[2 * byte], 2)
            at += 4
    return at


cdef inline uint64_t _load_tail(const char* text, Py_ssize_t size) noexcept nogil:
    """Return 1 to 7 bytes as a word whose other bytes are blanks, and read nothing else."""
    cdef uint32_t low = 0, high = 0
    cdef uint64_t word = 0x2020202020202020ULL << (8 * size)
    if size >= 4:
        memcpy(&low, text, 4)
        memcpy(&high, text + size - 4, 4)
        return word | low | <uint64_t>high << (8 * (size - 4))
    word |= <uint64_t><unsigned char>text[0]
    word |= <uint64_t><unsigned char>text[size >> 1] << (8 * (size >> 1))
    return word | <uint64_t><unsigned char>text[size - 1] << (8 * (size - 1))


cdef inline void _copy(char* at, const char* text, Py_ssize_t size) noexcept nogil:
    """Copy by words; where a compiler knows that a length is small, it makes `rep movs` of memcpy, which starts slowly."""
    cdef const char* end = text + size
    cdef uint64_t word
    cdef uint32_t half
    if size > 8:
        while size > 8:
            memcpy(&word, text, 8)
            memcpy(at, &word, 8)
            text += 8
            at += 8
            size -= 8
        # The last ones overlap.
        memcpy(&word, end - 8, 8)
        memcpy(at + size - 8, &word, 8)
    elif size >= 4:
        memcpy(&half, text, 4)
        memcpy(at, &half, 4)
        memcpy(&half, end - 4, 4)
        memcpy(at + size - 4, &half, 4)
    elif size > 0:
        at[0] = text[0]
        at[size >> 1] = text[size >> 1]
        at[size - 1] = text[size - 1]


cdef inline char* _escape(char* at, const char* text, Py_ssize_t size) noexcept nogil:
    """Write text into room for the worst case, by words, each of which is looked at when it has been copied."""
    cdef uint64_t word
    cdef Py_ssize_t clean
    while size >= 8:
        if size >= 16:
            clean = _copy_clean(at, text, size)
            at += clean
            text += clean
            size -= clean
            if size < 8:
                break
        memcpy(&word, text, 8)
        memcpy(at, &word, 8)
        if _needs_escape(word):
            at = _escape_each(at, text, 8)
        else:
            at += 8
        text += 8
        size -= 8
    if size == 0:
        return at
    if LITTLE_ENDIAN:
        word = _load_tail(text, size)
        if not _needs_escape(word):
            memcpy(at, &word, 8)
            return at + size
    return _escape_each(at, text, size)


cdef int _put_json(Sink* out, const char* text, Py_ssize_t size) noexcept:
    cdef Py_ssize_t piece
    if not has_room(out, 1):
        return REFUSED
    out.at[0] = c'"'
    out.at += 1
    while True:
        piece = size if size < PIECE else PIECE
        if not has_room(out, piece * LONGEST_ESCAPE + 1):
            return REFUSED
        out.at = _escape(out.at, text, piece)
        text += piece
        size -= piece
        if size == 0:
            break
    out.at[0] = c'"'
    out.at += 1
    return WRITTEN


cdef int put_utf8(Sink* out, int wire, const char* text, Py_ssize_t size) noexcept:
    """Write the token of a text that is UTF-8 already."""
    if wire == JSON:
        if size > PIECE:
            return _put_json(out, text, size)
        if not has_room(out, size * LONGEST_ESCAPE + 2):
            return REFUSED
        out.at[0] = c'"'
        out.at = _escape(out.at + 1, text, size)
        out.at[0] = c'"'
        out.at += 1
        return WRITTEN
    if not has_room(out, size + MAX_HEAD):
        return REFUSED
    if wire == MSGPACK:
        out.at = msgpack_text_head(out.at, <uint64_t>size)
    else:
        out.at = cbor_head(out.at, CBOR_TEXT, <uint64_t>size)
    if size > PIECE:
        memcpy(out.at, text, size)
    else:
        _copy(out.at, text, size)
    out.at += size
    return WRITTEN


cdef enum:
    # Room for texts that are made here.
    SHORT = 48


cdef inline int put_short(Sink* out, int wire, const char* text, Py_ssize_t size) noexcept:
    """Write the token of text in a buffer of SHORT bytes, nothing of which needs an escape."""
    if size > out.max_text or not has_room(out, SHORT + MAX_HEAD):
        return REFUSED
    if wire == JSON:
        out.at[0] = c'"'
        out.at += 1
    elif wire == MSGPACK:
        out.at = msgpack_text_head(out.at, <uint64_t>size)
    else:
        out.at = cbor_head(out.at, CBOR_TEXT, <uint64_t>size)
    memcpy(out.at, text, SHORT)
    out.at += size
    if wire == JSON:
        out.at[0] = c'"'
        out.at += 1
    return WRITTEN


cdef int _put_other_text(Sink* out, int wire, PyObject* text) except -1:
    cdef Py_ssize_t size
    cdef const char* data
    if text_length(text) > out.max_text:
        return REFUSED
    data = _utf8(text, &size)
    if data == NULL:
        # Lone surrogates, or no memory: neither can be written.
        PyErr_Clear()
        return REFUSED
    return put_utf8(out, wire, data, size)


cdef inline int put_text(Sink* out, int wire, PyObject* text) except -1:
    """Write any `str`, of a subclass, too, as the text that it is."""
    cdef int done = quick_text(text, &NOTHING, out, wire)
    return _put_other_text(out, wire, text) if done == NOT_QUICK else done
