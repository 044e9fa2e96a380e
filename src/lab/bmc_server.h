/* SPDX-License-Identifier: Apache-2.0
 * The HTTPS side of a lab BMC and of the lab's services, on libmicrohttpd. */
#pragma once

#include "lab/bmc_answer.h"

struct gh_bmc_server;

/* Who answers, one request at a time. */
struct gh_lab_handler {
	void (*answer)(
	    void *ctx, const struct gh_bmc_request *r, struct gh_bmc_answer *a);
	void *ctx;
};

/* Serves on a listening socket, which it takes over (also on error). cert and key: PEM. */
GH_MUST_USE int gh_lab_serve(struct gh_bmc_server **out, struct gh_lab_handler h, int fd,
    const char *cert, const char *key, struct gh_err *err);

/* The same for a BMC. */
GH_MUST_USE int gh_bmc_server_start(struct gh_bmc_server **out, struct gh_bmc *b, int fd,
    const char *cert, const char *key, struct gh_err *err);
/* Cuts every connection and closes the socket. */
void gh_bmc_server_stop(struct gh_bmc_server **s);
/* A socket that listens at that address, -1 on error. */
GH_MUST_USE int gh_bmc_listen(
    int *fd, const char *address, uint16_t port, struct gh_err *err);
