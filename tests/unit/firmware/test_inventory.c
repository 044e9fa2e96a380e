/* SPDX-License-Identifier: Apache-2.0
 * Firmware inventories of real BMCs of every vendor, and nvfwupd's list. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "firmware/bundle.h"
#include "firmware/nvfwupd.h"
#include "tests/unit/tap.h"

static struct gh_knowledge known;

static int load(void **state)
{
	(void)state;
	return gh_knowledge_load(&known, NULL);
}

static int unload(void **state)
{
	(void)state;
	gh_knowledge_free(&known);
	return 0;
}

/* NULL, with words, when the vectors are not there. */
static json_t *vector(const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char path[512];

	snprintf(path, sizeof(path), "%s/host/%s", vectors_dir(), name);
	if (gh_file_read(&b, path, 1 << 24, NULL) != 0) {
		print_message("no vectors at %s: skipped\n", path);
		return NULL;
	}
	return gh_json_parse(b.p, b.len, NULL);
}

static void read_vector(struct gh_fw_inventory *inv, const char *name)
{
	gh_auto(json_t *, gh_json_free) j = vector(name);
	struct gh_redfish_tree t = {0};

	if (!j)
		skip();
	assert_int_equal(0, gh_redfish_tree_load(&t, j, NULL));
	assert_int_equal(0, gh_fw_inventory_read(inv, &t, &known, NULL));
	gh_redfish_tree_free(&t);
	assert_false(inv->cut);
	for (size_t i = 0; i < inv->n; i++) {
		const struct gh_fw_item *it = &inv->at[i];

		assert_true(it->id[0] != '\0');
		if (it->component[0] && it->version[0] &&
		    !gh_version_valid(it->scheme, it->version)) {
			print_error("%s: %s '%s' is no %s\n", name, it->id, it->version,
			    it->scheme);
			fail();
		}
	}
}

static unsigned int count(
    const struct gh_fw_inventory *inv, const char *component, enum gh_fw_image image)
{
	const struct gh_fw_item *it = NULL;
	unsigned int n = 0;

	while ((it = gh_fw_next(inv, component, image, it)))
		n++;
	return n;
}

static const char *running(const struct gh_fw_inventory *inv, const char *component)
{
	const struct gh_fw_item *it = gh_fw_running(inv, component);

	return it ? it->version : "";
}

static void test_inventory_when_supermicro_then_images_told_apart(void **state)
{
	struct gh_fw_inventory inv;

	(void)state;
	read_vector(&inv, "redfish-smc-sys-821ge-tnhr.json");
	assert_int_equal(106, inv.n);
	assert_string_equal("BIOS Date: 08/04/2023 Ver 1.4", running(&inv, "bios"));
	assert_string_equal("11.01.01", running(&inv, "bmc"));
	assert_string_equal("2023-11-17T00:00:00Z", gh_fw_running(&inv, "bmc")->released);
	assert_int_equal(1, count(&inv, "bios", GH_FW_STAGED));
	assert_int_equal(1, count(&inv, "bios", GH_FW_GOLDEN));
	assert_int_equal(1, count(&inv, "bios", GH_FW_CAPSULE));
	assert_string_equal("", gh_fw_next(&inv, "bios", GH_FW_BACKUP, NULL)->version);
	assert_int_equal(8, count(&inv, "gpu_vbios", GH_FW_RUNNING));
	assert_int_equal(8, count(&inv, "gpu_vbios_host", GH_FW_RUNNING));
	assert_int_equal(4, count(&inv, "nvswitch", GH_FW_RUNNING));
	assert_int_equal(15, count(&inv, "erot", GH_FW_RUNNING));
	assert_int_equal(8, count(&inv, "retimer", GH_FW_RUNNING));
	assert_int_equal(8, count(&inv, "psu", GH_FW_RUNNING));
	assert_int_equal(10, count(&inv, "nic", GH_FW_RUNNING));
	assert_int_equal(8, count(&inv, "cpld", GH_FW_RUNNING));
	assert_int_equal(1, count(&inv, "cpld", GH_FW_GOLDEN));
	assert_string_equal("HGX-22.10-1-rc34", running(&inv, "hmc"));
	assert_string_equal("G520.0200.00.05", running(&inv, "gpu_inforom"));
	gh_fw_inventory_free(&inv);
}

