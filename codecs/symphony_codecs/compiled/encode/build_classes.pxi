# The writers of classes and of unions of them.

def _record(Builder builder not None, node):
    cdef ArrayOrMapWriter writer
    if node.hook is not None:
        return _hook(builder, node.hook)
    if node.as_map is None or node.unit is not nodes.ABSENT:
        return _fields(builder, node)
    writer = ArrayOrMapWriter()
    writer.kept = node.kept
    writer.array, writer.map = _fields(builder, node), _fields(builder, node.as_map)
    return builder.ready(writer, False)


cdef StructWriter _fields(Builder builder, node):
    cdef StructWriter writer = StructWriter()
    cdef FieldPlan* schema
    cdef Writer inner
    cdef bytes before
    cdef Py_ssize_t i
    writer.cls = node.cls
    writer.slots = Slots(node.cls, [field.name for field in node.fields])
    writer.kept = [node]
    writer.positional = node.positional
    writer.nulls = node.nulls
    writer.extras = node.kept
    writer.keys = frozenset([name for field in node.fields for name in (field.key, *field.aliases)]) | node.omitted
    writer.has_int_names = any([type(field.key) is int for field in node.fields])
    writer.plain = builder.plain
    writer.is_unit = node.unit is not nodes.ABSENT
    writer.unit = node.unit
    writer.fields = <FieldPlan*>PyMem_Malloc((len(node.fields) + 1) * sizeof(FieldPlan))
    if writer.fields == NULL:
        raise MemoryError
    for i, field in enumerate(node.fields):
        schema = &writer.fields[i]
        inner_node = field.node
        schema.is_nullable = type(inner_node) is nodes.Optional
        if schema.is_nullable:
            inner_node = inner_node.inner
        inner = builder.writer(inner_node)
        before = b"" if node.positional else builder.key_token(field.key)
        schema.before = _chunk(joined(b"," if builder.wire == JSON else b"", before), writer.kept)
        schema.omit_none = field.omit_none
        schema.others = NULL if field.flattened is None else <PyObject*>field.flattened.others
        schema.absent = NULL if field.absent is nodes.ABSENT else <PyObject*>field.absent
        schema.is_default = NULL if field.is_default is None else <PyObject*>field.is_default
        _set_default(writer, schema, field)
        schema.is_usual = (
            schema.others == NULL and schema.absent == NULL and schema.left_out == NEVER_LEFT_OUT
        ) and not schema.omit_none
        schema.runs_no_user_code = inner.runs_no_user_code and schema.left_out < IF_ASKED
        schema.takes = 0 if schema.left_out != NEVER_LEFT_OUT else inner.takes
        if schema.omit_none:
            schema.takes &= ~TAKES_NULL
        elif schema.is_nullable and schema.left_out == NEVER_LEFT_OUT:
            schema.takes |= TAKES_NULL
        if field.flattened is not None:
            schema.takes, schema.runs_no_user_code = 0, False
        writer.kept += [inner, field.is_default, field.absent]
        schema.writer = <PyObject*>inner
        writer.count = i + 1
    writer.kept = tuple(writer.kept)
    builder.ready(writer, False)
    return writer


cdef bint _has_one_for_each_value(kind) except -1:
    """Return whether equal members of an enum are the same object."""
    if not issubclass(kind, Enum) or issubclass(kind, Flag) or has_own_missing(kind):
        return False
    return kind.__eq__ in (int.__eq__, str.__eq__)


cdef int _set_default(StructWriter writer, FieldPlan* schema, field) except -1:
    """Say how the field's value is compared with its default."""
    schema.default = schema.default_class = NULL
    schema.left_out = NEVER_LEFT_OUT
    if field.is_default is None or writer.positional:
        return 0
    if isinstance(field.default, nodes.Factory):
        schema.left_out, kind = IF_EMPTY, field.default.call
    elif isinstance(field.default, nodes.Constant):
        value, kind = field.default.value, type(field.default.value)
        schema.default = <PyObject*>value
        if kind in (str, int, bytes):
            schema.left_out = IF_EQUAL
        elif kind is float:
            schema.left_out = IF_SAME_FLOAT
        elif value is None or kind is bool or kind.__eq__ is object.__eq__ or _has_one_for_each_value(kind):
            schema.left_out = IF_IDENTICAL
        else:
            schema.left_out = IF_ASKED
    else:
        schema.left_out = ALWAYS_ASKED
        return 0
    schema.default_class = <PyObject*>kind  # which the node holds, or the default
    return 0


