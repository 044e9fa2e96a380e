/* SPDX-License-Identifier: Apache-2.0
 * One HTTP request to a BMC. */
#include "net/redfish_http.h"

#include <openssl/crypto.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "net/https.h"
#include "net/redfish.h"

#define CONNECT_MS 10000 /* TCP and TLS */

/* ---- what comes ---- */

static size_t on_body(char *p, size_t one, size_t n, void *ctx)
{
	struct gh_redfish_call *c = ctx;
	size_t len = one * n; /* one is always 1 */

	if (len > GH_REDFISH_BODY_MAX - c->body.len) {
		(void)gh_fail(&c->err, GH_E_REMOTE, "an answer of more than %u MiB",
		    GH_REDFISH_BODY_MAX >> 20);
		return 0;
	}
	if (len > *c->budget) {
		c->over_budget = true;
		(void)gh_fail(&c->err, GH_E_REMOTE, "more than %u MiB in one reading",
		    GH_REDFISH_TOTAL_MAX >> 20);
		return 0;
	}
	*c->budget -= len;
	gh_buf_add(&c->body, p, len);
	return c->body.oom ? 0 : len;
}

/* Copies a value that is printable ASCII and fits; another one is none. */
static void take_value(char *out, size_t size, struct gh_bytes v)
{
	out[0] = '\0';
	if (v.len >= size || gh_text_plain(v.p, v.len) != v.len)
		return;
	memcpy(out, v.p, v.len);
	out[v.len] = '\0';
}

static int retry_of(struct gh_bytes v, const struct gh_env *env)
{
	char text[64];
	uint64_t s;
	time_t at;

	if (gh_text_u64(v, 10, &s) == 0)
		return s < 86400 ? (int)s : 86400;
	take_value(text, sizeof(text), v);
	at = text[0] ? curl_getdate(text, NULL) : -1;
	if (at < 0)
		return -1;
	return at > gh_now(env) && at < gh_now(env) + 86400 ? (int)(at - gh_now(env)) : 0;
}

static bool is_header(struct gh_bytes line, const char *name, struct gh_bytes *value)
{
	size_t n = strlen(name);

	if (line.len <= n || line.p[n] != ':' ||
	    strncasecmp((const char *)line.p, name, n) != 0)
		return false;
	*value = gh_text_trim((struct gh_bytes){line.p + n + 1, line.len - n - 1});
	return true;
}

static size_t on_header(char *p, size_t one, size_t n, void *ctx)
{
	struct gh_redfish_call *c = ctx;
	struct gh_bytes line = {(const unsigned char *)p, one * n}, v;

	c->header_bytes += line.len;
	if (c->header_bytes > GH_REDFISH_HEADERS_MAX) {
		(void)gh_fail(&c->err, GH_E_REMOTE,
		    "an answer with headers of more than %u KiB",
		    GH_REDFISH_HEADERS_MAX >> 10);
		return 0;
	}
	if (gh_text_starts(line, "HTTP/")) { /* what an interim answer said is void */
		c->etag[0] = c->location[0] = c->token[0] = '\0';
		c->retry_s = -1;
	} else if (is_header(line, "ETag", &v)) {
		take_value(c->etag, sizeof(c->etag), v);
	} else if (is_header(line, "Location", &v)) {
		take_value(c->location, sizeof(c->location), v);
	} else if (is_header(line, "X-Auth-Token", &v)) {
		take_value(c->token, sizeof(c->token), v);
	} else if (is_header(line, "Retry-After", &v)) {
		c->retry_s = retry_of(v, c->pin->env);
	}
	return line.len;
}

/* ---- TLS ---- */

static CURLcode on_ssl_ctx(CURL *easy, void *ssl_ctx, void *ctx)
{
	struct gh_redfish_call *c = ctx;

	(void)easy;
	c->in_tls = true;
	gh_redfish_pin_arm(c->pin, ssl_ctx);
	return CURLE_OK;
}

/* Also a connection that was opened under another pin has to pass this one. */
static int before_request(void *ctx, char *to, char *from, int to_port, int from_port)
{
	struct gh_redfish_call *c = ctx;
	struct curl_tlssessioninfo *tls = NULL;

	(void)to, (void)from, (void)to_port, (void)from_port;
	if (curl_easy_getinfo(c->easy, CURLINFO_TLS_SSL_PTR, &tls) == CURLE_OK && tls &&
	    tls->backend == CURLSSLBACKEND_OPENSSL &&
	    gh_redfish_pin_check_ssl(c->pin, tls->internals) == 0)
		return CURL_PREREQFUNC_OK;
	if (c->pin->err.code == GH_E_NONE)
		(void)gh_fail(&c->pin->err, GH_E_INTERNAL, "no TLS session to look at");
	return CURL_PREREQFUNC_ABORT;
}

/* ---- start ---- */

