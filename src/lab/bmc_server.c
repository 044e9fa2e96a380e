/* SPDX-License-Identifier: Apache-2.0
 * Turns HTTP requests into gh_bmc_request and sends what gh_bmc_answer says. A thread per
 * connection: a slow answer is a sleep. */
#include "lab/bmc_server.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lab/lab_proc.h"

#define UPLOAD_MAX      65536
#define CONNECTIONS_MAX 128
#define IDLE_S          60
#define SLEEP_STEP_MS   10
#define FLOOD_STEP      65536

struct gh_bmc_server {
	struct gh_lab_handler who;
	struct MHD_Daemon *daemon;
	pthread_mutex_t lock; /* of who */
	atomic_bool stopping;
};

/* ---- request ---------------------------------------------------------------------- */

/* One request while its body comes in. */
struct incoming {
	const char *method, *url; /* libmicrohttpd's, of this call */
	struct gh_buf body;
	bool too_large;
};

struct query {
	const char *expand;
	bool odd;
	struct gh_buf all;
};

static enum MHD_Result on_parameter(
    void *ctx, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct query *q = ctx;

	(void)kind;
	gh_buf_fmt(&q->all, "%s%s=%s", q->all.len ? "&" : "", key, value ? value : "");
	if (!strcmp(key, "$expand"))
		q->expand = value ? value : "";
	else if (key[0] == '$' || !strcmp(key, "only"))
		q->odd = true;
	return MHD_YES;
}

static void ask(struct gh_bmc_server *s, struct MHD_Connection *c,
    const struct incoming *in, struct gh_bmc_answer *a)
{
	struct query q = {0};
	struct gh_bmc_request r = {.method = in->method,
	    .path = in->url,
	    .token = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "X-Auth-Token"),
	    .if_none_match =
		MHD_lookup_connection_value(c, MHD_HEADER_KIND, "If-None-Match"),
	    .body = gh_buf_view(&in->body)};

	MHD_get_connection_values(c, MHD_GET_ARGUMENT_KIND, on_parameter, &q);
	r.expand = q.expand;
	r.odd_query = q.odd;
	r.query = gh_buf_cstr(&q.all);
	pthread_mutex_lock(&s->lock);
	s->who.answer(s->who.ctx, &r, a);
	pthread_mutex_unlock(&s->lock);
	gh_buf_free(&q.all);
	/* a server that is told to stop must not wait for its slowest answer */
	for (unsigned int t = 0; t < a->delay_ms && !s->stopping; t += SLEEP_STEP_MS)
		gh_lab_proc_sleep_ms(SLEEP_STEP_MS);
}

/* ---- response --------------------------------------------------------------------- */

/* {"Flood":"AAAA..."}: JSON to its last byte, so that only its size can be held against it. */
static ssize_t flood(void *ctx, uint64_t at, char *out, size_t max)
{
	static const char head[] = "{\"Flood\":\"", tail[] = "\"}";
	const uint64_t end = GH_BMC_FLOOD_BYTES - (sizeof(tail) - 1);

	(void)ctx;
	for (size_t i = 0; i < max; i++, at++)
		out[i] = at < sizeof(head) - 1 ? head[at]
			 : at < end            ? 'A'
					       : tail[at - end];
	return (ssize_t)max;
}

static struct MHD_Response *response_of(const struct gh_bmc_answer *a)
{
	if (a->flood)
		return MHD_create_response_from_callback(
		    GH_BMC_FLOOD_BYTES, FLOOD_STEP, flood, NULL, NULL);
	return MHD_create_response_from_buffer(
	    a->body.len, a->body.p, MHD_RESPMEM_MUST_COPY);
}

static void add_headers(struct MHD_Response *r, const struct gh_bmc_answer *a)
{
	char seconds[16];
	const char *json =
	    a->body.len || a->flood ? "application/json; charset=utf-8" : "";
	const char *const all[][2] = {{"OData-Version", a->type ? "" : "4.0"},
	    {"Cache-Control", "no-cache"}, {"Content-Type", a->type ? a->type : json},
	    {"ETag", a->etag}, {"Location", a->location}, {"X-Auth-Token", a->token},
	    {"Allow", a->allow ? a->allow : ""},
	    {"Retry-After", a->retry_after_s ? seconds : ""}};

	snprintf(seconds, sizeof(seconds), "%u", a->retry_after_s);
	for (size_t i = 0; i < GH_COUNT(all); i++)
		if (all[i][1][0])
			MHD_add_response_header(r, all[i][0], all[i][1]);
}

