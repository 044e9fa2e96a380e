/* SPDX-License-Identifier: Apache-2.0
 * Reaching a host's BMC, and its readings in the store. */
#include "ops/bmc.h"

#include <sys/stat.h>

#include "base/file.h"
#include "base/text.h"

#define PASSWORD_MAX 256

void gh_bmc_secret_free(struct gh_buf *secret)
{
	if (secret->p)
		explicit_bzero(secret->p, secret->cap);
	gh_buf_free(secret);
}

static int read_password(struct gh_buf *out, const char *path, struct gh_err *err)
{
	struct gh_bytes rest, line;
	struct stat st;

	if (stat(path, &st) == 0 && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
		(void)gh_fail(err, GH_E_CONFIG, "%s may be read by others", path);
		return gh_err_hint(err, "chmod 600 %s", path);
	}
	if (gh_file_read(out, path, PASSWORD_MAX, err) < 0)
		return -1;
	rest = gh_buf_view(out);
	if (!gh_text_line(&rest, &line) || line.len == 0)
		return gh_fail(err, GH_E_CONFIG, "%s holds no password", path);
	out->len = line.len;
	return gh_buf_ok(out, err);
}

int gh_bmc_target(const struct gh_session *s, const struct gh_host *h,
    struct gh_redfish_target *out, struct gh_buf *secret, struct gh_err *err)
{
	if (h->bmc[0] == '\0') {
		(void)gh_fail(err, GH_E_CONFIG, "%s names no BMC (%s line %d)", h->name,
		    s->fleet->path, h->line);
		return gh_err_hint(err, "add bmc, bmc_user and bmc_password to the host");
	}
	if (h->bmc_password[0] == '\0') {
		(void)gh_fail(err, GH_E_CONFIG, "%s names no bmc_password (%s line %d)",
		    h->name, s->fleet->path, h->line);
		return gh_err_hint(err, "a file with the password, one line, mode 0600");
	}
	if (read_password(secret, h->bmc_password, err) < 0)
		return gh_err_prefix(err, "password of the BMC of %s", h->name);
	*out = (struct gh_redfish_target){.name = h->name,
	    .address = h->bmc,
	    .port = h->bmc_port,
	    .user = h->bmc_user,
	    .password = gh_buf_cstr(secret),
	    .cert_sha256 = h->bmc_cert,
	    .deadline_ms = s->fleet->bmc_s * 1000};
	return 0;
}

int gh_bmc_blob(struct gh_buf *out, const struct gh_redfish_tree *t, struct gh_err *err)
{
	gh_auto(json_t *, gh_json_free) j = gh_redfish_tree_json(t);

	if (!j)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	gh_json_dump(out, j);
	return gh_buf_ok(out, err);
}

int gh_bmc_last(struct gh_session *s, const char *host, struct gh_redfish_tree *out,
    struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) bytes = {0};
	gh_auto(json_t *, gh_json_free) j = NULL;
	struct gh_run run;
	int rc = gh_store_last_blob(s->store, host, "bmc", &run, &bytes, err);

	if (rc != 1)
		return rc;
	j = gh_json_parse(bytes.p, bytes.len, err);
	return !j || gh_redfish_tree_load(out, j, err) < 0 ? -1 : 1;
}
