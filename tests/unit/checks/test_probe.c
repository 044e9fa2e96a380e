/* SPDX-License-Identifier: Apache-2.0
 * The probe: its frames when whole, cut and forged; its script under three shells. */
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "checks/host_policy.h"
#include "checks/probe.h"
#include "host_text.h"

#define NONCE "00112233445566778899aabbccddeeff"
#define OTHER "ffeeddccbbaa99887766554433221100"

static const char good[] = "GH1 " NONCE " self 0 - 5\nuid 0\n"
			   "GH1 " NONCE " sys 1 - 11\n/a:1\n\n/b:c\n\n"
			   "GH1 " NONCE " efi.pk 2 x 0\n\n"
			   "GH1 " NONCE " klog 127 - 3\nGH1\n"
			   "GH1 " NONCE " END 0 - 4\n";

static void parse(struct gh_probe *p, const char *text, size_t len)
{
	struct gh_bytes out = {(const unsigned char *)text, len};
	assert_int_equal(0, gh_probe_parse(p, out, NONCE, NULL));
}

static void test_parse_when_whole_then_every_item(void **state)
{
	struct gh_probe p;
	(void)state;
	parse(&p, good, sizeof(good) - 1);
	assert_true(p.complete);
	assert_true(p.root);
	assert_int_equal(4, p.n);
	const struct gh_probe_item *it = gh_probe_get(&p, "sys");
	assert_non_null(it);
	assert_int_equal(1, it->rc);
	assert_int_equal('-', it->enc);
	assert_int_equal(11, it->data.len);
	assert_memory_equal("/a:1\n\n/b:c\n", it->data.p, 11);
	assert_int_equal('x', gh_probe_get(&p, "efi.pk")->enc);
	assert_int_equal(0, gh_probe_get(&p, "efi.pk")->data.len);
	assert_null(gh_probe_get(&p, "nothing"));
	gh_probe_free(&p);
}

static void test_parse_when_cut_anywhere_then_incomplete_with_reason(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof(good) - 1; n++) {
		char *cut =
		    malloc(n + 1); /* exact size: the sanitizer sees one byte too far */
		struct gh_probe p;
		memcpy(cut, good, n);
		struct gh_bytes out = {(unsigned char *)cut, n};
		assert_int_equal(0, gh_probe_parse(&p, out, NONCE, NULL));
		assert_false(p.complete);
		assert_int_equal(GH_E_PARSE, p.err.code);
		assert_true(p.err.what[0] != '\0');
		gh_probe_free(&p);
		free(cut);
	}
}

static void test_parse_when_any_byte_flips_then_no_crash(void **state)
{
	char text[sizeof(good)];
	(void)state;
	for (size_t i = 0; i < sizeof(good) - 1; i++)
		for (int bit = 0; bit < 8; bit++) {
			struct gh_probe p;
			memcpy(text, good, sizeof(good));
			text[i] = (char)(text[i] ^ 1 << bit);
			parse(&p, text, sizeof(good) - 1);
			assert_true(p.complete || p.err.what[0]);
			gh_probe_free(&p);
		}
}

/* What a hostile host sends instead, and what must be said of it. */
static const struct {
	const char *text;
	size_t n; /* items kept */
	enum gh_errc code;
} bad[] = {
    {"", 0, GH_E_PARSE},
    {"Welcome to gpu-a!\n", 0, GH_E_PARSE},
    {"GH1 " OTHER " self 0 - 5\nuid 0\n", 0, GH_E_REMOTE},
    {"GH1 " NONCE " self 0 - 5\nuid 0\nGH1 " OTHER " END 0 - 1\n", 1, GH_E_REMOTE},
    {"GH1 " NONCE " self 0 - 2147483648\nuid 0\n", 0, GH_E_PARSE},
    {"GH1 " NONCE " self 0 - 18446744073709551616\nuid 0\n", 0, GH_E_PARSE},
    {"GH1 " NONCE " self 0 - 65537\nuid 0\n", 0, GH_E_PARSE},
    {"GH1 " NONCE " self 0 - -1\nuid 0\n", 0, GH_E_PARSE},
    {"GH1 " NONCE " self 256 - 5\nuid 0\n", 0, GH_E_PARSE},
    {"GH1 " NONCE " self 0 z 5\nuid 0\n", 0, GH_E_PARSE},
    {"GH1 " NONCE " self 0 - 4\nuid 0\n", 0, GH_E_PARSE},
    {"GH1 " NONCE " self 0 - 6\nuid 0\nGH1", 0, GH_E_PARSE},
    {"GH1 " NONCE "  0 - 5\nuid 0\n", 0, GH_E_PARSE},
    {"GH1 " NONCE " ../x 0 - 5\nuid 0\n", 0, GH_E_PARSE},
    {"GH1 " NONCE " self 0 - 5 6\nuid 0\n", 0, GH_E_PARSE},
    {"GH1 " NONCE " self 0 - 5\r\nuid 0\n", 0, GH_E_PARSE},
    {"GH1 " NONCE " a 0 - 1\nx\nGH1 " NONCE " a 0 - 1\ny\n", 1, GH_E_REMOTE},
    {"GH1 " NONCE " a 0 - 1\nx\nGH1 " NONCE " END 0 - 2\n", 1, GH_E_PARSE},
    {"GH1 " NONCE " a 0 - 1\nx\nGH1 " NONCE " END 0 - 1\nmore", 1, GH_E_REMOTE},
    {"GH1 " NONCE " a 0 - 1\nx\n\x1b[2J\xff\xfe", 1, GH_E_PARSE},
};

