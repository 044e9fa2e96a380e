/* SPDX-License-Identifier: Apache-2.0
 * What the families of version schemes share: a parsed version, a strict scanner, and the
 * tables that gh_version_compare looks through. */
#pragma once

#include <stdint.h>

#include "firmware/version.h"

#define GH_VERSION_MAX_LEN 160 /* bytes; longer text is invalid */
#define GH_VERSION_KEYS    8

/* A version taken apart. What a form does not have stays zero. */
struct gh_version {
	char line[48];                 /* versions of different lines are incomparable */
	uint64_t key[GH_VERSION_KEYS]; /* in order of weight */
	bool has_variant;
	uint64_t variant; /* differs where the keys are equal: release-equal */
	uint64_t date;    /* yyyymmdd; breaks a tie when both have one; 0 = none */
};

struct gh_version_scheme {
	const char *name, *alias; /* alias NULL = none */
	/* Fills out, which is zeroed; false when s has not the form. */
	bool (*parse)(struct gh_bytes s, struct gh_version *out);
	/* Instead of parse, where keys cannot say it. */
	enum gh_version_rel (*compare)(struct gh_bytes a, struct gh_bytes b);
};

/* Each closed by a row without a name. */
extern const struct gh_version_scheme gh_version_schemes_nvidia[];
extern const struct gh_version_scheme gh_version_schemes_vendor[];
extern const struct gh_version_scheme gh_version_schemes_cpu[];
extern const struct gh_version_scheme gh_version_schemes_package[];
extern const struct gh_version_scheme gh_version_schemes_software[];

/* ---- the scanner: each takes its form from the front of *s ------------------------- */

/* How a number is written: its base, and how many digits it may have. */
struct gh_digits {
	int base;
	unsigned int min, max;
};
#define GH_DECIMAL ((struct gh_digits){10, 1, 9})
#define GH_DEC2    ((struct gh_digits){10, 2, 2})
#define GH_HEX12   ((struct gh_digits){16, 1, 2})

bool gh_scan_text(struct gh_bytes *s, const char *lit);
/* No further digit of the base may follow. */
bool gh_scan_number(struct gh_bytes *s, struct gh_digits d, uint64_t *out);
/* Numbers with dots between them, at most max; how many there were. */
unsigned int gh_scan_dots(
    struct gh_bytes *s, struct gh_digits d, unsigned int max, uint64_t *out);
/* One or more letters and digits, into out, which they must fit. */
bool gh_scan_word(struct gh_bytes *s, char *out, size_t size);
/* MM/DD/YYYY, MM-DD-YYYY, YYYY-MM-DD or "Sep 04 2022", as yyyymmdd. */
bool gh_scan_date(struct gh_bytes *s, uint64_t *out);

/* Bytes from..to of s. */
struct gh_bytes gh_scan_cut(struct gh_bytes s, size_t from, size_t to);
/* Where c stands first (or last); s.len when nowhere. */
size_t gh_scan_place(struct gh_bytes s, char c, bool last);
/* True when s holds only letters, digits and those marks. */
bool gh_scan_only(struct gh_bytes s, const char *marks);
bool gh_scan_at_digit(struct gh_bytes s);
/* Takes the digits at the front of both; compares them as numbers of any length. */
int gh_scan_compare_digits(struct gh_bytes *a, struct gh_bytes *b);

/* LESS, EQUAL or GREATER. */
enum gh_version_rel gh_version_order_of(uint64_t a, uint64_t b);
enum gh_version_rel gh_version_rel_of(int order);
