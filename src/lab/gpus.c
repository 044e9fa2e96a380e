/* SPDX-License-Identifier: Apache-2.0
 * Brings the lab's GPUs into being, and breaks and heals one of them. */
#include "lab/gpus.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"
#include "lab/erots.h"
#include "lab/gpus_report.h"
#include "lab/gpus_rim.h"
#include "lab/kds.h"
#include "lab/kds_pki.h"

#define FILE_MAX 65536 /* no file of a lab GPU is larger */

/* ---- paths and files ------------------------------------------------------------- */

static int path_of(char out[static PATH_MAX], struct gh_err *err, const char *fmt, ...)
    GH_PRINTF(3, 4);
static int path_of(char out[static PATH_MAX], struct gh_err *err, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(out, PATH_MAX, fmt, ap);
	va_end(ap);
	if (n < 0 || n >= PATH_MAX)
		return gh_fail(err, GH_E_CONFIG, "the lab's folder name is too long");
	return 0;
}

/* Without fsync: a hundred files that `lab up` makes again, and trust.json, which says that
 * all are there, comes last. */
static int write_new(
    const char *path, const struct gh_buf *b, unsigned int mode, struct gh_err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	ssize_t n = fd < 0 ? -1 : write(fd, b->p, b->len);
	int e = errno;

	if (fd >= 0)
		close(fd);
	if (n != (ssize_t)b->len)
		return gh_fail(err, GH_E_IO, "cannot write %s: %s", path,
		    n < 0 ? strerror(e) : "the disk is full");
	return 0;
}

static int write_cert(
    const char *dir, const char *name, const struct gh_lab_cert *c, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	char path[PATH_MAX];

	if (path_of(path, err, "%s/lab-ca/%s.pem", dir, name) < 0 ||
	    gh_lab_cert_pem(c, &pem, err) < 0)
		return -1;
	return write_new(path, &pem, 0644, err);
}

/* ---- making ---------------------------------------------------------------------- */

struct making {
	const char *dir;
	int64_t now;
	uint8_t seed[32];
	struct gh_lab_device_ca device;
	struct gh_lab_rim_ca rim;
	uint8_t ark[32]; /* pin of the lab's ARK */
};

static void making_free(struct making *m)
{
	gh_lab_device_ca_free(&m->device);
	gh_lab_rim_ca_free(&m->rim);
}

/* The public certificates, for people who look with openssl. */
static int write_authorities(const struct making *m, struct gh_err *err)
{
	const struct {
		const char *name;
		const struct gh_lab_cert *cert;
	} all[] = {
	    {"device-root", &m->device.root},
	    {"device-identity", &m->device.identity},
	    {"device-ica", &m->device.ica},
	    {"rim-root", &m->rim.root},
	    {"rim-l2", &m->rim.l2},
	    {"rim-l3", &m->rim.l3},
	    {"rim-signer", &m->rim.signer},
	};

	for (size_t i = 0; i < GH_COUNT(all); i++)
		if (write_cert(m->dir, all[i].name, all[i].cert, err) < 0)
			return -1;
	return 0;
}

static int write_rim(
    const struct making *m, enum gh_lab_rim kind, const char *id, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) xml = {0};
	char path[PATH_MAX];

	if (path_of(path, err, "%s/rims/%s.xml", m->dir, id) < 0 ||
	    gh_lab_rim_make(&xml, kind, &m->rim, m->seed, err) < 0)
		return -1;
	return write_new(path, &xml, 0644, err);
}

static int write_identity(const char *dir, const char *prefix,
    const struct gh_lab_identity *id, const struct gh_lab_device_ca *ca,
    struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};
	gh_auto(struct gh_buf, gh_buf_free) key = {0};
	char path[PATH_MAX];

	if (path_of(path, err, "%s/%schain.pem", dir, prefix) < 0 ||
	    gh_lab_chain_pem(id, ca, &pem, err) < 0 ||
	    write_new(path, &pem, 0644, err) < 0)
		return -1;
	if (path_of(path, err, "%s/%sleaf.pem", dir, prefix) < 0 ||
	    gh_signer_pem(id->leaf.key, &key, err) < 0)
		return -1;
	return write_new(path, &key, 0600, err);
}

