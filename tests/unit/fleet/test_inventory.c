/* SPDX-License-Identifier: Apache-2.0
 * The fleet file: what is read, what is refused, and that each complaint says where. */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "fleet/inventory.h"
#include "fleet/yaml.h"
#include "tests/unit/tap.h"

#define PIN                                                                              \
	"ssh-ed25519 "                                                                   \
	"AAAAC3NzaC1lZDI1NTE5AAAAIBWzUzMmM8Zzz2Pc3y3O0y9sQk8m3W2m3kq3mJzQzq3m"

static const char full[] = "fleet: prod-tdx\n"
			   "lab: false\n"
			   "trust: trust/ours.json\n"
			   "rims: /srv/rims\n"
			   "kds: https://kdsintf.amd.com\n"
			   "kds_ca: ca.pem\n"
			   "connect_s: 7\n"
			   "probe_s: 30\n"
			   "window: 16\n"
			   "fresh_s: 600\n"
			   "hosts:\n"
			   "  - name: gpu-a\n"
			   "    address: 10.0.0.11\n"
			   "    host_key: " PIN "\n"
			   "  - name: gpu-b\n"
			   "    address: \"fe80::1%eth0\"\n"
			   "    port: 2222\n"
			   "    user: probe\n"
			   "    identity: ~/keys/b\n"
			   "    host_key: \"\"\n"
			   "    transport: ssh\n"
			   "    tee: snp\n"
			   "    product: AS-8125GS-TNHR\n"
			   "    plan: per-gpu\n"
			   "    gpus: 4\n"
			   "    switches: 0\n"
			   "  - {name: gpu-c}\n"
			   "defaults:\n"
			   "  user: gatehouse\n"
			   "  identity: keys/id_ed25519\n"
			   "  product: SYS-821GE-TNHR\n";

static struct gh_fleet *parse(const char *text, size_t len, struct gh_err *err)
{
	struct gh_bytes b = {(const unsigned char *)text, len};
	struct gh_fleet *f = NULL;

	if (gh_fleet_parse(&f, "/tmp/fleet.yaml", b, err) != 0)
		assert_null(f);
	return f;
}

static void test_fleet_when_good_then_every_value_is_read(void **state)
{
	struct gh_err err = {0};
	struct gh_fleet *f = parse(full, sizeof(full) - 1, &err);
	const struct gh_host *h;

	(void)state;
	if (!f)
		fail_msg("%s", err.what);
	assert_string_equal(f->name, "prod-tdx");
	assert_string_equal(f->path, "/tmp/fleet.yaml");
	assert_string_equal(f->trust, "/tmp/trust/ours.json");
	assert_string_equal(f->rims, "/srv/rims");
	assert_string_equal(f->kds, "https://kdsintf.amd.com");
	assert_string_equal(f->kds_ca, "/tmp/ca.pem");
	assert_false(f->lab);
	assert_int_equal(f->connect_s, 7);
	assert_int_equal(f->probe_s, 30);
	assert_int_equal(f->window, 16);
	assert_int_equal(f->fresh_s, 600);
	assert_int_equal(f->n_hosts, 3);
	h = gh_fleet_host(f, "gpu-a");
	assert_non_null(h);
	assert_string_equal(h->address, "10.0.0.11");
	assert_int_equal(h->port, 22);
	assert_string_equal(h->user, "gatehouse");
	assert_string_equal(h->identity, "/tmp/keys/id_ed25519");
	assert_string_equal(h->host_key, PIN);
	assert_string_equal(h->transport, "auto");
	assert_int_equal(h->tee, GH_TEE_TDX);
	assert_string_equal(h->product, "SYS-821GE-TNHR");
	assert_string_equal(h->plan, "one-cvm");
	assert_int_equal(h->n_gpus, 8);
	assert_int_equal(h->n_switches, 4);
	assert_int_equal(h->line, 12);
	gh_fleet_free(&f);
	assert_null(f);
}

