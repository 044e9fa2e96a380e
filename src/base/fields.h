/* SPDX-License-Identifier: Apache-2.0
 * Evidence taken apart for a reader: every field with its offset, its bytes and what they
 * mean, as `evidence show` prints it. Showing is not verifying: nothing here is a verdict. */
#pragma once

#include "base/buf.h"
#include "base/json.h"

struct gh_field {
	unsigned int depth;  /* 0: a heading of the whole */
	bool heading;        /* a group: no value of its own */
	size_t offset;       /* of raw in the evidence; SIZE_MAX: not a place in it */
	struct gh_bytes raw; /* borrowed */
	char *name;          /* the specification's own word: "REPORTED_TCB" */
	char *meaning;       /* "" when the bytes say it all; cleaned */
};

/* Grows; running out of memory is sticky. */
struct gh_fields {
	struct gh_field *at;
	size_t n, cap;
	unsigned int depth; /* of what is added next */
	struct gh_bytes
	    whole; /* offsets of fields inside it are computed by themselves */
	bool oom;
};

void gh_fields_free(struct gh_fields *fs);
/* Opens a group; fields after it are one deeper until gh_fields_close. */
void gh_fields_open(struct gh_fields *fs, const char *fmt, ...) GH_PRINTF(2, 3);
void gh_fields_close(struct gh_fields *fs);
/* A field of len bytes at p, which stay borrowed until fs is freed. Inside fs->whole its
 * offset is known; for a decoded part set fs->whole anew. p may be NULL for a value that is
 * derived and not read. */
void gh_fields_add(struct gh_fields *fs, const char *name, const void *p, size_t len,
    const char *fmt, ...) GH_PRINTF(5, 6);
/* A field whose bytes say it all. */
void gh_fields_raw(struct gh_fields *fs, const char *name, const void *p, size_t len);
GH_MUST_USE int gh_fields_ok(const struct gh_fields *fs, struct gh_err *err);

/* "  0x0090   64  REPORT_DATA            1f3a..": hex of more than 64 bytes is wrapped. */
void gh_fields_plain(struct gh_buf *out, const struct gh_fields *fs);
/* [{"name","offset","size","raw","meaning"} or {"name","fields":[..]}] */
json_t *gh_fields_json(const struct gh_fields *fs);
