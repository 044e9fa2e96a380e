/* SPDX-License-Identifier: Apache-2.0
 * Judges of identity: is this the machine that was enrolled (G01), do its two sources name
 * the same one, is its BMC's certificate the pinned one. docs/enrolment.md */
#include <stdio.h>
#include <strings.h>

#include "base/clock.h"
#include "base/text.h"
#include "checks/judge.h"
#include "checks/pinned.h"
#include "net/ssh_hostkey.h"

static const char *said(const json_t *facts, const char *name)
{
	const char *s = json_string_value(json_object_get(facts, name));

	return s ? s : "";
}

/* ---- pinned facts ---------------------------------------------------------------------- */

/* FAIL when v is not what was pinned as that fact; true when it is. */
static bool is_pinned(struct gh_judging *j, const char *fact, const json_t *v)
{
	const struct gh_fact_pin pin = {
	    .fact = fact, .pinned = gh_enrolment_get(j->src->enrolled, fact), .now = v};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	if (!pin.pinned || json_equal(pin.pinned, v))
		return true;
	gh_pinned_difference(&text, &pin);
	gh_judge_fail(j, "not_enrolled_one", "%s: %s", fact, gh_buf_cstr(&text));
	return false;
}

bool gh_judge_enrolled_one(struct gh_judging *j, const char *const *facts)
{
	for (; *facts; facts++) {
		const json_t *v = json_object_get(j->facts->ssh, *facts);

		if (v && !is_pinned(j, *facts, v))
			return false;
	}
	return true;
}

/* ---- host.id.bmc_match ----------------------------------------------------------------- */

static bool unhex_all(const char *text, unsigned char *out, size_t n)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char digits[64];
	size_t len = 0;

	for (; *text; text++)
		if (*text != '-' && *text != ':' && len < sizeof(digits) - 1)
			digits[len++] = *text;
	if (gh_unhex_buf(&b, digits, len, NULL) != 0 || b.len != n)
		return false;
	memcpy(out, b.p, n);
	return true;
}

/* SMBIOS before 2.6 left the byte order of the first three fields open. */
static void swap_fields(unsigned char uuid[static 16])
{
	static const unsigned char from[8] = {3, 2, 1, 0, 5, 4, 7, 6};
	unsigned char was[8];

	memcpy(was, uuid, sizeof(was));
	for (size_t i = 0; i < sizeof(was); i++)
		uuid[i] = was[from[i]];
}

enum same { SAME, OTHER, NOT_SAID };

#define NODE 10 /* where the last six bytes of a UUID begin: a hardware address */

/* A BMC may write ten zero bytes and its own hardware address (Supermicro): only that
 * address can be compared then. */
static enum same same_uuid(const char *ssh, const char *bmc)
{
	unsigned char a[16], b[16];

	if (!unhex_all(ssh, a, sizeof(a)) || !unhex_all(bmc, b, sizeof(b)))
		return NOT_SAID;
	if (gh_uuid_is_mac(bmc))
		return memcmp(a + NODE, b + NODE, sizeof(a) - NODE) == 0 ? SAME : OTHER;
	if (memcmp(a, b, sizeof(a)) == 0)
		return SAME;
	swap_fields(b);
	return memcmp(a, b, sizeof(a)) == 0 ? SAME : OTHER;
}

static enum same same_mac(const char *uuid, const char *mac)
{
	unsigned char u[16], m[6];

	if (!gh_uuid_is_mac(uuid) || !unhex_all(uuid, u, sizeof(u)) ||
	    !unhex_all(mac, m, sizeof(m)))
		return NOT_SAID;
	return memcmp(u + NODE, m, sizeof(m)) == 0 ? SAME : OTHER;
}

static enum same same_text(const char *ssh, const char *bmc)
{
	if (!ssh[0] || !bmc[0])
		return NOT_SAID;
	return strcasecmp(ssh, bmc) == 0 ? SAME : OTHER;
}

