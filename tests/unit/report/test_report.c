/* SPDX-License-Identifier: Apache-2.0
 * From runs in the store to a signed report, to a folder, to the client's own tools. */
#include <dirent.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "evidence/gpu.h"
#include "evidence/rim.h"
#include "proof/bundle.h"
#include "report/export.h"
#include "report/html.h"
#include "report/key.h"
#include "report/make.h"
#include "tests/unit/tap.h"

#define AT INT64_C(1795478400) /* 2026-11-24T00:00:00Z */

static int64_t fixed_now(void *ctx)
{
	return *(const int64_t *)ctx;
}

static int real_random(void *ctx, void *out, size_t len, struct gh_err *err)
{
	(void)ctx;
	return gh_random(&gh_env_real, out, len, err);
}

struct desk {
	char dir[64], db[96], out[96];
	int64_t now;
	struct gh_env env;
	struct gh_store *store;
	struct gh_buf rim[2];
	struct gh_bytes rims[2];
	size_t n_rims;
};

static int desk_make(void **state)
{
	struct desk *d = calloc(1, sizeof(*d));
	snprintf(d->dir, sizeof(d->dir), "/tmp/gh-report-XXXXXX");
	if (!mkdtemp(d->dir))
		return -1;
	snprintf(d->db, sizeof(d->db), "%s/store.db", d->dir);
	snprintf(d->out, sizeof(d->out), "%s/bundle", d->dir);
	d->now = AT;
	d->env = (struct gh_env){&d->now, fixed_now, fixed_now, real_random};
	*state = d;
	return gh_store_open(&d->store, d->db, NULL);
}

static int desk_drop(void **state)
{
	struct desk *d = *state;
	char cmd[128];
	gh_store_close(&d->store);
	gh_buf_free(&d->rim[0]);
	gh_buf_free(&d->rim[1]);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", d->dir);
	int rc = system(cmd);
	free(d);
	return rc;
}

static void put(struct desk *d, const char *kind, struct gh_result *r,
    const struct gh_blob *blobs, size_t n)
{
	struct gh_run run = {
	    .started = d->now - 5, .finished = d->now, .verdict = gh_result_verdict(r)};
	struct gh_err err = {0};
	assert_int_equal(gh_ulid(&d->env, run.id, NULL), 0);
	snprintf(run.host, sizeof(run.host), "gpu-a");
	snprintf(run.kind, sizeof(run.kind), "%s", kind);
	snprintf(run.by, sizeof(run.by), "ann@desk");
	r->at = d->now;
	if (gh_store_put_run(d->store, &run, r, blobs, n, &err))
		fail_msg("%s", err.what);
}

static void put_validate(struct desk *d, enum gh_verdict v)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_subject *s = gh_result_subject(&r, "gpu-a", "host");
	gh_claim(s, "product", "SYS-821GE-TNHR");
	gh_claim(s, "serial", "S1234567");
	gh_claim(s, "kernel", "6.8.0 <script>alert(1)</script>");
	struct gh_finding *f = gh_findings_add(&r.findings, "gpu-a", "host.tdx.module");
	gh_say(&f->title, "TDX module");
	gh_say(&f->observed, "1.5.16 <b>\"'&");
	gh_judge(f, v, v == GH_PASS ? "" : "host.tdx.old");
	const struct gh_blob probe = {
	    {(const unsigned char *)"raw", 3}, "probe", "text/plain"};
	put(d, "validate", &r, &probe, 1);
}

static bool read_nvidia(struct gh_buf *out, const char *name)
{
	char path[512];
	snprintf(
	    path, sizeof(path), "%s/nvidia/vaultgenome-core/%s", vectors_dir(), name);
	if (gh_file_read(out, path, 1 << 24, NULL) == 0)
		return true;
	print_message("no %s: set GH_VECTORS; skipped\n", path);
	return false;
}

/* How the console lies about what it saw. */
enum lie { HONEST, CHANGED_REPORT, CHANGED_CLAIM, NO_EVIDENCE };

/* The evidence is not what was judged: the digest in the claims follows it. */
static void tell_lie(struct gh_result *r, struct gh_buf *report, enum lie lie)
{
	struct gh_subject *s = gh_result_subject(r, "gpu-a:0", "gpu");
	char name[GH_SHA256_NAME_LEN];
	if (lie == CHANGED_REPORT) {
		report->p[report->len - 1] ^= 1; /* in its signature */
		assert_int_equal(gh_sha256_name(report->p, report->len, name, NULL), 0);
		gh_claim(s, "report_sha256", "%s", name + 7);
	} else if (lie == CHANGED_CLAIM) {
		gh_claim(s, "vbios", "96.00.9F.00.99");
	}
}

