/* SPDX-License-Identifier: Apache-2.0
 * Facts about what runs on a host, as its OS says over SSH: ports, clock, sshd, accounts,
 * units, QEMU and libvirt. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/facts_read.h"
#include "checks/judge.h"

static void add_port(struct gh_fact_sink *s, const char *protocol, struct gh_bytes line)
{
	uint64_t port;
	bool local;
	char text[16];

	if (!gh_listener_read(line, &local, &port) || local || port > 65535)
		return;
	snprintf(text, sizeof(text), "%s/%u", protocol, (unsigned int)port);
	gh_fact_add(s, "net.listeners", gh_text_of(text));
}

/* Open to anybody: state 07, the fourth word. */
static bool unconnected(struct gh_bytes line)
{
	struct gh_bytes word;

	for (int i = 0; i < 4; i++)
		if (!gh_text_word(&line, &word))
			return false;
	return gh_text_is(word, "07");
}

/* Without the item of TCP nothing is said; that of IPv6 or UDP may be missing. */
static void listeners(struct gh_fact_sink *s, const struct gh_probe *p)
{
	static const char *const id[] = {"listeners", "listeners6"};
	const struct gh_probe_item *udp = gh_fact_item(p, "udp");
	struct gh_walk w;

	if (!gh_fact_item(p, id[0]))
		return;
	gh_fact_set(s, "net.listeners");
	for (size_t i = 0; i < GH_COUNT(id); i++) {
		const struct gh_probe_item *it = gh_fact_item(p, id[i]);
		struct gh_bytes rest = it ? it->data : (struct gh_bytes){0}, line;

		while (gh_text_line(&rest, &line))
			add_port(s, "tcp", line);
	}
	if (!udp)
		return;
	w = gh_walk_of(udp, "/proc/net/udp", "");
	while (gh_walk_next(&w))
		if (unconnected(w.value))
			add_port(s, "udp", w.value);
}

static void time_source(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "time");
	struct gh_bytes rest, line, leap;
	uint64_t us;

	if (!it)
		return;
	if (gh_item_line(it, "NTPSynchronized=", &line)) {
		gh_fact_put_bool(s, "time.synced",
		    gh_text_is(gh_text_trim(line), "NTPSynchronized=yes"));
		return;
	}
	rest = it->data;
	if (!gh_text_line(&rest, &line) || !gh_chrony_read(line, &us, &leap))
		return;
	gh_fact_put_bool(s, "time.synced", gh_text_is(leap, "Normal"));
	gh_fact_put_int(s, "time.offset_ms", (int64_t)(us / 1000));
}

static void sshd(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "sshd");
	struct gh_bytes rest, line, key, v;

	if (!it)
		return;
	for (rest = it->data; gh_text_line(&rest, &line);) {
		if (!gh_text_word(&line, &key))
			continue;
		v = gh_text_trim(line);
		if (gh_text_is(key, "passwordauthentication"))
			gh_fact_put_bool(s, "ssh.password_auth", !gh_text_is(v, "no"));
		else if (!gh_text_is(key, "permitrootlogin"))
			continue;
		else if (gh_text_is(v, "without-password")) /* its older name */
			gh_fact_put_word(s, "ssh.root_login", "prohibit-password");
		else
			gh_fact_put(s, "ssh.root_login", v);
	}
}

static void users(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "users");
	struct gh_bytes rest, line, word;

	if (!it || !gh_item_line(it, "accounts ", NULL))
		return;
	gh_fact_set(s, "users.uid0");
	gh_fact_set(s, "users.no_password");
	for (rest = it->data; gh_text_line(&rest, &line);) {
		if (!gh_text_word(&line, &word))
			continue;
		if (gh_text_is(word, "uid0"))
			gh_fact_add(s, "users.uid0", line);
		else if (gh_text_is(word, "nopassword"))
			gh_fact_add(s, "users.no_password", line);
	}
}

static void units(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "units");
	struct gh_bytes rest, line, name, state;

	if (!it)
		return;
	gh_fact_set(s, "units.active");
	for (rest = it->data; gh_text_line(&rest, &line);)
		if (gh_text_word(&line, &name) &&
		    gh_text_is(gh_text_trim(line), "active"))
			gh_fact_add(s, "units.active", name);
	if (gh_unit_state(it, "qgsd", &state))
		gh_fact_put_bool(s, "tdx.qgs", gh_text_is(state, "active"));
}

static void virtualisation(struct gh_fact_sink *s, const struct gh_probe *p)
{
	static const char *const object[] = {"tdx-guest", "sev-snp-guest"};
	static const char *const sectype[] = {"tdx", "sev-snp"};
	const struct gh_probe_item *objects = gh_fact_item(p, "qemu.objects"),
				   *caps = gh_fact_item(p, "libvirt.caps"),
				   *qemu = gh_fact_item(p, "qemu");
	struct gh_bytes line, word;
	char tag[40];

	if (qemu && gh_item_line(qemu, "version ", &line)) {
		line.len -= (size_t)(gh_text_find(line, "version ") - line.p);
		line.p = gh_text_find(line, "version ");
		if (gh_text_word(&line, &word) && gh_text_word(&line, &word))
			gh_fact_put(s, "qemu.version", word);
	}
	if (objects && objects->data.len)
		gh_fact_set(s, "qemu.tee");
	if (caps && gh_item_line(caps, "</domainCap", NULL))
		gh_fact_set(s, "libvirt.tee");
	for (size_t i = 0; i < GH_COUNT(object); i++) {
		if (objects && gh_item_line(objects, object[i], NULL))
			gh_fact_add(s, "qemu.tee", gh_text_of(object[i]));
		snprintf(tag, sizeof(tag), "<value>%s</value>", sectype[i]);
		if (caps && gh_item_line(caps, tag, NULL))
			gh_fact_add(s, "libvirt.tee", gh_text_of(sectype[i]));
	}
}

void gh_facts_read_services(struct gh_fact_sink *s, const struct gh_probe *p)
{
	listeners(s, p);
	time_source(s, p);
	sshd(s, p);
	users(s, p);
	units(s, p);
	virtualisation(s, p);
}
