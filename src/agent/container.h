/* SPDX-License-Identifier: Apache-2.0
 * The evidence as JSON: our own object, or the list that NVIDIA's tools read. */
#pragma once

#include "agent/collect.h"
#include "base/json.h"

enum gh_container_format { GH_CONTAINER_GATEHOUSE, GH_CONTAINER_NVATTEST };

GH_MUST_USE int gh_container_parse(const char *word, enum gh_container_format *out);
/* New reference, NULL without memory. The NVATTEST list holds only the GPUs whose evidence
 * is complete: its readers know no error member. */
json_t *gh_container_json(const struct gh_collection *c, const uint8_t nonce[static 32],
    enum gh_container_format format);
