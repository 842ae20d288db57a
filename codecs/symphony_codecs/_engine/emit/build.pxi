# Which node becomes what.

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
