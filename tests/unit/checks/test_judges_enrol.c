/* SPDX-License-Identifier: Apache-2.0
 * Is it the machine that was enrolled: each judge passes on the enrolled host, fails with its
 * code on another one, and is UNKNOWN without its source or its pin. */
#include "bmc_host.h"
#include "checks/judge.h"
#include "checks/pinned.h"
#include "host_text.h"
#include "with_catalogue.h"

#define P GH_PASS
#define F GH_FAIL
#define W GH_WARN
#define U GH_UNKNOWN
#define S GH_SKIP

#define UBB "/redfish/v1/Chassis/UBB_1"

static const char key[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA5kBOzTjqoOFPm2Z8YeHN1RvFJ8e5QkQX8QqW0bLDXz";
static const char other_key[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB5kBOzTjqoOFPm2Z8YeHN1RvFJ8e5QkQX8QqW0bLDXz";

/* One host with both its sources and its enrolment, to be spoilt. */
struct world {
	struct text_host text;
	struct gh_redfish_tree tree;
	struct gh_enrolment pinned;
	struct gh_host host;
	struct gh_probe probe;
	struct gh_sources src;
	struct gh_result r;
};

static void world_of_probe(struct world *w)
{
	gh_probe_free(&w->probe);
	probe_of(&w->probe, &w->text);
}

static void pin_world(struct world *w)
{
	static const struct gh_enrolling of = {"gpu-a", "ann@desk", AT - 86400};
	gh_auto(struct gh_facts, gh_facts_free) facts = {0};
	gh_auto(json_t *, gh_json_free) now = NULL;

	world_of_probe(w);
	assert_int_equal(gh_facts_read(&facts, &w->src, NULL), 0);
	now = gh_pinned_now(&facts);
	assert_non_null(now);
	assert_int_equal(gh_enrolment_make(&w->pinned, &of, now, NULL), 0);
}

static void world_make(struct world *w)
{
	static char none[] = "";

	memset(w, 0, sizeof(*w));
	tdx_host(&w->text);
	bmc_healthy(&w->tree, GH_TEE_TDX);
	bmc_put(&w->tree, UBB,
	    "{'Id':'UBB_1','Model':'HGX_H100','PartNumber':'935-24287-0000-000',"
	    "'SerialNumber':'1662523650462'}");
	w->host = fleet_host(GH_TEE_TDX);
	w->host.host_key = w->host.bmc_cert = none;
	world_of_probe(w);
	w->src = (struct gh_sources){.host = &w->host,
	    .probe = &w->probe,
	    .bmc = &w->tree,
	    .host_key = key,
	    .enrolled = &w->pinned,
	    .at = AT};
	pin_world(w);
}

static void world_free(struct world *w)
{
	gh_result_free(&w->r);
	gh_probe_free(&w->probe);
	gh_enrolment_free(&w->pinned);
	gh_redfish_tree_free(&w->tree);
	text_host_free(&w->text);
}

static const struct gh_finding *run(struct world *w, const char *id)
{
	const struct gh_finding *f;

	gh_result_free(&w->r);
	world_of_probe(w);
	assert_int_equal(gh_checks_run(&w->r, cat, &w->src, NULL), 0);
	f = gh_findings_get(&w->r.findings, "gpu-a", id);
	if (!f)
		fail_msg("no finding %s", id);
	return f;
}

static void expect(
    struct world *w, const char *id, enum gh_verdict verdict, const char *reason)
{
	const struct gh_finding *f = run(w, id);
	char code[128] = "";

	if (reason)
		snprintf(code, sizeof(code), "%s.%s", id, reason);
	if (f->verdict != verdict || strcmp(f->code, code) != 0)
		fail_msg("%s: %s %s, want %s %s: %s %s", id, gh_verdict_word(f->verdict),
		    f->code, gh_verdict_word(verdict), code, f->observed, f->why);
	assert_true(f->observed[0] || f->verdict == GH_UNKNOWN);
	assert_true(f->source[0] || verdict == GH_SKIP);
	assert_true(f->expected[0] && f->why[0] && f->remedy[0]);
}

/* ---- one change, one verdict ------------------------------------------------------------- */

enum where {
	SSH,
	SSH_ALONE, /* nothing by the BMC contradicts it */
	OLD_BMC,
	BMC,
	BMC_GONE,
	HOST_KEY,
	CERT,
	NO_BMC,
	PENDING,
	NO_PROBE,
	NO_PIN,
	NO_GPUS
};

static const struct spoilt {
	const char *id;
	enum where where;
	const char *at;        /* probe item, resource, or fact */
	const char *from, *to; /* text, or member and value */
	enum gh_verdict verdict;
	const char *reason;
} spoilts[] = {
    {"host.id.system", SSH, "dmi.root", "S123456X4B00001", "S123456X4B00002", F,
	"not_enrolled_one"},
    {"host.id.system", SSH, "dmi.root", "3cecef001122", "3cecef001123", F,
	"not_enrolled_one"},
    {"host.id.system", NO_PIN, NULL, NULL, NULL, P, NULL},
    {"host.id.board", SSH_ALONE, "dmi.root", "UM23AS000001", "UM23AS000002", W,
	"not_enrolled_one"},
    {"host.id.board", NO_PIN, NULL, NULL, NULL, P, NULL},
    {"host.id.machine_id", SSH, "sys", "/etc/machine-id:01234567",
	"/etc/machine-id:f1234567", W, "not_enrolled_one"},
    {"host.id.machine_id", NO_PIN, NULL, NULL, NULL, P, NULL},

    {"host.id.bmc_match", SSH, "dmi.root", "S123456X4B00001", "S9", F, "serial"},
    {"host.id.bmc_match", BMC, BMC_SYS, "SerialNumber", "'S9'", F, "serial"},
    {"host.id.bmc_match", BMC, BMC_SYS, "UUID", "'00000000-0000-0000-0000-3CECEF001199'",
	F, "uuid"},
    {"host.id.bmc_match", BMC, BMC_MGR "/EthernetInterfaces/1", "MACAddress",
	"'3C:EC:EF:00:11:99'", F, "mac"},
    {"host.id.bmc_match", BMC, BMC_SYS, "Model", "'SYS-421GE-TNRT'", F, "model"},
    {"host.id.bmc_match", BMC, BMC_SYS, "SerialNumber", "'0123456789'", P, NULL},
    {"host.id.bmc_match", BMC, BMC_SYS, "UUID", "'no uuid'", P, NULL},
    {"host.id.bmc_match", BMC, BMC_SYS, "UUID", "7", P, NULL},
    {"host.id.bmc_match", BMC, BMC_MGR "/EthernetInterfaces/1", "MACAddress", "'?'", P,
	NULL},
    {"host.id.bmc_match", BMC_GONE, BMC_SYS, NULL, NULL, U, "not_offered"},
    {"host.id.bmc_match", SSH, "dmi.root", NULL, NULL, U, "not_said"},
    {"host.id.bmc_match", NO_BMC, NULL, NULL, NULL, U, "bmc_silent"},
    {"host.id.bmc_match", PENDING, NULL, NULL, NULL, U, "bmc_pending"},
    {"host.id.bmc_match", NO_PROBE, NULL, NULL, NULL, U, "no_ssh"},

    {"host.id.baseboard_gpu", BMC, UBB, "SerialNumber", "'1662523650463'", W,
	"not_enrolled_one"},
    {"host.id.baseboard_gpu", BMC, UBB, "Model", "'HGX_A100'", W, "model"},
    {"host.id.baseboard_gpu", BMC, UBB, "Model", NULL, W, "model"},
    {"host.id.baseboard_gpu", BMC, UBB, "SerialNumber", "'Not Present'", U, "no_serial"},
    {"host.id.baseboard_gpu", BMC_GONE, UBB, NULL, NULL, U, "not_offered"},
    {"host.id.baseboard_gpu", NO_PIN, NULL, NULL, NULL, U, "not_enrolled"},
    {"host.id.baseboard_gpu", NO_BMC, NULL, NULL, NULL, U, "bmc_silent"},
    {"host.id.baseboard_gpu", NO_GPUS, NULL, NULL, NULL, S, "not_applicable"},

    {"host.id.gpu_serials", BMC, BMC_CH "/PCIeDevices/GPU3", "SerialNumber",
	"'1652323999999'", F, "not_enrolled_one"},
    {"host.id.gpu_serials", BMC_GONE, BMC_CH "/PCIeDevices/GPU3", NULL, NULL, F, "count"},
    /* the same serial twice is seven GPUs */
    {"host.id.gpu_serials", BMC, BMC_CH "/PCIeDevices/GPU3", "SerialNumber",
	"'1652323019501'", F, "count"},
    {"host.id.gpu_serials", BMC, BMC_CH "/PCIeDevices/GPU3", "SerialNumber", "[]", F,
	"count"},
    {"host.id.gpu_serials", BMC_GONE, BMC_CH, NULL, NULL, U, "no_serial"},
    {"host.id.gpu_serials", NO_PIN, NULL, NULL, NULL, U, "not_enrolled"},
    {"host.id.gpu_serials", NO_BMC, NULL, NULL, NULL, U, "bmc_silent"},
    {"host.id.gpu_serials", NO_GPUS, NULL, NULL, NULL, S, "not_applicable"},

    {"host.id.hostkey", HOST_KEY, other_key, NULL, NULL, F, "not_enrolled_one"},
    {"host.id.hostkey", HOST_KEY, "", NULL, NULL, U, "no_ssh"},
    {"host.id.hostkey", NO_PIN, NULL, NULL, NULL, U, "not_enrolled"},

    {"host.bmc.tls", CERT,
	"dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd", NULL, NULL, F,
	"not_pinned"},
    {"host.bmc.tls", CERT, "", NULL, NULL, W, "no_tls"},
    {"host.bmc.tls", OLD_BMC, NULL, NULL, NULL, GH_STALE, "bmc_old"},
    {"host.id.gpu_serials", OLD_BMC, NULL, NULL, NULL, GH_STALE, "bmc_old"},
    {"host.enrolment", OLD_BMC, NULL, NULL, NULL, GH_STALE, "bmc_old"},
    {"host.bmc.tls", NO_PIN, NULL, NULL, NULL, U, "not_enrolled"},
    {"host.bmc.tls", NO_BMC, NULL, NULL, NULL, U, "bmc_silent"},
    {"host.bmc.tls", PENDING, NULL, NULL, NULL, U, "bmc_pending"},

    {"host.enrolment", SSH, "dmi.root", "UM23AS000001", "UM23AS000002", F, "differs"},
    {"host.enrolment", SSH, "sys", "intel_iommu=on", "intel_iommu=off", F, "differs"},
    {"host.enrolment", BMC, BMC_MGR "/EthernetInterfaces/1", "MACAddress",
	"'3C:EC:EF:00:11:99'", F, "differs"},
    {"host.enrolment", SSH, "sys", "pcr-sha256/4:",
	"pcr-sha256/4:0000000000000000000000000000000000000000000000000000000000000000\n/"
	"sys/class/tpm/tpm0/pcr-was:",
	F, "differs"},
    /* the event log behind the boot: another one after every start */
    {"host.enrolment", SSH, "sys", "pcr-sha256/5:",
	"pcr-sha256/5:0000000000000000000000000000000000000000000000000000000000000000\n/"
	"sys/class/tpm/tpm0/pcr-was:",
	P, NULL},
    {"host.enrolment", SSH, "ssh.keys", "ops:0d1e", "ops:1d1e", F, "differs"},
    {"host.enrolment", BMC, BMC_SYS "/Bios", "Attributes/SR_IOVSupport_0047",
	"'Disabled'", F, "differs"},
    {"host.enrolment", SSH, "sys", NULL, NULL, U, "unread"},
    {"host.enrolment", NO_BMC, NULL, NULL, NULL, U, "unread"},
    {"host.enrolment", NO_PIN, NULL, NULL, NULL, U, "never"},
};

static void spoil_world(struct world *w, const struct spoilt *s)
{
	static const struct gh_err silent = {.code = GH_E_TIMEOUT, .what = "no answer"};

	switch (s->where) {
	case SSH_ALONE:
		w->src.bmc = NULL;
		spoil(&w->text, s->at, s->from, s->to);
		break;
	case OLD_BMC:
		w->src.bmc_old = true;
		w->src.bmc_err = &silent;
		break;
	case SSH:
		spoil(&w->text, s->at, s->from, s->to);
		break;
	case BMC:
		bmc_set(&w->tree, s->at, s->from, s->to);
		break;
	case BMC_GONE:
		bmc_gone(&w->tree, s->at);
		break;
	case HOST_KEY:
		w->src.host_key = s->at;
		break;
	case CERT:
		snprintf(w->tree.cert_sha256, sizeof(w->tree.cert_sha256), "%s", s->at);
		break;
	case NO_BMC:
		w->src.bmc = NULL;
		w->src.bmc_err = &silent;
		break;
	case PENDING:
		w->src.bmc = NULL;
		w->src.bmc_pending = true;
		break;
	case NO_PROBE:
		w->src.probe = NULL;
		break;
	case NO_PIN:
		w->src.enrolled = NULL;
		break;
	case NO_GPUS:
		w->host.n_gpus = 0;
		break;
	}
}

static const char *const mine[] = {"host.id.system", "host.id.board",
    "host.id.machine_id", "host.id.bmc_match", "host.id.baseboard_gpu",
    "host.id.gpu_serials", "host.id.hostkey", "host.bmc.tls", "host.enrolment"};

static void test_host_when_it_is_the_enrolled_one_then_every_check_passes(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	for (size_t i = 0; i < GH_COUNT(mine); i++)
		expect(&w, mine[i], P, NULL);
	assert_int_equal(run(&w, "host.id.bmc_match")->assurance, GH_A1);
	assert_non_null(strstr(run(&w, "host.enrolment")->observed, "2025-12-31"));
	world_free(&w);
}

static void test_each_check_when_one_thing_changes_then_its_own_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(spoilts); i++) {
		struct world w;

		world_make(&w);
		spoil_world(&w, &spoilts[i]);
		expect(&w, spoilts[i].id, spoilts[i].verdict, spoilts[i].reason);
		world_free(&w);
	}
}

