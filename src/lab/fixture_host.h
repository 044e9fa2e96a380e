/* SPDX-License-Identifier: Apache-2.0
 * Who the machine is: SMBIOS, users, sshd, disks, network, kernel settings. */
#pragma once

#include "lab/fixture_out.h"

void gh_fixture_host(struct gh_fixture *f);
