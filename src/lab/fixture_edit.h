/* SPDX-License-Identifier: Apache-2.0
 * Faults of single checks, done while a fixture is written: what a table says is changed
 * on its way to the file, so that a running host never sees both. */
#pragma once

#include "lab/fixture_out.h"

enum gh_fixture_edited { GH_FIXTURE_SAME, GH_FIXTURE_CHANGED, GH_FIXTURE_REMOVED };

/* What becomes of the content of path (a file's bytes, or a link's target): CHANGED, and
 * *out is what stands there instead; REMOVED, and nothing does. */
enum gh_fixture_edited gh_fixture_edit(struct gh_fixture *f, const char *path,
    const void *p, size_t len, struct gh_buf *out);
/* True when nothing is at path. */
bool gh_fixture_edit_removes(const struct gh_fixture *f, const char *path);
/* Mode and group that a fault gives the file. */
void gh_fixture_edit_mode(
    const struct gh_fixture *f, const char *path, unsigned int *mode, unsigned int *gid);
/* The value that a fault gives the register. */
uint64_t gh_fixture_edit_msr(const struct gh_fixture *f, uint32_t msr, uint64_t value);
#define GH_FIXTURE_CERTS_MAX 16
/* The names of the n certificates in the variable at path, without those that faults take
 * out and with those that they add. Returns how many there are then. */
size_t gh_fixture_edit_certs(struct gh_fixture *f, const char *path,
    const char *name[static GH_FIXTURE_CERTS_MAX], size_t n);
/* After the tables: makes files that only a fault has, removes those of healed ones. A
 * fault that found nothing to change is an error. */
void gh_fixture_edit_rest(struct gh_fixture *f);
