# Floats as text: the fewest digits that give the float back.

include "../shared/powers.pxi"

cdef extern from *:
    """
    #if SYMPHONY_HAS_POWERS
    /* The high half of a product of 64 and 128 bits; its last bit says whether anything was cut off. */
    static inline uint64_t symphony_odd_product(uint64_t high, uint64_t low, uint64_t factor)
    {
        symphony_u128 product = (symphony_u128)high * factor + (uint64_t)((symphony_u128)low * factor >> 64);
        return (uint64_t)(product >> 64) | ((uint64_t)product > 1);
    }
    #endif

    /*
     * The shortest digits whose nearest float is a finite one above zero, and their power of ten; 0: this build cannot
     * say.
     *
     * R. Giulietti, "The Schubfach way to render doubles" (2020).
     */
    static int symphony_shortest(double number, uint64_t *digits, int *power)
    {
    #if SYMPHONY_HAS_POWERS
        uint64_t bits, fraction, mantissa, high, low, lower, middle, upper, whole, tens;
        int exponent, binary, k, shift, is_odd, is_narrow;
        memcpy(&bits, &number, 8);
        fraction = bits & ((1ULL << 52) - 1);
        exponent = (int)(bits >> 52 & 0x7FF);
        mantissa = exponent ? fraction | 1ULL << 52 : fraction;
        binary = (exponent ? exponent : 1) - 1075;
        if (binary <= 0 && binary > -53 && !(mantissa & ((1ULL << -binary) - 1))) {
            *digits = mantissa >> -binary;
            *power = 0;
            return 1;
        }
        is_odd = (int)(mantissa & 1);
        /* Below a power of two floats are twice as dense. */
        is_narrow = fraction == 0 && exponent > 1;
        k = (binary * 1262611 - (is_narrow ? 524031 : 0)) >> 22;
        shift = binary + ((-k * 1741647) >> 19) + 1;
        high = symphony_powers[2 * (-k - SYMPHONY_LEAST_POWER)];
        low = symphony_powers[2 * (-k - SYMPHONY_LEAST_POWER) + 1];
        if (k > 0 || k < -55) {  /* what is cut off is wanted rounded up */
            low++;
            high += low == 0;
        }
        lower = symphony_odd_product(high, low, (4 * mantissa - 2 + is_narrow) << shift) + is_odd;
        middle = symphony_odd_product(high, low, 4 * mantissa << shift);
        upper = symphony_odd_product(high, low, (4 * mantissa + 2) << shift) - is_odd;
        whole = middle / 4;
        if (whole >= 10) {
            int is_below, is_above;
            tens = whole / 10;
            is_below = lower <= 40 * tens;
            is_above = 40 * tens + 40 <= upper;
            if (is_below != is_above) {
                *digits = tens + is_above;
                *power = k + 1;
                return 1;
            }
        }
        {
            int is_below = lower <= 4 * whole, is_above = 4 * whole + 4 <= upper;
            uint64_t half = 4 * whole + 2;
            *digits = whole + (is_below != is_above ? is_above : middle > half || (middle == half && whole & 1));
            *power = k;
        }
        return 1;
    #else
        (void)number, (void)digits, (void)power;
        return 0;
    #endif
    }
    """
    bint _shortest "symphony_shortest"(double number, uint64_t* digits, int* power) noexcept nogil
    const bint HAS_POWERS "SYMPHONY_HAS_POWERS"


cdef enum:
    LONGEST_FLOAT = 32


cdef char* put_shortest(char* at, double number) noexcept nogil:
    """
    Write a finite float as serde_json does, into room for LONGEST_FLOAT bytes and SLACK; NULL: this build cannot.

    Plain from 1e-5 up to 1e16, with an exponent such as 1e-6 and 1e+16 outside.
    """
    cdef char text[48]
    cdef uint64_t digits = 0
    cdef int power = 0, count, point, i
    cdef bint negative = number < 0 or (number == 0 and 1 / number < 0)
    if negative:
        at[0] = c"-"
        at += 1
        number = -number
    if number == 0:
        memcpy(at, b"0.0", 3)
        return at + 3
    if not _shortest(number, &digits, &power):
        return NULL
    while digits % 10 == 0:
        digits //= 10
        power += 1
    count = <int>(put_decimal(text, digits) - text)
    point = count + power    # digits before the point
    if 0 < point <= 16:
        if power >= 0:
            memcpy(at, text, 24)
            for i in range(count, point):
                at[i] = c"0"
            at[point] = c"."
            at[point + 1] = c"0"
            return at + point + 2
        memcpy(at, text, 24)
        memcpy(at + point + 1, text + point, 24)
        at[point] = c"."
        return at + count + 1
    if -5 < point <= 0:
        memcpy(at, b"0.0000", 6)
        memcpy(at + 2 - point, text, 24)
        return at + 2 - point + count
    at[0] = text[0]
    at += 1
    if count > 1:
        at[0] = c"."
        memcpy(at + 1, text + 1, 24)
        at += count
    at[0] = c"e"
    at[1] = c"-" if point < 1 else c"+"
    return put_decimal(at + 2, <uint64_t>(point - 1 if point >= 1 else 1 - point))


cdef int put_json_float(Sink* out, double number) except -1:
    cdef char* end
    if HAS_POWERS:
        if not powers_ready:
            fill_powers()
        end = put_shortest(out.at, number) if is_finite(number) else NULL
        if end != NULL:
            out.at = end
            return WRITTEN
    return _put_by_library(out, number)


cdef int _put_by_library(Sink* out, object number) except -1:
    """Write a float as JSON by orjson, which knows the shortest digits, too."""
    cdef bytes text
    try:
        text = dump_json(number)
    except Exception as exc:  # pragma: no cover - no memory
        caught(exc)
        return REFUSED
    return put_bytes(out, text, len(text))
