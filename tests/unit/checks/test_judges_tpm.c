/* SPDX-License-Identifier: Apache-2.0
 * What the TPM measured and signed: every way in which a quote, a log or golden values can
 * be wrong, and what a good quote makes of the other findings. */
#include <unistd.h>

#include "checks/judge.h"
#include "checks/tpm.h"
#include "host_text.h"
#include "with_catalogue.h"

#define QUOTE  "host.boot.tpm_quote"
#define GOLDEN "host.boot.pcr_golden"
#define ZEROS  "0000000000000000000000000000000000000000000000000000000000000000"

/* One host, judged on a nonce and pins of our choice. */
struct asked {
	struct text_host h;
	struct gh_enrolment enrolled;
	const char *nonce;
	struct gh_result r;
};

static void ask(struct asked *a)
{
	memset(a, 0, sizeof(*a));
	tdx_host(&a->h);
	a->enrolled.doc = healthy_pins();
	a->nonce = TPM_NONCE;
}

static void pin(struct asked *a, const char *fact, const char *value)
{
	json_t *facts = json_object_get(a->enrolled.doc, "facts");
	if (value)
		json_object_set_new(facts, fact, json_string(value));
	else
		json_object_del(facts, fact);
}

static const struct gh_finding *answer(struct asked *a, const char *id)
{
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct gh_probe p;
	struct gh_sources src = {.host = &host,
	    .probe = &p,
	    .nonce = a->nonce,
	    .enrolled = &a->enrolled,
	    .at = AT};
	probe_of(&p, &a->h);
	assert_int_equal(0, gh_checks_run(&a->r, cat, &src, NULL));
	gh_probe_free(&p);
	const struct gh_finding *f = gh_findings_get(&a->r.findings, "gpu-a", id);
	assert_non_null(f);
	return f;
}

static void done(struct asked *a)
{
	gh_result_free(&a->r);
	gh_enrolment_free(&a->enrolled);
	text_host_free(&a->h);
}

static void expect(struct asked *a, const char *id, enum gh_verdict v, const char *reason)
{
	char code[128] = "";
	const struct gh_finding *f = answer(a, id);
	if (reason)
		snprintf(code, sizeof(code), "%s.%s", id, reason);
	if (f->verdict != v)
		print_error("%s: %s %s\n", f->code, f->observed, f->why);
	assert_int_equal(v, f->verdict);
	assert_string_equal(code, f->code);
	assert_int_equal(
	    strcmp(id, QUOTE) == 0 && v == GH_PASS ? GH_A2 : f->assurance, f->assurance);
	done(a);
}

static void set_answer(struct asked *a, const char *nonce, uint32_t attrs, uint32_t mask)
{
	struct gh_buf b = {0};
	tpm_answer(&b, nonce, attrs, mask);
	spoil(&a->h, "tpm.quote", NULL, gh_buf_cstr(&b));
	gh_buf_free(&b);
}

static void test_quote_when_good_then_passes_and_lifts_the_pcrs(void **state)
{
	static const char *const lifted[] = {
	    QUOTE, GOLDEN, "host.boot.pcr0_replay", "host.boot.tpm_empty_pcr"};
	struct asked a;
	(void)state;
	ask(&a);
	assert_int_equal(GH_PASS, answer(&a, QUOTE)->verdict);
	for (size_t i = 0; i < GH_COUNT(lifted); i++)
		assert_int_equal(
		    GH_A2, gh_findings_get(&a.r.findings, "gpu-a", lifted[i])->assurance);
	assert_int_equal(
	    GH_A0, gh_findings_get(&a.r.findings, "gpu-a", "host.boot.tpm")->assurance);
	done(&a);
}

static void test_quote_when_it_does_not_pass_then_nothing_is_lifted(void **state)
{
	struct asked a;
	(void)state;
	ask(&a);
	a.nonce = "ffeeddccbbaa99887766554433221100";
	assert_int_equal(GH_WARN, answer(&a, QUOTE)->verdict);
	for (size_t i = 0; i < a.r.findings.n; i++)
		assert_int_equal(GH_A0, a.r.findings.at[i].assurance);
	done(&a);
}

static void test_quote_when_replayed_then_another_nonce(void **state)
{
	struct asked a;
	(void)state;
	ask(&a);
	a.nonce = "ffeeddccbbaa99887766554433221100";
	expect(&a, QUOTE, GH_WARN, "nonce");
	ask(&a);
	set_answer(&a, "ffeeddccbbaa99887766554433221100", TPM_AK, TPM_PCRS);
	expect(&a, QUOTE, GH_WARN, "nonce");
	ask(&a);
	a.nonce = NULL;
	expect(&a, QUOTE, GH_UNKNOWN, "no_nonce");
	ask(&a);
	a.nonce = "0f1e";
	expect(&a, QUOTE, GH_UNKNOWN, "no_nonce");
}

