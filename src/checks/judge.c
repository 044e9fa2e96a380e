/* SPDX-License-Identifier: Apache-2.0
 * The words and verdicts that all judges share, and the register of the judges. */
#include "checks/judge.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

static const struct gh_judge *const tables[] = {
    gh_judges_identity,
    gh_judges_cpu,
    gh_judges_tdx,
    gh_judges_snp,
    gh_judges_vcek,
    gh_judges_mem,
    gh_judges_dimms,
    gh_judges_boot,
    gh_judges_kernel,
    gh_judges_virt,
    gh_judges_gpu,
    gh_judges_io,
    gh_judges_access,
    gh_judges_bmc,
    gh_judges_bmc_log,
    gh_judges_bios,
    gh_judges_bios_state,
    gh_judges_firmware,
    gh_judges_hgx,
    gh_judges_rims,
    gh_judges_nic,
    gh_judges_spdm,
    gh_judges_enrol,
    gh_judges_uefi,
    gh_judges_tpm,
    gh_judges_gputool,
    gh_judges_services,
    gh_judges_fleet,
};

const struct gh_judge *gh_judge_find(const char *id)
{
	for (size_t t = 0; t < GH_COUNT(tables); t++)
		for (const struct gh_judge *g = tables[t]; g->id; g++)
			if (!strcmp(g->id, id))
				return g;
	return NULL;
}

/* ---- verdicts --------------------------------------------------------------------- */

static void say(char **field, const char *fmt, va_list ap) GH_PRINTF(2, 0);

static void say(char **field, const char *fmt, va_list ap)
{
	char text[1001];
	vsnprintf(text, sizeof(text), fmt, ap);
	gh_say(field, "%s", text);
}

static void set_verdict(struct gh_judging *j, enum gh_verdict v, const char *reason)
{
	char code[128] = "";
	if (reason)
		snprintf(code, sizeof(code), "%s.%s", j->check->id, reason);
	gh_judge(j->f, v, code);
}

void gh_judge_pass(struct gh_judging *j, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say(&j->f->observed, fmt, ap);
	va_end(ap);
	set_verdict(j, GH_PASS, NULL);
}

/* As expected, or not for that reason. */
static void settle(struct gh_judging *j, bool good, const char *reason)
{
	if (good)
		set_verdict(j, GH_PASS, NULL);
	else
		set_verdict(
		    j, j->check->severity == GH_SEV_BLOCKER ? GH_FAIL : GH_WARN, reason);
}

void gh_judge_fail(struct gh_judging *j, const char *reason, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say(&j->f->observed, fmt, ap);
	va_end(ap);
	settle(j, false, reason);
}

void gh_judge_warn(struct gh_judging *j, const char *reason, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say(&j->f->observed, fmt, ap);
	va_end(ap);
	set_verdict(j, GH_WARN, reason);
}

void gh_judge_block(struct gh_judging *j, const char *reason, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say(&j->f->observed, fmt, ap);
	va_end(ap);
	j->f->severity = GH_SEV_BLOCKER;
	set_verdict(j, GH_FAIL, reason);
}

void gh_judge_skip(struct gh_judging *j, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say(&j->f->observed, fmt, ap);
	va_end(ap);
	set_verdict(j, GH_SKIP, "not_applicable");
}

void gh_judge_unknown(struct gh_judging *j, const char *reason, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	say(&j->f->why, fmt, ap);
	va_end(ap);
	set_verdict(j, GH_UNKNOWN, reason);
}

/* ---- the second source ------------------------------------------------------------- */

static void bmc_silent(struct gh_judging *j)
{
	const struct gh_err *e = j->src->bmc_err;

	if (j->src->bmc_pending)
		gh_judge_unknown(j, "bmc_pending", "the BMC has not answered yet");
	else if (e && e->code != GH_E_NONE)
		gh_judge_unknown(j, "bmc_silent", "BMC: %s", e->what);
	else
		gh_judge_unknown(j, "no_bmc", "no BMC of this host is known");
	gh_say(&j->f->remedy, "%s",
	    e && e->hint[0] ? e->hint
	    : e             ? "See the finding host.bmc.reach; then validate again."
		: "Name the BMC in the fleet file (bmc, bmc_user, bmc_password), then "
		  "enrol the host.");
}

const json_t *gh_judge_bmc(struct gh_judging *j, const char *path)
{
	const struct gh_redfish_resource *r;

	gh_say(&j->f->source, "Redfish %s", path);
	if (!j->src->bmc) {
		bmc_silent(j);
		return NULL;
	}
	r = gh_redfish_find(j->src->bmc, path);
	if (r && r->body) {
		j->used_bmc = true;
		gh_say(&j->f->source, "Redfish %s", r->path);
		return r->body;
	}
	if (r && r->status == 404)
		gh_judge_unknown(j, "not_offered", "this BMC does not offer %s", path);
	else if (r)
		gh_judge_unknown(j, "bmc_unread", "%s: %s", path,
		    r->err.what[0] ? r->err.what : "no answer");
	else if (j->src->bmc_err && !j->src->bmc_old)
		gh_judge_unknown(j, "bmc_unread", "%s was not reached: %s", path,
		    j->src->bmc_err->what);
	else
		gh_judge_unknown(j, "not_offered", "this BMC does not show %s", path);
	return NULL;
}

