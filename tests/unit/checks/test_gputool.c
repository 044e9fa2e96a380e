/* SPDX-License-Identifier: Apache-2.0
 * The log of nvidia_gpu_tools.py, and which source decides a GPU's mode. */
#include "checks/gputool.h"
#include "checks/judge.h"
#include "host_text.h"
#include "with_catalogue.h"

#define STAMP "2025-08-23,22:03:14.042 "
#define GPU   "GPU 0000:18:00.0 H100 0x2330 BAR0 0x19c042000000"

/* What an unlocked and a locked kernel make of one GPU (issue 12 of gpu-admin-tools). */
static const char good[] =
    "NVIDIA GPU Tools version v2025.10.20o\nTopo:\n  PCI 0000:15:01.0 0x8086:0x352a\n  "
    " " GPU "\n" STAMP "INFO     Selected " GPU "\n" STAMP "INFO     " GPU
    " CC settings:\n" STAMP "INFO       enable = 1\n" STAMP
    "INFO       enable-devtools = 1\n" STAMP
    "INFO       enable-allow-inband-control = 1\n" STAMP
    "INFO       enable-devtools-allow-inband-control = 0\n" STAMP "INFO     " GPU
    " CC mode is on\n" STAMP "WARNING  " GPU
    " has CC mode on, some functionality may not work\n" STAMP "INFO     " GPU
    " PPCIe mode is off\n" STAMP "INFO     " GPU " PPCIe settings:\n" STAMP
    "INFO       enable = 0\n" STAMP "INFO     " GPU " module name SXM_3\n";

static const char locked[] = STAMP
    "ERROR    Device /sys/bus/pci/devices/0000:18:00.0 broken [Errno 1] Operation "
    "not permitted\nTopo:\n  Intel root port 0000:15:01.0\n     GPU 0000:18:00.0 ? "
    "0x2335 "
    "BAR0 0x19c042000000\n" STAMP "INFO     Selected GPU 0000:18:00.0 [broken, cfg space "
    "working 1 bars configured 1]\nTraceback (most recent call last):\n";

static void read_text(struct gh_gputool *t, const char *text)
{
	gh_gputool_read(t, gh_text_of(text));
}

static void test_read_when_unlocked_then_modes_and_knobs(void **state)
{
	struct gh_gputool t;
	(void)state;
	read_text(&t, good);
	assert_int_equal(1, t.n);
	assert_string_equal("0000:18:00.0", t.at[0].bdf);
	assert_false(t.at[0].is_switch || t.at[0].broken || t.at[0].refused);
	assert_int_equal(GH_MODE_ON, t.at[0].cc);
	assert_int_equal(GH_MODE_OFF, t.at[0].ppcie);
	assert_int_equal(1, t.at[0].cc_enable);
	assert_int_equal(1, t.at[0].cc_devtools);
	assert_int_equal(0, t.at[0].ppcie_enable);
	assert_int_equal(2, t.at[0].n_inband);
	assert_int_equal(1, t.at[0].n_inband_open);
	assert_string_equal("SXM_3", t.at[0].module);
	assert_false(t.lockdown || t.driver || t.boot_timeout);
}

static void test_read_when_locked_down_then_refused_not_just_broken(void **state)
{
	struct gh_gputool t;
	(void)state;
	read_text(&t, locked);
	assert_int_equal(1, t.n);
	assert_true(t.lockdown && t.at[0].refused);
	assert_int_equal(GH_MODE_UNSAID, t.at[0].cc);
}

static void test_read_when_lines_are_hostile_then_in_bounds(void **state)
{
	struct gh_buf b = {0};
	struct gh_gputool t;
	(void)state;
	for (unsigned int i = 0; i < 300; i++)
		gh_buf_fmt(&b, "GPU %04x:18:00.0 CC mode is on\n", i);
	gh_buf_str(&b, "GPU 0000:18:00.0 module name "
		       "SXM_111111111111111111111111111111111111111111111\n"
		       "  enable = 99999999999999999999\nGPU\nGPU GPU\nDevice /\n"
		       "GPU 0000:18:00.0 CC mode is\nGPU 0000:18:00.0 CC settings:\n = \n"
		       "  = 1\n  enable = \n");
	read_text(&t, gh_buf_cstr(&b));
	assert_int_equal(GH_GPUTOOL_MAX, t.n);
	assert_string_equal("", t.at[0].module);
	assert_int_equal(-1, t.at[0].cc_enable);
	gh_buf_free(&b);
}

