/* SPDX-License-Identifier: Apache-2.0
 * Every event log vector: synthetic cases, real logs against the quotes of their boots. */
#include "ccel_made.h"
#include "evidence/ccel_diff.h"
#include "evidence/ccel_show.h"
#include "evidence/ccel_verify.h"
#include "evidence/runtime_log.h"
#include "evidence/tdx_quote.h"

#define DIR "tdx"

static void quote_registers(struct gh_replay *out, const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) quote = {0};
	struct gh_tdx_quote q;
	struct gh_err e = {0};

	read_vector(&quote, DIR, name);
	if (gh_tdx_quote_parse(&q, quote.p, quote.len, &e))
		fail_msg("%s: %s", name, e.what);
	for (size_t i = 0; i < 4; i++)
		memcpy(out->rtmr[i], q.rtmr[i], 48);
}

static void judge_one(struct gh_result *r, const struct gh_buf *log, bool is_ccel,
    const struct gh_replay *quote)
{
	struct gh_bytes raw = gh_buf_view(log);
	struct gh_context ctx = {.at = 1};

	if (is_ccel)
		ctx.ccels = (struct gh_docs){&raw, 1};
	else
		ctx.runtime_logs = (struct gh_docs){&raw, 1};
	judge_logs(r, &ctx, quote, true);
}

/* "match", "mismatch", "error" or "match-but-flag", as the vectors put it. */
static const char *outcome(const struct gh_result *r)
{
	static const char *const rtmr[] = {
	    "tdx.eventlog.rtmr0", "tdx.eventlog.rtmr1", "tdx.eventlog.rtmr2"};

	if (verdict_of(r, "tdx.eventlog.parse") == GH_FAIL)
		return "error";
	for (size_t i = 0; i < GH_COUNT(rtmr); i++)
		if (verdict_of(r, rtmr[i]) != GH_PASS)
			return "mismatch";
	return verdict_of(r, "tdx.eventlog.text") == GH_WARN ? "match-but-flag" : "match";
}

static void registers_of(struct gh_replay *out, const json_t *list)
{
	for (size_t i = 0; i < 4; i++)
		assert_int_equal(gh_unhex(out->rtmr[i], 48,
				     json_string_value(json_array_get(list, i)), NULL),
		    0);
}

/* What must be said of single cases, beyond match and mismatch. */
static const struct {
	const char *id, *step, *code, *words;
} said[] = {
    {"L08-only-sha256", "tdx.eventlog.parse", "tdx.eventlog.parse.sha384", "event 1 at"},
    {"L09-truncated-event", "tdx.eventlog.parse", "tdx.eventlog.parse.truncated",
	"event 13 at offset 0x4fe"},
    {"L10-size-overflow", "tdx.eventlog.parse", "tdx.eventlog.parse.truncated",
	"4294967295"},
    {"L11-count-huge", "tdx.eventlog.parse", "tdx.eventlog.parse.digests", "268435456"},
    {"L12-unknown-alg", "tdx.eventlog.parse", "tdx.eventlog.parse.digests", "0x"},
    {"L13-mr-5", "tdx.eventlog.parse", "tdx.eventlog.parse.index", "index 5"},
    {"L14-mr-0-measured", "tdx.eventlog.parse", "tdx.eventlog.parse.index", "MRTD"},
    {"L15-no-spec-header", "tdx.eventlog.parse", "tdx.eventlog.parse.header", ""},
    {"L16-spec-wrong-sig", "tdx.eventlog.parse", "tdx.eventlog.parse.header",
	"Spec ID Event03"},
    {"L17-spec-zero-algs", "tdx.eventlog.parse", "tdx.eventlog.parse.algorithm",
	"0 algorithms"},
    {"L18-spec-alg-count-lie", "tdx.eventlog.parse", NULL, "header"},
    {"L19-spec-sha384-size32", "tdx.eventlog.parse", "tdx.eventlog.parse.algorithm",
	"32 bytes"},
    {"L20-reordered", "tdx.eventlog.rtmr0", "tdx.eventlog.rtmr0.order", "event 2"},
    {"L21-dropped", "tdx.eventlog.rtmr2", "tdx.eventlog.rtmr2.mismatch", "no beginning"},
    {"L22-duplicate-separator", "tdx.eventlog.rtmr0", "tdx.eventlog.rtmr0.extra",
	"EV_SEPARATOR"},
    {"L23-event-text-tampered", "tdx.eventlog.text", "tdx.eventlog.text.unproven",
	"event 12 at offset 0x484"},
    {"L24-secureboot-flag-tampered", "tdx.eventlog.text", "tdx.eventlog.text.unproven",
	"event 2 at offset 0xab"},
    {"L26-header-only", "tdx.eventlog.rtmr0", "tdx.eventlog.rtmr0.mismatch", "0 events"},
    {"L27-var-name-length-huge", "tdx.eventlog.rtmr0", "tdx.eventlog.rtmr0.extra",
	"lengths do not fit"},
    {"L28-digests-zero-count", "tdx.eventlog.parse", "tdx.eventlog.parse.digests",
	"0 digests"},
};

