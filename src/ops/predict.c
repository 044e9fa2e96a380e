/* SPDX-License-Identifier: Apache-2.0
 * Predicts measurements and lists them as claims and findings. */
#include "ops/predict.h"

#include <stdio.h>

#include "base/file.h"
#include "base/text.h"
#include "evidence/snp_launch.h"
#include "evidence/tdx_mrtd.h"
#include "evidence/tdx_rtmr.h"

#define FILE_MAX  (512u << 20)
#define FIND_CPUS 512 /* counts that the search tries */

struct job {
	const struct gh_predict_ask *ask;
	struct gh_result *out;
	const char *name; /* of the subject */
	struct gh_buf file, kernel, initrd, gpt;
	struct gh_firmware fw;
	struct gh_snp_launch snp;
	uint64_t ram; /* bytes */
	bool uki;
	uint8_t want[GH_SNP_LD_LEN];
};

static void free_job(struct job *j)
{
	gh_buf_free(&j->file);
	gh_buf_free(&j->kernel);
	gh_buf_free(&j->initrd);
	gh_buf_free(&j->gpt);
}

/* ---- what was asked ----------------------------------------------------------------- */

static int read_number(
    const char *option, const char *text, int base, uint64_t *out, struct gh_err *err)
{
	if (!text || !gh_text_u64(gh_text_of(text), base, out))
		return 0;
	return gh_fail(err, GH_E_USAGE, "%s %s: not a number", option, text);
}

static int read_cpu(struct job *j, struct gh_err *err)
{
	const char *cpu = j->ask->cpu ? j->ask->cpu : "EPYC";
	uint64_t sig = gh_snp_cpu_sig(cpu);

	if (!sig && (gh_text_u64(gh_text_of(cpu), 16, &sig) || sig > UINT32_MAX)) {
		(void)gh_fail(err, GH_E_USAGE, "--cpu %s: no model we know", cpu);
		return gh_err_hint(err,
		    "EPYC, EPYC-Rome, EPYC-Milan, EPYC-Genoa, EPYC-Turin, or the "
		    "signature in hex");
	}
	j->snp.sig = (uint32_t)sig;
	return 0;
}

static int read_options(struct job *j, struct gh_err *err)
{
	const struct gh_predict_ask *ask = j->ask;
	uint64_t vcpus = 1, mib = 0;

	j->snp.features = 1;
	if (read_number("--vcpus", ask->vcpus, 10, &vcpus, err) < 0 ||
	    read_number("--features", ask->features, 16, &j->snp.features, err) < 0 ||
	    read_number("--ram", ask->ram, 10, &mib, err) < 0 || read_cpu(j, err) < 0)
		return -1;
	if (!vcpus || vcpus > GH_SNP_VCPUS_MAX)
		return gh_fail(
		    err, GH_E_USAGE, "--vcpus %s: 1 to %d", ask->vcpus, GH_SNP_VCPUS_MAX);
	if (mib > UINT64_MAX >> 20)
		return gh_fail(err, GH_E_USAGE, "--ram %s: too many MiB", ask->ram);
	if (ask->vmm && gh_vmm_parse(ask->vmm, &j->snp.vmm) < 0)
		return gh_fail(
		    err, GH_E_USAGE, "--vmm %s: must be qemu, ec2 or gce", ask->vmm);
	if (ask->measurement &&
	    gh_unhex(j->want, sizeof(j->want), ask->measurement, NULL) < 0)
		return gh_fail(
		    err, GH_E_USAGE, "--measurement: must be 96 hex digits (48 bytes)");
	if (!ask->kernel && (ask->initrd || ask->cmdline || ask->gpt))
		return gh_fail(
		    err, GH_E_USAGE, "--initrd, --cmdline and --gpt go with --kernel");
	j->snp.vcpus = (unsigned int)vcpus;
	j->ram = mib << 20;
	return 0;
}

static int read_file(
    struct gh_buf *out, const char *option, const char *path, struct gh_err *err)
{
	if (path && gh_file_read(out, path, FILE_MAX, err) < 0)
		return gh_err_prefix(err, "%s", option);
	return 0;
}

static struct gh_bytes given(const struct gh_buf *b, const char *path)
{
	struct gh_bytes none = {0};

	if (!path)
		return none;
	/* an empty file is not an absent one */
	return b->len ? gh_buf_view(b) : (struct gh_bytes){(const unsigned char *)"", 0};
}

