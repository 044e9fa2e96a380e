/* SPDX-License-Identifier: Apache-2.0
 * gatehouse evidence verify|show|diff|predict. */
#include <stdio.h>

#include "cli/cli.h"
#include "ops/evidence.h"

static int fail(const struct gh_cli *cli, const struct gh_err *err)
{
	int code = cli_error(cli, err);

	if (err->code == GH_E_USAGE)
		fprintf(stderr, "%s", gh_op_evidence_usage());
	/* bytes that are nothing we know: the answer is no, not that we could not run */
	return err->code == GH_E_PARSE ? 1 : code;
}

static int verify(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct gh_evidence_answer, gh_evidence_answer_free) a = {0};
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	struct gh_err err = {0};
	int rc;

	if (gh_op_evidence_verify(&gh_env_real, argc, argv, &a, &err) < 0)
		return fail(cli, &err);
	if (cli->form == GH_CLI_JSON || a.json) {
		rc = cli_json(gh_result_json(&a.result));
	} else {
		gh_result_plain(
		    &text, &a.result, a.verbose ? GH_PLAIN_FULL : GH_PLAIN_ALL);
		rc = cli_text(&text);
	}
	return rc != 0 ? rc : a.exit_code;
}

static int show(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct gh_evidence_answer, gh_evidence_answer_free) a = {0};
	struct gh_err err = {0};

	if (gh_op_evidence_show(
		&gh_env_real, argc, argv, cli->form == GH_CLI_JSON, &a, &err) < 0)
		return fail(cli, &err);
	return cli_text(&a.text);
}

static int diff(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct gh_evidence_answer, gh_evidence_answer_free) a = {0};
	struct gh_err err = {0};

	if (argc != 2)
		return cli_usage("evidence", "diff LOG LOG");
	if (gh_op_evidence_diff(argv[0], argv[1], &a, &err) < 0)
		return fail(cli, &err);
	return cli_text(&a.text);
}

int cmd_evidence(const struct gh_cli *cli, int argc, char **argv)
{
	const char *word = argc < 2 ? "" : argv[1];

	if (strcmp(word, "verify") == 0)
		return verify(cli, argc - 2, argv + 2);
	if (strcmp(word, "show") == 0)
		return show(cli, argc - 2, argv + 2);
	if (strcmp(word, "diff") == 0)
		return diff(cli, argc - 2, argv + 2);
	if (strcmp(word, "predict") == 0)
		return cmd_evidence_predict(cli, argc, argv);
	return cli_usage(argv[0], "verify FILE, show FILE, diff LOG LOG or predict "
				  "FIRMWARE, and their options");
}
