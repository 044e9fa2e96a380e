/* SPDX-License-Identifier: Apache-2.0
 * A VCEK by itself: the right one, another one, a forged one, a broken one; and AMD's own. */
#include "evidence/snp_vek.h"
#include "vcek_made.h"

static struct vcek_ca own, foreign; /* made once: RSA keys are slow to make */
static struct gh_trust trust;
static struct gh_snp_vcek_ask asked = {
    .product = GH_SNP_GENOA, .tcb = {0, 10, 0, 25, 200}};

static int make_world(void **state)
{
	(void)state;
	make_vcek_ca(&own);
	make_vcek_ca(&foreign);
	trust_ark(&trust, &own);
	memset(asked.chip_id, 0xC1, 64);
	return 0;
}

static int drop_world(void **state)
{
	(void)state;
	free_vcek_ca(&own);
	free_vcek_ca(&foreign);
	return 0;
}

static void verify(struct gh_snp_vcek *out, const struct gh_certs *cs, int64_t at)
{
	const struct gh_context ctx = {.at = at, .trust = &trust};

	assert_int_equal(gh_snp_vcek_verify(out, &asked, cs, &ctx, NULL), 0);
	assert_int_equal(out->proven, !*out->fault);
}

/* A VCEK of that chip and TCB by that house, with the house's CA certificates. */
static void bundle(struct gh_certs *cs, const struct vcek_ca *ca, const char *cn,
    const struct gh_snp_vcek_ask *of)
{
	gh_auto(struct made, free_made) leaf = {0};

	make_vcek(&leaf, ca, cn, of);
	add_made(cs, &ca->ark);
	add_made(cs, &leaf);
	add_made(cs, &ca->ask);
}

static void test_vcek_when_of_chip_and_tcb_then_proven_and_its_chain_is_kept(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0}, again = {0};
	gh_auto(struct gh_snp_vcek, gh_snp_vcek_free) v = {0}, w = {0};

	(void)state;
	bundle(&cs, &own, "SEV-VCEK", &asked);
	verify(&v, &cs, PKI_AT);
	assert_true(v.proven);
	assert_false(v.lab);
	assert_non_null(strstr(v.what, "Genoa"));
	/* what it kept proves the same by itself, leaf first */
	assert_int_equal(gh_certs_from_pem(&again, v.pem.p, v.pem.len, 8, NULL), 0);
	assert_int_equal(again.n, 3);
	assert_string_equal(gh_cert_cn(again.at[0]), "SEV-VCEK");
	assert_string_equal(gh_cert_cn(again.at[2]), "ARK-Genoa");
	verify(&w, &again, PKI_AT);
	assert_true(w.proven);
}

static void expect(const char *fault, const char *words, const struct vcek_ca *ca,
    const char *cn, const struct gh_snp_vcek_ask *of, int64_t at)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_snp_vcek, gh_snp_vcek_free) v = {0};

	bundle(&cs, ca, cn, of);
	verify(&v, &cs, at);
	assert_false(v.proven);
	assert_string_equal(v.fault, fault);
	if (!strstr(v.what, words))
		fail_msg("%s: %s", fault, v.what);
}

static void test_vcek_when_not_the_one_then_says_what_it_is(void **state)
{
	struct gh_snp_vcek_ask other = asked;

	(void)state;
	other.chip_id[63] ^= 1;
	expect("chip", "c1c1c1c1c1c1c1c1", &own, "SEV-VCEK", &other, PKI_AT);
	other = asked;
	other.tcb.microcode = 201;
	expect("tcb", "microcode 201", &own, "SEV-VCEK", &other, PKI_AT);
	other.tcb = (struct gh_snp_tcb){0, 10, 0, 26, 200};
	expect("tcb", "SNP 26", &own, "SEV-VCEK", &other, PKI_AT);
	expect("absent", "no VCEK", &own, "SEV-VLEK", &asked, PKI_AT);
}

static void test_vcek_when_chain_is_no_good_then_says_where(void **state)
{
	(void)state;
	expect("chain", "AMD root key", &foreign, "SEV-VCEK", &asked, PKI_AT);
	expect("chain", "expired", &own, "SEV-VCEK", &asked, PKI_AT + 2 * 86400);
	expect("chain", "not valid before", &own, "SEV-VCEK", &asked, PKI_AT - 2 * 86400);
	expect("chain", "CN", &own, "SEV-VCEK ", &asked, PKI_AT);
}

static void test_vcek_when_only_the_leaf_then_amds_own_chain_did_not_sign_it(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_snp_vcek, gh_snp_vcek_free) v = {0};
	gh_auto(struct made, free_made) leaf = {0};

	(void)state;
	make_vcek(&leaf, &own, "SEV-VCEK", &asked);
	add_made(&cs, &leaf);
	verify(&v, &cs, PKI_AT);
	assert_string_equal(v.fault, "chain");
}

static void test_vcek_when_the_root_is_a_labs_then_only_where_that_is_allowed(
    void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_trust lab = trust;
	struct gh_context ctx = {.at = PKI_AT, .trust = &lab};

	(void)state;
	lab.at[0].lab = true;
	bundle(&cs, &own, "SEV-VCEK", &asked);
	for (int allow = 0; allow < 2; allow++) {
		gh_auto(struct gh_snp_vcek, gh_snp_vcek_free) v = {0};

		ctx.allow_lab = allow;
		assert_int_equal(gh_snp_vcek_verify(&v, &asked, &cs, &ctx, NULL), 0);
		assert_int_equal(v.proven, allow);
		assert_int_equal(v.lab, allow);
	}
}

