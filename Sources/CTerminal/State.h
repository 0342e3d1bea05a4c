/* What the signal handlers share with the rest; a program has one terminal. */
#ifndef C_TERMINAL_STATE_H
#define C_TERMINAL_STATE_H

#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <termios.h>

typedef struct {
    volatile sig_atomic_t armed;
    volatile sig_atomic_t termination;
    volatile sig_atomic_t stop_requested;
    volatile sig_atomic_t continued;
    /* When the termination was asked for, milliseconds. */
    volatile int64_t termination_time;
    int signal_event;
    int captured_errors;
    int kept_errors;
    struct termios modes;
    size_t leave_count;
    char leave[512];
} CTerminalState;

extern CTerminalState cterminal_state;

void cterminal_write_to(int descriptor, const void *bytes, size_t count);

#endif
