/* SPDX-License-Identifier: Apache-2.0
 * What a table of spoilt lines cannot say of network, time, packages and keys: other tools,
 * other distributions, another clock, nobody enrolled. */
#include "checks/judge.h"
#include "host_text.h"
#include "with_catalogue.h"

static void judge(struct gh_result *r, const struct text_host *h,
    const struct gh_host *host, struct gh_sources src)
{
	struct gh_enrolment enrolled = {0};
	struct gh_probe p;
	probe_of(&p, h);
	enrol_healthy(&enrolled);
	src.host = host;
	src.probe = &p;
	if (!src.at) {
		src.at = AT;
		src.ssh_ms = SSH_MS;
	}
	if (!src.enrolled)
		src.enrolled = &enrolled;
	memset(r, 0, sizeof(*r));
	assert_int_equal(0, gh_checks_run(r, cat, &src, NULL));
	gh_probe_free(&p);
	gh_enrolment_free(&enrolled);
}

static void says(
    const struct gh_result *r, const char *id, enum gh_verdict v, const char *reason)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, NULL, id);
	char code[128] = "";
	assert_non_null(f);
	if (reason)
		snprintf(code, sizeof(code), "%s.%s", id, reason);
	if (f->verdict != v || strcmp(f->code, code) != 0)
		print_error("%s: %s %s: %s %s\n", id, gh_verdict_word(f->verdict),
		    f->code, f->observed, f->why);
	assert_int_equal(v, f->verdict);
	assert_string_equal(code, f->code);
}

/* One item of a healthy TDX host replaced as a whole. */
static void with(const char *item, int rc, const char *text, const char *id,
    enum gh_verdict v, const char *reason)
{
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct text_host h;
	struct gh_result r;
	tdx_host(&h);
	spoil(&h, item, NULL, text);
	find_item(&h, item)->rc = rc;
	judge(&r, &h, &host, (struct gh_sources){.ssh_err = NULL});
	says(&r, id, v, reason);
	gh_result_free(&r);
	text_host_free(&h);
}

static void skew(
    const char *now, int64_t at, unsigned int ms, enum gh_verdict v, const char *reason)
{
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct text_host h;
	struct gh_result r;
	tdx_host(&h);
	spoil(&h, "now", NULL, now);
	judge(&r, &h, &host, (struct gh_sources){.at = at, .ssh_ms = ms});
	says(&r, "host.time.skew", v, reason);
	gh_result_free(&r);
	text_host_free(&h);
}

/* Two seconds beyond the window of asking: the second of `at` is cut, so that the window
 * ends 999 ms later than the answer. */
static void test_skew_when_at_its_bounds_then_by_the_millisecond(void **state)
{
	(void)state;
	skew("1000.412345678", 1000, 400, GH_PASS, NULL);
	skew("998.000", 1000, 400, GH_PASS, NULL);
	skew("997.999", 1000, 400, GH_FAIL, "skew");
	skew("1003.399", 1000, 400, GH_PASS, NULL);
	skew("1003.400", 1000, 400, GH_FAIL, "skew");
	skew("1020.9", 1000, 20000, GH_PASS, NULL);
	skew("1000", 1000, 400, GH_PASS, NULL);
	skew("1000.%N", 1000, 400, GH_PASS, NULL);
	skew("1000.5", 1000, 0, GH_UNKNOWN, "untimed");
	skew("", 1000, 400, GH_UNKNOWN, "malformed");
	skew("-5", 1000, 400, GH_UNKNOWN, "malformed");
	skew("99999999999999999999", 1000, 400, GH_UNKNOWN, "malformed");
	skew("1099511627777", 1000, 400, GH_UNKNOWN, "malformed");
}

/* A host that waited in the queue was asked long after the run began. */
static void test_skew_when_queued_then_counted_from_its_answer(void **state)
{
	static const struct {
		const char *now;
		enum gh_verdict v;
		const char *reason;
	} cases[] = {{"1060.2", GH_PASS, NULL}, {"1057.599", GH_FAIL, "skew"},
	    {"1057.6", GH_PASS, NULL}, {"1062.999", GH_PASS, NULL},
	    {"1063.000", GH_FAIL, "skew"}};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct gh_host host = fleet_host(GH_TEE_TDX);
		struct text_host h;
		struct gh_result r;
		tdx_host(&h);
		spoil(&h, "now", NULL, cases[i].now);
		judge(&r, &h, &host,
		    (struct gh_sources){.at = 1000, .ssh_ms = 400, .ssh_at = 1060});
		says(&r, "host.time.skew", cases[i].v, cases[i].reason);
		gh_result_free(&r);
		text_host_free(&h);
	}
}

static void test_egress_when_not_asked_then_unknown(void **state)
{
	(void)state;
	with("net.egress", 125, "not asked for", "host.net.egress", GH_UNKNOWN,
	    "not_asked");
	with("net.dns", 125, "not asked for", "host.net.dns", GH_UNKNOWN, "not_asked");
}

