# Ints and floats.

cdef extern from *:
    """
    #define symphony_exact_int(o) PyLong_CheckExact(o)
    #define symphony_exact_float(o) PyFloat_CheckExact(o)
    #define symphony_double(o) PyFloat_AS_DOUBLE(o)
    """
    bint is_exact_int "symphony_exact_int"(PyObject* value) noexcept nogil
    bint is_exact_float "symphony_exact_float"(PyObject* value) noexcept nogil
    double float_value "symphony_double"(PyObject* value) noexcept nogil


cdef enum:
    MAX_DECIMAL = 21
    # As `formats._json_text.fragment`: what Python itself reads back.
    MAX_DIGITS = 4300
    MAX_DIGITS_BITS = 14285
    # As `formats._cbor_write.MAX_BIGNUM`.
    MAX_BIGNUM = 512

cdef uint64_t SIGN_BIT = 1ULL << 63


cdef inline char* put_decimal(char* at, uint64_t number) noexcept nogil:
    """Write digits into room for MAX_DECIMAL bytes, and SLACK: a block of fixed size is copied."""
    cdef char digits[48]
    cdef int start = 24
    cdef uint64_t rest
    if number < 10:
        at[0] = <char>(c"0" + number)
        return at + 1
    while number >= 100:
        rest = number // 100
        start -= 2
        _two(<int>(number - rest * 100), &digits[start])
        number = rest
    if number >= 10:
        start -= 2
        _two(<int>number, &digits[start])
    else:
        start -= 1
        digits[start] = <char>(c"0" + number)
    memcpy(at, &digits[start], 24)
    return at + 24 - start


cdef inline char* _msgpack_int(char* at, uint64_t magnitude, bint negative) noexcept nogil:
    cdef uint64_t number
    if not negative:
        if magnitude < 0x80:
            at[0] = <char>magnitude
            return at + 1
        if magnitude < 0x100:
            return _tail(at, 0xCC, magnitude, 1)
        if magnitude < 0x10000:
            return _tail(at, 0xCD, magnitude, 2)
        if magnitude < 0x100000000ULL:
            return _tail(at, 0xCE, magnitude, 4)
        return _tail(at, 0xCF, magnitude, 8)
    number = 0 - magnitude
    if magnitude <= 0x20:
        at[0] = <char>number
        return at + 1
    if magnitude <= 0x80:
        return _tail(at, 0xD0, number, 1)
    if magnitude <= 0x8000:
        return _tail(at, 0xD1, number, 2)
    if magnitude <= 0x80000000ULL:
        return _tail(at, 0xD2, number, 4)
    return _tail(at, 0xD3, number, 8)


cdef int _put_wide_json(Sink* out, object number) except -1:
    """Write what has more than 64 bits as JSON: as digits, of which there may be so many."""
    cdef Py_ssize_t size
    cdef const char* data
    try:
        if number.bit_length() > MAX_DIGITS_BITS:
            return REFUSED
        text = str(number)
    except Exception as exc:  # the interpreter may be set to fewer digits
        caught(exc)
        return REFUSED
    if len(text) - (number < 0) > MAX_DIGITS:
        return REFUSED
    data = _utf8(<PyObject*>text, &size)
    return put_bytes(out, data, size)


