// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import io.sluice.host.pci.PciConfig;
import io.sluice.host.pci.PciFunction;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PosixException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The interrupts of one client: SET_IRQS and GET_IRQ_INFO. Methods return 0 or an error number.
 *
 * <p>A function has MSI-X vectors, and a pin (INTx) where its configuration space says so. The interrupt that tells of an
 * error on the bus can be set up, as QEMU warns where it cannot, and is never signalled: there is no such error here.
 */
final class Interrupts {
    private static final Path EVENTFD = Path.of("anon_inode:[eventfd]");

    private final PciFunction function;
    private final InterruptLine intx = new InterruptLine(true);
    private final InterruptLine busError = new InterruptLine(false);
    private final InterruptLine[] msix;

    /** No interrupts yet, for {@code function}. */
    Interrupts(PciFunction function) {
        this.function = function;
        this.msix = new InterruptLine[function.vectors()];
        for (int vector = 0; vector < msix.length; vector++) {
            msix[vector] = new InterruptLine(false);
        }
    }

    /** How many interrupts type {@code index} has. */
    int count(int index) {
        return switch (index) {
            case Protocol.INTX -> function.readConfig(PciConfig.INTERRUPT_PIN, 1) == 0 ? 0 : 1;
            case Protocol.MSIX -> msix.length;
            case Protocol.BUS_ERROR -> 1;
            default -> 0;
        };
    }

    /** What can be done with those of type {@code index}. */
    int flags(int index) {
        if (count(index) == 0) {
            return 0;
        }
        return index == Protocol.INTX
                ? Protocol.IRQ_EVENTFD | Protocol.IRQ_MASKABLE | Protocol.IRQ_AUTOMASKED
                : Protocol.IRQ_EVENTFD;
    }

    /** Runs the SET_IRQS that {@code message} is. */
    int set(MessageStream message) {
        final ByteBuffer data = message.data();
        final int flags = data.getInt(4);
        final int index = data.getInt(8);
        final long start = Integer.toUnsignedLong(data.getInt(12));
        final long count = Integer.toUnsignedLong(data.getInt(16));
        final int kind = flags & Protocol.DATA_MASK;
        final int action = flags & ~Protocol.DATA_MASK;
        if (index < 0 || index >= Protocol.IRQ_TYPES || start + count > count(index)) {
            return Errno.EINVAL;
        }
        if (kind != Protocol.DATA_EVENTFD && message.descriptors() > 0) {
            return Errno.EINVAL;
        }
        if (kind == Protocol.DATA_BOOL && data.limit() - Protocol.SET_IRQS_BYTES != count) {
            return Errno.EINVAL;
        }
        if (kind != Protocol.DATA_NONE && kind != Protocol.DATA_BOOL && kind != Protocol.DATA_EVENTFD) {
            return Errno.EINVAL;
        }
        final int first = (int) start;
        final int behind = (int) (start + count);
        return switch (action) {
            case Protocol.ACTION_TRIGGER -> {
                if (kind == Protocol.DATA_EVENTFD) {
                    yield assign(index, first, behind, message);
                }
                if (kind == Protocol.DATA_NONE && count == 0) {
                    // Start and count of 0: all of them.
                    yield start == 0 ? unassign(index, 0, count(index)) : Errno.EINVAL;
                }
                yield trigger(index, first, behind, kind, data);
            }
            case Protocol.ACTION_MASK, Protocol.ACTION_UNMASK -> {
                final boolean none = kind == Protocol.DATA_NONE;
                yield index == Protocol.INTX && (none || kind == Protocol.DATA_BOOL)
                        ? mask(first, behind, action == Protocol.ACTION_MASK, none, data)
                        : Errno.EINVAL;
            }
            default -> Errno.EINVAL;
        };
    }

    private InterruptLine line(int index, int number) {
        return switch (index) {
            case Protocol.INTX -> intx;
            case Protocol.MSIX -> msix[number];
            default -> busError;
        };
    }

    private int assign(int index, int first, int behind, MessageStream message) {
        if (message.descriptors() == 0) {
            return unassign(index, first, behind);
        }
        if (message.descriptors() != behind - first) {
            return Errno.EINVAL;
        }
        for (int number = first; number < behind; number++) {
            final int descriptor = message.takeDescriptor();
            if (!prepared(descriptor)) {
                Descriptors.close(descriptor);
                return Errno.EINVAL;
            }
            line(index, number).assign(descriptor);
            route(index, number);
        }
        return 0;
    }

    /**
     * Whether this is an eventfd, and one that a write to never waits: the function's thread writes to it. Who passes one
     * can let it wait again afterwards, and then has only itself to blame for a card that stands still.
     */
    private static boolean prepared(int descriptor) {
        try {
            if (!Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).equals(EVENTFD)) {
                return false;
            }
            Descriptors.nonBlocking(descriptor, true);
            return true;
        } catch (IOException | PosixException e) {
            return false;
        }
    }

    private int unassign(int index, int first, int behind) {
        for (int number = first; number < behind; number++) {
            line(index, number).assign(-1);
            route(index, number);
        }
        return 0;
    }

    /** Tells the function where interrupt {@code number} of a type goes. */
    private void route(int index, int number) {
        if (index == Protocol.MSIX) {
            function.interrupt(number, msix[number].assigned() ? msix[number] : null);
        } else if (index == Protocol.INTX) {
            function.pin(intx.assigned() ? intx : null);
            followPin();
        }
    }

    /** Signals the pin that is asserted by now. No lock is held here that the function's own thread waits for. */
    private void followPin() {
        if (function.pinAsserted()) {
            intx.raise();
        }
    }

    /** What a client asks for to see that its interrupts arrive. */
    private int trigger(int index, int first, int behind, int kind, ByteBuffer data) {
        for (int number = first; number < behind; number++) {
            if (kind == Protocol.DATA_NONE || chosen(data, number - first)) {
                line(index, number).raise();
            }
        }
        return 0;
    }

    private int mask(int first, int behind, boolean masked, boolean all, ByteBuffer data) {
        for (int number = first; number < behind; number++) {
            if (all || chosen(data, number - first)) {
                intx.mask(masked);
                followPin();
            }
        }
        return 0;
    }

    private static boolean chosen(ByteBuffer data, int at) {
        return data.get(Protocol.SET_IRQS_BYTES + at) != 0;
    }

    /** Takes all of them from the function and closes their eventfds. */
    void clear() {
        for (int vector = 0; vector < msix.length; vector++) {
            function.interrupt(vector, null);
            msix[vector].assign(-1);
        }
        function.pin(null);
        intx.assign(-1);
        busError.assign(-1);
    }
}
