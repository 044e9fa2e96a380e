/* SPDX-License-Identifier: Apache-2.0
 * gatehouse fleet: what needs you, then the grid. */
#include "cli/cli.h"
#include "ops/model.h"
#include "ui/ui.h"

static json_t *host_json(const struct gh_host_model *h)
{
	json_t *gpus = json_array();

	for (size_t i = 0; i < h->n_gpus; i++)
		json_array_append_new(
		    gpus, json_pack("{s:s, s:s, s:I}", "subject", h->gpu[i].subject,
			      "verdict", gh_verdict_word(h->gpu[i].verdict),
			      "attested_at", (json_int_t)h->gpu[i].attested_at));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:i, s:i, s:i, s:i, s:s, s:o}",
	    "host", h->name, "tee", h->tee, "product", h->product, "verdict",
	    gh_verdict_word(h->verdict), "gate", gh_gate_word(h->gate), "checked_at",
	    (json_int_t)h->checked_at, "n_pass", (int)h->n_pass, "n_warn", (int)h->n_warn,
	    "n_fail", (int)h->n_fail, "n_unknown", (int)h->n_unknown, "last_24h",
	    h->strip, "gpus", gpus);
}

static json_t *model_json(const struct gh_model *m)
{
	json_t *hosts = json_array(), *needs = json_array();

	for (size_t i = 0; i < m->n_hosts; i++)
		json_array_append_new(hosts, host_json(&m->host[i]));
	for (size_t i = 0; i < m->n_needs; i++)
		json_array_append_new(
		    needs, json_pack("{s:s, s:s, s:s, s:s, s:I, s:s}", "verdict",
			       gh_verdict_word(m->need[i].verdict), "subject",
			       m->need[i].subject, "step", m->need[i].step, "text",
			       m->need[i].text, "since", (json_int_t)m->need[i].since,
			       "blocks", m->need[i].blocks));
	return json_pack("{s:s, s:b, s:s, s:s, s:I, s:I, s:o, s:o}", "fleet", m->fleet,
	    "lab", m->lab ? 1 : 0, "verdict", gh_verdict_word(m->verdict), "sentence",
	    m->sentence, "at", (json_int_t)m->now, "oldest", (json_int_t)m->oldest,
	    "needs", needs, "hosts", hosts);
}

static int print_fleet(const struct gh_cli *cli, struct gh_err *err, int *code)
{
	gh_auto(struct gh_session *, gh_session_close) s = NULL;
	gh_auto(struct gh_model *, gh_model_free) m = NULL;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};

	if (cli_open(cli, &s, err) < 0)
		return -1;
	if (gh_session_first_run(s)) {
		gh_fail(err, GH_E_CONFIG,
		    "no fleet file: nothing says which hosts there are");
		return gh_err_hint(err, "gatehouse lab up brings a fleet up to try");
	}
	if (gh_model_load(s, &m, err) < 0)
		return -1;
	if (cli->form == GH_CLI_JSON) {
		*code = cli_json(model_json(m));
	} else {
		ui_plain_fleet(&b, m);
		*code = cli_text(&b);
	}
	if (*code == 0)
		*code = gh_verdict_exit(m->verdict);
	return 0;
}

int cmd_fleet(const struct gh_cli *cli, int argc, char **argv)
{
	struct gh_err err;
	int code = 0;

	if (argc != 1)
		return cli_usage(argv[0], "takes no words");
	return print_fleet(cli, &err, &code) < 0 ? cli_error(cli, &err) : code;
}
