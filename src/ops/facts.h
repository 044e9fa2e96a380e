/* SPDX-License-Identifier: Apache-2.0
 * What is known of a host by name, as its OS and its BMC say it. */
#pragma once

#include "ops/session.h"

/* {"host","ssh_read_at","bmc_read_at","facts":[{"name","ssh","bmc","agree","age_s","unit",
 * "type","help","assurance"}]}: every fact that somebody says, in order of name; "agree" is
 * null where only one does; "assurance" is A1 where both agree, else A0. A host that the
 * fleet does not have is USAGE. *out is a new reference. */
GH_MUST_USE int gh_op_facts(
    struct gh_session *s, const char *host, json_t **out, struct gh_err *err);
/* A value in words: "2.7", "8", "yes", "a, b, c". Appends; nothing for NULL and null. */
void gh_facts_words(struct gh_buf *out, const json_t *value);
