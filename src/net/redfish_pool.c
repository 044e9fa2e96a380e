/* SPDX-License-Identifier: Apache-2.0
 * What outlives one run. */
#include "net/redfish_pool.h"

#include <stdio.h>
#include <stdlib.h>

#include "crypto/digest.h"
#include "net/https.h"

int gh_redfish_pool_new(
    struct gh_redfish_pool **out, const struct gh_env *env, struct gh_err *err)
{
	struct gh_redfish_pool *p = calloc(1, sizeof(*p));

	gh_https_up();
	*out = NULL;
	if (!p)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	p->env = env ? env : &gh_env_real;
	p->get_ms = GH_REDFISH_GET_MS;
	p->multi = curl_multi_init();
	if (!p->multi) {
		free(p);
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	}
	*out = p;
	return 0;
}

/* ---- targets ---- */

/* "https://host:port"; an IPv6 address goes into brackets, its zone after "%25". */
static int base_of(
    char *out, size_t size, const struct gh_redfish_target *t, struct gh_err *err)
{
	bool v6 = strchr(t->address, ':') != NULL;
	int n = snprintf(out, size, "https://%s", v6 ? "[" : "");

	for (const char *p = t->address; *p && (size_t)n + 16 < size; p++) {
		bool plain = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
			     (*p >= 'A' && *p <= 'Z') || strchr(".-_:", *p);

		if (!plain && !(*p == '%' && v6))
			return gh_fail(
			    err, GH_E_CONFIG, "the BMC has no address of a known form");
		n += snprintf(out + n, size - (size_t)n, plain ? "%c" : "%%25", *p);
	}
	if ((size_t)n + 16 >= size)
		return gh_fail(err, GH_E_CONFIG, "the address of the BMC is too long");
	snprintf(out + n, size - (size_t)n, "%s:%u", v6 ? "]" : "", t->port);
	return 0;
}

static int check_target(const struct gh_redfish_target *t, struct gh_err *err)
{
	if (!t->address || !t->address[0] || t->port == 0)
		return gh_fail(
		    err, GH_E_CONFIG, "the address or port of the BMC is missing");
	if (!t->enrol && (!t->cert_sha256 || !t->cert_sha256[0])) {
		(void)gh_fail(err, GH_E_CONFIG,
		    "no certificate of the BMC is pinned: not connected");
		return gh_err_hint(err, "gatehouse enrol reads and pins it");
	}
	if (t->user && t->user[0] && !t->password)
		return gh_fail(err, GH_E_CONFIG, "the BMC's user has no password");
	return 0;
}

/* A digest, so that no password stays in memory for the sake of comparing. */
static int key_of(uint8_t key[static 32], const struct gh_redfish_target *t,
    const char *pin, struct gh_err *err)
{
	struct gh_buf b = {0};
	const char *user = t->user ? t->user : "";
	const char *password = t->password ? t->password : "";
	int rc;

	(void)gh_buf_room(&b, strlen(t->address) + strlen(user) + strlen(password) + 160);
	gh_buf_fmt(&b, "%s\n%u\n%s\n%s\n", t->address, t->port, user, pin);
	gh_buf_str(&b, password);
	rc = gh_buf_ok(&b, err) != 0 ? -1 : gh_sha256(b.p, b.len, key, err);
	gh_redfish_wipe(&b);
	return rc;
}

static struct gh_redfish_host *known(struct gh_redfish_pool *p, const uint8_t *key)
{
	for (size_t i = 0; i < p->n; i++)
		if (!p->host[i]->busy && memcmp(p->host[i]->key, key, 32) == 0)
			return p->host[i];
	return NULL;
}

static struct gh_redfish_host *add_host(struct gh_redfish_pool *p)
{
	struct gh_redfish_host *h;

	if (p->n == p->cap) {
		size_t cap = p->cap ? 2 * p->cap : 16;
		struct gh_redfish_host **more = realloc(p->host, cap * sizeof(*more));

		if (!more)
			return NULL;
		p->host = more;
		p->cap = cap;
	}
	h = calloc(1, sizeof(*h));
	if (h)
		p->host[p->n++] = h;
	return h;
}

int gh_redfish_pool_take(struct gh_redfish_pool *p, struct gh_redfish_host **out,
    const struct gh_redfish_target *t, struct gh_err *err)
{
	struct gh_redfish_pin pin;
	char base[sizeof((*out)->base)];
	uint8_t key[32];

	if (check_target(t, err) != 0 || base_of(base, sizeof(base), t, err) != 0 ||
	    gh_redfish_pin_set(&pin, t->enrol ? "" : t->cert_sha256, p->env, err) != 0 ||
	    key_of(key, t, pin.want, err) != 0)
		return -1;
	*out = known(p, key);
	if (!*out)
		*out = add_host(p);
	if (!*out)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	memcpy((*out)->key, key, sizeof(key));
	memcpy((*out)->base, base, sizeof(base));
	(*out)->pin = pin;
	(*out)->busy = true;
	return 0;
}

/* ---- the end ---- */

struct gh_redfish_call *gh_redfish_pool_logout(
    struct gh_redfish_pool *p, struct gh_redfish_host *h)
{
	struct gh_redfish_request rq = {.base = h->base,
	    .path = h->session.path,
	    .method = "DELETE",
	    .token = h->session.token,
	    .etag = "",
	    .timeout_ms = GH_REDFISH_FAREWELL_MS,
	    .pin = &h->pin,
	    .budget = &h->farewell};
	struct gh_redfish_call *call = NULL;

	h->farewell = 65536;
	if (h->session.token[0] && h->session.path[0] &&
	    gh_redfish_call_new(&call, p->multi, &rq, NULL) != 0)
		call = NULL; /* the session then ends by itself */
	gh_redfish_session_clear(&h->session);
	return call;
}

/* Each has a second, all at the same time. */
static void logout_all(struct gh_redfish_pool *p)
{
	struct gh_redfish_call **call =
	    calloc(p->n + 1, sizeof(struct gh_redfish_call *));
	int64_t by = gh_mono_ms(p->env) + GH_REDFISH_FAREWELL_MS;
	int running = 0;

	for (size_t i = 0; call && i < p->n; i++)
		call[i] = gh_redfish_pool_logout(p, p->host[i]);
	while (call && gh_mono_ms(p->env) < by &&
	       curl_multi_perform(p->multi, &running) == CURLM_OK && running > 0)
		(void)curl_multi_poll(p->multi, NULL, 0, 50, NULL);
	for (size_t i = 0; call && i < p->n; i++)
		gh_redfish_call_free(&call[i]);
	free(call);
}

void gh_redfish_pool_free(struct gh_redfish_pool **pp)
{
	struct gh_redfish_pool *p = *pp;

	if (!p)
		return;
	logout_all(p);
	(void)curl_multi_cleanup(p->multi);
	for (size_t i = 0; i < p->n; i++) {
		gh_redfish_cache_free(&p->host[i]->cache);
		gh_redfish_session_clear(&p->host[i]->session);
		free(p->host[i]);
	}
	free(p->host);
	free(p);
	*pp = NULL;
}
