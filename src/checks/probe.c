/* SPDX-License-Identifier: Apache-2.0
 * Splits what the probe printed into its items. The host is hostile: lengths are counted,
 * never searched for, and nothing is taken on from the first frame that is not right. */
#include "checks/probe.h"

#include <stdlib.h>
#include <string.h>

#include "base/embed.h"
#include "base/text.h"

GH_EMBED(probe_sh, "src/checks/probe.sh");

#define NONCE_LEN 32

/* A frame header, docs/probe.md:
 *	word	meaning
 *	0	"GH1"
 *	1	the nonce of this run
 *	2	id of the item, or END
 *	3	exit status, 0-255
 *	4	how the data is written: - text, x hex, b base64
 *	5	bytes of data that follow; of END: number of frames before it */
#define HEADER_WORDS 6
#define HEADER_MAX   160 /* bytes of the longest header that can be right */

struct frame {
	struct gh_bytes id;
	int rc;
	char enc;
	size_t len;
	bool end;
};

struct gh_bytes gh_probe_script(void)
{
	return (struct gh_bytes){probe_sh, (size_t)(probe_sh_end - probe_sh)};
}

static bool nonce_ok(const char *nonce)
{
	return strlen(nonce) == NONCE_LEN &&
	       strspn(nonce, "0123456789abcdef") == NONCE_LEN;
}

