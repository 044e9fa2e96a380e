/* SPDX-License-Identifier: Apache-2.0
 * The pty and the screen behind it. */
#include "term.h"

#include <errno.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <utmp.h>

long long clock_ms(void)
{
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000ll + ts.tv_nsec / 1000000;
}

static int on_prop(VTermProp prop, VTermValue *val, void *user)
{
	struct term *t = user;
	if (prop == VTERM_PROP_ALTSCREEN)
		t->alt = val->boolean;
	if (prop == VTERM_PROP_CURSORVISIBLE)
		t->cursor = val->boolean;
	return 1;
}

static const VTermScreenCallbacks callbacks = {.settermprop = on_prop};

bool term_start(
    struct term *t, int rows, int cols, char *const argv[], const char *const env[])
{
	struct winsize ws = {
	    .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	memset(t, 0, sizeof(*t));
	t->rows = rows;
	t->cols = cols;
	t->cursor = true;
	if (openpty(&t->master, &t->slave, NULL, NULL, &ws) != 0)
		return false;
	tcgetattr(t->slave, &t->before);
	t->vt = vterm_new(rows, cols);
	vterm_set_utf8(t->vt, 1);
	t->screen = vterm_obtain_screen(t->vt);
	vterm_screen_enable_altscreen(t->screen, 1);
	vterm_screen_set_callbacks(t->screen, &callbacks, t);
	vterm_screen_reset(t->screen, 1);
	t->raw = malloc(RAW_MAX);
	t->pid = fork();
	if (t->pid == 0) {
		close(t->master);
		login_tty(t->slave);
		const char *path = getenv("PATH");
		clearenv();
		setenv("PATH", path ? path : "/usr/bin:/bin", 1);
		for (; *env; env++)
			putenv(strdup(*env));
		execv(argv[0], argv);
		_exit(127);
	}
	return t->pid > 0 && t->raw;
}

static size_t take(struct term *t)
{
	char buf[16384];
	ssize_t n = read(t->master, buf, sizeof(buf));
	if (n <= 0) {
		t->eof = n == 0 || errno != EINTR;
		return 0;
	}
	vterm_input_write(t->vt, buf, (size_t)n);
	t->bytes += (size_t)n;
	if (t->raw_len + (size_t)n <= RAW_MAX) {
		memcpy(t->raw + t->raw_len, buf, (size_t)n);
		t->raw_len += (size_t)n;
	}
	return (size_t)n;
}

size_t term_pump(struct term *t, int ms)
{
	long long end = clock_ms() + ms;
	size_t sum = 0;
	do {
		struct pollfd p = {t->master, POLLIN, 0};
		long long left = end - clock_ms();
		if (poll(&p, 1, left > 0 ? (int)left : 0) > 0 && p.revents)
			sum += take(t);
	} while (clock_ms() < end && !t->eof);
	return sum;
}

const char *term_text(struct term *t)
{
	static char text[1 << 20];
	size_t n = 0;
	for (int r = 0; r < t->rows; r++) {
		for (int c = 0; c < t->cols && n + 16 < sizeof(text); c++) {
			VTermScreenCell cell;
			vterm_screen_get_cell(t->screen, (VTermPos){r, c}, &cell);
			uint32_t ch = cell.chars[0];
			if (ch == (uint32_t)-1)
				continue;
			if (ch < 0x80)
				text[n++] = ch ? (char)ch : ' ';
			else if (ch < 0x800) {
				text[n++] = (char)(0xc0 | ch >> 6);
				text[n++] = (char)(0x80 | (ch & 0x3f));
			} else {
				text[n++] = (char)(0xe0 | (ch >> 12 & 0xf));
				text[n++] = (char)(0x80 | (ch >> 6 & 0x3f));
				text[n++] = (char)(0x80 | (ch & 0x3f));
			}
		}
		text[n++] = '\n';
	}
	text[n] = '\0';
	return text;
}

static bool wait_for(struct term *t, const char *text, int ms, bool want)
{
	long long end = clock_ms() + ms;
	while ((strstr(term_text(t), text) != NULL) != want) {
		if (clock_ms() > end) {
			fprintf(stderr, "# deadline: screen %s \"%s\"; it is:\n%s",
			    want ? "never showed" : "still shows", text, term_text(t));
			return false;
		}
		term_pump(t, 5);
		if (t->eof)
			usleep(5000);
	}
	return true;
}

bool term_wait(struct term *t, const char *text, int ms)
{
	return wait_for(t, text, ms, true);
}

bool term_wait_gone(struct term *t, const char *text, int ms)
{
	return wait_for(t, text, ms, false);
}

void term_keys(struct term *t, const char *keys)
{
	if (write(t->master, keys, strlen(keys)) < 0)
		fprintf(stderr, "# keys not taken: %s\n", strerror(errno));
}

void term_resize(struct term *t, int rows, int cols)
{
	struct winsize ws = {
	    .ws_row = (unsigned short)rows, .ws_col = (unsigned short)cols};
	t->rows = rows;
	t->cols = cols;
	vterm_set_size(t->vt, rows, cols);
	ioctl(t->master, TIOCSWINSZ, &ws);
}

int term_end(struct term *t, int ms)
{
	int status = -1;
	long long end = clock_ms() + ms;
	while (waitpid(t->pid, &status, WNOHANG) == 0) {
		if (clock_ms() > end) {
			kill(t->pid, SIGKILL);
			waitpid(t->pid, &status, 0);
			status = -1;
			break;
		}
		term_pump(t, 5);
	}
	t->pid = 0;
	term_pump(t, 50);
	return status;
}

bool term_restored(struct term *t)
{
	struct termios now;
	if (tcgetattr(t->slave, &now) != 0)
		return false;
	bool same = now.c_iflag == t->before.c_iflag &&
		    now.c_oflag == t->before.c_oflag &&
		    now.c_lflag == t->before.c_lflag &&
		    memcmp(now.c_cc, t->before.c_cc, sizeof(now.c_cc)) == 0;
	if (!same || t->alt || !t->cursor)
		fprintf(stderr, "# settings %s, alternate screen %d, cursor %d\n",
		    same ? "same" : "DIFFER", t->alt, t->cursor);
	return same && !t->alt && t->cursor;
}

void term_free(struct term *t)
{
	if (t->pid > 0) {
		kill(t->pid, SIGKILL);
		waitpid(t->pid, NULL, 0);
	}
	close(t->master);
	close(t->slave);
	vterm_free(t->vt);
	free(t->raw);
}

pid_t child_of(pid_t pid)
{
	char path[64];
	int child = 0;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	FILE *f = fopen(path, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%d", &child) != 1)
		child = 0;
	fclose(f);
	return child;
}
