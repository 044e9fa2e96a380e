/* SPDX-License-Identifier: Apache-2.0
 * Turning what an operator named into jobs for the network. */
#include "ops/ask.h"

#include <stdlib.h>

#include "base/text.h"

void gh_ask_hosts_free(const struct gh_host ***hosts)
{
	free(*hosts);
	*hosts = NULL;
}

int gh_ask_hosts(const struct gh_fleet *f, const char *const *names, size_t n,
    const struct gh_host ***out, size_t *n_out, struct gh_err *err)
{
	size_t want = n == 0 ? f->n_hosts : n;

	*n_out = 0;
	*out = calloc(want + 1, sizeof(struct gh_host *));
	if (*out == NULL)
		return gh_fail(err, GH_E_NOMEM, "out of memory");
	for (size_t i = 0; i < want; i++) {
		const struct gh_host *h =
		    n == 0 ? &f->host[i] : gh_fleet_host(f, names[i]);
		bool seen = false;

		if (h == NULL) {
			gh_fail(err, GH_E_USAGE, "there is no host '%s' in %s", names[i],
			    f->path);
			return gh_err_hint(err, "gatehouse fleet lists the hosts");
		}
		for (size_t k = 0; n != 0 && k < *n_out; k++)
			seen = seen || (*out)[k] == h;
		if (!seen)
			(*out)[(*n_out)++] = h;
	}
	return 0;
}

struct gh_ssh_target gh_ask_target(
    const struct gh_session *s, const struct gh_host *h, const char *host_key)
{
	const struct gh_fleet *f = s->fleet;

	return (struct gh_ssh_target){.name = h->name,
	    .address = h->address,
	    .port = h->port,
	    .user = h->user,
	    .identity = h->identity,
	    .host_key = host_key,
	    .transport = h->transport,
	    .jump = h->jump,
	    .jump_key = h->jump_key,
	    .connect_ms = f->connect_s * 1000,
	    .deadline_ms = (f->connect_s + f->probe_s) * 1000};
}

int gh_ask_probe(struct gh_session *s, const struct gh_sources *src,
    struct gh_ssh_job *job, struct gh_buf *command, char nonce_hex[static 33],
    struct gh_err *err)
{
	gh_auto(struct gh_buf, gh_buf_free) words = {0};
	unsigned char nonce[16];

	if (gh_random(s->env, nonce, sizeof nonce, err) < 0)
		return -1;
	gh_hex(nonce_hex, nonce, sizeof nonce);
	if (gh_checks_words(&words, s->catalogue, src, err) < 0 ||
	    gh_probe_command(command, nonce_hex, gh_buf_cstr(&words), err) < 0 ||
	    gh_buf_ok(command, err) < 0)
		return gh_err_prefix(err, "the probe of %s", src->host->name);
	job->command = gh_buf_cstr(command);
	job->input = gh_probe_script();
	job->max_output = GH_PROBE_OUT_MAX;
	return 0;
}