static void bmc_match(struct gh_judging *j)
{
	const json_t *ssh = j->facts->ssh, *bmc = j->facts->bmc;
	const char *uuid = said(bmc, "id.uuid");
	const struct {
		const char *reason, *what, *ssh, *bmc;
		enum same same;
	} pair[] = {
	    {"serial", "serial", said(ssh, "id.serial"), said(bmc, "id.serial"),
		same_text(said(ssh, "id.serial"), said(bmc, "id.serial"))},
	    {"uuid", "UUID", said(ssh, "id.uuid"), uuid,
		same_uuid(said(ssh, "id.uuid"), uuid)},
	    {"mac", "hardware address in the UUID", uuid, said(bmc, "id.bmc_mac"),
		same_mac(uuid, said(bmc, "id.bmc_mac"))},
	    {"model", "model", said(ssh, "id.product"), said(bmc, "id.product"),
		same_text(said(ssh, "id.product"), said(bmc, "id.product"))},
	};
	unsigned int named = 0; /* what no two machines share, the same on both ways */

	if (!gh_judge_bmc(j, "{system}"))
		return;
	if (!j->probe) {
		(void)gh_judge_item(j, "dmi.root"); /* says why there is none */
		return;
	}
	for (size_t i = 0; i < GH_COUNT(pair); i++) {
		if (pair[i].same == OTHER) {
			gh_judge_fail(j, pair[i].reason, "%s: %s by SSH, %s by BMC",
			    pair[i].what, pair[i].ssh, pair[i].bmc);
			return;
		}
		named += i < 2 && pair[i].same == SAME;
	}
	if (named == 0) {
		gh_judge_unknown(j, "not_said",
		    "no serial number or UUID is said by SSH and by the BMC");
		return;
	}
	j->f->assurance = GH_A1;
	gh_judge_pass(j, "serial %s, UUID %s, both by SSH and by BMC",
	    pair[0].same == SAME ? pair[0].ssh : "not compared",
	    pair[1].same == SAME ? uuid : "not compared");
}

/* ---- the GPU baseboard and its GPUs ------------------------------------------------------- */

static bool has_gpus(struct gh_judging *j)
{
	if (j->host->n_gpus == 0)
		gh_judge_skip(j, "the fleet file says no GPUs");
	return j->host->n_gpus > 0;
}

static void baseboard_gpu(struct gh_judging *j)
{
	static const char ubb[] = "/redfish/v1/Chassis/UBB_1",
			  hgx[] = "/redfish/v1/Chassis/HGX_Chassis_0";
	const char *serial = said(j->facts->bmc, "id.gpu_baseboard_serial"), *model;
	const json_t *body;

	if (!has_gpus(j))
		return;
	body =
	    gh_judge_bmc(j, j->src->bmc && gh_redfish_get(j->src->bmc, hgx) ? hgx : ubb);
	if (!body)
		return;
	model = gh_redfish_text(body, "Model");
	if (!gh_param_has(j, "models", model)) {
		gh_judge_fail(j, "model", "model %s, part %s", model[0] ? model : "none",
		    gh_redfish_text(body, "PartNumber"));
		return;
	}
	if (!serial[0]) {
		gh_judge_unknown(j, "no_serial", "the BMC says no serial number of it");
		return;
	}
	if (!gh_judge_pin(j, "id.gpu_baseboard_serial") ||
	    !is_pinned(j, "id.gpu_baseboard_serial",
		json_object_get(j->facts->bmc, "id.gpu_baseboard_serial")))
		return;
	gh_judge_pass(j, "%s, part %s, serial %s, as enrolled", model,
	    gh_redfish_text(body, "PartNumber"), serial);
}

static void gpu_serials(struct gh_judging *j)
{
	const json_t *v = gh_facts_get(j->facts, "id.gpu_serials");

	if (!has_gpus(j))
		return;
	if (!json_object_get(j->facts->ssh, "id.gpu_serials") &&
	    !gh_judge_bmc(j, "{chassis}"))
		return;
	if (json_array_size(v) == 0) {
		gh_judge_unknown(j, "no_serial", "nobody says serial numbers of GPUs");
		return;
	}
	if (gh_facts_agree(j->facts, "id.gpu_serials") < 0) {
		gh_judge_fail(j, "sources", "the host and its BMC name other GPUs");
		return;
	}
	if (json_array_size(v) != j->host->n_gpus) {
		gh_judge_fail(j, "count", "%zu serial numbers, %u GPUs are expected",
		    json_array_size(v), j->host->n_gpus);
		return;
	}
	if (!gh_judge_pin(j, "id.gpu_serials") || !is_pinned(j, "id.gpu_serials", v))
		return;
	gh_judge_pass(j, "%zu GPUs, those that were enrolled", json_array_size(v));
}

