/* SPDX-License-Identifier: Apache-2.0
 * The collector: worker threads that call NVML, and a watcher that gives up on them. */
#include "agent/collect.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct session;

/* One thread's work. After the watcher gave up on it, the memory belongs to the thread. */
struct task {
	struct session *session;
	void (*run)(struct task *);
	const char *call; /* the NVML function it is in */
	bool started, done;
	pthread_t id;
	struct gh_device device;
};

/* On the heap as a whole, and left there when a thread is stuck in it. */
struct session {
	pthread_mutex_t lock;
	pthread_cond_t moved_cond;
	struct timespec moved; /* when a call last began or ended */
	unsigned int running;
	struct gh_nvml nvml;
	struct gh_collect_options opt;
	struct gh_collection system; /* the parts that are not per device */
	unsigned int count;
	size_t n_tasks;
	struct task task[GH_COLLECT_GPUS_MAX];
};

static void note_move(struct task *t, const char *call, bool done)
{
	struct session *s = t->session;

	pthread_mutex_lock(&s->lock);
	clock_gettime(CLOCK_MONOTONIC, &s->moved);
	if (call)
		t->call = call;
	if (done) {
		t->done = true;
		s->running--;
	}
	pthread_cond_signal(&s->moved_cond);
	pthread_mutex_unlock(&s->lock);
}

static void say_error(char out[static 240], const char *fmt, ...) GH_PRINTF(2, 3);
static void say_error(char out[static 240], const char *fmt, ...)
{
	va_list ap;

	if (out[0])
		return; /* the first reason is the one that matters */
	va_start(ap, fmt);
	vsnprintf(out, 240, fmt, ap);
	va_end(ap);
}

/* Notes the outcome of a call that a device cannot do without. */
static bool device_ok(struct task *t, int rc)
{
	if (rc == GH_NVML_SUCCESS)
		return true;
	say_error(t->device.error, "%s: %s (NVML %d)", t->call,
	    gh_nvml_text(&t->session->nvml, rc), rc);
	return false;
}

static void read_labels(struct task *t, struct gh_nvml_device *handle)
{
	const struct gh_nvml *n = &t->session->nvml;
	struct gh_device *d = &t->device;
	struct gh_nvml_pdi pdi = {.version = GH_NVML_PDI_V1};
	unsigned int arch = 0;

	note_move(t, "nvmlDeviceGetUUID", false);
	if (!device_ok(t, n->uuid(handle, d->uuid, sizeof(d->uuid))))
		d->uuid[0] = 0;
	d->uuid[sizeof(d->uuid) - 1] = 0;
	note_move(t, "nvmlDeviceGetVbiosVersion", false);
	if (!device_ok(t, n->vbios(handle, d->vbios, sizeof(d->vbios))))
		d->vbios[0] = 0;
	d->vbios[sizeof(d->vbios) - 1] = 0;
	note_move(t, "nvmlDeviceGetArchitecture", false);
	if (device_ok(t, n->arch(handle, &arch))) {
		d->arch = gh_nvml_arch_word(arch);
		if (!d->arch)
			say_error(d->error, "generation %u does not attest", arch);
	}
	if (!n->pdi)
		return;
	note_move(t, "nvmlDeviceGetPdi", false);
	d->has_pdi = n->pdi(handle, &pdi) == GH_NVML_SUCCESS;
	d->pdi = pdi.value;
}

static void read_chain(struct task *t, struct gh_nvml_device *handle)
{
	struct gh_nvml_certificate c = {0};
	struct gh_device *d = &t->device;

	note_move(t, "nvmlDeviceGetConfComputeGpuCertificate", false);
	if (!device_ok(t, t->session->nvml.certificate(handle, &c)))
		return;
	if (c.attestation_chain_size == 0 ||
	    c.attestation_chain_size > sizeof(d->chain)) {
		say_error(d->error, "%s: a chain of %u bytes, expected 1 to %zu", t->call,
		    c.attestation_chain_size, sizeof(d->chain));
		return;
	}
	d->chain_len = c.attestation_chain_size;
	memcpy(d->chain, c.attestation_chain, d->chain_len);
	/* PEM is text; some drivers count the terminator. */
	while (d->chain_len && d->chain[d->chain_len - 1] == 0)
		d->chain_len--;
}

static void read_report(struct task *t, struct gh_nvml_device *handle)
{
	struct gh_nvml_report r = {0};
	struct gh_device *d = &t->device;

	memcpy(r.nonce, t->session->opt.nonce, sizeof(r.nonce));
	note_move(t, "nvmlDeviceGetConfComputeGpuAttestationReport", false);
	if (!device_ok(t, t->session->nvml.report(handle, &r)))
		return;
	if (r.size == 0 || r.size > sizeof(d->report)) {
		say_error(d->error, "%s: a report of %u bytes, expected 1 to %zu",
		    t->call, r.size, sizeof(d->report));
		return;
	}
	d->report_len = r.size;
	memcpy(d->report, r.report, d->report_len);
}

