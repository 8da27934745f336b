# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# The part of ./sluice behind `./sluice test`: installs what tests need, runs them all, and says what could not run.
# It is sourced by the launcher and uses its functions.

# What benchmarks and tests call, and the Debian package that has it. The only lists of these.
BENCH_NEEDS=(
    "gcc gcc"
    "/usr/include/stdio.h libc6-dev"
    "pkg-config pkgconf"
    "/usr/include/dpdk/rte_ethdev.h libdpdk-dev"
)
TEST_NEEDS=(
    "${BENCH_NEEDS[@]}"
    "qemu-system-x86_64 qemu-system-x86"
    "tcpdump tcpdump"
    "ip iproute2"
    "ping iputils-ping"
    "cpio cpio"
    "lz4 lz4"
    "debootstrap debootstrap"
    "/usr/share/keyrings/debian-archive-keyring.gpg debian-archive-keyring"
    "git git"
    "/etc/ssl/certs/ca-certificates.crt ca-certificates"
)

# Maven testing: each test class as it starts and each that fails; a module's closing line stays.
translate_test() {
    case $1 in
    '[INFO] Running '*) shown="running ${1#*Running }" ;;
    *'Tests run:'*' -- in '*'<<<'*) aloud=$1 ;;
    *'Tests run:'*' -- in '*) [ -t 2 ] || aloud=${1#\[*\] } ;;
    *'Tests run:'*) aloud=$1 ;;
    *'Building Sluice: '*) shown=${1#*Building Sluice: }; shown="module ${shown%% *}" ;;
    '[ERROR]   '*|'[ERROR] io.sluice.'*) aloud=$1 ;;
    'Downloading from '*) [ ! -t 2 ] || shown="downloading ${1##*/}" ;;
    '['*|'') ;;
    *) [ -t 2 ] && shown=$1 || aloud=$1 ;;
    esac
}

# Sets `missing` to the packages of the needs $@ that this machine lacks.
find_missing() {
    local need
    missing=()
    for need in "$@"; do
        PATH=$PATH:/usr/sbin:/sbin type -P "${need% *}" >/dev/null || [ -e "${need% *}" ] || missing+=("${need#* }")
    done
}

# Sets `missing` to what is still missing of the needs $@ after installing them where that is possible.
install_missing() {
    find_missing "$@"
    if [ ${#missing[@]} -gt 0 ] && [ "$EUID" -eq 0 ] && command -v apt-get >/dev/null; then
        apt_install "${missing[@]}" || true
        find_missing "$@"
    fi
}

run_tests() {
    local options=() option log=$home/target/test.log missing ok=true
    for option in "$@"; do
        [ "$option" != --long ] || option=-Dsluice.long=true
        options+=("$option")
    done
    install_missing "${TEST_NEEDS[@]}"
    need_jdk
    # Tests that start ./sluice find it built; a program that does not compile is said so at once.
    is_built || build
    need_maven
    say "checking rules and format"
    check_rules "${options[@]}" || ok=false
    rm -rf "$home"/*/target/surefire-reports
    run_maven "$log" translate_test verify -Dcheckstyle.skip -Dspotless.check.skip -Dmaven.test.failure.ignore=true \
        -Dsurefire.failIfNoSpecifiedTests=false "${options[@]}" || {
        maven_errors "$log" >&2
        say "Maven failed; the full log is $log"
        ok=false
    }
    # With failures ignored so that every module runs, Maven calls even a test JVM that died a success.
    if grep -E 'forked VM terminated|error in the fork' "$log" >&2; then
        ok=false
    fi
    hand_over
    summary || ok=false
    $ok
}

translate_check() {
    translate_build "$1"
    shown=${shown/building/checking}
    [ -t 2 ] || shown=
}

# Holds the code against Checkstyle's rules and the formatter's layout; every module, whatever the others say. Takes
# the options that the tests get.
check_rules() {
    local log=$home/target/rules.log
    run_maven "$log" translate_check --fail-never -Dcheckstyle.failOnViolation=false checkstyle:check@rules spotless:check@format \
        "$@"
    ! grep -q '^\[ERROR\]' "$log" || {
        maven_errors "$log" >&2
        say "rules or format are not kept (layout: mvn spotless:apply, by a JDK $JAVA_RELEASE); the full log is $log"
        return 1
    }
}

# Says from Surefire's reports what ran, what failed and what could not run, by name.
summary() {
    local reports missing_line='' status=0
    reports=("$home"/*/target/surefire-reports/TEST-*.xml)
    [ -e "${reports[0]}" ] || { echo "no test ran"; return 1; }
    [ ${#missing[@]} -eq 0 ] || missing_line=$(install_command "${missing[*]}" "${missing[*]}" "${missing[*]}" \
        "${missing[*]}" "${missing[*]}")
    awk -v missing="$missing_line" -v ci="${CI:-}" '
        function attribute(name) {
            if (!match($0, " " name "=\"[^\"]*\"")) return ""
            value = substr($0, RSTART + length(name) + 3, RLENGTH - length(name) - 4)
            gsub(/&#10;/, " ", value); gsub(/&quot;/, "\"", value); gsub(/&apos;/, "\047", value)
            gsub(/&lt;/, "<", value); gsub(/&gt;/, ">", value); gsub(/&amp;/, "\\&", value)
            return value
        }
        BEGIN { RS = "<" }
        /^testsuite / {
            run += attribute("tests"); failures += attribute("failures"); errors += attribute("errors")
            skips += attribute("skipped")
        }
        /^testcase / { test = attribute("classname") "." attribute("name"); sub(/\.$/, "", test) }
        /^skipped/ { why = attribute("message"); skipped[++s] = test (why == "" ? "" : ": " why); aborted = why == "" }
        # The reason of an aborted test stands in the body, before its stack trace.
        aborted && /^!\[CDATA\[/ {
            sub(/^!\[CDATA\[[A-Za-z0-9_.$]*: */, ""); sub(/\n\tat .*/, ""); gsub(/\n/, " ")
            skipped[s] = skipped[s] ": " $0; aborted = 0
        }
        /^(failure|error) / { failed[++f] = test ": " substr(attribute("message"), 1, 300) }
        END {
            if (f) { print "Failed:"; for (i = 1; i <= f; i++) print "  " failed[i] }
            if (s) { print "Could not run here:"; for (i = 1; i <= s; i++) print "  " skipped[i] }
            if (missing != "") print "Not installed here, and tests need it:\n  " missing
            if (s && ci == "true") print "CI=true: a test that could not run fails the run"
            printf "Tests run: %d, Failures: %d, Errors: %d, Skipped: %d\n", run, failures, errors, skips
            printf "%d passed, %d failed, %d skipped\n", run - failures - errors - skips, failures + errors, skips
            exit failures + errors > 0 || run == 0 || (skips > 0 && ci == "true")
        }' "${reports[@]}" || status=1
    return $status
}
