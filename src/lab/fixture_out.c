/* SPDX-License-Identifier: Apache-2.0
 * The writer below every fixture table. */
#include "lab/fixture_out.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "lab/fixture_edit.h"

#define COPY_MAX (256u << 20)

static void fail_at(struct gh_fixture *f, const char *verb, const char *path)
{
	if (!f->failed)
		gh_fail(f->err, GH_E_IO, "cannot %s %s of %s's fixture: %s", verb, path,
		    f->spec->name, strerror(errno));
	f->failed = true;
}

bool gh_fixture_has(const struct gh_fixture *f, enum gh_fixture_fault fault)
{
	return f->in->faults & fault;
}

/* Makes the folders above path. */
static void make_parents(struct gh_fixture *f, const char *path)
{
	char part[PATH_MAX];
	const char *slash = path;

	while ((slash = strchr(slash, '/'))) {
		size_t n = (size_t)(slash++ - path);

		if (!n || n >= sizeof(part))
			continue;
		memcpy(part, path, n);
		part[n] = '\0';
		if (mkdirat(f->root, part, 0755) && errno != EEXIST)
			fail_at(f, "make", part);
	}
}

static int open_in(struct gh_fixture *f, const char *path, int flags)
{
	int fd;

	if (f->failed)
		return -1;
	flags |= O_CLOEXEC | O_NOFOLLOW;
	fd = openat(f->root, path, flags, 0644);
	if (fd < 0 && errno == ENOENT && (flags & O_CREAT)) {
		make_parents(f, path);
		fd = openat(f->root, path, flags, 0644);
	}
	return fd;
}

/* True when the file has exactly these bytes. */
static bool same_bytes(int fd, const void *p, size_t len)
{
	unsigned char have[4096];
	const unsigned char *want = p;
	struct stat st;

	if (fstat(fd, &st) || (uint64_t)st.st_size != len)
		return false;
	for (size_t at = 0; at < len;) {
		ssize_t n = pread(fd, have, sizeof(have), (off_t)at);

		if (n <= 0 || memcmp(have, want + at, (size_t)n))
			return false;
		at += (size_t)n;
	}
	return true;
}

static void write_bytes(struct gh_fixture *f, const char *path, const void *p, size_t len)
{
	const unsigned char *from = p;
	size_t at = 0;
	int fd = open_in(f, path, O_RDWR | O_CREAT);

	if (fd < 0) {
		fail_at(f, "write", path);
		return;
	}
	if (same_bytes(fd, p, len)) {
		close(fd);
		return;
	}
	while (at < len) {
		ssize_t n = pwrite(fd, from + at, len - at, (off_t)at);

		if (n <= 0) {
			fail_at(f, "write", path);
			break;
		}
		at += (size_t)n;
	}
	if (ftruncate(fd, (off_t)at))
		fail_at(f, "cut", path);
	close(fd);
}

void gh_fixture_bytes(struct gh_fixture *f, const char *path, const void *p, size_t len)
{
	gh_auto(struct gh_buf, gh_buf_free) edited = {0};

	switch (gh_fixture_edit(f, path, p, len, &edited)) {
	case GH_FIXTURE_SAME:
		write_bytes(f, path, p, len);
		break;
	case GH_FIXTURE_CHANGED:
		write_bytes(f, path, edited.p, edited.len);
		break;
	case GH_FIXTURE_REMOVED:
		gh_fixture_absent(f, path);
		break;
	}
}

void gh_fixture_text(struct gh_fixture *f, const char *path, const char *fmt, ...)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	va_list ap;

	va_start(ap, fmt);
	gh_buf_vfmt(&b, fmt, ap);
	va_end(ap);
	if (gh_buf_ok(&b, f->err))
		f->failed = true;
	else
		gh_fixture_bytes(f, path, b.p, b.len);
}

void gh_fixture_rows(struct gh_fixture *f, const struct gh_fixture_row *row, size_t n)
{
	for (size_t i = 0; i < n; i++)
		gh_fixture_bytes(f, row[i].path, row[i].text, strlen(row[i].text));
}

