/* SPDX-License-Identifier: Apache-2.0
 * Computes gatehouse-bind/1 and judges report_data by it. */
#include "evidence/bind.h"

#include <stdio.h>

#include "base/text.h"
#include "evidence/tee.h"

/* Labels with their NUL, as they are hashed. */
#define LABEL_SESSION "gatehouse/session/v1"
#define LABEL_GPU     "gatehouse/gpu/v1"
#define LABEL_SWITCH  "gatehouse/switch/v1"
#define LABEL_REPORT  "gatehouse/report-data/v1"
#define LABEL_TPM     "gatehouse/host-tpm/v1"
#define LABEL_LAUNCH  "gatehouse/launch/v1"

#define PARTS_MAX 6

/* SHA-256 over the label, its NUL and n parts of 32 bytes. */
static int hash_parts(uint8_t out[static 32], const char *label,
    const unsigned char *const part[], size_t n, struct gh_err *err)
{
	unsigned char buf[32 + 32 * PARTS_MAX];
	size_t len = strlen(label) + 1;

	memcpy(buf, label, len);
	for (size_t i = 0; i < n; i++) {
		memcpy(buf + len, part[i], 32);
		len += 32;
	}
	return gh_sha256(buf, len, out, err);
}

int gh_bind_session(uint8_t out[static GH_BIND_LEN], const unsigned char *client_nonce,
    const unsigned char console_nonce[static 32], const char *audience,
    struct gh_err *err)
{
	static const unsigned char none[32];
	uint8_t aud[32];
	const unsigned char *const part[] = {
	    client_nonce ? client_nonce : none, console_nonce, aud};

	if (gh_sha256(audience, strlen(audience), aud, err) < 0)
		return -1;
	return hash_parts(out, LABEL_SESSION, part, GH_COUNT(part), err);
}

static int hash_two(uint8_t out[static 32], const char *label, const unsigned char *a,
    const unsigned char *b, struct gh_err *err)
{
	const unsigned char *const part[] = {a, b};

	return hash_parts(out, label, part, GH_COUNT(part), err);
}

int gh_bind_gpu_nonce(uint8_t out[static GH_BIND_LEN],
    const uint8_t n[static GH_BIND_LEN], const uint8_t k[static GH_BIND_LEN],
    struct gh_err *err)
{
	return hash_two(out, LABEL_GPU, n, k, err);
}

int gh_bind_switch_nonce(uint8_t out[static GH_BIND_LEN],
    const uint8_t n[static GH_BIND_LEN], const uint8_t k[static GH_BIND_LEN],
    struct gh_err *err)
{
	return hash_two(out, LABEL_SWITCH, n, k, err);
}

int gh_bind_host_tpm(uint8_t out[static GH_BIND_LEN], const uint8_t n[static GH_BIND_LEN],
    const unsigned char stage1[static 32], struct gh_err *err)
{
	return hash_two(out, LABEL_TPM, n, stage1, err);
}

static int check_inputs(const struct gh_bind_inputs *in, struct gh_err *err)
{
	const char *missing = !in->console_nonce  ? "the console's nonce"
			      : !in->audience     ? "the audience"
			      : !in->spki.len     ? "the agent's key"
			      : !in->exporter     ? "the TLS exporter"
			      : !in->stage1       ? "the digest of the host report"
			      : !in->devices.len  ? "the devices section"
			      : !in->platform.len ? "the platform section"
						  : NULL;

	return missing ? gh_fail(err, GH_E_USAGE, "binding: %s is missing", missing) : 0;
}

/* B for any N: ours, or the one a report carries. */
static int hash_report(uint8_t out[static 32], const struct gh_bind *b,
    const unsigned char *n, const struct gh_bind_inputs *in, struct gh_err *err)
{
	const unsigned char *const part[PARTS_MAX] = {
	    n, b->k, in->exporter, in->stage1, b->d, b->e};

	return hash_parts(out, LABEL_REPORT, part, PARTS_MAX, err);
}

