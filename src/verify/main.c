/* SPDX-License-Identifier: Apache-2.0
 * gatehouse-verify: the client's own verifier. */
#include <stdio.h>
#include <string.h>

#include "base/env.h"
#include "base/version.h"
#include "evidence/rim.h"
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

static int print(const struct gh_result *r, const struct gh_verify_opts *o, int code)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_err err = {0};
	if (o->json) {
		gh_auto(json_t *, gh_json_free) j = gh_result_json(r);
		gh_json_dump_pretty(&text, j);
	} else {
		gh_result_plain(&text, r, o->verbose);
	}
	if (gh_buf_ok(&text, &err))
		return fail(&err);
	if (fwrite(text.p, 1, text.len, stdout) != text.len || fflush(stdout))
		return 5; /* nobody hears the verdict: never say 0 */
	return code;
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
		return fputs(gh_verify_usage, stdout) < 0 ? 5 : 0;
	if (strcmp(o.command, "version") == 0)
		return printf("gatehouse-verify %s\n", gh_version()) < 0 ? 5 : 0;
	if (gh_rim_setup(&err))
		return fail(&err);
	int rc = strcmp(o.command, "bundle") == 0
		     ? gh_verify_bundle(&result, &code, &o, &err)
		     : gh_verify_evidence(&result, &code, &o, &err);
	return rc ? fail(&err) : print(&result, &o, code);
}
