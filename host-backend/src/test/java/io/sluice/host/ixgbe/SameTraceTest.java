// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.host.pci.PciDevice;
import io.sluice.host.pci.vfiouser.VfioUserDoor;
import io.sluice.host.pci.vfiouser.VfioUserServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the driver does to a card does not depend on the door to it, nor on how the driver is run. */
class SameTraceTest {
    private static final int TIMEOUT_SECONDS = 60;

    /** What it is over the door of one process, with every access a call. */
    private static List<String> reference() throws IOException {
        try (ModelRig rig = new ModelRig(ModelRig.slow())) {
            return TraceProgram.run(rig, rig.device()).everything().lines().toList();
        }
    }

    private static void assertSame(List<String> actual, List<String> expected) {
        assertThat(expected).hasSizeGreaterThan(3000);
        for (int i = 0; i < Math.min(actual.size(), expected.size()); i++) {
            assertThat(actual.get(i)).as("access " + i).isEqualTo(expected.get(i));
        }
        assertThat(actual).hasSameSizeAs(expected);
    }

    @Test
    void shouldNotDependOnMappedTails() throws IOException {
        try (ModelRig rig = new ModelRig(ModelRig.slow().with(RegisterAccess.MAPPED_TAILS))) {
            assertThat(rig.device().tail(0x1018).mapped()).isTrue();
            assertSame(TraceProgram.run(rig, rig.device()).everything().lines().toList(), reference());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = RegisterAccess.class,
            names = {"TRAPPED", "MAPPED_TAILS"})
    void shouldNotDependOnTheDoor(RegisterAccess access, @TempDir Path folder) throws IOException {
        final Path socket = folder.resolve("card.sock");
        try (ModelRig rig = new ModelRig(ModelRig.slow().with(access));
                VfioUserServer _ = new VfioUserServer(socket, rig.model());
                PciDevice door = VfioUserDoor.connect(socket)) {
            assertSame(TraceProgram.run(rig, door).everything().lines().toList(), reference());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=1", "-XX:-TieredCompilation -Xbatch"})
    void shouldNotDependOnTheCompiler(String options, @TempDir Path folder) throws Exception {
        final Path printed = folder.resolve("trace");
        final List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED"));
        Collections.addAll(command, options.split(" "));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), TraceProgram.class.getName()));
        final Process program = new ProcessBuilder(command)
                .redirectOutput(printed.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            assertThat(program.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
        } finally {
            program.destroyForcibly();
        }

        assertThat(program.exitValue()).isZero();
        assertSame(Files.readAllLines(printed), reference());
    }
}
