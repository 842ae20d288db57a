# Unions of classes under names, and enums of Rust's in one class.

cdef object spelt_name(object name, bint takes_bytes):
    """Return the name of a variant as text, if it is that."""
    name = untagged(name)
    if takes_bytes and PyBytes_CheckExact(name):
        return (<bytes>name).decode(errors="replace")
    return name


cdef class Alternative:
    """A class of a tagged union."""

    cdef str name
    cdef object cls
    cdef Reader reader      # None: it has no fields
    cdef tuple argument     # of a newtype's field
    cdef bint optional

    def __cinit__(self, variant, Reader reader):
        self.name = variant.name
        self.cls = variant.cls
        self.reader = reader
        self.argument = None if variant.argument is None else (intern(variant.argument),)
        self.optional = variant.optional

    cdef object read(self, object body):
        if self.reader is not None:
            return self.of(self.reader.read(body))
        body = untagged(body)
        # Empty, it may be Rust's `Unit {}` or `Unit()`.
        if body is not None and not ((PyDict_CheckExact(body) or PyList_CheckExact(body)) and not body):
            return REFUSED
        return self.unit()

    cdef object take(self, Cursor* cursor):
        cdef object body
        if self.reader is not None:
            return self.of(self.reader.take(cursor))
        body = value_at(cursor)
        return REFUSED if body is REFUSED else self.read(body)

    cdef object of(self, object result):
        cdef PyObject* value
        if result is REFUSED or self.argument is None:
            return result
        value = <PyObject*>result
        return refusing(PyObject_Vectorcall(self.cls, &value, 0, <PyObject*>self.argument), REFUSED)

    cdef object unit(self):
        return refusing(PyObject_CallNoArgs(self.cls), REFUSED)


cdef class NamedReader(Reader):
    """What unions of classes under names share."""

    cdef dict alternatives
    cdef Names names
    cdef tuple in_order
    cdef bint bytes_keys

    cdef Alternative find(self, object name):
        cdef PyObject* found
        if not PyUnicode_CheckExact(name):
            return None
        found = PyDict_GetItemWithError(self.alternatives, name)
        return None if found == NULL else <Alternative?><object>found

    cdef Alternative find_name(self, Cursor* cursor):
        """Return the class whose name the cursor stands at, if it is one."""
        cdef const char* start = NULL
        cdef Py_ssize_t size = 0, number
        if kind_at(cursor) != IS_TEXT or not span_at(cursor, &start, &size):
            cursor.needs_fallback = True
            return None
        number = self.names.find(start, size)
        return None if number < 0 else <Alternative>PyTuple_GET(self.in_order, number)


cdef class ExternalReader(NamedReader):
    """``{"Name": content}``, or ``"Name"``."""

    cdef object read(self, object value):
        cdef PyObject* name
        cdef PyObject* body
        cdef Py_ssize_t at = 0
        cdef Alternative alternative
        cdef object content
        if PyDict_CheckExact(value):
            if PyDict_Size(value) != 1:
                return REFUSED
            PyDict_Next(value, &at, &name, &body)
            content = <object>body
            alternative = self.find(spelt_name(<object>name, self.bytes_keys))
            return REFUSED if alternative is None else alternative.read(content)
        if PyUnicode_CheckExact(value):
            alternative = self.find(value)
            if alternative is None or alternative.reader is not None:
                return REFUSED
            return alternative.unit()
        return self.refuse(value)

    cdef object take(self, Cursor* cursor):
        cdef const char* start = NULL
        cdef Py_ssize_t left = 0, size = 0, number
        cdef Alternative alternative
        cdef object result
        cdef object part = REFUSED
        cdef Mark mark
        cdef int kind = kind_at(cursor)
        if kind == IS_TEXT:
            alternative = self.find_name(cursor)
            return REFUSED if alternative is None or alternative.reader is not None else alternative.unit()
        if kind != IS_MAP:
            return self.take_other(cursor, kind)
        if not enter(cursor, True, &left):
            return refuse_odd(cursor)
        if not another(cursor, &left):
            return REFUSED
        if left > 0:
            return refuse_odd(cursor)  # they may have one name
        if not key_span_at(cursor, &start, &size):
            return REFUSED
        number = self.names.find(start, size)
        if number < 0:
            return REFUSED
        alternative = <Alternative>PyTuple_GET(self.in_order, number)
        set_mark(&mark, cursor)
        result = alternative.take(cursor)
        if result is REFUSED:
            part = skip_faulty(cursor, alternative.reader, &mark)
            if part is REFUSED:
                return REFUSED
        if another(cursor, &left):
            return refuse_odd(cursor)  # it may be the same again
        if not closes(cursor, left, c"}"):
            return REFUSED
        return leave(cursor, self, {alternative.name: part}) if result is REFUSED else result


