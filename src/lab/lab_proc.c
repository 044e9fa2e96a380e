/* SPDX-License-Identifier: Apache-2.0
 * Finding, recording and ending the lab's processes. */
#include "lab/lab_proc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/text.h"

#define STEP_MS 5
#define STOP_MS 3000 /* for TERM, then for KILL */

void gh_lab_proc_sleep_ms(int ms)
{
	struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000L};

	while (nanosleep(&t, &t) && errno == EINTR)
		;
}

/* The part of /proc/PID/stat behind the name, which may hold any byte: "S 1 ...". */
static bool read_stat(int pid, struct gh_buf *stat, struct gh_bytes *fields)
{
	char path[64];
	const unsigned char *end;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	if (gh_file_read(stat, path, 4096, NULL) || !stat->len)
		return false;
	end = memrchr(stat->p, ')', stat->len);
	if (!end)
		return false;
	fields->p = end + 1;
	fields->len = stat->len - (size_t)(end + 1 - stat->p);
	return true;
}

bool gh_lab_proc_look(int pid, struct gh_lab_proc *out)
{
	gh_auto(struct gh_buf, gh_buf_free) stat = {0};
	struct gh_bytes rest, word;
	uint64_t start;

	*out = (struct gh_lab_proc){0};
	if (pid <= 0 || !read_stat(pid, &stat, &rest))
		return false;
	rest = gh_text_trim(rest);
	for (int field = 3; field <= 22; field++) {
		if (!gh_text_word(&rest, &word))
			return false;
		if (field == 3 && (word.p[0] == 'Z' || word.p[0] == 'X'))
			return false;
	}
	if (gh_text_u64(word, 10, &start))
		return false;
	out->pid = pid;
	out->start = start;
	return true;
}

bool gh_lab_proc_alive(const struct gh_lab_proc *p)
{
	struct gh_lab_proc now;

	return p->pid && gh_lab_proc_look(p->pid, &now) && now.start == p->start;
}

int gh_lab_proc_save(const char *path, const struct gh_lab_proc *p, struct gh_err *err)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "%d %llu\n", p->pid, p->start);

	return gh_file_write(path, line, (size_t)n, 0644, err);
}

void gh_lab_proc_load(const char *path, struct gh_lab_proc *out)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_bytes rest, a, b;
	uint64_t pid, start;

	*out = (struct gh_lab_proc){0};
	if (gh_file_read(&text, path, 64, NULL))
		return;
	rest = gh_text_trim(gh_buf_view(&text));
	if (!gh_text_word(&rest, &a) || !gh_text_word(&rest, &b))
		return;
	if (gh_text_u64(a, 10, &pid) || gh_text_u64(b, 10, &start) || pid > INT_MAX)
		return;
	out->pid = (int)pid;
	out->start = start;
}

bool gh_lab_proc_end(const struct gh_lab_proc *p, int sig, int wait_ms)
{
	if (!gh_lab_proc_alive(p))
		return true;
	if (sig)
		kill(p->pid, sig);
	for (int t = 0; t < wait_ms; t += STEP_MS) {
		if (!gh_lab_proc_alive(p))
			return true;
		gh_lab_proc_sleep_ms(STEP_MS);
	}
	return !gh_lab_proc_alive(p);
}

void gh_lab_proc_recorded(const char *record, struct gh_lab_proc *out)
{
	gh_lab_proc_load(record, out);
	if (!gh_lab_proc_alive(out))
		out->pid = 0;
}

void gh_lab_proc_ask_stop(const char *record)
{
	struct gh_lab_proc p;

	gh_lab_proc_recorded(record, &p);
	if (p.pid)
		kill(p.pid, SIGTERM);
}

int gh_lab_proc_stop(const char *record, const char *who, struct gh_err *err)
{
	struct gh_lab_proc p;

	gh_lab_proc_recorded(record, &p);
	if (!gh_lab_proc_end(&p, SIGTERM, STOP_MS) &&
	    !gh_lab_proc_end(&p, SIGKILL, STOP_MS))
		return gh_fail(
		    err, GH_E_INTERNAL, "%s, process %d, does not end", who, p.pid);
	unlink(record);
	return 0;
}

