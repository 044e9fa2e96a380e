/* SPDX-License-Identifier: Apache-2.0
 * Searches a folder of certificates. */
#include "vendor/kds_folder.h"

#include <dirent.h>
#include <limits.h>

#include "base/file.h"
#include "evidence/load_pem.h"

#define FILE_MAX  (64u << 10)
#define CERTS_MAX 64  /* of one file */
#define KEPT_MAX  256 /* that may matter */

static void close_dir(DIR **d)
{
	if (*d)
		closedir(*d);
}

static int take_file(struct gh_certs *out, const char *path,
    const struct gh_snp_vcek_ask *ask, struct gh_err *err)
{
	gh_auto(struct gh_certs, gh_certs_free) certs = {0};
	gh_auto(struct gh_buf, gh_buf_free) bytes = {0};

	if (gh_file_read(&bytes, path, FILE_MAX, NULL) ||
	    gh_evidence_certs(&certs, gh_buf_view(&bytes), CERTS_MAX, NULL, NULL))
		return 0;
	for (size_t i = 0; i < certs.n && out->n < KEPT_MAX; i++)
		if ((gh_cert_is_ca(certs.at[i]) || gh_snp_vcek_fits(certs.at[i], ask)) &&
		    gh_certs_add(out, gh_cert_share(certs.at[i]), err))
			return -1;
	return 0;
}

int gh_kds_folder(struct gh_certs *out, const char *folder,
    const struct gh_snp_vcek_ask *ask, struct gh_err *err)
{
	gh_auto(DIR *, close_dir) d = opendir(folder);
	const struct dirent *e;
	char path[PATH_MAX];

	if (!d)
		return gh_fail(err, GH_E_CONFIG,
		    "the folder of certificates %s cannot be read", folder);
	for (unsigned int n = 0; n < GH_KDS_FILES_MAX && (e = readdir(d));) {
		if (e->d_name[0] == '.' ||
		    gh_path_join(path, sizeof(path), folder, e->d_name, NULL))
			continue;
		n++;
		if (take_file(out, path, ask, err))
			return -1;
	}
	return 0;
}
