/* SPDX-License-Identifier: Apache-2.0
 * The lab's AMD: answers for the chip of the SNP host, over HTTPS. */
#pragma once

#include "lab/bmc_server.h"
#include "lab/kds_pki.h"

/* How it misbehaves; a set of bits. */
enum gh_kds_behaviour {
	GH_LAB_KDS_DOWN = 1 << 0,
	GH_LAB_KDS_SLOW = 1 << 1,
	GH_LAB_KDS_LIMITED = 1 << 2,
	GH_LAB_KDS_WRONG_CHAIN = 1 << 3,
	GH_LAB_KDS_OTHER_CHIP = 1 << 4,
};

/* What is sent; status 0: the connection is closed without a word. */
struct gh_lab_kds_answer {
	unsigned int status, retry_after_s, delay_ms;
	struct gh_buf body;
};

struct gh_lab_kds {
	const struct gh_lab_spec *spec; /* the SNP host */
	char dir[256];                  /* of the lab */
	struct gh_lab_kds_ca ca;
	struct gh_lab_kds_ca foreign; /* made when it is first needed */
};

/* path as it came, query NAME=VALUE&...; behaviour as the host's faults want it. */
GH_MUST_USE int gh_lab_kds_answer(struct gh_lab_kds *k, unsigned int behaviour,
    const char *path, const char *query, struct gh_lab_kds_answer *out,
    struct gh_err *err);

/* Serves on a listening socket, which it takes over (also on error). cert, key: PEM. */
GH_MUST_USE int gh_lab_kds_serve(struct gh_bmc_server **out, struct gh_lab_kds *k, int fd,
    const char *cert, const char *key, struct gh_err *err);
