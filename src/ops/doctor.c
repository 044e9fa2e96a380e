/* SPDX-License-Identifier: Apache-2.0
 * Is this machine ready? */
#include "ops/doctor.h"

#include <langinfo.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/digest.h"
#include "evidence/trust.h"
#include "ops/enrol.h"
#include "ops/internal.h"

#define SPACE_MIN (100u << 20) /* bytes the state folder should have left */

static struct gh_finding *ask(
    struct gh_result *r, const char *step, const char *title, enum gh_severity sev)
{
	struct gh_finding *f = gh_findings_add(&r->findings, "this machine", step);

	gh_say(&f->title, "%s", title);
	f->severity = sev;
	return f;
}

/* Where a program lies in $PATH or the folders of root; false when nowhere. */
static bool which(const char *name, char *out, size_t size)
{
	static const char *const folder[] = {"/usr/local/sbin", "/usr/local/bin",
	    "/usr/sbin", "/usr/bin", "/sbin", "/bin"};

	for (size_t i = 0; i < GH_COUNT(folder); i++) {
		if (gh_path_join(out, size, folder[i], name, NULL) == 0 &&
		    access(out, X_OK) == 0)
			return true;
	}
	return false;
}

struct tool {
	const char *name, *step, *title, *package;
	enum gh_severity severity;
};

static const struct tool tools[] = {
    {"ssh", "doctor.ssh", "ssh, for hosts that the built-in client cannot talk to",
	"openssh-client", GH_SEV_WARN},
    {"sshd", "doctor.sshd", "sshd, for the lab", "openssh-server", GH_SEV_WARN},
    {"openssl", "doctor.openssl", "openssl, a second opinion on reports", "openssl",
	GH_SEV_WARN},
};

static void check_tools(struct gh_result *r)
{
	char path[PATH_MAX];

	for (size_t i = 0; i < GH_COUNT(tools); i++) {
		struct gh_finding *f =
		    ask(r, tools[i].step, tools[i].title, tools[i].severity);

		if (which(tools[i].name, path, sizeof path)) {
			gh_say(&f->observed, "%s", path);
			gh_judge(f, GH_PASS, "");
			continue;
		}
		gh_judge(f, GH_WARN, "doctor.missing");
		gh_say(&f->observed, "%s is not installed", tools[i].name);
		gh_say(&f->remedy, "apt-get install %s", tools[i].package);
	}
}

static void check_trust(struct gh_result *r)
{
	struct gh_finding *f = ask(
	    r, "doctor.trust", "vendor roots compiled in, hashes work", GH_SEV_BLOCKER);
	struct gh_trust trust = {0};
	char name[GH_SHA256_NAME_LEN];
	struct gh_err err = {0};

	gh_say(&f->expected,
	    "NVIDIA, AMD and Intel roots; SHA-256 of nothing is e3b0c442...");
	if (gh_trust_builtin(&trust, &err) < 0 || gh_sha256_name("", 0, name, &err) < 0) {
		gh_judge_err(f, "doctor.trust", &err);
		return;
	}
	gh_say(&f->observed, "%zu roots, %.23s", trust.n, name);
	gh_judge(f,
	    strncmp(name, "sha256:e3b0c44298fc1c149", 23) == 0 ? GH_PASS : GH_FAIL,
	    strncmp(name, "sha256:e3b0c44298fc1c149", 23) == 0 ? "" : "doctor.hash");
}

/* A host that nobody enrolled cannot be told from another one. */
static void check_enrolled(struct gh_result *r, struct gh_session *s)
{
	struct gh_finding *f;
	struct gh_err err = {0};
	char first[64];
	size_t missing = 0;

	if (gh_session_first_run(s))
		return;
	f = ask(r, "doctor.enrolled", "every host of the fleet is enrolled", GH_SEV_WARN);
	if (gh_op_enrol_missing(s, &missing, first, &err) < 0) {
		gh_judge_err(f, "doctor.enrolled", &err);
		return;
	}
	if (missing == 0) {
		gh_say(&f->observed, "%zu hosts", s->fleet->n_hosts);
		gh_judge(f, GH_PASS, "");
		return;
	}
	gh_judge(f, GH_WARN, "doctor.not_enrolled");
	gh_say(&f->observed, "%zu of %zu were never enrolled, the first is %s", missing,
	    s->fleet->n_hosts, first);
	gh_say(&f->remedy,
	    "gatehouse enrol --all, and compare the fingerprints at the machines");
}

static void check_session(struct gh_result *r, const struct gh_session_opts *o)
{
	struct gh_finding *f = ask(r, "doctor.session",
	    "fleet file, state folder and history open", GH_SEV_BLOCKER);
	gh_auto(struct gh_session *, gh_session_close) s = NULL;
	struct gh_err err = {0};
	struct statvfs vfs;

	if (gh_session_open(&s, o, &err) < 0) {
		gh_judge_err(f, "doctor.session", &err);
		f->verdict = GH_FAIL;
		return;
	}
	gh_say(&f->observed, "fleet %s, state %s",
	    gh_session_first_run(s) ? "none" : gh_session_fleet_path(s), s->state);
	gh_judge(f, GH_PASS, "");
	check_enrolled(r, s);
	f = ask(r, "doctor.space", "space left for history", GH_SEV_WARN);
	if (statvfs(s->state, &vfs) < 0) {
		gh_say(&f->why, "the file system does not say");
		return;
	}
	gh_say(&f->observed, "%llu MiB",
	    (unsigned long long)vfs.f_bavail * vfs.f_frsize / (1u << 20));
	if ((unsigned long long)vfs.f_bavail * vfs.f_frsize >= SPACE_MIN) {
		gh_judge(f, GH_PASS, "");
		return;
	}
	gh_judge(f, GH_WARN, "doctor.space");
	gh_say(&f->remedy, "free space on the file system of %s, or use --state DIR",
	    s->state);
}

static void check_terminal(struct gh_result *r)
{
	struct gh_finding *f =
	    ask(r, "doctor.locale", "UTF-8 for the console", GH_SEV_INFO);
	const char *codeset = nl_langinfo(CODESET);

	gh_say(&f->observed, "%s, TERM %s", codeset,
	    getenv("TERM") ? getenv("TERM") : "unset");
	if (strcmp(codeset, "UTF-8") == 0) {
		gh_judge(f, GH_PASS, "");
		return;
	}
	gh_judge(f, GH_WARN, "doctor.locale");
	gh_say(
	    &f->remedy, "export LC_ALL=C.UTF-8 (without it the console draws in ASCII)");
}

static void check_root(struct gh_result *r)
{
	struct gh_finding *f =
	    ask(r, "doctor.root", "root, for the lab only", GH_SEV_INFO);

	gh_say(&f->observed, geteuid() == 0 ? "root" : "not root");
	if (geteuid() == 0) {
		gh_judge(f, GH_PASS, "");
		return;
	}
	gh_judge(f, GH_WARN, "doctor.root");
	gh_say(&f->remedy, "sudo gatehouse lab up");
}

int gh_op_doctor(
    const struct gh_session_opts *opts, struct gh_result *out, struct gh_err *err)
{
	out->at = gh_now(opts->env != NULL ? opts->env : &gh_env_real);
	gh_result_subject(out, "this machine", "machine");
	check_trust(out);
	check_session(out, opts);
	check_tools(out);
	check_terminal(out);
	check_root(out);
	return gh_result_ok(out, err);
}