static int add_header(struct gh_redfish_call *c, const char *name, const char *value)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct curl_slist *more;

	gh_buf_fmt(&b, "%s: %s", name, value);
	more = b.oom ? NULL : curl_slist_append(c->headers, gh_buf_cstr(&b));
	if (b.p)
		OPENSSL_cleanse(b.p, b.len);
	if (!more)
		return -1;
	c->headers = more;
	return 0;
}

static int set_headers(struct gh_redfish_call *c, const struct gh_redfish_request *rq)
{
	if (add_header(c, "Accept", "application/json") != 0 ||
	    add_header(c, "OData-Version", "4.0") != 0 ||
	    (rq->token[0] && add_header(c, "X-Auth-Token", rq->token) != 0) ||
	    (rq->etag[0] && add_header(c, "If-None-Match", rq->etag) != 0) ||
	    (rq->body.len && add_header(c, "Content-Type", "application/json") != 0))
		return -1;
	return curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers) == CURLE_OK ? 0
										     : -1;
}

static int set_tls(struct gh_redfish_call *c)
{
	CURL *e = c->easy;

	return curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 0L) || /* the pin */
		       curl_easy_setopt(e, CURLOPT_CAINFO, NULL) ||
		       curl_easy_setopt(e, CURLOPT_CAPATH, NULL) ||
		       curl_easy_setopt(e, CURLOPT_SSL_SESSIONID_CACHE, 0L) ||
		       curl_easy_setopt(e, CURLOPT_SSL_CTX_FUNCTION, on_ssl_ctx) ||
		       curl_easy_setopt(e, CURLOPT_SSL_CTX_DATA, c) ||
		       curl_easy_setopt(e, CURLOPT_PREREQFUNCTION, before_request) ||
		       curl_easy_setopt(e, CURLOPT_PREREQDATA, c)
		   ? -1
		   : 0;
}

static int set_transport(struct gh_redfish_call *c, const struct gh_redfish_request *rq)
{
	gh_auto(struct gh_buf, gh_buf_free) url = {0};
	CURL *e = c->easy;

	gh_buf_fmt(&url, "%s%s", rq->base, rq->path);
	return url.oom ||
		       !gh_https_set(e, gh_buf_cstr(&url), CONNECT_MS, rq->timeout_ms,
			   GH_REDFISH_BODY_MAX) ||
		       curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L) ||
		       curl_easy_setopt(e, CURLOPT_QUICK_EXIT, 1L) ||
		       curl_easy_setopt(e, CURLOPT_ERRORBUFFER, c->words) ||
		       curl_easy_setopt(e, CURLOPT_PRIVATE, c)
		   ? -1
		   : 0;
}

static int set_method(struct gh_redfish_call *c, const struct gh_redfish_request *rq)
{
	CURL *e = c->easy;

	gh_buf_add(&c->sent, rq->body.p, rq->body.len);
	if (c->sent.oom || curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body) ||
	    curl_easy_setopt(e, CURLOPT_WRITEDATA, c) ||
	    curl_easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header) ||
	    curl_easy_setopt(e, CURLOPT_HEADERDATA, c))
		return -1;
	if (strcmp(rq->method, "GET") == 0)
		return 0;
	if (rq->body.len && (curl_easy_setopt(e, CURLOPT_POSTFIELDS, (char *)c->sent.p) ||
				curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE,
				    (curl_off_t)c->sent.len)))
		return -1;
	return curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, rq->method) ? -1 : 0;
}

int gh_redfish_call_new(struct gh_redfish_call **out, CURLM *multi,
    const struct gh_redfish_request *rq, struct gh_err *err)
{
	gh_auto(struct gh_redfish_call *, gh_redfish_call_free) c = calloc(1, sizeof(*c));

	if (!c)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	c->pin = rq->pin;
	c->budget = rq->budget;
	c->retry_s = -1;
	c->easy = curl_easy_init();
	if (!c->easy || set_transport(c, rq) != 0 || set_tls(c) != 0 ||
	    set_method(c, rq) != 0 || set_headers(c, rq) != 0)
		return gh_fail(err, GH_E_NOMEM, "no HTTP request could be made");
	if (curl_multi_add_handle(multi, c->easy) != CURLM_OK)
		return gh_fail(err, GH_E_INTERNAL, "no HTTP request could be started");
	c->multi = multi;
	*out = gh_take(c);
	return 0;
}

void gh_redfish_call_free(struct gh_redfish_call **call)
{
	struct gh_redfish_call *c = *call;

	if (!c)
		return;
	if (c->multi)
		(void)curl_multi_remove_handle(c->multi, c->easy);
	curl_easy_cleanup(c->easy);
	for (struct curl_slist *h = c->headers; h; h = h->next)
		OPENSSL_cleanse(h->data, strlen(h->data));
	curl_slist_free_all(c->headers);
	if (c->sent.p)
		OPENSSL_cleanse(c->sent.p, c->sent.len);
	OPENSSL_cleanse(c->token, sizeof(c->token));
	gh_buf_free(&c->sent);
	gh_buf_free(&c->body);
	free(c);
	*call = NULL;
}

