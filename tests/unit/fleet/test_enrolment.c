/* SPDX-License-Identifier: Apache-2.0
 * An enrolment's document: made from facts, refused when it has not its form, compared. */
#include <stdio.h>

#include "fleet/enrolment.h"
#include "tests/unit/tap.h"

static json_t *json(const char *text)
{
	struct gh_err err = {0};
	json_t *j = gh_json_parse(text, strlen(text), &err);

	if (!j)
		fail_msg("%s: %s", text, err.what);
	return j;
}

static const struct gh_enrolling of = {.host = "gpu-a", .by = "ann@desk", .at = 1000};

static const char facts_text[] =
    "{\"id.serial\":\"S1\",\"gpu.count\":8,\"secureboot.enabled\":true,"
    "\"id.gpu_serials\":[\"a\",\"b\"]}";

static void make(struct gh_enrolment *p, const char *text)
{
	gh_auto(json_t *, gh_json_free) facts = json(text);
	struct gh_err err = {0};

	*p = (struct gh_enrolment){0};
	if (gh_enrolment_make(p, &of, facts, &err))
		fail_msg("%s", err.what);
}

static void test_enrolment_when_made_then_read_back(void **state)
{
	gh_auto(struct gh_enrolment, gh_enrolment_free) p = {0}, again = {0}, none = {0};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	(void)state;
	make(&p, facts_text);
	assert_true(gh_enrolment_any(&p));
	assert_string_equal(gh_enrolment_text(&p, "id.serial"), "S1");
	assert_string_equal(gh_enrolment_text(&p, "gpu.count"), "");
	assert_int_equal(json_integer_value(gh_enrolment_get(&p, "gpu.count")), 8);
	assert_null(gh_enrolment_get(&p, "id.uuid"));
	assert_string_equal(gh_enrolment_by(&p), "ann@desk");
	assert_int_equal(gh_enrolment_at(&p), 1000);
	gh_json_dump(&text, p.doc);
	assert_int_equal(
	    gh_enrolment_parse(&again, gh_buf_cstr(&text), text.len, NULL), 0);
	assert_true(json_equal(p.doc, again.doc));
	assert_false(gh_enrolment_any(&none));
	assert_false(gh_enrolment_any(NULL));
	assert_null(gh_enrolment_get(&none, "id.serial"));
	assert_null(gh_enrolment_get(NULL, "id.serial"));
	assert_string_equal(gh_enrolment_by(&none), "");
	assert_int_equal(gh_enrolment_at(NULL), 0);
}

/* The facts of a document are its own: later changes of the source change nothing. */
static void test_enrolment_when_source_changes_then_it_does_not(void **state)
{
	gh_auto(struct gh_enrolment, gh_enrolment_free) p = {0};
	gh_auto(json_t *, gh_json_free) facts = json("{\"id.gpu_serials\":[\"a\"]}");

	(void)state;
	assert_int_equal(gh_enrolment_make(&p, &of, facts, NULL), 0);
	json_array_append_new(json_object_get(facts, "id.gpu_serials"), json_string("b"));
	assert_int_equal(json_array_size(gh_enrolment_get(&p, "id.gpu_serials")), 1);
}

#define DOC(facts)                                                                       \
	"{\"format\":\"gatehouse-enrolment/1\",\"host\":\"a\",\"at\":1,\"by\":\"b\","    \
	"\"facts\":" facts "}"

static void test_document_when_malformed_then_refused(void **state)
{
	static const struct {
		const char *text, *says;
	} bad[] = {
	    {"[]", ""},
	    {"{}", "format"},
	    {"{\"format\":\"gatehouse-enrolment/2\",\"facts\":{}}", "need gatehouse"},
	    {"{\"format\":\"gatehouse-enrolment/1\",\"facts\":{}}", "host"},
	    {"{\"format\":\"gatehouse-enrolment/1\",\"host\":\"a\",\"facts\":{}}", "by"},
	    {"{\"format\":\"gatehouse-enrolment/1\",\"host\":\"a\",\"by\":\"b\","
	     "\"facts\":{}}",
		"at"},
	    {DOC("[]"), "facts"},
	    {DOC("{\"a\":null}"), "a is no text"},
	    {DOC("{\"a\":1.5}"), "a is no text"},
	    {DOC("{\"a\":{}}"), "a is no text"},
	    {DOC("{\"a\":[1]}"), "a is no text"},
	    {DOC("{\"a\":[\"b\",\"a\"]}"), "a is no text"},
	    {DOC("{\"a\":[\"a\",\"a\"]}"), "a is no text"},
	    {DOC("{\"a\":[[\"a\"]]}"), "a is no text"},
	    {DOC("{\"\":1}"), "no name"},
	    {DOC("{\"A b\":1}"), "no name"},
	    {DOC("{\"a\\u001b[2J\":1}"), "no name"},
	    {DOC("{}") "x", ""},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		struct gh_enrolment p = {0};
		struct gh_err err = {0};

		assert_int_equal(
		    gh_enrolment_parse(&p, bad[i].text, strlen(bad[i].text), &err), -1);
		if (!strstr(err.what, bad[i].says))
			fail_msg("%s: %s", bad[i].text, err.what);
		assert_null(strchr(err.what, '\x1b'));
		assert_null(p.doc);
	}
}

