/* SPDX-License-Identifier: Apache-2.0
 * The fact dictionary and its readers: what two healthy hosts and a real BMC say, what
 * hostile ones cannot. */
#include "base/file.h"
#include "checks/facts.h"
#include "host_text.h"

struct want {
	const char *fact, *text; /* as gh_fact_text writes it; NULL = absent */
};

static void check_one(const json_t *from, const struct want *w)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	const json_t *v = json_object_get(from, w->fact);

	assert_non_null(gh_fact_def(w->fact));
	if (!w->text) {
		if (v)
			fail_msg("%s is there", w->fact);
		return;
	}
	if (!v)
		fail_msg("%s is absent", w->fact);
	gh_fact_text(&b, v);
	if (strcmp(gh_buf_cstr(&b), w->text) != 0)
		fail_msg("%s is \"%s\", want \"%s\"", w->fact, gh_buf_cstr(&b), w->text);
}

/* Every value has the type that the dictionary gives, and sets are in order. */
static void check_types(const json_t *from)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)from, name, v)
	{
		const struct gh_fact_def *d = gh_fact_def(name);

		if (!d)
			fail_msg("%s is in no dictionary", name);
		if (d->type == GH_FACT_SET) {
			assert_true(json_is_array(v));
			for (size_t i = 1; i < json_array_size(v); i++)
				assert_true(
				    strcmp(json_string_value(json_array_get(v, i - 1)),
					json_string_value(json_array_get(v, i))) < 0);
		} else if (d->type == GH_FACT_INT) {
			assert_true(json_is_integer(v));
		} else if (d->type == GH_FACT_BOOL) {
			assert_true(json_is_boolean(v));
		} else {
			assert_true(json_is_string(v));
		}
	}
}

static void read_host(
    struct gh_facts *f, const struct text_host *h, enum gh_tee tee, const char *host_key)
{
	struct gh_host host = fleet_host(tee);
	gh_auto(struct gh_probe, gh_probe_free) p = {0};
	struct gh_sources src = {.host = &host, .host_key = host_key, .at = AT};

	probe_of(&p, h);
	src.probe = &p;
	assert_int_equal(0, gh_facts_read(f, &src, NULL));
}

static void test_dictionary_when_read_then_sorted_whole_and_found(void **state)
{
	size_t n;
	const struct gh_fact_def *d = gh_fact_defs(&n);

	(void)state;
	assert_true(n >= 80);
	for (size_t i = 0; i < n; i++) {
		if (i && strcmp(d[i - 1].name, d[i].name) >= 0)
			fail_msg("%s stands behind %s", d[i].name, d[i - 1].name);
		assert_true(d[i].source[0] && d[i].help[0]);
		assert_ptr_equal(&d[i], gh_fact_def(d[i].name));
		assert_true(d[i].type != GH_FACT_VERSION || d[i].scheme[0]);
		assert_true(!(d[i].use & GH_FACT_UNIQUE) || !(d[i].use & GH_FACT_DRIFT));
	}
	assert_null(gh_fact_def(""));
	assert_null(gh_fact_def("id.serials"));
	assert_null(gh_fact_def("zzz"));
}

/* Its row in docs/policy.md. */
static void doc_row(struct gh_buf *b, const struct gh_fact_def *d)
{
	static const char *const type[] = {
	    "text", "number", "yes or no", "version", "set"};

	gh_buf_fmt(b, "| `%s` | ", d->name);
	if (d->type == GH_FACT_VERSION)
		gh_buf_fmt(b, "version (%s)", d->scheme);
	else if (d->type == GH_FACT_SET && d->scheme[0])
		gh_buf_fmt(b, "set of versions (%s)", d->scheme);
	else if (d->scheme[0])
		gh_buf_str(b, "one of ");
	else
		gh_buf_fmt(b, "%s%s%s", type[d->type], d->unit[0] ? ", " : "", d->unit);
	for (const char *c = d->scheme; d->type == GH_FACT_TEXT && *c; c++)
		gh_buf_add(b, *c == '|' ? ", " : c, *c == '|' ? 2 : 1);
	gh_buf_fmt(b, " |%s%s%s | %s | %s |", d->use & GH_FACT_PIN ? " pin" : "",
	    d->use & GH_FACT_DRIFT ? " drift" : "",
	    d->use & GH_FACT_UNIQUE ? " unique" : "", d->help, d->source);
}

