/* SPDX-License-Identifier: Apache-2.0
 * What a judge works with: the facts of one host, and the one finding it fills. A finding
 * starts UNKNOWN with the words of the catalogue; a judge only says what it saw. */
#pragma once

#include "checks/bios_settings.h"
#include "checks/checks.h"

struct gh_fleet_view;

struct gh_judging {
	const struct gh_check *check;
	const struct gh_sources *src;
	const struct gh_facts *facts;
	const struct gh_probe *probe;      /* = src->probe; NULL = SSH did not answer */
	const struct gh_host *host;        /* = src->host */
	int64_t at;                        /* = src->at, for checks of age */
	const struct gh_fleet_view *fleet; /* of the checks of G17 alone, with result */
	struct gh_result *result;          /* the host's, so far */
	struct gh_finding *f;
	bool used_bmc; /* a judge looked at the BMC's reading */
};

/* A new finding of that check and host: UNKNOWN, with the words of the catalogue. */
struct gh_finding *gh_judge_open(
    struct gh_result *out, const struct gh_check *c, const char *host);
/* After the judge: an old reading of the BMC is no proof any more, and what both sources say
 * is worth more than what one says, or is a contradiction. */
void gh_judge_settle(struct gh_judging *j);

struct gh_judge {
	const char *id;
	void (*judge)(struct gh_judging *j);
};

/* One table a file, each closed by an empty row; gh_judge_find looks through all. */
extern const struct gh_judge gh_judges_identity[];
extern const struct gh_judge gh_judges_cpu[];
extern const struct gh_judge gh_judges_tdx[];
extern const struct gh_judge gh_judges_snp[];
extern const struct gh_judge gh_judges_vcek[]; /* AMD's certificate of the chip */
extern const struct gh_judge gh_judges_mem[];
extern const struct gh_judge gh_judges_dimms[]; /* which memory module is where */
extern const struct gh_judge gh_judges_boot[];
extern const struct gh_judge gh_judges_kernel[];
extern const struct gh_judge gh_judges_virt[];
extern const struct gh_judge gh_judges_gpu[];
extern const struct gh_judge gh_judges_io[];
extern const struct gh_judge gh_judges_access[];
extern const struct gh_judge gh_judges_bmc[];        /* the BMC itself (G02) */
extern const struct gh_judge gh_judges_bmc_log[];    /* its clock and event log (G02) */
extern const struct gh_judge gh_judges_bios[];       /* BIOS settings (G03) */
extern const struct gh_judge gh_judges_bios_state[]; /* Secure Boot, password, drift */
extern const struct gh_judge gh_judges_firmware[];   /* versions that the BMC knows */
extern const struct gh_judge gh_judges_hgx[];        /* those of the HGX baseboard */
extern const struct gh_judge gh_judges_rims[];       /* is there a RIM for it */
extern const struct gh_judge gh_judges_nic[];        /* NIC firmware, by both views */
extern const struct gh_judge gh_judges_spdm[];       /* evidence through the BMC */
extern const struct gh_judge gh_judges_enrol[];      /* is it the one that was enrolled */
extern const struct gh_judge gh_judges_uefi[];     /* EFI variables, boot measurements */
extern const struct gh_judge gh_judges_tpm[];      /* event log, golden PCRs, quote */
extern const struct gh_judge gh_judges_gputool[];  /* CC mode and its knobs */
extern const struct gh_judge gh_judges_services[]; /* packages, logs, network exposure */
extern const struct gh_judge gh_judges_fleet[];    /* the fleet as a whole (G17) */
const struct gh_judge *gh_judge_find(const char *id);

/* Verdicts. The text is what was observed. A failed check of severity warn is WARN; one of
 * severity info is never worse than recorded, so that it passes. */
void gh_judge_pass(struct gh_judging *j, const char *fmt, ...) GH_PRINTF(2, 3);
void gh_judge_fail(struct gh_judging *j, const char *reason, const char *fmt, ...)
    GH_PRINTF(3, 4);
/* A shade of fail that even a blocker only warns about (an SPR CPU, an unknown module). */
void gh_judge_warn(struct gh_judging *j, const char *reason, const char *fmt, ...)
    GH_PRINTF(3, 4);
/* A shade of fail that blocks whatever the check's severity is: the finding becomes a
 * blocker. */
void gh_judge_block(struct gh_judging *j, const char *reason, const char *fmt, ...)
    GH_PRINTF(3, 4);
/* Not applicable to this host. */
void gh_judge_skip(struct gh_judging *j, const char *fmt, ...) GH_PRINTF(2, 3);
/* What is recorded for a client's own policy passes, whatever it is; params "want" may list
 * the words that pass. */
void gh_judge_recorded(struct gh_judging *j, const char *word, const char *fmt, ...)
    GH_PRINTF(3, 4);
