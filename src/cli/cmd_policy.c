/* SPDX-License-Identifier: Apache-2.0
 * gatehouse policy test | explain | lint | diff | from-host. */
#include <string.h>

#include "base/json.h"
#include "cli/cli.h"
#include "ops/policy.h"

static void put_weak(struct gh_buf *b, const json_t *j)
{
	const char *weak = gh_json_text(j, "weak");

	for (const char *at = weak; *at;) {
		size_t n = strcspn(at, ";");

		gh_buf_fmt(b, "%s%.*s\n", at == weak ? "weak: " : "     ", (int)n, at);
		at += n + (at[n] == ';');
	}
}

static void put_from(struct gh_buf *b, const json_t *j)
{
	const json_t *extends = json_object_get(j, "extends");

	gh_buf_fmt(b, "%s (%s, sha256 %.16s...)\n", gh_json_text(j, "policy"),
	    gh_json_text(j, "file"), gh_json_text(j, "sha256"));
	for (size_t i = 0; i < json_array_size(extends); i++)
		gh_buf_fmt(
		    b, "  extends %s\n", json_string_value(json_array_get(extends, i)));
}

static int test(const struct gh_cli *cli, const char *file)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	const json_t *tests;
	struct gh_err err;
	bool failed;
	int rc;

	if (gh_op_policy_test(file, gh_now(&gh_env_real), &j, &err) != 0)
		return cli_error(cli, &err);
	failed = json_integer_value(json_object_get(j, "failed")) > 0;
	tests = json_object_get(j, "tests");
	put_from(&b, j);
	for (size_t i = 0; i < json_array_size(tests); i++) {
		const json_t *t = json_array_get(tests, i);
		bool passed = json_is_true(json_object_get(t, "passed"));

		gh_buf_fmt(&b, "%-6s line %lld  %s%s%s\n", passed ? "ok" : "FAILED",
		    (long long)json_integer_value(json_object_get(t, "line")),
		    gh_json_text(t, "name"), passed ? "" : ": ", gh_json_text(t, "why"));
	}
	put_weak(&b, j);
	gh_buf_fmt(&b, "%lld passed, %lld failed\n",
	    (long long)json_integer_value(json_object_get(j, "passed")),
	    (long long)json_integer_value(json_object_get(j, "failed")));
	rc = cli->form == GH_CLI_JSON ? cli_json(json_incref(j)) : cli_text(&b);
	return rc != 0 ? rc : failed;
}

/* "name text" for each member that says something. */
static void put_said(struct gh_buf *b, const json_t *o)
{
	const char *name;
	json_t *v;

	json_object_foreach((json_t *)(uintptr_t)o, name, v)
	{
		if (json_string_length(v))
			gh_buf_fmt(b, "  %-28s %s\n", name, json_string_value(v));
	}
}

static void put_rules(struct gh_buf *b, const json_t *rules)
{
	for (size_t i = 0; i < json_array_size(rules); i++) {
		const json_t *r = json_array_get(rules, i);

		gh_buf_fmt(b, "%-8s %-24s %s\n", gh_json_text(r, "severity"),
		    gh_json_text(r, "id"), gh_json_text(r, "words"));
		if (gh_json_text(r, "why")[0])
			gh_buf_fmt(b, "%33s %s\n", "", gh_json_text(r, "why"));
	}
}

static void put_checks(struct gh_buf *b, const json_t *checks)
{
	for (size_t i = 0; i < json_array_size(checks); i++) {
		const json_t *c = json_array_get(checks, i);

		gh_buf_fmt(b, "%-8s %-24s %s\n", "check", gh_json_text(c, "id"),
		    gh_json_text(c, "words"));
		if (gh_json_text(c, "why")[0])
			gh_buf_fmt(b, "%33s %s\n", "", gh_json_text(c, "why"));
	}
}