static int write_gpu(
    const struct making *m, const char *host, unsigned int n, struct gh_err *err)
{
	gh_auto(struct gh_lab_identity, gh_lab_identity_free) id = {0};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_lab_gpu gpu;
	char dir[PATH_MAX], path[PATH_MAX];

	if (path_of(dir, err, "%s/gpu/%s/%u", m->dir, host, n) < 0 ||
	    gh_file_mkdirs(dir, 0755, err) < 0 ||
	    gh_lab_gpu_derive(&gpu, m->seed, host, n, err) < 0 ||
	    gh_lab_identity_make(&id, &m->device, gpu.pdi, gpu.fwid, m->now, err) < 0 ||
	    write_identity(dir, "", &id, &m->device, err) < 0)
		return -1;
	gh_auto(json_t *, gh_json_free) report = gh_lab_report_json(&gpu, m->seed, err);
	if (!report)
		return -1;
	gh_json_dump_pretty(&text, report);
	if (gh_buf_ok(&text, err) < 0 || path_of(path, err, "%s/report.json", dir) < 0)
		return -1;
	return write_new(path, &text, 0644, err);
}

/* An anchor is the SHA-256 of the root's SubjectPublicKeyInfo (evidence/trust.h). */
static void add_pin(json_t *list, const char *root, const char *name, const char *product,
    const uint8_t spki[static 32])
{
	json_t *o = json_object();
	char hex[65];

	gh_hex(hex, spki, 32);
	gh_json_set_str(o, "root", root);
	gh_json_set_str(o, "name", name);
	gh_json_set_str(o, "product", product);
	gh_json_set_str(o, "spki_sha256", hex);
	json_object_set_new(o, "lab", json_true());
	json_array_append_new(list, o);
}

static int add_anchor(
    json_t *list, const char *root, const struct gh_lab_cert *c, struct gh_err *err)
{
	gh_auto(struct gh_pubkey *, gh_pubkey_free) key = NULL;
	uint8_t spki[32];
	char cn[64] = "";

	if (gh_signer_pubkey(c->key, &key, err) < 0 ||
	    gh_pubkey_spki_sha256(key, spki, err) < 0)
		return -1;
	X509_NAME_get_text_by_NID(
	    X509_get_subject_name(c->x), NID_commonName, cn, sizeof(cn));
	add_pin(list, root, cn, "", spki);
	return 0;
}

static int write_trust(const struct making *m, const char *path, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) top = json_object();
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	json_t *list = json_array();

	json_object_set_new(top, "anchors", list);
	if (add_anchor(list, "nvidia-device", &m->device.root, err) < 0 ||
	    add_anchor(list, "nvidia-rim", &m->rim.root, err) < 0)
		return -1;
	add_pin(
	    list, "amd-ark", "LAB ARK-" GH_LAB_KDS_PRODUCT, GH_LAB_KDS_PRODUCT, m->ark);
	gh_json_dump_pretty(&text, top);
	if (gh_buf_ok(&text, err) < 0)
		return -1;
	return gh_file_write(path, text.p, text.len, 0644, err);
}

static int make_folders(const char *dir, struct gh_err *err)
{
	static const char *const sub[] = {"lab-ca", "rims", "gpu"};
	char path[PATH_MAX];

	for (size_t i = 0; i < GH_COUNT(sub); i++)
		if (path_of(path, err, "%s/%s", dir, sub[i]) < 0 ||
		    gh_file_mkdirs(path, 0755, err) < 0)
			return -1;
	return 0;
}

