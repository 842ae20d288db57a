/* Requests to callgrind from a program that runs under it: start counting, and dump the counts. */

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
