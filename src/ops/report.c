/* SPDX-License-Identifier: Apache-2.0
 * Signed reports: what the store holds of a host, the lab's anchors and the RIMs along. */
#include "ops/report.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/version.h"
#include "ops/internal.h"
#include "ops/rims.h"
#include "report/export.h"
#include "report/key.h"
#include "report/make.h"

#define TRUST_MAX (1u << 20)

/* The raw RIM files of the fleet's folder. */
struct raw_rims {
	struct gh_buf *buf;
	struct gh_bytes *view;
	size_t n;
};

static void raw_rims_free(struct raw_rims *r)
{
	for (size_t i = 0; i < r->n; i++)
		gh_buf_free(&r->buf[i]);
	free(r->buf);
	free(r->view);
}

/* For gh_rim_folder: keeps the bytes as they are. */
static int keep_rim(void *ctx, struct gh_buf *bytes, struct gh_err *err)
{
	struct raw_rims *r = ctx;

	(void)err;
	r->buf[r->n] = gh_take(*bytes);
	r->view[r->n] = gh_buf_view(&r->buf[r->n]);
	r->n++;
	return 1;
}

static int read_rims(struct raw_rims *r, const char *folder, struct gh_err *err)
{
	r->buf = calloc(GH_RIM_FILES_MAX, sizeof *r->buf);
	r->view = calloc(GH_RIM_FILES_MAX, sizeof *r->view);
	if (r->buf == NULL || r->view == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	return gh_rim_folder(folder, keep_rim, r, err);
}

static void put_info(struct gh_report_info *out, const struct gh_report_row *row)
{
	*out = (struct gh_report_info){.issued = row->issued, .sequence = row->sequence};
	memcpy(out->id, row->id, sizeof out->id);
	memcpy(out->host, row->host, sizeof out->host);
	memcpy(out->verdict, row->verdict, sizeof out->verdict);
	memcpy(out->payload_sha256, row->payload_sha256, sizeof out->payload_sha256);
}

int gh_op_report_make(struct gh_session *s, const char *host, const char *audience,
    struct gh_report_info *out, struct gh_err *err)
{
	gh_auto(struct raw_rims, raw_rims_free) rims = {0};
	gh_auto(struct gh_buf, gh_buf_free) trust = {0};
	const struct gh_host *h;
	struct gh_report_row row;

	if (gh_session_need_fleet(s, err) < 0)
		return -1;
	h = gh_fleet_host(s->fleet, host);
	if (h == NULL)
		return gh_fail(
		    err, GH_E_USAGE, "there is no host '%s' in %s", host, s->fleet->path);
	if (read_rims(&rims, s->fleet->rims, err) < 0 ||
	    (s->fleet->trust[0] != '\0' &&
		gh_file_read(&trust, s->fleet->trust, TRUST_MAX, err) < 0))
		return -1;
	const struct gh_report_inputs in = {.host = host,
	    .audience = audience,
	    .state_dir = s->state,
	    .version = gh_version(),
	    .n_gpus = h->n_gpus,
	    .fresh_s = s->fleet->fresh_s,
	    .lab = s->fleet->lab,
	    .lab_trust = s->fleet->lab ? gh_buf_view(&trust) : (struct gh_bytes){NULL, 0},
	    .rim = rims.view,
	    .n_rims = rims.n};
	if (gh_report_make(s->store, s->env, &in, &row, err) < 0)
		return -1;
	put_info(out, &row);
	return 0;
}

int gh_op_report_export(struct gh_session *s, const char *id, const char *dir,
    struct gh_report_info *out, struct gh_err *err)
{
	struct gh_report_row row;

	if (gh_report_export(s->store, id, dir, &row, err) < 0)
		return -1;
	put_info(out, &row);
	return 0;
}

static void free_rows(struct gh_report_row **r)
{
	free(*r);
}

int gh_op_report_list(struct gh_session *s, const char *host, struct gh_report_info **out,
    size_t *n, struct gh_err *err)
{
	gh_auto(struct gh_report_row *, free_rows) row = NULL;

	*n = 0;
	if (gh_store_reports(s->store, host, 1000, &row, n, err) < 0)
		return -1;
	*out = calloc(*n + 1, sizeof **out);
	if (*out == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < *n; i++)
		put_info(&(*out)[i], &row[i]);
	return 0;
}

int gh_op_report_key(struct gh_session *s, struct gh_buf *pem, struct gh_err *err)
{
	gh_auto(struct gh_signer *, gh_signer_free) key = NULL;

	if (gh_report_key(&key, s->state, err) < 0)
		return -1;
	return gh_signer_public_pem(key, pem, err);
}
