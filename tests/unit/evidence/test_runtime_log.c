/* SPDX-License-Identifier: Apache-2.0
 * JSON event logs: the forms they come in, the digest rule of runtime events, RTMR3. */
#include "ccel_made.h"
#include "evidence/ccel_diff.h"
#include "evidence/ccel_show.h"
#include "evidence/ccel_verify.h"
#include "evidence/runtime_log.h"

static json_t *new_event(int imr, const char *name, const char *payload)
{
	return json_pack("{s:i,s:i,s:s,s:s,s:s}", "imr", imr, "event_type", GH_EV_DSTACK,
	    "digest", "", "event", name, "event_payload", payload);
}

/* app-id, compose-hash twice, a name that is no key, one of another register. */
static json_t *make_list(void)
{
	json_t *l = json_array();

	json_array_append_new(l, new_event(3, "app-id", "0102"));
	json_array_append_new(l, new_event(3, "compose-hash", "aabb"));
	json_array_append_new(l, new_event(3, "compose-hash", "ccdd"));
	json_array_append_new(l, new_event(3, "a:b", "00"));
	json_array_append_new(l, new_event(3, "ready", ""));
	return l;
}

static void dump(struct gh_buf *out, const json_t *j)
{
	gh_buf_clear(out);
	gh_json_dump(out, j);
}

static void replay_json(struct gh_replay *out, const struct gh_buf *json)
{
	gh_auto(struct gh_runtime_log, gh_runtime_log_free) l;
	struct gh_err e = {0};

	if (gh_runtime_log_parse(&l, gh_buf_view(json), &e) ||
	    gh_ccel_replay(out, &l.events, &e))
		fail_msg("%s", e.what);
}

static void judge_json(
    struct gh_result *r, const struct gh_buf *json, const struct gh_replay *quote)
{
	struct gh_bytes raw = gh_buf_view(json);
	struct gh_context ctx = {.at = 1, .runtime_logs = {&raw, 1}};

	judge_logs(r, &ctx, quote, true);
}

static void test_log_when_in_each_form_is_the_same(void **state)
{
	gh_auto(json_t *, gh_json_free) list = make_list();
	gh_auto(json_t *, gh_json_free) object = json_pack("{s:O}", "event_log", list);
	gh_auto(struct gh_buf, gh_buf_free) plain = {0}, inside = {0}, string = {0};
	gh_auto(json_t *, gh_json_free) quoted = NULL;
	struct gh_replay a, b, c;

	(void)state;
	dump(&plain, list);
	dump(&inside, object);
	quoted = json_pack("{s:s,s:s}", "quote", "00", "event_log", gh_buf_cstr(&plain));
	dump(&string, quoted);
	assert_true(gh_runtime_log_looks(list));
	assert_true(gh_runtime_log_looks(object));
	assert_true(gh_runtime_log_looks(quoted));
	replay_json(&a, &plain);
	replay_json(&b, &inside);
	replay_json(&c, &string);
	assert_memory_equal(a.rtmr, b.rtmr, sizeof(a.rtmr));
	assert_memory_equal(a.rtmr, c.rtmr, sizeof(a.rtmr));
	assert_int_equal(a.n[3], 5);
}

static void test_looks_when_it_is_other_json_says_no(void **state)
{
	static const char *const others[] = {"{}", "[]", "[1]", "[{\"imr\":1}]",
	    "{\"event_log\":1}", "{\"event_log\":\"x\"}", "{\"event_log\":[]}", "\"[\""};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(others); i++) {
		gh_auto(json_t *, gh_json_free) j =
		    json_loads(others[i], JSON_DECODE_ANY, NULL);

		assert_non_null(j);
		assert_false(gh_runtime_log_looks(j));
	}
}

#define ZEROS                                                                            \
	"000000000000000000000000000000000000000000000000000000000000000000000000000000" \
	"000"                                                                            \
	"000000000000000"
#define E(imr, type, digest)                                                             \
	"[{\"imr\":" imr ",\"event_type\":" type ",\"digest\":\"" digest "\"}]"

