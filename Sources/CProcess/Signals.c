#define _GNU_SOURCE
#include "CProcess.h"

#include <CMapping.h>
#include <errno.h>
#include <pthread.h>
#include <stddef.h>
#include <time.h>
#include <unistd.h>

enum { signal_count = 65, alternate_stack_size = 65536 };
static struct sigaction previous[signal_count];
static void (*volatile restoration)(void);
static int pipes_were_fatal;
static volatile sig_atomic_t noted;
static struct timespec noted_at;
static int notes_requests;

static const int faults[] = {SIGSEGV, SIGABRT, SIGILL, SIGBUS, SIGFPE, SIGTRAP, SIGSYS, SIGQUIT};
static const int requests[] = {SIGTERM, SIGINT, SIGHUP};
#define count_of(list) (sizeof(list) / sizeof(list)[0])

void cprocess_set_restoration(void (*restore)(void)) {
    restoration = restore;
}

void cprocess_die(int number) {
    struct sigaction action = {.sa_flags = 0};
    sigset_t mask;
    action.sa_handler = SIG_DFL;
    sigemptyset(&action.sa_mask);
    sigaction(number, &action, NULL);
    sigemptyset(&mask);
    sigaddset(&mask, number);
    pthread_sigmask(SIG_UNBLOCK, &mask, NULL);
    raise(number);
    _exit(128 + number);
}

/* abort() sends the signal to the program by itself; no fault of a program is a QUIT, which the keyboard sends with a code above 0. */
int cprocess_is_from_outside(int number, const siginfo_t *information) {
    return number == SIGQUIT || (information->si_code <= 0 && information->si_pid != getpid());
}

static void hand_on(const struct sigaction *action, int number, siginfo_t *information, void *context) {
    if (action->sa_flags & SA_SIGINFO) {
        if (action->sa_sigaction != NULL) action->sa_sigaction(number, information, context);
    } else if (action->sa_handler != SIG_DFL && action->sa_handler != SIG_IGN) {
        action->sa_handler(number);
    }
}

/* A fault of the processor happens again on return, then with the previous handler, which ends the program. */
static void handle_fault(int number, siginfo_t *information, void *context) {
    /* What is left of a file that was cut is put to rights, and nothing else happens. */
    if (number == SIGBUS && cmapping_recover(information)) return;
    int error = errno;
    if (restoration != NULL) restoration();
    if (cprocess_is_from_outside(number, information)) cprocess_die(number);
    int repeats = number == SIGSEGV || number == SIGBUS || number == SIGILL || number == SIGFPE;
    if (repeats && information->si_code > 0) {
        sigaction(number, &previous[number], NULL);
    } else {
        hand_on(&previous[number], number, information, context);
        cprocess_die(number);
    }
    errno = error;
}

/* Where Swift made no alternate stack, an overflow of the main thread's could not be handled. */
static void provide_alternate_stack(void) {
    static char memory[alternate_stack_size];
    stack_t present;
    if (sigaltstack(NULL, &present) != 0 || (present.ss_flags & SS_DISABLE) == 0) return;
    stack_t stack = {.ss_sp = memory, .ss_size = sizeof memory};
    sigaltstack(&stack, NULL);
}

void cprocess_install_fault_handlers(void) {
    static int installed = 0;
    if (installed) return;
    installed = 1;
    provide_alternate_stack();
    struct sigaction action = {.sa_flags = SA_SIGINFO | SA_ONSTACK};
    action.sa_sigaction = handle_fault;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < count_of(faults); i++) {
        sigaction(faults[i], NULL, &previous[faults[i]]);
        /* A QUIT that whoever started the program wants ignored stays so. */
        if (faults[i] == SIGQUIT && previous[SIGQUIT].sa_handler == SIG_IGN) continue;
        sigaction(faults[i], &action, NULL);
    }
}

void cprocess_make_writing_fail(void) {
    struct sigaction action = {.sa_flags = 0};
    struct sigaction before;
    action.sa_handler = SIG_IGN;
    sigemptyset(&action.sa_mask);
    if (sigaction(SIGPIPE, &action, &before) == 0 && before.sa_handler != SIG_IGN) pipes_were_fatal = 1;
    sigaction(SIGXFSZ, &action, NULL);
}

int cprocess_pipes_were_fatal(void) {
    return pipes_were_fatal;
}

/* What asks a program to end may reach it twice at once: `timeout` signals its child and then its group. */
static int is_same_request(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - noted_at.tv_sec) * 1000 + (now.tv_nsec - noted_at.tv_nsec) / 1000000 < 300;
}

static void note(int number) {
    int error = errno;
    if (noted == 0) {
        clock_gettime(CLOCK_MONOTONIC, &noted_at);
        noted = number;
    } else if (!is_same_request()) {
        cprocess_die(number);
    }
    errno = error;
}

static void handle_requests(void (*handler)(int), int flags) {
    struct sigaction action = {.sa_flags = flags};
    action.sa_handler = handler;
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < count_of(requests); i++) {
        struct sigaction present;
        sigaction(requests[i], NULL, &present);
        /* nohup: the program is to outlive its terminal. */
        if (requests[i] == SIGHUP && present.sa_handler == SIG_IGN) continue;
        sigaction(requests[i], &action, NULL);
    }
}

void cprocess_note_requests(void) {
    notes_requests = 1;
    handle_requests(note, SA_RESTART);
}

int cprocess_noted_request(void) {
    return noted;
}

void cprocess_suspend_requests(void) {
    if (notes_requests) handle_requests(SIG_DFL, 0);
}

void cprocess_resume_requests(void) {
    if (notes_requests) handle_requests(note, SA_RESTART);
}
