/* SPDX-License-Identifier: Apache-2.0
 * Reading theme files and deriving what each tier of terminal gets. */
#include "theme.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "theme_files.h"

static const char *const role_names[UI_N_ROLES] = {"text", "dim", "title", "border",
    "border-focus", "cursor", "mark", "changed", "key", "key-text", "ok", "warn", "fail",
    "stale", "unknown", "run", "gate-open", "gate-shut", "context-prod", "context-test",
    "link", "hash", "graph-low", "graph-high"};

/* What a role looks like without colour (spec/console.md, the status table). */
static const unsigned int mono_attrs[UI_N_ROLES] = {
    [UI_DIM] = UI_DIM_ATTR,
    [UI_TITLE] = UI_BOLD,
    [UI_CURSOR] = UI_BOLD,
    [UI_MARK] = UI_REVERSE,
    [UI_CHANGED] = UI_UNDERLINE,
    [UI_KEY] = UI_BOLD,
    [UI_WARN] = UI_BOLD,
    [UI_FAIL] = UI_BOLD | UI_REVERSE,
    [UI_STALE] = UI_UNDERLINE,
    [UI_UNKNOWN] = UI_BOLD | UI_UNDERLINE,
    [UI_GATE_SHUT] = UI_REVERSE,
    [UI_CONTEXT_PROD] = UI_BOLD,
    [UI_CONTEXT_TEST] = UI_BOLD | UI_REVERSE,
};

static const struct {
	const char *word;
	unsigned int bit;
} attr_words[] = {{"bold", UI_BOLD}, {"dim", UI_DIM_ATTR}, {"underline", UI_UNDERLINE},
    {"reverse", UI_REVERSE}};

static const char *const colour_words[16] = {"black", "red", "green", "yellow", "blue",
    "magenta", "cyan", "white", "bright-black", "bright-red", "bright-green",
    "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan", "bright-white"};

const char *ui_role_name(enum ui_role role)
{
	return (unsigned int)role < UI_N_ROLES ? role_names[role] : "?";
}

static int role_of(struct gh_bytes word)
{
	for (int i = 0; i < UI_N_ROLES; i++)
		if (gh_text_is(word, role_names[i]))
			return i;
	return -1;
}

static unsigned int attr_of(struct gh_bytes word)
{
	for (size_t i = 0; i < GH_COUNT(attr_words); i++)
		if (gh_text_is(word, attr_words[i].word))
			return attr_words[i].bit;
	return 0;
}

static int colour_of(struct gh_bytes w, struct ui_colour *out)
{
	uint64_t n;
	if (gh_text_is(w, "default")) {
		*out = (struct ui_colour){UI_C_DEFAULT, 0};
		return 0;
	}
	for (uint32_t i = 0; i < 16; i++)
		if (gh_text_is(w, colour_words[i])) {
			*out = (struct ui_colour){UI_C_INDEX, i};
			return 0;
		}
	if (w.len == 7 && w.p[0] == '#') {
		struct gh_bytes hex = {w.p + 1, 6};
		if (gh_text_u64(hex, 16, &n) != 0)
			return -1;
		*out = (struct ui_colour){UI_C_RGB, (uint32_t)n};
		return 0;
	}
	if (gh_text_u64(w, 10, &n) != 0 || n > 255)
		return -1;
	*out = (struct ui_colour){UI_C_INDEX, (uint32_t)n};
	return 0;
}

/* "FG [on BG] [attribute]..." */
static int parse_style(
    struct ui_style *out, struct gh_bytes rest, int line, struct gh_err *err)
{
	struct gh_bytes word;
	bool want_bg = false, have_fg = false;
	while (gh_text_word(&rest, &word)) {
		unsigned int attr = attr_of(word);
		if (gh_text_is(word, "on") && !want_bg) {
			want_bg = true;
		} else if (attr) {
			out->attrs |= attr;
		} else if (colour_of(word, want_bg ? &out->bg : &out->fg) != 0) {
			return gh_fail(err, GH_E_CONFIG, "line %d: not a colour: %.*s",
			    line, (int)word.len, (const char *)word.p);
		} else {
			have_fg = have_fg || !want_bg;
			want_bg = false;
		}
	}
	if (want_bg || !have_fg)
		return gh_fail(err, GH_E_CONFIG, "line %d: colour missing", line);
	return 0;
}

static int parse_line(struct ui_theme *t, struct gh_bytes line, int n, struct gh_err *err)
{
	line = gh_text_trim(line);
	if (line.len == 0 || line.p[0] == ';' || (line.p[0] == '#'))
		return 0;
	const unsigned char *eq = gh_text_find(line, "=");
	if (!eq)
		return gh_fail(
		    err, GH_E_CONFIG, "line %d: want ROLE = FG [on BG] [ATTR]", n);
	struct gh_bytes left = {line.p, (size_t)(eq - line.p)};
	struct gh_bytes right = {eq + 1, line.len - left.len - 1};
	left = gh_text_trim(left);
	int role = role_of(left);
	if (role < 0)
		return gh_fail(err, GH_E_CONFIG, "line %d: no such role: %.*s", n,
		    (int)left.len, (const char *)left.p);
	t->style[role] = (struct ui_style){0};
	return parse_style(&t->style[role], right, n, err);
}

int ui_theme_parse(struct ui_theme *out, const char *name, const void *text, size_t len,
    struct gh_err *err)
{
	struct ui_theme t = {0};
	snprintf(t.name, sizeof(t.name), "%s", name);
	struct gh_bytes rest = {text, len}, line;
	for (int n = 1; gh_text_line(&rest, &line); n++)
		if (parse_line(&t, line, n, err) != 0)
			return gh_err_prefix(err, "theme %s", name);
	*out = t;
	return 0;
}

