/* SPDX-License-Identifier: Apache-2.0
 * Meta and measurements of a RIM, read strictly: what is not understood fails closed. */
#include "evidence/rim_payload.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define NS_SHA384 "http://www.w3.org/2001/04/xmlenc#sha384"
#define HASH_LEN  48

/* "96.00.9F.00.04": five bytes in hex. Drivers are "595.71.05" or "545.00". */
static bool is_vbios_version(const char *s)
{
	if (strlen(s) != 14)
		return false;
	for (size_t i = 0; i < 14; i++)
		if (i % 3 == 2 ? s[i] != '.' : !isxdigit((unsigned char)s[i]))
			return false;
	return true;
}

/* Ids become file names and URLs, so only these characters are taken. */
static bool is_plain(const char *s)
{
	return s[0] != '\0' &&
	       s[strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
			   "0123456789._-")] == '\0';
}

static void id_of(const struct gh_rim *rim, char *out, size_t size)
{
	char bare[48];
	size_t n = 0;
	for (const char *s = rim->version; *s != '\0' && n + 1 < sizeof(bare); s++)
		if (*s != '.')
			bare[n++] = (char)toupper((unsigned char)*s);
	bare[n] = '\0';
	if (rim->kind == GH_RIM_SWITCH)
		snprintf(out, size, "NV_SWITCH_BIOS_*_%s", bare);
	else if (rim->kind == GH_RIM_VBIOS)
		snprintf(out, size, "NV_GPU_VBIOS_*_%s", bare);
	else
		snprintf(out, size, "NV_GPU_%s_%s_%s",
		    strcmp(rim->product, "GH100") == 0 ? "DRIVER" : "CC_DRIVER",
		    rim->product, rim->version);
}

int gh_rim_meta(struct gh_rim *rim, const struct gh_rim_xml *x, struct gh_err *err)
{
	char edition[16];
	if (!gh_xml_attr(
		x->meta, "colloquialVersion", rim->version, sizeof(rim->version)) ||
	    !gh_xml_attr(x->meta, "product", rim->product, sizeof(rim->product)) ||
	    !gh_xml_attr(x->meta, "edition", edition, sizeof(edition)))
		return gh_fail(
		    err, GH_E_PARSE, "RIM: Meta lacks version, product or edition");
	if (!is_plain(rim->version) || !is_plain(rim->product)) {
		rim->version[0] = rim->product[0] = '\0';
		return gh_fail(
		    err, GH_E_PARSE, "RIM: version or product holds odd characters");
	}
	if (strcmp(edition, "SWITCH") == 0)
		rim->kind = GH_RIM_SWITCH;
	else if (strcmp(edition, "GPU") == 0)
		rim->kind = is_vbios_version(rim->version) ? GH_RIM_VBIOS : GH_RIM_DRIVER;
	else
		return gh_fail(err, GH_E_PARSE, "RIM: edition is neither GPU nor SWITCH");
	id_of(rim, rim->id, sizeof(rim->id));
	return 0;
}

bool gh_rim_id_fits(const struct gh_rim *rim, const char *id)
{
	char want[sizeof(rim->id)];
	id_of(rim, want, sizeof(want));
	if (!is_plain(id) || strlen(id) >= sizeof(rim->id))
		return false;
	const char *star = strchr(want, '*');
	if (star == NULL)
		return strcasecmp(id, want) == 0;
	size_t head = (size_t)(star - want), tail = strlen(star + 1), len = strlen(id);
	return len > head + tail && strncasecmp(id, want, head) == 0 &&
	       strcasecmp(id + len - tail, star + 1) == 0;
}

static int read_number(
    const xmlNode *n, const char *name, uint64_t max, uint64_t *out, struct gh_err *err)
{
	char text[24];
	if (!gh_xml_attr(n, name, text, sizeof(text)) ||
	    gh_text_u64(gh_text_of(text), 10, out) < 0 || *out > max)
		return gh_fail(err, GH_E_PARSE,
		    "RIM: %s \"%s\" is not a number up to %llu", name, text,
		    (unsigned long long)max);
	return 0;
}

