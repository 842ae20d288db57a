# MessagePack and CBOR.

# Longer than any document, and half of what counts of entries hold.
cdef uint64_t LARGE = <uint64_t>1 << 62

cdef inline uint64_t argument_of(const uint8_t* at, int size) noexcept nogil:
    cdef uint64_t argument = 0
    cdef int i
    for i in range(size):
        argument = argument << 8 | at[i]
    return argument


cdef inline void count_entry(Scan* scan) noexcept nogil:
    """Count an entry of the innermost container, which is forgotten before its last one: that ends with it."""
    cdef int64_t* missing = &scan.left[scan.levels - 1]
    if missing[0] == 1:
        scan.levels -= 1
    else:
        missing[0] = entry_counted(missing[0])


cdef int open_level(Scan* scan, int64_t count) noexcept:
    """Go into a container of *count* entries, or one without a length."""
    cdef int64_t* more
    if scan.levels == MOST_LEVELS:
        return TOO_DEEP
    if scan.levels == scan.capacity:
        if scan.left == scan.few:
            more = <int64_t*>PyMem_Malloc(MOST_LEVELS * sizeof(int64_t))
            if more == NULL:
                return NO_MEMORY
            memcpy(more, scan.few, sizeof(scan.few))
            scan.left = more
            scan.capacity = MOST_LEVELS
    scan.left[scan.levels] = count
    scan.levels += 1
    return 0


cdef Py_ssize_t pass_items(
    Scan* scan, const uint8_t* data, Py_ssize_t* place, Py_ssize_t stop, Py_ssize_t room
) noexcept nogil:
    """
    Pass over items that are there with their payloads, and are neither malformed nor too long.

    Returns 1 if the document has ended, at *place*; 0 if `find_item` has to look at what stands there.
    """
    cdef const Head* heads = scan.heads
    cdef const Head* head
    cdef int64_t* left = scan.left
    cdef Py_ssize_t levels = scan.levels, at = place[0], begin = at, after
    cdef int64_t missing
    cdef uint64_t count
    if room < stop - at:
        return 0
    while at < stop:
        head = &heads[data[at]]
        if head.kind > OPEN or head.kind == BAD:
            break
        after = at + 1 + head.size
        count = head.base
        if head.size:
            if after > stop:
                break
            count = argument_of(data + at + 1, head.size)
            if count > LARGE:
                break
            count = count * head.factor + head.base
        missing = left[levels - 1]
        if head.kind == SKIP:
            if count > <uint64_t>(stop - after):
                break
            after += count
        elif count:
            if count > <uint64_t>(room - (after - begin)) or levels == scan.capacity:
                break
            if missing == 1:  # forgotten before its last entry
                left[levels - 1] = <int64_t>count
            else:
                left[levels - 1] = entry_counted(missing)
                left[levels] = <int64_t>count
                levels += 1
            at = after
            continue
        at = after
        if missing == 1:
            levels -= 1
            if levels == 0:
                break
        else:
            left[levels - 1] = entry_counted(missing)
    place[0] = at
    scan.levels = levels
    return levels == 0


cdef inline int64_t entry_counted(int64_t missing) noexcept nogil:
    """Return how many entries are missing once one more is there."""
    if missing > 0:
        return missing - 1
    if missing == AN_ARRAY:
        return AN_ARRAY
    return A_MAP if missing == A_MAP_VALUE else A_MAP_VALUE


cdef Py_ssize_t find_item(Scan* scan, const uint8_t* data, Py_ssize_t at, Py_ssize_t stop, Py_ssize_t room) noexcept:
    """Return where the item ends that goes on at *at*, or a code."""
    cdef const Head* head
    cdef const uint8_t* raw
    cdef Py_ssize_t begin = at, missing
    cdef uint64_t argument, count
    cdef int major, done
    while True:
        if scan.skip > <uint64_t>(stop - at):
            scan.skip -= stop - at
            return NEED
        at += scan.skip
        scan.skip = 0
        if scan.levels == 0 and scan.chunks < 0:
            return at
        if scan.held_size == 0 and scan.chunks < 0 and pass_items(scan, data, &at, stop, room - (at - begin)):
            return at
        if at == stop:
            return NEED
        raw = data + at
        if scan.held_size:
            raw = &scan.held[0]
        head = &scan.heads[raw[0]]
        missing = 1 + head.size - scan.held_size
        if missing > stop - at:
            memcpy(scan.held + scan.held_size, data + at, stop - at)
            scan.held_size += stop - at
            return NEED
        if scan.held_size:
            memcpy(scan.held + scan.held_size, data + at, missing)
        scan.fault = at - scan.held_size
        scan.held_size = 0
        at += missing
        argument = argument_of(raw + 1, head.size)
        major = raw[0] >> 5
        if scan.chunks >= 0:
            if head.kind == BREAK:
                scan.chunks = -1
                continue
            if head.kind != SKIP or major != scan.chunks:
                return MALFORMED
        elif head.kind == BREAK:
            if scan.levels == 0 or scan.left[scan.levels - 1] > 0 or scan.left[scan.levels - 1] == A_MAP_VALUE:
                return MALFORMED
            scan.levels -= 1
            continue
        elif head.kind == BAD or (head.kind == SIMPLE and argument < 32):
            return MALFORMED
        else:
            count_entry(scan)
        if head.kind == SKIP or head.kind == OPEN:
            if head.factor and argument > LARGE:
                return BEYOND
            count = argument * head.factor + head.base
            if room - (at - begin) < 0 or count > <uint64_t>(room - (at - begin)):
                return BEYOND
            if head.kind == SKIP:
                scan.skip = count
                continue
            if count == 0:
                continue
            done = open_level(scan, <int64_t>count)
        elif head.kind == CHUNKS:
            scan.chunks = major
            continue
        elif head.kind == ENDLESS:
            done = open_level(scan, head.base)
        else:
            continue
        if done != 0:
            return done