static void test_parse_when_hostile_then_kept_up_to_there(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		struct gh_probe p;
		parse(&p, bad[i].text, strlen(bad[i].text));
		assert_false(p.complete);
		assert_int_equal(bad[i].n, p.n);
		if (bad[i].code != p.err.code)
			print_error("case %zu: %s\n", i, p.err.what);
		assert_int_equal(bad[i].code, p.err.code);
		assert_false(strpbrk(p.err.what, "\x1b\xff\n"));
		gh_probe_free(&p);
	}
}

/* The event log alone may have up to 1 MiB, and only in base64. */
static void test_parse_when_large_then_only_the_event_log(void **state)
{
	static const struct {
		const char *id;
		char enc;
		size_t len;
		bool kept;
	} cases[] = {
	    {"tpm.log", 'b', GH_PROBE_LOG_MAX, true},
	    {"tpm.log", 'b', GH_PROBE_LOG_MAX + 1, false},
	    {"tpm.log", '-', GH_PROBE_ITEM_MAX, true},
	    {"tpm.log", '-', GH_PROBE_ITEM_MAX + 1, false},
	    {"tpm.log2", 'b', GH_PROBE_ITEM_MAX + 1, false},
	    {"efi.dbx", 'b', GH_PROBE_ITEM_MAX, true},
	    {"efi.dbx", 'b', GH_PROBE_ITEM_MAX + 1, false},
	};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct gh_buf b = {0};
		struct gh_probe p;
		gh_buf_fmt(&b, "GH1 " NONCE " %s 0 %c %zu\n", cases[i].id, cases[i].enc,
		    cases[i].len);
		memset(gh_buf_room(&b, cases[i].len), 'A', cases[i].len);
		b.len += cases[i].len;
		gh_buf_str(&b, "\nGH1 " NONCE " END 0 - 1\n");
		parse(&p, (const char *)b.p, b.len);
		assert_int_equal(cases[i].kept, p.complete);
		assert_int_equal(cases[i].kept ? 1 : 0, p.n);
		gh_probe_free(&p);
		gh_buf_free(&b);
	}
}

static void test_bytes_when_encoded_then_decoded_or_refused(void **state)
{
	static const struct {
		char enc;
		const char *text;
		int rc;
	} cases[] = {{'-', "a b\n", 0}, {'x', " 61 20\n 62 0a", 0},
	    {'b', "YSBi\nCg==", 0}, {'b', "YSBiCg=", -1}, {'x', "6", -1}};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct gh_probe_item it = {
		    .enc = cases[i].enc, .data = gh_text_of(cases[i].text)};
		struct gh_buf b = {0};
		assert_int_equal(cases[i].rc, gh_probe_bytes(&b, &it, NULL));
		if (cases[i].rc == 0)
			assert_string_equal("a b\n", gh_buf_cstr(&b));
		gh_buf_free(&b);
	}
}

static void test_parse_when_nul_in_header_then_refused(void **state)
{
	static const char text[] = "GH1 " NONCE " se\0lf 0 - 1\nx\n";
	struct gh_probe p;
	(void)state;
	parse(&p, text, sizeof(text) - 1);
	assert_int_equal(0, p.n);
	gh_probe_free(&p);
}

/* A frame inside an item's data is data: lengths count, markers do not. */
static void test_parse_when_data_looks_like_a_frame_then_it_is_data(void **state)
{
	static const char fake[] = "GH1 " OTHER " END 0 - 0\n";
	struct gh_buf b = {0};
	struct gh_probe p;
	(void)state;
	gh_buf_fmt(&b, "GH1 " NONCE " a 0 - %zu\n%s\nGH1 " NONCE " END 0 - 1\n",
	    strlen(fake), fake);
	parse(&p, (const char *)b.p, b.len);
	assert_true(p.complete);
	assert_int_equal(strlen(fake), p.item[0].data.len);
	gh_probe_free(&p);
	gh_buf_free(&b);
}

