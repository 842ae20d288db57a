# Builtins whose type is not given, and what hooks make of other values.

cdef extern from *:
    """
    #define symphony_list_size(o) PyList_GET_SIZE(o)
    #define symphony_list_item(o, i) PyList_GET_ITEM(o, i)
    #define symphony_tuple_size(o) PyTuple_GET_SIZE(o)
    #define symphony_tuple_item(o, i) PyTuple_GET_ITEM(o, i)
    #define symphony_dict_size(o) PyDict_GET_SIZE(o)
    """
    Py_ssize_t list_size "symphony_list_size"(PyObject* items) noexcept nogil
    PyObject* list_item "symphony_list_item"(PyObject* items, Py_ssize_t index) noexcept nogil
    Py_ssize_t tuple_size "symphony_tuple_size"(PyObject* items) noexcept nogil
    PyObject* tuple_item "symphony_tuple_item"(PyObject* items, Py_ssize_t index) noexcept nogil
    Py_ssize_t var_size "Py_SIZE"(PyObject* value) noexcept nogil
    Py_ssize_t dict_size "symphony_dict_size"(PyObject* entries) noexcept nogil
    bint dict_next "PyDict_Next"(PyObject* entries, Py_ssize_t* at, PyObject** key, PyObject** value) noexcept


cdef inline int write_made(object call, Writer result, PyObject* value, Sink* out) except -1:
    """Write what a hook makes of a value, mostly text; *result* writes builtins."""
    try:
        made = call(<object>value)
    except Exception as exc:
        caught(exc)
        if has_remembered:
            hook_failed(call, <object>value, exc)
        return REFUSED
    if type_of(<PyObject*>made) == UNICODE:
        return put_text(out, result.wire, <PyObject*>made)
    return result.write(<PyObject*>made, out)