/* Every check of this file has a bad case and an UNKNOWN one. */
static void test_spoilt_table_when_read_then_covers_every_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(mine); i++) {
		bool bad = false, unknown = i < 3; /* those over SSH: test_judges.c */

		for (size_t k = 0; k < GH_COUNT(spoilts); k++) {
			if (strcmp(spoilts[k].id, mine[i]) != 0)
				continue;
			bad |= spoilts[k].verdict == F || spoilts[k].verdict == W;
			unknown |= spoilts[k].verdict == U;
		}
		if (!bad || !unknown)
			fail_msg("%s has no bad or no UNKNOWN case", mine[i]);
	}
}

/* Both values stand in the finding: a person compares them. */
static void test_finding_when_another_machine_then_says_both_values(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	spoil(&w.text, "dmi.root", "S123456X4B00001", "S9");
	bmc_set(&w.tree, BMC_CH "/PCIeDevices/GPU3", "SerialNumber", "'1652323999999'");
	w.src.host_key = other_key;
	const char *text = run(&w, "host.id.system")->observed;
	assert_non_null(strstr(text, "S9, pinned is S123456X4B00001"));
	text = run(&w, "host.id.gpu_serials")->observed;
	assert_non_null(strstr(text, "gone: 1652323019503, new: 1652323999999"));
	text = run(&w, "host.id.hostkey")->observed;
	assert_non_null(strstr(strstr(text, "SHA256:") + 1, "SHA256:"));
	text = run(&w, "host.enrolment")->observed;
	assert_non_null(strstr(text, "id.serial S9, pinned is S123456X4B00001"));
	assert_non_null(strstr(text, "id.gpu_serials 8 values, gone"));
	assert_non_null(strstr(text, "id.host_key ssh-ed25519 SHA256:"));
	world_free(&w);
}

