/* SPDX-License-Identifier: Apache-2.0
 * The parts of the SSH engine that need no host: quoting, pins, prints, kinds of keys. */
#include "net/ssh_hostkey.h"
#include "net/ssh_identity.h"
#include "net/ssh_system.h"
#include "tests/unit/net/sshd.h"

/* What sh makes of the words: each followed by a NUL. */
static void words_by_sh(const char *line, struct gh_buf *out)
{
	char cmd[4096];
	FILE *f;
	int c;

	assert_true(snprintf(cmd, sizeof(cmd), "exec %s", line) < (int)sizeof(cmd));
	f = popen(cmd, "re");
	assert_non_null(f);
	while ((c = fgetc(f)) != EOF)
		gh_buf_chr(out, (char)c);
	assert_int_equal(pclose(f), 0);
}

static void test_quote_when_hostile_words_then_sh_gives_them_back(void **state)
{
	static const char *const words[] = {"printf", "%s\\0", "plain", "two words", "",
	    "it's", "''", "'", "$(reboot)", "`id`", "a;b&c|d>e<f", "*?[x]", "\\", "\\'",
	    "~", "$HOME", "\"", "new\nline", "\t", "!", "#", "-n", "=",
	    "\x01\xff\xc3\xa9", NULL};
	gh_auto(struct gh_buf, gh_buf_free) line = {0};
	gh_auto(struct gh_buf, gh_buf_free) got = {0};
	gh_auto(struct gh_buf, gh_buf_free) want = {0};

	(void)state;
	assert_int_equal(gh_ssh_quote(&line, words, NULL), 0);
	words_by_sh(gh_buf_cstr(&line), &got);
	for (size_t i = 2; words[i]; i++)
		gh_buf_add(&want, words[i], strlen(words[i]) + 1);
	assert_int_equal(got.len, want.len);
	assert_memory_equal(got.p, want.p, want.len);
}

static void test_quote_when_every_byte_then_sh_gives_it_back(void **state)
{
	char all[256];
	const char *words[] = {"printf", "%s\\0", all, NULL};
	gh_auto(struct gh_buf, gh_buf_free) line = {0};
	gh_auto(struct gh_buf, gh_buf_free) got = {0};

	(void)state;
	for (int i = 0; i < 255; i++)
		all[i] = (char)(i + 1);
	all[255] = '\0';
	assert_int_equal(gh_ssh_quote(&line, words, NULL), 0);
	words_by_sh(gh_buf_cstr(&line), &got);
	assert_int_equal(got.len, 256);
	assert_memory_equal(got.p, all, 256);
}

static void test_quote_when_no_command_then_error(void **state)
{
	gh_auto(struct gh_buf, gh_buf_free) line = {0};

	(void)state;
	assert_int_equal(gh_ssh_quote(&line, (const char *const[]){NULL}, NULL), -1);
}

static void test_pin_when_real_keys_then_print_is_that_of_ssh_keygen(void **state)
{
	static const char *const names[] = {"host", "host_ecdsa", "host_rsa"};

	(void)state;
	NEED_SSHD();
	for (size_t i = 0; i < GH_COUNT(names); i++) {
		char cmd[256], line[512], print[GH_SSH_PRINT_LEN];
		struct gh_ssh_hostkey k;
		FILE *f;

		assert_int_equal(gh_ssh_hostkey_parse(&k, pin_of(names[i]), NULL), 0);
		gh_ssh_fingerprint(print, k.blob.p, k.blob.len);
		snprintf(cmd, sizeof(cmd), "ssh-keygen -lf %s", key_path(names[i]));
		f = popen(cmd, "re");
		assert_non_null(f);
		assert_non_null(fgets(line, sizeof(line), f));
		pclose(f);
		assert_int_equal(strlen(print), GH_SSH_PRINT_LEN - 1);
		assert_non_null(strstr(line, print));
		assert_true(gh_ssh_hostkey_is(&k, k.blob.p, k.blob.len));
		assert_false(gh_ssh_hostkey_is(&k, k.blob.p, k.blob.len - 1));
		gh_ssh_hostkey_free(&k);
	}
}

static void test_pin_when_wrong_then_config_error(void **state)
{
	static const char *const bad[] = {"", "ssh-ed25519",
	    "ssh-dss AAAAB3NzaC1kc3MAAAA=", "ssh-ed25519 !!!!", "ssh-ed25519 AAAA",
	    /* the type outside is not the type inside */
	    ("ssh-rsa "
	     "AAAAC3NzaC1lZDI1NTE5AAAAIBWzUzMmM8Zzz2Pc3y3O0y9sQk8m3W2m3kq3mJzQzq3m")};
	struct gh_ssh_hostkey k;
	struct gh_err err;

	(void)state;
	for (size_t i = 0; i < GH_COUNT(bad); i++) {
		assert_int_equal(gh_ssh_hostkey_parse(&k, bad[i], &err), -1);
		assert_int_equal(err.code, GH_E_CONFIG);
		assert_null(k.blob.p);
	}
	assert_int_equal(gh_ssh_hostkey_parse(&k, NULL, &err), -1);
}

