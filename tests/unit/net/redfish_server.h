/* SPDX-License-Identifier: Apache-2.0
 * A BMC for the tests: a real TLS server on loopback that serves a tree of resources, keeps
 * sessions, and misbehaves where it is told to. One thread for each connection. */
#pragma once

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "net/redfish.h"
#include "tests/unit/tap.h"

#define BMC_USER     "operator"
#define BMC_PASSWORD "s3cret\"\\pass\xc3\xa9"
#define SESSIONS     "/redfish/v1/SessionService/Sessions"
#define CONNS_MAX    512

/* What is done instead of an answer, or to it. */
enum fault {
	FAULT_NONE,
	SILENT,      /* never a word */
	FLOOD,       /* 50 MB, chunked */
	FLOOD_SAID,  /* Content-Length: 50000000, and that many bytes */
	ENDLESS,     /* a few bytes now and then, for ever */
	HALF,        /* closes in the middle of the body */
	NOTHING,     /* closes without an answer */
	LIE_SHORT,   /* Content-Length is smaller than the body */
	LIE_LONG,    /* larger; then waits */
	NULS,        /* body of zeros */
	NUL_IN_TEXT, /* a NUL inside a string */
	NUL_HEADER,  /* a NUL inside a header */
	DEEP,        /* 10,000 arrays in each other */
	MANY,        /* "[[],[],..." of 2 MB */
	NOT_JSON,
	NOT_OBJECT,
	NOT_HTTP,
	EMPTY,        /* 200 without a body */
	HEADERS,      /* endless headers */
	INTERIM,      /* endless "100 Continue" */
	GZIP,         /* an encoding that nobody asked for */
	LEFTOVER,     /* 204, and a body nevertheless, later */
	STATUS,       /* answers with status arg */
	REDIRECT,     /* 302 to somewhere else */
	BUSY,         /* 503 with Retry-After: arg, times times */
	NOT_MODIFIED, /* 304 without being asked for */
	SLOW,         /* arg ms before a right answer */
	LOGIN_LIMIT,  /* SessionLimitExceeded */
	ECHO_SECRET,  /* 400, and what was sent comes back */
	BAD_EXPAND,   /* status arg for a $expand, right without */
};

struct rule {
	const char *path; /* without query; NULL = every path */
	enum fault fault;
	int arg;
	atomic_int times; /* 0 = always; counts down to -1 = over */
};

struct bmc {
	uint16_t port;
	int listener;
	SSL_CTX *tls;
	EVP_PKEY *key;
	X509 *cert;
	char sha256[65];
	json_t *tree;
	struct rule *rules;
	size_t n_rules, page; /* page: members a page, 0 = all */
	bool no_etags, open, absolute, tasks;
	atomic_int delay_ms,
	    expire_after; /* requests until all sessions are void; 0 = never */
	/* what it has seen */
	atomic_int conns, handshakes, gets, expands, unchanged, logins, wrong, logouts,
	    live, posts;
	atomic_int unauthorised, polls;
	atomic_int at_once, most_at_once;
	atomic_long app_bytes;
	atomic_bool stop, secret_in_url;
	pthread_t accepter, thread[CONNS_MAX];
	atomic_int fd[CONNS_MAX];
	size_t n_threads;
	pthread_mutex_t lock;
	char token[64][40]; /* live sessions */
	char nonce[80];     /* of the last measurement */
};

/* Requests that wait for their answer, of all BMCs together. */
static atomic_int all_at_once, most_of_all;

/* ---- certificates ---- */

static inline X509 *make_cert(EVP_PKEY *key, int64_t from, int64_t to, EVP_PKEY *ca)
{
	X509 *x = X509_new();
	X509_NAME *name = X509_get_subject_name(x), *issuer = X509_NAME_new();

	X509_set_version(x, 2);
	ASN1_INTEGER_set(X509_get_serialNumber(x), 4711);
	ASN1_TIME_set(X509_getm_notBefore(x), from);
	ASN1_TIME_set(X509_getm_notAfter(x), to);
	X509_NAME_add_entry_by_txt(
	    name, "CN", MBSTRING_ASC, (const unsigned char *)"bmc-1", -1, -1, 0);
	X509_NAME_add_entry_by_txt(name, "O", MBSTRING_UTF8,
	    (const unsigned char *)"Sup\xc3\xa9r \x1b[31mMicro", -1, -1, 0);
	X509_NAME_add_entry_by_txt(
	    issuer, "CN", MBSTRING_ASC, (const unsigned char *)"ca", -1, -1, 0);
	X509_set_issuer_name(x, ca ? issuer : name);
	X509_set_pubkey(x, key);
	assert_true(X509_sign(x, ca ? ca : key, EVP_sha256()) > 0);
	X509_NAME_free(issuer);
	return x;
}

