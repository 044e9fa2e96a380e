/* SPDX-License-Identifier: Apache-2.0
 * Judges of what a host shows to the network, and of what changes or tells on it by itself:
 * egress, names, listeners, filter, updates, packages, logs (G15). */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

/* ---- out ---------------------------------------------------------------------------- */

/* The line of an item whose first word is name; *rest is what follows. */
static bool line_of(
    const struct gh_probe_item *it, const char *name, struct gh_bytes *rest)
{
	struct gh_bytes all = it->data, line, word;

	while (gh_text_line(&all, &line)) {
		if (!gh_text_word(&line, &word) || !gh_text_is(word, name))
			continue;
		*rest = line;
		return true;
	}
	return false;
}

/* curl(1), EXIT CODES; 124 is the probe's own limit. */
static const char *curl_word(uint64_t status)
{
	switch (status) {
	case 6:
		return "its name does not resolve";
	case 7:
		return "connection refused, or no route";
	case 28:
	case 124:
		return "no answer in time";
	case 35:
	case 51:
	case 58:
	case 59:
	case 60:
	case 77:
		return "TLS failed: something in between, or no CA certificates";
	default:
		return "curl failed";
	}
}

/* The names that this platform needs: "endpoints", and those of its own vendor. */
static const char *endpoint(const struct gh_judging *j, size_t i)
{
	const json_t *all = json_object_get(j->check->params, "endpoints");
	size_t n = json_array_size(all);

	if (i >= n) {
		all = json_object_get(
		    j->check->params, j->host->tee == GH_TEE_TDX ? "tdx" : "snp");
		i -= n;
	}
	return json_string_value(json_array_get(all, i));
}

static void egress(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "net.egress");
	unsigned int n = 0;
	const char *name;

	if (!it)
		return;
	for (; (name = endpoint(j, n)); n++) {
		struct gh_bytes rest, word;
		uint64_t status, http;

		if (!line_of(it, name, &rest) || !gh_text_word(&rest, &word) ||
		    gh_text_u64(word, 10, &status) != 0) {
			gh_judge_unknown(j, "few", "nothing was said of %s", name);
			return;
		}
		if (status == 0 && gh_text_word(&rest, &word) &&
		    gh_text_u64(word, 10, &http) == 0 && http >= 100 && http < 600)
			continue;
		gh_judge_fail(j, "unreachable", "%s: %s", name, curl_word(status));
		return;
	}
	if (n)
		gh_judge_pass(j, "%u services answer", n);
	else
		gh_judge_skip(j, "the catalogue names no service (params.endpoints)");
}

/* Lines "NAME STATUS ADDRESS"; getent's status is 2 for a name that is not known. */
static void dns(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "net.dns");
	struct gh_bytes rest, line, name, status;
	bool control = false;
	unsigned int n = 0;

	if (!it)
		return;
	for (rest = it->data; gh_text_line(&rest, &line);) {
		bool known;

		if (!gh_text_word(&line, &name) || !gh_text_word(&line, &status))
			continue;
		known = gh_text_is(status, "0") && gh_text_trim(line).len > 0;
		if (gh_text_find(name, ".invalid")) {
			control = true;
			if (!known)
				continue;
			line = gh_text_trim(line);
			gh_judge_fail(j, "hijack",
			    "a name that cannot exist resolves to %.*s", (int)line.len,
			    (const char *)line.p);
			return;
		}
		if (!known) {
			gh_judge_fail(j, "unresolved", "%.*s does not resolve",
			    (int)name.len, (const char *)name.p);
			return;
		}
		n++;
	}
	if (control && n)
		gh_judge_pass(j, "%u names resolve, one that cannot exist does not", n);
	else
		gh_judge_unknown(j, "malformed", "getent's answers are not whole");
}

/* ---- in ----------------------------------------------------------------------------- */

struct ports {
	struct gh_buf bad; /* "tcp/111, udp/5353" */
	unsigned int n, n_bad;
};

static void ports_free(struct ports *p)
{
	gh_buf_free(&p->bad);
}

static void add_port(
    struct gh_judging *j, struct ports *p, const char *protocol, uint64_t port)
{
	char text[24];

	snprintf(text, sizeof(text), "%s/%llu", protocol, (unsigned long long)port);
	p->n++;
	if (gh_param_has(j, "allow", text) ||
	    (strcmp(protocol, "tcp") == 0 && port == j->host->port))
		return;
	if (gh_text_find(gh_buf_view(&p->bad), text) || p->bad.len > 200)
		return; /* IPv4 and IPv6 of one; more than an eye takes in */
	gh_buf_fmt(&p->bad, "%s%s", p->n_bad++ ? ", " : "", text);
}

