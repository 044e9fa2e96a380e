/* SPDX-License-Identifier: Apache-2.0
 * The states of a libssh2 session (spec/lab.md section 4.2). Its two rules live in
 * recv_bytes (delayed ACK) and session_step (full passes). */
#include "net/ssh_session.h"

#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "net/ssh_auth.h"
#include "net/ssh_channel.h"
#include "net/ssh_connect.h"

#define LOGIN_MAX (256u << 10) /* bytes a host may send before it has let us in */
/* Bytes of one turn until then: libssh2 reads a banner byte by byte, at two system calls each,
 * and the other hosts wait for it. */
#define LOGIN_TURN (8u << 10)
#define PASSES_MAX 64 /* passes in one turn */

enum phase { DIAL, HANDSHAKE, HOSTKEY, LOGIN, IDLE, RUN, N_PHASES };

struct gh_ssh_session {
	struct gh_ssh_wire wire;
	enum phase phase;
	bool warm; /* has served a job before */
	bool dead; /* the socket must not be used any more */
	bool starved, flooded;
	bool closed; /* by the host, orderly or not */
	int fd;
	LIBSSH2_SESSION *ssh;
	struct gh_ssh_dial *dial;
	struct gh_ssh_hostkey pin; /* empty: any key is read, and none is trusted */
	struct gh_ssh_auth auth;
	struct gh_ssh_channel channel;
	uint64_t rx, rx_max; /* bytes; beyond the limit it is a flood */
	size_t turn;         /* bytes left in this turn */
};

static struct gh_ssh_session *session_of(struct gh_ssh_wire *w)
{
	return (struct gh_ssh_session *)w; /* wire is the first member */
}

/* Rule 1: TCP_QUICKACK lasts for one ACK only, so it is set after each recv. Without it
 * Nagle on the host and the delayed ACK here cost 40 ms a login. The turn's limit keeps a
 * host that floods us from holding up the others inside one call of libssh2. */
static ssize_t recv_bytes(
    libssh2_socket_t fd, void *p, size_t len, int flags, void **abstract)
{
	struct gh_ssh_session *s = *abstract;
	int one = 1;
	ssize_t n;

	if (s->dead || s->rx > s->rx_max) {
		s->flooded = !s->dead;
		return -EPIPE;
	}
	if (s->turn == 0) {
		s->starved = true;
		return -EAGAIN;
	}
	n = recv(fd, p, len < s->turn ? len : s->turn, flags | MSG_NOSIGNAL);
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		s->closed = true;
	if (n < 0)
		return -errno;
	s->rx += (size_t)n;
	s->turn -= (size_t)n;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &one, sizeof(one));
	return n;
}

static ssize_t send_bytes(
    libssh2_socket_t fd, const void *p, size_t len, int flags, void **abstract)
{
	struct gh_ssh_session *s = *abstract;
	ssize_t n;

	if (s->dead)
		return -EPIPE;
	n = send(fd, p, len, flags | MSG_NOSIGNAL);
	if (n >= 0)
		return n;
	s->closed = errno == EPIPE || errno == ECONNRESET;
	return -errno;
}

static void set_callback(LIBSSH2_SESSION *ssh, int which, void (*fn)(void))
{
#if LIBSSH2_VERSION_NUM >= 0x010b01
	(void)libssh2_session_callback_set2(ssh, which, (libssh2_cb_generic *)fn);
#else
	void *p;

	memcpy(&p, &fn, sizeof(p)); /* the old interface wants an object pointer */
	(void)libssh2_session_callback_set(ssh, which, p);
#endif
}

static bool supports(const char *const *algs, int n, const char *name, size_t len)
{
	for (int i = 0; i < n; i++)
		if (strlen(algs[i]) == len && memcmp(algs[i], name, len) == 0)
			return true;
	return false;
}

/* libssh2 1.10 drops names that it does not know from the list by an overlapping memcpy,
 * so it gets to see only those that it knows. */
static int set_method(LIBSSH2_SESSION *ssh, int which, const char *names)
{
	gh_auto(struct gh_buf, gh_buf_free) list = {0};
	const char **algs = NULL;
	int n = libssh2_session_supported_algs(ssh, which, &algs);

	for (const char *at = names; *at;) {
		size_t len = strcspn(at, ",");

		if (supports(algs, n, at, len)) {
			gh_buf_str(&list, list.len ? "," : "");
			gh_buf_add(&list, at, len);
		}
		at += len + (at[len] == ',');
	}
	if (algs)
		libssh2_free(ssh, algs);
	return list.len == 0
		   ? -1
		   : libssh2_session_method_pref(ssh, which, gh_buf_cstr(&list));
}