static void test_inventory_when_dgx_then_read(void **state)
{
	struct gh_fw_inventory inv;

	(void)state;
	read_vector(&inv, "redfish-dgx-h100-viking.json");
	assert_string_equal("01.01.03", running(&inv, "bios"));
	assert_string_equal("23.11.21", running(&inv, "bmc"));
	assert_int_equal(6, count(&inv, "psu", GH_FW_RUNNING));
	assert_int_equal(2, count(&inv, "cpld", GH_FW_RUNNING));
	assert_int_equal(2, count(&inv, "erot_host", GH_FW_RUNNING));
	assert_int_equal(0, count(&inv, "gpu_vbios_host", GH_FW_RUNNING));
	gh_fw_inventory_free(&inv);
}

/* Installed- and Current- are one row; Previous- is what a roll-back would bring. */
static void test_inventory_when_dell_then_ids_folded(void **state)
{
	struct gh_fw_inventory inv;
	const struct gh_fw_item *it;

	(void)state;
	read_vector(&inv, "redfish-fwinv-dell-r750.json");
	assert_int_equal(1, count(&inv, "bios", GH_FW_RUNNING));
	it = gh_fw_running(&inv, "bios");
	assert_string_equal("BIOS.Setup.1-1", it->id);
	assert_string_equal("1.8.2", it->version);
	assert_string_equal("dell", it->scheme);
	it = gh_fw_next(&inv, "bios", GH_FW_PREVIOUS, NULL);
	assert_string_equal("1.2.4", it->version);
	assert_int_equal(1, count(&inv, "bmc", GH_FW_RUNNING));
	assert_string_equal("6.00.30.00", running(&inv, "bmc"));
	assert_string_equal("1.0.5", running(&inv, "cpld"));
	assert_string_equal("00.2A.2B", running(&inv, "psu"));
	assert_int_equal(7, count(&inv, "nic", GH_FW_RUNNING));
	gh_fw_inventory_free(&inv);
}

static void test_inventory_when_hpe_then_named_by_their_names(void **state)
{
	struct gh_fw_inventory inv;

	(void)state;
	read_vector(&inv, "redfish-fwinv-hpe-dl385g10p2.json");
	assert_string_equal("A42 v2.60 (08/11/2022)", running(&inv, "bios"));
	assert_int_equal(1, count(&inv, "bios", GH_FW_BACKUP));
	assert_string_equal("2.72 Sep 04 2022", running(&inv, "bmc"));
	assert_int_equal(3, count(&inv, "cpld", GH_FW_RUNNING));
	assert_int_equal(2, count(&inv, "psu", GH_FW_RUNNING));
	assert_int_equal(3, count(&inv, "nic", GH_FW_RUNNING));
	gh_fw_inventory_free(&inv);
}

static void test_inventory_when_lenovo_then_pending_is_absent(void **state)
{
	struct gh_fw_inventory inv;
	const struct gh_fw_item *it;

	(void)state;
	read_vector(&inv, "redfish-fwinv-lenovo-sr670v2.json");
	assert_string_equal("42S-2.83", running(&inv, "bmc"));
	it = gh_fw_next(&inv, "bmc", GH_FW_STAGED, NULL);
	assert_string_equal("BMC-Primary", it->id);
	assert_string_equal("", it->version);
	assert_int_equal(1, count(&inv, "bmc", GH_FW_BACKUP));
	assert_string_equal("22J-1.51", running(&inv, "bios"));
	assert_int_equal(8, count(&inv, "gpu_vbios_host", GH_FW_RUNNING));
	gh_fw_inventory_free(&inv);
}