/* Judges the real H100 sample as gpu-a:0 and stores it. False: no vectors. */
static bool put_attest(struct desk *d, enum lie lie)
{
	gh_auto(struct gh_buf, gh_buf_free) report = {0}, chain = {0};
	gh_auto(struct gh_rims, gh_rims_free) rims = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_trust trust = {0};
	if (!read_nvidia(&report, "gpu0-attestation-report.bin") ||
	    !read_nvidia(&chain, "gpu0-cert-chain.pem") ||
	    !read_nvidia(&d->rim[0], "rim-NV_GPU_DRIVER_GH100_595.71.05.json") ||
	    !read_nvidia(&d->rim[1], "rim-NV_GPU_VBIOS_1010_0210_886_96009F0004.json"))
		return false;
	assert_int_equal(gh_trust_builtin(&trust, NULL), 0);
	struct gh_context ctx = {.at = d->now, .trust = &trust, .rims = &rims};
	for (int i = 0; i < 2; i++) {
		struct gh_rim *rim = NULL;
		d->rims[i] = gh_buf_view(&d->rim[i]);
		assert_int_equal(
		    gh_rim_load(&rim, d->rim[i].p, d->rim[i].len, &ctx, NULL), 0);
		assert_int_equal(gh_rims_add(&rims, rim, NULL), 0);
	}
	d->n_rims = 2;
	const struct gh_gpu_evidence ev = {gh_buf_view(&report), gh_buf_view(&chain)};
	assert_int_equal(gh_gpu_verify(&r, "gpu-a:0", &ev, &ctx, NULL), 0);
	gh_gpu_distinct(&r);
	assert_int_equal(gh_result_verdict(&r), GH_PASS);
	tell_lie(&r, &report, lie);
	const struct gh_blob blobs[] = {
	    {gh_buf_view(&report), "gpu-report", "application/octet-stream"},
	    {gh_buf_view(&chain), "gpu-chain", "application/x-pem-file"}};
	put(d, "attest", &r, blobs, lie == NO_EVIDENCE ? 0 : 2);
	return true;
}

static struct gh_report_inputs inputs_of(const struct desk *d, unsigned int n_gpus)
{
	return (struct gh_report_inputs){.host = "gpu-a",
	    .audience = "client:acme",
	    .state_dir = d->dir,
	    .version = "test",
	    .n_gpus = n_gpus,
	    .rim = d->rims,
	    .n_rims = d->n_rims};
}

static struct gh_report_row make_ok(struct desk *d, unsigned int n_gpus)
{
	struct gh_report_inputs in = inputs_of(d, n_gpus);
	struct gh_report_row row = {0};
	struct gh_err err = {0};
	if (gh_report_make(d->store, &d->env, &in, &row, &err))
		fail_msg("%s", err.what);
	return row;
}

static void export_ok(struct desk *d, const char *id)
{
	struct gh_report_row row;
	struct gh_err err = {0};
	if (gh_report_export(d->store, id, d->out, &row, &err))
		fail_msg("%s", err.what);
}

/* ---- reading the folder as a client would --------------------------------------------- */

struct client {
	struct gh_buf file[64];
	size_t n;
	struct gh_bundle b;
	struct gh_keys keys;
	struct gh_result r;
};

static void client_free(struct client *c)
{
	for (size_t i = 0; i < c->n; i++)
		gh_buf_free(&c->file[i]);
	gh_bundle_free(&c->b);
	gh_keys_free(&c->keys);
	gh_result_free(&c->r);
}

static void read_folder(struct client *c, const char *dir, const char *prefix)
{
	DIR *d = opendir(dir);
	assert_non_null(d);
	for (struct dirent *e; (e = readdir(d));) {
		char path[512], name[300];
		struct stat st;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		snprintf(name, sizeof(name), "%s%s", prefix, e->d_name);
		if (stat(path, &st) || !S_ISREG(st.st_mode))
			continue;
		assert_true(c->n < GH_COUNT(c->file));
		struct gh_buf *b = &c->file[c->n++];
		assert_int_equal(gh_file_read(b, path, 1 << 24, NULL), 0);
		assert_int_equal(gh_bundle_add(&c->b, name, gh_buf_view(b), NULL), 0);
	}
	closedir(d);
}

