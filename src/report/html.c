/* SPDX-License-Identifier: Apache-2.0
 * Rendering a statement as HTML; every text goes through put_text. */
#include "report/html.h"

#include <inttypes.h>
#include <string.h>

#include "base/text.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
    "style-src 'unsafe-inline'\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n<style>\n"
    "body{font:15px/1.5 system-ui,sans-serif;color:#1a1a1a;max-width:60rem;margin:2rem "
    "auto;padding:0 1rem}\n"
    "h1{font-size:1.5rem;margin:0 0 .3rem}h2{font-size:1.1rem;margin:2rem 0 .5rem}\n"
    ".word{display:inline-block;padding:.1rem .6rem;border:2px solid;font-weight:700}\n"
    ".pass{color:#0a5c2b}.fail{color:#a11212}.error,.warn{color:#7a5200}.skip{color:#555}"
    "\n"
    ".lab{border:3px solid #7a5200;padding:.5rem 1rem;margin:1rem 0;font-weight:700}\n"
    "table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;"
    "padding:.25rem .5rem;border-bottom:1px solid #ddd;overflow-wrap:anywhere}\n"
    "code{font:13px/1.4 ui-monospace,monospace;overflow-wrap:anywhere}\n"
    "@media print{body{max-width:none;margin:0}tr{break-inside:avoid}}\n"
    "</style>\n";

/* Cleaned of control and bidi characters first, then escaped for HTML. */
static void put_text(struct gh_buf *out, const char *s)
{
	gh_auto(struct gh_buf, gh_buf_free) clean = {0};
	gh_text_clean(&clean, s, strlen(s), 4000);
	for (const char *p = gh_buf_cstr(&clean); *p; p++) {
		switch (*p) {
		case '&':
			gh_buf_str(out, "&amp;");
			break;
		case '<':
			gh_buf_str(out, "&lt;");
			break;
		case '>':
			gh_buf_str(out, "&gt;");
			break;
		case '"':
			gh_buf_str(out, "&quot;");
			break;
		case '\'':
			gh_buf_str(out, "&#39;");
			break;
		default:
			gh_buf_chr(out, *p);
		}
	}
}

static void row(struct gh_buf *out, const char *name, const char *value)
{
	if (!value[0])
		return;
	gh_buf_fmt(out, "<tr><th>%s</th><td>", name);
	put_text(out, value);
	gh_buf_str(out, "</td></tr>\n");
}

/* A word that is one of ours becomes a class too; any other is only text. */
static void word(struct gh_buf *out, const char *w)
{
	static const char *const known[] = {"pass", "fail", "warn", "skip", "error"};
	const char *class = "";
	for (size_t i = 0; i < GH_COUNT(known); i++)
		if (strcmp(w, known[i]) == 0)
			class = known[i];
	gh_buf_fmt(out, "<span class=\"%s\">", class);
	put_text(out, w);
	gh_buf_str(out, "</span>");
}

static void put_front(
    struct gh_buf *out, const json_t *p, const char *sha256, const char *keyid)
{
	const json_t *host = json_object_get(p, "host");
	gh_buf_str(out, head);
	gh_buf_str(out, "<title>gatehouse report: ");
	put_text(out, gh_json_text(host, "name"));
	gh_buf_str(out, "</title></head><body>\n<h1>Host validation of ");
	put_text(out, gh_json_text(host, "name"));
	gh_buf_str(out, "</h1>\n<p class=\"word\">");
	word(out, gh_json_text(p, "verdict"));
	gh_buf_str(out, "</p>\n");
	if (json_is_true(json_object_get(p, "lab")))
		gh_buf_str(out, "<p class=\"lab\">LAB: this report rests on lab keys and "
				"proves nothing about real hardware.</p>\n");
	gh_buf_str(out, "<p>This page is a rendering and is not signed. Verify the files "
			"beside it as VERIFY.txt says.</p>\n<table>\n");
	row(out, "For", gh_json_text(p, "audience"));
	row(out, "Issued", gh_json_text(p, "issued"));
	row(out, "Valid until", gh_json_text(p, "expires"));
	row(out, "Verified at", gh_json_text(p, "verified_at"));
	row(out, "Report", gh_json_text(p, "report_id"));
	gh_buf_fmt(out, "<tr><th>Number</th><td>%" PRId64 " of this host</td></tr>\n",
	    (int64_t)json_integer_value(json_object_get(p, "sequence")));
	row(out, "Model", gh_json_text(host, "model"));
	row(out, "Kernel", gh_json_text(host, "kernel"));
	row(out, "BIOS", gh_json_text(host, "bios"));
	row(out, "Policy", gh_json_text(json_object_get(p, "policy"), "id"));
	row(out, "Signed by", keyid);
	gh_buf_str(out, "<tr><th>SHA-256 of report.json</th><td><code>");
	for (size_t i = 0; i < strlen(sha256); i += 8)
		gh_buf_fmt(out, "%s%.8s", i ? " " : "", sha256 + i);
	gh_buf_str(out, "</code></td></tr>\n</table>\n");
}

