// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.host.pci.DmaMapping;
import io.sluice.host.pci.PciDevice;
import io.sluice.shared.memory.Backing;
import io.sluice.shared.memory.SharedRegion;
import java.io.IOException;

/**
 * The descriptors of one queue, and where its card writes its head: memory that the host and that card have, and nobody
 * else.
 *
 * <pre>
 *   0                  descriptors, 16 bytes each
 *   16 * descriptors   head, in a cache-line pair of its own
 * </pre>
 */
public final class DescriptorMemory implements AutoCloseable {
    private static final int DESCRIPTOR_BYTES = 16;
    private static final int HEAD_BYTES = 128;

    private final int descriptors;
    private final SharedRegion memory;
    private final DmaMapping mapping;

    private DescriptorMemory(int descriptors, SharedRegion memory, DmaMapping mapping) {
        this.descriptors = descriptors;
        this.memory = memory;
        this.mapping = mapping;
    }

    /**
     * Makes memory for {@code descriptors} of them and maps it for {@code device}.
     *
     * @throws IOException where there is no memory, or the device's door refuses it
     */
    public static DescriptorMemory of(PciDevice device, int descriptors) throws IOException {
        final long bytes = (long) descriptors * DESCRIPTOR_BYTES + HEAD_BYTES;
        final Backing backing = device.backing();
        final SharedRegion memory = SharedRegion.create("sluice-descriptors", backing.wholePages(bytes), backing);
        try {
            return new DescriptorMemory(descriptors, memory, device.map(memory));
        } catch (IOException | RuntimeException e) {
            memory.close();
            throw e;
        }
    }

    /** All of it, for whoever drives the queue instead of this process. */
    public SharedRegion memory() {
        return memory;
    }

    /** The first descriptor, in this process. */
    public long address() {
        return memory.address();
    }

    /** The first descriptor, as the card knows it. */
    public long deviceAddress() {
        return mapping.deviceAddress();
    }

    /** The head, in this process. */
    public long headAddress() {
        return memory.address() + (long) descriptors * DESCRIPTOR_BYTES;
    }

    /** The head, as the card knows it. */
    public long headDeviceAddress() {
        return mapping.deviceAddress() + (long) descriptors * DESCRIPTOR_BYTES;
    }

    /** Takes it from the card, whose queue is disabled, and frees it. */
    @Override
    public void close() {
        mapping.close();
        memory.close();
    }
}
