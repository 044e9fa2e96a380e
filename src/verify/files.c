/* SPDX-License-Identifier: Apache-2.0
 * Reading evidence files, bundle folders and bundle archives. */
#include "verify/files.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

#define GH_ARCHIVE_MAX (256u << 20)

void gh_files_free(struct gh_files *f)
{
	for (size_t i = 0; i < f->n; i++)
		gh_buf_free(&f->buf[i]);
	free(f->buf);
	free(f->view);
	*f = (struct gh_files){0};
}

static int read_max(struct gh_files *f, const char *path, size_t max,
    struct gh_bytes *out, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	if (gh_file_read(&b, path, max, err))
		return -1;
	void *buf = realloc(f->buf, (f->n + 1) * sizeof(*f->buf));
	if (buf)
		f->buf = buf;
	void *view = realloc(f->view, (f->n + 1) * sizeof(*f->view));
	if (view)
		f->view = view;
	if (!buf || !view)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	f->buf[f->n] = gh_take(b);
	f->view[f->n] = gh_buf_view(&f->buf[f->n]);
	if (out)
		*out = f->view[f->n];
	f->n++;
	return 0;
}

int gh_files_read(
    struct gh_files *f, const char *path, struct gh_bytes *out, struct gh_err *err)
{
	return read_max(f, path, GH_BUNDLE_FILE_MAX, out, err);
}

/* The regular files of dir, with `prefix` in front of their names. */
static int read_folder(struct gh_files *f, const char *dir, const char *prefix,
    struct gh_bundle *b, struct gh_err *err)
{
	DIR *d = opendir(dir);
	if (!d && errno == ENOENT && prefix[0])
		return 0; /* no evidence/: the verifier says so */
	if (!d)
		return gh_fail(err, GH_E_IO, "%s: %s", dir, strerror(errno));
	int rc = 0;
	for (struct dirent *e; rc == 0 && (e = readdir(d));) {
		char path[4096], name[300];
		struct stat st;
		struct gh_bytes bytes = {0};
		snprintf(name, sizeof(name), "%s%s", prefix, e->d_name);
		rc = gh_path_join(path, sizeof(path), dir, e->d_name, err);
		if (rc || lstat(path, &st) || !S_ISREG(st.st_mode))
			continue;
		rc = gh_files_read(f, path, &bytes, err);
		if (rc == 0)
			rc = gh_bundle_add(b, name, bytes, err);
	}
	closedir(d);
	return rc;
}

int gh_files_bundle(
    struct gh_files *f, const char *path, struct gh_bundle *b, struct gh_err *err)
{
	struct stat st;
	char evidence[4096];
	if (stat(path, &st))
		return gh_fail(err, GH_E_IO, "%s: %s", path, strerror(errno));
	if (S_ISDIR(st.st_mode))
		return read_folder(f, path, "", b, err) ||
			       gh_path_join(
				   evidence, sizeof(evidence), path, "evidence", err) ||
			       read_folder(f, evidence, "evidence/", b, err)
			   ? -1
			   : 0;
	struct gh_bytes tar = {0};
	return read_max(f, path, GH_ARCHIVE_MAX, &tar, err) ||
		       gh_bundle_from_tar(b, tar, err)
		   ? -1
		   : 0;
}