static void test_quote_when_the_key_may_sign_anything_then_refused(void **state)
{
	/* without restricted, fixedTPM, origin, sign; with decrypt */
	static const uint32_t odd[] = {TPM_AK & ~GH_TPM_RESTRICTED,
	    TPM_AK & ~GH_TPM_FIXED_TPM, TPM_AK & ~GH_TPM_ORIGIN, TPM_AK & ~GH_TPM_SIGN,
	    TPM_AK | GH_TPM_DECRYPT};
	struct asked a;
	(void)state;
	for (size_t i = 0; i < GH_COUNT(odd); i++) {
		ask(&a);
		set_answer(&a, TPM_NONCE, odd[i], TPM_PCRS);
		expect(&a, QUOTE, GH_WARN, "not_restricted");
	}
	/* an attribute that changes nothing but the name: not the key that was enrolled */
	ask(&a);
	set_answer(&a, TPM_NONCE, TPM_AK | 1u << 10, TPM_PCRS);
	expect(&a, QUOTE, GH_WARN, "ak");
}

static void test_quote_when_pcrs_are_left_out_then_refused(void **state)
{
	struct asked a;
	(void)state;
	ask(&a);
	set_answer(&a, TPM_NONCE, TPM_AK, TPM_PCRS & ~0x80u);
	expect(&a, QUOTE, GH_WARN, "selection");
	ask(&a);
	set_answer(&a, TPM_NONCE, TPM_AK, 0xff);
	expect(&a, QUOTE, GH_PASS, NULL);
	ask(&a);
	spoil(&a.h, "sys", "pcr-sha256/9:", "pcr-sha256/x:");
	expect(&a, QUOTE, GH_UNKNOWN, "absent");
}

static void test_quote_when_enrolled_then_its_keys_are_compared(void **state)
{
	struct asked a;
	char ek[65];
	unsigned char digest[32];
	(void)state;
	ask(&a);
	pin(&a, "tpm.ak_sha256", NULL);
	expect(&a, QUOTE, GH_UNKNOWN, "not_enrolled");
	ask(&a);
	pin(&a, "tpm.ak_sha256", ZEROS);
	expect(&a, QUOTE, GH_WARN, "ak");
	/* the certificate without its padding, as tpm_answer() has it */
	assert_int_equal(0, gh_sha256("\x30\x82\x00\x02\x05\x00", 6, digest, NULL));
	gh_hex(ek, digest, 32);
	ask(&a);
	pin(&a, "tpm.ek_sha256", ek);
	expect(&a, QUOTE, GH_PASS, NULL);
	ask(&a);
	pin(&a, "tpm.ek_sha256", ZEROS);
	expect(&a, QUOTE, GH_WARN, "ek");
	ask(&a);
	pin(&a, "tpm.ek_sha256", ek);
	spoil(&a.h, "tpm.quote", " 30 82 00 02 05 00\n 00 00\n", "");
	expect(&a, QUOTE, GH_WARN, "ek");
}

static void test_quote_when_there_is_no_key_then_says_so(void **state)
{
	struct asked a;
	(void)state;
	ask(&a);
	find_item(&a.h, "tpm.quote")->rc = 1;
	expect(&a, QUOTE, GH_UNKNOWN, "no_ak");
}

static void test_golden_when_values_differ_then_which(void **state)
{
	struct asked a;
	(void)state;
	ask(&a);
	expect(&a, GOLDEN, GH_PASS, NULL);
	ask(&a);
	spoil(&a.h, "sys", "pcr-sha256/2:", "pcr-sha256/2:" ZEROS "\n");
	const struct gh_finding *f = answer(&a, GOLDEN);
	assert_int_equal(GH_WARN, f->verdict);
	assert_string_equal(GOLDEN ".changed", f->code);
	assert_non_null(strstr(f->observed, "PCR 2:"));
	done(&a);
	/* PCR 5 is the disk's partition table, and not golden */
	ask(&a);
	spoil(&a.h, "sys", "pcr-sha256/5:", "pcr-sha256/5:" ZEROS "\n");
	expect(&a, GOLDEN, GH_PASS, NULL);
	ask(&a);
	spoil(&a.h, "sys", "pcr-sha256/7:", "pcr-sha256/x:");
	expect(&a, GOLDEN, GH_UNKNOWN, "absent");
	ask(&a);
	pin(&a, "tpm.pcrs", NULL);
	expect(&a, GOLDEN, GH_UNKNOWN, "not_enrolled");
}

