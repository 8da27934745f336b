// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

/** A configuration file that cannot be used as it is; the message begins with {@code file:line:column}. */
public final class ConfigException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final int line;
    private final int column;

    /**
     * Says what is wrong at one place.
     *
     * @param line from 1, or 0 where the file as a whole is meant
     * @param column from 1, or 0 where the file as a whole is meant
     * @param problem what is wrong there
     * @param hint what would be right; empty where that is not known
     */
    ConfigException(String file, int line, int column, String problem, String hint, Throwable cause) {
        super(place(file, line, column) + ": " + problem + (hint.isEmpty() ? "" : "\n  " + hint), cause);
        this.line = line;
        this.column = column;
    }

    private static String place(String file, int line, int column) {
        return line == 0 ? file : file + ':' + line + ':' + column;
    }

    public int line() {
        return line;
    }

    public int column() {
        return column;
    }
}
