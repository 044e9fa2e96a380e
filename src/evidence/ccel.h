/* SPDX-License-Identifier: Apache-2.0
 * The event log of a TD (CCEL) as bytes, and what its events replay to (spec/tdx.md
 * sections 5.1 and 5.2). The log is written by the guest: nothing in it is proven until a
 * quote's registers agree with it. */
#pragma once

#include "base/rd.h"

#define GH_CCEL_MAX         (1u << 20) /* bytes of one log area */
#define GH_CCEL_EVENTS_MAX  4096
#define GH_CCEL_DIGESTS_MAX 8  /* algorithms of a header, digests of an event */
#define GH_RTMR_LEN         48 /* bytes; SHA-384 */
#define GH_RTMRS            4

/* Register of an event. */
#define GH_CCEL_MRTD  0u
#define GH_CCEL_RTMR0 1u /* RTMRn has index n + 1 */
#define GH_CCEL_NONE  0xFFFFFFFFu

#define GH_EV_NO_ACTION 3u /* never extended, whatever its index */

struct gh_ccel_event {
	size_t number; /* 1: the first one behind the header */
	size_t offset; /* of its record in the log; SIZE_MAX in a JSON log */
	uint32_t index, type, n_digests;
	struct gh_bytes digests;     /* as they stand: {u16 algorithm, digest} each */
	const unsigned char *sha384; /* 48; NULL: it has none */
	struct gh_bytes data;        /* all borrowed from the log */
	const char *name;            /* a JSON log's own name of it; "" in a CCEL */
};

struct gh_ccel {
	struct gh_bytes log;
	/* the header, TCG_EfiSpecIDEvent */
	uint32_t index, platform_class;
	uint8_t minor, major, errata, uintn;
	struct {
		uint16_t id, size;
	} alg[GH_CCEL_DIGESTS_MAX];
	size_t n_algs;
	struct gh_bytes vendor;

	size_t first;      /* offset of the first event */
	size_t end;        /* offset behind the last one */
	size_t n_events;   /* known after gh_ccel_parse */
	const char *fault; /* after an error: "header", "truncated", "index" ... */
};

/* Walks the records in place. */
struct gh_ccel_cursor {
	struct gh_rd r;
	size_t number;
	const char *fault;
};

/* True for what calls itself an event log, also one that gh_ccel_parse will refuse, and
 * for the 56-byte ACPI table that only points at the log. */
bool gh_ccel_looks(struct gh_bytes raw);
/* The name of a TCG algorithm, "?" when we do not know it; its digest length in *len. */
const char *gh_ccel_alg(uint16_t id, size_t *len);

/* Reads the header only. PARSE, and out->fault says what. */
GH_MUST_USE int gh_ccel_open(
    struct gh_ccel *out, struct gh_bytes log, struct gh_err *err);
struct gh_ccel_cursor gh_ccel_begin(const struct gh_ccel *c);
/* 1: *ev is the next event; 0: the log ends here, properly; -1: PARSE, cur->fault says
 * what. Only the layout is judged. */
GH_MUST_USE int gh_ccel_next(const struct gh_ccel *c, struct gh_ccel_cursor *cur,
    struct gh_ccel_event *ev, struct gh_err *err);
/* 0 when the whole log is one that a TD can have: layout, every register known, nothing
 * measured into MRTD, a SHA-384 digest in every event, clean padding. */
GH_MUST_USE int gh_ccel_parse(
    struct gh_ccel *out, struct gh_bytes log, struct gh_err *err);

/* Events in a row, of a CCEL or a JSON log; what they point to is borrowed. */
struct gh_events {
	struct gh_ccel_event *at;
	size_t n, cap;
};
void gh_events_free(struct gh_events *es);
/* NOMEM, or POLICY beyond GH_CCEL_EVENTS_MAX. */
GH_MUST_USE int gh_events_add(
    struct gh_events *es, const struct gh_ccel_event *ev, struct gh_err *err);
/* All events of a parsed log. */
GH_MUST_USE int gh_ccel_events(
    struct gh_events *out, const struct gh_ccel *c, struct gh_err *err);
/* True when this event is extended into RTMRn. */
bool gh_ccel_measured(const struct gh_ccel_event *ev, unsigned int rtmr);

struct gh_replay {
	unsigned char rtmr[GH_RTMRS][GH_RTMR_LEN];
	size_t n[GH_RTMRS]; /* measured events */
};
/* Section 5.2: 48 zeros; then SHA-384(register, digest) for each measured event. */
GH_MUST_USE int gh_ccel_replay(
    struct gh_replay *out, const struct gh_events *es, struct gh_err *err);

/* How well one register's events fit the value in a quote. */
struct gh_rtmr_fit {
	unsigned char replayed[GH_RTMR_LEN];
	bool equal;  /* all of them, in order, give the value */
	bool prefix; /* the first `fits` of them do (0: the value is zero) */
	size_t n, fits;
	/* first event beyond the longest prefix that fits; NULL when there is none */
	const struct gh_ccel_event *next;
	/* left out alone, the others give the value; NULL */
	const struct gh_ccel_event *extra;
	/* put before the one ahead of it, all give the value; NULL */
	const struct gh_ccel_event *late;
};
GH_MUST_USE int gh_ccel_fit(struct gh_rtmr_fit *out, const struct gh_events *es,
    unsigned int rtmr, const unsigned char value[static GH_RTMR_LEN], struct gh_err *err);
