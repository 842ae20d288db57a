# A place in a document, and what stands there.
#
# The readers take a document from its bytes, with no builtins in the middle.  `needs_fallback` says that a reader met
# something that no type could make valid: the document is malformed or beyond a limit, or one of the few that only the
# reference reads.

cdef enum:
    NO_LAYOUT
    JSON
    MSGPACK
    CBOR


cdef struct Ends:
    # Where containers end, by where they start; see `ahead`.
    const unsigned char** starts   # open addressing; NULL: nothing
    const unsigned char** ends
    Py_ssize_t mask                # the number of places, less one
    Py_ssize_t count


cdef struct Frame:
    # A container, or a CBOR tag, that `skip_value` is in.
    const unsigned char* start
    const unsigned char* entry # where the current entry of a map starts
    const unsigned char* key   # its key, once that has been read
    PyObject* seen             # the keys, owned; NULL: they need not differ
    Py_ssize_t left            # for `another`
    Py_ssize_t index           # of the current entry
    uint64_t tag
    int kind                   # IS_ARRAY, IS_MAP or IS_TAG


cdef struct Partial:
    PyObject* left         # what was left of a container, owned; NULL: nothing
    PyObject* by           # by which reader
    bint works             # whether anything is to be left
    Py_ssize_t spare       # bytes that may still be read again
    Ends ends
    bint is_too_deep       # whether there is not enough of the stack
    PyObject* tried        # a dict of what unions inside untagged ones became, owned; NULL: none has been tried
    PyObject* kept         # the text that the last span is of, owned, where it is not in the document
    Frame* frames          # for `skip_value`; NULL: not yet needed
    const unsigned char* start   # of the document
    bint scans             # whether `skip_value` looks over the whole document, for what is wrong
    PyObject* fault        # the first that it found, owned
    bint is_beyond         # whether that is a limit, and nothing is malformed
    PyObject* not_finite   # the first float that is not finite where it has to be, owned


cdef struct Cursor:
    const unsigned char* at
    const unsigned char* end   # one byte after it may be looked at: it is zero
    int layout
    bint needs_fallback
    bint unique             # whether equal keys are refused
    bint finite             # whether NaN and the infinities are refused
    bint takes_byte_names   # whether names of fields and variants may be byte strings
    bint is_mixed           # whether a name was one, or stood behind a tag
    bint is_stray           # whether an untyped value held what it may not
    int takes               # what untyped values may hold: see `value_at`
    Py_ssize_t depth        # containers that may still be opened inside each other
    Py_ssize_t unclaimed    # entries that may still be claimed: each takes a byte at least
    int max_depth
    Py_ssize_t max_items
    Py_ssize_t max_text
    Partial* partial        # shared by all that look ahead
    size_t stack_end        # where recursion has to stop, if that is known


cdef enum:
    # What a value is, by its first byte.
    IS_ODD
    IS_NULL
    IS_FALSE
    IS_TRUE
    IS_INT      # in JSON any number
    IS_FLOAT
    IS_TEXT
    IS_BYTES
    IS_ARRAY
    IS_MAP
    IS_TAG      # of CBOR
    IS_LONG     # a text or byte string of CBOR, in chunks
    IS_STAMP    # a timestamp of MessagePack, or another extension, which is refused
    KINDS


cdef enum:
    # The tag of an int of any size; the next one is that of a negative one.
    CBOR_BIGNUM = 0xC2


cdef unsigned char KIND_OF[4][256]


cdef int _fill(int layout, int first, int last, int kind) except -1:
    cdef int head
    for head in range(first, last + 1):
        KIND_OF[layout][head] = <unsigned char>kind
    return 0