static void test_page_when_read_then_lists_each_fact_as_the_dictionary_does(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) page = {0};
	size_t n, missing = 0, rows = 0;
	const struct gh_fact_def *d = gh_fact_defs(&n);
	struct gh_bytes rest, line;

	(void)state;
	assert_int_equal(0, gh_file_read(&page, "docs/policy.md", 1 << 20, NULL));
	for (size_t i = 0; i < n; i++) {
		gh_auto(struct gh_buf, gh_buf_free) row = {0};

		doc_row(&row, &d[i]);
		if (strstr(gh_buf_cstr(&page), gh_buf_cstr(&row)))
			continue;
		print_message("docs/policy.md lacks: %s\n", gh_buf_cstr(&row));
		missing++;
	}
	assert_int_equal(0, missing);
	rest = gh_buf_view(&page);
	while (gh_text_line(&rest, &line)) /* nothing that is no fact any more */
		rows += gh_text_starts(line, "| `") &&
			(gh_text_find(line, "| SSH") || gh_text_find(line, "| BMC") ||
			    gh_text_find(line, "| gateh"));
	assert_int_equal(n, rows);
}

static void test_facts_when_tdx_host_is_healthy_then_read(void **state)
{
	static const struct want want[] = {
	    {"id.product", "SYS-821GE-TNHR"},
	    {"id.vendor", "Supermicro"},
	    {"id.serial", "S123456X4B00001"},
	    {"id.uuid", "00000000-0000-0000-0000-3cecef001122"},
	    {"id.machine_id", "0123456789abcdef0123456789abcdef"},
	    {"id.host_key", "ssh-ed25519 AAAA"},
	    {"bios.version", "2.7a"},
	    {"bios.date", "2025-10-28"},
	    {"cpu.model", "GenuineIntel 6/207/2"},
	    {"cpu.microcode", "0x210002c0"},
	    {"cpu.sockets", "2"},
	    {"cpu.threads", "4"},
	    {"cpu.smt", "yes"},
	    {"cpu.offline", NULL},
	    {"cpu.production", "yes"},
	    {"cpu.debug_locked", "yes"},
	    {"cpu.vulnerable", "none"},
	    {"kernel.version", "6.17.0-8-generic"},
	    {"kernel.image_sha256", KERNEL},
	    {"kernel.lockdown", "integrity"},
	    {"kernel.tainted", "0"},
	    {"kernel.lsm", "apparmor, capability, landlock, lockdown, yama"},
	    {"kernel.modules", "kvm, vfio_pci, vhost_vsock"},
	    {"kernel.sig_enforce", "yes"},
	    {"kernel.crash_kernel", "no"},
	    {"mem.total_kib", "2113404124"},
	    {"mem.swap", "no"},
	    {"mem.swap_encrypted", "yes"},
	    {"mem.ecc_corrected", "3"},
	    {"mem.ecc_uncorrected", "0"},
	    {"mem.overwrite_request", "yes"},
	    {"iommu.groups", "2"},
	    {"iommu.mode", "mixed"},
	    {"iommu.unsafe_interrupts", "no"},
	    {"boot.uefi", "yes"},
	    {"secureboot.enabled", "yes"},
	    {"secureboot.setup_mode", "no"},
	    {"tdx.enabled", "yes"},
	    {"tdx.initialized", "yes"},
	    {"tdx.module", "1.5.16"},
	    {"tdx.private_keyids", "64"},
	    {"tdx.seamldr_svn", "5"},
	    {"tdx.seamrr", "yes"},
	    {"tdx.mcheck", "0"},
	    {"tdx.qgs", "yes"},
	    {"tdx.registered", "yes"},
	    {"tme.enabled", "yes"},
	    {"sgx.enabled", "yes"},
	    {"sgx.debug", "no"},
	    {"snp.firmware", NULL},
	    {"snp.iommu", NULL},
	    {"gpu.count", "8"},
	    {"gpu.models", "10de:2330"},
	    {"gpu.driver", "vfio-pci"},
	    {"switch.count", "4"},
	    {"switch.driver", "vfio-pci"},
	    {"nic.count", "8"},
	    {"nvme.firmware", "GDC5902Q"},
	    {"nvme.models", "SAMSUNG MZQL23T8HCLS-00A07"},
	    {"pcie.aer_errors", "0"},
	    {"net.listeners", "tcp/22, udp/68"},
	    {"qemu.version", "10.1.0"},
	    {"qemu.tee", "sev-snp-guest, tdx-guest"},
	    {"libvirt.tee", "tdx"},
	    {"time.synced", "yes"},
	    {"time.offset_ms", "0"},
	    {"time.clocksource", "tsc"},
	    {"tpm.version", "2"},
	    {"ssh.password_auth", "no"},
	    {"ssh.root_login", "prohibit-password"},
	    {"users.uid0", "root"},
	    {"users.no_password", "none"},
	    {"units.failed", "none"},
	    {"virt.domains", "none"},
	    {"virt.nested", "no"},
	    {"storage.root_encrypted", "yes"},
	    {"gpu.mode", "ppcie"},
	    {"gpu.cc_mode", "off"},
	    {"gpu.ppcie_mode", "on"},
	    {"switch.ppcie_mode", "on"},
	    {"time.skew_s", "0"},
	    {"packages.modified", "none"},
	    {"packages.held",
		"libvirt-daemon, linux-image-6.17.0-8-generic, ovmf, qemu-system-x86"},
	    {"ovmf.sha256", OVMF_HASH},
	    {"ssh.authorized_keys", "ops:" OPS_KEYS ", root:" ROOT_KEYS},
	    {"sudo.no_password", "gatehouse ALL=(root) NOPASSWD: /usr/bin/sh -s *"},
	};
	gh_auto(struct gh_facts, gh_facts_free) f = {0};
	char ak[65];
	struct text_host h;

	(void)state;
	tdx_host(&h);
	read_host(&f, &h, GH_TEE_TDX, "ssh-ed25519 AAAA");
	for (size_t i = 0; i < GH_COUNT(want); i++)
		check_one(f.ssh, &want[i]);
	check_types(f.ssh);
	assert_int_equal(0, json_object_size(f.bmc));
	assert_int_equal(24, json_array_size(json_object_get(f.ssh, "tpm.pcrs")));
	tpm_ak_sha256(ak);
	assert_string_equal(
	    ak, json_string_value(json_object_get(f.ssh, "tpm.ak_sha256")));
	assert_non_null(json_object_get(f.ssh, "tpm.ek_sha256"));
	text_host_free(&h);
}

