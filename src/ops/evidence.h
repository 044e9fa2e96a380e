/* SPDX-License-Identifier: Apache-2.0
 * Any one file of evidence, verified or taken apart: the same judgement, options and words
 * as gatehouse-verify. */
#pragma once

#include "base/env.h"
#include "base/result.h"

struct gh_evidence_answer {
	struct gh_result result; /* of verify */
	struct gh_buf text;      /* of show: text, or JSON */
	bool json, verbose;      /* as the options said */
	int exit_code;           /* design.md */
};

void gh_evidence_answer_free(struct gh_evidence_answer *a);
/* argv[0 .. argc): the words behind "verify", or behind "show". json: --json was given
 * already. USAGE names the option that is wrong. */
GH_MUST_USE int gh_op_evidence_verify(const struct gh_env *env, int argc,
    char *const *argv, struct gh_evidence_answer *out, struct gh_err *err);
GH_MUST_USE int gh_op_evidence_show(const struct gh_env *env, int argc, char *const *argv,
    bool json, struct gh_evidence_answer *out, struct gh_err *err);
/* Two event logs, CCEL or JSON, compared event by event: out->text says in words where they
 * part. PARSE names the one that is no log. */
GH_MUST_USE int gh_op_evidence_diff(const char *file_a, const char *file_b,
    struct gh_evidence_answer *out, struct gh_err *err);
/* The lines of a usage text about the options. */
const char *gh_op_evidence_usage(void);
