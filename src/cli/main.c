/* SPDX-License-Identifier: Apache-2.0
 * gatehouse: the console when no command is given, else one command. */
#include <getopt.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>

#include "base/version.h"
#include "cli/cli.h"
#include "ui/ui.h"

const struct gh_command gh_commands[] = {
    {"fleet", "", "the fleet as last seen, worst first", cmd_fleet},
    {"enrol", "HOST... | --all [--accept] [--reason TEXT] | --show HOST",
	"read identities and pin them: this machine is ours", cmd_enrol},
    {"validate", "[HOST...]", "stage 1: check the hosts and their GPUs, now",
	cmd_validate},
    {"attest", "HOST[:GPU]...", "collect and judge fresh GPU evidence", cmd_attest},
    {"facts", "HOST [FACT]", "what a host and its BMC say, side by side", cmd_facts},
    {"checks", "[ID|--coverage]", "the catalogue of host checks", cmd_checks},
    {"policy",
	"test FILE | explain FILE [HOST] | lint FILE | diff FILE FILE | from-host HOST",
	"what hosts must meet: policy files, tried and told in words", cmd_policy},
    {"history", "[HOST]", "runs, newest first", cmd_history},
    {"show", "RUN", "one run in full", cmd_show},
    {"diff", "RUN RUN", "what changed between two runs", cmd_diff},
    {"report", "list [HOST] | make HOST [--for CLIENT] | export ID|HOST DIR | key",
	"signed reports", cmd_report},
    {"evidence",
	"verify FILE [--type T] [--with FILE]... [--trust FILE] [--at TIME] "
	"[--nonce HEX] [--policy FILE] [--lab] | show FILE [--type T] | "
	"diff LOG LOG | "
	"predict FIRMWARE [--kernel F] [--initrd F] [--cmdline TEXT] [--vcpus N] "
	"[--cpu MODEL] [--vmm V] ...",
	"verify, take apart or predict any one piece of evidence", cmd_evidence},
    {"lab",
	"up [--healthy] | down | status | break HOST[:GPU] [FAULT|CHECK] | heal HOST | "
	"faults",
	"a fleet on this machine to try everything on", cmd_lab},
    {"doctor", "", "what is missing on this machine, and what mends it", cmd_doctor},
    {"version", "", "which gatehouse this is", cmd_version},
    {"help", "[COMMAND]", "this text", cmd_help},
};
const size_t gh_n_commands = GH_COUNT(gh_commands);

int cmd_version(const struct gh_cli *cli, int argc, char **argv)
{
	(void)cli;
	(void)argc;
	(void)argv;
	printf("gatehouse %s\n", gh_version());
	return 0;
}

int cmd_help(const struct gh_cli *cli, int argc, char **argv)
{
	(void)cli;
	printf(
	    "usage: gatehouse [--fleet FILE] [--state DIR] [--json|--plain] [COMMAND]\n"
	    "Without a command: the console. --ascii, --theme NAME, --color "
	    "auto|always|never are for it.\n\n");
	for (size_t i = 0; i < gh_n_commands; i++) {
		if (argc > 1 && strcmp(gh_commands[i].name, argv[1]) != 0)
			continue;
		printf("  %-9s %s\n", gh_commands[i].name, gh_commands[i].what);
		if (gh_commands[i].args[0] != '\0')
			printf("            gatehouse %s %s\n", gh_commands[i].name,
			    gh_commands[i].args);
	}
	printf("\nExit codes: 0 pass, 1 verdict is not pass, 2 signature or log broken, "
	       "3 stale "
	       "or not for us,\n4 usage or configuration, 5 could not run.\n");
	return 0;
}

static int console(const struct gh_cli *cli)
{
	struct ui_opts o = {.fleet = cli->fleet,
	    .state = cli->state,
	    .theme = cli->theme,
	    .color = cli->color,
	    .ascii = cli->ascii};

	return ui_main(&o);
}

static const struct option options[] = {
    {"fleet", required_argument, NULL, 'f'},
    {"state", required_argument, NULL, 's'},
    {"json", no_argument, NULL, 'j'},
    {"plain", no_argument, NULL, 'p'},
    {"ascii", no_argument, NULL, 'a'},
    {"theme", required_argument, NULL, 't'},
    {"color", required_argument, NULL, 'c'},
    {"help", no_argument, NULL, 'h'},
    {"version", no_argument, NULL, 'v'},
    {NULL, 0, NULL, 0},
};

/* --json and --plain may also stand behind the command: they are taken out of argv. */
static int lift_form(struct gh_cli *cli, int argc, char **argv)
{
	int n = 0;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			cli->form = GH_CLI_JSON;
		else if (strcmp(argv[i], "--plain") == 0)
			cli->form = GH_CLI_PLAIN;
		else
			argv[n++] = argv[i];
	}
	argv[n] = NULL;
	return n;
}

static int run_command(struct gh_cli *cli, int argc, char **argv)
{
	argc = lift_form(cli, argc, argv);
	for (size_t i = 0; i < gh_n_commands; i++) {
		if (strcmp(gh_commands[i].name, argv[0]) == 0)
			return gh_commands[i].run(cli, argc, argv);
	}
	fprintf(stderr,
	    "gatehouse: there is no command '%s'; gatehouse help lists them\n", argv[0]);
	return 4;
}

int main(int argc, char **argv)
{
	struct gh_cli cli = {.color = "auto"};
	int c;

	setlocale(LC_ALL, "");
	signal(SIGPIPE, SIG_IGN);
	/* "+": options of a command stay with the command. */
	while ((c = getopt_long(argc, argv, "+hv", options, NULL)) != -1) {
		switch (c) {
		case 'f':
			cli.fleet = optarg;
			break;
		case 's':
			cli.state = optarg;
			break;
		case 'j':
			cli.form = GH_CLI_JSON;
			break;
		case 'p':
			cli.form = GH_CLI_PLAIN;
			break;
		case 'a':
			cli.ascii = true;
			break;
		case 't':
			cli.theme = optarg;
			break;
		case 'c':
			cli.color = optarg;
			break;
		case 'h':
			return cmd_help(&cli, 1, argv);
		case 'v':
			return cmd_version(&cli, 1, argv);
		default:
			return 4;
		}
	}
	if (optind < argc)
		return run_command(&cli, argc - optind, argv + optind);
	if (cli.form != GH_CLI_TEXT) {
		char name[] = "fleet", *fleet[] = {name, NULL};

		return cmd_fleet(&cli, 1, fleet);
	}
	return console(&cli);
}