static void test_parse_when_too_many_items_then_stops(void **state)
{
	struct gh_buf b = {0};
	struct gh_probe p;
	(void)state;
	for (int i = 0; i < GH_PROBE_ITEMS_MAX + 1; i++)
		gh_buf_fmt(&b, "GH1 " NONCE " a%d 0 - 1\nx\n", i);
	parse(&p, (const char *)b.p, b.len);
	assert_false(p.complete);
	assert_int_equal(GH_PROBE_ITEMS_MAX, p.n);
	gh_probe_free(&p);
	gh_buf_free(&b);
}

static void test_command_when_nonce_is_no_hex_then_refused(void **state)
{
	struct gh_buf b = {0};
	(void)state;
	assert_int_equal(-1, gh_probe_command(&b, "x; rm -rf /", "", NULL));
	assert_int_equal(
	    -1, gh_probe_command(&b, "00112233445566778899AABBCCDDEEFF", "", NULL));
	assert_int_equal(0, gh_probe_command(&b, NONCE, "", NULL));
	gh_buf_free(&b);
}

static void test_command_when_words_then_plain_ones_only(void **state)
{
	struct gh_buf b = {0};
	struct gh_err err = {0};
	(void)state;
	assert_int_equal(0, gh_probe_command(&b, NONCE, "egress=a.example", NULL));
	assert_non_null(strstr(gh_buf_cstr(&b), " " NONCE " all 0 egress=a.example"));
	gh_buf_clear(&b);
	assert_int_equal(-1, gh_probe_command(&b, NONCE, "egress=a;reboot", &err));
	assert_int_equal(GH_E_CONFIG, err.code);
	assert_int_equal(-1, gh_probe_command(&b, NONCE, "egress=$(reboot)", NULL));
	assert_int_equal(-1, gh_probe_command(&b, NONCE, "egress=a\nreboot", NULL));
	assert_int_equal(0, b.len);
	gh_buf_free(&b);
}

/* What the probe of a host of that TEE is asked; policy: a file's text, or NULL. */
static void words_of(struct gh_buf *out, const struct gh_catalogue *cat, enum gh_tee tee,
    const char *policy)
{
	struct gh_host host = {.tee = tee};
	struct gh_host_policy *p = NULL;
	struct gh_err err = {0};

	if (policy && gh_host_policy_parse(&p, gh_text_of(policy), "p.json", &err) != 0)
		fail_msg("%s", err.what);
	struct gh_sources src = {.host = &host, .policy = p};
	assert_int_equal(0, gh_checks_words(out, cat, &src, NULL));
	gh_host_policy_free(&p);
}

static void test_words_when_asked_of_the_catalogue_then_by_platform(void **state)
{
	struct gh_buf tdx = {0}, snp = {0}, command = {0};
	struct gh_catalogue *cat = NULL;
	(void)state;
	assert_int_equal(0, gh_catalogue_load(&cat, NULL));
	words_of(&tdx, cat, GH_TEE_TDX, NULL);
	words_of(&snp, cat, GH_TEE_SNP, NULL);
	assert_non_null(
	    strstr(gh_buf_cstr(&tdx), "egress=api.trustedservices.intel.com"));
	assert_null(strstr(gh_buf_cstr(&tdx), "amd"));
	assert_non_null(strstr(gh_buf_cstr(&snp), "egress=kdsintf.amd.com"));
	assert_null(strstr(gh_buf_cstr(&snp), "intel"));
	assert_int_equal(0, gh_probe_command(&command, NONCE, gh_buf_cstr(&tdx), NULL));
	gh_catalogue_free(&cat);
	gh_buf_free(&tdx);
	gh_buf_free(&snp);
	gh_buf_free(&command);
}

/* A policy may name another key, other endpoints and another place of the tool; one that is
 * not for this host changes nothing. */
