# gatehouse: one Makefile, not recursive. `make help` lists the targets.
# Objects go to $(BUILD); SAN=1 builds with ASan+UBSan into a tree of its own.

BUILD	?= build$(if $(SAN),/san)$(if $(COV),/cov)
CC	:= $(if $(filter default,$(origin CC)),gcc,$(CC))
PREFIX	?= /usr/local
V	?= 0
Q	:= $(if $(filter 1,$(V)),,@)
say	= @printf '  %-6s %s\n' '$(1)' '$(2)'

# ---- what it needs on Debian 12 -------------------------------------------------------
DEPS_BUILD := gcc make pkg-config git ca-certificates libncurses-dev libssh2-1-dev \
	libcurl4-openssl-dev libmicrohttpd-dev libssl-dev libjansson-dev libsqlite3-dev libxml2-dev libxmlsec1-dev libyaml-dev
DEPS_LAB   := openssh-server openssh-client iproute2 openssl
DEPS_CHECK := libcmocka-dev libvterm-dev tmux universal-ctags sqlite3 openssl xmlsec1 \
	jq curl busybox-static dash clang-format clang libclang-rt-14-dev
DEPS_BENCH := pdsh clustershell pssh ansible-core time pango1.0-tools fonts-dejavu-core

# ---- floors: a folder links and includes only what stands before it (design.md) --------
FLOOR_base     :=
FLOOR_crypto   := base
FLOOR_evidence := crypto base
FLOOR_net      := crypto base
FLOOR_store    := crypto base
FLOOR_proof    := evidence crypto base
FLOOR_vendor   := store net evidence crypto base
FLOOR_fleet    := store net evidence crypto base
FLOOR_firmware := fleet store net evidence crypto base
FLOOR_checks   := firmware fleet vendor store net evidence crypto base
FLOOR_lab      := evidence crypto base
FLOOR_report   := checks firmware proof fleet vendor store net evidence crypto base
FLOOR_ops      := report lab $(FLOOR_report)
FOLDERS	       := base crypto evidence net store vendor proof fleet firmware checks lab report ops
FLOOR_cli      := ops $(FLOOR_ops)
FLOOR_ui       := ops $(FLOOR_ops)
FLOOR_agent    := base
FLOOR_verify   := proof evidence crypto base

PKG_base     := jansson
PKG_crypto   := libcrypto
PKG_evidence := libxml-2.0 xmlsec1-openssl
PKG_net	     := libssh2 libcurl libssl
PKG_store    := sqlite3
PKG_fleet    := yaml-0.1
PKG_lab	     := libxml-2.0 xmlsec1-openssl libmicrohttpd
PKG_ui	     := ncursesw
pkgs_of	      = $(sort $(foreach f,$(1),$(PKG_$(f))))
libs_of	      = $(if $(call pkgs_of,$(1)),$(shell pkg-config --libs $(call pkgs_of,$(1)))) -pthread

# ---- flags ----------------------------------------------------------------------------
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || cat .version 2>/dev/null || echo unknown)
WARN	:= -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wformat=2 -Wvla \
	-Wundef -Wpointer-arith -Wcast-qual -Wwrite-strings $(if $(CI),-Werror)
ifdef SAN
OPT	:= -O1 -g -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
LDOPT	:= -fsanitize=address,undefined
else ifdef COV
OPT	:= -O0 -g --coverage
LDOPT	:= --coverage
else
OPT	:= -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection -fcf-protection
LDOPT	:= -pie -Wl,-z,relro,-z,now
endif
PKG_CFLAGS := $(shell pkg-config --cflags $(call pkgs_of,$(FOLDERS) ui) 2>/dev/null)
CFLAGS_ALL := -std=gnu11 -D_GNU_SOURCE -Isrc -Iui -I. $(OPT) -fPIC $(WARN) $(filter-out -I/usr/include,$(PKG_CFLAGS)) \
	-DGH_PREFIX='"$(PREFIX)"' $(CFLAGS)