/* "112: 00000000:0044 00000000:0000 07 ...": state 7 with no peer takes from everyone. */
static bool udp_open(struct gh_bytes line, bool *loopback, uint64_t *port)
{
	struct gh_bytes rest = line, word, peer, state;

	return gh_text_word(&rest, &word) && gh_text_word(&rest, &word) &&
	       gh_text_word(&rest, &peer) && gh_text_word(&rest, &state) &&
	       gh_text_is(state, "07") && peer.len > 5 &&
	       !memcmp(peer.p + peer.len - 5, ":0000", 5) &&
	       gh_listener_read(line, loopback, port);
}

static void listeners(struct gh_judging *j)
{
	gh_auto(struct ports, ports_free) p = {.n = 0};
	struct gh_listeners tcp = {.j = j};
	const struct gh_probe_item *udp;
	uint64_t port;
	bool local;
	int rc;

	while ((rc = gh_listeners_next(&tcp)) == 1)
		if (!tcp.loopback)
			add_port(j, &p, "tcp", tcp.port);
	if (rc < 0 || !(udp = gh_judge_item(j, "udp")))
		return;
	gh_say(&j->f->source, "/proc/net/tcp, tcp6, udp, udp6");
	if (udp->data.len == 0) {
		gh_judge_unknown(j, "empty", "/proc/net/udp is empty");
		return;
	}
	struct gh_walk w = gh_walk_of(udp, "/proc/net/udp", "");
	while (gh_walk_next(&w))
		if (udp_open(w.value, &local, &port) && !local)
			add_port(j, &p, "udp", port);
	if (p.n_bad)
		gh_judge_fail(j, "open", "open to the network: %s", gh_buf_cstr(&p.bad));
	else
		gh_judge_pass(j, "%u open beyond loopback, all of them expected", p.n);
}

/* ---- filter ------------------------------------------------------------------------- */

enum { V4 = 1, V6 = 2 };

struct filter {
	unsigned int family; /* of the table, or of the iptables that is read */
	bool in_chain;
	struct gh_bytes last; /* rule of that chain */
	unsigned int closed;  /* families whose input drops what no rule wants */
};

static unsigned int family_of(struct gh_bytes word)
{
	if (gh_text_is(word, "inet"))
		return V4 | V6;
	return gh_text_is(word, "ip") ? V4 : gh_text_is(word, "ip6") ? V6 : 0;
}

/* A last rule that takes what is left: "drop", "reject with ...", "counter ... drop". */
static bool takes_all(struct gh_bytes rule)
{
	struct gh_bytes rest = rule, first, word, last = {0};

	if (!gh_text_word(&rest, &first))
		return false;
	for (last = first; gh_text_word(&rest, &word);)
		last = word;
	return gh_text_is(first, "drop") || gh_text_is(first, "reject") ||
	       (gh_text_is(first, "counter") &&
		   (gh_text_is(last, "drop") || gh_text_is(last, "reject")));
}

/* nft list ruleset, tables and input chains; iptables -S INPUT behind a line with its
 * name. */
static void filter_line(struct filter *f, struct gh_bytes line)
{
	struct gh_bytes rest, word;

	line = rest = gh_text_trim(line);
	if (!gh_text_word(&rest, &word))
		return;
	if (gh_text_is(word, "table") && gh_text_word(&rest, &word)) {
		f->family = family_of(word);
	} else if (gh_text_is(line, "iptables") || gh_text_is(line, "ip6tables")) {
		f->family = line.p[2] == '6' ? V6 : V4;
	} else if (gh_text_is(line, "-P INPUT DROP")) {
		f->closed |= f->family;
	} else if (gh_text_find(line, "hook input")) {
		f->in_chain = true;
		f->last = (struct gh_bytes){0};
		if (gh_text_find(line, "policy drop"))
			f->closed |= f->family;
	} else if (f->in_chain && gh_text_is(line, "}")) {
		f->in_chain = false;
		if (takes_all(f->last))
			f->closed |= f->family;
	} else if (f->in_chain) {
		f->last = line;
	}
}

