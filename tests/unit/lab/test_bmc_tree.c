/* SPDX-License-Identifier: Apache-2.0
 * The trees of the lab's BMCs: closed in themselves, healthy, equal to what the same host
 * shows over SSH, and in the layout of a real capture. */
#include <stdio.h>
#include <string.h>

#include "../tap.h"
#include "base/file.h"
#include "base/text.h"
#include "lab/bmc_tree.h"
#include "lab/fixture.h"
#include "lab/gpus_report.h"

#define R       "/redfish/v1"
#define CAPTURE "redfish-smc-sys-821ge-tnhr.json"

static json_t *tree_of(struct gh_bmc_tree_in in)
{
	struct gh_err err = {0};
	json_t *tree = gh_bmc_tree(&in, &err);

	if (!tree)
		fail_msg("%s", err.what);
	return tree;
}

static json_t *healthy(size_t host)
{
	return tree_of((struct gh_bmc_tree_in){.spec = &gh_lab_specs[host]});
}

/* tree[path].a.b.c; NULL when there is none. */
static json_t *at(const json_t *tree, const char *path, const char *dotted)
{
	json_t *v = json_object_get(tree, path);
	char part[128];

	while (v && *dotted) {
		size_t n = strcspn(dotted, ".");

		snprintf(part, sizeof(part), "%.*s", (int)n, dotted);
		v = json_object_get(v, part);
		dotted += n + (dotted[n] == '.');
	}
	return v;
}

static const char *text_at(const json_t *tree, const char *path, const char *dotted)
{
	const char *s = json_string_value(at(tree, path, dotted));

	if (!s)
		fail_msg("%s has no text %s", path, dotted);
	return s;
}

/* The one attribute whose name begins so, without its token. */
static const json_t *attribute(const json_t *tree, const char *prefix)
{
	json_t *v, *found = NULL;
	const char *name;
	size_t len = strlen(prefix);

	json_object_foreach(at(tree, R "/Systems/1/Bios", "Attributes"), name, v)
	{
		if (strncmp(name, prefix, len) || name[len] != '_' ||
		    strlen(name) != len + 5)
			continue;
		assert_null(found);
		found = v;
	}
	return found;
}

static void is_attribute(const json_t *tree, const char *prefix, const char *want)
{
	const char *s = json_string_value(attribute(tree, prefix));

	if (!s || strcmp(s, want))
		fail_msg("%s is %s, not %s", prefix, s ? s : "absent", want);
}

/* Every link of the body leads to a resource; returns how many there are. */
static size_t count_links(const json_t *tree, const json_t *v, const char *from)
{
	const char *key, *path = json_string_value(json_object_get(v, "@odata.id"));
	json_t *item;
	size_t i, n = 0;

	/* a fragment is part of the resource before it */
	if (path && !strchr(path, '#') && ++n && !json_object_get(tree, path))
		fail_msg("%s links to %s, which is not there", from, path);
	json_object_foreach((json_t *)(uintptr_t)v, key, item)
	{
		n += count_links(tree, item, from);
	}
	json_array_foreach(v, i, item)
	{
		n += count_links(tree, item, from);
	}
	return n;
}

/* ---- form ------------------------------------------------------------------------- */

static void test_tree_when_walked_then_every_path_a_body_and_links_resolve(void **state)
{
	(void)state;
	for (size_t h = 0; h < GH_LAB_HOSTS; h++) {
		gh_auto(json_t *, gh_json_free) tree = healthy(h);
		const char *path;
		json_t *body;
		size_t links = 0;

		assert_true(json_object_size(tree) > 200);
		json_object_foreach(tree, path, body)
		{
			assert_true(json_is_object(body));
			assert_string_equal(gh_json_text(body, "@odata.id"), path);
			assert_int_equal(gh_json_text(body, "@odata.type")[0], '#');
			links += count_links(tree, body, path);
		}
		/* everything can be found from somewhere */
		assert_true(links > 2 * json_object_size(tree));
	}
}

