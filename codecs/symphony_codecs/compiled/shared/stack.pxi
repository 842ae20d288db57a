# How much of the thread's stack may still be used.
#
#   size_t stack_end()
#       The address that recursion has to stay above, for a document that begins to be read or written here; 0: there is
#       nothing to go by, since this is another stack than the thread's own, as coroutine libraries make them.
#   bint is_stack_short(size_t end)
#       Whether it does not.
#
# Some of the stack is left for hooks, and for what makes the error.

cdef extern from *:
    """
    #include <stdint.h>
    #if defined(_WIN32)
        #define WIN32_LEAN_AND_MEAN
        #include <windows.h>
    #else
        #include <pthread.h>
        #if defined(__FreeBSD__)
            #include <pthread_np.h>
        #endif
    #endif

    #if defined(_MSC_VER)
        #include <intrin.h>
        #define SYMPHONY_OF_THREAD __declspec(thread)
        #define symphony_here() ((uintptr_t)_AddressOfReturnAddress())
    #else
        #define SYMPHONY_OF_THREAD __thread
        #define symphony_here() ((uintptr_t)__builtin_frame_address(0))
    #endif

    /* Where the stack of this thread lies; both are zero before it was looked up, the upper one is 1 if nobody knows. */
    static SYMPHONY_OF_THREAD uintptr_t symphony_stack_low, symphony_stack_high;

    #define SYMPHONY_STACK_LEFT (32 * 1024)      /* or a quarter, of smaller stacks */
    #define SYMPHONY_STACK_LEAST 2048            /* of which a document may have the rest, wherever it begins */
    #define SYMPHONY_STACK_ASSUMED (512 * 1024)  /* what a document may use where nobody knows the stack */

    static void symphony_find_stack(void)
    {
        uintptr_t low = 0, high = 0;
    #if defined(_WIN32)
        ULONG_PTR from, to;
        GetCurrentThreadStackLimits(&from, &to);
        low = from;
        high = to;
    #elif defined(__APPLE__)
        high = (uintptr_t)pthread_get_stackaddr_np(pthread_self());
        low = high - pthread_get_stacksize_np(pthread_self());
    #elif defined(__linux__) || defined(__FreeBSD__)
        pthread_attr_t attributes;
        void *start;
        size_t size, guard;
        int found;
        #if defined(__linux__)
        found = pthread_getattr_np(pthread_self(), &attributes) == 0;
        #else
        found = pthread_attr_init(&attributes) == 0 && pthread_attr_get_np(pthread_self(), &attributes) == 0;
        #endif
        if (found) {
            if (pthread_attr_getstack(&attributes, &start, &size) == 0) {
                low = (uintptr_t)start;
                high = low + size;
                if (pthread_attr_getguardsize(&attributes, &guard) == 0 && guard < size)
                    low += guard;  /* some systems count it as a part of the stack */
            }
            pthread_attr_destroy(&attributes);
        }
    #endif
        symphony_stack_low = low;
        symphony_stack_high = high > low ? high : 1;
    }

    static size_t symphony_stack_end(void)
    {
        uintptr_t here = symphony_here(), low, high, left;
        if (symphony_stack_high == 0)
            symphony_find_stack();
        low = symphony_stack_low;
        high = symphony_stack_high;
        if (high == 1)
            return here > SYMPHONY_STACK_ASSUMED ? here - SYMPHONY_STACK_ASSUMED : 0;
        if (here < low || here >= high)
            return 0;
        left = (high - low) / 4 < SYMPHONY_STACK_LEFT ? (high - low) / 4 : SYMPHONY_STACK_LEFT;
        /* Where the stack is used up already, half of the rest: documents of a few levels are read all the same. */
        if (here - low < 2 * left)
            left = (here - low) / 2;
        return low + (left < SYMPHONY_STACK_LEAST ? SYMPHONY_STACK_LEAST : left);
    }

    #define symphony_is_stack_short(end) (symphony_here() < (end))
    """
    size_t stack_end "symphony_stack_end"() noexcept nogil
    bint is_stack_short "symphony_is_stack_short"(size_t end) noexcept nogil