static void test_fleet_when_host_says_otherwise_then_defaults_yield(void **state)
{
	struct gh_fleet *f;
	const struct gh_host *h;

	(void)state;
	setenv("HOME", "/home/ann", 1);
	f = parse(full, sizeof(full) - 1, NULL);
	h = gh_fleet_host(f, "gpu-b");
	assert_non_null(h);
	assert_string_equal(h->address, "fe80::1%eth0");
	assert_int_equal(h->port, 2222);
	assert_string_equal(h->user, "probe");
	assert_string_equal(h->identity, "/home/ann/keys/b");
	assert_string_equal(h->host_key, "");
	assert_string_equal(h->transport, "ssh");
	assert_int_equal(h->tee, GH_TEE_SNP);
	assert_string_equal(h->product, "AS-8125GS-TNHR");
	assert_string_equal(h->plan, "per-gpu");
	assert_int_equal(h->n_gpus, 4);
	assert_int_equal(h->n_switches, 0);
	h = gh_fleet_host(f, "gpu-c");
	assert_string_equal(h->address, "gpu-c"); /* its name is its address */
	assert_null(gh_fleet_host(f, "gpu-x"));
	gh_fleet_free(&f);
}

static void test_fleet_when_short_then_standard_values(void **state)
{
	static const char text[] = "hosts: [{name: a}]";
	struct gh_fleet *f = parse(text, sizeof(text) - 1, NULL);

	(void)state;
	assert_non_null(f);
	assert_string_equal(f->name, "fleet");
	assert_string_equal(f->trust, "");
	assert_string_equal(f->rims, "");
	assert_string_equal(f->kds, "");
	assert_string_equal(f->kds_ca, "");
	assert_int_equal(f->connect_s, 5);
	assert_int_equal(f->probe_s, 20);
	assert_int_equal(f->window, 64);
	assert_int_equal(f->fresh_s, 900);
	assert_string_equal(f->host[0].user, "root");
	assert_string_equal(f->host[0].identity, "");
	assert_string_equal(f->host[0].host_key, "");
	gh_fleet_free(&f);
}

#define H "hosts:\n  - name: a\n"

