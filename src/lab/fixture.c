/* SPDX-License-Identifier: Apache-2.0
 * Writes the whole fixture of one lab host. */
#include "lab/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lab/fixture_boot.h"
#include "lab/fixture_cpu.h"
#include "lab/fixture_edit.h"
#include "lab/fixture_efi.h"
#include "lab/fixture_host.h"
#include "lab/fixture_out.h"
#include "lab/fixture_pci.h"
#include "lab/fixture_tools.h"
#include "lab/fixture_tpm.h"

/* Mount points and links that the launcher and any program expect. */
static void write_skeleton(struct gh_fixture *f)
{
	static const char *const dirs[] = {"usr", "usr/local/bin", "usr/local/sbin",
	    "usr/local/lib", "proc", "sys", "dev", "run", "tmp", "root", "home",
	    "var/log", "var/lib", "var/tmp", "boot", "lab/gpu", "lab/tool", "etc/ssl",
	    "etc/alternatives", "mnt", "opt"};
	static const char *const links[][2] = {{"usr/bin", "bin"}, {"usr/sbin", "sbin"},
	    {"usr/lib", "lib"}, {"usr/lib64", "lib64"}, {"../run", "var/run"},
	    {"../run/lock", "var/lock"}};

	for (size_t i = 0; i < GH_COUNT(dirs); i++)
		gh_fixture_dir(f, dirs[i]);
	for (size_t i = 0; i < GH_COUNT(links); i++)
		gh_fixture_link(f, links[i][0], links[i][1]);
}

/* Rows of faults that make a file of their own, but for those in force. */
static void note_makers(struct gh_fixture *f)
{
	const struct gh_check_set none = {0};
	const struct gh_check_set *on = f->in->checks ? f->in->checks : &none;
	const struct gh_check_fault *r;

	for (size_t i = 0; i < GH_CHECK_ROWS_MAX && (r = gh_check_fault_row(i)); i++) {
		bool active = false;

		if (r->kind != GH_CHECK_FILE || r->from || !r->to)
			continue;
		for (size_t k = 0; k < on->n; k++)
			active |= on->at[k] == i;
		if (!active)
			f->made[f->n_made++] = r;
	}
}

int gh_fixture_write(const struct gh_fixture_in *in, struct gh_err *err)
{
	struct gh_fixture f = {.in = in, .spec = in->spec, .err = err};
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/fixture", in->host_dir);
	if (mkdir(path, 0755) && errno != EEXIST)
		return gh_fail(err, GH_E_IO, "cannot make %s: %s", path, strerror(errno));
	f.root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (f.root < 0)
		return gh_fail(err, GH_E_IO, "cannot open %s: %s", path, strerror(errno));
	note_makers(&f);
	write_skeleton(&f);
	gh_fixture_host(&f);
	gh_fixture_cpu(&f);
	gh_fixture_pci(&f);
	gh_fixture_boot(&f);
	gh_fixture_efi(&f);
	gh_fixture_tpm(&f);
	gh_fixture_tools(&f);
	gh_fixture_edit_rest(&f);
	close(f.root);
	return f.failed ? -1 : 0;
}
