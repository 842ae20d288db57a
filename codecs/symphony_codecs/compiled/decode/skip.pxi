# Passing over a value: all of it is validated, and nothing is made of it.
#
# One loop does so for the three formats, without recursion.  It stops at the first fault, and knows then where that is.

cdef extern from *:
    """
    /* Whether bytes are UTF-8 as Python and Rust have it: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
    static int symphony_is_utf8(const unsigned char *at, const unsigned char *end)
    {
        while (at < end) {
            unsigned int first = *at;
            if (first < 0x80) {
                uint64_t word;
                if (end - at >= 8 && (memcpy(&word, at, 8), !(word & EACH(0x80))))
                    at += 8;
                else
                    at++;
            }
            else if (first < 0xE0) {
                if (first < 0xC2 || end - at < 2 || (at[1] & 0xC0) != 0x80)
                    return 0;
                at += 2;
            }
            else if (first < 0xF0) {
                if (end - at < 3 || (at[1] & 0xC0) != 0x80 || (at[2] & 0xC0) != 0x80 ||
                    (first == 0xE0 && at[1] < 0xA0) || (first == 0xED && at[1] >= 0xA0))
                    return 0;
                at += 3;
            }
            else {
                if (first > 0xF4 || end - at < 4 || (at[1] & 0xC0) != 0x80 || (at[2] & 0xC0) != 0x80 ||
                    (at[3] & 0xC0) != 0x80 || (first == 0xF0 && at[1] < 0x90) || (first == 0xF4 && at[1] >= 0x90))
                    return 0;
                at += 4;
            }
        }
        return 1;
    }

    /* The characters of a text, at most as many as one more than `most`; escapes are those that have been read. */
    static Py_ssize_t symphony_characters(const unsigned char *at, const unsigned char *end, int escapes, Py_ssize_t most)
    {
        Py_ssize_t count = 0;
        while (at < end && count <= most) {
            if (escapes && *at == '\\\\') {
                int is_long = at[1] == 'u', point = is_long ? symphony_hex4(at + 2) : 0;
                count += !(point >= 0xDC00 && point < 0xE000);  /* the half that comes second */
                at += is_long ? 6 : 2;
            }
            else
                count += (*at++ & 0xC0) != 0x80;
        }
        return count;
    }

    /* How deep the brackets of a malformed document nest, no further than a limit. */
    static int symphony_deepest(const unsigned char *at, const unsigned char *end, int limit)
    {
        int depth = 0, deepest = 0;
        while (at < end && deepest < limit) {
            switch (*at++) {
            case '[': case '{':
                depth++;
                if (depth > deepest)
                    deepest = depth;
                break;
            case ']': case '}':
                depth--;
                break;
            case '"':
                while (at < end && *at != '"')
                    at += *at == '\\\\' && end - at > 1 ? 2 : 1;
                at++;
            }
        }
        return deepest;
    }

    enum { SYMPHONY_BAD, SYMPHONY_GOOD, SYMPHONY_BEYOND };

    /*
     * Passes over a number of JSON.  Beyond is an int of more digits than the interpreter may read, of which the format
     * itself has to be asked; a float that is infinite is bad.
     */
    static int symphony_skip_number(const unsigned char **place, int is_text)
    {
        const unsigned char *at = *place, *start = at, *digits, *exponent_at;
        Py_ssize_t whole;
        long exponent = 0;
        int sign;
        at += *at == '-';
        digits = at;
        if (*at == '0')
            at++;
        else
            while (*at - '0' < 10u)
                at++;
        whole = at - digits;
        if (!whole || (*digits == '0' && *at - '0' < 10u))
            return SYMPHONY_BAD;
        if (*at != '.' && (*at | 32) != 'e') {
            *place = at;
            return whole > 640 && !is_text ? SYMPHONY_BEYOND : SYMPHONY_GOOD;
        }
        if (*at == '.') {
            const unsigned char *fraction = ++at;
            while (*at - '0' < 10u)
                at++;
            if (at == fraction)
                return SYMPHONY_BAD;
        }
        if ((*at | 32) == 'e') {
            at++;
            sign = *at == '-' ? -1 : 1;
            at += *at == '-' || *at == '+';
            exponent_at = at;
            while (*at - '0' < 10u) {
                if (exponent < 100000000)
                    exponent = exponent * 10 + (*at - '0');
                at++;
            }
            if (at == exponent_at)
                return SYMPHONY_BAD;
            exponent *= sign;
        }
        if (whole + exponent > 308 && !is_text) {
            char *stop = NULL;
            double value = PyOS_string_to_double((const char *)start, &stop, NULL);
            if (PyErr_Occurred())
                PyErr_Clear();
            if (stop != (const char *)at || value - value != 0)
                return SYMPHONY_BAD;
        }
        *place = at;
        return SYMPHONY_GOOD;
    }
    """
    enum:
        BAD "SYMPHONY_BAD"
        GOOD "SYMPHONY_GOOD"
        BEYOND "SYMPHONY_BEYOND"
    bint is_utf8 "symphony_is_utf8"(const unsigned char* at, const unsigned char* end) noexcept nogil
    Py_ssize_t characters "symphony_characters"(
        const unsigned char* at, const unsigned char* end, bint escapes, Py_ssize_t most
    ) noexcept nogil
    int deepest "symphony_deepest"(const unsigned char* at, const unsigned char* end, int limit) noexcept nogil
    int skip_number "symphony_skip_number"(const unsigned char** place, bint is_text) noexcept


