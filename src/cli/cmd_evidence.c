/* SPDX-License-Identifier: Apache-2.0
 * gatehouse evidence verify FILE. */
#include "cli/cli.h"
#include "ops/evidence.h"

/* Options that take a word, and where the word goes. */
static const char **slot_of(struct gh_evidence_ask *ask, const char *option)
{
	if (strcmp(option, "--type") == 0)
		return &ask->type;
	if (strcmp(option, "--at") == 0)
		return &ask->at;
	if (strcmp(option, "--nonce") == 0)
		return &ask->nonce;
	if (strcmp(option, "--with") == 0 && ask->n_with < GH_OP_FILES_MAX)
		return &ask->with[ask->n_with++];
	if (strcmp(option, "--trust") == 0 && ask->n_trust < GH_OP_FILES_MAX)
		return &ask->trust[ask->n_trust++];
	return NULL;
}

static int parse(struct gh_evidence_ask *ask, int argc, char **argv)
{
	for (int i = 2; i < argc; i++) {
		const char **slot;

		if (strcmp(argv[i], "--lab") == 0) {
			ask->lab = true;
			continue;
		}
		if (argv[i][0] != '-' && ask->file == NULL) {
			ask->file = argv[i];
			continue;
		}
		slot = slot_of(ask, argv[i]);
		if (slot == NULL || i + 1 == argc)
			return -1;
		*slot = argv[++i];
	}
	return ask->file == NULL ? -1 : 0;
}

int cmd_evidence(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_evidence_ask ask = {0};
	struct gh_cli full = *cli;
	struct gh_err err;
	int code = 5, rc;

	if (argc < 3 || strcmp(argv[1], "verify") != 0 || parse(&ask, argc, argv) < 0)
		return cli_usage(argv[0], "verify FILE and its options");
	if (gh_op_evidence_verify(&gh_env_real, &ask, &r, &code, &err) < 0)
		return cli_error(cli, &err);
	if (full.form == GH_CLI_TEXT)
		full.form = GH_CLI_PLAIN;
	rc = cli_result(&full, &r);
	return rc == 5 ? 5 : code;
}
