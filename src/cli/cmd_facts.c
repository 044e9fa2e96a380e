/* SPDX-License-Identifier: Apache-2.0
 * gatehouse facts HOST [FACT]: what its OS and its BMC say, side by side. */
#include <string.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/text.h"
#include "cli/cli.h"
#include "ops/facts.h"
#include "ops/model.h"

#define NAME_WIDTH  30
#define VALUE_WIDTH 44

/* The value in words, cut to a column of cleaned UTF-8; width 0 = whole. */
static void put_value(struct gh_buf *b, const json_t *v, size_t width)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	size_t cut;

	gh_facts_words(&text, v);
	if (text.len == 0)
		gh_buf_chr(&text, '-');
	if (width == 0 || text.len <= width) {
		gh_buf_fmt(b, "%-*s", (int)width, gh_buf_cstr(&text));
		return;
	}
	cut = gh_text_whole(text.p, width - 3);
	gh_buf_fmt(
	    b, "%.*s%-*s", (int)cut, gh_buf_cstr(&text), (int)(width - cut), "...");
}

static const char *agree_word(const json_t *row)
{
	const json_t *agree = json_object_get(row, "agree");

	return json_is_true(agree) ? "same" : json_is_false(agree) ? "DIFFER" : "";
}

static void put_row(struct gh_buf *b, const json_t *row)
{
	char age[16] = "-";

	if (json_is_integer(json_object_get(row, "age_s")))
		gh_time_age(
		    age, sizeof(age), json_integer_value(json_object_get(row, "age_s")));
	gh_buf_fmt(b, "%-*s ", NAME_WIDTH, gh_json_text(row, "name"));
	put_value(b, json_object_get(row, "ssh"), VALUE_WIDTH);
	gh_buf_chr(b, ' ');
	put_value(b, json_object_get(row, "bmc"), VALUE_WIDTH);
	gh_buf_fmt(b, " %-6s %5s %s\n", agree_word(row), age, gh_json_text(row, "unit"));
}

/* The row of that fact; NULL, USAGE when nobody says it. */
static json_t *find_row(const json_t *rows, const char *name, struct gh_err *err)
{
	for (size_t i = 0; i < json_array_size(rows); i++) {
		json_t *row = json_array_get(rows, i);

		if (strcmp(gh_json_text(row, "name"), name) == 0)
			return row;
	}
	gh_fail(err, GH_E_USAGE, "nobody says '%s' of that host", name);
	gh_err_hint(err, "gatehouse facts HOST lists what was read");
	return NULL;
}

static void put_whole(struct gh_buf *b, const json_t *row)
{
	gh_buf_fmt(b, "%s (%s): %s\nSSH  ", gh_json_text(row, "name"),
	    gh_json_text(row, "type"), gh_json_text(row, "help"));
	put_value(b, json_object_get(row, "ssh"), 0);
	gh_buf_str(b, "\nBMC  ");
	put_value(b, json_object_get(row, "bmc"), 0);
	gh_buf_fmt(b, "\n%s%sproof %s\n", agree_word(row), agree_word(row)[0] ? ", " : "",
	    gh_json_text(row, "assurance"));
}

static void put_all(struct gh_buf *b, const json_t *facts)
{
	const json_t *rows = json_object_get(facts, "facts");
	size_t n_differ = 0, n = json_array_size(rows);

	gh_buf_fmt(b, "%-*s %-*s %-*s %-6s %5s %s\n", NAME_WIDTH, "FACT", VALUE_WIDTH,
	    "SSH", VALUE_WIDTH, "BMC", "", "AGE", "UNIT");
	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(rows, i);

		put_row(b, row);
		n_differ += json_is_false(json_object_get(row, "agree"));
	}
	gh_buf_fmt(b, "%zu facts, %zu on which SSH and BMC differ\n", n, n_differ);
}

/* What the evidence of its GPUs states, a line each; --json has all of it. */
static void put_gpus(struct gh_buf *b, const struct gh_result *r)
{
	static const char *const claim[] = {"vbios", "driver", "mode", "pdi"};

	for (size_t i = 0; i < r->n_subjects; i++) {
		if (strcmp(r->subject[i].kind, "gpu") != 0)
			continue;
		gh_buf_fmt(b, "%-*s", NAME_WIDTH, r->subject[i].name);
		for (size_t k = 0; k < GH_COUNT(claim); k++)
			gh_buf_fmt(b, " %s %s", claim[k],
			    gh_claim_get(&r->subject[i], claim[k]));
		gh_buf_chr(b, '\n');
	}
}

static int add_gpus(
    struct gh_session *s, json_t *facts, struct gh_buf *b, struct gh_err *err)
{
	gh_auto(struct gh_model *, gh_model_free) m = NULL;
	const struct gh_host_model *h;

	if (gh_model_load(s, &m, err) < 0)
		return -1;
	h = gh_model_host(m, gh_json_text(facts, "host"));
	if (h) {
		json_object_set_new(facts, "gpus", gh_result_json(&h->gpus));
		put_gpus(b, &h->gpus);
	}
	return 0;
}

static int one_fact(const struct gh_cli *cli, const json_t *rows, const char *name)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	struct gh_err err;
	json_t *row = find_row(rows, name, &err);

	if (!row)
		return cli_error(cli, &err);
	if (cli->form == GH_CLI_JSON)
		return cli_json(json_incref(row));
	put_whole(&b, row);
	return cli_text(&b);
}

int cmd_facts(const struct gh_cli *cli, int argc, char **argv)
{
	gh_auto(struct gh_session *, gh_session_close) s = NULL;
	gh_auto(json_t *, gh_json_free) facts = NULL;
	gh_auto(struct gh_buf, gh_buf_free) b = {0}, gpus = {0};
	struct gh_err err;

	if (argc < 2 || argc > 3)
		return cli_usage(argv[0], "which host?");
	if (cli_open(cli, &s, &err) < 0 || gh_op_facts(s, argv[1], &facts, &err) < 0)
		return cli_error(cli, &err);
	if (argc == 3)
		return one_fact(cli, json_object_get(facts, "facts"), argv[2]);
	if (add_gpus(s, facts, &gpus, &err) < 0)
		return cli_error(cli, &err);
	if (cli->form == GH_CLI_JSON)
		return cli_json(json_incref(facts));
	put_all(&b, facts);
	gh_buf_add(&b, gpus.p, gpus.len);
	return cli_text(&b);
}