cdef enum:
    # More levels than any limit allows, and as many as the formats' libraries go down.
    MOST_FRAMES = 1024


cdef inline void return_to(Cursor* cursor, Mark* mark) noexcept nogil:
    """Stand at a place again, as if nothing behind it had been read."""
    cursor.at = mark.at
    cursor.depth = mark.depth
    cursor.unclaimed = mark.unclaimed


cdef int skip_json_text(Cursor* cursor) noexcept nogil:
    cdef const unsigned char* start = cursor.at + 1
    cdef const unsigned char* at = start
    cdef const unsigned char* stop
    cdef unsigned char scratch[8]
    cdef unsigned char* out
    cdef uint64_t seen
    cdef bint escapes = False
    while True:
        stop = end_of_run(at, cursor.end, &seen)
        cursor.at = at
        if seen and not is_utf8(at, stop):
            return BAD
        cursor.at = stop
        if stop[0] == c'"':
            break
        if stop[0] != c"\\":
            return BAD
        out = scratch
        at = read_escape(stop, &out)
        if at == NULL:
            return BAD
        escapes = True
    cursor.at = stop + 1
    if stop - start > cursor.max_text and characters(start, stop, escapes, cursor.max_text) > cursor.max_text:
        return BEYOND
    return GOOD


cdef int skip_span(Cursor* cursor, bint is_text, Py_ssize_t* size) noexcept nogil:
    """Pass over a text or a byte string of a binary format, and give how long it is."""
    cdef uint64_t length = 0
    cdef const unsigned char* start
    if not argument_at(cursor, &length) or not has(cursor, length):
        return BAD
    start = cursor.at
    cursor.at += length
    size[0] = <Py_ssize_t>length
    if is_text:
        if not is_utf8(start, cursor.at):
            return BAD
        if size[0] > cursor.max_text:
            size[0] = characters(start, cursor.at, False, cursor.max_text)
    return BEYOND if size[0] > cursor.max_text else GOOD


cdef int skip_long(Cursor* cursor, Py_ssize_t* size) noexcept nogil:
    """Pass over a text or a byte string in chunks; see `long_value`."""
    cdef int kind = IS_TEXT if cursor.at[0] == 0x7F else IS_BYTES, done
    cdef Py_ssize_t chunk = 0
    size[0] = 0
    cursor.at += 1
    while has(cursor, 1) and cursor.at[0] != BREAK:
        if KIND_OF[CBOR][cursor.at[0]] != kind:
            return BAD
        done = skip_span(cursor, kind == IS_TEXT, &chunk)
        if done != GOOD:
            return done
        size[0] += characters(cursor.at - chunk, cursor.at, False, chunk) if kind == IS_TEXT else chunk
    if not has(cursor, 1):
        return BAD
    cursor.at += 1
    return BEYOND if size[0] > cursor.max_text else GOOD