int gh_bind_compute(
    struct gh_bind *out, const struct gh_bind_inputs *in, struct gh_err *err)
{
	memset(out, 0, sizeof(*out));
	if (check_inputs(in, err) < 0 ||
	    gh_bind_session(
		out->n, in->client_nonce, in->console_nonce, in->audience, err) < 0 ||
	    gh_sha256(in->spki.p, in->spki.len, out->k, err) < 0 ||
	    gh_sha256(in->devices.p, in->devices.len, out->d, err) < 0 ||
	    gh_sha256(in->platform.p, in->platform.len, out->e, err) < 0 ||
	    gh_bind_gpu_nonce(out->gpu, out->n, out->k, err) < 0 ||
	    gh_bind_switch_nonce(out->swtch, out->n, out->k, err) < 0 ||
	    gh_bind_host_tpm(out->tpm, out->n, in->stage1, err) < 0 ||
	    hash_report(out->b, out, out->n, in, err) < 0)
		return -1;
	memcpy(out->report_data, out->b, GH_BIND_LEN);
	memcpy(out->report_data + GH_BIND_LEN, out->n, GH_BIND_LEN);
	return 0;
}

int gh_bind_launch(
    uint8_t *mr_config_id, uint8_t *host_data, struct gh_bytes spec, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	gh_buf_add(&b, LABEL_LAUNCH, sizeof(LABEL_LAUNCH));
	gh_buf_add(&b, spec.p, spec.len);
	if (gh_buf_ok(&b, err) < 0)
		return -1;
	if (mr_config_id && gh_hash(GH_SHA384, b.p, b.len, mr_config_id, err) < 0)
		return -1;
	return host_data ? gh_sha256(b.p, b.len, host_data, err) : 0;
}

/* ---- judging ------------------------------------------------------------------------ */

/* The steps share the parent rule of CPU evidence; the parent may be any finding that the
 * subject has already. */
static struct gh_tee tee_of(struct gh_result *out, const char *subject)
{
	struct gh_tee t = {.out = out, .subject = subject};

	snprintf(t.source, sizeof(t.source), "report_data");
	return t;
}

static void say_hex(char **field, const char *what, const void *p, size_t len)
{
	char hex[2 * 64 + 1];

	gh_hex(hex, p, len);
	gh_say(field, "%s%s", what, hex);
}

static void judge_nonce(struct gh_tee *t, const char *parent, const struct gh_bind *b,
    const unsigned char *report_data)
{
	struct gh_finding *f =
	    gh_tee_step(t, "bind.nonce", parent, "made for this session");
	const unsigned char *seen = report_data + GH_BIND_LEN;
	bool ours = !memcmp(seen, b->n, GH_BIND_LEN);

	say_hex(&f->expected, "report_data bytes 32 to 63: ", b->n, GH_BIND_LEN);
	say_hex(&f->observed, "", seen, GH_BIND_LEN);
	gh_say(&f->why,
	    "another session number is an answer to another question, or an old answer");
	if (!ours)
		gh_say(&f->remedy, "ask the agent again with the nonces of this session");
	gh_tee_settle(t, f, ours ? "" : "bind.nonce.mismatch");
}

/* B is compared for the N that the report itself carries, so that a wrong session and a
 * wrong binding are two findings. */
static int judge_report(struct gh_tee *t, const struct gh_bind *b,
    const struct gh_bind_inputs *in, const unsigned char *report_data, struct gh_err *err)
{
	struct gh_finding *f = gh_tee_step(t, "bind.report_data", "bind.nonce",
	    "bound to key, connection, host report and devices");
	uint8_t want[GH_BIND_LEN];
	bool same;

	if (hash_report(want, b, report_data + GH_BIND_LEN, in, err) < 0)
		return -1;
	same = !memcmp(want, report_data, GH_BIND_LEN);
	say_hex(&f->expected, "report_data bytes 0 to 31: ", want, GH_BIND_LEN);
	say_hex(&f->observed, "", report_data, GH_BIND_LEN);
	gh_say(&f->why,
	    "the signed bytes must name exactly the TLS key, the connection, the host "
	    "report, the devices and the platform that we were shown");
	if (!same)
		gh_say(&f->remedy,
		    "do not use this guest: its answer was relayed, mixed or rewritten. "
		    "Check that the sections are carried byte for byte");
	gh_tee_settle(t, f, same ? "" : "bind.report_data.mismatch");
	return 0;
}

