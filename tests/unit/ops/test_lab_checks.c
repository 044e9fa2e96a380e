/* SPDX-License-Identifier: Apache-2.0
 * The lab's BMCs before the real judges: what they alone decide passes on the healthy
 * trees, and `lab break HOST CHECK-ID` spoils that check and no other. */
#include <stdio.h>
#include <string.h>

#include "../tap.h"
#include "base/text.h"
#include "checks/checks.h"
#include "lab/bmc_served.h"
#include "lab/bmc_tree.h"

#define AT 1764374400 /* 2025-11-29 */

/* What a check needs besides the BMC; there it is looked at on the live lab. */
static const char *const want_more[] = {
    "host.id.bmc_match",         /* the host's own word */
    "host.fw.bios_corroborated", /* the same */
    "host.id.gpu_serials",       /* an enrolment */
    "host.gpu.erot_attest",      /* evidence of the roots of trust */
    "host.nvswitch.erot",
};

/* Checks that read the same thing as another: docs/lab.md. */
static const struct {
	const char *fault, *also;
} shared[] = {
    {"host.boot.spi", "host.bmc.syslockdown"},
    {"host.nvswitch.bios", "host.fw.hgx_bundle"},
};

static bool is_in(const char *s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!strcmp(s, list[i]))
			return true;
	return false;
}

static bool is_shared(const char *fault, const char *step)
{
	for (size_t i = 0; i < GH_COUNT(shared); i++)
		if (!strcmp(fault, shared[i].fault) && !strcmp(step, shared[i].also))
			return true;
	return false;
}

static void read_tree(struct gh_redfish_tree *out, const struct gh_lab_spec *spec,
    const struct gh_check_set *set)
{
	struct gh_bmc_tree_in in = {.spec = spec, .checks = set};
	struct gh_err err = {0};
	struct gh_bmc_served served = {.tree = gh_bmc_tree(&in, &err)};
	const char *path;
	json_t *body;

	if (!served.tree)
		fail_msg("%s", err.what);
	json_object_foreach(served.tree, path, body)
	{
		assert_int_equal(gh_redfish_tree_put(out, path, 200,
				     gh_bmc_served_get(&served, path, AT), NULL, &err),
		    0);
	}
	out->read_at = AT;
	gh_bmc_served_free(&served);
}

static void judge(struct gh_result *out, const struct gh_catalogue *c,
    const struct gh_lab_spec *spec, const struct gh_check_set *set)
{
	struct gh_redfish_tree tree = {0};
	char name[] = "gpu-x", product[64], plan[] = "per-gpu", user[] = "gatehouse";
	struct gh_host host = {.name = name,
	    .product = product,
	    .plan = plan,
	    .bmc_user = user,
	    .tee = spec->snp ? GH_TEE_SNP : GH_TEE_TDX,
	    .n_gpus = 8,
	    .n_switches = 4};
	struct gh_sources src = {.host = &host, .bmc = &tree, .host_key = "", .at = AT};
	struct gh_err err = {0};

	snprintf(product, sizeof(product), "%s", spec->product);
	read_tree(&tree, spec, set);
	if (gh_checks_run(out, c, &src, &err))
		fail_msg("%s", err.what);
	gh_redfish_tree_free(&tree);
}

static const struct gh_finding *finding(const struct gh_result *r, const char *step)
{
	for (size_t i = 0; i < r->findings.n; i++)
		if (!strcmp(r->findings.at[i].step, step))
			return &r->findings.at[i];
	return NULL;
}

/* The finding of a check that the BMC alone decides; NULL for another. */
static const struct gh_finding *of_bmc(
    const struct gh_result *r, const struct gh_catalogue *c, const char *id)
{
	const struct gh_check *check = gh_catalogue_get(c, id);

	if (!check || strcmp(check->channel, "bmc") || !gh_check_judged(check) ||
	    is_in(id, want_more, GH_COUNT(want_more)))
		return NULL;
	return finding(r, id);
}

static void test_healthy_when_judged_then_what_the_bmc_decides_passes(void **state)
{
	gh_auto(struct gh_catalogue *, gh_catalogue_free) c = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(gh_catalogue_load(&c, NULL), 0);
	for (size_t h = 0; h < GH_LAB_HOSTS; h++) {
		gh_auto(struct gh_result, gh_result_free) r = {0};

		judge(&r, c, &gh_lab_specs[h], NULL);
		for (size_t i = 0; i < gh_catalogue_count(c); i++) {
			const char *id = gh_catalogue_at(c, i)->id;
			const struct gh_finding *f = of_bmc(&r, c, id);

			if (!f)
				continue;
			n++;
			/* an enrolment is what these two wait for */
			if (f->verdict == GH_UNKNOWN && strstr(f->code, ".not_enrolled"))
				continue;
			if (f->verdict != GH_PASS && f->verdict != GH_SKIP)
				fail_msg("%s of %s: %s", id, gh_lab_specs[h].name,
				    f->observed);
		}
	}
	assert_true(n > 50);
}

static void compare(const struct gh_result *was, const struct gh_result *now,
    const char *fault, const struct gh_lab_spec *spec)
{
	for (size_t i = 0; i < was->findings.n; i++) {
		const struct gh_finding *a = &was->findings.at[i];
		const struct gh_finding *b = finding(now, a->step);

		assert_non_null(b);
		if (!strcmp(a->step, fault)) {
			if (b->verdict == a->verdict && a->severity != GH_SEV_INFO)
				fail_msg("%s does not spoil itself on %s: %s", fault,
				    spec->name, b->observed);
		} else if (b->verdict != a->verdict && !is_shared(fault, a->step)) {
			fail_msg("%s spoils %s of %s too: %s", fault, a->step, spec->name,
			    b->observed);
		}
	}
}

static void test_fault_when_of_one_check_then_that_and_no_other(void **state)
{
	gh_auto(struct gh_catalogue *, gh_catalogue_free) c = NULL;
	size_t n = 0;

	(void)state;
	assert_int_equal(gh_catalogue_load(&c, NULL), 0);
	for (size_t h = 0; h < GH_LAB_HOSTS; h += 3) {
		const struct gh_lab_spec *spec = &gh_lab_specs[h];
		gh_auto(struct gh_result, gh_result_free) was = {0};

		judge(&was, c, spec, NULL);
		for (size_t i = 0; i < gh_catalogue_count(c); i++) {
			const char *id = gh_catalogue_at(c, i)->id;
			gh_auto(struct gh_result, gh_result_free) now = {0};
			struct gh_check_set set = {0};

			if (!of_bmc(&was, c, id) || !gh_check_set_add(&set, id, spec))
				continue;
			judge(&now, c, spec, &set);
			compare(&was, &now, id, spec);
			n++;
		}
	}
	assert_true(n > 30);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_healthy_when_judged_then_what_the_bmc_decides_passes),
	    cmocka_unit_test(test_fault_when_of_one_check_then_that_and_no_other),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