def _by_class(Builder builder not None, node):
    cdef ByClassWriter writer = ByClassWriter()
    cdef HookWriter other
    cdef Py_ssize_t at
    writer.table = ClassTable(node.writers)
    trials = getattr(node, "trials", {})
    writer.writers = tuple([builder.tried(each, trials.get(cls)) for cls, each in node.writers.items()])
    call = getattr(node, "call", None)
    if call is not None:
        other = HookWriter()
        other.call = call
        other.result = builder.plain
        writer.other = builder.ready(other, False)
    for cls, takes in _QUICK:
        at = writer.table.find(<PyObject*>cls)
        if at >= 0:
            writer.takes |= (<Writer>writer.writers[at]).takes & takes
    return builder.ready(writer, False, writer.takes)


cdef tuple _QUICK = (
    (str, TAKES_TEXT), (int, TAKES_INT), (float, TAKES_FLOAT), (bool, TAKES_BOOL), (type(None), TAKES_NULL)
)


def _tagged(Builder builder not None, node):
    cdef TaggedUnionWriter writer = TaggedUnionWriter()
    cdef VariantPlan* schema
    cdef Writer inner
    cdef Py_ssize_t i
    writer.table = ClassTable([variant.cls for variant in node.variants])
    writer.kept = [variant.kept for variant in node.variants]
    writer.is_internal = node.tagging == "internal"
    writer.bracket = c"]" if node.tagging == "adjacent" and node.positional else c"}"
    writer.variants = <VariantPlan*>PyMem_Malloc((len(node.variants) + 1) * sizeof(VariantPlan))
    if writer.variants == NULL:
        raise MemoryError
    for i, variant in enumerate(node.variants):
        schema = &writer.variants[i]
        schema.writer = schema.slots = NULL
        schema.extras = NULL if variant.kept is None else <PyObject*>variant.kept
        if variant.node is not None:
            inner = builder.writer(variant.node)
            writer.kept.append(inner)
            schema.writer = <PyObject*>inner
            if variant.field is not None:
                slots = Slots(variant.cls, (variant.field,))
                writer.kept.append(slots)
                schema.slots = <PyObject*>slots
        if writer.is_internal and (variant.node is None or variant.field is not None):
            raise TypeError("expected the fields of a class beside an internal tag")
        before, schema.entries = _before_content(builder, node, variant)
        schema.before = _chunk(before, writer.kept)
    writer.kept = tuple(writer.kept)
    return builder.ready(writer, False)


cdef tuple _before_content(Builder builder, node, variant):
    """Return what stands before a variant's content, and the entries of what is opened there."""
    cdef bytes name = builder.token(variant.name)
    cdef bytes comma = b"," if builder.wire == JSON else b""
    cdef bytes end = b""
    if node.tagging == "internal":
        return joined(comma, b"" if variant.node.positional else builder.key_token(node.tag), name), 0
    if node.tagging == "external":
        if variant.node is None:
            return name, 0
        return joined(builder.head(True, 1), builder.key_token(variant.name)), 1
    if node.positional:
        if variant.node is None:
            end = joined(builder.token(None), b"]" if builder.wire == JSON else b"")
        return joined(builder.head(False, 2), name, comma, end), 2
    if variant.node is None:
        end = b"}" if builder.wire == JSON else b""
        return joined(builder.head(True, 1), builder.key_token(node.tag), name, end), 1
    return joined(builder.head(True, 2), builder.key_token(node.tag), name, comma, builder.key_token(node.content)), 2


def _cases(Builder builder not None, node):
    cdef TaggedValueNodeWriter writer = TaggedValueNodeWriter()
    cdef Py_ssize_t i
    cdef bytes before
    writer.cls = node.cls
    writer.slots = Slots(node.cls, ("variant", "value"))
    writer.names = tuple(node.nodes)
    writer.numbers = {name: i for i, name in enumerate(writer.names)}
    writers = []
    writer.kept = []
    writer.before = <Chunk*>PyMem_Malloc((len(writer.names) + 1) * sizeof(Chunk))
    if writer.before == NULL:
        raise MemoryError
    for i, (name, inner) in enumerate(node.nodes.items()):
        writers.append(None if inner is None else builder.writer(inner))
        before = builder.token(name)
        if inner is not None:
            before = joined(builder.head(True, 1), builder.key_token(name))
        writer.before[i] = _chunk(before, writer.kept)
    writer.writers, writer.kept = tuple(writers), tuple(writer.kept)
    writer.units = EnumWriter()
    writer.units.fill(node.cls, [(unit, builder.token(name)) for name, unit in node.units.items()])
    builder.ready(writer.units, True)
    return builder.ready(writer, False)


def _reference(Builder builder not None, node):
    cdef ForwardReference writer
    known = builder.late.get(node.key)
    if known is None:
        writer = builder.late[node.key] = ForwardReference()
        builder.pending.append(node.key)
        builder.ready(writer, False)
        return writer
    return known
