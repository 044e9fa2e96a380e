/* SPDX-License-Identifier: Apache-2.0
 * Faults of single checks: every row finds what it is about, changes that and nothing
 * else, and healing brings back the bytes of before. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../tap.h"
#include "base/file.h"
#include "base/json.h"
#include "base/text.h"
#include "lab/bmc_edit.h"
#include "lab/bmc_tree.h"
#include "lab/faults.h"
#include "lab/fixture.h"
#include "lab/lab.h"

#define R "/redfish/v1"

/* Offered only where the lab's roots of trust have evidence (bmc_erot.c). */
static bool is_optional(const struct gh_check_fault *r)
{
	return !strncmp(r->where, "ComponentIntegrity/", 19);
}

static json_t *tree_with(
    const struct gh_lab_spec *spec, const struct gh_check_set *set, struct gh_err *err)
{
	struct gh_bmc_tree_in in = {.spec = spec, .checks = set};

	return gh_bmc_tree(&in, err);
}

/* How many resources of two trees differ; collections that only count are not looked at. */
static size_t count_changed(const json_t *a, const json_t *b)
{
	const char *path;
	json_t *body;
	size_t n = 0;

	json_object_foreach((json_t *)(uintptr_t)b, path, body)
	{
		if (json_object_get(body, "Members"))
			continue;
		n += !json_equal(body, json_object_get(a, path));
	}
	return n;
}

/* ---- the table -------------------------------------------------------------------- */

static void test_rows_when_read_then_in_form(void **state)
{
	const struct gh_check_fault *r;
	size_t n = 0;

	(void)state;
	for (; (r = gh_check_fault_row(n)); n++) {
		assert_true(!strncmp(r->check, "host.", 5));
		assert_true(r->where[0] != '\0' && r->where[0] != '/');
		if (r->kind == GH_CHECK_BMC)
			assert_true(r->from && (!r->from[0] || r->from[0] == '/'));
		if (r->kind == GH_CHECK_MODE || r->kind == GH_CHECK_MSR)
			assert_non_null(r->to);
	}
	assert_true(n > 50);
	assert_true(n <= GH_CHECK_ROWS_MAX);
}

/* The catalogue as it lies in the tree: the lab stands below the code that reads it. */
static void test_rows_when_beside_the_catalogue_then_each_bmc_check_has_one(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_err err = {0};
	json_t *list, *e;
	size_t i, n = 0;

	(void)state;
	if (gh_file_read(&text, "inventory/checks.json", 4u << 20, &err))
		fail_msg("%s", err.what);
	gh_auto(json_t *, gh_json_free) top = gh_json_parse(text.p, text.len, &err);
	list = json_object_get(top, "checks");
	assert_true(json_array_size(list) > 200);
	json_array_foreach(list, i, e)
	{
		const char *platform = gh_json_text(e, "platform");

		if (strcmp(gh_json_text(e, "channel"), "bmc"))
			continue;
		n++;
		for (size_t h = 0; h < GH_LAB_HOSTS; h++) {
			const struct gh_lab_spec *spec = &gh_lab_specs[h];
			struct gh_check_set set = {0};
			bool fits = !strcmp(platform, "all") ||
				    !strcmp(platform, spec->snp ? "snp" : "tdx");

			/* no baseline is known for the SNP machine */
			if (spec->snp &&
			    (!strcmp(gh_json_text(e, "id"), "host.fw.bmc_version") ||
				!strcmp(gh_json_text(e, "id"), "host.fw.cpld")))
				fits = false;
			if (gh_check_set_add(&set, gh_json_text(e, "id"), spec) != fits)
				fail_msg("%s on %s", gh_json_text(e, "id"), spec->name);
		}
	}
	assert_true(n > 40);
	for (i = 0; gh_check_fault_row(i); i++) {
		bool known = false;
		size_t k;

		json_array_foreach(list, k, e)
		{
			known |=
			    !strcmp(gh_json_text(e, "id"), gh_check_fault_row(i)->check);
		}
		if (!known)
			fail_msg("no check is called %s", gh_check_fault_row(i)->check);
	}
}