void gh_fixture_copy(
    struct gh_fixture *f, const char *path, const char *from, unsigned int mode)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char part[PATH_MAX];
	int fd;

	if (f->failed)
		return;
	if (gh_file_read(&b, from, COPY_MAX, f->err)) {
		f->failed = true;
		return;
	}
	fd = open_in(f, path, O_RDONLY);
	if (fd >= 0 && same_bytes(fd, b.p, b.len)) {
		close(fd);
		return;
	}
	if (fd >= 0)
		close(fd);
	/* a program that runs must not be written into: another inode takes its name */
	snprintf(part, sizeof(part), "%s.new", path);
	gh_fixture_absent(f, part);
	write_bytes(f, part, "", 0);
	gh_fixture_own(f, part, mode, 0);
	write_bytes(f, part, b.p, b.len);
	if (!f->failed && renameat(f->root, part, f->root, path))
		fail_at(f, "rename", path);
}

void gh_fixture_at(struct gh_fixture *f, const char *path, uint64_t offset, uint64_t word)
{
	int fd = open_in(f, path, O_WRONLY | O_CREAT);

	if (gh_fixture_edit_removes(f, path)) {
		gh_fixture_absent(f, path);
		return;
	}
	/* x86: the register's bytes in memory order */
	if (fd < 0 ||
	    pwrite(fd, &word, sizeof(word), (off_t)offset) != (ssize_t)sizeof(word))
		fail_at(f, "write", path);
	if (fd >= 0)
		close(fd);
}

void gh_fixture_dir(struct gh_fixture *f, const char *path)
{
	if (f->failed || !mkdirat(f->root, path, 0755) || errno == EEXIST)
		return;
	make_parents(f, path);
	if (mkdirat(f->root, path, 0755) && errno != EEXIST)
		fail_at(f, "make", path);
}

static void write_link(struct gh_fixture *f, const char *target, const char *path)
{
	char have[PATH_MAX];
	ssize_t n;

	if (f->failed)
		return;
	n = readlinkat(f->root, path, have, sizeof(have));
	if (n == (ssize_t)strlen(target) && !memcmp(have, target, (size_t)n))
		return;
	if (n >= 0 || errno == EINVAL) /* another link, or a file */
		unlinkat(f->root, path, 0);
	make_parents(f, path);
	if (symlinkat(target, f->root, path))
		fail_at(f, "link", path);
}

void gh_fixture_link(struct gh_fixture *f, const char *target, const char *path)
{
	gh_auto(struct gh_buf, gh_buf_free) edited = {0};

	switch (gh_fixture_edit(f, path, target, strlen(target), &edited)) {
	case GH_FIXTURE_SAME:
		write_link(f, target, path);
		break;
	case GH_FIXTURE_CHANGED:
		write_link(f, gh_buf_cstr(&edited), path);
		break;
	case GH_FIXTURE_REMOVED:
		gh_fixture_absent(f, path);
		break;
	}
}

void gh_fixture_socket(struct gh_fixture *f, const char *path)
{
	gh_auto(struct gh_buf, gh_buf_free) none = {0};

	if (f->failed)
		return;
	if (gh_fixture_edit(f, path, "", 0, &none) == GH_FIXTURE_REMOVED) {
		gh_fixture_absent(f, path);
		return;
	}
	make_parents(f, path);
	if (mknodat(f->root, path, S_IFSOCK | 0666, 0) && errno != EEXIST)
		fail_at(f, "make", path);
}

void gh_fixture_absent(struct gh_fixture *f, const char *path)
{
	if (!f->failed && unlinkat(f->root, path, 0) && errno != ENOENT &&
	    errno != ENOTDIR)
		fail_at(f, "remove", path);
}

void gh_fixture_own(
    struct gh_fixture *f, const char *path, unsigned int mode, unsigned int gid)
{
	if (f->failed || gh_fixture_edit_removes(f, path))
		return;
	gh_fixture_edit_mode(f, path, &mode, &gid);
	/* without root a fixture can be written and looked at, not run */
	if ((!geteuid() && fchownat(f->root, path, 0, gid, AT_SYMLINK_NOFOLLOW)) ||
	    fchmodat(f->root, path, mode, 0))
		fail_at(f, "own", path);
}
