/* SPDX-License-Identifier: Apache-2.0
 * Each check of the catalogue, by its judge: it passes on a healthy host, one change breaks
 * it, and on a host that shows nothing it is UNKNOWN. Whoever adds a check adds its row to
 * breaks.h; what cannot reach a verdict stands there in a list, with the reason. */
#include "breaks.h"
#include "checks/fleet_checks.h"
#include "checks/host_policy.h"
#include "checks/judge.h"
#include "checks/pinned.h"
#include "evidence/rim.h"

#define PKI_AT AT
#include "tests/unit/evidence/vcek_made.h"

#define HGX_VBIOS "96.00.D9.00.01"

/* ---- one host with all its sources ------------------------------------------------------- */

static struct gh_catalogue *cat;
static struct erot erots[EROTS];
static struct gh_trust trust;
static struct gh_rim rim_gpu = {
    .id = "NV_GPU_VBIOS_G520_0200_885_9600D90001", .trusted = true};
static struct gh_rim rim_switch = {
    .id = "NV_SWITCH_BIOS_5612_0002_890_9610730001", .trusted = true};
static struct gh_rim *rim[] = {&rim_gpu, &rim_switch};
static const struct gh_rims rims = {rim, 2};
static struct gh_kds_answer amd; /* the chip's certificate */
static const struct gh_kds_answer amd_knows_none = {.state = GH_KDS_ABSENT};
static struct gh_enrolment enrolled[2]; /* by TEE */
static struct gh_result well[2];        /* what healthy hosts have said before */
static unsigned int reached[512];       /* by place in the catalogue */

struct world {
	struct text_host text;
	struct gh_redfish_tree tree;
	struct gh_host host;
	struct gh_probe probe;
	struct gh_sources src;
	json_t *params; /* of a policy for one check */
	struct gh_check_change change;
	struct gh_host_policy policy;
	struct gh_result result, before, gpus;
	json_t *other; /* claims of another host */
	struct gh_fleet_peer peer;
	struct gh_fleet_view view;
};

static void add_gpus(struct world *w)
{
	char name[16];

	for (unsigned int i = 0; i < 8; i++) {
		snprintf(name, sizeof(name), "gpu-a:%u", i);
		gh_claim(gh_result_subject(&w->gpus, name, "gpu"), "vbios", HGX_VBIOS);
		gh_judge(gh_findings_add(&w->gpus.findings, name, "gpu.spdm.signature"),
		    GH_PASS, "");
	}
}

/* A sister: the same, save what no two hosts may share. */
static json_t *sister_of(const struct gh_result *r)
{
	const struct gh_subject *s = gh_result_find(r, "gpu-a");
	json_t *claims = s ? json_deep_copy(s->claims) : json_object();
	size_t n;
	const struct gh_fact_def *def = gh_fact_defs(&n);

	for (size_t i = 0; i < n; i++)
		if (def[i].use & GH_FACT_UNIQUE)
			json_object_set_new(claims, def[i].name, json_string("its own"));
	return claims;
}

static void world_make(struct world *w, enum gh_tee tee, bool signs)
{
	static char none[] = "";
	char path[64];

	memset(w, 0, sizeof(*w));
	if (tee == T)
		tdx_host(&w->text);
	else
		snp_host(&w->text);
	bmc_healthy(&w->tree, tee);
	bmc_baseboard(&w->tree);
	for (int i = 2; i <= 32; i += 2) { /* as dmidecode says it in host_text.h */
		snprintf(path, sizeof(path), BMC_SYS "/Memory/%d", i);
		bmc_set(&w->tree, path, "Status/State", "'Absent'");
	}
	bmc_put(&w->tree, UBB,
	    "{'Id':'UBB_1','Model':'HGX_H100','PartNumber':'935-24287-0000-000',"
	    "'SerialNumber':'1662523650462'}");
	if (signs)
		erot_put_all(&w->tree, erots);
	w->host = fleet_host(tee);
	w->host.host_key = w->host.bmc_cert = none;
	w->src = (struct gh_sources){.host = &w->host,
	    .probe = &w->probe,
	    .nonce = TPM_NONCE,
	    .ssh_ms = SSH_MS,
	    .host_key = KEY_A,
	    .bmc = &w->tree,
	    .enrolled = &enrolled[tee],
	    .rims = &rims,
	    .trust = &trust,
	    .vcek = &amd,
	    .at = AT,
	    .fresh_s = 900};
	add_gpus(w);
	gh_result_merge(&w->before, &well[tee]);
	w->other = sister_of(&well[tee]);
	w->peer = (struct gh_fleet_peer){"gpu-b", gh_tee_word(tee), w->other};
	w->view = (struct gh_fleet_view){.host = &w->host,
	    .peer = &w->peer,
	    .n_peers = 1,
	    .before = &w->before,
	    .before_what = "report 7",
	    .gpus = &w->gpus,
	    .at = AT,
	    .fresh_s = 900,
	    .bmc_read_at = AT};
}

