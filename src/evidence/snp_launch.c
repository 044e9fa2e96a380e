/* SPDX-License-Identifier: Apache-2.0
 * The launch digest: one SHA-384 for each page, each over the one before. */
#include "evidence/snp_launch.h"

#include "crypto/digest.h"

#define INFO_LEN 0x70 /* PAGE_INFO */
#define VMSA_GPA 0xFFFFFFFFF000ull

/* Page types of PAGE_INFO. */
enum {
	PAGE_NORMAL = 1,
	PAGE_VMSA = 2,
	PAGE_ZERO = 3,
	PAGE_UNMEASURED = 4,
	PAGE_SECRETS = 5,
	PAGE_CPUID = 6
};

/* ---- vCPU models -------------------------------------------------------------------- */

/* The models of QEMU; -v1.., -noTSX.. behind the name do not change the signature. */
static const struct {
	const char *name;
	uint32_t sig;
} models[] = {
    {"EPYC", 0x800F12},
    {"EPYC-Rome", 0x830F10},
    {"EPYC-Milan", 0xA00F11},
    {"EPYC-Genoa", 0xA10F10},
    {"EPYC-Turin", 0xB00F00},
};

/* True when rest is "", "-IBPB" or "-v" and digits. */
static bool is_version(const char *rest)
{
	if (!*rest || !strcmp(rest, "-IBPB"))
		return true;
	return !strncmp(rest, "-v", 2) && rest[2] &&
	       strspn(rest + 2, "0123456789") == strlen(rest + 2);
}

uint32_t gh_snp_cpu_sig(const char *model)
{
	for (size_t i = 0; i < GH_COUNT(models); i++) {
		size_t n = strlen(models[i].name);

		if (!strncmp(model, models[i].name, n) && is_version(model + n))
			return models[i].sig;
	}
	return 0;
}

const char *gh_snp_cpu_model(uint32_t sig)
{
	for (size_t i = 0; i < GH_COUNT(models); i++) {
		if (models[i].sig == sig)
			return models[i].name;
	}
	return "";
}

/* ---- pages -------------------------------------------------------------------------- */

struct digest {
	uint8_t ld[GH_SNP_LD_LEN];
};

static void put_le(unsigned char *at, size_t len, uint64_t v)
{
	for (size_t i = 0; i < len; i++)
		at[i] = (unsigned char)(v >> (8 * i));
}

/* contents: 48 bytes, NULL for types whose bytes are not measured. */
static int add_page(struct digest *d, unsigned int type, uint64_t gpa,
    const uint8_t *contents, struct gh_err *err)
{
	unsigned char info[INFO_LEN] = {0};

	memcpy(info, d->ld, 48);
	if (contents)
		memcpy(info + 48, contents, 48);
	put_le(info + 96, 2, INFO_LEN);
	info[98] = (unsigned char)type;
	put_le(info + 104, 8, gpa);
	return gh_hash(GH_SHA384, info, sizeof(info), d->ld, err);
}

static int add_bytes(struct digest *d, unsigned int type, uint64_t gpa,
    const unsigned char *page, struct gh_err *err)
{
	uint8_t contents[48];

	if (gh_hash(GH_SHA384, page, GH_FW_PAGE, contents, err) < 0)
		return -1;
	return add_page(d, type, gpa, contents, err);
}

static int add_blank(struct digest *d, unsigned int type, const struct gh_sev_section *s,
    struct gh_err *err)
{
	for (uint64_t at = 0; at < s->size; at += GH_FW_PAGE) {
		if (add_page(d, type, s->gpa + at, NULL, err) < 0)
			return -1;
	}
	return 0;
}

/* The whole file, right below 4 GiB. */
static int add_firmware(
    struct digest *d, const struct gh_firmware *fw, struct gh_err *err)
{
	uint64_t gpa = (1ull << 32) - fw->file.len;