/* The same of a number; params "most" and "least" may bound it, each -1 = not. */
void gh_judge_counted(struct gh_judging *j, int64_t n, const char *fmt, ...)
    GH_PRINTF(3, 4);
/* Could not be checked; the text says why. */
void gh_judge_unknown(struct gh_judging *j, const char *reason, const char *fmt, ...)
    GH_PRINTF(3, 4);

/* The item when it was read well; else NULL, and the finding says why it is UNKNOWN. */
const struct gh_probe_item *gh_judge_item(struct gh_judging *j, const char *id);
/* Value of PATH:VALUE in an item of small files, first line, without blanks around it. */
bool gh_item_value(
    const struct gh_probe_item *it, const char *path, struct gh_bytes *out);
/* The file of an item of small files; UNKNOWN when it is not there. */
bool gh_judge_file(
    struct gh_judging *j, const char *item, const char *path, struct gh_bytes *out);
/* The same, as a whole unsigned number of base 10. */
bool gh_judge_number(
    struct gh_judging *j, const char *item, const char *path, uint64_t *out);

/* Walks the PATH:VALUE lines whose path has that prefix and suffix. */
struct gh_walk {
	struct gh_bytes rest;
	const char *prefix, *suffix;
	struct gh_bytes path, value; /* of the line found */
};
struct gh_walk gh_walk_of(
    const struct gh_probe_item *it, const char *prefix, const char *suffix);
bool gh_walk_next(struct gh_walk *w);

/* True when a line of the item contains all of a. *line (may be NULL) is that line. */
bool gh_item_line(const struct gh_probe_item *it, const char *a, struct gh_bytes *line);
/* A line of the kernel log with that text; false is proof only when the log begins at the
 * boot. */
bool gh_klog_whole(const struct gh_probe_item *klog);
/* The value of one parameter of /proc/cmdline ("" for a bare word); false when absent. */
bool gh_cmdline_get(struct gh_bytes cmdline, const char *name, struct gh_bytes *value);
/* True when word stands in the blank-separated list. */
bool gh_words_have(struct gh_bytes words, const char *word);
/* The number after text in s: "build_date 20240725". */
bool gh_number_after(struct gh_bytes s, const char *text, uint64_t *out);

/* A model specific register in the item "msr"; *out is set only when it was read, and the
 * same on each CPU. */
enum gh_msr { GH_MSR_READ, GH_MSR_ABSENT, GH_MSR_UNREADABLE, GH_MSR_UNEVEN };
enum gh_msr gh_item_msr(const struct gh_probe_item *it, unsigned int msr, uint64_t *out);
/* A model specific register, the same on each CPU that was read; UNKNOWN otherwise. */
bool gh_judge_msr(struct gh_judging *j, unsigned int msr, uint64_t *out);

/* ---- the second source ---- */

/* The resource at path ("{system}/Bios", see net/redfish_tree.h); sets the finding's source.
 * NULL: the finding says why it is UNKNOWN (no BMC, silent, not offered, refused). */
const json_t *gh_judge_bmc(struct gh_judging *j, const char *path);
/* Text of that resource; UNKNOWN when it is absent, no string, or a placeholder. */
const char *gh_judge_bmc_text(struct gh_judging *j, const char *path, const char *dotted);
/* True for what vendors write where there is nothing: "Not Present", "0123456789", "-*". */
bool gh_bmc_placeholder(const char *s);
/* A pinned fact; UNKNOWN "not_enrolled" when there is none. */
const json_t *gh_judge_pin(struct gh_judging *j, const char *fact);
/* Facts that the host says (a list that ends in NULL) against those that are pinned: FAIL
 * "not_enrolled_one" and false when one is another. Never enrolled, or not said: true. */
bool gh_judge_enrolled_one(struct gh_judging *j, const char *const *facts);
/* The finding "host.enrolment": is every pinned fact as it was. */
GH_MUST_USE int gh_judge_enrolment(struct gh_result *out, const struct gh_sources *src,
    const struct gh_facts *facts, struct gh_err *err);
/* True when s is a member of the array of strings. */
bool gh_set_has(const json_t *set, struct gh_bytes s);

/* ---- what operators tune: "params" of the catalogue entry ---- */
const char *gh_param_text(
    const struct gh_judging *j, const char *key, const char *otherwise);
int64_t gh_param_int(const struct gh_judging *j, const char *key, int64_t otherwise);
/* True when s stands in the array; an absent array holds nothing. */
bool gh_param_has(const struct gh_judging *j, const char *key, const char *s);