static void world_free(struct world *w)
{
	gh_result_free(&w->result);
	gh_result_free(&w->before);
	gh_result_free(&w->gpus);
	gh_probe_free(&w->probe);
	gh_redfish_tree_free(&w->tree);
	text_host_free(&w->text);
	json_decref(w->params);
	json_decref(w->other);
}

static json_t *claims(struct gh_result *r, const char *name)
{
	return gh_result_subject(r, name, "host")->claims;
}

/* The host, then the fleet; mine is a claim that the host makes of itself, or NULL. */
static void world_judge(struct world *w, const struct breaks *mine)
{
	gh_probe_free(&w->probe);
	probe_of(&w->probe, &w->text);
	assert_int_equal(0, gh_checks_run(&w->result, cat, &w->src, NULL));
	if (mine)
		json_object_set_new(
		    claims(&w->result, "gpu-a"), mine->at, json_string(mine->to));
	assert_int_equal(0, gh_fleet_checks_run(&w->result, cat, &w->view, NULL));
}

/* AMD's answer on the chip of the SNP host. */
static void certify_chip(void)
{
	struct vcek_ca ca;
	struct gh_snp_vcek_ask asked;
	gh_auto(struct made, free_made) leaf = {0};
	struct world w;

	world_make(&w, S, false);
	probe_of(&w.probe, &w.text);
	assert_true(gh_checks_vcek(&asked, &w.probe));
	world_free(&w);
	make_vcek_ca(&ca);
	trust_ark(&trust, &ca);
	make_vcek(&leaf, &ca, "SEV-VCEK", &asked);
	amd.state = GH_KDS_GIVEN;
	pem_of(&amd.certs, &leaf);
	pem_of(&amd.certs, &ca.ask);
	pem_of(&amd.certs, &ca.ark);
	free_vcek_ca(&ca);
}

static void pin_world(enum gh_tee tee)
{
	static const struct gh_enrolling of = {"gpu-a", "ann@desk", AT - 30 * 86400};
	gh_auto(struct gh_facts, gh_facts_free) facts = {0};
	gh_auto(json_t *, gh_json_free) now = NULL;
	struct world w;

	world_make(&w, tee, false);
	probe_of(&w.probe, &w.text);
	assert_int_equal(0, gh_facts_read(&facts, &w.src, NULL));
	now = gh_pinned_now(&facts);
	assert_int_equal(0, gh_enrolment_make(&enrolled[tee], &of, now, NULL));
	world_judge(&w, NULL);
	gh_result_merge(&well[tee], &w.result);
	world_free(&w);
}

static int load(void **state)
{
	(void)state;
	assert_int_equal(0, gh_catalogue_load(&cat, NULL));
	assert_true(gh_catalogue_count(cat) < GH_COUNT(reached));
	for (int i = 0; i < EROTS; i++)
		erot_make(
		    &erots[i], "NVIDIA eROT Identity CA 01", i ? &erots[0] : NULL, 384);
	erot_trust(&trust, &erots[0], false);
	certify_chip();
	pin_world(T);
	pin_world(S);
	return 0;
}

