/* SPDX-License-Identifier: Apache-2.0
 * The root of a lab host as files: what the probe and sshd read there. Written from
 * tables, healthy but for the faults that are set; writing again changes only what
 * differs, in place, so that a running host sees it at once. */
#pragma once

#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "lab/check_faults.h"

/* What a machine can suffer from; a set of bits. */
enum gh_fixture_fault {
	GH_FIXTURE_TEE_OFF = 1u << 0,
	GH_FIXTURE_OLD_MICROCODE = 1u << 1,
	GH_FIXTURE_SECUREBOOT_OFF = 1u << 2,
	GH_FIXTURE_SLOW = 1u << 3,
	GH_FIXTURE_HOSTILE = 1u << 4,
	GH_FIXTURE_OTHER_KEY = 1u << 5,
	GH_FIXTURE_REBOOTED = 1u << 6,
	GH_FIXTURE_SWAP = 1u << 7,
	GH_FIXTURE_FLOOD = 1u << 8,
	GH_FIXTURE_NEW_TCB = 1u << 9, /* microcode was updated, and AMD knows it */
};

struct gh_fixture_in {
	const struct gh_lab_spec *spec;
	unsigned int faults;
	const struct gh_check_set *checks;   /* faults of single checks; NULL = none */
	uint16_t port;                       /* of its sshd */
	const char *host_dir;                /* hostkey and hostkey.other are there */
	const char *authorized_key;          /* one line, for root and for probe */
	const char *agent, *shim, *stand_in; /* files to copy in; "" = none */
};

/* Writes host_dir/fixture. */
GH_MUST_USE int gh_fixture_write(const struct gh_fixture_in *in, struct gh_err *err);