static void test_enrolment_when_never_made_then_warns_and_does_not_block(void **state)
{
	struct world w;
	const struct gh_finding *f;

	(void)state;
	world_make(&w);
	w.src.enrolled = NULL;
	f = run(&w, "host.enrolment");
	assert_int_equal(f->severity, GH_SEV_WARN);
	assert_non_null(strstr(f->remedy, "gatehouse enrol gpu-a"));
	w.src.enrolled = &w.pinned;
	assert_int_equal(run(&w, "host.enrolment")->severity, GH_SEV_BLOCKER);
	world_free(&w);
}

/* SMBIOS before 2.6 and Redfish may write the first three fields in either order. */
static void test_uuid_when_its_first_fields_are_swapped_then_the_same(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	spoil(&w.text, "dmi.root", "00000000-0000-0000-0000-3cecef001122",
	    "b11dd4f2-bfde-1000-02bc-5cff35fbe6e9");
	bmc_set(&w.tree, BMC_SYS, "UUID", "'F2D41DB1-DEBF-0010-02BC-5CFF35FBE6E9'");
	w.src.enrolled = NULL;
	expect(&w, "host.id.bmc_match", P, NULL);
	bmc_set(&w.tree, BMC_SYS, "UUID", "'F2D41DB1-DEBF-0010-02BC-5CFF35FBE6EA'");
	expect(&w, "host.id.bmc_match", F, "uuid");
	/* all that this kind says is a hardware address */
	bmc_set(&w.tree, BMC_SYS, "UUID", "'00000000-0000-0000-0000-5CFF35FBE6E9'");
	bmc_set(&w.tree, BMC_MGR "/EthernetInterfaces/1", "MACAddress",
	    "'5C:FF:35:FB:E6:E9'");
	expect(&w, "host.id.bmc_match", P, NULL);
	bmc_set(&w.tree, BMC_SYS, "UUID", "'00000000-0000-0000-0000-5CFF35FBE6EA'");
	expect(&w, "host.id.bmc_match", F, "uuid");
	world_free(&w);
}

