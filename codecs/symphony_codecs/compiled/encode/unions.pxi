# Unions: the class of a value says how it is written.

cdef class ClassTable:
    """Numbers for classes, found by identity; few enough that looking at each is quickest."""

    cdef object kept
    cdef PyObject** classes
    cdef Py_ssize_t size

    def __cinit__(self, classes):
        cdef Py_ssize_t i
        self.kept = tuple(classes)
        self.size = len(self.kept)
        self.classes = <PyObject**>PyMem_Malloc((self.size + 1) * sizeof(PyObject*))
        if self.classes == NULL:
            raise MemoryError
        for i in range(self.size):
            self.classes[i] = <PyObject*>self.kept[i]

    def __dealloc__(self):
        PyMem_Free(self.classes)

    cdef inline Py_ssize_t find(self, PyObject* cls) noexcept:
        """Return the number of *cls*, -1 if it has none."""
        cdef Py_ssize_t i
        for i in range(self.size):
            if self.classes[i] == cls:
                return i
        return -1


cdef class ByClassWriter(Writer):
    """
    A writer for each class, and the union's hook for values of others.

    Attributes:
        writers: The writers, in the order of the table.
        other: Writes what is of no class in the table; ``None``: it is refused.
    """

    cdef ClassTable table
    cdef tuple writers
    cdef Writer other

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef Py_ssize_t at = self.table.find(type_of(value))
        if at >= 0:
            if (<Writer>self.writers[at]).write(value, out) == WRITTEN:
                return WRITTEN
            if self.other is not None:
                out.may_be_valid = True
            return REFUSED
        return REFUSED if self.other is None else self.other.write(value, out)


cdef class TriedWriter(Writer):
    """
    A member of an untagged union, unless one before it would read what it has written as another value.

    Attributes:
        inner: The member's writer.
        read: What `make_trial` returns.
    """

    cdef Writer inner
    cdef object read

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef Py_ssize_t start = out.at - out.start
        cdef object other
        if self.inner.write(value, out) == REFUSED:
            return REFUSED
        other = self.read(out.start[start : out.at - out.start])
        if other is REFUSAL or (type(other) is type(<object>value) and self.is_equal(other, <object>value)):
            return WRITTEN
        out.may_be_valid = True
        return REFUSED

    cdef bint is_equal(self, one, other) except -1:
        try:
            return bool(one == other)
        except Exception as exc:
            caught(exc)
            return False


cdef struct VariantPlan:
    PyObject* writer  # of the content; NULL: there is none
    PyObject* slots   # of the one attribute of a newtype; NULL: the class itself is the content
    Chunk before      # all that stands before the content; the whole, where there is none
    int entries       # how many entries the outer container has
    PyObject* extras  # gives unknown fields that were kept, for which there is no place; NULL: there are none


cdef class TaggedUnionWriter(Writer):
    """
    Classes under names.

    Externally tagged a map of one entry, adjacently of one or two, or a pair:
    what is before the content is the same for all values of a class.
    Internally the name is an entry of the class's own map or array.
    """

    cdef ClassTable table
    cdef object kept
    cdef VariantPlan* variants
    cdef bint is_internal
    cdef char bracket   # in JSON, after the content

    def __cinit__(self):
        self.variants = NULL

    def __dealloc__(self):
        PyMem_Free(self.variants)

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef Py_ssize_t at = self.table.find(type_of(value))
        cdef VariantPlan* variant
        if at < 0:
            return REFUSED
        variant = &self.variants[at]
        if variant.extras != NULL and self.has_extras(value, variant):
            return REFUSED
        if self.is_internal:
            return (<Writer>variant.writer).write_fields(value, out, &variant.before)
        # A bare name is no container.
        if variant.entries and not open_container(out, variant.entries):
            return REFUSED
        if put_chunk(out, &variant.before) == REFUSED:
            return REFUSED
        if variant.writer != NULL:
            if self.put_content(value, variant, out) == REFUSED:
                return REFUSED
            if self.wire == JSON and put_byte(out, self.bracket) == REFUSED:
                return REFUSED
        if variant.entries:
            close_container(out)
        return WRITTEN

    cdef bint has_extras(self, PyObject* value, VariantPlan* variant) except -1:
        """Return whether unknown fields were kept for an instance."""
        if not may_be_kept(value):
            return False
        try:
            return bool((<object>variant.extras)(<object>value))
        except Exception as exc:
            caught(exc)
            return True

    cdef inline int put_content(self, PyObject* value, VariantPlan* variant, Sink* out) except -1:
        cdef PyObject* item
        cdef Slots slots
        cdef int done
        if variant.slots == NULL:
            return (<Writer>variant.writer).write(value, out)
        slots = <Slots>variant.slots
        slots.check()
        item = slots.get(value, 0)
        if item == NULL:
            return REFUSED
        try:
            done = (<Writer>variant.writer).write(item, out)
        finally:
            release(item)
        return done


cdef class TaggedValueNodeWriter(Writer):
    """
    A `TaggedValue`: the name of a unit variant, a map of one entry for others.

    Unit variants are the same objects wherever they come from, and are found
    by identity.
    """

    cdef object cls
    cdef Slots slots
    cdef EnumWriter units
    cdef dict numbers      # name to place
    cdef tuple names
    cdef tuple writers      # None for a unit variant
    cdef object kept
    cdef Chunk* before

    def __cinit__(self):
        self.before = NULL

    def __dealloc__(self):
        PyMem_Free(self.before)

    cdef int write(self, PyObject* value, Sink* out) except -1:
        cdef PyObject* item
        cdef Py_ssize_t at
        cdef Writer writer
        cdef int done
        if not is_exactly(value, <PyObject*>self.cls):
            return REFUSED
        if self.units.members[self.units.place(value)] != NULL:
            return self.units.write(value, out)
        at = self.place(value)
        if at < 0:
            out.may_be_valid = True
            return REFUSED
        writer = self.writers[at]
        if writer is None:  # made in an odd way, as unpickling of old was
            return put_chunk(out, &self.before[at])
        if not open_container(out, 1) or put_chunk(out, &self.before[at]) == REFUSED:
            return REFUSED
        self.slots.check()
        item = self.slots.get(value, 1)
        if item == NULL:
            return REFUSED
        try:
            done = writer.write(item, out)
        finally:
            release(item)
        close_container(out)
        if done == REFUSED:
            return REFUSED
        return put_byte(out, c"}") if self.wire == JSON else WRITTEN

    cdef Py_ssize_t place(self, PyObject* value) except -1:
        """Return the number of the variant, -2 if it has a name of no variant."""
        cdef PyObject* name
        self.slots.check()
        name = self.slots.get(value, 0)
        if name == NULL:
            return -2
        held = <object>name
        release(name)
        return self.numbers.get(held, -2) if type(held) is str else -2
