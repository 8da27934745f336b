// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ThisProgramTest {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    @Test
    void shouldStartAgainAsItWasStarted() {
        assertThat(ThisProgram.javaCommand(List.of(
                        "java", "--add-modules", "x", "-cp", "a.jar:b.jar", "io.sluice.host.cli.Main", "demo", "--vm")))
                .containsExactly(JAVA, "--add-modules", "x", "-cp", "a.jar:b.jar");
    }

    @Test
    void shouldUseItsOwnClassPathWhereItWasStartedOtherwise() {
        assertThat(ThisProgram.javaCommand(List.of("java", "-jar", "other.jar")))
                .containsExactly(
                        JAVA, "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"));
    }
}
