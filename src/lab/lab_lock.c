/* SPDX-License-Identifier: Apache-2.0
 * Owning the folder that a lab lives in. */
#include "lab/lab_lock.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "lab/lab_proc.h"

#define MARK      ".gatehouse-lab"
#define MARK_TEXT "gatehouse-lab/1\n"
#define TURN_MS   60000

bool gh_lab_marked(const char *dir)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/" MARK, dir);
	return !gh_file_read(&b, path, 64, NULL) && b.len == sizeof(MARK_TEXT) - 1 &&
	       !memcmp(b.p, MARK_TEXT, b.len);
}

static bool is_empty(const char *dir)
{
	struct dirent *e;
	DIR *d = opendir(dir);
	size_t n = 0;

	while (d && (e = readdir(d)))
		n += strcmp(e->d_name, ".") && strcmp(e->d_name, "..");
	if (d)
		closedir(d);
	return d && !n;
}

int gh_lab_mark(const char *dir, struct gh_err *err)
{
	char path[PATH_MAX];

	if (gh_file_mkdirs(dir, 0755, err))
		return -1;
	if (gh_lab_marked(dir))
		return 0;
	if (!is_empty(dir)) {
		gh_fail(err, GH_E_CONFIG, "%s is not empty and not a lab", dir);
		return gh_err_hint(err, "set GATEHOUSE_LAB to a folder of its own");
	}
	snprintf(path, sizeof(path), "%s/" MARK, dir);
	return gh_file_write(path, MARK_TEXT, sizeof(MARK_TEXT) - 1, 0644, err);
}

int gh_lab_lock(const char *dir, int *lock, struct gh_err *err)
{
	if (!gh_lab_marked(dir)) {
		gh_fail(err, GH_E_CONFIG, "there is no lab in %s", dir);
		return gh_err_hint(err, "gatehouse lab up");
	}
	*lock = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*lock < 0 || flock(*lock, LOCK_EX))
		return gh_fail(err, GH_E_IO, "cannot lock %s: %s", dir, strerror(errno));
	/* whoever held it before may have taken the lab down */
	if (!gh_lab_marked(dir))
		return gh_fail(err, GH_E_IO, "%s was taken down meanwhile", dir);
	return 0;
}

int gh_lab_turn(int *turn, struct gh_err *err)
{
	*turn = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	for (int t = 0; *turn >= 0 && t < TURN_MS; t += 20) {
		if (!flock(*turn, LOCK_EX | LOCK_NB))
			return 0;
		if (errno != EWOULDBLOCK)
			break;
		gh_lab_proc_sleep_ms(20);
	}
	return gh_fail(err, GH_E_IO, "another lab is coming up: %s", strerror(errno));
}

void gh_lab_unlock(int *lock)
{
	if (*lock >= 0)
		close(*lock);
	*lock = -1;
}

static int remove_one(
    const char *path, const struct stat *st, int type, struct FTW *where)
{
	(void)st;
	(void)type;
	(void)where;
	return remove(path);
}

int gh_lab_remove(const char *dir, struct gh_err *err)
{
	char path[PATH_MAX];
	struct dirent *e;
	DIR *d;

	if (!gh_lab_marked(dir))
		return gh_fail(err, GH_E_CONFIG, "%s is not a lab: not removed", dir);
	d = opendir(dir);
	while (d && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
		    !strcmp(e->d_name, MARK))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
	}
	if (d)
		closedir(d);
	snprintf(path, sizeof(path), "%s/" MARK, dir);
	if (unlink(path) || rmdir(dir))
		return gh_fail(
		    err, GH_E_IO, "cannot remove %s: %s", dir, strerror(errno));
	return 0;
}