struct gh_redfish_call *gh_redfish_call_of(CURL *easy)
{
	char *p = NULL;

	(void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &p);
	return (struct gh_redfish_call *)(void *)p;
}

/* ---- how it ended ---- */

const char *gh_redfish_call_doing(const struct gh_redfish_call *c)
{
	curl_off_t us = 0; /* until its request could be sent */

	if (c->header_bytes)
		return "an answer was coming";
	(void)curl_easy_getinfo(c->easy, CURLINFO_PRETRANSFER_TIME_T, &us);
	if (us > 0)
		return "waiting for an answer";
	return c->in_tls ? "in the TLS handshake" : "connecting";
}

static int no_connection(const struct gh_redfish_call *c, struct gh_err *err)
{
	long e = 0;

	(void)curl_easy_getinfo(c->easy, CURLINFO_OS_ERRNO, &e);
	return gh_fail(err, GH_E_IO, "cannot connect to the BMC: %s",
	    e ? strerror((int)e) : "no route to it");
}

static int too_late(const struct gh_redfish_call *c, struct gh_err *err)
{
	curl_off_t us = 0;

	(void)curl_easy_getinfo(c->easy, CURLINFO_TOTAL_TIME_T, &us);
	return gh_fail(err, GH_E_TIMEOUT, "timed out after %lld ms, %s",
	    (long long)(us / 1000), gh_redfish_call_doing(c));
}

static const struct {
	CURLcode code;
	const char *words;
} faults[] = {
    {CURLE_GOT_NOTHING, "the BMC closed the connection without an answer"},
    {CURLE_PARTIAL_FILE, "the BMC closed the connection in the middle of an answer"},
    {CURLE_RECV_ERROR, "the connection broke while an answer was awaited"},
    {CURLE_SEND_ERROR, "the connection broke while a request was sent"},
    {CURLE_UNSUPPORTED_PROTOCOL, "the answer is not HTTP/1.x"},
    {CURLE_WEIRD_SERVER_REPLY, "the answer is not HTTP/1.x"},
    {CURLE_HTTP2, "the answer is not HTTP/1.x"},
    {CURLE_BAD_CONTENT_ENCODING, "the answer has an encoding that was not asked for"},
};

/* What ended it; libcurl's own words only where they are about this machine's TLS. */
static int fault_of(const struct gh_redfish_call *c, CURLcode code, struct gh_err *err)
{
	if (c->pin->err.code != GH_E_NONE &&
	    (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CONNECT_ERROR ||
		code == CURLE_ABORTED_BY_CALLBACK)) {
		*err = c->pin->err;
		return -1;
	}
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
		return gh_fail(err, GH_E_IO, "the name of the BMC is not known here");
	case CURLE_COULDNT_CONNECT:
		return no_connection(c, err);
	case CURLE_OPERATION_TIMEDOUT:
		return too_late(c, err);
	case CURLE_FILESIZE_EXCEEDED:
		return gh_fail(err, GH_E_REMOTE, "an answer of more than %u MiB",
		    GH_REDFISH_BODY_MAX >> 20);
	case CURLE_OUT_OF_MEMORY:
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	case CURLE_SSL_CONNECT_ERROR:
		return gh_fail(
		    err, GH_E_REMOTE, "no TLS 1.2 or later with the BMC: %s", c->words);
	default:
		break;
	}
	for (size_t i = 0; i < GH_COUNT(faults); i++)
		if (faults[i].code == code)
			return gh_fail(err, GH_E_REMOTE, "%s", faults[i].words);
	return gh_fail(err, GH_E_REMOTE, "%s", curl_easy_strerror(code));
}

bool gh_redfish_call_spoilt(const struct gh_redfish_call *c, CURLcode code)
{
	long opened = 1;

	switch (code) {
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
	case CURLE_HTTP2:
	case CURLE_GOT_NOTHING:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		(void)curl_easy_getinfo(c->easy, CURLINFO_NUM_CONNECTS, &opened);
		return opened == 0 && c->header_bytes == 0;
	default:
		return false;
	}
}

int gh_redfish_call_result(
    struct gh_redfish_call *c, CURLcode code, int *status, struct gh_err *err)
{
	long http = 0;

	*status = 0;
	if (c->err.code != GH_E_NONE) { /* a cap, whatever libcurl made of it */
		*err = c->err;
		return -1;
	}
	if (c->body.oom)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	if (code != CURLE_OK)
		return fault_of(c, code, err);
	(void)curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &http);
	*status = c->status = (int)http;
	return 0;
}
