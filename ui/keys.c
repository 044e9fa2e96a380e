/* SPDX-License-Identifier: Apache-2.0
 * The bindings, and everything that is made from them. */
#include "keys.h"

#include <stdio.h>
#include <string.h>

#include "view.h"

#define LISTS  (UI_V_ALL & ~UI_V(UI_FIRST))
#define TABLES UI_V_SHEETS
#define CHECKS                                                                           \
	(UI_V(UI_FLEET) | UI_V(UI_HOST) | UI_V(UI_CHAIN) | UI_V(UI_RUN_VIEW) | TABLES)
#define OF_HOST (CHECKS & ~UI_V(UI_CHECKS))
#define OBJECT  (CHECKS | UI_V(UI_HISTORY))
#define K(...)                                                                           \
	{                                                                                \
		__VA_ARGS__                                                              \
	}

static const struct ui_binding table[] = {
    {K(UI_KEY_ENTER), LISTS & ~UI_V(UI_DETAIL), UI_A_OPEN, "open",
	"open what is selected", "gatehouse show RUN"},
    {K('l'), UI_V(UI_FIRST), UI_A_LAB_UP, "bring the lab up",
	"start the four-host lab on this machine", "gatehouse lab up"},
    {K('/'), LISTS, UI_A_FILTER, "filter", "show only rows with these words", "-"},
    {K('o'), TABLES, UI_A_WORST, "sort", "what differs first, or in order of name", "-"},
    {K('C'), UI_V(UI_ENROL), UI_A_ACCEPT, "accept",
	"this machine is ours: pin what it shows now, after the host's name is typed",
	"gatehouse enrol --accept --reason TEXT HOST"},
    {K(':'), UI_V_ALL, UI_A_COMMAND, "command",
	"the words of the shell: facts HOST, validate, ...; tab completes", "gatehouse"},
    {K('r'), OBJECT, UI_A_REDO, "redo", "validate and attest the selected host again",
	"gatehouse validate HOST"},
    {K('R'), OBJECT, UI_A_REDO_ALL, NULL, "validate and attest the whole fleet again",
	"gatehouse validate"},
    {K('a'), UI_V(UI_HISTORY), UI_A_SET_A, "set A", "the older side of the comparison",
	"gatehouse diff A B"},
    {K('b'), UI_V(UI_HISTORY), UI_A_SET_B, "set B", "the newer side of the comparison",
	"gatehouse diff A B"},
    {K('D'), UI_V(UI_HISTORY), UI_A_DIFF, "differences",
	"what changed from A to B, on and off", "gatehouse diff A B"},
    {K('f'), CHECKS, UI_A_FAULTS, "faults", "only what is not ok, on and off", "-"},
    {K('n'), CHECKS, UI_A_NEXT_BAD, "next not-ok", "next row that is not ok", "-"},
    {K('N'), CHECKS, UI_A_PREV_BAD, NULL, "previous row that is not ok", "-"},
    {K('w'), CHECKS, UI_A_WHY, "why", "the finding or the row in full, in words",
	"gatehouse show RUN"},
    {K('i', '7'), OF_HOST & ~UI_V(UI_FACTS), UI_A_FACTS, "facts",
	"every fact of this host, by SSH and by its BMC", "gatehouse facts HOST"},
    {K('E', '8'), OF_HOST & ~UI_V(UI_ENROL), UI_A_ENROL, "enrolment",
	"what is pinned of this host, since when and by whom",
	"gatehouse enrol --show HOST"},
    {K('P', '9'), OF_HOST & ~UI_V(UI_POLICY), UI_A_POLICY, "policy",
	"the policy of this host in words, and what it says of it now",
	"gatehouse policy explain FILE HOST"},
    {K('e'), CHECKS, UI_A_RAW, "raw", "the finding and its claims, or the row, as JSON",
	"gatehouse --json show RUN"},
    {K('H', '6'), CHECKS, UI_A_HISTORY, "history", "runs of this host",
	"gatehouse history HOST"},
    {K('x'), OBJECT | UI_V(UI_DETAIL), UI_A_EXPORT, "export",
	"this view as text, and the host's signed report bundle",
	"gatehouse report export HOST DIR"},
    {K('y'), OBJECT | UI_V(UI_DETAIL), UI_A_COPY, "copy",
	"the selected row as text to the clipboard (OSC 52)", "-"},
    {K('c', '0'), LISTS & ~UI_V(UI_CHECKS), UI_A_CHECKS, "checks",
	"the catalogue: what each check wants, and which hosts do not meet it",
	"gatehouse checks"},
    {K('1'), LISTS, UI_A_FLEET, NULL, "fleet view", "gatehouse fleet"},
    {K('2'), LISTS, UI_A_HOST, NULL, "host view", "gatehouse show RUN"},
    {K('3'), LISTS, UI_A_CHAIN, NULL, "chain of trust of one GPU", "gatehouse show RUN"},
    {K('j', UI_KEY_DOWN), LISTS, UI_A_DOWN, NULL, "down", "-"},
    {K('k', UI_KEY_UP), LISTS, UI_A_UP, NULL, "up", "-"},
    {K('h', UI_KEY_LEFT), LISTS, UI_A_LEFT, NULL, "previous group, host or GPU", "-"},
    {K('l', UI_KEY_RIGHT), LISTS, UI_A_RIGHT, NULL, "next group, host or GPU", "-"},
    {K('g', UI_KEY_HOME), LISTS, UI_A_FIRST, NULL, "first row", "-"},
    {K('G', UI_KEY_END), LISTS, UI_A_LAST, NULL, "last row", "-"},
    {K(UI_CTRL('f'), UI_KEY_PGDN, UI_CTRL('d')), LISTS, UI_A_PAGE_DOWN, NULL, "page down",
	"-"},
    {K(UI_CTRL('b'), UI_KEY_PGUP, UI_CTRL('u')), LISTS, UI_A_PAGE_UP, NULL, "page up",
	"-"},
    {K('['), LISTS, UI_A_OLDER, NULL, "view before this one", "-"},
    {K(']'), LISTS, UI_A_NEWER, NULL, "view after this one", "-"},
    {K('-'), LISTS, UI_A_LAST_VIEW, NULL, "the last two views in turn", "-"},
    {K('p'), UI_V_ALL, UI_A_FREEZE, NULL, "freeze the screen; facts go on", "-"},
    {K('T'), UI_V_ALL, UI_A_THEME, NULL, "next theme", "gatehouse --theme NAME"},
    {K(UI_CTRL('k')), UI_V_ALL, UI_A_CANCEL, NULL, "cancel the running job", "-"},
    {K(UI_CTRL('l')), UI_V_ALL, UI_A_REDRAW, NULL, "draw the screen again", "-"},
    {K(UI_CTRL('z')), UI_V_ALL, UI_A_SUSPEND, NULL, "back to the shell; fg returns", "-"},
    {K('?', UI_KEY_F1), UI_V_ALL, UI_A_HELP, "help", "keys of this view", "-"},
    {K(UI_KEY_ESC, UI_KEY_BS), UI_V_ALL & ~UI_V(UI_FLEET), UI_A_BACK, "back",
	"back to the view before", "-"},
    {K('q'), UI_V_ALL, UI_A_QUIT, "quit", "back; on the fleet view leave gatehouse", "-"},
    {K(UI_KEY_F10), UI_V_ALL, UI_A_QUIT, NULL, "leave", "-"},
};