static void judge_exporter(struct gh_tee *t, const struct gh_bind_inputs *in)
{
	struct gh_finding *f = gh_tee_step(
	    t, "bind.exporter", "bind.report_data", "answered on this very connection");

	gh_say(&f->expected, "the TLS exporter of our own connection");
	say_hex(&f->observed, in->exporter_stated ? "stated: " : "ours: ", in->exporter,
	    GH_BIND_LEN);
	if (!in->exporter_stated) {
		gh_say(&f->why, "an answer relayed over another connection has another");
		gh_tee_settle(t, f, "");
		return;
	}
	f->severity = GH_SEV_INFO;
	gh_say(&f->why,
	    "only the two ends of a live connection can compute this value: here it is "
	    "taken as the report states it, and the console vouches that it compared it");
	gh_say(&f->remedy, "to see it yourself, attest the guest from your own machine");
	gh_judge(f, GH_SKIP, "bind.exporter.stated");
}

/* Our findings rest on the same keys as their parent. */
static void inherit_lab(
    struct gh_result *out, const char *subject, const char *parent, size_t first)
{
	const struct gh_finding *p = gh_findings_get(&out->findings, subject, parent);

	for (size_t i = first; p && i < out->findings.n; i++)
		out->findings.at[i].lab = p->lab;
}

int gh_bind_verify(struct gh_result *out, const char *subject, const char *parent,
    const struct gh_bind_inputs *in,
    const unsigned char report_data[static GH_BIND_REPORT], struct gh_err *err)
{
	struct gh_tee t = tee_of(out, subject);
	size_t first = out->findings.n;
	struct gh_bind b;

	if (gh_bind_compute(&b, in, err) < 0)
		return -1;
	judge_nonce(&t, parent, &b, report_data);
	if (judge_report(&t, &b, in, report_data, err) < 0)
		return -1;
	judge_exporter(&t, in);
	inherit_lab(out, subject, parent, first);
	return gh_result_ok(out, err);
}

int gh_bind_verify_launch(struct gh_result *out, const char *subject, const char *parent,
    struct gh_bytes spec, struct gh_bytes seen, struct gh_err *err)
{
	struct gh_tee t = tee_of(out, subject);
	size_t first = out->findings.n;
	uint8_t config[48], host[32];
	const uint8_t *want = seen.len == sizeof(config) ? config : host;
	struct gh_finding *f;
	bool same;

	if (seen.len != sizeof(config) && seen.len != sizeof(host))
		return gh_fail(err, GH_E_USAGE,
		    "launch binding: %zu bytes are neither MR_CONFIG_ID nor HOST_DATA",
		    seen.len);
	if (gh_bind_launch(config, host, spec, err) < 0)
		return -1;
	f = gh_tee_step(&t, "bind.launch", parent, "started as we ordered");
	same = !memcmp(want, seen.p, seen.len);
	say_hex(&f->expected, want == config ? "MR_CONFIG_ID " : "HOST_DATA ", want,
	    seen.len);
	say_hex(&f->observed, "", seen.p, seen.len);
	gh_say(&f->why,
	    "the launch specification names image, policy, sizes and devices: the host "
	    "must have started exactly it");
	if (!same)
		gh_say(&f->remedy,
		    "compare the specification with what the host started, and launch "
		    "again");
	gh_tee_settle(&t, f, same ? "" : "bind.launch.mismatch");
	inherit_lab(out, subject, parent, first);
	return gh_result_ok(out, err);
}
