/* SPDX-License-Identifier: Apache-2.0
 * The finding: everything gatehouse ever says (design.md, "The one idea").
 * A host check, a link of an attestation chain and a rule are all findings, so there is
 * one renderer, one table in the store, one JSON shape. */
#pragma once

#include "base/err.h"
#include "base/json.h"

enum gh_verdict {
	GH_UNKNOWN = 0, /* could not be checked: where every verdict starts */
	GH_PASS,
	GH_WARN,
	GH_FAIL,
	GH_STALE, /* was proven, but the proof is too old */
	GH_SKIP,  /* does not apply, or a parent failed */
};

enum gh_severity { GH_SEV_INFO = 0, GH_SEV_WARN, GH_SEV_BLOCKER };

/* How strong the source is: A0 said by the host itself .. A3 signed by the hardware. */
enum gh_assurance { GH_A0 = 0, GH_A1, GH_A2, GH_A3 };

/* All strings are owned, cleaned UTF-8, and never NULL ("" when there is nothing). */
struct gh_finding {
	char *subject; /* "gpu-a", "gpu-a:5", a file name */
	char *step;    /* stable id, e.g. "gpu.spdm.signature"; tests pin it */
	char *parent;  /* step of the same subject that this one hangs below; "" = root */
	char *title;   /* the step in words, for a row */
	char *code;    /* stable reason id when not PASS, e.g. "gpu.nonce.mismatch" */
	char *expected; /* what would have passed */
	char *observed; /* what was found */
	char *why;      /* why it matters, or why it could not be checked */
	char *remedy;   /* what to do */
	char *source;   /* where from: command, path, "sha256:..." of the evidence */
	enum gh_verdict verdict;
	enum gh_severity severity;
	enum gh_assurance assurance;
	bool lab; /* rests on a lab root: every place that shows it says LAB */
};

/* Grows by gh_findings_add; running out of memory is sticky. */
struct gh_findings {
	struct gh_finding *at;
	size_t n, cap;
	bool oom;
};

void gh_findings_free(struct gh_findings *fs);
/* A new finding: UNKNOWN, BLOCKER, A0. The pointer is good until the next add; never NULL
 * (out of memory yields a scratch one and sets oom). */
struct gh_finding *gh_findings_add(
    struct gh_findings *fs, const char *subject, const char *step);
/* Appends a deep copy. */
void gh_findings_copy(struct gh_findings *to, const struct gh_finding *f);
/* First finding of that subject and step, or NULL. subject NULL = any. */
const struct gh_finding *gh_findings_get(
    const struct gh_findings *fs, const char *subject, const char *step);

/* gh_say(&f->observed, "%zu bytes", n): formats, cleans, replaces. The text is cut at
 * 1000 bytes. */
void gh_say(char **field, const char *fmt, ...) GH_PRINTF(2, 3);
/* The same for bytes from outside. */
void gh_say_bytes(char **field, const void *p, size_t len);

/* Sets verdict FAIL, UNKNOWN, ... with its reason code; PASS takes code "". */
void gh_judge(struct gh_finding *f, enum gh_verdict v, const char *code);
/* UNKNOWN with the error's words in `why` and its hint in `remedy`. */
void gh_judge_err(struct gh_finding *f, const char *code, const struct gh_err *err);

/* True when another finding of the same subject tells its cause: SSH or the BMC did not
 * answer, and this one is only what follows. Lists count it instead of naming it. */
bool gh_finding_echo(const struct gh_finding *f);

/* Worst of all, by severity: FAIL of a blocker > UNKNOWN of a blocker > STALE > WARN (also
 * any not-pass of a lesser severity) > PASS. Nothing but SKIP, or nothing at all, is
 * UNKNOWN. subject NULL = all subjects. */
enum gh_verdict gh_findings_verdict(const struct gh_findings *fs, const char *subject);
/* The worse of two. */
enum gh_verdict gh_verdict_worse(enum gh_verdict a, enum gh_verdict b);

const char *gh_verdict_word(enum gh_verdict v);     /* "PASS" */
const char *gh_severity_word(enum gh_severity s);   /* "blocker" */
const char *gh_assurance_word(enum gh_assurance a); /* "A0" */
GH_MUST_USE int gh_verdict_parse(const char *word, enum gh_verdict *out);

/* The one JSON shape (design.md, "Command line"). New reference. */
json_t *gh_finding_json(const struct gh_finding *f);
/* Appends the finding that j describes; unknown members are refused. */
GH_MUST_USE int gh_finding_from_json(
    struct gh_findings *fs, const json_t *j, struct gh_err *err);