/* ---- channels ------------------------------------------------------------------------------- */

static void judge_key_type(struct gh_judging *j, const char *text, const char *by)
{
	gh_auto(struct gh_ssh_hostkey, gh_ssh_hostkey_free) key = {0};
	char print[GH_SSH_PRINT_LEN];

	if (gh_ssh_hostkey_parse(&key, text, NULL) != 0) {
		gh_judge_unknown(j, "malformed", "the host key is no key");
		return;
	}
	gh_ssh_fingerprint(print, key.blob.p, key.blob.len);
	if (strcmp(key.type, "ssh-rsa") == 0)
		gh_judge_warn(
		    j, "rsa", "%s %s, %s; ed25519 is preferred", key.type, print, by);
	else
		gh_judge_pass(j, "%s %s, %s", key.type, print, by);
}

static void hostkey(struct gh_judging *j)
{
	const json_t *v = json_object_get(j->facts->ssh, "id.host_key");
	bool enrolled = gh_enrolment_get(j->src->enrolled, "id.host_key") != NULL;

	gh_say(&j->f->source, "SSH handshake");
	if (!v) {
		gh_judge_unknown(j, "no_ssh", "no host key was shown%s%s",
		    j->src->ssh_err ? ": " : "",
		    j->src->ssh_err ? j->src->ssh_err->what : "");
		return;
	}
	/* The fleet file is a pin too: who wrote it there has compared it. */
	if (!enrolled && !(j->host->host_key && j->host->host_key[0])) {
		(void)gh_judge_pin(j, "id.host_key");
		return;
	}
	if (is_pinned(j, "id.host_key", v))
		judge_key_type(j, json_string_value(v),
		    enrolled ? "as enrolled" : "as the fleet file pins it");
}

/* Words that vendors put into the certificate a BMC leaves the factory with. */
static bool is_factory(const struct gh_judging *j, const char *subject)
{
	const json_t *words = json_object_get(j->check->params, "factory_subjects");

	for (size_t i = 0; i < json_array_size(words); i++) {
		const char *w = json_string_value(json_array_get(words, i));

		if (w && strcasestr(subject, w))
			return true;
	}
	return false;
}

/* A BMC that could not be read because of the certificate that it showed. */
static bool tls_refused(struct gh_judging *j)
{
	const struct gh_err *e = j->src->bmc_err;

	if (!e || e->code != GH_E_AUTH || !strstr(e->what, "certificate"))
		return false;
	if (strstr(e->what, "is pinned"))
		gh_judge_block(j, "not_pinned", "%s", e->what);
	else
		gh_judge_fail(j, "refused", "%s", e->what);
	return true;
}

/* Another certificate is another BMC, until somebody has looked: that blocks, while a
 * factory's or an expired one only warns. */
static bool tls_pinned(struct gh_judging *j, const char *shown)
{
	const char *file = j->host->bmc_cert ? j->host->bmc_cert : "";
	const char *pin = file;

	if (!file[0]) {
		if (!gh_judge_pin(j, "id.bmc_cert"))
			return false;
		pin = gh_enrolment_text(j->src->enrolled, "id.bmc_cert");
	}
	if (strcasecmp(pin, shown) == 0)
		return true;
	gh_judge_block(j, "not_pinned", "SHA-256 %s, %s pins %s", shown,
	    file[0] ? "the fleet file" : "the enrolment", pin);
	return false;
}

static void bmc_tls(struct gh_judging *j)
{
	const struct gh_redfish_tree *t = j->src->bmc;

	gh_say(&j->f->source, "TLS handshake with the BMC");
	if (tls_refused(j))
		return;
	if (!t) {
		(void)gh_judge_bmc(j, "/redfish/v1"); /* says why there is none */
		return;
	}
	j->used_bmc = true;
	if (!t->cert_sha256[0]) {
		gh_judge_fail(j, "no_tls", "the BMC was read without TLS");
		return;
	}
	if (!tls_pinned(j, t->cert_sha256))
		return;
	if (t->cert_self_signed && is_factory(j, t->cert_subject)) {
		gh_judge_warn(
		    j, "factory", "pinned, but made by the vendor: %s", t->cert_subject);
		return;
	}
	gh_judge_pass(j, "SHA-256 %s, as pinned; %s%s", t->cert_sha256, t->cert_subject,
	    t->cert_self_signed ? ", self-signed" : "");
}

