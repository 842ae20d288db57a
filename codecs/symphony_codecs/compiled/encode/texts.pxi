# Classes whose hooks are ours: what is usual is written here, and all else by the hook.

include "../shared/addresses.pxi"

from cpython.unicode cimport PyUnicode_CheckExact


cdef extern from *:
    """
    #define symphony_is_subtype(cls, base) PyType_IsSubtype((PyTypeObject *)(cls), (PyTypeObject *)(base))
    """
    bint is_subtype "symphony_is_subtype"(PyObject* cls, PyObject* base) noexcept
    object as_text "PyObject_Str"(object value)


cdef class FromTextWriter(HookWriter):
    """
    What is text.

    Attributes:
        cls: The class.
        met: The class derived from it whose instance the hook took last.
        text_of: From a value to text; ``None``: `str`.
    """

    cdef object cls
    cdef object met
    cdef object text_of

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef PyObject* kind = type_of(value)
        cdef object text
        if kind != <PyObject*>self.cls and kind != <PyObject*>self.met:
            return self.write_derived(value, out)
        try:
            text = as_text(<object>value) if self.text_of is None else self.text_of(<object>value)
        except Exception as exc:
            caught(exc)
            return REFUSED
        if not PyUnicode_CheckExact(text):
            out.may_be_valid = True
            return REFUSED
        return put_text(out, self.wire, <PyObject*>text)

    cdef int write_derived(self, PyObject* value, Sink* out) except -1:
        cdef int done = HookWriter.write(self, value, out)
        if done == WRITTEN and is_subtype(type_of(value), <PyObject*>self.cls):
            self.met = <object>type_of(value)
        return done


cdef class AddressWriter(HookWriter):
    """
    An address of `ipaddress`, or one with a prefix: a network or an interface, as text or as an array.

    An address keeps an int in a slot; a zone, in another one, has no form.
    """

    cdef Slots parts        # of what has a prefix: its length, and of a network its address
    cdef Slots slots        # of the address
    cdef object cls
    cdef int size
    cdef bint is_text

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef PyObject* address = value
        cdef uint64_t length = 0
        cdef bint negative, has_prefix = self.parts is not None
        cdef PyObject* item
        cdef unsigned char raw[17]
        cdef char text[2 * SHORT]
        cdef int i, size
        if not is_exactly(value, <PyObject*>self.cls):
            return HookWriter.write(self, value, out)
        if has_prefix:
            self.parts.check()
            item = self.parts.lent(value, 0)
            if item == NULL or not is_exact_int(item) or not int_fits(item, &length, &negative) or length > 128:
                return HookWriter.write(self, value, out)
            if len(self.parts.names) > 1:
                address = self.parts.lent(value, 1)
        if not self.take(address, raw):
            return HookWriter.write(self, value, out)
        if self.is_text:
            size = write_ipv6(raw, text) if self.size == 16 else write_ipv4(raw + 12, text)
            if has_prefix:
                text[size] = c"/"
                size = <int>(put_decimal(text + size + 1, length) - text)
            return put_short(out, self.wire, text, size)
        if not open_container(out, self.size + has_prefix) or not has_room(out, MAX_HEAD + 17 * MAX_HEAD):
            return REFUSED
        out.at = array_head(out.at, self.wire, <uint64_t>(self.size + has_prefix))
        raw[16] = <unsigned char>length
        for i in range(16 - self.size, 16 + has_prefix):
            put_number(out, self.wire, raw[i], False)
        close_container(out)
        return WRITTEN

    cdef bint take(self, PyObject* address, unsigned char* raw) noexcept:
        """Take the bytes of an address; False: they are not where they mostly are."""
        cdef PyObject* item
        if address == NULL or not is_exactly(address, <PyObject*>self.slots.cls):
            return False
        self.slots.check()
        item = self.slots.lent(address, 0)
        if item == NULL or not is_exact_int(item) or not uuid_of_int(item, raw):
            return False
        return self.size == 4 or self.slots.lent(address, 1) == NONE


cdef class OctetsWriter(HookWriter):
    """Bytes, as an array of ints."""

    cdef object cls
    cdef Py_ssize_t size
    cdef object octets_of

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef object data
        cdef Py_ssize_t i
        cdef const unsigned char* raw
        if not is_exactly(value, <PyObject*>self.cls):
            return HookWriter.write(self, value, out)
        try:
            data = self.octets_of(<object>value)
        except Exception as exc:
            caught(exc)
            return REFUSED
        if type(data) is not bytes or len(<bytes>data) != self.size:
            return HookWriter.write(self, value, out)
        if not open_container(out, self.size) or not has_room(out, MAX_HEAD):
            return REFUSED
        out.at = array_head(out.at, self.wire, <uint64_t>self.size)
        raw = <const unsigned char*><const char*><bytes>data
        for i in range(self.size):
            if put_number(out, self.wire, raw[i], False) == REFUSED:
                return REFUSED
        close_container(out)
        return WRITTEN


cdef enum:
    # Members whose ints are remembered.
    KNOWN_FLAGS = 64


cdef class FlagWriter(HookWriter):
    """
    An `enum.Flag`, as its int.

    A class has one member for each combination of bits; those met last are
    remembered by where they lie.
    """

    cdef object cls
    cdef list members
    cdef list numbers

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef Py_ssize_t at, first, probes = 0
        cdef object number
        if not is_exactly(value, <PyObject*>self.cls):
            return REFUSED
        at = first = <Py_ssize_t>(<uint64_t><size_t>value * 0x9E3779B97F4A7C15ULL >> 58)
        while self.are_whole() and probes < 4 and list_item(<PyObject*>self.members, at) != NONE:
            if list_item(<PyObject*>self.members, at) == value:
                number = <object>list_item(<PyObject*>self.numbers, at)
                if type(number) is int:
                    return put_int(out, self.wire, <PyObject*>number)
            at = (at + 1) % KNOWN_FLAGS
            probes += 1
        if probes == 4:
            at = first
        try:
            number = (<object>value).value
        except Exception as exc:
            caught(exc)
            return REFUSED
        if type(number) is not int:
            return HookWriter.write(self, value, out)
        if self.are_whole():
            self.members[at] = <object>value
            self.numbers[at] = number
        return put_int(out, self.wire, <PyObject*>number)

    cdef inline bint are_whole(self) noexcept:
        """Return whether nobody has found the lists and shortened them."""
        return list_size(<PyObject*>self.members) == KNOWN_FLAGS and list_size(<PyObject*>self.numbers) == KNOWN_FLAGS


cdef class TimeDeltaWriter(Writer):
    """A `datetime.timedelta`."""

    cdef SpanKeys keys

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef object delta = <object>value
        cdef int64_t secs
        cdef uint64_t nanos
        if not dt.PyDelta_Check(delta):
            # What only calls itself one is the hook's business.
            out.may_be_valid = True
            return REFUSED
        secs = <int64_t>dt.PyDateTime_DELTA_GET_DAYS(delta) * 86400 + dt.PyDateTime_DELTA_GET_SECONDS(delta)
        nanos = <uint64_t>dt.PyDateTime_DELTA_GET_MICROSECONDS(delta) * 1000
        return self.keys.put(out, self.wire, <uint64_t>(-secs if secs < 0 else secs), secs < 0, nanos)