static void test_document_when_too_large_then_refused(void **state)
{
	gh_auto(json_t *, gh_json_free) facts = json_object();
	gh_auto(json_t *, gh_json_free) set = json_array();
	gh_auto(struct gh_enrolment, gh_enrolment_free) p = {0};
	char text[GH_ENROLMENT_TEXT_MAX + 2], name[16];
	struct gh_err err = {0};

	(void)state;
	memset(text, 'x', sizeof(text));
	text[GH_ENROLMENT_TEXT_MAX] = '\0';
	json_object_set_new(facts, "a", json_string(text));
	assert_int_equal(gh_enrolment_make(&p, &of, facts, NULL), 0);
	gh_enrolment_free(&p);
	text[GH_ENROLMENT_TEXT_MAX] = 'x';
	text[GH_ENROLMENT_TEXT_MAX + 1] = '\0';
	json_object_set_new(facts, "a", json_string(text));
	assert_int_equal(gh_enrolment_make(&p, &of, facts, &err), -1);
	json_object_clear(facts);
	for (int i = 0; i <= GH_ENROLMENT_SET_MAX; i++) {
		snprintf(name, sizeof(name), "%05d", i);
		json_array_append_new(set, json_string(name));
	}
	json_object_set(facts, "a", set);
	assert_int_equal(gh_enrolment_make(&p, &of, facts, &err), -1);
	json_object_clear(facts);
	for (int i = 0; i <= GH_ENROLMENT_FACTS_MAX; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		json_object_set_new(facts, name, json_integer(i));
	}
	assert_int_equal(gh_enrolment_make(&p, &of, facts, &err), -1);
	assert_non_null(strstr(err.what, "more than 512"));
	assert_int_equal(gh_enrolment_parse(&p, text, GH_ENROLMENT_MAX + 1, &err), -1);
}

static void test_compare_when_facts_differ_then_each_has_its_state(void **state)
{
	gh_auto(struct gh_enrolment, gh_enrolment_free) p = {0};
	gh_auto(struct gh_fact_pins, gh_fact_pins_free) pins = {0};
	gh_auto(json_t *, gh_json_free) now =
	    json("{\"id.serial\":\"S2\",\"id.gpu_serials\":[\"a\",\"b\"],"
		 "\"gpu.count\":8,\"id.uuid\":\"u\"}");
	static const struct {
		const char *fact;
		enum gh_pin_state state;
	} want[] = {
	    {"gpu.count", GH_PIN_SAME},
	    {"id.gpu_serials", GH_PIN_SAME},
	    {"id.serial", GH_PIN_DIFFERS},
	    {"id.uuid", GH_PIN_NEW},
	    {"secureboot.enabled", GH_PIN_UNREAD},
	};

	(void)state;
	make(&p, facts_text);
	assert_int_equal(gh_enrolment_compare(&pins, &p, now, NULL), 0);
	assert_int_equal(pins.n, GH_COUNT(want));
	for (size_t i = 0; i < GH_COUNT(want); i++) {
		assert_string_equal(pins.at[i].fact, want[i].fact);
		assert_int_equal(pins.at[i].state, want[i].state);
	}
	assert_int_equal(pins.count[GH_PIN_SAME], 2);
	assert_int_equal(pins.count[GH_PIN_DIFFERS], 1);
	assert_string_equal(json_string_value(pins.at[2].pinned), "S1");
	assert_string_equal(json_string_value(pins.at[2].now), "S2");
}

static void test_compare_when_never_enrolled_then_all_is_new(void **state)
{
	struct gh_enrolment none = {0};
	gh_auto(struct gh_fact_pins, gh_fact_pins_free) pins = {0};
	gh_auto(struct gh_fact_pins, gh_fact_pins_free) nothing = {0};
	gh_auto(json_t *, gh_json_free) now = json(facts_text);

	(void)state;
	assert_int_equal(gh_enrolment_compare(&pins, &none, now, NULL), 0);
	assert_int_equal(pins.count[GH_PIN_NEW], 4);
	assert_int_equal(gh_enrolment_compare(&nothing, &none, NULL, NULL), 0);
	assert_int_equal(nothing.n, 0);
}

/* One byte, one type, one member more: never the same. */
static void test_compare_when_almost_equal_then_differs(void **state)
{
	static const char *const now[] = {"{\"a\":\"8\"}", "{\"a\":[\"x\"]}",
	    "{\"a\":[\"x\",\"y\",\"z\"]}", "{\"a\":true}", "{\"a\":9}"};
	gh_auto(struct gh_enrolment, gh_enrolment_free) number = {0}, set = {0};

	(void)state;
	make(&number, "{\"a\":8}");
	make(&set, "{\"a\":[\"x\",\"y\"]}");
	for (size_t i = 0; i < GH_COUNT(now); i++) {
		gh_auto(json_t *, gh_json_free) j = json(now[i]);
		gh_auto(struct gh_fact_pins, gh_fact_pins_free) one = {0}, two = {0};

		assert_int_equal(gh_enrolment_compare(&one, &number, j, NULL), 0);
		assert_int_equal(one.at[0].state, GH_PIN_DIFFERS);
		assert_int_equal(gh_enrolment_compare(&two, &set, j, NULL), 0);
		assert_int_equal(two.at[0].state, GH_PIN_DIFFERS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_enrolment_when_made_then_read_back),
	    cmocka_unit_test(test_enrolment_when_source_changes_then_it_does_not),
	    cmocka_unit_test(test_document_when_malformed_then_refused),
	    cmocka_unit_test(test_document_when_too_large_then_refused),
	    cmocka_unit_test(test_compare_when_facts_differ_then_each_has_its_state),
	    cmocka_unit_test(test_compare_when_never_enrolled_then_all_is_new),
	    cmocka_unit_test(test_compare_when_almost_equal_then_differs),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
