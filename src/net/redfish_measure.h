/* SPDX-License-Identifier: Apache-2.0
 * Signed measurements of a root of trust (DSP0268, ComponentIntegrity): the action is
 * answered at once, or by a task that is asked until it has ended. */
#pragma once

#include "net/redfish_plan.h"

/* Asks for the certificate chain of a ComponentIntegrity resource and for its action. */
GH_MUST_USE int gh_redfish_measure_want(struct gh_redfish_plan *p,
    struct gh_redfish_tree *t, const char *path, const json_t *body, struct gh_err *err);
/* The path in the tree of a ComponentIntegrity resource's certificate chain: as it says, or
 * below its chassis. False when what it says is no path of this BMC. */
bool gh_redfish_measure_chain(
    char out[static GH_REDFISH_LINK_MAX], const char *path, const json_t *body);
/* The request body: one nonce for all roots of trust of this reading, slot 0, every
 * measurement. The schema wants the nonce as hex digits. */
void gh_redfish_measure_body(struct gh_buf *out, const char *nonce_hex);
/* An answer to the action, of its task, or of what the task has made. */
GH_MUST_USE int gh_redfish_measure_answer(struct gh_redfish_plan *p,
    struct gh_redfish_tree *t, const struct gh_redfish_item *item,
    struct gh_redfish_said *said, struct gh_err *err);
