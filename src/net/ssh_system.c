/* SPDX-License-Identifier: Apache-2.0
 * Starts ssh(1) with nothing but our own options, feeds it and reads it without blocking.
 * LocalCommand prints one line before any byte of the host can come: the login is over. */
#include "net/ssh_system.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "net/ssh_jump.h"

#define SSH_PROGRAM "/usr/bin/ssh"
#define PIN_ALIAS   "gatehouse-pin" /* the name of the host in our known_hosts */
#define UP_LINE     "gatehouse-up"
#define LOG_MAX     8192u /* bytes */
#define ARGS_MAX    96
#define CHUNK       32768u
/* ssh says this on stderr, not in its log */
#define LOST_LINE "closed by remote host.\r\n"

struct gh_ssh_system {
	struct gh_ssh_wire wire;
	pid_t pid; /* 0 = none, or reaped */
	int pidfd;
	int in, out, err; /* -1 = closed */
	size_t sent;      /* bytes of the job's input */
	size_t head;      /* bytes of UP_LINE that have come */
	bool up;
	int status;                   /* of waitpid */
	uint64_t dropped;             /* bytes of stderr */
	off_t log_at_up;              /* bytes of log when the login was over */
	char tail[sizeof(LOST_LINE)]; /* the end of stderr */
	size_t n_tail;
	char pinned[GH_SSH_PRINT_LEN];
	char known[PATH_MAX], log[PATH_MAX];
};

/* -F none and these: no file of the user or the machine adds a key, a proxy, a forward. */
static const char *const fixed_options[] = {"BatchMode=yes", "StrictHostKeyChecking=yes",
    "GlobalKnownHostsFile=/dev/null", "HostKeyAlias=" PIN_ALIAS, "CheckHostIP=no",
    "UpdateHostKeys=no", "VerifyHostKeyDNS=no", "CanonicalizeHostname=no",
    "ControlMaster=no", "ControlPath=none", "ClearAllForwardings=yes", "ForwardAgent=no",
    "ForwardX11=no", "PreferredAuthentications=publickey", "PasswordAuthentication=no",
    "KbdInteractiveAuthentication=no", "NumberOfPasswordPrompts=0", "EscapeChar=none",
    "RequestTTY=no", "LogLevel=INFO", "PermitLocalCommand=yes",
    "LocalCommand=echo " UP_LINE};

struct args {
	const char *v[ARGS_MAX];
	size_t n;
	char text[6][PATH_MAX + 64];
	struct gh_buf proxy;
	size_t n_text;
	bool full;
};

static void arg(struct args *a, const char *s)
{
	if (a->n + 1 < ARGS_MAX)
		a->v[a->n++] = s;
	else
		a->full = true;
	a->v[a->n] = NULL;
}

static void option(struct args *a, const char *s)
{
	arg(a, "-o");
	arg(a, s);
}

/* ssh_config(5) splits file names at blanks and expands %: both are refused. */
static void option_fmt(struct args *a, const char *name, const char *value)
{
	char *text = a->text[a->n_text++];

	if (strpbrk(value, " \t\"'\\%\n") ||
	    snprintf(text, sizeof(a->text[0]), "%s=%s", name, value) >=
		(int)sizeof(a->text[0])) {
		a->full = true;
		return;
	}
	option(a, text);
}

/* The jump host's own ssh; ssh_config(5) would take the quotes and % of a path apart. */
static int jump_over(struct args *a, const struct gh_ssh_system *s,
    const struct gh_ssh_target *t, struct gh_err *err)
{
	gh_auto(struct gh_ssh_jump, gh_ssh_jump_free) jump = {0};
	const char *identity = t->identity ? t->identity : "";

	if (!t->jump || !t->jump[0])
		return 0;
	if (gh_ssh_jump_parse(&jump, t->jump, t->jump_key, err) != 0)
		return -1;
	if (strpbrk(s->known, " \t\"'\\%;&|$`()<>*?[]#~\n") ||
	    strpbrk(identity, " \t\"'\\%;&|$`()<>*?[]#~\n")) {
		a->full = true;
		return 0;
	}
	gh_buf_str(&a->proxy, "ProxyCommand=");
	gh_ssh_jump_command(
	    &a->proxy, &jump, s->known, identity, t->connect_ms / 1000 + 1);
	if (gh_buf_ok(&a->proxy, err) != 0)
		return -1;
	option(a, gh_buf_cstr(&a->proxy));
	return 0;
}

