/* SPDX-License-Identifier: Apache-2.0
 * Builds a lab host's root in a mount namespace of its own: the fixture read-only as /,
 * this machine's /usr below it, a proc of its own with the fixture's files over it. */
#include "lab/launcher_tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct tree {
	char fixture[GH_LAUNCH_PATH + 16];
	char root[GH_LAUNCH_PATH + 16];
	struct gh_err *err;
};

static int say_errno(struct tree *t, const char *what, const char *path)
{
	return gh_fail(t->err, GH_E_IO, "%s %s: %s", what, path, strerror(errno));
}

static int bind_to(struct tree *t, const char *from, const char *to, bool read_only)
{
	char at[PATH_MAX];

	snprintf(at, sizeof(at), "%s%s", t->root, to);
	if (mount(from, at, NULL, MS_BIND | MS_REC, NULL))
		return say_errno(t, "bind", at);
	if (read_only &&
	    mount(NULL, at, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV,
		NULL))
		return say_errno(t, "remount", at);
	return 0;
}

static int mount_new(struct tree *t, const char *type, const char *to,
    unsigned long flags, const char *data)
{
	char at[PATH_MAX];

	snprintf(at, sizeof(at), "%s%s", t->root, to);
	if (mount(type, at, type, flags, data))
		return say_errno(t, "mount", at);
	return 0;
}

/* A link over a link: /proc/net and /proc/mounts lead to files of each process, which no
 * bind can cover, so the link itself is covered. mount(2) would follow both. */
static int cover_link(struct tree *t, const char *from, const char *at)
{
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, from,
	    OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_SYMLINK_NOFOLLOW);
	int rc;

	if (tree < 0)
		return say_errno(t, "clone", from);
	rc =
	    (int)syscall(SYS_move_mount, tree, "", AT_FDCWD, at, MOVE_MOUNT_F_EMPTY_PATH);
	if (rc)
		say_errno(t, "cover", at);
	close(tree);
	return rc;
}

/* One entry of the fixture over the same path of the root. */
static int overlay_one(struct tree *t, const char *from, const char *to, bool make)
{
	char at[PATH_MAX], target[PATH_MAX];
	struct stat st;
	ssize_t n;
	int fd;

	snprintf(at, sizeof(at), "%s%s", t->root, to);
	if (lstat(from, &st))
		return say_errno(t, "stat", from);
	if (S_ISLNK(st.st_mode) && !make)
		return cover_link(t, from, at);
	if (S_ISLNK(st.st_mode)) {
		n = readlink(from, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = '\0';
		return n > 0 && symlink(target, at) && errno != EEXIST
			   ? say_errno(t, "link", at)
			   : 0;
	}
	if (S_ISSOCK(st.st_mode))
		return make && mknod(at, st.st_mode, 0) ? say_errno(t, "mknod", at) : 0;
	if (make) {
		fd = open(at, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		if (fd < 0)
			return say_errno(t, "create", at);
		close(fd);
	} else if (access(at, F_OK)) {
		return 0; /* this kernel has no such file to cover */
	}
	return bind_to(t, from, to, true);
}

/* Every file below fixture/SUB over the same path of the root. make: create what is not
 * there (a tmpfs); else cover only what is (proc). */
static int overlay(struct tree *t, const char *sub, bool make)
{
	char from[PATH_MAX / 2], to[PATH_MAX / 2];
	struct dirent *e;
	struct stat st;
	int rc = 0;
	DIR *d;

	snprintf(from, sizeof(from), "%s%s", t->fixture, sub);
	d = opendir(from);
	if (!d)
		return errno == ENOENT ? 0 : say_errno(t, "open", from);
	while (!rc && (e = readdir(d))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, ".."))
			continue;
		snprintf(from, sizeof(from), "%s%s/%s", t->fixture, sub, e->d_name);
		snprintf(to, sizeof(to), "%s/%s", sub, e->d_name);
		if (lstat(from, &st))
			continue;
		if (!S_ISDIR(st.st_mode)) {
			rc = overlay_one(t, from, to, make);
			continue;
		}
		/* all of proc/sys at once: what the fixture lacks must not show through */
		if (!strcmp(to, "/proc/sys")) {
			rc = bind_to(t, from, to, true);
			continue;
		}
		if (make) {
			char at[PATH_MAX];

			snprintf(at, sizeof(at), "%s%s", t->root, to);
			mkdir(at, st.st_mode & 07777);
		}
		rc = overlay(t, to, make);
	}
	closedir(d);
	return rc;
}

