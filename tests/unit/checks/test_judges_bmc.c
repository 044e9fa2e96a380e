/* SPDX-License-Identifier: Apache-2.0
 * The judges of the BMC itself: a healthy one passes, one spoilt member fails with its code,
 * and without its source each is UNKNOWN. */
#include "bmc_judge.h"

static const struct spoilt spoilts[] = {
    {"host.bmc.cred", T, ADMIN, "Enabled", "true", P, NULL},
    {"host.bmc.cred", T, ACCOUNT, "PasswordChangeRequired", "true", W,
	"factory_password"},
    {"host.bmc.cred", T, ACCOUNT, "Enabled", "false", U, "no_account"},
    {"host.bmc.cred", T, ACCOUNT, "Enabled", "'true'", U, "malformed"},
    {"host.bmc.cred", T, ACCOUNT, "UserName", NULL, U, "malformed"},
    {"host.bmc.cred", T, ADMIN, NULL, NULL, U, "unread"},
    {"host.bmc.cred", T, BMC_ACC "/Accounts", NULL, NULL, U, "not_offered"},
    {"host.bmc.cred", T, BMC_ACC "/Accounts", "Members", "{}", U, "malformed"},
    {"host.bmc.cred", T, BMC_ACC "/Accounts", "Members@odata.count", "4", U, "unread"},
    {"host.bmc.syslockdown", T, BMC_OEM "/SysLockdown", "SysLockdownEnabled", "false", W,
	"off"},
    {"host.bmc.syslockdown", T, BMC_OEM "/SysLockdown", "SysLockdownEnabled", "'true'", U,
	"malformed"},
    {"host.bmc.syslockdown", T, BMC_OEM "/SysLockdown", NULL, NULL, U, "not_offered"},
    {"host.bmc.kcs", T, BMC_OEM "/KCSInterface", "Privilege", "'User'", P, NULL},
    {"host.bmc.kcs", T, BMC_OEM "/KCSInterface", "Privilege", "'Administrator'", W,
	"privilege"},
    {"host.bmc.kcs", T, BMC_OEM "/KCSInterface", "Privilege", "'Operator'", W,
	"privilege"},
    {"host.bmc.kcs", T, BMC_OEM "/KCSInterface", "Privilege", "7", U, "absent"},
    {"host.bmc.hostif", T, HOSTIF, "InterfaceEnabled", "true", W, "on"},
    {"host.bmc.hostif", T, HOSTIF, "InterfaceEnabled", "0", U, "unread"},
    {"host.bmc.hostif", T, BMC_MGR "/HostInterfaces", NULL, NULL, U, "not_offered"},
    {"host.bmc.ipmi_lan", T, BMC_MGR "/NetworkProtocol", "IPMI/ProtocolEnabled", "true",
	W, "on"},
    {"host.bmc.ipmi_lan", T, BMC_MGR "/NetworkProtocol", "IPMI", NULL, U, "absent"},
    {"host.bmc.time", T, BMC_MGR, "DateTime", "'2026-01-01T00:02:04Z'", W, "skew"},
    {"host.bmc.time", T, BMC_MGR, "DateTime", "'2026-01-01T00:02:03Z'", P, NULL},
    {"host.bmc.time", T, BMC_MGR, "DateTime", "'2025-12-31T23:57:59Z'", W, "skew"},
    {"host.bmc.time", T, BMC_MGR, "DateTime", "'2026-01-01T09:00:01+09:00'", P, NULL},
    {"host.bmc.time", T, BMC_MGR, "DateTime", "'yesterday'", U, "malformed"},
    {"host.bmc.time", T, BMC_MGR, "DateTime", "'9223372036854775807'", U, "malformed"},
    {"host.bmc.time", T, BMC_OEM "/NTP", "NTPEnable", "false", W, "ntp_off"},
    {"host.bmc.time", T, BMC_MGR "/NetworkProtocol", "NTP/ProtocolEnabled", "false", W,
	"ntp_off"},
    {"host.bmc.time", T, BMC_MGR, "DateTime", NULL, U, "absent"},
    {"host.bmc.vmedia", T, BMC_MGR "/VirtualMedia/CD1", "Inserted", "true", F,
	"inserted"},
    {"host.bmc.vmedia", T, BMC_MGR "/VirtualMedia/CD1", "Inserted", NULL, U, "unread"},
    {"host.bmc.vmedia", T, BMC_MGR "/VirtualMedia", NULL, NULL, U, "not_offered"},
    {"host.bmc.vmedia", T, BMC_SYS, "Boot/BootSourceOverrideEnabled", "'Once'", F,
	"override"},
    {"host.bmc.vmedia", T, BMC_SYS, "Boot/BootSourceOverrideEnabled", "'Continuous'", F,
	"override"},
    {"host.bmc.vmedia", T, BMC_SYS, "Boot/BootNext", "'Boot0007'", F, "boot_next"},
    {"host.bmc.vmedia", T, BMC_SYS, "Boot", NULL, U, "absent"},
    {"host.bmc.sel", T, ENTRY, "Severity", "'Critical'", W, "critical"},
    {"host.bmc.sel", T, ENTRY, "Message", "'General Chassis Intrusion - Assert'", W,
	"intrusion"},
    {"host.bmc.sel", T, ENTRY, "Message", "'Chassis Intrusion - Deassert'", P, NULL},
    {"host.bmc.sel", T, ENTRY, "Message", "'Uncorrectable ECC @ DIMMA1'", W,
	"uncorrectable"},
    {"host.bmc.sel", T, ENTRY, "SensorType", "'Power Supply'", P, NULL},
    {"host.bmc.sel", T, ENTRY, "Severity", NULL, U, "no_severity"},
    {"host.bmc.sel", T, ENTRY, NULL, NULL, U, "unread"},
    {"host.bmc.sel", T, BMC_SYS "/LogServices/Log1/Entries", "Members@odata.count", "900",
	U, "unread"},
    {"host.bmc.sel", T, BMC_SYS "/LogServices/Log1/Entries", NULL, NULL, U,
	"not_offered"},
    {"host.bmc.sel", T, BMC_SYS "/LogServices/Log1/Entries", "Members", "7", U, "unread"},
    {"host.boot.spi", T, BMC_FW "/BIOS", "WriteProtected", "false", P, NULL},
    {"host.boot.spi", T, BMC_OEM "/SysLockdown", "SysLockdownEnabled", "false", P, NULL},
};

