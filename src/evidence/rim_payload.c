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

int gh_rim_meta(struct gh_rim *rim, const struct gh_rim_xml *x, struct gh_rim_fault *why)
{
	char edition[16];
	if (!gh_xml_attr(
		x->meta, "colloquialVersion", rim->version, sizeof(rim->version)) ||
	    !gh_xml_attr(x->meta, "product", rim->product, sizeof(rim->product)) ||
	    !gh_xml_attr(x->meta, "edition", edition, sizeof(edition)) ||
	    !is_plain(rim->version) || !is_plain(rim->product)) {
		rim->version[0] = rim->product[0] = '\0';
		return gh_rim_refuse(why, "rim.parse.version",
		    "Meta lacks version, product or edition, or they hold odd "
		    "characters");
	}
	if (strcmp(edition, "SWITCH") == 0)
		rim->kind = GH_RIM_SWITCH;
	else if (strcmp(edition, "GPU") == 0)
		rim->kind = is_vbios_version(rim->version) ? GH_RIM_VBIOS : GH_RIM_DRIVER;
	else
		return gh_rim_refuse(
		    why, "rim.parse.edition", "edition is neither GPU nor SWITCH");
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

static bool read_number(const xmlNode *n, const char *name, uint64_t *out)
{
	char text[24];
	return gh_xml_attr(n, name, text, sizeof(text)) &&
	       gh_text_u64(gh_text_of(text), 10, out) == 0;
}

/* Attribute HashN in the SHA-384 namespace, 96 hex digits. */
static bool read_hash(struct gh_rim_entry *e, const xmlNode *n, unsigned int i)
{
	char name[16];
	snprintf(name, sizeof(name), "Hash%u", i);
	xmlChar *hex = xmlGetNsProp(n, (const xmlChar *)name, (const xmlChar *)NS_SHA384);
	bool good =
	    hex != NULL && gh_unhex(e->hash[i], HASH_LEN, (const char *)hex, NULL) == 0;
	xmlFree(hex);
	return good;
}

/* Which measurement this is: a number of its own from 0 to 63. */
static int read_index(
    struct gh_rim *rim, const xmlNode *n, size_t *out, struct gh_rim_fault *why)
{
	uint64_t index = 0;
	if (!read_number(n, "index", &index))
		return gh_rim_refuse(
		    why, "rim.schema.index", "an index is not a decimal number");
	if (index >= GH_RIM_INDEXES)
		return gh_rim_refuse(why, "rim.schema.not-understood",
		    "index %llu: a record on opaque data, which is not understood here",
		    (unsigned long long)index);
	if (rim->entry[index].present)
		return gh_rim_refuse(why, "rim.schema.duplicate", "index %llu twice",
		    (unsigned long long)index);
	rim->entry[index].present = true;
	*out = (size_t)index;
	return 0;
}

static int read_hashes(
    struct gh_rim_entry *e, const xmlNode *n, size_t index, struct gh_rim_fault *why)
{
	uint64_t alternatives = 0, size = 0;
	if (!read_number(n, "alternatives", &alternatives) || alternatives == 0 ||
	    alternatives > GH_RIM_MAX_ALTERNATIVES)
		return gh_rim_refuse(why, "rim.schema.alternatives",
		    "index %zu: alternatives is not 1 to %d", index,
		    GH_RIM_MAX_ALTERNATIVES);
	if (!read_number(n, "size", &size) || size != HASH_LEN)
		return gh_rim_refuse(why, "rim.schema.size",
		    "index %zu: size is not %d bytes", index, HASH_LEN);
	/* type, index, active, alternatives, name, size and the hashes: not one more */
	if (gh_xml_attr_count(n) != 6 + alternatives)
		return gh_rim_refuse(why, "rim.schema.attributes",
		    "index %zu: attributes do not fit %llu alternatives", index,
		    (unsigned long long)alternatives);
	for (; e->n_alternatives < alternatives; e->n_alternatives++)
		if (!read_hash(e, n, (unsigned int)e->n_alternatives))
			return gh_rim_refuse(why, "rim.schema.hash",
			    "index %zu: Hash%zu is not 96 hex digits", index,
			    e->n_alternatives);
	return 0;
}

static int read_entry(struct gh_rim *rim, const xmlNode *n, struct gh_rim_fault *why)
{
	char text[96];
	size_t index = 0;
	if (!gh_xml_attr(n, "type", text, sizeof(text)) ||
	    strcmp(text, "Measurement") != 0)
		return gh_rim_refuse(
		    why, "rim.schema.resource", "a Resource is not a Measurement");
	if (read_index(rim, n, &index, why) < 0)
		return -1;
	struct gh_rim_entry *e = &rim->entry[index];
	if (!gh_xml_attr(n, "active", text, sizeof(text)) ||
	    (strcmp(text, "True") != 0 && strcmp(text, "False") != 0))
		return gh_rim_refuse(why, "rim.schema.active",
		    "index %zu: active is neither True nor False", index);
	e->active = text[0] == 'T';
	if (!gh_xml_attr(n, "name", text, sizeof(text)))
		return gh_rim_refuse(why, "rim.schema.name",
		    "index %zu: no name, or too long a one", index);
	gh_text_clean_into(e->name, sizeof(e->name), text);
	return read_hashes(e, n, index, why);
}

int gh_rim_payload(
    struct gh_rim *rim, const struct gh_rim_xml *x, struct gh_rim_fault *why)
{
	size_t active = 0;
	for (xmlNode *n = gh_xml_element(x->payload->children); n != NULL;
	     n = gh_xml_element(n->next)) {
		if (!gh_xml_is(n, (const char *)x->payload->ns->href, "Resource") ||
		    gh_xml_element(n->children) != NULL)
			return gh_rim_refuse(why, "rim.schema.resource",
			    "the Payload holds more than Resources");
		if (read_entry(rim, n, why) < 0)
			return -1;
	}
	for (size_t i = 0; i < GH_RIM_INDEXES; i++)
		active += rim->entry[i].active;
	if (active == 0)
		return gh_rim_refuse(why, "rim.schema.empty", "no active measurement");
	return 0;
}
