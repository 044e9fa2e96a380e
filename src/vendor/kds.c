/* SPDX-License-Identifier: Apache-2.0
 * Looks on disk first, then asks: once for the VCEK, and for the CA certificates only when
 * AMD's published ones are not above it. */
#include "vendor/kds.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "base/text.h"
#include "evidence/load_pem.h"
#include "net/fetch.h"
#include "vendor/kds_folder.h"

#define BODY_MAX     (64u << 10) /* a VCEK has 1.4 KB, a chain 4.7 KB */
#define CERTS_MAX    16          /* of one answer */
#define CALL_MS      10000
#define STEP_MS      50
#define LIMITED_S    180 /* what 429 means when it names no time */
#define NEXT         "ask-after"
#define NEXT_MAX_LEN 64

struct gh_kds {
	char *from, *ca, *keep;
	unsigned int gap_s;
	const struct gh_env *env;
	const struct gh_trust *trust;
	bool allow_lab;
};

/* One question on its way. */
struct question {
	struct gh_kds *k;
	const struct gh_snp_vcek_ask *ask;
	int64_t until_ms; /* monotonic */
	const struct gh_cancel *cancel;
	struct gh_kds_answer *out;
};

void gh_kds_answer_free(struct gh_kds_answer *a)
{
	gh_buf_free(&a->certs);
	*a = (struct gh_kds_answer){0};
}

bool gh_kds_is_url(const char *from)
{
	return strstr(from, "://") != NULL;
}

/* ---- open and close ---- */

void gh_kds_close(struct gh_kds **kp)
{
	struct gh_kds *k = *kp;

	if (!k)
		return;
	free(k->from);
	free(k->ca);
	free(k->keep);
	free(k);
	*kp = NULL;
}

int gh_kds_open(struct gh_kds **out, const struct gh_kds_opts *o, struct gh_err *err)
{
	gh_auto(struct gh_kds *, gh_kds_close) k = calloc(1, sizeof(*k));
	size_t len;

	if (!k)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	k->from = strdup(o->from);
	k->ca = strdup(o->ca);
	k->keep = strdup(o->keep);
	k->gap_s = o->gap_s;
	k->env = o->env;
	k->trust = o->trust;
	k->allow_lab = o->allow_lab;
	if (!k->from || !k->ca || !k->keep)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (len = strlen(k->from); len > 1 && k->from[len - 1] == '/'; len--)
		k->from[len - 1] = '\0';
	*out = gh_take(k);
	return 0;
}

/* ---- names ---- */

/* Siena and Bergamo are Genoa already (evidence/snp_report.h). */
static void add_chip(struct gh_buf *out, const struct gh_snp_vcek_ask *ask)
{
	gh_buf_hex(out, ask->chip_id, ask->product == GH_SNP_TURIN ? 8 : 64);
}

void gh_kds_url(struct gh_buf *out, const char *base, const struct gh_snp_vcek_ask *ask)
{
	const struct gh_snp_tcb *t = &ask->tcb;

	gh_buf_fmt(out, "%s/vcek/v1/%s/", base, gh_snp_product_name(ask->product));
	add_chip(out, ask);
	gh_buf_chr(out, '?');
	if (ask->product == GH_SNP_TURIN)
		gh_buf_fmt(out, "fmcSPL=%u&", t->fmc);
	gh_buf_fmt(out, "blSPL=%u&teeSPL=%u&snpSPL=%u&ucodeSPL=%u", t->boot_loader,
	    t->tee, t->snp, t->microcode);
}

/* KEEP/Genoa-HWID-FMC-BL-TEE-SNP-UCODE.pem: all that selects the key. */
static int kept_path(char out[static PATH_MAX], const struct gh_kds *k,
    const struct gh_snp_vcek_ask *ask, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) name = {0};
	const struct gh_snp_tcb *t = &ask->tcb;

	gh_buf_fmt(&name, "%s-", gh_snp_product_name(ask->product));
	add_chip(&name, ask);
	gh_buf_fmt(&name, "-%u-%u-%u-%u-%u.pem", t->fmc, t->boot_loader, t->tee, t->snp,
	    t->microcode);
	if (gh_buf_ok(&name, err))
		return -1;
	return gh_path_join(out, PATH_MAX, k->keep, gh_buf_cstr(&name), err);
}

/* ---- judging what is at hand ---- */

