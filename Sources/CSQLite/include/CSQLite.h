#ifndef CSQLITE_H
#define CSQLITE_H
#include <sqlite3.h>
#include <stddef.h>

/// Binds text or bytes that SQLite copies (`SQLITE_TRANSIENT` is a cast that Swift cannot import).
int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int length);
int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int length);

/// Sets the answer of a function to a text that SQLite copies.
void csqlite_result_text(sqlite3_context *context, const char *text, int length);

/// Settings that are variadic in C: no double-quoted texts, no changes to the schema's internals, no
/// code from the schema.
void csqlite_harden(sqlite3 *database);

#endif