/* The list of params goes by the BIOS that runs; it stands in for a pin, and beside one. */
static void test_golden_when_listed_for_this_bios_then_passes(void **state)
{
	struct gh_check check = *gh_catalogue_get(cat, GOLDEN);
	struct gh_finding f = {0};
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct asked a;
	struct gh_probe p;
	(void)state;
	ask(&a);
	probe_of(&p, &a.h);
	json_t *pcrs =
	    json_object_get(json_object_get(a.enrolled.doc, "facts"), "tpm.pcrs");
	json_t *params = json_pack("{s:{s:O}}", "golden", "2.7a", pcrs);
	check.params = params;
	struct gh_sources src = {.host = &host, .probe = &p};
	struct gh_judging j = {
	    .check = &check, .src = &src, .probe = &p, .host = &host, .f = &f};
	gh_judge_find(GOLDEN)->judge(&j);
	assert_int_equal(GH_PASS, f.verdict);
	json_decref(params);
	params = json_pack("{s:{s:O}}", "golden", "2.8", pcrs);
	check.params = params;
	gh_judge_find(GOLDEN)->judge(&j);
	assert_int_equal(GH_UNKNOWN, f.verdict);
	json_decref(params);
	char **const texts[] = {&f.observed, &f.why, &f.source, &f.remedy, &f.code};
	for (size_t i = 0; i < GH_COUNT(texts); i++)
		free(*texts[i]);
	gh_probe_free(&p);
	done(&a);
}

static void set_log(struct asked *a, const struct gh_buf *log)
{
	struct gh_buf b = {0};
	gh_b64(&b, log->p, log->len);
	spoil(&a->h, "tpm.log", NULL, gh_buf_cstr(&b));
	gh_buf_free(&b);
}

/* Whatever event is gone, the log is no longer that of this boot. */
static void test_replay_when_any_event_is_gone_then_mismatch(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(tpm_events); i++) {
		struct gh_buf log = {0};
		struct asked a;
		char pcr[16];
		ask(&a);
		tpm_log(&log, i);
		set_log(&a, &log);
		const struct gh_finding *f = answer(&a, "host.boot.pcr0_replay");
		snprintf(pcr, sizeof(pcr), "PCR %u:", tpm_events[i].pcr);
		assert_int_equal(GH_FAIL, f->verdict);
		assert_string_equal("host.boot.pcr0_replay.mismatch", f->code);
		assert_non_null(strstr(f->observed, pcr));
		done(&a);
		gh_buf_free(&log);
	}
}

static void test_replay_when_the_log_holds_nothing_then_no_pass(void **state)
{
	struct gh_buf log = {0};
	struct asked a;
	(void)state;
	ask(&a);
	tpm_log_head(&log);
	set_log(&a, &log);
	for (int i = 0; i < 10; i++) { /* and the PCRs agree with it */
		char from[32], to[128];
		snprintf(from, sizeof(from), "pcr-sha256/%d:", i);
		snprintf(to, sizeof(to), "pcr-sha256/%d:" ZEROS "\n", i);
		spoil(&a.h, "sys", from, to);
	}
	spoil(&a.h, "sys", "pcr-sha256/14:", "pcr-sha256/14:" ZEROS "\n");
	expect(&a, "host.boot.pcr0_replay", GH_FAIL, "empty");
	ask(&a);
	spoil(&a.h, "tpm.log", NULL, "");
	expect(&a, "host.boot.pcr0_replay", GH_UNKNOWN, "empty");
	gh_buf_free(&log);
}

/* ---- the item ---- */

