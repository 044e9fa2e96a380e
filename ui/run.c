/* SPDX-License-Identifier: Apache-2.0
 * The loop of the console: terminal, signals, messages, clock; nothing that blocks. */
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app.h"
#include "guard.h"
#include "ops/catalogue.h"
#include "signals.h"
#include "tty.h"
#include "ui.h"

/* at most ten frames a second, but an answer to a key comes at once */
enum { FRAME_MS = 100, KEY_FRAME_MS = 10, IDLE_MS = 1000, BUSY_MS = 250 };
enum { DEAF_MS = 150 }; /* after a question opened: type-ahead must not answer it */

struct loop {
	struct ui_app app;
	struct ui_tty *tty;
	struct ui_canvas cv;
	struct gh_session *session;
	const struct gh_env *env;
	char fleet_path[300], error[420];
	struct ui_groups groups;
	int64_t drawn_ms; /* when the last frame went out */
	bool dirty, key;  /* key: the operator waits for this frame */
	int died;         /* signal that ends us */
	int64_t int_ms;   /* last ^c */
	int64_t deaf_ms;  /* keys before this instant are dropped */
};

static int64_t now_ms(const struct loop *l)
{
	return gh_mono_ms(l->env);
}

/* ---- events ------------------------------------------------------------------------------- */

static void suspend(struct loop *l)
{
	int64_t since = gh_now(l->env);
	ui_tty_leave(l->tty);
	ui_signals_stop_here();
	ui_tty_return(l->tty);
	int64_t away = gh_now(l->env) - since;
	ui_app_flash(&l->app, UI_DIM, "stopped for %lld s, refreshing", (long long)away);
	ui_app_job(&l->app, UI_J_RELOAD, "", "");
}

/* ^c leaves an input line; twice in two seconds leaves gatehouse. */
static void interrupt(struct loop *l)
{
	if (l->app.look.input_kind) {
		ui_app_key(&l->app, UI_KEY_ESC);
		return;
	}
	int64_t now = now_ms(l);
	if (l->int_ms && now - l->int_ms < 2000)
		l->app.quit = true;
	l->int_ms = now;
	ui_app_flash(&l->app, UI_TEXT, "^c once more leaves gatehouse; q does too");
}

static void take_signals(struct loop *l)
{
	int sig;
	while ((sig = ui_signals_next()) != 0) {
		l->dirty = true;
		if (sig == SIGTERM || sig == SIGHUP)
			l->died = sig;
		else if (sig == SIGINT)
			interrupt(l);
		else if (sig == SIGTSTP)
			l->app.suspend = true;
		else if (sig == SIGCONT)
			ui_tty_redraw(l->tty);
	}
}

static void take_keys(struct loop *l)
{
	int key;
	for (int i = 0; i < 1000 && (key = ui_tty_key(l->tty)) != 0; i++) {
		if (key < 0) {
			l->died = SIGHUP;
			return;
		}
		l->dirty = l->key = true;
		if (now_ms(l) < l->deaf_ms)
			continue;
		ui_app_key(&l->app, key);
		if (l->app.asked)
			l->deaf_ms = now_ms(l) + DEAF_MS;
		l->app.asked = false;
		if (l->app.quit || l->app.suspend)
			return;
	}
}

static void take_messages(struct loop *l)
{
	struct ui_msg *m = l->app.jobs ? ui_jobs_take(l->app.jobs) : NULL;
	while (m) {
		struct ui_msg *next = m->next;
		ui_app_msg(&l->app, m);
		ui_msg_free(m);
		m = next;
		l->dirty = true;
	}
	if (l->app.jobs)
		l->app.look.job.queued = ui_jobs_waiting(l->app.jobs);
}

static void do_wishes(struct loop *l)
{
	struct ui_app *a = &l->app;
	if (a->theme_changed)
		ui_tty_theme(l->tty, &a->theme);
	if (a->redraw)
		ui_tty_redraw(l->tty);
	if (a->copy) {
		size_t n = ui_tty_copy(l->tty, a->copy);
		if (n)
			ui_app_flash(
			    a, UI_OK, "%zu bytes sent to the clipboard (OSC 52)", n);
		else
			ui_app_flash(a, UI_WARN, "too long for the clipboard: x exports");
		free(a->copy);
		a->copy = NULL;
	}
	if (a->suspend)
		suspend(l);
	l->dirty = l->dirty || a->theme_changed || a->redraw || a->suspend;
	a->theme_changed = a->redraw = a->suspend = false;
}

/* ---- frames ------------------------------------------------------------------------------- */