cdef class InternalReader(NamedReader):
    """``{tag: "Name", **content}``, or the name before the items of an array."""

    cdef str tag
    cdef bytes tag_name
    cdef bytes token       # see `Builder.tag_token`

    cdef object read(self, object value):
        cdef PyObject* name
        cdef Alternative alternative
        cdef object body
        if PyDict_CheckExact(value):
            name = PyDict_GetItemWithError(value, self.tag)
            if name == NULL:
                return REFUSED
            alternative = self.find(untagged(<object>name))
            body = dict(value)
            del body[self.tag]
        elif PyList_CheckExact(value) and PyList_GET_SIZE(value):
            alternative = self.find(untagged(value[0]))
            body = value[1:]
        else:
            return self.refuse(value)
        return REFUSED if alternative is None else alternative.read(body)

    cdef object take(self, Cursor* cursor):
        cdef Cursor start, ahead
        cdef Py_ssize_t left = 0, size = PyBytes_GET_SIZE(self.token)
        cdef Alternative alternative
        cdef StructReader record
        cdef object result
        cdef object inner
        cdef Tag tag
        cdef int found, kind = kind_at(cursor)
        if kind != IS_MAP and kind != IS_ARRAY:
            return self.take_other(cursor, kind)
        start = cursor[0]
        if not enter(cursor, kind == IS_MAP, &left):
            return refuse_odd(cursor)
        tag.name, tag.size, tag.taken = PyBytes_AS_STRING(self.tag_name), PyBytes_GET_SIZE(self.tag_name), True
        ahead = cursor[0]
        if kind == IS_ARRAY:
            if not another(cursor, &left):
                return refuse_odd(cursor)
            alternative = self.find_name(cursor)
        elif size and another(&ahead, &left) and has(&ahead, size) and memcmp(ahead.at, PyBytes_AS_STRING(self.token), size) == 0:
            # The name mostly stands first.
            cursor[0] = ahead
            cursor.at += size
            alternative = self.find_name(cursor)
        else:
            ahead = start
            enter(&ahead, True, &left)
            found = find_key(&ahead, left, tag.name, tag.size)
            if found <= 0:
                return REFUSED if found == 0 else refuse_odd(cursor)
            alternative = self.find_name(&ahead)
            cursor.needs_fallback = ahead.needs_fallback
            tag.taken = False
        if alternative is None:
            return REFUSED
        inner = alternative.reader
        while isinstance(inner, ForwardReference):
            inner = (<ForwardReference>inner).target
        if isinstance(inner, StructReader):
            record = <StructReader>inner
            if not record.is_whole and (kind == IS_ARRAY or self.tag not in record.known):
                # As in `ForwardReference`, which is passed by here.
                if not deeper():
                    return refuse_odd(cursor)
                try:
                    result = record.take_rest(cursor, left, kind, &tag)
                finally:
                    Py_LeaveRecursiveCall()
                return self.leave_tagged(cursor, record, alternative.name) if result is REFUSED else result
        cursor[0] = start
        return Reader.take(self, cursor)

    cdef object leave_tagged(self, Cursor* cursor, StructReader record, str name):
        cdef object tree = take_partial(cursor, record)
        if tree is REFUSED:
            return REFUSED
        if PyDict_CheckExact(tree):
            return leave(cursor, self, {self.tag: name, **tree})
        return leave(cursor, self, [name, *tree])


