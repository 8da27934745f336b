// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.port;

import io.sluice.host.endpoint.Endpoint;
import io.sluice.host.endpoint.PacketSink;
import io.sluice.host.endpoint.PacketSource;
import io.sluice.host.endpoint.Receiver;
import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.ReceiveRing;
import io.sluice.host.ixgbe.TransmitRing;
import io.sluice.host.ixgbe.queue.CardOutput;
import io.sluice.host.ixgbe.queue.CardReceiveAgent;
import io.sluice.host.ixgbe.queue.DescriptorMemory;
import io.sluice.host.ixgbe.queue.InterruptBell;
import io.sluice.host.ixgbe.queue.PacketBuffers;
import io.sluice.host.ixgbe.queue.QueueBell;
import io.sluice.host.ixgbe.queue.QueueGate;
import io.sluice.host.ixgbe.queue.ReceiveFormat;
import io.sluice.host.ixgbe.queue.ReceiveQueue;
import io.sluice.host.ixgbe.queue.TransmitControl;
import io.sluice.host.ixgbe.queue.TransmitQueue;
import io.sluice.host.nic.NicCard;
import io.sluice.host.pci.DmaMapping;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.memory.Backing;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.ring.Stage;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * One chain's place at a card: a queue to receive from, and transmit queues for what ends there. Its packets are not
 * received and sent one by one; the card reads and writes the slots' buffers itself.
 *
 * <p>Made and closed by the chain's own thread; queues are taken from the card before the memory is.
 */
public final class CardPort implements Endpoint {
    private static final System.Logger LOG = System.getLogger(CardPort.class.getName());

    private final String name;
    private final OpenCard card;
    private final CardRequest request;
    private final QueueNumbers numbers;
    private final String chain;
    private final boolean helped;
    private final Deque<Undoing> undoing = new ArrayDeque<>();
    private final List<QueueBell> bells = new CopyOnWriteArrayList<>();
    private boolean closed;

    /** Leads a queue's interrupts to a vector, or nowhere with -1. */
    @FunctionalInterface
    private interface Route {
        void to(int vector) throws CardException;
    }

    /** Takes back one thing that was done to the card. */
    @FunctionalInterface
    private interface Undoing {
        void undo() throws CardException;
    }

    CardPort(String name, OpenCard card, CardRequest request, String chain, boolean helped) {
        this.name = name;
        this.card = card;
        this.request = request;
        this.numbers = request.queueNumbers();
        this.chain = chain;
        this.helped = helped;
    }

    /** Has frames for the pool's address come here, where this port has one. */
    void openPool() throws CardException {
        final int pool = request.pool();
        if (pool >= 0) {
            card.card().pools().open(pool, request.mac().orElseThrow(), request.vlan());
            undoing.push(() -> card.card().pools().close(pool));
            final String filter = request.mac().orElseThrow() + (request.vlan() < 0 ? "" : ", VLAN " + request.vlan());
            final NicCard.Pool shown =
                    new NicCard.Pool(pool, chain, filter, numbers.transmit() + "-" + numbers.answer());
            card.show(shown);
            undoing.push(() -> card.hide(shown));
        }
    }

    /**
     * The first stage of a ring that begins here.
     *
     * @param packets the ring's region
     */
    public Receiver receiver(String roleName, Stage stage, SharedRegion packets) throws IOException {
        final PacketBuffers buffers = buffers(stage, packets);
        final DescriptorMemory memory = descriptors(buffers);
        final ReceiveFormat format = request.pool() >= 0 ? ReceiveFormat.ADVANCED : ReceiveFormat.LEGACY;
        final int number = numbers.receive();
        final ReceiveQueue queue =
                new ReceiveQueue(memory.address(), buffers, format, card.card().receiveTail(number));
        final QueueBell bell = bell(vector -> card.card().interrupts().routeReceive(number, vector));
        final QueueGate gate = gate(name + " receive queue " + number, bell);
        card.card()
                .enableReceive(
                        number,
                        new ReceiveRing(
                                memory.deviceAddress(),
                                buffers.slots(),
                                buffers.receiveKibibytes(),
                                true,
                                format == ReceiveFormat.ADVANCED));
        undoing.push(() -> card.card().disableReceive(number));
        show(true, number, buffers.slots());
        return new CardReceiveAgent(roleName, stage, queue, gate, () -> stopReceiving(number));
    }

    private void stopReceiving(int number) {
        try {
            card.card().disableReceive(number);
        } catch (CardException e) {
            LOG.log(System.Logger.Level.WARNING, e.getMessage());
        }
    }

    /** The output of a ring that ends here. */
    public CardOutput output(Stage stage, SharedRegion packets, long stallNanos) throws IOException {
        return output(stage, packets, stallNanos, numbers.transmit());
    }

