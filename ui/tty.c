/* SPDX-License-Identifier: Apache-2.0
 * Curses, and only here: opening the terminal, keys in, cells out. */
#include "tty.h"

#include <curses.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

#include "base/text.h"

enum { KEY_PASTE_BEGIN = 0x700, KEY_PASTE_DONE, CLIP_MAX = 74994 };

struct ui_tty {
	SCREEN *screen;
	char stand_in[32];
	bool utf8, paste;
	enum ui_tier tier;
	int rows, cols;
	struct {
		attr_t attr;
		int pair;
	} look[UI_N_ROLES][2]; /* by role and cursor */
};

static void raw_out(const char *s, size_t len)
{
	while (len) {
		ssize_t n = write(STDOUT_FILENO, s, len);
		if (n < 0 && errno != EINTR)
			return; /* full or gone: these are switches, not content */
		s += n > 0 ? n : 0;
		len -= n > 0 ? (size_t)n : 0;
	}
}

/* UTF-8 when the locale says so; with no locale at all, C.UTF-8 for characters only. */
static bool locale_utf8(bool ascii)
{
	const char *all = getenv("LC_ALL"), *ctype = getenv("LC_CTYPE"),
		   *lang = getenv("LANG");
	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	if (!(all && *all) && !(ctype && *ctype) && !(lang && *lang))
		setlocale(LC_CTYPE, "C.UTF-8");
	return !ascii && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static int open_screen(struct ui_tty *t, const char **term, struct gh_err *err)
{
	const char *tries[] = {getenv("TERM"), "xterm-256color", "vt100"};
	for (size_t i = 0; i < GH_COUNT(tries) && !t->screen; i++) {
		if (!tries[i] || !tries[i][0])
			continue;
		t->screen = newterm(tries[i], stdout, stdin);
		*term = tries[i];
		if (t->screen && i)
			snprintf(t->stand_in, sizeof(t->stand_in), "%s", tries[i]);
	}
	if (!t->screen)
		return gh_fail(err, GH_E_CONFIG,
		    "no terminal description: neither $TERM nor xterm-256color nor "
		    "vt100");
	return 0;
}

static void set_modes(struct ui_tty *t, const char *term)
{
	cbreak();
	noecho();
	nonl();
	keypad(stdscr, TRUE);
	nodelay(stdscr, TRUE);
	scrollok(stdscr, FALSE);
	curs_set(0);
	if (!getenv("ESCDELAY"))
		set_escdelay(25);
	t->paste = strncmp(term, "xterm", 5) == 0 || strncmp(term, "tmux", 4) == 0 ||
		   strncmp(term, "screen", 6) == 0;
	if (t->paste) {
		define_key("\033[200~", KEY_PASTE_BEGIN);
		define_key("\033[201~", KEY_PASTE_DONE);
		raw_out("\033[?2004h", 8);
	}
}

int ui_tty_open(struct ui_tty **out, const struct ui_tty_opts *opts, struct gh_err *err)
{
	const char *term = NULL;
	struct ui_tty *t = calloc(1, sizeof(*t));
	if (!t)
		return gh_fail(err, GH_E_NOMEM, "no memory for the terminal");
	t->utf8 = locale_utf8(opts->ascii);
	if (open_screen(t, &term, err) != 0) {
		free(t);
		return -1;
	}
	bool colour = has_colors() && start_color() == OK;
	if (colour)
		use_default_colors();
	t->tier = ui_tier_choose(
	    term, getenv("NO_COLOR"), colour ? COLORS : 0, opts->no_colour);
	/* the RGB flag alone means that a colour number is 0xrrggbb */
	if (t->tier == UI_TRUE && tigetflag("RGB") <= 0)
		t->tier = UI_256;
	set_modes(t, term);
	getmaxyx(stdscr, t->rows, t->cols);
	*out = t;
	return 0;
}

/* Some terminals keep the cursor's visibility with the saved cursor, which leaving the
 * alternate screen restores: show it once more after that. */
static void end_screen(void)
{
	endwin();
	if (cursor_normal)
		putp(cursor_normal);
	fflush(stdout);
}

void ui_tty_close(struct ui_tty **tp)
{
	struct ui_tty *t = *tp;
	if (!t)
		return;
	if (t->paste)
		raw_out("\033[?2004l", 8);
	end_screen();
	delscreen(t->screen);
	free(t);
	*tp = NULL;
}

const char *ui_tty_stand_in(const struct ui_tty *t)
{
	return t->stand_in;
}

bool ui_tty_utf8(const struct ui_tty *t)
{
	return t->utf8;
}

static attr_t attr_of(unsigned int bits)
{
	return (bits & UI_BOLD ? A_BOLD : 0) | (bits & UI_DIM_ATTR ? A_DIM : 0) |
	       (bits & UI_UNDERLINE ? A_UNDERLINE : 0) |
	       (bits & UI_REVERSE ? A_REVERSE : 0);
}

void ui_tty_theme(struct ui_tty *t, const struct ui_theme *theme)
{
	for (int r = 0; r < UI_N_ROLES; r++)
		for (int c = 0; c < 2; c++) {
			struct ui_look_of l =
			    ui_theme_look(theme, (enum ui_role)r, c, t->tier);
			int pair = 0;
			if (t->tier == UI_16 && COLORS < 16) {
				/* eight colours: bright is bold */
				l.attrs |= l.fg >= 8 ? UI_BOLD : 0;
				l.fg = l.fg >= 8 ? l.fg - 8 : l.fg;
				l.bg = l.bg >= 8 ? l.bg - 8 : l.bg;
				if (l.fg == l.bg && l.fg >= 0)
					l.fg = l.bg == 7 ? 0 : 7;
			}
			if (t->tier != UI_MONO)
				pair = alloc_pair(l.fg, l.bg);
			t->look[r][c].attr = attr_of(l.attrs);
			t->look[r][c].pair = pair > 0 ? pair : 0;
		}
}

bool ui_tty_size(struct ui_tty *t, int *rows, int *cols)
{
	struct winsize ws;
	int r = t->rows, c = t->cols;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) == 0 && ws.ws_row && ws.ws_col) {
		r = ws.ws_row < UI_MAX_SIDE ? ws.ws_row : UI_MAX_SIDE;
		c = ws.ws_col < UI_MAX_SIDE ? ws.ws_col : UI_MAX_SIDE;
	}
	bool other = r != t->rows || c != t->cols;
	if (other && resizeterm(r, c) == OK) {
		t->rows = r;
		t->cols = c;
	}
	*rows = t->rows;
	*cols = t->cols;
	return other;
}

