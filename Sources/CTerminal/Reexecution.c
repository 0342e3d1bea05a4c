#define _GNU_SOURCE
#include "CTerminal.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

void cterminal_reexecute(char *const arguments[], const char *marker) {
    if (getenv(marker) != NULL) {
        unsetenv(marker);
        return;
    }
    if (getenv("GOMP_SPINCOUNT") != NULL && getenv("SWIFT_BACKTRACE") != NULL) return;
    /* The file's own path, for the name that ps shows would else be "exe". */
    char path[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", path, sizeof path - 1);
    if (length <= 0) return;
    path[length] = 0;
    setenv("GOMP_SPINCOUNT", "1000", 0);
    setenv("SWIFT_BACKTRACE", "interactive=no,color=no", 0);
    setenv(marker, "1", 1);
    execv(path, arguments);
    execv("/proc/self/exe", arguments);
    unsetenv(marker);
}