static int resize(struct loop *l, struct gh_err *err)
{
	int rows, cols;
	ui_tty_size(l->tty, &rows, &cols);
	if (rows == l->cv.rows && cols == l->cv.cols)
		return 0;
	l->dirty = true;
	l->app.rows = rows;
	l->app.cols = cols;
	l->app.high = ui_frame_of(rows, cols).body.rows;
	return ui_canvas_resize(&l->cv, rows, cols, err);
}

static void draw(struct loop *l)
{
	int64_t now = now_ms(l);
	if (!l->dirty || now - l->drawn_ms < (l->key ? KEY_FRAME_MS : FRAME_MS))
		return;
	l->app.look.tick++;
	ui_draw(&l->app.look, &l->cv);
	if (!ui_tty_blit(l->tty, &l->cv))
		return; /* the terminal is slow: this frame is skipped */
	l->drawn_ms = now_ms(l);
	l->dirty = l->key = false;
}

static int wait_ms(const struct loop *l)
{
	int64_t since = now_ms(l) - l->drawn_ms;
	int every = l->key               ? KEY_FRAME_MS
		    : l->dirty           ? FRAME_MS
		    : l->app.look.job.id ? BUSY_MS
					 : IDLE_MS;
	return since >= every ? (l->dirty ? 20 : 1) : (int)(every - since);
}

static int loop_run(struct loop *l, int signal_fd, struct gh_err *err)
{
	struct pollfd p[3] = {{STDIN_FILENO, POLLIN, 0}, {signal_fd, POLLIN, 0},
	    {l->app.jobs ? ui_jobs_fd(l->app.jobs) : -1, POLLIN, 0}};
	while (!l->app.quit && !l->died) {
		int64_t second = gh_now(l->env);
		if (second != l->app.look.now || l->app.look.job.id)
			l->dirty = l->dirty || second != l->app.look.now ||
				   now_ms(l) - l->drawn_ms >= BUSY_MS;
		ui_app_tick(&l->app, second);
		if (resize(l, err) != 0)
			return -1;
		draw(l);
		if (poll(p, 3, wait_ms(l)) < 0)
			continue; /* EINTR: a worker's signal */
		take_signals(l);
		if (p[0].revents)
			take_keys(l);
		take_messages(l);
		do_wishes(l);
	}
	return 0;
}

/* ---- start and end ------------------------------------------------------------------------ */

static void load_first(struct loop *l, const struct ui_opts *opts)
{
	struct gh_err err = {0};
	struct gh_model *m = NULL;
	if (gh_session_first_run(l->session)) {
		l->app.look.at.view = UI_FIRST;
		return;
	}
	snprintf(l->fleet_path, sizeof(l->fleet_path), "%s",
	    gh_session_fleet_path(l->session));
	if (gh_model_load(l->session, &m, &err) != 0) {
		snprintf(l->error, sizeof(l->error), "%s", err.what);
		return;
	}
	ui_app_model(&l->app, m);
	bool old = m->oldest == 0 || m->now - m->oldest > (int64_t)m->fresh_s;
	if (old && !opts->no_auto)
		ui_app_job(&l->app, UI_J_VALIDATE, "", "");
}

/* The names of the groups, once: "G05 TDX enablement" in the catalogue. */
static void load_groups(struct ui_groups *g)
{
	gh_auto(json_t *, gh_json_free) list = NULL;
	size_t i;
	json_t *check;
	if (gh_op_catalogue(NULL, &list, NULL) != 0)
		return; /* then the codes are shown */
	json_array_foreach(list, i, check)
	{
		const char *s = json_string_value(json_object_get(check, "group"));
		size_t code = s ? strcspn(s, " ") : 0;
		if (!s || !s[code] || code > 7 || g->n == GH_COUNT(g->at))
			continue;
		if (g->n && strncmp(g->at[g->n - 1].code, s, code) == 0)
			continue;
		snprintf(g->at[g->n].code, sizeof(g->at[0].code), "%.*s", (int)code, s);
		snprintf(g->at[g->n].name, sizeof(g->at[0].name), "%.47s", s + code + 1);
		g->n++;
	}
}

static void choose_theme(struct loop *l, const struct ui_opts *opts)
{
	const char *name = opts->theme ? opts->theme : getenv("GATEHOUSE_THEME");
	struct gh_err err = {0};
	if (!name || !name[0])
		name = ui_theme_default(getenv("COLORFGBG"));
	if (ui_theme_load(&l->app.theme, name, &err) != 0) {
		ui_app_flash(&l->app, UI_FAIL, "%s", err.what);
		if (ui_theme_load(&l->app.theme, "dark", NULL) != 0)
			return; /* the text stays without colour */
	}
	ui_tty_theme(l->tty, &l->app.theme);
}