const struct ui_binding *ui_bindings(size_t *n)
{
	*n = GH_COUNT(table);
	return table;
}

enum ui_action ui_key_action(enum ui_view view, int key)
{
	if (key <= 0)
		return UI_A_NONE;
	for (size_t i = 0; i < GH_COUNT(table); i++)
		if (table[i].views & UI_V(view))
			for (size_t k = 0; k < GH_COUNT(table[i].key); k++)
				if (table[i].key[k] == key)
					return table[i].action;
	return UI_A_NONE;
}

void ui_key_name(int key, char out[static 12])
{
	static const struct {
		int key;
		const char *name;
	} names[] = {{UI_KEY_UP, "up"}, {UI_KEY_DOWN, "down"}, {UI_KEY_LEFT, "left"},
	    {UI_KEY_RIGHT, "right"}, {UI_KEY_HOME, "home"}, {UI_KEY_END, "end"},
	    {UI_KEY_PGUP, "pgup"}, {UI_KEY_PGDN, "pgdn"}, {UI_KEY_F1, "f1"},
	    {UI_KEY_F10, "f10"}, {UI_KEY_ESC, "esc"}, {UI_KEY_ENTER, "enter"},
	    {UI_KEY_BS, "backspace"}};
	for (size_t i = 0; i < GH_COUNT(names); i++)
		if (names[i].key == key) {
			snprintf(out, 12, "%s", names[i].name);
			return;
		}
	if (key > 0 && key < 0x20)
		snprintf(out, 12, "^%c", key + 'a' - 1);
	else
		snprintf(out, 12, "%c", key < 0x7f ? key : '?');
}

