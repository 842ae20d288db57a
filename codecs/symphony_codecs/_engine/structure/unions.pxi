# Unions, by what members are on the wire, by names, by literals, by trying; and enums of Rust's in one class.

cdef class KindsReader(Reader):
    """Members that differ in their builtin class."""

    cdef dict readers
    cdef Reader other

    cdef object read(self, object value):
        cdef PyObject* found = PyDict_GetItemWithError(self.readers, <object>Py_TYPE(value))
        if found != NULL:
            return (<Reader>found).read(value)
        if is_exactly(value, Tagged):
            return self.refuse(value)
        return REFUSED if self.other is None else self.other.read(value)

    cdef object read_tagged(self, object value):
        return REFUSED if self.other is None else self.other.read_tagged(value)


cdef class Alternative:
    """A class of a tagged union."""

    cdef object cls
    cdef Reader reader      # None: it has no fields
    cdef object argument    # of a newtype's field
    cdef bint optional

    cdef object read(self, object body):
        cdef object result
        if self.reader is None:
            body = untagged(body)
            # Empty, it may be Rust's `Unit {}` or `Unit()`.
            if body is not None and not ((PyDict_CheckExact(body) or PyList_CheckExact(body)) and not body):
                return REFUSED
            return self.make({})
        result = self.reader.read(body)
        if result is REFUSED or self.argument is None:
            return result
        return self.make({self.argument: result})

    cdef object make(self, dict arguments):
        try:
            return self.cls(**arguments)
        except Exception:
            return REFUSED


cdef object spelt_name(object name, bint takes_bytes):
    """Return the name of a variant as text, if it is that."""
    name = untagged(name)
    if takes_bytes and PyBytes_CheckExact(name):
        return (<bytes>name).decode(errors="replace")
    return name


cdef class NamedReader(Reader):
    """What unions of classes under names share."""

    cdef dict alternatives
    cdef bint bytes_keys

    cdef Alternative find(self, object name):
        cdef PyObject* found
        if not PyUnicode_CheckExact(name):
            return None
        found = PyDict_GetItemWithError(self.alternatives, name)
        return None if found == NULL else <Alternative>found


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
            return alternative.make({})
        return self.refuse(value)


cdef class InternalReader(NamedReader):
    """``{tag: "Name", **content}``, or the name before the items of an array."""

    cdef str tag

    cdef object read(self, object value):
        cdef PyObject* name
        cdef Alternative alternative
        cdef object body
        cdef RecordReader record
        if PyDict_CheckExact(value):
            name = PyDict_GetItemWithError(value, self.tag)
            if name == NULL:
                return REFUSED
            alternative = self.find(untagged(<object>name))
            if alternative is None:
                return REFUSED
            record = alternative.reader if isinstance(alternative.reader, RecordReader) else None
            if record is not None and not record.forbids and not record.keeps and record.adapt is None:
                return record.read(value)  # which passes over keys that it does not know
            body = dict(value)
            del body[self.tag]
        elif PyList_CheckExact(value) and PyList_GET_SIZE(value):
            alternative = self.find(untagged(value[0]))
            body = value[1:]
        else:
            return self.refuse(value)
        return REFUSED if alternative is None else alternative.read(body)


cdef class AdjacentReader(NamedReader):
    """``{tag: "Name", content: content}``, or a pair."""

    cdef str tag
    cdef str content
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


cdef class LabelledReader(Reader):
    """Classes that a literal field tells apart."""

    cdef str key
    cdef Py_ssize_t position
    cdef dict readers   # by class and label
    cdef dict texts     # the same of labels that are text

    cdef object read(self, object value):
        cdef object label
        cdef PyObject* found
        if PyDict_CheckExact(value):
            found = PyDict_GetItemWithError(value, self.key)
            if found == NULL:
                return REFUSED
            label = untagged(<object>found)
        elif PyList_CheckExact(value) and 0 <= self.position < PyList_GET_SIZE(value):
            label = untagged(value[self.position])
        else:
            return self.refuse(value)
        if PyUnicode_CheckExact(label):
            found = PyDict_GetItemWithError(self.texts, label)
            return REFUSED if found == NULL else (<Reader>found).read(value)
        if type(label) not in (int, bool, bytes):
            return REFUSED
        reader = self.readers.get((type(label), label))
        return REFUSED if reader is None else (<Reader>reader).read(value)


cdef class UntaggedReader(Reader):
    """The first member that fits."""

    cdef tuple members

    cdef object read(self, object value):
        cdef object result
        if is_exactly(value, Tagged):
            return self.refuse(value)
        for member in self.members:
            result = (<Reader>member).read(value)
            if result is not REFUSED:
                return result
        return REFUSED

    cdef object read_tagged(self, object value):
        cdef object result
        for member in self.members:
            result = (<Reader>member).read_tagged(value)
            if result is not REFUSED and result is not FORBIDDEN:
                return result
        return REFUSED


cdef class CasesReader(Reader):
    """A `TaggedValue`: ``"Name"`` or ``{"Name": value}``."""

    cdef dict readers  # None: a unit variant
    cdef dict units
    cdef object make
    cdef bint bytes_keys

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
        body = (<Reader>reader).read(body)
        if body is REFUSED:
            return REFUSED
        try:
            return self.make(name, body)
        except Exception:
            return REFUSED
