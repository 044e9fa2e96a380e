/* SPDX-License-Identifier: Apache-2.0
 * Faults of single checks that are read over SSH. */
#include "lab/check_faults.h"

#define ANY GH_CHECK_ANY
#define TDX GH_CHECK_TDX
#define SNP GH_CHECK_SNP

const struct gh_check_fault gh_check_faults_host[] = {
    {"host.mem.ksm_thp", ANY, GH_CHECK_FILE, "sys/kernel/mm/ksm/run", "0", "1"},
    {"host.boot.lockdown", ANY, GH_CHECK_FILE, "sys/kernel/security/lockdown", NULL,
	"[none] integrity confidentiality\n"},
    {"host.gpu.vfio_bound", ANY, GH_CHECK_FILE, "sys/devices/pci0000:3a/*/driver",
	"vfio-pci", "pci-stub"},
    {"host.snp.dev", SNP, GH_CHECK_MODE, "dev/sev", NULL, "666"},
    {"host.tdx.msr_tme", TDX, GH_CHECK_MSR, "0x982", NULL, "0x0005006700000001"},
    {0},
};
