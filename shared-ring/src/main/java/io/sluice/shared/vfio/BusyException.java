// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

/** Somebody else has the device, perhaps only until the kernel is through with a process that has just ended. */
final class BusyException extends Exception {
    private static final long serialVersionUID = 1L;

    /** {@code file} is open elsewhere. */
    BusyException(String file) {
        super(file);
    }
}