/* ---- the BMC ---------------------------------------------------------------------- */

static void test_bmc_rows_when_set_then_that_and_nothing_else_changes(void **state)
{
	(void)state;
	for (size_t h = 0; h < GH_LAB_HOSTS; h += 3) {
		const struct gh_lab_spec *spec = &gh_lab_specs[h];
		gh_auto(json_t *, gh_json_free) was = tree_with(spec, NULL, NULL);

		for (size_t i = 0; gh_check_fault_row(i); i++) {
			const struct gh_check_fault *r = gh_check_fault_row(i);
			struct gh_check_set set = {.at = {(unsigned short)i}, .n = 1};
			struct gh_err err = {0};

			if (r->kind != GH_CHECK_BMC || is_optional(r) ||
			    !gh_check_fault_fits(r, spec))
				continue;
			gh_auto(json_t *, gh_json_free) now = tree_with(spec, &set, &err);
			if (!now)
				fail_msg("%s: %s", r->check, err.what);
			/* all that begin so: each GPU's */
			assert_int_equal(count_changed(was, now),
			    r->where[strlen(r->where) - 1] == '*' ? 8 : 1);
		}
	}
}

static const json_t *attribute(const json_t *tree, const char *prefix)
{
	const char *name;
	json_t *v;

	json_object_foreach(
	    json_object_get(json_object_get(tree, R "/Systems/1/Bios"), "Attributes"),
	    name, v)
	{
		if (!strncmp(name, prefix, strlen(prefix)))
			return v;
	}
	return NULL;
}

static void test_bmc_rows_when_set_then_the_value_and_its_type(void **state)
{
	static const char *const checks[] = {"host.bios.tme", "host.bios.tme_mt",
	    "host.bios.meminteg", "host.bmc.sel", "host.bios.drift"};
	const struct gh_lab_spec *spec = &gh_lab_specs[0];
	struct gh_check_set set = {0};
	json_t *entries, *entry;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(checks); i++)
		assert_true(gh_check_set_add(&set, checks[i], spec));
	gh_auto(json_t *, gh_json_free) tree = tree_with(spec, &set, NULL);
	assert_non_null(tree);
	assert_string_equal(
	    json_string_value(attribute(tree, "MemoryEncryption_TME__")), "Disabled");
	assert_int_equal(json_integer_value(attribute(tree, "TME_MT_TDXKeySplit_")), 0);
	assert_null(attribute(tree, "MemoryIntegrity_"));
	/* a new resource is in its collection */
	entries = json_object_get(tree, R "/Systems/1/LogServices/Log1/Entries");
	assert_int_equal(
	    json_integer_value(json_object_get(entries, "Members@odata.count")), 4);
	entry = json_object_get(tree, R "/Systems/1/LogServices/Log1/Entries/4");
	assert_string_equal(gh_json_text(entry, "Severity"), "Critical");
	assert_false(json_boolean_value(json_object_get(
	    json_object_get(json_object_get(tree, R "/Systems/1/Bios/SD"), "Attributes"),
	    "QuietBoot")));
}

static int edit(json_t *tree, const char *where, const char *from, const char *to)
{
	const struct gh_check_fault row = {
	    "host.x", GH_CHECK_ANY, GH_CHECK_BMC, where, from, to};
	static struct gh_bmc_values v;
	struct gh_err err = {0};

	gh_bmc_values_fill(&v, &gh_lab_specs[0], 0, false);
	return gh_bmc_edit(tree, &v, &row, &err);
}