static int verify(struct client *c, const struct desk *d)
{
	char evidence[128];
	*c = (struct client){0};
	read_folder(c, d->out, "");
	snprintf(evidence, sizeof(evidence), "%s/evidence", d->out);
	read_folder(c, evidence, "evidence/");
	struct gh_bytes pem = gh_bundle_get(&c->b, "signer.pem");
	assert_int_equal(gh_keys_load(&c->keys, pem.p, pem.len, NULL), 0);
	const struct gh_bundle_opts o = {
	    .rules = {.at = d->now + 60, .audience = "client:acme"}, .keys = &c->keys};
	assert_int_equal(gh_bundle_verify(&c->r, &c->b, &o, NULL), 0);
	return gh_bundle_exit(&c->r);
}

static void explain(const struct client *c)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_result_plain(&text, &c->r, false);
	print_message("%s", gh_buf_cstr(&text));
}

/* ---- tests ------------------------------------------------------------------------------ */

static void test_report_when_gpu_is_real_then_client_agrees(void **state)
{
	struct desk *d = *state;
	gh_auto(struct client, client_free) c = {0};
	put_validate(d, GH_PASS);
	if (!put_attest(d, HONEST))
		skip();
	struct gh_report_row row = make_ok(d, 1);
	assert_string_equal(row.verdict, "pass");
	export_ok(d, row.id);
	int code = verify(&c, d);
	if (code)
		explain(&c);
	assert_int_equal(code, 0);
	const struct gh_finding *f =
	    gh_findings_get(&c.r.findings, "gpu-a:0", "bundle.recheck");
	assert_non_null(f);
	assert_int_equal(f->verdict, GH_PASS);
	assert_non_null(
	    gh_findings_get(&c.r.findings, "gpu-a:0", "gpu.vbios.measurements"));
	struct gh_bytes json = gh_bundle_get(&c.b, "report.json");
	assert_null(gh_text_find(json, "S1234567"));
}

/* One byte of each piece of evidence, in turn. */
static void test_bundle_when_evidence_is_altered_then_exit_2(void **state)
{
	struct desk *d = *state;
	put_validate(d, GH_PASS);
	if (!put_attest(d, HONEST))
		skip();
	struct gh_report_row row = make_ok(d, 1);
	export_ok(d, row.id);
	gh_auto(struct client, client_free) c = {0};
	assert_int_equal(verify(&c, d), 0);
	size_t tried = 0;
	for (size_t i = 0; i < c.b.n; i++) {
		if (strncmp(c.b.file[i].name, "evidence/", 9) != 0)
			continue;
		gh_auto(struct gh_result, gh_result_free) r = {0};
		const struct gh_bundle_opts o = {
		    .rules = {.at = d->now}, .keys = &c.keys};
		c.file[i].p[c.file[i].len / 2] ^= 1;
		assert_int_equal(gh_bundle_verify(&r, &c.b, &o, NULL), 0);
		assert_int_equal(gh_bundle_exit(&r), 2);
		c.file[i].p[c.file[i].len / 2] ^= 1;
		tried++;
	}
	assert_true(tried >= 6);
}

static void expect_caught(
    struct desk *d, enum lie lie, enum gh_verdict want, const char *code, int exit_code)
{
	gh_auto(struct client, client_free) c = {0};
	char cmd[128];
	if (!put_attest(d, lie))
		skip();
	struct gh_report_row row = make_ok(d, 1);
	assert_string_equal(row.verdict, "pass"); /* well signed, and a lie */
	export_ok(d, row.id);
	assert_int_equal(verify(&c, d), exit_code);
	const struct gh_finding *f =
	    gh_findings_get(&c.r.findings, "gpu-a:0", "bundle.recheck");
	assert_non_null(f);
	assert_int_equal(f->verdict, want);
	assert_string_equal(f->code, code);
	gh_buf_clear(&d->rim[0]);
	gh_buf_clear(&d->rim[1]);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", d->out);
	assert_int_equal(system(cmd), 0);
}

