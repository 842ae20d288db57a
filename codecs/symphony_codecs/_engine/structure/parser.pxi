# What the parsers of MessagePack and CBOR share: a place in the bytes, and what may be claimed.
#
# They read what these formats are nearly always, into builtins, and refuse the rest: tags, extensions, lengths that
# are not told, odd keys, whatever is wrong.  The format's own `loads` reads that, or says what it is.

cdef struct Cursor:
    const unsigned char* at
    const unsigned char* end
    Py_ssize_t depth        # containers that may still be opened inside each other
    Py_ssize_t unclaimed    # entries that may still be claimed: each takes a byte at least
    Py_ssize_t max_items
    Py_ssize_t max_text


cdef enum:
    KNOWN_KEYS = 1024
    LONGEST_KEY = 40


# Keys come again and again; those met last are kept, with their hashes.
cdef PyObject* known_keys[KNOWN_KEYS]


cdef extern from "Python.h":
    object PyUnicode_DecodeUTF8(const char* text, Py_ssize_t size, const char* errors)
    object PyUnicode_FromStringAndSize(const char* text, Py_ssize_t size)
    object PyLong_FromUnsignedLongLong(unsigned long long value)
    object PyLong_FromLongLong(long long value)
    object PyFloat_FromDouble(double value)


cdef inline uint64_t load_big(const unsigned char* at, int size) noexcept nogil:
    cdef uint64_t value = 0
    cdef int i
    for i in range(size):
        value = value << 8 | at[i]
    return value


cdef inline double double_of(uint64_t bits) noexcept nogil:
    cdef double value
    memcpy(&value, &bits, 8)
    return value


cdef inline double single_of(uint32_t bits) noexcept nogil:
    cdef float value
    memcpy(&value, &bits, 4)
    return value


cdef inline bint has(Cursor* cursor, uint64_t size) noexcept nogil:
    return <uint64_t>(cursor.end - cursor.at) >= size


cdef inline bint opens(Cursor* cursor, uint64_t count, int each) noexcept nogil:
    """Open a container of so many entries, if it may be; the caller closes it."""
    if cursor.depth <= 0 or count > <uint64_t>cursor.max_items or count * each > <uint64_t>cursor.unclaimed:
        return False
    cursor.depth -= 1
    cursor.unclaimed -= <Py_ssize_t>(count * each)
    return True


cdef inline object text_at(Cursor* cursor, uint64_t size):
    cdef const char* start = <const char*>cursor.at
    if not has(cursor, size) or size > <uint64_t>cursor.max_text:
        return REFUSED
    cursor.at += size
    try:
        return PyUnicode_DecodeUTF8(start, <Py_ssize_t>size, NULL)
    except UnicodeDecodeError:
        return REFUSED


cdef inline object key_at(Cursor* cursor, uint64_t size):
    """Return the text of a map's key, the same object as the last time if that is known."""
    cdef const unsigned char* start = cursor.at
    cdef PyObject* known
    cdef const char* characters
    cdef Py_ssize_t length = 0
    cdef unsigned int place
    cdef object key
    if size == 0 or size > LONGEST_KEY or not has(cursor, size):
        return text_at(cursor, size)
    place = (start[0] * 31 + start[size - 1] * 7 + start[size // 2] * 131 + <unsigned int>size * 57) % KNOWN_KEYS
    known = known_keys[place]
    if known != NULL:
        characters = ascii_of(<object>known, &length)
        if <uint64_t>length == size and memcmp(characters, start, size) == 0:
            cursor.at += size
            return <object>known
    key = text_at(cursor, size)
    if key is not REFUSED and ascii_of(key, &length) != NULL:
        Py_INCREF(key)
        known_keys[place] = <PyObject*>key
        Py_XDECREF(known)
    return key


cdef inline object bytes_at(Cursor* cursor, uint64_t size):
    cdef const char* start = <const char*>cursor.at
    if not has(cursor, size) or size > <uint64_t>cursor.max_text:
        return REFUSED
    cursor.at += size
    return PyBytes_FromStringAndSize(start, <Py_ssize_t>size)


ctypedef object (*ParseFunction)(Cursor*)


cdef object array_at(Cursor* cursor, uint64_t count, ParseFunction parse):
    cdef Py_ssize_t i
    cdef object item
    cdef list items
    if not opens(cursor, count, 1):
        return REFUSED
    items = PyList_New(<Py_ssize_t>count)
    # Not to be met by the collector before every place is taken.
    PyObject_GC_UnTrack(<PyObject*>items)
    for i in range(<Py_ssize_t>count):
        item = parse(cursor)
        if item is REFUSED:
            return REFUSED
        Py_INCREF(item)
        PyList_SET_ITEM(items, i, item)
    PyObject_GC_Track(<PyObject*>items)
    cursor.depth += 1
    return items


cdef object map_at(Cursor* cursor, uint64_t count, ParseFunction parse_key, ParseFunction parse):
    cdef Py_ssize_t i
    cdef object key
    cdef object item
    cdef dict entries
    if not opens(cursor, count, 2):
        return REFUSED
    entries = {}
    for i in range(<Py_ssize_t>count):
        key = parse_key(cursor)
        if key is REFUSED:
            return REFUSED
        item = parse(cursor)
        if item is REFUSED:
            return REFUSED
        PyDict_SetItem(entries, key, item)
    cursor.depth += 1
    return entries
