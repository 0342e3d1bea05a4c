#define _GNU_SOURCE
#include "COneDNN.h"

#include <sys/resource.h>
#include <time.h>

void pare_thread_usage(double *seconds, int64_t *switches) {
    struct timespec time = {0, 0};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    *seconds = (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
    struct rusage usage;
    *switches = getrusage(RUSAGE_THREAD, &usage) == 0 ? (int64_t)usage.ru_nivcsw : 0;
}