static int say_err(const struct gh_err *err)
{
	fprintf(stderr, "gatehouse: %s\n", err->what);
	if (err->hint[0])
		fprintf(stderr, "  %s\n", err->hint);
	return gh_errc_exit(err->code);
}

static int on_screen(struct loop *l, const struct ui_opts *opts, int signal_fd)
{
	struct gh_err err = {0};
	const bool never = opts->color && strcmp(opts->color, "never") == 0;
	const struct ui_tty_opts tty = {opts->ascii, never};
	if (ui_tty_open(&l->tty, &tty, &err) != 0)
		return say_err(&err);
	l->cv.utf8 = ui_tty_utf8(l->tty);
	l->app.look.now = gh_now(l->env);
	l->app.look.error = l->error;
	l->app.look.fleet_path = l->fleet_path;
	l->app.look.groups = &l->groups;
	load_groups(&l->groups);
	choose_theme(l, opts);
	load_first(l, opts);
	if (ui_tty_stand_in(l->tty)[0])
		ui_app_flash(&l->app, UI_WARN, "unknown TERM; drawing as for %s",
		    ui_tty_stand_in(l->tty));
	l->dirty = true;
	l->drawn_ms = now_ms(l) - FRAME_MS;
	int rc = loop_run(l, signal_fd, &err);
	ui_tty_close(&l->tty);
	if (rc != 0)
		return say_err(&err);
	return l->died ? 128 + l->died : 0;
}

struct child {
	const struct ui_opts *opts;
};

static int console(void *ctx)
{
	const struct ui_opts *opts = ((struct child *)ctx)->opts;
	const struct gh_session_opts so = {.fleet = opts->fleet, .state = opts->state};
	struct gh_err err = {0};
	struct loop *l = calloc(1, sizeof(*l));
	if (!l)
		return 5;
	ui_app_init(&l->app);
	mallopt(
	    M_ARENA_MAX, 2); /* an arena for each worker would cost more than it brings */
	int signal_fd = ui_signals_open();
	if (gh_session_open(&l->session, &so, &err) != 0 ||
	    ui_jobs_start(&l->app.jobs, l->session, &so, &err) != 0) {
		free(l);
		return say_err(&err);
	}
	l->env = gh_session_env(l->session);
	int rc = on_screen(l, opts, signal_fd);
	/* a worker that hangs in a dead host keeps the session: then only the process ends */
	if (ui_jobs_stop(&l->app.jobs, &l->session)) {
		ui_app_free(&l->app);
		ui_canvas_free(&l->cv);
		gh_session_close(&l->session);
		ui_signals_close();
		free(l);
	}
	return rc;
}

/* No terminal to draw on: the same facts in sentences. */
static int plain(const struct ui_opts *opts, const char *why)
{
	const struct gh_session_opts so = {.fleet = opts->fleet, .state = opts->state};
	struct gh_err err = {0};
	struct gh_session *s = NULL;
	struct gh_model *m = NULL;
	gh_auto(struct gh_buf, gh_buf_free) out = {0};
	fprintf(stderr, "gatehouse: %s: plain view\n", why);
	if (gh_session_open(&s, &so, &err) != 0)
		return say_err(&err);
	if (gh_session_first_run(s)) {
		gh_session_close(&s);
		puts("There is no fleet file. gatehouse lab up starts a lab to try; "
		     "inventory/fleet.example.yaml is the example to copy.");
		return 4;
	}
	int rc = gh_model_load(s, &m, &err) == 0 ? 0 : say_err(&err);
	if (rc == 0) {
		ui_plain_fleet(&out, m);
		fputs(gh_buf_cstr(&out), stdout);
		rc = gh_verdict_exit(m->verdict);
	}
	gh_model_free(&m);
	gh_session_close(&s);
	return rc;
}

int ui_main(const struct ui_opts *opts)
{
	const char *term = getenv("TERM");
	struct child c = {opts};
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return plain(opts, "this is not a terminal");
	if (!term || !term[0])
		return plain(opts, "TERM is not set");
	if (strcmp(term, "dumb") == 0)
		return plain(opts, "TERM=dumb cannot move the cursor");
	int rc = opts->no_guard ? console(&c) : ui_guard_run(console, &c);
	return rc >= 0 ? rc : console(&c);
}
