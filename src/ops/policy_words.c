/* SPDX-License-Identifier: Apache-2.0
 * Policies to and from words. */
#include "ops/policy_words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "firmware/version.h"

/* ---- bounds ------------------------------------------------------------------------------- */

static void put_list(json_t *o, const char *name, const json_t *list)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	if (list)
		gh_fact_text(&b, list);
	gh_json_set_str(o, name, gh_buf_cstr(&b));
}

static void put_number(json_t *o, const char *name, int64_t n, int64_t unsaid)
{
	char text[32] = "";

	if (n != unsaid)
		snprintf(text, sizeof(text), "%lld", (long long)n);
	json_object_set_new(o, name, json_string(text));
}

json_t *gh_policy_applies_json(const struct gh_host_policy *p)
{
	json_t *o = json_object();

	put_list(o, "model", p->applies.model);
	put_list(o, "tee", p->applies.tee);
	put_number(o, "gpus", p->applies.gpus, -1);
	put_number(o, "switches", p->applies.switches, -1);
	return o;
}

json_t *gh_policy_bounds_json(const struct gh_host_policy *p)
{
	json_t *o = json_object();

	put_number(o, "windows.report_ttl_s", p->windows.report_ttl_s, 0);
	put_number(o, "windows.reattest_s", p->windows.reattest_s, 0);
	put_number(o, "windows.evidence_max_age_s", p->windows.evidence_max_age_s, 0);
	put_number(o, "windows.clock_skew_s", p->windows.clock_skew_s, 0);
	put_number(o, "windows.ocsp_max_age_s", p->windows.ocsp_max_age_s, 0);
	put_number(o, "windows.tcb_grace_days", p->windows.tcb_grace_days, 0);
	json_object_set_new(o, "delivery.ack", json_string(p->ack));
	json_object_set_new(o, "delivery.override", json_string(p->override));
	json_object_set_new(o, "physical", json_string(p->physical));
	json_object_set_new(o, "matrix.require", json_string(p->matrix_require));
	json_object_set_new(o, "matrix.file_sha256", json_string(p->matrix_sha256));
	return o;
}

/* ---- golden values ------------------------------------------------------------------------ */

/* Facts that a good host shall keep at any price; the others only warn. */
static bool blocks(const char *name)
{
	static const char *const word[] = {"secureboot.enabled", "secureboot.setup_mode",
	    "kernel.lockdown", "cpu.debug_locked", "cpu.production", "cpu.microcode",
	    "sgx.debug", "psp.debug_locked", "psp.fused", "tdx.enabled",
	    "tdx.initialized", "tdx.module", "snp.enabled", "snp.firmware", "snp.iommu",
	    "tme.enabled", "sme.enabled", "bios.version", "gpu.count", "gpu.models",
	    "gpu.driver", "gpu.vbios", "gpu.mode", "switch.count",
	    "iommu.unsafe_interrupts", "mem.swap_encrypted", "users.uid0"};

	for (size_t i = 0; i < GH_COUNT(word); i++)
		if (strcmp(word[i], name) == 0)
			return true;
	return false;
}

/* The same on every good host of the kind: not a serial number, not a reading of today. */
static bool golden(const struct gh_fact_def *d)
{
	return (d->use & GH_FACT_DRIFT) && !(d->use & GH_FACT_UNIQUE);
}

/* A version that its scheme takes is a floor; one that it does not is a value. */
static const char *op_for(const struct gh_fact_def *d, const json_t *v)
{
	if (d->type == GH_FACT_SET)
		return "set_eq";
	if (d->type == GH_FACT_VERSION &&
	    gh_version_valid(d->scheme, json_string_value(v)))
		return "version_ge";
	return d->type == GH_FACT_VERSION ? "matches_glob" : "eq";
}

static json_t *golden_rule(
    const struct gh_fact_def *d, const json_t *v, const char *host, const char *day)
{
	char why[200];

	snprintf(why, sizeof(why), "%.100s; as %.60s had it on %s", d->help, host, day);
	return json_pack("{s:s, s:s, s:s, s:O, s:s, s:s}", "id", d->name, "fact", d->name,
	    "op", op_for(d, v), "value", v, "severity",
	    blocks(d->name) ? "block" : "warn", "why", why);
}

static json_t *applies_of(const struct gh_host *h, const struct gh_facts *f)
{
	const json_t *model = gh_facts_get(f, "id.product");
	json_t *o = json_object();

	if (model)
		json_object_set_new(o, "model", json_pack("[O]", model));
	json_object_set_new(
	    o, "tee", json_pack("[s]", h->tee == GH_TEE_TDX ? "tdx" : "snp"));
	json_object_set_new(o, "gpus", json_integer(h->n_gpus));
	json_object_set_new(o, "switches", json_integer(h->n_switches));
	return o;
}

json_t *gh_policy_golden(const struct gh_host *h, const struct gh_facts *f, int64_t at)
{
	size_t n;
	const struct gh_fact_def *d = gh_fact_defs(&n);
	gh_auto(json_t *, gh_json_free) rules = json_array();
	gh_auto(json_t *, gh_json_free) facts = json_object();
	char day[GH_TIME_LEN], id[80];

	gh_time_text(day, at);
	day[10] = '\0';
	for (size_t i = 0; i < n; i++) {
		const json_t *v = gh_facts_get(f, d[i].name);

		if (!v || !golden(&d[i]) || gh_facts_agree(f, d[i].name) < 0 ||
		    (json_is_string(v) && json_string_length(v) == 0))
			continue;
		if (json_array_append_new(rules, golden_rule(&d[i], v, h->name, day)) !=
			0 ||
		    json_object_set(facts, d[i].name, (json_t *)(uintptr_t)v) != 0)
			return NULL;
	}
	snprintf(id, sizeof(id), "%.56s-golden", h->name);
	return json_pack(
	    "{s:i, s:s, s:i, s:n, s:o, s:O, s:{s:i,s:i,s:i}, s:{s:s,s:s}, s:s, "
	    "s:[{s:s,s:s,s:O,s:{s:s}}]}",
	    "v", 1, "id", id, "revision", 1, "extends", "applies", applies_of(h, f),
	    "rules", rules, "windows", "report_ttl_s", 3600, "reattest_s", 3600,
	    "evidence_max_age_s", 120, "delivery", "ack", "required", "override", "never",
	    "physical", "untrusted", "tests", "name", "the host that it was taken from",
	    "at", day, "facts", facts, "expect", "policy", "pass");
}

/* One value on one line, members in the order they were put. */
static void line(struct gh_buf *out, const json_t *v)
{
	char *text = json_dumps(v, JSON_ENCODE_ANY);

	if (text)
		gh_buf_str(out, text);
	else
		out->oom = true;
	free(text);
}

void gh_policy_print(struct gh_buf *out, const json_t *doc)
{
	const char *name;
	size_t n = 0;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)doc, name, v)
	{
		gh_buf_fmt(out, "%s  \"%s\": ", n++ ? ",\n" : "{\n", name);
		if (strcmp(name, "rules") != 0) {
			line(out, v);
			continue;
		}
		gh_buf_str(out, "[");
		for (size_t i = 0; i < json_array_size(v); i++) {
			gh_buf_str(out, i ? ",\n    " : "\n    ");
			line(out, json_array_get(v, i));
		}
		gh_buf_str(out, "\n  ]");
	}
	gh_buf_str(out, "\n}\n");
}