static void test_words_when_the_policy_names_them_then_those_are_asked_for(void **state)
{
	static const char checks[] =
	    "\"checks\":{\"host.boot.tpm_quote\":{\"params\":{\"ak_handle\":"
	    "\"0x81010003\"}},\"host.gpu.cc_mode\":{\"params\":{\"tool\":"
	    "\"/opt/nvidia_gpu_tools.py\"}},\"host.net.egress\":{\"params\":{"
	    "\"endpoints\":[\"mirror.example\"]}}}}";
	struct gh_buf plain = {0}, words = {0}, other = {0}, text = {0};
	struct gh_catalogue *cat = NULL;
	(void)state;
	assert_int_equal(0, gh_catalogue_load(&cat, NULL));
	words_of(&plain, cat, GH_TEE_TDX, NULL);
	assert_non_null(strstr(gh_buf_cstr(&plain), "ak=0x81010002"));
	gh_buf_fmt(&text, "{\"v\":1,\"id\":\"p\",\"revision\":1,%s", checks);
	words_of(&words, cat, GH_TEE_TDX, gh_buf_cstr(&text));
	assert_non_null(strstr(gh_buf_cstr(&words), "ak=0x81010003"));
	assert_null(strstr(gh_buf_cstr(&words), "0x81010002"));
	assert_non_null(strstr(gh_buf_cstr(&words), "gputool=/opt/nvidia_gpu_tools.py"));
	assert_non_null(strstr(gh_buf_cstr(&words), "egress=mirror.example"));
	assert_null(strstr(gh_buf_cstr(&words), "nvidia.com"));
	assert_non_null(strstr(gh_buf_cstr(&words), "intel.com")); /* those of "tdx" */
	gh_buf_clear(&text);
	gh_buf_fmt(&text,
	    "{\"v\":1,\"id\":\"p\",\"revision\":1,\"applies\":{\"tee\":[\"snp\"]},%s",
	    checks);
	words_of(&other, cat, GH_TEE_TDX, gh_buf_cstr(&text));
	assert_string_equal(gh_buf_cstr(&plain), gh_buf_cstr(&other));
	gh_catalogue_free(&cat);
	gh_buf_free(&plain);
	gh_buf_free(&words);
	gh_buf_free(&other);
	gh_buf_free(&text);
}

/* ---- the script, for real --------------------------------------------------------- */

/* Runs `command` with the script (prefix in front) on stdin; what it prints into out. */
static void run_text(
    const char *command, const char *prefix, struct gh_bytes script, struct gh_buf *out)
{
	char path[] = "/tmp/gh-test-XXXXXX", line[512];
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(strlen(prefix), write(fd, prefix, strlen(prefix)));
	assert_int_equal(script.len, write(fd, script.p, script.len));
	fchmod(fd, 0644);
	close(fd);
	snprintf(line, sizeof(line), "%s <%s 2>/dev/null", command, path);
	FILE *f = popen(line, "r");
	assert_non_null(f);
	for (size_t n = 1; n;) {
		unsigned char *room = gh_buf_room(out, 4096);
		assert_non_null(room);
		n = fread(room, 1, 4096, f);
		out->len += n;
	}
	pclose(f);
	unlink(path);
}

/* Appends s with the one place of `from` replaced by `to`. */
static void replaced(
    struct gh_buf *out, struct gh_bytes s, const char *from, const char *to)
{
	const unsigned char *at = gh_text_find(s, from);
	assert_non_null(at);
	gh_buf_add(out, s.p, (size_t)(at - s.p));
	gh_buf_str(out, to);
	at += strlen(from);
	gh_buf_add(out, at, (size_t)(s.p + s.len - at));
}

static void run_script(const char *command, const char *prefix, struct gh_buf *out)
{
	struct gh_buf b = {0};
	if (strstr(prefix, "() {"))
		replaced(
		    &b, gh_probe_script(), "\texec \"$@\" 3>&- 4>&-\n", "\t\"$@\"\n");
	run_text(command, prefix, b.len ? gh_buf_view(&b) : gh_probe_script(), out);
	gh_buf_free(&b);
}

static void real(
    const char *command, const char *prefix, struct gh_probe *p, struct gh_buf *out)
{
	run_script(command, prefix, out);
	assert_int_equal(0, gh_probe_parse(p, gh_buf_view(out), NONCE, NULL));
	if (!p->complete)
		print_error("%s: %s\n", command, p->err.what);
	assert_true(p->complete);
	assert_true(p->n >= 50);
}

static bool is_here(const char *shell)
{
	char command[128];
	snprintf(command, sizeof(command), "command -v %s >/dev/null", shell);
	if (system(command) == 0)
		return true;
	print_message("no %s here\n", shell);
	return false;
}

static void test_script_when_run_by_each_shell_then_same_items(void **state)
{
	static const char *const shell[] = {"dash", "bash", "bash --posix", "busybox sh"};
	size_t n = 0;
	(void)state;
	for (size_t i = 0; i < GH_COUNT(shell); i++) {
		char command[128];
		struct gh_buf out = {0};
		struct gh_probe p;
		if (!is_here(shell[i]))
			continue;
		snprintf(command, sizeof(command), "%s -s " NONCE, shell[i]);
		real(command, "", &p, &out);
		assert_true(n == 0 || n == p.n);
		n = p.n;
		gh_probe_free(&p);
		gh_buf_free(&out);
	}
	assert_true(n > 0);
}

