/* SPDX-License-Identifier: Apache-2.0
 * Fuzz target: the fleet file, and the host key pins in it. */
#include "fleet/inventory.h"

/* The rule of the Makefile links the floors below proof only; what is above comes here. */
#include "src/fleet/inventory.c"
#include "src/fleet/values.c"
#include "src/fleet/yaml.c"
#include "src/net/ssh_hostkey.c"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gh_fleet *f = NULL;
	struct gh_err err;

	if (gh_fleet_parse(&f, "/fleet.yaml", (struct gh_bytes){data, size}, &err) == 0)
		(void)gh_fleet_host(f, f->host[f->n_hosts - 1].name);
	gh_fleet_free(&f);
	return 0;
}