static size_t assert_said(const struct gh_result *r, const char *id)
{
	size_t n = 0;

	for (size_t i = 0; i < GH_COUNT(said); i++) {
		const struct gh_finding *f;

		if (strcmp(said[i].id, id) != 0)
			continue;
		f = step_of(r, said[i].step);
		if (said[i].code && strcmp(f->code, said[i].code) != 0)
			fail_msg("%s: %s %s", id, f->code, f->observed);
		assert_says(f->observed, said[i].words);
		n++;
	}
	return n;
}

/* Facts stand only in logs that match, and never from a text that is contradicted. */
static void assert_facts(const struct gh_result *r, const char *id, const char *expect)
{
	const struct gh_subject *s = gh_result_find(r, "vm");
	bool match = !strncmp(expect, "match", 5);

	assert_string_equal(gh_claim_get(s, "secure_boot"),
	    match && strncmp(id, "L24", 3) != 0 ? "off" : "");
	assert_string_equal(gh_claim_get(s, "kernel_cmdline"),
	    match && strncmp(id, "L23", 3) != 0
		? "/vmlinuz root=/dev/vda1 ro console=hvc0"
		: "");
	assert_int_equal(strlen(gh_claim_get(s, "boot_app0")), match ? 96 : 0);
}

static void test_synthetic_when_all_cases_run_outcomes_agree(void **state)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	size_t i, n = 0, n_said = 0;
	const json_t *c;

	(void)state;
	need_vectors(DIR "/eventlog");
	j = read_json(DIR, "eventlog/synthetic/cases.json");
	json_array_foreach(j, i, c)
	{
		gh_auto(struct gh_buf, gh_buf_free) log = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		const char *id = json_string_value(json_object_get(c, "id"));
		const char *expect = json_string_value(json_object_get(c, "expect"));
		struct gh_replay quote = {0};

		read_vector(&log, DIR, json_string_value(json_object_get(c, "file")));
		registers_of(&quote, json_object_get(c, "rtmr"));
		judge_one(&r, &log, true, &quote);
		if (strcmp(outcome(&r), expect) != 0) {
			print_open(&r);
			fail_msg("%s: %s, expected %s", id, outcome(&r), expect);
		}
		n_said += assert_said(&r, id);
		if (strcmp(id, "L20-reordered") && strcmp(id, "L21-dropped") &&
		    strcmp(id, "L22-duplicate-separator") &&
		    strcmp(id, "L27-var-name-length-huge"))
			assert_facts(&r, id, expect);
		n++;
	}
	print_message("CCEL synthetic logs: %zu of %zu as expected, %zu with the reason "
		      "and the event named\n",
	    n, json_array_size(j), n_said);
	assert_int_equal(n, 28);
	assert_int_equal(n_said, GH_COUNT(said));
}

enum { ALL = 7 };