/* Attribute HashN in the SHA-384 namespace, 96 hex digits. */
static int read_hash(
    struct gh_rim_entry *e, const xmlNode *n, unsigned int i, struct gh_err *err)
{
	char name[16];
	snprintf(name, sizeof(name), "Hash%u", i);
	xmlChar *hex = xmlGetNsProp(n, (const xmlChar *)name, (const xmlChar *)NS_SHA384);
	if (hex == NULL)
		return gh_fail(err, GH_E_PARSE, "RIM: %s is missing", name);
	int rc = gh_unhex(e->hash[i], HASH_LEN, (const char *)hex, err);
	xmlFree(hex);
	return rc < 0 ? gh_err_prefix(err, "RIM: %s", name) : 0;
}

/* type, index, active, alternatives, name, size and the hashes: no attribute more. */
static int read_entry(struct gh_rim *rim, const xmlNode *n, struct gh_err *err)
{
	char text[96];
	uint64_t index = 0, alternatives = 0, size = 0;
	if (!gh_xml_attr(n, "type", text, sizeof(text)) ||
	    strcmp(text, "Measurement") != 0)
		return gh_fail(err, GH_E_PARSE, "RIM: a Resource is not a Measurement");
	if (read_number(n, "index", GH_RIM_INDEXES - 1, &index, err) < 0)
		return -1;
	struct gh_rim_entry *e = &rim->entry[index];
	if (e->present)
		return gh_fail(
		    err, GH_E_PARSE, "RIM: index %llu twice", (unsigned long long)index);
	e->present = true;
	if (!gh_xml_attr(n, "active", text, sizeof(text)) ||
	    (strcmp(text, "True") != 0 && strcmp(text, "False") != 0))
		return gh_fail(err, GH_E_PARSE, "RIM: active is neither True nor False");
	e->active = text[0] == 'T';
	if (!gh_xml_attr(n, "name", text, sizeof(text)))
		return gh_fail(err, GH_E_PARSE, "RIM: a Resource has no name");
	gh_text_clean_into(e->name, sizeof(e->name), text);
	if (read_number(n, "alternatives", GH_RIM_MAX_ALTERNATIVES, &alternatives, err) <
		0 ||
	    read_number(n, "size", HASH_LEN, &size, err) < 0)
		return -1;
	if (alternatives == 0 || size != HASH_LEN)
		return gh_fail(
		    err, GH_E_PARSE, "RIM: no alternatives, or a size other than 48");
	if (gh_xml_attr_count(n) != 6 + alternatives)
		return gh_fail(err, GH_E_PARSE,
		    "RIM: attributes do not fit %llu alternatives",
		    (unsigned long long)alternatives);
	for (e->n_alternatives = 0; e->n_alternatives < alternatives; e->n_alternatives++)
		if (read_hash(e, n, (unsigned int)e->n_alternatives, err) < 0)
			return -1;
	return 0;
}

int gh_rim_payload(struct gh_rim *rim, const struct gh_rim_xml *x, struct gh_err *err)
{
	size_t active = 0;
	for (xmlNode *n = gh_xml_element(x->payload->children); n != NULL;
	     n = gh_xml_element(n->next)) {
		if (strcmp((const char *)n->name, "Resource") != 0 || n->ns == NULL ||
		    strcmp((const char *)n->ns->href,
			(const char *)x->payload->ns->href) != 0 ||
		    gh_xml_element(n->children) != NULL)
			return gh_fail(err, GH_E_PARSE,
			    "RIM: the Payload holds more than Resources");
		if (read_entry(rim, n, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < GH_RIM_INDEXES; i++)
		active += rim->entry[i].active;
	if (active == 0)
		return gh_fail(err, GH_E_PARSE, "RIM: no active measurement");
	return 0;
}
