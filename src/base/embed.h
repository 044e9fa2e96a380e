/* SPDX-License-Identifier: Apache-2.0
 * A file of the repository compiled into the program. The path is relative to the top of
 * the tree; the Makefile names it as a dependency of the object. */
#pragma once

/* GH_EMBED(gh_trust_json, "inventory/trust.json") defines gh_trust_json and
 * gh_trust_json_end; the bytes between them are the file, a NUL follows. */
#define GH_EMBED(sym, path)                                                              \
	__asm__(".pushsection .rodata\n"                                                 \
		".balign 16\n"                                                           \
		".local " #sym "\n.local " #sym "_end\n" #sym ":\n"                      \
		".incbin \"" path "\"\n" #sym "_end:\n"                                  \
		".byte 0\n"                                                              \
		".popsection\n");                                                        \
	extern const unsigned char sym[];                                                \
	extern const unsigned char sym##_end[]
