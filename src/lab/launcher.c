/* SPDX-License-Identifier: Apache-2.0
 * The launcher of one lab host and the init inside its namespaces. */
#include "lab/launcher.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/launcher_tree.h"

#define STOP_MS 3000

/* ---- inside the namespaces: process 1 --------------------------------------------------- */

/* The host's root is root of four namespaces only, so what would reach past them goes. */
static void drop_caps(void)
{
	static const int drop[] = {CAP_SYS_MODULE, CAP_SYS_RAWIO, CAP_SYS_BOOT,
	    CAP_SYS_TIME, CAP_SYS_ADMIN, CAP_SYS_PTRACE, CAP_SYSLOG, CAP_NET_ADMIN,
	    CAP_NET_RAW, CAP_MKNOD, CAP_LINUX_IMMUTABLE, CAP_MAC_ADMIN, CAP_WAKE_ALARM,
	    CAP_BPF, CAP_PERFMON};

	for (size_t i = 0; i < GH_COUNT(drop); i++)
		prctl(PR_CAPBSET_DROP, drop[i], 0, 0, 0);
}

/* -r: sshd does not run itself anew for each connection. That protects a host whose address
 * is known to the world, and costs a third of a login. */
static pid_t start_sshd(struct gh_err *err)
{
	static const char *const argv[] = {
	    "/usr/sbin/sshd", "-D", "-e", "-r", "-f", "/etc/ssh/sshd_config", NULL};
	static const char *const env[] = {
	    "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LC_ALL=C", NULL};
	pid_t pid = fork();

	if (pid < 0)
		gh_fail(err, GH_E_IO, "fork: %s", strerror(errno));
	if (pid)
		return pid;
	setsid();
	drop_caps();
	execve(argv[0], (char *const *)(uintptr_t)argv, (char *const *)(uintptr_t)env);
	_exit(127);
}

/* One CPU for each host, in turn: sshd is three processes a login that share nearly all
 * pages, and on a virtual machine each page copied is flushed on every CPU that one of them
 * has run on. Where it cannot be had, all CPUs do. */
static void take_cpu(unsigned int index)
{
	cpu_set_t all, one;
	int n, cpu = 0;

	if (sched_getaffinity(0, sizeof(all), &all) || (n = CPU_COUNT(&all)) < 1)
		return;
	for (index %= (unsigned int)n; !CPU_ISSET(cpu, &all) || index--;)
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	(void)sched_setaffinity(0, sizeof(one), &one);
}

/* alive: the read end of a pipe whose other end only the launcher holds. */
static _Noreturn void run_init(const struct gh_launch *l, int alive)
{
	struct pollfd gone = {.fd = alive};
	struct gh_err err = {0};
	sigset_t none;
	pid_t sshd, pid;

	prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
	/* the launcher may have died before the line above */
	if (poll(&gone, 1, 0) > 0 && (gone.revents & POLLHUP))
		_exit(1);
	close(alive);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	take_cpu(l->index);
	if (gh_launcher_tree(l, &err))
		gh_lab_proc_die(&err);
	sshd = start_sshd(&err);
	if (sshd < 0)
		gh_lab_proc_die(&err);
	for (;;) {
		pid = wait(NULL);
		if (pid == sshd || (pid < 0 && errno != EINTR))
			_exit(1);
	}
}

/* ---- outside: the launcher --------------------------------------------------------------- */

/* Ends with the init: by SIGTERM at our wish, else when the init ended by itself. */
static _Noreturn void guard_init(pid_t init, const sigset_t *wanted)
{
	for (;;) {
		int sig = sigwaitinfo(wanted, NULL);

		if (sig == SIGTERM || sig == SIGINT) {
			kill(init, SIGKILL);
			/* returns when the kernel has ended the whole PID namespace */
			while (waitpid(init, NULL, 0) < 0 && errno == EINTR)
				;
			_exit(0);
		}
		if (sig == SIGCHLD && waitpid(init, NULL, WNOHANG) == init)
			_exit(1);
	}
}

static void run_launcher(void *ctx)
{
	const struct gh_launch *l = ctx;
	char path[GH_LAUNCH_PATH + 16];
	struct gh_err err = {0};
	int alive[2];
	sigset_t wanted;
	pid_t init;

	snprintf(path, sizeof(path), "%s/log", l->dir);
	if (gh_lab_proc_leave(path, &err))
		gh_lab_proc_die(&err);
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGINT);
	sigaddset(&wanted, SIGCHLD);
	sigprocmask(SIG_SETMASK, &wanted, NULL);
	if (unshare(CLONE_NEWPID) || pipe2(alive, O_CLOEXEC)) {
		gh_fail(&err, GH_E_IO, "unshare: %s", strerror(errno));
		gh_lab_proc_die(&err);
	}
	init = fork();
	if (init < 0) {
		gh_fail(&err, GH_E_IO, "fork: %s", strerror(errno));
		gh_lab_proc_die(&err);
	}
	if (!init) {
		close(alive[1]);
		run_init(l, alive[0]);
	}
	close(alive[0]);
	snprintf(path, sizeof(path), "%s/init.pid", l->dir);
	if (gh_lab_proc_record(path, init, NULL))
		kill(init, SIGKILL);
	guard_init(init, &wanted);
}

int gh_launcher_start(const struct gh_launch *l, struct gh_err *err)
{
	char record[GH_LAUNCH_PATH + 16];
	struct gh_launch copy = *l;

	snprintf(record, sizeof(record), "%s/launcher.pid", l->dir);
	return gh_lab_proc_start(record, run_launcher, &copy, err);
}

/* ---- seen from any gatehouse process ------------------------------------------------------ */

void gh_launcher_find(
    const char *dir, struct gh_lab_proc *launcher, struct gh_lab_proc *init)
{
	char path[GH_LAUNCH_PATH + 16];

	snprintf(path, sizeof(path), "%s/launcher.pid", dir);
	gh_lab_proc_load(path, launcher);
	if (!gh_lab_proc_alive(launcher))
		*launcher = (struct gh_lab_proc){0};
	snprintf(path, sizeof(path), "%s/init.pid", dir);
	gh_lab_proc_load(path, init);
	if (!gh_lab_proc_alive(init))
		*init = (struct gh_lab_proc){0};
}

void gh_launcher_ask_stop(const char *dir)
{
	struct gh_lab_proc launcher, init;

	gh_launcher_find(dir, &launcher, &init);
	if (launcher.pid)
		kill(launcher.pid, SIGTERM);
}

int gh_launcher_stop(const char *dir, struct gh_err *err)
{
	static const char *const records[] = {"launcher.pid", "init.pid"};
	struct gh_lab_proc launcher, init;
	char path[GH_LAUNCH_PATH + 16];

	gh_launcher_find(dir, &launcher, &init);
	if (!gh_lab_proc_end(&launcher, SIGTERM, STOP_MS) &&
	    !gh_lab_proc_end(&launcher, SIGKILL, STOP_MS))
		return gh_fail(
		    err, GH_E_INTERNAL, "%s: process %d does not end", dir, launcher.pid);
	/* the launcher may have been killed between its fork and its record */
	gh_launcher_find(dir, &launcher, &init);
	if (!gh_lab_proc_end(&init, SIGKILL, STOP_MS))
		return gh_fail(
		    err, GH_E_INTERNAL, "%s: process %d does not end", dir, init.pid);
	for (size_t i = 0; i < GH_COUNT(records); i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, records[i]);
		unlink(path);
	}
	return 0;
}
