/* SPDX-License-Identifier: Apache-2.0
 * Writing a bundle folder from the store. */
#include "report/export.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "proof/dsse.h"
#include "report/html.h"

static const char verify_text[] =
    "How to check this report yourself. Only the last command needs gatehouse.\n"
    "\n"
    "The key in signer.pem proves nothing by itself: compare it with the operator's key\n"
    "that you got by another way. Its id is\n"
    "  %s\n"
    "and this command computes it:\n"
    "  openssl pkey -pubin -in signer.pem -outform DER | sha256sum\n"
    "\n"
    "1. The report is signed:\n"
    "  openssl dgst -sha256 -verify signer.pem -signature report.json.sig report.json\n"
    "\n"
    "2. The envelope signs the same bytes (DSSE):\n"
    "  jq -r .payload report.dsse.json | base64 -d | cmp - report.json && echo same\n"
    "  jq -r '.signatures[0].sig' report.dsse.json | base64 -d > dsse.der\n"
    "  { printf 'DSSEv1 28 application/vnd.in-toto+json %%d ' \"$(stat -c%%s "
    "report.json)\"; cat report.json; } | \\\n"
    "    openssl dgst -sha256 -verify signer.pem -signature dsse.der\n"
    "\n"
    "3. The evidence is what the report names:\n"
    "  test \"$(jq -r '.subject[0].digest.sha256' report.json)\" = \"$(sha256sum "
    "evidence/index.json | cut -d' ' -f1)\" && echo index good\n"
    "  (cd evidence && jq -r 'keys[] | . + \"  \" + .' index.json | sha256sum -c "
    "--quiet) && echo evidence good\n"
    "\n"
    "4. The verdict follows from the checks (no blocking check failed or was not done):\n"
    "  jq -r '.predicate | .verdict, ([.checks[] | select(.severity == \"block\" and "
    "(.outcome == \"fail\" or .outcome == \"error\"))] | length)' report.json\n"
    "\n"
    "5. Everything at once, and each GPU's evidence judged again:\n"
    "  gatehouse-verify bundle . --trust OPERATOR-KEY.pem --audience '%s'%s\n";

struct exporting {
	struct gh_store *store;
	const char *dir;
	char evidence[PATH_MAX];
	struct gh_buf payload, signer;
	struct gh_err *err;
};

static void exporting_free(struct exporting *x)
{
	gh_buf_free(&x->payload);
	gh_buf_free(&x->signer);
}

static int must_be_empty(const char *dir, struct gh_err *err)
{
	DIR *d = opendir(dir);
	bool other = false;
	if (!d)
		return gh_fail(err, GH_E_IO, "%s: %s", dir, strerror(errno));
	for (struct dirent *e; (e = readdir(d));)
		other |= strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	closedir(d);
	if (!other)
		return 0;
	gh_fail(err, GH_E_USAGE, "%s is not empty", dir);
	return gh_err_hint(err, "name a new folder for the bundle");
}

static int put_file(
    struct exporting *x, const char *dir, const char *name, struct gh_bytes bytes)
{
	char path[PATH_MAX];
	return gh_path_join(path, sizeof(path), dir, name, x->err) ||
		       gh_file_write(path, bytes.p, bytes.len, 0644, x->err)
		   ? -1
		   : 0;
}

/* Roles of a report's own files; every other role is evidence. */
static const struct {
	const char *role, *name;
} fixed[] = {
    {"payload", "report.json"},
    {"envelope", "report.dsse.json"},
    {"signature", "report.json.sig"},
    {"signer", "signer.pem"},
    {"evidence-index", "evidence/index.json"},
};

static int put_blob(struct exporting *x, const struct gh_blob_info *info)
{
	gh_auto(struct gh_buf, gh_buf_free) bytes = {0};
	int rc = gh_store_blob(x->store, info->sha256, &bytes, x->err);
	if (rc == 0)
		gh_fail(
		    x->err, GH_E_INTERNAL, "blob %s is not in the store", info->sha256);
	if (rc != 1)
		return -1;
	const char *name = NULL;
	for (size_t i = 0; i < GH_COUNT(fixed); i++)
		if (strcmp(info->role, fixed[i].role) == 0)
			name = fixed[i].name;
	rc = name ? put_file(x, x->dir, name, gh_buf_view(&bytes))
		  : put_file(x, x->evidence, info->sha256, gh_buf_view(&bytes));
	if (rc == 0 && strcmp(info->role, "payload") == 0)
		x->payload = gh_take(bytes);
	else if (rc == 0 && strcmp(info->role, "signer") == 0)
		x->signer = gh_take(bytes);
	return rc;
}

static int put_blobs(struct exporting *x, const char *id)
{
	struct gh_blob_info *info = NULL;
	size_t n = 0;
	if (gh_store_report_blobs(x->store, id, &info, &n, x->err))
		return -1;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = put_blob(x, &info[i]);
	free(info);
	return rc;
}

/* A word of the report inside single quotes of a shell command that people copy. */
static void shell_word(char *out, size_t size, const char *in)
{
	size_t n = 0;
	for (; *in && n + 1 < size; in++)
		out[n++] = strchr("'\\\n\r", *in) ? '_' : *in;
	out[n] = '\0';
}

/* What is rendered for people: report.html and VERIFY.txt. */
static int put_rendered(struct exporting *x, const struct gh_report_row *row)
{
	gh_auto(struct gh_keys, gh_keys_free) keys = {0};
	gh_auto(struct gh_buf, gh_buf_free) html = {0}, text = {0};
	gh_auto(json_t *, gh_json_free) j =
	    gh_json_parse(x->payload.p, x->payload.len, x->err);
	char audience[128] = "";
	if (!j || gh_keys_add_pem(&keys, x->signer.p, x->signer.len, x->err) ||
	    gh_report_html(&html, j, row->payload_sha256, keys.at[0].keyid, x->err))
		return -1;
	const json_t *p = json_object_get(j, "predicate");
	const char *who = json_string_value(json_object_get(p, "audience"));
	shell_word(audience, sizeof(audience), who ? who : "");
	gh_buf_fmt(&text, verify_text, keys.at[0].keyid, audience,
	    json_is_true(json_object_get(p, "lab")) ? " --lab" : "");
	if (gh_buf_ok(&text, x->err))
		return -1;
	return put_file(x, x->dir, "report.html", gh_buf_view(&html)) ||
		       put_file(x, x->dir, "VERIFY.txt", gh_buf_view(&text))
		   ? -1
		   : 0;
}

int gh_report_export(struct gh_store *store, const char *id, const char *dir,
    struct gh_report_row *out, struct gh_err *err)
{
	gh_auto(struct exporting, exporting_free)
	    x = {.store = store, .dir = dir, .err = err};
	struct gh_report_row row;
	int rc = gh_store_report(store, id, &row, err);
	if (rc == 0) {
		gh_fail(err, GH_E_USAGE, "there is no report %s", id);
		return gh_err_hint(err, "gatehouse report list shows them");
	}
	if (rc < 0 || gh_file_mkdirs(dir, 0755, err) || must_be_empty(dir, err) ||
	    gh_path_join(x.evidence, sizeof(x.evidence), dir, "evidence", err) ||
	    gh_file_mkdirs(x.evidence, 0755, err) || put_blobs(&x, row.id) ||
	    put_rendered(&x, &row))
		return -1;
	*out = row;
	return 0;
}