/* No SHA-1, no CBC. */
static int set_methods(LIBSSH2_SESSION *ssh, const struct gh_ssh_hostkey *pin)
{
	static const char ciphers[] =
	    "aes128-gcm@openssh.com,aes256-gcm@openssh.com,aes128-ctr,aes256-ctr";
	static const char macs[] =
	    "hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com,"
	    "hmac-sha2-256,hmac-sha2-512";
	static const struct {
		int which;
		const char *names;
	} prefs[] = {
	    {LIBSSH2_METHOD_KEX,
		"curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,"
		"ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group16-sha512,"
		"diffie-hellman-group14-sha256,diffie-hellman-group-exchange-sha256"},
	    {LIBSSH2_METHOD_CRYPT_CS, ciphers},
	    {LIBSSH2_METHOD_CRYPT_SC, ciphers},
	    {LIBSSH2_METHOD_MAC_CS, macs},
	    {LIBSSH2_METHOD_MAC_SC, macs},
	};

	for (size_t i = 0; i < GH_COUNT(prefs); i++)
		if (set_method(ssh, prefs[i].which, prefs[i].names) != 0)
			return -1;
	return set_method(ssh, LIBSSH2_METHOD_HOSTKEY,
	    gh_ssh_hostkey_algorithms(pin->blob.len > 0 ? pin : NULL));
}

/* The words for a session that broke, by libssh2's code. */
static enum gh_ssh_step session_broke(
    struct gh_ssh_session *s, int rc, const char *doing, struct gh_err *err)
{
	char *what = NULL;

	s->dead = true;
	if (s->flooded)
		(void)gh_fail(
		    err, GH_E_REMOTE, "%s: the host sent far more than it may", doing);
	else if (s->closed || rc == LIBSSH2_ERROR_SOCKET_DISCONNECT ||
		 rc == LIBSSH2_ERROR_SOCKET_RECV || rc == LIBSSH2_ERROR_SOCKET_SEND)
		(void)gh_fail(err, GH_E_IO, "%s: the host closed the connection", doing);
	else if (rc == LIBSSH2_ERROR_BANNER_RECV)
		(void)gh_fail(err, GH_E_REMOTE, "%s: the host does not speak SSH", doing);
	else {
		(void)libssh2_session_last_error(s->ssh, &what, NULL, 0);
		(void)gh_fail(err, GH_E_REMOTE, "%s: %s (libssh2 %d)", doing,
		    what && what[0] ? what : "protocol error", rc);
	}
	return GH_SSH_FAILED;
}

static const char *session_doing(const struct gh_ssh_wire *w)
{
	const struct gh_ssh_session *s = (const struct gh_ssh_session *)w;
	static const char *const words[N_PHASES] = {
	    [HANDSHAKE] = "waiting for the SSH handshake",
	    [HOSTKEY] = "comparing the host key",
	    [LOGIN] = "logging in",
	    [IDLE] = "idle",
	};

	if (s->phase == DIAL)
		return gh_ssh_dial_doing(s->dial);
	return s->phase == RUN ? gh_ssh_channel_doing(&s->channel) : words[s->phase];
}

static enum gh_ssh_step on_dial(struct gh_ssh_session *s, struct gh_ssh_job *job)
{
	enum gh_ssh_step st = gh_ssh_dial_step(s->dial, &s->fd, &job->err);

	if (st != GH_SSH_DONE)
		return st;
	s->ssh = libssh2_session_init_ex(NULL, NULL, NULL, s);
	if (!s->ssh || set_methods(s->ssh, &s->pin) != 0) {
		(void)gh_fail(&job->err, GH_E_INTERNAL,
		    "libssh2 offers no algorithm for a pin of type %s", s->pin.type);
		return s->ssh ? GH_SSH_NEEDS_SYSTEM : GH_SSH_FAILED;
	}
	set_callback(s->ssh, LIBSSH2_CALLBACK_RECV, (void (*)(void))recv_bytes);
	set_callback(s->ssh, LIBSSH2_CALLBACK_SEND, (void (*)(void))send_bytes);
	libssh2_session_set_blocking(s->ssh, 0);
	s->phase = HANDSHAKE;
	return GH_SSH_NEXT;
}

static enum gh_ssh_step on_handshake(struct gh_ssh_session *s, struct gh_ssh_job *job)
{
	int rc = libssh2_session_handshake(s->ssh, s->fd);
	const char *banner;

