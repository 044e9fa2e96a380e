/* SPDX-License-Identifier: Apache-2.0
 * One GET on libcurl's easy interface. */
#include "net/fetch.h"

#include "net/https.h"

#define CONNECT_MS 5000 /* TCP and TLS */

struct call {
	struct gh_fetch *f;
	CURL *easy;
	struct curl_slist *headers;
	bool too_long;
	char words[CURL_ERROR_SIZE];
};

static void call_free(struct call *c)
{
	curl_easy_cleanup(c->easy);
	curl_slist_free_all(c->headers);
}

void gh_fetch_free(struct gh_fetch *f)
{
	gh_buf_free(&f->body);
}

static size_t on_body(char *p, size_t one, size_t n, void *ctx)
{
	struct call *c = ctx;
	size_t len = one * n; /* one is always 1 */

	c->too_long = len > c->f->max - c->f->body.len;
	if (c->too_long)
		return 0;
	gh_buf_add(&c->f->body, p, len);
	return c->f->body.oom ? 0 : len;
}

static int on_progress(
    void *ctx, curl_off_t down, curl_off_t of, curl_off_t up, curl_off_t of_up)
{
	const struct call *c = ctx;

	(void)down, (void)of, (void)up, (void)of_up;
	return gh_cancelled(c->f->cancel);
}

static bool set_headers(struct call *c)
{
	gh_auto(struct gh_buf, gh_buf_free) line = {0};

	if (!c->f->accept[0])
		return true;
	gh_buf_fmt(&line, "Accept: %s", c->f->accept);
	c->headers = line.oom ? NULL : curl_slist_append(NULL, gh_buf_cstr(&line));
	return c->headers && !curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers);
}

static bool set_tls(struct call *c)
{
	CURL *e = c->easy;

	return !curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L) &&
	       (!c->f->ca[0] || (!curl_easy_setopt(e, CURLOPT_CAINFO, c->f->ca) &&
				    !curl_easy_setopt(e, CURLOPT_CAPATH, NULL)));
}

static bool set_calls(struct call *c)
{
	CURL *e = c->easy;

	return !curl_easy_setopt(e, CURLOPT_ERRORBUFFER, c->words) &&
	       !curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body) &&
	       !curl_easy_setopt(e, CURLOPT_WRITEDATA, c) &&
	       !curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, on_progress) &&
	       !curl_easy_setopt(e, CURLOPT_XFERINFODATA, c) &&
	       !curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
}

/* What ended it, in our words. */
static int fault_of(const struct call *c, CURLcode code, struct gh_err *err)
{
	if (c->too_long || code == CURLE_FILESIZE_EXCEEDED)
		return gh_fail(
		    err, GH_E_REMOTE, "an answer of more than %zu KiB", c->f->max >> 10);
	switch (code) {
	case CURLE_ABORTED_BY_CALLBACK:
		return gh_fail(err, GH_E_CANCELLED, "cancelled");
	case CURLE_OPERATION_TIMEDOUT:
		return gh_fail(err, GH_E_TIMEOUT, "no whole answer in time");
	case CURLE_COULDNT_RESOLVE_HOST:
		return gh_fail(err, GH_E_IO, "its name is not known here");
	case CURLE_COULDNT_CONNECT:
		return gh_fail(err, GH_E_IO, "cannot connect");
	case CURLE_PEER_FAILED_VERIFICATION:
		return gh_fail(
		    err, GH_E_AUTH, "its TLS certificate is not accepted: %s", c->words);
	case CURLE_SSL_CACERT_BADFILE:
		return gh_fail(err, GH_E_CONFIG, "the CA file %s cannot be used",
		    c->f->ca[0] ? c->f->ca : "of this system");
	case CURLE_OUT_OF_MEMORY:
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	default:
		return gh_fail(err, GH_E_REMOTE, "%s", curl_easy_strerror(code));
	}
}

int gh_fetch(struct gh_fetch *f, struct gh_err *err)
{
	gh_auto(struct call, call_free) c = {.f = f};
	curl_off_t retry = 0;
	CURLcode code;
	long status = 0;

	gh_https_up();
	gh_buf_clear(&f->body);
	f->status = 0;
	f->retry_s = 0;
	c.easy = curl_easy_init();
	if (!c.easy || !gh_https_set(c.easy, f->url, CONNECT_MS, f->timeout_ms, f->max) ||
	    !set_tls(&c) || !set_headers(&c) || !set_calls(&c))
		return gh_fail(err, GH_E_NOMEM, "no HTTP request could be made");
	code = curl_easy_perform(c.easy);
	if (f->body.oom)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	if (code != CURLE_OK)
		return fault_of(&c, code, err);
	(void)curl_easy_getinfo(c.easy, CURLINFO_RESPONSE_CODE, &status);
	(void)curl_easy_getinfo(c.easy, CURLINFO_RETRY_AFTER, &retry);
	f->status = (int)status;
	f->retry_s = retry < 0 ? 0 : retry > 86400 ? 86400 : (long)retry;
	return 0;
}