static int prove(struct question *q, const struct gh_certs *certs,
    struct gh_snp_vcek *found, struct gh_err *err)
{
	const struct gh_context ctx = {
	    .at = gh_now(q->k->env), .trust = q->k->trust, .allow_lab = q->k->allow_lab};

	return gh_snp_vcek_verify(found, q->ask, certs, &ctx, err);
}

static void fail_with(struct question *q, const struct gh_err *e)
{
	q->out->state = GH_KDS_FAILED;
	q->out->err = *e;
}

/* What was proven before; false when there is none, or none that still is. */
static bool read_kept(struct question *q)
{
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	gh_auto(struct gh_snp_vcek, gh_snp_vcek_free) found = {0};
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	char path[PATH_MAX];

	if (kept_path(path, q->k, q->ask, NULL) ||
	    gh_file_read(&pem, path, BODY_MAX, NULL) ||
	    gh_evidence_certs(&certs, gh_buf_view(&pem), CERTS_MAX, NULL, NULL) ||
	    prove(q, &certs, &found, NULL) || !found.proven)
		return false;
	q->out->state = GH_KDS_GIVEN;
	q->out->kept = true;
	q->out->certs = gh_take(found.pem);
	snprintf(q->out->where, sizeof(q->out->where), "%.500s", path);
	return true;
}

/* A disk that cannot keep it costs the next run a question, nothing else. */
static void keep(struct question *q, const struct gh_buf *pem)
{
	char path[PATH_MAX];

	if (!kept_path(path, q->k, q->ask, NULL) &&
	    !gh_file_mkdirs(q->k->keep, 0700, NULL))
		(void)!gh_file_write(path, pem->p, pem->len, 0644, NULL);
}

/* ---- when to ask ---- */

/* Unix seconds; kept on disk, since a program that ends forgets. */
static int64_t ask_after(const struct gh_kds *k)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	char path[PATH_MAX];
	uint64_t at = 0;

	if (gh_path_join(path, sizeof(path), k->keep, NEXT, NULL) ||
	    gh_file_read(&text, path, NEXT_MAX_LEN, NULL) ||
	    gh_text_u64(gh_text_trim(gh_buf_view(&text)), 10, &at) || at > INT64_MAX)
		return 0;
	return (int64_t)at;
}

static void set_ask_after(const struct gh_kds *k, int64_t at)
{
	char path[PATH_MAX], text[NEXT_MAX_LEN];

	snprintf(text, sizeof(text), "%lld\n", (long long)at);
	if (!gh_path_join(path, sizeof(path), k->keep, NEXT, NULL) &&
	    !gh_file_mkdirs(k->keep, 0700, NULL))
		(void)!gh_file_write(path, text, strlen(text), 0644, NULL);
}

static int64_t left_ms(const struct question *q)
{
	return q->until_ms - gh_mono_ms(q->k->env);
}

/* Waits for our turn; false when it does not come in time. A clock that was set back by
 * more than the longest wait is no reason to wait. */
static bool wait_turn(struct question *q)
{
	const struct timespec step = {0, STEP_MS * 1000000L};
	int64_t after = ask_after(q->k), now = gh_now(q->k->env);
	int64_t wait = after - now > 86400 ? 0 : after - now;

	if (left_ms(q) <= 0 || wait * 1000 > left_ms(q)) {
		q->out->state = GH_KDS_LIMITED;
		q->out->wait_s = wait > 0 ? wait : (int64_t)q->k->gap_s;
		return false;
	}
	while (after - gh_now(q->k->env) > 0 && wait > 0 && left_ms(q) > 0 &&
	       !gh_cancelled(q->cancel))
		nanosleep(&step, NULL);
	return true;
}

/* ---- asking ---- */

/* One GET. False: the answer is decided. */
static bool get(struct question *q, const char *url, struct gh_fetch *f)
{
	int64_t left = left_ms(q);
	struct gh_err e = {0};

	f->url = url;
	f->ca = q->k->ca;
	f->accept = "";
	f->max = BODY_MAX;
	f->timeout_ms = left < 1 ? 1 : left < CALL_MS ? (long)left : CALL_MS;
	f->cancel = q->cancel;
	if (gh_fetch(f, &e)) {
		fail_with(q, &e);
		return false;
	}
	if (f->status == 200)
		return true;
	if (f->status == 404) {
		q->out->state = GH_KDS_ABSENT;
	} else if (f->status == 429) {
		q->out->state = GH_KDS_LIMITED;
		q->out->wait_s = f->retry_s ? f->retry_s : LIMITED_S;
		set_ask_after(q->k, gh_now(q->k->env) + q->out->wait_s);
	} else {
		(void)gh_fail(&e, GH_E_REMOTE, "HTTP status %d%s", f->status,
		    f->status >= 300 && f->status < 400 ? ": a redirect is not followed"
							: "");
		fail_with(q, &e);
	}
	return false;
}

