// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.function;

/** Which way a packet crosses its chain. */
public enum Direction {
    /** From the endpoint written first to the one written last. */
    FORWARD,
    /** The other way, in a chain of {@code <=>} arrows. */
    BACKWARD
}
