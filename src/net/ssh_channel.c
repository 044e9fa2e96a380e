/* SPDX-License-Identifier: Apache-2.0
 * Runs one command: stdin goes out while stdout and stderr come in. */
#include "net/ssh_channel.h"

#define CHUNK 32768u /* bytes; one SSH packet */

enum { OPEN, EXEC, PUMP, WAIT_CLOSED, CLOSE, FREE, N_PHASES };
enum { NONE, WRITE, SEND_EOF, READ_OUT, READ_ERR, N_OPS };

void gh_ssh_channel_start(struct gh_ssh_channel *c)
{
	memset(c, 0, sizeof(*c));
}

bool gh_ssh_channel_fresh(const struct gh_ssh_channel *c)
{
	return c->phase == OPEN;
}

const char *gh_ssh_channel_doing(const struct gh_ssh_channel *c)
{
	static const char *const words[N_PHASES] = {"opening a channel",
	    "starting the command", "running the command",
	    "waiting for the command's exit status", "closing the channel",
	    "closing the channel"};

	return words[c->phase];
}

/* A step of libssh2 that answers 0, EAGAIN or an error. */
static enum gh_ssh_step simple(struct gh_ssh_channel *c, int got, int next, int *rc)
{
	if (got == LIBSSH2_ERROR_EAGAIN)
		return GH_SSH_WAIT;
	if (got < 0) {
		*rc = got;
		return GH_SSH_FAILED;
	}
	c->phase = next;
	return GH_SSH_NEXT;
}

static enum gh_ssh_step channel_open(
    struct gh_ssh_channel *c, LIBSSH2_SESSION *ssh, int *rc)
{
	int got = 0;

	c->ch = libssh2_channel_open_session(ssh);
	if (!c->ch) {
		got = libssh2_session_last_errno(ssh);
		if (got == 0)
			got = LIBSSH2_ERROR_CHANNEL_FAILURE;
	}
	return simple(c, got, EXEC, rc);
}

static enum gh_ssh_step channel_exec(
    struct gh_ssh_channel *c, const char *command, int *rc)
{
	int got = libssh2_channel_process_startup(
	    c->ch, "exec", 4, command, (unsigned int)strlen(command));

	return simple(c, got, PUMP, rc);
}

/* 1 = did something, 0 = would block, < 0 = libssh2's code. */
static int op_write(struct gh_ssh_channel *c, const struct gh_ssh_job *job)
{
	size_t left = job->input.len - c->sent;
	ssize_t n;

	if (left == 0)
		return 0;
	n = libssh2_channel_write(
	    c->ch, (const char *)job->input.p + c->sent, left < CHUNK ? left : CHUNK);
	if (n == LIBSSH2_ERROR_CHANNEL_CLOSED || n == LIBSSH2_ERROR_CHANNEL_EOF_SENT) {
		c->sent = job->input.len; /* the command wants no more */
		return 1;
	}
	if (n == LIBSSH2_ERROR_EAGAIN || n == 0)
		return n == 0 ? 0 : LIBSSH2_ERROR_EAGAIN;
	if (n < 0)
		return (int)n;
	c->sent += (size_t)n;
	return 1;
}

static int op_eof(struct gh_ssh_channel *c, const struct gh_ssh_job *job)
{
	int rc;

	if (c->eof_sent || c->sent < job->input.len)
		return 0;
	rc = libssh2_channel_send_eof(c->ch);
	if (rc == LIBSSH2_ERROR_EAGAIN)
		return rc;
	c->eof_sent = true; /* a channel that is closed already takes no EOF: fine */
	return 1;
}

static int too_much(struct gh_ssh_job *job, const char *stream, size_t max)
{
	return gh_fail(&job->err, GH_E_REMOTE,
	    "too much output: more than %zu bytes on %s", max, stream);
}

static int op_read_out(struct gh_ssh_channel *c, struct gh_ssh_job *job)
{
	char chunk[CHUNK];
	size_t room = job->max_output - job->out.len;
	ssize_t n = libssh2_channel_read(c->ch, chunk, sizeof(chunk));

	if (n <= 0)
		return (int)n;
	gh_buf_add(&job->out, chunk, (size_t)n < room ? (size_t)n : room);
	if ((size_t)n > room) {
		(void)too_much(job, "stdout", job->max_output);
		return LIBSSH2_ERROR_OUT_OF_BOUNDARY;
	}
	return job->out.oom ? LIBSSH2_ERROR_ALLOC : 1;
}

