// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.ReceiveRegisters.rdt;
import static io.sluice.host.ixgbe.register.TransmitRegisters.tdt;

import io.sluice.host.pci.PciDevice;
import io.sluice.host.pci.TailRegister;
import java.util.List;

/**
 * One port of an 82599, X540 or X550 under this program's control. Opening it resets it and sets it up as the datasheet
 * says; queues, filters and the rest are then asked for one by one. What is asked for is kept, and holds again after the
 * card was reset (see {@link CardHealth}).
 *
 * <p>All methods may be called by any thread. None is for a packet's way: there, only {@link TailRegister}s are used.
 * {@link #maintain} has to be called every few milliseconds for as long as the card is open; ten times a second will do
 * while it works and its link is up.
 */
public final class Card implements AutoCloseable {
    private static final long STATISTICS_NANOS = Registers.SECOND;

    private final Registers registers;
    private final CardOptions options;
    private final CardIdentity identity;
    private final AddressFilters addresses;
    private final VlanFilters vlans;
    private final Pools pools;
    private final Rss rss;
    private final FlowControl flowControl;
    private final Interrupts interrupts;
    private final CardStatistics statistics;
    private final ReceiveQueues receiveQueues;
    private final TransmitQueues transmitQueues;
    private final LinkMonitor link;
    private final CardHealth health;
    private final CardSetup setup;

    private MacAddress macAddress;
    private long statisticsAt;
    private boolean closed;

    private Card(Registers registers, CardOptions options, CardKind kind, CardIdentity identity) {
        this.registers = registers;
        this.options = options;
        this.identity = identity;
        final Eeprom eeprom = new Eeprom(registers, kind);
        addresses = new AddressFilters(registers, options.promiscuous());
        vlans = new VlanFilters(registers);
        pools = new Pools(registers, addresses, vlans);
        rss = new Rss(registers, kind, pools);
        flowControl = new FlowControl(registers, kind, options.flowControl());
        interrupts = new Interrupts(registers);
        statistics = new CardStatistics(registers);
        receiveQueues = new ReceiveQueues(registers, options.maxFrameBytes());
        transmitQueues = new TransmitQueues(registers);
        final FirmwareSemaphore semaphore = new FirmwareSemaphore(registers, kind);
        link = new LinkMonitor(
                registers,
                kind,
                LinkStarter.of(identity.media(), registers, semaphore, eeprom, identity.port()),
                options.linkRetryNanos());
        final List<CardPart> parts = List.of(
                new Initialization(registers, kind, options.maxFrameBytes()),
                flowControl, // 4.6.3.2
                link, // 4.6.3, 5
                statistics, // 4.6.3, 6
                new FrameLimit(registers, options.maxFrameBytes()), // 4.6.7
                addresses,
                vlans,
                pools,
                rss,
                transmitQueues, // 4.6.8
                receiveQueues,
                interrupts); // 4.6.6
        setup = new CardSetup(registers, kind, eeprom, semaphore, statistics, parts);
        final FaultDetector faults =
                new FaultDetector(registers, transmitQueues, link, statistics, options.stuckNanos());
        health = new CardHealth(registers, faults, link, setup);
    }

    /**
     * Takes control of {@code device}, which stays the caller's to close after the card.
     *
     * @throws CardException where it is no card of this family, or does not do what it has to; nothing was written to a
     *     device that is not one, or is in no state to be driven
     */
    public static Card open(PciDevice device, CardOptions options) throws CardException {
        final CardInspection found = CardInspection.of(device, options.clock());
        final Card card = new Card(found.registers(), options, found.kind(), found.identity());
        try {
            card.start();
        } catch (CardException | RuntimeException e) {
            new BusAccess(device).disableMaster();
            throw e;
        }
        return card;
    }

    private void start() throws CardException {
        synchronized (registers) {
            setup.stop();
            macAddress = setup.address(identity.port());
            addresses.accept(macAddress);
            setup.start();
        }
    }

