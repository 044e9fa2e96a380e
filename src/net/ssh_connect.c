/* SPDX-License-Identifier: Apache-2.0
 * Looks a name up and connects to the first of its addresses that answers. */
#include "net/ssh_connect.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define SHARE_MIN_MS 250 /* least time for one of several addresses */

/* getaddrinfo(3) cannot be stopped. Whoever lets go last, thread or dial, frees this. */
struct lookup {
	atomic_int holders;
	atomic_bool ready;
	int event;
	int rc;
	struct addrinfo *found;
	char host[256];
	char service[8];
};

struct gh_ssh_dial {
	const struct gh_env *env;
	struct lookup *lookup; /* until the addresses are known */
	struct addrinfo *found, *next;
	int fd; /* being connected; -1 = none */
	int64_t until_ms, attempt_until_ms;
	struct gh_err last; /* why the address before failed */
	char where[80];
};

static void lookup_release(struct lookup *l)
{
	if (atomic_fetch_sub(&l->holders, 1) != 1)
		return;
	if (l->found)
		freeaddrinfo(l->found);
	close(l->event);
	free(l);
}

static int find_addresses(struct lookup *l, int flags)
{
	struct addrinfo want = {.ai_socktype = SOCK_STREAM, .ai_flags = flags};

	return getaddrinfo(l->host, l->service, &want, &l->found);
}

static void *lookup_main(void *arg)
{
	struct lookup *l = arg;

	l->rc = find_addresses(l, AI_NUMERICSERV | AI_ADDRCONFIG);
	atomic_store(&l->ready, true);
	(void)!write(l->event, &(uint64_t){1}, sizeof(uint64_t));
	lookup_release(l);
	return NULL;
}

/* The thread takes no signals: those are the program's business. */
static int lookup_start(struct lookup *l, struct gh_err *err)
{
	pthread_attr_t attr;
	sigset_t all, old;
	pthread_t t;
	int rc;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pthread_attr_init(&attr);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, 256u << 10);
	atomic_store(&l->holders, 2);
	rc = pthread_create(&t, &attr, lookup_main, l);
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc != 0) {
		atomic_store(&l->holders, 1);
		return gh_fail(err, GH_E_IO, "thread: %s", strerror(rc));
	}
	return 0;
}

static struct lookup *lookup_new(const char *host, uint16_t port, struct gh_err *err)
{
	struct lookup *l = calloc(1, sizeof(*l));

	if (!l) {
		(void)gh_fail(err, GH_E_NOMEM, "out of memory");
		return NULL;
	}
	atomic_store(&l->holders, 1);
	l->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (l->event < 0) {
		(void)gh_fail(err, GH_E_IO, "eventfd: %s", strerror(errno));
		free(l);
		return NULL;
	}
	snprintf(l->host, sizeof(l->host), "%s", host);
	snprintf(l->service, sizeof(l->service), "%u", port);
	return l;
}

int gh_ssh_dial_new(struct gh_ssh_dial **out, const char *address, uint16_t port,
    const struct gh_env *env, int64_t until_ms, struct gh_err *err)
{
	struct gh_ssh_dial *d;

	*out = NULL;
	if (strlen(address) >= sizeof(d->lookup->host))
		return gh_fail(err, GH_E_CONFIG, "address: longer than 255 bytes");
	d = calloc(1, sizeof(*d));
	if (!d)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	d->env = env;
	d->fd = -1;
	d->until_ms = until_ms;
	snprintf(d->where, sizeof(d->where), "looking up %.60s", address);
	d->lookup = lookup_new(address, port, err);
	if (!d->lookup)
		goto undo;
	/* an address in figures needs no thread */
	if (find_addresses(d->lookup, AI_NUMERICSERV | AI_NUMERICHOST) == 0)
		atomic_store(&d->lookup->ready, true);
	else if (lookup_start(d->lookup, err) != 0)
		goto undo;
	*out = d;
	return 0;
undo:
	gh_ssh_dial_free(&d);
	return -1;
}

void gh_ssh_dial_free(struct gh_ssh_dial **dp)
{
	struct gh_ssh_dial *d = *dp;

	if (!d)
		return;
	if (d->fd >= 0)
		close(d->fd);
	if (d->found)
		freeaddrinfo(d->found);
	if (d->lookup)
		lookup_release(d->lookup);
	free(d);
	*dp = NULL;
}