static int make_args(struct args *a, const struct gh_ssh_system *s,
    const struct gh_ssh_job *job, const struct gh_ssh_hostkey *pin, struct gh_err *err)
{
	const struct gh_ssh_target *t = &job->target;
	char number[16];

	arg(a, SSH_PROGRAM);
	arg(a, "-F");
	arg(a, "none");
	arg(a, "-E");
	arg(a, s->log);
	for (size_t i = 0; i < GH_COUNT(fixed_options); i++)
		option(a, fixed_options[i]);
	option_fmt(a, "UserKnownHostsFile", s->known);
	option_fmt(a, "HostKeyAlgorithms", gh_ssh_hostkey_algorithms(pin));
	snprintf(number, sizeof(number), "%u", t->connect_ms / 1000 + 1);
	option_fmt(a, "ConnectTimeout", number);
	snprintf(number, sizeof(number), "%u", t->port);
	option_fmt(a, "Port", number);
	if (t->identity && t->identity[0]) {
		option_fmt(a, "IdentityFile", t->identity);
		option(a, "IdentitiesOnly=yes");
	} else {
		option(a, "IdentityFile=none"); /* the agent only */
	}
	if (jump_over(a, s, t, err) != 0)
		return -1;
	arg(a, "-l");
	arg(a, t->user);
	arg(a, "--");
	arg(a, t->address);
	arg(a, job->command);
	if (a->full)
		return gh_fail(err, GH_E_CONFIG,
		    "the path of the identity has a blank, quote or %%: ssh cannot take "
		    "it");
	return 0;
}

static void put_pin(struct gh_buf *b, const char *alias, const struct gh_ssh_hostkey *pin)
{
	gh_buf_fmt(b, "%s %s ", alias, pin->type);
	gh_b64(b, pin->blob.p, pin->blob.len);
	gh_buf_chr(b, '\n');
}

/* Known hosts: the host under its alias, and the jump host under its own. */
static int write_pins(const char *path, const struct gh_ssh_hostkey *pin,
    const struct gh_ssh_target *t, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	gh_auto(struct gh_ssh_jump, gh_ssh_jump_free) jump = {0};
	int fd;
	bool ok;

	put_pin(&b, PIN_ALIAS, pin);
	if (t->jump && t->jump[0]) {
		if (gh_ssh_jump_parse(&jump, t->jump, t->jump_key, err) != 0)
			return -1;
		put_pin(&b, GH_SSH_JUMP_ALIAS, &jump.pin);
	}
	if (gh_buf_ok(&b, err) != 0)
		return -1;
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0)
		return gh_fail(err, GH_E_IO, "%s: %s", path, strerror(errno));
	ok = write(fd, b.p, b.len) == (ssize_t)b.len;
	if (close(fd) != 0 || !ok)
		return gh_fail(err, GH_E_IO, "%s: cannot write", path);
	return 0;
}

/* What ssh needs and no more; SHELL runs the LocalCommand. */
static void make_environment(const char *env[8], char text[3][PATH_MAX])
{
	static const char *const keep[] = {"HOME", "SSH_AUTH_SOCK", "KRB5CCNAME"};
	size_t n = 0;

	env[n++] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
	env[n++] = "LC_ALL=C";
	env[n++] = "SHELL=/bin/sh";
	for (size_t i = 0; i < GH_COUNT(keep); i++) {
		const char *v = getenv(keep[i]);

		if (v && snprintf(text[i], PATH_MAX, "%s=%s", keep[i], v) < PATH_MAX)
			env[n++] = text[i];
	}
	env[n] = NULL;
}