cdef int skip_leaf(Cursor* cursor, int kind, Py_ssize_t* size):
    """Pass over what is no container and no tag; *size* is how long a byte string is."""
    cdef uint64_t argument = 0
    cdef double number = 0
    cdef bint finite = cursor.finite, is_read
    cdef const unsigned char* start = cursor.at
    cdef int64_t seconds
    cdef uint32_t nanos
    cdef int done
    if kind == IS_TEXT:
        return skip_json_text(cursor) if cursor.layout == JSON else skip_span(cursor, True, size)
    if kind == IS_INT:
        if cursor.layout != JSON:
            return GOOD if argument_at(cursor, &argument) else BAD
        done = skip_number(&cursor.at, False)
        if done == BEYOND and has_readable_digits(cursor.at - start - (start[0] == c"-")):
            return GOOD
        return done
    if kind == IS_BYTES:
        return skip_span(cursor, False, size)
    if kind == IS_LONG:
        return skip_long(cursor, size)
    if kind == IS_STAMP:
        return GOOD if pass_stamp(cursor, &seconds, &nanos) else BAD
    if kind == IS_FLOAT:
        cursor.finite = False
        is_read = float_bits_at(cursor, &number)
        cursor.finite = finite
        if not is_read:
            return BAD
        return GOOD if not finite or number - number == 0 else NOT_FINITE
    return GOOD if kind != IS_ODD and pass_word(cursor, kind) else BAD


cdef bint has_readable_digits(Py_ssize_t count):
    """Return whether the format reads an int of so many digits; see `formats._json_text`."""
    most = get_int_max_str_digits()
    return count <= MAX_DIGITS and (most == 0 or count <= most)


cdef enum:
    # What `skip_value` finds besides.
    NOT_FINITE = 3
    # Where: what was expected there, for the message.
    AT_VALUE = 0
    AT_KEY = 1
    AT_COLON = 2
    AT_NEXT = 3       # another entry, or the end of the container
    AT_TEXT = 4       # inside a text of JSON
    AT_END = 5        # of the document
    AT_TAG = 6        # a tag after which that value may not stand
    AT_EQUAL = 7      # a key that was there before
    AT_WIDE_KEY = 8   # an int of more than 64 bits as a key
    AT_COUNT = 9      # after an entry more than there may be
    AT_DEPTH = 10     # a container too deep
    AT_FINITE = 11    # a float that is not finite


cdef bint note(Cursor* cursor, Py_ssize_t top, int where, const unsigned char* at, int found, int kind=IS_ODD) except -1:
    """
    Note a fault, BAD, BEYOND or NOT_FINITE; return whether to go on behind it.

    Formats look at limits once they have read all of a document: JSON names
    what is malformed behind one, the others do not.
    """
    cdef Partial* partial = cursor.partial
    cdef Py_ssize_t i
    cdef Frame* frame
    if partial.scans:
        if found == NOT_FINITE:
            if partial.not_finite == NULL:
                partial.not_finite = fault_at(partial, top, where, at, kind)
            return True
        if found == BAD and cursor.layout == JSON:
            drop_object(&partial.fault)
            if deepest(partial.start, cursor.end, cursor.max_depth) >= cursor.max_depth:
                where = AT_DEPTH
        if partial.fault == NULL:
            partial.fault = fault_at(partial, top, where, at, kind)
            partial.is_beyond = True
        if found == BEYOND:
            return True
        partial.is_beyond = False
    cursor.needs_fallback = True
    for i in range(top + 1):
        drop_object(&partial.frames[i].seen)
    return False


