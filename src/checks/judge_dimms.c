/* SPDX-License-Identifier: Apache-2.0
 * Judges where memory modules sit: TDX wants the same in each socket, from the first slot
 * of every channel on (G05). Vendors name slots as they like; two forms are read:
 *
 *   Bank Locator "P0_Node1_Channel0_Dimm1"   socket 0, channel "P0_Node1_Channel0", slot 1
 *   Locator "A1", "B12", "P1-DIMMA1"         socket "A", "B", "P1"; the slot is not known */
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

#define DIMMS_MAX   256
#define SOCKETS_MAX 8

struct dimm {
	struct gh_bytes size, locator, bank;
	struct gh_bytes channel; /* part of bank; len 0: the name tells nothing */
	unsigned int slot;
	struct gh_bytes socket;
	bool filled;
};

struct dimms {
	struct dimm at[DIMMS_MAX];
	size_t n;
	struct gh_bytes socket[SOCKETS_MAX];
	unsigned int filled[SOCKETS_MAX];
	size_t n_sockets;
};

static bool same(struct gh_bytes a, struct gh_bytes b)
{
	return a.len == b.len && !memcmp(a.p, b.p, a.len);
}

/* "P0_Node1_Channel0_Dimm1" */
static void name_bank(struct dimm *d)
{
	const unsigned char *at = gh_text_find(d->bank, "_Dimm");
	struct gh_bytes number;
	uint64_t slot;

	if (!at)
		at = gh_text_find(d->bank, "_DIMM");
	if (!at)
		return;
	number.p = at + strlen("_Dimm");
	number.len = (size_t)(d->bank.p + d->bank.len - number.p);
	if (gh_text_u64(number, 10, &slot) || slot > 8)
		return;
	d->channel = (struct gh_bytes){d->bank.p, (size_t)(at - d->bank.p)};
	d->slot = (unsigned int)slot;
	d->socket = (struct gh_bytes){d->bank.p, 0};
	while (d->socket.len < d->channel.len && d->socket.p[d->socket.len] != '_')
		d->socket.len++;
}

/* "P1-DIMMA1": what stands before the dash; "A1": the letters. */
static void name_locator(struct dimm *d)
{
	const struct gh_bytes s = d->locator;
	const unsigned char *dash = s.len ? memchr(s.p, '-', s.len) : NULL;

	d->socket = (struct gh_bytes){s.p, dash ? (size_t)(dash - s.p) : 0};
	while (!dash && d->socket.len < s.len &&
	       (s.p[d->socket.len] < '0' || s.p[d->socket.len] > '9'))
		d->socket.len++;
}

static bool count_socket(struct dimms *all, const struct dimm *d)
{
	size_t i = 0;

	while (i < all->n_sockets && !same(all->socket[i], d->socket))
		i++;
	if (i == SOCKETS_MAX)
		return false;
	if (i == all->n_sockets)
		all->socket[all->n_sockets++] = d->socket;
	all->filled[i] += d->filled;
	return true;
}

static bool value_of(struct gh_bytes line, const char *key, struct gh_bytes *to)
{
	if (!gh_text_starts(line, key))
		return false;
	*to =
	    gh_text_trim((struct gh_bytes){line.p + strlen(key), line.len - strlen(key)});
	return true;
}

/* False when there are more modules or sockets than a server has. */
static bool read_dimms(struct dimms *all, struct gh_bytes text)
{
	struct dimm *d = NULL;
	struct gh_bytes line;

	while (gh_text_line(&text, &line)) {
		line = gh_text_trim(line);
		if (gh_text_is(line, "Memory Device")) {
			if (all->n == DIMMS_MAX)
				return false;
			d = &all->at[all->n++];
		} else if (d) {
			(void)(value_of(line, "Size:", &d->size) ||
			       value_of(line, "Locator:", &d->locator) ||
			       value_of(line, "Bank Locator:", &d->bank));
		}
	}
	for (size_t i = 0; i < all->n; i++) {
		d = &all->at[i];
		d->filled = d->size.len && d->size.p[0] >= '1' && d->size.p[0] <= '9';
		name_bank(d);
		if (!d->socket.len)
			name_locator(d);
		if (!count_socket(all, d))
			return false;
	}
	return true;
}

static void fail_at(struct gh_judging *j, const char *reason, const struct dimm *d)
{
	gh_judge_fail(j, reason, "%.*s (%.*s): %.*s",
	    (int)(d->locator.len < 40 ? d->locator.len : 40), (const char *)d->locator.p,
	    (int)(d->bank.len < 60 ? d->bank.len : 60), (const char *)d->bank.p,
	    (int)(d->size.len < 40 ? d->size.len : 40), (const char *)d->size.p);
}

/* The first module that breaks the symmetry; NULL, and *reason says which rule. */
static const struct dimm *odd_one(const struct dimms *all, const char **reason)
{
	const struct dimm *first = NULL;

	for (size_t i = 0; i < all->n; i++) {
		const struct dimm *d = &all->at[i];

		*reason = "slot";
		if (d->channel.len && d->slot == 0 && !d->filled)
			return d;
		if (!d->filled)
			continue;
		*reason = "size";
		first = first ? first : d;
		if (!same(first->size, d->size))
			return d;
	}
	return NULL;
}

static void judge_population(struct gh_judging *j, const struct dimms *all)
{
	int64_t least = gh_param_int(j, "per_socket_min", 8);
	const char *reason;
	const struct dimm *odd = odd_one(all, &reason);
	unsigned int n = all->n_sockets ? all->filled[0] : 0;

	for (size_t i = 0; i < all->n_sockets; i++) {
		if (all->filled[i] == n && n >= least)
			continue;
		gh_judge_fail(j, n < least ? "few" : "uneven",
		    "%u modules in socket %.*s, %u in the first; need %lld in each",
		    all->filled[i],
		    (int)(all->socket[i].len < 20 ? all->socket[i].len : 20),
		    (const char *)all->socket[i].p, n, (long long)least);
		return;
	}
	if (odd)
		fail_at(j, reason, odd);
	else
		gh_judge_pass(
		    j, "%zu sockets with %u equal modules each", all->n_sockets, n);
}

static void dimms(struct gh_judging *j)
{
	const struct gh_probe_item *it = gh_judge_item(j, "dimms");
	struct dimms all = {.n = 0};

	if (!it)
		return;
	if (!read_dimms(&all, it->data))
		gh_judge_unknown(j, "malformed", "more modules than a server has");
	else if (!all.n)
		gh_judge_unknown(j, "absent", "dmidecode lists no memory module");
	else
		judge_population(j, &all);
}

const struct gh_judge gh_judges_dimms[] = {
    {"host.tdx.dimms", dimms},
    {NULL, NULL},
};
