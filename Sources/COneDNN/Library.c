#include "Internal.h"

#include <dnnl_debug.h>
#include <fenv.h>

/* clang brings no omp.h; these are libgomp's own. */
extern void omp_set_num_threads(int);
extern int omp_get_max_threads(void);
extern int omp_get_num_procs(void);
extern int omp_get_thread_num(void);
extern void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);

void pare_onednn_version(int *major, int *minor, int *patch) {
    const dnnl_version_t *version = dnnl_version();
    *major = version->major;
    *minor = version->minor;
    *patch = version->patch;
}

/* Sets are bits in oneDNN: one that includes another has all of its bits. The names leave out bits that float32 kernels do not use. */
const char *pare_onednn_instruction_set(void) {
    unsigned set = (unsigned)dnnl_get_effective_cpu_isa();
    if ((set & dnnl_cpu_isa_avx512_core) == dnnl_cpu_isa_avx512_core) return "AVX-512";
    if ((set & dnnl_cpu_isa_avx2) == dnnl_cpu_isa_avx2) return "AVX2";
    if ((set & dnnl_cpu_isa_avx) == dnnl_cpu_isa_avx) return "AVX";
    if ((set & dnnl_cpu_isa_sse41) == dnnl_cpu_isa_sse41) return "SSE4.1";
    return "baseline";
}

int pare_onednn_sums_bytes(int products) {
    const unsigned set = (unsigned)dnnl_get_effective_cpu_isa();
    if ((set & dnnl_cpu_isa_avx512_core_vnni) == dnnl_cpu_isa_avx512_core_vnni) return 1;
    /* Only convolutions have kernels for the 256-bit form. */
    return !products && (set & dnnl_cpu_isa_avx2_vnni) == dnnl_cpu_isa_avx2_vnni;
}

const char *pare_status_name(int status) { return dnnl_status2str((dnnl_status_t)status); }

void pare_set_thread_count(int count) { omp_set_num_threads(count); }

int pare_thread_count(void) { return omp_get_max_threads(); }

int pare_processor_count(void) { return omp_get_num_procs(); }

typedef struct {
    size_t count;
    size_t grain;
    size_t next;
    pare_range_body body;
    void *context;
} parallel_job;

static void run_ranges(void *data) {
    parallel_job *job = data;
    for (;;) {
        const size_t first = __atomic_fetch_add(&job->next, job->grain, __ATOMIC_RELAXED);
        if (first >= job->count) return;
        const size_t left = job->count - first;
        job->body(job->context, omp_get_thread_num(), first, first + (left < job->grain ? left : job->grain));
    }
}

void pare_parallel(int threads, size_t count, size_t grain, pare_range_body body, void *context) {
    parallel_job job = { count, grain ? grain : 1, 0, body, context };
    GOMP_parallel(run_ranges, &job, (unsigned)(threads < 1 ? 1 : threads), 0);
}

static void take_flag(void *found) {
    if (!fetestexcept(FE_INVALID)) return;
    feclearexcept(FE_INVALID);
    __atomic_store_n((int *)found, 1, __ATOMIC_RELAXED);
}

int pare_take_invalid(int threads) {
    int found = 0;
    if (threads > 1) GOMP_parallel(take_flag, &found, (unsigned)threads, 0);
    else take_flag(&found);
    return found;
}
