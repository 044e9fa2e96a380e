/* SPDX-License-Identifier: Apache-2.0
 * Judges of who can get in and look inside: sshd, accounts, debug interfaces (G16). */
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

/* Value of one keyword of sshd -T. */
static bool sshd_value(
    const struct gh_probe_item *it, const char *key, struct gh_bytes *out)
{
	struct gh_bytes rest = it->data, line, name;
	while (gh_text_line(&rest, &line)) {
		if (!gh_text_word(&line, &name) || !gh_text_is(name, key))
			continue;
		*out = gh_text_trim(line);
		return true;
	}
	return false;
}

/* What each keyword may be; a name without value row is checked below. */
static const struct {
	const char *key, *ok[4];
} sshd_want[] = {
    {"passwordauthentication", {"no"}},
    {"permitrootlogin",
	{"no", "prohibit-password", "without-password", "forced-commands-only"}},
    {"kbdinteractiveauthentication", {"no"}},
    {"x11forwarding", {"no"}},
    {"permitemptypasswords", {"no"}},
    {"maxauthtries", {"1", "2", "3", "4"}},
};

static bool sshd_value_ok(size_t row, struct gh_bytes v)
{
	for (size_t i = 0; i < 4 && sshd_want[row].ok[i]; i++)
		if (gh_text_is(v, sshd_want[row].ok[i]))
			return true;
	return false;
}

static void sshd_config(struct gh_judging *j)
{
	static const char *const weak[] = {"-cbc", "arcfour", "3des", "hmac-md5", "-96",
	    "diffie-hellman-group1-", "diffie-hellman-group14-sha1"};
	static const char *const list[] = {"ciphers", "macs", "kexalgorithms"};
	const struct gh_probe_item *it = gh_judge_item(j, "sshd");
	gh_auto(struct gh_buf, gh_buf_free) bad = {0};
	unsigned int n = 0;
	struct gh_bytes v;
	if (!it)
		return;
	if (!sshd_value(it, "permitrootlogin", &v)) {
		gh_judge_unknown(j, "malformed", "sshd -T does not name permitrootlogin");
		return;
	}
	for (size_t i = 0; i < GH_COUNT(sshd_want); i++)
		if (sshd_value(it, sshd_want[i].key, &v) && !sshd_value_ok(i, v))
			gh_buf_fmt(&bad, "%s%s %.*s", n++ ? ", " : "", sshd_want[i].key,
			    (int)v.len, (const char *)v.p);
	for (size_t i = 0; i < GH_COUNT(list); i++)
		for (size_t k = 0; sshd_value(it, list[i], &v) && k < GH_COUNT(weak); k++)
			if (gh_text_find(v, weak[k]))
				gh_buf_fmt(&bad, "%s%s has %s", n++ ? ", " : "", list[i],
				    weak[k]);
	if (n)
		gh_judge_fail(j, "weak", "%s", gh_buf_cstr(&bad));
	else
		gh_judge_pass(j, "keys only, no weak algorithm");
}

static void uid0(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "users");
	struct gh_bytes rest, line, word, name;
	bool counted = false, root = false;
	if (!it)
		return;
	for (rest = it->data; gh_text_line(&rest, &line);) {
		if (!gh_text_word(&line, &word))
			continue;
		name = gh_text_trim(line);
		if (gh_text_is(word, "accounts")) {
			counted = true;
		} else if (gh_text_is(word, "nopassword")) {
			gh_judge_fail(j, "empty_password", "%.*s has an empty password",
			    (int)name.len, (const char *)name.p);
			return;
		} else if (gh_text_is(word, "uid0") && gh_text_is(name, "root")) {
			root = true;
		} else if (gh_text_is(word, "uid0")) {
			gh_judge_fail(j, "second_root", "%.*s has uid 0", (int)name.len,
			    (const char *)name.p);
			return;
		}
	}
	if (counted && root)
		gh_judge_pass(j, "only root has uid 0, no empty password");
	else
		gh_judge_unknown(j, "malformed", "/etc/passwd was not read to its end");
}

