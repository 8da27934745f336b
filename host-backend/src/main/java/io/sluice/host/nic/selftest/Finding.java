// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import java.util.ArrayList;
import java.util.List;

/**
 * What a check found.
 *
 * @param words in a sentence; where something is wrong, what it is and what to do
 */
record Finding(Outcome outcome, String words, List<Fact> facts) {
    Finding {
        facts = List.copyOf(facts);
    }

    static Finding passed(String words) {
        return new Finding(Outcome.PASSED, words, List.of());
    }

    static Finding warned(String words) {
        return new Finding(Outcome.WARNED, words, List.of());
    }

    static Finding failed(String words) {
        return new Finding(Outcome.FAILED, words, List.of());
    }

    static Finding skipped(String words) {
        return new Finding(Outcome.SKIPPED, words, List.of());
    }

    /** With one more fact. */
    Finding with(String name, Object value) {
        final List<Fact> more = new ArrayList<>(facts);
        more.add(new Fact(name, String.valueOf(value)));
        return new Finding(outcome, words, more);
    }

    Finding with(List<Fact> others) {
        final List<Fact> more = new ArrayList<>(facts);
        more.addAll(others);
        return new Finding(outcome, words, more);
    }
}