static void test_report_when_better_than_its_evidence_then_caught(void **state)
{
	struct desk *d = *state;
	put_validate(d, GH_PASS);
	expect_caught(d, CHANGED_REPORT, GH_FAIL, "bundle.recheck.verdict", 2);
	expect_caught(d, CHANGED_CLAIM, GH_FAIL, "bundle.recheck.claims", 2);
	expect_caught(d, NO_EVIDENCE, GH_UNKNOWN, "bundle.recheck.evidence", 1);
	expect_caught(d, HONEST, GH_PASS, "", 0);
}

static void test_report_when_gpu_evidence_is_due_but_missing_then_error(void **state)
{
	struct desk *d = *state;
	put_validate(d, GH_PASS);
	assert_string_equal(make_ok(d, 8).verdict, "error");
	assert_string_equal(make_ok(d, 0).verdict, "pass");
}

static void test_report_when_host_failed_then_delivered_as_fail(void **state)
{
	struct desk *d = *state;
	gh_auto(struct client, client_free) c = {0};
	put_validate(d, GH_FAIL);
	struct gh_report_row row = make_ok(d, 0);
	assert_string_equal(row.verdict, "fail");
	export_ok(d, "gpu-a");
	assert_int_equal(verify(&c, d), 1);
}

static void test_report_when_runs_are_old_then_not_signed_as_pass(void **state)
{
	struct desk *d = *state;
	put_validate(d, GH_PASS);
	d->now += 900;
	assert_string_equal(make_ok(d, 0).verdict, "pass");
	d->now += 1;
	assert_string_equal(make_ok(d, 0).verdict, "error");
}

static void test_reports_when_several_then_chained(void **state)
{
	struct desk *d = *state;
	put_validate(d, GH_PASS);
	struct gh_report_row a = make_ok(d, 0), b = make_ok(d, 0);
	assert_int_equal(a.sequence, 1);
	assert_int_equal(b.sequence, 2);
	assert_string_equal(b.previous, a.payload_sha256);
	assert_string_not_equal(a.id, b.id);
}

static void test_report_when_never_validated_then_said_so(void **state)
{
	struct desk *d = *state;
	struct gh_report_inputs in = inputs_of(d, 0);
	struct gh_report_row row;
	struct gh_err err = {0};
	assert_int_equal(gh_report_make(d->store, &d->env, &in, &row, &err), -1);
	assert_int_equal(err.code, GH_E_USAGE);
	assert_non_null(strstr(err.hint, "gatehouse validate gpu-a"));
	assert_int_equal(gh_report_export(d->store, "gpu-a", d->out, &row, &err), -1);
	assert_int_equal(err.code, GH_E_USAGE);
}

static void test_key_when_made_then_private_and_kept(void **state)
{
	struct desk *d = *state;
	gh_auto(struct gh_signer *, gh_signer_free) a = NULL;
	gh_auto(struct gh_signer *, gh_signer_free) b = NULL;
	gh_auto(struct gh_signer *, gh_signer_free) c = NULL;
	gh_auto(struct gh_buf, gh_buf_free) pa = {0}, pb = {0};
	char path[128];
	struct stat st;
	struct gh_err err = {0};
	snprintf(path, sizeof(path), "%s/keys/report.pem", d->dir);
	assert_int_equal(gh_report_key(&a, d->dir, NULL), 0);
	assert_int_equal(gh_report_key(&b, d->dir, NULL), 0);
	assert_int_equal(gh_signer_public_pem(a, &pa, NULL), 0);
	assert_int_equal(gh_signer_public_pem(b, &pb, NULL), 0);
	assert_string_equal(gh_buf_cstr(&pa), gh_buf_cstr(&pb));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_equal(chmod(path, 0640), 0);
	assert_int_equal(gh_report_key(&c, d->dir, &err), -1);
	assert_int_equal(err.code, GH_E_CONFIG);
}

static void test_export_when_folder_is_not_empty_then_refused(void **state)
{
	struct desk *d = *state;
	struct gh_report_row row;
	struct gh_err err = {0};
	put_validate(d, GH_PASS);
	make_ok(d, 0);
	assert_int_equal(gh_report_export(d->store, "gpu-a", d->dir, &row, &err), -1);
	assert_int_equal(err.code, GH_E_USAGE);
	assert_non_null(strstr(err.what, "not empty"));
}

