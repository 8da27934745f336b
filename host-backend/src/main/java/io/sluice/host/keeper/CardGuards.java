// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import io.sluice.shared.posix.RuntimeDirectory;
import java.time.Duration;
import java.util.Map;

/**
 * Who takes cards off their bus that no IOMMU keeps from memory, when this process is killed: the keeper's process, with
 * which it has a connection for that. systemd's store cannot do it: it holds descriptors, and writes to none.
 */
public final class CardGuards implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CardGuards.class.getName());
    private static final Duration CONNECT = Duration.ofSeconds(60);

    private final RuntimeDirectory directory;
    private final DescriptorStore store;
    private KeeperLink own;
    private boolean waited;

    /** For the backend of {@code directory}; {@code store} is what it has already, or null. */
    public CardGuards(RuntimeDirectory directory, DescriptorStore store) {
        this.directory = directory;
        this.store = store;
    }

    /** The guard of the card in {@code slot}; where there is none, a warning says what that means. */
    public synchronized KeptDescriptors of(String slot) {
        final KeeperLink link = store instanceof KeeperLink given ? given : own();
        if (!link.awaitHeld(waited ? Duration.ZERO : CONNECT)) {
            waited = true;
            LOG.log(
                    System.Logger.Level.WARNING,
                    "{0} is driven without a guard, for no keeper could be started in {1}: if this process is killed"
                            + " (kill -9), the card goes on writing to memory that belongs to others by then. Stop"
                            + " it orderly, or give the card an IOMMU: sluice nic bind {0} --driver vfio-pci",
                    slot,
                    directory.path());
        }
        final String group = KeptItems.CARD_GROUP
                + slot.replace(':', '-')
                + '~'
                + ProcessHandle.current().pid()
                + '-'
                + Long.toHexString(System.nanoTime());
        return new KeptDescriptors(link, group, Map.of());
    }

    private KeeperLink own() {
        if (own == null) {
            own = KeeperLink.open(directory, Duration.ZERO);
        }
        return own;
    }

    /** Says goodbye to a keeper that was asked for cards only; these are closed. */
    @Override
    public synchronized void close() {
        if (own != null) {
            own.close();
        }
    }
}
