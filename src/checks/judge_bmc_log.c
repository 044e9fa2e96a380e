/* SPDX-License-Identifier: Apache-2.0
 * Judges of the BMC's clock and of its event log (G02): what happened to the machine since
 * it was enrolled. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "checks/judge.h"

#define NTP_OEM   "{manager}/Oem/Supermicro/NTP"
#define TIME_MAX  253402300799 /* the end of year 9999 */
#define DAY_S     86400
#define YEAR_2020 1577836800

/* ---- time ------------------------------------------------------------------------- */

enum ntp { NTP_UNSAID, NTP_OFF, NTP_ON };

/* Both places must agree that it is on: either one off is off. */
static enum ntp ntp_state(const struct gh_redfish_tree *t)
{
	const json_t *seen[] = {gh_redfish_value(gh_redfish_get(t, NTP_OEM), "NTPEnable"),
	    gh_redfish_value(
		gh_redfish_get(t, "{manager}/NetworkProtocol"), "NTP.ProtocolEnabled")};
	enum ntp state = NTP_UNSAID;

	for (size_t i = 0; i < GH_COUNT(seen); i++) {
		if (json_is_false(seen[i]))
			return NTP_OFF;
		if (json_is_true(seen[i]))
			state = NTP_ON;
	}
	return state;
}

/* Seconds that the BMC's clock was away from ours while it was read, 0 inside. */
static int64_t clock_skew(const struct gh_redfish_tree *t, int64_t bmc)
{
	int64_t end = t->read_at + t->read_ms / 1000 + 1;

	if (bmc < t->read_at)
		return bmc - t->read_at;
	return bmc > end ? bmc - end : 0;
}

static void bmc_time(struct gh_judging *j)
{
	const struct gh_redfish_tree *t = j->src->bmc;
	const char *s = gh_judge_bmc_text(j, "{manager}", "DateTime");
	int64_t at, skew, most = gh_param_int(j, "max_skew_s", 120);
	enum ntp ntp;

	if (!s)
		return;
	if (gh_time_parse(s, &at, NULL) != 0 || at < 0 || at > TIME_MAX) {
		gh_judge_unknown(j, "malformed", "DateTime is %.80s", s);
		return;
	}
	ntp = ntp_state(t);
	skew = t->read_at ? clock_skew(t, at) : 0;
	if (llabs(skew) > most)
		gh_judge_fail(j, "skew", "the BMC's clock is %lld s off (%.40s)",
		    (long long)skew, s);
	else if (ntp == NTP_OFF)
		gh_judge_fail(j, "ntp_off", "NTP is off");
	else if (ntp == NTP_UNSAID)
		gh_judge_unknown(j, "no_ntp", "the BMC does not say whether NTP is on");
	else if (t->read_at == 0)
		gh_judge_unknown(j, "no_read_time",
		    "NTP is on; when this was read is not known, so neither is the skew");
	else
		gh_judge_pass(j, "NTP on, %lld s off", (long long)skew);
}

/* ---- events ------------------------------------------------------------------------ */

/* Kinds of event, worst first. */
enum kind { INTRUSION, UNCORRECTABLE, CRITICAL, PSU, KINDS };

static const char *const reasons[KINDS] = {
    "intrusion", "uncorrectable", "critical", "psu"};

/* Words that make an entry one of a kind, anywhere in its text. Those of a power supply
 * count only where the BMC does not call the entry fine. */
static const struct {
	enum kind kind;
	const char *word;
} known[] = {
    {INTRUSION, "intrusion"},
    {INTRUSION, "chassis open"},
    {UNCORRECTABLE, "uncorrectable"},
    {UNCORRECTABLE, "machine check"},
    {UNCORRECTABLE, "caterr"},
    {UNCORRECTABLE, "ierr"},
    {UNCORRECTABLE, "bus fatal"},
    {PSU, "power supply"},
    {PSU, "redundancy lost"},
};

struct sel {
	int64_t since;
	size_t n_logs, n, n_old, n_unread;
	size_t n_mute; /* say neither how bad they are nor what */
	size_t n_bad[KINDS];
	char text[KINDS][200]; /* the first of each kind */
};

/* Some say "SensorType":"Power Unit", some say all in the message. */
static bool entry_has(const json_t *e, const char *word)
{
	static const char *const member[] = {"Message", "SensorType", "OemSensorType",
	    "Name", "EntryCode", "OemLogEntryCode", "Description"};

	for (size_t i = 0; i < GH_COUNT(member); i++)
		if (strcasestr(gh_redfish_text(e, member[i]), word))
			return true;
	return false;
}

static const char *severity_of(const json_t *e)
{
	const char *s = gh_redfish_text(e, "Severity");

	return s[0] ? s : gh_redfish_text(e, "MessageSeverity");
}

/* Before that day it is history that enrolment accepted. What has no date that can be read,
 * or one from before there was such a machine (a BMC whose clock was not set), counts as
 * new. */
static bool is_old(const struct sel *s, const json_t *e)
{
	int64_t at;

	return gh_time_parse(gh_redfish_text(e, "Created"), &at, NULL) == 0 &&
	       at >= YEAR_2020 && at < s->since;
}

static enum kind kind_of(const json_t *e, const char *severity)
{
	bool fine = strcasecmp(severity, "OK") == 0;

