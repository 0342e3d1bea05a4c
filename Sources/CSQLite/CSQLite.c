#include "CSQLite.h"

#include <sqlite3.h>
#include <stddef.h>

static int set(sqlite3 *connection, int option, int value) {
    int now = -1;
    int code = sqlite3_db_config(connection, option, value, &now);
    if (code != SQLITE_OK) return code;
    return now == value ? SQLITE_OK : SQLITE_MISUSE;
}

static int stop(void *context) {
    (void)context;
    return 1;
}

int csqlite_distrust(void *connection, int steps) {
    static const struct {
        int option, value;
    } settings[] = {
        {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
        {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
        {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
        {SQLITE_DBCONFIG_DEFENSIVE, 1},
    };
    for (size_t index = 0; index < sizeof settings / sizeof settings[0]; ++index) {
        int code = set(connection, settings[index].option, settings[index].value);
        if (code != SQLITE_OK) return code;
    }
    /* Called for the first time after so many steps of one statement, and ends it. */
    sqlite3_progress_handler(connection, steps, stop, NULL);
    return SQLITE_OK;
}

int csqlite_keep_log(void *connection) { return set(connection, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1); }