    /** The output of a ring that begins here, for what is sent back. */
    public CardOutput answers(Stage stage, SharedRegion packets, long stallNanos) throws IOException {
        return output(stage, packets, stallNanos, numbers.answer());
    }

    private CardOutput output(Stage stage, SharedRegion packets, long stallNanos, int number) throws IOException {
        final PacketBuffers buffers = buffers(stage, packets);
        final DescriptorMemory memory = descriptors(buffers);
        final TransmitQueue queue = new TransmitQueue(
                memory.address(), memory.headAddress(), buffers, card.card().transmitTail(number));
        final QueueBell bell = bell(vector -> card.card().interrupts().routeTransmit(number, vector));
        final QueueGate gate = gate(name + " transmit queue " + number, bell);
        final TransmitRing ring = new TransmitRing(memory.deviceAddress(), buffers.slots(), memory.headDeviceAddress());
        card.card().enableTransmit(number, ring);
        undoing.push(() -> card.card().disableTransmit(number));
        show(false, number, buffers.slots());
        return new CardOutput(queue, gate, new Control(number, ring), request.maxFrameBytes(), stallNanos);
    }

    private void show(boolean receives, int number, int descriptors) {
        final NicCard.Queue queue = NicCard.Queue.uncounted(receives, number, chain, descriptors);
        card.show(queue);
        undoing.push(() -> card.hide(queue));
    }

    private PacketBuffers buffers(Stage stage, SharedRegion packets) throws IOException {
        final DmaMapping mapping = card.map(packets);
        undoing.push(() -> card.unmap(packets));
        return new PacketBuffers(
                mapping.deviceAddress() + stage.bufferAddress(0) - packets.address(),
                stage.ring().slots(),
                stage.bufferBytes(),
                stage.ring().headroom());
    }

    private DescriptorMemory descriptors(PacketBuffers buffers) throws IOException {
        final DescriptorMemory memory = DescriptorMemory.of(card.card().device(), buffers.slots());
        undoing.push(memory::close);
        return memory;
    }

    /** What tells a queue's thread of what the card has done; {@code route} leads the queue's interrupts to a vector. */
    private QueueBell bell(Route route) throws CardException {
        if (helped) {
            return QueueBell.SAME_THREAD;
        }
        final int vector = card.takeVector();
        if (vector < 0) {
            return QueueBell.NONE;
        }
        undoing.push(() -> card.giveVector(vector));
        final InterruptBell bell = new InterruptBell(card.card().interrupts(), vector);
        undoing.push(bell::close);
        bells.add(bell);
        route.to(vector);
        undoing.push(() -> route.to(-1));
        return bell;
    }

    private QueueGate gate(String queue, QueueBell bell) {
        final QueueGate gate = new QueueGate(queue, bell);
        card.card().health().add(gate);
        undoing.push(() -> card.card().health().remove(gate));
        return gate;
    }

    /** What memory has to be made of whose packets the card reads and writes. */
    public Backing backing() {
        return card.device().backing();
    }

    /** What the chain's helper thread is to do for the card beside its stages. */
    public List<Agent> agents() {
        return helped ? List.of(card.modelAgent()) : List.of();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public PacketSource source() {
        throw new IllegalStateException(name + " fills rings by itself");
    }

    @Override
    public PacketSink sink() {
        throw new IllegalStateException(name + " empties rings by itself");
    }

    @Override
    public Map<String, Long> details() {
        final Map<String, Long> details = card.details();
        if (!bells.isEmpty()) {
            details.put(
                    "card-wakeups", bells.stream().mapToLong(QueueBell::rings).sum());
        }
        return details;
    }

    @Override
    public Optional<String> failure() {
        return card.failure();
    }

    /** Takes the queues from the card, then the memory, in the reverse order of giving them; idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        while (!undoing.isEmpty()) {
            try {
                undoing.pop().undo();
            } catch (CardException e) {
                // A card that does not let go of a queue is told to use its bus no more before its memory goes.
                LOG.log(System.Logger.Level.WARNING, e.getMessage());
                card.giveUp(e.getMessage());
            }
        }
        card.release();
    }

    /** What a transmitting stage may ask of the card. */
    private final class Control implements TransmitControl {
        private final int number;
        private final TransmitRing ring;

        private Control(int number, TransmitRing ring) {
            this.number = number;
            this.ring = ring;
        }

        @Override
        public boolean stop() {
            try {
                card.card().disableTransmit(number);
                return true;
            } catch (CardException e) {
                LOG.log(System.Logger.Level.WARNING, e.getMessage());
                return false;
            }
        }

        @Override
        public boolean start() {
            try {
                card.card().enableTransmit(number, ring);
                return true;
            } catch (CardException e) {
                LOG.log(System.Logger.Level.WARNING, e.getMessage());
                return false;
            }
        }

        @Override
        public boolean linkUp() {
            return card.card().link().state().up();
        }
    }
}
