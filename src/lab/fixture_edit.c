/* SPDX-License-Identifier: Apache-2.0
 * Applies rows of check_faults.h to a fixture. */
#include "lab/fixture_edit.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

static const struct gh_check_fault *row_at(const struct gh_fixture *f, size_t i)
{
	return gh_check_fault_row(f->in->checks->at[i]);
}

static size_t count_rows(const struct gh_fixture *f)
{
	return f->in->checks ? f->in->checks->n : 0;
}

static bool is_of(
    const struct gh_check_fault *r, enum gh_check_kind kind, const char *path)
{
	return r->kind == kind && !fnmatch(r->where, path, FNM_PATHNAME);
}

/* Removes what a fault had made, and the folders that were made for it alone. */
static void unmake(struct gh_fixture *f, const char *path)
{
	char dir[PATH_MAX];
	char *slash;

	gh_fixture_absent(f, path);
	snprintf(dir, sizeof(dir), "%s", path);
	while ((slash = strrchr(dir, '/'))) {
		*slash = '\0';
		if (unlinkat(f->root, dir, AT_REMOVEDIR))
			break; /* not empty, or never made */
	}
}

/* A file that a table writes belongs to the table, also when a fault would make it. */
static void note_written(struct gh_fixture *f, const char *path)
{
	for (size_t i = 0; i < f->n_made; i++)
		if (f->made[i] && !strcmp(f->made[i]->where, path))
			f->made[i] = NULL;
}

static void replace(
    struct gh_fixture *f, const struct gh_check_fault *r, struct gh_buf *text)
{
	gh_auto(struct gh_buf, gh_buf_free) was = gh_take(*text);
	const unsigned char *hit = gh_text_find(gh_buf_view(&was), r->from);
	size_t before = hit ? (size_t)(hit - was.p) : 0, len = strlen(r->from);

	if (!hit) {
		f->failed = true;
		gh_fail(f->err, GH_E_INTERNAL, "%s: %s of %s has no \"%s\"", r->check,
		    r->where, f->spec->name, r->from);
		return;
	}
	gh_buf_add(text, was.p, before);
	gh_buf_str(text, r->to);
	gh_buf_add(text, hit + len, was.len - before - len);
}

enum gh_fixture_edited gh_fixture_edit(
    struct gh_fixture *f, const char *path, const void *p, size_t len, struct gh_buf *out)
{
	enum gh_fixture_edited done = GH_FIXTURE_SAME;

	note_written(f, path);
	for (size_t i = 0; i < count_rows(f) && done != GH_FIXTURE_REMOVED; i++) {
		const struct gh_check_fault *r = row_at(f, i);

		if (!is_of(r, GH_CHECK_FILE, path))
			continue;
		f->used[i] = true;
		if (!r->to) {
			done = GH_FIXTURE_REMOVED;
			continue;
		}
		if (done == GH_FIXTURE_SAME)
			gh_buf_add(out, p, len);
		done = GH_FIXTURE_CHANGED;
		if (r->from) {
			replace(f, r, out);
		} else {
			gh_buf_clear(out);
			gh_buf_str(out, r->to);
		}
	}
	return done;
}

bool gh_fixture_edit_removes(const struct gh_fixture *f, const char *path)
{
	for (size_t i = 0; i < count_rows(f); i++) {
		const struct gh_check_fault *r = row_at(f, i);

		if (!r->to && is_of(r, GH_CHECK_FILE, path))
			return true;
	}
	return false;
}

void gh_fixture_edit_mode(
    const struct gh_fixture *f, const char *path, unsigned int *mode, unsigned int *gid)
{
	for (size_t i = 0; i < count_rows(f); i++) {
		const struct gh_check_fault *r = row_at(f, i);
		char *end;

		if (!is_of(r, GH_CHECK_MODE, path))
			continue;
		*mode = (unsigned int)strtoul(r->to, &end, 8);
		if (*end == ' ')
			*gid = (unsigned int)strtoul(end, NULL, 10);
	}
}

uint64_t gh_fixture_edit_msr(const struct gh_fixture *f, uint32_t msr, uint64_t value)
{
	for (size_t i = 0; i < count_rows(f); i++) {
		const struct gh_check_fault *r = row_at(f, i);

		if (r->kind == GH_CHECK_MSR && strtoul(r->where, NULL, 16) == msr)
			value = strtoull(r->to, NULL, 16);
	}
	return value;
}

/* Takes that name out; false when it is not among them. */
static bool drop_name(const char **name, size_t *n, const char *which)
{
	size_t at = 0;

	while (at < *n && strcmp(name[at], which))
		at++;
	if (at == *n)
		return false;
	--*n;
	memmove(&name[at], &name[at + 1], (*n - at) * sizeof(*name));
	return true;
}

size_t gh_fixture_edit_certs(struct gh_fixture *f, const char *path,
    const char *name[static GH_FIXTURE_CERTS_MAX], size_t n)
{
	for (size_t i = 0; i < count_rows(f); i++) {
		const struct gh_check_fault *r = row_at(f, i);

		if (!is_of(r, GH_CHECK_CERT, path))
			continue;
		f->used[i] = !r->from || drop_name(name, &n, r->from);
		if (r->to && n < GH_FIXTURE_CERTS_MAX)
			name[n++] = r->to;
	}
	return n;
}

/* Rows that make a file of their own and are not in force: it may be there from before. */
static void remove_healed(struct gh_fixture *f)
{
	for (size_t i = 0; i < f->n_made; i++)
		if (f->made[i])
			unmake(f, f->made[i]->where);
}

void gh_fixture_edit_rest(struct gh_fixture *f)
{
	remove_healed(f);
	for (size_t i = 0; i < count_rows(f) && !f->failed; i++) {
		const struct gh_check_fault *r = row_at(f, i);

		if ((r->kind != GH_CHECK_FILE && r->kind != GH_CHECK_CERT) || f->used[i])
			continue;
		if (r->kind == GH_CHECK_FILE && !r->from && r->to) {
			gh_fixture_bytes(f, r->where, r->to, strlen(r->to));
			continue;
		}
		f->failed = true;
		gh_fail(f->err, GH_E_INTERNAL, "%s: %s has no %s", r->check,
		    f->spec->name, r->where);
	}
}