static int read_all(struct job *j, struct gh_err *err)
{
	const struct gh_predict_ask *ask = j->ask;

	if (read_file(&j->file, "firmware", ask->firmware, err) < 0 ||
	    read_file(&j->kernel, "--kernel", ask->kernel, err) < 0 ||
	    read_file(&j->initrd, "--initrd", ask->initrd, err) < 0 ||
	    read_file(&j->gpt, "--gpt", ask->gpt, err) < 0)
		return -1;
	return gh_firmware_parse(&j->fw, j->file.p, j->file.len, err);
}

/* ---- what is said ------------------------------------------------------------------- */

static struct gh_finding *add_step(struct job *j, const char *step, const char *title)
{
	struct gh_finding *f = gh_findings_add(&j->out->findings, j->name, step);

	gh_say(&f->title, "%s", title);
	gh_say(&f->source, "%s", j->ask->firmware);
	return f;
}

/* Computed: a fact about files at hand, no statement about any guest. */
static void say_value(
    struct job *j, struct gh_finding *f, const char *key, const uint8_t value[48])
{
	char hex[97];

	gh_hex(hex, value, 48);
	gh_claim_hex(gh_result_subject(j->out, j->name, "prediction"), key, value, 48);
	gh_say(&f->observed, "%s", hex);
	gh_judge(f, GH_PASS, "");
}

/* Cannot be computed from what was given. */
static void say_open(struct gh_finding *f, const char *code, const struct gh_err *e)
{
	gh_judge_err(f, code, e);
	gh_say(&f->observed, "%s", e->what);
	gh_say(&f->why, "a value that is not predicted cannot be pinned");
}

/* The firmware is not for this kind of guest: no fault of it. */
static void say_absent(struct gh_finding *f, const char *what)
{
	f->severity = GH_SEV_INFO;
	gh_judge(f, GH_SKIP, "predict.firmware.other");
	gh_say(&f->observed, "the firmware has no %s", what);
	gh_say(&f->why, "it was not built for such a guest");
}

static void claim_launch(struct job *j)
{
	struct gh_subject *s = gh_result_subject(j->out, j->name, "prediction");
	char name[GH_SHA256_NAME_LEN];

	if (!gh_sha256_name(j->file.p, j->file.len, name, NULL))
		gh_claim(s, "firmware", "%s", name);
	gh_claim(s, "vcpus", "%u", j->snp.vcpus);
	gh_claim(s, "cpu", "0x%x%s%s", j->snp.sig,
	    *gh_snp_cpu_model(j->snp.sig) ? " " : "", gh_snp_cpu_model(j->snp.sig));
	gh_claim(s, "sev_features", "0x%llx", (unsigned long long)j->snp.features);
	gh_claim(s, "vmm", "%s", gh_vmm_word(j->snp.vmm));
}

static int predict_snp(struct job *j, struct gh_err *err)
{
	struct gh_finding *f = add_step(j, "predict.snp", "SNP launch digest");
	uint8_t ld[GH_SNP_LD_LEN];
	struct gh_err e = {0};

	j->snp.fw = &j->fw;
	if (j->ask->kernel && gh_snp_launch_kernel(&j->snp, gh_buf_view(&j->kernel),
				  gh_buf_view(&j->initrd), j->ask->cmdline, err) < 0)
		return -1;
	gh_say(&f->why, "MEASUREMENT of the report: firmware, first state of %u CPUs%s",
	    j->snp.vcpus,
	    j->snp.kernel ? ", hashes of kernel, initrd, command line" : "");
	if (!gh_firmware_has_sev(&j->fw))
		say_absent(f, "SEV metadata");
	else if (gh_snp_launch_digest(&j->snp, ld, &e) < 0)
		say_open(f, "predict.snp.firmware", &e);
	else
		say_value(j, f, "snp_measurement", ld);
	return 0;
}

static void say_mrtd(
    struct job *j, const struct gh_tdvf *t, enum gh_mrtd_mode mode, struct gh_finding *f)
{
	uint8_t mrtd[GH_MRTD_LEN];
	struct gh_err e = {0};

	if (gh_tdx_mrtd(t, mode, mrtd, &e) < 0)
		say_open(f, "predict.mrtd.firmware", &e);
	else
		say_value(j, f, mode == GH_MRTD_SINGLE ? "mrtd" : "mrtd_two_pass", mrtd);
}