int gh_lab_gpus_make(const char *dir, const char *const *hosts, size_t n,
    const struct gh_env *env, struct gh_err *err)
{
	gh_auto(struct making, making_free) m = {.dir = dir, .now = gh_now(env)};
	char trust[PATH_MAX];

	if (path_of(trust, err, "%s/trust.json", dir) < 0)
		return -1;
	if (access(trust, F_OK) == 0)
		return 0;
	if (gh_random(env, m.seed, sizeof(m.seed), err) < 0 ||
	    make_folders(dir, err) < 0 ||
	    gh_lab_device_ca_make(&m.device, m.now, err) < 0 ||
	    gh_lab_rim_ca_make(&m.rim, m.now, err) < 0 ||
	    gh_lab_kds_make(dir, m.now, m.ark, err) < 0 ||
	    write_authorities(&m, err) < 0 ||
	    write_rim(&m, GH_LAB_RIM_DRIVER, GH_LAB_RIM_ID_DRIVER, err) < 0 ||
	    write_rim(&m, GH_LAB_RIM_VBIOS, GH_LAB_RIM_ID_VBIOS, err) < 0 ||
	    write_rim(&m, GH_LAB_RIM_SWITCH, GH_LAB_RIM_ID_SWITCH, err) < 0)
		return -1;
	for (size_t h = 0; h < n; h++)
		for (unsigned int i = 0; i < GH_LAB_GPUS; i++)
			if (write_gpu(&m, hosts[h], i, err) < 0)
				return gh_err_prefix(err, "%s:%u", hosts[h], i);
	const struct gh_lab_erots_in erots = {dir, &m.device.root, env, m.now};
	if (gh_lab_erots_make(&erots, hosts, n, err) < 0)
		return -1;
	return write_trust(&m, trust, err);
}

/* ---- faults ---------------------------------------------------------------------- */

/* Only report.json is ever replaced, in one rename: what the shim serves changes between
 * two reads, never within one. Certificates that a fault needs lie beside the healthy
 * ones, under names that the changed report.json points to. */
struct breaking {
	const char *dir;  /* dir/gpu/HOST */
	unsigned int gpu; /* 0..7 */
	char own[PATH_MAX];
	json_t *report;
};

static int read_json(json_t **out, const char *path, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	if (gh_file_read(&text, path, FILE_MAX, err) < 0)
		return -1;
	*out = gh_json_parse(text.p, text.len, err);
	return *out ? 0 : gh_err_prefix(err, "%s", path);
}

static void serve_fault_files(struct breaking *b)
{
	gh_json_set_str(b->report, "chain", "fault-chain.pem");
	gh_json_set_str(b->report, "key", "fault-leaf.pem");
}

/* Another VBIOS measures differently at index 2; the text it gives itself is unchanged. */
static int break_vbios(struct breaking *b, struct gh_err *err)
{
	json_t *blocks = json_object_get(b->report, "blocks");
	const char *now = json_string_value(json_array_get(blocks, 2));
	uint8_t other[48];
	char hex[97];

	if (!now)
		return gh_fail(err, GH_E_CONFIG, "report.json has no block 2");
	if (gh_hash(GH_SHA384, now, strlen(now), other, err) < 0)
		return -1;
	gh_hex(hex, other, sizeof(other));
	json_array_set_new(blocks, 2, json_string(hex));
	return 0;
}

static const char *opaque_of(const json_t *report, json_int_t type)
{
	json_t *item;
	size_t i;

	json_array_foreach(json_object_get(report, "opaque"), i,
	    item) if (json_integer_value(json_object_get(item, "type")) ==
		      type) return json_string_value(json_object_get(item, "data"));
	return "";
}

/* The same names and the same PDI under a root that nobody pinned. */
static int break_root(struct breaking *b, struct gh_err *err)
{
	gh_auto(struct gh_lab_device_ca, gh_lab_device_ca_free) ca = {0};
	gh_auto(struct gh_lab_identity, gh_lab_identity_free) id = {0};
	int64_t now = gh_now(&gh_env_real);
	uint8_t pdi[8], fwid[48];
	const char *pdi_hex;

	if (gh_json_str(b->report, "report.json", "pdi", &pdi_hex, err) < 0 ||
	    gh_unhex(pdi, sizeof(pdi), pdi_hex, err) < 0 ||
	    gh_unhex(fwid, sizeof(fwid), opaque_of(b->report, 20), err) < 0 ||
	    gh_lab_device_ca_make(&ca, now, err) < 0 ||
	    gh_lab_identity_make(&id, &ca, pdi, fwid, now, err) < 0 ||
	    write_identity(b->own, "fault-", &id, &ca, err) < 0)
		return -1;
	serve_fault_files(b);
	return 0;
}