struct ends { /* ours first; all close-on-exec */
	int in[2], out[2], err[2];
};

static void close_end(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

/* stdin is a socket pair, so that a child that died costs EPIPE and not SIGPIPE. */
static int open_ends(struct ends *e, struct gh_err *err)
{
	*e = (struct ends){{-1, -1}, {-1, -1}, {-1, -1}};
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, e->in) == 0 &&
	    pipe2(e->out, O_CLOEXEC) == 0 && pipe2(e->err, O_CLOEXEC) == 0 &&
	    fcntl(e->out[0], F_SETFL, O_NONBLOCK) == 0 &&
	    fcntl(e->err[0], F_SETFL, O_NONBLOCK) == 0)
		return 0;
	return gh_fail(err, GH_E_IO, "pipe: %s", strerror(errno));
}

static int spawn(
    struct gh_ssh_system *s, struct args *a, const struct ends *e, struct gh_err *err)
{
	const char *env[8];
	char text[3][PATH_MAX];
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	sigset_t none, all;
	int rc;

	make_environment(env, text);
	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&files);
	posix_spawn_file_actions_adddup2(&files, e->in[1], 0);
	posix_spawn_file_actions_adddup2(&files, e->out[1], 1);
	posix_spawn_file_actions_adddup2(&files, e->err[1], 2);
	posix_spawnattr_init(&attr);
	/* a session of its own: no terminal to ask on, and one kill ends all of it */
	posix_spawnattr_setflags(
	    &attr, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	rc = posix_spawn(&s->pid, SSH_PROGRAM, &files, &attr,
	    (char *const *)(uintptr_t)a->v, (char *const *)(uintptr_t)env);
	posix_spawn_file_actions_destroy(&files);
	posix_spawnattr_destroy(&attr);
	if (rc == 0)
		return 0;
	s->pid = 0;
	(void)gh_fail(err, GH_E_IO, SSH_PROGRAM ": %s", strerror(rc));
	return gh_err_hint(err, "apt-get install openssh-client");
}

static void system_free(struct gh_ssh_wire *w)
{
	struct gh_ssh_system *s = (struct gh_ssh_system *)w;

	close_end(&s->in);
	close_end(&s->out);
	close_end(&s->err);
	if (s->pid > 0) { /* not reaped, so the number is still his */
		(void)kill(-s->pid, SIGKILL);
		(void)kill(s->pid, SIGKILL);
		(void)waitpid(s->pid, NULL, 0);
	}
	close_end(&s->pidfd);
	if (s->known[0])
		(void)unlink(s->known);
	if (s->log[0])
		(void)unlink(s->log);
	free(s);
}

/* 1 = something went, 0 = not now. */
static int feed(struct gh_ssh_system *s, const struct gh_ssh_job *job)
{
	ssize_t n;

	if (s->in < 0)
		return 0;
	while (s->sent < job->input.len) {
		n = send(s->in, job->input.p + s->sent, job->input.len - s->sent,
		    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0)
			break; /* the command wants no more */
		s->sent += (size_t)n;
	}
	close_end(&s->in);
	return 1;
}

static off_t log_size(const struct gh_ssh_system *s)
{
	struct stat st;

	return stat(s->log, &st) == 0 ? st.st_size : 0;
}

/* Takes the UP_LINE off the front of stdout. */
static size_t skip_up_line(struct gh_ssh_system *s, const unsigned char *p, size_t n)
{
	static const char line[] = UP_LINE "\n";
	size_t i = 0;

	while (!s->up && i < n) {
		if (p[i] != (unsigned char)line[s->head])
			return n; /* cannot be; nothing else is said before the login */
		i++;
		s->up = line[++s->head] == '\0';
		if (s->up)
			s->log_at_up = log_size(s);
	}
	return i;
}