static enum MHD_Result respond(struct MHD_Connection *c, const struct gh_bmc_answer *a)
{
	struct MHD_Response *r = a->status ? response_of(a) : NULL;
	enum MHD_Result rc;

	if (!r)
		return MHD_NO;
	add_headers(r, a);
	rc = MHD_queue_response(c, (unsigned int)a->status, r);
	MHD_destroy_response(r);
	return rc;
}

/* ---- libmicrohttpd ---------------------------------------------------------------- */

static enum MHD_Result on_request(void *ctx, struct MHD_Connection *c, const char *url,
    const char *method, const char *version, const char *upload, size_t *upload_len,
    void **state)
{
	gh_auto(struct gh_bmc_answer, gh_bmc_answer_free) a = {0};
	struct incoming *in = *state;

	(void)version;
	if (!in) {
		*state = calloc(1, sizeof(*in));
		return *state ? MHD_YES : MHD_NO;
	}
	if (*upload_len) {
		in->too_large |= in->body.len + *upload_len > UPLOAD_MAX;
		if (!in->too_large)
			gh_buf_add(&in->body, upload, *upload_len);
		*upload_len = 0;
		return MHD_YES;
	}
	in->method = method;
	in->url = url;
	if (in->too_large)
		a.status = 413;
	else
		ask(ctx, c, in, &a);
	return respond(c, &a);
}

static void on_end(void *ctx, struct MHD_Connection *c, void **state,
    enum MHD_RequestTerminationCode why)
{
	struct incoming *in = *state;

	(void)ctx;
	(void)c;
	(void)why;
	if (in)
		gh_buf_free(&in->body);
	free(in);
	*state = NULL;
}

int gh_lab_serve(struct gh_bmc_server **out, struct gh_lab_handler h, int fd,
    const char *cert, const char *key, struct gh_err *err)
{
	struct gh_bmc_server *s = calloc(1, sizeof(*s));

	*out = NULL;
	if (!s) {
		close(fd);
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	}
	s->who = h;
	pthread_mutex_init(&s->lock, NULL);
	s->daemon = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD |
					 MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL |
					 MHD_USE_TLS,
	    0, NULL, NULL, on_request, s, MHD_OPTION_LISTEN_SOCKET, fd,
	    MHD_OPTION_HTTPS_MEM_CERT, cert, MHD_OPTION_HTTPS_MEM_KEY, key,
	    MHD_OPTION_CONNECTION_LIMIT, (unsigned int)CONNECTIONS_MAX,
	    MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int)IDLE_S,
	    MHD_OPTION_NOTIFY_COMPLETED, on_end, NULL, MHD_OPTION_END);
	if (!s->daemon) {
		close(fd);
		pthread_mutex_destroy(&s->lock);
		free(s);
		return gh_fail(err, GH_E_IO, "the HTTPS server does not start");
	}
	*out = s;
	return 0;
}

static void answer_bmc(void *ctx, const struct gh_bmc_request *r, struct gh_bmc_answer *a)
{
	gh_bmc_answer(ctx, r, a);
}

int gh_bmc_server_start(struct gh_bmc_server **out, struct gh_bmc *b, int fd,
    const char *cert, const char *key, struct gh_err *err)
{
	return gh_lab_serve(
	    out, (struct gh_lab_handler){answer_bmc, b}, fd, cert, key, err);
}

void gh_bmc_server_stop(struct gh_bmc_server **sp)
{
	struct gh_bmc_server *s = *sp;

	if (!s)
		return;
	s->stopping = true;
	MHD_stop_daemon(s->daemon);
	pthread_mutex_destroy(&s->lock);
	free(s);
	*sp = NULL;
}

int gh_bmc_listen(int *fd, const char *address, uint16_t port, struct gh_err *err)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int one = 1;

	*fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return gh_fail(err, GH_E_IO, "socket: %s", strerror(errno));
	inet_pton(AF_INET, address, &at.sin_addr);
	setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (!bind(*fd, (struct sockaddr *)&at, sizeof(at)) && !listen(*fd, 128))
		return 0;
	gh_fail(err, GH_E_IO, "%s:%u: %s", address, port, strerror(errno));
	close(*fd);
	*fd = -1;
	return -1;
}
