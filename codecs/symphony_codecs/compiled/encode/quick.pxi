# Exact builtins, without a call of their writer.

cdef enum:
    # Which of them a writer writes as the format itself does.
    TAKES_TEXT = 1
    TAKES_INT = 2
    TAKES_FLOAT = 4
    TAKES_BOOL = 8
    TAKES_NULL = 16

    # What `put_quick` returns of all else: nothing has been written.
    NOT_QUICK = 2


cdef Chunk NOTHING
NOTHING.data = b"\0" * 32  # SLACK
NOTHING.size = 0
cdef Chunk COMMA
COMMA.data = b"," * 32
COMMA.size = 1
cdef Chunk COLON
COLON.data = b":" * 32
COLON.size = 1


cdef inline int put_quick(PyObject* value, int takes, const Chunk* before, Sink* out, int wire) noexcept:
    """Write *before* and *value*, if that is of a class that is taken, and such as most of that are."""
    cdef PyObject* kind = type_of(value)
    if kind == UNICODE:
        return quick_text(value, before, out, wire) if takes & TAKES_TEXT else NOT_QUICK
    if kind == INT:
        return quick_int(value, before, out, wire) if takes & TAKES_INT else NOT_QUICK
    if kind == FLOAT:
        return quick_float(value, before, out, wire) if takes & TAKES_FLOAT else NOT_QUICK
    if value == NONE:
        return quick_constant(value, before, out, wire) if takes & TAKES_NULL else NOT_QUICK
    if kind == BOOL:
        return quick_constant(value, before, out, wire) if takes & TAKES_BOOL else NOT_QUICK
    return NOT_QUICK


cdef int quick_text(PyObject* text, const Chunk* before, Sink* out, int wire) noexcept:
    cdef Py_ssize_t size = text_length(text)
    cdef const char* data = _compact_ascii(text)
    cdef char* at
    if not _is_compact_ascii(text) or size > PIECE or size > out.max_text:
        return NOT_QUICK
    if not has_room(out, before.size + size * LONGEST_ESCAPE + MAX_HEAD):
        return REFUSED
    copy_chunk(out.at, before)
    at = out.at + before.size
    if wire == JSON:
        at[0] = c'"'
        at = _escape(at + 1, data, size)
        at[0] = c'"'
        out.at = at + 1
        return WRITTEN
    if wire == MSGPACK:
        at = msgpack_text_head(at, <uint64_t>size)
    else:
        at = cbor_head(at, CBOR_TEXT, <uint64_t>size)
    _copy(at, data, size)
    out.at = at + size
    return WRITTEN


cdef int quick_int(PyObject* number, const Chunk* before, Sink* out, int wire) noexcept:
    cdef uint64_t magnitude
    cdef bint negative
    if not int_fits(number, &magnitude, &negative) or (negative and magnitude > SIGN_BIT):
        return NOT_QUICK
    if not has_room(out, before.size + MAX_DECIMAL):
        return REFUSED
    copy_chunk(out.at, before)
    out.at = number_at(out.at + before.size, wire, magnitude, negative)
    return WRITTEN


cdef int quick_float(PyObject* value, const Chunk* before, Sink* out, int wire) noexcept:
    cdef double number = float_value(value)
    cdef char* at
    if not is_finite(number) or (wire == JSON and not (HAS_POWERS and powers_ready)):
        return NOT_QUICK
    if not has_room(out, before.size + 2 * LONGEST_FLOAT):
        return REFUSED
    copy_chunk(out.at, before)
    at = out.at + before.size
    out.at = put_shortest(at, number) if wire == JSON else _binary_float(at, wire, number)
    return WRITTEN


cdef int quick_constant(PyObject* value, const Chunk* before, Sink* out, int wire) noexcept:
    cdef char* at
    if not has_room(out, before.size + SLACK):
        return REFUSED
    copy_chunk(out.at, before)
    at = out.at + before.size
    out.at = null_at(at, wire) if value == NONE else bool_at(at, wire, value == TRUE)
    return WRITTEN
