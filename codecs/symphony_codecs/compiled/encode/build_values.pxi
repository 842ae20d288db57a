# The writers of what has no fields: scalars, containers, and what stands around others.

def _null(Builder builder not None, node):
    return builder.ready(NullWriter(), True, TAKES_NULL)


def _boolean(Builder builder not None, node):
    return builder.ready(BooleanWriter(), True, TAKES_BOOL)


def _integer(Builder builder not None, node):
    cdef OctetsIntegerWriter octets
    cdef IntegerWriter writer
    if node.is_octets:
        octets = OctetsIntegerWriter()
        octets.minimum, octets.maximum = node.minimum, node.maximum
        octets.is_signed = node.octets[0] < 0
        return builder.ready(octets, True)
    writer = IntegerWriter()
    writer.octets = node.octets
    writer.set_bounds(node.minimum, node.maximum)
    writer.wide_is_text = node.wide is not None
    return builder.ready(writer, True, 0 if writer.is_bounded else TAKES_INT)


def _float(Builder builder not None, node):
    return builder.ready(FloatWriter(), True, TAKES_FLOAT)


def _text(Builder builder not None, node):
    cdef HeldTextWriter writer
    if not node.minimum and node.maximum is None and node.match is None and not node.options:
        return builder.ready(TextWriter(), True, TAKES_TEXT)
    writer = HeldTextWriter()
    writer.minimum = node.minimum
    writer.maximum = PY_SSIZE_T_MAX if node.maximum is None else min(node.maximum, PY_SSIZE_T_MAX)
    writer.match = node.match
    writer.options = node.options
    return builder.ready(writer, False)


def _binary(Builder builder not None, node):
    cdef BinaryWriter writer = BinaryWriter()
    writer.base64 = node.base64
    return builder.ready(writer, True)


def _uuid(Builder builder not None, node):
    cdef UuidWriter writer = UuidWriter()
    writer.is_number = issubclass(node.cls, uuid.UUID)
    writer.slots = Slots(node.cls, ("int" if writer.is_number else "bytes",))
    writer.cls = <PyObject*>writer.slots.cls
    writer.is_text = node.text
    return builder.ready(writer, True)


def _instant(Builder builder not None, node):
    cdef TimestampWriter writer = TimestampWriter()
    writer.slots = Slots(Timestamp, ("nanos",))
    writer.cls = <PyObject*>writer.slots.cls
    return builder.ready(writer, True)


cdef SpanKeys _span_keys(Builder builder, bint positional):
    cdef SpanKeys keys = SpanKeys()
    cdef bytes secs = b"" if positional else builder.key_token("secs")
    cdef bytes nanos = b"" if positional else builder.key_token("nanos")
    keys.positional = positional
    keys.kept = []
    keys.secs = _chunk(joined(builder.head(not positional, 2), secs), keys.kept)
    keys.nanos = _chunk(joined(b"," if builder.wire == JSON else b"", nanos), keys.kept)
    keys.kept = tuple(keys.kept)
    return keys


def _span(Builder builder not None, node):
    cdef DurationWriter writer = DurationWriter()
    writer.slots = Slots(Duration, ("secs", "nanos"))
    writer.cls = <PyObject*>writer.slots.cls
    writer.keys = _span_keys(builder, node.positional)
    return builder.ready(writer, True)


def _time_delta(Builder builder not None, node):
    cdef TimeDeltaWriter writer = TimeDeltaWriter()
    writer.keys = _span_keys(builder, node.positional)
    return builder.ready(writer, True)


cdef object _with_hook(Builder builder, HookWriter writer, node):
    writer.call = node.call
    writer.result = builder.plain
    return builder.ready(writer, False)


# What their lengths of a prefix and their addresses are called; an interface is an address.
cdef dict _ADDRESSES = {
    IPv4Address: (), IPv4Interface: ("_prefixlen",), IPv4Network: ("_prefixlen", "network_address"),
    IPv6Address: (), IPv6Interface: ("_prefixlen",), IPv6Network: ("_prefixlen", "network_address"),
}


cdef AddressWriter _address(node):
    """Return the writer of an internet address; ``None``: it is not one."""
    cdef AddressWriter writer
    parts = _ADDRESSES.get(node.cls)
    if parts is None:
        return None
    writer = AddressWriter()
    kind = IPv4Address if "IPv4" in node.cls.__name__ else IPv6Address
    writer.cls = node.cls
    writer.size = 4 if kind is IPv4Address else 16
    writer.parts = Slots(node.cls, parts) if parts else None
    writer.slots = Slots(node.cls if len(parts) < 2 else kind, ("_ip", "_scope_id")[: 1 if writer.size == 4 else 2])
    writer.is_text = type(node) is nodes.FromText
    return writer


def _from_text(Builder builder not None, node):
    cdef FromTextWriter writer
    cdef AddressWriter address = _address(node)
    if address is not None:
        return _with_hook(builder, address, node)
    writer = FromTextWriter()
    writer.cls = writer.met = node.cls
    writer.text_of = None if node.write is str else node.write
    return _with_hook(builder, writer, node)


