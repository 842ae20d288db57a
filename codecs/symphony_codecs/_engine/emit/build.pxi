# From the nodes of a plan to writers.

cdef class Builder:
    """
    The making of the writers for one plan.

    Nodes are shared, so their writers are; a reference becomes a `Late` that
    is told its target in the end.
    """

    cdef int wire
    cdef bint strict
    cdef object table
    cdef dict made
    cdef dict late
    cdef list pending
    cdef PlainWriter plain

    def __init__(self, table, wire, strict):
        self.table = table
        self.wire = wire
        self.strict = strict
        self.made = {}
        self.late = {}
        self.pending = []
        self.plain = self.plain_writer(wire != JSON, wire != JSON, wire != JSON, None)

    cdef Writer writer(self, node):
        """Return the writer of *node*."""
        known = self.made.get(id(node))
        if known is None:
            make = _MAKERS.get(type(node))
            if make is None:
                raise TypeError(f"expected a node of a plan, got {type(node).__name__}")
            # The node is kept, so that no other gets its id.
            known = self.made[id(node)] = (make(self, node), node)
        return <Writer>known[0]

    cdef object ready(self, Writer writer, bint is_calm):
        writer.wire = self.wire
        writer.strict = self.strict
        writer.is_calm = is_calm
        return writer

    cdef PlainWriter plain_writer(self, bint takes_bytes, bint takes_odd_keys, bint takes_bool_keys, call):
        cdef PlainWriter writer = PlainWriter()
        self.ready(writer, False)
        writer.takes_bytes = takes_bytes
        writer.takes_odd_keys = takes_odd_keys
        writer.takes_bool_keys = takes_bool_keys
        writer.call = call
        return writer

    cdef bytes token(self, value):
        """Return the bytes of a leaf."""
        cdef Sink out = unbounded()
        if not _open_sink(&out):
            raise MemoryError
        try:
            if self.plain.write(<PyObject*>value, &out) == REFUSED:
                return None
            return out.start[: out.at - out.start]
        finally:
            _close_sink(&out)

    cdef bytes head(self, bint is_map, count):
        cdef char room[MAX_HEAD]
        cdef char* end = map_head(room, self.wire, count) if is_map else array_head(room, self.wire, count)
        return room[: end - room]

    cdef bytes key_token(self, str key):
        """Return a key with what stands between it and its value."""
        return encoded(self.wire, key) + (b":" if self.wire == JSON else b"")


def _null(Builder builder, node):
    return builder.ready(NullWriter(), True)


def _boolean(Builder builder, node):
    return builder.ready(BooleanWriter(), True)


def _integer(Builder builder, node):
    cdef IntegerWriter writer = IntegerWriter()
    writer.set_bounds(node.minimum, node.maximum)
    writer.wide_is_text = node.wide is not None
    return builder.ready(writer, True)


def _float(Builder builder, node):
    return builder.ready(FloatWriter(), True)


def _text(Builder builder, node):
    cdef HeldTextWriter writer
    if not node.minimum and node.maximum is None and node.fullmatch is None and not node.options:
        return builder.ready(TextWriter(), True)
    writer = HeldTextWriter()
    writer.minimum = node.minimum
    writer.maximum = PY_SSIZE_T_MAX if node.maximum is None else min(node.maximum, PY_SSIZE_T_MAX)
    writer.fullmatch = node.fullmatch
    writer.options = node.options
    return builder.ready(writer, False)


def _binary(Builder builder, node):
    cdef BinaryWriter writer = BinaryWriter()
    writer.base64 = node.base64
    return builder.ready(writer, True)


def _uuid(Builder builder, node):
    cdef UuidWriter writer = UuidWriter()
    writer.is_number = issubclass(node.cls, uuid.UUID)
    writer.slots = Slots(node.cls, ("int" if writer.is_number else "bytes",))
    writer.cls = <PyObject*>writer.slots.cls
    writer.is_text = node.text
    return builder.ready(writer, True)


def _instant(Builder builder, node):
    cdef InstantWriter writer = InstantWriter()
    writer.slots = Slots(Timestamp, ("nanos",))
    writer.cls = <PyObject*>writer.slots.cls
    return builder.ready(writer, True)


def _span(Builder builder, node):
    cdef SpanWriter writer = SpanWriter()
    cdef bytes first = b"", second = b""
    writer.slots = Slots(Duration, ("secs", "nanos"))
    writer.cls = <PyObject*>writer.slots.cls
    writer.positional = node.positional
    writer.kept = []
    if not node.positional:
        first, second = builder.key_token("secs"), builder.key_token("nanos")
    if builder.wire == JSON:
        first, second = (b"[" if node.positional else b"{") + first, b"," + second
    else:
        first = builder.head(not node.positional, 2) + first
    writer.secs_key = _chunk(first, writer.kept)
    writer.nanos_key = _chunk(second, writer.kept)
    return builder.ready(writer, True)


