/* SPDX-License-Identifier: Apache-2.0
 * What src/ops answers to the table views, made by hand. */
#pragma once

#include "fixture.h"

#define FIXTURE_HOSTILE                                                                  \
	"\033[2J\033]52;c;eA==\a\r\n\b\t\xc2\x9b"                                        \
	"31m\xe2\x80\xae\xe2\x80\x8b"

/* gh_op_catalogue: three that hosts of fixture_model are judged by, one for none of them. */
static json_t *fixture_catalogue(const char *why)
{
	static const char *const rows[][6] = {
	    {"host.id.hostkey", "G01 Identity", "SSH host key pinned", "blocker", "all",
		"ctl"},
	    {"host.boot.cmdline", "G03 Boot and secure boot", "Kernel command line",
		"blocker", "all", "ssh"},
	    {"host.snp.enabled", "G07 SNP enablement", "SNP is on", "blocker", "snp",
		"ssh"},
	    {"host.boot.secureboot", "G03 Boot and secure boot", "Secure Boot on",
		"blocker", "all", "ssh+bmc"}};
	json_t *a = json_array();

	for (size_t i = 0; i < GH_COUNT(rows); i++)
		json_array_append_new(a,
		    json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:s, s:o, s:s}",
			"id", rows[i][0], "group", rows[i][1], "title", rows[i][2],
			"severity", rows[i][3], "platform", rows[i][4], "channel",
			rows[i][5], "root", 1, "judged", 1, "expect",
			"as the policy says", "why", json_string_nocheck(why), "remedy",
			"set it"));
	return a;
}

/* gh_op_facts: six facts, two of them contradicted; `at` is when all was read. */
static json_t *fixture_facts(const char *host, int64_t at, const char *vendor)
{
	json_t *v = json_string_nocheck(vendor);
	json_t *j = json_pack("{s:s, s:I, s:I, s:["
			      "{s:s, s:n, s:b, s:n, s:s, s:s, s:s, s:s},"
			      "{s:s, s:o, s:n, s:n, s:s, s:s, s:s, s:s},"
			      "{s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s},"
			      "{s:s, s:i, s:n, s:n, s:s, s:s, s:s, s:s},"
			      "{s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s},"
			      "{s:s, s:s, s:s, s:b, s:s, s:s, s:s, s:s}]}",
	    "host", host, "ssh_read_at", (json_int_t)at, "bmc_read_at",
	    (json_int_t)at - 60, "facts",
	    /* one side */
	    "name", "bios.acs", "ssh", "bmc", 1, "agree", "unit", "", "type", "yes or no",
	    "help", "the BIOS has PCIe Access Control Services on", "assurance", "A0",
	    "name", "bios.vendor", "ssh", v, "bmc", "agree", "unit", "", "type", "text",
	    "help", "who made the BIOS", "assurance", "A0",
	    /* both, the same */
	    "name", "bios.version", "ssh", "2.7", "bmc", "2.7", "agree", 1, "unit", "",
	    "type", "version", "help", "the running BIOS", "assurance", "A1",
	    /* a number */
	    "name", "bmc.time_skew_s", "ssh", 3, "bmc", "agree", "unit", "s", "type",
	    "number", "help", "how far its clock is off", "assurance", "A0",
	    /* both, not the same; the second at the very end only */
	    "name", "id.serial", "ssh", "S948211X4A00102", "bmc", "S948211X4A07741",
	    "agree", 0, "unit", "", "type", "text", "help", "the system's serial number",
	    "assurance", "A0", "name", "id.uuid", "ssh",
	    "00000000-0000-0000-0000-7cc2554e0a02", "bmc",
	    "00000000-0000-0000-0000-7cc2554e7741", "agree", 0, "unit", "", "type",
	    "text", "help", "the system's UUID", "assurance", "A0");

	if (!j)
		abort();
	return j;
}

static json_t *fixture_pin(
    const char *fact, const char *state, const char *pinned, const char *now, int64_t at)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:s, s:s, s:i}", "fact", fact,
	    "state", state, "pinned", pinned, "now", now, "difference",
	    strcmp(state, "differs") == 0 ? "S2, pinned is S1" : "", "since",
	    (json_int_t)at, "by", "ann@desk", "reason", "rack 12", "seq", 7);
}

/* gh_op_enrol_show: four pins, one of them another now; a chain of two. n_rows 0 = never
 * enrolled. `read` is when the host was read, 0 = never. */
