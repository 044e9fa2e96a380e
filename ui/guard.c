/* SPDX-License-Identifier: Apache-2.0
 * Guard process (spec/console.md section 4): survives what the console does not. */
#include "guard.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

/* Mouse, paste and synchronized output off; cursor keys and keypad normal; alternate
 * screen left; cursor shown; attributes plain. */
static const char restore[] =
    "\033[?1000l\033[?1002l\033[?1003l\033[?1006l\033[?2004l\033[?2026l\033[?1l\033>"
    "\033[0m\033[?1049l\033[?25h\r";

static struct termios saved;
static int have_saved;

static void give_back(int sig)
{
	if (isatty(STDOUT_FILENO) &&
	    write(STDOUT_FILENO, restore, sizeof(restore) - 1) < 0)
		return; /* the terminal is gone: nothing to restore */
	if (have_saved)
		tcsetattr(STDIN_FILENO, TCSANOW, &saved);
	fprintf(stderr,
	    "gatehouse: the console was ended by signal %d (%s); "
	    "the terminal is restored\n",
	    sig, strsignal(sig));
}

static void guard_set(sigset_t *set)
{
	static const int all[] = {
	    SIGTERM, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGCHLD};
	sigemptyset(set);
	for (unsigned int i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		sigaddset(set, all[i]);
}

/* True when the child has ended; a stopped child stops the guard too, so that the shell
 * sees one job. */
static int child_ended(pid_t child, int *status)
{
	pid_t got;
	while ((got = waitpid(child, status, WNOHANG | WUNTRACED)) > 0) {
		if (!WIFSTOPPED(*status))
			return 1;
		raise(SIGSTOP);
		kill(child, SIGCONT);
	}
	return got < 0 && errno != EINTR;
}

static int watch(pid_t child, const sigset_t *set)
{
	int status = 0;
	while (!child_ended(child, &status)) {
		int sig = sigwaitinfo(set, NULL);
		if (sig == SIGTERM || sig == SIGHUP || sig == SIGCONT)
			kill(child, sig);
		/* INT, QUIT, TSTP reach the child by themselves: same group */
	}
	if (!WIFSIGNALED(status))
		return WIFEXITED(status) ? WEXITSTATUS(status) : 5;
	give_back(WTERMSIG(status));
	return 128 + WTERMSIG(status);
}

int ui_guard_run(int (*body)(void *ctx), void *ctx)
{
	sigset_t set, before;
	have_saved = tcgetattr(STDIN_FILENO, &saved) == 0;
	guard_set(&set);
	sigprocmask(SIG_BLOCK, &set, &before);
	fflush(NULL);
	pid_t guard = getpid(), child = fork();
	if (child < 0) {
		sigprocmask(SIG_SETMASK, &before, NULL);
		return -1;
	}
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGHUP); /* a dead guard ends the console */
		sigprocmask(SIG_SETMASK, &before, NULL);
		if (getppid() != guard)
			_exit(5);
		int rc = body(ctx);
		fflush(NULL);
		_exit(rc);
	}
	int rc = watch(child, &set);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return rc;
}