static int over(struct gh_ssh_job *job, const char *stream, size_t max)
{
	return gh_fail(&job->err, GH_E_REMOTE,
	    "too much output: more than %zu bytes on %s", max, stream);
}

static int take_out(
    struct gh_ssh_system *s, struct gh_ssh_job *job, const unsigned char *p, size_t n)
{
	size_t skip = skip_up_line(s, p, n), room = job->max_output - job->out.len;

	gh_buf_add(&job->out, p + skip, n - skip < room ? n - skip : room);
	if (n - skip > room)
		return over(job, "stdout", job->max_output);
	return gh_buf_ok(&job->out, &job->err);
}

static void keep_tail(struct gh_ssh_system *s, const unsigned char *p, size_t n)
{
	size_t max = sizeof(s->tail) - 1, keep;

	if (n > max) {
		p += n - max;
		n = max;
	}
	keep = s->n_tail + n > max ? max - n : s->n_tail;
	memmove(s->tail, s->tail + s->n_tail - keep, keep);
	memcpy(s->tail + keep, p, n);
	s->n_tail = keep + n;
}

/* Before the login is over only the host's banner comes here: not the command's words. */
static int take_err(
    struct gh_ssh_system *s, struct gh_ssh_job *job, const unsigned char *p, size_t n)
{
	size_t room = GH_SSH_ERROUT - job->errout.len, keep = n < room ? n : room;

	keep = s->up ? keep : 0;
	keep_tail(s, p, n);
	gh_buf_add(&job->errout, p, keep);
	s->dropped += n - keep;
	if (s->dropped > GH_SSH_ERROUT_MAX)
		return over(job, "stderr", GH_SSH_ERROUT_MAX);
	return gh_buf_ok(&job->errout, &job->err);
}

typedef int take_fn(
    struct gh_ssh_system *s, struct gh_ssh_job *job, const unsigned char *p, size_t n);

/* Reads a stream until it is empty, ends, or the turn is over. -1 with job->err. */
static int drain(
    struct gh_ssh_system *s, struct gh_ssh_job *job, int *fd, size_t *turn, take_fn *take)
{
	unsigned char chunk[CHUNK];

	while (*fd >= 0 && *turn >= CHUNK) {
		ssize_t n = read(*fd, chunk, sizeof(chunk));

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0) {
			close_end(fd);
			return 0;
		}
		*turn -= (size_t)n;
		if (take(s, job, chunk, (size_t)n) != 0)
			return -1;
	}
	return 0;
}

/* 255 is also what ssh(1) itself ends with; then it has said something. */
static bool lost_connection(const struct gh_ssh_system *s)
{
	return log_size(s) > s->log_at_up ||
	       (s->n_tail == sizeof(LOST_LINE) - 1 &&
		   memcmp(s->tail, LOST_LINE, s->n_tail) == 0);
}

static enum gh_ssh_step ended(struct gh_ssh_system *s, struct gh_ssh_job *job)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	int code = WIFEXITED(s->status) ? WEXITSTATUS(s->status) : -1;

	if (s->up && code >= 0 && (code != 255 || !lost_connection(s))) {
		job->exit_status = code;
		return GH_SSH_DONE;
	}
	if (gh_file_read(&log, s->log, LOG_MAX, NULL) != 0)
		gh_buf_clear(&log);
	if (log.len == 0 && s->up)
		gh_buf_str(&log, "connection closed by the host");
	(void)gh_ssh_system_fault(gh_buf_cstr(&log), s->pinned, &job->err);
	return GH_SSH_FAILED;
}

static enum gh_ssh_step system_step(struct gh_ssh_wire *w, struct gh_ssh_job *job)
{
	struct gh_ssh_system *s = (struct gh_ssh_system *)w;
	size_t turn = GH_SSH_TURN;
	pid_t got;

