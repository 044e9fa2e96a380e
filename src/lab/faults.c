/* SPDX-License-Identifier: Apache-2.0
 * What SREs meet, on purpose: setting and healing faults of a running lab. */
#include "lab/faults.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "lab/bmc.h"
#include "lab/bmc_behaviour.h"
#include "lab/fixture.h"
#include "lab/gpus.h"
#include "lab/kds_server.h"
#include "lab/lab.h"
#include "lab/lab_host.h"
#include "lab/lab_lock.h"

#define FILE_MAX 16384

enum act {
	ACT_FIXTURE,
	ACT_RESTART,
	ACT_HUNG,
	ACT_GONE,
	ACT_GPU,
	ACT_BMC,
	ACT_SWAP,
	ACT_KDS
};

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
    {"erot-wrong-nonce", "a GPU's root of trust signs a nonce that was not asked", true},
    {"erot-bad-signature", "a GPU's root of trust has a broken signature", true},
    {"erot-foreign-root", "the chain of a GPU's root of trust ends elsewhere", true},
    {"gpu-old-vbios", "one GPU runs a VBIOS that its RIM does not know", true},
    {"gpu-foreign-root", "one GPU's chain ends in another root", true},
    {"gpu-wrong-nonce", "one GPU answers with a nonce that was not asked", true},
    {"gpu-swapped", "one GPU shows the evidence of its neighbour", true},
    {"gpu-bad-signature", "one GPU's report has a broken signature", true},
    {"bmc-silent", "the BMC accepts and never says a word", false},
    {"bmc-gone", "the BMC's port is closed", false},
    {"bmc-slow", "the BMC takes 5.8 s for its manager, 1 s for all else", false},
    {"bmc-busy", "the BMC sends every third request away for a second", false},
    {"bmc-redirect", "the BMC sends every request to another host's BMC", false},
    {"bmc-flood", "the BMC answers with 50 MB", false},
    {"bmc-deep", "the BMC answers with JSON that is 10,000 levels deep", false},
    {"bmc-garbage", "the BMC answers with something that is no JSON", false},
    {"bmc-other-cert", "the BMC shows another certificate: the factory's", false},
    {"bmc-expired-cert", "the BMC shows a certificate that is over", false},
    {"bmc-login", "the BMC refuses the password", false},
    {"bmc-swapped", "the BMC is another machine's: serials and MAC differ", false},
    {"kds-down", "after an update AMD's certificate service hangs up", false},
    {"kds-slow", "after an update AMD's certificate service takes a minute", false},
    {"kds-limited", "after an update AMD's certificate service has had enough: 429",
	false},
    {"kds-wrong-chain", "after an update a certificate comes under another root", false},
    {"kds-other-chip", "after an update the certificate of another chip comes", false},
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
    {ACT_GPU, 0},
    {ACT_GPU, 0},
    {ACT_GPU, 0},
    {ACT_BMC, GH_BMC_SILENT},
    {ACT_BMC, GH_BMC_GONE},
    {ACT_BMC, GH_BMC_SLOW},
    {ACT_BMC, GH_BMC_BUSY},
    {ACT_BMC, GH_BMC_REDIRECT},
    {ACT_BMC, GH_BMC_FLOOD},
    {ACT_BMC, GH_BMC_DEEP},
    {ACT_BMC, GH_BMC_GARBAGE},
    {ACT_BMC, GH_BMC_OTHER_CERT},
    {ACT_BMC, GH_BMC_EXPIRED_CERT},
    {ACT_BMC, GH_BMC_NO_LOGIN},
    {ACT_SWAP, 0},
    {ACT_KDS, GH_LAB_KDS_DOWN},
    {ACT_KDS, GH_LAB_KDS_SLOW},
    {ACT_KDS, GH_LAB_KDS_LIMITED},
    {ACT_KDS, GH_LAB_KDS_WRONG_CHAIN},
    {ACT_KDS, GH_LAB_KDS_OTHER_CHIP},
};
_Static_assert(GH_COUNT(faults) == GH_COUNT(acts), "two tables of one thing");

const struct gh_lab_fault *gh_lab_faults(size_t *n)
{
	*n = GH_COUNT(faults);
	return faults;
}

/* A fault of a single check has the number of its first row behind those of the table. */
static const struct gh_check_fault *check_of(unsigned int index)
{
	return index < GH_COUNT(faults) ? NULL
					: gh_check_fault_row(index - GH_COUNT(faults));
}