static void test_tree_when_collections_are_counted_then_as_they_say(void **state)
{
	static const struct {
		const char *path;
		size_t tdx, snp;
	} counts[] = {{R "/UpdateService/FirmwareInventory", 106, 102},
	    {R "/Systems", 2, 2}, {R "/Systems/1/Memory", 32, 24},
	    {R "/Systems/1/Processors", 2, 2}, {R "/Chassis", 2, 2},
	    {R "/Chassis/1/PCIeDevices", 26, 26}, {R "/Managers", 1, 1},
	    {R "/Managers/1/VirtualMedia", 2, 2}, {R "/Managers/1/HostInterfaces", 1, 1},
	    {R "/AccountService/Accounts", 3, 3}, {R "/TaskService/Tasks", 0, 0},
	    {R "/Systems/1/LogServices/Log1/Entries", 3, 3},
	    {R "/Systems/HGX_Baseboard_0/Processors", 8, 8}};

	(void)state;
	for (size_t h = 0; h < GH_LAB_HOSTS; h++) {
		gh_auto(json_t *, gh_json_free) tree = healthy(h);
		const char *path;
		json_t *body;

		for (size_t i = 0; i < GH_COUNT(counts); i++)
			assert_int_equal(
			    json_array_size(at(tree, counts[i].path, "Members")),
			    gh_lab_specs[h].snp ? counts[i].snp : counts[i].tdx);
		json_object_foreach(tree, path, body)
		{
			json_t *members = json_object_get(body, "Members");

			if (members)
				assert_int_equal(json_array_size(members),
				    json_integer_value(
					json_object_get(body, "Members@odata.count")));
		}
	}
}

/* What the capture has, the lab has, but for what nothing here reads. */
static void test_tree_when_beside_a_capture_then_the_same_layout(void **state)
{
	static const char *const left_out[] = {R "/CertificateService",
	    R "/Managers/1/LicenseManager", "/SecureBootDatabases", "/PCIeFunctions"};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_auto(json_t *, gh_json_free) tree = healthy(0);
	char file[512];
	const char *path;
	json_t *body;

	(void)state;
	snprintf(file, sizeof(file), "%s/host/" CAPTURE, vectors_dir());
	if (gh_file_read(&text, file, 1u << 20, NULL)) {
		print_message("the capture %s is not here\n", file);
		skip();
	}
	gh_auto(json_t *, gh_json_free) capture = gh_json_parse(text.p, text.len, NULL);
	assert_non_null(capture);
	json_object_foreach(capture, path, body)
	{
		bool skipped = !strcmp(path, "/redfish");

		for (size_t i = 0; i < GH_COUNT(left_out); i++)
			skipped |= strstr(path, left_out[i]) != NULL;
		if (skipped)
			continue;
		if (!json_object_get(tree, path))
			fail_msg("the lab has no %s", path);
		assert_string_equal(
		    gh_json_text(json_object_get(tree, path), "@odata.type"),
		    gh_json_text(body, "@odata.type"));
		/* members of the HGX baseboard carry no ETag, all others do */
		assert_int_equal(
		    gh_json_text(json_object_get(tree, path), "@odata.etag")[0] != '\0',
		    gh_json_text(body, "@odata.etag")[0] != '\0');
	}
}

/* ---- values ----------------------------------------------------------------------- */

static void test_tree_when_it_is_a_host_then_its_identity(void **state)
{
	(void)state;
	for (size_t h = 0; h < GH_LAB_HOSTS; h++) {
		const struct gh_lab_spec *s = &gh_lab_specs[h];
		gh_auto(json_t *, gh_json_free) tree = healthy(h);
		const char *uuid = text_at(tree, R "/Systems/1", "UUID");
		uint64_t a, b;

		assert_string_equal(
		    text_at(tree, R "/Systems/1", "SerialNumber"), s->serial);
		assert_string_equal(text_at(tree, R "/Systems/1", "Model"), s->product);
		assert_string_equal(
		    text_at(tree, R "/Systems/1", "BiosVersion"), s->bios_version);
		assert_string_equal(text_at(tree, R "/Chassis/1", "Model"), s->board);
		assert_string_equal(
		    text_at(tree, R "/Chassis/1", "SerialNumber"), s->chassis_serial);
		assert_string_equal(
		    text_at(tree, R "/Chassis/1", "Oem.Supermicro.BoardSerialNumber"),
		    s->board_serial);
		/* both end in the BMC's MAC address */
		assert_int_equal(
		    strcasecmp(uuid + strlen(uuid) - 12, gh_lab_bmc_mac(s)), 0);
		assert_string_equal(text_at(tree, R "/Managers/1", "UUID"), uuid);
		assert_int_equal(
		    gh_text_u64(gh_text_of(text_at(tree, R "/Systems/1/Processors/2",
				    "ProcessorId.MicrocodeInfo")),
			16, &a),
		    0);
		assert_int_equal(gh_text_u64(gh_text_of(s->microcode), 16, &b), 0);
		assert_int_equal(a, b);
	}
}