static void run_device(struct task *t)
{
	struct gh_nvml_device *handle = NULL;

	note_move(t, "nvmlDeviceGetHandleByIndex_v2", false);
	if (!device_ok(t, t->session->nvml.handle(t->device.index, &handle)))
		return;
	read_labels(t, handle);
	read_chain(t, handle);
	read_report(t, handle);
}

static bool system_ok(struct task *t, int rc)
{
	struct gh_collection *c = &t->session->system;

	if (rc == GH_NVML_SUCCESS)
		return true;
	say_error(c->system_error, "%s: %s (NVML %d)", t->call,
	    gh_nvml_text(&t->session->nvml, rc), rc);
	snprintf(c->system_stage, sizeof(c->system_stage), "%s", t->call);
	return false;
}

static void run_system(struct task *t)
{
	const struct gh_nvml *n = &t->session->nvml;
	struct gh_collection *c = &t->session->system;
	struct gh_nvml_cc_settings set = {.version = GH_NVML_CC_SETTINGS_V1};

	note_move(t, "nvmlInit_v2", false);
	if (!system_ok(t, n->init()))
		return;
	note_move(t, "nvmlSystemGetDriverVersion", false);
	if (!system_ok(
		t, n->driver_version(c->driver_version, sizeof(c->driver_version))))
		return;
	c->driver_version[sizeof(c->driver_version) - 1] = 0;
	note_move(t, "nvmlDeviceGetCount_v2", false);
	if (!system_ok(t, n->count(&t->session->count)))
		return;
	if (n->cc_state) {
		note_move(t, "nvmlSystemGetConfComputeState", false);
		c->has_cc = n->cc_state(&c->cc) == GH_NVML_SUCCESS;
	}
	if (n->cc_settings) {
		note_move(t, "nvmlSystemGetConfComputeSettings", false);
		c->has_mode = n->cc_settings(&set) == GH_NVML_SUCCESS;
		c->multi_gpu_mode = set.multi_gpu_mode;
	}
}

static void run_shutdown(struct task *t)
{
	note_move(t, "nvmlShutdown", false);
	t->session->nvml.shutdown(); /* nothing depends on how it went */
}

static void *worker(void *arg)
{
	struct task *t = arg;

	t->run(t);
	note_move(t, NULL, true);
	return NULL;
}

static int start_task(
    struct session *s, struct task *t, void (*run)(struct task *), struct gh_err *err)
{
	int rc;

	t->session = s;
	t->run = run;
	t->call = "pthread_create";
	t->done = false;
	pthread_mutex_lock(&s->lock);
	s->running++;
	rc = pthread_create(&t->id, NULL, worker, t);
	t->started = rc == 0;
	if (rc != 0) {
		s->running--;
		t->done = true;
	}
	pthread_mutex_unlock(&s->lock);
	return rc == 0 ? 0
		       : gh_fail(err, GH_E_INTERNAL, "a thread cannot be started: %s",
			     strerror(rc));
}

/* A thread that is done still has to leave the per-thread clean-up of the driver and its
 * libraries before the process may end; one that is not is left to itself. True when all
 * are gone. */
static bool join_tasks(struct session *s, size_t n)
{
	struct timespec until;
	bool all = true;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += 1;
	for (size_t i = 0; i < n; i++) {
		struct task *t = &s->task[i];
		bool done;

		if (!t->started)
			continue;
		pthread_mutex_lock(&s->lock);
		done = t->done;
		pthread_mutex_unlock(&s->lock);
		if (done &&
		    pthread_clockjoin_np(t->id, NULL, CLOCK_MONOTONIC, &until) == 0) {
			t->started = false;
			continue;
		}
		pthread_detach(t->id);
		all = false;
	}
	return all;
}

/* Waits until every task is done or nothing moved for timeout_ms. The lock is held when it
 * returns, so that the caller reads a still picture. */
static void wait_tasks_locked(struct session *s)
{
	pthread_mutex_lock(&s->lock);
	clock_gettime(CLOCK_MONOTONIC, &s->moved);
	while (s->running) {
		struct timespec until = s->moved, now;

		until.tv_sec += s->opt.timeout_ms / 1000;
		until.tv_nsec += (long)(s->opt.timeout_ms % 1000) * 1000000;
		if (until.tv_nsec >= 1000000000) {
			until.tv_nsec -= 1000000000;
			until.tv_sec++;
		}
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec > until.tv_sec ||
		    (now.tv_sec == until.tv_sec && now.tv_nsec >= until.tv_nsec))
			return;
		pthread_cond_timedwait(&s->moved_cond, &s->lock, &until);
	}
}

static struct session *session_new(const struct gh_collect_options *opt)
{
	struct session *s = calloc(1, sizeof(*s));
	pthread_condattr_t attr;

	if (!s)
		return NULL;
	s->opt = *opt;
	pthread_mutex_init(&s->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&s->moved_cond, &attr);
	pthread_condattr_destroy(&attr);
	return s;
}