static void devmem(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "kconfig"), *sys;
	struct gh_bytes cmdline, v, lock = {0};
	if (!it || !(sys = gh_judge_item(j, "sys")))
		return;
	if (!gh_judge_file(j, "sys", "/proc/cmdline", &cmdline))
		return;
	gh_say(&j->f->source, "kernel configuration, /proc/cmdline, lockdown");
	(void)gh_item_value(sys, "/sys/kernel/security/lockdown", &lock);
	bool locked =
	    gh_text_find(lock, "[integrity]") || gh_text_find(lock, "[confidentiality]");
	if (gh_cmdline_get(cmdline, "iomem", &v) && gh_text_is(v, "relaxed"))
		gh_judge_fail(j, "relaxed", "iomem=relaxed");
	else if (gh_item_line(it, "CONFIG_STRICT_DEVMEM=y", NULL))
		gh_judge_pass(j, "STRICT_DEVMEM%s", locked ? ", locked down" : "");
	else if (locked)
		gh_judge_pass(j, "locked down");
	else
		gh_judge_fail(j, "open", "neither STRICT_DEVMEM nor lockdown");
}

static void kgdb(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "mounts"), *sys;
	struct gh_bytes rest, line, dev, dir, type, v = {0};
	if (!it || !(sys = gh_judge_item(j, "sys")))
		return;
	gh_say(&j->f->source, "/sys/module/kgdboc/parameters/kgdboc, /proc/mounts");
	if (gh_item_value(sys, "/sys/module/kgdboc/parameters/kgdboc", &v) && v.len) {
		gh_judge_fail(
		    j, "kgdboc", "kgdboc is %.*s", (int)v.len, (const char *)v.p);
		return;
	}
	for (rest = it->data; gh_text_line(&rest, &line);) {
		if (!gh_text_word(&line, &dev) || !gh_text_word(&line, &dir) ||
		    !gh_text_word(&line, &type) || !gh_text_is(type, "debugfs"))
			continue;
		gh_judge_fail(j, "debugfs", "debugfs is mounted on %.*s", (int)dir.len,
		    (const char *)dir.p);
		return;
	}
	if (it->data.len)
		gh_judge_pass(j, "no kgdb, no debugfs");
	else
		gh_judge_unknown(j, "empty", "/proc/mounts is empty");
}

static void serial(struct gh_judging *j)
{
	const struct gh_probe_item *units = gh_judge_item(j, "units");
	struct gh_bytes cmdline, v, state;
	if (!units || !gh_judge_file(j, "sys", "/proc/cmdline", &cmdline))
		return;
	gh_say(&j->f->source, "/proc/cmdline, systemctl is-active debug-shell");
	if (gh_cmdline_get(cmdline, "systemd.debug-shell", &v) ||
	    gh_cmdline_get(cmdline, "systemd.debug_shell", &v))
		gh_judge_fail(
		    j, "cmdline", "systemd.debug-shell on the kernel command line");
	else if (!gh_unit_state(units, "debug-shell", &state))
		gh_judge_unknown(j, "absent", "systemctl said nothing of debug-shell");
	else if (gh_text_is(state, "active"))
		gh_judge_fail(j, "shell", "debug-shell is active");
	else
		gh_judge_pass(
		    j, "debug-shell is %.*s", (int)state.len, (const char *)state.p);
}

static void msr_write(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "sys");
	struct gh_bytes v;
	if (!it)
		return;
	gh_say(&j->f->source, "/sys/module/msr/parameters/allow_writes");
	if (!gh_item_value(it, "/sys/module/msr/parameters/allow_writes", &v))
		gh_judge_unknown(j, "absent", "the msr module is not loaded");
	else if (gh_text_is(v, "on") || gh_is_yes(v))
		gh_judge_fail(
		    j, "on", "allow_writes is %.*s", (int)v.len, (const char *)v.p);
	else
		gh_judge_pass(j, "allow_writes is %.*s", (int)v.len, (const char *)v.p);
}

const struct gh_judge gh_judges_access[] = {
    {"host.ssh.config", sshd_config},
    {"host.users.uid0", uid0},
    {"host.debug.devmem", devmem},
    {"host.debug.kgdb", kgdb},
    {"host.debug.serial", serial},
    {"host.debug.msr_write", msr_write},
    {NULL, NULL},
};
