# From the nodes of a schema to readers.

# What peers other than Rust write in ways of their own.
cdef tuple FOREIGN = (nodes.FromText, nodes.DateTime, nodes.Timestamp, nodes.Duration, nodes.TimeDelta)

cdef dict LAYOUTS = {"json": JSON, "msgpack": MSGPACK, "cbor": CBOR}


cdef class Builder:
    """The building of one schema; what is met again is built once."""

    cdef object table
    cdef int layout
    cdef Py_ssize_t max_text
    cdef bint bytes_keys
    cdef bint has_validators   # whether readers make checks of attrs' validators
    cdef bint calls_hooks
    cdef dict built      # by id of the node, which the schema keeps
    cdef dict deferred   # by key of the table

    def __cinit__(self, schema, int layout, Py_ssize_t max_text):
        self.max_text = max_text
        self.table = schema.table
        self.layout = layout
        self.bytes_keys = schema.bytes_keys
        self.built = {}
        self.deferred = {}

    cdef Reader build(self, object node):
        cdef Reader reader
        cdef ForwardReference later
        if isinstance(node, nodes.Reference):
            known = self.deferred.get(node.key)
            if known is not None:
                return known
            later = self.deferred[node.key] = ForwardReference()
            later.target = self.build(self.table[node.key])
            return later
        known = self.built.get(id(node))
        if known is not None:
            return known
        make = MAKERS.get(type(node))
        if make is None:
            raise TypeError(f"expected a node of a schema, got {type(node).__name__}")
        reader = make(self, node)
        if isinstance(node, FOREIGN):
            reader.foreign = dict(node.foreign) or None
        self.built[id(node)] = reader
        return reader

    cdef tuple build_all(self, object several):
        return tuple([self.build(node) for node in several])

    cdef bytes token(self, key):
        """Return a key as documents nearly always have it, with all before the value; None: none has it."""
        if type(key) is str and encoded(key) is None:
            return None
        if self.layout == MSGPACK:
            return pack_msgpack(key)
        return encode_cbor(key, 1) if self.layout == CBOR else dump_json(key) + b":"

    cdef bint is_beyond(self, key) except -1:
        """Return whether a key is longer than texts may be."""
        return type(key) is str and len(key) > self.max_text

    cdef bytes tag_token(self, key):
        """Return a tag as documents mostly have it, with all before the value; empty: it is not to be looked for."""
        return b"" if self.is_beyond(key) else self.token(key) or b""


seal(Builder)


def _null(Builder builder not None, node):
    return NullReader()


def _boolean(Builder builder not None, node):
    return BooleanReader()


def _integer(Builder builder not None, node):
    return IntegerReader(node)


def _float(Builder builder not None, node):
    return FloatReader() if node.minimum is None else BoundedFloatReader(node)


def _text(Builder builder not None, node):
    return TextReader(node)


def _binary(Builder builder not None, node):
    cdef BinaryReader reader = BinaryReader()
    reader.base64 = node.base64
    return reader


def _anything(Builder builder not None, node):
    return AnythingReader(node)


def _hook(Builder builder not None, node):
    cdef Reader reader
    if isinstance(node.call, StructureHook):  # one of ours, which somebody has registered
        reader = (<StructureHook>node.call).reader_for(builder.layout, builder.max_text)
        if reader is not None:
            builder.calls_hooks = builder.calls_hooks or (<StructureHook>node.call).calls_hooks
            builder.has_validators = builder.has_validators or (<StructureHook>node.call).has_validators
            return reader
    builder.calls_hooks = True
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
    return TimestampReader(node)


def _span(Builder builder not None, node):
    return DurationReader(builder.bytes_keys)


def _text_of_class(Builder builder not None, node):
    return text_reader(node)


def _octets(Builder builder not None, node):
    return OctetsReader(node)


def _buffer(Builder builder not None, node):
    return BufferReader(node)


def _flag(Builder builder not None, node):
    return FlagReader(node)


def _time_delta(Builder builder not None, node):
    cdef TimeDeltaReader reader = TimeDeltaReader(builder.bytes_keys)
    reader.hook = HookReader(node)
    return reader


def _choice(Builder builder not None, node):
    return EnumReader(node) if node.missing is None else OpenEnumReader(node)


def _checked(Builder builder not None, node):
    return ValidatedReader(builder.build(node.inner), node)


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
    cdef TupleReader reader = TupleReader()
    reader.readers = builder.build_all(node.items)
    reader.build, reader.defaults = node.build, node.defaults
    return reader


def _mapped(Builder builder not None, node):
    cdef MapReader reader = MapReader()
    reader.item = builder.build(node.value)
    reader.build, reader.guard = node.build, node.guard
    if node.key is None or node.wire_key == nodes.Text():
        return reader
    reader.key_reader = builder.build(node.wire_key)
    if builder.layout == JSON or builder.layout == NO_LAYOUT:
        reader.key, reader.key_type = node.key, node.key_type
        is_text = node.key_kinds.isdisjoint((int, float, bool))
        reader.is_decimal = builder.layout == JSON and node.key_kinds == {int} and _is_number(node.wire_key)
        reader.by_call = not (is_text or reader.is_decimal)
    return reader