static void test_facts_when_snp_host_is_healthy_then_read(void **state)
{
	static const struct want want[] = {
	    {"cpu.model", "AuthenticAMD 25/17/1"},
	    {"snp.enabled", "yes"},
	    {"snp.firmware", "1.55.40"},
	    {"snp.asids", "99"},
	    {"snp.iommu", "yes"},
	    {"snp.rmp_mib", "262"},
	    {"sme.enabled", "yes"},
	    {"psp.fused", "yes"},
	    {"snp.chip_id",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"},
	    {"psp.debug_locked", "yes"},
	    {"psp.rollback_protected", "yes"},
	    {"psp.rom_armor", "yes"},
	    {"psp.bootloader", "00.2d.00.7c"},
	    {"tdx.module", NULL},
	    {"tdx.initialized", NULL},
	    {"tme.enabled", NULL},
	};
	gh_auto(struct gh_facts, gh_facts_free) f = {0};
	struct text_host h;

	(void)state;
	snp_host(&h);
	read_host(&f, &h, GH_TEE_SNP, NULL);
	for (size_t i = 0; i < GH_COUNT(want); i++)
		check_one(f.ssh, &want[i]);
	check_types(f.ssh);
	text_host_free(&h);
}

struct spoilt {
	enum gh_tee tee;
	const char *item, *from, *to;
	struct want want;
};

static const struct spoilt spoilts[] = {
    {0, "sys", "product_name:SYS-821GE-TNHR", "product_name:To be filled by O.E.M.",
	{"id.product", NULL}},
    {0, "dmi.root", "S123456X4B00001", "0123456789", {"id.serial", NULL}},
    {0, "sys", "10/28/2025", "28.10.2025", {"bios.date", NULL}},
    {0, "sys", "10/28/2025", "13/28/2025", {"bios.date", NULL}},
    {0, "sys", "none [integrity]", "[none] integrity", {"kernel.lockdown", "none"}},
    {0, "sys", "none [integrity]", "none integrity", {"kernel.lockdown", NULL}},
    {0, "sys", "tainted:0", "tainted:12289", {"kernel.tainted", "12289"}},
    {0, "sys", "tainted:0", "tainted:99999999999999999999", {"kernel.tainted", NULL}},
    {0, "sys", "ksm/run:0", "ksm/run:1", {"mem.ksm", "yes"}},
    {0, "sys", "ksm/run:0", "ksm/run:2", {"mem.ksm", "no"}},
    {0, "sys", "Priority\n",
	"Priority\n/proc/swaps:/dev/nvme0n1p9 partition 8388604 0 -2\n",
	{"mem.swap_encrypted", "no"}},
    {0, "sys", "Priority\n", "Priority\n/proc/swaps:/dev/dm-0 partition 8388604 0 -2\n",
	{"mem.swap_encrypted", "yes"}},
    {0, "sys", "mc0/ue_count:0", "mc0/ue_count:x", {"mem.ecc_uncorrected", NULL}},
    {0, "sys", "smt/active:1", "smt/active:x", {"cpu.smt", NULL}},
    {0, "cpu", "stepping\t: 2", "stepping\t: 3", {"cpu.model", NULL}},
    {0, "cpu", "microcode\t: 0x210002c0", "microcode\t: 0x1", {"cpu.microcode", NULL}},
    {0, "vuln", "l1tf:Not affected", "l1tf:Vulnerable", {"cpu.vulnerable", "l1tf"}},
    {0, "klog", "virt/tdx: module initialized", "virt/tdx: module initialization failed",
	{"tdx.initialized", "no"}},
    {0, "klog", "[64, 128)", "[64, 9)", {"tdx.private_keyids", "64"}},
    {0, "msr", "0x982 0000000000000003", "0x982 0000000000000001", {"tme.enabled", NULL}},
    {0, "msr", "0x503 0000000000000000", "0x503 0000000000000001", {"sgx.debug", "yes"}},
    {0, "msr", "0xa0 0000000000000000", "0xa0 212152534d204f4e", {"tdx.mcheck", NULL}},
    {0, "pci.driver", "drivers/vfio-pci", "drivers/nvidia",
	{"gpu.driver", "nvidia, vfio-pci"}},
    {0, "pci.driver", "0000:18:00.0/driver", "0000:f8:00.0/driver",
	{"gpu.driver", "unbound, vfio-pci"}},
    {0, "pci", "device:0x2330", "device:0x2335", {"gpu.models", "10de:2330, 10de:2335"}},
    {0, "pci.aer", "FATAL 0", "FATAL 7", {"pcie.aer_errors", "7"}},
    {0, "listeners", "0100007F:170C", "00000000:170C",
	{"net.listeners", "tcp/22, tcp/5900, udp/68"}},
    {0, "time", "-0.000012345", "-1.500012345", {"time.offset_ms", "1500"}},
    {0, "time", NULL, "NTPSynchronized=no\n", {"time.synced", "no"}},
    {0, "sshd", "permitrootlogin without-password", "permitrootlogin yes",
	{"ssh.root_login", "yes"}},
    {0, "users", "uid0 root\n", "uid0 root\nuid0 toor\nnopassword bob\n",
	{"users.uid0", "root, toor"}},
    {0, "users", "uid0 root\n", "nopassword bob\n", {"users.no_password", "bob"}},
    {0, "users", "accounts 31", "", {"users.uid0", NULL}},
    {0, "units", "qgsd active", "qgsd failed", {"tdx.qgs", "no"}},
    {0, "units.failed", NULL, "a.service loaded failed\n", {"units.failed", "a.service"}},
    {0, "mounts", "/dev/mapper/vg-root / ext4", "/dev/sda1 / ext4",
	{"storage.root_encrypted", "no"}},
    {0, "efi.secureboot", "01", "00", {"secureboot.enabled", "no"}},
    {0, "efi.secureboot", " 06 00 00 00 01", " 06 00", {"secureboot.enabled", NULL}},
    {0, "efi.setupmode", NULL, NULL, {"secureboot.setup_mode", NULL}},
    {0, "libvirt.domains", NULL, "cvm-1\ncvm-1\ncvm-0\n",
	{"virt.domains", "cvm-0, cvm-1"}},
    {0, "registration", NULL, "flow failed\n", {"tdx.registered", "no"}},
    {0, "gputool", "CC mode is off", "CC mode is on", {"gpu.cc_mode", "mixed"}},
    {0, "gputool", "CC mode is off", "CC mode is devtools", {"gpu.mode", "mixed"}},
    {0, "gputool", NULL, NULL, {"gpu.mode", NULL}},
    {0, "now", "1767225600", "1767225590", {"time.skew_s", "10"}},
    {0, "now", "1767225600", "1767225601", {"time.skew_s", "0"}},
    {0, "now", "1767225600", "1767225661", {"time.skew_s", "60"}},
    {0, "now", NULL, "soon", {"time.skew_s", NULL}},
    {0, "ssh.keys", "\nfiles 2", "", {"ssh.authorized_keys", NULL}},
    {0, "ssh.keys", NULL, "files 0", {"ssh.authorized_keys", "none"}},
    {0, "sudo", NULL, "\nfiles 2", {"sudo.no_password", "none"}},
    {0, "sudo", "files 2", "", {"sudo.no_password", NULL}},
    {0, "pkg.verify", "??5?????? c /etc/ssh",
	"??5??????   /usr/sbin/x\n??5?????? c /etc/ssh",
	{"packages.modified", "/usr/sbin/x"}},
    {0, "holds", "hold ok", "install ok",
	{"packages.held", "libvirt-daemon, linux-image-6.17.0-8-generic, ovmf"}},
    {0, "udp", "0100007F:0143", "00000000:0143",
	{"net.listeners", "tcp/22, udp/323, udp/68"}},
    {1, "klog", "(ASIDs 1 - 99)", "(ASIDs 0 - 0)", {"snp.asids", "0"}},
    {1, "klog", "AMD-Vi: IOMMU SNP support enabled", "x", {"snp.iommu", "no"}},
    {1, "klog", "SEV-SNP API:1.55", "SEV-SNP API:x", {"snp.firmware", NULL}},
    {1, "ccp", "fused_part:1", "fused_part:0", {"psp.fused", "no"}},
};

static void test_facts_when_a_line_is_spoilt_then_that_fact_says_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(spoilts); i++) {
		gh_auto(struct gh_facts, gh_facts_free) f = {0};
		struct text_host h;

		if (spoilts[i].tee)
			snp_host(&h);
		else
			tdx_host(&h);
		spoil(&h, spoilts[i].item, spoilts[i].from, spoilts[i].to);
		read_host(&f, &h, spoilts[i].tee, NULL);
		check_one(f.ssh, &spoilts[i].want);
		check_types(f.ssh);
		text_host_free(&h);
	}
}