static const char *word_of(unsigned int index)
{
	const struct gh_check_fault *check;

	if (index < GH_COUNT(faults))
		return faults[index].word;
	check = check_of(index);
	return check ? check->check : "";
}

static bool is_of_gpu(unsigned int index)
{
	return index < GH_COUNT(faults) && faults[index].gpu;
}

/* By word, or by the id of a check that has a row for that machine. */
static int find_fault(
    struct gh_bytes word, const struct gh_lab_spec *spec, unsigned int *index)
{
	const struct gh_check_fault *r;

	for (*index = 0; *index < GH_COUNT(faults); (*index)++)
		if (gh_text_is(word, faults[*index].word))
			return 0;
	for (; (r = check_of(*index)); (*index)++)
		if (gh_text_is(word, r->check) && gh_check_fault_fits(r, spec))
			return 0;
	return -1;
}

static void add_fault(struct gh_faults *fs, unsigned int index, unsigned int gpu)
{
	for (size_t i = 0; i < fs->n; i++)
		if (fs->at[i].index == index &&
		    (fs->at[i].gpu == gpu || !is_of_gpu(index)))
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
		if (!is_of_gpu(fs->at[i].index) || fs->at[i].gpu != gpu)
			fs->at[left++] = fs->at[i];
	fs->n = left;
}

static void sum_up_one(
    struct gh_faults *fs, unsigned int index, const struct gh_lab_spec *spec)
{
	const struct gh_check_fault *check = check_of(index);

	if (check) {
		(void)gh_check_set_add(&fs->checks, check->check, spec);
		return;
	}
	switch (acts[index].act) {
	case ACT_FIXTURE:
	case ACT_RESTART:
		fs->fixture |= acts[index].bit;
		break;
	case ACT_BMC:
		fs->bmc |= acts[index].bit;
		break;
	case ACT_HUNG:
		fs->hung = true;
		break;
	case ACT_GONE:
		fs->gone = true;
		break;
	case ACT_SWAP:
		fs->bmc_swapped = true;
		break;
	case ACT_KDS: /* what is kept is not asked for: so that it has to be */
		fs->kds |= acts[index].bit;
		fs->fixture |= GH_FIXTURE_NEW_TCB;
		break;
	case ACT_GPU: /* a file of that GPU: gh_lab_gpu_fault */
		break;
	}
}

/* What follows from the list. */
static void sum_up(struct gh_faults *fs, const struct gh_lab_spec *spec)
{
	fs->fixture = fs->bmc = fs->kds = 0;
	fs->hung = fs->gone = fs->bmc_swapped = false;
	fs->checks.n = 0;
	for (size_t i = 0; i < fs->n; i++)
		sum_up_one(fs, fs->at[i].index, spec);
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
	    gh_file_read(&text, path, FILE_MAX, NULL))
		return;
	rest = gh_buf_view(&text);
	while (gh_text_line(&rest, &line)) {
		gpu = 0;
		if (!gh_text_word(&line, &word) || find_fault(word, spec, &index))
			continue;
		if (gh_text_word(&line, &word) && gh_text_u64(word, 10, &gpu))
			continue;
		if (gpu < GH_LAB_GPUS)
			add_fault(out, index, (unsigned int)gpu);
	}
	sum_up(out, spec);
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
		gh_buf_str(&b, word_of(fs->at[i].index));
		if (is_of_gpu(fs->at[i].index))
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
		char gpu[16] = "";

		if (is_of_gpu(fs->at[i].index))
			snprintf(gpu, sizeof(gpu), ":%u", fs->at[i].gpu);
		at += (size_t)snprintf(out + at, size - at, "%s%s%s", i ? ", " : "",
		    word_of(fs->at[i].index), gpu);
	}
}