static int explain(const struct gh_cli *cli, const char *file)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err err;

	if (gh_op_policy_explain(file, &j, &err) != 0)
		return cli_error(cli, &err);
	if (cli->form == GH_CLI_JSON)
		return cli_json(json_incref(j));
	put_from(&b, j);
	put_said(&b, json_object_get(j, "applies"));
	put_said(&b, json_object_get(j, "bounds"));
	put_rules(&b, json_object_get(j, "rules"));
	put_checks(&b, json_object_get(j, "checks"));
	put_weak(&b, j);
	return cli_text(&b);
}

static int explain_host(const struct gh_cli *cli, const char *file, const char *host)
{
	gh_auto(struct gh_session *, gh_session_close) s = NULL;
	gh_auto(struct gh_result, gh_result_free) r = {0};
	struct gh_cli full = *cli;
	struct gh_err err;

	if (cli_open(cli, &s, &err) < 0 ||
	    gh_op_policy_judge(s, file, host, &r, &err) < 0)
		return cli_error(cli, &err);
	if (full.form == GH_CLI_TEXT)
		full.form = GH_CLI_PLAIN;
	return cli_result(&full, &r);
}

static int lint(const struct gh_cli *cli, const char *file)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err err;
	int rc;

	if (gh_op_policy_explain(file, &j, &err) != 0)
		return cli_error(cli, &err);
	if (cli->form == GH_CLI_JSON) {
		rc = cli_json(json_pack("{s:O, s:O}", "policy",
		    json_object_get(j, "policy"), "weak", json_object_get(j, "weak")));
	} else {
		put_weak(&b, j);
		if (b.len == 0)
			gh_buf_str(&b, "nothing important is left out\n");
		rc = cli_text(&b);
	}
	return rc != 0 ? rc : gh_json_text(j, "weak")[0] != '\0';
}

static int diff(const struct gh_cli *cli, const char *a, const char *b)
{
	gh_auto(json_t *, gh_json_free) j = NULL;
	gh_auto(struct gh_buf, gh_buf_free) out = {0};
	const json_t *changes;
	struct gh_err err;

	if (gh_op_policy_diff(a, b, &j, &err) != 0)
		return cli_error(cli, &err);
	if (cli->form == GH_CLI_JSON)
		return cli_json(json_incref(j));
	changes = json_object_get(j, "changes");
	for (size_t i = 0; i < json_array_size(changes); i++) {
		const json_t *c = json_array_get(changes, i);
		const char *was = gh_json_text(c, "a"), *is = gh_json_text(c, "b");

		gh_buf_fmt(&out, "%s %-8s %s\n",
		    !was[0]  ? "+"
		    : !is[0] ? "-"
			     : "~",
		    gh_json_text(c, "what"), gh_json_text(c, "id"));
		if (was[0])
			gh_buf_fmt(&out, "    was %s\n", was);
		if (is[0])
			gh_buf_fmt(&out, "    %s %s\n", was[0] ? "is " : "new", is);
	}
	if (out.len == 0)
		gh_buf_str(&out, "the same\n");
	return cli_text(&out);
}

static int from_host(const struct gh_cli *cli, const char *host)
{
	gh_auto(struct gh_session *, gh_session_close) s = NULL;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err err;

	if (cli_open(cli, &s, &err) < 0 || gh_op_policy_from_host(s, host, &b, &err) < 0)
		return cli_error(cli, &err);
	return cli_text(&b);
}

int cmd_policy(const struct gh_cli *cli, int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	if (strcmp(what, "test") == 0 && argc == 3)
		return test(cli, argv[2]);
	if (strcmp(what, "explain") == 0 && argc == 3)
		return explain(cli, argv[2]);
	if (strcmp(what, "explain") == 0 && argc == 4)
		return explain_host(cli, argv[2], argv[3]);
	if (strcmp(what, "lint") == 0 && argc == 3)
		return lint(cli, argv[2]);
	if (strcmp(what, "diff") == 0 && argc == 4)
		return diff(cli, argv[2], argv[3]);
	if (strcmp(what, "from-host") == 0 && argc == 3)
		return from_host(cli, argv[2]);
	return cli_usage(argv[0], "what, and with which file?");
}