cdef int _fill_kinds() except -1:
    for head, kind in ((c"n", IS_NULL), (c"f", IS_FALSE), (c"t", IS_TRUE), (c"-", IS_INT), (c'"', IS_TEXT),
                       (c"[", IS_ARRAY), (c"{", IS_MAP)):
        KIND_OF[JSON][head] = kind
    _fill(JSON, c"0", c"9", IS_INT)
    for first, last, kind in (
        (0x00, 0x7F, IS_INT), (0x80, 0x8F, IS_MAP), (0x90, 0x9F, IS_ARRAY), (0xA0, 0xBF, IS_TEXT),
        (0xC0, 0xC0, IS_NULL), (0xC2, 0xC2, IS_FALSE), (0xC3, 0xC3, IS_TRUE), (0xC4, 0xC6, IS_BYTES),
        (0xCA, 0xCB, IS_FLOAT), (0xCC, 0xD3, IS_INT), (0xD9, 0xDB, IS_TEXT), (0xDC, 0xDD, IS_ARRAY),
        (0xDE, 0xDF, IS_MAP), (0xE0, 0xFF, IS_INT), (0xC7, 0xC9, IS_STAMP), (0xD6, 0xD7, IS_STAMP),
    ):
        _fill(MSGPACK, first, last, kind)
    for first, kind in ((0x00, IS_INT), (0x20, IS_INT), (0x40, IS_BYTES), (0x60, IS_TEXT), (0x80, IS_ARRAY),
                        (0xA0, IS_MAP), (0xC0, IS_TAG)):
        _fill(CBOR, first, first + 27, kind)
    for head, kind in ((0x5F, IS_LONG), (0x7F, IS_LONG), (0x9F, IS_ARRAY), (0xBF, IS_MAP), (0xF4, IS_FALSE),
                       (0xF5, IS_TRUE), (0xF6, IS_NULL), (0xF7, IS_NULL)):
        KIND_OF[CBOR][head] = kind
    _fill(CBOR, 0xF9, 0xFB, IS_FLOAT)
    _fill(CBOR, CBOR_BIGNUM, CBOR_BIGNUM + 1, IS_INT)
    return 0


_fill_kinds()


cdef inline void skip_blanks(Cursor* cursor) noexcept nogil:
    # Documents are mostly written without; zero, behind the end, is none.
    while cursor.at[0] <= 32 and (
        cursor.at[0] == c" " or cursor.at[0] == c"\n" or cursor.at[0] == c"\r" or cursor.at[0] == c"\t"
    ):
        cursor.at += 1


cdef inline int kind_at(Cursor* cursor) noexcept nogil:
    """Return what the next value is, which the cursor stands at then."""
    if cursor.layout == JSON:
        skip_blanks(cursor)
    if cursor.at >= cursor.end:
        return IS_ODD
    return KIND_OF[cursor.layout][cursor.at[0]]


cdef inline object refuse_odd(Cursor* cursor):
    cursor.needs_fallback = True
    return REFUSED


cdef inline bint has(Cursor* cursor, uint64_t size) noexcept nogil:
    return <uint64_t>(cursor.end - cursor.at) >= size


cdef inline uint64_t load_big(const unsigned char* at, int size) noexcept nogil:
    cdef uint64_t value = 0
    cdef int i
    for i in range(size):
        value = value << 8 | at[i]
    return value


cdef inline bint argument_at(Cursor* cursor, uint64_t* argument) noexcept nogil:
    """Read the head of an int, a text, a byte string or a container of a binary format; 0: it is cut off."""
    cdef unsigned int head = cursor.at[0], short
    cdef int size
    if cursor.layout == CBOR:
        short = head & 31
        if short < 24:
            argument[0] = short
            cursor.at += 1
            return True
        size = 1 << (short - 24)
    elif head < 0xC0:
        argument[0] = head & 127 if head < 0x80 else head & 15 if head < 0xA0 else head & 31
        cursor.at += 1
        return True
    elif head >= 0xE0:
        argument[0] = <uint64_t>(<int64_t>head - 256)
        cursor.at += 1
        return True
    elif head <= 0xC6:
        size = 1 << (head - 0xC4)
    elif head <= 0xD3:
        size = 1 << ((head - 0xCC) & 3)
    elif head <= 0xDB:
        size = 1 << (head - 0xD9)
    else:
        size = 2 << (head & 1)
    if <Py_ssize_t>size >= cursor.end - cursor.at:
        return False
    argument[0] = load_big(cursor.at + 1, size)
    cursor.at += 1 + size
    if cursor.layout == MSGPACK and 0xD0 <= head <= 0xD3:
        argument[0] = <uint64_t>(<int64_t>(argument[0] << (64 - 8 * size)) >> (64 - 8 * size))
    return True


