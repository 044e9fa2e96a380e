/* SPDX-License-Identifier: Apache-2.0
 * Whole files: read with a cap, replaced atomically. */
#pragma once

#include "base/buf.h"

/* Appends the file to out; an error when it is larger than max bytes. */
GH_MUST_USE int gh_file_read(
    struct gh_buf *out, const char *path, size_t max, struct gh_err *err);
/* Writes path.tmp, fsyncs, renames over path, fsyncs the folder. mode e.g. 0600. */
GH_MUST_USE int gh_file_write(
    const char *path, const void *p, size_t len, unsigned int mode, struct gh_err *err);
/* Makes the folder and its parents (existing ones are fine). */
GH_MUST_USE int gh_file_mkdirs(const char *path, unsigned int mode, struct gh_err *err);
/* dir + "/" + name into out; an error when it does not fit. */
GH_MUST_USE int gh_path_join(
    char *out, size_t size, const char *dir, const char *name, struct gh_err *err);
