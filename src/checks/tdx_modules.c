/* SPDX-License-Identifier: Apache-2.0
 * Which TDX module a host runs, and what Intel published about it
 * (spec/host-and-firmware.md sections 3.1 and 5.6). */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"
#include "firmware/tdx_table.h"

static void copy_text(char *out, size_t size, struct gh_bytes s)
{
	size_t n = s.len < size - 1 ? s.len : size - 1;
	memcpy(out, s.p, n);
	out[n] = '\0';
}

static bool is_version(struct gh_bytes s)
{
	size_t dots = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '.')
			dots++;
		else if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	return dots == 2 && s.len >= 5 && s.len < 16;
}

/* The word after text: "TDX module version: 1.5.24". */
static bool version_after(char *out, size_t size, struct gh_bytes line, const char *text)
{
	const unsigned char *at = gh_text_find(line, text);
	if (!at)
		return false;
	at += strlen(text);
	struct gh_bytes rest = {at, line.len - (size_t)(at - line.p)}, word;
	if (!gh_text_word(&rest, &word))
		return false;
	if (word.len && word.p[word.len - 1] == ',')
		word.len--;
	if (!is_version(word))
		return false;
	copy_text(out, size, word);
	return true;
}

/* The row whose key has that value. */
static bool look_up(struct gh_tdx_module *out, const char *key, const char *value)
{
	struct gh_tdx_row row;
	if (!gh_tdx_table_find(&row, key, value))
		return false;
	snprintf(out->version, sizeof(out->version), "%s", row.version);
	snprintf(out->mrseam, sizeof(out->mrseam), "%s", row.mrseam);
	out->n_cpus = row.n_cpus;
	memcpy(out->cpu, row.cpu, sizeof(out->cpu));
	return true;
}

/* Old log lines have no update number: the build date stands for it. */
static bool from_date(struct gh_tdx_module *out, struct gh_bytes line)
{
	uint64_t date, major, minor;
	char text[16];
	if (!gh_number_after(line, "build_date ", &date) || date < 20200101 ||
	    date > 20991231)
		return false;
	snprintf(text, sizeof(text), "%04u-%02u-%02u", (unsigned int)(date / 10000),
	    (unsigned int)(date / 100 % 100), (unsigned int)(date % 100));
	if (look_up(out, "build_date", text))
		return true;
	return gh_number_after(line, "major_version ", &major) &&
	       gh_number_after(line, "minor_version ", &minor);
}

static bool from_log(struct gh_tdx_module *out, const struct gh_probe_item *klog)
{
	struct gh_bytes rest = klog->data, line;
	while (gh_text_line(&rest, &line)) {
		if (!gh_text_find(line, "virt/tdx: "))
			continue;
		if (version_after(out->version, sizeof(out->version), line,
			"TDX module version: ") ||
		    version_after(
			out->version, sizeof(out->version), line, "TDX module "))
			return true;
		if (from_date(out, line))
			return true;
	}
	return false;
}

bool gh_tdx_module_read(struct gh_tdx_module *out, const struct gh_probe *p)
{
	const struct gh_probe_item *sys = gh_probe_get(p, "sys");
	const struct gh_probe_item *klog = gh_probe_get(p, "klog");
	struct gh_bytes v;
	memset(out, 0, sizeof(*out));
	bool found = sys && sys->rc == 0 &&
		     gh_item_value(sys, "/sys/devices/faux/tdx_host/version", &v) &&
		     is_version(v);
	if (found)
		copy_text(out->version, sizeof(out->version), v);
	else if (klog && klog->rc == 0)
		found = from_log(out, klog);
	char version[sizeof(out->version)];
	memcpy(version, out->version, sizeof(version));
	if (version[0] && !out->n_cpus)
		(void)look_up(out, "version", version);
	return found;
}
