# From the nodes of a schema to writers: what the making of each needs.

cdef class Builder:
    """
    The making of the writers for one schema.

    Nodes are shared, so their writers are; a reference becomes a `ForwardReference` that
    is told its target in the end.
    """

    cdef int wire
    cdef bint strict
    cdef bint calls_hooks
    cdef Sink limits
    cdef object table
    cdef dict made
    cdef dict late
    cdef list pending
    cdef PlainWriter plain

    cdef int fill(self, table, int wire, bint strict, const Sink* limits) except -1:
        self.table = table
        self.wire = wire
        self.strict = strict
        self.limits = limits[0]
        self.made = {}
        self.late = {}
        self.pending = []
        self.plain = self.plain_writer(wire != JSON, wire != JSON, wire != JSON, None)
        return 0

    cdef Writer writer(self, node):
        """Return the writer of *node*."""
        known = self.made.get(id(node))
        if known is None:
            make = _MAKERS.get(type(node))
            if make is None:
                raise TypeError(f"expected a node of a schema, got {type(node).__name__}")
            # The node is kept, so that no other gets its id.
            known = self.made[id(node)] = (make(self, node), node)
        return <Writer>known[0]

    cdef Writer tried(self, node, trial):
        """Return the writer of *node*, held to what the schema *trial* reads, if there is one."""
        cdef TriedWriter writer
        if trial is None:
            return self.writer(node)
        writer = TriedWriter()
        writer.inner = self.writer(node)
        writer.read = make_trial(trial, _NAMES_OF_WIRES[self.wire])
        return self.ready(writer, False)

    cdef object ready(self, Writer writer, bint runs_no_user_code, int takes=0):
        writer.wire = self.wire
        writer.strict = self.strict
        writer.runs_no_user_code = runs_no_user_code
        writer.takes = takes
        return writer

    cdef PlainWriter plain_writer(self, bint takes_bytes, bint takes_odd_keys, bint takes_bool_keys, call):
        cdef PlainWriter writer = PlainWriter()
        self.ready(writer, False, TAKES_TEXT | TAKES_INT | TAKES_FLOAT | TAKES_BOOL | TAKES_NULL)
        writer.takes_bytes = takes_bytes
        writer.takes_odd_keys = takes_odd_keys
        writer.takes_bool_keys = takes_bool_keys
        writer.call = call
        return writer

    cdef bytes token(self, value):
        """Return the bytes of a leaf; ``None``: no document can have it."""
        cdef Sink out = self.limits
        if not _open_sink(&out):
            raise MemoryError
        try:
            if self.plain.write(<PyObject*>value, &out) == REFUSED:
                return None
            return out.start[: out.at - out.start]
        finally:
            _close_sink(&out)

    cdef bytes head(self, bint is_map, count):
        """Return what opens a container."""
        cdef char room[MAX_HEAD]
        if self.wire == JSON:
            return b"{" if is_map else b"["
        cdef char* end = map_head(room, self.wire, count) if is_map else array_head(room, self.wire, count)
        return room[: end - room]

    cdef bytes key_token(self, key):
        """Return a key with what stands between it and its value; ``None``: no document can have it."""
        return joined(self.token(str.__str__(key) if isinstance(key, str) else key), b":" if self.wire == JSON else b"")


def joined(*parts):
    """Return *parts* together; ``None`` if one is."""
    return None if None in parts else b"".join(parts)


seal(Builder)
