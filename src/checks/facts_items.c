/* SPDX-License-Identifier: Apache-2.0
 * Facts that slower tools of a host say: GPU modes, memory modules, guest firmware, keys,
 * packages, and how far its clock is from ours. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/facts_read.h"
#include "checks/gputool.h"
#include "checks/judge.h"

/* ---- GPU modes -------------------------------------------------------------------------- */

static const char *mode_of(const struct gh_gputool_device *d)
{
	switch (d->cc) {
	case GH_MODE_DEVTOOLS:
		return "devtools";
	case GH_MODE_ON:
		return "cc";
	case GH_MODE_OFF:
		return d->ppcie == GH_MODE_ON    ? "ppcie"
		       : d->ppcie == GH_MODE_OFF ? "off"
						 : NULL;
	default:
		return NULL;
	}
}

static void put_mode(struct gh_fact_sink *s, const char *name, enum gh_gpu_mode mode)
{
	if (mode != GH_MODE_UNSAID)
		gh_fact_put_same(s, name, gh_gpu_mode_word(mode));
}

static void gpu_modes(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "gputool");
	struct gh_gputool t;

	if (!it)
		return;
	memset(&t, 0, sizeof(t));
	gh_gputool_read(&t, it->data);
	for (size_t i = 0; i < t.n; i++) {
		const struct gh_gputool_device *d = &t.at[i];

		put_mode(
		    s, d->is_switch ? "switch.ppcie_mode" : "gpu.ppcie_mode", d->ppcie);
		if (d->is_switch)
			continue;
		put_mode(s, "gpu.cc_mode", d->cc);
		if (mode_of(d))
			gh_fact_put_same(s, "gpu.mode", mode_of(d));
	}
}

/* ---- lists --------------------------------------------------------------------------------- */

/* dmidecode -t 17: "Size: 64 GB" where a module sits, "No Module Installed" elsewhere. */
static void dimms(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "dimms");
	struct gh_bytes rest, line, word;
	int64_t slots = 0, n = 0;

	if (!it)
		return;
	for (rest = it->data; gh_text_line(&rest, &line);) {
		if (!gh_text_word(&line, &word) || !gh_text_is(word, "Size:"))
			continue;
		slots++;
		n += gh_text_word(&line, &word) && word.p[0] >= '1' && word.p[0] <= '9';
	}
	if (slots)
		gh_fact_put_int(s, "mem.dimms", n);
}

/* sha256sum: 64 digits, two blanks, the path. */
static void ovmf(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "ovmf");
	struct gh_bytes rest, line, word;

	if (!it)
		return;
	for (rest = it->data; gh_text_line(&rest, &line);)
		if (gh_text_word(&line, &word) && word.len == 64)
			gh_fact_add(s, "ovmf.sha256", word);
}

/* True when the item was read to its last line, "files N". */
static bool whole(const struct gh_probe_item *it)
{
	struct gh_bytes line;
	uint64_t n;

	return it && gh_item_line(it, "files ", &line) &&
	       gh_number_after(line, "files ", &n);
}

/* "USER:SHA256" of each file of keys. */
static void keys(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "ssh.keys");
	struct gh_bytes rest, line;

	if (!whole(it))
		return;
	gh_fact_set(s, "ssh.authorized_keys");
	for (rest = it->data; gh_text_line(&rest, &line);)
		if (gh_text_find(line, ":"))
			gh_fact_add(s, "ssh.authorized_keys", line);
}

/* "FILE:RULE" of each rule of sudo that asks for no password. */
static void sudo(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "sudo");
	struct gh_walk w;

	if (!whole(it))
		return;
	gh_fact_set(s, "sudo.no_password");
	w = gh_walk_of(it, "/etc/", "");
	while (gh_walk_next(&w))
		if (w.value.len && w.value.p[0] != '#')
			gh_fact_add(s, "sudo.no_password", w.value);
}

/* "Package: NAME" above "Status: hold ok installed". */
static void holds(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "holds");
	struct gh_bytes rest, line, word, name = {0};

	if (!it)
		return;
	gh_fact_set(s, "packages.held");
	for (rest = it->data; gh_text_line(&rest, &line);) {
		if (!gh_text_word(&line, &word))
			continue;
		if (gh_text_is(word, "Package:"))
			name = gh_text_trim(line);
		else if (gh_text_is(word, "Status:") && gh_words_have(line, "hold"))
			gh_fact_add(s, "packages.held", name);
	}
}

/* Files that differ, as "FLAGS PATH"; the last line says that all was verified. */
static void modified(struct gh_fact_sink *s, const struct gh_probe *p)
{
	const struct gh_probe_item *it = gh_fact_item(p, "pkg.verify");
	struct gh_bytes rest, line;

	if (!it || !gh_text_find(it->data, "packages "))
		return;
	gh_fact_set(s, "packages.modified");
	for (rest = it->data; gh_text_line(&rest, &line);) {
		const unsigned char *path = gh_text_find(line, " /");

		if (path && gh_pkg_changed(line))
			gh_fact_add(s, "packages.modified",
			    (struct gh_bytes){
				path + 1, (size_t)(line.p + line.len - path - 1)});
	}
}

/* ---- clock -------------------------------------------------------------------------------- */

/* The host said its time somewhere between our asking and its whole answer: how far it lies
 * outside of that. src->at is in whole seconds. */
static void skew(struct gh_fact_sink *s, const struct gh_sources *src)
{
	const struct gh_probe_item *it = gh_fact_item(src->probe, "now");
	struct gh_bytes text;
	uint64_t theirs;
	int64_t early, late;

	if (!it || src->at <= 0)
		return;
	text = gh_text_trim(it->data);
	text.len =
	    text.len && memchr(text.p, '.', text.len)
		? (size_t)((const unsigned char *)memchr(text.p, '.', text.len) - text.p)
		: text.len;
	if (gh_text_u64(text, 10, &theirs) != 0 || theirs > INT64_MAX / 2)
		return;
	early = src->at - (int64_t)theirs;
	late = (int64_t)theirs - src->at - (src->ssh_ms + 999) / 1000 - 1;
	gh_fact_put_int(s, "time.skew_s", early > 0 ? early : late > 0 ? late : 0);
}

void gh_facts_read_items(struct gh_fact_sink *s, const struct gh_sources *src)
{
	const struct gh_probe *p = src->probe;

	gpu_modes(s, p);
	dimms(s, p);
	ovmf(s, p);
	keys(s, p);
	sudo(s, p);
	holds(s, p);
	modified(s, p);
	skew(s, src);
}