static void test_bmc_when_healthy_then_every_check_passes(void **state)
{
	(void)state;
	for (int tee = T; tee <= (int)S; tee++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		struct gh_result r;
		size_t n = 0;

		bmc_healthy(&t, (enum gh_tee)tee);
		judge(&r, &t, (enum gh_tee)tee);
		for (size_t i = 0; i < r.findings.n; i++) {
			const struct gh_finding *f = &r.findings.at[i];

			if (!is_mine(f->step))
				continue;
			n++;
			if (f->verdict != GH_PASS)
				print_error("%s is %s: %s %s\n", f->step,
				    gh_verdict_word(f->verdict), f->observed, f->why);
			assert_int_equal(GH_PASS, f->verdict);
			assert_true(f->observed[0] && strstr(f->source, "Redfish /"));
			assert_true(strchr(f->source, '{') == NULL);
			assert_string_equal("", f->code);
		}
		assert_int_equal(tee == (int)T ? 23 : 20, n);
		gh_result_free(&r);
	}
}

static void test_each_check_when_spoilt_then_its_own_code(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(spoilts); i++)
		spoil_one(&spoilts[i]);
}

/* host.boot.spi needs two members at once, below. */
static void test_spoilt_table_when_read_then_covers_every_check(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(mine); i++)
		if (strncmp(mine[i], "host.bmc.", 9) == 0)
			assert_true(covers(spoilts, GH_COUNT(spoilts), mine[i]));
}

static void all_unknown(const struct gh_redfish_tree *t, const struct gh_sources *src,
    enum gh_tee tee, const char *reason)
{
	struct gh_result r;
	size_t n = 0;

	judge_with(&r, t, tee, src);
	for (size_t i = 0; i < r.findings.n; i++) {
		const struct gh_finding *f = &r.findings.at[i];
		char code[128];

		if (!is_mine(f->step))
			continue;
		snprintf(code, sizeof(code), "%s.%s", f->step, reason);
		assert_int_equal(GH_UNKNOWN, f->verdict);
		assert_string_equal(code, f->code);
		assert_true(f->why[0] && f->remedy[0]);
		n++;
	}
	assert_true(n >= 20);
	gh_result_free(&r);
}

static void test_all_when_no_bmc_then_unknown_and_why(void **state)
{
	struct gh_err e = {0};
	struct gh_sources none = {0}, silent = {.bmc_err = &e},
			  slow = {.bmc_pending = true};
	struct gh_redfish_tree empty = {0};

	(void)state;
	(void)gh_fail(&e, GH_E_TIMEOUT, "no answer in 60 s");
	for (int tee = T; tee <= (int)S; tee++) {
		all_unknown(NULL, &none, (enum gh_tee)tee, "no_bmc");
		all_unknown(NULL, &silent, (enum gh_tee)tee, "bmc_silent");
		all_unknown(NULL, &slow, (enum gh_tee)tee, "bmc_pending");
		all_unknown(&empty, &none, (enum gh_tee)tee, "not_offered");
	}
}

