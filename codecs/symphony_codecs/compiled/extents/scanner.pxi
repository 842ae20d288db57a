# The face of it.

cdef class Scanner:
    """Finds the ends of documents that follow one another; see `symphony_codecs.formats._extents.Scanner`."""

    cdef Scan scan

    def __cinit__(self, str layout not None):
        self.scan.left = self.scan.few
        self.scan.capacity = FEW_LEVELS
        self.scan.heads = MSGPACK if layout == "msgpack" else CBOR if layout == "cbor" else NULL
        self.scan.fault = 0
        reset(&self.scan)

    def __dealloc__(self):
        if self.scan.left != self.scan.few:
            PyMem_Free(self.scan.left)

    @property
    def at(self):
        """After a fault: where it is, an index in the data of `find`, below 0 if that is in the data before."""
        return self.scan.fault

    @property
    def is_scalar(self):
        """Whether a JSON number or word is under way, which the end of the bytes ends too."""
        return self.scan.is_scalar

    def reset(self):
        """Stand before a document."""
        reset(&self.scan)

    cdef Py_ssize_t advance(self, const uint8_t* data, Py_ssize_t at, Py_ssize_t stop, Py_ssize_t room) except NO_MEMORY:
        cdef Scan* scan = &self.scan
        cdef Py_ssize_t found
        if scan.heads == NULL:
            found = find_text(scan, data, at, stop)
        else:
            found = find_item(scan, data, at, stop, room)
        if found >= 0:
            reset(scan)
        elif found == NO_MEMORY:
            raise MemoryError
        return found

    def find(self, data, Py_ssize_t start, Py_ssize_t stop, Py_ssize_t room):
        """Return where the document under way ends, or a code below 0."""
        cdef Py_buffer view
        PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
        try:
            if not 0 <= start <= stop <= view.len:
                raise IndexError("expected a part of the data")
            return self.advance(<const uint8_t*>view.buf, start, stop, room)
        finally:
            PyBuffer_Release(&view)

    def split(self, data, Py_ssize_t start, Py_ssize_t searched, Py_ssize_t limit):
        """Return the whole documents at *start*, and the code that says why there are no more."""
        cdef Py_buffer view
        cdef const uint8_t* bytes_of
        cdef Py_ssize_t found, stop
        cdef list messages = []
        PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
        try:
            if start < 0 or not 0 <= searched <= limit or start + searched > view.len:
                raise IndexError("expected a part of the data")
            bytes_of = <const uint8_t*>view.buf
            while True:
                stop = view.len if limit >= view.len - start else start + limit
                found = self.advance(bytes_of, start + searched, stop, limit - searched)
                if found < 0:
                    return messages, found
                PyList_Append(messages, PyBytes_FromStringAndSize(<const char*>bytes_of + start, found - start))
                start, searched = found, 0
        finally:
            PyBuffer_Release(&view)

    def split_texts(self, data, Py_ssize_t start, Py_ssize_t limit):
        """Return the JSON texts at *start* that are each between RS and LF, and where the first one begins that is not."""
        cdef Py_buffer view
        cdef const uint8_t* bytes_of
        cdef const uint8_t* next_one
        cdef Py_ssize_t found, stop
        cdef list messages = []
        PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
        try:
            if start < 0 or limit < 0:
                raise IndexError("expected a part of the data")
            bytes_of = <const uint8_t*>view.buf
            while start < view.len and bytes_of[start] == RECORD_SEPARATOR:
                stop = view.len
                next_one = <const uint8_t*>memchr(bytes_of + start + 1, RECORD_SEPARATOR, stop - start - 1)
                if next_one != NULL:
                    stop = next_one - bytes_of
                if limit < stop - start - 2:
                    stop = start + limit + 2
                found = self.advance(bytes_of, start + 1, stop, limit)
                while 0 <= found < stop and bytes_of[found] != c"\n" and CLASS[bytes_of[found]] == BLANK:
                    found += 1
                if not 0 <= found < stop or bytes_of[found] != c"\n":
                    reset(&self.scan)
                    break
                PyList_Append(messages, PyBytes_FromStringAndSize(<const char*>bytes_of + start + 1, found - start - 1))
                start = found + 1
            return messages, start
        finally:
            PyBuffer_Release(&view)


def end_of(str layout not None, data not None):
    """Return where the document ends that *data* begins with; ``None``: nowhere."""
    cdef Py_buffer view
    cdef Py_ssize_t found
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        found = end_in(layout, &view)
    finally:
        PyBuffer_Release(&view)
    return None if found < 0 else found


def first_of(str layout not None, data, Py_ssize_t limit):
    """Return the document that *data* begins with, and where it ends; see `symphony_codecs.formats._extents.first_of`."""
    cdef Py_buffer view
    cdef Py_ssize_t found
    try:
        PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    except (TypeError, ValueError, BufferError):
        return twin.first_of(layout, data, limit)
    try:
        found = end_in(layout, &view)
        if found < 0:
            found = min(view.len, limit)
        elif found > limit:
            return memoryview(data).cast("B")[:found], found
        return PyBytes_FromStringAndSize(<const char*>view.buf, found), found
    finally:
        PyBuffer_Release(&view)


cdef Py_ssize_t end_in(str layout, Py_buffer* view) except NO_MEMORY:
    cdef Scanner scanner = Scanner.__new__(Scanner, layout)
    cdef Py_ssize_t found = scanner.advance(<const uint8_t*>view.buf, 0, view.len, view.len)
    return view.len if found == NEED and scanner.scan.is_scalar else found