static inline void cert_digest(X509 *x, char out[65])
{
	unsigned char *der = NULL;
	uint8_t md[32];
	int n = i2d_X509(x, &der);

	assert_int_equal(gh_sha256(der, (size_t)n, md, NULL), 0);
	gh_hex(out, md, sizeof(md));
	OPENSSL_free(der);
}

/* ---- one connection ---- */

struct conn {
	struct bmc *b;
	SSL *ssl;
	int fd;
	char buf[65536];
	size_t len;
};

struct request {
	char method[8], path[512], query[256], token[64], etag[256];
	const char *body;
	size_t body_len;
};

/* A literal, with the NULs in it. */
#define SAY(c, text) say((c), (text), sizeof(text) - 1)

static inline bool say(struct conn *c, const void *p, size_t len)
{
	while (len > 0) {
		int n = SSL_write(c->ssl, p, len > 16384 ? 16384 : (int)len);

		if (n <= 0 || c->b->stop)
			return false;
		p = (const char *)p + n;
		len -= (size_t)n;
	}
	return true;
}

static inline void pause_ms(struct conn *c, int ms)
{
	for (; ms > 0 && !c->b->stop; ms -= 10)
		usleep(10000);
}

static inline bool answer(
    struct conn *c, int status, const char *headers, const void *body, size_t len)
{
	char head[1024];
	int n = snprintf(head, sizeof(head),
	    "HTTP/1.1 %d X\r\nContent-Type: application/json\r\n%sContent-Length: "
	    "%zu\r\n\r\n",
	    status, headers, len);

	return say(c, head, (size_t)n) && say(c, body, len);
}

static inline bool answer_json(
    struct conn *c, int status, const char *headers, const json_t *j)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	gh_json_dump(&b, j);
	return answer(c, status, headers, b.p, b.len);
}

static inline bool header_is(const char *line, const char *name, char *out, size_t size)
{
	size_t n = strlen(name);

	if (strncasecmp(line, name, n) != 0 || line[n] != ':')
		return false;
	line += n + 1;
	line += strspn(line, " ");
	snprintf(out, size, "%.*s", (int)strcspn(line, "\r\n"), line);
	return true;
}

/* Reads one request; false when the connection is over. */
static inline bool next_request(struct conn *c, struct request *rq)
{
	size_t used, want = 0;
	char *end, *q, length[32] = "0";

	*rq = (struct request){0};
	for (;;) {
		int n;

		c->buf[c->len] = '\0';
		end = strstr(c->buf, "\r\n\r\n");
		if (end)
			break;
		n = SSL_read(c->ssl, c->buf + c->len, (int)(sizeof(c->buf) - 1 - c->len));
		if (n <= 0)
			return false;
		c->len += (size_t)n;
		c->b->app_bytes += n;
	}
	if (sscanf(c->buf, "%7s %511s", rq->method, rq->path) != 2)
		return false;
	for (char *line = strstr(c->buf, "\r\n"); line && line < end;
	     line = strstr(line + 2, "\r\n")) {
		(void)header_is(line + 2, "X-Auth-Token", rq->token, sizeof(rq->token));
		(void)header_is(line + 2, "If-None-Match", rq->etag, sizeof(rq->etag));
		(void)header_is(line + 2, "Content-Length", length, sizeof(length));
	}
	want = strtoul(length, NULL, 10);
	used = (size_t)(end + 4 - c->buf);
	while (c->len < used + want) {
		int n =
		    SSL_read(c->ssl, c->buf + c->len, (int)(sizeof(c->buf) - 1 - c->len));

		if (n <= 0)
			return false;
		c->len += (size_t)n;
		c->b->app_bytes += n;
	}
	rq->body = strndup(c->buf + used, want);
	rq->body_len = want;
	c->len -= used + want;
	memmove(c->buf, c->buf + used + want, c->len);
	q = strchr(rq->path, '?');
	if (q) {
		snprintf(rq->query, sizeof(rq->query), "%s", q + 1);
		*q = '\0';
	}
	if (strlen(rq->path) > 1 && rq->path[strlen(rq->path) - 1] == '/')
		rq->path[strlen(rq->path) - 1] = '\0';
	return true;
}