static int load_file(struct ui_theme *out, const char *path, struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) text = {0};
	if (gh_file_read(&text, path, 64 << 10, err) != 0)
		return -1;
	return ui_theme_parse(out, path, text.p, text.len, err);
}

/* 1 loaded, 0 not there, -1 there and wrong. */
static int load_user(struct ui_theme *out, const char *name, struct gh_err *err)
{
	char path[512];
	const char *home = getenv("HOME"), *xdg = getenv("XDG_CONFIG_HOME");
	for (int i = 0; i < 2; i++) {
		if (i == 1)
			snprintf(path, sizeof(path),
			    GH_PREFIX "/share/gatehouse/themes/%s.theme", name);
		else if (xdg && xdg[0] == '/')
			snprintf(path, sizeof(path), "%s/gatehouse/themes/%s.theme", xdg,
			    name);
		else if (home)
			snprintf(path, sizeof(path),
			    "%s/.config/gatehouse/themes/%s.theme", home, name);
		else
			continue;
		struct gh_buf text = {0};
		int there = gh_file_read(&text, path, 64 << 10, NULL) == 0;
		int rc = there ? ui_theme_parse(out, name, text.p, text.len, err) : 0;
		gh_buf_free(&text);
		if (there)
			return rc == 0 ? 1 : -1;
	}
	return 0;
}

int ui_theme_load(struct ui_theme *out, const char *name, struct gh_err *err)
{
	if (strchr(name, '/'))
		return load_file(out, name, err);
	int user = load_user(out, name, err);
	if (user != 0)
		return user > 0 ? 0 : -1;
	for (size_t i = 0; i < ui_theme_files_n; i++) {
		const struct ui_theme_file *f = &ui_theme_files[i];
		if (strcmp(f->name, name) == 0)
			return ui_theme_parse(
			    out, name, f->begin, (size_t)(f->end - f->begin), err);
	}
	gh_fail(err, GH_E_USAGE, "no theme named %s", name);
	return gh_err_hint(err,
	    "one of: dark light high-contrast deuteranopia tritanopia "
	    "mono solarized prod-red");
}

const char *ui_theme_name(size_t i)
{
	return i < ui_theme_files_n ? ui_theme_files[i].name : NULL;
}

const char *ui_theme_after(const char *name)
{
	for (size_t i = 0; i < ui_theme_files_n; i++)
		if (strcmp(ui_theme_files[i].name, name) == 0)
			return ui_theme_files[(i + 1) % ui_theme_files_n].name;
	return ui_theme_files[0].name;
}

static int32_t derive(struct ui_colour c, enum ui_tier tier)
{
	if (c.kind == UI_C_DEFAULT || tier == UI_MONO)
		return -1;
	if (tier == UI_TRUE)
		return (int32_t)(c.kind == UI_C_RGB ? c.value : ui_colour_rgb(c.value));
	if (tier == UI_256)
		return (int32_t)(c.kind == UI_C_RGB ? ui_colour_256(c.value) : c.value);
	if (c.kind == UI_C_INDEX && c.value < 16)
		return (int32_t)c.value;
	return (int32_t)ui_colour_16(
	    c.kind == UI_C_RGB ? c.value : ui_colour_rgb(c.value));
}

struct ui_look_of ui_theme_look(
    const struct ui_theme *t, enum ui_role role, bool cursor, enum ui_tier tier)
{
	const struct ui_style *s = &t->style[role], *base = &t->style[UI_TEXT],
			      *sel = &t->style[UI_CURSOR];
	struct ui_look_of l = {derive(s->fg, tier), derive(s->bg, tier), s->attrs};
	if (tier == UI_MONO) {
		l.attrs = mono_attrs[role];
		if (cursor)
			l.attrs = (l.attrs & ~(unsigned int)UI_DIM_ATTR) | UI_BOLD;
		return l;
	}
	if (l.fg < 0)
		l.fg = derive(base->fg, tier);
	if (cursor && s->bg.kind == UI_C_DEFAULT) {
		if (role == UI_TEXT || role == UI_DIM)
			l.fg = derive(sel->fg, tier);
		l.bg = derive(sel->bg, tier);
		l.attrs |= sel->attrs;
	}
	if (l.bg < 0)
		l.bg = derive(base->bg, tier);
	/* two colours of a theme may fall together in 16: words must stay readable */
	if (tier == UI_16 && l.fg >= 0 && l.fg == l.bg)
		l.fg = l.bg == 0 || l.bg == 8 ? 15 : 0;
	return l;
}

enum ui_tier ui_tier_choose(
    const char *term, const char *no_color, int colors, bool never)
{
	if (never || (no_color && no_color[0]) || !term || strcmp(term, "dumb") == 0 ||
	    strncmp(term, "vt", 2) == 0 || colors < 8)
		return UI_MONO;
	if (colors >= 1 << 24)
		return UI_TRUE;
	return colors >= 256 ? UI_256 : UI_16;
}

const char *ui_theme_default(const char *colorfgbg)
{
	const char *last = colorfgbg ? strrchr(colorfgbg, ';') : NULL;
	uint64_t bg;
	if (last && gh_text_u64(gh_text_of(last + 1), 10, &bg) == 0 &&
	    (bg == 7 || (bg >= 9 && bg <= 15)))
		return "light";
	return "dark";
}
