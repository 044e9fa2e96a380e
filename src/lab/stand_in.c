/* SPDX-License-Identifier: Apache-2.0
 * The program lab/stand-in of the lab (stand_in.h). */
#include "lab/stand_in.h"

#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NO_ROW     127
#define LINE_CHARS 4096

struct call {
	const char *name;
	char args[LINE_CHARS]; /* joined by blanks */
	char **argv;
};

struct row {
	char *name, *args, *answer;
	int status;
};

static void read_call(struct call *c, char **argv)
{
	const char *slash = strrchr(argv[0], '/');
	size_t used = 0;

	c->name = slash ? slash + 1 : argv[0];
	c->argv = argv;
	c->args[0] = '\0';
	for (char **a = argv + 1; *a && used < sizeof(c->args); a++)
		used += (size_t)snprintf(c->args + used, sizeof(c->args) - used, "%s%s",
		    a == argv + 1 ? "" : " ", *a);
}

/* Cuts the line into a row; false for a comment and what has not four parts. */
static bool read_row(struct row *r, char *line)
{
	char *part[4];

	line[strcspn(line, "\n")] = '\0';
	if (line[0] == '#')
		return false;
	for (size_t i = 0; i < 4; i++)
		part[i] = strsep(&line, "\t");
	if (!part[3])
		return false;
	*r = (struct row){part[0], part[1], part[3], (int)strtol(part[2], NULL, 10)};
	return true;
}

/* path with {KEY} replaced by the value of the argument KEY=VALUE. */
static void fill_in(const struct call *c, const char *path, char out[static PATH_MAX])
{
	const char *open = strchr(path, '{'), *close = open ? strchr(open, '}') : NULL;
	size_t n = close ? (size_t)(close - open - 1) : 0;

	snprintf(out, PATH_MAX, "%s", path);
	for (char **a = c->argv + 1; close && *a; a++)
		if (!strncmp(*a, open + 1, n) && (*a)[n] == '=')
			snprintf(out, PATH_MAX, "%.*s%s%s", (int)(open - path), path,
			    *a + n + 1, close + 1);
}

static bool send_file(const char *path)
{
	char part[65536];
	FILE *f = fopen(path, "re");
	size_t n;

	if (!f)
		return false;
	while ((n = fread(part, 1, sizeof(part), f)) > 0)
		fwrite(part, 1, n, stdout);
	fclose(f);
	return true;
}

/* The word after name in the file of "NAME WORD" lines. */
static void look_up(const char *path, const char *name, char *out, size_t size)
{
	FILE *f = fopen(path, "re");
	char line[LINE_CHARS];
	size_t n = strlen(name);

	if (n > 8 && !strcmp(name + n - 8, ".service"))
		n -= 8;
	snprintf(out, size, "inactive");
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (!strncmp(line, name, n) && line[n] == ' ')
			snprintf(out, size, "%s", line + n + 1);
	}
	if (f)
		fclose(f);
}

static int send_states(const struct call *c, const char *path, int otherwise)
{
	int status = 0;

	for (char **a = c->argv + 2; c->argv[1] && *a; a++) {
		char word[64];

		look_up(path, *a, word, sizeof(word));
		puts(word);
		if (strcmp(word, "active") != 0)
			status = otherwise;
	}
	return status;
}

/* The status to end with; -1 when the row does not count. */
static int give_answer(const struct call *c, const struct row *r)
{
	char path[PATH_MAX];

	switch (r->answer[0]) {
	case '-':
		return r->status;
	case '=':
		puts(r->answer + 1);
		return r->status;
	case '?':
		return send_states(c, r->answer + 1, r->status);
	case '!':
		execv(r->answer + 1, c->argv);
		fprintf(stderr, "%s: %s\n", r->answer + 1, strerror(errno));
		return NO_ROW;
	default:
		fill_in(c, r->answer, path);
		return send_file(path) ? r->status : -1;
	}
}

int main(int argc, char **argv)
{
	struct call c;
	struct row r;
	char line[LINE_CHARS];
	FILE *f = fopen(GH_STAND_IN_TABLE, "re");

	if (argc < 1)
		return NO_ROW;
	read_call(&c, argv);
	while (f && fgets(line, sizeof(line), f)) {
		int status = -1;

		if (read_row(&r, line) && !strcmp(r.name, c.name) &&
		    !fnmatch(r.args, c.args, 0))
			status = give_answer(&c, &r);
		if (status >= 0)
			return status;
	}
	fprintf(stderr, "%s: the lab has no answer for '%s'\n", c.name, c.args);
	return NO_ROW;
}