/* ---- sessions ---- */

static inline bool has_session(struct bmc *b, const char *token)
{
	bool found = false;

	pthread_mutex_lock(&b->lock);
	for (size_t i = 0; i < GH_COUNT(b->token); i++)
		found = found || (token[0] && strcmp(b->token[i], token) == 0);
	pthread_mutex_unlock(&b->lock);
	return found;
}

static inline bool log_in(struct conn *c, const struct request *rq)
{
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(rq->body, rq->body_len, NULL);
	struct bmc *b = c->b;
	char headers[256];
	size_t i = 0;

	if (strcmp(gh_json_text(j, "UserName"), BMC_USER) != 0 ||
	    strcmp(gh_json_text(j, "Password"), BMC_PASSWORD) != 0) {
		b->wrong++;
		return answer(c, 401, "", rq->body, rq->body_len); /* repeats it all */
	}
	b->logins++;
	pthread_mutex_lock(&b->lock);
	while (i < GH_COUNT(b->token) && b->token[i][0])
		i++;
	assert_true(i < GH_COUNT(b->token));
	snprintf(b->token[i], sizeof(b->token[i]), "tok%d-%zu", (int)b->logins, i);
	snprintf(headers, sizeof(headers), "X-Auth-Token: %s\r\nLocation: %s%s/%zu\r\n",
	    b->token[i], b->absolute ? "https://elsewhere.example" : "", SESSIONS, i);
	pthread_mutex_unlock(&b->lock);
	b->live++;
	return answer(c, 201, headers, "{\"Id\":\"1\",\"Password\":null}", 27);
}

static inline bool log_out(struct conn *c, const struct request *rq)
{
	size_t i = strtoul(rq->path + strlen(SESSIONS) + 1, NULL, 10);
	struct bmc *b = c->b;
	bool was;

	pthread_mutex_lock(&b->lock);
	was = i < GH_COUNT(b->token) && b->token[i][0] != '\0';
	if (was)
		b->token[i][0] = '\0';
	pthread_mutex_unlock(&b->lock);
	if (was) {
		b->live--;
		b->logouts++;
	}
	return answer(c, was ? 204 : 404, "", "", 0);
}

static inline void expire(struct bmc *b)
{
	int left = b->expire_after;

	if (left <= 0 || --b->expire_after > 0)
		return;
	pthread_mutex_lock(&b->lock);
	for (size_t i = 0; i < GH_COUNT(b->token); i++)
		if (b->token[i][0]) {
			b->token[i][0] = '\0';
			b->live--;
		}
	pthread_mutex_unlock(&b->lock);
}

/* ---- faults ---- */

static inline bool chunk(struct conn *c, const char *p, size_t n)
{
	char head[32];
	int h = snprintf(head, sizeof(head), "%zx\r\n", n);

	return say(c, head, (size_t)h) && say(c, p, n) && say(c, "\r\n", 2);
}

static const char chunked[] = "HTTP/1.1 200 OK\r\nContent-Type: "
			      "application/json\r\nTransfer-Encoding: chunked\r\n\r\n";

static inline bool flood(struct conn *c, bool said)
{
	static char block[65536];
	size_t left = 50000000;

	memset(block, ' ', sizeof(block));
	if (said)
		(void)say(c, "HTTP/1.1 200 OK\r\nContent-Length: 50000000\r\n\r\n", 46);
	else
		(void)say(c, chunked, sizeof(chunked) - 1);
	for (; left >= sizeof(block); left -= sizeof(block))
		if (said ? !say(c, block, sizeof(block))
			 : !chunk(c, block, sizeof(block)))
			return false;
	return false;
}