	if (rc == LIBSSH2_ERROR_EAGAIN)
		return GH_SSH_WAIT;
	if (rc == 0) {
		s->phase = HOSTKEY;
		return GH_SSH_NEXT;
	}
	if (rc == LIBSSH2_ERROR_KEX_FAILURE || rc == LIBSSH2_ERROR_METHOD_NOT_SUPPORTED) {
		banner = libssh2_session_banner_get(s->ssh);
		s->dead = true;
		(void)gh_fail(&job->err, GH_E_REMOTE,
		    "no algorithms in common with %.80s (or it has no %s key)",
		    banner ? banner : "the host",
		    job->hostkey_only ? "usable" : s->pin.type);
		(void)gh_err_hint(&job->err, "set %stransport: ssh for this host",
		    job->hostkey_only ? "host_key and " : "");
		return GH_SSH_NEEDS_SYSTEM;
	}
	if (rc == LIBSSH2_ERROR_HOSTKEY_INIT || rc == LIBSSH2_ERROR_HOSTKEY_SIGN) {
		s->dead = true;
		(void)gh_fail(&job->err, GH_E_AUTH,
		    "WRONG HOST KEY: the host cannot sign with the key that it shows");
		return GH_SSH_FAILED;
	}
	return session_broke(s, rc, "SSH handshake", &job->err);
}

/* The handshake has proven that the host holds the key that it shows. */
static enum gh_ssh_step take_hostkey(struct gh_ssh_job *job, const char *blob, size_t len)
{
	gh_ssh_hostkey_text(&job->out, blob, len);
	if (job->out.len > 0 && gh_buf_ok(&job->out, &job->err) == 0)
		return GH_SSH_DONE;
	if (!job->out.oom)
		(void)gh_fail(&job->err, GH_E_REMOTE,
		    "the host shows a key of a type that is not known here");
	return GH_SSH_FAILED;
}

static enum gh_ssh_step on_hostkey(struct gh_ssh_session *s, struct gh_ssh_job *job)
{
	char want[GH_SSH_PRINT_LEN], got[GH_SSH_PRINT_LEN], type[sizeof(s->pin.type)];
	size_t len = 0;
	int kind;
	const char *blob = libssh2_session_hostkey(s->ssh, &len, &kind);

	if (gh_ssh_hostkey_is(&s->pin, blob, len)) {
		s->phase = LOGIN;
		return GH_SSH_NEXT;
	}
	s->dead = true;
	if (job->hostkey_only)
		return take_hostkey(job, blob, blob ? len : 0);
	gh_ssh_fingerprint(want, s->pin.blob.p, s->pin.blob.len);
	gh_ssh_fingerprint(got, blob, blob ? len : 0);
	gh_ssh_blob_type(type, sizeof(type), blob, blob ? len : 0);
	(void)gh_fail(&job->err, GH_E_AUTH,
	    "WRONG HOST KEY: pinned is %s %s, the host shows %s %s", s->pin.type, want,
	    type, got);
	(void)gh_err_hint(&job->err, GH_SSH_WRONG_KEY_HINT);
	return GH_SSH_FAILED;
}

static enum gh_ssh_step on_login(struct gh_ssh_session *s, struct gh_ssh_job *job)
{
	enum gh_ssh_step st = gh_ssh_auth_step(&s->auth, s->ssh, &job->target, &job->err);

	if (st == GH_SSH_FAILED || st == GH_SSH_NEEDS_SYSTEM)
		s->dead = true;
	if (st != GH_SSH_DONE)
		return st;
	gh_ssh_auth_free(&s->auth);
	s->phase = IDLE;
	return GH_SSH_NEXT;
}

static enum gh_ssh_step on_idle(struct gh_ssh_session *s, struct gh_ssh_job *job)
{
	uint64_t may = 2 * ((uint64_t)job->max_output + GH_SSH_ERROUT_MAX) + LOGIN_MAX;

	s->rx_max = s->rx + may;
	gh_ssh_channel_start(&s->channel);
	s->phase = RUN;
	return GH_SSH_NEXT;
}

static enum gh_ssh_step on_run(struct gh_ssh_session *s, struct gh_ssh_job *job)
{
	int rc = 0;
	enum gh_ssh_step st = gh_ssh_channel_step(&s->channel, s->ssh, job, &rc);

	if (st == GH_SSH_DONE)
		s->phase = IDLE;
	if (st != GH_SSH_FAILED)
		return st;
	s->dead = true;
	if (rc == 0)
		return st; /* the channel has said why */
	st = session_broke(s, rc, gh_ssh_channel_doing(&s->channel), &job->err);
	return s->warm && !s->flooded && gh_ssh_channel_fresh(&s->channel)
		   ? GH_SSH_DEAD_WARM
		   : st;
}