static int take_addresses(struct gh_ssh_dial *d, struct gh_err *err)
{
	struct lookup *l = d->lookup;

	if (l->rc != 0)
		return gh_fail(err, GH_E_IO, "cannot look up %s: %s", l->host,
		    l->rc == EAI_SYSTEM ? "system error" : gai_strerror(l->rc));
	d->found = d->next = l->found;
	l->found = NULL;
	lookup_release(l);
	d->lookup = NULL;
	return 0;
}

static void name_address(struct gh_ssh_dial *d, const struct addrinfo *a)
{
	char host[46] = "?", port[8] = "?";

	(void)getnameinfo(a->ai_addr, a->ai_addrlen, host, sizeof(host), port,
	    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	snprintf(d->where, sizeof(d->where), "connecting to %s port %s", host, port);
}

static void drop_attempt(struct gh_ssh_dial *d, enum gh_errc code, const char *why)
{
	(void)gh_fail(&d->last, code, "%s: %s", d->where, why);
	if (d->fd >= 0)
		close(d->fd);
	d->fd = -1;
}

/* Starts on the next address. */
static void attempt(struct gh_ssh_dial *d)
{
	const struct addrinfo *a = d->next;
	int64_t now = gh_mono_ms(d->env), share;
	int left = 0, one = 1;

	for (const struct addrinfo *i = a; i; i = i->ai_next)
		left++;
	share = (d->until_ms - now) / left;
	d->attempt_until_ms = now + (share > SHARE_MIN_MS ? share : SHARE_MIN_MS);
	d->next = a->ai_next;
	name_address(d, a);
	d->fd = socket(a->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (d->fd < 0) {
		drop_attempt(d, GH_E_IO, strerror(errno));
		return;
	}
	(void)setsockopt(d->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(d->fd, a->ai_addr, a->ai_addrlen) != 0 && errno != EINPROGRESS)
		drop_attempt(d, GH_E_IO, strerror(errno));
}

/* True when the attempt has ended, in whichever way. */
static bool attempt_ended(struct gh_ssh_dial *d)
{
	struct pollfd p = {.fd = d->fd, .events = POLLOUT};
	socklen_t len = sizeof(int);
	int error = 0;

	if (poll(&p, 1, 0) <= 0 || p.revents == 0) {
		if (!d->next || gh_mono_ms(d->env) < d->attempt_until_ms)
			return false; /* the last one waits for the job's own deadline */
		drop_attempt(d, GH_E_TIMEOUT, "no answer");
		return true;
	}
	if (getsockopt(d->fd, SOL_SOCKET, SO_ERROR, &error, &len) != 0)
		error = errno;
	if (error != 0)
		drop_attempt(d, GH_E_IO, strerror(error));
	return true;
}

enum gh_ssh_step gh_ssh_dial_step(struct gh_ssh_dial *d, int *fd, struct gh_err *err)
{
	if (d->lookup) {
		if (!atomic_load(&d->lookup->ready))
			return GH_SSH_WAIT;
		if (take_addresses(d, err) != 0)
			return GH_SSH_FAILED;
	}
	for (;;) { /* bounded: each round uses up an address */
		if (d->fd >= 0) {
			if (!attempt_ended(d))
				return GH_SSH_WAIT;
			if (d->fd >= 0)
				break;
		}
		if (!d->next) {
			if (err)
				*err = d->last;
			return GH_SSH_FAILED;
		}
		attempt(d);
	}
	*fd = d->fd;
	d->fd = -1;
	return GH_SSH_DONE;
}

size_t gh_ssh_dial_fds(const struct gh_ssh_dial *d, struct pollfd *out, int64_t *wake_ms)
{
	if (d->lookup) {
		*out = (struct pollfd){.fd = d->lookup->event, .events = POLLIN};
		return 1;
	}
	if (d->next && d->attempt_until_ms < *wake_ms)
		*wake_ms = d->attempt_until_ms;
	*out = (struct pollfd){.fd = d->fd, .events = POLLOUT};
	return d->fd >= 0 ? 1 : 0;
}

const char *gh_ssh_dial_doing(const struct gh_ssh_dial *d)
{
	return d->where;
}
