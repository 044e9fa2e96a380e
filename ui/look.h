/* SPDX-License-Identifier: Apache-2.0
 * Everything a frame depends on: the fleet as it is known, and where the operator looks.
 * ui_draw is a pure function of it. */
#pragma once

#include "canvas.h"
#include "confirm.h"
#include "glyph.h"
#include "ops/model.h"

enum ui_view {
	UI_FLEET = 0,
	UI_HOST,
	UI_CHAIN,
	UI_HISTORY,
	UI_RUN_VIEW, /* the findings of one stored run */
	UI_FACTS,    /* tables, in the order of look->sheet */
	UI_ENROL,
	UI_POLICY,
	UI_CHECKS,
	UI_DETAIL, /* a text: one finding in words or raw */
	UI_HELP,
	UI_FIRST, /* no fleet yet */
	UI_N_VIEWS,
};
#define UI_V(v)     (1u << (v))
#define UI_V_ALL    ((1u << UI_N_VIEWS) - 1)
#define UI_V_SHEETS (((1u << UI_N_SHEETS) - 1) << UI_FACTS)
#define UI_TEXT_MAX 256
#define UI_N_SHEETS 4

/* Where one view stands. */
struct ui_place {
	enum ui_view view;
	char host[64];
	unsigned int gpu;
	char arg[80];  /* of a policy view: name or path; "" = the host's */
	size_t sel;    /* row */
	char row[160]; /* identity of that row: the cursor follows the object */
};

struct ui_jobline {
	unsigned int id; /* 0 = none */
	char what[64];
	char step[96]; /* last thing heard */
	unsigned int done, of, queued;
	int64_t started;
	bool cancelling;
};

/* What the catalogue calls its groups: "G05" is "TDX enablement". */
struct ui_groups {
	struct {
		char code[8], name[48];
	} at[32];
	size_t n;
};

struct ui_sheet; /* sheet.h */

#define UI_MAX_BUSY 64
struct ui_look {
	const struct gh_model *model; /* NULL: nothing read yet */
	const char *fleet_path;
	const struct ui_groups *groups; /* NULL: codes are shown */
	const char *error;              /* why there is no model; "" */
	int64_t now;
	unsigned int tick; /* frames of the spinner */
	bool frozen;
	struct ui_place at;
	struct ui_place home; /* what a detail or help view came from */
	bool faults;          /* only what is not ok */
	bool worst_first;     /* tables: what differs before what does not */
	bool diff;
	char filter[64];
	struct ui_confirm confirm;
	char input_kind; /* 0, ':' or '/'; '!' for the confirmation */
	char input[96];
	char flash[UI_TEXT_MAX];
	enum ui_role flash_role;
	char busy[UI_MAX_BUSY][64]; /* hosts that are being validated now */
	size_t n_busy;
	struct ui_jobline job;
	const struct gh_history_row *history;
	size_t n_history;
	char run_a[GH_ULID_LEN], run_b[GH_ULID_LEN];
	const struct gh_change *change;
	size_t n_changes;
	const struct gh_result *run; /* of UI_RUN_VIEW */
	char run_id[GH_ULID_LEN];
	const struct ui_sheet *sheet[UI_N_SHEETS];
	const char *detail; /* lines of UI_DETAIL */
	bool lab_coming;    /* lab up is running */
};

/* The screen where `look` stands, for the size that the canvas has. */
void ui_draw(const struct ui_look *look, struct ui_canvas *cv);

/* Rows that can be selected, and the identity of one ("" past the end). */
size_t ui_row_count(const struct ui_look *look);
void ui_row_id(const struct ui_look *look, size_t i, char *out, size_t size);
/* True when the row is not ok: n and N go there. */
bool ui_row_bad(const struct ui_look *look, size_t i);
/* The finding below the cursor, or NULL. */
const struct gh_finding *ui_row_finding(const struct ui_look *look);
/* The subject below the cursor ("gpu-c:5", "gpu-c"), "" when none. */
void ui_row_subject(const struct ui_look *look, char *out, size_t size);

/* What a frame has room for: line 1 and 2 above, job line, crumbs and keys below. */
struct ui_frame {
	struct ui_box body;
	int top;               /* rows above the body: 1 to 3 */
	int job, crumbs, keys; /* row numbers, -1 when there is no room */
	bool full;             /* at least 80 columns and 20 rows */
};
struct ui_frame ui_frame_of(int rows, int cols);
/* First row shown so that `sel` is visible: n rows in a window of `high`. */
size_t ui_scroll(size_t n, size_t sel, int high);

/* The host the view is about, or NULL. */
const struct gh_host_model *ui_host_of(const struct ui_look *look);
bool ui_busy(const struct ui_look *look, const char *host);
/* True when text is in one of the words (no case), or the filter is empty. */
bool ui_match(const char *filter, const char *text);
/* The first GPU of that host that is not ok; otherwise `other`. */
unsigned int ui_worst_gpu(
    const struct ui_look *look, const char *host, unsigned int other);
/* "host" or "host:5" taken apart; gpu = -1 for a host. */
int ui_subject_gpu(const char *subject, char *host, size_t size);
/* "tdx" -> "TDX" */
const char *ui_tee_word(char out[static 8], const char *tee);
/* HH:MM:SS of an instant, "-" for 0. */
const char *ui_clock(char out[static 16], int64_t at);
/* The end of a run id, which is the part that differs. */
const char *ui_short_run(const char *run_id);
