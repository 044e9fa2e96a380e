/* SPDX-License-Identifier: Apache-2.0
 * The life of a lab BMC's process. */
#include "lab/bmc_process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "lab/bmc_server.h"

#define NAME_LEN 24
#define PEM_MAX  65536

/* What listens: nothing, a socket that nobody reads, or HTTPS under one of the keys. */
#define LISTENER (GH_BMC_SILENT | GH_BMC_GONE | GH_BMC_OTHER_CERT | GH_BMC_EXPIRED_CERT)

struct running {
	const struct gh_bmc_process *p;
	struct gh_bmc bmc;
	struct gh_bmc_server *server;
	int mute; /* socket of a silent one, -1 */
	bool listens;
	char tree[GH_BMC_PATH + NAME_LEN];
	char path[GH_BMC_PATH + NAME_LEN]; /* the last one of path_of */
};

static const char *path_of(struct running *r, const char *name)
{
	snprintf(r->path, sizeof(r->path), "%s/%.*s", r->p->own, NAME_LEN - 2, name);
	return r->path;
}

static int read_password(struct running *r, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_bytes word;

	if (gh_file_read(&text, path_of(r, "password"), 256, err))
		return -1;
	word = gh_text_trim(gh_buf_view(&text));
	snprintf(r->bmc.password, sizeof(r->bmc.password), "%.*s", (int)word.len,
	    (const char *)word.p);
	return 0;
}

/* ---- listening -------------------------------------------------------------------- */

static void close_listener(struct running *r)
{
	gh_bmc_server_stop(&r->server);
	if (r->mute >= 0)
		close(r->mute);
	r->mute = -1;
	r->listens = false;
}

static int serve(struct running *r, unsigned int how, int fd, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) cert = {0};
	gh_auto(struct gh_buf, gh_buf_free) key = {0};
	const char *which = how & GH_BMC_EXPIRED_CERT ? "expired."
			    : how & GH_BMC_OTHER_CERT ? "other."
						      : "";
	char name[NAME_LEN];

	snprintf(name, sizeof(name), "%scert.pem", which);
	if (gh_file_read(&cert, path_of(r, name), PEM_MAX, err))
		goto undo;
	snprintf(name, sizeof(name), "%skey.pem", which);
	if (gh_file_read(&key, path_of(r, name), PEM_MAX, err))
		goto undo;
	return gh_bmc_server_start(
	    &r->server, &r->bmc, fd, gh_buf_cstr(&cert), gh_buf_cstr(&key), err);
undo:
	close(fd);
	return -1;
}

static int open_listener(struct running *r, unsigned int how, struct gh_err *err)
{
	int fd;

	r->listens = true;
	if (how & GH_BMC_GONE)
		return 0;
	if (gh_bmc_listen(&fd, r->p->spec->address, r->p->port, err))
		return -1;
	/* the kernel accepts, and nobody ever reads */
	if (how & GH_BMC_SILENT) {
		r->mute = fd;
		return 0;
	}
	return serve(r, how, fd, err);
}

/* Does what the behaviour file says now, and writes down that it does. */
static int obey(struct running *r, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	unsigned int how = gh_bmc_behaviour_load(path_of(r, "behaviour"));
	unsigned int was = r->bmc.behaviour;

	if (r->listens && how == was)
		return 0;
	r->bmc.behaviour = how;
	if (!r->listens || ((how ^ was) & LISTENER)) {
		close_listener(r);
		if (open_listener(r, how, err))
			return -1;
	}
	gh_bmc_behaviour_text(&text, how);
	return gh_file_write(path_of(r, "in-force"), text.p, text.len, 0644, err);
}

/* ---- waiting ---------------------------------------------------------------------- */

/* False when nobody can end this process any more: its record was removed, or the folder
 * (which the kernel says late, as the log in it is still open). */
static bool is_recorded(int watch)
{
	_Alignas(struct inotify_event) char events[4096];
	ssize_t n = read(watch, events, sizeof(events));

	for (ssize_t at = 0; at < n;) {
		const struct inotify_event *e = (const void *)(events + at);

		if (e->mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_IGNORED))
			return false;
		if ((e->mask & IN_DELETE) && e->len && !strcmp(e->name, "pid"))
			return false;
		at += (ssize_t)(sizeof(*e) + e->len);
	}
	return true;
}

static int open_watch(const struct running *r, struct gh_err *err)
{
	int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd < 0 || inotify_add_watch(fd, r->p->own,
			  IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_DELETE_SELF |
			      IN_MOVE_SELF) < 0)
		return gh_fail(err, GH_E_IO, "inotify: %s", strerror(errno));
	return fd;
}

static int open_signals(struct gh_err *err)
{
	sigset_t wanted;
	int fd;

	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGINT);
	sigprocmask(SIG_SETMASK, &wanted, NULL);
	/* a client that leaves in the middle is no reason to end */
	signal(SIGPIPE, SIG_IGN);
	fd = signalfd(-1, &wanted, SFD_CLOEXEC);
	return fd >= 0 ? fd : gh_fail(err, GH_E_IO, "signalfd: %s", strerror(errno));
}

static void watch_forever(struct running *r, struct gh_err *err)
{
	struct pollfd p[2] = {{.events = POLLIN}, {.events = POLLIN}};

	p[0].fd = open_signals(err);
	p[1].fd = open_watch(r, err);
	if (p[0].fd < 0 || p[1].fd < 0)
		return;
	/* watched first, read then: no change in between is missed */
	while (!obey(r, err)) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return;
		if (p[0].revents || (p[1].revents && !is_recorded(p[1].fd)))
			_exit(0);
	}
}

static void run(void *ctx)
{
	const struct gh_bmc_process *p = ctx;
	struct running r = {.p = p, .mute = -1};
	struct gh_err err = {0};

	r.bmc.spec = p->spec;
	r.bmc.dir = p->dir;
	r.bmc.port = p->port;
	r.bmc.env = &gh_env_real;
	snprintf(r.tree, sizeof(r.tree), "%s", path_of(&r, "tree.json"));
	r.bmc.served.path = r.tree;
	if (!gh_lab_proc_leave(path_of(&r, "log"), &err) && !read_password(&r, &err))
		watch_forever(&r, &err);
	gh_lab_proc_die(&err);
}

int gh_bmc_process_start(const struct gh_bmc_process *p, struct gh_err *err)
{
	char record[GH_BMC_PATH + NAME_LEN];
	struct gh_bmc_process copy = *p;

	snprintf(record, sizeof(record), "%s/in-force", p->own);
	unlink(record);
	snprintf(record, sizeof(record), "%s/pid", p->own);
	return gh_lab_proc_start(record, run, &copy, err);
}
