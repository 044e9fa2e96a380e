/* SPDX-License-Identifier: Apache-2.0
 * make_gpus DIR                  makes the lab GPUs of one host "h" in DIR
 * make_gpus DIR GPU FAULT|heal   breaks or heals one of them (tests/lab/test_agent.sh) */
#include <stdio.h>
#include <stdlib.h>

#include "lab/gpus.h"

int main(int argc, char **argv)
{
	static const char *const hosts[] = {"h"};
	struct gh_err err = {0};
	int rc = -1;

	if (argc == 2)
		rc = gh_lab_gpus_make(argv[1], hosts, 1, &gh_env_real, &err);
	else if (argc == 4)
		rc = gh_lab_gpu_fault(argv[1], "h",
		    (unsigned int)strtoul(argv[2], NULL, 10),
		    strcmp(argv[3], "heal") == 0 ? NULL : argv[3], &err);
	if (rc < 0)
		fprintf(stderr, "make_gpus: %s\n", err.what);
	return rc < 0;
}
