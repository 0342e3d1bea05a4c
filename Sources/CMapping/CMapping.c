#define _GNU_SOURCE
#include "CMapping.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

enum { map_count = 4096 };

/* `end` is 0 in a free slot, and is set last: a handler sees a whole entry or none. */
static struct {
    atomic_uintptr_t start;
    atomic_uintptr_t end;
    atomic_int is_cut;
    atomic_int is_taken;
} maps[map_count];

static struct sigaction previous;
static uintptr_t page_size;

int cmapping_add(const void *start, size_t length) {
    for (int map = 0; map < map_count; map++) {
        int free_slot = 0;
        if (!atomic_compare_exchange_strong(&maps[map].is_taken, &free_slot, 1)) continue;
        atomic_store(&maps[map].is_cut, 0);
        atomic_store(&maps[map].start, (uintptr_t)start);
        atomic_store(&maps[map].end, (uintptr_t)start + length);
        return map;
    }
    return -1;
}

void cmapping_remove(int map) {
    atomic_store(&maps[map].end, 0);
    atomic_store(&maps[map].is_taken, 0);
}

int cmapping_is_cut(int map) {
    return atomic_load(&maps[map].is_cut);
}

/* The map that holds an address, -1 for none. */
static int map_of(uintptr_t address) {
    for (int map = 0; map < map_count; map++) {
        if (address < atomic_load(&maps[map].end) && address >= atomic_load(&maps[map].start)) return map;
    }
    return -1;
}

int cmapping_mark(const void *address) {
    int map = map_of((uintptr_t)address);
    if (map >= 0) atomic_store(&maps[map].is_cut, 1);
    return map >= 0;
}

int cmapping_recover(const siginfo_t *information) {
    /* Sent by another process, or raised: no fault. */
    if (information->si_code <= 0 || page_size == 0) return 0;
    uintptr_t fault = (uintptr_t)information->si_addr;
    int map = map_of(fault);
    if (map < 0) return 0;
    /* The last page of a map is whole, whatever the file's length. */
    uintptr_t start = fault & ~(page_size - 1);
    uintptr_t end = (atomic_load(&maps[map].end) + page_size - 1) & ~(page_size - 1);
    int error = errno;
    void *zeros = mmap((void *)start, end - start, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    errno = error;
    if (zeros == MAP_FAILED) return 0;
    atomic_store(&maps[map].is_cut, 1);
    return 1;
}

static void handle_fault(int number, siginfo_t *information, void *context) {
    if (cmapping_recover(information)) return;
    if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(number, information, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(number);
    } else {
        /* A true fault happens again on return, then under the default action; what was sent is sent again. */
        sigaction(number, &previous, NULL);
        if (information->si_code <= 0) raise(number);
    }
}

static void install(void) {
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    action.sa_sigaction = handle_fault;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, NULL, &previous);
    sigaction(SIGBUS, &action, NULL);
}

void cmapping_install(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, install);
}
