/* SPDX-License-Identifier: Apache-2.0
 * The command line behind ':', with the words of the CLI. */
#include <stdio.h>
#include <string.h>

#include "app.h"
#include "base/text.h"
#include "view.h"

struct words {
	char w[3][80];
	size_t n;
};

static struct words split(const char *line)
{
	struct words out = {.n = 0};
	struct gh_bytes rest = gh_text_of(line), word;
	while (out.n < 3 && gh_text_word(&rest, &word))
		snprintf(out.w[out.n++], sizeof(out.w[0]), "%.*s",
		    (int)(word.len < 79 ? word.len : 79), (const char *)word.p);
	return out;
}

static void cmd_fleet(struct ui_app *a, const struct words *w)
{
	(void)w;
	ui_app_go(a, UI_FLEET, "", 0);
}

static bool known(struct ui_app *a, const char *host)
{
	if (a->look.model && gh_model_host(a->look.model, host))
		return true;
	ui_app_flash(a, UI_WARN, "no host named %.60s", host);
	return false;
}

static void cmd_host(struct ui_app *a, const struct words *w)
{
	if (known(a, w->w[1]))
		ui_app_go(a, UI_HOST, w->w[1], 0);
}

static void cmd_chain(struct ui_app *a, const struct words *w)
{
	char host[64];
	int gpu = ui_subject_gpu(w->w[1], host, sizeof(host));
	if (known(a, host))
		ui_app_go(a, UI_CHAIN, host, gpu > 0 ? (unsigned int)gpu : 0);
}

static void cmd_facts(struct ui_app *a, const struct words *w)
{
	if (known(a, w->w[1]))
		ui_app_go(a, UI_FACTS, w->w[1], 0);
}

static void cmd_enrol(struct ui_app *a, const struct words *w)
{
	if (known(a, w->w[1]))
		ui_app_go(a, UI_ENROL, w->w[1], 0);
}

/* checks [WORD]: those with the word; an id is one. */
static void cmd_checks(struct ui_app *a, const struct words *w)
{
	ui_app_go(a, UI_CHECKS, "", 0);
	if (w->n > 1)
		snprintf(a->look.filter, sizeof(a->look.filter), "%.63s", w->w[1]);
}

/* policy [NAME] [HOST]: without a name the host's own, without a host the one in view. */
static void cmd_policy(struct ui_app *a, const struct words *w)
{
	struct ui_place to = {.view = UI_POLICY};
	bool of_host =
	    w->n == 2 && a->look.model && gh_model_host(a->look.model, w->w[1]);

	snprintf(to.host, sizeof(to.host), "%.63s", of_host ? w->w[1] : a->look.at.host);
	if (w->n == 3 && !known(a, w->w[2]))
		return;
	if (w->n == 3)
		snprintf(to.host, sizeof(to.host), "%.63s", w->w[2]);
	if (w->n > 1 && !of_host)
		snprintf(to.arg, sizeof(to.arg), "%s", w->w[1]);
	if (!to.host[0] && !to.arg[0])
		ui_app_flash(a, UI_WARN, "policy wants NAME or HOST");
	else
		ui_app_go_to(a, &to);
}

static void cmd_history(struct ui_app *a, const struct words *w)
{
	if (w->n == 1 || known(a, w->w[1]))
		ui_app_go(a, UI_HISTORY, w->n > 1 ? w->w[1] : "", 0);
}

static void cmd_diff(struct ui_app *a, const struct words *w)
{
	if (w->n != 3) {
		ui_app_flash(a, UI_WARN, "diff wants two runs");
		return;
	}
	snprintf(a->look.run_a, sizeof(a->look.run_a), "%.26s", w->w[1]);
	snprintf(a->look.run_b, sizeof(a->look.run_b), "%.26s", w->w[2]);
	a->look.diff = true;
	ui_app_go(a, UI_HISTORY, "", 0);
	ui_app_job(a, UI_J_DIFF, w->w[1], w->w[2]);
}

static void cmd_validate(struct ui_app *a, const struct words *w)
{
	if (w->n == 1 || known(a, w->w[1]))
		ui_app_validate(a, w->n > 1 ? w->w[1] : "");
}

static void cmd_theme(struct ui_app *a, const struct words *w)
{
	ui_app_set_theme(a, w->n > 1 ? w->w[1] : ui_theme_after(a->theme.name));
}

static void cmd_help(struct ui_app *a, const struct words *w)
{
	(void)w;
	ui_app_act(a, UI_A_HELP);
}

static void cmd_export(struct ui_app *a, const struct words *w)
{
	(void)w;
	ui_app_act(a, UI_A_EXPORT);
}

static void cmd_quit(struct ui_app *a, const struct words *w)
{
	(void)w;
	a->quit = true;
}

static const struct {
	const char *word, *arg;
	void (*run)(struct ui_app *, const struct words *);
} commands[] = {{"fleet", "", cmd_fleet}, {"host", "HOST", cmd_host},
    {"chain", "HOST:GPU", cmd_chain}, {"attest", "HOST", cmd_validate},
    {"facts", "HOST", cmd_facts}, {"enrol", "HOST", cmd_enrol},
    {"policy", "[NAME] [HOST]", cmd_policy}, {"checks", "[ID]", cmd_checks},
    {"history", "[HOST]", cmd_history}, {"diff", "A B", cmd_diff},
    {"validate", "[HOST]", cmd_validate}, {"export", "", cmd_export},
    {"theme", "NAME", cmd_theme}, {"help", "", cmd_help}, {"quit", "", cmd_quit}};

void ui_app_command(struct ui_app *a, const char *line)
{
	struct words w = split(line);
	if (w.n == 0)
		return;
	bool need_fleet = a->look.at.view == UI_FIRST;
	for (size_t i = 0; i < GH_COUNT(commands); i++) {
		if (strncmp(commands[i].word, w.w[0], strlen(w.w[0])) != 0)
			continue;
		if (need_fleet && commands[i].run != cmd_quit &&
		    commands[i].run != cmd_theme && commands[i].run != cmd_help)
			ui_app_flash(
			    a, UI_WARN, "there is no fleet yet: l brings the lab up");
		else if (w.n == 1 && commands[i].arg[0] && commands[i].arg[0] != '[' &&
			 commands[i].run != cmd_theme && commands[i].run != cmd_validate)
			ui_app_flash(
			    a, UI_WARN, "%s wants %s", commands[i].word, commands[i].arg);
		else
			commands[i].run(a, &w);
		return;
	}
	ui_app_flash(
	    a, UI_WARN, "no command %.40s; Tab completes, ? shows the keys", w.w[0]);
}

/* Completes the first word from the table, the second from the hosts. */
void ui_app_complete(struct ui_app *a)
{
	struct words w = split(a->look.input);
	char *in = a->look.input;
	size_t size = sizeof(a->look.input);
	if (w.n <= 1 && !strchr(in, ' ')) {
		for (size_t i = 0; i < GH_COUNT(commands); i++)
			if (w.n == 0 ||
			    strncmp(commands[i].word, w.w[0], strlen(w.w[0])) == 0) {
				snprintf(in, size, "%s%s", commands[i].word,
				    commands[i].arg[0] ? " " : "");
				return;
			}
		return;
	}
	const char *part = w.n > 1 ? w.w[1] : "";
	for (size_t i = 0; a->look.model && i < a->look.model->n_hosts; i++)
		if (strncmp(a->look.model->host[i].name, part, strlen(part)) == 0) {
			snprintf(
			    in, size, "%.40s %.50s", w.w[0], a->look.model->host[i].name);
			return;
		}
}
