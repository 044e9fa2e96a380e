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

/* ---- who can get in ----------------------------------------------------------------- */

/* sshd can be told to look elsewhere, where the probe does not. */
static bool keys_elsewhere(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_probe_get(j->probe, "sshd");
	struct gh_bytes v;

	if (!it || it->rc != 0)
		return false;
	if (sshd_value(it, "authorizedkeyscommand", &v) && !gh_text_is(v, "none"))
		gh_judge_fail(j, "command", "sshd takes keys from a command: %.*s",
		    (int)v.len, (const char *)v.p);
	else if (sshd_value(it, "authorizedkeysfile", &v) &&
		 !gh_text_starts(v, ".ssh/authorized_keys"))
		gh_judge_unknown(j, "elsewhere", "sshd takes keys from %.*s, not read",
		    (int)v.len, (const char *)v.p);
	else
		return false;
	return true;
}

/* The name in front of ":SHA256". */
static int user_len(struct gh_bytes line)
{
	const unsigned char *colon = line.len ? memchr(line.p, ':', line.len) : NULL;

	return colon ? (int)(colon - line.p) : (int)line.len;
}

/* Lines "USER:SHA256", then "files N". */
static void ssh_keys(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "ssh.keys");
	struct gh_bytes rest, line;
	uint64_t n = 0, files;
	const json_t *pin;

	if (!it || keys_elsewhere(j))
		return;
	if (!gh_item_line(it, "files ", &line) ||
	    !gh_number_after(line, "files ", &files)) {
		gh_judge_unknown(j, "malformed", "the keys were not read to their end");
		return;
	}
	if (!(pin = gh_judge_pin(j, "ssh.authorized_keys")))
		return;
	for (rest = it->data; gh_text_line(&rest, &line);) {
		if (!gh_text_find(line, ":"))
			continue;
		n++;
		if (gh_set_has(pin, line))
			continue;
		gh_judge_fail(j, "unknown",
		    "authorized_keys of %.*s is not as it was enrolled", user_len(line),
		    (const char *)line.p);
		return;
	}
	if (n < json_array_size(pin))
		gh_judge_fail(j, "fewer", "%llu files, %zu were enrolled",
		    (unsigned long long)n, json_array_size(pin));
	else if (n != files)
		gh_judge_unknown(j, "malformed", "%llu of %llu files were read",
		    (unsigned long long)n, (unsigned long long)files);
	else
		gh_judge_pass(j, "%llu files as enrolled", (unsigned long long)n);
}

/* "gatehouse ALL=(root) NOPASSWD: /usr/bin/sh -s *": the fleet's user, and the probe's one
 * command. */
static bool is_ours(const struct gh_judging *j, struct gh_bytes rule)
{
	static const char *const shell[] = {"/usr/bin/sh -s", "/bin/sh -s"};
	static const char mark[] = "NOPASSWD:";
	struct gh_bytes rest = rule, user;
	const unsigned char *at = gh_text_find(rule, mark);

	if (!at || !j->host->user || !gh_text_word(&rest, &user) ||
	    !gh_text_is(user, j->host->user) || gh_text_find(rule, ","))
		return false;
	at += strlen(mark);
	rest = gh_text_trim((struct gh_bytes){at, (size_t)(rule.p + rule.len - at)});
	for (size_t i = 0; i < GH_COUNT(shell); i++)
		if (gh_text_starts(rest, shell[i]))
			return true;
	return false;
}

static bool rule_allowed(const struct gh_judging *j, struct gh_bytes rule)
{
	char text[200];

	if (rule.len >= sizeof(text))
		return false;
	memcpy(text, rule.p, rule.len);
	text[rule.len] = '\0';
	return gh_param_has(j, "allow", text);
}

static void sudo_rules(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "sudo");
	struct gh_bytes line;
	uint64_t files;
	unsigned int n = 0;

	if (!it)
		return;
	if (!gh_item_line(it, "files ", &line) ||
	    !gh_number_after(line, "files ", &files)) {
		gh_judge_unknown(j, "malformed", "the rules were not read to their end");
		return;
	}
	struct gh_walk w = gh_walk_of(it, "/etc/sudoers", "");
	while (gh_walk_next(&w)) {
		if (w.value.len == 0 || w.value.p[0] == '#')
			continue;
		n++;
		if (is_ours(j, w.value) || rule_allowed(j, w.value))
			continue;
		gh_judge_fail(j, "nopasswd", "%.*s: %.*s", (int)w.path.len,
		    (const char *)w.path.p, (int)w.value.len, (const char *)w.value.p);
		return;
	}
	if (files == 0)
		gh_judge_pass(j, "there is no sudoers file");
	else
		gh_judge_pass(j, "%llu files, %u rules without password, all expected",
		    (unsigned long long)files, n);
}

