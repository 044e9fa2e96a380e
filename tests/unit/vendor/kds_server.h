/* SPDX-License-Identifier: Apache-2.0
 * A certificate service for the tests: TLS on loopback, one answer after the other, as the
 * test wants it. */
#pragma once

#include <arpa/inet.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "tests/unit/evidence/vcek_made.h"

enum kds_fault {
	KDS_WELL,     /* vcek and chain, as they are set */
	KDS_STATUS,   /* that status; Retry-After when it is set */
	KDS_HANG_UP,  /* closes without an answer */
	KDS_SLOW,     /* never a word */
	KDS_FLOOD,    /* 50 MB without a length */
	KDS_FLOOD_CL, /* says that 50 MB come */
	KDS_HALF,     /* closes in the middle of the body */
	KDS_REDIRECT, /* 302 to where the same is served well */
};

struct kds_server {
	SSL_CTX *tls;
	EVP_PKEY *key;
	X509 *cert;
	int fd;
	unsigned int port;
	pthread_t thread;
	atomic_bool stop;
	atomic_int n_vcek, n_chain; /* questions so far */
	enum kds_fault fault;
	int status, retry_s;
	struct gh_buf vcek, chain;
	char last[600]; /* path of the last question */
	char base[64];  /* "https://127.0.0.1:PORT" */
};

static inline void kds_say(SSL *ssl, const char *head, struct gh_bytes body)
{
	(void)!SSL_write(ssl, head, (int)strlen(head));
	if (body.len)
		(void)!SSL_write(ssl, body.p, (int)body.len);
}

static inline void kds_flood(struct kds_server *s, SSL *ssl)
{
	static const char zeros[65536];

	kds_say(ssl,
	    s->fault == KDS_FLOOD_CL
		? "HTTP/1.1 200 OK\r\nContent-Length: 52428800\r\n\r\n"
		: "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
	    (struct gh_bytes){NULL, 0});
	for (int i = 0; i < 800 && !s->stop; i++)
		if (SSL_write(ssl, zeros, sizeof(zeros)) <= 0)
			return;
}

static inline void kds_well(struct kds_server *s, SSL *ssl, bool half)
{
	bool chain = strstr(s->last, "cert_chain") != NULL;
	struct gh_bytes body = gh_buf_view(chain ? &s->chain : &s->vcek);
	char head[160];

	snprintf(head, sizeof(head),
	    "HTTP/1.1 %s\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n",
	    body.len ? "200 OK" : "404 Not Found", body.len);
	if (half)
		body.len /= 2;
	kds_say(ssl, head, body);
}

static inline void kds_answer(struct kds_server *s, SSL *ssl)
{
	char head[200], retry[40] = "";

	switch (s->fault) {
	case KDS_WELL:
	case KDS_HALF:
		kds_well(s, ssl, s->fault == KDS_HALF);
		return;
	case KDS_STATUS:
		if (s->retry_s)
			snprintf(retry, sizeof(retry), "Retry-After: %d\r\n", s->retry_s);
		snprintf(head, sizeof(head),
		    "HTTP/1.1 %d X\r\n%sContent-Length: 0\r\n\r\n", s->status, retry);
		kds_say(ssl, head, (struct gh_bytes){NULL, 0});
		return;
	case KDS_REDIRECT:
		s->fault = KDS_WELL;
		snprintf(head, sizeof(head),
		    "HTTP/1.1 302 X\r\nLocation: %s/vcek/v1/x\r\nContent-Length: "
		    "0\r\n\r\n",
		    s->base);
		kds_say(ssl, head, (struct gh_bytes){NULL, 0});
		return;
	case KDS_SLOW:
		for (int i = 0; i < 500 && !s->stop && s->fault == KDS_SLOW; i++)
			usleep(10000);
		return;
	case KDS_FLOOD:
	case KDS_FLOOD_CL:
		kds_flood(s, ssl);
		return;
	case KDS_HANG_UP:
		return;
	}
}

static inline void kds_serve(struct kds_server *s, int fd)
{
	SSL *ssl = SSL_new(s->tls);
	char in[4096];
	int n;

	SSL_set_fd(ssl, fd);
	if (SSL_accept(ssl) == 1 && (n = SSL_read(ssl, in, sizeof(in) - 1)) > 4) {
		in[n] = '\0';
		snprintf(
		    s->last, sizeof(s->last), "%.*s", (int)strcspn(in + 4, " "), in + 4);
		*(strstr(s->last, "cert_chain") ? &s->n_chain : &s->n_vcek) += 1;
		kds_answer(s, ssl);
		(void)!SSL_shutdown(ssl);
	}
	SSL_free(ssl);
	close(fd);
}

static inline void *kds_loop(void *arg)
{
	struct kds_server *s = arg;
	struct pollfd p = {.fd = s->fd, .events = POLLIN};

	while (!s->stop) {
		int fd = poll(&p, 1, 50) == 1 ? accept(s->fd, NULL, NULL) : -1;

		if (fd >= 0)
			kds_serve(s, fd);
	}
	return NULL;
}

/* Its TLS certificate: self-signed, of that address, valid today. */
static inline void kds_tls(struct kds_server *s, const char *address)
{
	X509_NAME *name;
	char san[64];

	s->key = EVP_EC_gen("P-256");
	s->cert = X509_new();
	name = X509_get_subject_name(s->cert);
	snprintf(san, sizeof(san), "IP:%s", address);
	assert_true(X509_set_version(s->cert, 2) == 1);
	assert_true(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
			(const unsigned char *)"kds", -1, -1, 0) == 1);
	assert_true(X509_set_issuer_name(s->cert, name) == 1);
	X509_gmtime_adj(X509_getm_notBefore(s->cert), -3600);
	X509_gmtime_adj(X509_getm_notAfter(s->cert), 3600);
	assert_true(X509_set_pubkey(s->cert, s->key) == 1);
	add_conf_ext(s->cert, s->cert, NID_subject_alt_name, san);
	assert_true(X509_sign(s->cert, s->key, EVP_sha256()) > 0);
	s->tls = SSL_CTX_new(TLS_server_method());
	assert_int_equal(SSL_CTX_use_certificate(s->tls, s->cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(s->tls, s->key), 1);
}

static inline void kds_start(struct kds_server *s, const char *named)
{
	struct sockaddr_in at = {.sin_family = AF_INET};
	socklen_t len = sizeof(at);

	signal(SIGPIPE, SIG_IGN);
	kds_tls(s, named);
	inet_pton(AF_INET, "127.0.0.1", &at.sin_addr);
	s->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(s->fd, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(s->fd, 16), 0);
	assert_int_equal(getsockname(s->fd, (struct sockaddr *)&at, &len), 0);
	s->port = ntohs(at.sin_port);
	snprintf(s->base, sizeof(s->base), "https://127.0.0.1:%u", s->port);
	assert_int_equal(pthread_create(&s->thread, NULL, kds_loop, s), 0);
}

static inline void kds_end(struct kds_server *s)
{
	s->stop = true;
	pthread_join(s->thread, NULL);
	close(s->fd);
	SSL_CTX_free(s->tls);
	EVP_PKEY_free(s->key);
	X509_free(s->cert);
	gh_buf_free(&s->vcek);
	gh_buf_free(&s->chain);
}

/* Its TLS certificate as a file. */
static inline void kds_write_ca(const struct kds_server *s, const char *path)
{
	const struct made m = {.x509 = s->cert};
	gh_auto(struct gh_buf, gh_buf_free) pem = {0};

	pem_of(&pem, &m);
	assert_int_equal(gh_file_write(path, pem.p, pem.len, 0644, NULL), 0);
}