/* What a machine can put where a serial should stand. */
static void test_facts_when_text_is_hostile_then_clean_and_bounded(void **state)
{
	gh_auto(struct gh_facts, gh_facts_free) f = {0};
	gh_auto(struct gh_buf, gh_buf_free) all = {0}, many = {0};
	struct text_host h;

	(void)state;
	for (int i = 0; i < 2000; i++)
		gh_buf_fmt(&many, "m%d\x1b[2J\xe2\x80\xae\n", i);
	tdx_host(&h);
	spoil(&h, "dmi.root", "S123456X4B00001", "\x1b]0;owned\a\xff\xfe<script>");
	spoil(&h, "modules", NULL, gh_buf_cstr(&many));
	read_host(&f, &h, GH_TEE_TDX, NULL);
	gh_json_dump(&all, f.ssh);
	for (size_t i = 0; i < all.len; i++)
		assert_true(all.p[i] >= 0x20 && all.p[i] < 0x7f);
	assert_true(json_array_size(json_object_get(f.ssh, "kernel.modules")) <= 512);
	assert_non_null(json_object_get(f.ssh, "id.serial"));
	text_host_free(&h);
}

static void test_facts_when_any_byte_flips_then_types_hold(void **state)
{
	struct text_host h;
	unsigned int n = 0;

	(void)state;
	tdx_host(&h);
	for (size_t i = 0; i < h.n; i++) {
		size_t len = strlen(h.item[i].text);

		for (size_t k = 0; k < len; k += 1 + len / 20, n++) {
			gh_auto(struct gh_facts, gh_facts_free) f = {0};
			char old = h.item[i].text[k];

			h.item[i].text[k] = (char)(old ^ (n % 5 == 0 ? 0x80 : 0x0b));
			read_host(&f, &h, GH_TEE_TDX, NULL);
			check_types(f.ssh);
			h.item[i].text[k] = old;
		}
	}
	assert_true(n > 500);
	text_host_free(&h);
}