static void test_tree_when_hosts_are_compared_then_no_serial_twice(void **state)
{
	static const char *const paths[] = {R "/Systems/1", R "/Chassis/1",
	    R "/Chassis/UBB_1", R "/Chassis/1/PCIeDevices/GPU1",
	    R "/Chassis/1/PCIeDevices/GPU8", R "/Chassis/1/PCIeDevices/NIC1",
	    R "/Systems/1/Memory/1", R "/Systems/1/Memory/24"};
	json_t *tree[GH_LAB_HOSTS];

	(void)state;
	for (size_t h = 0; h < GH_LAB_HOSTS; h++)
		tree[h] = healthy(h);
	for (size_t h = 1; h < GH_LAB_HOSTS; h++)
		for (size_t i = 0; i < GH_COUNT(paths); i++)
			assert_string_not_equal(
			    text_at(tree[h], paths[i], "SerialNumber"),
			    text_at(tree[h - 1], paths[i], "SerialNumber"));
	assert_string_not_equal(text_at(tree[0], paths[3], "SerialNumber"),
	    text_at(tree[0], paths[4], "SerialNumber"));
	for (size_t h = 0; h < GH_LAB_HOSTS; h++)
		json_decref(tree[h]);
}

static void test_tree_when_healthy_then_the_settings_that_computing_needs(void **state)
{
	gh_auto(json_t *, gh_json_free) tdx = healthy(0);
	gh_auto(json_t *, gh_json_free) snp = healthy(3);

	(void)state;
	is_attribute(tdx, "MemoryEncryption_TME_", "Enabled");
	is_attribute(tdx, "TotalMemoryEncryptionMulti_Tenant_TME_MT_", "Enabled");
	is_attribute(tdx, "TrustDomainExtension_TDX_", "Enabled");
	is_attribute(tdx, "SWGuardExtensions_SGX_", "Enabled");
	is_attribute(tdx, "LimitCPUPAto46Bits", "Disable");
	is_attribute(tdx, "PCIeACSCTL", "Enable");
	assert_null(attribute(tdx, "SMEE"));
	is_attribute(snp, "SMEE", "Enabled");
	is_attribute(snp, "SEV_SNPSupport", "Enabled");
	is_attribute(snp, "SNPMemory_RMPTable_Coverage", "Enabled");
	assert_int_equal(json_integer_value(attribute(snp, "SEV_ESASIDSpaceLimit")), 100);
	assert_null(attribute(snp, "MemoryEncryption_TME_"));
	assert_string_equal(
	    text_at(tdx, R "/Systems/1/SecureBoot", "SecureBootMode"), "UserMode");
	assert_true(json_is_true(
	    at(tdx, R "/Managers/1/Oem/Supermicro/SysLockdown", "SysLockdownEnabled")));
	assert_string_equal(
	    text_at(tdx, R "/Managers/1/Oem/Supermicro/KCSInterface", "Privilege"),
	    "User");
	assert_true(
	    json_is_false(at(tdx, R "/Managers/1/HostInterfaces/1", "InterfaceEnabled")));
	assert_true(json_is_false(
	    at(tdx, R "/Managers/1/NetworkProtocol", "IPMI.ProtocolEnabled")));
	assert_string_equal(text_at(tdx, R "/Managers/1", "DateTime"), "@now");
}

static void test_tree_when_gpus_are_asked_then_both_views_and_the_evidence_agree(
    void **state)
{
	static const char *const views[] = {R "/UpdateService/FirmwareInventory/GPU%u",
	    R "/UpdateService/FirmwareInventory/HGX_FW_GPU_SXM_%u"};
	gh_auto(json_t *, gh_json_free) tree = healthy(1);
	char path[128], serial[GH_LAB_SERIAL_LEN];

	(void)state;
	for (unsigned int n = 1; n <= 8; n++) {
		snprintf(
		    path, sizeof(path), "%.*s%u", (int)strlen(views[0]) - 2, views[0], n);
		assert_string_equal(text_at(tree, path, "Version"), GH_LAB_VBIOS);
		snprintf(
		    path, sizeof(path), "%.*s%u", (int)strlen(views[1]) - 2, views[1], n);
		assert_string_equal(text_at(tree, path, "Version"), GH_LAB_VBIOS);
		snprintf(path, sizeof(path), R "/Chassis/1/PCIeDevices/GPU%u", n);
		gh_lab_serial(serial, &gh_lab_specs[1], GH_LAB_PART_GPU, n - 1);
		assert_string_equal(text_at(tree, path, "SerialNumber"), serial);
		assert_int_equal(strlen(serial), 13);
		snprintf(path, sizeof(path),
		    R "/Systems/HGX_Baseboard_0/Processors/GPU_SXM_%u", n);
		assert_string_equal(text_at(tree, path, "SerialNumber"), serial);
	}
}

