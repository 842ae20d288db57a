# Builtin scalars whose type is given.

cdef class NullWriter(Writer):
    """``None``."""

    cdef int write(self, PyObject* value, Sink* out) except -1:
        return quick_constant(value, &NOTHING, out, self.wire) if value == NONE else REFUSED


cdef class BooleanWriter(Writer):
    """``True`` and ``False``."""

    cdef int write(self, PyObject* value, Sink* out) except -1:
        if value == TRUE or value == FALSE:
            return quick_constant(value, &NOTHING, out, self.wire)
        return REFUSED


cdef int put_octets(Sink* out, int wire, number, bint is_signed) except -1:
    """Write an int as 16 bytes, in which it has room."""
    cdef bytes data = number.to_bytes(16, "big", signed=is_signed)
    return put_bytes_token(out, wire, <const char*>data, 16)


cdef class IntegerWriter(Writer):
    """
    An int within bounds.

    Bounds are those of a check, which takes exactly `int`.  Where all lie in
    64 bits, they are compared as machine words.
    """

    cdef bint is_bounded
    cdef bint is_narrow
    cdef bint wide_is_text
    cdef tuple octets       # the ints that are 16 bytes; None: there are none
    cdef object minimum
    cdef object maximum
    cdef uint64_t most_below
    cdef uint64_t most_above
    cdef uint64_t least_above

    cdef int set_bounds(self, minimum, maximum) except -1:
        self.minimum = minimum
        self.maximum = maximum
        self.is_bounded = minimum is not None or maximum is not None
        if minimum is None or maximum is None or not -(2**64) < minimum <= maximum < 2**64:
            return 0
        self.is_narrow = True
        self.most_below = max(-minimum, 0)
        self.least_above = max(minimum, 0)
        self.most_above = max(maximum, 0)
        # Ranges that end below zero are nobody's; the slow way knows them.
        self.is_narrow = maximum >= 0
        return 0

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef uint64_t magnitude
        cdef bint negative
        if not is_exact_int(value):
            return REFUSED if self.is_bounded else self.write_subclass(<object>value, out)
        if not int_fits(value, &magnitude, &negative):
            return self.write_wide(<object>value, out)
        if self.is_bounded:
            if self.is_narrow:
                if magnitude > (self.most_below if negative else self.most_above):
                    return REFUSED
                if magnitude < self.least_above:
                    return REFUSED
            elif not self.is_within(<object>value):
                return REFUSED
        if self.wire == MSGPACK and negative and magnitude > SIGN_BIT:
            return self.write_wide(<object>value, out)
        return put_number(out, self.wire, magnitude, negative)

    cdef bint is_within(self, number):
        return (self.minimum is None or number >= self.minimum) and (self.maximum is None or number <= self.maximum)

    cdef int write_wide(self, number, Sink* out) except -1:
        """Write an int beyond what the format has as a number."""
        if not self.is_within(number):
            return REFUSED
        if self.octets is not None and self.octets[0] <= number <= self.octets[1]:
            return put_octets(out, self.wire, number, False)
        if not self.wide_is_text:
            return put_int(out, self.wire, <PyObject*>number)
        if number.bit_length() > 14000:  # as `hooks.scalars` has it
            return REFUSED
        try:
            text = str(number)
        except Exception as exc:  # the interpreter may be set to fewer digits
            caught(exc)
            return REFUSED
        return put_text(out, self.wire, <PyObject*>text)

    cdef int write_subclass(self, value, Sink* out) except -1:
        cdef object held = value  # its container may let go of it while its own code runs
        if value is True or value is False or not isinstance(value, int):
            return REFUSED
        try:
            number = int(value)
        except Exception as exc:
            caught(exc)
            return REFUSED
        return self.write(<PyObject*>number, out)


cdef class OctetsIntegerWriter(Writer):
    """An int within bounds, as 16 bytes."""

    cdef object minimum
    cdef object maximum
    cdef bint is_signed

    cdef int write(self, PyObject* value, Sink* out) except -1:
        if not is_exact_int(value) or not self.minimum <= <object>value <= self.maximum:
            return REFUSED
        return put_octets(out, self.wire, <object>value, self.is_signed)


