// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.vfio;

import java.io.IOException;

/** A device cannot be had through VFIO, or not do what was asked; the message says what to type. */
public final class VfioException extends IOException {
    private static final long serialVersionUID = 1L;

    /** {@code slot} has the trouble {@code what}, and {@code remedy} mends it. */
    VfioException(String slot, String what, String remedy) {
        super("PCI device " + slot + ": " + what + (remedy.isEmpty() ? "" : "; " + remedy));
    }
}
