#define _GNU_SOURCE
#include "CTerminalSignals.h"
#include "CProcess.h"
#include "CTerminalDescriptors.h"
#include "State.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

CTerminalState cterminal_state = {.signal_event = -1, .captured_errors = -1, .kept_errors = -1};

enum { signal_count = 65 };
static struct sigaction previous[signal_count];
/* The thread that draws, and whether it was stopped for good. */
static volatile pid_t drawing_thread;
static volatile sig_atomic_t is_parked;
/* Ignored by default, and no library of ours uses it. */
enum { parking = SIGURG };

static const int requests[] = {SIGTERM, SIGHUP, SIGINT, SIGWINCH, SIGTSTP, SIGCONT};
#define count_of(list) (sizeof(list) / sizeof(list)[0])

int cterminal_save_modes(void) {
    return tcgetattr(STDIN_FILENO, &cterminal_state.modes);
}

void cterminal_set_leave_sequence(const char *bytes, size_t count) {
    if (count > sizeof cterminal_state.leave) count = sizeof cterminal_state.leave;
    memcpy(cterminal_state.leave, bytes, count);
    cterminal_state.leave_count = count;
}

void cterminal_arm(void) {
    static int registered = 0;
    if (!registered) atexit(cterminal_restore);
    registered = 1;
    drawing_thread = (pid_t)syscall(SYS_gettid);
    __atomic_store_n(&cterminal_state.armed, 1, __ATOMIC_SEQ_CST);
}

void cterminal_disarm(void) {
    __atomic_store_n(&cterminal_state.armed, 0, __ATOMIC_SEQ_CST);
}

int cterminal_is_armed(void) {
    return __atomic_load_n(&cterminal_state.armed, __ATOMIC_SEQ_CST);
}

static void park(int number) {
    (void)number;
    is_parked = 1;
    for (;;) pause();
}

/* A frame that another thread is in the middle of would be written after the terminal was given back; at most 200 ms. */
static void stop_drawing(void) {
    const struct timespec millisecond = {.tv_nsec = 1000000};
    pid_t thread = drawing_thread;
    if (thread == 0 || thread == (pid_t)syscall(SYS_gettid)) return;
    if (syscall(SYS_tgkill, getpid(), thread, parking) != 0) return;
    for (int i = 0; i < 200 && !is_parked; i++) nanosleep(&millisecond, NULL);
}

void cterminal_restore(void) {
    if (__atomic_exchange_n(&cterminal_state.armed, 0, __ATOMIC_SEQ_CST)) {
        stop_drawing();
        cterminal_write_to(STDOUT_FILENO, cterminal_state.leave, cterminal_state.leave_count);
        tcsetattr(STDIN_FILENO, TCSANOW, &cterminal_state.modes);
    }
    cterminal_release_errors();
}

static void request_termination(int number) {
    int64_t now = cterminal_milliseconds();
    if (cterminal_state.termination == 0) {
        cterminal_state.termination_time = now;
        cterminal_state.termination = number;
    } else if (number != SIGHUP && now - cterminal_state.termination_time > 1000) {
        cterminal_restore();
        cterminal_die(number);
    }
}

static void handle_request(int number) {
    int error = errno;
    switch (number) {
    case SIGWINCH: break;
    case SIGTSTP: cterminal_state.stop_requested = 1; break;
    case SIGCONT: cterminal_state.continued = 1; break;
    default: request_termination(number);
    }
    cterminal_eventfd_signal(cterminal_state.signal_event);
    errno = error;
}

int cterminal_install_handlers(void) {
    if (cterminal_state.signal_event < 0) cterminal_state.signal_event = cterminal_eventfd();
    if (cterminal_state.signal_event < 0) return -1;
    cprocess_set_restoration(cterminal_restore);
    cprocess_install_fault_handlers();
    struct sigaction request = {.sa_flags = SA_RESTART | SA_ONSTACK};
    request.sa_handler = handle_request;
    sigemptyset(&request.sa_mask);
    for (size_t i = 0; i < count_of(requests); i++) sigaction(requests[i], &request, &previous[requests[i]]);
    /* Without SA_RESTART: a write that waits for the terminal ends there. */
    struct sigaction parked = {.sa_flags = SA_ONSTACK};
    parked.sa_handler = park;
    sigemptyset(&parked.sa_mask);
    sigaction(parking, &parked, NULL);
    /* nohup: it wants us to outlive the terminal. */
    if (previous[SIGHUP].sa_handler == SIG_IGN) sigaction(SIGHUP, &previous[SIGHUP], NULL);
    return 0;
}

void cterminal_remove_handlers(void) {
    for (size_t i = 0; i < count_of(requests); i++) sigaction(requests[i], &previous[requests[i]], NULL);
}

int cterminal_termination_signal(void) {
    return cterminal_state.termination;
}

int cterminal_take_stop_request(void) {
    return __atomic_exchange_n(&cterminal_state.stop_requested, 0, __ATOMIC_SEQ_CST);
}

int cterminal_take_continuation(void) {
    return __atomic_exchange_n(&cterminal_state.continued, 0, __ATOMIC_SEQ_CST);
}

void cterminal_stop(void) {
    struct sigaction action = {.sa_flags = 0};
    struct sigaction ours;
    sigemptyset(&action.sa_mask);
    /* The others of the group first, a script around us for one; then this thread, for which raise is not late. */
    action.sa_handler = SIG_IGN;
    sigaction(SIGTSTP, &action, &ours);
    kill(0, SIGTSTP);
    action.sa_handler = SIG_DFL;
    sigaction(SIGTSTP, &action, NULL);
    raise(SIGTSTP);
    sigaction(SIGTSTP, &ours, NULL);
}

void cterminal_die(int number) {
    cprocess_die(number);
}

int cterminal_missing_terminal(void) {
    if (!isatty(STDIN_FILENO)) return 1;
    return isatty(STDOUT_FILENO) ? 0 : 2;
}