static void test_inventory_when_grace_then_read(void **state)
{
	struct gh_fw_inventory inv;

	(void)state;
	read_vector(&inv, "redfish-fwinv-gb200.json");
	assert_string_equal("GB200Nvl-24.12-8", running(&inv, "hmc"));
	assert_string_equal("buildbrain-gcid-38635631", running(&inv, "bios"));
	assert_string_equal("text", gh_fw_running(&inv, "bios")->scheme);
	assert_string_equal("0x00 0x0b 0x03 0x04", running(&inv, "cpld"));
	assert_int_equal(4, count(&inv, "gpu_vbios", GH_FW_RUNNING));
	gh_fw_inventory_free(&inv);
	read_vector(&inv, "redfish-fwinv-gh200.json");
	assert_string_equal("01.02.04", running(&inv, "cpu_fw"));
	assert_string_equal("96.00.A6.00.01", running(&inv, "gpu_vbios"));
	gh_fw_inventory_free(&inv);
}

/* The row of each member of the bundle, from one machine's list. */
static struct gh_bundle_match match(const struct gh_fw_inventory *inv)
{
	struct gh_member have[GH_BUNDLE_MEMBERS_MAX];
	struct gh_bundle_match m;

	for (size_t i = 0; i < known.n_members; i++)
		have[i] =
		    (struct gh_member){known.member[i], running(inv, known.member[i])};
	gh_bundle_match(&m, &known, have, known.n_members);
	return m;
}

static void test_bundle_when_real_machines_then_their_rows(void **state)
{
	static const struct {
		const char *file, *row;
	} machines[] = {
	    {"redfish-smc-sys-821ge-tnhr.json", "before 1.3.0 (rc34)"},
	    {"redfish-dgx-h100-viking.json", "1.3.0/1.3.1"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(machines); i++) {
		struct gh_fw_inventory inv;
		struct gh_bundle_match m;

		read_vector(&inv, machines[i].file);
		m = match(&inv);
		assert_true(m.whole);
		assert_int_equal(7, m.n_same);
		assert_string_equal(machines[i].row, m.row->name);
		gh_fw_inventory_free(&inv);
	}
}

static void test_nvfwupd_when_real_then_not_in_package_is_not_outdated(void **state)
{
	gh_auto(json_t *, gh_json_free) j = vector("nvfwupd-show-version-dgxh100.json");
	struct gh_nvfwupd v;
	struct gh_bundle_match m;
	unsigned int of[5] = {0};

	(void)state;
	if (!j)
		skip();
	assert_int_equal(0, gh_nvfwupd_read(&v, j, &known, NULL));
	assert_int_equal(76, v.inventory.n);
	assert_string_equal("DGXH100", v.model);
	for (size_t i = 0; i < v.inventory.n; i++)
		of[v.package[i]]++;
	assert_int_equal(68, of[GH_FW_NOT_IN_PACKAGE]);
	assert_int_equal(8, of[GH_FW_PACKAGE_SAME]);
	m = match(&v.inventory);
	assert_true(m.whole);
	assert_string_equal("1.6.0 to 1.7.x (rc77)", m.row->name);
	gh_nvfwupd_free(&v);
}

static json_t *device(const char *id, const char *version, const char *package)
{
	return json_pack("{s:[{s:s, s:s, s:s, s:s}]}", "Firmware Devices", "AP Name", id,
	    "Sys Version", version, "Pkg Version", package, "Up-To-Date", "No");
}

static void test_nvfwupd_when_package_is_compared_then_by_scheme(void **state)
{
	static const struct {
		const char *id, *have, *package;
		enum gh_fw_package is;
	} cases[] = {
	    {"HGX_FW_GPU_SXM_1", "96.00.9F.00.01", "96.00.A5.00.01", GH_FW_PACKAGE_NEWER},
	    {"HGX_FW_GPU_SXM_1", "96.00.A5.00.01", "96.00.9F.00.01", GH_FW_PACKAGE_OLDER},
	    {"HGX_FW_GPU_SXM_1", "96.00.a5.00.01", "96.00.A5.00.01", GH_FW_PACKAGE_SAME},
	    {"HGX_FW_GPU_SXM_1", "96.10.A5.00.01", "96.00.A5.00.01", GH_FW_PACKAGE_OTHER},
	    {"Mystery_0", "1", "2", GH_FW_PACKAGE_OTHER},
	    {"Mystery_0", "1", "1", GH_FW_PACKAGE_SAME},
	    {"HGX_FW_GPU_SXM_1", "96.10.A5.00.01", "N/A", GH_FW_NOT_IN_PACKAGE},
	};
	struct gh_nvfwupd v;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(json_t *, gh_json_free) j =
		    device(cases[i].id, cases[i].have, cases[i].package);

		assert_int_equal(0, gh_nvfwupd_read(&v, j, &known, NULL));
		assert_int_equal(cases[i].is, v.package[0]);
		gh_nvfwupd_free(&v);
	}
	gh_auto(json_t *, gh_json_free) none = json_object();
	assert_int_equal(-1, gh_nvfwupd_read(&v, none, &known, NULL));
	gh_auto(json_t *, gh_json_free) nameless = device("", "1", "1");
	assert_int_equal(-1, gh_nvfwupd_read(&v, nameless, &known, NULL));
	assert_null(v.package);
}

