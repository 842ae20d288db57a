# Documents that follow one another, read one by one where they lie.

cdef class Documents:
    """
    An iterator of the values of documents that follow one another in bytes; see `document_reader`.

    Attributes:
        at: Where the next document begins.
        count: How many values were returned.
    """

    cdef Decoder decoder
    cdef bytes data
    cdef Py_ssize_t most
    cdef Py_ssize_t spare  # bytes that may still be read again, for all documents together, so that work stays linear
    cdef char* line
    cdef Py_ssize_t room
    cdef readonly Py_ssize_t at
    cdef readonly Py_ssize_t count

    def __cinit__(self, Decoder decoder, bytes data not None, Py_ssize_t at, Py_ssize_t most):
        self.decoder, self.data, self.at = decoder, data, at
        self.most = min(most, decoder.max_size)
        self.spare = PyBytes_GET_SIZE(data) - at

    def __dealloc__(self):
        PyMem_Free(self.line)

    def __iter__(self):
        return self

    def __next__(self):
        global reading
        cdef object value = REFUSED
        cdef Partial partial
        # What runs inside another call goes the general way, which sees where it never ends.
        if self.at >= PyBytes_GET_SIZE(self.data) or reading > 0:
            raise StopIteration
        memset(&partial, 0, sizeof(Partial))
        partial.spare = self.spare
        reading += 1
        try:
            value = self.take_line(&partial) if self.decoder.layout == JSON else self.take_item(&partial)
        except Exception as exc:
            caught(exc)
        finally:
            reading -= 1
            self.spare = partial.spare
            release(&partial)
            if has_remembered and reading == 0:
                let_go()
        if value is REFUSED:
            if self.decoder.layout == JSON:
                take_wanted()
            raise StopIteration
        self.count += 1
        return value

    cdef object take_line(self, Partial* partial):
        cdef Cursor cursor
        cdef const char* start = PyBytes_AS_STRING(self.data) + self.at
        cdef Py_ssize_t size = PyBytes_GET_SIZE(self.data) - self.at
        cdef const char* end = <const char*>memchr(start, c"\n", size)
        cdef char* larger
        cdef object value
        if end == NULL or end - start > self.most:
            return REFUSED
        size = end - start
        if size >= self.room:
            larger = <char*>PyMem_Realloc(self.line, 2 * size + 512)
            if larger == NULL:
                return REFUSED
            self.line, self.room = larger, 2 * size + 512
        # A zero has to follow the document, not the next one.
        memcpy(self.line, start, size)
        self.line[size] = 0
        cursor = self.decoder.cursor(<const unsigned char*>self.line, size, partial)
        value = self.decoder.take_at(&cursor)
        if value is not REFUSED:
            if cursor.needs_fallback or cursor.at != cursor.end:
                return REFUSED
            self.at += size + 1
        return value

    cdef object take_item(self, Partial* partial):
        cdef const unsigned char* start = <const unsigned char*>PyBytes_AS_STRING(self.data) + self.at
        cdef Cursor cursor = self.decoder.cursor(start, PyBytes_GET_SIZE(self.data) - self.at, partial)
        cdef object value = self.decoder.take_at(&cursor)
        if value is not REFUSED:
            if cursor.needs_fallback or cursor.at - start > self.most:
                return REFUSED
            self.at += cursor.at - start
        return value


seal(Documents)


def document_reader(decode):
    """
    Return what makes `Documents` of bytes, where the first document begins in them, and the longest one in bytes.

    ``None``: *decode* is nothing that `make_decoder` has returned, or its format has no layout of bytes.
    """
    cdef object decoder = getattr(decode, "__self__", None)
    if type(decoder) is not Decoder or (<Decoder>decoder).layout == NO_LAYOUT:
        return None

    def read(data, at, most):
        return Documents.__new__(Documents, decoder, data, at, most)

    return read