def _moment(Builder builder, node):
    cdef MomentWriter writer = MomentWriter()
    writer.kind = (datetime, date, time).index(node.cls)
    writer.cls = node.cls
    writer.text_of = node.write
    return builder.ready(writer, True)


def _choice(Builder builder, node):
    cdef ChoiceWriter writer = ChoiceWriter()
    tokens = [(value, builder.token(wire)) for wire, value in node.pairs]
    # What cannot be written is no more among the values than what is none of them.
    writer.fill(node.cls, [(value, token) for value, token in tokens if token is not None])
    return builder.ready(writer, node.cls is not None)


def _checked(Builder builder, node):
    cdef CheckedWriter writer = CheckedWriter()
    writer.checks = tuple(node.checks)
    writer.inner = builder.writer(node.inner)
    return builder.ready(writer, False)


def _optional(Builder builder, node):
    cdef OptionalWriter writer = OptionalWriter()
    writer.inner = builder.writer(node.inner)
    return builder.ready(writer, writer.inner.is_calm)


def _anything(Builder builder, node):
    cdef PlainWriter writer
    cdef bint takes_bytes = bytes in node.scalars, takes_odd_keys = int in node.keys
    writer = builder.plain_writer(takes_bytes, takes_odd_keys, False, node.call)
    # What the hook makes of an object may be whatever the format has, unless the position itself takes less.
    writer.result = builder.plain if takes_bytes or builder.wire == JSON else builder.plain_writer(False, False, False, None)
    return writer


def _hook(Builder builder, node):
    cdef HookWriter writer = HookWriter()
    writer.call = node.call
    writer.result = builder.plain
    return builder.ready(writer, False)


def _sequence(Builder builder, node):
    cdef SequenceWriter writer = SequenceWriter()
    writer.item = builder.writer(node.item)
    writer.accepted = tuple(node.accepted)
    return builder.ready(writer, False)


def _set(Builder builder, node):
    cdef SetWriter writer = SetWriter()
    writer.item = builder.writer(node.item)
    writer.ordered = node.ordered
    if isinstance(writer.item, CasesWriter) and (<CasesWriter>writer.item).cls is node.ordered:
        writer.cases = <CasesWriter>writer.item
    return builder.ready(writer, False)


def _fixed(Builder builder, node):
    cdef FixedWriter writer = FixedWriter()
    writer.items = [builder.writer(item) for item in node.items]
    return builder.ready(writer, False)


def _mapped(Builder builder, node):
    cdef MappedWriter writer = MappedWriter()
    key_node = getattr(node, "key_node", None)
    writer.key = node.key
    writer.plain = builder.plain
    writer.value = builder.writer(node.value)
    if node.key is None:
        writer.key_class = UNICODE
    elif isinstance(key_node, nodes.Uuid):
        writer.key_writer = builder.writer(key_node)
        writer.key_class = (<UuidWriter>writer.key_writer).cls
    return builder.ready(writer, False)


def _record(Builder builder, node):
    cdef RecordWriter writer = RecordWriter()
    cdef FieldPlan* plan
    cdef Writer inner
    cdef bytes before
    cdef Py_ssize_t i
    writer.cls = node.cls
    writer.slots = Slots(node.cls, [field.name for field in node.fields])
    writer.kept = [node]
    writer.positional = node.positional
    writer.extras = node.kept
    writer.keys = frozenset([field.key for field in node.fields])
    writer.plain = builder.plain
    writer.is_unit = node.unit is not nodes.ABSENT
    writer.unit = node.unit
    writer.fields = <FieldPlan*>PyMem_Malloc((len(node.fields) + 1) * sizeof(FieldPlan))
    if writer.fields == NULL:
        raise MemoryError
    for i, field in enumerate(node.fields):
        plan = &writer.fields[i]
        inner_node = field.node
        plan.is_nullable = type(inner_node) is nodes.Optional
        if plan.is_nullable:
            inner_node = inner_node.inner
        inner = builder.writer(inner_node)
        before = b"" if node.positional else builder.key_token(field.key)
        plan.before = _chunk(b"," + before if builder.wire == JSON else before, writer.kept)
        plan.omit_none = field.omit_none
        plan.is_default = NULL if field.is_default is None else <PyObject*>field.is_default
        plan.is_calm = inner.is_calm and field.is_default is None
        plan.is_text = type(inner) is TextWriter
        writer.kept.append(inner)
        plan.writer = <PyObject*>inner
        writer.count = i + 1
    return builder.ready(writer, False)


def _by_class(Builder builder, node):
    cdef ByClassWriter writer = ByClassWriter()
    cdef HookWriter other
    writer.table = ClassTable(node.writers)
    writer.writers = [builder.writer(each) for each in node.writers.values()]
    call = getattr(node, "call", None)
    if call is not None:
        other = HookWriter()
        other.call = call
        other.result = builder.plain
        writer.other = builder.ready(other, False)
    return builder.ready(writer, False)