cdef PyObject* fault_at(Partial* partial, Py_ssize_t top, int where, const unsigned char* at, int kind) except NULL:
    """Return a new `formats._faults.Fault`."""
    cdef Py_ssize_t i
    cdef Frame* frame
    cdef list frames = []
    for i in range(top + 1):
        frame = &partial.frames[i]
        key = -1 if frame.key == NULL else frame.key - partial.start
        frames.append((frame.kind - IS_ARRAY, frame.left >= 0, frame.index, key, frame.tag))
    fault = Fault(where, at - partial.start, tuple(frames), {IS_ARRAY: [], IS_MAP: {}, IS_TAG: CborTag(0, None)}.get(kind))
    Py_INCREF(fault)
    return <PyObject*>fault


cdef inline void drop_object(PyObject** place) noexcept:
    cdef PyObject* object = place[0]
    place[0] = NULL
    Py_XDECREF(object)


cdef int open_frame(Cursor* cursor, Frame* frame, int kind) noexcept nogil:
    """Open a container or a tag, in the order in which the formats look at what may be wrong with it."""
    cdef uint64_t count = 0
    cdef int done = GOOD
    frame.start = cursor.at
    frame.key = frame.seen = NULL
    frame.index = 0
    frame.tag = 0
    frame.kind = kind
    frame.left = -1
    if cursor.layout == JSON or (kind != IS_TAG and cursor.layout == CBOR and cursor.at[0] & 31 == INDEFINITE):
        cursor.at += 1
    elif not argument_at(cursor, &count):
        return BAD
    elif kind == IS_TAG:
        frame.tag = count
    else:
        if count > <uint64_t>PY_SSIZE_T_MAX // 2 or not has(cursor, count << (kind == IS_MAP)):
            return BAD
        frame.left = <Py_ssize_t>count
        if frame.left > cursor.max_items:
            done = BEYOND
    cursor.depth -= 1
    return done


cdef int end_tag(Frame* frame, int* kind, Py_ssize_t size) noexcept nogil:
    """Say what a value of *kind* is behind its tag."""
    if is_reference(frame.tag):
        return BAD
    if frame.tag == 2 or frame.tag == 3:
        if kind[0] != IS_BYTES or size > MAX_BIGNUM:
            return BAD
        kind[0] = IS_INT
    elif frame.tag != SELF_DESCRIBED:
        kind[0] = IS_TAG
    return GOOD


cdef bint is_new_key(Cursor* cursor, Py_ssize_t top) except -1:
    """Look whether a map has had the key that was just passed over."""
    cdef Frame* frame = &cursor.partial.frames[top]
    cdef Cursor ahead = cursor[0]
    cdef object key
    ahead.at = frame.key
    ahead.takes = TAKES_BYTES | TAKES_KEYS | TAKES_ALL
    ahead.finite = False
    ahead.max_text = PY_SSIZE_T_MAX  # a longer one has been noted
    key = key_of_map(&ahead)
    if type(key) is TypedKey:
        cursor.partial.spare -= cursor.at - frame.key
        if cursor.partial.spare < 0:
            cursor.needs_fallback = True  # each level might read all below it once more
            return False
    if key is REFUSED:
        return note(cursor, top, AT_WIDE_KEY, frame.key, BAD)
    if frame.seen == NULL:
        seen = set()
        Py_INCREF(seen)
        frame.seen = <PyObject*>seen
    if key in <set>frame.seen:
        # In JSON every repeated key is named.
        return note(cursor, top, AT_EQUAL, frame.key, BEYOND if cursor.layout == JSON else BAD)
    (<set>frame.seen).add(key)
    return True


