/* Maps of files that may be cut by another program while they are read: what is gone reads as zeros, and a flag tells. */
#ifndef C_MAPPING_H
#define C_MAPPING_H

#include <signal.h>
#include <stddef.h>

/* Installs the handler of SIGBUS, once; what is no fault in a map of the table goes on to the handler before it. */
void cmapping_install(void);

/* Puts a map into the table: a number for the functions below, or -1 where the table is full. Safe from any thread. */
int cmapping_add(const void *start, size_t length);
/* Takes a map out of the table: before munmap, for its addresses may be another's after that. */
void cmapping_remove(int map);
/* Whether a part of the map was gone when it was read. */
int cmapping_is_cut(int map);

/* Sets the flag of the map that holds this address; 0 where none does. For addresses that the system refused with EFAULT. */
int cmapping_mark(const void *address);

/* For handlers of SIGBUS that were installed later: puts zeros from the fault to the end of its map and sets the flag.
   1 where that was done, so that the handler returns; 0 for every other fault. Async-signal-safe. */
int cmapping_recover(const siginfo_t *information);

#endif
