/* SPDX-License-Identifier: Apache-2.0
 * The Redfish tree of one lab BMC. */
#pragma once

#include "base/json.h"
#include "lab/check_faults.h"

struct gh_bmc_tree_in {
	const struct gh_lab_spec *spec;
	const char
	    *dir; /* of the lab, for evidence that rests on its keys; NULL = none */
	unsigned int faults; /* set of enum gh_fixture_fault: a BMC sees them too */
	const struct gh_check_set *checks; /* faults of single checks; NULL = none */
	bool off;                          /* the machine has no power */
	bool swapped;                      /* it is another machine's BMC */
};

/* {path: body}, as captures are kept. "@now" stands for the time of the answer, "@etag" for
 * the body's own. New reference, NULL on error. */
json_t *gh_bmc_tree(const struct gh_bmc_tree_in *in, struct gh_err *err);
/* Puts a resource below /redfish/v1/ ("Chassis/1"); body is taken over, also on error, and
 * gets @odata.id, and @odata.type when type is not NULL. */
GH_MUST_USE int gh_bmc_tree_put(
    json_t *tree, const char *path, const char *type, json_t *body, struct gh_err *err);
/* Lists the members of every collection anew, and what the service root links to. */
GH_MUST_USE int gh_bmc_tree_finish(json_t *tree, struct gh_err *err);