static const struct {
	const char *json, *fault; /* NULL: accepted */
} texts[] = {
    {E("0", "4", ZEROS), NULL},
    {E("3", "4294967295", ZEROS), NULL},
    {"[{\"imr\":3,\"event_type\":134217729,\"digest\":\"\",\"event\":\"x\"}]", NULL},
    {"", "json"},
    {"[", "json"},
    {"{}", "shape"},
    {"[]", "shape"},
    {"7", "shape"},
    {"{\"event_log\":{}}", "shape"},
    {"{\"event_log\":\"[]\"}", "shape"},
    {"{\"event_log\":\"[\"}", "json"},
    {"{\"event_log\":\"\\\"[]\\\"\"}", "shape"},
    {"[1]", "event"},
    {"[{}]", "event"},
    {E("4", "4", ZEROS), "event"},
    {E("-1", "4", ZEROS), "event"},
    {E("\"1\"", "4", ZEROS), "event"},
    {E("1", "-1", ZEROS), "event"},
    {E("1", "4294967296", ZEROS), "event"},
    {E("1", "4.5", ZEROS), "event"},
    {E("1", "4", ""), "event"},
    {E("1", "134217729", ""), "event"}, /* nothing to compute it from */
    {E("1", "4", ZEROS "00"), "event"},
    {E("1", "4", "zz"), "event"},
    {"[{\"imr\":1,\"event_type\":4,\"digest\":\"zz" ZEROS "\"}]", "event"},
    {"[{\"imr\":1,\"event_type\":4,\"digest\":\"" ZEROS "\",\"event_payload\":\"abc\"}]",
	"event"},
    {"[{\"imr\":1,\"event_type\":4,\"digest\":\"" ZEROS "\",\"event_payload\":\"xy\"}]",
	"event"},
    {"[{\"imr\":1,\"event_type\":4,\"digest\":\"" ZEROS "\",\"event\":7}]", "event"},
};

static void test_log_when_one_member_is_wrong_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(texts); i++) {
		gh_auto(struct gh_runtime_log, gh_runtime_log_free) l;
		gh_auto(struct gh_fields, gh_fields_free) fields = {0};
		struct gh_err e = {0};
		int rc = gh_runtime_log_parse(&l, gh_text_of(texts[i].json), &e);

		assert_int_equal(
		    gh_runtime_log_show(&fields, gh_text_of(texts[i].json), NULL), 0);
		if (rc != (texts[i].fault ? -1 : 0))
			fail_msg("%s: %d %s", texts[i].json, rc, e.what);
		if (!rc)
			continue;
		assert_string_equal(fields.at[fields.n - 1].name, "error");
		assert_string_equal(l.fault, texts[i].fault);
		assert_true(*e.what);
	}
}

/* A digest of 96 characters that are not all hex. */
static void test_digest_when_not_hex_is_refused(void **state)
{
	char text[256], digest[97];
	struct gh_runtime_log l;

	(void)state;
	memset(digest, '0', 96);
	digest[96] = 0;
	digest[50] = 'g';
	snprintf(text, sizeof(text), "[{\"imr\":1,\"event_type\":4,\"digest\":\"%s\"}]",
	    digest);
	assert_int_equal(gh_runtime_log_parse(&l, gh_text_of(text), NULL), -1);
	gh_runtime_log_free(&l);
}