/* ---- the second source ----------------------------------------------------------------- */

static void read_tree(struct gh_facts *f, const struct gh_redfish_tree *t)
{
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct gh_sources src = {.host = &host, .bmc = t, .at = AT};

	assert_int_equal(0, gh_facts_read(f, &src, NULL));
}

static void load_json(struct gh_redfish_tree *t, const char *text)
{
	gh_auto(json_t *, gh_json_free) j = gh_json_parse(text, strlen(text), NULL);

	assert_non_null(j);
	assert_int_equal(0, gh_redfish_tree_load(t, j, NULL));
}

/* False, with a word, when the vectors are not there. */
static bool load_capture(struct gh_redfish_tree *t, const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char path[512];

	snprintf(path, sizeof(path), "%s/host/%s", vectors_dir(), name);
	if (gh_file_read(&b, path, GH_JSON_MAX_BYTES, NULL) != 0) {
		print_message("no vector %s: skipped\n", path);
		return false;
	}
	load_json(t, gh_buf_cstr(&b));
	return true;
}

static void check_bmc(const struct gh_redfish_tree *t, const struct want *want, size_t n)
{
	gh_auto(struct gh_facts, gh_facts_free) f = {0};

	read_tree(&f, t);
	for (size_t i = 0; i < n; i++)
		check_one(f.bmc, &want[i]);
	check_types(f.bmc);
	assert_int_equal(0, json_object_size(f.ssh));
}

