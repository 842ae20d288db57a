# Sets: arrays in an order of their own.

from libc.stdlib cimport qsort


cdef extern from *:
    """
    #if PY_VERSION_HEX < 0x030D0000
        #define symphony_can_walk_sets 1
        #define symphony_next_of_set(set, at, item, hash) _PySet_NextEntry(set, at, item, hash)
    #else
        #define symphony_can_walk_sets 0
        #define symphony_next_of_set(set, at, item, hash) ((void)(hash), 0)
    #endif
    """
    const bint CAN_WALK_SETS "symphony_can_walk_sets"
    bint _next_of_set "symphony_next_of_set"(PyObject* items, Py_ssize_t* at, PyObject** item, Py_hash_t* hash) noexcept
    Py_ssize_t set_size "PySet_GET_SIZE"(PyObject* items) noexcept nogil


cdef struct Piece:
    uint64_t first      # its first eight bytes, as a number
    const char* data
    Py_ssize_t size


cdef int _compare(const void* one, const void* other) noexcept nogil:
    cdef const Piece* a = <const Piece*>one
    cdef const Piece* b = <const Piece*>other
    cdef int order
    if a.first != b.first:
        return 1 if a.first > b.first else -1
    order = memcmp(a.data, b.data, a.size if a.size < b.size else b.size)
    if order:
        return order
    return (a.size > b.size) - (a.size < b.size)


cdef void _sort(Piece* pieces, Py_ssize_t size) noexcept nogil:
    cdef Py_ssize_t i, at
    cdef Piece piece
    if size > FEW:
        qsort(pieces, size, sizeof(Piece), _compare)
        return
    for i in range(1, size):
        piece = pieces[i]
        at = i
        while at > 0 and _compare(&pieces[at - 1], &piece) > 0:
            pieces[at] = pieces[at - 1]
            at -= 1
        pieces[at] = piece


cdef enum:
    # So many pieces, and bytes, are sorted on the stack.
    FEW = 16
    SHORT_SET = 512


cdef inline bint is_set(PyObject* value) noexcept nogil:
    return type_of(value) == SET or type_of(value) == FROZENSET


cdef class SetWriter(ItemsWriter):
    """
    A set, whose items are written sorted by their bytes, so that equal sets give equal bytes.

    Attributes:
        ordered: The class whose members are sorted themselves; else ``None``.
        cases: The writer of those members, which knows their order.
    """

    cdef object ordered
    cdef TaggedValueNodeWriter cases

    cdef int write(self, PyObject* value, Sink* out) except -1:
        if CAN_WALK_SETS and self.ordered is None and self.item.runs_no_user_code and is_set(value):
            return self.put_sorted(value, set_size(value), out)
        try:
            if not is_set(value) and not isinstance(<object>value, AbstractSet):
                return REFUSED
            items = tuple(<object>value)
        except Exception as exc:
            caught(exc)
            return REFUSED
        if self.ordered is not None and all([type(item) is self.ordered for item in items]):
            return self.put_in_order(items, out)
        return self.put_sorted(<PyObject*>items, len(items), out)

    cdef int put_in_order(self, tuple items, Sink* out) except -1:
        cdef list places = []
        if self.cases is not None:
            for item in items:
                places.append(self.cases.place(<PyObject*>item))
        if self.cases is None or len(set(places)) < len(places):
            # Two of one variant: what they hold decides.
            try:
                items = tuple(sorted(items))
            except Exception as exc:
                caught(exc)
                return REFUSED
        else:
            items = tuple([item for _, item in sorted(zip(places, items))])
        return self.put_items(<PyObject*>items, out)

    cdef int put_sorted(self, PyObject* items, Py_ssize_t size, Sink* out) except -1:
        """Write the items of a tuple or an exact set."""
        cdef Py_ssize_t begin
        cdef Piece few[FEW]
        cdef Piece* pieces = few
        cdef int done
        if not open_container(out, size) or not has_room(out, MAX_HEAD):
            return REFUSED
        if self.wire == JSON:
            out.at[0] = c"["
            out.at += 1
        else:
            out.at = array_head(out.at, self.wire, <uint64_t>size)
        if size > FEW:
            pieces = <Piece*>PyMem_Malloc(size * sizeof(Piece))
        if pieces == NULL:
            return REFUSED
        try:
            begin = out.at - out.start
            done = self.put_pieces(items, size, pieces, out)
            if done == WRITTEN and size > 1:
                done = self.arrange(pieces, size, begin, out)
        finally:
            if pieces != few:
                PyMem_Free(pieces)
        if done == REFUSED:
            return REFUSED
        close_container(out)
        return put_byte(out, c"]") if self.wire == JSON else WRITTEN

    cdef int put_pieces(self, PyObject* items, Py_ssize_t size, Piece* pieces, Sink* out) except -1:
        cdef Py_ssize_t i, start, position = 0
        cdef Py_hash_t hash
        cdef PyObject* item
        cdef bint is_tuple = type_of(items) == TUPLE
        cdef int done
        for i in range(size):
            start = out.at - out.start
            if is_tuple:
                item = tuple_item(items, i)
            elif set_size(items) != size or not _next_of_set(items, &position, &item, &hash):  # changed by an item
                out.may_be_valid = True
                return REFUSED
            done = put_quick(item, self.item.takes, &NOTHING, out, self.wire)
            if done == REFUSED or (done == NOT_QUICK and self.item.write(item, out) == REFUSED):
                return REFUSED
            pieces[i].size = out.at - out.start - start
        return WRITTEN

    cdef int arrange(self, Piece* pieces, Py_ssize_t size, Py_ssize_t begin, Sink* out) noexcept:
        """Sort the pieces that have been written from *begin* on, with commas between where there are any."""
        cdef Py_ssize_t i, total = out.at - out.start - begin
        cdef char short_copy[SHORT_SET]
        cdef char* copy = &short_copy[0]
        cdef const char* data
        if total + SLACK > SHORT_SET:
            copy = <char*>PyMem_Malloc(total + SLACK)
        data = copy
        if copy == NULL:
            return REFUSED
        if not has_room(out, size):
            if copy != short_copy:
                PyMem_Free(copy)
            return REFUSED
        memcpy(copy, out.start + begin, total)
        memset(copy + total, 0, SLACK)
        for i in range(size):
            pieces[i].data = data
            memcpy(&pieces[i].first, data, 8)
            pieces[i].first = most_significant_first(pieces[i].first)
            if pieces[i].size < 8:
                pieces[i].first &= ~(<uint64_t>0) << 8 * (8 - pieces[i].size)
            data += pieces[i].size
        _sort(pieces, size)
        out.at = out.start + begin
        for i in range(size):
            if i and self.wire == JSON:
                out.at[0] = c","
                out.at += 1
            memcpy(out.at, pieces[i].data, pieces[i].size)
            out.at += pieces[i].size
        if copy != short_copy:
            PyMem_Free(copy)
        return WRITTEN
