/* SPDX-License-Identifier: Apache-2.0
 * Making a report: gather, write the statement once, sign those bytes, store all. */
#include "report/make.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "proof/dsse.h"
#include "report/gather.h"
#include "report/key.h"

#define GH_VALID_S  3600
#define GH_ATTEMPTS 5 /* another process may take the sequence number first */
#define GH_EXE_MAX  (256u << 20)

struct making {
	struct gh_store *store;
	const struct gh_env *env;
	const struct gh_report_inputs *in;
	struct gh_gathered g;
	struct gh_signer *key;
	struct gh_buf signer_pem, index, payload, envelope, sig;
	struct gh_statement_device *device;
	struct gh_statement_collateral *collateral;
	char nonce[65], salt[33], index_sha256[65], exe_sha256[65];
	struct gh_report_row row;
};

static void making_free(struct making *m)
{
	gh_gathered_free(&m->g);
	gh_signer_free(&m->key);
	struct gh_buf *const b[] = {
	    &m->signer_pem, &m->index, &m->payload, &m->envelope, &m->sig};
	for (size_t i = 0; i < GH_COUNT(b); i++)
		gh_buf_free(b[i]);
	free(m->device);
	free(m->collateral);
}

static int hex_digest(struct gh_bytes bytes, char out[static 65], struct gh_err *err)
{
	char name[GH_SHA256_NAME_LEN];
	if (gh_sha256_name(bytes.p, bytes.len, name, err))
		return -1;
	memcpy(out, name + 7, 65);
	return 0;
}

static int random_hex(
    const struct gh_env *env, char *out, size_t bytes, struct gh_err *err)
{
	uint8_t raw[32];
	if (bytes > sizeof(raw) || gh_random(env, raw, bytes, err))
		return -1;
	gh_hex(out, raw, bytes);
	return 0;
}

/* Which program judged; "" when it cannot be read. */
static void note_build(struct making *m)
{
	gh_auto(struct gh_buf, gh_buf_free) exe = {0};
	if (gh_file_read(&exe, "/proc/self/exe", GH_EXE_MAX, NULL) ||
	    hex_digest(gh_buf_view(&exe), m->exe_sha256, NULL))
		m->exe_sha256[0] = '\0';
}

/* The device list: every GPU subject, with its report and chain where they were kept. */
static size_t list_devices(struct making *m)
{
	const struct gh_result *r = &m->g.result;
	size_t n = 0;
	for (size_t i = 0; i < r->n_subjects; i++) {
		const struct gh_subject *s = &r->subject[i];
		if (strcmp(s->kind, "gpu") != 0)
			continue;
		m->device[n++] = (struct gh_statement_device){
		    .subject = s->name,
		    .evidence = gh_gather_find(
			&m->g, "gpu-report", gh_claim_get(s, "report_sha256")),
		    .chain = gh_gather_chain(&m->g, gh_claim_get(s, "leaf_spki")),
		};
	}
	return n;
}

static size_t list_collateral(struct making *m)
{
	static const char *const role[] = {"rim", "lab-trust", "policy"};
	size_t n = 0;
	for (size_t i = 0; i < m->g.n_pieces; i++)
		for (size_t r = 0; r < GH_COUNT(role); r++)
			if (strcmp(m->g.piece[i].role, role[r]) == 0)
				m->collateral[n++] = (struct gh_statement_collateral){
				    role[r], m->g.piece[i].sha256, NULL};
	return n;
}

static const char *policy_digest(const struct making *m)
{
	for (size_t i = 0; i < m->g.n_pieces; i++)
		if (strcmp(m->g.piece[i].role, "policy") == 0)
			return m->g.piece[i].sha256;
	return NULL;
}

static int write_payload(struct making *m, struct gh_err *err)
{
	const struct gh_report_inputs *in = m->in;
	const struct gh_statement_in st = {
	    .report_id = m->row.id,
	    .sequence = m->row.sequence,
	    .previous = m->row.previous,
	    .issued = m->row.issued,
	    .expires = m->row.issued + (in->valid_s ? in->valid_s : GH_VALID_S),
	    .audience = in->audience && in->audience[0] ? in->audience : "anyone",
	    .client_nonce = in->client_nonce,
	    .gatehouse_nonce = m->nonce,
	    .host = in->host,
	    .salt = m->salt,
	    .version = in->version,
	    .build_sha256 = m->exe_sha256,
	    .operator_name = m->g.by,
	    .policy_id = "gatehouse-catalogue",
	    .policy_sha256 = policy_digest(m),
	    .index_sha256 = m->index_sha256,
	    .result = &m->g.result,
	    .device = m->device,
	    .n_devices = list_devices(m),
	    .collateral = m->collateral,
	    .n_collateral = list_collateral(m),
	    .lab = in->lab,
	};
	gh_buf_clear(&m->payload);
	return gh_statement_write(&m->payload, &st, err);
}

