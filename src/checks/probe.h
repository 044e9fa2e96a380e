/* SPDX-License-Identifier: Apache-2.0
 * The probe: one POSIX-sh script on stdin of one exec, and the frames that come back
 * (spec/host-and-firmware.md section 2.2). */
#pragma once

#include <stdint.h>

#include "base/buf.h"

#define GH_PROBE_ITEM_MAX (64u << 10)
#define GH_PROBE_LOG_MAX                                                                 \
	(1u << 20) /* of "tpm.log" in base64; the one that may be larger */
#define GH_PROBE_OUT_MAX   (4u << 20)
#define GH_PROBE_ITEMS_MAX 512

struct gh_probe_item {
	char id[64];
	int rc;               /* of the command; 127 = no such command, 124 = timed out */
	char enc;             /* '-' text, 'x' hex, 'b' base64: how data is written */
	struct gh_bytes data; /* borrowed from the output */
};

struct gh_probe {
	struct gh_probe_item *item;
	size_t n;
	bool root;         /* privileged items were read */
	bool complete;     /* the END frame came, with the right count */
	struct gh_err err; /* why not complete */
};

/* The command for gh_ssh_job.command. nonce: 32 hex digits, fresh for each run. words:
 * NAME=VALUE between blanks (gh_checks_words), "" = nothing beyond the host itself. */
GH_MUST_USE int gh_probe_command(
    struct gh_buf *out, const char *nonce, const char *words, struct gh_err *err);
/* The script for gh_ssh_job.input, compiled in. */
struct gh_bytes gh_probe_script(void);
/* Splits the output. Items before the first bad frame are kept; a wrong nonce, length or
 * count ends it with complete = false and err. -1 only for NOMEM. */
GH_MUST_USE int gh_probe_parse(
    struct gh_probe *out, struct gh_bytes output, const char *nonce, struct gh_err *err);
void gh_probe_free(struct gh_probe *p);
/* NULL when there is none; p may be NULL. */
const struct gh_probe_item *gh_probe_get(const struct gh_probe *p, const char *id);
/* Appends what the item's text stands for: the bytes behind hex or base64, or the text. */
GH_MUST_USE int gh_probe_bytes(
    struct gh_buf *out, const struct gh_probe_item *it, struct gh_err *err);
