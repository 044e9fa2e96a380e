/* SPDX-License-Identifier: Apache-2.0
 * Whole files: read with a cap, replaced atomically. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int io_fail(struct gh_err *err, const char *verb, const char *path)
{
	int e = errno;

	gh_fail(err, GH_E_IO, "cannot %s %s: %s", verb, path, strerror(e));
	if (e == ENOSPC || e == EDQUOT)
		gh_err_hint(err, "the disk is full: free some space and run it again");
	else if (e == EROFS || e == EACCES || e == EPERM)
		gh_err_hint(err, "choose a folder that can be written with --state DIR");
	return -1;
}

int gh_file_read(struct gh_buf *out, const char *path, size_t max, struct gh_err *err)
{
	gh_auto(int, close_fd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t start = out->len;

	if (fd < 0)
		return io_fail(err, "read", path);
	for (;;) {
		unsigned char *to = gh_buf_room(out, 65536);
		ssize_t n;

		if (to == NULL)
			return gh_buf_ok(out, err);
		n = read(fd, to, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return io_fail(err, "read", path);
		if (n == 0)
			return 0;
		out->len += (size_t)n;
		if (out->len - start > max)
			return gh_fail(
			    err, GH_E_IO, "%s is larger than %zu bytes", path, max);
	}
}

static int write_all(int fd, const unsigned char *p, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		p += n;
		len -= (size_t)n;
	}
	return fsync(fd);
}

static void sync_folder_of(const char *path)
{
	char dir[PATH_MAX];
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path);

	if (n >= sizeof dir)
		return;
	memcpy(dir, path, n);
	dir[n] = '\0';
	gh_auto(int, close_fd) fd = open(slash == NULL ? "."
					 : n == 0      ? "/"
						       : dir,
	    O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0)
		(void)fsync(fd);
}

int gh_file_write(
    const char *path, const void *p, size_t len, unsigned int mode, struct gh_err *err)
{
	char tmp[PATH_MAX];
	int n = snprintf(tmp, sizeof tmp, "%s.tmp", path);

	if (n < 0 || (size_t)n >= sizeof tmp)
		return gh_fail(err, GH_E_IO, "the path %s is too long", path);
	gh_auto(int, close_fd) fd =
	    open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0)
		return io_fail(err, "write", tmp);
	if (fchmod(fd, mode) < 0 || write_all(fd, p, len) < 0 || rename(tmp, path) < 0) {
		io_fail(err, "write", path);
		unlink(tmp);
		return -1;
	}
	sync_folder_of(path);
	return 0;
}

int gh_file_mkdirs(const char *path, unsigned int mode, struct gh_err *err)
{
	char part[PATH_MAX];
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof part)
		return gh_fail(err, GH_E_IO, "the path '%s' cannot be a folder", path);
	memcpy(part, path, n + 1);
	for (size_t i = 1; i <= n; i++) {
		if (part[i] != '/' && part[i] != '\0')
			continue;
		part[i] = '\0';
		if (mkdir(part, mode) < 0 && errno != EEXIST)
			return io_fail(err, "make", part);
		part[i] = path[i];
	}
	return 0;
}

int gh_path_join(
    char *out, size_t size, const char *dir, const char *name, struct gh_err *err)
{
	int n = snprintf(out, size, "%s/%s", dir, name);

	if (n < 0 || (size_t)n >= size)
		return gh_fail(err, GH_E_IO, "the path %s/%s is too long", dir, name);
	return 0;
}