cdef int _put_bignum(Sink* out, object number) except -1:
    cdef bint negative = number < 0
    magnitude = ~number if negative else number
    cdef Py_ssize_t bits = magnitude.bit_length()
    cdef bytes raw
    if bits > MAX_BIGNUM * 8:
        return REFUSED
    if bits <= 64:  # -2**64: its magnitude has more, what is written has not
        if not has_room(out, MAX_HEAD):
            return REFUSED
        out.at = cbor_head(out.at, CBOR_NINT, <uint64_t>magnitude)
        return WRITTEN
    raw = magnitude.to_bytes((bits + 7) // 8, "big")
    if not has_room(out, len(raw) + 1 + MAX_HEAD):
        return REFUSED
    out.at = cbor_head(out.at, CBOR_TAG, 3 if negative else 2)
    out.at = cbor_head(out.at, CBOR_BYTES, <uint64_t>len(raw))
    memcpy(out.at, <const char*>raw, len(raw))
    out.at += len(raw)
    return WRITTEN


cdef inline char* null_at(char* at, int wire) noexcept nogil:
    if wire == JSON:
        memcpy(at, b"null", 4)
        return at + 4
    at[0] = <char>(0xC0 if wire == MSGPACK else 0xF6)
    return at + 1


cdef inline char* bool_at(char* at, int wire, bint value) noexcept nogil:
    if wire == JSON:
        if value:
            memcpy(at, b"true", 4)
            return at + 4
        memcpy(at, b"false", 5)
        return at + 5
    at[0] = <char>((0xC2 if wire == MSGPACK else 0xF4) + value)
    return at + 1


cdef inline char* number_at(char* at, int wire, uint64_t magnitude, bint negative) noexcept nogil:
    if wire == JSON:
        at[0] = c"-"
        return put_decimal(at + negative, magnitude)
    if wire == MSGPACK:
        return _msgpack_int(at, magnitude, negative)
    return cbor_head(at, CBOR_NINT, magnitude - 1) if negative else cbor_head(at, CBOR_UINT, magnitude)


cdef inline int put_number(Sink* out, int wire, uint64_t magnitude, bint negative) noexcept:
    """Write an int of up to 64 bits; *magnitude* and sign must be in MessagePack's range there."""
    if not has_room(out, MAX_DECIMAL):
        return REFUSED
    out.at = number_at(out.at, wire, magnitude, negative)
    return WRITTEN


cdef inline int put_int(Sink* out, int wire, PyObject* number) except -1:
    """Write an exact int, as the format itself writes ints."""
    cdef int done = quick_int(number, &NOTHING, out, wire)
    if done != NOT_QUICK:
        return done
    if wire == JSON:
        return _put_wide_json(out, <object>number)
    return _put_bignum(out, <object>number) if wire == CBOR else REFUSED


cdef inline int put_int_key(Sink* out, int wire, PyObject* number) except -1:
    """Write an exact int as a key of a map, which no bignum may be: all could have one hash."""
    cdef Py_ssize_t start = out.at - out.start
    cdef int done = put_int(out, wire, number)
    if done == WRITTEN and wire == CBOR and (<unsigned char>out.start[start] >> 5) == CBOR_TAG >> 5:
        return REFUSED
    return done


cdef inline bint is_finite(double number) noexcept nogil:
    return number - number == 0


cdef inline char* _cbor_float(char* at, double number) noexcept nogil:
    """Write the shortest of half, single and double precision that is exact."""
    cdef float single = <float>number
    cdef uint64_t bits
    cdef uint32_t word, fraction
    cdef int exponent
    if number != number:
        return _tail(at, 0xF9, 0x7E00, 2)  # whatever its payload is
    if <double>single != number:
        memcpy(&bits, &number, 8)
        return _tail(at, 0xFB, bits, 8)
    memcpy(&word, &single, 4)
    fraction = word & 0x7FFFFF
    exponent = <int>(word >> 23 & 0xFF) - 127
    if exponent == 128 or word << 1 == 0:  # infinity and zero
        return _tail(at, 0xF9, (word >> 16 & 0x8000) | (0x7C00 if exponent == 128 else 0), 2)
    if -14 <= exponent <= 15 and not fraction & 0x1FFF:
        return _tail(at, 0xF9, (word >> 16 & 0x8000) | <uint32_t>(exponent + 15) << 10 | fraction >> 13, 2)
    # Below the least normal half there are multiples of 2**-24.
    if -24 <= exponent < -14 and not (fraction | 0x800000) & ((1U << (-exponent - 1)) - 1):
        return _tail(at, 0xF9, (word >> 16 & 0x8000) | (fraction | 0x800000) >> (-exponent - 1), 2)
    return _tail(at, 0xFA, word, 4)


cdef inline char* _binary_float(char* at, int wire, double number) noexcept nogil:
    cdef uint64_t bits
    if wire == CBOR:
        return _cbor_float(at, number)
    memcpy(&bits, &number, 8)
    return _tail(at, 0xCB, bits, 8)


cdef inline int put_float(Sink* out, int wire, bint strict, double number) except -1:
    if strict and not is_finite(number):
        return REFUSED
    if not has_room(out, 2 * LONGEST_FLOAT):
        return REFUSED
    if wire == JSON:
        return put_json_float(out, number)
    out.at = _binary_float(out.at, wire, number)
    return WRITTEN
