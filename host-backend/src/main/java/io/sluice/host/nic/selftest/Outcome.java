// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

/** What became of a check. */
public enum Outcome {
    /** All is as it has to be. */
    PASSED("ok"),
    /** The card works, and something is not as it should be. */
    WARNED("warn"),
    /** Something does not work. */
    FAILED("FAIL"),
    /** It was not tried. */
    SKIPPED("-");

    private final String mark;

    Outcome(String mark) {
        this.mark = mark;
    }

    /** As tables show it. */
    public String mark() {
        return mark;
    }
}