static void test_pin_when_cut_or_flipped_anywhere_then_no_crash(void **state)
{
	static const char good[] =
	    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBWzUzMmM8Zzz2Pc3y3O"
	    "0y9sQk8m3W2m3kq3mJzQzq3m comment";
	char text[sizeof(good)];
	struct gh_ssh_hostkey k;

	(void)state;
	assert_int_equal(gh_ssh_hostkey_parse(&k, good, NULL), 0);
	gh_ssh_hostkey_free(&k);
	for (size_t i = 0; i < sizeof(good) - 1; i++) {
		memcpy(text, good, sizeof(good));
		text[i] = '\0';
		if (gh_ssh_hostkey_parse(&k, text, NULL) == 0)
			gh_ssh_hostkey_free(&k);
		memcpy(text, good, sizeof(good));
		text[i] ^= 0x55;
		if (gh_ssh_hostkey_parse(&k, text, NULL) == 0)
			gh_ssh_hostkey_free(&k);
	}
}

static void test_identity_when_files_differ_then_kinds_are_told(void **state)
{
	static const struct {
		const char *name;
		enum gh_ssh_identity kind;
	} known[] = {{"id", GH_SSH_ID_PLAIN}, {"id_ecdsa", GH_SSH_ID_PLAIN},
	    {"id_rsa", GH_SSH_ID_RSA}, {"host_rsa", GH_SSH_ID_RSA},
	    {"host_ecdsa", GH_SSH_ID_PLAIN}, {"id.pub", GH_SSH_ID_OTHER}};
	enum gh_ssh_identity kind;
	struct gh_err err;

	(void)state;
	NEED_SSHD();
	for (size_t i = 0; i < GH_COUNT(known); i++) {
		assert_int_equal(
		    gh_ssh_identity_kind(key_path(known[i].name), &kind, NULL), 0);
		assert_int_equal(kind, known[i].kind);
	}
	assert_int_equal(gh_ssh_identity_kind("", &kind, NULL), 0);
	assert_int_equal(kind, GH_SSH_ID_NONE);
	assert_int_equal(gh_ssh_identity_kind("/nonexistent", &kind, &err), -1);
	assert_int_equal(err.code, GH_E_AUTH);
}

static void test_identity_when_a_certificate_lies_beside_then_told(void **state)
{
	const char *argv[] = {"ssh-keygen", "-q", "-s", key_path("host"), "-I", "t", "-n",
	    "root", key_path("id_wrong.pub"), NULL};
	enum gh_ssh_identity kind;

	(void)state;
	NEED_SSHD();
	assert_int_equal(run_tool(argv), 0);
	assert_int_equal(gh_ssh_identity_kind(key_path("id_wrong"), &kind, NULL), 0);
	assert_int_equal(kind, GH_SSH_ID_CERT);
}

static void test_fault_when_ssh_has_logged_then_class_and_words(void **state)
{
	static const struct {
		const char *log;
		enum gh_errc code;
		const char *words;
	} cases[] = {
	    {"Unable to negotiate with 1.2.3.4: no matching host key type found. Their "
	     "offer: ssh-rsa\n",
		GH_E_AUTH, "WRONG HOST KEY"},
	    {"@@@\nThe fingerprint for the ED25519 key sent by the remote host is\n"
	     "SHA256:0123456789abcdefghijklmnopqrstuvwxyzABCDEFG.\n"
	     "Host key verification failed.\n",
		GH_E_AUTH,
		"pinned is SHA256:pin, the host shows "
		"SHA256:0123456789abcdefghijklmnopqrstuvwxyzABCDEFG"},
	    {"root@h: Permission denied (publickey).\n", GH_E_AUTH, "no key was taken"},
	    {"ssh: connect to host h port 22: Connection refused\n", GH_E_IO,
		"Connection refused"},
	    {"ssh: connect to host h port 22: Connection timed out\n", GH_E_TIMEOUT,
		"timed out"},
	    {"Unable to negotiate: no matching cipher found.\n", GH_E_REMOTE, "cipher"},
	    {"\x1b[31mnew words\n\n", GH_E_IO, "new words"},
	    {"", GH_E_IO, "nothing"},
	};

	(void)state;
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		struct gh_err err;

		assert_int_equal(
		    gh_ssh_system_fault(cases[i].log, "SHA256:pin", &err), -1);
		assert_int_equal(err.code, cases[i].code);
		assert_non_null(strstr(err.what, cases[i].words));
		assert_null(strchr(err.what, '\x1b'));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_quote_when_hostile_words_then_sh_gives_them_back),
	    cmocka_unit_test(test_quote_when_every_byte_then_sh_gives_it_back),
	    cmocka_unit_test(test_quote_when_no_command_then_error),
	    cmocka_unit_test(test_pin_when_real_keys_then_print_is_that_of_ssh_keygen),
	    cmocka_unit_test(test_pin_when_wrong_then_config_error),
	    cmocka_unit_test(test_pin_when_cut_or_flipped_anywhere_then_no_crash),
	    cmocka_unit_test(test_identity_when_files_differ_then_kinds_are_told),
	    cmocka_unit_test(test_identity_when_a_certificate_lies_beside_then_told),
	    cmocka_unit_test(test_fault_when_ssh_has_logged_then_class_and_words),
	};

	return cmocka_run_group_tests(tests, keys_up, keys_down);
}