/* The script as far as the log goes, with the log's place replaced: this machine may have
 * no TPM. */
static void script_with_log(struct gh_buf *out, const char *log)
{
	struct gh_buf b = {0};
	replaced(&b, gh_probe_script(),
	    "/sys/kernel/security/tpm0/binary_bios_measurements", log);
	replaced(out, gh_buf_view(&b), "\n\tsetup\n",
	    "\n\tsetup; tpm_log; finish 1; return\n");
	gh_buf_free(&b);
}

static void log_of(const char *shell, size_t size, int rc, size_t len)
{
	char path[] = "/tmp/gh-test-XXXXXX", command[128];
	struct gh_buf script = {0}, out = {0}, back = {0}, log = {0};
	struct gh_probe p;
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	for (size_t i = 0; i < size; i++)
		gh_buf_chr(&log, (char)(i * i >> 3));
	assert_int_equal(size, write(fd, log.p, size));
	close(fd);
	script_with_log(&script, path);
	snprintf(command, sizeof(command), "%s -s " NONCE, shell);
	run_text(command, "", gh_buf_view(&script), &out);
	parse(&p, (const char *)out.p, out.len);
	const struct gh_probe_item *it = gh_probe_get(&p, "tpm.log");
	assert_non_null(it);
	assert_true(p.complete);
	assert_int_equal(rc, it->rc);
	assert_int_equal('b', it->enc);
	assert_int_equal(len, it->data.len);
	if (rc == 0) {
		assert_int_equal(0, gh_probe_bytes(&back, it, NULL));
		assert_int_equal(size, back.len);
		assert_memory_equal(log.p, back.p, size);
	}
	gh_probe_free(&p);
	gh_buf_free(&script);
	gh_buf_free(&out);
	gh_buf_free(&back);
	gh_buf_free(&log);
	unlink(path);
}

/* A tool that prints what it was called with. */
static void put_tool(const char *dir, const char *name)
{
	char path[128];
	FILE *f;
	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fprintf(f, "#!/bin/sh\necho \"quoted: $0 $*\"\n");
	fclose(f);
	chmod(path, 0755);
}

/* The words of a policy reach tpm2_readpublic and tpm2_quote; /dev/null stands for the TPM. */
static void test_script_when_another_key_is_named_then_quoted_by_that(void **state)
{
	char dir[] = "/tmp/gh-test-XXXXXX", path[64];
	struct gh_buf a = {0}, b = {0}, script = {0}, command = {0}, out = {0};
	const struct gh_probe_item *it;
	struct gh_probe p;
	(void)state;
	assert_non_null(mkdtemp(dir));
	put_tool(dir, "tpm2_quote");
	put_tool(dir, "tpm2_readpublic");
	snprintf(path, sizeof(path), "\nPATH=%s:", dir);
	replaced(&a, gh_probe_script(), "\nPATH=", path);
	replaced(&b, gh_buf_view(&a), "/dev/tpmrm0", "/dev/null");
	replaced(&script, gh_buf_view(&b), "\n\tsetup\n",
	    "\n\tsetup; tpm_quote; finish 1; return\n");
	assert_int_equal(0, gh_probe_command(&command, NONCE, "ak=0x81010003", NULL));
	run_text(gh_buf_cstr(&command), "", gh_buf_view(&script), &out);
	parse(&p, (const char *)out.p, out.len);
	it = gh_probe_get(&p, "tpm.quote");
	assert_non_null(it);
	assert_int_equal(0, it->rc);
	assert_non_null(
	    gh_text_find(it->data, "tpm2_quote -c 0x81010003 -l sha256:0,1,2"));
	assert_non_null(gh_text_find(it->data, "-q " NONCE));
	assert_null(gh_text_find(it->data, "0x81010002"));
	snprintf(path, sizeof(path), "rm -rf %s", dir);
	assert_int_equal(0, system(path));
	gh_probe_free(&p);
	gh_buf_free(&a);
	gh_buf_free(&b);
	gh_buf_free(&script);
	gh_buf_free(&command);
	gh_buf_free(&out);
}

static void test_script_when_the_event_log_is_large_then_whole_or_cut(void **state)
{
	static const char *const shell[] = {"dash", "bash", "busybox sh"};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(shell); i++) {
		if (!is_here(shell[i]))
			continue;
		log_of(shell[i], 100000, 0, 133336);
		log_of(shell[i], GH_PROBE_LOG_MAX / 4 * 3, 0, GH_PROBE_LOG_MAX);
		log_of(shell[i], GH_PROBE_LOG_MAX / 4 * 3 + 1, 123, GH_PROBE_LOG_MAX);
	}
}