/* The processor, from /proc/cpuinfo. */
struct gh_cpu {
	char vendor[16];
	unsigned int family, model, stepping;
	uint64_t microcode;
	unsigned int n;          /* CPUs */
	unsigned int n_packages; /* physical ids */
	bool uniform;            /* every CPU says the same */
	bool uniform_microcode;
};
bool gh_cpu_read(struct gh_cpu *out, const struct gh_probe_item *cpu);
bool gh_judge_cpu(struct gh_judging *j, struct gh_cpu *out);
/* CPUID(1).EAX of an Intel part without its stepping. */
unsigned int gh_cpu_signature(const struct gh_cpu *c);

/* CPUID family 19h is Milan (models 00-0f), Genoa and Siena (10-1f, a0-af); 1Ah is Turin
 * (00-11), spec/snp.md section 1. */
enum gh_snp_product gh_cpu_snp_product(const struct gh_cpu *c);
struct gh_snp_status;
/* The item "snp.status"; UNKNOWN when it was not read. */
bool gh_judge_snp_status(
    struct gh_judging *j, struct gh_snp_status *out, enum gh_snp_product *product);

/* The TDX module that runs, and what is known about it. */
struct gh_tdx_module {
	char version[16];    /* "1.5.08"; "" when the log has only a date nobody knows */
	char mrseam[97];     /* hex; "" when not in the table */
	unsigned int n_cpus; /* 0 = table does not know the module */
	unsigned int cpu[8]; /* CPUID signatures, stepping ignored */
};
/* From the kernel's own file, or its log. False when neither names a module. */
bool gh_tdx_module_read(struct gh_tdx_module *out, const struct gh_probe *p);

/* "SEV-SNP API:1.55 build:29" */
bool gh_snp_api(struct gh_bytes line, uint64_t *major, uint64_t *minor, uint64_t *build);
/* "2.7", "10.1.0", "6.17.0-8-generic": the leading numbers, as many as there are of n. */
unsigned int gh_version_read(struct gh_bytes s, uint64_t *part, unsigned int n);
/* -1, 0, 1 of two versions of n parts. */
int gh_version_order(const uint64_t *a, const uint64_t *b, unsigned int n);
/* State of a unit in the item "units" ("qgsd active"). */
bool gh_unit_state(
    const struct gh_probe_item *units, const char *unit, struct gh_bytes *state);
/* Lifts the findings of that host on PCRs to A2 when host.boot.tpm_quote passed: the TPM
 * signed the values that they are about, for this run. Called once all checks are judged. */
void gh_tpm_lift(struct gh_findings *fs, const char *host);
/* The digest of one file in the item "kernel.image": file is how its path begins, with the
 * blank before it (" /boot/vmlinuz-"). */
bool gh_kernel_digest(
    const struct gh_probe_item *it, const char *file, char hex[static 65]);
/* A line of dpkg -V or rpm -V that says that a file is not as it was packed: neither a file of
 * configuration, nor one that was left out on purpose. */
bool gh_pkg_changed(struct gh_bytes line);
/* Y or 1, as module parameters say it. */
bool gh_is_yes(struct gh_bytes v);

/* The device-mapper folder ("/sys/block/dm-0") of a node or mapper name. */
bool gh_dm_dir(
    const struct gh_probe_item *dm, struct gh_bytes name, char *dir, size_t size);
/* True when /dev/dm-N or /dev/mapper/NAME stands on dm-crypt. */
bool gh_dm_encrypted(const struct gh_probe_item *dm, struct gh_bytes device);
/* Appends an EFI variable: four bytes of attributes, then its value; UNKNOWN when it cannot
 * be read. */
bool gh_judge_efivar_bytes(struct gh_judging *j, const char *item, struct gh_buf *out);
/* The first len bytes of one; UNKNOWN when it is absent or shorter. */
bool gh_judge_efivar(
    struct gh_judging *j, const char *item, unsigned char *out, size_t len);

/* One line of /proc/net/tcp or tcp6 in state LISTEN. */
bool gh_listener_read(struct gh_bytes line, bool *loopback, uint64_t *port);
/* Walks the TCP ports that listen, of IPv4 and, where the host has it, of IPv6. */
struct gh_listeners {
	struct gh_judging *j; /* the rest starts as zeros */
	unsigned int n_read;  /* of the two lists */
	struct gh_bytes rest;
	bool loopback; /* of the port found */
	uint64_t port;
};
/* 1: a port; 0: there is none; -1: a list could not be read, and the finding says why. */
int gh_listeners_next(struct gh_listeners *l);
/* Device, type and flags of what is mounted there; the last mount counts. */
bool gh_mounted(const struct gh_probe_item *mounts, const char *where,
    struct gh_bytes *device, struct gh_bytes *type, struct gh_bytes *flags);
/* The line of chronyc -c tracking: field 4 is the correction in seconds (here in
 * microseconds, without its sign), field 13 the leap status. */
bool gh_chrony_read(struct gh_bytes line, uint64_t *us, struct gh_bytes *leap);