static int op_read_err(struct gh_ssh_channel *c, struct gh_ssh_job *job)
{
	char chunk[4096];
	size_t keep = GH_SSH_ERROUT - job->errout.len;
	ssize_t n = libssh2_channel_read_stderr(c->ch, chunk, sizeof(chunk));

	if (n <= 0)
		return (int)n;
	if (keep > (size_t)n)
		keep = (size_t)n;
	gh_buf_add(&job->errout, chunk, keep);
	c->dropped += (size_t)n - keep;
	if (c->dropped > GH_SSH_ERROUT_MAX) {
		(void)too_much(job, "stderr", GH_SSH_ERROUT_MAX);
		return LIBSSH2_ERROR_OUT_OF_BOUNDARY;
	}
	return 1;
}

static int do_op(struct gh_ssh_channel *c, int op, struct gh_ssh_job *job)
{
	switch (op) {
	case WRITE:
		return op_write(c, job);
	case SEND_EOF:
		return op_eof(c, job);
	case READ_OUT:
		return op_read_out(c, job);
	default:
		return op_read_err(c, job);
	}
}

/* One pass over all streams. libssh2 refuses any other packet while one is half sent
 * (LIBSSH2_ERROR_BAD_USE), so the operation that sent it goes first and alone. */
static enum gh_ssh_step pump_pass(
    struct gh_ssh_channel *c, LIBSSH2_SESSION *ssh, struct gh_ssh_job *job, int *rc)
{
	bool moved = false;
	int first = c->stuck != NONE ? c->stuck : WRITE;

	c->stuck = NONE;
	for (int i = 0; i < N_OPS - 1; i++) {
		int op = WRITE + (first - WRITE + i) % (N_OPS - 1);
		int got = do_op(c, op, job);

		if (got > 0)
			moved = true;
		if (got < 0 && got != LIBSSH2_ERROR_EAGAIN) {
			*rc = got == LIBSSH2_ERROR_OUT_OF_BOUNDARY ? 0 : got;
			return GH_SSH_FAILED;
		}
		if (got == LIBSSH2_ERROR_EAGAIN &&
		    (libssh2_session_block_directions(ssh) &
			LIBSSH2_SESSION_BLOCK_OUTBOUND)) {
			c->stuck = op;
			return GH_SSH_WAIT;
		}
	}
	if (libssh2_channel_eof(c->ch)) {
		/* A command that closes its stdout while it still reads stdin would lose
		 * the rest of its input here; ours never do. */
		c->phase = WAIT_CLOSED;
		return GH_SSH_NEXT;
	}
	return moved ? GH_SSH_NEXT : GH_SSH_WAIT;
}

/* libssh2 does not tell "exit status 0" from "none came"; a signal it does tell. */
static int exit_status(struct gh_ssh_channel *c, LIBSSH2_SESSION *ssh)
{
	char *signal_name = NULL;

	(void)libssh2_channel_get_exit_signal(
	    c->ch, &signal_name, NULL, NULL, NULL, NULL, NULL);
	if (signal_name) {
		libssh2_free(ssh, signal_name);
		return -1;
	}
	return libssh2_channel_get_exit_status(c->ch);
}

static enum gh_ssh_step channel_free(
    struct gh_ssh_channel *c, LIBSSH2_SESSION *ssh, struct gh_ssh_job *job, int *rc)
{
	int got;

	job->exit_status = exit_status(c, ssh);
	got = libssh2_channel_free(c->ch);
	if (got == LIBSSH2_ERROR_EAGAIN)
		return GH_SSH_WAIT;
	c->ch = NULL;
	if (got < 0) {
		*rc = got;
		return GH_SSH_FAILED;
	}
	return GH_SSH_DONE;
}

enum gh_ssh_step gh_ssh_channel_step(
    struct gh_ssh_channel *c, LIBSSH2_SESSION *ssh, struct gh_ssh_job *job, int *rc)
{
	switch (c->phase) {
	case OPEN:
		return channel_open(c, ssh, rc);
	case EXEC:
		return channel_exec(c, job->command, rc);
	case PUMP:
		return pump_pass(c, ssh, job, rc);
	case WAIT_CLOSED:
		return simple(c, libssh2_channel_wait_closed(c->ch), CLOSE, rc);
	case CLOSE:
		return simple(c, libssh2_channel_close(c->ch), FREE, rc);
	default:
		return channel_free(c, ssh, job, rc);
	}
}