static void test_script_when_run_by_our_command_then_complete(void **state)
{
	struct gh_buf command = {0}, out = {0};
	struct gh_probe p;
	(void)state;
	assert_int_equal(0, gh_probe_command(&command, NONCE, "", NULL));
	real(gh_buf_cstr(&command), "", &p, &out);
	const struct gh_probe_item *self = gh_probe_get(&p, "self");
	assert_non_null(self);
	assert_true(gh_text_starts(self->data, "uid "));
	gh_probe_free(&p);
	gh_buf_free(&out);
	gh_buf_free(&command);
}

static void item_is(const struct gh_probe *p, const char *id, int rc, const char *text)
{
	const struct gh_probe_item *it = gh_probe_get(p, id);
	assert_non_null(it);
	assert_int_equal(rc, it->rc);
	if (it->data.len != strlen(text) || memcmp(it->data.p, text, it->data.len) != 0)
		print_error("%s: %.*s\n", id, (int)it->data.len, it->data.p);
	assert_int_equal(strlen(text), it->data.len);
	assert_memory_equal(text, it->data.p, it->data.len);
}

static bool item_has(const struct gh_probe *p, const char *id, const char *text)
{
	const struct gh_probe_item *it = gh_probe_get(p, id);
	return it && gh_text_find(it->data, text);
}

/* Programs as functions of the shell, which exec does not know: nothing leaves this
 * machine, whatever is asked. */
#define OFFLINE                                                                          \
	"curl() { printf 404; [ \"${8#*up}\" != \"$8\" ]; }\n"                           \
	"getent() { case $2 in *.invalid) return 2 ;; esac; echo '192.0.2.1 STREAM'; "   \
	"}\n"

static void test_script_when_egress_is_asked_then_only_those_names(void **state)
{
	struct gh_buf out = {0};
	struct gh_probe p;
	(void)state;
	real("sh -s " NONCE, OFFLINE "curl() { echo called >&2; exit 1; }\n", &p, &out);
	item_is(&p, "net.egress", 125, "not asked for");
	item_is(&p, "net.dns", 125, "not asked for");
	gh_probe_free(&p);
	gh_buf_clear(&out);
	real("sh -s " NONCE " all 0 egress=up.example", OFFLINE, &p, &out);
	item_is(&p, "net.egress", 0, "up.example 0 404");
	assert_true(item_has(&p, "net.dns", "up.example 0 192.0.2.1"));
	assert_true(item_has(&p, "net.dns", "gatehouse-" NONCE ".invalid 2 "));
	gh_probe_free(&p);
	gh_buf_clear(&out);
	real("sh -s " NONCE " all 0 egress=down.example", OFFLINE, &p, &out);
	item_is(&p, "net.egress", 0, "down.example 1 404");
	gh_probe_free(&p);
	gh_buf_free(&out);
}

/* Every item comes, and the last frame counts them, also when there was no time for any. */
static void test_script_when_time_is_spent_then_each_item_says_so(void **state)
{
	struct gh_buf all = {0}, none = {0};
	struct gh_probe yes, no;
	(void)state;
	real("sh -s " NONCE, "", &yes, &all);
	real("sh -s " NONCE " all 0 end=0", "", &no, &none);
	assert_int_equal(yes.n, no.n);
	for (size_t i = 0; i < yes.n; i++) {
		const struct gh_probe_item *it = gh_probe_get(&no, yes.item[i].id);
		assert_non_null(it);
		if (it->rc != 124 && strcmp(it->id, "self") != 0 && it->rc != 125)
			print_error("%s has status %d\n", it->id, it->rc);
		assert_true(it->rc == 124 || it->rc == 125 || !strcmp(it->id, "self"));
	}
	gh_probe_free(&yes);
	gh_probe_free(&no);
	gh_buf_free(&all);
	gh_buf_free(&none);
}

/* Gone, or a zombie that somebody has yet to wait for; within 5 s. */
static void ends(uint64_t pid)
{
	char path[64];
	struct gh_buf b = {0};
	bool gone = false;
	snprintf(path, sizeof(path), "/proc/%llu/stat", (unsigned long long)pid);
	for (int i = 0; i < 500 && !gone; i++) {
		gh_buf_clear(&b);
		gone = gh_file_read(&b, path, 4096, NULL) != 0 ||
		       gh_text_find(gh_buf_view(&b), ") Z ");
		usleep(gone ? 0 : 10000);
	}
	gh_buf_free(&b);
	assert_true(gone);
}