/* Adds the service's own CA certificates. False: it could not be asked, which decides. */
static bool add_chain(struct question *q, struct gh_certs *certs)
{
	gh_auto(struct gh_fetch, gh_fetch_free) f = {0};
	gh_auto(struct gh_certs, gh_certs_free) more = {0};
	gh_auto(struct gh_buf, gh_buf_free) url = {0};

	gh_buf_fmt(&url, "%s/vcek/v1/%s/cert_chain", q->k->from,
	    gh_snp_product_name(q->ask->product));
	if (!get(q, gh_buf_cstr(&url), &f)) {
		if (q->out->state != GH_KDS_ABSENT)
			return false;
		q->out->state = GH_KDS_GIVEN; /* the VCEK that came is still one */
		return true;
	}
	if (gh_evidence_certs(&more, gh_buf_view(&f.body), CERTS_MAX, NULL, NULL))
		return true;
	for (size_t i = 0; i < more.n; i++)
		if (gh_certs_add(certs, gh_cert_share(more.at[i]), &q->out->err)) {
			q->out->state = GH_KDS_FAILED;
			return false;
		}
	return true;
}

/* Judges the body of 200; with the service's own chain when AMD's does not fit. */
static void take(struct question *q, struct gh_buf *body)
{
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	gh_auto(struct gh_snp_vcek, gh_snp_vcek_free) found = {0};
	struct gh_err e = {0};
	int rc;

	q->out->state = GH_KDS_GIVEN;
	if (gh_evidence_certs(&certs, gh_buf_view(body), CERTS_MAX, NULL, NULL)) {
		q->out->certs = gh_take(*body); /* what it is, the judge says */
		return;
	}
	rc = prove(q, &certs, &found, &e);
	if (!rc && !strcmp(found.fault, "chain")) {
		if (!add_chain(q, &certs))
			return;
		gh_snp_vcek_free(&found);
		rc = prove(q, &certs, &found, &e);
	}
	if (rc) {
		fail_with(q, &e);
		return;
	}
	if (found.proven)
		keep(q, &found.pem);
	q->out->certs = gh_take(found.pem);
}

static void ask_service(struct question *q)
{
	gh_auto(struct gh_fetch, gh_fetch_free) f = {0};
	gh_auto(struct gh_buf, gh_buf_free) url = {0};
	struct gh_err e = {0};

	gh_kds_url(&url, q->k->from, q->ask);
	if (gh_buf_ok(&url, &e)) {
		fail_with(q, &e);
		return;
	}
	snprintf(q->out->where, sizeof(q->out->where), "%.500s", gh_buf_cstr(&url));
	if (!wait_turn(q))
		return;
	if (q->k->gap_s)
		set_ask_after(q->k, gh_now(q->k->env) + q->k->gap_s);
	if (get(q, gh_buf_cstr(&url), &f))
		take(q, &f.body);
}

static void search_folder(struct question *q)
{
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	gh_auto(struct gh_snp_vcek, gh_snp_vcek_free) found = {0};
	struct gh_err e = {0};

	q->out->folder = true;
	snprintf(q->out->where, sizeof(q->out->where), "%.500s", q->k->from);
	if (gh_kds_folder(&certs, q->k->from, q->ask, &e) ||
	    prove(q, &certs, &found, &e)) {
		fail_with(q, &e);
		return;
	}
	q->out->state =
	    *found.fault && strcmp(found.fault, "chain") ? GH_KDS_ABSENT : GH_KDS_GIVEN;
	if (q->out->state == GH_KDS_GIVEN)
		q->out->certs = gh_take(found.pem);
}

void gh_kds_get(struct gh_kds *k, const struct gh_snp_vcek_ask *ask, int64_t budget_ms,
    const struct gh_cancel *cancel, struct gh_kds_answer *out)
{
	struct question q = {.k = k,
	    .ask = ask,
	    .until_ms = gh_mono_ms(k->env) + budget_ms,
	    .cancel = cancel,
	    .out = out};

	*out = (struct gh_kds_answer){0};
	if (!gh_kds_is_url(k->from))
		search_folder(&q);
	else if (!read_kept(&q))
		ask_service(&q);
}