cdef class AdjacentReader(NamedReader):
    """``{tag: "Name", content: content}``, or a pair."""

    cdef str tag
    cdef str content
    cdef bytes tag_name
    cdef bytes content_name
    cdef bint forbids

    cdef object read(self, object value):
        cdef object body = None
        cdef bint there
        if PyDict_CheckExact(value):
            if self.tag not in value or (self.forbids and not value.keys() <= {self.tag, self.content}):
                return REFUSED
            there = self.content in value
            if there:
                body = value[self.content]
            return self.load(untagged(value[self.tag]), body, there)
        if PyList_CheckExact(value):
            if not 1 <= PyList_GET_SIZE(value) <= 2:
                return REFUSED
            there = PyList_GET_SIZE(value) == 2
            if there:
                body = value[1]
            return self.load(untagged(value[0]), body, there)
        return self.refuse(value)

    cdef object load(self, object name, object body, bint there):
        cdef Alternative alternative = self.find(name)
        if alternative is None or (not there and alternative.reader is not None and not alternative.optional):
            return REFUSED
        return alternative.read(body)

    cdef object take(self, Cursor* cursor):
        cdef Py_ssize_t left = 0
        cdef Alternative alternative
        cdef object result
        cdef int kind = kind_at(cursor)
        if kind == IS_MAP:
            return self.take_map(cursor)
        if kind != IS_ARRAY:
            return self.take_other(cursor, kind)
        if not enter(cursor, False, &left) or not another(cursor, &left):
            return refuse_odd(cursor)
        alternative = self.find_name(cursor)
        if alternative is None:
            return REFUSED
        if another(cursor, &left):
            result = alternative.take(cursor)
            if result is REFUSED:
                return REFUSED
            if another(cursor, &left):
                return refuse_odd(cursor)
        else:
            result = self.without_content(alternative)
        return result if closes(cursor, left, c"]") else REFUSED

    cdef object without_content(self, Alternative alternative):
        return alternative.read(None) if alternative.reader is None or alternative.optional else REFUSED

    cdef object take_map(self, Cursor* cursor):
        cdef Cursor before, after             # where the content is that stands before the name
        cdef Mark mark
        cdef Py_ssize_t left = 0, size = 0
        cdef const char* start = NULL
        cdef Alternative alternative = None
        cdef object result = REFUSED
        cdef object part = REFUSED
        cdef set passed = None
        cdef bint is_there = False, waits = False
        if not enter(cursor, True, &left):
            return refuse_odd(cursor)
        before = after = cursor[0]
        cursor.is_mixed = False
        while another(cursor, &left):
            if not key_span_at(cursor, &start, &size):
                return REFUSED
            if cursor.is_mixed:
                return refuse_odd(cursor)  # the names here may not be spelt as those of fields
            if is_name(self.tag_name, start, size):
                if alternative is not None:
                    return refuse_odd(cursor)  # of equal keys the last may count
                alternative = self.find_name(cursor)
                if alternative is None:
                    return REFUSED
            elif is_name(self.content_name, start, size):
                if is_there:
                    return refuse_odd(cursor)
                is_there = True
                set_mark(&mark, cursor)
                if alternative is None:
                    before, waits = cursor[0], True
                    if not pass_value(cursor):
                        return refuse_odd(cursor)
                    continue
                result = alternative.take(cursor)
                if result is REFUSED:
                    part = skip_faulty(cursor, alternative.reader, &mark)
                    if part is REFUSED:
                        return REFUSED
            else:
                passed = set() if passed is None else passed
                if not pass_unknown(cursor, start, size, passed) or self.forbids:
                    return REFUSED
        cursor.is_mixed = before.is_mixed
        if not closes(cursor, left, c"}") or alternative is None:
            return REFUSED
        if not is_there:
            return self.without_content(alternative)
        if waits:
            after = cursor[0]
            cursor[0] = before
            result = alternative.take(cursor)
            if result is REFUSED:
                part = skip_faulty(cursor, alternative.reader, &mark)
                if part is REFUSED:
                    return REFUSED
            cursor.at, cursor.depth = after.at, after.depth
            cursor.unclaimed = min(cursor.unclaimed, after.unclaimed)
        return leave(cursor, self, {self.tag: alternative.name, self.content: part}) if result is REFUSED else result


