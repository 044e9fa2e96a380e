/* SPDX-License-Identifier: Apache-2.0
 * Stand-ins for the programs whose answer no file can give. */
#include "lab/fixture_tools.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "lab/stand_in.h"

#define BIN "usr/local/bin/"

static const char units[] =
    "libvirtd active\nvirtqemud inactive\nvirtlogd active\nqgsd active\nauditd active\n"
    "chronyd active\nchrony active\nsystemd-timesyncd inactive\nntpd inactive\n"
    "kdump inactive\nkdump-tools inactive\ndebug-shell inactive\nrsyslog active\n";

/* What each program says: the table of lab/stand_in.h. date answers by itself, and stands
 * here for the fault that turns it. fuser ends with 1 when nobody holds what it was asked
 * about; dpkg -V says nothing of a package whose files are as they were. No packet leaves a
 * lab host, so curl and getent know the answers. */
static const char table[] =
    "# NAME\tARGUMENTS\tSTATUS\tANSWER\n"
    "systemctl\tshow *LimitMEMLOCK*\t0\t/lab/tool/memlock\n"
    "systemctl\tis-active *\t3\t?/lab/tool/units\n"
    "systemctl\t--failed *\t0\t/lab/tool/units.failed\n"
    "journalctl\t*\t0\t/lab/tool/klog\n"
    "dmesg\t*\t0\t/lab/tool/klog\n"
    "date\t*\t0\t!/usr/bin/date\n"
    "chronyc\t*\t0\t/lab/tool/chrony.tracking\n"
    "qemu-system-x86_64\t--version\t0\t/lab/tool/qemu.version\n"
    "qemu-system-x86_64\t-object help\t0\t/lab/tool/qemu.objects\n"
    "virsh\t* domcapabilities *\t0\t/lab/tool/domcapabilities\n"
    "virsh\t* list *\t0\t/lab/tool/domains\n"
    "auditctl\t-s\t0\t/lab/tool/audit.status\n"
    "auditctl\t-l\t0\t/lab/tool/audit.rules\n"
    "fuser\t*\t1\t-\n"
    "curl\t*/rootcacrl\t0\t=200\n"
    "curl\t* https://*\t0\t=404\n"
    "getent\tahosts *.invalid\t2\t-\n"
    "getent\tahosts *\t0\t=192.0.2.10      STREAM\n"
    "getent\t*\t0\t!/usr/bin/getent\n"
    "nft\t*\t0\t/lab/tool/nft\n"
    "devlink\t*\t0\t/lab/tool/devlink\n"
    "nvme\t*\t0\t/lab/tool/nvme.json\n"
    "who\t*\t0\t/lab/tool/who\n"
    "df\t*\t0\t/lab/tool/df\n"
    "dpkg\t-V *\t0\t-\n"
    "nvidia_gpu_tools.py\t*\t0\t/lab/tool/gputool\n"
    "dmidecode\t*\t0\t/lab/tool/dmi17\n"
    "tpm2_readpublic\t*\t0\t/lab/tpm/ak.pub\n"
    "tpm2_nvread\t*\t1\t-\n";

/* Two registers one apart overlap in a plain file: dd knows, and perl leaves it to dd. */
static const char snp_table[] = "snphost\tshow tcb\t0\t/lab/tool/snp.tcb\n"
				"snphost\tshow identifier\t0\t/lab/tool/snp.chip\n"
				"snphost\tok -o json\t0\t/lab/tool/snp.ok\n"
				"dd\tif=/dev/cpu/*/msr *\t0\t/lab/msr/{skip}\n"
				"dd\t*\t0\t!/usr/bin/dd\n"
				"perl\t*\t1\t-\n";

static const struct gh_fixture_row answers[] = {
    {"lab/tool/units", units},
    {"lab/tool/units.failed", ""},
    {"lab/tool/domains", ""},
    {"lab/tool/who", "root     pts/0        2026-11-27 08:55 (10.20.0.5)\n"},
    {"lab/tool/df",
	"Filesystem             1024-blocks      Used  Available Capacity Mounted on\n"
	"/dev/mapper/root_crypt  3690483712 212860928 3290083328       7% /\n"},
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
	gh_lab_chip_hex(chip, f->spec);
	gh_fixture_text(f, "lab/tool/snp.chip", "%s\n", chip);
	write_tcb(f);
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

/* A link to the stand-in by each name of the table. */
static void link_names(struct gh_fixture *f, const char *text)
{
	struct gh_bytes rest = gh_text_of(text), line;
	char path[64];

	while (gh_text_line(&rest, &line)) {
		snprintf(path, sizeof(path), BIN "%.*s",
		    (int)strcspn((const char *)line.p, "\t"), (const char *)line.p);
		if (line.p[0] != '#')
			gh_fixture_link(f, GH_STAND_IN, path);
	}
}

static void write_stand_ins(struct gh_fixture *f)
{
	const char *snp = f->spec->snp ? snp_table : "";

	gh_fixture_text(f, &GH_STAND_IN_TABLE[1], "%s%s", table, snp);
	link_names(f, table);
	link_names(f, snp);
	if (f->in->stand_in[0])
		gh_fixture_copy(f, &GH_STAND_IN[1], f->in->stand_in, 0755);
}

/* The agent finds the NVML stand-in by its path, and no other program searches there. */
static void write_agent(struct gh_fixture *f)
{
	static const char *const script = "#!/bin/sh\nLD_LIBRARY_PATH=/usr/local/lib "
					  "exec /usr/local/lib/gatehouse-agent \"$@\"\n";

	if (f->in->agent[0]) {
		gh_fixture_copy(f, "usr/local/lib/gatehouse-agent", f->in->agent, 0755);
		gh_fixture_text(f, BIN "gatehouse-agent", "%s", script);
		gh_fixture_own(f, BIN "gatehouse-agent", 0755, 0);
	}
	if (f->in->shim[0])
		gh_fixture_copy(f, "usr/local/lib/libnvidia-ml.so.1", f->in->shim, 0644);
}

void gh_fixture_tools(struct gh_fixture *f)
{
	write_stand_ins(f);
	if (f->spec->snp)
		write_snp(f);
	gh_fixture_rows(f, answers, GH_COUNT(answers));
	write_dimms(f);
	write_capabilities(f);
	if (!f->spec->snp) {
		gh_fixture_rows(f, tdx_files, GH_COUNT(tdx_files));
		gh_fixture_socket(f, "run/tdx-qgs/qgs.socket");
	}
	write_agent(f);
}
