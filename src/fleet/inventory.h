/* SPDX-License-Identifier: Apache-2.0
 * The fleet file: which hosts, how to reach them, who they must be. YAML on libyaml, so
 * that every complaint names line and column. docs/gatehouse-fleet.5 is its manual. */
#pragma once

#include <stdint.h>

#include "base/buf.h"

#define GH_HOSTS_MAX 4096
#define GH_GPUS_MAX  16

enum gh_tee { GH_TEE_TDX, GH_TEE_SNP };

struct gh_host {
	char *name;      /* [a-z0-9][a-z0-9.-]{0,62}, unique */
	char *address;   /* name or address to connect to */
	uint16_t port;   /* 22 */
	char *user;      /* "root" */
	char *identity;  /* private key file; "" = agent only */
	char *host_key;  /* "ssh-ed25519 AAAA...": the pin; "" = not enrolled, refuse */
	char *transport; /* "auto", "libssh2", "ssh" */
	enum gh_tee tee;
	char *product;       /* expected product_name, "" = any */
	char *plan;          /* "one-cvm" (protected PCIe) or "per-gpu" */
	unsigned int n_gpus; /* expected */
	unsigned int n_switches;
	char *jump;     /* "user@address:port" of a jump host; "" = none */
	char *jump_key; /* its pinned host key, as host_key */
	char *policy; /* policy file, absolute, or the name of a shipped one; "" = none */
	char *bmc;    /* address of the BMC; "" = none known */
	uint16_t bmc_port;  /* 443 */
	char *bmc_user;     /* "gatehouse" */
	char *bmc_password; /* file that holds its password, one line; "" = none */
	char *bmc_cert;     /* SHA-256 of its TLS certificate, hex; "" = as enrolled */
	int line;           /* where it stands in the file */
};

struct gh_fleet {
	char *name;   /* "prod-tdx" */
	char *path;   /* the file it came from */
	char *trust;  /* further trust file, absolute; "" = none */
	char *rims;   /* folder of RIM files, absolute; "" = none */
	char *kds;    /* AMD's certificate service, https://; or a folder; "" = none */
	char *kds_ca; /* CA file for its TLS, absolute; "" = the system's */
	bool lab;     /* a lab fleet: everything says LAB */
	unsigned int connect_s, probe_s; /* deadlines; 5 and 20 */
	unsigned int bmc_s;              /* deadline of one BMC reading; 60 */
	unsigned int window;             /* hosts at once; 64 */
	unsigned int fresh_s;            /* age at which a verdict is STALE; 900 */
	struct gh_host *host;
	size_t n_hosts;
};

void gh_fleet_free(struct gh_fleet **f);
/* Relative paths in the file are taken from the file's own folder; ~ is the home. An
 * unknown key, a wrong type, a duplicate host: CONFIG "FILE:LINE:COLUMN: ...". */
GH_MUST_USE int gh_fleet_load(
    struct gh_fleet **out, const char *path, struct gh_err *err);
/* The same for text that is at hand; path names it and is where relative paths start. */
GH_MUST_USE int gh_fleet_parse(
    struct gh_fleet **out, const char *path, struct gh_bytes text, struct gh_err *err);
const struct gh_host *gh_fleet_host(const struct gh_fleet *f, const char *name);
const char *gh_tee_word(enum gh_tee t); /* "tdx", "snp" */