static void session_free(struct session *s)
{
	pthread_cond_destroy(&s->moved_cond);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

/* Init, versions, count. 0 also when NVML refused: then system_error is set. */
static int collect_system(
    struct session *s, struct gh_collection *out, struct gh_err *err)
{
	struct task *t = &s->task[0];

	if (start_task(s, t, run_system, err) < 0)
		return -1;
	wait_tasks_locked(s);
	if (t->done) {
		*out = s->system;
	} else {
		say_error(out->system_error, "%s did not answer within %u ms", t->call,
		    s->opt.timeout_ms);
		snprintf(out->system_stage, sizeof(out->system_stage), "%s", t->call);
	}
	pthread_mutex_unlock(&s->lock);
	out->stuck |= !join_tasks(s, 1);
	return 0;
}

/* Which GPUs: those asked for, or all there are. */
static void plan_devices(struct session *s)
{
	size_t n = s->opt.n_gpus ? s->opt.n_gpus : s->count;

	s->n_tasks = n < GH_COLLECT_GPUS_MAX ? n : GH_COLLECT_GPUS_MAX;
	memset(s->task, 0, sizeof(s->task));
	for (size_t i = 0; i < s->n_tasks; i++)
		s->task[i].device.index = s->opt.n_gpus ? s->opt.gpu[i] : (unsigned int)i;
}

static void take_devices_locked(struct session *s, struct gh_collection *out)
{
	for (size_t i = 0; i < s->n_tasks; i++) {
		const struct task *t = &s->task[i];
		struct gh_device *d = &out->device[i];

		if (t->done) {
			*d = t->device;
			continue;
		}
		/* Only the index is ours to read: the thread may still write the rest. */
		d->index = t->device.index;
		say_error(d->error, "%s did not answer within %u ms", t->call,
		    s->opt.timeout_ms);
	}
}

static int collect_devices(
    struct session *s, struct gh_collection *out, struct gh_err *err)
{
	plan_devices(s);
	out->device = calloc(s->n_tasks ? s->n_tasks : 1, sizeof(*out->device));
	if (!out->device)
		return gh_fail(err, GH_E_NOMEM, "no memory for %zu devices", s->n_tasks);
	out->n_devices = s->n_tasks;
	for (size_t i = 0; i < s->n_tasks; i++) {
		struct task *t = &s->task[i];
		struct gh_err why = {0};

		if (t->device.index >= s->count) {
			say_error(
			    t->device.error, "no such GPU: NVML counts %u", s->count);
			t->done = true;
		} else if (start_task(s, t, run_device, &why) < 0) {
			say_error(t->device.error, "%s", why.what);
		}
	}
	wait_tasks_locked(s);
	take_devices_locked(s, out);
	pthread_mutex_unlock(&s->lock);
	out->stuck |= !join_tasks(s, s->n_tasks);
	return 0;
}

static void shut_down(struct session *s, struct gh_collection *out)
{
	struct task *t = &s->task[0];

	if (start_task(s, t, run_shutdown, NULL) < 0)
		return;
	wait_tasks_locked(s);
	pthread_mutex_unlock(&s->lock);
	out->stuck |= !join_tasks(s, 1);
}

/* What people meet most when attestation fails (spec/nvidia.md section 8, no. 3): say it
 * before a verifier has to. */
static void add_note(struct gh_collection *c)
{
	if (!c->has_cc || c->system_error[0])
		return;
	if (c->cc.devtools)
		snprintf(c->note, sizeof(c->note),
		    "devtools mode is on: this evidence will not verify, and memory is "
		    "not "
		    "protected");
	else if (!c->cc.feature)
		snprintf(c->note, sizeof(c->note),
		    "confidential computing is off on these GPUs: set the CC mode from "
		    "the "
		    "host and reset them");
}

int gh_collect(
    struct gh_collection *out, const struct gh_collect_options *opt, struct gh_err *err)
{
	struct session *s = session_new(opt);
	struct gh_err why = {0};
	int rc = 0;

	memset(out, 0, sizeof(*out));
	if (!s)
		return gh_fail(err, GH_E_NOMEM, "no memory for the collector");
	if (gh_nvml_open(&s->nvml, &why) < 0) {
		say_error(out->system_error, "%s%s%s", why.what, why.hint[0] ? "; " : "",
		    why.hint);
		session_free(s);
		return 0;
	}
	rc = collect_system(s, out, err);
	if (rc == 0 && !out->system_error[0]) {
		rc = collect_devices(s, out, err);
		if (!out->stuck)
			shut_down(s, out);
	}
	if (!out->stuck)
		session_free(s);
	add_note(out);
	return rc;
}

void gh_collection_free(struct gh_collection *c)
{
	free(c->device);
	memset(c, 0, sizeof(*c));
}

bool gh_collection_whole(const struct gh_collection *c)
{
	if (c->system_error[0])
		return false;
	for (size_t i = 0; i < c->n_devices; i++)
		if (c->device[i].error[0])
			return false;
	return true;
}