#define INVENTORY "/redfish/v1/UpdateService/FirmwareInventory/"

static void put(struct gh_redfish_tree *t, const char *id, json_t *version)
{
	char path[1024];
	json_t *body = json_object();

	snprintf(path, sizeof(path), INVENTORY "%s", id);
	json_object_set_new(body, "Version", version);
	assert_int_equal(0, gh_redfish_tree_put(t, path, 200, body, NULL, NULL));
}

static void test_inventory_when_hostile_then_clean_and_bounded(void **state)
{
	struct gh_redfish_tree t = {0};
	struct gh_fw_inventory inv;
	char longer[900];

	(void)state;
	memset(longer, 'A', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	put(&t, longer, json_string(longer));
	put(&t, "BIOS", json_string("2.7\x1b[2J"));
	put(&t, "Staging_", json_string("1"));
	put(&t, "Installed-__", json_string("1"));
	put(&t, "Installed-1-2", json_string("1"));
	put(&t, "-Pending", json_string("1"));
	put(&t, "NIC1", json_integer(7));
	put(&t, "GPU1", json_null());
	assert_int_equal(0, gh_fw_inventory_read(&inv, &t, &known, NULL));
	assert_int_equal(8, inv.n);
	for (size_t i = 0; i < inv.n; i++)
		assert_null(strpbrk(inv.at[i].version, "\x1b\n"));
	assert_string_equal("", running(&inv, "nic"));
	assert_false(gh_version_valid("smc-bios", running(&inv, "bios")));
	gh_fw_inventory_free(&inv);
	for (int i = 0; i < GH_FW_ITEMS_MAX + 10; i++) {
		snprintf(longer, sizeof(longer), "X%d", i);
		put(&t, longer, json_string("1"));
	}
	assert_int_equal(0, gh_fw_inventory_read(&inv, &t, &known, NULL));
	assert_true(inv.cut);
	assert_int_equal(GH_FW_ITEMS_MAX, inv.n);
	gh_fw_inventory_free(&inv);
	gh_redfish_tree_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_inventory_when_supermicro_then_images_told_apart),
	    cmocka_unit_test(test_inventory_when_dgx_then_read),
	    cmocka_unit_test(test_inventory_when_dell_then_ids_folded),
	    cmocka_unit_test(test_inventory_when_hpe_then_named_by_their_names),
	    cmocka_unit_test(test_inventory_when_lenovo_then_pending_is_absent),
	    cmocka_unit_test(test_inventory_when_grace_then_read),
	    cmocka_unit_test(test_bundle_when_real_machines_then_their_rows),
	    cmocka_unit_test(test_nvfwupd_when_real_then_not_in_package_is_not_outdated),
	    cmocka_unit_test(test_nvfwupd_when_package_is_compared_then_by_scheme),
	    cmocka_unit_test(test_inventory_when_hostile_then_clean_and_bounded),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
