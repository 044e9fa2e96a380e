/* SPDX-License-Identifier: Apache-2.0
 * The lab's fixture trees, its records of processes and faults, and the folder it owns. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../tap.h"
#include "base/file.h"
#include "base/text.h"
#include "lab/faults.h"
#include "lab/fixture.h"
#include "lab/lab.h"
#include "lab/lab_host.h"
#include "lab/lab_lock.h"
#include "lab/stand_in.h"

#define NVIDIA_GPU "sys/bus/pci/devices/0000:18:00.0/"

struct place {
	char dir[128]; /* of the lab */
	char host[160];
};

static int setup(void **state)
{
	static struct place p;

	snprintf(p.dir, sizeof(p.dir), "/tmp/gatehouse-test-XXXXXX");
	if (!mkdtemp(p.dir))
		return -1;
	snprintf(p.host, sizeof(p.host), "%s/hosts/gpu-a", p.dir);
	*state = &p;
	return 0;
}

static int teardown(void **state)
{
	const struct place *p = *state;
	char cmd[256];

	snprintf(cmd, sizeof(cmd), "rm -rf '%s'", p->dir);
	return system(cmd);
}

static void write_host(
    const struct place *p, const struct gh_lab_spec *spec, unsigned int faults)
{
	struct gh_fixture_in in = {.spec = spec,
	    .faults = faults,
	    .port = 2222,
	    .host_dir = p->host,
	    .authorized_key = "ssh-ed25519 AAAA",
	    .agent = "",
	    .shim = "",
	    .stand_in = ""};
	struct gh_err err = {0};
	char path[256];

	assert_int_equal(gh_file_mkdirs(p->host, 0755, &err), 0);
	snprintf(path, sizeof(path), "%s/hostkey", p->host);
	assert_int_equal(gh_file_write(path, "key one\n", 8, 0600, &err), 0);
	snprintf(path, sizeof(path), "%s/hostkey.other", p->host);
	assert_int_equal(gh_file_write(path, "key two\n", 8, 0600, &err), 0);
	if (gh_fixture_write(&in, &err))
		fail_msg("%s", err.what);
}

static void fixture_path(char out[512], const struct place *p, const char *name)
{
	snprintf(out, 512, "%s/fixture/%s", p->host, name);
}

/* The whole file, as text; the next call overwrites it. */
static const char *read_of(const struct place *p, const char *name)
{
	static struct gh_buf b;
	struct gh_err err = {0};
	char path[512];

	fixture_path(path, p, name);
	gh_buf_clear(&b);
	if (gh_file_read(&b, path, 16u << 20, &err))
		fail_msg("%s", err.what);
	return gh_buf_cstr(&b);
}

static uint64_t msr_of(const struct place *p, uint64_t number)
{
	char path[512];
	uint64_t v = 0;
	int fd;

	fixture_path(path, p, "dev/cpu/0/msr");
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	assert_int_equal(pread(fd, &v, sizeof(v), (off_t)number), sizeof(v));
	close(fd);
	return v;
}

static void test_fixture_when_tdx_then_a_healthy_emerald_rapids(void **state)
{
	const struct place *p = *state;

	write_host(p, gh_lab_spec_get("gpu-a"), 0);
	assert_string_equal(
	    read_of(p, "sys/class/dmi/id/product_name"), "SYS-821GE-TNHR\n");
	assert_non_null(strstr(read_of(p, "proc/cpuinfo"), "model\t\t: 207\n"));
	assert_non_null(strstr(read_of(p, "proc/cpuinfo"), " tdx_host_platform\n"));
	assert_non_null(strstr(read_of(p, "proc/cpuinfo"), "processor\t: 191\n"));
	assert_null(strstr(read_of(p, "proc/cpuinfo"), "processor\t: 192\n"));
	assert_string_equal(read_of(p, "sys/devices/system/cpu/online"), "0-191\n");
	assert_string_equal(read_of(p, "sys/module/kvm_intel/parameters/tdx"), "Y\n");
	assert_non_null(
	    strstr(read_of(p, "lab/tool/klog"), "virt/tdx: module initialized\n"));
	assert_int_equal(msr_of(p, 0x982) >> 1 & 1, 1);
	assert_int_equal(msr_of(p, 0x1401) >> 11 & 1, 1);
	assert_int_equal(msr_of(p, 0x503), 0);
	assert_int_equal(msr_of(p, 0xce) >> 27 & 1, 0);
}