static void test_all_when_every_resource_is_404_or_refused_then_unknown(void **state)
{
	static const int status[] = {404, 401, 503, 0};

	(void)state;
	for (size_t k = 0; k < GH_COUNT(status); k++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		struct gh_result r;

		bmc_healthy(&t, T);
		for (size_t i = 0; i < t.n; i++) {
			/* the system and the manager stay, or no path resolves */
			if (!strcmp(t.at[i].path, BMC_SYS) ||
			    !strcmp(t.at[i].path, BMC_MGR)) {
				json_object_clear(t.at[i].body);
				continue;
			}
			json_decref(t.at[i].body);
			t.at[i].body = NULL;
			t.at[i].status = status[k];
		}
		judge(&r, &t, T);
		for (size_t i = 0; i < GH_COUNT(mine); i++) {
			const struct gh_finding *f =
			    gh_findings_get(&r.findings, "gpu-a", mine[i]);

			if (!f)
				continue;
			assert_int_equal(GH_UNKNOWN, f->verdict);
			if (strncmp(mine[i], "host.bios.", 10) == 0)
				assert_non_null(strstr(f->code,
				    status[k] == 404 ? "not_offered" : "bmc_unread"));
		}
		gh_result_free(&r);
	}
}

static void test_spi_when_neither_locked_nor_protected_then_warns(void **state)
{
	static const struct {
		const char *wp, *lock;
		enum gh_verdict verdict;
	} row[] = {{"true", "false", P}, {"false", "true", P}, {"false", "false", W},
	    {"null", "false", W}, {"false", NULL, W}, {"'true'", "null", U},
	    {NULL, NULL, U}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(row); i++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		struct gh_result r;

		bmc_healthy(&t, T);
		bmc_set(&t, BMC_FW "/BIOS", "WriteProtected", row[i].wp);
		bmc_set(&t, BMC_OEM "/SysLockdown", "SysLockdownEnabled", row[i].lock);
		judge(&r, &t, T);
		assert_int_equal(row[i].verdict,
		    gh_findings_get(&r.findings, "gpu-a", "host.boot.spi")->verdict);
		gh_result_free(&r);
	}
}

static void test_hostif_when_it_makes_accounts_then_says_so(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	const struct gh_finding *f;
	struct gh_result r;

	(void)state;
	bmc_healthy(&t, T);
	bmc_set(&t, HOSTIF, "InterfaceEnabled", "true");
	bmc_set(&t, HOSTIF, "CredentialBootstrapping/Enabled", "true");
	f = one(&r, &t, T, "host.bmc.hostif");
	assert_string_equal("host.bmc.hostif.bootstrap", f->code);
	assert_non_null(strstr(f->observed, "Administrator"));
	gh_result_free(&r);
	bmc_gone(&t, HOSTIF);
	bmc_put(&t, BMC_MGR "/HostInterfaces", "{'Members':[],'Members@odata.count':0}");
	f = one(&r, &t, T, "host.bmc.hostif");
	assert_int_equal(GH_PASS, f->verdict);
	gh_result_free(&r);
}

static void test_cred_when_factory_account_then_depends_on_flag(void **state)
{
	static const struct {
		const char *flag, *code;
	} row[] = {{"false", ""}, {"true", "host.bmc.cred.factory_password"},
	    {NULL, "host.bmc.cred.no_flag"}, {"'no'", "host.bmc.cred.no_flag"}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(row); i++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		struct gh_result r;

		bmc_healthy(&t, T);
		bmc_set(&t, ADMIN, "Enabled", "true");
		bmc_set(&t, ADMIN, "PasswordChangeRequired", row[i].flag);
		assert_string_equal(row[i].code, one(&r, &t, T, "host.bmc.cred")->code);
		gh_result_free(&r);
	}
}

static void test_cred_when_fleet_file_uses_factory_account_then_warns(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	struct gh_host host = fleet_host(T);
	struct gh_sources src = {.host = &host, .bmc = &t, .at = BMC_AT};
	struct gh_result r = {0};
	char user[] = "ADMIN";

	(void)state;
	bmc_healthy(&t, T);
	host.bmc_user = user;
	assert_int_equal(0, gh_checks_run(&r, cat, &src, NULL));
	assert_string_equal("host.bmc.cred.factory_login",
	    gh_findings_get(&r.findings, "gpu-a", "host.bmc.cred")->code);
	gh_result_free(&r);
}

