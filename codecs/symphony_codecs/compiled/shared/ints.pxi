# The bits of ints, without a call into the interpreter for each.
#
#   bint int_bits(PyObject* number, uint64_t* high, uint64_t* low, bint* negative)
#       The magnitude of an exact int in 128 bits; 0: it has more.  Raises nothing.
#   bint int_fits(PyObject* number, uint64_t* magnitude, bint* negative)
#       The same in 64 bits.
#   object int_of_bytes(const unsigned char* raw, size_t size)
#       The int of big-endian bytes, unsigned.

from cpython.object cimport PyObject
from libc.stdint cimport int64_t, uint32_t, uint64_t


cdef extern from *:
    """
    /* The layout of ints moved in 3.12; sizes of digits are a choice of the build. */
    #if PY_VERSION_HEX >= 0x030C0000
        #define symphony_digits(o) (((PyLongObject *)(o))->long_value.ob_digit)
        #define symphony_digit_count(o) ((Py_ssize_t)(((PyLongObject *)(o))->long_value.lv_tag >> 3))
        #define symphony_is_negative(o) ((((PyLongObject *)(o))->long_value.lv_tag & 3) == 2)
    #else
        #define symphony_digits(o) (((PyLongObject *)(o))->ob_digit)
        #define symphony_digit_count(o) (Py_ABS(Py_SIZE(o)))
        #define symphony_is_negative(o) (Py_SIZE(o) < 0)
    #endif

    static int symphony_wide_int_bits(const digit *digits, Py_ssize_t count, uint64_t *high, uint64_t *low)
    {
        *low = 0;
        while (count--) {
            if (*high >> (64 - PyLong_SHIFT))
                return 0;
            *high = *high << PyLong_SHIFT | *low >> (64 - PyLong_SHIFT);
            *low = *low << PyLong_SHIFT | digits[count];
        }
        return 1;
    }

    static inline int symphony_int_bits(PyObject *number, uint64_t *high, uint64_t *low, int *negative)
    {
        const digit *digits = symphony_digits(number);
        Py_ssize_t count = symphony_digit_count(number);
        *negative = symphony_is_negative(number);
        *high = 0;
        if (count <= 1) {  /* zero may have no digit, or one that is not to be read */
            *low = count ? digits[0] : 0;
            return 1;
        }
        return symphony_wide_int_bits(digits, count, high, low);
    }

    static PyObject *symphony_int_of_bytes(const unsigned char *raw, size_t size)
    {
    #if PY_VERSION_HEX >= 0x030D0000
        return PyLong_FromUnsignedNativeBytes(raw, size, Py_ASNATIVEBYTES_BIG_ENDIAN);
    #else
        return _PyLong_FromByteArray(raw, size, 0, 0);
    #endif
    }
    """
    bint int_bits "symphony_int_bits"(PyObject* number, uint64_t* high, uint64_t* low, bint* negative) noexcept nogil
    object int_of_bytes "symphony_int_of_bytes"(const unsigned char* raw, size_t size)


cdef inline bint int_fits(PyObject* number, uint64_t* magnitude, bint* negative) noexcept nogil:
    cdef uint64_t high
    return int_bits(number, &high, magnitude, negative) and high == 0