# Containers: `enter` one that the cursor stands at, then `another` until there is none.

cdef enum:
    INDEFINITE = 31     # in the head of what has no length in CBOR
    BREAK = 0xFF        # what ends it


cdef inline bint enter(Cursor* cursor, bint is_map, Py_ssize_t* left) noexcept nogil:
    """Open a container, if it may be; *left* is for `another`: how many entries there are, -1 where nothing says so."""
    cdef uint64_t count = 0, claimed
    if cursor.depth <= 0:
        return False
    if is_stack_short(cursor.stack_end):
        cursor.partial.is_too_deep = True
        return False
    if cursor.layout == JSON or (cursor.layout == CBOR and cursor.at[0] & 31 == INDEFINITE):
        cursor.at += 1
        left[0] = -1
    else:
        if not argument_at(cursor, &count) or count > <uint64_t>cursor.max_items:
            return False
        claimed = count << is_map
        if claimed > <uint64_t>cursor.unclaimed:
            return False
        cursor.unclaimed -= <Py_ssize_t>claimed
        left[0] = <Py_ssize_t>count
    cursor.depth -= 1
    return True


cdef inline bint another(Cursor* cursor, Py_ssize_t* left) noexcept nogil:
    """Return whether an entry follows; if not, the container ends here (see `closes`), or the document is malformed."""
    cdef unsigned char byte
    if left[0] > 0:
        left[0] -= 1
        return True
    if left[0] == 0:
        cursor.depth += 1
        return False
    if cursor.layout == CBOR:
        if cursor.at >= cursor.end:
            cursor.needs_fallback = True
            return False
        if cursor.at[0] == BREAK:
            cursor.depth += 1
            return False
        left[0] -= 1
        return True
    skip_blanks(cursor)
    byte = cursor.at[0]
    if byte == c"]" or byte == c"}":
        # `closes` looks at which of them it is.
        cursor.depth += 1
        return False
    if left[0] == -1:
        left[0] = -2
        return True
    if byte == c",":
        cursor.at += 1
        left[0] -= 1
        return True
    cursor.needs_fallback = True
    return False


cdef inline bint closes(Cursor* cursor, Py_ssize_t left, unsigned char bracket) noexcept nogil:
    """Pass over what closes a container that did not say how many entries it has, unless it has more than it may."""
    if left >= 0:
        return True  # as many as it said when it was entered
    if cursor.layout == CBOR:
        bracket = BREAK
    if cursor.needs_fallback or cursor.at[0] != bracket or -1 - left > cursor.max_items:
        cursor.needs_fallback = True
        return False
    cursor.at += 1
    return True


cdef inline bint pass_word(Cursor* cursor, int kind) noexcept nogil:
    """Pass over null, false or true."""
    cdef Py_ssize_t size = 4
    if cursor.layout != JSON:
        cursor.at += 1
        return True
    # The zero behind the end is in none of the words, so that comparing stops there.
    if kind == IS_NULL:
        if not (cursor.at[1] == c"u" and cursor.at[2] == c"l" and cursor.at[3] == c"l"):
            return False
    elif kind == IS_TRUE:
        if not (cursor.at[1] == c"r" and cursor.at[2] == c"u" and cursor.at[3] == c"e"):
            return False
    else:
        if not (cursor.at[1] == c"a" and cursor.at[2] == c"l" and cursor.at[3] == c"s" and cursor.at[4] == c"e"):
            return False
        size = 5
    cursor.at += size
    return True