static void test_edit_when_the_place_is_named_then_that_and_all_of_a_prefix(void **state)
{
	gh_auto(json_t *, gh_json_free) tree = tree_with(&gh_lab_specs[0], NULL, NULL);
	json_t *manager = json_object_get(tree, R "/Managers/1");
	json_t *psu = json_object_get(tree, R "/Chassis/1/Power");

	(void)state;
	/* every GPU of both lists, and nothing beside them */
	assert_int_equal(edit(tree, "UpdateService/FirmwareInventory/HGX_FW_GPU_SXM_*",
			     "/Version", "'1'"),
	    0);
	for (int n = 1; n <= 8; n++) {
		char path[96];

		snprintf(path, sizeof(path),
		    R "/UpdateService/FirmwareInventory/HGX_FW_GPU_SXM_%d", n);
		assert_string_equal(
		    gh_json_text(json_object_get(tree, path), "Version"), "1");
	}
	/* through arrays, and into objects; words of the machine are known */
	assert_int_equal(
	    edit(tree, "Chassis/1/Power", "/PowerSupplies/5/Status/Health", "'Critical'"),
	    0);
	psu = json_array_get(json_object_get(psu, "PowerSupplies"), 5);
	assert_string_equal(
	    gh_json_text(json_object_get(psu, "Status"), "Health"), "Critical");
	assert_int_equal(edit(tree, "Managers/1", "/Model", "'$name'"), 0);
	assert_string_equal(gh_json_text(manager, "Model"), "gpu-a");
	assert_int_equal(edit(tree, "Managers/1", "/New", "[1,2]"), 0);
	assert_int_equal(json_array_size(json_object_get(manager, "New")), 2);
	/* a resource, and its end */
	assert_int_equal(edit(tree, "Chassis/2", "", "{'Id':'2'}"), 0);
	assert_string_equal(
	    gh_json_text(json_object_get(tree, R "/Chassis/2"), "@odata.id"),
	    R "/Chassis/2");
	assert_int_equal(edit(tree, "Chassis/2", "", NULL), 0);
	assert_null(json_object_get(tree, R "/Chassis/2"));
}

static void test_edit_when_there_is_no_such_place_then_an_error(void **state)
{
	static const char *const bad[][3] = {{"Managers/2", "/Model", "'x'"},
	    {"Managers/2*", "/Model", "'x'"}, {"Managers/2", "", NULL},
	    {"Managers/1", "/Nothing", NULL}, {"Managers/1", "/Nothing/Model", "'x'"},
	    {"Managers/1", "/Model/Deeper", "'x'"}, {"Managers/1", "Model", "'x'"},
	    {"Managers/1", "/Nothing*", "'x'"}, {"Managers/1", "/Model", "'$nothing'"},
	    {"Managers/1", "/Model", "{"},
	    {"Chassis/1/Power", "/PowerSupplies/9/Name", "'x'"},
	    {"Chassis/1/Power", "/PowerSupplies/x/Name", "'x'"},
	    {"Chassis/1/Power", "/PowerSupplies/1", "'x'"}};
	gh_auto(json_t *, gh_json_free) was = tree_with(&gh_lab_specs[0], NULL, NULL);
	gh_auto(json_t *, gh_json_free) tree = tree_with(&gh_lab_specs[0], NULL, NULL);

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++)
		if (edit(tree, bad[i][0], bad[i][1], bad[i][2]) != -1)
			fail_msg("%s %s", bad[i][0], bad[i][1]);
	assert_true(json_equal(tree, was));
}

/* ---- the host's files -------------------------------------------------------------- */

struct place {
	char dir[96], host[128];
};

static int setup(void **state)
{
	static struct place p;
	char path[160];

	snprintf(p.dir, sizeof(p.dir), "/tmp/gatehouse-test-XXXXXX");
	if (!mkdtemp(p.dir))
		return -1;
	snprintf(p.host, sizeof(p.host), "%s/hosts/x", p.dir);
	snprintf(path, sizeof(path), "%s/hostkey", p.host);
	*state = &p;
	return gh_file_mkdirs(p.host, 0755, NULL) ||
		       gh_file_write(path, "key\n", 4, 0600, NULL)
		   ? -1
		   : 0;
}

static int teardown(void **state)
{
	const struct place *p = *state;
	char cmd[160];

	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", p->dir);
	return system(cmd);
}