static int copy_file(
    const char *from, const char *to, unsigned int mode, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	if (gh_file_read(&b, from, FILE_MAX, err) < 0)
		return -1;
	return gh_file_write(to, b.p, b.len, mode, err);
}

/* Serves the identity of the GPU before it, under its own UUID and index. */
static int break_swap(struct breaking *b, struct gh_err *err)
{
	static const char *const names[] = {"chain.pem", "leaf.pem"};
	unsigned int other = (b->gpu + GH_LAB_GPUS - 1) % GH_LAB_GPUS;
	char from[PATH_MAX], to[PATH_MAX];

	for (size_t i = 0; i < GH_COUNT(names); i++)
		if (path_of(from, err, "%s/%u/%s", b->dir, other, names[i]) < 0 ||
		    path_of(to, err, "%s/fault-%s", b->own, names[i]) < 0 ||
		    copy_file(from, to, i ? 0600 : 0644, err) < 0)
			return -1;
	serve_fault_files(b);
	return 0;
}

static const struct {
	const char *word;
	int (*apply)(
	    struct breaking *, struct gh_err *); /* NULL: the shim acts on the word */
} faults[] = {
    {"gpu-old-vbios", break_vbios},
    {"gpu-foreign-root", break_root},
    {"gpu-wrong-nonce", NULL},
    {"gpu-swapped", break_swap},
    {"gpu-bad-signature", NULL},
    /* of the ERoT beside the GPU: bmc_erot.c acts on the host's record */
    {"erot-wrong-nonce", NULL},
    {"erot-bad-signature", NULL},
    {"erot-foreign-root", NULL},
};

static int write_report(struct breaking *b, const char *path, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	gh_json_dump_pretty(&text, b->report);
	if (gh_buf_ok(&text, err) < 0)
		return -1;
	return gh_file_write(path, text.p, text.len, 0644, err);
}

static int apply_fault(struct breaking *b, const char *word, struct gh_err *err)
{
	for (size_t i = 0; i < GH_COUNT(faults); i++) {
		if (strcmp(faults[i].word, word) != 0)
			continue;
		json_object_set_new(b->report, "fault", json_string(word));
		return faults[i].apply ? faults[i].apply(b, err) : 0;
	}
	return gh_fail(err, GH_E_USAGE, "no GPU fault is called %s", word);
}

int gh_lab_gpu_fault(const char *dir, const char *host, unsigned int gpu,
    const char *fault, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) report = NULL;
	char of_host[PATH_MAX], live[PATH_MAX], healthy[PATH_MAX];
	struct breaking b = {.dir = of_host, .gpu = gpu};

	if (gpu >= GH_LAB_GPUS)
		return gh_fail(err, GH_E_USAGE, "GPU %u: a lab host has GPUs 0 to %d",
		    gpu, GH_LAB_GPUS - 1);
	if (path_of(of_host, err, "%s/gpu/%s", dir, host) < 0 ||
	    path_of(b.own, err, "%s/gpu/%s/%u", dir, host, gpu) < 0 ||
	    path_of(live, err, "%s/gpu/%s/%u/report.json", dir, host, gpu) < 0 ||
	    path_of(healthy, err, "%s/gpu/%s/%u/report.json.ok", dir, host, gpu) < 0)
		return -1;
	/* Each fault starts from the healthy state, whatever was broken before. */
	if (access(healthy, F_OK) != 0 && copy_file(live, healthy, 0644, err) < 0)
		return gh_err_prefix(err, "%s:%u", host, gpu);
	if (!fault)
		return copy_file(healthy, live, 0644, err);
	if (read_json(&report, healthy, err) < 0)
		return -1;
	b.report = report;
	if (apply_fault(&b, fault, err) < 0)
		return -1;
	return write_report(&b, live, err);
}
