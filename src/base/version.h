/* SPDX-License-Identifier: Apache-2.0
 * Which gatehouse this is. */
#pragma once

/* As `git describe` says, e.g. "v0.1-12-gabc". */
const char *gh_version(void);