/* A cut or changed log never says more devices, and a cut one no other mode. */
static void test_read_when_cut_or_flipped_then_no_crash(void **state)
{
	struct gh_gputool t;
	(void)state;
	for (size_t n = 0; n < sizeof(good); n++) {
		unsigned char *cut = malloc(n + 1);
		memcpy(cut, good, n);
		gh_gputool_read(&t, (struct gh_bytes){cut, n});
		assert_true(t.n <= 1);
		assert_true(t.n == 0 || t.at[0].cc == GH_MODE_UNSAID ||
			    t.at[0].cc == GH_MODE_ON || t.at[0].cc == GH_MODE_INVALID);
		free(cut);
	}
	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		char text[sizeof(good)];
		memcpy(text, good, sizeof(good));
		text[i] = (char)(text[i] ^ 1 << i % 8);
		gh_gputool_read(
		    &t, (struct gh_bytes){(unsigned char *)text, sizeof(good) - 1});
		assert_true(t.n <= GH_GPUTOOL_MAX);
	}
}

/* ---- which source decides ---------------------------------------------------------- */

/* The tool's log of n GPUs, or why there is none. */
static void tool_says(struct text_host *h, int rc, const char *text)
{
	struct text_item *it = find_item(h, "gputool");
	spoil(h, "gputool", NULL, text);
	it->rc = rc;
}

static void tool_modes(struct text_host *h, const char *cc, const char *ppcie)
{
	struct gh_buf b = {0};
	for (int i = 0; i < 8; i++)
		gh_buf_fmt(&b,
		    "GPU 0000:%02x:00.0 H100 0x2330 BAR0 0x1 CC mode is %s\n"
		    "GPU 0000:%02x:00.0 H100 0x2330 BAR0 0x1 PPCIe mode is %s\n",
		    0x18 + i, cc, 0x18 + i, ppcie);
	tool_says(h, 0, gh_buf_cstr(&b));
	gh_buf_free(&b);
}

static void bmc_modes(struct gh_redfish_tree *t, bool cc, bool dev, bool ppcie, bool lock)
{
	for (int i = 1; i <= 8; i++) {
		char path[96];
		json_t *body = json_pack("{s:{s:{s:b,s:b,s:b,s:{s:b,s:b}}}}", "Oem",
		    "Nvidia", "CCModeEnabled", cc, "CCDevModeEnabled", dev,
		    "PPCIeModeEnabled", ppcie, "InbandReconfigPermissions", "CCMode",
		    !lock, "BAR0Firewall", 0);
		snprintf(path, sizeof(path),
		    "/redfish/v1/Systems/HGX_Baseboard_0/Processors/GPU_SXM_%d", i);
		assert_int_equal(0, gh_redfish_tree_put(t, path, 200, body, NULL, NULL));
	}
}

static void judged(struct gh_result *r, const struct text_host *h,
    const struct gh_redfish_tree *bmc, const struct gh_host *host)
{
	struct gh_probe p;
	struct gh_sources src = {
	    .host = host, .probe = &p, .bmc = bmc, .at = AT, .ssh_ms = SSH_MS};
	probe_of(&p, h);
	assert_int_equal(0, gh_checks_run(r, cat, &src, NULL));
	gh_probe_free(&p);
}

static const struct gh_finding *finding(const struct gh_result *r, const char *id)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, NULL, id);
	assert_non_null(f);
	return f;
}

static void says(const struct gh_finding *f, enum gh_verdict v, const char *code)
{
	if (f->verdict != v || strcmp(f->code, code) != 0)
		print_error("%s: %s %s: %s %s\n", f->step, gh_verdict_word(f->verdict),
		    f->code, f->observed, f->why);
	assert_int_equal(v, f->verdict);
	assert_string_equal(code, f->code);
}

#define MODE "host.gpu.cc_mode"

