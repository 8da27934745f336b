// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci;

/** Memory that a device may read and write. */
public interface DmaMapping extends AutoCloseable {
    /** The address by which the device knows the first byte; the bytes behind it follow on. */
    long deviceAddress();

    /** Takes the memory from the device; it must have been told to use it no more. Idempotent. */
    @Override
    void close();
}
