/* SPDX-License-Identifier: Apache-2.0
 * A look at the console as text and roles, against tests/golden. GH_UPDATE=1 writes those
 * anew: read the diff before you keep it. */
#pragma once

#include "base/file.h"
#include "look.h"
#include "tests/unit/tap.h"
#include "view.h"

static inline void draw_look(
    struct gh_buf *out, const struct ui_look *look, int r, int c, bool utf8)
{
	struct ui_canvas cv = {.utf8 = utf8};

	assert_int_equal(ui_canvas_resize(&cv, r, c, NULL), 0);
	ui_draw(look, &cv);
	ui_canvas_text(&cv, out);
	gh_buf_str(out, "---- roles\n");
	ui_canvas_roles(&cv, out);
	ui_canvas_free(&cv);
}

static inline void golden_look(
    const char *name, const struct ui_look *look, int r, int c, bool utf8)
{
	char path[128];
	gh_auto(struct gh_buf, gh_buf_free) now = {0};
	gh_auto(struct gh_buf, gh_buf_free) was = {0};

	snprintf(path, sizeof(path), "tests/golden/%s.txt", name);
	draw_look(&now, look, r, c, utf8);
	if (getenv("GH_UPDATE")) {
		assert_int_equal(gh_file_write(path, now.p, now.len, 0644, NULL), 0);
		return;
	}
	assert_int_equal(gh_file_read(&was, path, 1 << 20, NULL), 0);
	if (strcmp(gh_buf_cstr(&now), gh_buf_cstr(&was)) != 0)
		fail_msg("%s differs; it is now:\n%s", path, gh_buf_cstr(&now));
}