/* No kvm, no disk, no memory device of this machine. */
static int make_dev(struct tree *t)
{
	static const struct {
		const char *name;
		unsigned int minor;
	} nodes[] = {
	    {"null", 3}, {"zero", 5}, {"full", 7}, {"random", 8}, {"urandom", 9}};
	static const char *const links[][2] = {{"pts/ptmx", "ptmx"},
	    {"/proc/self/fd", "fd"}, {"/proc/self/fd/0", "stdin"},
	    {"/proc/self/fd/1", "stdout"}, {"/proc/self/fd/2", "stderr"}};
	char at[PATH_MAX];

	if (mount_new(t, "tmpfs", "/dev", MS_NOSUID, "mode=755,size=4m"))
		return -1;
	for (size_t i = 0; i < GH_COUNT(nodes); i++) {
		snprintf(at, sizeof(at), "%s/dev/%s", t->root, nodes[i].name);
		if (mknod(at, S_IFCHR | 0666, makedev(1, nodes[i].minor)) ||
		    chmod(at, 0666))
			return say_errno(t, "mknod", at);
	}
	snprintf(at, sizeof(at), "%s/dev/tty", t->root);
	if (mknod(at, S_IFCHR | 0666, makedev(5, 0)) || chmod(at, 0666))
		return say_errno(t, "mknod", at);
	for (size_t i = 0; i < GH_COUNT(links); i++) {
		snprintf(at, sizeof(at), "%s/dev/%s", t->root, links[i][1]);
		if (symlink(links[i][0], at))
			return say_errno(t, "link", at);
	}
	snprintf(at, sizeof(at), "%s/dev/pts", t->root);
	mkdir(at, 0755);
	if (mount_new(t, "devpts", "/dev/pts", MS_NOSUID | MS_NOEXEC,
		"newinstance,ptmxmode=0666,mode=620,gid=5"))
		return -1;
	snprintf(at, sizeof(at), "%s/dev/shm", t->root);
	mkdir(at, 01777);
	if (mount_new(t, "tmpfs", "/dev/shm", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		"mode=1777,size=16m"))
		return -1;
	return overlay(t, "/dev", true);
}

static int make_run(struct tree *t)
{
	static const char *const dirs[] = {"sshd", "lock", "user"};
	char at[PATH_MAX];

	if (mount_new(t, "tmpfs", "/run", MS_NOSUID | MS_NODEV, "mode=755,size=16m") ||
	    mount_new(t, "tmpfs", "/tmp", MS_NOSUID | MS_NODEV | MS_NOEXEC,
		"mode=1777,size=64m"))
		return -1;
	for (size_t i = 0; i < GH_COUNT(dirs); i++) {
		snprintf(at, sizeof(at), "%s/run/%s", t->root, dirs[i]);
		if (mkdir(at, 0755))
			return say_errno(t, "mkdir", at);
	}
	return overlay(t, "/run", true);
}

static int make_tree(struct tree *t, const struct gh_launch *l)
{
	char from[PATH_MAX];

	if (bind_to(t, t->fixture, "", false) || bind_to(t, "/usr", "/usr", true))
		return -1;
	snprintf(from, sizeof(from), "%s/usr/local", t->fixture);
	if (bind_to(t, from, "/usr/local", true) ||
	    bind_to(t, "/etc/ssl", "/etc/ssl", true) ||
	    bind_to(t, "/etc/alternatives", "/etc/alternatives", true))
		return -1;
	if (mount_new(t, "proc", "/proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) ||
	    overlay(t, "/proc", false) || make_dev(t) || make_run(t))
		return -1;
	if (l->gpu[0] && bind_to(t, l->gpu, "/lab/gpu", true))
		return -1;
	if (mount(NULL, t->root, NULL,
		MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV, NULL))
		return say_errno(t, "remount", t->root);
	return 0;
}

int gh_launcher_tree(const struct gh_launch *l, struct gh_err *err)
{
	struct tree t = {.err = err};

	snprintf(t.fixture, sizeof(t.fixture), "%s/fixture", l->dir);
	snprintf(t.root, sizeof(t.root), "%s/root", l->dir);
	if (unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC))
		return say_errno(&t, "unshare", l->name);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL))
		return say_errno(&t, "make private", "/");
	if (make_tree(&t, l))
		return -1;
	/* pivot_root(".", "."): the old root lies over the new one until it is let go */
	if (chdir(t.root) || syscall(SYS_pivot_root, ".", ".") ||
	    umount2(".", MNT_DETACH) || chdir("/"))
		return say_errno(&t, "pivot to", t.root);
	if (sethostname(l->name, strlen(l->name)))
		return say_errno(&t, "hostname", l->name);
	return 0;
}
