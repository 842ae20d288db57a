# attrs classes and dataclasses.

cdef extern from *:
    """
    #include <math.h>

    /* Whether two floats look the same: 0.0 and -0.0 do not, though they are equal. */
    static int symphony_is_same_float(PyObject *one, PyObject *other)
    {
        double value = PyFloat_AS_DOUBLE(one);
        return value == PyFloat_AS_DOUBLE(other) && !signbit(value) == !signbit(PyFloat_AS_DOUBLE(other));
    }
    """
    bint is_same_float "symphony_is_same_float"(PyObject* one, PyObject* other) noexcept
    Py_ssize_t size_of "PyObject_Size"(PyObject* value) except -1
    int is_equal "PyObject_RichCompareBool"(PyObject* one, PyObject* other, int operation) except -1
    int Py_EQ


cdef enum:
    # How a field's value is compared with the default that it is left out for.
    NEVER_LEFT_OUT
    IF_IDENTICAL
    IF_EQUAL
    IF_SAME_FLOAT
    IF_EMPTY
    IF_ASKED          # by `is_default`, unless it is the same object, or one of another class than any default has
    ALWAYS_ASKED


cdef dict HELD = EXTRAS.held


cdef inline bint may_be_kept(PyObject* value) except -1:
    """Return whether unknown fields may have been kept for an instance; there are none for most."""
    return dict_size(<PyObject*>HELD) != 0 and <size_t>value in HELD


cdef struct FieldPlan:
    PyObject* writer       # a Writer
    Chunk before           # the key; in JSON with the comma before it
    PyObject* is_default   # NULL: it is never left out
    PyObject* default
    PyObject* default_class
    int left_out           # how it is compared with these
    PyObject* absent       # what it holds where it is not there; NULL: it always is
    PyObject* others       # of a flattened field, the keys that its entries must not have; NULL: it has a key itself
    bint omit_none
    bint is_usual          # whether it has a key of its own, and always stands there
    bint is_nullable       # whether None is null, else the writer's
    bint runs_no_user_code
    int takes              # what `put_quick` writes of it


cdef bint is_left_out(PyObject* item, FieldPlan* field) except -1:
    """Return whether *item* is the default, where that takes no code of the user's."""
    if item == field.default:
        return True
    if not is_exactly(item, field.default_class):
        return False
    if field.left_out == IF_EMPTY:
        return size_of(item) == 0
    if field.left_out == IF_SAME_FLOAT:
        return is_same_float(item, field.default)
    return field.left_out == IF_EQUAL and is_equal(item, field.default, Py_EQ)