static void test_fixture_when_snp_then_a_healthy_genoa(void **state)
{
	const struct place *p = *state;

	write_host(p, gh_lab_spec_get("gpu-d"), 0);
	assert_string_equal(
	    read_of(p, "sys/class/dmi/id/product_name"), "AS -8125GS-TNHR\n");
	assert_non_null(strstr(read_of(p, "proc/cpuinfo"), " sme sev sev_es sev_snp\n"));
	assert_non_null(strstr(read_of(p, "proc/cpuinfo"), "processor\t: 255\n"));
	assert_string_equal(read_of(p, "sys/module/kvm_amd/parameters/sev_snp"), "Y\n");
	assert_int_equal(msr_of(p, 0xc0010010) >> 23 & 3, 3);
	/* its neighbour, one further, must not have been written over it */
	assert_int_equal(msr_of(p, 0xc0010132), 0x97900000);
	assert_memory_equal(read_of(p, "lab/msr/3221291315"), "\xff\xff\xef\xa7", 4);
}

static void test_fixture_when_a_gpu_is_asked_then_links_and_numbers_lead_on(void **state)
{
	const struct place *p = *state;
	char path[512], to[256];
	ssize_t n;

	write_host(p, gh_lab_spec_get("gpu-a"), 0);
	assert_string_equal(read_of(p, NVIDIA_GPU "vendor"), "0x10de\n");
	assert_string_equal(read_of(p, NVIDIA_GPU "class"), "0x030200\n");
	assert_string_equal(
	    read_of(p, NVIDIA_GPU "iommu_group/devices/0000:18:00.0/class"),
	    "0x030200\n");
	assert_memory_equal(read_of(p, NVIDIA_GPU "config"), "\xde\x10\x30\x23",
	    4); /* as lspci reads it */
	fixture_path(path, p, NVIDIA_GPU "driver");
	n = readlink(path, to, sizeof(to) - 1);
	assert_true(n > 0);
	to[n] = '\0';
	assert_string_equal(strrchr(to, '/'), "/vfio-pci");
	fixture_path(path, p, NVIDIA_GPU "driver/0000:db:00.0/vendor");
	assert_int_equal(access(path, R_OK), 0);
}

/* The three BARs that make an H100 an H100: 16 MiB, 128 GiB, 32 MiB. */
static void test_fixture_when_a_gpu_is_asked_then_its_regions_have_their_sizes(
    void **state)
{
	const struct place *p = *state;
	static const uint64_t want[] = {16ULL << 20, 0, 128ULL << 30, 0, 32ULL << 20};
	struct gh_bytes rest, line, a, b;
	uint64_t first, last;

	write_host(p, gh_lab_spec_get("gpu-b"), 0);
	rest = gh_text_of(read_of(p, NVIDIA_GPU "resource"));
	for (size_t i = 0; i < GH_COUNT(want); i++) {
		assert_true(gh_text_line(&rest, &line));
		assert_true(gh_text_word(&line, &a) && gh_text_word(&line, &b));
		assert_int_equal(gh_text_u64(a, 16, &first), 0);
		assert_int_equal(gh_text_u64(b, 16, &last), 0);
		assert_int_equal(want[i] ? last - first + 1 : last, want[i]);
	}
}

