// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import java.io.Console;
import java.io.PrintWriter;
import java.util.List;
import picocli.CommandLine.Help.Ansi;

/**
 * Shows lines that replace those shown before, where the output is a terminal (ECMA-48 control sequences, as every
 * Linux terminal has them), else one block after the other.
 */
final class Screen {
    private static final String WRAP_OFF = "\033[?7l";
    private static final String WRAP_ON = "\033[?7h";
    private static final String CLEAR_BELOW = "\033[J";

    private final PrintWriter out;
    private final boolean interactive;
    private int shown;

    Screen(PrintWriter out, boolean interactive) {
        this.out = out;
        this.interactive = interactive;
    }

    /** Whether a person sits at a terminal that understands control sequences. */
    static boolean isTerminal() {
        final Console console = System.console();
        return console != null && console.isTerminal() && !"dumb".equals(System.getenv("TERM"));
    }

    /** Colours for {@code interactive} output, unless the user has asked for none (no-color.org). */
    static Ansi colours(boolean interactive) {
        final String none = System.getenv("NO_COLOR");
        return interactive && (none == null || none.isEmpty()) ? Ansi.ON : Ansi.OFF;
    }

    /** Shows {@code lines} in the place of those shown last. */
    void replace(List<String> lines) {
        if (!interactive) {
            lines.forEach(out::println);
            out.flush();
            return;
        }
        // A line that wrapped would make the count of lines to go back wrong.
        out.print(WRAP_OFF);
        if (shown > 0) {
            out.print("\033[" + shown + "F");
        }
        out.print(CLEAR_BELOW);
        lines.forEach(out::println);
        out.print(WRAP_ON);
        out.flush();
        shown = lines.size();
    }

    /** Lets what is shown stay. */
    void keep() {
        shown = 0;
    }
}
