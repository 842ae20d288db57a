# Which node becomes what.

cdef dict _MAKERS = {
    nodes.Anything: _anything,
    nodes.Binary: _binary,
    nodes.Buffer: _binary,
    nodes.Flag: _flag,
    nodes.FromText: _from_text,
    nodes.Octets: _octets,
    nodes.TimeDelta: _time_delta,
    nodes.Boolean: _boolean,
    nodes.TaggedValueNode: _cases,
    nodes.Validated: _checked,
    nodes.Enum: _choice,
    nodes.Tuple: _fixed,
    nodes.Float: _float,
    nodes.Hook: _hook,
    nodes.Timestamp: _instant,
    nodes.Integer: _integer,
    nodes.UnionByJsonType: _by_class,
    nodes.UnionByLiteral: _by_class,
    nodes.Dict: _mapped,
    nodes.DateTime: _moment,
    nodes.Null: _null,
    nodes.Optional: _optional,
    nodes.Struct: _record,
    nodes.TypedDict: _typed_dict,
    nodes.Reference: _reference,
    nodes.Sequence: _sequence,
    nodes.Set: _set,
    nodes.Duration: _span,
    nodes.TaggedUnion: _tagged,
    nodes.Text: _text,
    nodes.UntaggedUnion: _by_class,
    nodes.Uuid: _uuid,
}


cdef Writer build(schema, int wire, bint strict, const Sink* limits, bint* calls_hooks):
    """Return the writer of a schema's root; tell whether it calls hooks of the user's."""
    cdef Builder builder = Builder.__new__(Builder)
    cdef Writer root
    builder.fill(schema.table, wire, strict, limits)
    root = builder.writer(schema.root)
    while builder.pending:
        key = builder.pending.pop()
        (<ForwardReference>builder.late[key]).target = builder.writer(schema.table[key])
    calls_hooks[0] = builder.calls_hooks
    return root