void ui_binding_keys(const struct ui_binding *b, char *out, size_t size)
{
	size_t used = 0;
	out[0] = '\0';
	for (size_t k = 0; k < GH_COUNT(b->key) && b->key[k] && used < size; k++) {
		char name[12];
		ui_key_name(b->key[k], name);
		int n = snprintf(out + used, size - used, "%s%s", k ? " " : "", name);
		used += n > 0 ? (size_t)n : 0;
	}
}

/* Ways out and help stand at the right end and are never crowded out. */
static bool is_way_out(const struct ui_binding *b)
{
	return b->action == UI_A_HELP || b->action == UI_A_BACK || b->action == UI_A_QUIT;
}

static bool hinted(const struct ui_binding *b, enum ui_view view, bool way_out)
{
	return b->hint && (b->views & UI_V(view)) && is_way_out(b) == way_out;
}

static int hint_width(const struct ui_binding *b)
{
	char name[12];
	ui_key_name(b->key[0], name);
	return (int)(strlen(name) + 1 + strlen(b->hint));
}

static int put_hint(struct ui_canvas *cv, struct ui_at at, const struct ui_binding *b)
{
	char name[12];
	ui_key_name(b->key[0], name);
	int n = ui_put(cv, at, UI_KEY, name) + 1;
	return n +
	       ui_put(cv, UI_AT(at.row, at.col + n, at.width - n), UI_KEY_TEXT, b->hint);
}

void ui_put_hints(struct ui_canvas *cv, struct ui_at at, enum ui_view view)
{
	int col = at.col, end = at.col + at.width, tail = 0;
	for (size_t i = 0; i < GH_COUNT(table); i++)
		if (hinted(&table[i], view, true))
			tail += hint_width(&table[i]) + 2;
	for (size_t i = 0; i < GH_COUNT(table); i++) {
		if (!hinted(&table[i], view, false) ||
		    col + hint_width(&table[i]) + 2 + tail > end)
			continue;
		col += put_hint(cv, UI_AT(at.row, col, end - col), &table[i]) + 2;
	}
	for (size_t i = 0; i < GH_COUNT(table); i++)
		if (hinted(&table[i], view, true))
			col += put_hint(cv, UI_AT(at.row, col, end - col), &table[i]) + 2;
}

void ui_keys_doc(struct gh_buf *out)
{
	gh_buf_str(out,
	    "# Keys of the console\n\n"
	    "Made from the binding table in `ui/keys.c`; `make check` fails "
	    "when it is not current.\n"
	    "Lower case looks, UPPER CASE widens or changes. A dash means: only "
	    "moves the eye.\n\n"
	    "| key | views | does | from a shell |\n| --- | --- | --- | --- |\n");
	for (size_t i = 0; i < GH_COUNT(table); i++) {
		const struct ui_binding *b = &table[i];
		char keys[48];
		ui_binding_keys(b, keys, sizeof(keys));
		gh_buf_fmt(out, "| `%s` | ", keys);
		if (b->views == UI_V_ALL || b->views == LISTS)
			gh_buf_str(out, b->views == UI_V_ALL ? "all" : "all but first");
		else
			for (int v = 0, first = 1; v < UI_N_VIEWS; v++)
				if (b->views & UI_V(v)) {
					gh_buf_fmt(out, "%s%s", first ? "" : ", ",
					    ui_view_ops_of(v)->name);
					first = 0;
				}
		gh_buf_fmt(out, " | %s | %s%s%s |\n", b->text,
		    b->cli[0] == '-' ? "" : "`", b->cli, b->cli[0] == '-' ? "" : "`");
	}
}