static int unload(void **state)
{
	(void)state;
	for (int i = 0; i < EROTS; i++)
		erot_free(&erots[i]);
	for (int tee = T; tee <= (int)S; tee++) {
		gh_enrolment_free(&enrolled[tee]);
		gh_result_free(&well[tee]);
	}
	gh_kds_answer_free(&amd);
	gh_catalogue_free(&cat);
	return 0;
}

/* ---- the three verdicts ------------------------------------------------------------------ */

/* The place in the catalogue; its count when it is not there. */
static size_t place_of(const char *id)
{
	size_t i = 0;

	while (i < gh_catalogue_count(cat) && strcmp(gh_catalogue_at(cat, i)->id, id))
		i++;
	return i;
}

static bool ends(const char *code, const char *reason)
{
	size_t n = strlen(code), m = strlen(reason);

	return n >= m && strcmp(code + n - m, reason) == 0;
}

/* A failed check of severity warn is a warning; its blocker is no warning. Two sources that
 * part fail any check: that is not its own failure. */
static unsigned int bit_of(const struct gh_finding *f, const struct gh_check *c)
{
	if (ends(f->code, ".no_judge") ||
	    (ends(f->code, ".contradicted") && strncmp(c->id, "fleet.", 6)))
		return 0;
	if (f->verdict == GH_PASS)
		return P;
	if (f->verdict == GH_UNKNOWN)
		return U;
	if (f->verdict == GH_FAIL)
		return F;
	return f->verdict == GH_WARN && c->severity != GH_SEV_BLOCKER ? F : 0;
}

static void note(const struct gh_result *r, unsigned int bit)
{
	for (size_t i = 0; i < r->findings.n; i++) {
		const struct gh_finding *f = &r->findings.at[i];
		size_t at = place_of(f->step);

		if (at < gh_catalogue_count(cat))
			reached[at] |= bit_of(f, gh_catalogue_at(cat, at)) & bit;
	}
}

static bool excused(const char *id, unsigned int bit)
{
	for (size_t i = 0; i < GH_COUNT(never); i++)
		if (!strcmp(never[i].id, id))
			return never[i].verdicts & bit;
	return false;
}

/* Each id of the catalogue has reached it, or has an excuse that is still true. */
static void assert_reached(unsigned int bit, const char *word)
{
	size_t bad = 0;

	for (size_t i = 0; i < gh_catalogue_count(cat); i++) {
		const char *id = gh_catalogue_at(cat, i)->id;
		bool has = reached[i] & bit;

		if (has != excused(id, bit))
			continue;
		bad++;
		print_error(
		    has ? "%s is said never to be %s, and was\n" : "%s was never %s\n",
		    id, word);
	}
	assert_int_equal(0, bad);
}

static void test_each_check_when_the_host_is_healthy_then_passes(void **state)
{
	(void)state;
	for (int tee = T; tee <= (int)S; tee++) {
		struct world w;

		world_make(&w, (enum gh_tee)tee, true);
		world_judge(&w, NULL);
		for (size_t i = 0; i < w.result.findings.n; i++) {
			const struct gh_finding *f = &w.result.findings.at[i];

			if (f->verdict != GH_PASS && !excused(f->step, P))
				fail_msg("%s is %s: %s %s", f->code,
				    gh_verdict_word(f->verdict), f->observed, f->why);
		}
		note(&w.result, P);
		world_free(&w);
	}
	assert_reached(P, "PASS");
}

/* Every item and resource is absent; nothing was pinned, nothing is at hand. */
static void test_each_check_when_nothing_is_shown_then_unknown(void **state)
{
	(void)state;
	for (int tee = T; tee <= (int)S; tee++) {
		struct world w;

		world_make(&w, (enum gh_tee)tee, false);
		text_host_free(&w.text);
		gh_redfish_tree_free(&w.tree);
		memset(w.tree.cert_sha256, 'c', 64); /* it answered, by TLS */
		w.src.enrolled = NULL;
		w.src.rims = NULL;
		w.src.vcek = NULL;
		w.src.host_key = "";
		probe_of(&w.probe, &w.text);
		assert_int_equal(0, gh_checks_run(&w.result, cat, &w.src, NULL));
		json_object_clear(claims(&w.result, "gpu-a"));
		assert_int_equal(0, gh_fleet_checks_run(&w.result, cat, &w.view, NULL));
		note(&w.result, U);
		world_free(&w);
	}
	assert_reached(U, "UNKNOWN");
}