/* A UUID of another kind by the BMC is no other UUID, and none to stand in. */
static void test_uuid_when_only_the_bmc_says_a_mac_then_unread_not_other(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	spoil(&w.text, "dmi.root", "00000000-0000-0000-0000-3cecef001122",
	    "6f0a1c00-7d21-11ee-8000-3cecef001122");
	gh_enrolment_free(&w.pinned);
	pin_world(&w);
	expect(&w, "host.enrolment", P, NULL);
	spoil(&w.text, "dmi.root", NULL, NULL);
	expect(&w, "host.enrolment", U, "unread");
	assert_non_null(strstr(run(&w, "host.enrolment")->why, "id.uuid"));
	world_free(&w);
}

static void test_hostkey_when_the_fleet_file_pins_it_then_enrolment_is_not_needed(
    void **state)
{
	struct world w;
	char pin[200];

	(void)state;
	world_make(&w);
	snprintf(pin, sizeof(pin), "%s root@gpu-a", key);
	w.host.host_key = pin;
	w.src.host_key = pin; /* with its comment: the key is the same */
	expect(&w, "host.id.hostkey", P, NULL);
	w.src.enrolled = NULL;
	expect(&w, "host.id.hostkey", P, NULL);
	world_free(&w);
}

static void test_hostkey_when_rsa_then_warns(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0}, blob = {0};
	struct world w;

	(void)state;
	world_make(&w);
	gh_buf_add(&blob, "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\1\1", 22);
	for (int i = 0; i < 257; i++)
		gh_buf_chr(&blob, (char)i);
	gh_buf_str(&text, "ssh-rsa ");
	gh_b64(&text, blob.p, blob.len);
	w.src.host_key = gh_buf_cstr(&text);
	gh_enrolment_free(&w.pinned);
	pin_world(&w);
	expect(&w, "host.id.hostkey", W, "rsa");
	world_free(&w);
}

