/* SPDX-License-Identifier: Apache-2.0
 * The policy file: every member, every way to get one wrong. */
#include <string.h>

#include "base/text.h"
#include "evidence/policy.h"
#include "tests/unit/tap.h"

static int load(struct gh_policy *p, const char *json, struct gh_err *e)
{
	return gh_policy_load(p, json, strlen(json), e);
}

static void test_policy_when_minimal_is_the_strict_default(void **state)
{
	struct gh_policy p, strict = *gh_policy_strict();

	(void)state;
	assert_int_equal(load(&p, "{\"v\":1}", NULL), 0);
	assert_string_equal(p.id, "unnamed");
	memcpy(p.id, strict.id, sizeof(p.id));
	assert_memory_equal(&p.tdx, &strict.tdx, sizeof(p.tdx));
	assert_memory_equal(&p.snp, &strict.snp, sizeof(p.snp));
	assert_memory_equal(&p.nvidia, &strict.nvidia, sizeof(p.nvidia));
	assert_int_equal(strict.tdx.accept, 1u << GH_TCB_UP_TO_DATE);
	assert_true(strict.snp.alias_check);
	assert_int_equal(strict.nvidia.modes, 7);
}

#define HEX6  "00906ED50000"
#define HEX8  "0011223344556677"
#define HEX16 "00112233445566778899aabbccddeeff"
#define HEX32 HEX16 HEX16
#define HEX48 HEX16 HEX16 HEX16
#define HEX64 HEX32 HEX32

static void test_policy_when_every_member_is_set_takes_each(void **state)
{
	static const char text[] =
	    "{\"v\":1,\"id\":\"prod \\u00e9\","
	    "\"tdx\":{\"accept\":[\"UpToDate\",\"SWHardeningNeeded\"],"
	    "\"min_tcb_evaluation\":18,\"attributes_allowed\":\"0xffffffffffffffff\","
	    "\"sept_ve_disable\":false,\"xfam_allowed\":\"0x3\",\"service_td\":true,"
	    "\"trailing\":true,\"mrtd\":[\"" HEX48 "\",\"" HEX48
	    "\"],\"mrseam\":[\"" HEX48 "\"],\"mrconfigid\":[\"" HEX48
	    "\"],\"mrowner\":[\"" HEX48 "\"],\"mrownerconfig\":[\"" HEX48
	    "\"],\"rtmr0\":[\"" HEX48 "\"],\"rtmr1\":[\"" HEX48 "\"],\"rtmr2\":[\"" HEX48
	    "\"],\"rtmr3\":[\"" HEX48 "\"],\"ppid\":[\"" HEX16
	    "\"],\"platform_instance\":[\"" HEX16 "\"],\"fmspc\":[\"" HEX6 "\"]},"
	    "\"snp\":{\"vmpl_max\":3,\"debug\":true,\"migrate_ma\":true,\"cxl\":true,"
	    "\"provisional\":true,\"alias_check\":false,\"revocation\":true,\"min_tcb\":{"
	    "\"fmc\":1,"
	    "\"boot_loader\":2,\"tee\":3,\"snp\":4,\"microcode\":255},"
	    "\"measurement\":[\"" HEX48 "\"],\"id_key_digest\":[\"" HEX48
	    "\"],\"author_key_digest\":[\"" HEX48 "\"],\"host_data\":[\"" HEX32
	    "\"],\"chip_id\":[\"" HEX64 "\"]},"
	    "\"nvidia\":{\"fwid\":true,\"revocation\":true,\"ocsp_nonce\":true,"
	    "\"rim_hold\":true,\"modes\":[\"PPCIE\",\"SPT\"],\"pdi\":[\"" HEX8
	    "\"],\"gpus\":8,\"switches\":4}}";
	struct gh_policy p;
	struct gh_err e = {0};
	unsigned char want[64];
	const struct gh_pins *const pins48[] = {&p.tdx.mrseam, &p.tdx.mrconfigid,
	    &p.tdx.mrowner, &p.tdx.mrownerconfig, &p.tdx.rtmr[0], &p.tdx.rtmr[1],
	    &p.tdx.rtmr[2], &p.tdx.rtmr[3], &p.snp.measurement, &p.snp.id_key_digest,
	    &p.snp.author_key_digest};

	(void)state;
	if (load(&p, text, &e))
		fail_msg("%s", e.what);
	assert_int_equal(gh_unhex(want, 64, HEX64, NULL), 0);
	assert_true(p.snp.revocation);
	assert_int_equal(
	    p.tdx.accept, 1u << GH_TCB_UP_TO_DATE | 1u << GH_TCB_SW_HARDENING_NEEDED);
	assert_int_equal(p.tdx.min_eval, 18);
	assert_true(p.tdx.attributes_allowed == UINT64_MAX);
	assert_true(!p.tdx.sept_ve_disable && p.tdx.service_td && p.tdx.trailing);
	assert_int_equal(p.tdx.xfam_allowed, 3);
	assert_int_equal(p.tdx.mrtd.n, 2);
	for (size_t i = 0; i < GH_COUNT(pins48); i++) {
		assert_int_equal(pins48[i]->n, 1);
		assert_int_equal(pins48[i]->len, 48);
		assert_memory_equal(pins48[i]->at[0], want, 48);
	}
	assert_int_equal(p.tdx.ppid.len + p.tdx.platform_instance.len, 32);
	assert_int_equal(p.tdx.fmspc.len, 6);
	assert_int_equal(p.snp.vmpl_max, 3);
	assert_true(p.snp.debug && p.snp.migrate_ma && p.snp.cxl && p.snp.provisional);
	assert_false(p.snp.alias_check);
	assert_int_equal(p.snp.min_tcb.fmc, 1);
	assert_int_equal(p.snp.min_tcb.boot_loader, 2);
	assert_int_equal(p.snp.min_tcb.tee, 3);
	assert_int_equal(p.snp.min_tcb.snp, 4);
	assert_int_equal(p.snp.min_tcb.microcode, 255);
	assert_int_equal(p.snp.host_data.len, 32);
	assert_int_equal(p.snp.chip_id.len, 64);
	assert_true(p.nvidia.fwid && p.nvidia.revocation && p.nvidia.ocsp_nonce);
	assert_true(p.nvidia.rim_hold);
	assert_int_equal(p.nvidia.modes, 5);
	assert_int_equal(p.nvidia.pdi.len, 8);
	assert_int_equal(p.nvidia.gpus, 8);
	assert_int_equal(p.nvidia.switches, 4);
	assert_true(gh_pins_fit(&p.snp.chip_id, want));
	want[63] ^= 1;
	assert_false(gh_pins_fit(&p.snp.chip_id, want));
	assert_true(gh_pins_fit(&gh_policy_strict()->snp.chip_id, want));
	for (size_t len = 0; len < sizeof(text) - 1; len++)
		assert_int_equal(gh_policy_load(&p, text, len, NULL), -1);
}

