// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.sluice.shared.posix.PollSet;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TapEndpointTest {
    private final Slot slot = new Slot();

    @BeforeEach
    void needsNamespaces() {
        Namespace.assumePossible();
    }

    private static Endpoint tap(Namespace namespace, String name, String... options) {
        final Map<String, String> all = new HashMap<>(Map.of("netns", namespace.name()));
        for (String option : options) {
            all.put(option.split("=")[0], option.split("=")[1]);
        }
        return Endpoints.open("tap", name, all, true, true);
    }

    /** The next frame whose end is {@code content}, passing over what the kernel sends of its own accord. */
    private byte[] awaitFrameEndingIn(PacketSource source, byte[] content) {
        final long deadline = System.nanoTime() + 10_000_000_000L;
        try (var polls = new PollSet(1)) {
            while (System.nanoTime() < deadline) {
                final byte[] frame = slot.receive(source);
                if (frame == null) {
                    polls.clear();
                    polls.add(source.pollDescriptor(), PollSet.READABLE);
                    polls.await(100_000_000);
                } else if (frame.length > content.length
                        && Arrays.equals(
                                frame, frame.length - content.length, frame.length, content, 0, content.length)) {
                    return frame;
                }
            }
        }
        throw new AssertionError("no such frame came");
    }

    private static void sendDatagram(Namespace from, String to, byte[] content) {
        from.call(() -> {
            try (var socket = new DatagramSocket()) {
                socket.send(new DatagramPacket(content, content.length, new InetSocketAddress(to, 9)));
            }
            return null;
        });
    }

    @Test
    void shouldReceiveWhatTheKernelSends() {
        try (var namespace = new Namespace();
                Endpoint tap = tap(namespace, "t0", "mtu=1400")) {
            assertThat(namespace.ip("link show t0")).contains("mtu 1400").contains("UP");
            namespace.ip("address add 10.9.0.1/24 dev t0");
            namespace.ip("neighbour add 10.9.0.2 lladdr 02:00:00:00:00:09 dev t0");
            final byte[] content = TestPackets.frame(1000, 5);
            sendDatagram(namespace, "10.9.0.2", content);
            final byte[] frame = awaitFrameEndingIn(tap.source(), content);
            assertThat(frame).hasSize(14 + 20 + 8 + 1000).startsWith(2, 0, 0, 0, 0, 9);
            assertThat(TestPackets.checksumsRight(frame)).isTrue();
        }
    }

    @Test
    void shouldTellAFrameThatDoesNotFit() {
        try (var namespace = new Namespace();
                Endpoint tap = tap(namespace, "t0", "mtu=9000")) {
            namespace.ip("address add 10.9.0.1/24 dev t0");
            namespace.ip("neighbour add 10.9.0.2 lladdr 02:00:00:00:00:09 dev t0");
            // 2048 bytes fit to the last byte, 2049 do not.
            final int headers = 14 + 20 + 8;
            final byte[] fits = TestPackets.frame(Slot.CAPACITY_BYTES - headers, 1);
            sendDatagram(namespace, "10.9.0.2", TestPackets.frame(Slot.CAPACITY_BYTES - headers + 1, 2));
            sendDatagram(namespace, "10.9.0.2", fits);
            int oversize = 0;
            int full = 0;
            final long deadline = System.nanoTime() + 10_000_000_000L;
            while (full == 0 && System.nanoTime() < deadline) {
                final int length = tap.source().receive(slot.address(), slot.capacity());
                oversize += length == PacketSource.OVERSIZE ? 1 : 0;
                full += length == Slot.CAPACITY_BYTES ? 1 : 0;
            }
            assertThat(oversize).isEqualTo(1);
            assertThat(full).isEqualTo(1);
        }
    }

    @Test
    void shouldCountWhatNobodyReadInTime() {
        try (var namespace = new Namespace();
                Endpoint tap = tap(namespace, "t0")) {
            namespace.ip("address add 10.9.0.1/24 dev t0");
            namespace.ip("link set t0 txqueuelen 10");
            namespace.ip("neighbour add 10.9.0.2 lladdr 02:00:00:00:00:09 dev t0");
            final byte[] content = TestPackets.frame(100, 1);
            final int sent = 50;
            for (int i = 0; i < sent; i++) {
                sendDatagram(namespace, "10.9.0.2", content);
            }
            final long dropped = tap.details().get("kernel-drops");
            int received = 0;
            for (byte[] frame = slot.receive(tap.source()); frame != null; frame = slot.receive(tap.source())) {
                received += frame.length == 14 + 20 + 8 + 100 ? 1 : 0;
            }
            assertThat(dropped).isPositive();
            assertThat(received + dropped).isGreaterThanOrEqualTo(sent);
            namespace.ip("link delete t0");
            assertThat(tap.details().get("kernel-drops")).isGreaterThanOrEqualTo(dropped);
        }
    }

    @Test
    void shouldTellWhetherItsInterfaceIsUp() {
        try (var namespace = new Namespace();
                var other = new Namespace();
                Endpoint tap = tap(namespace, "t0")) {
            assertThat(tap.carrier()).isTrue();
            namespace.ip("link set t0 down");
            awaitCarrier(tap, false);
            namespace.ip("link set t0 up");
            awaitCarrier(tap, true);
            namespace.ip("link set t0 netns " + other.name());
            awaitCarrier(tap, false);
            other.ip("link set t0 up");
            awaitCarrier(tap, true);
            assertThat(tap.failure()).isEmpty();
        }
    }

    private static void awaitCarrier(Endpoint tap, boolean carrier) {
        final long deadline = System.nanoTime() + 10_000_000_000L;
        while (tap.carrier() != carrier) {
            assertThat(System.nanoTime()).as("carrier is not " + carrier).isLessThan(deadline);
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldTakeItsInterfaceAlong() {
        try (var namespace = new Namespace()) {
            tap(namespace, "t0").close();
            assertThat(namespace.ip("link show")).doesNotContain("t0");
        }
    }

    @Test
    void shouldLeaveAnInterfaceThatWasThere() {
        try (var namespace = new Namespace()) {
            namespace.ip("tuntap add dev t0 mode tap");
            tap(namespace, "t0", "up=false").close();
            assertThat(namespace.ip("link show t0")).contains("t0").doesNotContain("UP");
        }
    }

    @Test
    void shouldCountFramesForAnInterfaceThatIsDownAndRecover() {
        try (var namespace = new Namespace();
                Endpoint tap = tap(namespace, "t0")) {
            final byte[] frame = TestPackets.frame(60, 1);
            assertThat(slot.transmit(tap.sink(), frame, 0)).isEqualTo(PacketSink.Result.SENT);
            namespace.ip("link set t0 down");
            assertThat(slot.transmit(tap.sink(), frame, 0)).isEqualTo(PacketSink.Result.ERROR);
            assertThat(tap.source().receive(slot.address(), slot.capacity())).isEqualTo(PacketSource.NOTHING);
            assertThat(tap.failure()).isEmpty();
            namespace.ip("link set t0 up");
            assertThat(slot.transmit(tap.sink(), frame, 0)).isEqualTo(PacketSink.Result.SENT);
            assertThat(slot.transmit(tap.sink(), new byte[13], 0)).isEqualTo(PacketSink.Result.ERROR);
        }
    }

    @Test
    void shouldNameADeletedInterfaceAndRest() {
        try (var namespace = new Namespace();
                Endpoint tap = tap(namespace, "t0")) {
            namespace.ip("link delete t0");
            while (tap.failure().isEmpty()) {
                assertThat(tap.source().receive(slot.address(), slot.capacity()))
                        .isLessThan(Slot.CAPACITY_BYTES);
            }
            assertThat(tap.failure()).hasValue("tap:t0: " + LinkSink.DELETED);
            assertThat(tap.source().receive(slot.address(), slot.capacity())).isEqualTo(PacketSource.NOTHING);
            assertThat(tap.source().pollDescriptor()).isEqualTo(-1);
            assertThat(tap.source().nextDueNanos()).isEqualTo(PacketSource.NEVER);
            assertThat(slot.transmit(tap.sink(), TestPackets.frame(60, 1), 0)).isEqualTo(PacketSink.Result.ERROR);
            assertThat(tap.sink().pollDescriptor()).isEqualTo(-1);
        }
    }

    @Test
    void shouldSayWhyAnInterfaceCannotBeHad() {
        try (var namespace = new Namespace();
                Endpoint held = tap(namespace, "t0")) {
            assertThatExceptionOfType(EndpointException.class)
                    .isThrownBy(() -> tap(namespace, "t0"))
                    .withMessageContaining("tap:t0: EBUSY")
                    .withMessageContaining("another process");
            namespace.ip("link add v0 type veth peer name v1");
            assertThatExceptionOfType(EndpointException.class)
                    .isThrownBy(() -> tap(namespace, "v0"))
                    .withMessageContaining("no TAP interface");
            assertThat(held.failure()).isEmpty();
        }
        assertThatExceptionOfType(EndpointException.class)
                .isThrownBy(() -> Endpoints.open("tap", "t0", Map.of("netns", "sluice-none"), true, true))
                .withMessageContaining("netns=sluice-none")
                .withMessageContaining("ip netns list");
    }

    @Test
    void shouldCarryTcpBetweenTwoNamespaces() {
        try (var lan = new Namespace();
                var wan = new Namespace();
                Endpoint left = tap(lan, "lan0");
                Endpoint right = tap(wan, "wan0")) {
            lan.ip("address add 10.9.0.1/24 dev lan0");
            wan.ip("address add 10.9.0.2/24 dev wan0");
            lan.ip("address add fd09::1/64 dev lan0 nodad");
            wan.ip("address add fd09::2/64 dev wan0 nodad");
            try (var there = new Pump(left, right);
                    var back = new Pump(right, left)) {
                Transfer.shouldArriveWhole(lan, wan, "10.9.0.2", 5_000_000);
                Transfer.shouldArriveWhole(wan, lan, "fd09::1", 5_000_000);
                assertThat(there.carried()).isGreaterThan(5_000_000 / 1448);
                assertThat(back.carried()).isGreaterThan(5_000_000 / 1428);
            }
        }
    }

    @Test
    void shouldKeepOrderAndContentThroughTheKernel() {
        final int count = 200_000;
        try (var namespace = new Namespace();
                Endpoint in = tap(namespace, "t0");
                Endpoint out = tap(namespace, "t1");
                Endpoint gen = Endpoints.open(
                        "gen", "", Map.of("flows", "100", "size", "64-1518", "count", "" + count), true, false);
                Endpoint check = Endpoints.open("null", "", Map.of("check", "true"), false, true)) {
            namespace.ip("link add br0 type bridge");
            namespace.ip("link set br0 up");
            namespace.ip("link set t0 master br0");
            namespace.ip("link set t1 master br0");
            int sent = 0;
            final long deadline = System.nanoTime() + 60_000_000_000L;
            while (check.details().get("in-order") < count && System.nanoTime() < deadline) {
                // No more on the way than a TAP's queue of 1000 holds.
                final long arrived = check.details().get("in-order");
                while (sent < count && sent - arrived < 500) {
                    final int length = gen.source().receive(slot.address(), slot.capacity());
                    final PacketSink.Result result = in.sink().transmit(slot.address(), length, 0);
                    assertThat(result).isEqualTo(PacketSink.Result.SENT);
                    sent++;
                }
                for (int length = out.source().receive(slot.address(), slot.capacity());
                        length > 0;
                        length = out.source().receive(slot.address(), slot.capacity())) {
                    check.sink().transmit(slot.address(), length, 0);
                }
            }
            assertThat(check.details())
                    .containsEntry("in-order", (long) count)
                    .containsEntry("lost", 0L)
                    .containsEntry("reordered", 0L)
                    .containsEntry("duplicate", 0L)
                    .containsEntry("corrupt", 0L);
        }
    }
}