static json_t *fixture_enrolment(
    const char *host, int n_rows, int64_t read, const char *reason)
{
	json_t *history = json_array(), *pins = json_array();
	const char *same = n_rows == 0 ? "new" : read ? "same" : "unread";
	const int64_t day = 86400, first = FIXTURE_NOW - 9 * day;

	if (n_rows && read) { /* a set of another member, and of as many */
		json_t *set = fixture_pin(
		    "bios.settings", "differs", "25 values", "25 values", first);
		json_object_set_new(set, "difference",
		    json_string("25 values, gone: smt=on, new: smt=off"));
		json_array_append_new(pins, set);
	}
	json_array_append_new(
	    pins, fixture_pin("id.board", same, n_rows ? "X13" : "", "X13", first));
	json_array_append_new(
	    pins, fixture_pin("id.serial", n_rows && read ? "differs" : same,
		      n_rows ? "S948211X4A00102" : "", "S948211X4A07741", first + day));
	json_array_append_new(pins, fixture_pin("id.vendor", same,
					n_rows ? "Supermicro" : "", "Supermicro", first));
	json_array_append_new(
	    pins, fixture_pin("tpm.ak_sha256", n_rows ? "unread" : "new",
		      n_rows ? "00ff" : "", n_rows ? "" : "00ff", first));
	if (n_rows > 1)
		json_array_append_new(history,
		    json_pack("{s:i, s:I, s:s, s:s, s:s, s:i, s:[{s:s,s:s,s:s}]}", "seq",
			9, "at", (json_int_t)(first + day), "by", "ann@desk", "reason",
			reason, "sha256", "beef", "replaces", 7, "changes", "fact",
			"id.serial", "what", "replaced", "words",
			"S0 -> S948211X4A00102"));
	if (n_rows > 0)
		json_array_append_new(history,
		    json_pack("{s:i, s:I, s:s, s:s, s:s, s:i, s:[{s:s,s:s,s:s}]}", "seq",
			7, "at", (json_int_t)first, "by", "bob@desk", "reason", "",
			"sha256", "cafe", "replaces", 0, "changes", "fact", "id.board",
			"what", "added", "words", "X13"));
	json_t *j = json_pack("{s:s, s:b, s:o, s:{s:o, s:n, s:b, s:o}}", "host", host,
	    "enrolled", n_rows > 0, "history", history, "now", "ssh_read_at",
	    read ? json_integer(read) : json_null(), "bmc_read_at", "before",
	    read && read < first, "pins", pins);
	if (!j)
		abort();
	return j;
}

/* gh_op_policy_explain: three rules, a changed check, bounds, a thing left out. */
static json_t *fixture_policy(const char *why)
{
	json_t *j = json_pack(
	    "{s:s, s:i, s:s, s:{s:s}, s:{s:s, s:s}, s:s, s:["
	    "{s:s, s:s, s:s, s:s, s:s, s:s, s:i},"
	    "{s:s, s:s, s:s, s:s, s:s, s:s, s:i},"
	    "{s:s, s:s, s:s, s:s, s:s, s:s, s:i}], s:[{s:s, s:s, s:s}]}",
	    "policy", "prod", "revision", 12, "sha256", "beef", "applies", "tee", "tdx",
	    "bounds", "delivery.ack", "required", "physical", "", "weak",
	    "no floor under the BIOS\n", "rules", "id", "secureboot", "words",
	    "secureboot.enabled must be yes", "why", why, "severity", "blocker", "help",
	    "this boot was a secure one", "file", "prod.json", "line", 8, "id", "swap",
	    "words", "mem.swap_encrypted must be yes", "why", "", "severity", "warn",
	    "help", "swap is encrypted", "file", "prod.json", "line", 9, "id", "qgs",
	    "words", "tdx.qgs must be yes", "why", "", "severity", "blocker", "help",
	    "the quote service answers", "file", "prod.json", "line", 10, "checks", "id",
	    "host.gpu.cc_mode", "words", "while UNKNOWN it only warns", "why", "");

	if (!j)
		abort();
	return j;
}

/* gh_op_policy_judge of it. */
static void fixture_judged(struct gh_result *r, const char *host)
{
	const char *const rows[][9] = {
	    {host, "policy", "", "policy prod", "each rule judged", "prod revision 12",
		"", "", "prod sha256:beef"},
	    {host, "policy.secureboot", "policy", "secureboot.enabled must be yes",
		"secureboot.enabled must be yes", "no", "Anybody chooses the kernel.",
		"Change the host, or the rule.", "prod line 8"},
	    {host, "policy.swap", "policy", "mem.swap_encrypted must be yes",
		"mem.swap_encrypted must be yes", "yes", "", "", "prod line 9"},
	    {host, "policy.qgs", "policy", "tdx.qgs must be yes", "tdx.qgs must be yes",
		"nobody says it", "", "", "prod line 10"},
	};
	static const enum gh_verdict v[] = {GH_PASS, GH_FAIL, GH_PASS, GH_UNKNOWN};

	for (size_t i = 0; i < GH_COUNT(rows); i++)
		fixture_finding(&r->findings, rows[i], v[i]);
	r->at = FIXTURE_NOW - 41;
}