	if (fw->file.len % GH_FW_PAGE)
		return gh_fail(err, GH_E_PARSE,
		    "firmware: %zu bytes are not whole pages: not the file that is "
		    "started",
		    fw->file.len);
	for (size_t at = 0; at < fw->file.len; at += GH_FW_PAGE) {
		if (add_bytes(d, PAGE_NORMAL, gpa + at, fw->file.p + at, err) < 0)
			return -1;
	}
	return 0;
}

int gh_snp_firmware_digest(
    const struct gh_firmware *fw, uint8_t out[static GH_SNP_LD_LEN], struct gh_err *err)
{
	struct digest d = {{0}};

	if (add_firmware(&d, fw, err) < 0)
		return -1;
	memcpy(out, d.ld, sizeof(d.ld));
	return 0;
}

/* ---- kernel hashes ------------------------------------------------------------------ */

#define TABLE_LEN    168
#define TABLE_PADDED 176

/* 9438d606-4f22-4cc9-b479-a793d411fd21 */
static const unsigned char table_guid[16] = {0x06, 0xd6, 0x38, 0x94, 0x22, 0x4f, 0xc9,
    0x4c, 0xb4, 0x79, 0xa7, 0x93, 0xd4, 0x11, 0xfd, 0x21};
/* 97d02dd8-bd20-4c94-aa78-e7714d36ab2a */
static const unsigned char cmdline_guid[16] = {0xd8, 0x2d, 0xd0, 0x97, 0x20, 0xbd, 0x94,
    0x4c, 0xaa, 0x78, 0xe7, 0x71, 0x4d, 0x36, 0xab, 0x2a};
/* 44baf731-3a2f-4bd7-9af1-41e29169781d */
static const unsigned char initrd_guid[16] = {0x31, 0xf7, 0xba, 0x44, 0x2f, 0x3a, 0xd7,
    0x4b, 0x9a, 0xf1, 0x41, 0xe2, 0x91, 0x69, 0x78, 0x1d};
/* 4de79437-abd2-427f-b835-d5b172d2045b */
static const unsigned char kernel_guid[16] = {0x37, 0x94, 0xe7, 0x4d, 0xd2, 0xab, 0x7f,
    0x42, 0xb8, 0x35, 0xd5, 0xb1, 0x72, 0xd2, 0x04, 0x5b};

/* GUID, u16 length of the entry, SHA-256. */
static unsigned char *put_entry(
    unsigned char *at, const unsigned char guid[16], const uint8_t sha256[32])
{
	memcpy(at, guid, 16);
	put_le(at + 16, 2, 50);
	memcpy(at + 18, sha256, 32);
	return at + 50;
}

static void fill_hashes(
    unsigned char *page, uint32_t offset, const struct gh_snp_launch *in)
{
	unsigned char *at = page + offset;

	memset(page, 0, GH_FW_PAGE);
	memcpy(at, table_guid, 16);
	put_le(at + 16, 2, TABLE_LEN);
	at = put_entry(at + 18, cmdline_guid, in->cmdline_sha256);
	at = put_entry(at, initrd_guid, in->initrd_sha256);
	put_entry(at, kernel_guid, in->kernel_sha256);
}

int gh_snp_launch_kernel(struct gh_snp_launch *in, struct gh_bytes kernel,
    struct gh_bytes initrd, const char *cmdline, struct gh_err *err)
{
	const char *text = cmdline ? cmdline : "";

	in->kernel = true;
	if (gh_sha256(kernel.p, kernel.len, in->kernel_sha256, err) < 0 ||
	    gh_sha256(initrd.p, initrd.len, in->initrd_sha256, err) < 0)
		return -1;
	return gh_sha256(text, strlen(text) + 1, in->cmdline_sha256, err);
}

/* ---- the list ----------------------------------------------------------------------- */

struct job {
	const struct gh_snp_launch *in;
	struct gh_sev_list list;
	struct digest d;
};

