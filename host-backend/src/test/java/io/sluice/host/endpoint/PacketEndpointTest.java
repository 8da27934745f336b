// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.shared.posix.PollSet;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PacketEndpointTest {
    private final Slot slot = new Slot();

    @BeforeEach
    void needsNamespaces() {
        Namespace.assumePossible();
    }

    /** Joins {@code left0} in one namespace with {@code right0} in the other. */
    private static void wire(Namespace left, Namespace right) {
        left.ip("link add left0 type veth peer name right0 netns " + right.name());
        left.ip("link set left0 up");
        right.ip("link set right0 up");
        left.awaitCarrier("left0");
        right.awaitCarrier("right0");
    }

    private static Endpoint packet(Namespace namespace, String link) {
        return Endpoints.open("packet", link, Map.of("netns", namespace.name()), true, true);
    }

    /** The next frame that is as wanted, passing over what the kernel sends of its own accord. */
    private byte[] await(PacketSource source, Predicate<byte[]> wanted) {
        final long deadline = System.nanoTime() + 10_000_000_000L;
        try (var polls = new PollSet(1)) {
            while (System.nanoTime() < deadline) {
                final byte[] frame = slot.receive(source);
                if (frame == null) {
                    polls.clear();
                    polls.add(source.pollDescriptor(), PollSet.READABLE);
                    polls.await(100_000_000);
                } else if (wanted.test(frame)) {
                    return frame;
                }
            }
        }
        throw new AssertionError("no such frame came");
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 61, 1514})
    void shouldCarryFramesUnchanged(int length) {
        try (var left = new Namespace();
                var right = new Namespace()) {
            wire(left, right);
            try (Endpoint sender = packet(left, "left0");
                    Endpoint receiver = packet(right, "right0")) {
                final byte[] frame = TestPackets.frame(length, 3);
                assertThat(slot.transmit(sender.sink(), frame, 0)).isEqualTo(PacketSink.Result.SENT);
                assertThat(await(receiver.source(), candidate -> TestPackets.uint16(candidate, 12) == 0x88B5))
                        .isEqualTo(frame);
            }
        }
    }

    @Test
    void shouldPutVlanTagsBack() {
        try (var left = new Namespace();
                var right = new Namespace()) {
            wire(left, right);
            try (Endpoint sender = packet(left, "left0");
                    Endpoint receiver = packet(right, "right0")) {
                for (int outer : new int[] {0x8100, 0x88A8}) {
                    // The longest that the kernel sends: with room for an 802.1Q tag, and for no other.
                    final byte[] frame = TestPackets.frame(outer == 0x8100 ? 1518 : 1514, 4);
                    frame[12] = (byte) (outer >>> 8);
                    frame[13] = (byte) outer;
                    frame[14] = 0x60;
                    frame[15] = 7;
                    frame[16] = (byte) 0x81;
                    frame[17] = 0;
                    assertThat(slot.transmit(sender.sink(), frame, 0)).isEqualTo(PacketSink.Result.SENT);
                    assertThat(await(receiver.source(), candidate -> TestPackets.uint16(candidate, 12) == outer))
                            .isEqualTo(frame);
                }
            }
        }
    }

    @Test
    void shouldCompleteChecksums() {
        try (var left = new Namespace();
                var right = new Namespace()) {
            wire(left, right);
            left.ip("address add 10.9.0.1/24 dev left0");
            left.ip("neighbour add 10.9.0.2 lladdr 02:00:00:00:00:09 dev left0");
            try (Endpoint receiver = packet(right, "right0")) {
                final byte[] content = TestPackets.frame(1001, 5);
                left.call(() -> {
                    try (var socket = new DatagramSocket()) {
                        socket.send(new DatagramPacket(content, content.length, new InetSocketAddress("10.9.0.2", 9)));
                    }
                    return null;
                });
                final byte[] frame = await(
                        receiver.source(),
                        candidate -> candidate.length == 14 + 20 + 8 + 1001
                                && Arrays.equals(candidate, 42, candidate.length, content, 0, content.length));
                assertThat(TestPackets.checksumsRight(frame)).isTrue();
                assertThat(receiver.details().get("checksums-completed")).isPositive();
            }
        }
    }

    @Test
    void shouldNotReceiveWhatItSends() {
        try (var left = new Namespace();
                var right = new Namespace()) {
            wire(left, right);
            try (Endpoint both = packet(left, "left0");
                    Endpoint other = packet(right, "right0")) {
                assertThat(slot.transmit(both.sink(), TestPackets.frame(60, 1), 0))
                        .isEqualTo(PacketSink.Result.SENT);
                assertThat(slot.transmit(other.sink(), TestPackets.frame(60, 2), 0))
                        .isEqualTo(PacketSink.Result.SENT);
                assertThat(await(both.source(), candidate -> TestPackets.uint16(candidate, 12) == 0x88B5))
                        .isEqualTo(TestPackets.frame(60, 2));
            }
        }
    }

    @Test
    void shouldCarryTcpWhateverTheKernelMerges() {
        try (var left = new Namespace();
                var right = new Namespace();
                var middle = new Namespace()) {
            // Both interfaces offload checksums and segmentation, as they do unless told otherwise.
            middle.ip("link add m0 type veth peer name left0 netns " + left.name());
            middle.ip("link add m1 type veth peer name right0 netns " + right.name());
            middle.ip("link set m0 up");
            middle.ip("link set m1 up");
            left.ip("address add 10.9.0.1/24 dev left0");
            right.ip("address add 10.9.0.2/24 dev right0");
            left.ip("address add fd09::1/64 dev left0 nodad");
            right.ip("address add fd09::2/64 dev right0 nodad");
            left.ip("link set left0 up");
            right.ip("link set right0 up");
            try (Endpoint m0 = packet(middle, "m0");
                    Endpoint m1 = packet(middle, "m1");
                    var there = new Pump(m0, m1);
                    var back = new Pump(m1, m0)) {
                Transfer.shouldArriveWhole(left, right, "10.9.0.2", 5_000_000);
                Transfer.shouldArriveWhole(right, left, "fd09::1", 5_000_000);
                assertThat(there.carried()).isGreaterThan(5_000_000 / 1448);
                assertThat(back.carried()).isGreaterThan(5_000_000 / 1428);
                assertThat(m0.details().get("segmented")).isPositive();
                assertThat(m0.details().get("read-errors")).isZero();
            }
        }
    }

    @Test
    void shouldRefuseFramesLongerThanTheMtu() {
        try (var left = new Namespace();
                var right = new Namespace()) {
            wire(left, right);
            try (Endpoint sender = packet(left, "left0")) {
                assertThat(slot.transmit(sender.sink(), TestPackets.frame(1515, 1), 0))
                        .isEqualTo(PacketSink.Result.OVERSIZE);
            }
        }
    }

    @Test
    void shouldCountFramesForAnInterfaceThatIsDownAndRecover() {
        try (var left = new Namespace();
                var right = new Namespace()) {
            wire(left, right);
            try (Endpoint endpoint = packet(left, "left0");
                    Endpoint other = packet(right, "right0")) {
                final byte[] frame = TestPackets.frame(60, 1);
                left.ip("link set left0 down");
                assertThat(slot.transmit(endpoint.sink(), frame, 0)).isEqualTo(PacketSink.Result.ERROR);
                while (slot.receive(endpoint.source()) != null) {
                    // what was on its way
                }
                assertThat(endpoint.failure()).isEmpty();
                left.ip("link set left0 up");
                left.awaitCarrier("left0");
                right.awaitCarrier("right0");
                assertThat(slot.transmit(endpoint.sink(), frame, 0)).isEqualTo(PacketSink.Result.SENT);
                assertThat(slot.transmit(other.sink(), frame, 0)).isEqualTo(PacketSink.Result.SENT);
                assertThat(await(endpoint.source(), candidate -> TestPackets.uint16(candidate, 12) == 0x88B5))
                        .isEqualTo(frame);
            }
        }
    }

    @Test
    void shouldNameADeletedInterfaceAndRest() {
        try (var left = new Namespace();
                var right = new Namespace()) {
            wire(left, right);
            try (Endpoint endpoint = packet(left, "left0")) {
                left.ip("link delete left0");
                while (endpoint.failure().isEmpty()) {
                    slot.receive(endpoint.source());
                }
                assertThat(endpoint.failure()).hasValue("packet:left0: " + LinkSink.DELETED);
                assertThat(endpoint.source().pollDescriptor()).isEqualTo(-1);
                assertThat(slot.transmit(endpoint.sink(), TestPackets.frame(60, 1), 0))
                        .isEqualTo(PacketSink.Result.ERROR);
                assertThat(endpoint.sink().pollDescriptor()).isEqualTo(-1);
            }
        }
    }

    @Test
    void shouldCountWhatTheKernelDropped() {
        try (var left = new Namespace();
                var right = new Namespace()) {
            wire(left, right);
            final Map<String, String> small = Map.of("netns", right.name(), "buffer", "4k");
            try (Endpoint sender = packet(left, "left0");
                    Endpoint receiver = Endpoints.open("packet", "right0", small, true, false)) {
                for (int i = 0; i < 100; i++) {
                    slot.transmit(sender.sink(), TestPackets.frame(1000, i), 0);
                }
                int received = 0;
                while (slot.receive(receiver.source()) != null) {
                    received++;
                }
                assertThat(received + receiver.details().get("kernel-drops")).isGreaterThanOrEqualTo(100);
                assertThat(receiver.details().get("kernel-drops")).isPositive();
            }
        }
    }

    @Test
    void shouldNameTheInterfacesThereAre() {
        try (var left = new Namespace();
                var right = new Namespace()) {
            wire(left, right);
            assertThatExceptionOfType(EndpointException.class)
                    .isThrownBy(() -> packet(left, "eth7"))
                    .withMessageContaining("packet:eth7")
                    .withMessageContaining("left0");
        }
    }
}
