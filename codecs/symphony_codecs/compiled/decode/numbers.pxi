# Numbers of JSON, and ints of every size in all formats.

include "../shared/powers.pxi"

cdef extern from *:
    """
    #include <float.h>

    /* Whether a float would have needed the table of powers. */
    static int symphony_powers_wanted = 0;

    static const double symphony_tens[] = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11,
        1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };

    typedef struct {
        uint64_t magnitude;
        double real;
        int negative;
        int is_float;
        int is_wide;  /* an int of more than 64 bits, whose magnitude is not here */
    } symphony_number;

    /*
     * The float nearest to digits * 10**power; 0: it is not in a float's range, or this build cannot say.
     *
     * D. Lemire, "Number Parsing at a Gigabyte per Second" (2021); N. Mushtak, D. Lemire, "Fast Number Parsing Without
     * Fallback" (2023): 128 bits of the power are enough.
     */
    static int symphony_nearest(uint64_t digits, int power, double *out)
    {
    #if SYMPHONY_HAS_POWERS
        const uint64_t *scale;
        symphony_u128 product;
        uint64_t upper, lower, mantissa;
        int zeros, upper_bit, exponent, shift;
        if (digits == 0 || power < SYMPHONY_LEAST_POWER) {
            *out = 0.0;
            return 1;
        }
        if (power > 308)
            return 0;
        zeros = __builtin_clzll(digits);
        digits <<= zeros;
        scale = symphony_powers + 2 * (power - SYMPHONY_LEAST_POWER);
        {
            /* Small negative powers are wanted rounded up, the others cut off. */
            uint64_t low = scale[1] + (power < 0 && power >= -27);
            product = (symphony_u128)digits * scale[0];
            upper = (uint64_t)(product >> 64);
            lower = (uint64_t)product;
            if ((upper & 0x1FF) == 0x1FF) {
                uint64_t more = (uint64_t)((symphony_u128)digits * low >> 64);
                lower += more;
                upper += more > lower;
            }
        }
        upper_bit = (int)(upper >> 63);
        shift = upper_bit + 64 - 52 - 3;
        mantissa = upper >> shift;
        exponent = ((217706 * power) >> 16) + 63 + upper_bit - zeros + 1023;
        if (exponent <= 0) {
            if (1 - exponent >= 64) {
                *out = 0.0;
                return 1;
            }
            mantissa >>= 1 - exponent;
            mantissa = (mantissa + (mantissa & 1)) >> 1;
            exponent = mantissa >= 1ULL << 52;
        }
        else {
            /* Half way between two floats, the even one is nearest. */
            if (lower <= 1 && power >= -4 && power <= 23 && (mantissa & 3) == 1 && mantissa << shift == upper)
                mantissa &= ~1ULL;
            mantissa = (mantissa + (mantissa & 1)) >> 1;
            if (mantissa >= 2ULL << 52) {
                mantissa = 1ULL << 52;
                exponent++;
            }
            if (exponent >= 0x7FF)
                return 0;
        }
        mantissa = (mantissa & ~(1ULL << 52)) | (uint64_t)exponent << 52;
        memcpy(out, &mantissa, 8);
        return 1;
    #else
        (void)digits, (void)power, (void)out;
        return 0;
    #endif
    }

    /*
     * Reads a number; NULL: it is none, or one beyond a float's range.  An int is exact; -0 is a float.  A float of at
     * most 2**53 times a power of ten that is exact is one rounding away (Clinger); the interpreter reads the few of
     * more than 19 digits.
     */
    static const unsigned char *symphony_read_number(const unsigned char *at, symphony_number *out)
    {
        const unsigned char *start = at, *digits, *first = NULL;
        int exponent = 0, sign;
        int64_t shown;
        Py_ssize_t count;
        uint64_t mantissa = 0;
        out->negative = *at == '-';
        out->is_wide = 0;
        at += out->negative;
        digits = at;
        if (*at == '0')
            at++;
        else {
            if (*at - '1' >= 9u)
                return NULL;
            first = at;
            while (*at - '0' < 10u)
                mantissa = mantissa * 10 + (*at++ - '0');
        }
        count = first ? at - first : 0;
        if (*at != '.' && (*at | 32) != 'e') {
            out->is_float = out->negative && mantissa == 0 && count == 0;
            out->real = -0.0;
            out->magnitude = mantissa;
            /* Of 20 digits, those below 2**64 begin with 1, and have not gone round to less than 10**19. */
            if (count > 19)
                out->is_wide = count > 20 || *digits != '1' || mantissa < 10000000000000000000ULL;
            return at;
        }
        if (*at == '.') {
            const unsigned char *fraction = ++at;
            if (first == NULL)
                while (*at == '0')
                    at++;
            {
                const unsigned char *significant = at;
                while (*at - '0' < 10u)
                    mantissa = mantissa * 10 + (*at++ - '0');
                count += at - significant;
            }
            if (at == fraction)
                return NULL;
            if (at - fraction > 100000)
                count = 20;
            exponent = -(int)(at - fraction);
        }
        if ((*at | 32) == 'e') {
            const unsigned char *begin;
            at++;
            sign = *at == '-' ? -1 : 1;
            at += *at == '-' || *at == '+';
            begin = at;
            shown = 0;
            while (*at - '0' < 10u) {
                if (shown < 1000000)
                    shown = shown * 10 + (*at - '0');
                at++;
            }
            if (at == begin)
                return NULL;
            if (shown >= 1000000)
                count = 20;
            exponent += sign * (int)shown;
        }
        out->is_float = 1;
        if (count <= 19) {
    #if defined(FLT_EVAL_METHOD) && FLT_EVAL_METHOD == 0
            if (mantissa <= 1ULL << 53 && exponent >= -22 && exponent <= 22) {
                double value = (double)mantissa;
                value = exponent < 0 ? value / symphony_tens[-exponent] : value * symphony_tens[exponent];
                out->real = out->negative ? -value : value;
                return at;
            }
    #endif
            symphony_powers_wanted = 1;
            if (symphony_powers_ready && symphony_nearest(mantissa, exponent, &out->real)) {
                if (out->negative)
                    out->real = -out->real;
                return at;
            }
        }
        {
            char *stop = NULL;
            out->real = PyOS_string_to_double((const char *)start, &stop, NULL);
            if (stop != (const char *)at || PyErr_Occurred()) {
                PyErr_Clear();
                return NULL;
            }
            return out->real - out->real == 0 ? at : NULL;
        }
    }
    """
    ctypedef struct Number "symphony_number":
        uint64_t magnitude
        double real
        bint negative
        bint is_float
        bint is_wide
    bint powers_wanted "symphony_powers_wanted"
    const unsigned char* read_number "symphony_read_number"(const unsigned char* at, Number* out) noexcept