/* A program that does not end, with a child that does not want to: its item alone is late,
 * and neither is left behind. */
static void hangs(const char *shell)
{
	static const char tool[] = "#!/bin/sh\n"
				   "echo $$ >\"$0.pid\"\n"
				   "sh -c 'trap \"\" TERM HUP\n"
				   "echo $$ >>\"$0.pid\"\n"
				   "while :; do sleep 1; done' \"$0\"\n";
	char dir[] = "/tmp/gh-test-XXXXXX", path[64], pids[72], text[128];
	struct gh_buf a = {0}, b = {0}, out = {0}, was = {0};
	struct gh_probe p;
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/qemu-system-x86_64", dir);
	snprintf(pids, sizeof(pids), "%s.pid", path);
	assert_int_equal(0, gh_file_write(path, tool, strlen(tool), 0755, NULL));
	snprintf(text, sizeof(text), "\nPATH=%s:", dir);
	replaced(&a, gh_probe_script(), "\nPATH=", text);
	replaced(&b, gh_buf_view(&a), "items_s=5 ", "items_s=2 ");
	snprintf(text, sizeof(text), "%s -s " NONCE, shell);
	run_text(text, "", gh_buf_view(&b), &out);
	parse(&p, (const char *)out.p, out.len);
	assert_true(p.complete);
	assert_int_equal(124, gh_probe_get(&p, "qemu")->rc);
	assert_int_equal(0, gh_file_read(&was, pids, 64, NULL));
	for (struct gh_bytes rest = gh_buf_view(&was), line;
	     gh_text_line(&rest, &line) && line.len;) {
		uint64_t pid;
		assert_int_equal(0, gh_text_u64(line, 10, &pid));
		ends(pid);
	}
	gh_probe_free(&p);
	gh_buf_free(&a);
	gh_buf_free(&b);
	gh_buf_free(&out);
	gh_buf_free(&was);
	unlink(path);
	unlink(pids);
	rmdir(dir);
}

static void test_script_when_a_program_hangs_then_it_and_its_child_end(void **state)
{
	static const char *const shell[] = {"dash", "bash", "busybox sh"};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(shell); i++)
		if (is_here(shell[i]))
			hangs(shell[i]);
}

/* The command, as user nobody. */
static bool as_nobody(char *out, size_t size)
{
	struct gh_buf command = {0};
	if (geteuid() != 0 || system("command -v setpriv >/dev/null") != 0)
		return false;
	assert_int_equal(0, gh_probe_command(&command, NONCE, "", NULL));
	snprintf(out, size, "exec setpriv --reuid=65534 --regid=65534 --clear-groups %s",
	    gh_buf_cstr(&command) + strlen("exec "));
	gh_buf_free(&command);
	return true;
}

static void test_script_when_sudo_refuses_then_root_items_say_so(void **state)
{
	char command[400];
	struct gh_buf out = {0};
	struct gh_probe p;
	(void)state;
	if (!as_nobody(command, sizeof(command)))
		skip();
	real(command, "sudo() { return 1; }\n", &p, &out);
	assert_false(p.root);
	const struct gh_probe_item *it = gh_probe_get(&p, "msr");
	assert_non_null(it);
	assert_int_equal(126, it->rc);
	assert_true(gh_text_is(it->data, "needs root, and sudo -n was refused"));
	gh_probe_free(&p);
	gh_buf_free(&out);
}

/* The list of refused items and the items of the privileged half are the same. */
static void test_script_when_sudo_works_then_same_items_as_refused(void **state)
{
	char command[400];
	struct gh_buf a = {0}, b = {0};
	struct gh_probe yes, no;
	(void)state;
	if (!as_nobody(command, sizeof(command)))
		skip();
	real(command, "sudo() { shift; \"$@\"; }\n", &yes, &a);
	real(command, "sudo() { return 1; }\n", &no, &b);
	assert_int_equal(yes.n, no.n);
	assert_true(yes.root);
	for (size_t i = 0; i < yes.n; i++) {
		assert_non_null(gh_probe_get(&no, yes.item[i].id));
		assert_int_not_equal(126, yes.item[i].rc);
	}
	gh_probe_free(&yes);
	gh_probe_free(&no);
	gh_buf_free(&a);
	gh_buf_free(&b);
}

/* Every item that the script sends can be judged, or is the one that names the user. */
static void test_script_when_read_then_names_nothing_but_posix_tools(void **state)
{
	struct gh_bytes s = gh_probe_script();
	static const char *const never[] = {
	    "modprobe ", "<<", "mktemp", ">/tmp", " > /", "insmod", "local ", "[[ "};
	(void)state;
	for (size_t i = 0; i < GH_COUNT(never); i++) {
		const unsigned char *at = gh_text_find(s, never[i]);
		/* the hint in words is the one place for modprobe */
		assert_true(!at || (i == 0 && gh_text_find(s, "absent: modprobe msr")));
	}
}

