/* SPDX-License-Identifier: Apache-2.0
 * What SREs meet, on purpose: setting and healing faults of a running lab. */
#include "lab/faults.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "lab/fixture.h"
#include "lab/gpus.h"
#include "lab/lab.h"
#include "lab/lab_host.h"
#include "lab/lab_lock.h"

enum act { ACT_FIXTURE, ACT_RESTART, ACT_HUNG, ACT_GONE, ACT_GPU };

/* Same order in both tables. */
static const struct gh_lab_fault faults[] = {
    {"tdx-off", "TDX is off in the BIOS: no KeyIDs, no module, no flag", false},
    {"snp-off", "SEV-SNP is off in the BIOS: no RMP table, no flag", false},
    {"old-microcode", "microcode below the floor, and the kernel says so", false},
    {"secureboot-off", "Secure Boot is off", false},
    {"swap-on", "a swap partition that is not encrypted", false},
    {"host-rebooted", "the machine was booted since: another boot id", false},
    {"host-slow", "every command takes three seconds longer", false},
    {"host-hung", "every process stands still: it accepts and never speaks", false},
    {"host-gone", "powered off: the port is closed", false},
    {"hostile-output", "escape sequences, fake frames, megabytes where a value belongs",
	false},
    {"output-flood", "five megabytes before the first answer", false},
    {"wrong-host-key", "the SSH host key was replaced", false},
    {"gpu-old-vbios", "one GPU runs a VBIOS that its RIM does not know", true},
    {"gpu-foreign-root", "one GPU's chain ends in another root", true},
    {"gpu-wrong-nonce", "one GPU answers with a nonce that was not asked", true},
    {"gpu-swapped", "one GPU shows the evidence of its neighbour", true},
    {"gpu-bad-signature", "one GPU's report has a broken signature", true},
};

static const struct {
	enum act act;
	unsigned int bit;
} acts[] = {
    {ACT_FIXTURE, GH_FIXTURE_TEE_OFF},
    {ACT_FIXTURE, GH_FIXTURE_TEE_OFF},
    {ACT_FIXTURE, GH_FIXTURE_OLD_MICROCODE},
    {ACT_FIXTURE, GH_FIXTURE_SECUREBOOT_OFF},
    {ACT_FIXTURE, GH_FIXTURE_SWAP},
    {ACT_FIXTURE, GH_FIXTURE_REBOOTED},
    {ACT_FIXTURE, GH_FIXTURE_SLOW},
    {ACT_HUNG, 0},
    {ACT_GONE, 0},
    {ACT_FIXTURE, GH_FIXTURE_HOSTILE},
    {ACT_FIXTURE, GH_FIXTURE_FLOOD},
    {ACT_RESTART, GH_FIXTURE_OTHER_KEY},
    {ACT_GPU, 0},
    {ACT_GPU, 0},
    {ACT_GPU, 0},
    {ACT_GPU, 0},
    {ACT_GPU, 0},
};
_Static_assert(GH_COUNT(faults) == GH_COUNT(acts), "two tables of one thing");

const struct gh_lab_fault *gh_lab_faults(size_t *n)
{
	*n = GH_COUNT(faults);
	return faults;
}

static int find_fault(struct gh_bytes word, unsigned int *index)
{
	for (*index = 0; *index < GH_COUNT(faults); (*index)++)
		if (gh_text_is(word, faults[*index].word))
			return 0;
	return -1;
}

static void add_fault(struct gh_faults *fs, unsigned int index, unsigned int gpu)
{
	for (size_t i = 0; i < fs->n; i++)
		if (fs->at[i].index == index &&
		    (fs->at[i].gpu == gpu || !faults[index].gpu))
			return;
	if (fs->n == GH_FAULTS_MAX)
		return;
	fs->at[fs->n].index = index;
	fs->at[fs->n++].gpu = gpu;
}

static void drop_gpu(struct gh_faults *fs, unsigned int gpu)
{
	size_t left = 0;

	for (size_t i = 0; i < fs->n; i++)
		if (!faults[fs->at[i].index].gpu || fs->at[i].gpu != gpu)
			fs->at[left++] = fs->at[i];
	fs->n = left;
}

