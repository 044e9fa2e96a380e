/* SPDX-License-Identifier: Apache-2.0
 * Stand-ins for the programs whose answer no file can give. */
#include "lab/fixture_tools.h"

#include <stdio.h>
#include <string.h>

#define BIN "usr/local/bin/"

static const char units[] =
    "libvirtd active\nvirtqemud inactive\nvirtlogd active\nqgsd active\nauditd active\n"
    "chronyd active\nchrony active\nsystemd-timesyncd inactive\nntpd inactive\n"
    "kdump inactive\nkdump-tools inactive\ndebug-shell inactive\nrsyslog active\n";

static const char systemctl[] = "#!/bin/sh\n"
				"# the lab's systemctl: is-active from /lab/tool/units\n"
				"case \"$*\" in\n"
				"'show '*LimitMEMLOCK*) exec cat /lab/tool/memlock ;;\n"
				"esac\n"
				"[ \"$1\" = is-active ] || exit 0\n"
				"shift\n"
				"bad=0\n"
				"for u; do\n"
				"\ts=inactive\n"
				"\twhile read -r n w; do\n"
				"\t\t[ \"$n\" = \"${u%.service}\" ] && s=$w\n"
				"\tdone </lab/tool/units\n"
				"\techo \"$s\"\n"
				"\t[ \"$s\" = active ] || bad=3\n"
				"done\n"
				"exit $bad\n";

static const char qemu[] = "#!/bin/sh\n"
			   "# the lab's qemu: version and objects\n"
			   "case \"$*\" in\n"
			   "--version) exec cat /lab/tool/qemu.version ;;\n"
			   "'-object help') exec cat /lab/tool/qemu.objects ;;\n"
			   "esac\n"
			   "echo 'the lab runs no machine' >&2\n"
			   "exit 1\n";

static const char virsh[] =
    "#!/bin/sh\n"
    "# the lab's virsh: no domain runs; capabilities from a file\n"
    "case \" $* \" in\n"
    "*' domcapabilities '*) exec cat /lab/tool/domcapabilities ;;\n"
    "*' list '*) exit 0 ;;\n"
    "*' version '*) echo 'Running hypervisor: QEMU 10.1.2' ;;\n"
    "esac\n";

static const char auditctl[] = "#!/bin/sh\n"
			       "case $1 in\n"
			       "-s) exec cat /lab/tool/audit.status ;;\n"
			       "-l) exec cat /lab/tool/audit.rules ;;\n"
			       "esac\n"
			       "exit 1\n";

static const char dmesg[] = "#!/bin/sh\nexec cat /lab/tool/klog\n";

static const char chronyc[] = "#!/bin/sh\nexec cat /lab/tool/chrony.tracking\n";

static const char dd[] =
    "#!/bin/sh\n"
    "# the lab's dd: two registers one apart overlap in a plain file\n"
    "m= n=\n"
    "for a; do\n"
    "\tcase $a in\n"
    "\tif=/dev/cpu/*/msr) m=1 ;;\n"
    "\tskip=*) n=${a#skip=} ;;\n"
    "\tesac\n"
    "done\n"
    "[ -n \"$m\" ] && [ -e \"/lab/msr/$n\" ] && exec cat \"/lab/msr/$n\"\n"
    "exec /usr/bin/dd \"$@\"\n";

static const char dmidecode[] = "#!/bin/sh\nexec cat /lab/tool/dmi17\n";

static const char snphost[] = "#!/bin/sh\n"
			      "case \"$*\" in\n"
			      "'show tcb') exec cat /lab/tool/snp.tcb ;;\n"
			      "'show identifier') exec cat /lab/tool/snp.chip ;;\n"
			      "'ok -o json') exec cat /lab/tool/snp.ok ;;\n"
			      "esac\n"
			      "exit 1\n";

/* fuser ends with 1 when nobody holds what it was asked about */
static const char nobody[] = "#!/bin/sh\nexit 1\n";

/* No packet leaves a lab host: every service that may be asked for "answers". */
static const char curl[] = "#!/bin/sh\n"
			   "# the lab's curl: it never connects\n"
			   "for url; do :; done\n"
			   "case $url in\n"
			   "*/rootcacrl) printf 200 ;;\n"
			   "https://*) printf 404 ;;\n"
			   "*) exit 7 ;;\n"
			   "esac\n";

static const char getent[] = "#!/bin/sh\n"
			     "# the lab's getent: it asks no resolver\n"
			     "case \"$1 $2\" in\n"
			     "'ahosts '*.invalid) exit 2 ;;\n"
			     "'ahosts '*) echo \"192.0.2.10      STREAM $2\" ;;\n"
			     "*) exec /usr/bin/getent \"$@\" ;;\n"
			     "esac\n";

static const char nft[] = "#!/bin/sh\nexec cat /lab/tool/nft\n";

static const char devlink[] = "#!/bin/sh\nexec cat /lab/tool/devlink\n";

static const char nvme[] = "#!/bin/sh\nexec cat /lab/tool/nvme.json\n";