static void test_log_when_beyond_its_caps_is_refused(void **state)
{
	gh_auto(json_t *, gh_json_free) list = json_array();
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_auto(struct gh_runtime_log, gh_runtime_log_free) l, l2, l3;
	char name[GH_RUNTIME_NAME + 2];
	json_t *e;

	(void)state;
	for (size_t i = 0; i < GH_CCEL_EVENTS_MAX; i++)
		json_array_append_new(list, new_event(3, "x", ""));
	dump(&text, list);
	assert_int_equal(gh_runtime_log_parse(&l, gh_buf_view(&text), NULL), 0);
	assert_int_equal(l.events.n, GH_CCEL_EVENTS_MAX);
	json_array_append_new(list, new_event(3, "x", ""));
	dump(&text, list);
	assert_int_equal(gh_runtime_log_parse(&l2, gh_buf_view(&text), NULL), -1);
	assert_string_equal(l2.fault, "events");
	while (text.len <= GH_RUNTIME_LOG_MAX)
		gh_buf_chr(&text, ' ');
	assert_int_equal(gh_runtime_log_parse(&l3, gh_buf_view(&text), NULL), -1);
	assert_string_equal(l3.fault, "size");

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = 0;
	json_array_clear(list);
	e = new_event(3, name, "");
	json_array_append_new(list, e);
	dump(&text, list);
	gh_runtime_log_free(&l2);
	assert_int_equal(gh_runtime_log_parse(&l2, gh_buf_view(&text), NULL), -1);
	json_object_set_new(e, "event", json_string(name + 1));
	dump(&text, list);
	gh_runtime_log_free(&l2);
	assert_int_equal(gh_runtime_log_parse(&l2, gh_buf_view(&text), NULL), 0);
}

/* printf '\001\000\000\010:app-id:\001\002' | sha384sum */
#define KNOWN                                                                            \
	"aa89600f6438e7c3d46e86fb9a3600120c01fc21fcb855a9"                               \
	"28d26efab202750856302f2cb202822e6e6951ded19d1829"

static void test_digest_when_computed_equals_another_tools(void **state)
{
	gh_auto(json_t *, gh_json_free) list = make_list();
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_auto(struct gh_runtime_log, gh_runtime_log_free) l;
	char hex[97];

	(void)state;
	dump(&text, list);
	assert_int_equal(gh_runtime_log_parse(&l, gh_buf_view(&text), NULL), 0);
	gh_hex(hex, l.events.at[0].sha384, 48);
	assert_string_equal(hex, KNOWN);
}

static void test_facts_when_register_agrees_are_the_first_of_a_name(void **state)
{
	gh_auto(json_t *, gh_json_free) list = make_list();
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_auto(struct gh_result, gh_result_free) good = {0}, bad = {0};
	const struct gh_subject *s;
	struct gh_replay quote;

	(void)state;
	dump(&text, list);
	replay_json(&quote, &text);
	judge_json(&good, &text, &quote);
	s = gh_result_find(&good, "vm");
	assert_int_equal(verdict_of(&good, "tdx.eventlog.rtmr3"), GH_PASS);
	assert_string_equal(
	    step_of(&good, "tdx.eventlog.rtmr3")->parent, "tdx.signature");
	assert_string_equal(gh_claim_get(s, "runtime.app-id"), "0102");
	assert_string_equal(gh_claim_get(s, "runtime.compose-hash"), "aabb");
	assert_string_equal(gh_claim_get(s, "runtime.a:b"), "");
	assert_non_null(json_object_get(s->claims, "runtime.ready"));
	assert_int_equal(verdict_of(&good, "tdx.eventlog.text"), GH_PASS);
	quote.rtmr[3][0] ^= 1;
	judge_json(&bad, &text, &quote);
	assert_int_equal(verdict_of(&bad, "tdx.eventlog.rtmr3"), GH_FAIL);
	assert_string_equal(
	    gh_claim_get(gh_result_find(&bad, "vm"), "runtime.app-id"), "");
}