static void test_facts_when_bmc_is_a_real_supermicro_then_read(void **state)
{
	static const struct want want[] = {
	    {"id.product", "SYS-821GE-TNHR"},
	    {"id.vendor", "Supermicro"},
	    {"id.board", "X13DEG-OAD"},
	    {"id.board_serial", "OM234S005959"},
	    {"id.chassis_serial", "C8010MM21A30331"},
	    {"id.gpu_baseboard_serial", "1662523650462"},
	    {"bios.version", "1.4"},
	    {"bios.date", "2023-08-04"},
	    {"bmc.version", "11.01.01"},
	    {"bmc.date", "2023-11-17"},
	    {"cpu.model", "GenuineIntel 6/143/8"},
	    {"cpu.name", "Intel(R) Xeon(R) Platinum 8462Y+"},
	    {"cpu.microcode", "0x2b0004b1"},
	    {"cpu.sockets", "2"},
	    {"mem.dimms", "32"},
	    {"mem.installed_gib", "2048"},
	    {"secureboot.enabled", "no"},
	    {"secureboot.mode", "SetupMode"},
	    {"secureboot.setup_mode", "yes"},
	    {"bios.secureboot", "no"},
	    {"bios.tme", "no"},
	    {"bios.pa46", "yes"},
	    {"bios.csm", "yes"},
	    {"bios.acs", "no"},
	    {"bios.preboot_dma", "no"},
	    {"bios.vtd", "yes"},
	    {"bios.above4g", "yes"},
	    {"bios.hyperthreading", "yes"},
	    {"bios.tdx", NULL},
	    {"bmc.lockdown", "no"},
	    {"bmc.kcs_privilege", "Administrator"},
	    {"bmc.ntp", "no"},
	    {"bmc.ipmi_lan", "yes"},
	    {"bmc.host_interface", "yes"},
	    {"boot.override", "no"},
	    {"gpu.count", "8"},
	    {"gpu.names", "H100 80GB HBM3"},
	    {"gpu.vbios", "96.00.61.00.01"},
	    {"gpu.inforom", "G520.0200.00.05"},
	    {"gpu.cc_mode", NULL},
	    {"switch.count", "4"},
	    {"switch.bios", "96.10.35.00.01"},
	    {"hgx.hmc", "HGX-22.10-1-rc34"},
	    {"hgx.fpga", "2.11"},
	    {"hgx.erot", "00.02.0134.0000_n00"},
	    {"hgx.retimer", "2.7.9"},
	    {"hgx.pcie_switch", "1.7.5F"},
	    {"nic.firmware", "24.38.1402, 28.37.10.14, 3.50 0x800016DC"},
	    {"nvme.firmware", "GDC5602Q"},
	    {"psu.firmware", "1.0, 1.3"},
	    {"cpld", "CPLD_Backplane_1 03, CPLD_Motherboard F5.11.CB, CPLD_Motherboard_2 "
		     "07, Fanboard_1_CPLD_1 01, Fanboard_2_CPLD_1 01, "
		     "Switchboard_1_CPLD_1 12, Switchboard_2_CPLD_2 3F, "
		     "Switchboard_3_CPLD_2 3F"},
	    {"bmc.read_at", NULL},
	};
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};
	gh_auto(struct gh_facts, gh_facts_free) f = {0};

	(void)state;
	if (!load_capture(&t, "redfish-smc-sys-821ge-tnhr.json"))
		return;
	check_bmc(&t, want, GH_COUNT(want));
	read_tree(&f, &t);
	assert_int_equal(8, json_array_size(json_object_get(f.bmc, "id.gpu_serials")));
	assert_int_equal(
	    64, json_string_length(json_object_get(f.bmc, "bios.settings_sha256")));
}

static void test_facts_when_bmc_is_a_dgx_then_modes_are_read(void **state)
{
	static const struct want want[] = {
	    {"gpu.vbios", "96.00.89.00.01"},
	    {"hgx.hmc", "HGX-22.10-1-rc57"},
	    {"psu.firmware", "0204.0201.0202"},
	    {"gpu.mig", "no"},
	};
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};

	(void)state;
	if (load_capture(&t, "redfish-dgx-h100-viking.json"))
		check_bmc(&t, want, GH_COUNT(want));
}

