# Sequences, tuples and maps whose items have a type.

cdef extern from *:
    """
    /* An instance of a class derived from tuple that counts and iterates as tuples do. */
    static int symphony_named_tuple(PyObject *value)
    {
        PyTypeObject *cls = Py_TYPE(value);
        return PyTuple_Check(value) && cls->tp_iter == PyTuple_Type.tp_iter && cls->tp_as_sequence != NULL &&
            cls->tp_as_sequence->sq_length == PyTuple_Type.tp_as_sequence->sq_length;
    }
    """
    bint is_named_tuple "symphony_named_tuple"(PyObject* value) noexcept

cdef class ItemsWriter(Writer):
    """What writes the items of a list or a tuple one after the other."""

    cdef Writer item

    cdef int put_items(self, PyObject* items, Sink* out) except -1:
        """Write the items of an exact list or tuple; a list may be changed by what is called meanwhile."""
        cdef bint is_list = type_of(items) == LIST
        cdef Py_ssize_t i = 0, size = list_size(items) if is_list else tuple_size(items)
        cdef PyObject* item
        cdef Writer writer = self.item
        cdef Chunk* before
        cdef int done, wire = self.wire
        if not open_container(out, size) or not has_room(out, MAX_HEAD):
            return REFUSED
        if self.wire == JSON:
            out.at[0] = c"["
            out.at += 1
        else:
            out.at = array_head(out.at, self.wire, <uint64_t>size)
        while i < (list_size(items) if is_list else size):
            item = list_item(items, i) if is_list else tuple_item(items, i)
            before = &COMMA if i and wire == JSON else &NOTHING
            if writer.takes:
                done = put_quick(item, writer.takes, before, out, wire)
                if done == WRITTEN:
                    i += 1
                    continue
                if done == REFUSED:
                    return REFUSED
            if before.size and put_byte(out, c",") == REFUSED:
                return REFUSED
            if writer.runs_no_user_code:
                done = writer.write(item, out)
            else:
                keep(item)
                try:
                    done = writer.write(item, out)
                finally:
                    release(item)
            if done == REFUSED:
                return REFUSED
            i += 1
        if i != size:
            out.may_be_valid = True
            return REFUSED
        close_container(out)
        return put_byte(out, c"]") if self.wire == JSON else WRITTEN


cdef class SequenceWriter(ItemsWriter):
    """
    Any sequence but text and bytes.

    Attributes:
        accepted: The classes whose instances are taken.
        met: The class of the last one that was.
    """

    cdef tuple accepted
    cdef object met

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef PyObject* kind = type_of(value)
        if kind == LIST or kind == TUPLE:
            return self.put_items(value, out)
        try:
            if kind != <PyObject*>self.met:
                if not isinstance(<object>value, self.accepted):
                    return REFUSED
                if isinstance(<object>value, (str, bytes, bytearray, memoryview)):
                    return REFUSED
                self.met = <object>kind
            items = tuple(<object>value)
        except Exception as exc:
            caught(exc)
            return REFUSED
        return self.put_items(<PyObject*>items, out)


cdef class TupleWriter(Writer):
    """A tuple of fixed length."""

    cdef tuple items

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef Py_ssize_t i, size = len(self.items)
        if type_of(value) != TUPLE and not is_named_tuple(value):
            try:
                if not isinstance(<object>value, tuple):
                    return REFUSED
                # A named tuple; of a subclass that counts or iterates in its own way, what it says.
                items = tuple(list(<object>value))
                if len(<object>value) != len(items):
                    out.may_be_valid = True
                    return REFUSED
            except Exception as exc:
                caught(exc)
                return REFUSED
            return self.write(<PyObject*>items, out)
        if tuple_size(value) != size or not open_container(out, size) or not has_room(out, MAX_HEAD):
            return REFUSED
        if self.wire == JSON:
            out.at[0] = c"["
            out.at += 1
        else:
            out.at = array_head(out.at, self.wire, <uint64_t>size)
        for i in range(size):
            if i and self.wire == JSON and put_byte(out, c",") == REFUSED:
                return REFUSED
            if (<Writer>self.items[i]).write(tuple_item(value, i), out) == REFUSED:
                return REFUSED
        close_container(out)
        return put_byte(out, c"]") if self.wire == JSON else WRITTEN