static bool read_ns(int pid, char *out, size_t size)
{
	char path[64];
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/ns/pid", pid);
	n = readlink(path, out, size - 1);
	out[n < 0 ? 0 : n] = '\0';
	return n > 0;
}

size_t gh_lab_proc_signal_all(const struct gh_lab_proc *init, int sig)
{
	char ours[64], theirs[64];
	struct dirent *e;
	size_t n = 0;
	DIR *d;

	if (!gh_lab_proc_alive(init) || !read_ns(init->pid, ours, sizeof(ours)))
		return 0;
	/* a record that names a process of this namespace must never stop the machine */
	if (!read_ns(getpid(), theirs, sizeof(theirs)) || !strcmp(ours, theirs))
		return 0;
	d = opendir("/proc");
	if (!d)
		return 0;
	while ((e = readdir(d))) {
		uint64_t pid;

		if (gh_text_u64(gh_text_of(e->d_name), 10, &pid) || pid > INT_MAX)
			continue;
		if (!read_ns((int)pid, theirs, sizeof(theirs)) || strcmp(ours, theirs))
			continue;
		n += kill((int)pid, sig) == 0;
	}
	closedir(d);
	return n;
}

int gh_lab_proc_run(const char *const argv[], const char *log, struct gh_err *err)
{
	static const char *const env[] = {"PATH=/usr/bin:/bin", "LC_ALL=C", NULL};
	posix_spawn_file_actions_t fa;
	int rc, status = 0;
	pid_t pid;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(
	    &fa, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0644);
	posix_spawn_file_actions_adddup2(&fa, 1, 2);
	rc = posix_spawn(&pid, argv[0], &fa, NULL, (char *const *)(uintptr_t)argv,
	    (char *const *)(uintptr_t)env);
	posix_spawn_file_actions_destroy(&fa);
	if (rc)
		return gh_fail(err, GH_E_IO, "%s: %s", argv[0], strerror(rc));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return gh_fail(err, GH_E_IO, "%s: %s", argv[0], strerror(errno));
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return gh_fail(err, GH_E_IO, "%s failed, see %s", argv[0], log);
	return 0;
}

/* ---- processes that outlive their maker --------------------------------------------- */

int gh_lab_proc_record(const char *path, int pid, struct gh_err *err)
{
	struct gh_lab_proc p;

	if (!gh_lab_proc_look(pid, &p))
		return gh_fail(err, GH_E_IO, "process %d has ended", pid);
	return gh_lab_proc_save(path, &p, err);
}

/* Forks twice: the first child ends at once and is waited for. */
int gh_lab_proc_start(
    const char *record, void (*fn)(void *ctx), void *ctx, struct gh_err *err)
{
	pid_t middle = fork();

	if (middle < 0)
		return gh_fail(err, GH_E_IO, "fork: %s", strerror(errno));
	if (!middle) {
		pid_t pid;

		setsid();
		pid = fork();
		if (!pid) {
			fn(ctx);
			_exit(1);
		}
		_exit(pid > 0 && !gh_lab_proc_record(record, pid, NULL) ? 0 : 1);
	}
	while (waitpid(middle, NULL, 0) < 0 && errno == EINTR)
		;
	return 0;
}

int gh_lab_proc_leave(const char *log, struct gh_err *err)
{
	int null = open("/dev/null", O_RDWR);
	int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);

	if (null < 0 || out < 0)
		return gh_fail(err, GH_E_IO, "%s: %s", log, strerror(errno));
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	syscall(SYS_close_range, 3u, ~0u, 0u);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	signal(SIGHUP, SIG_IGN);
	signal(SIGPIPE, SIG_DFL);
	umask(022);
	prctl(PR_SET_NAME, "gatehouse-lab", 0, 0, 0);
	return chdir("/");
}

_Noreturn void gh_lab_proc_die(const struct gh_err *err)
{
	(void)!write(STDERR_FILENO, "lab: ", 5);
	(void)!write(STDERR_FILENO, err->what, strlen(err->what));
	(void)!write(STDERR_FILENO, "\n", 1);
	_exit(1);
}