static void test_policy_when_wrong_names_the_place(void **state)
{
	static const struct {
		const char *json, *says;
	} t[] = {
	    {"", "line"},
	    {"{\"v\":1,\n \"id\":}", "line 2 column 7"},
	    {"{\"v\":1,\"v\":1}", "duplicate"},
	    {"[]", "\"v\": 1"},
	    {"{}", "\"v\": 1"},
	    {"{\"v\":2}", "v must be 1"},
	    {"{\"v\":\"1\"}", "v must be 1"},
	    {"{\"v\":1,\"x\":1}", "unknown member x"},
	    {"{\"v\":1,\"id\":\"\"}", "id must be a text"},
	    {"{\"v\":1,\"id\":1}", "id must be a text"},
	    {"{\"v\":1,\"snp\":{\"revocation\":1}}",
		"snp.revocation must be true or false"},
	    {"{\"v\":1,\"tdx\":[]}", "tdx must be an object"},
	    {"{\"v\":1,\"tdx\":null}", "tdx must be an object"},
	    {"{\"v\":1,\"tdx\":{\"y\":1}}", "unknown member tdx.y"},
	    {"{\"v\":1,\"tdx\":{\"accept\":[]}}", "tdx.accept must be a list"},
	    {"{\"v\":1,\"tdx\":{\"accept\":\"UpToDate\"}}", "tdx.accept must be a list"},
	    {"{\"v\":1,\"tdx\":{\"accept\":[\"UpToDate\",\"Revoked\"]}}",
		"tdx.accept[1] is Revoked"},
	    {"{\"v\":1,\"tdx\":{\"accept\":[\"uptodate\"]}}", "tdx.accept[0]"},
	    {"{\"v\":1,\"tdx\":{\"accept\":[\"\"]}}", "tdx.accept[0]"},
	    {"{\"v\":1,\"tdx\":{\"accept\":[1]}}", "tdx.accept[0]"},
	    {"{\"v\":1,\"tdx\":{\"min_tcb_evaluation\":-1}}", "tdx.min_tcb_evaluation"},
	    {"{\"v\":1,\"tdx\":{\"min_tcb_evaluation\":1.0}}", "tdx.min_tcb_evaluation"},
	    {"{\"v\":1,\"tdx\":{\"attributes_allowed\":1}}", "tdx.attributes_allowed"},
	    {"{\"v\":1,\"tdx\":{\"attributes_allowed\":\"0x\"}}",
		"tdx.attributes_allowed"},
	    {"{\"v\":1,\"tdx\":{\"attributes_allowed\":\"12\"}}",
		"tdx.attributes_allowed"},
	    {"{\"v\":1,\"tdx\":{\"xfam_allowed\":\"0x10000000000000000\"}}",
		"tdx.xfam_allowed"},
	    {"{\"v\":1,\"tdx\":{\"mrtd\":[\"00\"]}}", "tdx.mrtd[0] must be 48 bytes"},
	    {"{\"v\":1,\"tdx\":{\"mrtd\":[1]}}", "tdx.mrtd[0]"},
	    {"{\"v\":1,\"tdx\":{\"mrtd\":[]}}", "tdx.mrtd must be a list of 1 to 16"},
	    {"{\"v\":1,\"tdx\":{\"fmspc\":[\"" HEX6 "\",\"" HEX6 "0\"]}}",
		"tdx.fmspc[1] must be 6 bytes as 12"},
	    {"{\"v\":1,\"tdx\":{\"ppid\":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0]}}",
		"tdx.ppid must be a list of 1 to 16"},
	    {"{\"v\":1,\"snp\":{\"vmpl_max\":4}}", "snp.vmpl_max"},
	    {"{\"v\":1,\"snp\":{\"min_tcb\":{\"snp\":256}}}", "snp.min_tcb.snp"},
	    {"{\"v\":1,\"snp\":{\"min_tcb\":{\"ucode\":1}}}",
		"unknown member snp.min_tcb.ucode"},
	    {"{\"v\":1,\"nvidia\":{\"gpus\":1025}}", "nvidia.gpus"},
	    {"{\"v\":1,\"nvidia\":{\"modes\":[\"SPT\",\"OFF\"]}}", "nvidia.modes[1]"},
	    {"{\"v\":1,\"nvidia\":{\"modes\":[1]}}", "nvidia.modes[0]"},
	    {"{\"v\":1,\"nvidia\":{\"modes\":[\"SPT\",\"SPT\",\"SPT\",\"SPT\"]}}",
		"nvidia.modes must be a list of 1 to 3"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(t); i++) {
		struct gh_policy p = {.id = "untouched"};
		struct gh_err e = {0};

		assert_int_equal(load(&p, t[i].json, &e), -1);
		assert_int_equal(e.code, GH_E_CONFIG);
		if (!strstr(e.what, t[i].says))
			fail_msg(
			    "%s: says \"%s\", want \"%s\"", t[i].json, e.what, t[i].says);
		assert_string_equal(p.id, "untouched");
	}
}

static void test_policy_when_names_are_long_or_odd_is_cleaned(void **state)
{
	char name[2000], text[2100];
	struct gh_policy p;
	struct gh_err e = {0};

	(void)state;
	memset(name, 'a', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	snprintf(text, sizeof(text), "{\"v\":1,\"snp\":{\"%s\":1}}", name);
	assert_int_equal(load(&p, text, &e), -1);
	assert_non_null(strstr(e.what, "snp.aaaa"));
	name[64] = '\0'; /* one byte too long for an id */
	snprintf(text, sizeof(text), "{\"v\":1,\"id\":\"%s\"}", name);
	assert_int_equal(load(&p, text, &e), -1);
	name[63] = '\0';
	snprintf(text, sizeof(text), "{\"v\":1,\"id\":\"%s\"}", name);
	assert_int_equal(load(&p, text, &e), 0);
	assert_string_equal(p.id, name);
	assert_int_equal(load(&p, "{\"v\":1,\"\\u001b[2J\":1}", &e), -1);
	assert_null(strchr(e.what, 0x1b));
}

static void test_status_words_when_parsed_come_back(void **state)
{
	enum gh_tdx_status s;

	(void)state;
	for (int i = GH_TCB_UP_TO_DATE; i < GH_TCB_N; i++) {
		assert_int_equal(
		    gh_tdx_status_parse(gh_tdx_status_word((enum gh_tdx_status)i), &s),
		    0);
		assert_int_equal(s, i);
	}
	assert_int_equal(gh_tdx_status_parse("", &s), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_policy_when_minimal_is_the_strict_default),
	    cmocka_unit_test(test_policy_when_every_member_is_set_takes_each),
	    cmocka_unit_test(test_policy_when_wrong_names_the_place),
	    cmocka_unit_test(test_policy_when_names_are_long_or_odd_is_cleaned),
	    cmocka_unit_test(test_status_words_when_parsed_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