cdef class FloatWriter(Writer):
    """A float, or an int that becomes one."""

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef int done
        if is_exact_float(value):
            done = quick_float(value, &NOTHING, out, self.wire)
            return put_float(out, self.wire, self.strict, float_value(value)) if done == NOT_QUICK else done
        if value == TRUE or value == FALSE:
            return REFUSED
        return self.write_other(<object>value, out)

    cdef int write_other(self, value, Sink* out) except -1:
        cdef object held = value  # its container may let go of it while its own code runs
        if not isinstance(value, (int, float)):
            return REFUSED
        try:
            number = float(value)
        except Exception as exc:
            caught(exc)
            return REFUSED
        return put_float(out, self.wire, self.strict, number)


cdef class TextWriter(Writer):
    """Any text."""

    cdef int write(self, PyObject* value, Sink* out) except -1:
        if not is_text(value):
            return REFUSED
        return put_text(out, self.wire, value)


cdef class HeldTextWriter(Writer):
    """Text that is held to something."""

    cdef Py_ssize_t minimum
    cdef Py_ssize_t maximum
    cdef object match
    cdef frozenset options

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef Py_ssize_t size
        if type_of(value) != UNICODE:
            # A subclass may count and compare in its own way; options are compared by class, too.
            out.may_be_valid = is_text(value) and not self.options
            return REFUSED
        size = text_length(value)
        if size < self.minimum or size > self.maximum:
            return REFUSED
        try:
            if self.options and <object>value not in self.options:
                return REFUSED
            if self.match is not None and self.match(<object>value) is None:
                return REFUSED
        except Exception as exc:
            caught(exc)
            return REFUSED
        return put_text(out, self.wire, value)


# By 12 bits, the two digits of base64.
cdef char BASE64_PAIRS[8192]


cdef int _fill_base64() except -1:
    cdef int i
    cdef bytes digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    for i in range(4096):
        BASE64_PAIRS[2 * i] = digits[i >> 6]
        BASE64_PAIRS[2 * i + 1] = digits[i & 63]
    return 0


_fill_base64()


cdef char* _put_base64(char* at, const unsigned char* data, Py_ssize_t size) noexcept nogil:
    cdef uint32_t word
    while size >= 3:
        word = <uint32_t>data[0] << 16 | <uint32_t>data[1] << 8 | data[2]
        memcpy(at, &BASE64_PAIRS[2 * (word >> 12)], 2)
        memcpy(at + 2, &BASE64_PAIRS[2 * (word & 4095)], 2)
        at += 4
        data += 3
        size -= 3
    if size:
        word = <uint32_t>data[0] << 16 | (<uint32_t>data[1] << 8 if size == 2 else 0)
        memcpy(at, &BASE64_PAIRS[2 * (word >> 12)], 2)
        memcpy(at + 2, &BASE64_PAIRS[2 * (word & 4095)], 2)
        if size == 1:
            at[2] = c"="
        at[3] = c"="
        at += 4
    return at


cdef class BinaryWriter(Writer):
    """Bytes, and what is like them."""

    cdef bint base64

    cdef int write(self, PyObject* value, Sink* out) except -1:
        if type_of(value) == BYTES:
            return self.put(bytes_data(value), len(<bytes>value), out)
        if type_of(value) == BYTEARRAY:
            return self.put(bytearray_data(value), var_size(value), out)
        return self.write_other(<object>value, out)

    cdef int write_other(self, value, Sink* out) except -1:
        cdef bytes data
        if not isinstance(value, (bytes, bytearray, memoryview)):
            return REFUSED
        try:
            data = bytes(value)
        except Exception as exc:
            caught(exc)
            return REFUSED
        return self.put(bytes_data(<PyObject*>data), len(data), out)

    cdef int put(self, const char* data, Py_ssize_t size, Sink* out) noexcept:
        cdef Py_ssize_t length = (size + 2) // 3 * 4
        cdef char* at
        if not self.base64:
            return put_bytes_token(out, self.wire, data, size)
        if length > out.max_text or not has_room(out, length + MAX_HEAD):
            return REFUSED
        at = out.at
        if self.wire == JSON:
            at[0] = c'"'
            at = _put_base64(at + 1, <const unsigned char*>data, size)
            at[0] = c'"'
            at += 1
        else:
            at = msgpack_text_head(at, length) if self.wire == MSGPACK else cbor_head(at, CBOR_TEXT, length)
            at = _put_base64(at, <const unsigned char*>data, size)
        out.at = at
        return WRITTEN
