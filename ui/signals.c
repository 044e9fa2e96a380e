/* SPDX-License-Identifier: Apache-2.0
 * signalfd for what a terminal program must hear (spec/console.md section 4). The only
 * globals besides the guard's: a handler can reach nothing else. */
#include "signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/signalfd.h>
#include <unistd.h>

static int signal_fd = -1;
static pthread_t ui_thread;

static void set_of(sigset_t *set)
{
	static const int all[] = {SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT};
	sigemptyset(set);
	for (unsigned int i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		sigaddset(set, all[i]);
}

/* A signal taken by a thread that has it open goes to the UI thread, where it is blocked
 * and so ends in the descriptor. */
static void pass_on(int sig)
{
	int saved = errno;
	pthread_kill(ui_thread, sig);
	errno = saved;
}

static void nothing(int sig)
{
	(void)sig;
}

int ui_signals_open(void)
{
	sigset_t set;
	struct sigaction sa = {.sa_handler = pass_on, .sa_flags = SA_RESTART};
	set_of(&set);
	ui_thread = pthread_self();
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sa.sa_handler = nothing; /* not SIG_IGN: children would inherit that */
	sigaction(SIGPIPE, &sa, NULL);
	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return signal_fd;
}

int ui_signals_next(void)
{
	struct signalfd_siginfo si;
	if (signal_fd < 0 || read(signal_fd, &si, sizeof(si)) != (ssize_t)sizeof(si))
		return 0;
	return (int)si.ssi_signo;
}

void ui_signals_stop_here(void)
{
	struct sigaction dfl = {.sa_handler = SIG_DFL}, old;
	sigset_t set, before;
	sigemptyset(&set);
	sigaddset(&set, SIGTSTP);
	sigaction(SIGTSTP, &dfl, &old);
	raise(SIGTSTP);
	pthread_sigmask(SIG_UNBLOCK, &set, &before); /* stops here, until SIGCONT */
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	sigaction(SIGTSTP, &old, NULL);
}

void ui_signals_for_children(bool on)
{
	sigset_t set;
	set_of(&set);
	sigdelset(&set, SIGTSTP); /* must never stop us from another thread */
	sigdelset(&set, SIGWINCH);
	sigdelset(&set, SIGCONT);
	pthread_sigmask(on ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

void ui_signals_close(void)
{
	if (signal_fd >= 0)
		close(signal_fd);
	signal_fd = -1;
}
