// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.machine;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.tests.Precondition;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The README's two commands on machines that have never seen Sluice.
 *
 * <p>{@code ./sluice test} runs those of two modules there: all of them would include this one.
 */
class NewMachineTest {
    private static final Duration COMMAND_LIMIT = Duration.ofMinutes(5);
    private static final Path OWN_JDK = Path.of(System.getProperty("java.home"));

    @BeforeAll
    static void needWhatMachinesAreMadeOf() {
        Precondition.requireRoot();
        Precondition.requireCommands("apt-get", "debootstrap", "unshare", "chroot", "git", "tar");
        Shell.Result mounted =
                Shell.run("", COMMAND_LIMIT, List.of("unshare", "--mount", "mount", "-t", "tmpfs", "none", "/mnt"));
        Precondition.require(mounted.exitCode() == 0, "leave to mount in a namespace of its own");
    }

    @Test
    void shouldSetUpDebian13ByTwoCommands() throws IOException {
        try (BareMachine machine = new BareMachine(DebianTree.of("trixie"), "trixie", null)) {
            Shell.Result demo = machine.run(COMMAND_LIMIT, "./sluice", "demo");
            assertThat(demo.exitCode()).as(demo.output()).isZero();

            Shell.Result test = machine.run(
                    COMMAND_LIMIT,
                    "./sluice",
                    "test",
                    "-pl",
                    "shared-ring,guest-frontend",
                    "-Dcheckstyle.skip",
                    "-Dspotless.check.skip");
            assertThat(test.exitCode()).as(test.output()).isZero();
            assertThat(test.output())
                    .containsPattern("Tests run: [1-9]")
                    .containsPattern("[1-9]\\d* passed, 0 failed, 0 skipped");
            assertThat(List.of("/usr/bin/qemu-system-x86_64", "/usr/bin/tcpdump", "/usr/bin/gcc", "/usr/bin/javac"))
                    .allMatch(machine::added);
        }
    }

    @Test
    void shouldSetUpDebian12WithAJdkSupplied() throws IOException {
        try (BareMachine machine = new BareMachine(DebianTree.of("bookworm"), "bookworm", OWN_JDK)) {
            Shell.Result demo = machine.run(COMMAND_LIMIT, "./sluice", "demo");
            assertThat(demo.exitCode()).as(demo.output()).isZero();

            // What was built may be run by a processor with fewer instructions: the cache has none of this one's.
            Shell.Result cache = machine.run(
                    COMMAND_LIMIT,
                    "env",
                    "SLUICE_JAVA_OPTS=-Xlog:aot+codecache+init=info:stdout",
                    "./sluice",
                    "--version");
            assertThat(cache.output()).contains("AOT Code Cache is empty");
        }
    }

    @Test
    void shouldSayWhatIsMissingOnDebian12WithoutAJdk() throws IOException {
        try (BareMachine machine = new BareMachine(DebianTree.of("bookworm"), "bookworm-without-jdk", null)) {
            Shell.Result demo = machine.run(COMMAND_LIMIT, "./sluice", "demo");
            assertThat(demo.exitCode()).as(demo.output()).isPositive();
            assertThat(demo.output())
                    .contains("a JDK 25 or newer, with javac and jlink, is needed")
                    .contains("Debian GNU/Linux 12 (bookworm) has no openjdk-25-jdk-headless")
                    .contains("adoptium.net")
                    .contains("JAVA_HOME");
        }
    }
}