/* What follows from the list. */
static void sum_up(struct gh_faults *fs)
{
	fs->fixture = 0;
	fs->hung = fs->gone = false;
	for (size_t i = 0; i < fs->n; i++) {
		fs->fixture |= acts[fs->at[i].index].bit;
		fs->hung |= acts[fs->at[i].index].act == ACT_HUNG;
		fs->gone |= acts[fs->at[i].index].act == ACT_GONE;
	}
}

void gh_faults_load(
    struct gh_faults *out, const char *dir, const struct gh_lab_spec *spec)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_bytes rest, line, word;
	char path[GH_LAB_PATH];
	unsigned int index;
	uint64_t gpu;

	*out = (struct gh_faults){0};
	if (gh_lab_host_path(path, dir, spec, "fault", NULL) ||
	    gh_file_read(&text, path, 4096, NULL))
		return;
	rest = gh_buf_view(&text);
	while (gh_text_line(&rest, &line)) {
		gpu = 0;
		if (!gh_text_word(&line, &word) || find_fault(word, &index))
			continue;
		if (gh_text_word(&line, &word) && gh_text_u64(word, 10, &gpu))
			continue;
		if (gpu < GH_LAB_GPUS)
			add_fault(out, index, (unsigned int)gpu);
	}
	sum_up(out);
}

static int save(const struct gh_faults *fs, const char *dir,
    const struct gh_lab_spec *spec, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char path[GH_LAB_PATH];

	if (gh_lab_host_path(path, dir, spec, "fault", err))
		return -1;
	if (!fs->n) {
		unlink(path);
		return 0;
	}
	for (size_t i = 0; i < fs->n; i++) {
		const struct gh_lab_fault *f = &faults[fs->at[i].index];

		gh_buf_str(&b, f->word);
		if (f->gpu)
			gh_buf_fmt(&b, " %u", fs->at[i].gpu);
		gh_buf_chr(&b, '\n');
	}
	return gh_buf_ok(&b, err) || gh_file_write(path, b.p, b.len, 0644, err) ? -1 : 0;
}

void gh_faults_text(const struct gh_faults *fs, char *out, size_t size)
{
	size_t at = 0;

	out[0] = '\0';
	for (size_t i = 0; i < fs->n && at < size; i++) {
		const struct gh_lab_fault *f = &faults[fs->at[i].index];
		char gpu[16] = "";

		if (f->gpu)
			snprintf(gpu, sizeof(gpu), ":%u", fs->at[i].gpu);
		at += (size_t)snprintf(
		    out + at, size - at, "%s%s%s", i ? ", " : "", f->word, gpu);
	}
}

int gh_faults_gpus(const struct gh_faults *fs, const char *dir,
    const struct gh_lab_spec *spec, struct gh_err *err)
{
	for (size_t i = 0; i < fs->n; i++) {
		const struct gh_lab_fault *f = &faults[fs->at[i].index];

		if (f->gpu &&
		    gh_lab_gpu_fault(dir, spec->name, fs->at[i].gpu, f->word, err))
			return -1;
	}
	return 0;
}

/* ---- break and heal ----------------------------------------------------------------------- */

struct target {
	const struct gh_lab_spec *spec;
	bool has_gpu;
	unsigned int gpu;
};

static int parse_target(struct target *t, const char *host, struct gh_err *err)
{
	const char *colon = strchr(host, ':');
	char name[64];
	uint64_t gpu = 0;

	*t = (struct target){0};
	snprintf(name, sizeof(name), "%.*s", (int)(colon ? colon - host : 63), host);
	t->spec = gh_lab_spec_get(name);
	if (!t->spec) {
		gh_fail(err, GH_E_USAGE, "the lab has no host %s", name);
		return gh_err_hint(err, "its hosts are gpu-a, gpu-b, gpu-c and gpu-d");
	}
	if (!colon)
		return 0;
	if (gh_text_u64(gh_text_of(colon + 1), 10, &gpu) || gpu >= GH_LAB_GPUS)
		return gh_fail(
		    err, GH_E_USAGE, "%s: a GPU is 0 to %u", host, GH_LAB_GPUS - 1);
	t->has_gpu = true;
	t->gpu = (unsigned int)gpu;
	return 0;
}