static int add_hashes(struct job *j, const struct gh_sev_section *s, struct gh_err *err)
{
	unsigned char page[GH_FW_PAGE];

	if (!j->in->kernel)
		return add_blank(&j->d, PAGE_ZERO, s, err);
	fill_hashes(page, j->list.hash_gpa % GH_FW_PAGE, j->in);
	return add_bytes(&j->d, PAGE_NORMAL, s->gpa, page, err);
}

static int add_section(struct job *j, const struct gh_sev_section *s, struct gh_err *err)
{
	switch (s->type) {
	case GH_SEV_SEC_MEM:
		return add_blank(&j->d,
		    j->in->vmm == GH_VMM_GCE ? PAGE_UNMEASURED : PAGE_ZERO, s, err);
	case GH_SEV_SVSM_CAA:
		return add_blank(&j->d, PAGE_ZERO, s, err);
	case GH_SEV_SECRETS:
		return add_blank(&j->d, PAGE_SECRETS, s, err);
	case GH_SEV_CPUID: /* EC2 measures it last */
		if (j->in->vmm == GH_VMM_EC2)
			return 0;
		return add_blank(&j->d, PAGE_CPUID, s, err);
	case GH_SEV_KERNEL_HASHES:
		return add_hashes(j, s, err);
	}
	return 0;
}