/* Pairs of log and quote (spec section 5.2): which of RTMR0 to RTMR2 replay. */
static const struct {
	const char *log, *quote;
	unsigned int match; /* bit n: RTMRn */
	size_t n_apps;
	const char *secure_boot, *cmdline;
} pairs[] = {
    {"eventlog/real/gce-cos113.ccel.bin", "real/gce-cos113-v4.quote.bin", ALL, 2, "off",
	"/syslinux/vmlinuz.A init=/usr/lib/systemd/systemd rootwait ro"},
    {"eventlog/real/gce-cos113-dupe-separator.ccel.bin", "real/gce-cos113-v4.quote.bin",
	4, 0, "", "/syslinux/vmlinuz.A init=/usr/lib/systemd/systemd rootwait ro"},
    {"eventlog/real/lunal-live2.ccel.bin", "real/lunal-live-v4.quote.bin", ALL, 1,
	"absent", ""},
    {"eventlog/real/lunal-live-other-boot.ccel.bin", "real/lunal-live-v4.quote.bin", 3, 1,
	"absent", ""},
    {"eventlog/real/cctrusted.ccel.bin", "real/cctrusted-preproduction-v4.quote.bin", 3,
	4, "off", ""},
};

static void test_real_pairs_when_judged_registers_agree(void **state)
{
	size_t n = 0, held = 0;

	(void)state;
	need_vectors(DIR "/eventlog");
	for (; n < GH_COUNT(pairs); n++) {
		gh_auto(struct gh_buf, gh_buf_free) log = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_replay quote = {0};
		const struct gh_subject *s;

		read_vector(&log, DIR, pairs[n].log);
		quote_registers(&quote, pairs[n].quote);
		judge_one(&r, &log, true, &quote);
		assert_int_equal(verdict_of(&r, "tdx.eventlog.parse"), GH_PASS);
		for (unsigned int i = 0; i < 3; i++) {
			char step[32];
			bool match = pairs[n].match >> i & 1;

			snprintf(step, sizeof(step), "tdx.eventlog.rtmr%u", i);
			if (verdict_of(&r, step) != (match ? GH_PASS : GH_FAIL)) {
				print_open(&r);
				fail_msg("%s RTMR%u", pairs[n].log, i);
			}
			held += match;
		}
		assert_int_equal(verdict_of(&r, "tdx.eventlog.text"), GH_PASS);
		s = gh_result_find(&r, "vm");
		assert_string_equal(gh_claim_get(s, "secure_boot"), pairs[n].secure_boot);
		assert_true(!strncmp(gh_claim_get(s, "kernel_cmdline"), pairs[n].cmdline,
		    strlen(pairs[n].cmdline)));
		assert_int_equal(!*gh_claim_get(s, "kernel_cmdline"), !*pairs[n].cmdline);
		for (size_t k = 0; k <= pairs[n].n_apps; k++) {
			char key[16];

			snprintf(key, sizeof(key), "boot_app%zu", k);
			assert_int_equal(*gh_claim_get(s, key) != 0, k < pairs[n].n_apps);
		}
	}
	print_message("CCEL real pairs: %zu, %zu registers replay, %zu differ, all as "
		      "known\n",
	    n, held, 3 * n - held);
}

/* The two logs whose trouble can be named. */
static void test_real_pairs_when_they_differ_say_how(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) dupe = {0}, ima = {0}, a = {0}, b = {0},
					    diff = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0}, r2 = {0};
	struct gh_replay quote = {0};

	(void)state;
	need_vectors(DIR "/eventlog");
	read_vector(&dupe, DIR, pairs[1].log);
	quote_registers(&quote, pairs[1].quote);
	judge_one(&r, &dupe, true, &quote);
	print_message("  %s\n  %s\n", step_of(&r, "tdx.eventlog.rtmr0")->observed,
	    step_of(&r, "tdx.eventlog.rtmr1")->observed);
	read_vector(&ima, DIR, pairs[4].log);
	quote_registers(&quote, pairs[4].quote);
	judge_one(&r2, &ima, true, &quote);
	assert_says(step_of(&r2, "tdx.eventlog.rtmr2")->why, "the boot part matches");
	assert_says(step_of(&r2, "tdx.eventlog.rtmr2")->why, "IMA");
	read_vector(&b, DIR, pairs[0].log);
	assert_int_equal(
	    gh_ccel_diff(&diff, gh_buf_view(&dupe), gh_buf_view(&b), NULL), 0);
	print_message("%s", gh_buf_cstr(&diff));
	gh_buf_clear(&diff);
	gh_buf_clear(&b);
	read_vector(&a, DIR, pairs[2].log);
	read_vector(&b, DIR, pairs[3].log);
	assert_int_equal(gh_ccel_diff(&diff, gh_buf_view(&a), gh_buf_view(&b), NULL), 0);
	print_message("%s", gh_buf_cstr(&diff));
	assert_says(gh_buf_cstr(&diff), "RTMR0: equal, 13 events");
	assert_says(gh_buf_cstr(&diff), "RTMR1: equal, 5 events");
	assert_says(gh_buf_cstr(&diff), "RTMR2: 2 events in A, 2 in B");
}