static void test_tls_when_the_fleet_file_pins_it_then_that_counts(void **state)
{
	struct world w;
	char cert[65];

	(void)state;
	world_make(&w);
	memset(cert, 'C', 64);
	cert[64] = '\0';
	w.host.bmc_cert = cert;
	expect(&w, "host.bmc.tls", P, NULL);
	w.src.enrolled = NULL;
	expect(&w, "host.bmc.tls", P, NULL);
	cert[0] = 'D';
	expect(&w, "host.bmc.tls", F, "not_pinned");
	world_free(&w);
}

/* Another certificate is refused before anything is read; an older reading that stands in
 * must not hide that. */
static void test_tls_when_another_certificate_was_refused_then_blocks(void **state)
{
	struct gh_err e = {0};
	struct world w;

	(void)state;
	world_make(&w);
	(void)gh_fail(
	    &e, GH_E_AUTH, "gpu-a: the BMC shows certificate aa, but cc is pinned");
	w.src.bmc_err = &e;
	expect(&w, "host.bmc.tls", F, "not_pinned");
	assert_int_equal(run(&w, "host.bmc.tls")->severity, GH_SEV_BLOCKER);
	w.src.bmc = NULL;
	expect(&w, "host.bmc.tls", F, "not_pinned");
	(void)gh_fail(
	    &e, GH_E_AUTH, "the pinned certificate of the BMC has expired at x");
	expect(&w, "host.bmc.tls", W, "refused");
	(void)gh_fail(&e, GH_E_AUTH, "the BMC refuses the login");
	expect(&w, "host.bmc.tls", U, "bmc_silent");
	world_free(&w);
}