static void test_html_when_host_is_hostile_then_escaped(void **state)
{
	struct desk *d = *state;
	gh_auto(struct client, client_free) c = {0};
	put_validate(d, GH_PASS);
	make_ok(d, 0);
	export_ok(d, "gpu-a");
	assert_int_equal(verify(&c, d), 0);
	struct gh_bytes html = gh_bundle_get(&c.b, "report.html");
	assert_non_null(html.p);
	assert_null(gh_text_find(html, "<script"));
	assert_null(gh_text_find(html, "<b>"));
	assert_non_null(gh_text_find(html, "&lt;script&gt;"));
	assert_non_null(gh_text_find(html, "default-src 'none'"));
	assert_null(gh_text_find(html, "http://"));
	assert_null(gh_text_find(html, "https://"));
}

/* The commands of VERIFY.txt, as a client would paste them. */
static void test_verify_txt_when_pasted_then_openssl_agrees(void **state)
{
	struct desk *d = *state;
	static const char *const cmd[] = {
	    "openssl dgst -sha256 -verify signer.pem -signature report.json.sig "
	    "report.json"
	    " | grep -q 'Verified OK'",
	    "jq -r .payload report.dsse.json | base64 -d | cmp - report.json",
	    "jq -r '.signatures[0].sig' report.dsse.json | base64 -d > ../dsse.der",
	    "{ printf 'DSSEv1 28 application/vnd.in-toto+json %d ' \"$(stat -c%s "
	    "report.json)\"; cat report.json; } | openssl dgst -sha256 -verify "
	    "signer.pem "
	    "-signature ../dsse.der | grep -q 'Verified OK'",
	    "test \"$(jq -r '.subject[0].digest.sha256' report.json)\" ="
	    " \"$(sha256sum evidence/index.json | cut -d' ' -f1)\"",
	    "cd evidence && jq -r 'keys[] | . + \"  \" + .' index.json | sha256sum -c "
	    "--quiet",
	    "test \"sha256:$(openssl pkey -pubin -in signer.pem -outform DER | sha256sum "
	    "|"
	    " cut -d' ' -f1)\" = \"$(jq -r '.signatures[0].keyid' report.dsse.json)\"",
	    "test \"$(jq -cSj . report.json | sha256sum)\" = \"$(sha256sum < "
	    "report.json)\"",
	    "! openssl dgst -sha256 -verify signer.pem -signature report.json.sig "
	    "VERIFY.txt"
	    " >/dev/null 2>&1",
	};
	if (system("command -v openssl jq sha256sum >/dev/null") != 0) {
		print_message("needs openssl and jq: skipped\n");
		skip();
	}
	put_validate(d, GH_PASS);
	make_ok(d, 0);
	export_ok(d, "gpu-a");
	for (size_t i = 0; i < GH_COUNT(cmd); i++) {
		char line[700];
		snprintf(line, sizeof(line), "cd %s && %s", d->out, cmd[i]);
		if (system(line) != 0)
			fail_msg("%s", cmd[i]);
	}
	/* Each of the first commands stands in VERIFY.txt in exactly these words. */
	gh_auto(struct client, client_free) c = {0};
	assert_int_equal(verify(&c, d), 0);
	struct gh_bytes text = gh_bundle_get(&c.b, "VERIFY.txt");
	assert_non_null(gh_text_find(text, "openssl dgst -sha256 -verify signer.pem "
					   "-signature report.json.sig report.json"));
	assert_non_null(gh_text_find(text, "printf 'DSSEv1 28 "
					   "application/vnd.in-toto+json %d ' \"$(stat"));
	assert_non_null(gh_text_find(text, "--audience 'client:acme'\n"));
}

#define T(f) cmocka_unit_test_setup_teardown(f, desk_make, desk_drop)

static int setup(void **state)
{
	(void)state;
	return gh_rim_setup(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(test_report_when_gpu_is_real_then_client_agrees),
	    T(test_bundle_when_evidence_is_altered_then_exit_2),
	    T(test_report_when_better_than_its_evidence_then_caught),
	    T(test_report_when_gpu_evidence_is_due_but_missing_then_error),
	    T(test_report_when_host_failed_then_delivered_as_fail),
	    T(test_report_when_runs_are_old_then_not_signed_as_pass),
	    T(test_reports_when_several_then_chained),
	    T(test_report_when_never_validated_then_said_so),
	    T(test_key_when_made_then_private_and_kept),
	    T(test_export_when_folder_is_not_empty_then_refused),
	    T(test_html_when_host_is_hostile_then_escaped),
	    T(test_verify_txt_when_pasted_then_openssl_agrees),
	};
	return cmocka_run_group_tests(tests, setup, NULL);
}
