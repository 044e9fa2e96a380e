/* SPDX-License-Identifier: Apache-2.0
 * The item "tpm.quote" cut at every byte and changed in every bit: what is not the answer that
 * the TPM signed for this run never passes. */
#include "checks/tpm.h"
#include "host_text.h"

#define QUOTE "host.boot.tpm_quote"

static struct gh_catalogue *cat;
static struct text_host host;
static struct gh_enrolment enrolled;

static int load(void **state)
{
	(void)state;
	tdx_host(&host);
	enrol_healthy(&enrolled);
	return gh_catalogue_load(&cat, NULL);
}

static int unload(void **state)
{
	(void)state;
	text_host_free(&host);
	gh_enrolment_free(&enrolled);
	gh_catalogue_free(&cat);
	return 0;
}

static enum gh_verdict judge(const char *text)
{
	struct gh_probe p;
	enum gh_verdict v;

	probe_of(&p, &host);
	for (size_t i = 0; i < p.n; i++)
		if (!strcmp(p.item[i].id, "tpm.quote"))
			p.item[i].data = gh_text_of(text);
	v = judge_alone(cat, QUOTE, &p, &enrolled);
	gh_probe_free(&p);
	return v;
}

static bool same(const struct gh_buf *a, const struct gh_buf *b)
{
	return a->len == b->len && memcmp(a->p, b->p, a->len) == 0;
}

/* True when the text holds the three parts of `of`, however it is written. */
static bool holds(const char *text, const struct gh_tpm_answer *of)
{
	struct gh_tpm_answer a;
	bool all = gh_tpm_answer_parse(&a, gh_text_of(text), NULL) == 0 &&
		   same(&a.public, &of->public) && same(&a.quote, &of->quote) &&
		   same(&a.sig, &of->sig);

	gh_tpm_answer_free(&a);
	return all;
}

static void test_answer_when_cut_anywhere_then_passes_only_when_whole(void **state)
{
	const char *good = find_item(&host, "tpm.quote")->text;
	struct gh_tpm_answer whole;
	size_t passed = 0;

	(void)state;
	assert_int_equal(0, gh_tpm_answer_parse(&whole, gh_text_of(good), NULL));
	assert_int_equal(GH_PASS, judge(good));
	for (size_t n = 0; n < strlen(good); n++) {
		char *cut = strndup(good, n); /* its own, so that ASan sees its end */

		if (judge(cut) == GH_PASS) {
			passed++;
			assert_true(holds(cut, &whole));
		}
		free(cut);
	}
	/* what stands behind the signature is a certificate that nobody pinned */
	assert_true(passed > 0 && passed < 40);
	gh_tpm_answer_free(&whole);
}

static void test_answer_when_any_bit_flips_then_passes_only_unchanged(void **state)
{
	char *text = strdup(find_item(&host, "tpm.quote")->text);
	struct gh_tpm_answer whole;
	size_t failed = 0;

	(void)state;
	assert_int_equal(0, gh_tpm_answer_parse(&whole, gh_text_of(text), NULL));
	for (size_t bit = 0; bit < 8 * strlen(text); bit++) {
		char was = text[bit / 8];

		text[bit / 8] = (char)(was ^ 1 << bit % 8);
		if (!text[bit / 8])
			text[bit / 8] = '\x7f'; /* the text would end there: cut, above */
		if (judge(text) != GH_PASS)
			failed++;
		else if (!holds(text, &whole))
			fail_msg("passes with bit %zu of byte %zu", bit % 8, bit / 8);
		text[bit / 8] = was;
	}
	assert_true(failed > 6 * strlen(text));
	gh_tpm_answer_free(&whole);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_answer_when_cut_anywhere_then_passes_only_when_whole),
	    cmocka_unit_test(test_answer_when_any_bit_flips_then_passes_only_unchanged),
	};

	return cmocka_run_group_tests(tests, load, unload);
}