/* From one set of faults to another, on the running host. */
static int change(const char *dir, const struct gh_lab_spec *spec,
    const struct gh_faults *was, const struct gh_faults *now, struct gh_err *err)
{
	bool restart = (was->fixture ^ now->fixture) & GH_FIXTURE_OTHER_KEY;

	if (save(now, dir, spec, err) || gh_lab_host_write(dir, spec, err))
		return -1;
	for (size_t i = 0; i < was->n; i++)
		if (faults[was->at[i].index].gpu &&
		    gh_lab_gpu_fault(dir, spec->name, was->at[i].gpu, NULL, err))
			return -1;
	if (gh_faults_gpus(now, dir, spec, err))
		return -1;
	if (was->hung && !was->gone && !now->hung &&
	    gh_lab_host_signal(dir, spec, SIGCONT, err))
		return -1;
	if ((restart || now->gone) && gh_lab_host_stop(dir, spec, err))
		return -1;
	if (now->gone)
		return 0;
	if ((restart || was->gone) &&
	    (gh_lab_host_start(dir, spec, err) || gh_lab_host_ready(dir, spec, err)))
		return -1;
	if (now->hung && (!was->hung || restart || was->gone))
		return gh_lab_host_signal(dir, spec, SIGSTOP, err);
	return 0;
}

static int check_fits(
    const struct target *t, const char *host, unsigned int index, struct gh_err *err)
{
	const struct gh_lab_fault *f = &faults[index];

	if (f->gpu && !t->has_gpu) {
		gh_fail(err, GH_E_USAGE, "%s is of one GPU", f->word);
		return gh_err_hint(err, "name it: lab break %s:5 %s", host, f->word);
	}
	if (!f->gpu && t->has_gpu)
		return gh_fail(err, GH_E_USAGE, "%s is of the whole host", f->word);
	if ((!strcmp(f->word, "tdx-off") && t->spec->snp) ||
	    (!strcmp(f->word, "snp-off") && !t->spec->snp))
		return gh_fail(err, GH_E_USAGE, "%s has %s", t->spec->name,
		    t->spec->snp ? "SEV-SNP, not TDX" : "TDX, not SEV-SNP");
	return 0;
}

int gh_lab_break(const char *dir, const char *host, const char *fault, struct gh_err *err)
{
	gh_auto(int, gh_lab_unlock) lock = -1;
	struct gh_faults was, now;
	struct target t;
	unsigned int index;

	if (parse_target(&t, host, err))
		return -1;
	if (find_fault(gh_text_of(fault), &index))
		return gh_fail(err, GH_E_USAGE, "there is no fault %s", fault);
	if (check_fits(&t, host, index, err) || gh_lab_lock(dir, &lock, err))
		return -1;
	gh_faults_load(&was, dir, t.spec);
	now = was;
	/* a GPU has one fault at a time */
	if (t.has_gpu)
		drop_gpu(&now, t.gpu);
	if (now.n == GH_FAULTS_MAX)
		return gh_fail(
		    err, GH_E_USAGE, "%s has %d faults already", host, GH_FAULTS_MAX);
	add_fault(&now, index, t.gpu);
	sum_up(&now);
	return change(dir, t.spec, &was, &now, err);
}

int gh_lab_heal(const char *dir, const char *host, struct gh_err *err)
{
	gh_auto(int, gh_lab_unlock) lock = -1;
	struct gh_faults was, now;
	struct target t;

	if (parse_target(&t, host, err) || gh_lab_lock(dir, &lock, err))
		return -1;
	gh_faults_load(&was, dir, t.spec);
	now = was;
	if (t.has_gpu)
		drop_gpu(&now, t.gpu);
	else
		now.n = 0;
	sum_up(&now);
	return change(dir, t.spec, &was, &now, err);
}