/* ---- host.enrolment --------------------------------------------------------------------- */

static void name_facts(struct gh_buf *out, const struct gh_fact_pins *pins,
    enum gh_pin_state state, bool values)
{
	const char *before = "";

	for (size_t i = 0; i < pins->n; i++) {
		if (pins->at[i].state != state)
			continue;
		gh_buf_fmt(out, "%s%s", before, pins->at[i].fact);
		before = values ? "; " : ", ";
		if (values) {
			gh_buf_str(out, " ");
			gh_pinned_difference(out, &pins->at[i]);
		}
	}
}

static void judge_pins(struct gh_finding *f, const struct gh_fact_pins *pins, int64_t at)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	size_t n = pins->count[GH_PIN_SAME];
	char day[GH_TIME_LEN];

	gh_time_text(day, at);
	day[10] = '\0'; /* the date */
	if (pins->count[GH_PIN_DIFFERS] > 0) {
		name_facts(&text, pins, GH_PIN_DIFFERS, true);
		gh_say(&f->observed, "%s", gh_buf_cstr(&text));
		gh_judge(f, GH_FAIL, "host.enrolment.differs");
	} else if (pins->count[GH_PIN_UNREAD] > 0) {
		name_facts(&text, pins, GH_PIN_UNREAD, false);
		gh_say(&f->observed, "%zu facts as enrolled on %s", n, day);
		gh_say(&f->why, "Nobody says now: %s.", gh_buf_cstr(&text));
		gh_judge(f, GH_UNKNOWN, "host.enrolment.unread");
	} else {
		gh_say(&f->observed, "%zu facts as enrolled on %s", n, day);
		gh_judge(f, GH_PASS, "");
	}
}

/* What a BMC said once says nothing of now, save while it is being asked. */
static void judge_age(struct gh_finding *f, const struct gh_sources *src)
{
	bool asked =
	    src->bmc_pending && src->bmc && src->at - src->bmc->read_at <= src->fresh_s;

	if (f->verdict != GH_PASS || !src->bmc_old || asked)
		return;
	gh_say(&f->why,
	    "The BMC does not answer now: what it alone says is of an earlier reading.");
	gh_judge(f, GH_STALE, "host.enrolment.bmc_old");
}

int gh_judge_enrolment(struct gh_result *out, const struct gh_sources *src,
    const struct gh_facts *facts, struct gh_err *err)
{
	struct gh_finding *f =
	    gh_findings_add(&out->findings, src->host->name, "host.enrolment");
	gh_auto(struct gh_fact_pins, gh_fact_pins_free) pins = {0};
	gh_auto(json_t *, gh_json_free) now = NULL;

	gh_say(&f->title, "The machine is the one that was enrolled");
	gh_say(&f->expected, "every pinned fact as it was on the day of enrolment");
	gh_say(&f->source, "gatehouse enrol --show %s", src->host->name);
	gh_say(&f->why, "Genuine hardware that is not ours proves nothing to a client.");
	gh_say(&f->remedy,
	    "If the change is yours: gatehouse enrol --accept --reason TEXT %s; if it is "
	    "not, treat the host as swapped.",
	    src->host->name);
	if (!gh_enrolment_any(src->enrolled)) {
		f->severity = GH_SEV_WARN;
		gh_say(&f->observed, "never enrolled");
		gh_say(&f->remedy, "gatehouse enrol %s, and compare the fingerprints.",
		    src->host->name);
		gh_judge(f, GH_UNKNOWN, "host.enrolment.never");
		return 0;
	}
	now = gh_pinned_now(facts);
	if (!now)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	if (gh_enrolment_compare(&pins, src->enrolled, now, err) != 0)
		return -1;
	judge_pins(f, &pins, gh_enrolment_at(src->enrolled));
	judge_age(f, src);
	return 0;
}

const struct gh_judge gh_judges_enrol[] = {
    {"host.id.bmc_match", bmc_match},
    {"host.id.baseboard_gpu", baseboard_gpu},
    {"host.id.gpu_serials", gpu_serials},
    {"host.id.hostkey", hostkey},
    {"host.bmc.tls", bmc_tls},
    {NULL, NULL},
};
