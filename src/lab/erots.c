/* SPDX-License-Identifier: Apache-2.0
 * Makes the lab's ERoTs. A real chip has a BROM authority of its own; here those of one host
 * share one, which saves a quarter of a second of `lab up`. */
#include "lab/erots.h"

#include <limits.h>
#include <stdio.h>

#include "base/file.h"

#define FILE_MAX (1u << 20)

static const char *const names[] = {"HGX_ERoT_GPU_SXM_1", "HGX_ERoT_GPU_SXM_2",
    "HGX_ERoT_GPU_SXM_3", "HGX_ERoT_GPU_SXM_4", "HGX_ERoT_GPU_SXM_5",
    "HGX_ERoT_GPU_SXM_6", "HGX_ERoT_GPU_SXM_7", "HGX_ERoT_GPU_SXM_8",
    "HGX_ERoT_NVSwitch_0", "HGX_ERoT_NVSwitch_1", "HGX_ERoT_NVSwitch_2",
    "HGX_ERoT_NVSwitch_3", "HGX_ERoT_FPGA_0", "HGX_ERoT_BMC_0", "HGX_ERoT_PCIeSwitch_0"};

struct making {
	const struct gh_lab_erots_in *in;
	const struct gh_lab_cert *root;
	struct gh_lab_erot_ca ca;
	struct gh_buf upper; /* PEM of root and authorities */
};

static void making_free(struct making *m)
{
	gh_lab_erot_ca_free(&m->ca);
	gh_buf_free(&m->upper);
}

static int begin(struct making *m, struct gh_err *err)
{
	if (gh_lab_erot_ca_make(&m->ca, m->root, m->in->now, err) < 0 ||
	    gh_lab_cert_pem(m->root, &m->upper, err) < 0 ||
	    gh_lab_cert_pem(&m->ca.identity, &m->upper, err) < 0)
		return -1;
	return gh_lab_cert_pem(&m->ca.ica, &m->upper, err);
}

/* The authority of one host's chips, and the chain down to it. */
struct board {
	struct gh_lab_cert brom;
	struct gh_buf upper;
};

static void board_free(struct board *b)
{
	gh_lab_cert_free(&b->brom);
	gh_buf_free(&b->upper);
}

static int make_board(struct board *b, const struct making *m, struct gh_err *err)
{
	uint8_t serial[8];

	gh_buf_add(&b->upper, m->upper.p, m->upper.len);
	if (gh_random(m->in->env, serial, sizeof(serial), err) < 0 ||
	    gh_lab_erot_brom_make(&b->brom, &m->ca, serial, m->in->now, err) < 0)
		return -1;
	return gh_lab_cert_pem(&b->brom, &b->upper, err);
}

/* New reference, NULL on error. */
static json_t *make_one(const struct making *m, const struct board *b, struct gh_err *err)
{
	gh_auto(struct gh_lab_cert, gh_lab_cert_free) leaf = {0};
	gh_auto(struct gh_buf, gh_buf_free) chain = {0};
	gh_auto(struct gh_buf, gh_buf_free) key = {0};
	uint8_t serial[8];

	gh_buf_add(&chain, b->upper.p, b->upper.len);
	if (gh_random(m->in->env, serial, sizeof(serial), err) < 0 ||
	    gh_lab_erot_leaf_make(&leaf, &b->brom, serial, m->in->now, err) < 0 ||
	    gh_lab_cert_pem(&leaf, &chain, err) < 0 ||
	    gh_signer_pem(leaf.key, &key, err) < 0)
		return NULL;
	return json_pack(
	    "{s:s, s:s}", "chain", gh_buf_cstr(&chain), "key", gh_buf_cstr(&key));
}

static int path_of(
    char out[static PATH_MAX], const char *dir, const char *which, struct gh_err *err)
{
	int n = snprintf(out, PATH_MAX, "%s/erot/%s.json", dir, which);

	if (n < 0 || n >= PATH_MAX)
		return gh_fail(err, GH_E_CONFIG, "the lab's folder name is too long");
	return 0;
}

/* All of a host, or only the first. */
static int make_file(
    const struct making *m, const char *which, size_t n, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) all = json_object();
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	gh_auto(struct board, board_free) board = {0};
	char path[PATH_MAX];

	if (make_board(&board, m, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		json_t *one = make_one(m, &board, err);

		if (!one)
			return gh_err_prefix(err, "%s", names[i]);
		json_object_set_new(all, names[i], one);
	}
	gh_json_dump(&text, all);
	if (gh_buf_ok(&text, err) < 0 || path_of(path, m->in->dir, which, err) < 0)
		return -1;
	return gh_file_write(path, text.p, text.len, 0600, err);
}

static int make_foreign(const struct gh_lab_erots_in *in, struct gh_err *err)
{
	gh_auto(struct gh_lab_device_ca, gh_lab_device_ca_free) device = {0};
	gh_auto(struct making, making_free) m = {.in = in};

	if (gh_lab_device_ca_make(&device, in->now, err) < 0)
		return -1;
	m.root = &device.root;
	if (begin(&m, err) < 0)
		return -1;
	return make_file(&m, "foreign", 1, err);
}

int gh_lab_erots_make(const struct gh_lab_erots_in *in, const char *const *hosts,
    size_t n, struct gh_err *err)
{
	gh_auto(struct making, making_free) m = {.in = in, .root = in->root};
	char dir[PATH_MAX];

	if (gh_path_join(dir, sizeof(dir), in->dir, "erot", err) ||
	    gh_file_mkdirs(dir, 0755, err) < 0 || begin(&m, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (make_file(&m, hosts[i], GH_COUNT(names), err) < 0)
			return gh_err_prefix(err, "%s", hosts[i]);
	return make_foreign(in, err);
}

json_t *gh_lab_erots_load(const char *dir, const char *which, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	char path[PATH_MAX];
	json_t *all;

	if (path_of(path, dir, which, err) < 0 ||
	    gh_file_read(&text, path, FILE_MAX, err) < 0)
		return NULL;
	all = gh_json_parse(text.p, text.len, err);
	if (!all)
		gh_err_prefix(err, "%s", path);
	return all;
}