static const char who[] =
    "#!/bin/sh\necho 'root     pts/0        2026-11-27 08:55 (10.20.0.5)'\n";

static const char df[] =
    "#!/bin/sh\n"
    "echo 'Filesystem             1024-blocks      Used  Available Capacity Mounted on'\n"
    "echo '/dev/mapper/root_crypt  3690483712 212860928 3290083328       7% /'\n";

/* -V says nothing of a package whose files are as they were */
static const char dpkg[] = "#!/bin/sh\n[ \"$1\" = -V ]\n";

static const char gputool[] = "#!/bin/sh\n"
			      "# the lab's nvidia_gpu_tools.py: its log from a file\n"
			      "exec cat /lab/tool/gputool\n";

static const struct gh_fixture_row scripts[] = {
    {BIN "date", "#!/bin/sh\nexec /usr/bin/date \"$@\"\n"},
    {BIN "systemctl", systemctl},
    {BIN "journalctl", dmesg},
    {BIN "dmesg", dmesg},
    {BIN "chronyc", chronyc},
    {BIN "qemu-system-x86_64", qemu},
    {BIN "virsh", virsh},
    {BIN "auditctl", auditctl},
    {BIN "fuser", nobody},
    {BIN "curl", curl},
    {BIN "getent", getent},
    {BIN "nft", nft},
    {BIN "devlink", devlink},
    {BIN "nvme", nvme},
    {BIN "who", who},
    {BIN "df", df},
    {BIN "dpkg", dpkg},
    {BIN "nvidia_gpu_tools.py", gputool},
    {BIN "dmidecode", dmidecode},
};

static const struct gh_fixture_row answers[] = {
    {"lab/tool/units", units},
    {"lab/tool/qemu.version",
	"QEMU emulator version 10.1.2 (Debian 1:10.1.2+ds-1ubuntu1)\n"
	"Copyright (c) 2003-2025 Fabrice Bellard and the QEMU Project developers\n"},
    {"lab/tool/qemu.objects", "List of user creatable objects:\n  authz-list\n  "
			      "iommufd\n  memory-backend-file\n"
			      "  memory-backend-memfd\n  sev-guest\n  sev-snp-guest\n  "
			      "tdx-guest\n  throttle-group\n"},
    {"lab/tool/nft", "table inet filter {\n\tchain input {\n"
		     "\t\ttype filter hook input priority filter; policy drop;\n"
		     "\t\tct state established,related accept\n"
		     "\t\tiif \"lo\" accept\n\t\ttcp dport 22 accept\n\t}\n}\n"},
    {"lab/tool/nvme.json",
	"{\n  \"critical_warning\":0,\n  \"temperature\":308,\n  \"avail_spare\":100,\n"
	"  \"spare_thresh\":10,\n  \"percent_used\":2,\n  \"media_errors\":0\n}\n"},
    /* a stand-in: nothing boots with it, its digest is all that is read */
    {"usr/local/share/qemu/OVMF.fd", "LAB OVMF edk2-stable202511\n"},
    {"lab/tool/memlock",
	"LimitMEMLOCK=infinity\nId=libvirtd.service\nLoadState=loaded\n\n"
	"LimitMEMLOCK=infinity\nId=virtqemud.service\nLoadState=loaded\n"},
    {"lab/tool/audit.status",
	"enabled 1\nfailure 1\npid 1187\nrate_limit 0\nbacklog_limit 8192\nlost 0\n"
	"backlog 0\nbacklog_wait_time 60000\nloginuid_immutable 0 unlocked\n"},
    {"lab/tool/audit.rules",
	"-w /etc/libvirt -p wa -k libvirt\n-w /usr/bin/qemu-system-x86_64 -p x -k qemu\n"
	"-a always,exit -F arch=b64 -S init_module,delete_module -F key=modules\n"},
    /* chronyc -c tracking: the fifth field is the offset in seconds, the last the leap */
    {"lab/tool/chrony.tracking",
	"A9FEA97B,169.254.169.123,4,1763900000.123456789,0.000004211,0.000002107,"
	"0.000009313,-12.345,0.001,0.012,0.000261,0.000311,16.1,Normal\n"},
};

static const struct gh_fixture_row tdx_files[] = {
    {"etc/sgx_default_qcnl.conf",
	"{\n  \"pccs_url\": \"https://localhost:8081/sgx/certification/v4/\",\n"
	"  \"use_secure_cert\": true,\n"
	"  \"collateral_service\": "
	"\"https://api.trustedservices.intel.com/sgx/certification/v4/\"\n}\n"},
    {"var/log/mpa_registration.log",
	"[02-01-2026 03:14:07] INFO: SGX Registration Agent version: 1.23.100.0\n"
	"[02-01-2026 03:14:07] INFO: Starts Registration Agent Flow.\n"
	"[02-01-2026 03:14:08] INFO: Registration Flow - PLATFORM_ESTABLISHMENT or "
	"TCB_RECOVERY passed successfully.\n"
	"[02-01-2026 03:14:08] INFO: Finished Registration Agent Flow.\n"},
};