static void test_time_when_capture_has_no_time_then_unknown_but_ntp_judged(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	struct gh_result r;

	(void)state;
	bmc_healthy(&t, T);
	t.read_at = 0;
	assert_string_equal(
	    "host.bmc.time.no_read_time", one(&r, &t, T, "host.bmc.time")->code);
	gh_result_free(&r);
	bmc_set(&t, BMC_OEM "/NTP", "NTPEnable", "false");
	assert_string_equal(
	    "host.bmc.time.ntp_off", one(&r, &t, T, "host.bmc.time")->code);
	gh_result_free(&r);
	t.read_at = BMC_AT;
	bmc_gone(&t, BMC_OEM "/NTP");
	bmc_set(&t, BMC_MGR "/NetworkProtocol", "NTP", NULL);
	assert_string_equal(
	    "host.bmc.time.no_ntp", one(&r, &t, T, "host.bmc.time")->code);
	gh_result_free(&r);
}

static void test_vmedia_when_system_has_the_collection_then_judged_there(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	struct gh_result r;

	(void)state;
	bmc_healthy(&t, T);
	bmc_gone(&t, BMC_MGR "/VirtualMedia");
	bmc_put(&t, BMC_SYS "/VirtualMedia/USB1", "{'Inserted':true,'Image':'evil.iso'}");
	bmc_collection(&t, BMC_SYS "/VirtualMedia");
	assert_string_equal(
	    "host.bmc.vmedia.inserted", one(&r, &t, T, "host.bmc.vmedia")->code);
	gh_result_free(&r);
}

/* One entry inside its collection, as most BMCs send them. */
static void inline_entry(struct gh_redfish_tree *t, const char *entry)
{
	char text[600];

	snprintf(text, sizeof(text), "{'Members':[%s],'Members@odata.count':1}", entry);
	bmc_put(t, BMC_SYS "/LogServices/Log1/Entries", text);
}