static void firewall(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "firewall"), *six;
	struct filter f = {.family = 0};
	struct gh_bytes rest, line;
	bool no_v6;

	if (!it)
		return;
	six = gh_probe_get(j->probe, "listeners6");
	no_v6 = six && six->rc == 2;
	for (rest = it->data; gh_text_line(&rest, &line);)
		filter_line(&f, line);
	if (it->data.len == 0)
		gh_judge_unknown(j, "empty", "the filter's rules were not read");
	else if (f.closed == (V4 | V6) || (f.closed & V4 && no_v6))
		gh_judge_pass(j, "input is closed by default%s",
		    no_v6 ? ", no IPv6" : ", IPv4 and IPv6");
	else if (f.closed)
		gh_judge_fail(j, "half", "input is closed for IPv%c only",
		    f.closed == V4 ? '4' : '6');
	else
		gh_judge_fail(j, "open", "no input chain drops by default");
}

/* ---- changes ------------------------------------------------------------------------ */

static bool unit_is(const struct gh_probe_item *units, const char *unit, const char *is)
{
	struct gh_bytes state;

	return gh_unit_state(units, unit, &state) && gh_text_is(state, is);
}

/* The last word that files below prefix say of key: APT::Periodic::X "1"; apply_updates = yes */
static struct gh_bytes setting(
    const struct gh_probe_item *conf, const char *prefix, const char *key)
{
	struct gh_walk w = gh_walk_of(conf, prefix, "");
	struct gh_bytes found = {0};

	while (gh_walk_next(&w)) {
		struct gh_bytes rest = w.value, word;

		if (!gh_text_starts(rest, key))
			continue;
		rest.p += strlen(key);
		rest.len -= strlen(key);
		while (gh_text_word(&rest, &word))
			found = word;
	}
	while (found.len && strchr("\";", found.p[found.len - 1]))
		found.len--;
	while (found.len && found.p[0] == '"') {
		found.p++;
		found.len--;
	}
	return found;
}

/* What installs updates by itself; NULL = nothing does. */
static const char *updater(
    const struct gh_probe_item *units, const struct gh_probe_item *conf)
{
	struct gh_bytes apt =
	    setting(conf, "/etc/apt/", "APT::Periodic::Unattended-Upgrade");

	if (apt.len && !gh_text_is(apt, "0") &&
	    !unit_is(units, "apt-daily-upgrade.timer", "inactive"))
		return "unattended-upgrades";
	if (unit_is(units, "dnf-automatic-install.timer", "active") ||
	    (unit_is(units, "dnf-automatic.timer", "active") &&
		gh_text_is(setting(conf, "/etc/dnf/", "apply_updates"), "yes")))
		return "dnf-automatic";
	return NULL;
}

/* Held by dpkg, or named in a version lock of dnf. */
static bool held(const struct gh_probe_item *holds, const struct gh_probe_item *conf,
    const char *const *name)
{
	struct gh_walk w = gh_walk_of(conf, "/etc/dnf/", "");

	for (; holds && *name; name++) {
		char line[64];

		snprintf(line, sizeof(line), "Package: %s", *name);
		if (gh_item_line(holds, line, NULL))
			return true;
		w.rest = conf->data;
		while (gh_walk_next(&w))
			if (gh_text_find(w.path, "versionlock") &&
			    gh_text_find(w.value, *name))
				return true;
	}
	return false;
}

static void autoupdate(struct gh_judging *j)
{
	static const char *const need[][4] = {{"linux-image", "linux-generic", "kernel"},
	    {"qemu"}, {"ovmf", "edk2"}, {"libvirt"}};
	const struct gh_probe_item *units = gh_judge_item(j, "units"), *conf, *holds;
	const struct gh_probe_item none = {.rc = 0},
				   *raw = gh_probe_get(j->probe, "holds");
	const char *by;

	if (!units || !(conf = gh_judge_item(j, "conf")))
		return;
	holds = raw && raw->rc == 2 ? &none : gh_judge_item(j, "holds"); /* no dpkg */
	if (!holds)
		return;
	gh_say(&j->f->source, "/etc/apt, /etc/dnf, dpkg's holds, systemctl");
	if (!unit_is(units, "apt-daily-upgrade.timer", "active") &&
	    !unit_is(units, "apt-daily-upgrade.timer", "inactive") &&
	    !unit_is(units, "apt-daily-upgrade.timer", "failed")) {
		gh_judge_unknown(j, "malformed", "systemctl said nothing of the timers");
		return;
	}
	if (!(by = updater(units, conf))) {
		gh_judge_pass(j, "no update installs itself");
		return;
	}
	for (size_t i = 0; i < GH_COUNT(need); i++) {
		if (held(holds, conf, need[i]))
			continue;
		gh_judge_fail(
		    j, "unheld", "%s is on, and %s is not held", by, need[i][0]);
		return;
	}
	gh_judge_pass(j, "%s is on; kernel, QEMU, OVMF and libvirt are held", by);
}