static void test_firewall_when_made_by_others_then_read_alike(void **state)
{
	static const char id[] = "host.net.firewall";
	(void)state;
	/* ufw: iptables-nft, one table a family */
	with("firewall", 0,
	    "table ip filter {\n type filter hook input priority filter; policy "
	    "drop;\n}\n"
	    "table ip6 filter {\n type filter hook input priority filter; policy "
	    "drop;\n}\n",
	    id, GH_PASS, NULL);
	/* firewalld: policy accept, and a last rule that takes what is left */
	with("firewall", 0,
	    "table inet firewalld {\n"
	    "  type filter hook input priority filter + 10; policy accept;\n"
	    "  ct state { established, related } accept\n"
	    "  reject with icmpx admin-prohibited\n }\n",
	    id, GH_PASS, NULL);
	with("firewall", 0,
	    "table inet firewalld {\n type filter hook input priority 0; policy accept;\n"
	    "  tcp dport 25 reject with tcp reset\n }\n",
	    id, GH_WARN, "open");
	with("firewall", 0,
	    "table inet x {\n type filter hook input priority 0; policy accept;\n"
	    "  counter packets 5 bytes 300 drop\n }\n",
	    id, GH_PASS, NULL);
	/* the old tables */
	with("firewall", 0,
	    "\niptables\n-P INPUT DROP\n-A INPUT -i lo -j ACCEPT\n"
	    "ip6tables\n-P INPUT DROP\n",
	    id, GH_PASS, NULL);
	with("firewall", 0, "\niptables\n-P INPUT DROP\nip6tables\n-P INPUT ACCEPT\n", id,
	    GH_WARN, "half");
	/* a bridge's filter is none of ours */
	with("firewall", 0,
	    "table bridge f {\n type filter hook input priority 0; policy drop;\n}\n", id,
	    GH_WARN, "open");
}

static void test_firewall_when_host_has_no_ipv6_then_ipv4_is_enough(void **state)
{
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct text_host h;
	struct gh_result r;
	(void)state;
	tdx_host(&h);
	spoil(&h, "firewall", "inet", "ip");
	find_item(&h, "listeners6")->rc = 2;
	judge(&r, &h, &host, (struct gh_sources){.ssh_err = NULL});
	says(&r, "host.net.firewall", GH_PASS, NULL);
	says(&r, "host.net.listeners", GH_PASS, NULL);
	gh_result_free(&r);
	text_host_free(&h);
}

static void test_listeners_when_ssh_is_elsewhere_then_its_port_is_expected(void **state)
{
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct text_host h;
	struct gh_result r;
	(void)state;
	host.port = 2222;
	tdx_host(&h);
	spoil(&h, "listeners", "00000000:0016", "00000000:08AE");
	judge(&r, &h, &host, (struct gh_sources){.ssh_err = NULL});
	says(&r, "host.net.listeners", GH_PASS, NULL);
	gh_result_free(&r);
	host.port = 22;
	judge(&r, &h, &host, (struct gh_sources){.ssh_err = NULL});
	says(&r, "host.net.listeners", GH_WARN, "open");
	gh_result_free(&r);
	text_host_free(&h);
}

/* Nothing that updates by itself needs no hold; on the other family it is dnf. */
static void test_autoupdate_when_off_or_dnf_then_by_its_own_files(void **state)
{
	static const char id[] = "host.svc.autoupdate";
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct text_host h;
	struct gh_result r;
	(void)state;
	with("conf", 0,
	    "/etc/apt/apt.conf.d/10periodic:APT::Periodic::Unattended-Upgrade \"1\";\n"
	    "/etc/apt/apt.conf.d/20auto-upgrades:APT::Periodic::Unattended-Upgrade "
	    "\"0\";\n",
	    id, GH_PASS, NULL);
	with("holds", 2, "", id, GH_WARN, "unheld");
	tdx_host(&h);
	spoil(&h, "units", "dnf-automatic.timer inactive", "dnf-automatic.timer active");
	spoil(&h, "conf", NULL, "/etc/dnf/automatic.conf:apply_updates = yes\n");
	spoil(&h, "holds", NULL, "");
	find_item(&h, "holds")->rc = 2;
	judge(&r, &h, &host, (struct gh_sources){.ssh_err = NULL});
	says(&r, id, GH_WARN, "unheld");
	gh_result_free(&r);
	spoil(&h, "conf", NULL,
	    "/etc/dnf/automatic.conf:apply_updates = yes\n"
	    "/etc/dnf/plugins/versionlock.list:kernel-0:6.17.1-1.el10.*\n"
	    "/etc/dnf/plugins/versionlock.list:qemu-kvm-core-18:10.1.0-2.el10.*\n"
	    "/etc/dnf/plugins/versionlock.list:edk2-ovmf-0:20250822-1.el10.*\n"
	    "/etc/dnf/plugins/versionlock.list:libvirt-daemon-0:11.5.0-1.el10.*\n");
	judge(&r, &h, &host, (struct gh_sources){.ssh_err = NULL});
	says(&r, id, GH_PASS, NULL);
	gh_result_free(&r);
	spoil(&h, "conf", "yes", "no");
	judge(&r, &h, &host, (struct gh_sources){.ssh_err = NULL});
	says(&r, id, GH_PASS, NULL);
	gh_result_free(&r);
	text_host_free(&h);
}

