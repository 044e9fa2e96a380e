/* SPDX-License-Identifier: Apache-2.0
 * Names for TDX modules, which Intel's documents do not give. */
#pragma once

/* The published version of the module with that MRSEAM ("1.5.16"), or "". */
const char *gh_tdx_module_name(const unsigned char mrseam[static 48]);