static inline bool repeat(struct conn *c, const char *first, const char *again, int ms)
{
	if (!say(c, first, strlen(first)))
		return false;
	while (!c->b->stop && say(c, again, strlen(again)))
		pause_ms(c, ms);
	return false;
}

static inline bool many(struct conn *c, const char *unit, size_t n, size_t times)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	for (size_t i = 0; i < times; i++)
		gh_buf_add(&b, unit, n);
	return answer(c, 200, "", b.p, b.len);
}

static inline bool half(struct conn *c)
{
	(void)say(c, "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n{\"a\":", 46);
	return false;
}

/* True when it has taken the request's place; *alive: the connection goes on. */
static inline bool misbehave(
    struct conn *c, const struct rule *r, const struct request *rq, bool *alive)
{
	char h[256];

	*alive = false;
	switch (r->fault) {
	case SILENT:
		pause_ms(c, 1000000);
		return true;
	case FLOOD:
	case FLOOD_SAID:
		*alive = flood(c, r->fault == FLOOD_SAID);
		return true;
	case ENDLESS:
		*alive = repeat(c, chunked, "1\r\n \r\n", 20);
		return true;
	case HALF:
		*alive = half(c);
		return true;
	case NOTHING:
		return true;
	case LIE_SHORT:
		(void)SAY(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n{\"a\":\"b\"}");
		pause_ms(c, 300);
		return true;
	case LIE_LONG:
		(void)SAY(
		    c, "HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{\"a\":\"b\"}");
		pause_ms(c, 1000000);
		return true;
	case NULS:
		*alive = many(c, "\0", 1, 1000);
		return true;
	case NUL_IN_TEXT:
		*alive = answer(c, 200, "", "{\"a\":\"\\u0000x\"}", 15);
		return true;
	case NUL_HEADER:
		(void)SAY(
		    c, "HTTP/1.1 200 OK\r\nETag: a\0b\r\nContent-Length: 2\r\n\r\n{}");
		return true;
	case DEEP:
		*alive = many(c, "[", 1, 10000);
		return true;
	case MANY:
		*alive = many(c, "[],", 3, 700000);
		return true;
	case NOT_JSON:
		*alive = answer(c, 200, "", "<html>hello</html>", 18);
		return true;
	case NOT_OBJECT:
		*alive = answer(c, 200, "", "[1]", 3);
		return true;
	case NOT_HTTP:
		(void)SAY(c, "SSH-2.0-OpenSSH_9.2\r\n");
		return true;
	case EMPTY:
		*alive = answer(c, 200, "", "", 0);
		return true;
	case HEADERS:
		*alive = repeat(c, "HTTP/1.1 200 OK\r\n",
		    "X-A: 0123456789012345678901234567890123456789\r\n", 0);
		return true;
	case INTERIM:
		*alive =
		    repeat(c, "", "HTTP/1.1 100 Continue\r\nX-A: 0123456789\r\n\r\n", 0);
		return true;
	case GZIP:
		*alive = answer(c, 200, "Content-Encoding: gzip\r\n",
		    "\x1f\x8b\x08\0\0\0\0\0\0\3\xab\xae\5\0C\xbf\xa6\xa3\2\0\0\0", 22);
		return true;
	case LEFTOVER:
		(void)SAY(c, "HTTP/1.1 204 X\r\nContent-Length: 2\r\n\r\n");
		pause_ms(c, 60);
		*alive = say(c, "{}", 2);
		return true;
	case STATUS:
		*alive = answer(c, r->arg, "", "{}", 2);
		return true;
	case REDIRECT:
		snprintf(h, sizeof(h), "Location: https://127.0.0.1:%u/redfish/v1/x\r\n",
		    c->b->port);
		*alive = answer(c, 302, h, "{}", 2);
		return true;
	case BUSY:
		snprintf(h, sizeof(h), "Retry-After: %d\r\n", r->arg);
		*alive = answer(c, 503, h, "{}", 2);
		return true;
	case NOT_MODIFIED:
		*alive = answer(c, 304, "", "", 0);
		return true;
	case LOGIN_LIMIT: {
		static const char text[] =
		    "{\"error\":{\"@Message.ExtendedInfo\":[{\"MessageId\":"
		    "\"Base.1.8.SessionLimitExceeded\"}]}}";

		*alive = answer(c, 400, "", text, sizeof(text) - 1);
		return true;
	}
	case ECHO_SECRET:
		*alive = answer(c, 400, "", rq->body, rq->body_len);
		return true;
	case BAD_EXPAND:
		*alive = true;
		if (!strstr(rq->query, "$expand"))
			return false;
		*alive = answer(c, r->arg, "", "{}", 2);
		return true;
	case SLOW:
		*alive = true;
		pause_ms(c, r->arg);
		return false;
	case FAULT_NONE:
		break;
	}
	*alive = true;
	return false;
}

static inline struct rule *rule_for(struct bmc *b, const char *path)
{
	for (size_t i = 0; i < b->n_rules; i++) {
		struct rule *r = &b->rules[i];

		if ((r->path && strcmp(r->path, path) != 0) || r->times < 0)
			continue;
		if (r->times > 0 && --r->times == 0)
			r->times = -1;
		return r;
	}
	return NULL;
}

/* ---- right answers ---- */

static inline json_t *expanded(struct bmc *b, const json_t *body)
{
	json_t *out = json_deep_copy(body);
	json_t *members = json_object_get(out, "Members");

	for (size_t i = 0; i < json_array_size(members); i++) {
		const char *id = gh_json_text(json_array_get(members, i), "@odata.id");
		json_t *m = json_object_get(b->tree, id);

		if (m)
			json_array_set(members, i, m);
	}
	return out;
}

/* Members from skip on, as many as a page has; the link to the next. */
static inline json_t *paged(
    struct bmc *b, const struct request *rq, json_t *body /* taken over */)
{
	json_t *members = json_object_get(body, "Members"), *some = json_array();
	const char *at = strstr(rq->query, "$skip=");
	size_t skip = at ? strtoul(at + 6, NULL, 10) : 0, n = json_array_size(members);
	char next[640];