static const struct {
	const char *text;
	const char *words; /* that the message must hold */
} wrong[] = {
    /* keys */
    {"kds: http://kdsintf.amd.com\n" H, "kds: want https://HOST"},
    {"kds: \"https://a b\"\n" H, "kds: want https://HOST"},
    {"kds: https://\n" H, "kds: want https://HOST"},
    {"kds: https://h/?q\n" H, "kds: want https://HOST"},
    {"fleet: x\nhost: []\n",
	"fleet.yaml:2:1: unknown key 'host' (known: fleet, lab, trust, rims, kds, "
	"kds_ca, connect_s, probe_s, bmc_s, window, fresh_s, defaults, hosts)"},
    {H "    adress: b\n",
	"fleet.yaml:3:5: unknown key 'adress' (known: name, address, host_key, bmc, "
	"bmc_cert, port, user, identity, transport, tee, product, plan, gpus, switches, "
	"jump, "},
    {"defaults: {name: a}\nhosts: [{name: a}]",
	"fleet.yaml:1:12: unknown key 'name' (known: port, user,"},
    {"defaults:\n  host_key: x\nhosts: [{name: a}]", "2:3: unknown key 'host_key'"},
    {"fleet: x\nfleet: y\nhosts: [{name: a}]\n",
	"fleet.yaml:2:1: 'fleet' stands here twice (first in line 1)"},
    {H "    port: 1\n    port: 2\n", "4:5: 'port' stands here twice (first in line 3)"},
    {"[a]: b\n", "1:1: wants one value, not a list"},
    /* shapes */
    {"", "fleet.yaml:1:1: the file is empty"},
    {"# nothing\n", "the file is empty"},
    {"- a\n", "1:1: want a map"},
    {"just words", "1:1: want a map"},
    {"fleet: x\n", "1:1: no 'hosts' in this file"},
    {"hosts: a\n", "1:8: hosts: want a list"},
    {"hosts: []\n", "1:8: hosts: want 1 to 4096, not 0"},
    {"hosts: [a]\n", "1:9: want a map"},
    {"defaults: 3\nhosts: [{name: a}]", "1:11: want a map"},
    {H "    user: [a]\n", "3:11: wants one value, not a list"},
    {H "    user: {a: b}\n", "3:11: wants one value, not a map"},
    {"hosts:\n  - port: 2\n", "2:5: this host has no name"},
    /* values */
    {"lab: yes\nhosts: [{name: a}]", "1:6: lab: want true or false, not 'yes'"},
    {"lab: 'true'\nhosts: [{name: a}]", "1:6: lab: want true or false"},
    {"fleet: a b\nhosts: [{name: a}]", "1:8: fleet: want a name"},
    {"connect_s: 0\nhosts: [{name: a}]", "1:12: connect_s: want a number of 1 to 300"},
    {"connect_s: 301\nhosts: [{name: a}]", "1:12: connect_s"},
    {"probe_s: 3601\nhosts: [{name: a}]", "1:10: probe_s"},
    {"window: 1025\nhosts: [{name: a}]", "1:9: window: want a number of 1 to 1024"},
    {"fresh_s: 2678401\nhosts: [{name: a}]", "1:10: fresh_s"},
    {H "    port: 0\n", "3:11: port: want a number of 1 to 65535, not '0'"},
    {H "    port: 65536\n", "3:11: port"},
    {H "    port: -1\n", "3:11: port"},
    {H "    port: 0x16\n", "3:11: port"},
    {H "    port: ssh\n", "3:11: port: want a number of 1 to 65535, not 'ssh'"},
    {H "    port: \"22\"\n", "3:11: port"},
    {H "    port:\n", "port: want a number"},
    {H "    port: 18446744073709551638\n", "3:11: port"},
    {H "    gpus: 17\n", "3:11: gpus: want a number of 0 to 16"},
    {H "    switches: 17\n", "3:15: switches: want a number of 0 to 16"},
    {H "    tee: sgx\n", "3:10: tee: want tdx or snp, not 'sgx'"},
    {H "    plan: both\n", "3:11: plan: want one-cvm or per-gpu, not 'both'"},
    {H "    transport: telnet\n",
	"3:16: transport: want auto, libssh2 or ssh, not 'telnet'"},
    {H "    user: -oProxyCommand=x\n", "3:11: user: want a login name"},
    {H "    user: a b\n", "3:11: user"},
    {H "    user: \"\"\n", "3:11: user"},
    {H "    address: -oProxyCommand=x\n", "3:14: address: want a DNS name"},
    {H "    address: \"a;reboot\"\n", "3:14: address"},
    {H "    address: \"[::1]\"\n", "3:14: address"},
    {H "    host_key: ssh-ed25519\n", "3:15: host_key: want \"TYPE BASE64\""},
    {H "    host_key: ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIBWzUzMmM8Zzz2Pc3y3O\n",
	"3:15: host_key"},
    {H "    product: "
       "01234567890123456789012345678901234567890123456789012345678901234\n",
	"3:14: product"},
    {"hosts: [{name: A}]", "1:16: name: want a host name"},
    {"hosts: [{name: -a}]", "name: want a host name"},
    {"hosts: [{name: a/b}]", "name: want a host name"},
    {"hosts: [{name: ''}]", "name: want a host name"},
    {"hosts: [{name: a234567890123456789012345678901234567890123456789012345678901234}]",
	"name: want a host name"},
    /* hosts against each other */
    {"hosts:\n  - name: a\n  - name: b\n  - name: a\n    port: 23\n",
	"fleet.yaml:4:5: host 'a' has the name of 'a' in line 2"},
    {"hosts:\n  - name: a\n    address: x\n  - name: b\n    address: x\n",
	"fleet.yaml:4:5: host 'b' has the address and port of 'a' in line 2"},
    /* what YAML can do and we do not want */
    {"fleet: &x y\nhosts: [{name: a}]", "1:8: anchors (&name) are not taken"},
    {"fleet: x\nhosts: [&h {name: a}, *h]", "2:9: anchors"},
    {"fleet: *x\nhosts: [{name: a}]", "1:8: aliases (*name) are not taken"},
    {"fleet: !!binary aGk=\nhosts: [{name: a}]", "1:8: tags (!name) are not taken"},
    {"hosts: [{name: a}]\n---\nhosts: [{name: b}]\n", "2:1: a second document"},
    {"hosts: [[[[[[[[[[[a]]]]]]]]]]]", "too many levels"},
    {"%TAG ! !\nhosts: [{name: a}]", "fleet.yaml:2:1:"},
    {"fleet: \"a\\u0000b\"\nhosts: [{name: a}]", "1:8: a control character"},
    {"fleet: \"a\\eb\"\nhosts: [{name: a}]", "1:8: a control character"},
    {"trust: |\n  a\n  b\nhosts: [{name: a}]", "1:8: a control character"},
    /* not YAML */
    {"hosts: [{name: a}", "fleet.yaml:"},
    {"fleet: 'x\n", "fleet.yaml:"},
    {"\tfleet: x\n", "fleet.yaml:1:1: found character that cannot start any token"},
    {"fleet: \x01\n", "fleet.yaml: byte 7: control characters are not allowed"},
    {"fleet: \xff\xfe\n", "fleet.yaml: byte 7: invalid"},
    {"fleet: \xed\xa0\x80\n", "fleet.yaml: byte 7: invalid"},
};