static void test_packages_when_rpm_then_configuration_may_differ(void **state)
{
	static const char id[] = "host.svc.pkg_integrity";
	(void)state;
	with("pkg.verify", 0,
	    "packages 1 qemu-kvm-core openssh-server\nS.5....T.  c "
	    "/etc/ssh/sshd_config\n",
	    id, GH_PASS, NULL);
	with("pkg.verify", 0,
	    "packages 1 openssh-server qemu-kvm-core\nS.5....T.    "
	    "/usr/libexec/qemu-kvm\n",
	    id, GH_WARN, "changed");
	with("pkg.verify", 0, "packages 1 qemu-kvm-core\nerror: rpmdb open failed\n", id,
	    GH_UNKNOWN, "unverified");
}

static void test_pins_when_never_enrolled_then_unknown(void **state)
{
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct gh_enrolment never = {0};
	struct text_host h;
	struct gh_result r;
	(void)state;
	tdx_host(&h);
	judge(&r, &h, &host, (struct gh_sources){.enrolled = &never});
	says(&r, "host.virt.ovmf", GH_UNKNOWN, "not_enrolled");
	says(&r, "host.ssh.keys", GH_UNKNOWN, "not_enrolled");
	gh_result_free(&r);
	text_host_free(&h);
}

static void test_nvme_when_host_has_no_drive_then_skip(void **state)
{
	struct gh_host host = fleet_host(GH_TEE_TDX);
	struct text_host h;
	struct gh_result r;
	(void)state;
	tdx_host(&h);
	spoil(&h, "nvme", NULL, "");
	spoil(&h, "sys",
	    "/sys/class/nvme/nvme0/model:SAMSUNG MZQL23T8HCLS-00A07\n"
	    "/sys/class/nvme/nvme0/firmware_rev:GDC5902Q\n"
	    "/sys/class/nvme/nvme1/model:SAMSUNG MZQL23T8HCLS-00A07\n"
	    "/sys/class/nvme/nvme1/firmware_rev:GDC5902Q\n",
	    "");
	judge(&r, &h, &host, (struct gh_sources){.ssh_err = NULL});
	says(&r, "host.storage.smart", GH_SKIP, "not_applicable");
	gh_result_free(&r);
	text_host_free(&h);
}

static void test_access_when_other_shapes_then_judged_alike(void **state)
{
	(void)state;
	with("sudo", 0, "\nfiles 0", "host.users.sudo", GH_PASS, NULL);
	with("sudo", 0, "/etc/sudoers:# %wheel ALL=(ALL) NOPASSWD: ALL\nfiles 1",
	    "host.users.sudo", GH_PASS, NULL);
	with("sudo", 0,
	    "/etc/sudoers:gatehouse ALL=(root) NOPASSWD: /bin/sh -s *\nfiles 1",
	    "host.users.sudo", GH_PASS, NULL);
	with("sessions", 0, "", "host.users.sessions", GH_PASS, NULL);
	with("sessions", 127, "who: not found", "host.users.sessions", GH_UNKNOWN,
	    "missing");
	with("tracers", 0, "bpf:0\n", "host.debug.bpf_tracers", GH_PASS, NULL);
	with("conf", 0, "", "host.debug.usb", GH_WARN, "open");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_skew_when_at_its_bounds_then_by_the_millisecond),
	    cmocka_unit_test(test_skew_when_queued_then_counted_from_its_answer),
	    cmocka_unit_test(test_egress_when_not_asked_then_unknown),
	    cmocka_unit_test(test_firewall_when_made_by_others_then_read_alike),
	    cmocka_unit_test(test_firewall_when_host_has_no_ipv6_then_ipv4_is_enough),
	    cmocka_unit_test(
		test_listeners_when_ssh_is_elsewhere_then_its_port_is_expected),
	    cmocka_unit_test(test_autoupdate_when_off_or_dnf_then_by_its_own_files),
	    cmocka_unit_test(test_packages_when_rpm_then_configuration_may_differ),
	    cmocka_unit_test(test_pins_when_never_enrolled_then_unknown),
	    cmocka_unit_test(test_nvme_when_host_has_no_drive_then_skip),
	    cmocka_unit_test(test_access_when_other_shapes_then_judged_alike),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