cdef class PlainWriter(Writer):
    """
    Trees of builtins, of exactly these classes.

    Attributes:
        takes_bytes: Whether byte strings are among the leaves.
        takes_odd_keys: Whether ints and byte strings may be keys beside str.
        takes_bool_keys: Whether bools may, too.
        call: What makes builtins of anything else; ``None``: it is refused.
        result: Writes those.
        classes: The writers of classes, which write the same; ``None``: only `call` can be asked.
    """

    cdef bint takes_bytes
    cdef bint takes_odd_keys
    cdef bint takes_bool_keys
    cdef object call
    cdef Writer result
    cdef ClassWriters classes

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef PyObject* kind = type_of(value)
        cdef Py_ssize_t start
        cdef int done
        if kind == UNICODE:
            return put_text(out, self.wire, value)
        if is_exact_int(value):
            return put_int(out, self.wire, value)
        if kind == DICT or kind == LIST or kind == TUPLE:
            if not open_container(out, dict_size(value) if kind == DICT else var_size(value)) or not enter(out):
                return REFUSED
            start = out.at - out.start
            try:
                done = self.write_map(value, out) if kind == DICT else self.write_array(value, out, kind == LIST)
            finally:
                Py_LeaveRecursiveCall()
            close_container(out)
            return self.write_again(value, out, start) if done == ODD_KEY else done
        if value == NONE:
            return put_null(out, self.wire)
        if value == TRUE or value == FALSE:
            return put_bool(out, self.wire, value == TRUE)
        if is_exact_float(value):
            return put_float(out, self.wire, self.strict, float_value(value))
        if kind == BYTES and self.takes_bytes:
            return put_bytes_token(out, self.wire, <const char*><bytes>value, len(<bytes>value))
        return self.write_other(value, out)

    cdef int write_again(self, PyObject* value, Sink* out, Py_ssize_t start) except -1:
        """Write a map with a key of a class whose instances go on the wire as text does, or of none that may be a key."""
        out.at = out.start + start
        return write_made(self.call, self.result, value, out)

    cdef int write_other(self, PyObject* value, Sink* out) except -1:
        cdef Writer writer = None if self.classes is None else self.classes.find(type_of(value))
        if writer is not None:
            return self.write_by(writer, value, out)
        if self.call is None:
            # The libraries of the formats take more than is worth doing here, such as subclasses of builtins.
            out.may_be_valid = True
            return REFUSED
        return write_made(self.call, self.result, value, out)

    cdef int write_by(self, Writer writer, PyObject* value, Sink* out) except -1:
        cdef int done
        if not enter(out):
            return REFUSED
        try:
            done = writer.write(value, out)
        finally:
            Py_LeaveRecursiveCall()
        return done

    cdef inline int write_held(self, PyObject* value, const Chunk* before, Sink* out) except -1:
        """Write *before* and an item of a container, which user code may take out of it meanwhile."""
        cdef int done = put_quick(value, self.takes, before, out, self.wire)
        if done != NOT_QUICK:
            return done
        if put_chunk(out, before) == REFUSED:
            return REFUSED
        keep(value)
        try:
            done = self.write(value, out)
        finally:
            release(value)
        return done

    cdef int write_array(self, PyObject* items, Sink* out, bint is_list) except -1:
        cdef Py_ssize_t i = 0, size = list_size(items) if is_list else tuple_size(items)
        cdef Chunk* before
        if not has_room(out, MAX_HEAD):
            return REFUSED
        if self.wire == JSON:
            out.at[0] = c"["
            out.at += 1
        else:
            out.at = array_head(out.at, self.wire, <uint64_t>size)
        while i < (list_size(items) if is_list else size):
            before = &COMMA if i and self.wire == JSON else &NOTHING
            if self.write_held(list_item(items, i) if is_list else tuple_item(items, i), before, out) == REFUSED:
                return REFUSED
            i += 1
        if i != size:  # changed by a hook
            out.may_be_valid = True
            return REFUSED
        return put_byte(out, c"]") if self.wire == JSON else WRITTEN

    cdef int write_map(self, PyObject* entries, Sink* out) except -1:
        cdef Py_ssize_t size = dict_size(entries), position = 0, count = 0
        cdef bint is_json = self.wire == JSON
        cdef Chunk* before
        cdef int done
        cdef PyObject* key
        cdef PyObject* value
        if not has_room(out, MAX_HEAD):
            return REFUSED
        if self.wire == JSON:
            out.at[0] = c"{"
            out.at += 1
        else:
            out.at = map_head(out.at, self.wire, <uint64_t>size)
        while dict_next(entries, &position, &key, &value):
            before = &COMMA if count and is_json else &NOTHING
            count += 1
            done = put_quick(key, TAKES_TEXT, before, out, self.wire)
            if done == NOT_QUICK and put_chunk(out, before) == WRITTEN:
                done = self.put_key(key, out)
            if done != WRITTEN and self.call is not None:
                return ODD_KEY
            if done != WRITTEN or self.write_held(value, &COLON if is_json else &NOTHING, out) == REFUSED:
                return REFUSED
            if dict_size(entries) != size:
                break
        if count != size or dict_size(entries) != size:
            out.may_be_valid = True
            return REFUSED
        return put_byte(out, c"}") if self.wire == JSON else WRITTEN

    cdef int put_key(self, PyObject* key, Sink* out) except -1:
        """Write a key; none of these runs code of the user's."""
        if type_of(key) == UNICODE:
            return put_text(out, self.wire, key)
        if self.takes_odd_keys:
            if is_exact_int(key):
                return put_int_key(out, self.wire, key)
            if type_of(key) == BYTES:
                return put_bytes_token(out, self.wire, <const char*><bytes>key, len(<bytes>key))
        if self.takes_bool_keys and (key == TRUE or key == FALSE):
            return put_bool(out, self.wire, key == TRUE)
        if self.wire != JSON and type(<object>key) is TypedKey:  # of a hook of ours
            made = (<object>key).value
            return self.write(<PyObject*>made, out)
        out.may_be_valid = True
        return REFUSED


cdef class HookWriter(Writer):
    """What a hook makes builtins of."""

    cdef object call
    cdef Writer result

    cdef int write(self, PyObject* value, Sink* out) except -1:
        return write_made(self.call, self.result, value, out)