/* The digest stays, name or payload changes: the register agrees, the text does not. */
static void test_text_when_changed_is_flagged(void **state)
{
	static const char *const member[] = {"event", "event_payload"};
	static const char *const other[] = {"app_id", "0103"};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		gh_auto(json_t *, gh_json_free) list = json_array();
		gh_auto(struct gh_buf, gh_buf_free) text = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		json_t *e = new_event(3, "app-id", "0102");
		struct gh_replay quote;

		json_object_set_new(e, "digest", json_string(KNOWN));
		json_array_append_new(list, e);
		dump(&text, list);
		replay_json(&quote, &text);
		json_object_set_new(e, member[i], json_string(other[i]));
		dump(&text, list);
		judge_json(&r, &text, &quote);
		assert_int_equal(verdict_of(&r, "tdx.eventlog.rtmr3"), GH_PASS);
		assert_string_equal(
		    code_of(&r, "tdx.eventlog.text"), "tdx.eventlog.text.unproven");
		assert_says(step_of(&r, "tdx.eventlog.text")->observed,
		    "event 1 (dstack runtime event, RTMR3)");
		assert_null(
		    json_object_get(gh_result_find(&r, "vm")->claims, "runtime.app-id"));
		assert_null(
		    json_object_get(gh_result_find(&r, "vm")->claims, "runtime.app_id"));
	}
}

static void test_both_logs_when_given_each_judges_its_registers(void **state)
{
	gh_auto(json_t *, gh_json_free) list = make_list();
	gh_auto(struct gh_buf, gh_buf_free) text = {0}, ccel = {0};
	gh_auto(struct gh_result, gh_result_free) r = {0}, r2 = {0};
	struct gh_bytes raw[2];
	struct gh_context ctx = {.at = 1};
	struct gh_replay quote, run;

	(void)state;
	make_log(&ccel);
	put_event(&ccel, 2, GH_EV_ACTION, gh_text_of("a"), gh_text_of("b"));
	dump(&text, list);
	replay_of(&quote, &ccel);
	replay_json(&run, &text);
	memcpy(quote.rtmr[3], run.rtmr[3], 48);
	raw[0] = gh_buf_view(&ccel);
	raw[1] = gh_buf_view(&text);
	ctx.ccels = (struct gh_docs){&raw[0], 1};
	ctx.runtime_logs = (struct gh_docs){&raw[1], 1};
	judge_logs(&r, &ctx, &quote, true);
	for (size_t i = 0; i < 4; i++) {
		char step[32];

		snprintf(step, sizeof(step), "tdx.eventlog.rtmr%zu", i);
		assert_int_equal(verdict_of(&r, step), GH_PASS);
	}
	assert_string_not_equal(step_of(&r, "tdx.eventlog.rtmr3")->source,
	    step_of(&r, "tdx.eventlog.rtmr0")->source);
	assert_says(step_of(&r, "tdx.eventlog.text")->observed,
	    "14 proven, 2 name only, 1 contradicted");
	/* A runtime log that cannot be read fails its register, and only that. */
	raw[1].len--;
	judge_logs(&r2, &ctx, &quote, true);
	assert_string_equal(
	    code_of(&r2, "tdx.eventlog.rtmr3"), "tdx.eventlog.rtmr3.format");
	assert_int_equal(verdict_of(&r2, "tdx.eventlog.rtmr2"), GH_PASS);
}

static void test_log_when_alone_and_unreadable_fails(void **state)
{
	gh_auto(struct gh_result, gh_result_free) r = {0}, r2 = {0};
	gh_auto(struct gh_buf, gh_buf_free) junk = {0};
	struct gh_context ctx = {.at = 1};
	struct gh_replay quote = {0};

	(void)state;
	gh_buf_str(&junk, "[1]");
	judge_json(&r, &junk, &quote);
	assert_string_equal(
	    code_of(&r, "tdx.eventlog.parse"), "tdx.eventlog.parse.event");
	assert_int_equal(verdict_of(&r, "tdx.eventlog.rtmr3"), GH_SKIP);
	assert_int_equal(
	    gh_runtime_log_verify(&r2, "log", gh_buf_view(&junk), &ctx, NULL), 0);
	assert_string_equal(code_of(&r2, "runtime.parse"), "runtime.parse.event");
	assert_int_equal(gh_result_verdict(&r2), GH_FAIL);
}

