// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

/** What holds for descriptor rings of either direction. */
final class RingShape {
    /** RDLEN and TDLEN count in 128 bytes (8.2.3.8.3, 8.2.3.9.7). */
    private static final int ALIGNMENT_BYTES = 128;

    static final int DESCRIPTOR_BYTES = 16;
    private static final int DESCRIPTORS_PER_UNIT = ALIGNMENT_BYTES / DESCRIPTOR_BYTES;

    /** The datasheet's RDLEN and TDLEN go to 8192; Intel validates 4096. */
    private static final int MAX_DESCRIPTORS = 4096;

    private RingShape() {}

    static void check(long descriptorsDeviceAddress, int descriptors) {
        if (descriptorsDeviceAddress % ALIGNMENT_BYTES != 0) {
            throw new IllegalArgumentException("descriptorsDeviceAddress=0x"
                    + Long.toHexString(descriptorsDeviceAddress) + ", must be a multiple of " + ALIGNMENT_BYTES);
        }
        if (descriptors < DESCRIPTORS_PER_UNIT
                || descriptors > MAX_DESCRIPTORS
                || descriptors % DESCRIPTORS_PER_UNIT != 0) {
            throw new IllegalArgumentException("descriptors=" + descriptors + ", must be a multiple of "
                    + DESCRIPTORS_PER_UNIT + " up to " + MAX_DESCRIPTORS);
        }
    }
}