	for (size_t i = skip; i < n && i < skip + b->page; i++)
		json_array_append(some, json_array_get(members, i));
	json_object_set_new(body, "Members@odata.count", json_integer((json_int_t)n));
	if (skip + b->page < n) {
		snprintf(next, sizeof(next), "%s?$skip=%zu", rq->path, skip + b->page);
		json_object_set_new(body, "Members@odata.nextLink", json_string(next));
	}
	json_object_set_new(body, "Members", some);
	return body;
}

static inline bool get(struct conn *c, const struct request *rq)
{
	struct bmc *b = c->b;
	json_t *body = json_object_get(b->tree, rq->path);
	const char *etag = gh_json_text(body, "@odata.etag");
	bool expand = strstr(rq->query, "$expand=") != NULL;
	char headers[300] = "";
	bool alive;

	b->gets++;
	if (!body)
		return answer(c, 404, "", "{\"error\":{}}", 12);
	if (etag[0] && !b->no_etags)
		snprintf(headers, sizeof(headers), "ETag: %s\r\n", etag);
	if (etag[0] && strcmp(rq->etag, etag) == 0) {
		b->unchanged++;
		return answer(c, 304, headers, "", 0);
	}
	b->expands += expand;
	body = expand ? expanded(b, body) : json_deep_copy(body);
	if (b->page && json_is_array(json_object_get(body, "Members")))
		body = paged(b, rq, body);
	alive = answer_json(c, 200, headers, body);
	json_decref(body);
	return alive;
}

/* At once, or by a task that runs for two looks at it. */
static inline bool measure(struct conn *c, const struct request *rq)
{
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(rq->body, rq->body_len, NULL);
	const json_t *indices = json_object_get(j, "MeasurementIndices");
	struct bmc *b = c->b;
	char text[700];
	int n;

	b->posts++;
	if (json_integer_value(json_array_get(indices, 0)) != 255 ||
	    !json_is_integer(json_object_get(j, "SlotId")))
		return answer(c, 400, "", "{}", 2);
	pthread_mutex_lock(&b->lock);
	snprintf(b->nonce, sizeof(b->nonce), "%s", gh_json_text(j, "Nonce"));
	pthread_mutex_unlock(&b->lock);
	if (!b->tasks) {
		n = snprintf(text, sizeof(text),
		    "{\"SignedMeasurements\":\"%s\",\"Version\":\"1.1.0\"}",
		    gh_json_text(j, "Nonce"));
		return answer(c, 200, "", text, (size_t)n);
	}
	n = snprintf(text, sizeof(text),
	    "{\"@odata.id\":\"/redfish/v1/TaskService/Tasks/7\",\"@odata.type\":"
	    "\"#Task.v1_4_3.Task\",\"TaskState\":\"Running\"}");
	return answer(c, 202, "Location: /redfish/v1/TaskService/Tasks/7/Monitor\r\n",
	    text, (size_t)n);
}

static inline bool task(struct conn *c)
{
	bool over = ++c->b->polls % 3 == 0;
	char text[700];
	int n = snprintf(text, sizeof(text),
	    "{\"@odata.id\":\"/redfish/v1/TaskService/Tasks/7\",\"@odata.type\":"
	    "\"#Task.v1_4_3.Task\",\"TaskState\":\"%s\",\"Payload\":{\"HttpHeaders\":"
	    "[\"Host: x\"%s]}}",
	    over ? "Completed" : "Running",
	    over ? ",\"Location: /redfish/v1/ComponentIntegrity/x/data\"" : "");

	return answer(c, 200, "", text, (size_t)n);
}

static inline bool serve_one(struct conn *c, const struct request *rq)
{
	struct bmc *b = c->b;
	struct rule *r = rule_for(b, rq->path);
	bool get_it = strcmp(rq->method, "GET") == 0, alive;

	if (strstr(rq->query, "s3cret") || strstr(rq->path, "s3cret"))
		b->secret_in_url = true;
	if (++all_at_once > most_of_all)
		most_of_all = (int)all_at_once;
	pause_ms(c, b->delay_ms);
	all_at_once--;
	if (r && misbehave(c, r, rq, &alive))
		return alive;
	if (strcmp(rq->method, "POST") == 0 && strcmp(rq->path, SESSIONS) == 0)
		return log_in(c, rq);
	if (strcmp(rq->path, "/redfish/v1") != 0 && !b->open &&
	    !has_session(b, rq->token)) {
		b->unauthorised++;
		return answer(c, 401, "", "{}", 2);
	}
	expire(b);
	if (strcmp(rq->method, "DELETE") == 0)
		return log_out(c, rq);
	if (!get_it)
		return measure(c, rq);
	if (strcmp(rq->path, "/redfish/v1/TaskService/Tasks/7") == 0)
		return task(c);
	if (strcmp(rq->path, "/redfish/v1/ComponentIntegrity/x/data") == 0)
		return answer(c, 200, "", "{\"SignedMeasurements\":\"AA==\"}", 29);
	return get(c, rq);
}

static inline bool serve(struct conn *c, const struct request *rq)
{
	int now = ++c->b->at_once, most = c->b->most_at_once;
	bool alive;

	while (
	    now > most && !atomic_compare_exchange_weak(&c->b->most_at_once, &most, now))
		;
	alive = serve_one(c, rq);
	c->b->at_once--;
	return alive;
}

struct start {
	struct bmc *b;
	int fd;
	size_t i;
};

static inline void *connection(void *arg)
{
	struct start st = *(struct start *)arg;
	struct conn *c = calloc(1, sizeof(*c));
	struct request rq;
	bool alive = true;
	int on = 1;

	free(arg);
	c->b = st.b;
	c->fd = st.fd;
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	c->ssl = SSL_new(st.b->tls);
	SSL_set_fd(c->ssl, st.fd);
	if (SSL_accept(c->ssl) == 1) {
		st.b->handshakes++;
		while (alive && !st.b->stop && next_request(c, &rq)) {
			alive = serve(c, &rq);
			free((void *)(uintptr_t)rq.body);
		}
		SSL_shutdown(c->ssl);
	}
	SSL_free(c->ssl);
	st.b->fd[st.i] = -1;
	close(st.fd);
	free(c);
	return NULL;
}

static inline void *accepting(void *arg)
{
	struct bmc *b = arg;
	int fd;

	while (b->n_threads < CONNS_MAX && (fd = accept(b->listener, NULL, NULL)) >= 0) {
		struct start *st = malloc(sizeof(*st));

		b->conns++;
		*st = (struct start){b, fd, b->n_threads};
		b->fd[b->n_threads] = fd;
		pthread_create(&b->thread[b->n_threads++], NULL, connection, st);
	}
	return NULL;
}

/* ---- up and down ---- */

static inline uint16_t listen_on_loopback(int *fd)
{
	struct sockaddr_in a = {
	    .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(a);

	*fd = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(*fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(*fd, 128), 0);
	assert_int_equal(getsockname(*fd, (struct sockaddr *)&a, &len), 0);
	return ntohs(a.sin_port);
}

static inline void bmc_listen(struct bmc *b)
{
	sigset_t pipe, old;

	pthread_mutex_init(&b->lock, NULL);
	b->port = listen_on_loopback(&b->listener);
	/* threads of the server must not die of SIGPIPE; the client's has it as it is */
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	pthread_sigmask(SIG_BLOCK, &pipe, &old);
	assert_int_equal(pthread_create(&b->accepter, NULL, accepting, b), 0);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

/* tree is taken over. The certificate is good for a day around now. */
static inline struct bmc *bmc_up_dated(json_t *tree, int64_t from, int64_t to, bool ca)
{
	struct bmc *b = calloc(1, sizeof(*b));
	EVP_PKEY *issuer = ca ? EVP_EC_gen("P-256") : NULL;

	b->tree = tree;
	b->key = EVP_EC_gen("P-256");
	b->cert = make_cert(b->key, from, to, issuer);
	EVP_PKEY_free(issuer);
	cert_digest(b->cert, b->sha256);
	b->tls = SSL_CTX_new(TLS_server_method());
	SSL_CTX_use_certificate(b->tls, b->cert);
	SSL_CTX_use_PrivateKey(b->tls, b->key);
	bmc_listen(b);
	return b;
}

static inline struct bmc *bmc_up(json_t *tree)
{
	return bmc_up_dated(tree, time(NULL) - 86400, time(NULL) + 86400, false);
}

static inline void bmc_down(struct bmc *b)
{
	b->stop = true;
	shutdown(b->listener, SHUT_RDWR);
	pthread_join(b->accepter, NULL);
	close(b->listener);
	for (size_t i = 0; i < b->n_threads; i++) {
		int fd = b->fd[i];

		if (fd >= 0)
			shutdown(fd, SHUT_RDWR);
		pthread_join(b->thread[i], NULL);
	}
	SSL_CTX_free(b->tls);
	X509_free(b->cert);
	EVP_PKEY_free(b->key);
	json_decref(b->tree);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

/* ---- trees ---- */

/* A real capture; skips the test in words where it is absent. */
static inline json_t *capture(const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char path[512];
	json_t *j;

	snprintf(path, sizeof(path), "%s/host/%s", vectors_dir(), name);
	if (access(path, R_OK) != 0) {
		print_message("skipped: %s is absent\n", path);
		skip();
	}
	assert_int_equal(gh_file_read(&b, path, 8u << 20, NULL), 0);
	j = gh_json_parse(b.p, b.len, NULL);
	assert_non_null(j);
	return j;
}

/* A small BMC made by hand: one system, one manager, two firmwares. */
static inline json_t *small_tree(void)
{
	static const char text[] =
	    "{\"/redfish/v1\":{\"@odata.id\":\"/redfish/"
	    "v1\",\"RedfishVersion\":\"1.11.0\","
	    "\"Links\":{\"Sessions\":{\"@odata.id\":\"" SESSIONS "\"}},"
	    "\"Systems\":{\"@odata.id\":\"/redfish/v1/Systems\"},"
	    "\"Managers\":{\"@odata.id\":\"/redfish/v1/Managers\"},"
	    "\"UpdateService\":{\"@odata.id\":\"/redfish/v1/UpdateService\"},"
	    "\"AccountService\":{\"@odata.id\":\"/redfish/v1/AccountService\"}},"
	    "\"/redfish/v1/Systems\":{\"Members\":[{\"@odata.id\":\"/redfish/v1/Systems/"
	    "1\"}]},"
	    "\"/redfish/v1/Systems/1\":{\"@odata.id\":\"/redfish/v1/Systems/"
	    "1\",\"@odata.etag\":"
	    "\"\\\"s1\\\"\",\"Model\":\"M1\",\"Bios\":{\"@odata.id\":\"/redfish/v1/"
	    "Systems/1/Bios\"}},"
	    "\"/redfish/v1/Systems/1/Bios\":{\"@odata.id\":\"/redfish/v1/Systems/1/"
	    "Bios\","
	    "\"@odata.etag\":\"\\\"b1\\\"\",\"Attributes\":{\"TME\":\"Enabled\"}},"
	    "\"/redfish/v1/Managers\":{\"Members\":[{\"@odata.id\":\"/redfish/v1/"
	    "Managers/1\"}]},"
	    "\"/redfish/v1/Managers/1\":{\"@odata.id\":\"/redfish/v1/Managers/"
	    "1\",\"@odata.etag\":"
	    "\"\\\"m1\\\"\",\"FirmwareVersion\":\"01.03.18\"},"
	    "\"/redfish/v1/UpdateService\":{\"FirmwareInventory\":{\"@odata.id\":"
	    "\"/redfish/v1/UpdateService/FirmwareInventory\"}},"
	    "\"/redfish/v1/UpdateService/"
	    "FirmwareInventory\":{\"Members\":[{\"@odata.id\":"
	    "\"/redfish/v1/UpdateService/FirmwareInventory/BIOS\"},{\"@odata.id\":"
	    "\"/redfish/v1/UpdateService/FirmwareInventory/BMC\"}]},"
	    "\"/redfish/v1/UpdateService/FirmwareInventory/BIOS\":{\"@odata.id\":"
	    "\"/redfish/v1/UpdateService/FirmwareInventory/BIOS\",\"Version\":\"2.7\"},"
	    "\"/redfish/v1/UpdateService/FirmwareInventory/BMC\":{\"@odata.id\":"
	    "\"/redfish/v1/UpdateService/FirmwareInventory/BMC\",\"Version\":\"1.3\"}}";
	json_t *j = gh_json_parse(text, sizeof(text) - 1, NULL);

	assert_non_null(j);
	return j;
}

#define SMALL_GETS 12 /* what a reading of it asks for, two of them not there */

static inline void with_expand(json_t *tree)
{
	json_object_set_new(json_object_get(tree, "/redfish/v1"),
	    "ProtocolFeaturesSupported",
	    json_pack("{s:{s:b,s:b,s:b}}", "ExpandQuery", "Levels", 1, "ExpandAll", 1,
		"NoLinks", 1));
}

/* ---- jobs ---- */

static inline struct gh_redfish_job job_at(uint16_t port, const char *sha256)
{
	return (struct gh_redfish_job){.target = {.name = "gpu-a",
					   .address = "127.0.0.1",
					   .port = port,
					   .user = BMC_USER,
					   .password = BMC_PASSWORD,
					   .cert_sha256 = sha256,
					   .deadline_ms = 20000}};
}

static inline struct gh_redfish_job job_to(const struct bmc *b)
{
	return job_at(b->port, b->sha256);
}

static inline struct gh_redfish_pool *pool_new(void)
{
	struct gh_redfish_pool *p;

	assert_int_equal(gh_redfish_pool_new(&p, &gh_env_real, NULL), 0);
	return p;
}

static inline void run_jobs(struct gh_redfish_pool *p, struct gh_redfish_job *j, size_t n)
{
	struct gh_err err = {0};

	if (gh_redfish_run(p, j, n, NULL, NULL, NULL, &err) != 0)
		fail_msg("run: %s", err.what);
}

#define assert_read(j)                                                                   \
	do {                                                                             \
		if ((j)->rc != 0)                                                        \
			fail_msg("job: %s", (j)->err.what);                              \
	} while (0)
#define assert_says(e, c, words)                                                         \
	do {                                                                             \
		if ((e)->code != (c) || !strstr((e)->what, words))                       \
			fail_msg("%s: %s", gh_errc_word((e)->code), (e)->what);          \
		assert_null(strstr((e)->what, "s3cret"));                                \
		assert_null(strstr((e)->hint, "s3cret"));                                \
	} while (0)
