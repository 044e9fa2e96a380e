/* SPDX-License-Identifier: Apache-2.0
 * The console without its terminal: what a key and what a message do. */
#pragma once

#include "job.h"
#include "keys.h"
#include "look.h"
#include "theme.h"

#define UI_TRAIL 32
struct ui_app {
	struct ui_look look;
	struct ui_jobs *jobs; /* NULL: no work can be started (tests) */
	/* owned, shown through look */
	struct gh_model *model, *held; /* held: newer than a frozen screen */
	struct gh_history_row *history;
	struct gh_change *change;
	struct gh_result *run;
	struct ui_sheet *sheet[UI_N_SHEETS];
	char *detail;
	/* views gone through, for [ ] - and esc */
	struct ui_place trail[UI_TRAIL];
	size_t n_trail, pos;
	struct ui_place last; /* for - */
	struct ui_theme theme;
	int flash_s;         /* how long the flash stays, from when it is first drawn */
	int64_t flash_until; /* 0 = not drawn yet */
	bool pasting;
	bool touched; /* a key was pressed: the cursor is somebody's choice */
	int high;     /* rows of a page */
	/* what the loop has to do */
	bool quit, suspend, redraw, theme_changed;
	bool asked; /* a confirmation opened: keys typed before it are not meant for it */
	char *copy; /* text for the clipboard, malloc'd */
	int rows, cols;
};

void ui_app_init(struct ui_app *a);
void ui_app_free(struct ui_app *a);
void ui_app_key(struct ui_app *a, int key);
/* Takes what the message carries; the message itself stays the caller's. */
void ui_app_msg(struct ui_app *a, struct ui_msg *m);
/* Takes the model over; the cursor follows its object. */
void ui_app_model(struct ui_app *a, struct gh_model *m);
/* Time goes on: flashes end. */
void ui_app_tick(struct ui_app *a, int64_t now);
void ui_app_flash(struct ui_app *a, enum ui_role role, const char *fmt, ...)
    GH_PRINTF(3, 4);
/* Starts a validation of one host, or of all when host is "". */
void ui_app_validate(struct ui_app *a, const char *host);
/* The question before the pins of the host in this view change; and its keys. */
void ui_app_ask_enrol(struct ui_app *a);
void ui_app_confirm_key(struct ui_app *a, int key);

/* ---- between app.c, act.c, open.c and command.c ------------------------------------------------ */
void ui_app_go(struct ui_app *a, enum ui_view view, const char *host, unsigned int gpu);
/* The same with all that a place has but its row. */
void ui_app_go_to(struct ui_app *a, const struct ui_place *to);
/* Asks a worker for what a table view shows. */
void ui_app_read_sheet(struct ui_app *a);
void ui_app_back(struct ui_app *a);
void ui_app_forward(struct ui_app *a);
void ui_app_select(struct ui_app *a, const char *row); /* by identity */
void ui_app_act(struct ui_app *a, enum ui_action act);
/* The selected row: its own view, its finding in words, its finding as JSON. */
void ui_app_open(struct ui_app *a);
void ui_app_why(struct ui_app *a);
void ui_app_raw(struct ui_app *a);
void ui_app_command(struct ui_app *a, const char *line);
void ui_app_complete(struct ui_app *a);
/* 0 when there are no workers or the same work waits already. */
unsigned int ui_app_job(
    struct ui_app *a, enum ui_job_kind kind, const char *x, const char *y);
void ui_app_set_theme(struct ui_app *a, const char *name);
/* A finding in words, wrapped; malloc'd. */
char *ui_finding_words(const struct gh_finding *f);