#define GPU(n, cc, dev, ppcie)                                                           \
	"\"/redfish/v1/Systems/HGX_Baseboard_0/Processors/GPU_SXM_" #n                   \
	"\":{\"SerialNumber\":\"16" #n "\",\"MemorySummary\":{\"ECCModeEnabled\":true}," \
	"\"Oem\":{\"Nvidia\":{\"CCModeEnabled\":" #cc ",\"CCDevModeEnabled\":" #dev      \
	",\"PPCIeModeEnabled\":" #ppcie ",\"MIGModeEnabled\":false}}}"

static void test_gpu_mode_when_bmc_says_it_then_one_word(void **state)
{
	static const struct {
		const char *tree;
		struct want want[4];
	} cases[] = {
	    {"{" GPU(1, false, false, true) "," GPU(2, false, false, true) "}",
		{{"gpu.mode", "ppcie"}, {"gpu.cc_mode", "off"}, {"gpu.ppcie_mode", "on"},
		    {"id.gpu_serials", "161, 162"}}},
	    {"{" GPU(1, true, false, false) "," GPU(2, true, false, false) "}",
		{{"gpu.mode", "cc"}, {"gpu.cc_mode", "on"}, {"gpu.ppcie_mode", "off"},
		    {"gpu.count", "2"}}},
	    {"{" GPU(1, true, false, false) "," GPU(2, false, false, false) "}",
		{{"gpu.mode", "mixed"}, {"gpu.cc_mode", "mixed"},
		    {"gpu.ppcie_mode", "off"}, {"gpu.ecc", "yes"}}},
	    {"{" GPU(1, true, true, false) "}",
		{{"gpu.mode", "devtools"}, {"gpu.cc_mode", "devtools"},
		    {"gpu.ppcie_mode", "off"}, {"gpu.mig", "no"}}},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};

		load_json(&t, cases[i].tree);
		check_bmc(&t, cases[i].want, GH_COUNT(cases[i].want));
	}
}

#define SYSTEM  "\"/redfish/v1/Systems/1\":{\"Model\":\"M\"}"
#define BIOS(a) "{" SYSTEM ",\"/redfish/v1/Systems/1/Bios\":{\"Attributes\":{" a "}}}"

static void bios_of(const char *tree, struct gh_facts *f)
{
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};

	load_json(&t, tree);
	read_tree(f, &t);
}

static void test_bios_digest_when_only_suffixes_change_then_same(void **state)
{
	gh_auto(struct gh_facts, gh_facts_free) a = {0}, b = {0}, c = {0}, d = {0};
	const char *one, *two, *three;

	(void)state;
	bios_of(BIOS("\"MemoryEncryption_TME__3C77\":\"Enabled\",\"X_0001\":\"1\""), &a);
	bios_of(BIOS("\"MemoryEncryption_TME__3D80\":\"Enabled\",\"X_0001\":\"2\""), &b);
	bios_of(BIOS("\"MemoryEncryption_TME__3C77\":\"Disabled\""), &c);
	bios_of(BIOS("\"X_0001\":\"2\""), &d);
	one = json_string_value(json_object_get(a.bmc, "bios.settings_sha256"));
	two = json_string_value(json_object_get(b.bmc, "bios.settings_sha256"));
	three = json_string_value(json_object_get(c.bmc, "bios.settings_sha256"));
	assert_string_equal(one, two);
	assert_string_not_equal(one, three);
	assert_null(json_object_get(d.bmc, "bios.settings_sha256"));
}

static void test_bios_settings_when_named_in_parts_then_told_apart(void **state)
{
	static const struct want want[] = {
	    {"bios.tdx", "yes"},
	    {"bios.seam_loader", "no"},
	    {"bios.sgx", "yes"},
	    {"bios.sev_snp", "yes"},
	    {"bios.smee", "no"},
	};
	gh_auto(struct gh_facts, gh_facts_free) f = {0};

	(void)state;
	bios_of(
	    BIOS(
		"\"TrustDomainExtension_TDX__F301\":\"Enable\","
		"\"TDXSEAMLoader_F302\":\"Disable\",\"SGXFactoryReset_F303\":\"Disable\","
		"\"SWGuardExtensions_SGX__F304\":\"Enable\",\"SMEE_0100\":\"Disabled\","
		"\"SEV_SNPSupport_0101\":\"Enabled\",\"PCIeACSCTL_0102\":7"),
	    &f);
	for (size_t i = 0; i < GH_COUNT(want); i++)
		check_one(f.bmc, &want[i]);
	assert_null(json_object_get(f.bmc, "bios.acs"));
}