def _is_number(node):
    """Return whether a node takes ints, and no text."""
    if isinstance(node, (nodes.Validated, nodes.Optional)):
        return _is_number(node.inner)
    if isinstance(node, nodes.Enum):
        return all([type(wire) is int for wire, _ in node.pairs])
    return isinstance(node, (nodes.Integer, nodes.Flag))


def _record(Builder builder not None, node):
    readers = builder.build_all([field.node for field in node.fields])
    unchecked = readers
    if any([field.unchecked is not None for field in node.fields]):
        unchecked = builder.build_all([field.unchecked or field.node for field in node.fields])
        builder.has_validators = True
    tokens = tuple([builder.token(field.key) for field in node.fields])
    expected = 0 if any([builder.is_beyond(field.key) for field in node.fields]) else len(tokens)
    return StructReader(node, readers, unchecked, tokens, expected, builder.bytes_keys)


def _typed_dict(Builder builder not None, node):
    cdef TypedDictReader reader
    cdef DictConstruction construction
    struct = nodes.Struct(cls=dict, fields=node.fields, unknown=node.unknown)
    readers = builder.build_all([field.node for field in node.fields])
    tokens = tuple([builder.token(field.key) for field in node.fields])
    expected = 0 if any([builder.is_beyond(field.key) for field in node.fields]) else len(tokens)
    reader = TypedDictReader(struct, readers, readers, tokens, expected, False)
    reader.other = None if node.other is None else builder.build(node.other)
    construction = DictConstruction(struct)
    construction.keys = reader.keys
    reader.construction = construction
    return reader


def _kinds(Builder builder not None, node):
    other = None if node.other is None else builder.build(node.other)
    readers = {kind: builder.build(member) for kind, member in {**node.readers, **node.foreign}.items()}
    tagged = {tag: builder.build(member) for tag, member in node.tags.items()} if builder.layout in (CBOR, NO_LAYOUT) else {}
    return UnionByJsonTypeReader(readers, other, tagged)


def _tagged(Builder builder not None, node):
    cdef InternalReader internal
    cdef AdjacentReader adjacent
    cdef NamedReader reader
    tag, content = spelt(node.tag), spelt(node.content)
    if node.tagging == "external":
        reader = ExternalReader()
    elif node.tagging == "internal":
        reader = internal = InternalReader()
        internal.tag, internal.tag_name, internal.token = node.tag, tag, builder.tag_token(node.tag)
    else:
        reader = adjacent = AdjacentReader()
        adjacent.tag, adjacent.content, adjacent.forbids = node.tag, node.content, node.forbids
        adjacent.tag_name, adjacent.content_name = tag, content
    reader.bytes_keys = builder.bytes_keys
    reader.alternatives = {
        variant.name: Alternative(variant, None if variant.node is None else builder.build(variant.node))
        for variant in node.variants
    }
    reader.names = Names(tuple(reader.alternatives))
    reader.in_order = tuple(reader.alternatives.values())
    return reader


def _labelled(Builder builder not None, node):
    readers = {label: builder.build(member) for label, member in node.readers.items()}
    return UnionByLiteralReader(node, builder.tag_token(node.key), readers)


def _untagged(Builder builder not None, node):
    cdef UntaggedUnionReader reader = UntaggedUnionReader()
    reader.members = builder.build_all(node.members)
    reader.hook = None if node.hook is None else builder.build(node.hook)
    reader.decisive = node.decisive
    reader.lacking = tuple([place in node.lacking for place in range(len(node.members))])
    return reader


def _cases(Builder builder not None, node):
    readers = {name: None if held is None else builder.build(held) for name, held in node.nodes.items()}
    return TaggedValueNodeReader(node, readers, builder.bytes_keys)


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
    nodes.Timestamp: _instant,
    nodes.Duration: _span,
    nodes.DateTime: _text_of_class,
    nodes.FromText: _text_of_class,
    nodes.Octets: _octets,
    nodes.Buffer: _buffer,
    nodes.Flag: _flag,
    nodes.TimeDelta: _time_delta,
    nodes.Enum: _choice,
    nodes.Validated: _checked,
    nodes.Optional: _optional,
    nodes.Sequence: _sequence,
    nodes.Set: _sequence,
    nodes.Tuple: _fixed,
    nodes.Dict: _mapped,
    nodes.Struct: _record,
    nodes.TypedDict: _typed_dict,
    nodes.UnionByJsonType: _kinds,
    nodes.TaggedUnion: _tagged,
    nodes.UnionByLiteral: _labelled,
    nodes.UntaggedUnion: _untagged,
    nodes.TaggedValueNode: _cases,
}