static int write_host(const struct place *p, const struct gh_lab_spec *spec,
    const struct gh_check_set *set, struct gh_err *err)
{
	struct gh_fixture_in in = {.spec = spec,
	    .checks = set,
	    .port = 2222,
	    .host_dir = p->host,
	    .authorized_key = "ssh-ed25519 AAAA",
	    .agent = "",
	    .shim = "",
	    .stand_in = ""};

	return gh_fixture_write(&in, err);
}

/* Name, kind, mode, content or target of what a shell pattern names ("*": everything), as
 * one digest. Registers lie at their numbers, in files of gigabytes: only named. */
static void digest(const struct place *p, const char *pattern, char out[80])
{
	char cmd[700];
	FILE *f;

	snprintf(cmd, sizeof(cmd),
	    "cd '%s/fixture' && { find %s -printf '%%p %%y %%m %%l\n' | sort; find %s "
	    "-type f ! -name msr ! -path 'lab/msr/*' -print0 | sort -z | xargs -0r "
	    "sha256sum; } 2>/dev/null | sha256sum",
	    p->host, pattern, pattern);
	f = popen(cmd, "r");
	assert_non_null(f);
	assert_non_null(fgets(out, 80, f));
	pclose(f);
}

/* One row after the other is set; the next write heals it. */
static void set_and_heal(const struct place *p, const struct gh_lab_spec *spec)
{
	const struct gh_check_fault *last = NULL;
	char was[80] = "", now[80];

	for (size_t i = 0; gh_check_fault_row(i); i++) {
		const struct gh_check_fault *r = gh_check_fault_row(i);
		struct gh_check_set set = {.at = {(unsigned short)i}, .n = 1};
		char before[80];
		struct gh_err err = {0};

		if (r->kind == GH_CHECK_BMC || r->kind == GH_CHECK_MSR ||
		    !gh_check_fault_fits(r, spec))
			continue;
		digest(p, r->where, before);
		if (write_host(p, spec, &set, &err))
			fail_msg("%s: %s", r->check, err.what);
		digest(p, r->where, now);
		/* a second row of one file may look the same before */
		if ((!last || strcmp(last->where, r->where)) && !strcmp(now, before))
			fail_msg("%s changes nothing", r->check);
		if (last && strcmp(last->where, r->where)) {
			digest(p, last->where, now);
			if (strcmp(now, was))
				fail_msg("%s does not heal", last->check);
		}
		if (!last || strcmp(last->where, r->where))
			memcpy(was, before, sizeof(was));
		last = r;
	}
}

static void test_host_rows_when_set_and_healed_then_the_bytes_of_before(void **state)
{
	const struct place *p = *state;

	for (size_t h = 0; h < GH_LAB_HOSTS; h += 3) {
		char was[80], now[80];

		assert_int_equal(write_host(p, &gh_lab_specs[h], NULL, NULL), 0);
		digest(p, "*", was);
		set_and_heal(p, &gh_lab_specs[h]);
		assert_int_equal(write_host(p, &gh_lab_specs[h], NULL, NULL), 0);
		digest(p, "*", now);
		assert_string_equal(now, was);
		teardown(state);
		assert_int_equal(setup(state), 0);
	}
}

static uint64_t read_msr(const struct place *p, unsigned int cpu, uint64_t msr)
{
	uint64_t v = 0;
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/fixture/dev/cpu/%u/msr", p->host, cpu);
	f = fopen(path, "rb");
	assert_non_null(f);
	assert_int_equal(fseeko(f, (off_t)msr, SEEK_SET), 0);
	assert_int_equal(fread(&v, sizeof(v), 1, f), 1);
	fclose(f);
	return v;
}

static void test_host_rows_when_a_register_then_on_every_cpu_that_is_read(void **state)
{
	const struct gh_lab_spec *spec = &gh_lab_specs[0];
	const struct place *p = *state;
	struct gh_check_set set = {0};

	assert_true(gh_check_set_add(&set, "host.tdx.msr_tme", spec));
	assert_int_equal(write_host(p, spec, &set, NULL), 0);
	assert_int_equal(read_msr(p, 0, 0x982), 0x0005006700000001ULL);
	assert_int_equal(read_msr(p, 191, 0x982), 0x0005006700000001ULL);
	assert_int_equal(write_host(p, spec, NULL, NULL), 0);
	assert_int_equal(read_msr(p, 0, 0x982), 0x0005006700000003ULL);
}