/* In the two ways of hypervisors to add pages. */
static void predict_mrtd(struct job *j)
{
	struct gh_finding *f =
	    add_step(j, "predict.mrtd", "MRTD, page by page (QEMU 9 and later)");
	struct gh_err e = {0};
	struct gh_tdvf t;

	if (!gh_firmware_has_tdvf(&j->fw)) {
		say_absent(f, "TDVF descriptor");
		return;
	}
	if (gh_firmware_tdvf(&t, &j->fw, &e) < 0) {
		say_open(f, "predict.mrtd.firmware", &e);
		return;
	}
	say_mrtd(j, &t, GH_MRTD_SINGLE, f);
	f = add_step(j, "predict.mrtd.two_pass", "MRTD, in two passes (QEMU 8)");
	say_mrtd(j, &t, GH_MRTD_TWO_PASS, f);
}

/* ---- RTMR ---------------------------------------------------------------------------- */

/* How the boot path may differ. The first that applies is what current software does. */
static const struct {
	const char *suffix, *words;
	unsigned int flags;
	bool uki;
} paths[] = {
    {"", "kernel as in its file", 0, false},
    {"_patched", "kernel patched by QEMU", GH_RTMR_PATCHED, false},
    {"_no_separator", "kernel as in its file, firmware without separator",
	GH_RTMR_NO_SEPARATOR, false},
    {"_patched_no_separator", "kernel patched by QEMU, firmware without separator",
	GH_RTMR_PATCHED | GH_RTMR_NO_SEPARATOR, false},
    {"", "UKI from disk", 0, true},
    {"_inner", "UKI from disk whose stub loads its kernel by LoadImage", GH_RTMR_INNER,
	true},
    {"_no_separator", "UKI from disk, firmware without separator", GH_RTMR_NO_SEPARATOR,
	true},
    {"_inner_no_separator",
	"UKI from disk, inner kernel by LoadImage, firmware without separator",
	GH_RTMR_INNER | GH_RTMR_NO_SEPARATOR, true},
};

static int list_events(
    struct job *j, unsigned int flags, struct gh_rtmr_log *log, struct gh_err *err)
{
	struct gh_rtmr_in in = {
	    .image = given(&j->kernel, j->ask->kernel),
	    .initrd = given(&j->initrd, j->ask->initrd),
	    .cmdline = j->ask->cmdline,
	    .ram = j->ram,
	    .disk = given(&j->gpt, j->ask->gpt),
	    .flags = flags,
	};

	return j->uki ? gh_rtmr_uki(log, &in, err) : gh_rtmr_direct(log, &in, err);
}

static void claim_events(struct job *j, const struct gh_rtmr_log *log)
{
	struct gh_subject *s = gh_result_subject(j->out, j->name, "prediction");

	for (size_t i = 0; i < log->n; i++) {
		const struct gh_rtmr_row *row = &log->at[i];
		char key[40], hex[2 * GH_RTMR_DIGEST + 1] = "not known";

		snprintf(key, sizeof(key), "event_%02zu", i);
		if (row->known)
			gh_hex(hex, row->digest, GH_RTMR_DIGEST);
		gh_claim(
		    s, key, "RTMR%u 0x%08x %s %s", row->rtmr, row->type, hex, row->words);
	}
}

static bool say_rtmr(struct job *j, struct gh_finding *f, const struct gh_rtmr_log *log,
    unsigned int rtmr, const char *key)
{
	uint8_t value[GH_RTMR_DIGEST];
	struct gh_err e = {0};

	if (!gh_rtmr_replay(log, rtmr, value, &e)) {
		say_value(j, f, key, value);
		return true;
	}
	say_open(f, "predict.rtmr.open", &e);
	if (j->uki && !j->ask->gpt)
		gh_say(&f->remedy,
		    "give the first 34 sectors of the disk: dd if=DISK of=gpt.bin "
		    "count=34, then --gpt gpt.bin");
	return false;
}

/* RTMR1 of one boot path; false: not known. */
static bool predict_path(struct job *j, size_t i)
{
	gh_auto(struct gh_buf, gh_buf_free) key = {0};
	gh_auto(struct gh_buf, gh_buf_free) step = {0};
	struct gh_rtmr_log log = {0};
	struct gh_err e = {0};
	struct gh_finding *f;

	gh_buf_fmt(&key, "rtmr1%s", paths[i].suffix);
	gh_buf_fmt(&step, "predict.rtmr1%s%s", *paths[i].suffix ? "." : "",
	    *paths[i].suffix ? paths[i].suffix + 1 : "");
	f = add_step(j, gh_buf_cstr(&step), "RTMR1");
	gh_say(&f->title, "RTMR1: %s", paths[i].words);
	gh_say(&f->source, "%s", j->ask->kernel);
	if (*paths[i].suffix) /* only another way: the first is what is asked for */
		f->severity = GH_SEV_WARN;
	if (list_events(j, paths[i].flags, &log, &e) < 0) {
		say_open(f, "predict.rtmr.image", &e);
		return false;
	}
	return say_rtmr(j, f, &log, 1, gh_buf_cstr(&key));
}

