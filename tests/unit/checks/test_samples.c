/* SPDX-License-Identifier: Apache-2.0
 * The sample hosts of the vectors: their outputs as probe items, judged as they say. */
#include <strings.h>

#include "base/file.h"
#include "host_text.h"

/* Which item of the probe carries an output of the samples. prefix: the file that the
 * value stands for, line by line. */
static const struct {
	const char *key, *item, *prefix[3];
} route[] = {
    {"host.cpu.model", "cpu", {NULL}},
    {"host.cpu.microcode", "microcode", {NULL}},
    {"host.tdx.kvm_param", "sys",
	{"/sys/module/kvm_intel/parameters/tdx", "/sys/module/kvm_intel/parameters/sgx"}},
    {"host.snp.kvm_param", "sys",
	{"/sys/module/kvm_amd/parameters/sev", "/sys/module/kvm_amd/parameters/sev_es",
	    "/sys/module/kvm_amd/parameters/sev_snp"}},
    {"host.tdx.module_version", "klog", {NULL}},
    {"dmesg.tme", "klog", {NULL}},
    {"host.snp.init", "klog", {NULL}},
    {"host.snp.rmp", "klog", {NULL}},
    {"host.tdx.msr_tme", "msr", {"0x982"}},
    {"host.tdx.msr_mcheck", "msr", {"0xa0"}},
    {"host.boot.lockdown", "sys", {"/sys/kernel/security/lockdown"}},
    {"host.mem.swap", "sys", {"/proc/swaps"}},
    {"host.kernel.cmdline_required", "sys", {"/proc/cmdline"}},
};

static struct gh_catalogue *cat;
static json_t *samples;

static int load(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char path[512];
	(void)state;
	snprintf(path, sizeof(path), "%s/host/host-probe-samples.json", vectors_dir());
	if (gh_file_read(&b, path, 1 << 20, NULL) == 0)
		samples = gh_json_parse(b.p, b.len, NULL);
	else
		print_message("no vectors at %s\n", path);
	return gh_catalogue_load(&cat, NULL);
}

static int unload(void **state)
{
	(void)state;
	gh_json_free(&samples);
	gh_catalogue_free(&cat);
	return 0;
}

static struct gh_buf *buf_of(struct text_host *h, struct gh_buf *b, const char *item)
{
	for (size_t i = 0; i < h->n; i++)
		if (!strcmp(h->item[i].id, item))
			return &b[i];
	put(h, item, "");
	return &b[h->n - 1];
}

static void add_output(struct gh_buf *b, size_t r, const char *text)
{
	struct gh_bytes rest = gh_text_of(text), line;
	for (unsigned int n = 0; gh_text_line(&rest, &line); n++) {
		unsigned int at = n < 3 && route[r].prefix[n] ? n : 0;
		const char *prefix = route[r].prefix[at];
		if (!strcmp(route[r].item, "microcode"))
			gh_buf_fmt(
			    b, "/sys/devices/system/cpu/cpu%u/microcode/version:", n);
		else if (!strcmp(route[r].item, "msr"))
			gh_buf_fmt(b, "cpu0 %s ", prefix);
		else if (prefix)
			gh_buf_fmt(b, "%s:", prefix);
		gh_buf_fmt(b, "%.*s\n", (int)line.len, (const char *)line.p);
	}
}

