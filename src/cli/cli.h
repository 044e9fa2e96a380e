/* SPDX-License-Identifier: Apache-2.0
 * The command line: one table of commands, one way to print, the exit codes of design.md. */
#pragma once

#include "base/result.h"
#include "ops/session.h"

enum gh_cli_form { GH_CLI_TEXT, GH_CLI_PLAIN, GH_CLI_JSON };

struct gh_cli {
	const char *fleet; /* --fleet */
	const char *state; /* --state */
	const char *theme; /* --theme */
	const char *color; /* --color auto|always|never */
	bool ascii;        /* --ascii */
	enum gh_cli_form form;
};

struct gh_command {
	const char *name;
	const char *args;                                            /* "[HOST...]" */
	const char *what;                                            /* one line */
	int (*run)(const struct gh_cli *cli, int argc, char **argv); /* argv[0] = name */
};

extern const struct gh_command gh_commands[];
extern const size_t gh_n_commands;

/* Each returns its exit code. */
int cmd_fleet(const struct gh_cli *cli, int argc, char **argv);
int cmd_enrol(const struct gh_cli *cli, int argc, char **argv);
int cmd_validate(const struct gh_cli *cli, int argc, char **argv);
int cmd_attest(const struct gh_cli *cli, int argc, char **argv);
int cmd_facts(const struct gh_cli *cli, int argc, char **argv);
int cmd_policy(const struct gh_cli *cli, int argc, char **argv);
int cmd_checks(const struct gh_cli *cli, int argc, char **argv);
int cmd_history(const struct gh_cli *cli, int argc, char **argv);
int cmd_show(const struct gh_cli *cli, int argc, char **argv);
int cmd_diff(const struct gh_cli *cli, int argc, char **argv);
int cmd_report(const struct gh_cli *cli, int argc, char **argv);
int cmd_evidence(const struct gh_cli *cli, int argc, char **argv);
/* The same argv: argv[1] is "predict". */
int cmd_evidence_predict(const struct gh_cli *cli, int argc, char **argv);
int cmd_lab(const struct gh_cli *cli, int argc, char **argv);
int cmd_doctor(const struct gh_cli *cli, int argc, char **argv);
int cmd_version(const struct gh_cli *cli, int argc, char **argv);
int cmd_help(const struct gh_cli *cli, int argc, char **argv);

/* ---- out.c: printing --------------------------------------------------------------- */
/* Everything printed is clean already (findings, errors); these only choose the form. */
int cli_result(const struct gh_cli *cli, const struct gh_result *r); /* exit code */
int cli_json(json_t *j);        /* prints and frees; 0 or 5 */
int cli_text(struct gh_buf *b); /* prints; 0 or 5 */
int cli_error(const struct gh_cli *cli, const struct gh_err *err); /* exit code */
/* "usage: gatehouse NAME ARGS" on stderr; 4. */
int cli_usage(const char *name, const char *why);
/* Opens the session that --fleet and --state name. */
GH_MUST_USE int cli_open(
    const struct gh_cli *cli, struct gh_session **out, struct gh_err *err);
