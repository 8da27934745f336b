// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.agent;

/** How a command's log lines look: one line, {@code 14:03:07 WARNING text}, on the standard error stream. */
public final class LogFormat {
    private static final String PROPERTY = "java.util.logging.SimpleFormatter.format";

    private LogFormat() {}

    /** Sets the format before the first line is logged, where the user has not set another. */
    public static void set() {
        if (System.getProperty(PROPERTY) == null) {
            System.setProperty(PROPERTY, "%1$tT %4$s %5$s%6$s%n");
        }
    }
}