/* The verdict word of the payload just written. */
static int note_verdict(struct making *m, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) j =
	    gh_json_parse(m->payload.p, m->payload.len, err);
	const char *verdict = NULL;
	if (!j || gh_json_str(json_object_get(j, "predicate"), "predicate", "verdict",
		      &verdict, err))
		return -1;
	snprintf(m->row.verdict, sizeof(m->row.verdict), "%s", verdict);
	return hex_digest(gh_buf_view(&m->payload), m->row.payload_sha256, err);
}

static int sign(struct making *m, struct gh_err *err)
{
	struct gh_bytes payload = gh_buf_view(&m->payload);
	gh_buf_clear(&m->envelope);
	gh_buf_clear(&m->sig);
	return gh_dsse_sign(&m->envelope, m->key, GH_DSSE_INTOTO, payload, err) ||
		       gh_sign_der(m->key, GH_SHA256, payload, &m->sig, err)
		   ? -1
		   : 0;
}

static int store(struct making *m, struct gh_err *err)
{
	const struct gh_blob fixed[] = {
	    {gh_buf_view(&m->payload), "payload", GH_DSSE_INTOTO},
	    {gh_buf_view(&m->envelope), "envelope",
		"application/vnd.dsse.envelope.v1+json"},
	    {gh_buf_view(&m->sig), "signature", "application/octet-stream"},
	    {gh_buf_view(&m->signer_pem), "signer", "application/x-pem-file"},
	    {gh_buf_view(&m->index), "evidence-index", "application/json"},
	};
	size_t n = GH_COUNT(fixed) + m->g.n_pieces;
	struct gh_blob *blob = calloc(n, sizeof(*blob));
	if (!blob)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	memcpy(blob, fixed, sizeof(fixed));
	for (size_t i = 0; i < m->g.n_pieces; i++)
		blob[GH_COUNT(fixed) + i] =
		    (struct gh_blob){gh_buf_view(&m->g.piece[i].bytes),
			m->g.piece[i].role, m->g.piece[i].media};
	int rc = gh_store_put_report(m->store, &m->row, blob, n, err);
	free(blob);
	return rc;
}

static int attempt(struct making *m, struct gh_err *err)
{
	if (gh_store_report_next(
		m->store, m->in->host, &m->row.sequence, m->row.previous, err) ||
	    gh_ulid(m->env, m->row.id, err))
		return -1;
	m->row.issued = gh_now(m->env);
	return write_payload(m, err) || note_verdict(m, err) || sign(m, err) ||
		       store(m, err)
		   ? -1
		   : 0;
}

static int prepare(struct making *m, struct gh_err *err)
{
	const struct gh_report_inputs *in = m->in;
	if (strlen(in->host) >= sizeof(m->row.host))
		return gh_fail(
		    err, GH_E_USAGE, "host name of %zu bytes", strlen(in->host));
	if (in->client_nonce && (strlen(in->client_nonce) != 64 ||
				    strspn(in->client_nonce, "0123456789abcdef") != 64))
		return gh_fail(err, GH_E_USAGE,
		    "the client's nonce must be 64 lower-case hex digits");
	snprintf(m->row.host, sizeof(m->row.host), "%s", in->host);
	if (gh_gather(&m->g, m->store, gh_now(m->env), in, err) ||
	    gh_report_key(&m->key, in->state_dir, err) ||
	    gh_signer_public_pem(m->key, &m->signer_pem, err) ||
	    gh_gather_index(&m->index, &m->g, err) ||
	    hex_digest(gh_buf_view(&m->index), m->index_sha256, err) ||
	    random_hex(m->env, m->nonce, 32, err) || random_hex(m->env, m->salt, 16, err))
		return -1;
	note_build(m);
	m->device = calloc(m->g.result.n_subjects + 1, sizeof(*m->device));
	m->collateral = calloc(m->g.n_pieces + 1, sizeof(*m->collateral));
	return m->device && m->collateral ? 0 : gh_fail(err, GH_E_NOMEM, "out of memory");
}

int gh_report_make(struct gh_store *s, const struct gh_env *env,
    const struct gh_report_inputs *in, struct gh_report_row *out, struct gh_err *err)
{
	struct making m = {.store = s, .env = env, .in = in};
	struct gh_err why = {0};
	int rc = prepare(&m, &why);
	for (int i = 0; rc == 0 && i < GH_ATTEMPTS; i++) {
		if (attempt(&m, &why) == 0)
			break;
		if (why.code != GH_E_POLICY || i + 1 == GH_ATTEMPTS)
			rc = -1;
	}
	if (rc == 0)
		*out = m.row;
	else if (err)
		*err = why;
	making_free(&m);
	return rc;
}
