/* SPDX-License-Identifier: Apache-2.0
 * The lab's ERoTs: none yet, as on the BMC of 2023 (ComponentIntegrity is not offered). */
#include "lab/bmc_erot.h"

int gh_bmc_erot_add(
    json_t *tree, const char *dir, const struct gh_lab_spec *spec, struct gh_err *err)
{
	(void)tree;
	(void)dir;
	(void)spec;
	(void)err;
	return 0;
}

int gh_bmc_erot_post(json_t **out, const char *dir, const struct gh_lab_spec *spec,
    const char *path, const json_t *body)
{
	(void)dir;
	(void)spec;
	(void)path;
	(void)body;
	*out = NULL;
	return 404;
}
