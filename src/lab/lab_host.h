/* SPDX-License-Identifier: Apache-2.0
 * One host of a lab that lives in a folder: its files, its port, its processes. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "lab/lab_proc.h"
#include "lab/lab_spec.h"
#include "lab/launcher.h"

#define GH_LAB_PATH GH_LAUNCH_PATH

/* DIR/hosts/NAME[/file] into out; an error when it does not fit. */
GH_MUST_USE int gh_lab_host_path(char out[static GH_LAB_PATH], const char *dir,
    const struct gh_lab_spec *spec, const char *file, struct gh_err *err);
/* The port of the lab in dir, 0 when it has none yet. */
uint16_t gh_lab_host_port(const char *dir);
/* The port that a file in dir holds. */
uint16_t gh_lab_host_port_of(const char *dir, const char *file);
/* Writes its fixture and its BMC's tree anew, with the faults that are recorded. */
GH_MUST_USE int gh_lab_host_write(
    const char *dir, const struct gh_lab_spec *spec, struct gh_err *err);
/* Starts its processes; gh_lab_host_ready waits until sshd accepts. */
GH_MUST_USE int gh_lab_host_start(
    const char *dir, const struct gh_lab_spec *spec, struct gh_err *err);
GH_MUST_USE int gh_lab_host_ready(
    const char *dir, const struct gh_lab_spec *spec, struct gh_err *err);
/* -1, with the last line of a log in DIR/hosts/NAME: why it did not start. */
int gh_lab_host_failed(
    const char *dir, const struct gh_lab_spec *spec, const char *log, struct gh_err *err);
GH_MUST_USE int gh_lab_host_stop(
    const char *dir, const struct gh_lab_spec *spec, struct gh_err *err);
/* SIGSTOP or SIGCONT for all that runs in it; an error when nothing does. */
GH_MUST_USE int gh_lab_host_signal(
    const char *dir, const struct gh_lab_spec *spec, int sig, struct gh_err *err);
/* The launcher's pid, 0 when it is down. */
int gh_lab_host_pid(const char *dir, const struct gh_lab_spec *spec);
/* True when the port accepts a connection. */
bool gh_lab_host_answers(const struct gh_lab_spec *spec, uint16_t port);
/* True when nobody listens there. */
bool gh_lab_host_port_free(const struct gh_lab_spec *spec, uint16_t port);
/* Makes an ed25519 key pair at path and path.pub, unless path is there. */
GH_MUST_USE int gh_lab_host_key(const char *dir, const char *path, struct gh_err *err);
/* The first line of path, trimmed; "TYPE BASE64" of a public key when words is 2. */
GH_MUST_USE int gh_lab_host_line(
    struct gh_buf *out, const char *path, unsigned int words, struct gh_err *err);
