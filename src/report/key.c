/* SPDX-License-Identifier: Apache-2.0
 * Loading and making the report key. */
#include "report/key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

#define GH_KEY_FILE_MAX 16384

static void wipe(struct gh_buf *b)
{
	if (b->p)
		explicit_bzero(b->p, b->cap);
	gh_buf_free(b);
}

/* 1 loaded, 0 not there, -1 error. */
static int load(struct gh_signer **out, const char *path, struct gh_err *err)
{
	gh_auto(struct gh_buf, wipe) pem = {0};
	struct stat st;
	if (lstat(path, &st))
		return errno == ENOENT
			   ? 0
			   : gh_fail(err, GH_E_IO, "%s: %s", path, strerror(errno));
	if (!S_ISREG(st.st_mode) || (st.st_mode & 077) || st.st_uid != geteuid()) {
		gh_fail(err, GH_E_CONFIG, "%s: others may read or change the report key",
		    path);
		return gh_err_hint(err, "if nobody did: chown to yourself and chmod 600; "
					"else make a new one");
	}
	if (gh_file_read(&pem, path, GH_KEY_FILE_MAX, err))
		return -1;
	if (gh_signer_from_pem(out, (const char *)pem.p, pem.len, err))
		return gh_err_prefix(err, "%s", path);
	return 1;
}

/* Never replaces a key that another process made meanwhile: link(2) fails then, and
 * theirs is the one. */
static int make(const char *path, struct gh_err *err)
{
	gh_auto(struct gh_signer *, gh_signer_free) key = NULL;
	gh_auto(struct gh_buf, wipe) pem = {0};
	char draft[PATH_MAX];
	int n = snprintf(draft, sizeof(draft), "%s.new.%ld", path, (long)getpid());
	if (n < 0 || (size_t)n >= sizeof(draft))
		return gh_fail(err, GH_E_CONFIG, "%s: the path is too long", path);
	if (gh_signer_new(&key, 256, err) || gh_signer_pem(key, &pem, err) ||
	    gh_file_write(draft, pem.p, pem.len, 0600, err))
		return -1;
	int rc = link(draft, path);
	int why = errno;
	unlink(draft);
	if (rc && why != EEXIST)
		return gh_fail(err, GH_E_IO, "%s: %s", path, strerror(why));
	return 0;
}

int gh_report_key(struct gh_signer **out, const char *state_dir, struct gh_err *err)
{
	char dir[PATH_MAX], path[PATH_MAX];
	if (gh_path_join(dir, sizeof(dir), state_dir, "keys", err) ||
	    gh_path_join(path, sizeof(path), dir, "report.pem", err))
		return -1;
	int rc = load(out, path, err);
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (gh_file_mkdirs(dir, 0700, err) || make(path, err))
		return -1;
	rc = load(out, path, err);
	if (rc == 0)
		return gh_fail(err, GH_E_IO, "%s: gone as soon as it was made", path);
	return rc == 1 ? 0 : -1;
}
