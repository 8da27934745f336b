// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

/** Memory that should hold a region does not, or holds one of another version, or a damaged one. */
public final class RegionFormatException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public RegionFormatException(String message) {
        super(message);
    }
}