static void test_host_rows_when_a_mode_and_a_link_then_those(void **state)
{
	const struct gh_lab_spec *spec = &gh_lab_specs[3];
	const struct place *p = *state;
	struct gh_check_set set = {0};
	char path[256], target[128];
	struct stat st;
	ssize_t n;

	assert_true(gh_check_set_add(&set, "host.snp.dev", spec));
	assert_true(gh_check_set_add(&set, "host.gpu.vfio_bound", spec));
	assert_int_equal(write_host(p, spec, &set, NULL), 0);
	snprintf(path, sizeof(path), "%s/fixture/dev/sev", p->host);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0666);
	snprintf(path, sizeof(path), "%s/fixture/sys/bus/pci/devices/0000:3a:00.0/driver",
	    p->host);
	n = readlink(path, target, sizeof(target) - 1);
	assert_true(n > 0);
	target[n] = '\0';
	assert_non_null(strstr(target, "/pci-stub"));
}

#define EFIVARS "sys/firmware/efi/efivars/"
#define DB      EFIVARS "db-d719b2cb-3d3a-4596-a3bc-dad00e67656f"
#define MOK     EFIVARS "MokListRT-605dab50-e046-4300-abb6-3dd810dd8b23"

/* How many signature lists of one certificate each a variable holds, and whether one has
 * that name. The lists must fill the value behind its four bytes of attributes. */
static size_t count_certs(
    const struct place *p, const char *var, const char *name, bool *found)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char path[256];
	size_t n = 0, at = 4;

	snprintf(path, sizeof(path), "%s/fixture/%s", p->host, var);
	assert_int_equal(gh_file_read(&b, path, 65536, NULL), 0);
	for (; at + 28 <= b.len; n++)
		at += b.p[at + 16] + 256u * b.p[at + 17];
	assert_int_equal(at, b.len);
	*found = gh_text_find(gh_buf_view(&b), name) != NULL;
	return n;
}

static void test_host_rows_when_a_certificate_then_it_goes_or_comes(void **state)
{
	static const struct {
		const char *check, *var, *name;
		size_t n, n_now;
	} cases[] = {{"host.boot.db", DB, "CN=Microsoft UEFI CA 2023", 5, 4},
	    {"host.boot.mok", MOK, "CN=Module Signing Key of Nobody We Know", 1, 2}};
	const struct gh_lab_spec *spec = &gh_lab_specs[0];
	const struct place *p = *state;

	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		bool comes = cases[i].n_now > cases[i].n, found;
		struct gh_check_set set = {0};

		assert_true(gh_check_set_add(&set, cases[i].check, spec));
		assert_int_equal(write_host(p, spec, &set, NULL), 0);
		assert_int_equal(
		    count_certs(p, cases[i].var, cases[i].name, &found), cases[i].n_now);
		assert_int_equal(found, comes);
		assert_int_equal(write_host(p, spec, NULL, NULL), 0);
		assert_int_equal(
		    count_certs(p, cases[i].var, cases[i].name, &found), cases[i].n);
		assert_int_equal(found, !comes);
	}
}

static void test_restart_when_a_file_comes_or_goes_under_a_mount_then_needed(void **state)
{
	static const struct {
		struct gh_check_fault row;
		bool restarts;
	} rows[] = {
	    {{"a", GH_CHECK_ANY, GH_CHECK_FILE, "proc/swaps", NULL, NULL}, true},
	    {{"a", GH_CHECK_ANY, GH_CHECK_FILE, "dev/kvm", NULL, NULL}, true},
	    {{"a", GH_CHECK_ANY, GH_CHECK_FILE, "run/new", NULL, "x"}, true},
	    {{"a", GH_CHECK_ANY, GH_CHECK_FILE, "proc/swaps", "a", "b"}, false},
	    {{"a", GH_CHECK_ANY, GH_CHECK_FILE, "proc/sys/kernel/x", NULL, NULL}, false},
	    {{"a", GH_CHECK_ANY, GH_CHECK_FILE, "sys/x", NULL, NULL}, false},
	    {{"a", GH_CHECK_ANY, GH_CHECK_MODE, "dev/kvm", NULL, "666"}, false},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(rows); i++)
		assert_int_equal(gh_check_fault_restarts(&rows[i].row), rows[i].restarts);
}

