/* SPDX-License-Identifier: Apache-2.0
 * The folder of RIM files that a fleet names. */
#include "ops/rims.h"

#include <dirent.h>
#include <limits.h>

#include "base/file.h"

#define RIM_MAX (256u << 10) /* bytes of one file */

static void close_dir(DIR **d)
{
	if (*d != NULL)
		closedir(*d);
}

int gh_rim_folder(const char *folder,
    int (*use)(void *ctx, struct gh_buf *bytes, struct gh_err *err), void *ctx,
    struct gh_err *err)
{
	const struct dirent *e;
	size_t kept = 0;

	if (folder[0] == '\0')
		return 0;
	gh_auto(DIR *, close_dir) d = opendir(folder);
	if (d == NULL)
		return gh_fail(
		    err, GH_E_CONFIG, "the RIM folder %s cannot be read", folder);
	while ((e = readdir(d)) != NULL && kept < GH_RIM_FILES_MAX) {
		gh_auto(struct gh_buf, gh_buf_free) bytes = {0};
		char path[PATH_MAX];
		int rc;

		if (e->d_name[0] == '.' ||
		    gh_path_join(path, sizeof path, folder, e->d_name, NULL) < 0 ||
		    gh_file_read(&bytes, path, RIM_MAX, NULL) < 0)
			continue;
		rc = use(ctx, &bytes, err);
		if (rc < 0)
			return -1;
		kept += (size_t)rc;
	}
	return 0;
}
