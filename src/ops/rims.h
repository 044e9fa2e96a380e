/* SPDX-License-Identifier: Apache-2.0
 * The folder of RIM files that a fleet names, read in one place. */
#pragma once

#include "base/buf.h"

#define GH_RIM_FILES_MAX 512 /* kept of one folder */

/* Gives each file of at most 256 KiB to use(); hidden ones and those that cannot be read
 * are passed over. use() may gh_take the bytes; it returns 1 = kept, 0 = not wanted, -1 =
 * stop with *err. Ends after GH_RIM_FILES_MAX kept. folder "" = none. */
GH_MUST_USE int gh_rim_folder(const char *folder,
    int (*use)(void *ctx, struct gh_buf *bytes, struct gh_err *err), void *ctx,
    struct gh_err *err);
