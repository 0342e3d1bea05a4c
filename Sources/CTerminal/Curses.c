#define _GNU_SOURCE
#include "CTerminal.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <wchar.h>

SCREEN *cterminal_new_screen(const char *term) {
    return newterm(term, stdout, stdin);
}

WINDOW *cterminal_standard_screen(void) {
    return stdscr;
}

int cterminal_color_count(void) {
    return COLORS;
}

int cterminal_pair_count(void) {
    return COLOR_PAIRS;
}

void cterminal_repaint_all(void) {
    clearok(curscr, TRUE);
}

/* setcchar's short pair keeps 15 bits and COLOR_PAIR 8; the last argument holds all of it. */
static void set_cell(cchar_t *target, wchar_t character, attr_t attributes, int pair) {
    wchar_t text[2] = {character, 0};
    setcchar(target, text, attributes, 0, &pair);
}

/* What to write for a cell so that it takes exactly its planned width: a half that lost the other becomes a blank. */
static wchar_t fitting(CTerminalCell cell, int *width) {
    *width = cell.scalar < 32 || cell.scalar == 127 ? -1 : wcwidth((wchar_t)cell.scalar);
    if (*width == cell.width || *width == 1) return (wchar_t)cell.scalar;
    wchar_t substitute = *width == 2 ? L' ' : L'?';
    *width = 1;
    return substitute;
}

int cterminal_put_row(WINDOW *window, int y, int x, const CTerminalCell *cells, int count) {
    enum { longest = 512 };
    cchar_t row[longest];
    int replaced = 0;
    int used = 0;
    int column = x;
    int start = x;
    for (int i = 0; i < count; i++) {
        CTerminalCell cell = cells[i];
        int width;
        wchar_t character = fitting(cell, &width);
        set_cell(&row[used++], character, cell.attributes, cell.pair);
        if (width < cell.width) set_cell(&row[used++], L' ', cell.attributes, cell.pair);
        replaced += (uint32_t)character != cell.scalar;
        column += cell.width;
        if (used > longest - 2 || i == count - 1) {
            /* ERR in the last cell of the screen, although it is drawn. */
            mvwadd_wchnstr(window, y, start, row, used);
            start = column;
            used = 0;
        }
    }
    return replaced;
}

const char *cterminal_capability(const char *name) {
    static char plain[256];
    const char *text = tigetstr(name);
    if (text == NULL || text == (char *)-1) return NULL;
    size_t length = 0;
    while (*text != 0 && length < sizeof plain - 1) {
        const char *end = text[0] == '$' && text[1] == '<' ? strchr(text, '>') : NULL;
        if (end != NULL) {
            text = end + 1;
        } else {
            plain[length++] = *text++;
        }
    }
    plain[length] = 0;
    return plain;
}

int cterminal_look_up(const char *term) {
    int status = 0;
    if (setupterm(term, fileno(stdout), &status) != OK) return 0;
    int usable = cterminal_capability("cup") != NULL;
    del_curterm(cur_term);
    return usable ? 1 : -1;
}

static int has_utf8(void) {
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* The name that decides the code set: LC_ALL before LC_CTYPE before LANG; NULL where none is set. */
static const char *named_locale(void) {
    const char *variables[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (int i = 0; i < 3; i++) {
        const char *value = getenv(variables[i]);
        if (value != NULL && value[0] != 0) return value;
    }
    return NULL;
}

int cterminal_set_locale(void) {
    const char *installed = setlocale(LC_ALL, "");
    int asked_for_other = named_locale() != NULL && installed != NULL && !has_utf8();
    if (!asked_for_other && !has_utf8()) {
        if (setlocale(LC_CTYPE, "C.UTF-8") == NULL) setlocale(LC_CTYPE, "en_US.UTF-8");
    }
    setlocale(LC_NUMERIC, "C");
    return has_utf8();
}