# ---- lists ----------------------------------------------------------------------------
objs_of	   = $(patsubst %.c,$(BUILD)/obj/%.o,$(filter-out $(NOT_IN_LIB),$(wildcard $(1)/*.c)))
NOT_IN_LIB := src/cli/main.c src/agent/main.c src/verify/main.c src/lab/nvml_shim.c src/lab/stand_in.c
libs_for   = $(foreach f,$(1),$(BUILD)/lib/$(f).a)
UNIT_SRC   := $(wildcard tests/unit/*/test_*.c)
UNIT_BIN   := $(UNIT_SRC:tests/unit/%.c=$(BUILD)/tests/%)
PROGRAMS   := $(BUILD)/gatehouse $(BUILD)/gatehouse-agent $(BUILD)/gatehouse-verify
SHIM	   := $(BUILD)/lab/libnvidia-ml.so.1
STAND_IN   := $(BUILD)/lab/stand-in

.PHONY: all help deps deps-check demo check check-long check-unit check-lab check-tui bench lint format format-check \
	fuzz coverage install clean tests variants
.DELETE_ON_ERROR:
.SECONDARY:

all: $(PROGRAMS) $(SHIM) $(STAND_IN)

help:
	@echo 'make demo      install what is missing, build, bring the lab up, open the console'
	@echo 'make check     install what is missing, run every test'
	@echo 'make check-long   as check, then every byte of every report, every build, and fuzz for a minute each'
	@echo 'make all       build only            make deps      install what is missing'
	@echo 'make bench     figures               make lint      floors, sizes, headers, format'
	@echo 'make fuzz      fuzz every parser     make coverage  lines covered by the tests'
	@echo 'make format    reformat              make install   into PREFIX ($(PREFIX))'
	@echo 'V=1 shows commands, SAN=1 builds with sanitizers, BUILD=DIR builds elsewhere'

# ---- packages -------------------------------------------------------------------------
need = $$(for p in $(1); do dpkg-query -W -f '$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || echo $$p; done)
define install_missing
	@command -v dpkg-query >/dev/null || { \
	  echo "This is not Debian or Ubuntu. Needed, by their Debian names:"; \
	  echo "  $(1)"; echo "Install them, then run: make all"; exit 1; }; \
	missing="$(need)"; [ -z "$$missing" ] && exit 0; \
	sudo=; if [ "$$(id -u)" != 0 ]; then sudo=sudo; command -v sudo >/dev/null || { \
	  echo "Missing: $$missing"; echo "Install them as root:  apt-get install $$missing"; exit 1; }; fi; \
	echo "  APT    $$(echo $$missing)"; \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq update && \
	$$sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq install -y \
	  --no-install-recommends $$missing >/dev/null
endef

deps:
	$(call install_missing,$(DEPS_BUILD) $(DEPS_LAB))
deps-check:
	$(call install_missing,$(DEPS_BUILD) $(DEPS_LAB) $(DEPS_CHECK))

# ---- compile and link ------------------------------------------------------------------
$(BUILD)/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$(Q)$(CC) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

define folder_lib
$(BUILD)/lib/$(1).a: $(call objs_of,$(2))
	@mkdir -p $$(@D)
	$(call say,AR,$(1))
	$(Q)rm -f $$@ && $$(AR) rcs $$@ $$^
endef
$(foreach f,$(FOLDERS) cli agent verify,$(eval $(call folder_lib,$(f),src/$(f))))
$(eval $(call folder_lib,ui,ui))

# files compiled in
$(BUILD)/obj/src/evidence/trust.o $(BUILD)/fuzz/obj/src/evidence/trust.o: inventory/trust.json
$(BUILD)/obj/src/evidence/snp_roots.o $(BUILD)/fuzz/obj/src/evidence/snp_roots.o: $(wildcard inventory/amd/*)
$(BUILD)/obj/src/checks/catalogue.o $(BUILD)/fuzz/obj/src/checks/catalogue.o: inventory/checks.json inventory/coverage.json
$(BUILD)/obj/src/checks/host_policy.o $(BUILD)/fuzz/obj/src/checks/host_policy.o: $(wildcard inventory/policies/*.json)
$(BUILD)/obj/src/checks/probe.o $(BUILD)/fuzz/obj/src/checks/probe.o: src/checks/probe.sh
$(BUILD)/obj/src/firmware/knowledge.o $(BUILD)/fuzz/obj/src/firmware/knowledge.o: inventory/firmware.json
$(BUILD)/obj/src/firmware/tdx_table.o $(BUILD)/fuzz/obj/src/firmware/tdx_table.o: inventory/tdx-modules.json
$(BUILD)/obj/ui/theme_files.o: $(wildcard themes/*.theme)
$(BUILD)/obj/src/base/version.o: CFLAGS += -DGH_VERSION='"$(VERSION)"'

link = $(CC) $(LDOPT) -o $@ $(filter %.o,$^) -Wl,--start-group $(filter %.a,$^) -Wl,--end-group $(call libs_of,$(1)) $(LDFLAGS)

$(BUILD)/gatehouse: $(BUILD)/obj/src/cli/main.o $(call libs_for,cli ui $(FLOOR_cli))
	$(call say,LD,$@)
	$(Q)$(call link,ui $(FLOOR_cli))
$(BUILD)/gatehouse-agent: $(BUILD)/obj/src/agent/main.o $(call libs_for,agent $(FLOOR_agent))
	$(call say,LD,$@)
	$(Q)$(call link,$(FLOOR_agent))
$(BUILD)/gatehouse-verify: $(BUILD)/obj/src/verify/main.o $(call libs_for,verify $(FLOOR_verify))
	$(call say,LD,$@)
	$(Q)$(call link,$(FLOOR_verify))
$(SHIM): $(addprefix $(BUILD)/obj/src/lab/,nvml_shim.o spdm_write.o) $(call libs_for,crypto base)
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(filter-out -pie,$(LDOPT)) -shared -Wl,-soname,libnvidia-ml.so.1 -o $@ $(filter %.o,$^) \
	  -Wl,--start-group $(filter %.a,$^) -Wl,--end-group -Wl,--exclude-libs,ALL $(call libs_of,crypto base)
$(STAND_IN): $(BUILD)/obj/src/lab/stand_in.o
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(CC) $(if $(SAN),$(LDOPT),$(filter-out -pie,$(LDOPT)) -static) -o $@ $^

comma := ,

# ---- tests: tests/unit/FOLDER/test_X.c links FOLDER and the floors below it --------------
TEST_CFLAGS = -Wno-missing-prototypes
define unit_test
$(BUILD)/tests/$(1)/$(2): $(BUILD)/obj/tests/unit/$(1)/$(2).o $(call libs_for,$(1) $(FLOOR_$(1)))
	@mkdir -p $$(@D)
	$$(call say,LD,$$@)
	$$(Q)$$(call link,$(1) $(FLOOR_$(1))) -lcmocka
endef
$(foreach t,$(UNIT_SRC:tests/unit/%.c=%),$(eval $(call unit_test,$(patsubst %/,%,$(dir $(t))),$(notdir $(t)))))
$(BUILD)/obj/tests/%.o: CFLAGS += $(TEST_CFLAGS)
$(BUILD)/tests/evidence/test_nomem: LDFLAGS += $(patsubst %,-Wl$(comma)--wrap=%,malloc calloc realloc strdup strndup)

tests: $(UNIT_BIN)

# The lab needs namespaces and mounts; its keys are root's alone.
AS_ROOT := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

check: deps-check
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) all tests fuzz-programs
	$(Q)$(AS_ROOT) env BUILD=$(BUILD) PATH="$$PATH" sh tests/run.sh lint unit fuzz lab tui
check-long: check
	$(Q)GH_LONG=1 TEST_TIMEOUT=3600 BUILD=$(BUILD) sh tests/run.sh unit
	$(Q)$(MAKE) --no-print-directory fuzz FUZZ_S=60
	$(Q)$(MAKE) --no-print-directory variants
# Builds of every kind, without a warning: what one compiler or level of optimisation overlooks another names.
variants: deps-check
	$(Q)for v in BUILD=build SAN=1 COV=1 'CC=clang BUILD=build/clang'; do \
	  $(MAKE) --no-print-directory -s -j$$(nproc) CI=1 $$v all tests || exit 1; done
check-unit: tests
	$(Q)BUILD=$(BUILD) sh tests/run.sh unit
check-lab: all
	$(Q)BUILD=$(BUILD) sh tests/run.sh lab
check-tui: all
	$(Q)BUILD=$(BUILD) sh tests/run.sh tui

demo: deps
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) all
	$(Q)$(AS_ROOT) $(BUILD)/gatehouse lab up
	$(Q)$(AS_ROOT) $(BUILD)/gatehouse

bench: deps-check
	$(call install_missing,$(DEPS_BENCH))
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) all bench-programs
	$(Q)BUILD=$(BUILD) sh tests/bench.sh

lint:
	$(Q)BUILD=$(BUILD) CC="$(CC)" CFLAGS_ALL='$(CFLAGS_ALL)' sh tests/lint.sh
C_FILES = $(shell git ls-files --cached --others --exclude-standard '*.c' '*.h')
format:
	$(Q)clang-format -i $(C_FILES)
format-check:
	$(Q)clang-format --dry-run -Werror $(C_FILES)

# ---- bench programs: tests/bench/X.c ----------------------------------------------------
BENCH_BIN := $(patsubst tests/bench/%.c,$(BUILD)/bench/%,$(wildcard tests/bench/*.c))
.PHONY: bench-programs
bench-programs: $(BENCH_BIN)
$(BUILD)/bench/%: $(BUILD)/obj/tests/bench/%.o $(call libs_for,$(FLOOR_report))
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$(Q)$(call link,$(FLOOR_report))

# ---- fuzz: tests/fuzz/fuzz_X.c, one parser each; the code below them is compiled once -----
FUZZ_SRC   := $(wildcard tests/fuzz/fuzz_*.c)
FUZZ_S	   ?= 30
FUZZ_BIN   := $(FUZZ_SRC:tests/fuzz/%.c=$(BUILD)/fuzz/%)
FUZZ_FLAGS := -O1 -Wno-unknown-warning-option -fsanitize=address,undefined
FUZZ_REDFISH := tree link plan members entries measure
FUZZ_OBJ   := $(patsubst %.c,$(BUILD)/fuzz/obj/%.o,$(wildcard $(foreach f,base crypto evidence proof,src/$(f)/*.c)) \
	$(patsubst %,src/net/redfish_%.c,$(FUZZ_REDFISH)) src/net/ssh_hostkey.c $(wildcard src/fleet/*.c src/firmware/*.c src/checks/*.c))
$(BUILD)/fuzz/obj/%.o: %.c
	@mkdir -p $(@D)
	$(call say,FUZZ,$<)
	$(Q)clang $(CFLAGS_ALL) $(FUZZ_FLAGS) -fsanitize=fuzzer-no-link -MMD -MP -c -o $@ $<
$(BUILD)/fuzz/lib.a: $(FUZZ_OBJ)
	$(Q)rm -f $@ && $(AR) rcs $@ $^
$(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/fuzz/lib.a
	@mkdir -p $(@D)
	$(call say,FUZZ,$@)
	$(Q)clang $(CFLAGS_ALL) $(FUZZ_FLAGS) -fsanitize=fuzzer -o $@ $^ $(call libs_of,$(FLOOR_proof) fleet)
.PHONY: fuzz-programs
fuzz-programs: $(FUZZ_BIN)
fuzz: fuzz-programs
	$(Q)for f in $(FUZZ_BIN); do sh tests/fuzz/seeds.sh $$(basename $$f) $$f.seeds; mkdir -p $$f.corpus && \
	  $$f -max_total_time=$(FUZZ_S) -print_final_stats=1 -timeout=10 -rss_limit_mb=2048 $$f.corpus $$f.seeds 2>&1 | \
	  grep -E 'ERROR|stat::number_of_executed|SUMMARY' | sed "s|^|$$(basename $$f): |"; done

coverage: deps-check
	$(Q)$(MAKE) --no-print-directory -s -j$$(nproc) COV=1 tests
	$(Q)BUILD=$(BUILD)/cov sh tests/run.sh unit >/dev/null || true
	$(Q)cd $(BUILD)/cov && find obj/src -name '*.gcda' | xargs gcov -b -n 2>/dev/null | awk -f $(CURDIR)/tests/coverage.awk

install: all
	install -D -m755 -t $(DESTDIR)$(PREFIX)/bin $(PROGRAMS)
	install -D -m644 -t $(DESTDIR)$(PREFIX)/lib/gatehouse $(SHIM)
	install -D -m755 -t $(DESTDIR)$(PREFIX)/lib/gatehouse $(STAND_IN)
	install -D -m644 -t $(DESTDIR)$(PREFIX)/share/gatehouse/themes $(wildcard themes/*.theme)
	install -D -m644 -t $(DESTDIR)$(PREFIX)/share/gatehouse/inventory $(wildcard inventory/*.json inventory/*.yaml)
	install -D -m644 -t $(DESTDIR)$(PREFIX)/share/gatehouse/inventory/policies $(wildcard inventory/policies/*.json)
	install -D -m644 -t $(DESTDIR)$(PREFIX)/share/man/man1 $(wildcard docs/*.1)
	install -D -m644 -t $(DESTDIR)$(PREFIX)/share/man/man5 $(wildcard docs/*.5)

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD)/obj $(BUILD)/fuzz/obj -name '*.d' 2>/dev/null)