/* ---- recorded and listed ------------------------------------------------------------- */

static void test_faults_when_forty_are_recorded_then_all_are_read(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	const struct gh_lab_spec *spec = &gh_lab_specs[0];
	const struct place *p = *state;
	char path[300], host[256];
	struct gh_faults fs;
	const char *word;
	size_t n = 0, tdx = 0;

	for (size_t i = 0; (word = gh_lab_breakable("gpu-a", i)) && n < 50; i++) {
		if (strncmp(word, "host.", 5))
			continue;
		gh_buf_fmt(&text, "%s\n", word);
		tdx += !strncmp(word, "host.bios.t", 11);
		n++;
	}
	assert_true(n >= 40);
	assert_int_equal(tdx, 3);
	/* of another machine, and of none */
	gh_buf_str(&text, "host.bios.smee\nhost.no.such\n");
	snprintf(host, sizeof(host), "%s/hosts/gpu-a", p->dir);
	assert_int_equal(gh_file_mkdirs(host, 0755, NULL), 0);
	snprintf(path, sizeof(path), "%s/fault", host);
	assert_int_equal(gh_file_write(path, text.p, text.len, 0644, NULL), 0);
	gh_faults_load(&fs, p->dir, spec);
	assert_int_equal(fs.n, n);
	assert_true(fs.checks.n >= n);
	assert_int_equal(fs.fixture, 0);
}

static void test_breakable_when_listed_then_what_fits_once(void **state)
{
	static const char *const hosts[] = {"gpu-a", "gpu-d"};

	(void)state;
	for (size_t h = 0; h < 2; h++) {
		bool snp = h == 1, seen_sgx = false, seen_smee = false;
		const char *word, *other;

		for (size_t i = 0; (word = gh_lab_breakable(hosts[h], i)); i++) {
			seen_sgx |= !strcmp(word, "host.bios.sgx");
			seen_smee |= !strcmp(word, "host.bios.smee");
			assert_string_not_equal(word, snp ? "tdx-off" : "snp-off");
			for (size_t k = 0; k < i; k++) {
				other = gh_lab_breakable(hosts[h], k);
				assert_string_not_equal(word, other);
			}
		}
		assert_int_equal(seen_sgx, !snp);
		assert_int_equal(seen_smee, snp);
	}
	assert_null(gh_lab_breakable("gpu-z", 0));
}

int main(void)
{
#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    UNIT(test_rows_when_read_then_in_form),
	    UNIT(test_rows_when_beside_the_catalogue_then_each_bmc_check_has_one),
	    UNIT(test_bmc_rows_when_set_then_that_and_nothing_else_changes),
	    UNIT(test_bmc_rows_when_set_then_the_value_and_its_type),
	    UNIT(test_edit_when_the_place_is_named_then_that_and_all_of_a_prefix),
	    UNIT(test_edit_when_there_is_no_such_place_then_an_error),
	    UNIT(test_host_rows_when_set_and_healed_then_the_bytes_of_before),
	    UNIT(test_host_rows_when_a_register_then_on_every_cpu_that_is_read),
	    UNIT(test_host_rows_when_a_mode_and_a_link_then_those),
	    UNIT(test_host_rows_when_a_certificate_then_it_goes_or_comes),
	    UNIT(test_restart_when_a_file_comes_or_goes_under_a_mount_then_needed),
	    UNIT(test_faults_when_forty_are_recorded_then_all_are_read),
	    UNIT(test_breakable_when_listed_then_what_fits_once),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