/* The same in all boot paths. */
static void predict_rtmr2(struct job *j)
{
	struct gh_finding *f = add_step(j, "predict.rtmr2", "RTMR2");
	struct gh_rtmr_log log = {0};
	struct gh_err e = {0};

	gh_say(&f->source, "%s", j->ask->kernel);
	gh_say(&f->title, "%s",
	    j->uki ? "RTMR2 after the UKI's stub" : "RTMR2 after the kernel's EFI stub");
	if (list_events(j, 0, &log, &e) < 0) {
		say_open(f, "predict.rtmr.image", &e);
		return;
	}
	claim_events(j, &log);
	(void)say_rtmr(j, f, &log, 2, j->uki ? "rtmr2_stub" : "rtmr2");
}

/* Only a TD has these registers, and firmware loads nothing but PE images. */
static void predict_rtmr(struct job *j)
{
	struct gh_err e = {0};
	struct gh_pe pe;

	if (!j->ask->kernel || !gh_firmware_has_tdvf(&j->fw))
		return;
	if (gh_pe_parse(&pe, j->kernel.p, j->kernel.len, &e) < 0) {
		say_open(add_step(j, "predict.rtmr1", "RTMR1 and RTMR2"),
		    "predict.rtmr.image", &e);
		return;
	}
	j->uki = gh_rtmr_is_uki(&pe);
	for (size_t i = 0; i < GH_COUNT(paths); i++) {
		if (paths[i].uki == j->uki && !predict_path(j, i) && !*paths[i].suffix)
			break; /* the others lack the same */
	}
	predict_rtmr2(j);
}

/* ---- the search ----------------------------------------------------------------------- */

static void say_found(
    struct gh_finding *f, const struct gh_snp_launch *found, const char *model)
{
	gh_say(&f->observed, "given by %u CPUs of 0x%x%s%s, SEV_FEATURES 0x%llx, %s%s",
	    found->vcpus, found->sig, *model ? " " : "", model,
	    (unsigned long long)found->features, gh_vmm_word(found->vmm),
	    found->kernel ? ", kernel, initrd and command line measured" : "");
	gh_judge(f, GH_PASS, "");
}

static void say_lost(struct gh_finding *f)
{
	gh_judge(f, GH_FAIL, "predict.measurement.unknown");
	gh_say(&f->observed,
	    "no CPU model we know, with 1 to %d CPUs and SEV_FEATURES 0x1, 0x21 or as "
	    "given, gives this measurement",
	    FIND_CPUS);
	gh_say(&f->why, "the guest was started from other files, or in another way");
	gh_say(&f->remedy,
	    "check that firmware, kernel, initrd and command line are byte for byte "
	    "what the host starts; then try --vmm and --features");
}

static int find_measurement(struct job *j, struct gh_err *err)
{
	static const enum gh_vmm vmms[] = {GH_VMM_QEMU, GH_VMM_EC2, GH_VMM_GCE};
	struct gh_finding *f;

	f = add_step(j, "predict.measurement", "what gives the measurement");
	gh_say(&f->expected, "%s", j->ask->measurement);
	for (size_t i = 0; i < GH_COUNT(vmms); i++) {
		struct gh_snp_launch trial = j->snp;
		const char *model;
		int n;

		trial.vmm = vmms[i];
		n = j->ask->vmm && trial.vmm != j->snp.vmm
			? 0
			: gh_snp_launch_find(&trial, FIND_CPUS, j->want, &model, err);
		if (n < 0)
			return gh_err_prefix(err, "--measurement");
		if (n > 0) {
			say_found(f, &trial, model);
			return 0;
		}
	}
	say_lost(f);
	return 0;
}

int gh_op_predict(const struct gh_env *env, const struct gh_predict_ask *ask,
    struct gh_result *out, struct gh_err *err)
{
	gh_auto(struct job, free_job) j = {.ask = ask, .out = out};
	const char *slash = strrchr(ask->firmware, '/');

	j.name = slash ? slash + 1 : ask->firmware;
	if (read_options(&j, err) < 0 || read_all(&j, err) < 0)
		return -1;
	out->at = gh_now(env);
	claim_launch(&j);
	if (predict_snp(&j, err) < 0)
		return -1;
	if (ask->measurement) {
		if (find_measurement(&j, err) < 0)
			return -1;
	} else {
		predict_mrtd(&j);
		predict_rtmr(&j);
	}
	return gh_result_ok(out, err);
}