static void test_tls_when_the_factory_made_it_then_warns(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	w.tree.cert_self_signed = true;
	expect(&w, "host.bmc.tls", P, NULL); /* self-signed, but our own */
	snprintf(w.tree.cert_subject, sizeof(w.tree.cert_subject),
	    "C=US, O=Super Micro Computer, OU=Software, CN=IPMI");
	expect(&w, "host.bmc.tls", W, "factory");
	w.tree.cert_self_signed = false;
	expect(&w, "host.bmc.tls", P, NULL);
	world_free(&w);
}

/* Whatever a host or BMC puts where an identity should stand: nothing raw comes through,
 * and nothing of it is the enrolled machine. */
static void test_identity_when_hostile_then_clean_and_never_a_pass(void **state)
{
	static const char evil[] = "\x1b]0;owned\a\xe2\x80\xae%s%n\xff";
	struct world w;

	(void)state;
	world_make(&w);
	spoil(&w.text, "dmi.root", "S123456X4B00001", evil);
	bmc_set(&w.tree, BMC_SYS, "SerialNumber", "'\\u001b]0;owned\\u0007'");
	bmc_set(&w.tree, UBB, "SerialNumber", "'\\u001b]0;owned\\u0007'");
	bmc_set(&w.tree, UBB, "PartNumber", "'\\u001b]0;owned\\u0007'");
	bmc_set(&w.tree, BMC_CH "/PCIeDevices/GPU3", "SerialNumber",
	    "'\\u001b]0;owned\\u0007'");
	for (size_t i = 0; i < GH_COUNT(mine); i++) {
		const struct gh_finding *f = run(&w, mine[i]);
		const char *const text[] = {f->observed, f->why, f->expected, f->remedy};

		for (size_t k = 0; k < GH_COUNT(text); k++)
			for (const char *c = text[k]; *c; c++)
				assert_true((unsigned char)*c >= ' ');
	}
	assert_int_equal(run(&w, "host.id.system")->verdict, F);
	assert_int_equal(run(&w, "host.id.bmc_match")->verdict, F);
	assert_int_equal(run(&w, "host.id.gpu_serials")->verdict, F);
	assert_int_equal(run(&w, "host.enrolment")->verdict, F);
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_host_when_it_is_the_enrolled_one_then_every_check_passes),
	    cmocka_unit_test(test_each_check_when_one_thing_changes_then_its_own_code),
	    cmocka_unit_test(test_spoilt_table_when_read_then_covers_every_check),
	    cmocka_unit_test(test_finding_when_another_machine_then_says_both_values),
	    cmocka_unit_test(
		test_enrolment_when_never_made_then_warns_and_does_not_block),
	    cmocka_unit_test(test_uuid_when_its_first_fields_are_swapped_then_the_same),
	    cmocka_unit_test(
		test_uuid_when_only_the_bmc_says_a_mac_then_unread_not_other),
	    cmocka_unit_test(
		test_hostkey_when_the_fleet_file_pins_it_then_enrolment_is_not_needed),
	    cmocka_unit_test(test_hostkey_when_rsa_then_warns),
	    cmocka_unit_test(test_tls_when_the_fleet_file_pins_it_then_that_counts),
	    cmocka_unit_test(test_tls_when_another_certificate_was_refused_then_blocks),
	    cmocka_unit_test(test_tls_when_the_factory_made_it_then_warns),
	    cmocka_unit_test(test_identity_when_hostile_then_clean_and_never_a_pass),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