static void test_fleet_when_wrong_then_place_and_reason_are_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(wrong); i++) {
		struct gh_err err = {0};
		struct gh_fleet *f = parse(wrong[i].text, strlen(wrong[i].text), &err);

		if (f)
			fail_msg("case %zu was taken: %s", i, wrong[i].text);
		assert_int_equal(err.code, GH_E_CONFIG);
		if (!strstr(err.what, wrong[i].words))
			fail_msg("case %zu: want \"%s\", got \"%s\"", i, wrong[i].words,
			    err.what);
		assert_non_null(strstr(err.what, "/tmp/fleet.yaml"));
	}
}

static void test_fleet_when_at_the_limits_then_taken(void **state)
{
	static const char *const good[] = {H "    port: 65535\n", H "    port: 1\n",
	    H "    gpus: 0\n    switches: 16\n", H "    host_key: " PIN " root@gpu-a\n",
	    "hosts: [{name: "
	    "a23456789012345678901234567890123456789012345678901234567890123}]",
	    "connect_s: 300\nprobe_s: 1\nwindow: 1024\nfresh_s: 2678400\nhosts: [{name: "
	    "0}]",
	    "hosts:\n  - {name: a, address: x}\n  - {name: b, address: x, port: 23}\n",
	    "trust: \"\"\nrims:\nhosts: [{name: a}]", "\xef\xbb\xbfhosts: [{name: a}]"};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(good); i++) {
		struct gh_err err = {0};
		struct gh_fleet *f = parse(good[i], strlen(good[i]), &err);

		if (!f)
			fail_msg("case %zu: %s", i, err.what);
		gh_fleet_free(&f);
	}
}

static void make_many(struct gh_buf *b, int n)
{
	gh_buf_str(b, "hosts:\n");
	for (int i = 0; i < n; i++)
		gh_buf_fmt(b, "  - {name: h%d}\n", i);
}

static void test_fleet_when_4096_hosts_then_taken_and_one_more_not(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err err = {0};
	struct gh_fleet *f;

	(void)state;
	make_many(&b, GH_HOSTS_MAX);
	f = parse((const char *)b.p, b.len, &err);
	if (!f)
		fail_msg("%s", err.what);
	assert_int_equal(f->n_hosts, GH_HOSTS_MAX);
	assert_non_null(gh_fleet_host(f, "h4095"));
	gh_fleet_free(&f);
	gh_buf_str(&b, "  - {name: one-more}\n");
	assert_null(parse((const char *)b.p, b.len, &err));
	assert_non_null(strstr(err.what, "want 1 to 4096, not 4097"));
}

static void test_fleet_when_over_1_mib_then_refused(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err err = {0};
	struct gh_fleet *f;

	(void)state;
	gh_buf_str(&b, "hosts: [{name: a}]\n#");
	while (b.len < GH_YAML_MAX_BYTES)
		gh_buf_chr(&b, 'x');
	f = parse((const char *)b.p, b.len, &err);
	if (!f)
		fail_msg("%s", err.what);
	gh_fleet_free(&f);
	gh_buf_chr(&b, 'x');
	assert_null(parse((const char *)b.p, b.len, &err));
	assert_int_equal(err.code, GH_E_CONFIG);
	assert_non_null(strstr(err.what, "larger than 1048576 bytes"));
}

static void test_fleet_when_nested_deep_then_refused_fast(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err err = {0};

	(void)state;
	gh_buf_str(&b, "hosts: ");
	for (int i = 0; i < 1000000; i++)
		gh_buf_chr(&b, '[');
	assert_null(parse((const char *)b.p, b.len, &err));
	assert_non_null(strstr(err.what, "too many levels"));
}

