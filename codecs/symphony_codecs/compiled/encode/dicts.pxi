# Maps whose keys and values have types.

cdef class DictWriter(Writer):
    """
    A map.

    Where nothing of the user's looks at the keys they are written from the
    dict itself: text, and ids, which are different in a dict only if they are
    so on the wire.  Other entries are copied, and keys that come twice noticed.

    Attributes:
        key: The keys' hook; ``None``: text, which writes itself.
        key_class: The class of the keys that `key_writer` is for.
        key_writer: Writes keys of exactly that class; ``None``: only text.
        plain: Writes what the hook returns.
        value: The values' writer.
    """

    cdef object key
    cdef PyObject* key_class
    cdef Writer key_writer
    cdef PlainWriter plain
    cdef Writer value

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef Py_ssize_t start = out.at - out.start, size
        cdef int done
        if type_of(value) == DICT:
            size = dict_size(value)
            if self.key_class != NULL:
                done = self.put_dict(value, size, out)
                if done != ODD_KEY:
                    return done
                out.at = out.start + start
                out.levels += 1
            entries = tuple((<dict>value).items())
            done = self.put_entries(entries, out)
            if dict_size(value) != size:
                out.may_be_valid = True
                return REFUSED
            return done
        try:
            if not isinstance(<object>value, Mapping):
                return REFUSED
            entries = tuple((<object>value).items())
        except Exception as exc:
            caught(exc)
            return REFUSED
        return self.put_entries(entries, out)

    cdef int put_dict(self, PyObject* entries, Py_ssize_t size, Sink* out) except -1:
        cdef Py_ssize_t position = 0, count = 0
        cdef PyObject* key
        cdef PyObject* value
        cdef Writer writer = self.value
        cdef int done
        if not self.open(size, out):
            return REFUSED
        while dict_next(entries, &position, &key, &value):
            if not is_exactly(key, self.key_class):
                return ODD_KEY
            if count and self.wire == JSON and put_byte(out, c",") == REFUSED:
                return REFUSED
            count += 1
            if writer.runs_no_user_code:
                done = self.put_key(key, out)
                if done == WRITTEN:
                    done = writer.write(value, out)
            else:
                keep(key)
                keep(value)
                try:
                    done = self.put_key(key, out)
                    if done == WRITTEN:
                        done = writer.write(value, out)
                finally:
                    release(key)
                    release(value)
            if done == REFUSED:
                return REFUSED
            if dict_size(entries) != size:
                break
        if count != size or dict_size(entries) != size:
            out.may_be_valid = True
            return REFUSED
        return self.close(out)

    cdef int put_entries(self, tuple entries, Sink* out) except -1:
        cdef set seen = set()
        cdef Py_ssize_t i
        if not self.open(len(entries), out):
            return REFUSED
        for i in range(len(entries)):
            entry = entries[i]
            if type(entry) is not tuple or len(entry) != 2:
                out.may_be_valid = True
                return REFUSED
            key = self.wire_key(entry[0])
            if key is None or key in seen:
                return REFUSED
            seen.add(key)
            if i and self.wire == JSON and put_byte(out, c",") == REFUSED:
                return REFUSED
            if self.plain.put_key(<PyObject*>key, out) == REFUSED:
                return REFUSED
            if self.wire == JSON and put_byte(out, c":") == REFUSED:
                return REFUSED
            value = entry[1]
            if self.value.write(<PyObject*>value, out) == REFUSED:
                return REFUSED
        return self.close(out)

    cdef object wire_key(self, key):
        """Return a key as its hook makes it, ``None`` if it is refused."""
        if self.key is None:
            return str.__str__(key) if isinstance(key, str) else None
        try:
            made = self.key(key)
        except Exception as exc:
            caught(exc)
            return None
        return made if type(made) is str or type(made) is int or type(made) is bytes else None

    cdef inline int put_key(self, PyObject* key, Sink* out) except -1:
        cdef int done
        if self.key_writer is None:
            done = put_text(out, self.wire, key)
        else:
            done = self.key_writer.write(key, out)
        if done == REFUSED or self.wire != JSON:
            return done
        return put_byte(out, c":")

    cdef inline bint open(self, Py_ssize_t size, Sink* out) noexcept:
        if not open_container(out, size) or not has_room(out, MAX_HEAD):
            return False
        if self.wire == JSON:
            out.at[0] = c"{"
            out.at += 1
        else:
            out.at = map_head(out.at, self.wire, <uint64_t>size)
        return True

    cdef inline int close(self, Sink* out) noexcept:
        close_container(out)
        return put_byte(out, c"}") if self.wire == JSON else WRITTEN


cdef enum:
    # Not written, since a key is of another class than keys mostly are.
    ODD_KEY = 2