cdef extern from "Python.h":
    object PyLong_FromUnsignedLongLong(unsigned long long value)
    object PyLong_FromLongLong(long long value)
    object PyLong_FromString(const char* text, char** end, int base)
    object PyFloat_FromDouble(double value)


cdef extern from *:
    """
    static double symphony_as_double(PyObject *number)
    {
        double value = PyLong_AsDouble(number);
        if (value == -1.0 && PyErr_Occurred()) {
            PyErr_Clear();
            return Py_HUGE_VAL;  /* no int is as large, so that it tells */
        }
        return value;
    }
    """
    double int_as_double "symphony_as_double"(object number) noexcept
    const double GREATEST "DBL_MAX"


cdef enum:
    # As `formats._json_text` and `hooks.scalars` have it.
    MAX_DIGITS = 4300
    # As `formats._cbor_write` has it.
    MAX_BIGNUM = 512


cdef inline bint number_at(Cursor* cursor, Number* number) noexcept:
    """Read a number of JSON; 0: the document is `needs_fallback`."""
    cdef const unsigned char* stop = read_number(cursor.at, number)
    if stop == NULL:
        cursor.needs_fallback = True
        return False
    cursor.at = stop
    return True


cdef inline bint int_bits_at(Cursor* cursor, uint64_t* magnitude, bint* negative) noexcept:
    """
    Read an int of at most 64 bits and a sign, which the cursor stands at.

    0: it is wider, and `wide_int_at` reads it, or a float of JSON, or the document is `needs_fallback`; the cursor stays.
    """
    cdef Number number
    cdef const unsigned char* start = cursor.at
    cdef unsigned int head = start[0]
    if cursor.layout == JSON:
        if not number_at(cursor, &number):
            return False
        if number.is_float or number.is_wide:
            cursor.at = start
            return False
        negative[0] = number.negative
        magnitude[0] = number.magnitude
        return True
    if cursor.layout == CBOR and head >= CBOR_BIGNUM:
        return False
    if not argument_at(cursor, magnitude):
        cursor.needs_fallback = True
        return False
    if cursor.layout == MSGPACK:
        negative[0] = (head >= 0xE0 or 0xD0 <= head <= 0xD3) and <int64_t>magnitude[0] < 0
        if negative[0]:
            magnitude[0] = 0 - magnitude[0]
        return True
    negative[0] = head >= 0x20
    if negative[0]:
        magnitude[0] += 1
        if magnitude[0] == 0:  # -2**64, whose magnitude has one bit more
            cursor.at = start
            return False
    return True