@cython.final
cdef class StructWriter(Writer):
    """
    The fields of exactly one class, as a map or as an array.

    Each field comes as two pieces: what stands before the value, made once,
    and the value.  In JSON the first piece begins with a comma, and the first
    comma is turned into the bracket.  In the binary formats a head for all
    fields goes before; it is put right if some were left out.
    """

    cdef object cls
    cdef Slots slots
    cdef object kept
    cdef FieldPlan* fields
    cdef Py_ssize_t count
    cdef bint positional
    cdef bint nulls            # whether what is absent is null in an array
    cdef bint has_int_names
    cdef bint is_unit
    cdef Writer unit_writer
    cdef object unit
    cdef object extras
    cdef frozenset keys
    cdef PlainWriter plain

    def __cinit__(self):
        self.fields = NULL

    def __dealloc__(self):
        PyMem_Free(self.fields)

    cdef int write(self, PyObject* value, Sink* out) except -1:
        return self.write_fields(value, out, NULL)

    cdef int write_fields(self, PyObject* value, Sink* out, const Chunk* before) except -1:
        cdef Py_ssize_t head, reserved, count
        if not is_exactly(value, <PyObject*>self.cls):
            return REFUSED
        if self.is_unit and before == NULL:
            return self.write_unit(value, out)
        count = self.count + (before != NULL)
        # How many entries there are is known in the end.
        if not open_container(out, 0) or not has_room(out, MAX_HEAD):
            return REFUSED
        head = out.at - out.start
        if self.wire == JSON:
            reserved = 0
        else:
            out.at = array_head(out.at, self.wire, count) if self.positional else map_head(out.at, self.wire, count)
            reserved = out.at - out.start - head
        if before != NULL and put_chunk(out, before) == REFUSED:
            return REFUSED
        count = self.put_fields(value, out)
        if count < 0:
            return REFUSED
        if self.extras is not None and not self.positional:
            count = self.put_extras(value, out, count)
            if count < 0:
                return REFUSED
        close_container(out)
        count += before != NULL
        if count > out.max_items:
            return REFUSED
        if self.wire != JSON:
            if count == self.count + (before != NULL):
                return WRITTEN
            return close_counted(out, self.wire, head, reserved, not self.positional, <uint64_t>count)
        return self.close_json(out, head, count)

    cdef inline int close_json(self, Sink* out, Py_ssize_t head, Py_ssize_t count) noexcept:
        if not has_room(out, 2):
            return REFUSED
        if count == 0:
            out.at += 1
        out.start[head] = c"[" if self.positional else c"{"
        out.at[0] = c"]" if self.positional else c"}"
        out.at += 1
        return WRITTEN

    cdef Py_ssize_t put_fields(self, PyObject* value, Sink* out) except -1:
        """Write the fields; return how many there were, -2 if one was refused."""
        cdef Py_ssize_t i, count = 0
        cdef FieldPlan* field
        cdef PyObject* item
        cdef Slots slots = self.slots
        cdef int wire = self.wire
        cdef Py_ssize_t done
        slots.check()
        for i in range(self.count):
            field = &self.fields[i]
            item = slots.lent(value, i)
            if item != NULL:
                if field.takes:
                    done = put_quick(item, field.takes, &field.before, out, wire)
                    if done == WRITTEN:
                        count += 1
                        continue
                    if done == REFUSED:
                        return -2
                if field.runs_no_user_code and item != field.absent:
                    done = self.put_known(item, field, out)
                    if done < 0:
                        return -2
                    count += done
                    continue
            item = slots.get(value, i)
            if item == NULL:
                return -2
            try:
                if field.runs_no_user_code and item != field.absent:
                    done = self.put_known(item, field, out)
                else:
                    done = self.put_field(value, item, field, out)
            finally:
                release(item)
            if done < 0:
                return -2
            count += done
        return count

    cdef int put_known(self, PyObject* item, FieldPlan* field, Sink* out) except -1:
        """Do as `put_field` does, where no code of the user's runs."""
        cdef int done
        if item == NONE:
            if field.omit_none and not self.positional:
                return 0
            if field.left_out != NEVER_LEFT_OUT and field.default == NONE:
                return 0
            if field.is_nullable:
                return 1 if put_chunk(out, &field.before) == WRITTEN and put_null(out, self.wire) == WRITTEN else -2
        if field.left_out != NEVER_LEFT_OUT and is_left_out(item, field):
            return 0
        if put_chunk(out, &field.before) == WRITTEN:
            done = (<Writer>field.writer).write(item, out)
        else:
            done = REFUSED
        return 1 if done == WRITTEN else -2

    cdef Py_ssize_t put_flattened(self, PyObject* item, FieldPlan* field, Sink* out) except -1:
        """Write the entries of a field among those of the class; return how many there were, -2 if one was refused."""
        cdef Py_ssize_t count
        if item == NONE and field.is_nullable:
            return 0
        if isinstance(<object>field.writer, DictWriter):
            return (<DictWriter>field.writer).put_among(item, <frozenset>field.others, out)
        if not is_exactly(item, <PyObject*>(<StructWriter>field.writer).cls):
            return -2
        count = (<StructWriter>field.writer).put_fields(item, out)
        return -2 if count == 0 and field.is_nullable else count

    cdef Py_ssize_t put_field(self, PyObject* value, PyObject* item, FieldPlan* field, Sink* out) except -1:
        """Write a field; return how many entries that was, 0 if it was left out, -2 if it was refused."""
        if field.is_usual:
            if put_chunk(out, &field.before) == REFUSED:
                return -2
            if item == NONE and field.is_nullable:
                return 1 if put_null(out, self.wire) == WRITTEN else -2
            return 1 if (<Writer>field.writer).write(item, out) == WRITTEN else -2
        if field.others != NULL:
            return self.put_flattened(item, field, out)
        if not self.positional:
            if item == field.absent or (item == NONE and field.omit_none):
                return 0
            if field.left_out == ALWAYS_ASKED or field.left_out == IF_ASKED:
                if field.left_out == IF_ASKED and item == field.default:
                    return 0
                if field.left_out == ALWAYS_ASKED or is_exactly(item, field.default_class):
                    try:
                        if (<object>field.is_default)(<object>item, <object>value):
                            return 0
                    except Exception as exc:
                        caught(exc)
                        return -2
            elif field.left_out != NEVER_LEFT_OUT and is_left_out(item, field):
                return 0
        elif item == field.absent and not self.nulls:
            return -2
        if put_chunk(out, &field.before) == REFUSED:
            return -2
        if item == field.absent or (item == NONE and field.is_nullable):
            return 1 if put_null(out, self.wire) == WRITTEN else -2
        return 1 if (<Writer>field.writer).write(item, out) == WRITTEN else -2

    cdef Py_ssize_t put_extras(self, PyObject* value, Sink* out, Py_ssize_t count) except -1:
        """Write unknown fields that were kept; return how many entries there are now, -2 if one was refused."""
        if not may_be_kept(value):
            return count
        try:
            extras = self.extras(<object>value)
            if not extras:
                return count
            extras = list(extras.items())
        except Exception as exc:
            caught(exc)
            return -2
        for key, item in extras:
            if (type(key) is not str and not (self.has_int_names and type(key) is int)) or key in self.keys:
                out.may_be_valid = True
                return -2
            if self.wire == JSON and put_byte(out, c",") == REFUSED:
                return -2
            if self.plain.put_key(<PyObject*>key, out) == REFUSED:
                return -2
            if self.wire == JSON and put_byte(out, c":") == REFUSED:
                return -2
            if self.plain.write(<PyObject*>item, out) == REFUSED:
                return -2
            count += 1
        return count

    cdef int write_unit(self, PyObject* value, Sink* out) except -1:
        """Write a class without fields: what stands for it, or what was kept."""
        made = self.unit
        if self.extras is not None and may_be_kept(value):
            try:
                made = dict(self.extras(<object>value)) or made
                if made is not self.unit and not self.keys.isdisjoint(made):
                    return REFUSED
            except Exception as exc:
                caught(exc)
                return REFUSED
        return self.plain.write(<PyObject*>made, out)


@cython.final
cdef class ArrayOrMapWriter(Writer):
    """
    A class that is an array, or a map where unknown fields were kept, for which an array has no place.

    Attributes:
        kept: Gives what is kept for an instance.
    """

    cdef object kept
    cdef StructWriter array
    cdef StructWriter map

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef bint is_map
        try:
            is_map = may_be_kept(value) and bool(self.kept(<object>value))
        except Exception as exc:
            caught(exc)
            return REFUSED
        return (self.map if is_map else self.array).write_fields(value, out, NULL)
