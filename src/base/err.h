/* SPDX-License-Identifier: Apache-2.0
 * What went wrong, in words for a person and a class for a program. */
#pragma once

#include "base/attr.h"

enum gh_errc {
	GH_E_NONE = 0,
	GH_E_USAGE,  /* the command line is wrong */
	GH_E_CONFIG, /* a file of ours is wrong */
	GH_E_IO,     /* this machine refused: disk, socket, permission */
	GH_E_TIMEOUT,
	GH_E_CANCELLED,
	GH_E_REMOTE, /* the other side answered, and wrongly */
	GH_E_AUTH,   /* host key, user key, certificate not accepted */
	GH_E_PARSE,  /* bytes do not have the form they must have */
	GH_E_CRYPTO, /* a signature or digest does not verify */
	GH_E_POLICY,
	GH_E_NOMEM,
	GH_E_INTERNAL,
};

struct gh_err {
	enum gh_errc code;
	char what[240]; /* one sentence, cleaned for a terminal */
	char hint[160]; /* what to do about it; may be empty */
	const char *file;
	int line;
};

/* Sets *err (NULL is fine) and returns -1, so that a caller can `return gh_fail(...)`. */
#define gh_fail(err, code, ...) gh_err_set((err), (code), __FILE__, __LINE__, __VA_ARGS__)
int gh_err_set(struct gh_err *err, enum gh_errc code, const char *file, int line,
    const char *fmt, ...) GH_PRINTF(5, 6);

/* Puts "context: " in front of err->what. Returns -1. */
int gh_err_prefix(struct gh_err *err, const char *fmt, ...) GH_PRINTF(2, 3);
/* Sets the hint. Returns -1. */
int gh_err_hint(struct gh_err *err, const char *fmt, ...) GH_PRINTF(2, 3);

/* Stable lower-case word of the class, e.g. "timeout". */
const char *gh_errc_word(enum gh_errc code);
/* Exit code of design.md for a failed operation: 4 usage/configuration, else 5. */
int gh_errc_exit(enum gh_errc code);