cdef inline object int_of(uint64_t magnitude, bint negative):
    if not negative:
        return PyLong_FromUnsignedLongLong(magnitude)
    if magnitude <= <uint64_t>1 << 63:
        return PyLong_FromLongLong(<long long>(0 - magnitude))
    return -PyLong_FromUnsignedLongLong(magnitude)


cdef object int_of_digits(const char* start, Py_ssize_t size):
    """Return the int of decimal digits with or without a minus; REFUSED: there are more digits than may be read."""
    cdef char room[MAX_DIGITS + 2]
    if size - (start[0] == c"-") > MAX_DIGITS:
        return REFUSED
    memcpy(room, start, size)
    room[size] = 0
    try:
        return PyLong_FromString(room, NULL, 10)
    except ValueError:  # the interpreter may be set to fewer digits
        return REFUSED


cdef object wide_int_at(Cursor* cursor):
    """Read an int that `int_bits_at` has left; REFUSED: it is a float of JSON, or the document is `needs_fallback`."""
    cdef Number number
    cdef const char* start = <const char*>cursor.at
    cdef Py_ssize_t size = 0
    cdef bint negative
    cdef object value
    if cursor.needs_fallback:
        return REFUSED
    if cursor.layout == JSON:
        if not number_at(cursor, &number) or number.is_float:
            cursor.at = <const unsigned char*>start
            return REFUSED
        value = int_of_digits(start, <const char*>cursor.at - start)
        return refuse_odd(cursor) if value is REFUSED else value
    if cursor.at[0] < CBOR_BIGNUM:
        cursor.at += 9
        return ~PyLong_FromUnsignedLongLong(0xFFFFFFFFFFFFFFFFULL)
    negative = cursor.at[0] == CBOR_BIGNUM + 1
    cursor.at += 1
    if kind_at(cursor) != IS_BYTES:
        cursor.at = <const unsigned char*>start
        return tag_value(cursor)
    if cursor.depth <= 0 or not span_at(cursor, &start, &size) or size > MAX_BIGNUM:
        return refuse_odd(cursor)
    value = int_of_bytes(<const unsigned char*>start, size)
    return ~value if negative else value


cdef object number_value(Cursor* cursor):
    """Read an int, or any number of JSON."""
    cdef Number number
    cdef uint64_t magnitude = 0
    cdef bint negative = False
    cdef const unsigned char* start = cursor.at
    if cursor.layout == JSON:
        if not number_at(cursor, &number):
            return REFUSED
        if number.is_float:
            return PyFloat_FromDouble(number.real)
        if not number.is_wide:
            return int_of(number.magnitude, number.negative)
        cursor.at = start
        return wide_int_at(cursor)
    if int_bits_at(cursor, &magnitude, &negative):
        return int_of(magnitude, negative)
    return wide_int_at(cursor)


cdef inline bint double_at(Cursor* cursor, int kind, double* value) except -1:
    """Read the float that a number is, which the cursor stands at; 0: it is beyond a float's range."""
    cdef Number number
    cdef uint64_t magnitude = 0
    cdef bint negative = False
    cdef object wide
    cdef const unsigned char* start = cursor.at
    if kind == IS_FLOAT:
        if float_bits_at(cursor, value):
            return True
        cursor.needs_fallback = True
        return False
    if cursor.layout == JSON:
        if not number_at(cursor, &number):
            return False
        if number.is_float:
            value[0] = number.real
            return True
        if not number.is_wide:
            value[0] = -<double>number.magnitude if number.negative else <double>number.magnitude
            return True
        cursor.at = start
    elif int_bits_at(cursor, &magnitude, &negative):
        value[0] = -<double>magnitude if negative else <double>magnitude
        return True
    wide = wide_int_at(cursor)
    if wide is REFUSED:
        return False
    value[0] = int_as_double(wide)
    return value[0] <= GREATEST
