/* SPDX-License-Identifier: Apache-2.0
 * What the readers of facts share: one place to put a fact, where hostile text is cleaned,
 * cut and kept in bounds. */
#pragma once

#include "checks/checks.h"

#define GH_FACT_TEXT_MAX 4096 /* bytes of one text (a kernel command line) */
#define GH_FACT_SET_MAX  512  /* members of one set */

struct gh_fact_sink {
	json_t *to; /* name -> value */
	bool oom;   /* sticky */
};

/* A text or version; a placeholder or nothing at all is not put. */
void gh_fact_put(struct gh_fact_sink *s, const char *name, struct gh_bytes v);
/* A word of our own choice, which may look like a placeholder ("none"). */
void gh_fact_put_word(struct gh_fact_sink *s, const char *name, const char *word);
void gh_fact_put_int(struct gh_fact_sink *s, const char *name, int64_t v);
void gh_fact_put_bool(struct gh_fact_sink *s, const char *name, bool v);
/* The set is there from now on, empty until something is added. */
void gh_fact_set(struct gh_fact_sink *s, const char *name);
/* Adds to a set; a placeholder is not added. */
void gh_fact_add(struct gh_fact_sink *s, const char *name, struct gh_bytes v);
/* MM/DD/YYYY or RFC 3339, put as YYYY-MM-DD; anything else is not put. */
void gh_fact_put_date(struct gh_fact_sink *s, const char *name, struct gh_bytes v);
/* Lower-case, or with `upper` upper-case ASCII. */
void gh_fact_put_cased(
    struct gh_fact_sink *s, const char *name, struct gh_bytes v, bool upper);
/* One word over many devices: the first is put, another one makes it "mixed". */
void gh_fact_put_same(struct gh_fact_sink *s, const char *name, const char *word);

/* The item when it was read well, else NULL. */
const struct gh_probe_item *gh_fact_item(const struct gh_probe *p, const char *id);

void gh_facts_read_ssh(struct gh_fact_sink *s, const struct gh_sources *src);
/* Called by gh_facts_read_ssh: what slower tools say; what runs there; CPU, TDX, SEV-SNP,
 * PCI. */
void gh_facts_read_items(struct gh_fact_sink *s, const struct gh_sources *src);
void gh_facts_read_services(struct gh_fact_sink *s, const struct gh_probe *p);
void gh_facts_read_hw(struct gh_fact_sink *s, const struct gh_probe *p);
/* The same: the TPM's keys, the chip's id, the kernel's digest. */
void gh_facts_read_tpm(struct gh_fact_sink *s, const struct gh_probe *p);
void gh_facts_read_bmc(struct gh_fact_sink *s, const struct gh_redfish_tree *t);
/* BIOS settings: called by gh_facts_read_bmc. */
void gh_facts_read_bios(struct gh_fact_sink *s, const struct gh_redfish_tree *t);
