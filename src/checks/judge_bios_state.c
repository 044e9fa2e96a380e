/* SPDX-License-Identifier: Apache-2.0
 * Judges of what the BIOS is in, beyond single settings (G03): Secure Boot and its keys, the
 * password of Setup, and whether anything differs from the day of enrolment. */
#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "checks/judge.h"

#define BIOS "{system}/Bios"

/* ---- Secure Boot ------------------------------------------------------------------- */

/* The same fact over SSH blocks (host.boot.secureboot), so it blocks here too, although the
 * catalogue calls this check a warning: what is only a warning is a setting that will take
 * Secure Boot away at the next boot. */
static void secureboot(struct gh_judging *j)
{
	const json_t *r = gh_judge_bmc(j, "{system}/SecureBoot"), *set;
	const char *mode = gh_redfish_text(r, "SecureBootMode");
	const char *now = gh_redfish_text(r, "SecureBootCurrentBoot");

	if (!r)
		return;
	set = json_object_get(r, "SecureBootEnable");
	if (strcmp(mode, "SetupMode") == 0 || strcmp(mode, "AuditMode") == 0)
		gh_judge_block(j, mode[0] == 'S' ? "setup_mode" : "audit_mode",
		    "%s; this boot: %.40s", mode, now[0] ? now : "not said");
	else if (strcmp(now, "Disabled") == 0)
		gh_judge_block(j, "off", "off in this boot; %.40s", mode);
	else if (strcmp(now, "Enabled") != 0 || !json_is_boolean(set))
		gh_judge_unknown(j, "absent", "the BMC does not say whether it is on");
	else if (strcmp(mode, "UserMode") != 0 && strcmp(mode, "DeployedMode") != 0)
		gh_judge_unknown(
		    j, "mode", "key mode is %.40s", mode[0] ? mode : "not said");
	else if (json_is_false(set))
		gh_judge_fail(j, "pending_off", "on, but set to be off at the next boot");
	else
		gh_judge_pass(j, "on, %s", mode);
}

/* ---- password of Setup --------------------------------------------------------------- */

/* Never shown: it may be the password. */
static void password(struct gh_judging *j)
{
	static const char *const set[] = {"Installed", "Set", "Enabled"};
	static const char *const unset[] = {
	    "", "Not Installed", "NotInstalled", "Not Set", "NotSet", "None", "Disabled"};
	const json_t *bios = gh_judge_bmc(j, BIOS);
	struct gh_bios_value v;
	const char *s;
	bool yes, no;

	if (!bios)
		return;
	v = gh_bios_get(json_object_get(bios, "Attributes"), GH_BIOS_PASSWORD);
	s = json_string_value(v.json);
	yes = json_is_true(v.json) || (s && s[0] && s[strspn(s, "*")] == '\0');
	no = json_is_false(v.json);
	for (size_t i = 0; s && i < GH_COUNT(set); i++)
		yes |= strcasecmp(s, set[i]) == 0;
	for (size_t i = 0; s && i < GH_COUNT(unset); i++)
		no |= strcasecmp(s, unset[i]) == 0;
	if (!v.json)
		gh_judge_unknown(j, "absent", "the BIOS shows no administrator password");
	else if (yes && v.state != GH_BIOS_DIFFERS)
		gh_judge_pass(j, "%.120s is set", v.name);
	else if (no)
		gh_judge_fail(j, "unset", "%.120s is not set", v.name);
	else
		gh_judge_unknown(j, "not_shown",
		    "%.120s: the BMC does not show whether it is set", v.name);
}

/* ---- drift ------------------------------------------------------------------------- */

