// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.register.FlowRegisters.*;
import static io.sluice.host.ixgbe.register.ReceiveRegisters.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.ixgbe.model.packet.Rig.ReceiveSide;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Receive-side scaling against the vectors of Microsoft's "Verifying the RSS Hash Calculation". */
final class ReceiveHashTest {
    private static final byte[] KEY =
            HexFormat.of().parseHex("6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa");
    private static final int ADDRESSES = MRQC_IPV4 | MRQC_IPV6;
    private static final int ALL = ADDRESSES | MRQC_TCP_IPV4 | MRQC_TCP_IPV6 | MRQC_UDP_IPV4 | MRQC_UDP_IPV6;

    private final Rig rig = new Rig().promiscuous();

    private void scaling(int kinds) {
        for (int i = 0; i < 10; i++) {
            int word = 0;
            for (int at = 3; at >= 0; at--) {
                word = word << 8 | KEY[4 * i + at] & 0xFF;
            }
            rig.write(rssrk(i), word);
        }
        for (int i = 0; i < 32; i++) {
            // Entry n holds n mod 16, so that a queue tells four bits of the hash.
            final int first = 4 * i & 0xF;
            rig.write(reta(i), first | first + 1 << 8 | first + 2 << 16 | first + 3 << 24);
        }
        rig.write(RXCSUM, RXCSUM_PCSD);
        rig.write(MRQC, MRQC_RSS | kinds);
    }

    private void shouldHash(byte[] frame, int hash, int type) {
        final ReceiveSide queue = rig.receive(hash & 0xF, 32, true).fill();
        rig.wire.toCard.add(frame);
        rig.work();
        assertThat(queue.done(0)).isTrue();
        assertThat((int) (queue.word0(0) >>> 32)).isEqualTo(hash);
        assertThat((int) queue.word0(0) & 0xF).isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource({
        "66.9.149.187, 2794, 161.142.100.80, 1766, 323e8fc2, 51ccc178",
        "199.92.111.2, 14230, 65.69.140.83, 4739, d718262a, c626b0ea",
        "24.19.198.95, 12898, 12.22.207.184, 38024, d2d0a5de, 5c2b394a",
        "38.27.205.30, 48228, 209.142.163.6, 2217, 82989176, afc7327f",
        "153.39.163.191, 44251, 202.188.127.2, 1303, 5d1809c5, 10e828a2",
        "3ffe:2501:200:1fff::7, 2794, 3ffe:2501:200:3::1, 1766, 2cc18cd5, 40207d3d",
        "3ffe:501:8::260:97ff:fe40:efab, 14230, ff02::1, 4739, 0f0c461c, dde51bbf",
        "3ffe:1900:4545:3:200:f8ff:fe21:67cf, 44251, fe80::200:f8ff:fe21:67cf, 38024, 4b61e985, 02d1feef"
    })
    void shouldHashAsPublished(String from, int fromPort, String to, int toPort, String addresses, String ports) {
        final boolean ipv6 = from.contains(":");
        final byte[] tcp = Frames.ip(from, fromPort, to, toPort, Frames.TCP, 20);
        scaling(ADDRESSES);
        shouldHash(tcp, Integer.parseUnsignedInt(addresses, 16), ipv6 ? ReceiveHash.TYPE_IPV6 : ReceiveHash.TYPE_IPV4);
        final int hash = Integer.parseUnsignedInt(ports, 16);
        rig.write(rxdctl(hash & 0xF), 0);
        scaling(ALL);
        shouldHash(tcp, hash, ipv6 ? ReceiveHash.TYPE_TCP_IPV6 : ReceiveHash.TYPE_TCP_IPV4);
        rig.write(rxdctl(hash & 0xF), 0);
        shouldHash(
                Frames.insertTag(Frames.ip(from, fromPort, to, toPort, Frames.UDP, 20), 7),
                hash,
                ipv6 ? ReceiveHash.TYPE_UDP_IPV6 : ReceiveHash.TYPE_UDP_IPV4);
    }

    @Test
    void shouldSendToTheFirstQueueWhatHasNoHash() {
        scaling(ALL);
        rig.write(reta(0), 0x07070707);
        shouldHash(Frames.to(0x0200_0000_0002L, 60), 0, ReceiveHash.TYPE_NONE);
    }

    @Test
    void shouldHashFragmentsByAddressesAlone() {
        scaling(ALL);
        final byte[] fragment = Frames.ip("66.9.149.187", 2794, "161.142.100.80", 1766, Frames.TCP, 20);
        fragment[20] = 0x20; // more fragments
        shouldHash(fragment, 0x323e8fc2, ReceiveHash.TYPE_IPV4);
    }

    @Test
    void shouldKeepBothDirectionsTogetherUnderASymmetricKey() {
        scaling(ALL);
        for (int i = 0; i < 10; i++) {
            rig.write(rssrk(i), 0x5A6D_5A6D);
        }
        final ReceiveSide[] queues = new ReceiveSide[16];
        for (int q = 0; q < 16; q++) {
            queues[q] = rig.receive(q, 64, true).fill();
        }
        for (int flow = 0; flow < 100; flow++) {
            final String client = "10.0.0." + flow;
            rig.wire.toCard.add(Frames.ip(client, 1000 + flow, "10.1.0.1", 80, Frames.TCP, 20));
            rig.wire.toCard.add(Frames.ip("10.1.0.1", 80, client, 1000 + flow, Frames.TCP, 20));
            rig.work();
            int pairs = 0;
            int used = 0;
            for (ReceiveSide queue : queues) {
                int got = 0;
                while (queue.next() != null) {
                    got++;
                }
                used += got == 0 ? 0 : 1;
                pairs += got == 2 ? 1 : 0;
            }
            assertThat(pairs).isEqualTo(1);
            assertThat(used).isEqualTo(1);
        }
    }
}
