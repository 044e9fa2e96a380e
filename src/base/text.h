/* SPDX-License-Identifier: Apache-2.0
 * Text from outside: cleaning for any eye, hex, base64, lines. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

/* The one gate between a remote byte and a screen, log, file name, CSV, HTML or label.
 * Appends at most max bytes of `in` to out as printable UTF-8: a control byte, an invalid
 * sequence, a bidi control, a zero-width or private-use character becomes \xNN or \u{NNNN};
 * TAB and newline become a blank. At most two combining marks follow a base. Text that was
 * cut ends in "...". Cleaning twice changes nothing. */
void gh_text_clean(struct gh_buf *out, const void *in, size_t len, size_t max);
/* How many bytes at the front are printable ASCII: cleaning leaves them as they are. */
size_t gh_text_plain(const void *in, size_t len);
/* The same into a fixed buffer; always terminated. */
void gh_text_clean_into(char *out, size_t size, const char *in);
/* The greatest length up to n that cuts no UTF-8 character in two; byte n is looked at. */
size_t gh_text_whole(const void *in, size_t n);

/* Lower-case hex of len bytes; out has room for 2 * len + 1. */
void gh_hex(char *out, const void *in, size_t len);
void gh_buf_hex(struct gh_buf *out, const void *in, size_t len);
/* Exactly len bytes from 2 * len hex digits of either case, nothing more. */
GH_MUST_USE int gh_unhex(void *out, size_t len, const char *hex, struct gh_err *err);
/* Any even number of hex digits; blanks and newlines between them are skipped. */
GH_MUST_USE int gh_unhex_buf(
    struct gh_buf *out, const char *in, size_t len, struct gh_err *err);

void gh_b64(struct gh_buf *out, const void *in, size_t len);
/* Strict: padded, canonical, no blanks (RFC 4648 section 4). */
GH_MUST_USE int gh_unb64(
    struct gh_buf *out, const char *in, size_t len, struct gh_err *err);
/* As people wrap it: blanks and newlines skipped, then strict. */
GH_MUST_USE int gh_unb64_loose(
    struct gh_buf *out, const char *in, size_t len, struct gh_err *err);

/* Walks lines: *rest starts as the whole text; true while there was a line. The line has
 * no newline, and no carriage return before it. */
bool gh_text_line(struct gh_bytes *rest, struct gh_bytes *line);
/* Walks words between blanks and tabs of one line. */
bool gh_text_word(struct gh_bytes *rest, struct gh_bytes *word);
struct gh_bytes gh_text_trim(struct gh_bytes s);
bool gh_text_is(struct gh_bytes s, const char *lit);
bool gh_text_starts(struct gh_bytes s, const char *prefix);
/* First place of needle in s, or NULL. */
const unsigned char *gh_text_find(struct gh_bytes s, const char *needle);
/* An unsigned number of base 10 (or 16 with or without 0x): the whole of s, no sign, no
 * overflow. */
GH_MUST_USE int gh_text_u64(struct gh_bytes s, int base, uint64_t *out);
struct gh_bytes gh_text_of(const char *s);
/* True for what vendors write where there is nothing: "", "Not Present", "0123456789",
 * "-*", "To be filled by O.E.M."; case and blanks around it do not count. */
bool gh_text_placeholder(struct gh_bytes s);