static void test_checks_when_run_on_this_machine_then_none_is_lost(void **state)
{
	struct gh_buf out = {0};
	struct gh_probe p;
	struct gh_result r = {0};
	struct gh_catalogue *cat = NULL;
	struct gh_host host = fleet_host(GH_TEE_TDX);
	(void)state;
	real("sh -s " NONCE, "", &p, &out);
	assert_int_equal(0, gh_catalogue_load(&cat, NULL));
	assert_int_equal(0, run_checks(&r, cat, &p, &host));
	assert_true(r.findings.n > 90);
	assert_int_equal(
	    GH_PASS, gh_findings_get(&r.findings, NULL, "host.probe")->verdict);
	/* whatever this machine is, it is no TDX host with eight GPUs */
	assert_int_not_equal(GH_PASS, gh_result_verdict(&r));
	gh_catalogue_free(&cat);
	gh_result_free(&r);
	gh_probe_free(&p);
	gh_buf_free(&out);
}

static void probe_finding(const char *text, enum gh_verdict v, const char *code)
{
	struct gh_probe p;
	struct gh_result r = {0};
	struct gh_catalogue *cat = NULL;
	struct gh_host host = fleet_host(GH_TEE_SNP);
	parse(&p, text, strlen(text));
	assert_int_equal(0, gh_catalogue_load(&cat, NULL));
	assert_int_equal(0, run_checks(&r, cat, &p, &host));
	const struct gh_finding *f = gh_findings_get(&r.findings, "gpu-a", "host.probe");
	assert_non_null(f);
	assert_int_equal(v, f->verdict);
	assert_string_equal(code, f->code);
	gh_catalogue_free(&cat);
	gh_result_free(&r);
	gh_probe_free(&p);
}

static void test_probe_finding_when_cut_or_forged_then_says_which(void **state)
{
	(void)state;
	probe_finding(good, GH_PASS, "");
	probe_finding("", GH_UNKNOWN, "host.probe.incomplete");
	probe_finding("GH1 " NONCE " a 0 - 9\nx", GH_UNKNOWN, "host.probe.incomplete");
	probe_finding("GH1 " OTHER " a 0 - 1\nx\n", GH_FAIL, "host.probe.forged");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_parse_when_whole_then_every_item),
	    cmocka_unit_test(test_parse_when_cut_anywhere_then_incomplete_with_reason),
	    cmocka_unit_test(test_parse_when_any_byte_flips_then_no_crash),
	    cmocka_unit_test(test_parse_when_hostile_then_kept_up_to_there),
	    cmocka_unit_test(test_parse_when_large_then_only_the_event_log),
	    cmocka_unit_test(test_bytes_when_encoded_then_decoded_or_refused),
	    cmocka_unit_test(test_parse_when_nul_in_header_then_refused),
	    cmocka_unit_test(test_parse_when_data_looks_like_a_frame_then_it_is_data),
	    cmocka_unit_test(test_parse_when_too_many_items_then_stops),
	    cmocka_unit_test(test_command_when_nonce_is_no_hex_then_refused),
	    cmocka_unit_test(test_command_when_words_then_plain_ones_only),
	    cmocka_unit_test(test_words_when_asked_of_the_catalogue_then_by_platform),
	    cmocka_unit_test(
		test_words_when_the_policy_names_them_then_those_are_asked_for),
	    cmocka_unit_test(test_script_when_another_key_is_named_then_quoted_by_that),
	    cmocka_unit_test(test_script_when_run_by_each_shell_then_same_items),
	    cmocka_unit_test(test_script_when_the_event_log_is_large_then_whole_or_cut),
	    cmocka_unit_test(test_script_when_egress_is_asked_then_only_those_names),
	    cmocka_unit_test(test_script_when_time_is_spent_then_each_item_says_so),
	    cmocka_unit_test(test_script_when_a_program_hangs_then_it_and_its_child_end),
	    cmocka_unit_test(test_script_when_run_by_our_command_then_complete),
	    cmocka_unit_test(test_script_when_sudo_refuses_then_root_items_say_so),
	    cmocka_unit_test(test_script_when_sudo_works_then_same_items_as_refused),
	    cmocka_unit_test(test_script_when_read_then_names_nothing_but_posix_tools),
	    cmocka_unit_test(test_checks_when_run_on_this_machine_then_none_is_lost),
	    cmocka_unit_test(test_probe_finding_when_cut_or_forged_then_says_which),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
