/* SPDX-License-Identifier: Apache-2.0
 * Fuzzes policy files of hosts: what loads is told in words, linted, and judged on facts. */
#include <string.h>

#include "checks/policy_eval.h"
#include "checks/policy_lint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A host that says something of most types. */
static json_t *facts(void)
{
	return json_pack("{s:s, s:i, s:b, s:s, s:s, s:[s,s], s:s}", "id.product", "X",
	    "gpu.count", 8, "tdx.enabled", 1, "bios.version", "2.7a", "bios.date",
	    "2025-01-01", "gpu.vbios", "96.00.9F.00.01", "96.00.9F.00.02", "tdx.mrseam",
	    "00ff");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gh_host_policy *p = NULL;
	struct gh_err e = {0};

	/* a bare name: nothing that it extends is read from a disk */
	if (gh_host_policy_parse(&p, (struct gh_bytes){data, size}, "p", &e) != 0) {
		if (p || e.code != GH_E_CONFIG || strncmp(e.what, "p:", 2) != 0)
			__builtin_trap();
		return 0;
	}
	struct gh_facts f = {facts(), json_object()};
	struct gh_policy_view v = {&f, true, true, 1767225600};
	struct gh_buf words = {0};
	struct gh_findings fs = {0};

	for (size_t i = 0; i < p->n_rules; i++) {
		struct gh_finding *one = gh_findings_add(&fs, "h", p->rule[i].id);

		gh_rule_judge(one, p, &p->rule[i], &v);
		gh_rule_words(&words, &p->rule[i]);
		/* a missing fact never passes */
		if (one->verdict == GH_PASS &&
		    strcmp(one->observed, "nobody says it") == 0 &&
		    strcmp(p->rule[i].ask.op->name, "absent") != 0)
			__builtin_trap();
	}
	for (size_t i = 0; i < p->n_changes; i++)
		gh_change_words(&words, &p->change[i]);
	for (size_t i = 0; i < p->n_tests; i++)
		(void)!gh_policy_run_test(p, &p->test[i], v.at, &words, NULL);
	(void)gh_policy_lint(p, &words);
	gh_findings_free(&fs);
	gh_buf_free(&words);
	gh_facts_free(&f);
	gh_host_policy_free(&p);
	return 0;
}
