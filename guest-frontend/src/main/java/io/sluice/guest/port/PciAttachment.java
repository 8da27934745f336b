// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import io.sluice.shared.memory.Mmio;
import io.sluice.shared.pacing.Sleeper;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.SharedMemory;
import io.sluice.shared.ring.Doorbell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A virtual machine's attachment: QEMU's {@code ivshmem-doorbell} PCI device (docs/specs/ivshmem-spec, "Device"),
 * mapped through sysfs, without a driver in the kernel.
 *
 * <pre>
 *   BAR0, 256 bytes of registers:  8  IVPosition, this guest's id   12  Doorbell, peer &lt;&lt; 16 | vector, write-only
 *   BAR2, the region
 * </pre>
 * A sysfs mapping brings no interrupts, so threads that work on it never ask to be woken: they sleep for short, bounded
 * times. {@link VfioAttachment} has them.
 */
final class PciAttachment implements Attachment {
    private static final int IV_POSITION = 8;
    private static final int DOORBELL = 12;
    private static final long REGISTERS_BYTES = 4096;

    private final Path device;
    private final long registers;
    private final long address;
    private final long lengthBytes;
    private final String warning;
    private boolean closed;

    private PciAttachment(Path device, long registers, long address, long lengthBytes) {
        this.device = device;
        this.registers = registers;
        this.address = address;
        this.lengthBytes = lengthBytes;
        this.warning = MappingProbe.warning(address);
    }

    /**
     * Maps the device in sysfs folder {@code device}.
     *
     * @throws IOException with what to do, where it cannot be enabled or mapped
     */
    static PciAttachment map(Path device) throws IOException {
        try {
            Files.writeString(device.resolve("enable"), "1");
        } catch (IOException e) {
            throw new IOException(
                    "cannot enable the PCI device " + device.getFileName() + ": " + e + "; run as root in the guest",
                    e);
        }
        final Path memory = device.resolve("resource2");
        final long bytes = Files.size(memory);
        final long registers = mapResource(device.resolve("resource0"), REGISTERS_BYTES);
        return new PciAttachment(device, registers, mapResource(memory, bytes), bytes);
    }

    private static long mapResource(Path resource, long lengthBytes) throws IOException {
        final int descriptor = Descriptors.open(resource.toString());
        if (descriptor < 0) {
            throw new IOException(
                    "cannot open " + resource + ": " + Errno.describe(descriptor) + "; run as root in the guest");
        }
        try {
            final long address = SharedMemory.mapDevice(descriptor, lengthBytes);
            if (address < 0 && address > -4096) {
                throw new PosixException(
                        "mmap(" + resource + ")",
                        (int) address,
                        "a kernel driver may hold the device (unbind it), or kernel lockdown forbids it (Secure Boot)");
            }
            return address;
        } finally {
            Descriptors.close(descriptor);
        }
    }

    @Override
    public long address() {
        return address;
    }

    @Override
    public long lengthBytes() {
        return lengthBytes;
    }

    @Override
    public int peerId() {
        return Mmio.read32(registers + IV_POSITION);
    }

    @Override
    public Doorbell doorbell() {
        return (peer, vector) -> Mmio.write32(registers + DOORBELL, peer << 16 | vector & 0xFFFF);
    }

    @Override
    public Sleeper newSleeper() {
        return Sleeper.withoutBell();
    }

    @Override
    public String note() {
        return "device " + device.getFileName() + ": no interrupts through sysfs, so waiting means short sleeps; "
                + PciDevices.waysToInterrupts(device)
                + (warning.isEmpty() ? "" : "; " + warning);
    }

    /** A device has no connection that could end: the region's state tells. */
    @Override
    public boolean hostPresent() {
        return true;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            SharedMemory.unmap(address, lengthBytes);
            SharedMemory.unmap(registers, REGISTERS_BYTES);
        }
    }
}