# What `TaggedValue` has to make variants; a subclass may have others.
cdef tuple USUAL_MAKERS = ("from_variant", "_make", "_check_value")


cdef class TaggedValueNodeReader(Reader):
    """A `TaggedValue`: ``"Name"`` or ``{"Name": value}``."""

    cdef dict readers  # None: a unit variant
    cdef dict units
    cdef object make
    cdef dict held     # the class of what a variant holds, if `make` asks for no more than that
    cdef Maker maker
    cdef bint bytes_keys
    cdef Names names
    cdef tuple in_order

    def __cinit__(self, node, dict readers, bint bytes_keys):
        self.readers = readers
        self.held = {}
        if all([getattr(node.cls, name).__func__ is getattr(TaggedValue, name).__func__ for name in USUAL_MAKERS]):
            self.maker = Maker(node.cls, ("variant", "value"), (*USUAL_MAKERS, "__variants__"))
            self.held = {name: held for name, held in node.cls.__variants__.items() if isinstance(held, type)}
        self.units = dict(node.units)
        self.make = node.make
        self.bytes_keys = bytes_keys
        self.in_order = tuple(readers)
        self.names = Names(self.in_order)

    cdef object read(self, object value):
        cdef PyObject* found
        cdef PyObject* name_pointer
        cdef PyObject* body_pointer
        cdef Py_ssize_t at = 0
        cdef object name
        cdef object body
        if PyUnicode_CheckExact(value):
            found = PyDict_GetItemWithError(self.units, value)
            return REFUSED if found == NULL else <object>found
        if not PyDict_CheckExact(value):
            return self.refuse(value)
        if PyDict_Size(value) != 1:
            return REFUSED
        PyDict_Next(value, &at, &name_pointer, &body_pointer)
        body = <object>body_pointer
        name = spelt_name(<object>name_pointer, self.bytes_keys)
        if not PyUnicode_CheckExact(name) or name not in self.readers:
            return REFUSED
        reader = self.readers[name]
        if reader is None:
            return self.units[name] if untagged(body) is None else REFUSED
        body = (<Reader?>reader).read(body)
        return REFUSED if body is REFUSED else self.of(name, body)

    cdef inline object of(self, object name, object body):
        cdef PyObject* held = PyDict_GetItemWithError(self.held, name)
        if held != NULL and is_exactly(body, <object>held) and self.maker.ready():
            return self.maker.holding(name, body)
        return call_two(self.make, name, body, REFUSED)

    cdef object take(self, Cursor* cursor):
        cdef const char* start = NULL
        cdef Py_ssize_t size = 0, left = 0, number
        cdef object name
        cdef object body
        cdef PyObject* found
        cdef int kind = kind_at(cursor)
        if kind == IS_TEXT:
            if not span_at(cursor, &start, &size):
                return refuse_odd(cursor)
            number = self.names.find(start, size)
            if number < 0:
                return REFUSED
            found = PyDict_GetItemWithError(self.units, <object>PyTuple_GET(self.in_order, number))
            return REFUSED if found == NULL else <object>found
        if kind != IS_MAP:
            return self.take_other(cursor, kind)
        if not enter(cursor, True, &left):
            return refuse_odd(cursor)
        if not another(cursor, &left):
            return REFUSED
        if left > 0:
            return refuse_odd(cursor)  # they may have one name
        if not key_span_at(cursor, &start, &size):
            return REFUSED
        number = self.names.find(start, size)
        if number < 0:
            return REFUSED
        name = <object>PyTuple_GET(self.in_order, number)
        reader = self.readers[name]
        body = value_at(cursor) if reader is None else (<Reader?>reader).take(cursor)
        if body is REFUSED:
            return REFUSED
        if another(cursor, &left):
            return refuse_odd(cursor)  # it may be the same again
        if not closes(cursor, left, c"}"):
            return REFUSED
        if reader is None:
            return self.units[name] if untagged(body) is None else REFUSED
        return self.of(name, body)
