/* SPDX-License-Identifier: Apache-2.0
 * A picture of the console: runs a program in a pty, types keys, and prints the screen as
 * Pango markup (spec/lab.md section 5). picture WAIT KEYS WAIT2 PROGRAM [ARG]... */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "term.h"

static void put_text(const VTermScreenCell *cell)
{
	uint32_t ch = cell->chars[0];
	if (ch == 0 || ch == ' ')
		putchar(' ');
	else if (ch == '<')
		fputs("&lt;", stdout);
	else if (ch == '&')
		fputs("&amp;", stdout);
	else
		printf("&#%u;", ch);
}

static void style_of(
    VTermScreen *screen, const VTermScreenCell *cell, char *out, size_t size)
{
	VTermColor fg = cell->fg, bg = cell->bg;
	bool fg_default = VTERM_COLOR_IS_DEFAULT_FG(&fg),
	     bg_default = VTERM_COLOR_IS_DEFAULT_BG(&bg);
	vterm_screen_convert_color_to_rgb(screen, &fg);
	vterm_screen_convert_color_to_rgb(screen, &bg);
	unsigned int f =
	    fg_default
		? 0xd0d0d0
		: (unsigned int)(fg.rgb.red << 16 | fg.rgb.green << 8 | fg.rgb.blue);
	unsigned int b =
	    bg_default
		? 0x121212
		: (unsigned int)(bg.rgb.red << 16 | bg.rgb.green << 8 | bg.rgb.blue);
	if (cell->attrs.reverse) {
		unsigned int x = f;
		f = b;
		b = x;
	}
	snprintf(out, size, "<span foreground=\"#%06x\" background=\"#%06x\"%s%s>", f, b,
	    cell->attrs.bold ? " weight=\"bold\"" : "",
	    cell->attrs.underline ? " underline=\"single\"" : "");
}

int main(int argc, char **argv)
{
	static const char *env[8] = {"TERM=xterm-256color", "LC_ALL=C.UTF-8"};
	static char home[512], lab[512], state[512];
	struct term t;
	int n = 2;
	if (argc < 5)
		return 4;
	snprintf(home, sizeof(home), "HOME=%s", getenv("HOME") ? getenv("HOME") : "/tmp");
	env[n++] = home;
	if (getenv("GATEHOUSE_LAB")) {
		snprintf(lab, sizeof(lab), "GATEHOUSE_LAB=%s", getenv("GATEHOUSE_LAB"));
		env[n++] = lab;
	}
	if (getenv("GATEHOUSE_STATE")) {
		snprintf(state, sizeof(state), "GATEHOUSE_STATE=%s",
		    getenv("GATEHOUSE_STATE"));
		env[n++] = state;
	}
	if (!term_start(&t, 30, 100, &argv[4], env) || !term_wait(&t, argv[1], 60000))
		return 1;
	term_keys(&t, argv[2]);
	if (!term_wait(&t, argv[3], 60000))
		return 1;
	term_pump(&t, 500);
	for (int r = 0; r < t.rows; r++) {
		char now[128] = "", next[128];
		for (int c = 0; c < t.cols; c++) {
			VTermScreenCell cell;
			vterm_screen_get_cell(t.screen, (VTermPos){r, c}, &cell);
			if (cell.chars[0] == (uint32_t)-1)
				continue;
			style_of(t.screen, &cell, next, sizeof(next));
			if (strcmp(now, next) != 0) {
				printf("%s%s", now[0] ? "</span>" : "", next);
				memcpy(now, next, sizeof(now));
			}
			put_text(&cell);
		}
		puts("</span>");
	}
	term_keys(&t, "qqqq");
	term_free(&t);
	return 0;
}