static void sessions(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "sessions");
	struct gh_bytes rest, line, first = {0};
	unsigned int n = 0;

	if (!it)
		return;
	for (rest = it->data; gh_text_line(&rest, &line);) {
		if (gh_text_trim(line).len == 0)
			continue;
		if (n++ == 0)
			first = gh_text_trim(line);
	}
	if (n)
		gh_judge_counted(j, n, "%u sessions: %.*s%s", n, (int)first.len,
		    (const char *)first.p, n > 1 ? ", ..." : "");
	else
		gh_judge_counted(j, 0, "nobody is logged in");
}

/* ---- what looks inside --------------------------------------------------------------- */

/* "install usb-storage /bin/false", "blacklist usb-storage" in modprobe.d. */
static bool usb_blocked(const struct gh_probe_item *conf)
{
	struct gh_walk w = gh_walk_of(conf, "", "");

	while (gh_walk_next(&w)) {
		struct gh_bytes rest = w.value, verb, name;

		if (!gh_text_find(w.path, "/modprobe.d/") ||
		    !gh_text_word(&rest, &verb) || !gh_text_word(&rest, &name))
			continue;
		if ((gh_text_is(verb, "install") || gh_text_is(verb, "blacklist")) &&
		    (gh_text_is(name, "usb-storage") || gh_text_is(name, "usb_storage")))
			return true;
	}
	return false;
}

static void usb(struct gh_judging *j)
{
	const struct gh_probe_item *conf = gh_judge_item(j, "conf"), *mod, *units;
	struct gh_bytes state = {0};

	if (!conf || !(mod = gh_judge_item(j, "modules")) ||
	    !(units = gh_judge_item(j, "units")))
		return;
	gh_say(&j->f->source, "/etc/modprobe.d, loaded modules, usbguard");
	if (gh_item_line(mod, "usb_storage", NULL))
		gh_judge_fail(j, "loaded", "usb_storage is loaded");
	else if (usb_blocked(conf))
		gh_judge_pass(j, "usb-storage is blocked in modprobe.d");
	else if (gh_unit_state(units, "usbguard", &state) && gh_text_is(state, "active"))
		gh_judge_pass(j, "usbguard is active");
	else
		gh_judge_fail(j, "open", "neither modprobe.d nor usbguard blocks it");
}

/* Names of what holds, runs or feeds a guest. */
static bool guest_part(struct gh_bytes line)
{
	static const char *const part[] = {
	    "kvm", "qemu", "vfio", "vhost", "tdx", "sev_", "snp_", "iommufd"};

	for (size_t i = 0; i < GH_COUNT(part); i++)
		if (gh_text_find(line, part[i]))
			return true;
	return false;
}

/* "PATH:LINE" of tracefs; behind "bpf:0" the lines of bpftool. */
static void tracers(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "tracers");
	struct gh_bytes rest, line;
	bool traced = false, bpf = false;
	unsigned int n = 0;

	if (!it)
		return;
	for (rest = it->data; gh_text_line(&rest, &line);) {
		if (gh_text_trim(line).len == 0)
			continue;
		if (gh_text_find(line, "/current_tracer:")) {
			traced = true;
			if (gh_text_find(line, "current_tracer:nop"))
				continue;
			gh_judge_fail(
			    j, "tracer", "%.*s", (int)line.len, (const char *)line.p);
			return;
		}
		if (gh_text_starts(line, "bpf:")) {
			bpf = gh_text_is(line, "bpf:0");
			continue;
		}
		n++;
		if (!guest_part(line))
			continue;
		gh_judge_fail(j, "guest", "%.*s", (int)line.len, (const char *)line.p);
		return;
	}
	if (traced || bpf)
		gh_judge_pass(j, "%u probes, none on a guest's parts%s", n,
		    traced ? "" : " (tracefs is not mounted)");
	else
		gh_judge_unknown(
		    j, "unseen", "tracefs is not mounted, and bpftool did not answer");
}

const struct gh_judge gh_judges_access[] = {
    {"host.ssh.config", sshd_config},
    {"host.users.uid0", uid0},
    {"host.debug.devmem", devmem},
    {"host.debug.kgdb", kgdb},
    {"host.debug.serial", serial},
    {"host.debug.msr_write", msr_write},
    {"host.ssh.keys", ssh_keys},
    {"host.users.sudo", sudo_rules},
    {"host.users.sessions", sessions},
    {"host.debug.usb", usb},
    {"host.debug.bpf_tracers", tracers},
    {NULL, NULL},
};