static void test_fixture_when_broken_then_only_that_differs_and_heals(void **state)
{
	static const struct {
		unsigned int fault;
		const char *file, *bad;
	} cases[] = {
	    {GH_FIXTURE_OLD_MICROCODE, "sys/devices/system/cpu/cpu7/microcode/version",
		"0x21000200\n"},
	    {GH_FIXTURE_OLD_MICROCODE,
		"sys/devices/system/cpu/vulnerabilities/old_microcode", "Vulnerable\n"},
	    {GH_FIXTURE_TEE_OFF, "sys/module/kvm_intel/parameters/tdx", "N\n"},
	    {GH_FIXTURE_SWAP, "proc/swaps", "/dev/nvme0n1p4"},
	    {GH_FIXTURE_REBOOTED, "proc/sys/kernel/random/boot_id", "feed\n"},
	    {GH_FIXTURE_OTHER_KEY, "etc/ssh/ssh_host_ed25519_key", "key two\n"},
	    {GH_FIXTURE_SLOW, "etc/ssh/sshrc", "sleep 3\n"},
	};
	const struct place *p = *state;
	const struct gh_lab_spec *spec = gh_lab_spec_get("gpu-a");
	char path[512];

	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		write_host(p, spec, 0);
		fixture_path(path, p, cases[i].file);
		if (!access(path, F_OK))
			assert_null(strstr(read_of(p, cases[i].file), cases[i].bad));
		write_host(p, spec, cases[i].fault);
		assert_non_null(strstr(read_of(p, cases[i].file), cases[i].bad));
		assert_string_equal(
		    read_of(p, "sys/class/dmi/id/product_name"), "SYS-821GE-TNHR\n");
		write_host(p, spec, 0);
		if (!access(path, F_OK))
			assert_null(strstr(read_of(p, cases[i].file), cases[i].bad));
	}
	assert_int_equal(access(path, F_OK), -1); /* the last one leaves no file */
}

static void test_fixture_when_secureboot_off_then_the_variable_says_0(void **state)
{
	static const char name[] =
	    "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";
	const struct place *p = *state;

	write_host(p, gh_lab_spec_get("gpu-a"), 0);
	assert_memory_equal(read_of(p, name), "\x06\0\0\0\x01", 5);
	write_host(p, gh_lab_spec_get("gpu-a"), GH_FIXTURE_SECUREBOOT_OFF);
	assert_memory_equal(read_of(p, name), "\x06\0\0\0\0", 5);
}

static void test_fixture_when_hostile_then_escapes_and_megabytes(void **state)
{
	const struct place *p = *state;
	char path[512];
	struct stat st;

	write_host(p, gh_lab_spec_get("gpu-a"), GH_FIXTURE_HOSTILE);
	assert_non_null(strstr(read_of(p, "sys/class/dmi/id/bios_version"), "\x1b[2J"));
	fixture_path(path, p, "lab/tool/klog");
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size >= 5 << 20);
	write_host(p, gh_lab_spec_get("gpu-a"), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_true(st.st_size < 4096);
}

/* A bind mount shows an inode: a file that is replaced would stay old in the host. */
static void test_fixture_when_written_again_then_in_place_and_untouched(void **state)
{
	static const char name[] = "sys/devices/system/cpu/cpu0/microcode/version";
	const struct place *p = *state;
	char path[512];
	struct stat a, b, c;

	fixture_path(path, p, name);
	write_host(p, gh_lab_spec_get("gpu-a"), 0);
	assert_int_equal(stat(path, &a), 0);
	write_host(p, gh_lab_spec_get("gpu-a"), 0);
	assert_int_equal(stat(path, &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	assert_int_equal(a.st_mtim.tv_nsec, b.st_mtim.tv_nsec);
	write_host(p, gh_lab_spec_get("gpu-a"), GH_FIXTURE_OLD_MICROCODE);
	assert_int_equal(stat(path, &c), 0);
	assert_int_equal(a.st_ino, c.st_ino);
}

static void test_fixture_when_secret_then_only_root_reads(void **state)
{
	static const struct {
		const char *file;
		mode_t mode;
	} cases[] = {{"sys/class/dmi/id/product_serial", 0400},
	    {"etc/ssh/ssh_host_ed25519_key", 0600}, {"dev/cpu/0/msr", 0600},
	    {"etc/shadow", 0640}, {"usr/local/bin/tpm2_quote", 0755}};
	const struct place *p = *state;
	char path[512];
	struct stat st;

	write_host(p, gh_lab_spec_get("gpu-a"), 0);
	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		fixture_path(path, p, cases[i].file);
		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, cases[i].mode);
	}
}