/* Of several logs the right one is found. */
static void test_several_logs_when_given_best_is_judged(void **state)
{
	struct gh_buf logs[GH_COUNT(pairs)] = {{0}};
	struct gh_bytes raw[GH_COUNT(pairs)];

	(void)state;
	need_vectors(DIR "/eventlog");
	for (size_t i = 0; i < GH_COUNT(pairs); i++) {
		read_vector(&logs[i], DIR, pairs[i].log);
		raw[GH_COUNT(pairs) - 1 - i] = gh_buf_view(&logs[i]);
	}
	for (size_t i = 0; i < 3; i += 2) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		struct gh_context ctx = {.ccels = {raw, GH_COUNT(pairs)}};
		struct gh_replay quote = {0};

		quote_registers(&quote, pairs[i].quote);
		judge_logs(&r, &ctx, &quote, true);
		assert_string_equal(outcome(&r), "match");
	}
	for (size_t i = 0; i < GH_COUNT(pairs); i++)
		gh_buf_free(&logs[i]);
}

static const struct {
	const char *name, *code; /* "" : parses */
	size_t events;
} real_logs[] = {
    {"cctrusted.ccel.bin", "", 98},
    {"gce-cos113.ccel.bin", "", 43},
    {"gce-cos113-dupe-separator.ccel.bin", "", 43},
    {"lunal-live2.ccel.bin", "", 20},
    {"lunal-live-other-boot.ccel.bin", "", 20},
    {"trustee-ccel_data_csv.bin", "ccel.parse.sha384", 0},
    {"trustee-ccel_data_gcp.bin", "", 0},
    {"trustee-ccel_data_grub.bin", "", 0},
    {"trustee-ccel_data_grub_gke.bin", "", 35},
    {"trustee-ccel_data_ovmf.bin", "", 20},
};

/* Each real log by itself: parses to its end, and no text in it is contradicted. */
static void test_real_logs_when_alone_parse_and_stay_open(void **state)
{
	size_t n_fields = 0, n_parsed = 0;

	(void)state;
	need_vectors(DIR "/eventlog");
	for (size_t i = 0; i < GH_COUNT(real_logs); i++) {
		gh_auto(struct gh_buf, gh_buf_free) log = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct gh_fields, gh_fields_free) fields = {0};
		struct gh_context ctx = {.at = 1};
		char path[128], n[16];

		snprintf(path, sizeof(path), "eventlog/real/%s", real_logs[i].name);
		read_vector(&log, DIR, path);
		assert_true(gh_ccel_looks(gh_buf_view(&log)));
		assert_int_equal(
		    gh_ccel_verify(&r, "log", gh_buf_view(&log), &ctx, NULL), 0);
		assert_string_equal(code_of(&r, "ccel.parse"), real_logs[i].code);
		assert_string_equal(code_of(&r, "ccel.bound"), "ccel.unbound");
		assert_int_equal(verdict_of(&r, "ccel.bound"), GH_UNKNOWN);
		assert_int_equal(
		    verdict_of(&r, "ccel.text"), *real_logs[i].code ? GH_SKIP : GH_PASS);
		snprintf(n, sizeof(n), "%zu", real_logs[i].events);
		if (real_logs[i].events)
			assert_string_equal(
			    gh_claim_get(gh_result_find(&r, "log"), "events"), n);
		print_message("  %-36s %s\n", real_logs[i].name,
		    *real_logs[i].code ? step_of(&r, "ccel.parse")->observed
				       : step_of(&r, "ccel.text")->observed);
		assert_int_equal(gh_ccel_show(&fields, gh_buf_view(&log), NULL), 0);
		n_fields += fields.n;
		n_parsed += !*real_logs[i].code;
	}
	print_message("CCEL real logs: %zu parse with no text contradicted, %zu refused, "
		      "%zu fields shown\n",
	    n_parsed, GH_COUNT(real_logs) - n_parsed, n_fields);
}

