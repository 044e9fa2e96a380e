/* SPDX-License-Identifier: Apache-2.0
 * The files that the command line names, in memory. */
#pragma once

#include "proof/bundle.h"

/* Contents by position; `view` is what the pure verifiers take. */
struct gh_files {
	struct gh_buf *buf;
	struct gh_bytes *view;
	size_t n;
};

void gh_files_free(struct gh_files *f);
/* Reads one more file, 32 MiB at most; out (may be NULL) is good until gh_files_free. */
GH_MUST_USE int gh_files_read(
    struct gh_files *f, const char *path, struct gh_bytes *out, struct gh_err *err);
/* A bundle from its folder (its files and those of evidence/, no others) or its archive. */
GH_MUST_USE int gh_files_bundle(
    struct gh_files *f, const char *path, struct gh_bundle *b, struct gh_err *err);