def _tagged(Builder builder, node):
    cdef TaggedWriter writer = TaggedWriter()
    cdef VariantPlan* plan
    cdef Writer inner
    cdef Py_ssize_t i
    writer.table = ClassTable([variant.cls for variant in node.variants])
    writer.kept = []
    writer.is_internal = node.tagging == "internal"
    writer.bracket = c"]" if node.tagging == "adjacent" and node.positional else c"}"
    writer.variants = <VariantPlan*>PyMem_Malloc((len(node.variants) + 1) * sizeof(VariantPlan))
    if writer.variants == NULL:
        raise MemoryError
    for i, variant in enumerate(node.variants):
        plan = &writer.variants[i]
        plan.writer = plan.slots = NULL
        if variant.node is not None:
            inner = builder.writer(variant.node)
            writer.kept.append(inner)
            plan.writer = <PyObject*>inner
            if variant.field is not None:
                slots = Slots(variant.cls, (variant.field,))
                writer.kept.append(slots)
                plan.slots = <PyObject*>slots
        if writer.is_internal and (variant.node is None or variant.field is not None):
            raise TypeError("expected the fields of a class beside an internal tag")
        before, plan.entries = _before_content(builder, node, variant)
        plan.before = _chunk(before, writer.kept)
    return builder.ready(writer, False)


cdef tuple _before_content(Builder builder, node, variant):
    """Return what stands before a variant's content, and the entries of what is opened there."""
    cdef bytes name = encoded(builder.wire, variant.name)
    cdef bint json = builder.wire == JSON
    if node.tagging == "internal":
        positional = variant.node.positional
        before = name if positional else builder.key_token(node.tag) + name
        return (b"," + before if json else before), 0
    if node.tagging == "external":
        if variant.node is None:
            return name, 0
        return ((b"{" if json else builder.head(True, 1)) + builder.key_token(variant.name)), 1
    if node.positional:
        if json:
            return b"[" + name + (b",null]" if variant.node is None else b","), 2
        return builder.head(False, 2) + name + (builder.token(None) if variant.node is None else b""), 2
    count = 1 if variant.node is None else 2
    before = (b"{" if json else builder.head(True, count)) + builder.key_token(node.tag) + name
    if variant.node is None:
        return (before + b"}" if json else before), 1
    return before + (b"," if json else b"") + builder.key_token(node.content), 2


def _cases(Builder builder, node):
    cdef CasesWriter writer = CasesWriter()
    cdef Py_ssize_t i
    cdef bytes before
    writer.cls = node.cls
    writer.slots = Slots(node.cls, ("variant", "value"))
    writer.names = list(node.nodes)
    writer.numbers = {name: i for i, name in enumerate(writer.names)}
    writer.writers = []
    writer.kept = []
    writer.before = <Chunk*>PyMem_Malloc((len(writer.names) + 1) * sizeof(Chunk))
    if writer.before == NULL:
        raise MemoryError
    for i, (name, inner) in enumerate(node.nodes.items()):
        writer.writers.append(None if inner is None else builder.writer(inner))
        before = encoded(builder.wire, name)
        if inner is not None:
            before = (b"{" if builder.wire == JSON else builder.head(True, 1)) + builder.key_token(name)
        writer.before[i] = _chunk(before, writer.kept)
    writer.units = ChoiceWriter()
    writer.units.fill(node.cls, [(unit, encoded(builder.wire, name)) for name, unit in node.units.items()])
    builder.ready(writer.units, True)
    return builder.ready(writer, False)


def _reference(Builder builder, node):
    cdef Late writer
    known = builder.late.get(node.key)
    if known is None:
        writer = builder.late[node.key] = Late()
        builder.pending.append(node.key)
        builder.ready(writer, False)
        return writer
    return known


cdef dict _MAKERS = {
    nodes.Anything: _anything,
    nodes.Binary: _binary,
    nodes.Boolean: _boolean,
    nodes.Cases: _cases,
    nodes.Checked: _checked,
    nodes.Choice: _choice,
    nodes.Fixed: _fixed,
    nodes.Float: _float,
    nodes.Hook: _hook,
    nodes.Instant: _instant,
    nodes.Integer: _integer,
    nodes.Kinds: _by_class,
    nodes.Labelled: _by_class,
    nodes.Mapped: _mapped,
    nodes.Moment: _moment,
    nodes.Null: _null,
    nodes.Optional: _optional,
    nodes.Record: _record,
    nodes.Reference: _reference,
    nodes.Sequence: _sequence,
    nodes.Set: _set,
    nodes.Span: _span,
    nodes.Tagged: _tagged,
    nodes.Text: _text,
    nodes.Untagged: _by_class,
    nodes.Uuid: _uuid,
}


cdef Writer build(plan, int wire, bint strict):
    """Return the writer of a plan's root."""
    cdef Builder builder = Builder(plan.table, wire, strict)
    cdef Writer root = builder.writer(plan.root)
    while builder.pending:
        key = builder.pending.pop()
        (<Late>builder.late[key]).target = builder.writer(plan.table[key])
    return root
