/* SPDX-License-Identifier: Apache-2.0
 * The catalogue that is compiled in: whole, worded, and in step with the judges. */
#include "base/file.h"
#include "host_text.h"

static struct gh_catalogue *cat;

static int load(void **state)
{
	(void)state;
	return gh_catalogue_load(&cat, NULL);
}

static int unload(void **state)
{
	(void)state;
	gh_catalogue_free(&cat);
	gh_catalogue_free(&cat);
	return 0;
}

static void test_catalogue_when_loaded_then_209_checks_in_17_groups(void **state)
{
	unsigned int groups = 0;
	const char *last = "";
	(void)state;
	assert_int_equal(209, gh_catalogue_count(cat));
	for (size_t i = 0; i < gh_catalogue_count(cat); i++) {
		const struct gh_check *c = gh_catalogue_at(cat, i);
		groups += strcmp(c->group, last) != 0;
		last = c->group;
	}
	assert_int_equal(17, groups);
	assert_null(gh_catalogue_at(cat, 209));
	assert_null(gh_catalogue_get(cat, "host.nothing"));
}

static void test_catalogue_when_read_then_every_entry_has_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < gh_catalogue_count(cat); i++) {
		const struct gh_check *c = gh_catalogue_at(cat, i);
		assert_ptr_equal(c, gh_catalogue_get(cat, c->id));
		assert_true(c->title[0] && c->expect[0] && c->why[0] && c->remedy[0]);
		assert_true(c->group[0] == 'G' && c->group[3] == ' ');
		assert_true(!strcmp(c->platform, "all") || !strcmp(c->platform, "tdx") ||
			    !strcmp(c->platform, "snp"));
		assert_true(!strcmp(c->channel, "ssh") || !strcmp(c->channel, "bmc") ||
			    !strcmp(c->channel, "ctl"));
		/* a sentence, not a fragment: it ends like one */
		assert_int_equal('.', c->why[strlen(c->why) - 1]);
	}
}

static void test_catalogue_when_counted_then_enough_checks_have_a_judge(void **state)
{
	unsigned int tdx = 0, snp = 0, either = 0;
	(void)state;
	for (size_t i = 0; i < gh_catalogue_count(cat); i++) {
		const struct gh_check *c = gh_catalogue_at(cat, i);
		bool t = gh_check_applies(c, GH_TEE_TDX),
		     s = gh_check_applies(c, GH_TEE_SNP);
		tdx += t;
		snp += s;
		either += t || s;
	}
	print_message("judged: %u in all, %u on TDX, %u on SNP\n", either, tdx, snp);
	assert_true(either >= 110 && tdx >= 100 && snp >= 90);
}

static void test_applies_when_other_tee_then_no(void **state)
{
	const struct gh_check *tdx = gh_catalogue_get(cat, "host.tdx.msr_tme");
	const struct gh_check *snp = gh_catalogue_get(cat, "host.snp.init");
	const struct gh_check *fleet = gh_catalogue_get(cat, "fleet.drift");
	(void)state;
	assert_true(gh_check_applies(tdx, GH_TEE_TDX));
	assert_false(gh_check_applies(tdx, GH_TEE_SNP));
	assert_true(gh_check_applies(snp, GH_TEE_SNP));
	assert_false(gh_check_applies(snp, GH_TEE_TDX));
	assert_false(gh_check_applies(fleet, GH_TEE_TDX));
}

/* Ids, severities and platforms are those of the specification's own list. */
static void test_catalogue_when_compared_with_the_vector_then_the_same_checks(
    void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char path[512];
	(void)state;
	snprintf(path, sizeof(path), "%s/host/check-catalogue.json", vectors_dir());
	if (gh_file_read(&b, path, 1 << 20, NULL)) {
		print_message("no vectors at %s: skipped\n", path);
		skip();
	}
	gh_auto(json_t *, gh_json_free) root = gh_json_parse(b.p, b.len, NULL);
	json_t *list = json_object_get(root, "checks");
	assert_int_equal(gh_catalogue_count(cat), json_array_size(list));
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		const struct gh_check *c = gh_catalogue_at(cat, i);
		const char *platform = json_string_value(json_object_get(o, "platform"));
		assert_string_equal(json_string_value(json_object_get(o, "id")), c->id);
		assert_string_equal(json_string_value(json_object_get(o, "severity")),
		    gh_severity_word(c->severity));
		assert_non_null(strstr(platform, c->platform));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_catalogue_when_loaded_then_209_checks_in_17_groups),
	    cmocka_unit_test(test_catalogue_when_read_then_every_entry_has_words),
	    cmocka_unit_test(test_catalogue_when_counted_then_enough_checks_have_a_judge),
	    cmocka_unit_test(test_applies_when_other_tee_then_no),
	    cmocka_unit_test(
		test_catalogue_when_compared_with_the_vector_then_the_same_checks),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