static void test_acpi_table_when_given_says_where_the_log_is(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) table = {0}, text = {0};
	gh_auto(struct gh_fields, gh_fields_free) fields = {0};
	struct gh_err e = {0};
	struct gh_ccel c;

	(void)state;
	need_vectors(DIR "/eventlog");
	read_vector(&table, DIR, "eventlog/synthetic/CCEL.acpi.bin");
	assert_true(gh_ccel_looks(gh_buf_view(&table)));
	assert_int_equal(gh_ccel_parse(&c, gh_buf_view(&table), &e), -1);
	assert_string_equal(c.fault, "acpi");
	assert_says(e.hint, "/sys/firmware/acpi/tables/data/CCEL");
	assert_int_equal(gh_ccel_show(&fields, gh_buf_view(&table), NULL), 0);
	gh_fields_plain(&text, &fields);
	assert_says(gh_buf_cstr(&text), "65536 bytes");
	assert_says(gh_buf_cstr(&text), "0x7e000000");
	assert_says(gh_buf_cstr(&text), "good");
	assert_says(gh_buf_cstr(&text), "TDX");
}

static void test_dstack_log_when_judged_all_registers_agree(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0};
	gh_auto(json_t *, gh_json_free) j = NULL;
	struct gh_replay quote = {0};
	const struct gh_subject *s;

	(void)state;
	need_vectors(DIR "/real");
	read_vector(&log, DIR, "real/dstack-lite-getquote.json");
	j = gh_json_parse(log.p, log.len, NULL);
	assert_true(gh_runtime_log_looks(j));
	quote_registers(&quote, "real/dstack-lite-v4.quote.bin");
	judge_one(&r, &log, false, &quote);
	if (strcmp(outcome(&r), "match") != 0 ||
	    verdict_of(&r, "tdx.eventlog.rtmr3") != GH_PASS) {
		print_open(&r);
		fail_msg("dstack: %s", outcome(&r));
	}
	s = gh_result_find(&r, "vm");
	assert_string_equal(gh_claim_get(s, "runtime.compose-hash"),
	    "86b0e55f2fa8e4fb69d890f14f54d5612707646e2573d54e0d2ddaaade77caa9");
	print_message("dstack log: RTMR0 to RTMR3 agree; %s\n",
	    step_of(&r, "tdx.eventlog.text")->observed);
}

static void test_synthetic_runtime_log_when_replayed_gives_rtmr3(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0}, alone = {0};
	gh_auto(json_t *, gh_json_free) j = NULL;
	struct gh_context ctx = {.at = 1};
	struct gh_replay quote = {0};
	const char *rtmr3;

	(void)state;
	need_vectors(DIR "/eventlog");
	read_vector(&log, DIR, "eventlog/synthetic/rtmr3-json.json");
	j = gh_json_parse(log.p, log.len, NULL);
	assert_true(gh_runtime_log_looks(j));
	rtmr3 = json_string_value(json_object_get(j, "rtmr3"));
	assert_int_equal(gh_unhex(quote.rtmr[3], 48, rtmr3, NULL), 0);
	judge_one(&r, &log, false, &quote);
	assert_int_equal(verdict_of(&r, "tdx.eventlog.rtmr3"), GH_PASS);
	assert_string_equal(
	    code_of(&r, "tdx.eventlog.parse"), "tdx.eventlog.parse.not-given");
	assert_int_equal(
	    gh_runtime_log_verify(&alone, "log", gh_buf_view(&log), &ctx, NULL), 0);
	assert_string_equal(gh_claim_get(gh_result_find(&alone, "log"), "rtmr3"), rtmr3);
	assert_string_equal(code_of(&alone, "runtime.bound"), "runtime.unbound");
}

