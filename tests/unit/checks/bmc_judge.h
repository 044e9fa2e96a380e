/* SPDX-License-Identifier: Apache-2.0
 * What the tests of the judges of BMC and BIOS share: their ids, one enrolment for each TEE,
 * and a run of all checks on one tree. */
#pragma once

#include "bmc_host.h"
#include "checks/judge.h"
#include "host_text.h"

#define T       GH_TEE_TDX
#define S       GH_TEE_SNP
#define P       GH_PASS
#define F       GH_FAIL
#define W       GH_WARN
#define U       GH_UNKNOWN
#define BIOS    BMC_SYS "/Bios"
#define ATTR    "Attributes/"
#define ACCOUNT BMC_ACC "/Accounts/3"
#define ADMIN   BMC_ACC "/Accounts/2"
#define ENTRY   BMC_SYS "/LogServices/Log1/Entries/2"
#define HOSTIF  BMC_MGR "/HostInterfaces/1"
#define SB      BMC_SYS "/SecureBoot"

static const char *const mine[] = {"host.bmc.cred", "host.bmc.syslockdown",
    "host.bmc.kcs", "host.bmc.hostif", "host.bmc.ipmi_lan", "host.bmc.time",
    "host.bmc.vmedia", "host.bmc.sel", "host.boot.spi", "host.bios.tme", "host.bios.pa46",
    "host.bios.tme_mt", "host.bios.tdx", "host.bios.sgx", "host.bios.meminteg",
    "host.bios.smee", "host.bios.snp", "host.bios.asid", "host.bios.vtd", "host.bios.acs",
    "host.bios.preboot_dma", "host.bios.secureboot", "host.bios.csm",
    "host.bios.password", "host.bios.sriov_above4g", "host.bios.drift"};

struct spoilt {
	const char *id;
	enum gh_tee tee;
	const char *path;
	const char *member; /* NULL = the BMC does not offer the resource */
	const char *value;  /* NULL = the member is not there */
	enum gh_verdict verdict;
	const char *reason; /* code is id.reason; NULL = passes */
};

static struct gh_catalogue *cat;
static struct gh_enrolment enrolled[2]; /* by TEE */

/* Enrolled on the last day of November 2025 with the settings of the healthy tree. */
static inline void enrol(struct gh_enrolment *e, enum gh_tee tee)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	gh_auto(struct gh_buf, gh_buf_free) list = {0};
	struct gh_bytes rest, line;
	char hex[65];
	json_t *doc, *set = json_array();

	bmc_healthy(&t, tee);
	assert_int_equal(0, gh_bios_settings_sha256(&t, hex));
	assert_int_equal(0, gh_bios_settings_list(&t, &list, NULL));
	for (rest = gh_buf_view(&list); gh_text_line(&rest, &line);)
		json_array_append_new(set, json_stringn((const char *)line.p, line.len));
	doc = json_pack("{s:s, s:s, s:i, s:s, s:{s:s, s:o}}", "format",
	    "gatehouse-enrolment/1", "host", "gpu-a", "at", 1764460800, "by", "op",
	    "facts", "bios.settings_sha256", hex, "bios.settings", set);
	assert_int_equal(0, gh_enrolment_load(e, doc, NULL));
	json_decref(doc);
}

static inline int load(void **state)
{
	(void)state;
	enrol(&enrolled[T], T);
	enrol(&enrolled[S], S);
	return gh_catalogue_load(&cat, NULL);
}

static inline int unload(void **state)
{
	(void)state;
	gh_enrolment_free(&enrolled[T]);
	gh_enrolment_free(&enrolled[S]);
	gh_catalogue_free(&cat);
	return 0;
}

static inline void judge_with(struct gh_result *out, const struct gh_redfish_tree *t,
    enum gh_tee tee, const struct gh_sources *more)
{
	struct gh_host host = fleet_host(tee);
	struct gh_sources src = *more;

	src.host = &host;
	src.bmc = t;
	src.at = BMC_AT;
	if (!src.enrolled)
		src.enrolled = &enrolled[tee];
	memset(out, 0, sizeof(*out));
	assert_int_equal(0, gh_checks_run(out, cat, &src, NULL));
}

static inline void judge(
    struct gh_result *out, const struct gh_redfish_tree *t, enum gh_tee tee)
{
	struct gh_sources none = {0};

	judge_with(out, t, tee, &none);
}

static inline bool is_mine(const char *id)
{
	for (size_t i = 0; i < GH_COUNT(mine); i++)
		if (strcmp(mine[i], id) == 0)
			return true;
	return false;
}

static inline void assert_clean(const struct gh_finding *f)
{
	const char *text[] = {f->observed, f->why, f->remedy, f->source, f->expected};

	for (size_t i = 0; i < GH_COUNT(text); i++)
		assert_true(strpbrk(text[i], "\x1b\x07\n\x7f\xff") == NULL);
}

static inline const struct gh_finding *one(
    struct gh_result *r, const struct gh_redfish_tree *t, enum gh_tee tee, const char *id)
{
	judge(r, t, tee);
	return gh_findings_get(&r->findings, "gpu-a", id);
}

/* Spoils a healthy tree and compares verdict and code. */
static inline void spoil_tree(struct gh_redfish_tree *t, const struct spoilt *s)
{
	if (s->member)
		bmc_set(t, s->path, s->member, s->value);
	else
		bmc_gone(t, s->path);
}

static inline void spoil_one(const struct spoilt *s)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	const struct gh_finding *f;
	struct gh_result r;
	char code[128] = "";

	bmc_healthy(&t, s->tee);
	spoil_tree(&t, s);
	judge(&r, &t, s->tee);
	f = gh_findings_get(&r.findings, "gpu-a", s->id);
	assert_non_null(f);
	if (s->reason)
		snprintf(code, sizeof(code), "%s.%s", s->id, s->reason);
	if (f->verdict != s->verdict || strcmp(f->code, code) != 0)
		print_error("%s, %s %s: %s '%s', expected %s '%s': %s | %s\n", s->id,
		    s->member ? s->member : s->path, s->value ? s->value : "gone",
		    gh_verdict_word(f->verdict), f->code, gh_verdict_word(s->verdict),
		    code, f->observed, f->why);
	assert_int_equal(s->verdict, f->verdict);
	assert_string_equal(code, f->code);
	assert_true(f->verdict == GH_UNKNOWN ? f->why[0] : f->observed[0]);
	gh_result_free(&r);
}

/* True when the table has a bad case for that check, and one where it is UNKNOWN. */
static inline bool covers(const struct spoilt *s, size_t n, const char *id)
{
	bool bad = false, unknown = false;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(s[i].id, id) != 0)
			continue;
		bad |= s[i].verdict == F || s[i].verdict == W;
		unknown |= s[i].verdict == U;
	}
	if (!bad || !unknown)
		print_error("no bad or no unknown case for %s\n", id);
	return bad && unknown;
}