cdef bint skip_value(Cursor* cursor) except -1:
    """
    Pass over the value that the cursor stands at, and validate all of it.

    Returns 0 for one that is malformed or beyond a limit, also one with equal
    keys where they are refused; nothing more can be read then.  To come back,
    `set_mark` before and `return_to` afterwards.
    """
    cdef Partial* partial = cursor.partial
    cdef Frame* frames = partial.frames
    cdef Frame* frame
    cdef Py_ssize_t top = -1, size = 0
    cdef int kind, done, where
    cdef bint is_complete
    cdef const unsigned char* start
    if frames == NULL:
        frames = partial.frames = <Frame*>PyMem_Malloc(MOST_FRAMES * sizeof(Frame))
        if frames == NULL:
            raise MemoryError
    while True:
        kind = kind_at(cursor)
        if kind == IS_INT and cursor.layout == CBOR and cursor.at[0] >= CBOR_BIGNUM:
            kind = IS_TAG
        start = cursor.at
        where = AT_VALUE
        is_complete = False
        if kind == IS_ARRAY or kind == IS_MAP or kind == IS_TAG:
            if top + 1 == MOST_FRAMES:
                return note(cursor, top, AT_DEPTH, start, BAD)
            done = open_frame(cursor, &frames[top + 1], kind)
            if done == GOOD and cursor.depth < 0:
                # The reader of CBOR does not go on there.
                where, done = AT_DEPTH, BAD if cursor.layout == CBOR else BEYOND
            if done != GOOD and not note(cursor, top, where, start, done):
                return False
            top += 1
            if kind == IS_TAG:
                continue
        else:
            done = skip_leaf(cursor, kind, &size)
            if done != GOOD:
                if cursor.layout == JSON and kind == IS_TEXT and done == BAD:
                    where, start = AT_TEXT, cursor.at
                elif done == NOT_FINITE:
                    where = AT_FINITE
                if not (done == NOT_FINITE and waits_for_key(frames, top)) and not note(cursor, top, where, start, done):
                    return False
            if kind == IS_LONG:
                kind = IS_TEXT if start[0] == 0x7F else IS_BYTES
            is_complete = True
        while True:
            if is_complete:
                if top < 0:
                    return True
                frame = &frames[top]
                if frame.kind == IS_TAG:
                    top -= 1
                    cursor.depth += 1
                    if end_tag(frame, &kind, size) != GOOD:
                        return note(cursor, top + 1, AT_TAG, frame.start, BAD, kind)
                    continue
                if frame.kind == IS_MAP and frame.key == NULL:
                    frame.key = frame.entry
                    if cursor.unique and not is_new_key(cursor, top):
                        return False
                    if not pass_colon(cursor):
                        return note(cursor, top, AT_COLON, cursor.at, BAD)
                    break
                frame.key = NULL
                frame.index += 1
                if frame.left < 0 and frame.index == cursor.max_items + 1:
                    if not note(cursor, top, AT_COUNT, cursor.at, BEYOND):
                        return False
            frame = &frames[top]
            if another(cursor, &frame.left):
                if frame.kind == IS_MAP:
                    if cursor.layout == JSON and kind_at(cursor) != IS_TEXT:
                        return note(cursor, top, AT_KEY, cursor.at, BAD)
                    frame.entry = cursor.at
                break
            if frame.left < 0:
                if cursor.needs_fallback or cursor.at[0] != closing(cursor, frame.kind):
                    return note(cursor, top, AT_NEXT, cursor.at, BAD)
                cursor.at += 1
            drop_object(&frame.seen)
            kind = frame.kind
            top -= 1
            is_complete = True


cdef inline unsigned char closing(Cursor* cursor, int kind) noexcept nogil:
    return BREAK if cursor.layout == CBOR else c"}" if kind == IS_MAP else c"]"


cdef inline bint waits_for_key(Frame* frames, Py_ssize_t top) noexcept nogil:
    """Return whether a key comes next, perhaps behind tags."""
    while top >= 0 and frames[top].kind == IS_TAG:
        top -= 1
    return top >= 0 and frames[top].kind == IS_MAP and frames[top].key == NULL


cdef object find_fault(Cursor* cursor):
    """Look over a whole document, and return a pair: the first fault that counts, if there is one, and whether limits
    have to be looked at by the format itself, since all of it can be read."""
    cdef Partial* partial = cursor.partial
    partial.scans = True
    if skip_value(cursor):
        if cursor.layout == JSON:
            skip_blanks(cursor)
        if cursor.at != cursor.end:
            note(cursor, -1, AT_END, cursor.at, BAD)
    fault = None if partial.fault == NULL else <object>partial.fault
    if fault is None and partial.not_finite != NULL:
        fault = <object>partial.not_finite
    return fault, partial.is_beyond