/* Each name of the table leads to the one program; dd only where registers need it. */
static void test_fixture_when_written_then_stand_ins_are_links(void **state)
{
	static const char *const both[] = {"systemctl", "virsh", "curl", "tpm2_nvread"};
	const struct place *p = *state;
	char path[512], to[64];
	struct stat st;
	ssize_t n;

	write_host(p, gh_lab_spec_get("gpu-a"), 0);
	for (size_t i = 0; i < GH_COUNT(both); i++) {
		snprintf(to, sizeof(to), "usr/local/bin/%s", both[i]);
		fixture_path(path, p, to);
		n = readlink(path, to, sizeof(to));
		assert_int_equal(n, strlen(GH_STAND_IN));
		assert_memory_equal(to, GH_STAND_IN, (size_t)n);
	}
	fixture_path(path, p, "usr/local/bin/dd");
	assert_int_not_equal(lstat(path, &st), 0);
	write_host(p, gh_lab_spec_get("gpu-d"), 0);
	assert_int_equal(lstat(path, &st), 0);
}

static void test_fixture_when_the_host_key_is_missing_then_an_error(void **state)
{
	const struct place *p = *state;
	struct gh_fixture_in in = {.spec = &gh_lab_specs[0],
	    .host_dir = p->host,
	    .authorized_key = "",
	    .agent = "",
	    .shim = "",
	    .stand_in = ""};
	struct gh_err err = {0};

	assert_int_equal(gh_file_mkdirs(p->host, 0755, NULL), 0);
	assert_int_equal(gh_fixture_write(&in, &err), -1);
	assert_int_equal(err.code, GH_E_IO);
	in.host_dir = "/nonexistent/host";
	assert_int_equal(gh_fixture_write(&in, &err), -1);
}

static void test_specs_when_compared_then_no_identity_twice(void **state)
{
	(void)state;
	for (size_t i = 0; i < GH_LAB_HOSTS; i++) {
		const struct gh_lab_spec *a = &gh_lab_specs[i];

		assert_int_equal(a->index, i);
		assert_ptr_equal(gh_lab_spec_get(a->name), a);
		assert_int_equal(strlen(a->boot_id), 36);
		assert_int_equal(strlen(a->uuid), 36);
		assert_int_equal(strlen(a->machine_id), 32);
		for (size_t k = 0; k < i; k++) {
			const struct gh_lab_spec *b = &gh_lab_specs[k];

			assert_string_not_equal(a->address, b->address);
			assert_string_not_equal(a->serial, b->serial);
			assert_string_not_equal(a->uuid, b->uuid);
			assert_string_not_equal(a->boot_id, b->boot_id);
			assert_string_not_equal(a->machine_id, b->machine_id);
		}
	}
	assert_null(gh_lab_spec_get("gpu-e"));
}

static void put_faults(const struct place *p, const char *text)
{
	char path[256];

	assert_int_equal(gh_file_mkdirs(p->host, 0755, NULL), 0);
	snprintf(path, sizeof(path), "%s/fault", p->host);
	assert_int_equal(gh_file_write(path, text, strlen(text), 0644, NULL), 0);
}

static void test_faults_when_recorded_then_read_back_and_strangers_left_out(void **state)
{
	const struct place *p = *state;
	const struct gh_lab_spec *spec = &gh_lab_specs[0];
	struct gh_faults fs;
	char text[64], small[8];

	gh_faults_load(&fs, p->dir, spec);
	assert_int_equal(fs.n, 0);
	put_faults(p, "old-microcode\nno-such-fault\ngpu-old-vbios 5\ngpu-old-vbios 99\n"
		      "gpu-old-vbios x\n\nold-microcode\nhost-hung\n");
	gh_faults_load(&fs, p->dir, spec);
	assert_int_equal(fs.n, 3);
	assert_int_equal(fs.fixture, GH_FIXTURE_OLD_MICROCODE);
	assert_true(fs.hung);
	assert_false(fs.gone);
	gh_faults_text(&fs, text, sizeof(text));
	assert_string_equal(text, "old-microcode, gpu-old-vbios:5, host-hung");
	gh_faults_text(&fs, small, sizeof(small));
	assert_string_equal(small, "old-mic");
}