def _octets(Builder builder not None, node):
    cdef OctetsWriter writer
    cdef AddressWriter address = _address(node)
    if address is not None:
        return _with_hook(builder, address, node)
    writer = OctetsWriter()
    writer.cls, writer.size, writer.octets_of = node.cls, node.size, node.write
    return _with_hook(builder, writer, node)


def _flag(Builder builder not None, node):
    cdef FlagWriter writer = FlagWriter()
    writer.cls = node.cls
    writer.members = [None] * KNOWN_FLAGS
    writer.numbers = [None] * KNOWN_FLAGS
    return _with_hook(builder, writer, node)


def _moment(Builder builder not None, node):
    cdef DateTimeWriter writer = DateTimeWriter()
    writer.kind = (datetime, date, time).index(node.cls)
    writer.cls = node.cls
    writer.text_of = node.write
    return builder.ready(writer, True)


def _choice(Builder builder not None, node):
    cdef EnumWriter writer = EnumWriter()
    writer.fill(node.cls, [(value, builder.token(wire)) for wire, value in node.pairs])
    if node.missing is None:
        return builder.ready(writer, True)
    writer.missing, writer.result = node.missing, builder.plain
    writer.are_different = False
    return builder.ready(writer, False)


def _checked(Builder builder not None, node):
    cdef ValidatedWriter writer = ValidatedWriter()
    writer.checks = tuple(node.checks)
    writer.looks_at_maxlen = writer.checks == (refuse_maxlen,)
    writer.inner = builder.writer(node.inner)
    return builder.ready(writer, False)


def _optional(Builder builder not None, node):
    cdef OptionalWriter writer = OptionalWriter()
    writer.inner = builder.writer(node.inner)
    return builder.ready(writer, writer.inner.runs_no_user_code, writer.inner.takes | TAKES_NULL)


def _anything(Builder builder not None, node):
    cdef PlainWriter writer
    cdef bint takes_bytes = bytes in node.scalars, takes_odd_keys = int in node.keys
    writer = builder.plain_writer(takes_bytes, takes_odd_keys, False, node.call)
    # What the hook makes of an object may be whatever the format has, unless the position itself takes less.
    writer.result = builder.plain
    if not takes_bytes and builder.wire != JSON:
        writer.result = builder.plain_writer(False, False, False, None)
    if node.schema_of is not None:
        writer.classes = ClassWriters()
        writer.classes.wire, writer.classes.strict = builder.wire, builder.strict
        writer.classes.limits = builder.limits
        writer.classes.schema_of = node.schema_of
        writer.classes.known, writer.classes.beside = {}, TypeCache()
        writer.classes.is_shared = getattr(node.schema_of, "is_shared", False)
    return writer


def _hook(Builder builder not None, node):
    cdef Writer inner
    if isinstance(node.call, UnstructureHook):  # one of ours, which somebody has registered
        inner = (<UnstructureHook>node.call).writer_for(builder.wire, builder.strict, &builder.limits)
        if inner is not None:
            builder.calls_hooks = builder.calls_hooks or (<UnstructureHook>node.call).calls_hooks
            return inner
    builder.calls_hooks = True
    return _with_hook(builder, HookWriter(), node)


def _sequence(Builder builder not None, node):
    cdef SequenceWriter writer = SequenceWriter()
    writer.item = builder.writer(node.item)
    writer.accepted = tuple(node.accepted)
    return builder.ready(writer, False)


def _set(Builder builder not None, node):
    cdef SetWriter writer = SetWriter()
    writer.item = builder.writer(node.item)
    writer.ordered = node.ordered
    if isinstance(writer.item, TaggedValueNodeWriter) and (<TaggedValueNodeWriter>writer.item).cls is node.ordered:
        writer.cases = <TaggedValueNodeWriter>writer.item
    return builder.ready(writer, False)


def _fixed(Builder builder not None, node):
    cdef TupleWriter writer = TupleWriter()
    writer.items = tuple([builder.writer(item) for item in node.items])
    return builder.ready(writer, False)


def _mapped(Builder builder not None, node):
    cdef DictWriter writer = DictWriter()
    writer.key = builder.writer(_TEXT_KEY if node.key is None else node.wire_key)
    writer.told_apart = told_apart(writer.key)
    writer.is_text = type(writer.key) is TextWriter
    # Of an enum that takes no other values, each member has a text of its own.
    is_closed = isinstance(node.wire_key, nodes.Enum) and node.wire_key.missing is None
    writer.kinds = _key_kinds(node.key_kinds, builder.wire == JSON, is_closed)
    writer.value = builder.writer(node.value)
    return builder.ready(writer, False)


cdef int _key_kinds(kinds, bint are_texts, bint is_closed) except -1:
    cdef int numbers = (KEY_INT * (int in kinds)) | (KEY_FLOAT * (float in kinds)) | (KEY_BOOL * (bool in kinds))
    if not are_texts:
        return KEY_ANY * (list in kinds)
    return numbers | KEY_UNLIKE if numbers and str in kinds and not is_closed else numbers


cdef object _TEXT_KEY = nodes.Text()
