/* What a process owes the system around it and Swift can't import or must not do itself: signals, standard descriptors, unnamed files. */
#ifndef C_PROCESS_H
#define C_PROCESS_H

#include <signal.h>

/* Opens what is closed of the descriptors 0, 1 and 2, so that no file of a user's gets such a number. They lead to /dev/null in the
   direction that is not theirs: reading and writing them fails with EBADF. To be called before anything is opened. */
void cprocess_open_standard_descriptors(void);

/* Ignores SIGPIPE and SIGXFSZ, so that a closed pipe and a limit on the size of files are errors of write(2). */
void cprocess_make_writing_fail(void);
/* Whether SIGPIPE ended the program before cprocess_make_writing_fail; else it was ignored already. */
int cprocess_pipes_were_fatal(void);

/* Installs the handler of SEGV ABRT ILL BUS FPE TRAP SYS and QUIT, once for the program. It calls `restore` (see below) first.
   A signal from outside (kill, ^\ in a terminal) then takes its default action, without the handler that was there before.
   A fault of the program itself goes on to that handler, Swift's backtracer, with the true context, and then ends the program.
   Handlers that repair faults are to be installed after this one and hand on what they can't repair. */
void cprocess_install_fault_handlers(void);
/* What gives the terminal back; async-signal-safe. */
void cprocess_set_restoration(void (*restore)(void));

/* Whether a signal came from another process or the keyboard and not from a fault of this one. */
int cprocess_is_from_outside(int number, const siginfo_t *information);

/* From here on a first TERM, INT or HUP is only noted, and gives its default action back for the second; HUP not under nohup. */
void cprocess_note_requests(void);
/* The signal that was noted, 0 for none. */
int cprocess_noted_request(void);
/* TERM, INT and HUP end the program at once, while it waits for another; and are noted again where they were before. */
void cprocess_suspend_requests(void);
void cprocess_resume_requests(void);

/* Ends the program by a signal's default action, so that the exit status tells the cause. */
void cprocess_die(int number);

/* A new file without a name in a folder, open for writing: it is gone with the program. -1 with errno where the folder's system has none. */
int cprocess_open_unnamed(const char *folder, unsigned mode);
/* Gives an unnamed file its name, which must be free; 0 on success. */
int cprocess_name_file(int descriptor, const char *path);

/* Lets as many files be open at once as the system allows without asking, 65,536 at most. */
void cprocess_raise_descriptor_limit(void);

/* How many of `wanted` (at most 64) further files can be opened now. */
int cprocess_free_descriptors(int wanted);

/* The limit on open files; -1 where it is not known. */
long cprocess_descriptor_limit(void);

#endif
