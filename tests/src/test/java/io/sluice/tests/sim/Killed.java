// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.sim;

/** Unwinds the step of a program that was killed in the middle of it. */
final class Killed extends Error {
    private static final long serialVersionUID = 1;

    Killed() {
        super("killed", null, false, false);
    }
}
