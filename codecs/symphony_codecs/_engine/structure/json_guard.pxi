# What orjson reads otherwise than serde_json does, found before it reads, sixteen bytes at a time.

cdef extern from *:
    """
    #include <stdint.h>
    #include <string.h>
    #if defined(__SSE2__) || defined(_M_X64)
        #include <emmintrin.h>
        #define SYMPHONY_SSE2
    #endif

    /* Sixteen bytes: a bit for each that is one of these, the first lowest. */
    typedef struct {
        unsigned int digits, zeros, minuses, quotes, backslashes, opens, closes;
    } symphony_block;

    #ifdef SYMPHONY_SSE2
    static inline unsigned int symphony_equal(__m128i bytes, char wanted)
    {
        return (unsigned int)_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(wanted)));
    }

    static inline void symphony_look(const unsigned char *data, symphony_block *block)
    {
        __m128i bytes = _mm_loadu_si128((const __m128i *)data);
        __m128i lower = _mm_or_si128(bytes, _mm_set1_epi8(0x20));
        __m128i value = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
        block->digits = (unsigned int)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(value, _mm_set1_epi8(9)), value));
        block->zeros = symphony_equal(bytes, '0');
        block->minuses = symphony_equal(bytes, '-');
        block->quotes = symphony_equal(bytes, '"');
        block->backslashes = symphony_equal(bytes, 0x5C);
        block->opens = symphony_equal(lower, '{');   /* which [ becomes as well */
        block->closes = symphony_equal(lower, '}');
    }
    #else
    static inline void symphony_look(const unsigned char *data, symphony_block *block)
    {
        unsigned int i;
        memset(block, 0, sizeof *block);
        for (i = 0; i < 16; i++) {
            unsigned char byte = data[i], lower = byte | 0x20;
            block->digits |= (unsigned int)((unsigned char)(byte - '0') < 10) << i;
            block->zeros |= (unsigned int)(byte == '0') << i;
            block->minuses |= (unsigned int)(byte == '-') << i;
            block->quotes |= (unsigned int)(byte == '"') << i;
            block->backslashes |= (unsigned int)(byte == 0x5C) << i;
            block->opens |= (unsigned int)(lower == '{') << i;
            block->closes |= (unsigned int)(lower == '}') << i;
        }
    }
    #endif

    static inline int symphony_bits(unsigned int bits)
    {
        int count = 0;
        for (; bits; bits &= bits - 1)
            count++;
        return count;
    }

    /* The place of the lowest bit, of which there is one. */
    static inline int symphony_lowest(unsigned int bits)
    {
    #if defined(__GNUC__)
        return __builtin_ctz(bits);
    #else
        return symphony_bits((bits & (0u - bits)) - 1);
    #endif
    }

    static inline int symphony_ends_number(unsigned char byte)
    {
        return byte == ' ' || byte == 0x09 || byte == 0x0D || byte == 0x0A || byte == ',' || byte == ']' || byte == '}';
    }

    /*
     * Whether orjson may be asked, as it is: there is no run of 19 digits, which may be an int of more than 64 bits; no
     * "-0" that is an int; and nothing nests too deep.  May say no where it is yes, for odd documents.
     */
    static int symphony_is_usual_json(const unsigned char *data, Py_ssize_t size, Py_ssize_t max_depth)
    {
        unsigned char tail[16];
        unsigned int minus = 0;     /* whether the byte before this block is a minus */
        unsigned int inside = 0;    /* all ones if this block begins inside of a text */
        int escaped = 0;            /* whether its first byte is behind a backslash */
        int run = 0;                /* digits at the end of the block before */
        Py_ssize_t at, depth = 0;
        for (at = 0; at < size; at += 16) {
            const unsigned char *here = data + at;
            symphony_block block;
            unsigned int bits, texts;
            if (size - at < 16) {
                memset(tail, ' ', 16);
                memcpy(tail, here, (size_t)(size - at));
                here = tail;
            }
            symphony_look(here, &block);

            if (block.digits) {
                /* The digits that go on from the block before; then those that go on to the next. */
                if (run + symphony_lowest(~block.digits) >= 19)
                    return 0;
                if (block.digits == 0xFFFF)
                    run += 16;
                else
                    for (run = 0; block.digits >> (15 - run) & 1;)
                        run++;
            }
            else
                run = 0;

            for (bits = (block.minuses << 1 | minus) & block.zeros; bits; bits &= bits - 1) {
                Py_ssize_t next = at + symphony_lowest(bits) + 1;
                if (next >= size || symphony_ends_number(data[next]))
                    return 0;
            }
            minus = block.minuses >> 15 & 1;

            if (block.backslashes || escaped) {
                unsigned int i;
                texts = 0;
                for (i = 0; i < 16; i++) {
                    unsigned int bit = 1u << i;
                    if (escaped)
                        escaped = 0;
                    else if (block.backslashes & bit)
                        escaped = inside != 0;
                    else if (block.quotes & bit)
                        inside = ~inside;
                    if (inside)
                        texts |= bit;
                }
            }
            else {
                texts = block.quotes;
                texts ^= texts << 1;
                texts ^= texts << 2;
                texts ^= texts << 4;
                texts ^= texts << 8;
                texts ^= inside;
                inside = texts & 0x8000 ? ~0u : 0;
            }
            block.opens &= ~texts;
            block.closes &= ~texts;
            if (block.opens | block.closes) {
                depth += symphony_bits(block.opens);
                if (depth >= max_depth)
                    return 0;
                depth -= symphony_bits(block.closes);
            }
        }
        return 1;
    }
    """
    bint is_usual_json "symphony_is_usual_json"(const unsigned char* data, Py_ssize_t size, Py_ssize_t max_depth) noexcept nogil
