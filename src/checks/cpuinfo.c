/* SPDX-License-Identifier: Apache-2.0
 * The processor as /proc/cpuinfo tells it, summed over all CPUs. */
#include <string.h>

#include "base/text.h"
#include "checks/judge.h"

#define PACKAGES_MAX 64

struct sums {
	struct gh_cpu *cpu;
	struct gh_bytes vendor; /* of the first CPU */
	unsigned int seen[4];   /* CPUs that gave family, model, stepping, microcode */
	bool package[PACKAGES_MAX];
};

enum { FAMILY, MODEL, STEPPING, MICROCODE };

static void number(struct sums *s, int which, uint64_t v)
{
	unsigned int *const field[] = {
	    [FAMILY] = &s->cpu->family,
	    [MODEL] = &s->cpu->model,
	    [STEPPING] = &s->cpu->stepping,
	};
	bool first = s->seen[which]++ == 0;
	if (which == MICROCODE) {
		if (first)
			s->cpu->microcode = v;
		else if (v != s->cpu->microcode)
			s->cpu->uniform_microcode = false;
		return;
	}
	if (first)
		*field[which] = (unsigned int)v;
	else if (v != *field[which])
		s->cpu->uniform = false;
}

static void package(struct sums *s, uint64_t id)
{
	if (id >= PACKAGES_MAX || s->package[id])
		return;
	s->package[id] = true;
	s->cpu->n_packages++;
}

static void vendor(struct sums *s, struct gh_bytes v)
{
	if (s->cpu->n++ == 0)
		s->vendor = v;
	else if (v.len != s->vendor.len || memcmp(v.p, s->vendor.p, v.len) != 0)
		s->cpu->uniform = false;
}

static void take(struct sums *s, struct gh_bytes key, struct gh_bytes value)
{
	static const char *const name[] = {
	    [FAMILY] = "cpu family",
	    [MODEL] = "model",
	    [STEPPING] = "stepping",
	    [MICROCODE] = "microcode",
	};
	uint64_t n;
	if (gh_text_is(key, "vendor_id")) {
		vendor(s, value);
		return;
	}
	for (int i = FAMILY; i <= MICROCODE; i++)
		if (gh_text_is(key, name[i]) &&
		    gh_text_u64(value, i == MICROCODE ? 16 : 10, &n) == 0 &&
		    n <= UINT32_MAX)
			number(s, i, n);
	if (gh_text_is(key, "physical id") && gh_text_u64(value, 10, &n) == 0)
		package(s, n);
}

bool gh_cpu_read(struct gh_cpu *out, const struct gh_probe_item *cpu)
{
	struct sums s = {.cpu = out};
	struct gh_bytes rest = cpu->data, line;
	*out = (struct gh_cpu){.uniform = true, .uniform_microcode = true};
	while (gh_text_line(&rest, &line)) {
		const unsigned char *colon = memchr(line.p, ':', line.len);
		if (!colon)
			continue;
		size_t n = (size_t)(colon - line.p);
		struct gh_bytes key = {line.p, n}, value = {colon + 1, line.len - n - 1};
		take(&s, gh_text_trim(key), gh_text_trim(value));
	}
	if (s.vendor.len >= sizeof(out->vendor))
		return false;
	if (s.vendor.len)
		memcpy(out->vendor, s.vendor.p, s.vendor.len);
	/* a CPU that leaves something out is not like the others */
	for (int i = FAMILY; i <= STEPPING; i++)
		if (s.seen[i] != out->n)
			out->uniform = false;
	return out->n && s.seen[FAMILY] && s.seen[MODEL] && s.seen[STEPPING];
}

bool gh_judge_cpu(struct gh_judging *j, struct gh_cpu *out)
{
	const struct gh_probe_item *it = gh_judge_item(j, "cpu");
	if (!it)
		return false;
	if (gh_cpu_read(out, it))
		return true;
	gh_judge_unknown(j, "malformed", "/proc/cpuinfo names no processor");
	return false;
}

unsigned int gh_cpu_signature(const struct gh_cpu *c)
{
	if (c->family < 15)
		return (c->model >> 4 & 15) << 16 | c->family << 8 | (c->model & 15) << 4;
	return ((c->family - 15) & 255) << 20 | (c->model >> 4 & 15) << 16 | 15u << 8 |
	       (c->model & 15) << 4;
}