	for (size_t i = 0; i < GH_COUNT(known); i++)
		if (!(known[i].kind == PSU && fine) && entry_has(e, known[i].word))
			return known[i].kind;
	return strcasecmp(severity, "Critical") == 0 ? CRITICAL : KINDS;
}

/* Any other word does not say how bad it is. */
static bool is_harmless(const char *severity)
{
	static const char *const word[] = {"OK", "Informational", "Warning"};

	for (size_t i = 0; i < GH_COUNT(word); i++)
		if (strcasecmp(severity, word[i]) == 0)
			return true;
	return false;
}

static void count_entry(struct sel *s, const json_t *e)
{
	const char *severity = severity_of(e);
	enum kind kind;

	s->n++;
	if (is_old(s, e)) {
		s->n_old++;
		return;
	}
	if (entry_has(e, "deassert"))
		return;
	kind = kind_of(e, severity);
	if (kind == KINDS)
		s->n_mute += !is_harmless(severity);
	else if (s->n_bad[kind]++ == 0)
		snprintf(s->text[kind], sizeof(s->text[kind]), "%.24s %.160s",
		    gh_redfish_text(e, "Created"), gh_redfish_text(e, "Message"));
}

/* True when what the list leaves out is older than what it shows: the reader keeps the newest
 * of what it got, so only further pages can hold newer ones, and not when the first page
 * begins with the newest. */
static bool shows_newest(const json_t *entries)
{
	const json_t *members = json_object_get(entries, "Members");
	size_t n = json_array_size(members);
	int64_t first, last;

	if (!json_object_get(entries, "Members@odata.nextLink") &&
	    !json_object_get(entries, "@odata.nextLink"))
		return true;
	return n > 1 &&
	       gh_time_parse(gh_json_text(json_array_get(members, 0), "Created"), &first,
		   NULL) == 0 &&
	       gh_time_parse(gh_json_text(json_array_get(members, n - 1), "Created"),
		   &last, NULL) == 0 &&
	       first > last;
}

/* Entries lie in their collection, or each in a resource of its own. */
static void count_log(
    struct sel *s, const struct gh_redfish_tree *t, const json_t *entries)
{
	const json_t *members = json_object_get(entries, "Members");
	json_int_t said =
	    json_integer_value(json_object_get(entries, "Members@odata.count"));
	size_t n = json_array_size(members), before = s->n, old = s->n_old;

	for (size_t i = 0; i < n; i++) {
		const json_t *e = json_array_get(members, i);
		const char *link = json_string_value(json_object_get(e, "@odata.id"));

		if (json_object_size(e) <= 1 && link)
			e = gh_redfish_get(t, link);
		if (json_is_object(e))
			count_entry(s, e);
	}
	s->n_unread += n - (s->n - before) + !json_is_array(members);
	/* a long log need not be read beyond the first entry that no longer counts */
	if (said > 0 && (uint64_t)said > n && !(s->n_old > old && shows_newest(entries)))
		s->n_unread += (size_t)said - n;
}

static void read_logs(
    struct sel *s, const struct gh_redfish_tree *t, const char *services)
{
	struct gh_redfish_walk w = gh_redfish_walk_of(t, services);

	while (gh_redfish_next(&w)) {
		char path[300];
		const struct gh_redfish_resource *entries;

		snprintf(path, sizeof(path), "%s/Entries", w.r->path);
		entries = gh_redfish_find(t, path);
		if (!entries || entries->status == 404)
			continue; /* a service that keeps no entries */
		s->n_logs++;
		if (entries->body)
			count_log(s, t, entries->body);
		else
			s->n_unread++;
	}
}

static void verdict(struct gh_judging *j, const struct sel *s)
{
	for (size_t k = 0; k < KINDS; k++)
		if (s->n_bad[k]) {
			gh_judge_fail(j, reasons[k], "%zu entries, first: %s",
			    s->n_bad[k], s->text[k]);
			return;
		}
	if (s->n_unread)
		gh_judge_unknown(j, "unread", "%zu entries were not read", s->n_unread);
	else if (s->n_mute)
		gh_judge_unknown(j, "no_severity",
		    "%zu entries do not say how bad they are", s->n_mute);
	else
		gh_judge_pass(j, "%zu entries, none of them bad", s->n);
}

static void sel(struct gh_judging *j)
{
	const char *services = "{system}/LogServices";
	struct sel s = {.since = j->at - gh_param_int(j, "since_days", 30) * DAY_S};
	const json_t *at =
	    j->src->enrolled ? json_object_get(j->src->enrolled->doc, "at") : NULL;

	if (json_is_integer(at))
		s.since = json_integer_value(at);
	if (j->src->bmc && !gh_redfish_get(j->src->bmc, services))
		services = "{manager}/LogServices";
	if (!gh_judge_bmc(j, services))
		return;
	read_logs(&s, j->src->bmc, services);
	if (s.n_logs)
		verdict(j, &s);
	else
		gh_judge_unknown(
		    j, "not_offered", "no log of %s shows entries", services);
}

const struct gh_judge gh_judges_bmc_log[] = {
    {"host.bmc.time", bmc_time},
    {"host.bmc.sel", sel},
    {NULL, NULL},
};