static void test_answer_when_parts_are_missing_or_doubled_then_refused(void **state)
{
	static const struct {
		const char *text;
		int rc;
	} cases[] = {{"", -1}, {"public:\n 00\nquoted: 00\n  sig: 00\nek:\n", 0},
	    {"public:\n 00\nquoted: 00\nek:\n", -1},
	    {"public:\n 00\n  sig: 00\nek:\n", -1}, {"quoted: 00\n  sig: 00\n", -1},
	    {"public:\n 00\nquoted: 00\nquoted: 00\n  sig: 00\n", -1},
	    {"public:\n 00\nquoted: 00\n  sig: 00\n  sig: 00\n", -1},
	    {"public:\nERROR: no key\nquoted: 00\n  sig: 00\n", -1},
	    {"public:\n 00\nquoted: 0\n  sig: 00\n", -1},
	    {"public:\n 00\nquoted: 00\n  sig: 00\nek:\n zz\n", -1},
	    {"public:\n 00\nquoted: 00\npcrs:\n  sha256:\n    0 : 0xAB\n  sig: 00\n", 0}};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct gh_tpm_answer a;
		struct gh_err e = {0};
		int rc = gh_tpm_answer_parse(&a, gh_text_of(cases[i].text), &e);
		if (rc != cases[i].rc)
			print_error("case %zu: %s\n", i, e.what);
		assert_int_equal(cases[i].rc, rc);
		gh_tpm_answer_free(&a);
	}
}

/* ---- a TPM in software ---- */

/* Runs the probe's own function against swtpm, whose socket stands for the device: what
 * tpm2-tools print is what we read. The script of tests/unit/checks/swtpm.sh. */
static void with_swtpm(const char *kind, const char *scheme)
{
	char path[] = "/tmp/gh-test-XXXXXX", command[256];
	struct gh_bytes s = gh_probe_script();
	struct gh_buf out = {0}, text = {0};
	struct gh_probe p;
	struct asked a;
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(s.len, write(fd, s.p, s.len));
	close(fd);
	snprintf(command, sizeof(command), "sh tests/unit/checks/swtpm.sh %s %s %s %s",
	    path, TPM_NONCE, kind, scheme);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	for (size_t n = 1; n;) {
		n = fread(gh_buf_room(&out, 4096), 1, 4096, f);
		out.len += n;
	}
	pclose(f);
	unlink(path);
	assert_int_equal(0, gh_probe_parse(&p, gh_buf_view(&out), TPM_NONCE, NULL));
	const struct gh_probe_item *it = gh_probe_get(&p, "tpm.quote");
	if (!it)
		print_error("%s %s: %s\n", kind, scheme, gh_buf_cstr(&out));
	assert_non_null(it);
	assert_int_equal(0, it->rc);
	/* a fresh TPM has zeros in its PCRs */
	ask(&a);
	gh_buf_add(&text, it->data.p, it->data.len);
	spoil(&a.h, "tpm.quote", NULL, gh_buf_cstr(&text));
	for (int i = 0; i < 15; i++) {
		char from[32], to[128];
		snprintf(from, sizeof(from), "pcr-sha256/%d:", i);
		snprintf(to, sizeof(to), "pcr-sha256/%d:" ZEROS "\n", i);
		spoil(&a.h, "sys", from, to);
	}
	/* everything holds, down to the key, which nobody enrolled */
	expect(&a, QUOTE, GH_WARN, "ak");
	gh_probe_free(&p);
	gh_buf_free(&out);
	gh_buf_free(&text);
}

static void test_quote_when_a_tpm_in_software_signs_then_it_verifies(void **state)
{
	(void)state;
	if (system("command -v swtpm_setup >/dev/null && command -v tpm2_quote "
		   ">/dev/null")) {
		print_message("no swtpm or tpm2-tools here\n");
		skip();
	}
	with_swtpm("rsa", "rsassa");
	with_swtpm("rsa", "rsapss");
	with_swtpm("ecc", "ecdsa");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_quote_when_good_then_passes_and_lifts_the_pcrs),
	    cmocka_unit_test(test_quote_when_it_does_not_pass_then_nothing_is_lifted),
	    cmocka_unit_test(test_quote_when_replayed_then_another_nonce),
	    cmocka_unit_test(test_quote_when_the_key_may_sign_anything_then_refused),
	    cmocka_unit_test(test_quote_when_pcrs_are_left_out_then_refused),
	    cmocka_unit_test(test_quote_when_enrolled_then_its_keys_are_compared),
	    cmocka_unit_test(test_quote_when_there_is_no_key_then_says_so),
	    cmocka_unit_test(test_golden_when_values_differ_then_which),
	    cmocka_unit_test(test_golden_when_listed_for_this_bios_then_passes),
	    cmocka_unit_test(test_replay_when_any_event_is_gone_then_mismatch),
	    cmocka_unit_test(test_replay_when_the_log_holds_nothing_then_no_pass),
	    cmocka_unit_test(test_answer_when_parts_are_missing_or_doubled_then_refused),
	    cmocka_unit_test(test_quote_when_a_tpm_in_software_signs_then_it_verifies),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
