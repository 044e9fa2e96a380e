/* SPDX-License-Identifier: Apache-2.0
 * Any one file of evidence, verified or taken apart. */
#include "ops/evidence.h"

#include "base/file.h"
#include "evidence/ccel_diff.h"
#include "evidence/rim.h"
#include "evidence/selftest.h"
#include "proof/evidence_opts.h"

#define LOG_MAX (4u << 20) /* bytes of one event log, JSON included */

void gh_evidence_answer_free(struct gh_evidence_answer *a)
{
	gh_result_free(&a->result);
	gh_buf_free(&a->text);
	*a = (struct gh_evidence_answer){0};
}

const char *gh_op_evidence_usage(void)
{
	return gh_evidence_opts_usage;
}

int gh_op_evidence_verify(const struct gh_env *env, int argc, char *const *argv,
    struct gh_evidence_answer *out, struct gh_err *err)
{
	struct gh_evidence_opts o;

	if (gh_evidence_opts_parse(&o, argc, argv, false, gh_now(env), err) < 0 ||
	    gh_selftest(err) < 0 || gh_rim_setup(err) < 0 ||
	    gh_evidence_opts_verify(&out->result, &out->exit_code, &o, err) < 0)
		return -1;
	out->json = o.json;
	out->verbose = o.verbose;
	return gh_result_ok(&out->result, err);
}

int gh_op_evidence_show(const struct gh_env *env, int argc, char *const *argv, bool json,
    struct gh_evidence_answer *out, struct gh_err *err)
{
	struct gh_evidence_opts o;

	if (gh_evidence_opts_parse(&o, argc, argv, true, gh_now(env), err) < 0 ||
	    gh_rim_setup(err) < 0)
		return -1;
	o.json = o.json || json;
	out->exit_code = 0;
	return gh_evidence_opts_show(&out->text, &o, err);
}

int gh_op_evidence_diff(const char *file_a, const char *file_b,
    struct gh_evidence_answer *out, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) a = {0};
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	if (gh_file_read(&a, file_a, LOG_MAX, err) < 0 ||
	    gh_file_read(&b, file_b, LOG_MAX, err) < 0)
		return -1;
	return gh_ccel_diff(&out->text, gh_buf_view(&a), gh_buf_view(&b), err);
}
