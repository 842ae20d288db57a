# Powers of ten to 128 bits, for reading and writing floats.
#
#   int fill_powers()
#       Compute the table, about 1 ms.
#   uint64_t POWERS[2 * (q - LEAST_POWER)], POWERS[2 * (q - LEAST_POWER) + 1]
#       The high and the low half of 10**q, scaled by a power of two so that the highest bit is set, and cut off.

cdef enum:
    LEAST_POWER = -342
    GREATEST_POWER = 324


cdef extern from *:
    """
    #define SYMPHONY_LEAST_POWER (-342)
    #define SYMPHONY_GREATEST_POWER 324
    static uint64_t symphony_powers[2 * (SYMPHONY_GREATEST_POWER - SYMPHONY_LEAST_POWER + 1)];
    static int symphony_powers_ready = 0;

    /* Other compilers do without. */
    #ifdef __SIZEOF_INT128__
        #define SYMPHONY_HAS_POWERS 1
        typedef unsigned __int128 symphony_u128;
    #else
        #define SYMPHONY_HAS_POWERS 0
    #endif
    """
    uint64_t* POWERS "symphony_powers"
    bint powers_ready "symphony_powers_ready"


cdef int fill_powers() except -1:
    global powers_ready
    cdef Py_ssize_t place
    cdef object one = 1, five = 5, power, excess
    for place in range(GREATEST_POWER - LEAST_POWER + 1):
        power = five ** abs(place + LEAST_POWER)
        if place + LEAST_POWER < 0:
            power = (one << (power.bit_length() + 128)) // power
        excess = power.bit_length() - 128
        power = power >> excess if excess > 0 else power << -excess
        POWERS[2 * place] = power >> 64
        POWERS[2 * place + 1] = power & 0xFFFFFFFFFFFFFFFF
    powers_ready = True
    return 0