/* Cut anywhere: refused, or a shorter log that is no longer the quote's. */
static void test_log_when_cut_anywhere_never_matches(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	struct gh_replay quote = {0};
	size_t refused = 0, shorter = 0;

	(void)state;
	need_vectors(DIR "/eventlog");
	read_vector(&log, DIR, "eventlog/synthetic/L01-good.bin");
	replay_of(&quote, &log);
	for (size_t len = 0; len < log.len; len++) {
		gh_auto(struct gh_buf, gh_buf_free) cut = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct gh_fields, gh_fields_free) fields = {0};

		gh_buf_add(&cut, log.p, len);
		judge_one(&r, &cut, true, &quote);
		assert_string_not_equal(outcome(&r), "match");
		refused += !strcmp(outcome(&r), "error");
		shorter += !strcmp(outcome(&r), "mismatch");
		assert_int_equal(gh_ccel_show(&fields, gh_buf_view(&cut), NULL), 0);
	}
	print_message("CCEL cut at %zu places: %zu refused, %zu at the end of an event "
		      "and no match\n",
	    log.len, refused, shorter);
	assert_int_equal(shorter, 13);
}

/* A flipped byte is refused, changes a register, or is text that is marked. What is left
 * are names that no digest covers. */
static void test_log_when_any_byte_flips_is_noticed(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) log = {0};
	struct gh_replay quote = {0};
	size_t n[4] = {0};

	(void)state;
	need_vectors(DIR "/eventlog");
	read_vector(&log, DIR, "eventlog/synthetic/L01-good.bin");
	replay_of(&quote, &log);
	for (size_t i = 0; i < log.len; i++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};
		const char *what;
		const struct gh_subject *s;

		log.p[i] ^= (unsigned char)(1u << (i % 8));
		judge_one(&r, &log, true, &quote);
		log.p[i] ^= (unsigned char)(1u << (i % 8));
		what = outcome(&r);
		n[!strcmp(what, "error")              ? 0
		    : !strcmp(what, "mismatch")       ? 1
		    : !strcmp(what, "match-but-flag") ? 2
						      : 3]++;
		s = gh_result_find(&r, "vm");
		if (*gh_claim_get(s, "secure_boot"))
			assert_string_equal(gh_claim_get(s, "secure_boot"), "off");
		if (*gh_claim_get(s, "kernel_cmdline"))
			assert_string_equal(gh_claim_get(s, "kernel_cmdline"),
			    "/vmlinuz root=/dev/vda1 ro console=hvc0");
	}
	print_message("CCEL with each of %zu bytes flipped: %zu refused, %zu another "
		      "register, %zu text flagged, %zu only what no digest covers; no "
		      "fact ever changed\n",
	    log.len, n[0], n[1], n[2], n[3]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_synthetic_when_all_cases_run_outcomes_agree),
	    cmocka_unit_test(test_real_pairs_when_judged_registers_agree),
	    cmocka_unit_test(test_real_pairs_when_they_differ_say_how),
	    cmocka_unit_test(test_several_logs_when_given_best_is_judged),
	    cmocka_unit_test(test_real_logs_when_alone_parse_and_stay_open),
	    cmocka_unit_test(test_acpi_table_when_given_says_where_the_log_is),
	    cmocka_unit_test(test_dstack_log_when_judged_all_registers_agree),
	    cmocka_unit_test(test_synthetic_runtime_log_when_replayed_gives_rtmr3),
	    cmocka_unit_test(test_log_when_cut_anywhere_never_matches),
	    cmocka_unit_test(test_log_when_any_byte_flips_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