	(void)feed(s, job);
	if (drain(s, job, &s->out, &turn, take_out) != 0 ||
	    drain(s, job, &s->err, &turn, take_err) != 0)
		return GH_SSH_FAILED;
	if (turn < CHUNK)
		return GH_SSH_AGAIN;
	if (s->out >= 0 || s->err >= 0)
		return GH_SSH_WAIT;
	got = waitpid(s->pid, &s->status, WNOHANG);
	if (got == 0 || (got < 0 && errno == EINTR))
		return GH_SSH_WAIT;
	s->pid = 0;
	if (got < 0)
		s->status = -1;
	return ended(s, job);
}

static size_t system_fds(
    const struct gh_ssh_wire *w, struct pollfd *out, int64_t *wake_ms)
{
	const struct gh_ssh_system *s = (const struct gh_ssh_system *)w;
	size_t n = 0;

	(void)wake_ms;
	if (s->in >= 0)
		out[n++] = (struct pollfd){.fd = s->in, .events = POLLOUT};
	if (s->out >= 0)
		out[n++] = (struct pollfd){.fd = s->out, .events = POLLIN};
	if (s->err >= 0)
		out[n++] = (struct pollfd){.fd = s->err, .events = POLLIN};
	if (s->out < 0 && s->err < 0)
		out[n++] = (struct pollfd){.fd = s->pidfd, .events = POLLIN};
	return n;
}

static bool system_up(const struct gh_ssh_wire *w)
{
	return ((const struct gh_ssh_system *)w)->up;
}

static const char *system_doing(const struct gh_ssh_wire *w)
{
	return system_up(w) ? "running the command (system ssh)"
			    : "connecting and logging in (system ssh)";
}

static const struct gh_ssh_wire_ops system_ops = {
    system_step, system_fds, system_up, system_doing, system_free};

static int start(struct gh_ssh_system *s, const struct gh_ssh_job *job,
    const struct gh_ssh_hostkey *pin, struct gh_err *err)
{
	struct args *a = calloc(1, sizeof(*a));
	struct ends e = {{-1, -1}, {-1, -1}, {-1, -1}};
	int rc = -1;

	if (!a)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	if (write_pins(s->known, pin, &job->target, err) == 0 &&
	    make_args(a, s, job, pin, err) == 0 && open_ends(&e, err) == 0)
		rc = spawn(s, a, &e, err);
	close_end(&e.in[1]);
	close_end(&e.out[1]);
	close_end(&e.err[1]);
	s->in = e.in[0];
	s->out = e.out[0];
	s->err = e.err[0];
	gh_buf_free(&a->proxy);
	free(a);
	if (rc != 0)
		return -1;
	s->pidfd = pidfd_open(s->pid, 0);
	if (s->pidfd < 0)
		return gh_fail(err, GH_E_IO, "pidfd: %s", strerror(errno));
	(void)fcntl(s->pidfd, F_SETFD, FD_CLOEXEC);
	return 0;
}

int gh_ssh_system_new(struct gh_ssh_wire **out, const struct gh_ssh_job *job,
    const struct gh_ssh_hostkey *pin, const char *dir, unsigned int serial,
    struct gh_err *err)
{
	struct gh_ssh_system *s = calloc(1, sizeof(*s));
	char name[32];

	*out = NULL;
	if (!s)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	s->wire.ops = &system_ops;
	s->in = s->out = s->err = s->pidfd = -1;
	gh_ssh_fingerprint(s->pinned, pin->blob.p, pin->blob.len);
	snprintf(name, sizeof(name), "%u.pin", serial);
	if (gh_path_join(s->known, sizeof(s->known), dir, name, err) != 0)
		goto undo;
	snprintf(name, sizeof(name), "%u.log", serial);
	if (gh_path_join(s->log, sizeof(s->log), dir, name, err) != 0 ||
	    start(s, job, pin, err) != 0)
		goto undo;
	*out = &s->wire;
	return 0;
undo:
	system_free(&s->wire);
	return -1;
}