static void test_sel_when_entries_are_inline_then_by_date_and_kind(void **state)
{
	static const struct {
		const char *entry, *code;
	} row[] = {
	    {"{'Created':'2025-12-25T00:00:00Z','Severity':'Critical','Message':'x'}",
		"host.bmc.sel.critical"},
	    /* before enrolment */
	    {"{'Created':'2025-11-01T00:00:00Z','Severity':'Critical','Message':'x'}",
		""},
	    /* dates that say nothing */
	    {"{'Created':'1970-01-01T00:00:40Z','Severity':'Critical','Message':'x'}",
		"host.bmc.sel.critical"},
	    {"{'Created':'long ago','Severity':'Critical','Message':'x'}",
		"host.bmc.sel.critical"},
	    {"{'Severity':'Critical','Message':'x'}", "host.bmc.sel.critical"},
	    {"{'Severity':'Warning','Message':'Power Supply 3 AC lost'}",
		"host.bmc.sel.psu"},
	    {"{'MessageSeverity':'Critical','Message':'Power Supply 3 failure'}",
		"host.bmc.sel.psu"},
	    {"{'Severity':'OK','Message':'Power Supply 3 present'}", ""},
	    {"{'Severity':'OK','Message':'Uncorrectable ECC'}",
		"host.bmc.sel.uncorrectable"},
	    {"{'Severity':'OK','SensorType':'Physical Chassis INTRUSION','Message':'y'}",
		"host.bmc.sel.intrusion"},
	    {"{'Message':'hello'}", "host.bmc.sel.no_severity"},
	    {"{'Severity':7,'Message':'hello'}", "host.bmc.sel.no_severity"},
	    {"{'Severity':'Splendid','Message':'hello'}", "host.bmc.sel.no_severity"},
	    {"{'Severity':'informational','Message':'hello'}", ""},
	    {"7", "host.bmc.sel.unread"},
	    {"{'@odata.id':'/redfish/v1/Nowhere'}", "host.bmc.sel.unread"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(row); i++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		const struct gh_finding *f;
		struct gh_result r;

		bmc_healthy(&t, T);
		inline_entry(&t, row[i].entry);
		f = one(&r, &t, T, "host.bmc.sel");
		if (strcmp(row[i].code, f->code) != 0)
			print_error("%s: %s\n", row[i].entry, f->code);
		assert_string_equal(row[i].code, f->code);
		gh_result_free(&r);
	}
}

/* A log longer than what is kept of it: enough when it reaches back to enrolment. */
static void test_sel_when_cut_then_passes_only_when_it_reaches_back(void **state)
{
#define OLD "{'Created':'2025-11-01T00:00:00Z','Severity':'OK'}"
#define NEW "{'Created':'2025-12-25T00:00:00Z','Severity':'OK'}"
	static const struct {
		const char *entries;
		enum gh_verdict verdict;
	} row[] = {
	    {"{'Members@odata.count':900,'Members':[" OLD "," NEW "]}", P},
	    {"{'Members@odata.count':900,'Members':[" NEW "," NEW "]}", U},
	    /* more pages: only a list that begins with the newest has shown them */
	    {"{'Members@odata.count':900,'Members':[" NEW "," OLD
	     "],'Members@odata.nextLink':'/x'}",
		P},
	    {"{'Members@odata.count':900,'Members':[" OLD "," NEW
	     "],'Members@odata.nextLink':'/x'}",
		U},
	    {"{'Members@odata.count':900,'Members':[" OLD "," OLD
	     "],'@odata.nextLink':'/x'}",
		U},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(row); i++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
		struct gh_result r;

		bmc_healthy(&t, T);
		bmc_put(&t, BMC_SYS "/LogServices/Log1/Entries", row[i].entries);
		assert_int_equal(row[i].verdict, one(&r, &t, T, "host.bmc.sel")->verdict);
		gh_result_free(&r);
	}
}

/* One log of two could not be read: what it holds is not known. */
static void test_sel_when_a_log_is_refused_then_unknown(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	struct gh_result r;

	(void)state;
	bmc_healthy(&t, T);
	bmc_put(&t, BMC_SYS "/LogServices/Log2", "{'Id':'Log2'}");
	assert_int_equal(P, one(&r, &t, T, "host.bmc.sel")->verdict);
	gh_result_free(&r);
	assert_int_equal(0, gh_redfish_tree_put(&t, BMC_SYS "/LogServices/Log2/Entries",
				503, NULL, NULL, NULL));
	assert_string_equal("host.bmc.sel.unread", one(&r, &t, T, "host.bmc.sel")->code);
	gh_result_free(&r);
}

static void test_sel_when_never_enrolled_then_thirty_days(void **state)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	gh_auto(struct gh_enrolment, gh_enrolment_free) never = {0};
	struct gh_sources src = {.enrolled = &never};
	struct gh_result r;

	(void)state;
	bmc_healthy(&t, T);
	inline_entry(&t, "{'Created':'2025-11-30T00:00:00Z','Severity':'Critical'}");
	judge_with(&r, &t, T, &src);
	assert_int_equal(
	    GH_PASS, gh_findings_get(&r.findings, "gpu-a", "host.bmc.sel")->verdict);
	gh_result_free(&r);
	inline_entry(&t, "{'Created':'2025-12-03T00:00:00Z','Severity':'Critical'}");
	judge_with(&r, &t, T, &src);
	assert_string_equal("host.bmc.sel.critical",
	    gh_findings_get(&r.findings, "gpu-a", "host.bmc.sel")->code);
	gh_result_free(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_bmc_when_healthy_then_every_check_passes),
	    cmocka_unit_test(test_each_check_when_spoilt_then_its_own_code),
	    cmocka_unit_test(test_spoilt_table_when_read_then_covers_every_check),
	    cmocka_unit_test(test_all_when_no_bmc_then_unknown_and_why),
	    cmocka_unit_test(test_all_when_every_resource_is_404_or_refused_then_unknown),
	    cmocka_unit_test(test_spi_when_neither_locked_nor_protected_then_warns),
	    cmocka_unit_test(test_hostif_when_it_makes_accounts_then_says_so),
	    cmocka_unit_test(test_cred_when_factory_account_then_depends_on_flag),
	    cmocka_unit_test(test_cred_when_fleet_file_uses_factory_account_then_warns),
	    cmocka_unit_test(
		test_time_when_capture_has_no_time_then_unknown_but_ntp_judged),
	    cmocka_unit_test(
		test_vmedia_when_system_has_the_collection_then_judged_there),
	    cmocka_unit_test(test_sel_when_entries_are_inline_then_by_date_and_kind),
	    cmocka_unit_test(test_sel_when_cut_then_passes_only_when_it_reaches_back),
	    cmocka_unit_test(test_sel_when_a_log_is_refused_then_unknown),
	    cmocka_unit_test(test_sel_when_never_enrolled_then_thirty_days),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