    /** What the user calls it. */
    public String name() {
        return registers.device().name();
    }

    /** What it is driven through: for mapping memory. */
    public PciDevice device() {
        return registers.device();
    }

    /** How it is run. */
    public CardOptions options() {
        return options;
    }

    /** What it says it is. */
    public CardIdentity identity() {
        return identity;
    }

    /** The address it came with. */
    public MacAddress macAddress() {
        return macAddress;
    }

    /**
     * Enables receive queue {@code queue}, 0 to 127, with head and tail 0: the card has no descriptors yet. Its buffers
     * hold a frame of {@link CardOptions#maxFrameBytes}, or it is refused.
     */
    public void enableReceive(int queue, ReceiveRing ring) throws CardException {
        synchronized (registers) {
            receiveQueues.enable(queue, ring);
        }
    }

    /** Disables a receive queue; on return the card touches neither its descriptors nor its buffers. Idempotent. */
    public void disableReceive(int queue) throws CardException {
        synchronized (registers) {
            receiveQueues.disable(queue);
        }
    }

    /** Enables transmit queue {@code queue}, 0 to 127, with head and tail 0. */
    public void enableTransmit(int queue, TransmitRing ring) throws CardException {
        synchronized (registers) {
            transmitQueues.enable(queue, ring);
        }
    }

    /** Disables a transmit queue; on return the card touches neither its descriptors nor its buffers. Idempotent. */
    public void disableTransmit(int queue) throws CardException {
        synchronized (registers) {
            transmitQueues.disable(queue);
        }
    }

    /** RDT of {@code queue}: the card owns descriptors from its head up to there, none where both are equal. */
    public TailRegister receiveTail(int queue) {
        return registers.tail(rdt(queue));
    }

    /** TDT of {@code queue}: the card sends descriptors from its head up to there, none where both are equal. */
    public TailRegister transmitTail(int queue) {
        return registers.tail(tdt(queue));
    }

    /** Divides the card into pools, or undivides it. All queues have to be disabled, all pools closed. */
    public void divide(Pools.Layout layout) throws CardException {
        synchronized (registers) {
            if (receiveQueues.any() || transmitQueues.any()) {
                throw registers.failure("queues are in use, the card cannot be divided otherwise; disable them first");
            }
            pools.divide(layout);
            rss.spread(1);
        }
    }

    /** Its pools, once it is divided. */
    public Pools pools() {
        return pools;
    }

    /** The spreading of packets over queues. */
    public Rss rss() {
        return rss;
    }

    /** The addresses it takes frames for. */
    public AddressFilters addresses() {
        return addresses;
    }

    /** The VLANs it takes frames of. */
    public VlanFilters vlans() {
        return vlans;
    }

    /** Pauses. */
    public FlowControl flowControl() {
        return flowControl;
    }

    /** Its interrupts; it needs none. */
    public Interrupts interrupts() {
        return interrupts;
    }

    /** Its counters. */
    public CardStatistics statistics() {
        return statistics;
    }

    /** Its link. */
    public LinkMonitor link() {
        return link;
    }

    /** Whether it works, and who has to know when it does not. */
    public CardHealth health() {
        return health;
    }

    /** Looks after link, health and counters; a thread of the control path calls it every few milliseconds. */
    public void maintain() {
        synchronized (registers) {
            if (closed || !health.check()) {
                return;
            }
            link.check();
            final long now = registers.clock().nanos();
            if (now - statisticsAt >= STATISTICS_NANOS) {
                statisticsAt = now;
                statistics.refresh();
            }
        }
    }

    /** Resets the card, so that it touches no memory any more, and lets it go. Idempotent. */
    @Override
    public void close() {
        synchronized (registers) {
            if (closed) {
                return;
            }
            closed = true;
            link.stopped(LinkState.Phase.DOWN, "nothing; the card was closed");
            setup.end();
        }
    }
}
