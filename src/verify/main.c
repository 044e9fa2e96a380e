/* SPDX-License-Identifier: Apache-2.0
 * gatehouse-verify: the client's own verifier. */
#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/version.h"
#include "evidence/rim.h"
#include "evidence/selftest.h"
#include "verify/opts.h"
#include "verify/verify_bundle.h"
#include "verify/verify_evidence.h"

static int fail(const struct gh_err *err)
{
	fprintf(stderr, "gatehouse-verify: %s\n", err->what);
	if (err->hint[0])
		fprintf(stderr, "  %s\n", err->hint);
	if (err->code == GH_E_USAGE)
		fprintf(stderr, "gatehouse-verify --help shows the command lines\n");
	return gh_errc_exit(err->code);
}

/* Nobody hears the verdict: never say 0. */
static int put(struct gh_buf *text, int code)
{
	struct gh_err err = {0};

	if (gh_buf_ok(text, &err))
		return fail(&err);
	if (fwrite(text->p, 1, text->len, stdout) != text->len || fflush(stdout))
		return 5;
	return code;
}

static int print(const struct gh_result *r, const struct gh_verify_opts *o, int code)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};

	if (o->json) {
		gh_auto(json_t *, gh_json_free) j = gh_result_json(r);
		gh_json_dump_pretty(&text, j);
	} else {
		gh_result_plain(&text, r, o->verbose ? GH_PLAIN_FULL : GH_PLAIN_ALL);
	}
	return put(&text, code);
}

static int show(const struct gh_verify_opts *o)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_err err = {0};

	if (gh_verify_show(&text, o, &err) == 0)
		return put(&text, 0);
	/* bytes that are nothing we know: the answer is no, not that we could not run */
	return err.code == GH_E_PARSE ? (fail(&err), 1) : fail(&err);
}

static int help(void)
{
	return fputs(gh_verify_usage, stdout) < 0 ||
		       fputs(gh_evidence_opts_usage, stdout) < 0 ||
		       fputs(gh_verify_exits, stdout) < 0 || fflush(stdout)
		   ? 5
		   : 0;
}

int main(int argc, char **argv)
{
	struct gh_verify_opts o;
	struct gh_err err = {0};
	gh_auto(struct gh_result, gh_result_free) result = {0};
	int code = 5;

	if (gh_verify_opts_parse(&o, argc, argv, gh_now(&gh_env_real), &err))
		return fail(&err);
	if (strcmp(o.command, "help") == 0)
		return help();
	if (strcmp(o.command, "version") == 0)
		return printf("gatehouse-verify %s\n", gh_version()) < 0 ? 5 : 0;
	if (gh_selftest(&err) || gh_rim_setup(&err))
		return fail(&err);
	if (strcmp(o.command, "show") == 0)
		return show(&o);
	int rc = strcmp(o.command, "bundle") == 0
		     ? gh_verify_bundle(&result, &code, &o, &err)
		     : gh_verify_evidence(&result, &code, &o, &err);
	return rc ? fail(&err) : print(&result, &o, code);
}