static void put_limits(struct gh_buf *out, const json_t *p)
{
	size_t i;
	const json_t *v;
	gh_buf_str(out, "<h2>What this does not prove</h2>\n<ul>\n");
	json_array_foreach(json_object_get(p, "limits"), i, v)
	{
		gh_buf_str(out, "<li>");
		put_text(out, json_string_value(v) ? json_string_value(v) : "");
		gh_buf_str(out, "</li>\n");
	}
	gh_buf_str(out, "</ul>\n");
}

static void put_devices(struct gh_buf *out, const json_t *p)
{
	const json_t *devices = json_object_get(p, "devices"), *d;
	size_t i;
	if (json_array_size(devices) == 0)
		return;
	gh_buf_str(out, "<h2>GPUs</h2>\n<table><tr><th>GPU</th><th>Verdict</th><th>Driver"
			"</th><th>VBIOS</th><th>Identity (PDI)</th></tr>\n");
	json_array_foreach(devices, i, d)
	{
		static const char *const key[] = {
		    "subject", "verdict", "driver", "vbios", "pdi"};
		gh_buf_str(out, "<tr>");
		for (size_t k = 0; k < GH_COUNT(key); k++) {
			gh_buf_str(out, "<td>");
			put_text(out, gh_json_text(d, key[k]));
			gh_buf_str(out, "</td>");
		}
		gh_buf_str(out, "</tr>\n");
	}
	gh_buf_str(out, "</table>\n");
}

static void put_check(struct gh_buf *out, const json_t *c)
{
	gh_buf_str(out, "<tr><td>");
	word(out, gh_json_text(c, "outcome"));
	gh_buf_str(out, "</td><td>");
	put_text(out, gh_json_text(c, "subject"));
	gh_buf_str(out, "</td><td>");
	put_text(out, gh_json_text(c, "title")[0] ? gh_json_text(c, "title")
						  : gh_json_text(c, "id"));
	gh_buf_str(out, "<br><code>");
	put_text(out, gh_json_text(c, "id"));
	gh_buf_str(out, "</code></td><td>");
	put_text(out, gh_json_text(c, "expected"));
	gh_buf_str(out, "</td><td>");
	put_text(out, gh_json_text(c, "observed"));
	if (gh_json_text(c, "reason")[0]) {
		gh_buf_str(out, "<br>");
		put_text(out, gh_json_text(c, "reason"));
	}
	gh_buf_str(out, "</td></tr>\n");
}

/* What did not pass first: that is what the reader came for. */
static void put_checks(struct gh_buf *out, const json_t *p)
{
	const json_t *checks = json_object_get(p, "checks"), *c;
	size_t i;
	gh_buf_str(out, "<h2>Checks</h2>\n<table><tr><th></th><th>Of</th><th>Check</th>"
			"<th>Expected</th><th>Found</th></tr>\n");
	for (int passed = 0; passed < 2; passed++)
		json_array_foreach(checks, i,
		    c) if ((strcmp(gh_json_text(c, "outcome"), "pass") == 0) == passed)
		    put_check(out, c);
	gh_buf_str(out, "</table>\n");
}

int gh_report_html(struct gh_buf *out, const json_t *payload, const char *sha256,
    const char *keyid, struct gh_err *err)
{
	const json_t *p = json_object_get(payload, "predicate");
	put_front(out, p, sha256, keyid);
	put_limits(out, p);
	put_devices(out, p);
	put_checks(out, p);
	gh_buf_str(out, "</body></html>\n");
	return gh_buf_ok(out, err);
}