static void test_faults_when_listed_then_each_word_once_with_a_sentence(void **state)
{
	size_t n;
	const struct gh_lab_fault *f = gh_lab_faults(&n);

	(void)state;
	assert_true(n >= 15);
	for (size_t i = 0; i < n; i++) {
		assert_true(strlen(f[i].what) > 10);
		assert_int_equal(f[i].gpu, strncmp(f[i].word, "gpu-", 4) == 0 ||
					       strncmp(f[i].word, "erot-", 5) == 0);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(f[i].word, f[k].word);
	}
}

static void test_break_when_it_does_not_fit_then_usage(void **state)
{
	static const char *const cases[][2] = {{"gpu-z", "host-slow"},
	    {"gpu-a", "no-such"}, {"gpu-a", "gpu-old-vbios"},
	    {"gpu-a:8", "gpu-old-vbios"}, {"gpu-a:-1", "gpu-old-vbios"},
	    {"gpu-a:", "gpu-old-vbios"}, {"gpu-a:1", "host-slow"}, {"gpu-a", "snp-off"},
	    {"gpu-d", "tdx-off"}, {"", "host-slow"}};
	const struct place *p = *state;
	struct gh_err err;

	for (size_t i = 0; i < GH_COUNT(cases); i++) {
		memset(&err, 0, sizeof(err));
		assert_int_equal(
		    gh_lab_break(p->dir, cases[i][0], cases[i][1], &err), -1);
		assert_int_equal(err.code, GH_E_USAGE);
	}
	assert_int_equal(gh_lab_break(p->dir, "gpu-a", "host-slow", &err), -1);
	assert_int_equal(err.code, GH_E_CONFIG); /* no lab there */
	assert_int_equal(gh_lab_heal(p->dir, "gpu-a", &err), -1);
}

static void test_proc_when_it_ends_then_not_alive(void **state)
{
	struct gh_lab_proc me, child, again;
	const struct place *p = *state;
	char path[256];
	pid_t pid = fork();

	if (!pid) {
		pause();
		_exit(0);
	}
	assert_true(gh_lab_proc_look(getpid(), &me));
	assert_true(gh_lab_proc_alive(&me));
	assert_true(gh_lab_proc_look(pid, &child));
	snprintf(path, sizeof(path), "%s/rec", p->dir);
	assert_int_equal(gh_lab_proc_save(path, &child, NULL), 0);
	gh_lab_proc_load(path, &again);
	assert_int_equal(again.pid, pid);
	assert_int_equal(again.start, child.start);
	/* the same pid given out again has another start */
	again.start++;
	assert_false(gh_lab_proc_alive(&again));
	assert_true(gh_lab_proc_end(&again, SIGKILL, 50));
	assert_true(gh_lab_proc_alive(&child));
	/* nobody has waited for it yet: a zombie counts as ended */
	assert_true(gh_lab_proc_end(&child, SIGKILL, 2000));
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	assert_false(gh_lab_proc_look(pid, &again));
	assert_false(gh_lab_proc_look(0, &again));
	/* our own namespace is never signalled as a whole */
	assert_int_equal(gh_lab_proc_signal_all(&me, SIGCONT), 0);
}

static void test_proc_when_the_record_is_odd_then_nobody(void **state)
{
	static const char *const odd[] = {"", "\n", "12", "12 \n", "x 1\n", "1 x\n",
	    "-4 1\n", "99999999999999999999 1\n", "2147483648 1\n", "0 0\n"};
	const struct place *p = *state;
	struct gh_lab_proc got;
	char path[256];

	snprintf(path, sizeof(path), "%s/rec", p->dir);
	gh_lab_proc_load(path, &got);
	assert_int_equal(got.pid, 0);
	for (size_t i = 0; i < GH_COUNT(odd); i++) {
		assert_int_equal(
		    gh_file_write(path, odd[i], strlen(odd[i]), 0644, NULL), 0);
		gh_lab_proc_load(path, &got);
		assert_int_equal(got.pid, 0);
		assert_false(gh_lab_proc_alive(&got));
	}
}

static void test_run_when_the_program_fails_then_an_error(void **state)
{
	static const char *const good[] = {"/bin/true", NULL};
	static const char *const bad[] = {"/bin/false", NULL};
	static const char *const none[] = {"/nonexistent", NULL};
	const struct place *p = *state;
	struct gh_err err = {0};
	char log[256];

	snprintf(log, sizeof(log), "%s/log", p->dir);
	assert_int_equal(gh_lab_proc_run(good, log, &err), 0);
	assert_int_equal(gh_lab_proc_run(bad, log, &err), -1);
	assert_int_equal(gh_lab_proc_run(none, log, &err), -1);
}

