// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.endpoint.PacketSink;
import io.sluice.host.endpoint.PacketSource;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.ring.Stage;

/**
 * The packets of one direction, each with its number: where they enter, where they leave, and what may not happen between.
 *
 * <pre>
 *   packet   0 number   8 number times an odd constant
 * </pre>
 */
final class Flow {
    static final int PACKET_BYTES = 64;
    private static final int FLUSH_PERIOD = 8;
    private static final long ODD = 0x9E37_79B9_7F4A_7C15L;

    private final Runnable meanwhile;
    private long[] numberOfSlot;
    private Stage first;
    private Stage last;
    private long offered;
    private long entered;
    private long left;
    private long lastNumber = -1;
    private long lateDrops;
    private long droppedAgain;
    private int repeats;
    /** Packets at most that a killed backend had received and told nobody of. */
    private long received;

    private boolean believed = true;

    /** A flow in the middle of whose ends {@code meanwhile} lets others take steps. */
    Flow(Runnable meanwhile) {
        this.meanwhile = meanwhile;
    }

    /** The first and the last stage that this flow crosses. */
    void ends(Stage source, Stage sink) {
        first = source;
        last = sink;
        if (numberOfSlot == null) {
            numberOfSlot = new long[source.ring().slots()];
        }
    }

    /**
     * Says that the backend was killed: what it had received and not published is gone, what it had sent and not
     * published is sent again, eight packets at most.
     */
    void backendKilled() {
        received += FLUSH_PERIOD;
        repeats = FLUSH_PERIOD;
    }

    /** Lets {@code packets} more enter. */
    void offer(int packets) {
        offered += packets;
    }

    boolean hasMore() {
        return entered < offered;
    }

    /** Says that somebody has lied: contents mean nothing any more. */
    void distrust() {
        believed = false;
    }

    boolean believed() {
        return believed;
    }

    /** Says that a guest has dropped a packet after its place was gone: nobody may have counted it. */
    void droppedLate() {
        lateDrops++;
    }

    /** Says that a guest has dropped what another one had written late: that packet was counted before. */
    void droppedAgain() {
        droppedAgain++;
    }

    static long number(long address) {
        return Memory.longAt(address);
    }

    static boolean whole(long address, int lengthBytes) {
        return lengthBytes >= 16 && Memory.longAt(address + 8) == Memory.longAt(address) * ODD;
    }

    static void write(long address, long number) {
        Memory.longAt(address, number);
        Memory.longAt(address + 8, number * ODD);
    }

    /** The number of the packet that entered last into the slot of {@code stage}, on the first ring, at {@code address}. */
    long numberAt(Stage stage, long address) {
        return numberOfSlot[slot(stage, address)];
    }

    static int slot(Stage stage, long address) {
        return (int) ((address - stage.bufferAddress(0)) / stage.bufferBytes());
    }

    final class Source implements PacketSource {
        @Override
        public int receive(long address, int capacityBytes) {
            if (!hasMore()) {
                return NOTHING;
            }
            meanwhile.run();
            inside(first, address, capacityBytes);
            numberOfSlot[slot(first, address)] = entered;
            write(address, entered++);
            return PACKET_BYTES;
        }

        @Override
        public int pollDescriptor() {
            return 0;
        }

        @Override
        public void close() {}
    }

    final class Sink implements PacketSink {
        @Override
        public Result transmit(long address, int lengthBytes, long timestampNanos) {
            inside(last, address, lengthBytes);
            if (believed) {
                assertThat(whole(address, lengthBytes))
                        .as("a packet that leaves is whole")
                        .isTrue();
                if (number(address) <= lastNumber && repeats-- > 0) {
                    return Result.SENT;
                }
                repeats = 0;
                assertThat(number(address)).as("order").isGreaterThan(lastNumber);
                assertThat(number(address)).as("a packet that never entered").isLessThan(entered);
                lastNumber = number(address);
            }
            left++;
            meanwhile.run();
            return Result.SENT;
        }

        @Override
        public void close() {}
    }

    /** Fails where {@code [address, address + lengthBytes)} is not in one buffer of {@code stage}'s ring. */
    static void inside(Stage stage, long address, int lengthBytes) {
        final long from = address - stage.bufferAddress(0);
        final long bytes = (long) stage.ring().slots() * stage.bufferBytes();
        assertThat(from).as("address in the region").isBetween(0L, bytes - lengthBytes);
        assertThat(from % stage.bufferBytes() + lengthBytes).as("one buffer").isLessThanOrEqualTo(stage.bufferBytes());
    }

    /** Closes the account: what entered has left, or {@code drops} tell of it. */
    void close(long drops) {
        final long missing = entered - left;
        assertThat(missing)
                .as(
                        "entered %d, left %d, counted as dropped %d, dropped late %d, dropped again %d",
                        entered, left, drops, lateDrops, droppedAgain)
                .isBetween(drops - droppedAgain, drops + lateDrops + received);
    }

    long entered() {
        return entered;
    }

    /** Whether all that was offered has entered. */
    boolean exhausted() {
        return !hasMore();
    }
}
