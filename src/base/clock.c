/* SPDX-License-Identifier: Apache-2.0
 * Instants in words. */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

#include "base/text.h"

void gh_time_text(char out[static GH_TIME_LEN], int64_t at)
{
	time_t t = (time_t)at;
	struct tm tm;

	if (gmtime_r(&t, &tm) == NULL || tm.tm_year < -1900 || tm.tm_year > 8099 ||
	    strftime(out, GH_TIME_LEN, "%Y-%m-%dT%H:%M:%SZ", &tm) != GH_TIME_LEN - 1)
		memcpy(out, "9999-12-31T23:59:59Z", GH_TIME_LEN);
}

/* Exactly n digits at *p, which moves on. */
static int digits(const char **p, int n)
{
	int v = 0;

	for (int i = 0; i < n; i++) {
		char c = (*p)[0];

		if (c < '0' || c > '9')
			return -1;
		v = v * 10 + (c - '0');
		(*p)++;
	}
	return v;
}

static bool literal(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

/* Z or +hh:mm, in seconds east of Greenwich. */
static bool zone(const char **p, int64_t *east)
{
	int sign, h, m;

	*east = 0;
	if (literal(p, 'Z') || literal(p, 'z'))
		return true;
	sign = **p == '+' ? 1 : **p == '-' ? -1 : 0;
	if (sign == 0)
		return false;
	(*p)++;
	h = digits(p, 2);
	if (h < 0 || !literal(p, ':'))
		return false;
	m = digits(p, 2);
	*east = sign * (h * 3600 + m * 60);
	return m >= 0 && h < 24 && m < 60;
}

static bool time_of_day(const char **p, struct tm *tm)
{
	tm->tm_hour = digits(p, 2);
	if (!literal(p, ':'))
		return false;
	tm->tm_min = digits(p, 2);
	if (!literal(p, ':'))
		return false;
	tm->tm_sec = digits(p, 2);
	if (literal(p, '.')) {
		while (**p >= '0' && **p <= '9')
			(*p)++;
	}
	return tm->tm_hour >= 0 && tm->tm_hour < 24 && tm->tm_min >= 0 &&
	       tm->tm_min < 60 && tm->tm_sec >= 0 && tm->tm_sec <= 60;
}

int gh_time_parse(const char *text, int64_t *at, struct gh_err *err)
{
	const char *p = text;
	struct tm tm = {0}, back;
	int64_t east = 0;
	uint64_t seconds;
	time_t t;

	if (gh_text_u64(gh_text_of(text), 10, &seconds) == 0 && seconds < (uint64_t)1
									      << 40) {
		*at = (int64_t)seconds;
		return 0;
	}
	tm.tm_year = digits(&p, 4) - 1900;
	if (!literal(&p, '-'))
		goto undo;
	tm.tm_mon = digits(&p, 2) - 1;
	if (!literal(&p, '-'))
		goto undo;
	tm.tm_mday = digits(&p, 2);
	if (*p != '\0' && (!(literal(&p, 'T') || literal(&p, 't') || literal(&p, ' ')) ||
			      !time_of_day(&p, &tm) || !zone(&p, &east)))
		goto undo;
	back = tm;
	t = timegm(&back);
	/* timegm mends the 31st of February: what came back must be what was said. */
	if (*p != '\0' || tm.tm_mon < 0 || tm.tm_mon > 11 || back.tm_mon != tm.tm_mon ||
	    back.tm_mday != tm.tm_mday)
		goto undo;
	*at = (int64_t)t - east;
	return 0;
undo:
	return gh_fail(
	    err, GH_E_USAGE, "'%s' is not a time: use 2026-11-23T03:14:07Z", text);
}

void gh_time_age(char *out, size_t size, int64_t s)
{
	if (s < 0)
		s = 0;
	if (s < 120)
		snprintf(out, size, "%ds", (int)s);
	else if (s < 7200)
		snprintf(out, size, "%dm", (int)(s / 60));
	else if (s < 86400)
		snprintf(out, size, "%dh%02d", (int)(s / 3600), (int)(s / 60 % 60));
	else
		snprintf(out, size, "%lldd", (long long)(s / 86400));
}