/* Every bit of the certificate is under the signature, or is the signature. */
static void test_vcek_when_any_byte_is_cut_or_changed_then_never_proven(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) der = {0};
	gh_auto(struct made, free_made) leaf = {0};

	(void)state;
	make_vcek(&leaf, &own, "SEV-VCEK", &asked);
	der_of(&der, &leaf);
	for (size_t i = 0; i < 2 * der.len; i++) {
		gh_auto(struct gh_certs, gh_certs_free) cs = {0};
		gh_auto(struct gh_snp_vcek, gh_snp_vcek_free) v = {0};
		bool cut = i >= der.len;
		size_t at = i % der.len;
		struct gh_cert *c = NULL;

		if (!cut)
			der.p[at] ^= 0x41;
		if (!gh_cert_from_der(&c, der.p, cut ? at : der.len, NULL)) {
			assert_false(cut);
			assert_int_equal(gh_certs_add(&cs, c, NULL), 0);
			add_made(&cs, &own.ask);
			add_made(&cs, &own.ark);
			verify(&v, &cs, PKI_AT);
			assert_false(v.proven);
		}
		if (!cut)
			der.p[at] ^= 0x41;
	}
}

static void test_vcek_when_turin_then_eight_bytes_and_then_zeros(void **state)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	struct gh_snp_vcek_ask ask = {.product = GH_SNP_TURIN};
	struct gh_bytes hwid;

	(void)state;
	need_vectors("snp");
	add_der(&cs, "snp", "real/turin-vcek-only-virtee.vek.der");
	assert_int_equal(gh_snp_vek_hwid(cs.at[0], GH_SNP_TURIN, &hwid, NULL), 0);
	assert_int_equal(gh_snp_vek_tcb(cs.at[0], GH_SNP_TURIN, &ask.tcb, NULL), 0);
	memcpy(ask.chip_id, hwid.p, hwid.len);
	assert_true(gh_snp_vcek_fits(cs.at[0], &ask));
	ask.chip_id[63] = 1;
	assert_false(gh_snp_vcek_fits(cs.at[0], &ask));
}

/* ---- AMD's own ---- */

/* What a certificate says it is, is asked for. */
static bool ask_itself(struct gh_snp_vcek_ask *ask, const struct gh_cert *c)
{
	char name[GH_SNP_PRODUCT_TEXT];
	struct gh_bytes hwid;

	if (gh_snp_vek_is_vlek(c) || gh_snp_vek_product(c, name, NULL))
		return false;
	*ask = (struct gh_snp_vcek_ask){.product = gh_snp_product_of(name)};
	if (gh_snp_vek_hwid(c, ask->product, &hwid, NULL) || !hwid.p ||
	    gh_snp_vek_tcb(c, ask->product, &ask->tcb, NULL))
		return false;
	memcpy(ask->chip_id, hwid.p, hwid.len);
	return true;
}

static void judge_vector(const char *name, unsigned int *proven, unsigned int *refused)
{
	gh_auto(struct gh_certs, gh_certs_free) cs = {0};
	gh_auto(struct gh_snp_vcek, gh_snp_vcek_free) v = {0};
	struct gh_trust amd = {0};
	struct gh_snp_vcek_ask ask;
	struct gh_context ctx = {.trust = &amd};
	bool bad = strstr(name, "badsig") || strstr(name, "tampered");

	assert_int_equal(gh_trust_builtin(&amd, NULL), 0);
	add_der(&cs, "snp", name);
	if (!ask_itself(&ask, cs.at[0]))
		return;
	ctx.at = gh_cert_not_before(cs.at[0]) + 86400;
	assert_int_equal(gh_snp_vcek_verify(&v, &ask, &cs, &ctx, NULL), 0);
	if (v.proven == bad)
		fail_msg("%s: %s %s", name, v.fault, v.what);
	*(bad ? refused : proven) += 1;
}

static void test_vectors_when_real_then_proven_under_amds_pinned_roots(void **state)
{
	unsigned int proven = 0, refused = 0;
	json_t *f;
	size_t i;

	(void)state;
	need_vectors("snp");
	gh_auto(json_t *, gh_json_free) m = read_json("snp", "MANIFEST.json");
	json_array_foreach(json_object_get(m, "files"), i, f)
	{
		const char *name = gh_json_text(f, "name");

		if (strstr(name, ".vek.der"))
			judge_vector(name, &proven, &refused);
	}
	print_message(
	    "%u genuine VCEKs proven, %u damaged ones refused\n", proven, refused);
	assert_true(proven >= 15 && refused >= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_vcek_when_of_chip_and_tcb_then_proven_and_its_chain_is_kept),
	    cmocka_unit_test(test_vcek_when_not_the_one_then_says_what_it_is),
	    cmocka_unit_test(test_vcek_when_chain_is_no_good_then_says_where),
	    cmocka_unit_test(
		test_vcek_when_only_the_leaf_then_amds_own_chain_did_not_sign_it),
	    cmocka_unit_test(
		test_vcek_when_the_root_is_a_labs_then_only_where_that_is_allowed),
	    cmocka_unit_test(test_vcek_when_any_byte_is_cut_or_changed_then_never_proven),
	    cmocka_unit_test(test_vcek_when_turin_then_eight_bytes_and_then_zeros),
	    cmocka_unit_test(test_vectors_when_real_then_proven_under_amds_pinned_roots),
	};

	return cmocka_run_group_tests(tests, make_world, drop_world);
}