static void test_fleet_when_cut_or_flipped_anywhere_then_no_crash(void **state)
{
	char text[sizeof(full)];

	(void)state;
	for (size_t i = 0; i < sizeof(full) - 1; i++) {
		struct gh_fleet *f = parse(full, i, NULL);

		gh_fleet_free(&f);
		for (unsigned int flip = 1; flip < 256; flip <<= 1) {
			memcpy(text, full, sizeof(full));
			text[i] = (char)(text[i] ^ (int)flip);
			f = parse(text, sizeof(full) - 1, NULL);
			gh_fleet_free(&f);
		}
	}
}

static void test_load_when_relative_path_then_folder_of_the_file(void **state)
{
	static const char text[] =
	    "rims: rims\nkds: vcek\nhosts: [{name: a, identity: ../id}]";
	char dir[] = "/tmp/gh-fleet-XXXXXX", file[64], want[64], here[PATH_MAX];
	struct gh_err err = {0};
	struct gh_fleet *f = NULL;

	(void)state;
	assert_non_null(mkdtemp(dir));
	assert_non_null(getcwd(here, sizeof(here)));
	snprintf(file, sizeof(file), "%s/f.yaml", dir);
	assert_int_equal(gh_file_write(file, text, sizeof(text) - 1, 0600, NULL), 0);
	assert_int_equal(chdir(dir), 0);
	assert_int_equal(gh_fleet_load(&f, "f.yaml", &err), 0);
	assert_int_equal(chdir(here), 0);
	snprintf(want, sizeof(want), "%s/rims", dir);
	assert_string_equal(f->rims, want);
	snprintf(want, sizeof(want), "%s/vcek", dir);
	assert_string_equal(f->kds, want);
	snprintf(want, sizeof(want), "%s/../id", dir);
	assert_string_equal(f->host[0].identity, want);
	gh_fleet_free(&f);
	assert_int_equal(unlink(file), 0);
	assert_int_equal(gh_fleet_load(&f, file, &err), -1);
	assert_int_equal(err.code, GH_E_CONFIG);
	assert_non_null(strstr(err.what, "f.yaml"));
	assert_int_equal(rmdir(dir), 0);
}

/* The example that operators copy must load, and be what the manual says. */
static void test_example_when_loaded_then_the_reference_fleet(void **state)
{
	static const char *const names[] = {"gpu-a", "gpu-b", "gpu-c", "gpu-d"};
	struct gh_err err = {0};
	struct gh_fleet *f = NULL;

	(void)state;
	if (gh_fleet_load(&f, "inventory/fleet.example.yaml", &err) != 0)
		fail_msg("%s", err.what);
	assert_int_equal(f->n_hosts, 4);
	for (size_t i = 0; i < 4; i++) {
		const struct gh_host *h = gh_fleet_host(f, names[i]);

		assert_non_null(h);
		assert_string_equal(h->product, "SYS-821GE-TNHR");
		assert_int_equal(h->tee, GH_TEE_TDX);
		assert_int_equal(h->n_gpus, 8);
		assert_int_equal(h->n_switches, 4);
		assert_string_equal(h->host_key, ""); /* no one's pin is shipped */
	}
	assert_false(f->lab);
	gh_fleet_free(&f);
	assert_string_equal(gh_tee_word(GH_TEE_TDX), "tdx");
	assert_string_equal(gh_tee_word(GH_TEE_SNP), "snp");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_fleet_when_good_then_every_value_is_read),
	    cmocka_unit_test(test_fleet_when_host_says_otherwise_then_defaults_yield),
	    cmocka_unit_test(test_fleet_when_short_then_standard_values),
	    cmocka_unit_test(test_fleet_when_wrong_then_place_and_reason_are_named),
	    cmocka_unit_test(test_fleet_when_at_the_limits_then_taken),
	    cmocka_unit_test(test_fleet_when_4096_hosts_then_taken_and_one_more_not),
	    cmocka_unit_test(test_fleet_when_over_1_mib_then_refused),
	    cmocka_unit_test(test_fleet_when_nested_deep_then_refused_fast),
	    cmocka_unit_test(test_fleet_when_cut_or_flipped_anywhere_then_no_crash),
	    cmocka_unit_test(test_load_when_relative_path_then_folder_of_the_file),
	    cmocka_unit_test(test_example_when_loaded_then_the_reference_fleet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
