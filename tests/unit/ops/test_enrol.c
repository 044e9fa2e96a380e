/* SPDX-License-Identifier: Apache-2.0
 * Enrolling on what a host and its BMC said: pinned, as pinned, replaced only when that was
 * asked for, and nothing at all where something is not what it should be. */
#include "ops/enrol_judge.h"
#include "tests/unit/checks/bmc_host.h"
#include "tests/unit/checks/host_text.h"

static const char key[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA5kBOzTjqoOFPm2Z8YeHN1RvFJ8e5QkQX8QqW0bLDXz";

struct world {
	struct text_host text;
	struct gh_redfish_tree tree;
	struct gh_host host;
	struct gh_probe probe;
	struct gh_sources src;
	struct gh_enrolment pinned;
	struct gh_enrol_case c;
	struct gh_result r;
	struct gh_enrolment made;
};

static char bmc_address[] = "10.0.0.1";

static void world_make(struct world *w)
{
	memset(w, 0, sizeof(*w));
	tdx_host(&w->text);
	bmc_healthy(&w->tree, GH_TEE_TDX);
	w->host = fleet_host(GH_TEE_TDX);
	w->host.bmc = bmc_address;
	w->src = (struct gh_sources){.host = &w->host,
	    .probe = &w->probe,
	    .bmc = &w->tree,
	    .host_key = key,
	    .enrolled = &w->pinned,
	    .at = AT};
	w->c = (struct gh_enrol_case){.src = &w->src, .by = "ann@desk"};
}

static void world_free(struct world *w)
{
	gh_result_free(&w->r);
	gh_enrolment_free(&w->made);
	gh_enrolment_free(&w->pinned);
	gh_probe_free(&w->probe);
	gh_redfish_tree_free(&w->tree);
	text_host_free(&w->text);
}

static void pin(struct world *w)
{
	gh_result_free(&w->r);
	gh_enrolment_free(&w->made);
	if (w->src.probe) {
		bool root = w->probe.root || !w->probe.item;

		gh_probe_free(&w->probe);
		probe_of(&w->probe, &w->text);
		w->probe.root = root;
	}
	assert_int_equal(gh_enrol_judge(&w->r, &w->c, &w->made, NULL), 0);
}

/* What was made is what is pinned from now on. */
static void keep(struct world *w)
{
	assert_non_null(w->made.doc);
	gh_enrolment_free(&w->pinned);
	w->pinned = gh_take(w->made);
}

static const struct gh_finding *finding(const struct world *w, const char *step)
{
	const struct gh_finding *f = gh_findings_get(&w->r.findings, "gpu-a", step);

	if (!f)
		fail_msg("no finding %s", step);
	return f;
}

static void expect(
    const struct world *w, const char *step, enum gh_verdict v, const char *says)
{
	const struct gh_finding *f = finding(w, step);

	if (f->verdict != v || !strstr(f->observed, says))
		fail_msg("%s: %s \"%s\", want %s \"%s\"", step,
		    gh_verdict_word(f->verdict), f->observed, gh_verdict_word(v), says);
	assert_true(f->title[0] && f->source[0] && f->expected[0]);
	assert_true(v == GH_PASS || (f->code[0] && f->remedy[0]) ||
		    strcmp(step, "enrol.pinned") == 0);
}

static void test_host_when_new_then_every_fact_is_pinned(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	pin(&w);
	assert_int_equal(gh_result_verdict(&w.r), GH_PASS);
	expect(&w, "enrol.id.serial", GH_PASS, "S123456X4B00001, pinned now");
	expect(&w, "enrol.id.host_key", GH_PASS, "ssh-ed25519 SHA256:");
	expect(&w, "enrol.id.bmc_cert", GH_PASS, "cccc");
	expect(&w, "enrol.id.gpu_serials", GH_PASS, "1652323019501");
	expect(&w, "enrol.sources", GH_PASS, "S123456X4B00001");
	expect(&w, "enrol.pinned", GH_PASS, "facts pinned");
	assert_int_equal(finding(&w, "enrol.id.serial")->assurance, GH_A1);
	assert_int_equal(finding(&w, "enrol.id.machine_id")->assurance, GH_A0);
	assert_string_equal(gh_enrolment_text(&w.made, "id.serial"), "S123456X4B00001");
	assert_string_equal(gh_enrolment_text(&w.made, "id.host_key"), key);
	assert_string_equal(gh_enrolment_by(&w.made), "ann@desk");
	assert_int_equal(gh_enrolment_at(&w.made), AT);
	/* what is no pin is not pinned */
	assert_null(gh_enrolment_get(&w.made, "id.boot_id"));
	assert_null(gh_enrolment_get(&w.made, "mem.available_kib"));
	world_free(&w);
}

static void test_host_when_enrolled_and_the_same_then_nothing_to_store(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	pin(&w);
	keep(&w);
	pin(&w);
	assert_int_equal(gh_result_verdict(&w.r), GH_PASS);
	expect(&w, "enrol.id.serial", GH_PASS, "as pinned");
	expect(&w, "enrol.pinned", GH_PASS, "2026-01-01T00:00:00Z by ann@desk");
	assert_null(w.made.doc);
	w.c.accept = true; /* accepting what does not differ changes nothing */
	pin(&w);
	assert_null(w.made.doc);
	world_free(&w);
}

static void test_host_when_another_then_refused_unless_accepted(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	pin(&w);
	keep(&w);
	spoil(&w.text, "dmi.root", "UM23AS000001", "UM23AS000002");
	bmc_set(&w.tree, BMC_CH, "Oem/Supermicro/BoardSerialNumber", "'UM23AS000002'");
	pin(&w);
	assert_int_equal(gh_result_verdict(&w.r), GH_FAIL);
	expect(
	    &w, "enrol.id.board_serial", GH_FAIL, "UM23AS000002, pinned is UM23AS000001");
	expect(&w, "enrol.pinned", GH_FAIL, "nothing was stored");
	assert_null(w.made.doc);
	w.c.accept = true;
	pin(&w);
	assert_int_equal(gh_result_verdict(&w.r), GH_WARN);
	expect(&w, "enrol.id.board_serial", GH_WARN,
	    "replaced: UM23AS000002, pinned is UM23AS000001");
	assert_string_equal(
	    gh_enrolment_text(&w.made, "id.board_serial"), "UM23AS000002");
	assert_string_equal(gh_enrolment_text(&w.made, "id.serial"), "S123456X4B00001");
	world_free(&w);
}

/* New facts beside one that differs may be another machine's: none of them is added. */
static void test_host_when_partly_another_then_nothing_new_is_added(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	w.src.bmc = NULL;
	pin(&w);
	keep(&w);
	w.src.bmc = &w.tree;
	spoil(&w.text, "sys", "/etc/machine-id:0123", "/etc/machine-id:f123");
	pin(&w);
	expect(&w, "enrol.id.machine_id", GH_FAIL, "pinned is");
	expect(&w, "enrol.id.bmc_mac", GH_PASS, "pinned now");
	assert_null(w.made.doc);
	world_free(&w);
}

static void test_host_when_it_has_no_bmc_then_warns_and_pins_the_rest(void **state)
{
	static const struct gh_err silent = {
	    .code = GH_E_TIMEOUT, .what = "no answer in 60 s"};
	static char none[] = "";
	struct world w;

	(void)state;
	world_make(&w);
	w.src.bmc = NULL;
	w.host.bmc = none;
	pin(&w);
	assert_int_equal(gh_result_verdict(&w.r), GH_WARN);
	expect(&w, "enrol.bmc", GH_WARN, "names no BMC");
	assert_null(gh_enrolment_get(&w.made, "id.bmc_cert"));
	assert_non_null(gh_enrolment_get(&w.made, "id.serial"));
	w.host.bmc = bmc_address;
	w.src.bmc_err = &silent;
	pin(&w);
	expect(&w, "enrol.bmc", GH_WARN, "no answer in 60 s");
	/* later the BMC answers: its facts are added without any accept */
	keep(&w);
	w.src.bmc = &w.tree;
	w.src.bmc_err = NULL;
	pin(&w);
	assert_int_equal(gh_result_verdict(&w.r), GH_PASS);
	expect(&w, "enrol.id.bmc_cert", GH_PASS, "pinned now");
	expect(&w, "enrol.id.serial", GH_PASS, "as pinned");
	assert_non_null(gh_enrolment_get(&w.made, "id.bmc_cert"));
	world_free(&w);
}

/* A pin never goes because a source was silent, not even with accept. */
static void test_pin_when_its_source_is_silent_then_it_stays(void **state)
{
	static const struct gh_err silent = {.code = GH_E_IO, .what = "refused"};
	struct world w;

	(void)state;
	world_make(&w);
	pin(&w);
	keep(&w);
	w.src.bmc = NULL;
	w.src.bmc_err = &silent;
	w.c.accept = true;
	spoil(&w.text, "sys", "/etc/machine-id:0123", "/etc/machine-id:f123");
	pin(&w);
	expect(&w, "enrol.id.bmc_cert", GH_WARN, "stays pinned");
	expect(&w, "enrol.id.machine_id", GH_WARN, "replaced");
	assert_non_null(gh_enrolment_get(&w.made, "id.bmc_cert"));
	assert_non_null(gh_enrolment_get(&w.made, "id.gpu_serials"));
	/* the same without root */
	w.src.bmc = &w.tree;
	w.src.bmc_err = NULL;
	w.probe.root = false;
	spoil(&w.text, "dmi.root", NULL, NULL);
	bmc_set(&w.tree, BMC_SYS, "SerialNumber", NULL);
	pin(&w);
	expect(&w, "enrol.probe", GH_WARN, "items");
	expect(&w, "enrol.id.serial", GH_WARN, "stays pinned");
	assert_string_equal(gh_enrolment_text(&w.made, "id.serial"), "S123456X4B00001");
	world_free(&w);
}

static void test_pin_when_gone_for_good_and_accepted_then_dropped(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	pin(&w);
	keep(&w);
	bmc_set(&w.tree, BMC_MGR "/EthernetInterfaces/1", "MACAddress", NULL);
	pin(&w);
	expect(&w, "enrol.id.bmc_mac", GH_WARN, "stays pinned");
	assert_null(w.made.doc);
	w.c.accept = true;
	pin(&w);
	expect(&w, "enrol.id.bmc_mac", GH_WARN, "pinned no more");
	assert_non_null(w.made.doc);
	assert_null(gh_enrolment_get(&w.made, "id.bmc_mac"));
	world_free(&w);
}

static void test_probe_when_cut_or_absent_then_nothing_is_stored(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	pin(&w);
	w.probe.complete = false;
	gh_result_free(&w.r);
	gh_enrolment_free(&w.made);
	assert_int_equal(gh_enrol_judge(&w.r, &w.c, &w.made, NULL), 0);
	assert_int_equal(finding(&w, "enrol.probe")->verdict, GH_UNKNOWN);
	assert_null(w.made.doc);
	w.src.probe = NULL;
	w.c.accept = true;
	pin(&w);
	assert_int_equal(finding(&w, "enrol.probe")->verdict, GH_UNKNOWN);
	expect(&w, "enrol.pinned", GH_FAIL, "nothing was stored");
	assert_null(w.made.doc);
	world_free(&w);
}

/* A host that is too busy says less: that is said, and added later. */
static void test_probe_when_items_are_late_then_warns_and_names_them(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	find_item(&w.text, "ssh.keys")->rc = 124;
	pin(&w);
	assert_int_equal(gh_result_verdict(&w.r), GH_WARN);
	assert_string_equal(finding(&w, "enrol.probe")->code, "enrol.probe.late");
	assert_non_null(strstr(finding(&w, "enrol.probe")->why, "ssh.keys"));
	assert_null(gh_enrolment_get(&w.made, "ssh.authorized_keys"));
	keep(&w);
	/* nothing is taken for gone while somebody was late */
	find_item(&w.text, "sys")->rc = 124;
	w.c.accept = true;
	pin(&w);
	expect(&w, "enrol.id.machine_id", GH_WARN, "stays pinned");
	w.c.accept = false;
	find_item(&w.text, "sys")->rc = find_item(&w.text, "ssh.keys")->rc = 0;
	pin(&w);
	assert_int_equal(gh_result_verdict(&w.r), GH_PASS);
	expect(&w, "enrol.ssh.authorized_keys", GH_PASS, "pinned now");
	world_free(&w);
}

static void test_sources_when_two_machines_then_refused(void **state)
{
	struct world w;

	(void)state;
	world_make(&w);
	bmc_set(&w.tree, BMC_SYS, "SerialNumber", "'S9'");
	pin(&w);
	expect(&w, "enrol.sources", GH_FAIL, "S123456X4B00001 by SSH, S9 by BMC");
	assert_null(w.made.doc);
	w.c.accept = true;
	pin(&w);
	expect(&w, "enrol.sources", GH_WARN, "S9 by BMC");
	assert_non_null(w.made.doc);
	world_free(&w);
}

/* ---- with other hosts ---------------------------------------------------------------- */

static const char two_hosts[] = "fleet: x\nhosts:\n"
				"  - name: gpu-a\n    address: 127.0.0.1\n    tee: tdx\n"
				"  - name: gpu-b\n    address: 127.0.0.2\n    tee: tdx\n";

static void test_identity_when_another_host_has_it_then_refused(void **state)
{
	char dir[] = "/tmp/gh-enrol-XXXXXX", db[64], cmd[80];
	struct gh_session s = {0};
	struct gh_enrolled *e = NULL;
	struct world w;
	struct gh_err err = {0};

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(db, sizeof(db), "%s/x.db", dir);
	assert_int_equal(gh_store_open(&s.store, db, &err), 0);
	if (gh_fleet_parse(&s.fleet, "x.yaml",
		(struct gh_bytes){
		    (const unsigned char *)two_hosts, sizeof(two_hosts) - 1},
		&err))
		fail_msg("%s", err.what);
	assert_int_equal(gh_enrolled_load(&e, &s, NULL), 0);
	assert_int_equal(gh_enrolled_count(e), 2);
	world_make(&w);
	w.c.fleet = e;
	pin(&w);
	expect(&w, "enrol.unique", GH_PASS, "0 other");
	/* the same machine under another name */
	gh_enrolled_set(e, gh_enrolled_host(e, 1), &w.made);
	assert_null(w.made.doc);
	pin(&w);
	expect(&w, "enrol.unique", GH_FAIL, "gpu-b was enrolled with the same id.");
	assert_null(w.made.doc);
	/* one GPU in two hosts is enough */
	struct gh_enrolment one = {0};
	static const struct gh_enrolling of = {"gpu-b", "ann@desk", AT};
	gh_auto(json_t *, gh_json_free) facts =
	    json_pack("{s:[s,s]}", "id.gpu_serials", "1", "1652323019503");
	assert_int_equal(gh_enrolment_make(&one, &of, facts, NULL), 0);
	gh_enrolled_set(e, gh_enrolled_host(e, 1), &one);
	pin(&w);
	expect(&w, "enrol.unique", GH_FAIL,
	    "gpu-b was enrolled with the same id.gpu_serials");
	w.c.accept = true;
	pin(&w);
	expect(&w, "enrol.unique", GH_WARN, "gpu-b");
	assert_non_null(w.made.doc);
	world_free(&w);
	gh_enrolled_free(&e);
	gh_fleet_free(&s.fleet);
	gh_store_close(&s.store);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	assert_int_equal(system(cmd), 0);
}

/* The pins to connect with: the fleet file's first, then the enrolled ones. */
static void test_pins_when_the_fleet_file_has_none_then_the_enrolled(void **state)
{
	char dir[] = "/tmp/gh-enrol-XXXXXX", db[64], cmd[80];
	struct gh_session s = {0};
	struct gh_enrolled *e = NULL;
	struct gh_host *h;
	struct world w;

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(db, sizeof(db), "%s/x.db", dir);
	assert_int_equal(gh_store_open(&s.store, db, NULL), 0);
	assert_int_equal(gh_fleet_parse(&s.fleet, "x.yaml",
			     (struct gh_bytes){
				 (const unsigned char *)two_hosts, sizeof(two_hosts) - 1},
			     NULL),
	    0);
	h = &s.fleet->host[0];
	world_make(&w);
	pin(&w);
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_json_dump(&text, w.made.doc);
	struct gh_enrolment_row row = {.at = AT, .document = NULL};
	snprintf(row.host, sizeof(row.host), "gpu-a");
	snprintf(row.by, sizeof(row.by), "ann@desk");
	row.document = gh_buf_take_str(&text);
	assert_int_equal(gh_store_put_enrolment(s.store, &row, NULL), 0);
	assert_int_equal(gh_enrolled_load(&e, &s, NULL), 0);
	assert_string_equal(gh_enrolled_host_key(e, h), key);
	assert_int_equal(strspn(gh_enrolled_bmc_cert(e, h), "c"), 64);
	assert_string_equal(gh_enrolled_host_key(e, h + 1), "");
	assert_string_equal(gh_enrolled_bmc_cert(e, h + 1), "");
	assert_true(gh_enrolment_any(gh_enrolled_of(e, h)));
	assert_false(gh_enrolment_any(gh_enrolled_of(e, h + 1)));
	free(h->host_key);
	h->host_key = strdup("ssh-ed25519 FILE");
	assert_string_equal(gh_enrolled_host_key(e, h), "ssh-ed25519 FILE");
	gh_enrolment_row_free(&row);
	world_free(&w);
	gh_enrolled_free(&e);
	gh_fleet_free(&s.fleet);
	gh_store_close(&s.store);
	snprintf(cmd, sizeof(cmd), "rm -rf %s", dir);
	assert_int_equal(system(cmd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_host_when_new_then_every_fact_is_pinned),
	    cmocka_unit_test(test_host_when_enrolled_and_the_same_then_nothing_to_store),
	    cmocka_unit_test(test_host_when_another_then_refused_unless_accepted),
	    cmocka_unit_test(test_host_when_partly_another_then_nothing_new_is_added),
	    cmocka_unit_test(test_host_when_it_has_no_bmc_then_warns_and_pins_the_rest),
	    cmocka_unit_test(test_pin_when_its_source_is_silent_then_it_stays),
	    cmocka_unit_test(test_pin_when_gone_for_good_and_accepted_then_dropped),
	    cmocka_unit_test(test_probe_when_cut_or_absent_then_nothing_is_stored),
	    cmocka_unit_test(test_probe_when_items_are_late_then_warns_and_names_them),
	    cmocka_unit_test(test_sources_when_two_machines_then_refused),
	    cmocka_unit_test(test_identity_when_another_host_has_it_then_refused),
	    cmocka_unit_test(test_pins_when_the_fleet_file_has_none_then_the_enrolled),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