/* A sample leaves most out: what it does not give is not sent. Its logs begin at the boot. */
static void host_of(struct text_host *h, const json_t *outputs)
{
	struct gh_buf b[64] = {0};
	const char *key;
	json_t *value;
	json_t *o = (json_t *)(uintptr_t)outputs;
	memset(h, 0, sizeof(*h));
	gh_buf_str(buf_of(h, b, "klog"), "Linux version 6.17.0\n");
	(void)buf_of(h, b, "dm");
	gh_buf_str(buf_of(h, b, "cpuflags"), "flags : fpu vme\n");
	json_object_foreach(o, key, value)
	{
		bool known = false;
		for (size_t r = 0; r < GH_COUNT(route); r++) {
			if (strcmp(route[r].key, key) != 0)
				continue;
			known = true;
			struct gh_buf *to = buf_of(h, b, route[r].item);
			add_output(to, r, json_string_value(value));
		}
		if (!known)
			fail_msg("no route for %s", key);
	}
	/* a kernel always has a command line; most samples do not show theirs */
	if (!json_object_get(outputs, "host.kernel.cmdline_required"))
		gh_buf_str(buf_of(h, b, "sys"), "/proc/cmdline:root=UUID=x ro\n");
	for (size_t i = 0; i < h->n; i++) {
		free(h->item[i].text);
		h->item[i].text = gh_buf_take_str(&b[i]);
	}
}

/* The expectation is prose that begins with its verdict. */
static enum gh_verdict expected(const char *id, const char *text)
{
	if (!strncasecmp(text, "unknown", 7))
		return GH_UNKNOWN;
	if (strstr(text, "-> warn"))
		return GH_WARN;
	if (!strncasecmp(text, "fail", 4))
		return GH_FAIL;
	/* host.tdx.mrseam_expected gives the value itself */
	assert_true(!strncasecmp(text, "pass", 4) || strstr(id, "mrseam"));
	return GH_PASS;
}

static void compare(
    const struct gh_result *r, const char *host, const char *id, const char *text)
{
	const struct gh_finding *f = gh_findings_get(&r->findings, NULL, id);
	const struct gh_check *c = gh_catalogue_get(cat, id);
	assert_non_null(c);
	if (!gh_check_applies(c, GH_TEE_TDX) && !gh_check_applies(c, GH_TEE_SNP)) {
		print_message("%s: %s has no judge yet: %s\n", host, id, text);
		return;
	}
	assert_non_null(f);
	enum gh_verdict want = expected(id, text);
	if (f->verdict != want)
		print_error("%s %s: %s %s (%s), expected: %s\n", host, id,
		    gh_verdict_word(f->verdict), f->observed, f->why, text);
	assert_int_equal(want, f->verdict);
	if (strstr(text, "pass: "))
		assert_true(
		    strncmp(f->observed, text + 6, strspn(text + 6, "0123456789.")) == 0);
	if (strstr(id, "mrseam"))
		assert_non_null(strstr(f->observed, "49b66faa451d19eb"));
	if (strstr(text, "keys)"))
		assert_non_null(strstr(f->observed, "64 private KeyIDs"));
	if (strstr(text, "ASIDs)"))
		assert_non_null(strstr(f->observed, "99 ASIDs"));
}

static void test_sample_hosts_when_judged_then_as_they_say(void **state)
{
	size_t n = 0;
	json_t *list = samples ? json_object_get(samples, "hosts") : NULL;
	(void)state;
	if (!list)
		skip();
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *o = json_array_get(list, i);
		const char *name = json_string_value(json_object_get(o, "name")), *id;
		bool snp = strncmp(name, "snp", 3) == 0;
		struct gh_host host = fleet_host(snp ? GH_TEE_SNP : GH_TEE_TDX);
		struct text_host h;
		struct gh_probe p;
		struct gh_result r = {0};
		json_t *text;
		host_of(&h, json_object_get(o, "outputs"));
		probe_of(&p, &h);
		assert_int_equal(0, run_checks(&r, cat, &p, &host));
		json_object_foreach(json_object_get(o, "expect"), id, text)
		{
			compare(&r, name, id, json_string_value(text));
			n++;
		}
		gh_probe_free(&p);
		gh_result_free(&r);
		text_host_free(&h);
	}
	print_message("%zu expectations\n", n);
	assert_true(n >= 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_sample_hosts_when_judged_then_as_they_say),
	};
	return cmocka_run_group_tests(tests, load, unload);
}
