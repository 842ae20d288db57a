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


def end_of(str layout not None, data not None):
    """Return where the document ends that *data* begins with; ``None``: nowhere."""
    cdef Scanner scanner = Scanner.__new__(Scanner, layout)
    cdef Py_buffer view
    cdef Py_ssize_t found
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        found = scanner.advance(<const uint8_t*>view.buf, 0, view.len, view.len)
        if found >= 0:
            return found
        return view.len if found == NEED and scanner.scan.is_scalar else None
    finally:
        PyBuffer_Release(&view)
