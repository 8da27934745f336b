// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * What a test needs of the machine it runs on. A test whose precondition does not hold is reported as one that could
 * not run, with the reason; with {@code CI=true} in the environment it fails.
 */
public final class Precondition {
    private static final boolean CI = "true".equals(System.getenv("CI"));

    private Precondition() {}

    /** Aborts the test unless {@code met}; {@code need} completes the sentence "needs ...". */
    public static void require(boolean met, String need) {
        if (!met && CI) {
            Assertions.fail("needs " + need);
        }
        Assumptions.assumeTrue(met, "needs " + need);
    }

    /** Aborts the test unless it runs as root. */
    public static void requireRoot() {
        require("root".equals(System.getProperty("user.name")), "root");
    }

    /** Aborts the test unless {@code commands} are all on the PATH. */
    public static void requireCommands(String... commands) {
        for (String command : commands) {
            require(isOnPath(command), "the command " + command + "; './sluice test' as root installs it");
        }
    }

    private static boolean isOnPath(String command) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, command)));
    }
}
