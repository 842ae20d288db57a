# Maps whose keys and values have types.

cdef extern from *:
    """
    /* A dict, or an instance of a class derived from it that says of its entries what dicts do. */
    static int symphony_plain_dict(PyObject *value, PyObject *items)
    {
        PyTypeObject *cls = Py_TYPE(value);
        return PyDict_CheckExact(value) ||
            (PyDict_Check(value) && _PyType_Lookup(cls, items) == _PyType_Lookup(&PyDict_Type, items));
    }
    """
    bint _is_dict "PyDict_Check"(PyObject* value) noexcept nogil
    bint _is_plain_dict "symphony_plain_dict"(PyObject* value, PyObject* items) noexcept


cdef str _ITEMS = "items"


cdef class DictWriter(Writer):
    """
    A map.

    Different keys of one class are different on the wire, too, of most
    classes; of others, and of subclasses, the keys are compared when they
    have been written.

    Attributes:
        key: Writes keys.
        told_apart: The class of keys that are different on the wire if they are so in a dict; NULL: there is none.
        is_text: Whether `key` writes any text.
        kinds: What keys may be, as `turn_into_key` takes it.
        value: Writes values.
    """

    cdef Writer key
    cdef PyObject* told_apart
    cdef bint is_text
    cdef int kinds
    cdef Writer value

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef dict entries
        cdef Py_ssize_t count = 0
        if _is_plain_dict(value, <PyObject*>_ITEMS):
            return self.put(value, out)
        try:
            if not _is_dict(value) and not isinstance(<object>value, Mapping):
                return REFUSED
            entries = {}
            for key, item in (<object>value).items():
                entries[key] = item
                count += 1
        except Exception as exc:
            caught(exc)
            return REFUSED
        if len(entries) != count:
            out.may_be_valid = True
            return REFUSED
        return self.put(<PyObject*>entries, out)

    cdef int put(self, PyObject* entries, Sink* out) except -1:
        cdef Py_ssize_t start = out.at - out.start, size = dict_size(entries)
        cdef int done = ODD_KEY
        if not open_container(out, size) or not has_room(out, MAX_HEAD):
            return REFUSED
        if self.told_apart != NULL:
            done = self.put_entries(entries, size, NULL, out)
        if done == ODD_KEY:
            out.at = out.start + start
            done = self.put_compared(entries, size, out)
        if done == REFUSED:
            return REFUSED
        close_container(out)
        return put_byte(out, c"}") if self.wire == JSON else WRITTEN

    cdef Py_ssize_t put_among(self, PyObject* entries, frozenset others, Sink* out) except -1:
        """Write a map's entries among those of another; return how many there were, -2 if one was refused."""
        cdef Py_ssize_t start = out.at - out.start, size, head
        cdef int done
        cdef bint may_be_valid = out.may_be_valid
        cdef char room[MAX_HEAD]
        out.may_be_valid = True  # whatever else is a mapping, and keys of other classes
        if not is_exactly(entries, DICT):
            return -2
        size = dict_size(entries)
        if size > out.max_items or not has_room(out, MAX_HEAD):
            return -2
        if size == 0:
            out.may_be_valid = may_be_valid
            return 0
        try:
            if not others.isdisjoint(<object>entries):
                return -2
        except Exception as exc:  # a key that compares in a way of its own
            caught(exc)
            return -2
        done = self.put_entries(entries, size, NULL, out)
        if done != WRITTEN:
            return -2
        out.may_be_valid = may_be_valid
        if self.wire == JSON:
            out.start[start] = c","
            return size
        head = map_head(room, self.wire, <uint64_t>size) - room
        memmove(out.start + start, out.start + start + head, out.at - out.start - start - head)
        out.at -= head
        return size

    cdef int put_compared(self, PyObject* entries, Py_ssize_t size, Sink* out) except -1:
        cdef KeyPlace few[FEW_KEYS]
        cdef KeyPlace* keys = &few[0]
        cdef int done
        if size > FEW_KEYS:
            keys = <KeyPlace*>PyMem_Malloc(size * sizeof(KeyPlace))
            if keys == NULL:
                raise MemoryError
        try:
            done = self.put_entries(entries, size, keys, out)
            if done == WRITTEN and not are_different(out, keys, size):
                done = REFUSED
        finally:
            if keys != &few[0]:
                PyMem_Free(keys)
        return done

    cdef int put_entries(self, PyObject* entries, Py_ssize_t size, KeyPlace* keys, Sink* out) except -1:
        """Write entries, all with keys of the class that is told apart, or note in *keys* where the keys lie."""
        cdef Py_ssize_t position = 0, count = 0
        cdef PyObject* key
        cdef PyObject* value
        cdef Writer writer = self.value
        cdef bint is_safe = keys == NULL and writer.runs_no_user_code and self.key.runs_no_user_code
        cdef int done
        if self.wire == JSON:
            out.at[0] = c"{"
            out.at += 1
        else:
            out.at = map_head(out.at, self.wire, <uint64_t>size)
        while dict_next(entries, &position, &key, &value):
            if keys == NULL and not is_exactly(key, self.told_apart):
                return ODD_KEY
            if count == size:
                break
            if count and self.wire == JSON and put_byte(out, c",") == REFUSED:
                return REFUSED
            count += 1
            if is_safe:
                done = self.put_key(key, NULL if keys == NULL else &keys[count - 1], out)
                if done == WRITTEN:
                    done = writer.write(value, out)
            else:
                keep(key)
                keep(value)
                try:
                    done = self.put_key(key, NULL if keys == NULL else &keys[count - 1], out)
                    if done == WRITTEN:
                        done = writer.write(value, out)
                finally:
                    release(key)
                    release(value)
            if done == REFUSED:
                return REFUSED
            if dict_size(entries) != size:
                break
        if count != size or dict_size(entries) != size:  # changed by a hook
            out.may_be_valid = True
            return REFUSED
        return WRITTEN

    cdef inline int put_key(self, PyObject* key, KeyPlace* place, Sink* out) except -1:
        cdef Py_ssize_t start = out.at - out.start
        if place == NULL and self.is_text:
            if put_text(out, self.wire, key) == REFUSED:
                return REFUSED
            return put_byte(out, c":") if self.wire == JSON else WRITTEN
        if self.key.write(key, out) == REFUSED:
            return REFUSED
        if turn_into_key(out, self.wire, start, self.kinds) == REFUSED:
            return REFUSED
        if place != NULL:
            place.start = start
            place.size = out.at - out.start - start
            place.hash = 0
        return WRITTEN


cdef enum:
    # Not written, since a key is of another class than the one that is told apart.
    ODD_KEY = 2


cdef PyObject* told_apart(Writer key) noexcept:
    """Return the class whose instances *key* writes as different tokens if they are different; NULL: there is none."""
    if isinstance(key, (TextWriter, HeldTextWriter)):
        return UNICODE
    if isinstance(key, IntegerWriter):
        return INT
    if isinstance(key, BinaryWriter):
        return BYTES
    if isinstance(key, UuidWriter):
        return (<UuidWriter>key).cls
    if isinstance(key, TimestampWriter):
        return (<TimestampWriter>key).cls
    if isinstance(key, DateTimeWriter) and (<DateTimeWriter>key).kind == 1:
        return <PyObject*>(<DateTimeWriter>key).cls
    if isinstance(key, EnumWriter) and (<EnumWriter>key).are_different:
        return (<EnumWriter>key).the_class()
    return NULL
