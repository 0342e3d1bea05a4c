/* What Swift needs of ncurses and of the system around a terminal and can't import or must not do itself. */
#ifndef C_TERMINAL_H
#define C_TERMINAL_H

/* Without it wadd_wch, cchar_t and the rest of the wide functions are not declared. */
#define NCURSES_WIDECHAR 1
#if __has_include(<ncursesw/curses.h>)
#include <ncursesw/curses.h>
#else
#include <curses.h>
#endif
#include <stddef.h>
#include <stdint.h>

#include "CTerminalDescriptors.h"
#include "CTerminalSignals.h"

/* WA_* are macros with casts, which the importer skips. */
enum {
    cterminal_bold = WA_BOLD,
    cterminal_dim = WA_DIM,
    cterminal_reverse = WA_REVERSE,
    cterminal_underline = WA_UNDERLINE,
};

/* One cell to be written; the right half of a wide character has none. */
typedef struct {
    uint32_t scalar;
    /* Cells that the frame gave the character: 1 or 2. */
    int32_t width;
    uint32_t attributes;
    int32_t pair;
} CTerminalCell;

/* newterm on standard input and output, which are macros; NULL where terminfo has no such terminal. */
SCREEN *cterminal_new_screen(const char *term);

/* stdscr, COLORS and COLOR_PAIRS are mutable globals, which Swift 6 refuses. */
WINDOW *cterminal_standard_screen(void);
int cterminal_color_count(void);
int cterminal_pair_count(void);

/* Asks for a complete repaint by the next doupdate (curscr is a mutable global). */
void cterminal_repaint_all(void);

/* Writes cells from (x, y) to the right without moving the cursor and without wrapping.
   A character whose wcwidth is not the planned one becomes "?", so that nothing behind it moves.
   Returns the number of characters replaced. */
int cterminal_put_row(WINDOW *window, int y, int x, const CTerminalCell *cells, int count);

/* A string of terminfo without its padding marks, in a buffer that the next call overwrites; NULL where absent. */
const char *cterminal_capability(const char *name);

/* What terminfo says of a terminal: 1 it can be used, 0 it is not known, -1 it can't place its cursor ("dumb"). */
int cterminal_look_up(const char *term);

/* Sets the locale and returns 1 where characters beyond ASCII can be shown.
   A locale that is not installed, or none at all, becomes C.UTF-8; one that is named and has another code set means ASCII.
   LC_NUMERIC is "C" afterwards. */
int cterminal_set_locale(void);

/* Replaces the program by itself with the environment that OpenMP and Swift's crash reports read only at start:
   GOMP_SPINCOUNT=1000 and SWIFT_BACKTRACE=interactive=no,color=no, each kept where set. `marker` names the variable that
   guards against a second time; it is gone afterwards. Returns only where nothing was to be done or it was not possible. */
void cterminal_reexecute(char *const arguments[], const char *marker);

#endif
