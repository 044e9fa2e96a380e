/* SPDX-License-Identifier: Apache-2.0
 * Writing a fixture tree: each call makes one entry, the first failure sticks. */
#pragma once

#include <stdarg.h>

#include "lab/fixture.h"

struct gh_fixture {
	const struct gh_fixture_in *in;
	const struct gh_lab_spec *spec; /* in->spec */
	int root;                       /* descriptor of the tree's top */
	bool failed;
	struct gh_err *err; /* why failed; may be NULL */
	/* for fixture_edit.c: which rows in force found their file, and which rows that make
	 * a file have not seen a table write it */
	bool used[GH_CHECK_ROWS_MAX];
	const struct gh_check_fault *made[GH_CHECK_ROWS_MAX];
	size_t n_made;
};

/* One file of fixed text. */
struct gh_fixture_row {
	const char *path, *text;
};

/* Paths are relative to the root of the host. Folders are made as needed (0755); a file
 * gets mode 0644. What is there already and equal is left alone. */
void gh_fixture_bytes(struct gh_fixture *f, const char *path, const void *p, size_t len);
void gh_fixture_text(struct gh_fixture *f, const char *path, const char *fmt, ...)
    GH_PRINTF(3, 4);
void gh_fixture_rows(struct gh_fixture *f, const struct gh_fixture_row *row, size_t n);
/* A file copied from outside the tree, replaced as a whole. */
void gh_fixture_copy(
    struct gh_fixture *f, const char *path, const char *from, unsigned int mode);
/* Eight bytes, little-endian, at an offset of a sparse file. */
void gh_fixture_at(
    struct gh_fixture *f, const char *path, uint64_t offset, uint64_t word);
void gh_fixture_dir(struct gh_fixture *f, const char *path);
void gh_fixture_link(struct gh_fixture *f, const char *target, const char *path);
void gh_fixture_socket(struct gh_fixture *f, const char *path);
void gh_fixture_absent(struct gh_fixture *f, const char *path);
void gh_fixture_own(
    struct gh_fixture *f, const char *path, unsigned int mode, unsigned int gid);
/* True when that fault is set. */
bool gh_fixture_has(const struct gh_fixture *f, enum gh_fixture_fault fault);