/* Where the settings of the next boot are: the BMC names the place. */
static const json_t *pending_settings(const struct gh_redfish_tree *t, const json_t *bios)
{
	static const char *const usual[] = {
	    BIOS "/SD", BIOS "/Settings", BIOS "/Pending", BIOS "/settings"};
	const json_t *link = json_object_get(
	    json_object_get(json_object_get(bios, "@Redfish.Settings"), "SettingsObject"),
	    "@odata.id");
	const char *path = json_string_value(link);
	const json_t *r = path ? gh_redfish_get(t, path) : NULL;

	for (size_t i = 0; !path && !r && i < GH_COUNT(usual); i++)
		r = gh_redfish_get(t, usual[i]);
	return r;
}

/* How many settings the next boot will change; *first is one of them. */
static size_t count_pending(
    const json_t *pending, const json_t *current, const char **first)
{
	json_t *attributes = json_object_get(pending, "Attributes"), *v;
	const char *name;
	size_t n = 0;

	json_object_foreach(attributes, name, v)
	{
		const json_t *now = json_object_get(current, name);

		if (json_equal(v, now))
			continue;
		*first = n++ ? *first : name;
	}
	return n;
}

static bool has_line(const json_t *set, struct gh_bytes line)
{
	for (size_t i = 0; i < json_array_size(set); i++) {
		const char *s = json_string_value(json_array_get(set, i));

		if (s && gh_text_is(line, s))
			return true;
	}
	return false;
}

/* What is not as it was, where the list itself was pinned: "now tme=off". */
static void name_changes(struct gh_buf *out, const json_t *was, struct gh_bytes now)
{
	struct gh_bytes rest = now, line;

	while (gh_text_line(&rest, &line))
		if (json_is_array(was) && !has_line(was, line))
			gh_buf_fmt(
			    out, "; now %.*s", (int)line.len, (const char *)line.p);
	for (size_t i = 0; i < json_array_size(was); i++) {
		const char *s = json_string_value(json_array_get(was, i));
		char row[130];

		if (!s || strlen(s) > 126)
			continue;
		snprintf(row, sizeof(row), "%s\n", s);
		if (!gh_text_find(now, row))
			gh_buf_fmt(out, "; was %s", s);
	}
}

static void compare_pin(struct gh_judging *j, struct gh_buf *list, const char *hex)
{
	const json_t *pin = gh_judge_pin(j, "bios.settings_sha256");
	gh_auto(struct gh_buf, gh_buf_free) changes = {0};
	const char *was = json_string_value(pin);

	if (!pin)
		return;
	if (was && strcasecmp(was, hex) == 0) {
		gh_judge_pass(j, "as enrolled: %.16s, nothing pending", hex);
		return;
	}
	name_changes(&changes, gh_enrolment_get(j->src->enrolled, "bios.settings"),
	    gh_buf_view(list));
	gh_judge_fail(j, "changed", "settings are %.16s, enrolled %.16s%s", hex,
	    was ? was : "malformed", gh_buf_cstr(&changes));
}

static void drift(struct gh_judging *j)
{
	const json_t *bios = gh_judge_bmc(j, BIOS), *pending;
	gh_auto(struct gh_buf, gh_buf_free) list = {0};
	const char *first = "";
	char hex[65];
	size_t n;

	if (!bios)
		return;
	pending = pending_settings(j->src->bmc, bios);
	n = count_pending(pending, json_object_get(bios, "Attributes"), &first);
	if (n)
		gh_judge_fail(j, "pending",
		    "the next boot changes %zu settings: %.120s%s", n, first,
		    n > 1 ? ", ..." : "");
	else if (gh_bios_settings_list(j->src->bmc, &list, NULL) != 0 ||
		 gh_bios_settings_sha256(j->src->bmc, hex) != 0)
		gh_judge_unknown(
		    j, "absent", "the BMC shows no BIOS settings that are known");
	else if (!pending)
		gh_judge_unknown(
		    j, "pending_unread", "the settings of the next boot were not read");
	else
		compare_pin(j, &list, hex);
}

const struct gh_judge gh_judges_bios_state[] = {
    {"host.bios.secureboot", secureboot},
    {"host.bios.password", password},
    {"host.bios.drift", drift},
    {NULL, NULL},
};
