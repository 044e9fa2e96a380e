/* SPDX-License-Identifier: Apache-2.0
 * gatehouse lab: up, down, status, break, heal, faults. */
#include <stdio.h>

#include "cli/cli.h"
#include "ops/lab.h"

static void on_event(void *ctx, const struct gh_event *ev)
{
	(void)ctx;
	fprintf(stderr, "  lab    %s\n", ev->text);
}

static int status(const struct gh_cli *cli)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	json_t *json = NULL;
	struct gh_err err;
	bool up = false;
	int rc;

	if (gh_op_lab_status(&text, &json, &up, &err) < 0)
		return cli_error(cli, &err);
	if (cli->form == GH_CLI_JSON) {
		rc = cli_json(json);
	} else {
		json_decref(json);
		rc = cli_text(&text);
	}
	return rc != 0 ? rc : up ? 0 : 1;
}

static int up(const struct gh_cli *cli, int argc, char **argv)
{
	struct gh_progress progress = {on_event, NULL};
	bool healthy = argc == 3 && strcmp(argv[2], "--healthy") == 0;
	struct gh_err err;

	if (argc > 3 || (argc == 3 && !healthy))
		return cli_usage(argv[0], "up takes --healthy only");
	if (gh_op_lab_up(!healthy, cli->state, &progress, &err) < 0)
		return cli_error(cli, &err);
	/* It is up as asked, also where a fault keeps a host from answering. */
	return status(cli) == 5 ? 5 : 0;
}

int cmd_lab(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	const char *verb = argc > 1 ? argv[1] : "status";
	struct gh_err err;

	if (strcmp(verb, "up") == 0)
		return up(cli, argc, argv);
	if (strcmp(verb, "status") == 0 && argc <= 2)
		return status(cli);
	if (strcmp(verb, "faults") == 0 && argc == 2) {
		gh_op_lab_faults(&text);
		return cli_text(&text);
	}
	if (strcmp(verb, "down") == 0 && argc == 2)
		return gh_op_lab_down(&err) < 0 ? cli_error(cli, &err) : 0;
	if (strcmp(verb, "break") == 0 && argc == 3)
		return gh_op_lab_breakable(argv[2], &text, &err) < 0
			   ? cli_error(cli, &err)
			   : cli_text(&text);
	if (strcmp(verb, "break") == 0 && argc == 4)
		return gh_op_lab_break(argv[2], argv[3], &err) < 0 ? cli_error(cli, &err)
								   : 0;
	if (strcmp(verb, "heal") == 0 && argc == 3)
		return gh_op_lab_heal(argv[2], &err) < 0 ? cli_error(cli, &err) : 0;
	return cli_usage(argv[0], "up, down, status, break, heal or faults");
}
