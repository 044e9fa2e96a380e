/* SPDX-License-Identifier: Apache-2.0
 * Files that the console writes when asked, and the renderer without drawing. */
#include "export.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "look.h"

/* Host names come from the operator's fleet file; what a file name cannot take is '_'. */
static void file_name(char *out, size_t size, const char *host, int64_t now)
{
	char when[GH_TIME_LEN];
	size_t n = 0;
	gh_time_text(when, now);
	const char *lead = "gatehouse-";
	for (const char *p = lead; *p && n + 1 < size; p++)
		out[n++] = *p;
	for (const char *p = host[0] ? host : "fleet"; *p && n + 24 < size; p++)
		out[n++] = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') ||
				   (*p >= 'A' && *p <= 'Z') || *p == '-' ||
				   (*p == '.' && p != host)
			       ? *p
			       : '_';
	if (n + 1 < size)
		out[n++] = '-';
	for (const char *p = when; *p && n + 1 < size; p++)
		if (*p != '-' && *p != ':')
			out[n++] = *p;
	out[n] = '\0';
}

int ui_export(struct gh_session *s, const char *host, const char *text,
    char said[static UI_SAID], struct gh_err *err)
{
	char name[160], path[600], full[520], cwd[300];
	const char *dir = getenv("GATEHOUSE_EXPORT_DIR");
	file_name(name, sizeof(name), host, gh_now(gh_session_env(s)));
	if (!dir || !dir[0])
		dir = getcwd(cwd, sizeof(cwd)) ? cwd : ".";
	if (gh_path_join(full, sizeof(full), dir, name, err) != 0)
		return -1;
	snprintf(path, sizeof(path), "%s.txt", full);
	if (gh_file_write(path, text ? text : "", text ? strlen(text) : 0, 0600, err) !=
	    0)
		return gh_err_prefix(err, "export");
	if (!host[0]) {
		snprintf(said, UI_SAID, "written: %.390s", path);
		return 0;
	}
	struct gh_report_info info = {0};
	if (gh_op_report_make(s, host, "console", &info, err) != 0 ||
	    gh_op_report_export(s, info.id, full, &info, err) != 0)
		return gh_err_prefix(err, "text written, bundle not");
	snprintf(
	    said, UI_SAID, "signed report %s %.10s in %.300s", host, info.verdict, full);
	return 0;
}

static void plain_need(struct gh_buf *out, size_t n, const struct gh_need *need)
{
	char host[64], clock[16];
	int gpu = ui_subject_gpu(need->subject, host, sizeof(host));
	gh_buf_fmt(out, "%zu. %s host %s", n,
	    need->verdict == GH_PASS ? "ok" : gh_verdict_word(need->verdict), host);
	if (gpu >= 0)
		gh_buf_fmt(out, " GPU %d", gpu);
	gh_buf_fmt(out, ": %s.", need->text);
	if (need->since)
		gh_buf_fmt(out, " Since %s.", ui_clock(clock, need->since));
	if (need->blocks[0])
		gh_buf_fmt(out, " Blocks %s.", need->blocks);
	gh_buf_chr(out, '\n');
}

void ui_plain_fleet(struct gh_buf *out, const struct gh_model *m)
{
	char clock[16], age[16];
	gh_buf_fmt(out, "%s UTC. Context %s%s, read-only. ", ui_clock(clock, m->now),
	    m->fleet, m->lab ? " LAB" : "");
	gh_time_age(age, sizeof(age), m->now - m->oldest);
	if (m->oldest)
		gh_buf_fmt(out, "Oldest fact %s%s.\n", age,
		    m->now - m->oldest > (int64_t)m->fresh_s ? ", STALE" : "");
	else
		gh_buf_str(out, "Nothing has been read yet.\n");
	gh_buf_fmt(out, "Verdict %s. %s. %zu thing%s need%s you.\n",
	    gh_verdict_word(m->verdict), m->sentence, m->n_needs,
	    m->n_needs == 1 ? "" : "s", m->n_needs == 1 ? "s" : "");
	for (size_t i = 0; i < m->n_needs; i++)
		plain_need(out, i + 1, &m->need[i]);
	gh_buf_str(out, "Hosts:");
	for (size_t i = 0; i < m->n_hosts; i++)
		gh_buf_fmt(out, "%s %s %s", i ? "," : "", m->host[i].name,
		    gh_gate_word(m->host[i].gate));
	gh_buf_fmt(out, ". Exit status %d.\n", gh_verdict_exit(m->verdict));
}

int ui_render_fleet_text(
    struct gh_buf *out, const struct gh_model *m, int rows, int cols, struct gh_err *err)
{
	struct ui_canvas cv = {0};
	struct ui_look *look = calloc(1, sizeof(*look));
	if (!look)
		return gh_fail(err, GH_E_NOMEM, "no memory for a screen");
	int rc = ui_canvas_resize(&cv, rows, cols, err);
	if (rc == 0) {
		look->model = m;
		look->now = m->now;
		ui_draw(look, &cv);
		ui_canvas_text(&cv, out);
		rc = gh_buf_ok(out, err);
	}
	ui_canvas_free(&cv);
	free(look);
	return rc;
}