bool gh_bmc_placeholder(const char *s)
{
	return gh_text_placeholder(gh_text_of(s));
}

const char *gh_judge_bmc_text(struct gh_judging *j, const char *path, const char *dotted)
{
	const json_t *body = gh_judge_bmc(j, path);
	const char *s;

	if (!body)
		return NULL;
	s = gh_redfish_text(body, dotted);
	if (!gh_bmc_placeholder(s))
		return s;
	gh_judge_unknown(j, "absent", "%s has no %s", path, dotted);
	return NULL;
}

const json_t *gh_judge_pin(struct gh_judging *j, const char *fact)
{
	const json_t *v = gh_enrolment_get(j->src->enrolled, fact);

	if (v)
		return v;
	gh_judge_unknown(j, "not_enrolled", "%s was never enrolled", fact);
	gh_say(&j->f->remedy, "gatehouse enrol %s", j->host->name);
	return NULL;
}

bool gh_set_has(const json_t *set, struct gh_bytes s)
{
	for (size_t i = 0; i < json_array_size(set); i++) {
		const char *one = json_string_value(json_array_get(set, i));

		if (one && gh_text_is(s, one))
			return true;
	}
	return false;
}

/* ---- what operators tune ------------------------------------------------------------ */

const char *gh_param_text(
    const struct gh_judging *j, const char *key, const char *otherwise)
{
	const char *s = json_string_value(json_object_get(j->check->params, key));

	return s ? s : otherwise;
}

int64_t gh_param_int(const struct gh_judging *j, const char *key, int64_t otherwise)
{
	const json_t *v = json_object_get(j->check->params, key);

	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

bool gh_param_has(const struct gh_judging *j, const char *key, const char *s)
{
	return gh_set_has(json_object_get(j->check->params, key), gh_text_of(s));
}

static void expect_words(struct gh_judging *j, const json_t *want)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	for (size_t i = 0; i < json_array_size(want); i++)
		gh_buf_fmt(&b, "%s%s", i ? " or " : "",
		    json_string_value(json_array_get(want, i)));
	gh_say(&j->f->expected, "%s", gh_buf_cstr(&b));
}

void gh_judge_recorded(struct gh_judging *j, const char *word, const char *fmt, ...)
{
	const json_t *want = json_object_get(j->check->params, "want");
	bool any = json_array_size(want) == 0;
	va_list ap;

	va_start(ap, fmt);
	say(&j->f->observed, fmt, ap);
	va_end(ap);
	if (!any)
		expect_words(j, want);
	settle(j, any || gh_param_has(j, "want", word), "unwanted");
}

void gh_judge_counted(struct gh_judging *j, int64_t n, const char *fmt, ...)
{
	int64_t most = gh_param_int(j, "most", -1), least = gh_param_int(j, "least", -1);
	va_list ap;

	va_start(ap, fmt);
	say(&j->f->observed, fmt, ap);
	va_end(ap);
	if (most >= 0)
		gh_say(&j->f->expected, "at most %lld", (long long)most);
	if (least >= 0)
		gh_say(&j->f->expected, "at least %lld", (long long)least);
	settle(j, (most < 0 || n <= most) && (least < 0 || n >= least), "out_of_bounds");
}

/* ---- versions --------------------------------------------------------------------- */

unsigned int gh_version_read(struct gh_bytes s, uint64_t *part, unsigned int n)
{
	unsigned int got = 0;
	memset(part, 0, n * sizeof(*part));
	while (got < n) {
		struct gh_bytes d = {s.p, 0};
		while (d.len < s.len && d.len < 18 && isdigit(s.p[d.len]))
			d.len++;
		if (d.len == 0 || gh_text_u64(d, 10, &part[got]) != 0)
			break;
		got++;
		s.p += d.len;
		s.len -= d.len;
		if (s.len == 0 || s.p[0] != '.')
			break;
		s.p++;
		s.len--;
	}
	return got;
}

int gh_version_order(const uint64_t *a, const uint64_t *b, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return 0;
}

bool gh_unit_state(
    const struct gh_probe_item *units, const char *unit, struct gh_bytes *state)
{
	static const char *const word[] = {"active", "inactive", "failed", "unknown",
	    "activating", "deactivating", "reloading", "maintenance"};
	struct gh_bytes rest = units->data, line, name;
	while (gh_text_line(&rest, &line)) {
		if (!gh_text_word(&line, &name) || !gh_text_is(name, unit))
			continue;
		*state = gh_text_trim(line);
		for (size_t i = 0; i < GH_COUNT(word); i++)
			if (gh_text_is(*state, word[i]))
				return true;
	}
	return false;
}

bool gh_is_yes(struct gh_bytes v)
{
	return gh_text_is(v, "Y") || gh_text_is(v, "1");
}