static void test_folder_when_it_is_not_a_lab_then_never_removed(void **state)
{
	const struct place *p = *state;
	struct gh_err err = {0};
	char path[256];
	int lock = -1;

	snprintf(path, sizeof(path), "%s/diary", p->dir);
	assert_int_equal(gh_file_write(path, "mine", 4, 0644, NULL), 0);
	assert_int_equal(gh_lab_mark(p->dir, &err), -1);
	assert_int_equal(err.code, GH_E_CONFIG);
	assert_int_equal(gh_lab_lock(p->dir, &lock, &err), -1);
	assert_int_equal(gh_lab_remove(p->dir, &err), -1);
	assert_int_equal(gh_lab_down(p->dir, &err), -1);
	assert_int_equal(access(path, F_OK), 0);
	unlink(path);
	assert_int_equal(gh_lab_mark(p->dir, &err), 0);
	assert_true(gh_lab_marked(p->dir));
	assert_int_equal(gh_lab_lock(p->dir, &lock, &err), 0);
	gh_lab_unlock(&lock);
	assert_int_equal(lock, -1);
	/* a link inside leads out of the lab: the link goes, what it names stays */
	snprintf(path, sizeof(path), "%s/out", p->dir);
	assert_int_equal(symlink("/tmp", path), 0);
	assert_int_equal(gh_lab_down(p->dir, &err), 0);
	assert_int_equal(access("/tmp", F_OK), 0);
	assert_int_equal(access(p->dir, F_OK), -1);
	assert_int_equal(gh_lab_down(p->dir, &err), 0);
}

static void test_status_when_there_is_no_lab_then_four_hosts_down(void **state)
{
	const struct place *p = *state;
	struct gh_lab_status st;
	struct gh_err err = {0};
	char longer[300];

	assert_int_equal(gh_lab_status(p->dir, &st, &err), 0);
	assert_int_equal(st.n, GH_LAB_HOSTS);
	for (size_t i = 0; i < st.n; i++) {
		assert_int_equal(st.host[i].pid, 0);
		assert_false(st.host[i].answers);
	}
	memset(longer, 'x', sizeof(longer));
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(gh_lab_status(longer, &st, &err), -1);
}

int main(void)
{
#define UNIT(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	static const struct CMUnitTest tests[] = {
	    UNIT(test_fixture_when_tdx_then_a_healthy_emerald_rapids),
	    UNIT(test_fixture_when_snp_then_a_healthy_genoa),
	    UNIT(test_fixture_when_a_gpu_is_asked_then_links_and_numbers_lead_on),
	    UNIT(test_fixture_when_a_gpu_is_asked_then_its_regions_have_their_sizes),
	    UNIT(test_fixture_when_broken_then_only_that_differs_and_heals),
	    UNIT(test_fixture_when_secureboot_off_then_the_variable_says_0),
	    UNIT(test_fixture_when_hostile_then_escapes_and_megabytes),
	    UNIT(test_fixture_when_written_again_then_in_place_and_untouched),
	    UNIT(test_fixture_when_secret_then_only_root_reads),
	    UNIT(test_fixture_when_written_then_stand_ins_are_links),
	    UNIT(test_fixture_when_the_host_key_is_missing_then_an_error),
	    UNIT(test_specs_when_compared_then_no_identity_twice),
	    UNIT(test_faults_when_recorded_then_read_back_and_strangers_left_out),
	    UNIT(test_faults_when_listed_then_each_word_once_with_a_sentence),
	    UNIT(test_break_when_it_does_not_fit_then_usage),
	    UNIT(test_proc_when_it_ends_then_not_alive),
	    UNIT(test_proc_when_the_record_is_odd_then_nobody),
	    UNIT(test_run_when_the_program_fails_then_an_error),
	    UNIT(test_folder_when_it_is_not_a_lab_then_never_removed),
	    UNIT(test_status_when_there_is_no_lab_then_four_hosts_down),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