/* Paths that a small image leaves out on purpose. */
static bool left_out(struct gh_bytes line)
{
	static const char *const dirs[] = {" /usr/share/doc/", " /usr/share/man/",
	    " /usr/share/locale/", " /usr/share/info/", " /usr/share/lintian/"};

	for (size_t i = 0; i < GH_COUNT(dirs); i++)
		if (gh_text_starts(line, "missing") && gh_text_find(line, dirs[i]))
			return true;
	return false;
}

/* "??5??????   /usr/bin/x", with a letter between for its kind: c is configuration. */
bool gh_pkg_changed(struct gh_bytes line)
{
	struct gh_bytes rest = line, word;

	return gh_text_word(&rest, &word) && gh_text_word(&rest, &word) &&
	       !gh_text_is(word, "c") && !left_out(line);
}

/* "packages STATUS NAME...": how many were verified; 0 when that did not end. */
static unsigned int verified(struct gh_bytes line)
{
	struct gh_bytes word;
	unsigned int n = 0;
	uint64_t status;

	if (!gh_text_word(&line, &word) || !gh_text_word(&line, &word) ||
	    gh_text_u64(word, 10, &status) != 0 || status >= 123)
		return 0;
	while (gh_text_word(&line, &word))
		n++;
	return n;
}

static void pkg_integrity(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "pkg.verify");
	struct gh_bytes rest, line, odd = {0};
	unsigned int n = 0;

	if (!it)
		return;
	for (rest = it->data; gh_text_line(&rest, &line);) {
		line = gh_text_trim(line);
		if (line.len == 0 || (gh_text_find(line, " /") && !gh_pkg_changed(line)))
			continue;
		if (gh_text_find(line, " /")) {
			gh_judge_fail(
			    j, "changed", "%.*s", (int)line.len, (const char *)line.p);
			return;
		}
		if (gh_text_starts(line, "packages ") && verified(line))
			n = verified(line);
		else if (!odd.len)
			odd = line;
	}
	if (odd.len)
		gh_judge_unknown(j, "unverified", "not verified: %.*s",
		    (int)(odd.len < 120 ? odd.len : 120), (const char *)odd.p);
	else if (n)
		gh_judge_pass(j, "%u packages as they were installed", n);
	else
		gh_judge_unknown(j, "none", "none of the packages is installed");
}

/* ---- logs --------------------------------------------------------------------------- */

/* "*.* @@host:514", or an action of type omfwd or omrelp. */
static bool forwards(const struct gh_probe_item *conf)
{
	struct gh_walk w = gh_walk_of(conf, "/etc/rsyslog", "");

	while (gh_walk_next(&w)) {
		struct gh_bytes rest = w.value, word;

		if (w.value.len == 0 || w.value.p[0] == '#')
			continue;
		if (gh_text_find(w.value, "omfwd") || gh_text_find(w.value, "omrelp"))
			return true;
		while (gh_text_word(&rest, &word))
			if (word.len > 1 && word.p[0] == '@')
				return true;
	}
	return false;
}

static void log_remote(struct gh_judging *j)
{
	const struct gh_probe_item *conf = gh_judge_item(j, "conf"), *units;
	struct gh_bytes state;

	if (!conf || !(units = gh_judge_item(j, "units")))
		return;
	gh_say(&j->f->source, "/etc/rsyslog.conf, /etc/rsyslog.d, journal-upload.conf");
	if (!gh_unit_state(units, "rsyslog", &state))
		gh_judge_unknown(j, "malformed", "systemctl said nothing of rsyslog");
	else if (forwards(conf) && gh_text_is(state, "active"))
		gh_judge_pass(j, "rsyslog forwards");
	else if (unit_is(units, "systemd-journal-upload", "active"))
		gh_judge_pass(j, "systemd-journal-upload is active");
	else
		gh_judge_fail(j, "local", "neither rsyslog nor journal-upload forwards%s",
		    forwards(conf) ? ": rsyslog is not active" : "");
}

const struct gh_judge gh_judges_services[] = {
    {"host.net.egress", egress},
    {"host.net.dns", dns},
    {"host.net.listeners", listeners},
    {"host.net.firewall", firewall},
    {"host.svc.autoupdate", autoupdate},
    {"host.svc.pkg_integrity", pkg_integrity},
    {"host.svc.log_remote", log_remote},
    {NULL, NULL},
};
