/* SPDX-License-Identifier: Apache-2.0
 * Reads YAML with libyaml: first the events, to refuse what we do not want, then the
 * document. */
#include "fleet/yaml.h"

#include <stdarg.h>
#include <stdio.h>

static void set_name(struct gh_yaml *y, const char *name)
{
	size_t len = strlen(name), room = sizeof(y->name) - 1;

	if (len <= room)
		snprintf(y->name, sizeof(y->name), "%s", name);
	else /* its end tells more */
		snprintf(y->name, sizeof(y->name), "...%s", name + len - (room - 3));
}

static int fail_at(
    const struct gh_yaml *y, const yaml_mark_t *at, struct gh_err *err, const char *what)
{
	/* libyaml counts from 0, people and editors from 1 */
	return gh_fail(err, GH_E_CONFIG, "%s:%zu:%zu: %s", y->name, at->line + 1,
	    at->column + 1, what);
}

int gh_yaml_fail(const struct gh_yaml *y, const yaml_node_t *at, struct gh_err *err,
    const char *fmt, ...)
{
	char what[240];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return fail_at(y, &at->start_mark, err, what);
}

static int fail_parser(
    const struct gh_yaml *y, const yaml_parser_t *p, struct gh_err *err)
{
	yaml_mark_t at = p->problem_mark;

	if (p->error == YAML_MEMORY_ERROR)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	if (p->error == YAML_READER_ERROR) /* libyaml gives an offset only */
		return gh_fail(err, GH_E_CONFIG, "%s: byte %zu: %s", y->name,
		    p->problem_offset, p->problem ? p->problem : "cannot be read");
	return fail_at(y, &at, err, p->problem ? p->problem : "not YAML");
}

/* What an event may not be; NULL when it is fine. */
static const char *unwanted(const yaml_event_t *e, int depth, int documents)
{
	const unsigned char *anchor = NULL, *tag = NULL;

	switch (e->type) {
	case YAML_ALIAS_EVENT:
		return "aliases (*name) are not taken: write the value out";
	case YAML_SCALAR_EVENT:
		anchor = e->data.scalar.anchor;
		tag = e->data.scalar.tag;
		break;
	case YAML_SEQUENCE_START_EVENT:
		anchor = e->data.sequence_start.anchor;
		tag = e->data.sequence_start.tag;
		break;
	case YAML_MAPPING_START_EVENT:
		anchor = e->data.mapping_start.anchor;
		tag = e->data.mapping_start.tag;
		break;
	default:
		break;
	}
	if (anchor)
		return "anchors (&name) are not taken: write the value out";
	if (tag)
		return "tags (!name) are not taken";
	if (depth > GH_YAML_MAX_DEPTH)
		return "too many levels";
	return documents > 1 ? "a second document" : NULL;
}

static int depth_change(yaml_event_type_t t)
{
	if (t == YAML_SEQUENCE_START_EVENT || t == YAML_MAPPING_START_EVENT)
		return 1;
	return t == YAML_SEQUENCE_END_EVENT || t == YAML_MAPPING_END_EVENT ? -1 : 0;
}

static int check_events(const struct gh_yaml *y, struct gh_bytes text, struct gh_err *err)
{
	yaml_event_type_t type = YAML_NO_EVENT;
	int depth = 0, documents = 0, rc = 0;
	yaml_parser_t p;

	if (!yaml_parser_initialize(&p))
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	yaml_parser_set_input_string(&p, text.p, text.len);
	while (rc == 0 && type != YAML_STREAM_END_EVENT) { /* bounded by the text */
		yaml_event_t e;
		const char *bad;

		if (!yaml_parser_parse(&p, &e)) {
			rc = fail_parser(y, &p, err);
			break;
		}
		type = e.type;
		depth += depth_change(type);
		documents += type == YAML_DOCUMENT_START_EVENT;
		bad = unwanted(&e, depth, documents);
		if (bad)
			rc = fail_at(y, &e.start_mark, err, bad);
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&p);
	return rc;
}

int gh_yaml_load(
    struct gh_yaml *y, const char *name, struct gh_bytes text, struct gh_err *err)
{
	yaml_parser_t p;
	int rc = 0;

	memset(y, 0, sizeof(*y));
	set_name(y, name);
	if (text.len > GH_YAML_MAX_BYTES)
		return gh_fail(err, GH_E_CONFIG, "%s: larger than %u bytes", y->name,
		    GH_YAML_MAX_BYTES);
	if (check_events(y, text, err) != 0)
		return -1;
	if (!yaml_parser_initialize(&p))
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	yaml_parser_set_input_string(&p, text.p, text.len);
	if (!yaml_parser_load(&p, &y->doc))
		rc = fail_parser(y, &p, err);
	y->loaded = rc == 0;
	yaml_parser_delete(&p);
	return rc;
}

void gh_yaml_free(struct gh_yaml *y)
{
	if (y->loaded)
		yaml_document_delete(&y->doc);
	y->loaded = false;
}

yaml_node_t *gh_yaml_root(struct gh_yaml *y)
{
	return yaml_document_get_root_node(&y->doc);
}

yaml_node_t *gh_yaml_node(struct gh_yaml *y, int index)
{
	return yaml_document_get_node(&y->doc, index);
}

int gh_yaml_text(
    const struct gh_yaml *y, const yaml_node_t *n, const char **out, struct gh_err *err)
{
	if (n->type != YAML_SCALAR_NODE)
		return gh_yaml_fail(y, n, err, "wants one value, not a %s",
		    n->type == YAML_MAPPING_NODE ? "map" : "list");
	for (size_t i = 0; i < n->data.scalar.length; i++)
		if (n->data.scalar.value[i] < ' ' || n->data.scalar.value[i] == 0x7f)
			return gh_yaml_fail(
			    y, n, err, "a control character in the value");
	*out = (const char *)n->data.scalar.value;
	return 0;
}
