/* Descriptors: what is waited for, the window's size, an eventfd, and standard error set aside. */
#ifndef C_TERMINAL_DESCRIPTORS_H
#define C_TERMINAL_DESCRIPTORS_H

#include <stddef.h>
#include <stdint.h>

/* What cterminal_wait found, or'ed. */
enum {
    cterminal_input_ready = 1,
    cterminal_woken = 2,
    cterminal_signalled = 4,
    cterminal_hung_up = 8,
};

/* Waits for input on standard input, a signal's eventfd or `wakeup` (-1: none); milliseconds -1: for ever.
   Both eventfds are emptied. 0 after the time or an interruption. */
int cterminal_wait(int wakeup, int milliseconds);

/* Bytes read from standard input; 0 at its end, -1 where there is nothing now, -2 on an error. */
long cterminal_read(uint8_t *buffer, size_t count);

/* Writes all bytes to standard output past curses' buffer, which must be empty: right after doupdate. */
void cterminal_write(const uint8_t *bytes, size_t count);

/* Columns and rows by TIOCGWINSZ; 0 where the terminal does not say. */
void cterminal_window_size(int *width, int *height);

/* A new eventfd, non-blocking and closed on exec; -1 on failure. */
int cterminal_eventfd(void);
/* Adds 1 to an eventfd: safe from any thread and any signal handler. */
void cterminal_eventfd_signal(int descriptor);

/* Blocking mode of standard output, which another program may have left off: returns what it was. */
int cterminal_set_blocking(int blocking);

/* Sends standard error to memory while the screen is shown, where it would be a terminal. */
void cterminal_capture_errors(void);
/* Gives standard error back and writes to it what came meanwhile; async-signal-safe. */
void cterminal_release_errors(void);

/* Milliseconds of a clock that never goes back. */
int64_t cterminal_milliseconds(void);

#endif
