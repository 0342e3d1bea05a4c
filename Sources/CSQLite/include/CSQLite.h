/* What Swift can't call of SQLite, because the functions are variadic. */
#ifndef C_SQLITE_H
#define C_SQLITE_H

/* Makes a connection (sqlite3 *) safe for a file that anybody may have written, before anything is read from it: no triggers, no views,
   no functions with side effects from the schema, no writing past SQL. A statement ends with SQLITE_INTERRUPT after about `steps` steps
   of its program. Returns SQLITE_OK, or a code of SQLite where something can't be switched. */
int csqlite_distrust(void *connection, int steps);

/* Leaves the write-ahead log as it lies when the connection is closed. Returns SQLITE_OK or a code of SQLite. */
int csqlite_keep_log(void *connection);

#endif
