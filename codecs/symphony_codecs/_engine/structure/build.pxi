# From the nodes of a plan to readers.

cdef class Builder:
    """The building of one plan; what is met again is built once."""

    cdef object table
    cdef dict built      # by id of the node, which the plan keeps
    cdef dict deferred   # by key of the table

    def __cinit__(self, plan):
        self.table = plan.table
        self.built = {}
        self.deferred = {}

    cdef Reader build(self, object node):
        cdef Reader reader
        cdef Deferred later
        if isinstance(node, nodes.Reference):
            known = self.deferred.get(node.key)
            if known is not None:
                return known
            later = self.deferred[node.key] = Deferred()
            later.target = self.build(self.table[node.key])
            return later
        known = self.built.get(id(node))
        if known is not None:
            return known
        make = MAKERS.get(type(node))
        if make is None:
            raise TypeError(f"expected a node of a plan, got {type(node).__name__}")
        reader = make(self, node)
        self.built[id(node)] = reader
        return reader

    cdef tuple build_all(self, object several):
        return tuple([self.build(node) for node in several])


def _null(Builder builder not None, node):
    return NullReader()


def _boolean(Builder builder not None, node):
    return BooleanReader()


def _integer(Builder builder not None, node):
    return IntegerReader(node)


def _float(Builder builder not None, node):
    return FloatReader()


def _text(Builder builder not None, node):
    return TextReader(node)


def _binary(Builder builder not None, node):
    cdef BinaryReader reader = BinaryReader()
    reader.base64 = node.base64
    return reader


def _anything(Builder builder not None, node):
    return AnythingReader(node)


def _hook(Builder builder not None, node):
    return HookReader(node)


def _uuid(Builder builder not None, node):
    cdef UuidReader reader
    if node.cls is uuid.UUID:
        reader = PlainUuidReader(node)
    else:
        reader = TypedIdReader(node)
    reader.text = node.text
    reader.make = node.make
    return reader


def _instant(Builder builder not None, node):
    return InstantReader(node)


def _span(Builder builder not None, node):
    return SpanReader()


def _moment(Builder builder not None, node):
    return MomentReader(node)


def _choice(Builder builder not None, node):
    return choice_reader(node)


def _checked(Builder builder not None, node):
    cdef CheckedReader reader = CheckedReader()
    reader.inner = builder.build(node.inner)
    reader.checks = node.checks
    return reader


def _optional(Builder builder not None, node):
    cdef OptionalReader reader = OptionalReader()
    reader.inner = builder.build(node.inner)
    return reader


def _sequence(Builder builder not None, node):
    cdef SequenceReader reader = SequenceReader()
    reader.item = builder.build(node.item)
    reader.build = node.build
    return reader


def _fixed(Builder builder not None, node):
    cdef FixedReader reader = FixedReader()
    reader.readers = builder.build_all(node.items)
    reader.build = node.build
    return reader


def _mapped(Builder builder not None, node):
    cdef MapReader reader = MapReader()
    reader.item = builder.build(node.value)
    reader.key, reader.key_type, reader.build = node.key, node.key_type, node.build
    return reader


def _record(Builder builder not None, node):
    return record_reader(RecordReader(), node, builder.build_all([field.node for field in node.fields]))


def _kinds(Builder builder not None, node):
    cdef KindsReader reader = KindsReader()
    reader.readers = {kind: builder.build(member) for kind, member in node.readers.items()}
    reader.other = None if node.other is None else builder.build(node.other)
    return reader


def _tagged(Builder builder not None, node):
    cdef ExternalReader external
    cdef InternalReader internal
    cdef AdjacentReader adjacent
    cdef NamedReader reader
    cdef Alternative alternative
    if node.tagging == "external":
        reader = ExternalReader()
    elif node.tagging == "internal":
        reader = internal = InternalReader()
        internal.tag = node.tag
    else:
        reader = adjacent = AdjacentReader()
        adjacent.tag, adjacent.content, adjacent.forbids = node.tag, node.content, node.forbids
    reader.bytes_keys = node.bytes_keys
    reader.alternatives = {}
    for variant in node.variants:
        alternative = Alternative()
        alternative.cls = variant.cls
        alternative.reader = None if variant.node is None else builder.build(variant.node)
        alternative.argument = variant.argument
        alternative.optional = variant.optional
        reader.alternatives[variant.name] = alternative
    return reader


def _labelled(Builder builder not None, node):
    cdef LabelledReader reader = LabelledReader()
    reader.key = node.key
    reader.position = -1 if node.position is None else node.position
    reader.readers = {label: builder.build(member) for label, member in node.readers.items()}
    reader.texts = {label: member for (kind, label), member in reader.readers.items() if kind is str}
    return reader


def _untagged(Builder builder not None, node):
    cdef UntaggedReader reader = UntaggedReader()
    reader.members = builder.build_all(node.members)
    return reader


def _cases(Builder builder not None, node):
    cdef CasesReader reader = CasesReader()
    reader.readers = {name: None if held is None else builder.build(held) for name, held in node.nodes.items()}
    reader.units = dict(node.units)
    reader.make = node.make
    reader.bytes_keys = node.bytes_keys
    return reader


cdef dict MAKERS = {
    nodes.Null: _null,
    nodes.Boolean: _boolean,
    nodes.Integer: _integer,
    nodes.Float: _float,
    nodes.Text: _text,
    nodes.Binary: _binary,
    nodes.Anything: _anything,
    nodes.Hook: _hook,
    nodes.Uuid: _uuid,
    nodes.Instant: _instant,
    nodes.Span: _span,
    nodes.Moment: _moment,
    nodes.Choice: _choice,
    nodes.Checked: _checked,
    nodes.Optional: _optional,
    nodes.Sequence: _sequence,
    nodes.Set: _sequence,
    nodes.Fixed: _fixed,
    nodes.Mapped: _mapped,
    nodes.Record: _record,
    nodes.Kinds: _kinds,
    nodes.Tagged: _tagged,
    nodes.Labelled: _labelled,
    nodes.Untagged: _untagged,
    nodes.Cases: _cases,
}
