/* SPDX-License-Identifier: Apache-2.0
 * libcurl, set up alike for everybody. */
#include "net/https.h"

#include <pthread.h>

#include "base/buf.h"
#include "base/version.h"

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void up(void)
{
	(void)curl_global_init(CURL_GLOBAL_DEFAULT);
}

void gh_https_up(void)
{
	(void)pthread_once(&once, up);
}

bool gh_https_set(CURL *e, const char *url, long connect_ms, long timeout_ms, size_t max)
{
	gh_auto(struct gh_buf, gh_buf_free) agent = {0};

	gh_buf_fmt(&agent, "gatehouse/%s", gh_version());
	return !agent.oom && !curl_easy_setopt(e, CURLOPT_URL, url) &&
	       !curl_easy_setopt(e, CURLOPT_USERAGENT, gh_buf_cstr(&agent)) &&
	       !curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "https") &&
	       !curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1) &&
	       !curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) &&
	       !curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L) &&
	       !curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L) &&
	       !curl_easy_setopt(e, CURLOPT_PROXY, "") &&
	       !curl_easy_setopt(e, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) &&
	       !curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L) &&
	       !curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, connect_ms) &&
	       !curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, timeout_ms) &&
	       !curl_easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)max);
}