#define CERT "abababababababababababababababababababababababababababababababab"

static void test_tree_when_read_by_us_then_certificate_time_and_skew(void **state)
{
	static const struct want want[] = {
	    {"id.bmc_cert", CERT},
	    {"bmc.cert_self_signed", "yes"},
	    {"bmc.read_at", "2026-01-01T00:00:00Z"},
	    {"bmc.time_skew_s", "90"},
	    {"id.bmc_mac", "3c:ec:ef:00:11:22"},
	    {"bmc.virtual_media", "yes"},
	};
	gh_auto(struct gh_redfish_tree, gh_redfish_tree_free) t = {0};

	(void)state;
	load_json(&t,
	    "{\"@gatehouse\":{\"read_at\":1767225600,\"certificate\":{\"sha256\":\"" CERT
	    "\","
	    "\"self_signed\":true}},"
	    "\"/redfish/v1/Managers/1\":{\"DateTime\":\"2025-12-31T23:58:30Z\"},"
	    "\"/redfish/v1/Managers/1/EthernetInterfaces/1\":{\"MACAddress\":"
	    "\"3C:EC:EF:00:11:22\"},"
	    "\"/redfish/v1/Managers/1/EthernetInterfaces/ToHost\":{\"MACAddress\":"
	    "\"3C:EC:EF:00:11:23\"},"
	    "\"/redfish/v1/Managers/1/VirtualMedia/1\":{\"Inserted\":true},"
	    "\"/redfish/v1/Managers/1/VirtualMedia/2\":{\"Inserted\":false}}");
	check_bmc(&t, want, GH_COUNT(want));
}

static void test_facts_when_both_say_them_then_compared(void **state)
{
	gh_auto(struct gh_facts, gh_facts_free) f = {
	    json_pack("{s:s,s:s,s:i,s:s,s:s}", "id.serial", "A", "id.uuid", "U",
		"gpu.count", 8, "bios.version", "2.7", "cpu.microcode", "0x1A"),
	    json_pack("{s:s,s:s,s:s,s:s,s:s}", "id.serial", "A", "id.uuid", "V",
		"hgx.hmc", "H", "bios.version", "2.7a", "cpu.microcode", "0x0000001a")};

	(void)state;
	assert_int_equal(1, gh_facts_agree(&f, "id.serial"));
	assert_int_equal(-1, gh_facts_agree(&f, "id.uuid"));
	assert_int_equal(0, gh_facts_agree(&f, "gpu.count"));
	assert_int_equal(1, gh_facts_agree(&f, "cpu.microcode"));
	assert_int_equal(-1, gh_facts_agree(&f, "bios.version"));
	assert_int_equal(0, gh_facts_agree(&f, "id.board"));
	assert_string_equal("U", json_string_value(gh_facts_get(&f, "id.uuid")));
	assert_string_equal("H", json_string_value(gh_facts_get(&f, "hgx.hmc")));
	assert_null(gh_facts_get(&f, "id.board"));
	assert_null(gh_facts_get(NULL, "id.board"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_dictionary_when_read_then_sorted_whole_and_found),
	    cmocka_unit_test(
		test_page_when_read_then_lists_each_fact_as_the_dictionary_does),
	    cmocka_unit_test(test_facts_when_tdx_host_is_healthy_then_read),
	    cmocka_unit_test(test_facts_when_snp_host_is_healthy_then_read),
	    cmocka_unit_test(test_facts_when_a_line_is_spoilt_then_that_fact_says_so),
	    cmocka_unit_test(test_facts_when_text_is_hostile_then_clean_and_bounded),
	    cmocka_unit_test(test_facts_when_any_byte_flips_then_types_hold),
	    cmocka_unit_test(test_facts_when_bmc_is_a_real_supermicro_then_read),
	    cmocka_unit_test(test_facts_when_bmc_is_a_dgx_then_modes_are_read),
	    cmocka_unit_test(test_gpu_mode_when_bmc_says_it_then_one_word),
	    cmocka_unit_test(test_bios_digest_when_only_suffixes_change_then_same),
	    cmocka_unit_test(test_bios_settings_when_named_in_parts_then_told_apart),
	    cmocka_unit_test(test_tree_when_read_by_us_then_certificate_time_and_skew),
	    cmocka_unit_test(test_facts_when_both_say_them_then_compared),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