/* Sections in the order of the file, never in a fixed one: edk2 has moved them. */
static int add_list(struct job *j, struct gh_err *err)
{
	for (size_t i = 0; i < j->list.n; i++) {
		if (add_section(j, &j->list.at[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; j->in->vmm == GH_VMM_EC2 && i < j->list.n; i++) {
		if (j->list.at[i].type == GH_SEV_CPUID &&
		    add_blank(&j->d, PAGE_CPUID, &j->list.at[i], err) < 0)
			return -1;
	}
	return 0;
}

/* A kernel is measured into one page only, and the firmware must know where. */
static int check_kernel(const struct job *j, struct gh_err *err)
{
	const struct gh_sev_list *l = &j->list;
	const struct gh_sev_section *page = NULL;

	if (!j->in->kernel)
		return 0;
	for (size_t i = 0; i < l->n; i++) {
		if (l->at[i].type == GH_SEV_KERNEL_HASHES)
			page = &l->at[i];
	}
	if (!page || !l->has_hashes)
		return gh_fail(err, GH_E_PARSE,
		    "firmware has no SNP_KERNEL_HASHES section: it cannot measure a "
		    "kernel");
	if (l->hash_gpa / GH_FW_PAGE != page->gpa / GH_FW_PAGE ||
	    l->hash_gpa % GH_FW_PAGE > GH_FW_PAGE - TABLE_PADDED ||
	    l->hash_size < TABLE_PADDED)
		return gh_fail(err, GH_E_PARSE,
		    "firmware: the hash area 0x%x, %u bytes, does not lie in the page "
		    "0x%x",
		    l->hash_gpa, l->hash_size, page->gpa);
	return 0;
}

static int check_vcpus(
    const struct gh_sev_list *l, unsigned int vcpus, struct gh_err *err)
{
	if (!vcpus || vcpus > GH_SNP_VCPUS_MAX)
		return gh_fail(err, GH_E_USAGE, "%u virtual CPUs: 1 to %d are possible",
		    vcpus, GH_SNP_VCPUS_MAX);
	if (vcpus > 1 && !l->has_reset)
		return gh_fail(err, GH_E_PARSE,
		    "firmware: no SEV-ES reset block, so it starts one CPU only");
	return 0;
}

/* Everything before the CPUs. */
static int begin(struct job *j, const struct gh_snp_launch *in, struct gh_err *err)
{
	*j = (struct job){.in = in};
	if (gh_firmware_sev(&j->list, in->fw, err) < 0 || check_kernel(j, err) < 0)
		return -1;
	if (in->fw_digest)
		memcpy(j->d.ld, in->fw_digest, sizeof(j->d.ld));
	else if (add_firmware(&j->d, in->fw, err) < 0)
		return -1;
	return add_list(j, err);
}

/* ---- CPUs --------------------------------------------------------------------------- */

static int vmsa_digest(const struct gh_snp_launch *in, uint32_t eip,
    uint8_t out[static 48], struct gh_err *err)
{
	unsigned char page[GH_VMSA_LEN];
	struct gh_vmsa v = {in->vmm, in->sig, in->features, eip};

	gh_vmsa_page(page, &v);
	return gh_hash(GH_SHA384, page, sizeof(page), out, err);
}

/* Adds CPUs until there are max of them, or, with want, until the digest is that. Returns
 * how many there are; 0: want was not met, -1: failed. */
static int add_vcpus(
    struct job *j, unsigned int max, const uint8_t *want, struct gh_err *err)
{
	uint8_t first[48], other[48];

	if (vmsa_digest(j->in, GH_VMSA_BSP, first, err) < 0 ||
	    vmsa_digest(j->in, j->list.reset_eip, other, err) < 0)
		return -1;
	for (unsigned int i = 0; i < max; i++) {
		if (add_page(&j->d, PAGE_VMSA, VMSA_GPA, i ? other : first, err) < 0)
			return -1;
		if (want && !memcmp(j->d.ld, want, GH_SNP_LD_LEN))
			return (int)i + 1;
	}
	return want ? 0 : (int)max;
}

int gh_snp_launch_digest(
    const struct gh_snp_launch *in, uint8_t out[static GH_SNP_LD_LEN], struct gh_err *err)
{
	struct job j;

	if (begin(&j, in, err) < 0 || check_vcpus(&j.list, in->vcpus, err) < 0 ||
	    add_vcpus(&j, in->vcpus, NULL, err) < 0)
		return -1;
	memcpy(out, j.d.ld, sizeof(j.d.ld));
	return 0;
}

/* ---- the search --------------------------------------------------------------------- */

/* One signature and feature word, all counts. j is as begin() left it. */
static int try_counts(const struct job *j, const struct gh_snp_launch *in,
    unsigned int max, const uint8_t *want, struct gh_err *err)
{
	struct job trial = *j;

	trial.in = in;
	return add_vcpus(&trial, max, want, err);
}

static int try_models(const struct job *j, struct gh_snp_launch *in, unsigned int max,
    const uint8_t *want, struct gh_err *err)
{
	uint32_t asked = in->sig;

	/* EC2 and GCE do not put the model into the page: one try says all */
	for (size_t i = 0; i <= (in->vmm == GH_VMM_QEMU ? GH_COUNT(models) : 0); i++) {
		int n;

		in->sig = i ? models[i - 1].sig : asked;
		n = try_counts(j, in, max, want, err);
		if (n < 0)
			return -1;
		if (n > 0) {
			in->vcpus = (unsigned int)n;
			return 1;
		}
	}
	in->sig = asked;
	return 0;
}

int gh_snp_launch_find(struct gh_snp_launch *in, unsigned int max_vcpus,
    const uint8_t want[static GH_SNP_LD_LEN], const char **model, struct gh_err *err)
{
	const uint64_t features[] = {in->features, 0x1, 0x21};
	struct gh_snp_launch trial = *in;
	struct job j;

	*model = "";
	if (begin(&j, in, err) < 0 || check_vcpus(&j.list, max_vcpus, err) < 0)
		return -1;
	for (size_t i = 0; i < GH_COUNT(features); i++) {
		int n;

		trial.features = features[i];
		n = try_models(&j, &trial, max_vcpus, want, err);
		if (n < 0)
			return -1;
		if (n > 0) {
			*in = trial;
			*model = gh_snp_cpu_model(in->sig);
			return 1;
		}
	}
	return 0;
}
