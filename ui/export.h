/* SPDX-License-Identifier: Apache-2.0
 * Taking things out: the view as text, the signed report bundle, the plain fleet. */
#pragma once

#include "canvas.h"
#include "ops/model.h"
#include "ops/report.h"

/* Writes text to NAME.txt and, when host is not "", makes a report and exports its bundle
 * to NAME; NAME is gatehouse-HOST-TIME in $GATEHOUSE_EXPORT_DIR or the current folder.
 * said gets one sentence that names them. */
#define UI_SAID 400
GH_MUST_USE int ui_export(struct gh_session *s, const char *host, const char *text,
    char said[static UI_SAID], struct gh_err *err);

/* Screen I: the fleet as sentences, a line each; no drawing characters. */
void ui_plain_fleet(struct gh_buf *out, const struct gh_model *m);
/* The fleet screen as text, as `x` writes it. */
GH_MUST_USE int ui_render_fleet_text(
    struct gh_buf *out, const struct gh_model *m, int rows, int cols, struct gh_err *err);