/* What no shell takes for more than a word. */
static bool words_ok(const char *words)
{
	return words[strspn(words, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789=._:/- ")] == '\0';
}

int gh_probe_command(
    struct gh_buf *out, const char *nonce, const char *words, struct gh_err *err)
{
	if (!nonce_ok(nonce))
		return gh_fail(err, GH_E_INTERNAL, "probe nonce is not 32 hex digits");
	if (!words_ok(words))
		return gh_fail(err, GH_E_CONFIG,
		    "a parameter of a check is no plain word: %s", words);
	/* The text is kept in a variable: the privileged half is fed to sudo from it, and
	 * no command of the probe can eat the script from stdin. */
	gh_buf_fmt(
	    out, "exec sh -c 'probe_text=$(cat); eval \"$probe_text\"' sh %s", nonce);
	if (words[0])
		gh_buf_fmt(out, " all 0 %s", words);
	return gh_buf_ok(out, err);
}

static bool id_ok(struct gh_bytes id)
{
	static const char set[] = "abcdefghijklmnopqrstuvwxyz0123456789._-";
	if (id.len == 0 || id.len >= sizeof(((struct gh_probe_item *)0)->id))
		return false;
	for (size_t i = 0; i < id.len; i++)
		if (id.p[i] == '\0' || !strchr(set, id.p[i]))
			return false;
	return true;
}

/* The event log alone may be larger than other items, and only as base64. */
static size_t item_max(struct gh_bytes id, char enc)
{
	return enc == 'b' && gh_text_is(id, "tpm.log") ? GH_PROBE_LOG_MAX
						       : GH_PROBE_ITEM_MAX;
}

/* Exactly six words, one blank between each two. */
static bool split_header(struct gh_bytes line, struct gh_bytes word[static HEADER_WORDS])
{
	size_t n = 0, from = 0;
	for (size_t i = 0; i <= line.len; i++) {
		if (i < line.len && line.p[i] != ' ')
			continue;
		if (n == HEADER_WORDS || i == from)
			return false;
		word[n++] = (struct gh_bytes){line.p + from, i - from};
		from = i + 1;
	}
	return n == HEADER_WORDS;
}

static int read_header(
    struct frame *out, struct gh_bytes line, const char *nonce, struct gh_err *err)
{
	struct gh_bytes w[HEADER_WORDS];
	uint64_t rc, len;
	size_t max;
	if (!split_header(line, w) || !gh_text_is(w[0], "GH1"))
		return gh_fail(err, GH_E_PARSE,
		    "probe output: \"%.*s\" where a frame should begin",
		    (int)(line.len < 60 ? line.len : 60), (const char *)line.p);
	if (!gh_text_is(w[1], nonce))
		return gh_fail(
		    err, GH_E_REMOTE, "probe output: frame with a foreign nonce");
	if (gh_text_u64(w[3], 10, &rc) || rc > 255 || w[4].len != 1 ||
	    !memchr("-xb", w[4].p[0], 3) || gh_text_u64(w[5], 10, &len))
		return gh_fail(err, GH_E_PARSE, "probe output: malformed frame header");
	out->end = gh_text_is(w[2], "END");
	if (!out->end && !id_ok(w[2]))
		return gh_fail(err, GH_E_PARSE, "probe output: malformed item id");
	max = out->end ? GH_PROBE_ITEMS_MAX : item_max(w[2], (char)w[4].p[0]);
	if (len > max)
		return gh_fail(err, GH_E_PARSE,
		    "probe output: an item claims %llu bytes, %zu are allowed",
		    (unsigned long long)len, max);
	out->id = w[2];
	out->rc = (int)rc;
	out->enc = (char)w[4].p[0];
	out->len = (size_t)len;
	return 0;
}

/* Takes the header line off the front of *rest. */
static int next_header(
    struct frame *out, struct gh_bytes *rest, const char *nonce, struct gh_err *err)
{
	size_t look = rest->len < HEADER_MAX ? rest->len : HEADER_MAX;
	const unsigned char *nl = look ? memchr(rest->p, '\n', look) : NULL;
	if (!nl && rest->len < HEADER_MAX)
		return gh_fail(err, GH_E_PARSE, "probe output ends early, without END");
	struct gh_bytes line = {rest->p, nl ? (size_t)(nl - rest->p) : HEADER_MAX};
	if (read_header(out, line, nonce, err))
		return -1;
	if (!nl)
		return gh_fail(err, GH_E_PARSE, "probe output: frame header without end");
	rest->p = nl + 1;
	rest->len -= line.len + 1;
	return 0;
}

static int grow(struct gh_probe *p, size_t *cap, struct gh_err *err)
{
	if (p->n < *cap)
		return 0;
	size_t want = *cap ? *cap * 2 : 64;
	struct gh_probe_item *item = realloc(p->item, want * sizeof(*item));
	if (!item)
		return gh_fail(err, GH_E_NOMEM, "probe output: out of memory");
	p->item = item;
	*cap = want;
	return 0;
}

/* Takes the data of one frame off the front of *rest into a new item. */
static int take_item(
    struct gh_probe *p, const struct frame *f, struct gh_bytes *rest, struct gh_err *err)
{
	if (p->n == GH_PROBE_ITEMS_MAX)
		return gh_fail(err, GH_E_PARSE, "probe output: more than %d items",
		    GH_PROBE_ITEMS_MAX);
	if (rest->len < f->len + 1)
		return gh_fail(err, GH_E_PARSE, "probe output ends inside item %.*s",
		    (int)f->id.len, (const char *)f->id.p);
	if (rest->p[f->len] != '\n')
		return gh_fail(err, GH_E_PARSE,
		    "probe output: item %.*s is longer than it says", (int)f->id.len,
		    (const char *)f->id.p);
	struct gh_probe_item *it = &p->item[p->n];
	memset(it, 0, sizeof(*it));
	memcpy(it->id, f->id.p, f->id.len);
	if (gh_probe_get(p, it->id))
		return gh_fail(
		    err, GH_E_REMOTE, "probe output: item %s came twice", it->id);
	it->rc = f->rc;
	it->enc = f->enc;
	it->data = (struct gh_bytes){rest->p, f->len};
	rest->p += f->len + 1;
	rest->len -= f->len + 1;
	p->n++;
	return 0;
}

/* One frame off the front of *rest; sets complete at a right END. */
static int next_frame(
    struct gh_probe *p, struct gh_bytes *rest, const char *nonce, struct gh_err *err)
{
	struct frame f = {.rc = 0};
	if (next_header(&f, rest, nonce, err))
		return -1;
	if (!f.end)
		return take_item(p, &f, rest, err);
	if (f.len != p->n)
		return gh_fail(err, GH_E_PARSE,
		    "probe output: %zu items came, END counts %zu", p->n, f.len);
	if (rest->len)
		return gh_fail(err, GH_E_REMOTE, "probe output goes on after END");
	p->complete = true;
	return 0;
}

int gh_probe_parse(
    struct gh_probe *out, struct gh_bytes output, const char *nonce, struct gh_err *err)
{
	size_t cap = 0;
	struct gh_bytes rest = output;
	memset(out, 0, sizeof(*out));
	if (!nonce_ok(nonce)) {
		(void)gh_fail(
		    &out->err, GH_E_INTERNAL, "probe nonce is not 32 hex digits");
		return 0;
	}
	while (!out->complete) {
		if (grow(out, &cap, err)) {
			gh_probe_free(out);
			return -1;
		}
		if (next_frame(out, &rest, nonce, &out->err))
			break;
	}
	/* a refused item of the privileged half has rc 126 */
	const struct gh_probe_item *klog = gh_probe_get(out, "klog");
	out->root = klog && klog->rc != 126;
	return 0;
}

void gh_probe_free(struct gh_probe *p)
{
	free(p->item);
	memset(p, 0, sizeof(*p));
}

const struct gh_probe_item *gh_probe_get(const struct gh_probe *p, const char *id)
{
	for (size_t i = 0; p && i < p->n; i++)
		if (!strcmp(p->item[i].id, id))
			return &p->item[i];
	return NULL;
}

int gh_probe_bytes(struct gh_buf *out, const struct gh_probe_item *it, struct gh_err *err)
{
	const char *text = (const char *)it->data.p;

	if (it->enc == 'x')
		return gh_unhex_buf(out, text, it->data.len, err);
	if (it->enc == 'b')
		return gh_unb64_loose(out, text, it->data.len, err);
	gh_buf_add(out, text, it->data.len);
	return gh_buf_ok(out, err);
}
