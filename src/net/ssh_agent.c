/* SPDX-License-Identifier: Apache-2.0
 * Talks to ssh-agent over its socket: list keys, sign. */
#include "net/ssh_agent.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/rd.h"
#include "net/ssh_hostkey.h"

#define ANSWER_MAX (256u << 10) /* bytes; OpenSSH's own limit */
#define KEYS_MAX   64u

enum { /* draft-miller-ssh-agent section 6.1 */
	REQUEST_IDENTITIES = 11,
	IDENTITIES_ANSWER = 12,
	SIGN_REQUEST = 13,
	SIGN_RESPONSE = 14,
};

struct gh_ssh_agent {
	int fd;
	struct gh_buf out; /* the question */
	size_t sent;
	struct gh_buf in;   /* the answer being read, length word first */
	struct gh_buf list; /* the first answer; keys point into it */
	bool listed;
	size_t n_keys;
	struct gh_ssh_agent_key key[KEYS_MAX];
};

static void put_u32(struct gh_buf *b, size_t v)
{
	unsigned char w[4] = {(unsigned char)(v >> 24), (unsigned char)(v >> 16),
	    (unsigned char)(v >> 8), (unsigned char)v};

	gh_buf_add(b, w, sizeof(w));
}

static int connect_agent(const char *path, struct gh_err *err)
{
	struct sockaddr_un a = {.sun_family = AF_UNIX};
	int fd;

	if (!path || !path[0] || strlen(path) >= sizeof(a.sun_path))
		return gh_fail(err, GH_E_AUTH, "no ssh-agent (SSH_AUTH_SOCK)");
	memcpy(a.sun_path, path, strlen(path));
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, (const struct sockaddr *)&a, sizeof(a)) == 0)
		return fd;
	(void)gh_fail(err, GH_E_AUTH, "ssh-agent: %s", strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int gh_ssh_agent_new(struct gh_ssh_agent **out, struct gh_err *err)
{
	struct gh_ssh_agent *a;
	int fd = connect_agent(getenv("SSH_AUTH_SOCK"), err);

	*out = NULL;
	if (fd < 0)
		return -1;
	a = calloc(1, sizeof(*a));
	if (!a) {
		close(fd);
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	}
	a->fd = fd;
	put_u32(&a->out, 1);
	gh_buf_chr(&a->out, REQUEST_IDENTITIES);
	*out = a;
	return 0;
}

void gh_ssh_agent_free(struct gh_ssh_agent **ap)
{
	struct gh_ssh_agent *a = *ap;

	if (!a)
		return;
	close(a->fd);
	gh_buf_free(&a->out);
	gh_buf_free(&a->in);
	gh_buf_free(&a->list);
	free(a);
	*ap = NULL;
}

/* Keys beyond the limit are left out: no server would let us try so many. */
static int read_list(struct gh_ssh_agent *a, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(a->in.p, a->in.len);
	uint32_t n;

	a->list = gh_take(a->in);
	gh_rd_skip(&r, 4);
	if (gh_rd_u8(&r) != IDENTITIES_ANSWER)
		return gh_fail(err, GH_E_AUTH, "ssh-agent: lists no keys");
	n = gh_rd_u32be(&r);
	for (uint32_t i = 0; i < n && a->n_keys < KEYS_MAX && !r.bad; i++) {
		struct gh_ssh_agent_key *k = &a->key[a->n_keys];

		k->blob.len = gh_rd_u32be(&r);
		k->blob.p = gh_rd_bytes(&r, k->blob.len);
		gh_rd_skip(&r, gh_rd_u32be(&r)); /* comment */
		if (r.bad || !k->blob.p)
			break;
		gh_ssh_blob_type(k->type, sizeof(k->type), k->blob.p, k->blob.len);
		a->n_keys++;
	}
	a->listed = true;
	return gh_rd_ok(&r, "ssh-agent", err);
}

static int send_question(struct gh_ssh_agent *a, struct gh_err *err)
{
	while (a->sent < a->out.len) {
		ssize_t n = send(a->fd, a->out.p + a->sent, a->out.len - a->sent,
		    MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0)
			return gh_fail(err, GH_E_AUTH, "ssh-agent: %s", strerror(errno));
		a->sent += (size_t)n;
	}
	return 0;
}

/* How many bytes are still missing; the first four say how many follow. */
static int missing(const struct gh_ssh_agent *a, size_t *out, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(a->in.p, a->in.len);
	uint32_t len;

	*out = 4 - (a->in.len < 4 ? a->in.len : 4);
	if (*out > 0)
		return 0;
	len = gh_rd_u32be(&r);
	if (len < 1 || len > ANSWER_MAX)
		return gh_fail(err, GH_E_AUTH, "ssh-agent: answer of %u bytes", len);
	*out = len + 4u - a->in.len;
	return 0;
}

int gh_ssh_agent_step(struct gh_ssh_agent *a, struct gh_err *err)
{
	size_t want;

	if (send_question(a, err) != 0)
		return -1;
	for (;;) { /* bounded: the answer is */
		unsigned char *p;
		ssize_t n;

		if (missing(a, &want, err) != 0)
			return -1;
		if (want == 0)
			break;
		p = gh_buf_room(&a->in, want);
		if (!p)
			return gh_fail(err, GH_E_NOMEM, "out of memory");
		n = recv(a->fd, p, want, MSG_DONTWAIT);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return 0;
		if (n <= 0)
			return gh_fail(
			    err, GH_E_AUTH, "ssh-agent: closed the connection");
		a->in.len += (size_t)n;
	}
	if (!a->listed && read_list(a, err) != 0)
		return -1;
	return 1;
}

size_t gh_ssh_agent_fds(const struct gh_ssh_agent *a, struct pollfd *out)
{
	*out = (struct pollfd){.fd = a->fd,
	    .events = (short)(POLLIN | (a->sent < a->out.len ? POLLOUT : 0))};
	return 1;
}

size_t gh_ssh_agent_n_keys(const struct gh_ssh_agent *a)
{
	return a->n_keys;
}

const struct gh_ssh_agent_key *gh_ssh_agent_key(const struct gh_ssh_agent *a, size_t i)
{
	return &a->key[i];
}

int gh_ssh_agent_sign(
    struct gh_ssh_agent *a, size_t i, struct gh_bytes data, struct gh_err *err)
{
	const struct gh_bytes *blob = &a->key[i].blob;

	gh_buf_clear(&a->out);
	gh_buf_clear(&a->in);
	a->sent = 0;
	put_u32(&a->out, 1 + 4 + blob->len + 4 + data.len + 4);
	gh_buf_chr(&a->out, SIGN_REQUEST);
	put_u32(&a->out, blob->len);
	gh_buf_add(&a->out, blob->p, blob->len);
	put_u32(&a->out, data.len);
	gh_buf_add(&a->out, data.p, data.len);
	put_u32(&a->out, 0); /* flags */
	return gh_buf_ok(&a->out, err);
}

int gh_ssh_agent_signature(
    const struct gh_ssh_agent *a, struct gh_bytes *out, struct gh_err *err)
{
	struct gh_rd r = gh_rd_of(a->in.p, a->in.len);

	gh_rd_skip(&r, 4);
	if (gh_rd_u8(&r) != SIGN_RESPONSE)
		return gh_fail(err, GH_E_AUTH, "ssh-agent: refused to sign");
	gh_rd_skip(&r, 4);               /* length of the whole signature */
	gh_rd_skip(&r, gh_rd_u32be(&r)); /* its format */
	out->len = gh_rd_u32be(&r);
	out->p = gh_rd_bytes(&r, out->len);
	return gh_rd_ok(&r, "ssh-agent", err);
}
