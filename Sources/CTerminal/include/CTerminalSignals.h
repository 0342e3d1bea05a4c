/* Signals and the way back to a usable terminal. No handler enters the Swift runtime. */
#ifndef C_TERMINAL_SIGNALS_H
#define C_TERMINAL_SIGNALS_H

#include <stddef.h>

/* Keeps the modes of standard input, to be given back; 0 on success. */
int cterminal_save_modes(void);

/* The bytes that undo what was switched on: private modes, keypad, cursor, colours, alternate screen. */
void cterminal_set_leave_sequence(const char *bytes, size_t count);

/* From here on a crash, an exit or cterminal_restore gives the terminal back; and the end of that. */
void cterminal_arm(void);
void cterminal_disarm(void);
/* 0 once the terminal was given back, by a crash in another thread too. */
int cterminal_is_armed(void);

/* Gives the terminal back once: leave sequence, modes, standard error. Async-signal-safe.
   From another thread than the one that armed, which is stopped for good first: the program ends. */
void cterminal_restore(void);

/* Installs all handlers; 0 on success. Before newterm, so that ncurses keeps its own out of the way.
   Crashes and QUIT restore the terminal first (cprocess_install_fault_handlers);
   TERM HUP INT, WINCH, TSTP and CONT set a flag and wake cterminal_wait. A second TERM or INT
   that comes over a second after the first ends the program at once: the main thread is stuck. */
int cterminal_install_handlers(void);
/* Puts the previous handlers of TERM HUP INT, WINCH, TSTP and CONT back. */
void cterminal_remove_handlers(void);

/* The signal that asked the program to end, 0 for none. */
int cterminal_termination_signal(void);
/* 1 once for each time that the program was asked to stop (TSTP), or went on after it was stopped (CONT). */
int cterminal_take_stop_request(void);
int cterminal_take_continuation(void);

/* Stops the program as ^Z does, with its process group, and returns when it goes on.
   Not SIGSTOP: where no shell could continue it the kernel drops SIGTSTP and the program goes on. */
void cterminal_stop(void);

/* Ends the program by a signal's default action, so that the exit status tells the cause. */
void cterminal_die(int signal);

/* 1 for the end of standard input, 2 for that of output where they are no terminal; 0 where both are. */
int cterminal_missing_terminal(void);

#endif
