/* SPDX-License-Identifier: Apache-2.0
 * What holds for every HTTPS request of ours, whoever it is to: TLS 1.2 or later with a peer
 * that is verified, HTTP/1.1, no redirect, no proxy, nothing of the environment. */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>

/* Once before any other use of libcurl, from whatever thread. */
void gh_https_up(void);
/* connect_ms: TCP and TLS; timeout_ms: the whole; max: bytes of a body that says its length.
 * Who the peer has to be is the caller's to add. False: out of memory. */
bool gh_https_set(
    CURL *easy, const char *url, long connect_ms, long timeout_ms, size_t max);
