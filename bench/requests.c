/* What a program asks of callgrind while it runs under it: count from here, and write down what was counted. */

#include <valgrind/callgrind.h>

void count_start(void)
{
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
}

void count_stop(const char *name)
{
    CALLGRIND_DUMP_STATS_AT(name);
    CALLGRIND_STOP_INSTRUMENTATION;
}
