// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

/** Why a benchmark cannot run, or could not go on; the message says what to do. */
public final class BenchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public BenchException(String message) {
        super(message);
    }
}
