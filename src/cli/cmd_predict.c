/* SPDX-License-Identifier: Apache-2.0
 * gatehouse evidence predict FIRMWARE. */
#include "cli/cli.h"
#include "ops/predict.h"

/* Options that take a word, and where the word goes. */
static const char **slot_of(struct gh_predict_ask *ask, const char *option)
{
	const struct {
		const char *option;
		const char **slot;
	} slots[] = {
	    {"--kernel", &ask->kernel},
	    {"--initrd", &ask->initrd},
	    {"--cmdline", &ask->cmdline},
	    {"--gpt", &ask->gpt},
	    {"--vcpus", &ask->vcpus},
	    {"--cpu", &ask->cpu},
	    {"--features", &ask->features},
	    {"--vmm", &ask->vmm},
	    {"--ram", &ask->ram},
	    {"--measurement", &ask->measurement},
	};

	for (size_t i = 0; i < GH_COUNT(slots); i++) {
		if (strcmp(option, slots[i].option) == 0)
			return slots[i].slot;
	}
	return NULL;
}

static int parse(struct gh_predict_ask *ask, int argc, char **argv)
{
	for (int i = 2; i < argc; i++) {
		const char **slot;

		if (argv[i][0] != '-' && ask->firmware == NULL) {
			ask->firmware = argv[i];
			continue;
		}
		slot = slot_of(ask, argv[i]);
		if (slot == NULL || i + 1 == argc)
			return -1;
		*slot = argv[++i];
	}
	return ask->firmware == NULL ? -1 : 0;
}

/* argv[0] "evidence", argv[1] "predict". */
int cmd_evidence_predict(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_predict_ask ask = {0};
	struct gh_cli full = *cli;
	struct gh_err err = {0};

	if (argc < 3 || parse(&ask, argc, argv) < 0)
		return cli_usage(argv[0], "predict FIRMWARE and its options");
	if (gh_op_predict(&gh_env_real, &ask, &r, &err) < 0)
		return cli_error(cli, &err);
	if (full.form == GH_CLI_TEXT)
		full.form = GH_CLI_PLAIN;
	return cli_result(&full, &r);
}