/* Each plan against each mode of the whole baseboard. */
static void test_mode_when_plan_differs_then_fails(void **state)
{
	static const struct {
		const char *plan, *cc, *ppcie;
		enum gh_verdict v;
		const char *code;
	} cases[] = {
	    {"one-cvm", "off", "on", GH_PASS, ""},
	    {"one-cvm", "on", "off", GH_FAIL, MODE ".plan"},
	    {"one-cvm", "off", "off", GH_FAIL, MODE ".plan"},
	    {"per-gpu", "on", "off", GH_PASS, ""},
	    {"per-gpu", "off", "on", GH_FAIL, MODE ".plan"},
	    {"per-gpu", "off", "off", GH_FAIL, MODE ".plan"},
	    {"per-gpu", "devtools", "off", GH_FAIL, MODE ".devtools"},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct gh_host host = fleet_host(GH_TEE_TDX);
		char plan[16];
		struct text_host h;
		struct gh_result r = {0};
		snprintf(plan, sizeof(plan), "%s", cases[i].plan);
		host.plan = plan;
		tdx_host(&h);
		tool_modes(&h, cases[i].cc, cases[i].ppcie);
		judged(&r, &h, NULL, &host);
		says(finding(&r, MODE), cases[i].v, cases[i].code);
		assert_int_equal(GH_A0, finding(&r, MODE)->assurance);
		gh_result_free(&r);
		text_host_free(&h);
	}
}

static void test_mode_when_tool_cannot_then_bmc_decides(void **state)
{
	static const struct {
		int rc;
		const char *text;
	} cases[] = {{127, "not found"}, {122, "held by process 7 qemu"}, {1, locked},
	    {0, "no such line"}};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct gh_host host = fleet_host(GH_TEE_TDX);
		struct gh_redfish_tree bmc = {0};
		struct text_host h;
		struct gh_result r = {0};
		tdx_host(&h);
		tool_says(&h, cases[i].rc, cases[i].text);
		bmc_modes(&bmc, false, false, true, true);
		judged(&r, &h, &bmc, &host);
		says(finding(&r, MODE), GH_PASS, "");
		assert_non_null(strstr(finding(&r, MODE)->source, "HGX_Baseboard_0"));
		gh_result_free(&r);
		bmc_modes(&bmc, true, true, true, false);
		judged(&r, &h, &bmc, &host);
		says(finding(&r, MODE), GH_FAIL, MODE ".devtools");
		gh_result_free(&r);
		gh_redfish_tree_free(&bmc);
		text_host_free(&h);
	}
}

static void test_mode_when_both_say_then_agree_or_fail(void **state)
{
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct gh_redfish_tree bmc = {0};
	struct text_host h;
	struct gh_result r = {0};
	(void)state;
	tdx_host(&h);
	bmc_modes(&bmc, false, false, true, true);
	judged(&r, &h, &bmc, &host);
	says(finding(&r, MODE), GH_PASS, "");
	assert_int_equal(GH_A1, finding(&r, MODE)->assurance);
	gh_result_free(&r);
	bmc_modes(&bmc, true, false, false, true);
	judged(&r, &h, &bmc, &host);
	says(finding(&r, MODE), GH_FAIL, MODE ".disagree");
	gh_result_free(&r);
	gh_redfish_tree_free(&bmc);
	text_host_free(&h);
}

/* Nobody says it: both reasons are named, and that attestation proves it. */
static void test_mode_when_nobody_says_then_unknown_until_attested(void **state)
{
	static const struct {
		int rc;
		const char *text, *code;
	} cases[] = {{127, "not found", MODE ".missing"},
	    {122, "held by process 7 qemu", MODE ".in_use"},
	    {1, locked, MODE ".lockdown"},
	    {1, "ERROR    The nvidia driver appears to be using GPU 0000:18:00.0 H100",
		MODE ".driver"},
	    {0, "", MODE ".unsaid"}};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct gh_host host = fleet_host(GH_TEE_TDX);
		struct text_host h;
		struct gh_result r = {0};
		tdx_host(&h);
		tool_says(&h, cases[i].rc, cases[i].text);
		judged(&r, &h, NULL, &host);
		says(finding(&r, MODE), GH_UNKNOWN, cases[i].code);
		assert_non_null(strstr(finding(&r, MODE)->why, "no BMC was read"));
		assert_non_null(strstr(finding(&r, MODE)->remedy, "stage 3"));
		gh_result_free(&r);
		text_host_free(&h);
	}
}