/* Rule 2: any call may take packets of another stream off the socket; after a pass that
 * received bytes, poll would sleep on a silent socket. So: pass until nothing came. */
static enum gh_ssh_step session_step(struct gh_ssh_wire *w, struct gh_ssh_job *job)
{
	static enum gh_ssh_step (*const on[N_PHASES])(
	    struct gh_ssh_session *, struct gh_ssh_job *) = {
	    on_dial, on_handshake, on_hostkey, on_login, on_idle, on_run};
	struct gh_ssh_session *s = session_of(w);

	s->turn = s->phase < IDLE ? LOGIN_TURN : GH_SSH_TURN;
	s->starved = false;
	for (int pass = 0; pass < PASSES_MAX; pass++) {
		uint64_t before = s->rx;
		enum gh_ssh_step st = on[s->phase](s, job);

		if (st == GH_SSH_NEXT)
			continue;
		if (st != GH_SSH_WAIT)
			return st;
		if (s->starved)
			return GH_SSH_AGAIN;
		if (s->rx == before)
			return GH_SSH_WAIT;
	}
	return GH_SSH_AGAIN;
}

static size_t session_fds(
    const struct gh_ssh_wire *w, struct pollfd *out, int64_t *wake_ms)
{
	const struct gh_ssh_session *s = (const struct gh_ssh_session *)w;
	int dirs;

	if (s->phase == DIAL)
		return gh_ssh_dial_fds(s->dial, out, wake_ms);
	dirs = libssh2_session_block_directions(s->ssh);
	*out = (struct pollfd){.fd = s->fd, .events = POLLIN};
	if (dirs & LIBSSH2_SESSION_BLOCK_OUTBOUND)
		out->events =
		    dirs & LIBSSH2_SESSION_BLOCK_INBOUND ? POLLIN | POLLOUT : POLLOUT;
	return 1 + (s->phase == LOGIN ? gh_ssh_auth_fds(&s->auth, out + 1) : 0);
}

static bool session_up(const struct gh_ssh_wire *w)
{
	const struct gh_ssh_session *s = (const struct gh_ssh_session *)w;

	if (s->warm)
		return s->phase == RUN && !gh_ssh_channel_fresh(&s->channel);
	return s->phase >= IDLE;
}

/* libssh2_session_free sends and may answer EAGAIN for ever; a dead socket ends that. */
static void free_library_session(struct gh_ssh_session *s)
{
	if (!s->dead && s->phase == IDLE)
		(void)libssh2_session_disconnect(s->ssh, "done");
	s->dead = true;
	for (int i = 0; i < 100; i++)
		if (libssh2_session_free(s->ssh) != LIBSSH2_ERROR_EAGAIN)
			return;
}

static void session_free(struct gh_ssh_wire *w)
{
	struct gh_ssh_session *s = session_of(w);

	s->turn = s->phase < IDLE ? LOGIN_TURN : GH_SSH_TURN;
	gh_ssh_dial_free(&s->dial);
	if (s->ssh)
		free_library_session(s);
	if (s->fd >= 0)
		close(s->fd);
	gh_ssh_auth_free(&s->auth);
	gh_ssh_hostkey_free(&s->pin);
	free(s);
}

static const struct gh_ssh_wire_ops session_ops = {
    session_step, session_fds, session_up, session_doing, session_free};

static int library_rc;

static void library_start(void)
{
	library_rc = libssh2_init(0);
}

int gh_ssh_session_new(struct gh_ssh_wire **out, const struct gh_ssh_target *t,
    const struct gh_ssh_hostkey *pin, const struct gh_env *env, int64_t until_ms,
    struct gh_err *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct gh_ssh_session *s;

	*out = NULL;
	pthread_once(&once, library_start);
	if (library_rc != 0)
		return gh_fail(
		    err, GH_E_INTERNAL, "libssh2: init failed (%d)", library_rc);
	s = calloc(1, sizeof(*s));
	if (!s)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	s->wire.ops = &session_ops;
	s->fd = -1;
	s->rx_max = LOGIN_MAX;
	if (pin) {
		memcpy(s->pin.type, pin->type, sizeof(s->pin.type));
		gh_buf_add(&s->pin.blob, pin->blob.p, pin->blob.len);
	}
	if (gh_buf_ok(&s->pin.blob, err) != 0 ||
	    gh_ssh_dial_new(&s->dial, t->address, t->port, env, until_ms, err) != 0) {
		session_free(&s->wire);
		return -1;
	}
	*out = &s->wire;
	return 0;
}

void gh_ssh_session_again(struct gh_ssh_wire *w)
{
	session_of(w)->warm = true;
}
