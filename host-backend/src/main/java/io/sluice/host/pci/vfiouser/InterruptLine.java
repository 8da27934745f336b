// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import io.sluice.host.pci.PciFunction;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;

/**
 * One interrupt of a client's: the eventfd that it is signalled by, and whether it may be.
 *
 * <p>An interrupt by level (INTx) masks itself when it is signalled, and the client unmasks it once its guest has seen to
 * it (VFIO_IRQ_INFO_AUTOMASKED). What is raised in between is forgotten: the level tells then whether to signal again.
 *
 * <p>Any thread may call. The lock is held for a write to an eventfd at most, so that no signal goes to a descriptor that
 * has been closed and given to something else.
 */
final class InterruptLine implements PciFunction.Interrupt {
    private final boolean level;
    private int eventDescriptor = -1;
    private boolean masked;

    /** A line that signals nobody. */
    InterruptLine(boolean level) {
        this.level = level;
    }

    @Override
    public synchronized void raise() {
        if (eventDescriptor >= 0 && !masked) {
            masked = level;
            EventFd.signal(eventDescriptor);
        }
    }

    /** Signals {@code descriptor}, which belongs to this line from now on, or nobody with -1. */
    synchronized void assign(int descriptor) {
        if (eventDescriptor >= 0) {
            Descriptors.close(eventDescriptor);
        }
        eventDescriptor = descriptor;
        masked = false;
    }

    synchronized boolean assigned() {
        return eventDescriptor >= 0;
    }

    synchronized void mask(boolean on) {
        masked = on;
    }
}
