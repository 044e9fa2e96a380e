/* SPDX-License-Identifier: Apache-2.0
 * Reads the log of nvidia_gpu_tools.py. Its lines (spec/host-and-firmware.md sections 3.1
 * and 10, read off v2025.10.20):
 *
 *	line, behind "DATE,TIME.MS LEVEL "	means
 *	GPU BDF NAME ID BAR0 ADDR CC mode is M	active mode; it waited for the boot's end
 *	... PPCIe mode is M			the same for GPU or NvSwitch
 *	... CC settings: / PPCIe settings:	the knob lines that follow are its own
 *	  NAME = NUMBER				one knob; two blanks more than other lines
 *	... module name SXM_N / NVSwitch_N	its place on the baseboard
 *	Device PATH broken [Errno 1] ...	kernel lockdown
 *	GPU BDF [broken, ...			(after the line before, or truly so)
 *	Device BDF ID in sec fault N		security fault
 *	GPU BDF ... is in recovery		its firmware did not start
 *	... Timed out polling register boot_complete ...
 *	... = 0xbadf0200, bad?			a register that answers with an error
 *	The nvidia driver appears to be using GPU ... */
#include "checks/gputool.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"

#define BDF_LEN 12

enum section { NO_KNOBS, CC_KNOBS, PPCIE_KNOBS };

struct reading {
	struct gh_gputool *out;
	struct gh_gputool_device *dev; /* of the section */
	enum section section;
};

const char *gh_gpu_mode_word(enum gh_gpu_mode m)
{
	static const char *const word[] = {"unsaid", "off", "on", "devtools", "invalid"};

	return word[m];
}

static bool bdf_ok(struct gh_bytes s)
{
	static const char form[] = "xxxx:xx:xx.x";

	if (s.len != BDF_LEN)
		return false;
	for (size_t i = 0; i < BDF_LEN; i++)
		if (form[i] == 'x' ? !isxdigit(s.p[i]) : s.p[i] != (unsigned char)form[i])
			return false;
	return true;
}

/* The device of that address, a new one when it is the first time; NULL when full. */
static struct gh_gputool_device *device_at(struct gh_gputool *t, struct gh_bytes bdf)
{
	struct gh_gputool_device *d;

	for (size_t i = 0; i < t->n; i++)
		if (gh_text_is(bdf, t->at[i].bdf))
			return &t->at[i];
	if (t->n == GH_GPUTOOL_MAX)
		return NULL;
	d = &t->at[t->n++];
	*d = (struct gh_gputool_device){
	    .cc_enable = -1, .cc_devtools = -1, .ppcie_enable = -1};
	memcpy(d->bdf, bdf.p, BDF_LEN);
	return d;
}

/* The device that a line speaks of: an address, or a path that ends in one, behind the word
 * GPU, NvSwitch or Device. *rest is what follows. */
static struct gh_gputool_device *device_of(
    struct gh_gputool *t, struct gh_bytes line, struct gh_bytes *rest)
{
	struct gh_bytes word, before = {0};

	for (*rest = line; gh_text_word(rest, &word); before = word) {
		struct gh_bytes tail = word;
		struct gh_gputool_device *d;

		if (!gh_text_is(before, "GPU") && !gh_text_is(before, "NvSwitch") &&
		    !gh_text_is(before, "Device"))
			continue;
		if (word.len > BDF_LEN && word.p[word.len - BDF_LEN - 1] == '/')
			tail = (struct gh_bytes){word.p + word.len - BDF_LEN, BDF_LEN};
		if (!bdf_ok(tail) || !(d = device_at(t, tail)))
			continue;
		if (gh_text_is(before, "NvSwitch"))
			d->is_switch = true;
		return d;
	}
	return NULL;
}

/* The word behind text; false when the line does not have it. */
static bool word_after(struct gh_bytes s, const char *text, struct gh_bytes *out)
{
	const unsigned char *at = gh_text_find(s, text);

	if (!at)
		return false;
	at += strlen(text);
	s = (struct gh_bytes){at, s.len - (size_t)(at - s.p)};
	return gh_text_word(&s, out);
}

static enum gh_gpu_mode mode_of(struct gh_bytes word)
{
	if (gh_text_is(word, "on"))
		return GH_MODE_ON;
	if (gh_text_is(word, "off"))
		return GH_MODE_OFF;
	if (gh_text_is(word, "devtools"))
		return GH_MODE_DEVTOOLS;
	return GH_MODE_INVALID;
}

static void read_device(struct reading *r, struct gh_bytes rest)
{
	struct gh_gputool_device *d = r->dev;
	struct gh_bytes word;

	r->section = NO_KNOBS;
	if (word_after(rest, "PPCIe mode is ", &word))
		d->ppcie = mode_of(word);
	else if (word_after(rest, " CC mode is ", &word))
		d->cc = mode_of(word);
	else if (gh_text_find(rest, "PPCIe settings:"))
		r->section = PPCIE_KNOBS;
	else if (gh_text_find(rest, " CC settings:"))
		r->section = CC_KNOBS;
	else if (word_after(rest, " module name ", &word) &&
		 word.len < sizeof(d->module)) {
		memset(d->module, 0, sizeof(d->module));
		memcpy(d->module, word.p, word.len);
	} else if (gh_text_find(rest, "[Errno 1]") || gh_text_find(rest, "Permission"))
		d->refused = r->out->lockdown = true;
	else if (gh_text_find(rest, "broken") || gh_text_find(rest, "in sec fault") ||
		 gh_text_find(rest, "is in recovery") || gh_text_find(rest, "0xbadf"))
		d->broken = true;
}

/* "  enable-devtools = 0", behind date and level. */
static bool read_knob(struct reading *r, struct gh_bytes line)
{
	static const char inband[] = "-allow-inband-control";
	struct gh_gputool_device *d = r->dev;
	struct gh_bytes word, name = {0};
	uint64_t v;

	while (gh_text_word(&line, &word) && !gh_text_is(word, "="))
		name = word;
	if (name.len == 0 || !gh_text_word(&line, &word) ||
	    gh_text_u64(word, 10, &v) != 0)
		return false;
	if (gh_text_find(name, inband)) {
		d->n_inband++;
		d->n_inband_open += v != 0;
	} else if (gh_text_is(name, "enable") && r->section == CC_KNOBS)
		d->cc_enable = v != 0;
	else if (gh_text_is(name, "enable-devtools") && r->section == CC_KNOBS)
		d->cc_devtools = v != 0;
	else if (gh_text_is(name, "enable") && r->section == PPCIE_KNOBS)
		d->ppcie_enable = v != 0;
	return true;
}

static void read_line(struct reading *r, struct gh_bytes line)
{
	struct gh_gputool_device *d;
	struct gh_bytes rest;

	if (gh_text_find(line, "polling register boot_complete"))
		r->out->boot_timeout = true;
	if (gh_text_find(line, "nvidia driver appears to be using"))
		r->out->driver = true;
	if (gh_text_find(line, "direct PCI access is restricted"))
		r->out->lockdown = true;
	d = device_of(r->out, line, &rest);
	if (d) {
		r->dev = d;
		read_device(r, rest);
	} else if (r->section != NO_KNOBS && !read_knob(r, line)) {
		r->section = NO_KNOBS;
	}
}

void gh_gputool_read(struct gh_gputool *out, struct gh_bytes log)
{
	struct reading r = {.out = out};
	struct gh_bytes line;

	memset(out, 0, sizeof(*out));
	while (gh_text_line(&log, &line))
		read_line(&r, line);
}