static void put_cell(const struct ui_tty *t, int row, int col, const struct ui_cell *c)
{
	wchar_t text[2] = {(wchar_t)c->ch, 0};
	cchar_t cc;
	int pair = t->look[c->role][c->cursor].pair;
	/* the pair travels in the last argument: the short one holds only 8 bits of it */
	setcchar(&cc, text, t->look[c->role][c->cursor].attr, (short)0, &pair);
	mvadd_wch(row, col, &cc);
}

bool ui_tty_blit(struct ui_tty *t, const struct ui_canvas *cv)
{
	struct pollfd p = {STDOUT_FILENO, POLLOUT, 0};
	if (poll(&p, 1, 0) != 1 || !(p.revents & POLLOUT))
		return false;
	erase();
	for (int r = 0; r < cv->rows && r < t->rows; r++)
		for (int c = 0; c < cv->cols && c < t->cols; c++) {
			const struct ui_cell *cell = ui_canvas_at(cv, r, c);
			if (cell->width)
				put_cell(t, r, c, cell);
		}
	move(0, 0);
	wnoutrefresh(stdscr);
	doupdate();
	return true;
}

static int map_key(int code)
{
	static const struct {
		int curses, key;
	} map[] = {{KEY_UP, UI_KEY_UP}, {KEY_DOWN, UI_KEY_DOWN}, {KEY_LEFT, UI_KEY_LEFT},
	    {KEY_RIGHT, UI_KEY_RIGHT}, {KEY_HOME, UI_KEY_HOME}, {KEY_END, UI_KEY_END},
	    {KEY_PPAGE, UI_KEY_PGUP}, {KEY_NPAGE, UI_KEY_PGDN}, {KEY_F(1), UI_KEY_F1},
	    {KEY_F(10), UI_KEY_F10}, {KEY_ENTER, UI_KEY_ENTER},
	    {KEY_BACKSPACE, UI_KEY_BS}, {KEY_PASTE_BEGIN, UI_KEY_PASTE},
	    {KEY_PASTE_DONE, UI_KEY_PASTE_END}};
	for (size_t i = 0; i < GH_COUNT(map); i++)
		if (map[i].curses == code)
			return map[i].key;
	return UI_KEY_OTHER;
}

int ui_tty_key(struct ui_tty *t)
{
	(void)t;
	wint_t wc;
	int rc = get_wch(&wc);
	if (rc == ERR) {
		struct pollfd p = {STDIN_FILENO, POLLIN, 0};
		bool gone = poll(&p, 1, 0) == 1 && (p.revents & (POLLHUP | POLLERR));
		return gone ? -1 : 0;
	}
	if (rc == KEY_CODE_YES)
		return map_key((int)wc);
	if (wc == '\n' || wc == '\r')
		return UI_KEY_ENTER;
	if (wc == 0)
		return UI_KEY_OTHER;
	return wc == 0x08 ? UI_KEY_BS : (int)wc;
}

void ui_tty_leave(struct ui_tty *t)
{
	if (t->paste)
		raw_out("\033[?2004l", 8);
	end_screen();
}

void ui_tty_return(struct ui_tty *t)
{
	reset_prog_mode();
	if (t->paste)
		raw_out("\033[?2004h", 8);
	ui_tty_redraw(t);
}

void ui_tty_redraw(struct ui_tty *t)
{
	(void)t;
	clearok(curscr, TRUE);
}

size_t ui_tty_copy(struct ui_tty *t, const char *text)
{
	(void)t;
	gh_auto(struct gh_buf, gh_buf_free) b64 = {0};
	gh_auto(struct gh_buf, gh_buf_free) out = {0};
	gh_b64(&b64, text, strlen(text));
	if (b64.len > CLIP_MAX || gh_buf_ok(&b64, NULL) != 0)
		return 0;
	gh_buf_fmt(&out, "\033]52;c;%s\a", gh_buf_cstr(&b64));
	if (getenv("TMUX")) /* and through it, where allow-passthrough lets us */
		gh_buf_fmt(&out, "\033Ptmux;\033\033]52;c;%s\a\033\\", gh_buf_cstr(&b64));
	if (gh_buf_ok(&out, NULL) != 0)
		return 0;
	raw_out((const char *)out.p, out.len);
	return strlen(text);
}
