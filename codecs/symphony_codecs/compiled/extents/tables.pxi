# What heads say, and where the scan of a document stands.

cdef enum:
    NEED = -1
    MALFORMED = -2
    TOO_DEEP = -3
    BEYOND = -4
    NO_MEMORY = -5

cdef enum:
    BAD
    SKIP
    OPEN
    ENDLESS
    CHUNKS
    BREAK
    SIMPLE

cdef enum:
    AN_ARRAY = -1  # without a length
    A_MAP = -2  # the same; a key or the end comes next
    A_MAP_VALUE = -3  # the same; a value comes next
    MOST_LEVELS = 1024
    FEW_LEVELS = 16
    LONGEST_HEAD = 9


cdef struct Head:
    int kind
    int size
    int factor
    int64_t base


cdef struct Scan:
    const Head* heads          # NULL: JSON
    int64_t* left              # entries that are missing, of the containers from the outside
    int64_t few[FEW_LEVELS]
    Py_ssize_t capacity
    Py_ssize_t levels
    uint64_t skip
    uint8_t held[LONGEST_HEAD] # of a head that was cut
    Py_ssize_t held_size
    int chunks                 # the major type of the chunks that come; -1: none
    Py_ssize_t fault           # where it is, an index
    # JSON
    Py_ssize_t depth
    bint started
    bint is_scalar
    bint in_text
    bint escaped


cdef Head MSGPACK[256]
cdef Head CBOR[256]


cdef int fill(Head* heads, tuple table) except -1:
    cdef Py_ssize_t i
    for i in range(256):
        heads[i].kind, heads[i].size, heads[i].factor, heads[i].base = table[i]
    return 0


fill(MSGPACK, twin.HEADS["msgpack"])
fill(CBOR, twin.HEADS["cbor"])
assert (NEED, MALFORMED, TOO_DEEP, BEYOND) == (twin.NEED, twin.MALFORMED, twin.TOO_DEEP, twin.BEYOND)
assert MOST_LEVELS == twin.LEVELS


cdef void reset(Scan* scan) noexcept nogil:
    scan.levels = 1
    scan.left[0] = 1
    scan.skip = 0
    scan.held_size = 0
    scan.chunks = -1
    scan.depth = 0
    scan.started = scan.is_scalar = scan.in_text = scan.escaped = False