static void spoil_each(
    struct text_host *h, const char *id, const char *from, const char *to)
{
	do
		spoil(h, id, from, to);
	while (strstr(find_item(h, id)->text, from));
}

static void break_world(struct world *w, const struct breaks *b)
{
	switch (b->where) {
	case SSH:
		w->src.bmc = NULL; /* or it contradicts */
		spoil(&w->text, b->at, b->from, b->to);
		break;
	case EACH:
		w->src.bmc = NULL;
		spoil_each(&w->text, b->at, b->from, b->to);
		break;
	case BMC:
		bmc_set(&w->tree, b->at, b->from, b->to);
		break;
	case SHOWN:
		w->src.host_key = b->at;
		break;
	case CERT:
		snprintf(w->tree.cert_sha256, sizeof(w->tree.cert_sha256), "%s", b->at);
		break;
	case POLICY:
		w->params = bmc_json(b->at);
		w->change = (struct gh_check_change){
		    .id = b->id, .params = w->params, .proved_by = "", .why = ""};
		w->policy = (struct gh_host_policy){.id = "test",
		    .ack = "",
		    .override = "",
		    .physical = "",
		    .matrix_sha256 = "",
		    .matrix_require = "",
		    .change = &w->change,
		    .n_changes = 1,
		    .applies = {.gpus = -1, .switches = -1}};
		w->src.policy = &w->policy;
		break;
	case PEER:
		json_object_set_new(w->other, b->at, json_string(b->to));
		break;
	case BEFORE:
		json_object_set_new(
		    claims(&w->before, "gpu-a"), b->at, json_string(b->to));
		break;
	case KDS:
		w->src.vcek = &amd_knows_none;
		break;
	case SIGNED:
		json_object_set_new(
		    claims(&w->gpus, "gpu-a:7"), b->at, json_string(b->to));
		break;
	case AGED:
		w->view.bmc_read_at = AT - w->view.fresh_s - 1;
		break;
	case MINE:
		break;
	}
}

/* Breaks one check, by n rows. */
static void break_one(const struct breaks *b, size_t n)
{
	bool signs = strstr(b->id, "erot") != NULL; /* costs time */
	size_t at = place_of(b->id);
	const struct gh_finding *f;
	struct world w;

	assert_true(at < gh_catalogue_count(cat));
	world_make(&w, b->tee, signs);
	for (size_t i = 0; i < n; i++)
		break_world(&w, &b[i]);
	world_judge(&w, b->where == MINE ? b : NULL);
	f = gh_findings_get(&w.result.findings, "gpu-a", b->id);
	if (!f)
		fail_msg("no finding %s", b->id);
	if (bit_of(f, gh_catalogue_at(cat, at)) != F)
		print_error("%s is %s %s: %s %s\n", b->id, gh_verdict_word(f->verdict),
		    f->code, f->observed, f->why);
	reached[at] |= bit_of(f, gh_catalogue_at(cat, at)) & F;
	world_free(&w);
}

static void test_each_check_when_one_thing_is_wrong_then_fails(void **state)
{
	(void)state;
	for (size_t i = 0, n; i < GH_COUNT(breaks); i += n) {
		for (n = 1;
		     i + n < GH_COUNT(breaks) && !strcmp(breaks[i].id, breaks[i + n].id);)
			n++;
		break_one(&breaks[i], n);
	}
	assert_reached(F, "FAIL");
}

/* An excuse for a check that is not there, or without its reason, is none. */
static void test_excuses_when_read_then_each_is_of_a_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(never); i++) {
		assert_true(place_of(never[i].id) < gh_catalogue_count(cat));
		assert_true(never[i].because[0] != '\0');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_each_check_when_the_host_is_healthy_then_passes),
	    cmocka_unit_test(test_each_check_when_one_thing_is_wrong_then_fails),
	    cmocka_unit_test(test_each_check_when_nothing_is_shown_then_unknown),
	    cmocka_unit_test(test_excuses_when_read_then_each_is_of_a_check),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
