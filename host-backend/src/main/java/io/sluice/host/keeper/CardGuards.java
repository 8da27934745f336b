// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;

/**
 * Who takes cards off their bus that no IOMMU keeps from memory, when this process is killed: the keeper's process, with
 * which it has a connection for that. systemd's store cannot do it: it holds descriptors, and writes to none.
 */
public final class CardGuards implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(CardGuards.class.getName());
    private static final Duration SOON = Duration.ofSeconds(2);
    /** In a machine that is emulated, or has much else to do, Java takes a minute to start. */
    private static final Duration CONNECT = Duration.ofMinutes(3);

    private final RuntimeDirectory directory;
    private final DescriptorStore store;
    private final Duration limit;
    private KeeperLink own;

    /** For the backend of {@code directory}; {@code store} is what it has already, or null. */
    public CardGuards(RuntimeDirectory directory, DescriptorStore store) {
        this(directory, store, CONNECT);
    }

    /** A keeper may take up to {@code limit} to come. */
    CardGuards(RuntimeDirectory directory, DescriptorStore store, Duration limit) {
        this.directory = directory;
        this.store = store;
        this.limit = limit;
    }

    /**
     * The guard of the card in {@code slot}.
     *
     * @throws IOException where none comes: such a card is not driven, for it would go on writing to memory that belongs to
     *     others once this process is killed
     */
    public synchronized KeptDescriptors of(String slot) throws IOException {
        final KeeperLink link = store instanceof KeeperLink given ? given : own();
        if (!link.awaitHeld(SOON)) {
            LOG.log(
                    System.Logger.Level.INFO,
                    "{0} waits for the keeper, the process that stops the card should this one be killed",
                    slot);
            if (!link.awaitHeld(limit)) {
                throw new IOException(slot + " is not driven, for no keeper came within " + limit.toSeconds() + " s in "
                        + directory.path() + ": should this process be killed, nothing would keep the card from"
                        + " writing to memory that belongs to others by then. The warnings above say what keeps the"
                        + " keeper; or give the card an IOMMU: sluice nic bind " + slot + " --driver vfio-pci");
            }
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