int gh_faults_gpus(const struct gh_faults *fs, const char *dir,
    const struct gh_lab_spec *spec, struct gh_err *err)
{
	for (size_t i = 0; i < fs->n; i++)
		if (is_of_gpu(fs->at[i].index) &&
		    gh_lab_gpu_fault(
			dir, spec->name, fs->at[i].gpu, word_of(fs->at[i].index), err))
			return -1;
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

/* Whether the host has files by inode that come or go between the two sets. */
static bool moves_mounts(const struct gh_faults *a, const struct gh_faults *b)
{
	for (size_t i = 0; i < a->checks.n; i++) {
		bool in_both = false;

		for (size_t k = 0; k < b->checks.n; k++)
			in_both |= a->checks.at[i] == b->checks.at[k];
		if (!in_both &&
		    gh_check_fault_restarts(gh_check_fault_row(a->checks.at[i])))
			return true;
	}
	return false;
}

/* Records a set and writes what it means; one that cannot be written leaves the old. */
static int write_set(const char *dir, const struct gh_lab_spec *spec,
    const struct gh_faults *was, const struct gh_faults *now, struct gh_err *err)
{
	if (!save(now, dir, spec, err) && !gh_lab_host_write(dir, spec, err))
		return 0;
	if (!save(was, dir, spec, NULL))
		(void)!gh_lab_host_write(dir, spec, NULL);
	return -1;
}

/* From one set of faults to another, on the running host. */
static int change(const char *dir, const struct gh_lab_spec *spec,
    const struct gh_faults *was, const struct gh_faults *now, struct gh_err *err)
{
	bool restart = ((was->fixture ^ now->fixture) & GH_FIXTURE_OTHER_KEY) ||
		       moves_mounts(was, now) || moves_mounts(now, was);

	if (write_set(dir, spec, was, now, err) ||
	    (gh_bmc_pid(dir, spec) && gh_bmc_ready(dir, spec, err)))
		return -1;
	for (size_t i = 0; i < was->n; i++)
		if (is_of_gpu(was->at[i].index) &&
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

/* tdx-off is of TDX hosts only, snp-off and AMD's certificates of the others. */
static bool is_of_other_tee(unsigned int index, const struct gh_lab_spec *spec)
{
	const char *word = word_of(index);

	if (spec->snp)
		return !strcmp(word, "tdx-off");
	return !strcmp(word, "snp-off") ||
	       (index < GH_COUNT(acts) && acts[index].act == ACT_KDS);
}

static int check_fits(
    const struct target *t, const char *host, unsigned int index, struct gh_err *err)
{
	const char *word = word_of(index);

	if (is_of_gpu(index) && !t->has_gpu) {
		gh_fail(err, GH_E_USAGE, "%s is of one GPU", word);
		return gh_err_hint(err, "name it: lab break %s:5 %s", host, word);
	}
	if (!is_of_gpu(index) && t->has_gpu)
		return gh_fail(err, GH_E_USAGE, "%s is of the whole host", word);
	if (is_of_other_tee(index, t->spec))
		return gh_fail(err, GH_E_USAGE, "%s has %s", t->spec->name,
		    t->spec->snp ? "SEV-SNP, not TDX" : "TDX, not SEV-SNP");
	return 0;
}

/* The i-th fault that fits, by its number. */
static bool nth_fault(const struct gh_lab_spec *spec, size_t i, unsigned int *index)
{
	const struct gh_check_fault *r;
	unsigned int first;

	for (*index = 0; *index < GH_COUNT(faults); (*index)++)
		if (!is_of_other_tee(*index, spec) && !i--)
			return true;
	for (; (r = check_of(*index)); (*index)++)
		if (gh_check_fault_fits(r, spec) &&
		    !find_fault(gh_text_of(r->check), spec, &first) && first == *index &&
		    !i--)
			return true;
	return false;
}

const char *gh_lab_breakable(const char *host, size_t i)
{
	const struct gh_lab_spec *spec = gh_lab_spec_get(host);
	unsigned int index;

	return spec && nth_fault(spec, i, &index) ? word_of(index) : NULL;
}

int gh_lab_break(const char *dir, const char *host, const char *fault, struct gh_err *err)
{
	gh_auto(int, gh_lab_unlock) lock = -1;
	struct gh_faults was, now;
	struct target t;
	unsigned int index;

	if (parse_target(&t, host, err))
		return -1;
	if (find_fault(gh_text_of(fault), t.spec, &index)) {
		gh_fail(err, GH_E_USAGE, "%s has no fault %s", t.spec->name, fault);
		return gh_err_hint(err, "what it has: lab break %s", t.spec->name);
	}
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
	sum_up(&now, t.spec);
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
	sum_up(&now, t.spec);
	return change(dir, t.spec, &was, &now, err);
}

bool gh_faults_has(const struct gh_faults *fs, const char *word, unsigned int gpu)
{
	for (size_t i = 0; i < fs->n; i++)
		if (fs->at[i].index < GH_COUNT(faults) && fs->at[i].gpu == gpu &&
		    strcmp(faults[fs->at[i].index].word, word) == 0)
			return true;
	return false;
}
