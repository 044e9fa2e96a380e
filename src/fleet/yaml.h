/* SPDX-License-Identifier: Apache-2.0
 * A YAML file as a tree of nodes that know where they stand, without the parts of YAML
 * that surprise: no anchors, no tags, one document, few levels. */
#pragma once

#include <yaml.h>

#include "base/buf.h"

#define GH_YAML_MAX_BYTES (1u << 20)
#define GH_YAML_MAX_DEPTH 8

struct gh_yaml {
	char name[104]; /* of the file, for messages */
	yaml_document_t doc;
	bool loaded;
};

/* name is shown in messages. CONFIG "FILE:LINE:COLUMN: ..." on error. */
GH_MUST_USE int gh_yaml_load(
    struct gh_yaml *y, const char *name, struct gh_bytes text, struct gh_err *err);
void gh_yaml_free(struct gh_yaml *y);
/* NULL for an empty file. */
yaml_node_t *gh_yaml_root(struct gh_yaml *y);
yaml_node_t *gh_yaml_node(struct gh_yaml *y, int index);
/* CONFIG "FILE:LINE:COLUMN: ..." with the node's place. Returns -1. */
int gh_yaml_fail(const struct gh_yaml *y, const yaml_node_t *at, struct gh_err *err,
    const char *fmt, ...) GH_PRINTF(4, 5);
/* The text of a scalar; an error for any other node, and for text with a control byte. */
GH_MUST_USE int gh_yaml_text(
    const struct gh_yaml *y, const yaml_node_t *n, const char **out, struct gh_err *err);