static void test_log_when_shown_has_every_member(void **state)
{
	gh_auto(json_t *, gh_json_free) list = make_list();
	gh_auto(struct gh_buf, gh_buf_free) text = {0}, out = {0};
	gh_auto(struct gh_fields, gh_fields_free) fields = {0};

	(void)state;
	json_object_set_new(json_array_get(list, 0), "digest", json_string(KNOWN));
	dump(&text, list);
	assert_int_equal(gh_runtime_log_show(&fields, gh_buf_view(&text), NULL), 0);
	gh_fields_plain(&out, &fields);
	assert_says(gh_buf_cstr(&out), KNOWN);
	assert_says(gh_buf_cstr(&out), "computed: the log leaves it out");
	assert_says(gh_buf_cstr(&out), "compose-hash");
	assert_says(gh_buf_cstr(&out), "0x08000001, dstack runtime event");
	assert_says(gh_buf_cstr(&out), "proven: the digest is of the name and payload");
	assert_says(gh_buf_cstr(&out), "from 5 events");
}

static void test_logs_when_compared_with_a_ccel_line_up(void **state)
{
	gh_auto(json_t *, gh_json_free) list = make_list();
	gh_auto(struct gh_buf, gh_buf_free) json = {0}, ccel = {0}, out = {0};

	(void)state;
	dump(&json, list);
	make_log(&ccel);
	assert_int_equal(
	    gh_ccel_diff(&out, gh_buf_view(&json), gh_buf_view(&ccel), NULL), 0);
	assert_says(gh_buf_cstr(&out), "RTMR3: 5 events in A, 0 in B");
	assert_says(gh_buf_cstr(&out), "A has event 1 (dstack runtime event, RTMR3): "
				       "app-id = 0102 [proven]");
}

/* Cut or flipped anywhere, no other fact comes out. */
static void test_log_when_broken_anywhere_never_lies(void **state)
{
	gh_auto(json_t *, gh_json_free) list = make_list();
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_replay quote;
	size_t held = 0;

	(void)state;
	dump(&text, list);
	replay_json(&quote, &text);
	for (size_t i = 0; i < 2 * text.len; i++) {
		gh_auto(struct gh_buf, gh_buf_free) broken = {0};
		gh_auto(struct gh_result, gh_result_free) r = {0};
		gh_auto(struct gh_fields, gh_fields_free) fields = {0};
		const char *id;

		gh_buf_add(&broken, text.p, i < text.len ? i : text.len);
		if (i >= text.len)
			broken.p[i - text.len] ^= (unsigned char)(1u << (i % 8));
		judge_json(&r, &broken, &quote);
		if (i < text.len)
			assert_int_equal(gh_result_verdict(&r), GH_FAIL);
		held += verdict_of(&r, "tdx.eventlog.rtmr3") == GH_PASS;
		id = gh_claim_get(gh_result_find(&r, "vm"), "runtime.app-id");
		assert_true(!*id || !strcmp(id, "0102"));
		assert_int_equal(
		    gh_runtime_log_show(&fields, gh_buf_view(&broken), NULL), 0);
	}
	print_message("runtime log: %zu cuts and flips, %zu say the same (case of a hex "
		      "digit), none says another thing\n",
	    2 * text.len, held);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_log_when_in_each_form_is_the_same),
	    cmocka_unit_test(test_looks_when_it_is_other_json_says_no),
	    cmocka_unit_test(test_log_when_one_member_is_wrong_is_refused),
	    cmocka_unit_test(test_digest_when_not_hex_is_refused),
	    cmocka_unit_test(test_log_when_beyond_its_caps_is_refused),
	    cmocka_unit_test(test_digest_when_computed_equals_another_tools),
	    cmocka_unit_test(test_facts_when_register_agrees_are_the_first_of_a_name),
	    cmocka_unit_test(test_text_when_changed_is_flagged),
	    cmocka_unit_test(test_both_logs_when_given_each_judges_its_registers),
	    cmocka_unit_test(test_log_when_alone_and_unreadable_fails),
	    cmocka_unit_test(test_log_when_shown_has_every_member),
	    cmocka_unit_test(test_logs_when_compared_with_a_ccel_line_up),
	    cmocka_unit_test(test_log_when_broken_anywhere_never_lies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