static void test_tree_when_dimms_are_asked_then_slots_as_on_the_board(void **state)
{
	gh_auto(json_t *, gh_json_free) tdx = healthy(0);
	gh_auto(json_t *, gh_json_free) snp = healthy(3);

	(void)state;
	assert_string_equal(
	    text_at(tdx, R "/Systems/1/Memory/2", "DeviceLocator"), "P1-DIMMA2");
	assert_string_equal(
	    text_at(tdx, R "/Systems/1/Memory/32", "DeviceLocator"), "P2-DIMMH2");
	assert_string_equal(
	    text_at(snp, R "/Systems/1/Memory/12", "DeviceLocator"), "P1-DIMML1");
	assert_string_equal(
	    text_at(snp, R "/Systems/1/Memory/24", "DeviceLocator"), "P2-DIMML1");
	assert_int_equal(json_integer_value(at(
			     snp, R "/Systems/1", "MemorySummary.TotalSystemMemoryGiB")),
	    24 * 96);
}

/* ---- what a BMC sees of the host's faults ------------------------------------------- */

static void test_tree_when_the_tee_is_off_then_its_settings_are_hidden(void **state)
{
	gh_auto(json_t *, gh_json_free) tdx = tree_of((struct gh_bmc_tree_in){
	    .spec = &gh_lab_specs[0], .faults = GH_FIXTURE_TEE_OFF});
	gh_auto(json_t *, gh_json_free) snp = tree_of((struct gh_bmc_tree_in){
	    .spec = &gh_lab_specs[3], .faults = GH_FIXTURE_TEE_OFF});

	(void)state;
	is_attribute(tdx, "MemoryEncryption_TME_", "Disabled");
	assert_null(attribute(tdx, "TrustDomainExtension_TDX_"));
	is_attribute(snp, "SEV_SNPSupport", "Disabled");
	is_attribute(snp, "SMEE", "Enabled");
}

static void test_tree_when_other_faults_then_seen_here_too(void **state)
{
	gh_auto(json_t *, gh_json_free) tree =
	    tree_of((struct gh_bmc_tree_in){.spec = &gh_lab_specs[0],
		.faults = GH_FIXTURE_OLD_MICROCODE | GH_FIXTURE_SECUREBOOT_OFF,
		.off = true});

	(void)state;
	assert_string_equal(
	    text_at(tree, R "/Systems/1/Processors/1", "ProcessorId.MicrocodeInfo"),
	    "0x21000200");
	assert_true(
	    json_is_false(at(tree, R "/Systems/1/SecureBoot", "SecureBootEnable")));
	assert_string_equal(
	    text_at(tree, R "/Systems/1/SecureBoot", "SecureBootCurrentBoot"),
	    "Disabled");
	assert_string_equal(text_at(tree, R "/Systems/1", "PowerState"), "Off");
}

static void test_tree_when_swapped_then_another_machine_of_the_model(void **state)
{
	gh_auto(json_t *, gh_json_free) was = healthy(0);
	gh_auto(json_t *, gh_json_free) now =
	    tree_of((struct gh_bmc_tree_in){.spec = &gh_lab_specs[0], .swapped = true});
	static const char *const paths[][2] = {{R "/Systems/1", "SerialNumber"},
	    {R "/Systems/1", "UUID"}, {R "/Managers/1", "UUID"},
	    {R "/Chassis/1/PCIeDevices/GPU1", "SerialNumber"}};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(paths); i++)
		assert_string_not_equal(text_at(was, paths[i][0], paths[i][1]),
		    text_at(now, paths[i][0], paths[i][1]));
	assert_string_equal(text_at(now, R "/Systems/1", "Model"), "SYS-821GE-TNHR");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(
		test_tree_when_walked_then_every_path_a_body_and_links_resolve),
	    cmocka_unit_test(test_tree_when_collections_are_counted_then_as_they_say),
	    cmocka_unit_test(test_tree_when_beside_a_capture_then_the_same_layout),
	    cmocka_unit_test(test_tree_when_it_is_a_host_then_its_identity),
	    cmocka_unit_test(test_tree_when_hosts_are_compared_then_no_serial_twice),
	    cmocka_unit_test(
		test_tree_when_healthy_then_the_settings_that_computing_needs),
	    cmocka_unit_test(
		test_tree_when_gpus_are_asked_then_both_views_and_the_evidence_agree),
	    cmocka_unit_test(test_tree_when_dimms_are_asked_then_slots_as_on_the_board),
	    cmocka_unit_test(test_tree_when_the_tee_is_off_then_its_settings_are_hidden),
	    cmocka_unit_test(test_tree_when_other_faults_then_seen_here_too),
	    cmocka_unit_test(test_tree_when_swapped_then_another_machine_of_the_model),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