static void test_inband_when_tool_cannot_then_bmc_decides(void **state)
{
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct gh_redfish_tree bmc = {0};
	struct text_host h;
	struct gh_result r = {0};
	(void)state;
	tdx_host(&h);
	tool_says(&h, 1, locked);
	bmc_modes(&bmc, false, false, true, true);
	judged(&r, &h, &bmc, &host);
	says(finding(&r, "host.gpu.inband_lock"), GH_PASS, "");
	gh_result_free(&r);
	bmc_modes(&bmc, false, false, true, false);
	judged(&r, &h, &bmc, &host);
	says(finding(&r, "host.gpu.inband_lock"), GH_WARN, "host.gpu.inband_lock.open");
	/* what only the tool knows stays unknown, with the reason */
	says(finding(&r, "host.gpu.cc_pending"), GH_UNKNOWN,
	    "host.gpu.cc_pending.lockdown");
	says(finding(&r, "host.nvswitch.ppcie"), GH_UNKNOWN,
	    "host.nvswitch.ppcie.lockdown");
	gh_result_free(&r);
	gh_redfish_tree_free(&bmc);
	text_host_free(&h);
}

/* The tool gives up at a broken GPU: that is an answer, although it ended with an error. */
static void test_boot_when_tool_gives_up_at_a_broken_gpu_then_fails(void **state)
{
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct text_host h;
	struct gh_result r = {0};
	(void)state;
	tdx_host(&h);
	tool_says(&h, 1,
	    GPU
	    " CC mode is off\nERROR    Device 0000:2a:00.0 0x2330 in sec fault 0x3 is "
	    "broken and --recover-broken-gpu was not specified, returning failure.\n");
	judged(&r, &h, NULL, &host);
	says(finding(&r, "host.gpu.boot_complete"), GH_FAIL,
	    "host.gpu.boot_complete.broken");
	assert_non_null(
	    strstr(finding(&r, "host.gpu.boot_complete")->observed, "0000:2a:00.0"));
	says(finding(&r, MODE), GH_UNKNOWN, MODE ".unread");
	gh_result_free(&r);
	text_host_free(&h);
}

static void test_gpu_checks_when_fleet_has_none_then_skip(void **state)
{
	static const char *const ids[] = {MODE, "host.gpu.cc_pending",
	    "host.gpu.inband_lock", "host.gpu.boot_complete", "host.nvswitch.ppcie",
	    "host.nvlink.topology"};
	struct gh_host host = fleet_host(GH_TEE_SNP);
	struct text_host h;
	struct gh_result r = {0};
	(void)state;
	host.n_gpus = host.n_switches = 0;
	snp_host(&h);
	judged(&r, &h, NULL, &host);
	for (size_t i = 0; i < GH_COUNT(ids); i++)
		assert_int_equal(GH_SKIP, finding(&r, ids[i])->verdict);
	gh_result_free(&r);
	text_host_free(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_read_when_unlocked_then_modes_and_knobs),
	    cmocka_unit_test(test_read_when_locked_down_then_refused_not_just_broken),
	    cmocka_unit_test(test_read_when_lines_are_hostile_then_in_bounds),
	    cmocka_unit_test(test_read_when_cut_or_flipped_then_no_crash),
	    cmocka_unit_test(test_mode_when_plan_differs_then_fails),
	    cmocka_unit_test(test_mode_when_tool_cannot_then_bmc_decides),
	    cmocka_unit_test(test_mode_when_both_say_then_agree_or_fail),
	    cmocka_unit_test(test_mode_when_nobody_says_then_unknown_until_attested),
	    cmocka_unit_test(test_inband_when_tool_cannot_then_bmc_decides),
	    cmocka_unit_test(test_boot_when_tool_gives_up_at_a_broken_gpu_then_fails),
	    cmocka_unit_test(test_gpu_checks_when_fleet_has_none_then_skip),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
