/* SPDX-License-Identifier: Apache-2.0
 * Processes of the lab, known by pid and start time, so that a pid that was given out
 * again is never taken for ours. */
#pragma once

#include <stdbool.h>

#include "base/err.h"

struct gh_lab_proc {
	int pid;                  /* 0 = none */
	unsigned long long start; /* field 22 of /proc/PID/stat */
};

/* Looks pid up; false when it is gone or a zombie. */
bool gh_lab_proc_look(int pid, struct gh_lab_proc *out);
/* True while that very process runs. */
bool gh_lab_proc_alive(const struct gh_lab_proc *p);
/* "PID START" in a file. Reading gives pid 0 when there is none or it is not in form. */
GH_MUST_USE int gh_lab_proc_save(
    const char *path, const struct gh_lab_proc *p, struct gh_err *err);
void gh_lab_proc_load(const char *path, struct gh_lab_proc *out);
/* The one in that file while it runs; pid 0 when it does not. */
void gh_lab_proc_recorded(const char *record, struct gh_lab_proc *out);
/* Asks the recorded one to end, and does not wait. */
void gh_lab_proc_ask_stop(const char *record);
/* Ends the recorded one, by force when asking is not enough, and removes the record. who:
 * "gpu-a: its BMC", for a message. */
GH_MUST_USE int gh_lab_proc_stop(const char *record, const char *who, struct gh_err *err);
/* Sends sig and waits until it has ended; false when it has not after wait_ms. */
bool gh_lab_proc_end(const struct gh_lab_proc *p, int sig, int wait_ms);
/* Sends sig to every process in the PID namespace of init; returns how many. */
size_t gh_lab_proc_signal_all(const struct gh_lab_proc *init, int sig);
/* Runs fn(ctx), which never returns, in a process that is nobody's child and so leaves no
 * zombie behind; record names it. */
GH_MUST_USE int gh_lab_proc_start(
    const char *record, void (*fn)(void *ctx), void *ctx, struct gh_err *err);
/* What such a process does first: it keeps nothing of the caller's terminal, descriptors
 * and signals, is called gatehouse-lab, and writes to log. */
GH_MUST_USE int gh_lab_proc_leave(const char *log, struct gh_err *err);
/* Its last words, into its log, and its end. */
_Noreturn void gh_lab_proc_die(const struct gh_err *err);
/* Records that pid, which runs. */
GH_MUST_USE int gh_lab_proc_record(const char *path, int pid, struct gh_err *err);
/* Runs a program with no stdin and waits; its output goes to log (a file, appended). */
GH_MUST_USE int gh_lab_proc_run(
    const char *const argv[], const char *log, struct gh_err *err);
void gh_lab_proc_sleep_ms(int ms);
