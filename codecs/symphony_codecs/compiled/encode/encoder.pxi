# The function that a codec calls.

mismatch_listeners = []
"""Called with each value that the reference writes although it was refused here for sure; for tests."""


# How many values are being written: a hook may write another.
cdef Py_ssize_t writing = 0


def _go_on(_):
    return NotImplemented


cdef class Encoder:
    """Writes values of one type; refused ones go to the reference."""

    cdef Writer root
    cdef object fallback
    cdef object nested
    cdef object too_deep
    cdef object reference
    cdef Sink limits
    cdef Py_ssize_t expected     # by the last document

    def __reduce__(self):
        return reduced(self.reference)

    def encode(self, value):
        """Return *value* as bytes."""
        global writing
        if writing > 0:
            result = self.nested(value)
            if result is not NotImplemented:
                return result
        writing += 1
        try:
            return self.encoded(value)
        finally:
            writing -= 1
            if has_remembered and writing == 0:
                let_go()

    cdef object encoded(self, value):
        cdef Sink out = self.limits
        cdef bytes data = None
        if not _open_sink(&out, self.expected):
            raise MemoryError
        try:
            if self.root.write(<PyObject*>value, &out) == WRITTEN and out.at - out.start <= out.max_size:
                data = _written(&out)
                self.expected = len(data) + len(data) // 8
        finally:
            if out.start != NULL:
                _close_sink(&out)
        if data is not None:
            return data
        if out.is_too_deep and self.too_deep is not None:
            raise self.too_deep()
        result = self.fallback(value)
        if mismatch_listeners and not out.may_be_valid:
            for tell in mismatch_listeners:
                tell(value)
        return result


seal(Encoder)


cdef dict _WIRES = {"json": JSON, "msgpack": MSGPACK, "cbor": CBOR}
cdef dict _NAMES_OF_WIRES = {wire: name for name, wire in _WIRES.items()}


def make_encoder(schema, str wire, limits, bint strict, fallback, too_deep=None, reference=None):
    """
    Return the function that writes values as *schema* says.

    Args:
        schema: A `Schema` for writing.
        wire: ``json``, ``msgpack`` or ``cbor``.
        limits: What a document may be.
        strict: Whether floats must be finite.
        fallback: The reference: it is given what is refused here.
        too_deep: Returns the error where the stack ends before the document's depth does; by default `fallback`
            is asked then, too.
        reference: What the function pickles as; None: it does not.

    Raises:
        TypeError: The schema has a node that `schema.nodes` does not define.
    """
    cdef Encoder encoder = Encoder.__new__(Encoder)
    cdef bint calls_hooks
    encoder.fallback, encoder.too_deep, encoder.reference = fallback, too_deep, reference
    encoder.nested = getattr(fallback, "nested", _go_on)
    encoder.limits = unbounded()
    encoder.limits.max_size = min(limits.max_size, PY_SSIZE_T_MAX // 8)
    encoder.limits.max_text = min(limits.max_text, PY_SSIZE_T_MAX // 8)
    encoder.limits.max_items = min(limits.max_items, PY_SSIZE_T_MAX // 8)
    encoder.limits.levels = limits.max_depth
    encoder.root = build(schema, _WIRES[wire], strict, &encoder.limits, &calls_hooks)
    return encoder.encode