static const struct gh_fixture_row snp_files[] = {
    {"lab/tool/snp.ok",
	"{\n  \"failures\": [],\n  \"tests\": [\n    {\n"
	"      \"category\": \"platform_initialized\",\n"
	"      \"message\": \"Completed since last system update, no aliasing "
	"addresses\",\n"
	"      \"name\": \"Alias check\",\n      \"status\": \"pass\"\n    }\n  ]\n}\n"},
};

/* dmidecode -q -t 17: Intel boards have two slots a channel, AMD's one. */
static void write_dimms(struct gh_fixture *f)
{
	unsigned int per_channel = f->spec->snp ? 1 : 2, per_socket = f->spec->dimms / 2;
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	char serial[GH_LAB_SERIAL_LEN];

	for (unsigned int i = 0; i < f->spec->dimms; i++) {
		unsigned int channel = i % per_socket / per_channel;

		gh_lab_serial(serial, f->spec, GH_LAB_PART_DIMM, i);
		gh_buf_fmt(&b,
		    "Memory Device\n\tTotal Width: 80 bits\n\tSize: %u GB\n"
		    "\tLocator: P%u-DIMM%c%u\n"
		    "\tBank Locator: P%u_Node%u_Channel%u_Dimm%u\n\tType: DDR5\n"
		    "\tSerial Number: %s\n\n",
		    f->spec->dimm_gib, i / per_socket + 1, 'A' + (int)channel,
		    i % per_channel + 1, i / per_socket, channel / 2, channel % 2,
		    i % per_channel, serial);
	}
	gh_fixture_bytes(f, "lab/tool/dmi17", b.p, b.len);
}

/* Reported and running TCB are one; with a new one, its certificate has to be asked for. */
static void write_tcb(struct gh_fixture *f)
{
	gh_auto(struct gh_buf, gh_buf_free) b = {0};
	unsigned int newer = gh_fixture_has(f, GH_FIXTURE_NEW_TCB);

	for (int i = 0; i < 2; i++)
		gh_buf_fmt(&b,
		    "%s TCB: TCB Version:\n  Microcode:   %u\n  SNP:         %u\n"
		    "  TEE:         %u\n  Boot Loader: %u\n  FMC:         None\n",
		    i ? "Platform" : "Reported", GH_LAB_TCB_UCODE + newer, GH_LAB_TCB_SNP,
		    GH_LAB_TCB_TEE, GH_LAB_TCB_BL);
	gh_fixture_bytes(f, "lab/tool/snp.tcb", b.p, b.len);
}

static void write_snp(struct gh_fixture *f)
{
	char chip[GH_LAB_CHIP_HEX];

	gh_fixture_rows(f, snp_files, GH_COUNT(snp_files));
	gh_fixture_text(f, BIN "snphost", "%s", snphost);
	gh_fixture_own(f, BIN "snphost", 0755, 0);
	gh_lab_chip_hex(chip, f->spec);
	gh_fixture_text(f, "lab/tool/snp.chip", "%s\n", chip);
	write_tcb(f);
	gh_fixture_text(f, BIN "dd", "%s", dd);
	gh_fixture_own(f, BIN "dd", 0755, 0);
}

static void write_capabilities(struct gh_fixture *f)
{
	gh_fixture_text(f, "lab/tool/domcapabilities",
	    "<domainCapabilities>\n  <path>/usr/bin/qemu-system-x86_64</path>\n"
	    "  <domain>kvm</domain>\n  <machine>pc-q35-10.1</machine>\n  <features>\n"
	    "    <sev supported='%s'/>\n    <launchSecurity supported='yes'>\n"
	    "      <enum name='sectype'>\n        <value>%s</value>\n      </enum>\n"
	    "    </launchSecurity>\n  </features>\n</domainCapabilities>\n",
	    f->spec->snp ? "yes" : "no", f->spec->snp ? "sev-snp" : "tdx");
}

void gh_fixture_tools(struct gh_fixture *f)
{
	gh_fixture_rows(f, scripts, GH_COUNT(scripts));
	for (size_t i = 0; i < GH_COUNT(scripts); i++)
		gh_fixture_own(f, scripts[i].path, 0755, 0);
	if (f->spec->snp)
		write_snp(f);
	gh_fixture_rows(f, answers, GH_COUNT(answers));
	write_dimms(f);
	write_capabilities(f);
	if (!f->spec->snp) {
		gh_fixture_rows(f, tdx_files, GH_COUNT(tdx_files));
		gh_fixture_socket(f, "run/tdx-qgs/qgs.socket");
	}
	if (f->in->agent[0])
		gh_fixture_copy(f, BIN "gatehouse-agent", f->in->agent, 0755);
	if (f->in->shim[0])
		gh_fixture_copy(f, "usr/local/lib/libnvidia-ml.so.1", f->in->shim, 0644);
}
