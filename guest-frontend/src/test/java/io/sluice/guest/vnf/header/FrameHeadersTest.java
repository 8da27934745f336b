// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.header;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.guest.vnf.Frame;
import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameHeadersTest {
    private static final String A4 = "10.0.0.1";
    private static final String B4 = "192.0.2.1";
    private static final String A6 = "2001:db8::1";
    private static final String B6 = "2001:db8::2";

    private final MemorySegment buffer = Arena.ofAuto().allocate(1 << 17);
    private final FrameHeaders headers = new FrameHeaders();

    private boolean parse(Frame frame) {
        return parse(frame.bytes());
    }

    private boolean parse(byte[] frame) {
        Memory.copyFromArray(frame, 0, buffer.address(), frame.length);
        return headers.parse(buffer.address(), frame.length);
    }

    private static byte[] with(byte[] frame, int index, int value) {
        final byte[] changed = frame.clone();
        changed[index] = (byte) value;
        return changed;
    }

    @Test
    void shouldReadATcpPacketOverIpv4() {
        assertThat(parse(Frame.ip(A4, B4).hopLimit(7).tcp(40000, 443, Frame.SYN)))
                .isTrue();

        assertThat(headers.kind()).isEqualTo(FrameHeaders.Kind.IPV4);
        assertThat(headers.ip().version()).isEqualTo(4);
        assertThat(headers.ip().hopLimit()).isEqualTo(7);
        assertThat(headers.ip().protocol()).isEqualTo(IpProtocol.TCP);
        assertThat(headers.ip().sourceLow()).isEqualTo(0x0A000001L);
        assertThat(headers.ip().destinationLow()).isEqualTo(0xC0000201L);
        assertThat(headers.ip().sourceHigh() | headers.ip().destinationHigh()).isZero();
        assertThat(headers.ip().isFragment()).isFalse();
        assertThat(headers.transport().complete()).isTrue();
        assertThat(headers.transport().sourcePort()).isEqualTo(40000);
        assertThat(headers.transport().destinationPort()).isEqualTo(443);
        assertThat(headers.transport().tcpFlags()).isEqualTo(TransportHeader.TCP_SYN);
    }

    @Test
    void shouldReadAUdpPacketOverIpv6() {
        assertThat(parse(Frame.ip(A6, B6).udp(5000, 65535, 9))).isTrue();

        assertThat(headers.kind()).isEqualTo(FrameHeaders.Kind.IPV6);
        assertThat(headers.ip().version()).isEqualTo(6);
        assertThat(headers.ip().sourceHigh()).isEqualTo(0x20010db8_00000000L);
        assertThat(headers.ip().sourceLow()).isEqualTo(1);
        assertThat(headers.ip().destinationLow()).isEqualTo(2);
        assertThat(headers.ip().transportLength()).isEqualTo(17);
        assertThat(headers.transport().sourcePort()).isEqualTo(5000);
        assertThat(headers.transport().destinationPort()).isEqualTo(65535);
    }

    @Test
    void shouldReadUpToTwoVlanTags() {
        assertThat(parse(Frame.ip(A4, B4).udp(1, 2))).isTrue();
        assertThat(headers.ethernet().vlanKey()).isZero();

        assertThat(parse(Frame.ip(A4, B4).vlan(0xE00A).udp(1, 2))).isTrue();
        assertThat(headers.ethernet().tags()).isEqualTo(1);
        assertThat(headers.ethernet().outerVlan()).isEqualTo(10);
        assertThat(headers.kind()).isEqualTo(FrameHeaders.Kind.IPV4);

        assertThat(parse(Frame.ip(A6, B6).vlan(100, 4094).udp(1, 2))).isTrue();
        assertThat(headers.ethernet().tags()).isEqualTo(2);
        assertThat(headers.ethernet().vlanKey()).isEqualTo(100 << 12 | 4094);
        assertThat(headers.kind()).isEqualTo(FrameHeaders.Kind.IPV6);
    }

    @Test
    void shouldLeaveAThirdVlanTagUnread() {
        assertThat(parse(Frame.ip(A4, B4).vlan(1, 2, 3).udp(1, 2))).isTrue();

        assertThat(headers.kind()).isEqualTo(FrameHeaders.Kind.OTHER);
        assertThat(headers.ethernet().etherType()).isEqualTo(EtherType.VLAN);
    }

    @Test
    void shouldIgnoreEthernetPadding() {
        assertThat(parse(Arrays.copyOf(Frame.ip(A4, B4).udp(1, 2, 1).bytes(), 60)))
                .isTrue();
        assertThat(headers.ip().transportLength()).isEqualTo(9);

        assertThat(parse(Arrays.copyOf(Frame.ip(A6, B6).udp(1, 2, 1).bytes(), 80)))
                .isTrue();
        assertThat(headers.ip().transportLength()).isEqualTo(9);
    }

    @ParameterizedTest
    @ValueSource(strings = {A4, A6})
    void shouldRefuseEveryFrameThatIsCutShort(String address) {
        final byte[] frame =
                Frame.ip(address, address).vlan(1, 2).tcp(1, 2, Frame.ACK).bytes();
        assertThat(parse(frame)).isTrue();
        for (int length = 0; length < frame.length; length++) {
            assertThat(parse(Arrays.copyOf(frame, length)))
                    .as("length=%d", length)
                    .isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "14, 0x65, version",
        "14, 0x44, IHL below 5",
        "14, 0x4F, IHL past the end",
        "17, 0x13, total length below IHL",
        "17, 0x29, total length past the end",
        "46, 0x40, TCP data offset below 5",
        "46, 0x60, TCP data offset past the end",
        "47, 0x00, TCP without any flag",
        "47, 0x03, TCP SYN and FIN",
        "47, 0x06, TCP SYN and RST",
        "47, 0x01, TCP FIN without ACK",
    })
    void shouldRefuseIpv4ThatContradictsItself(int index, String value, String what) {
        final byte[] frame = Frame.ip(A4, B4).tcp(1, 2, Frame.ACK).bytes();
        assertThat(parse(with(frame, index, Integer.decode(value)))).as(what).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"14, 0x40, version", "19, 0x09, payload length past the end", "19, 0x07, payload length cuts UDP"})
    void shouldRefuseIpv6ThatContradictsItself(int index, String value, String what) {
        final byte[] frame = Frame.ip(A6, B6).udp(1, 2).bytes();
        assertThat(parse(with(frame, index, Integer.decode(value)))).as(what).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, 9})
    void shouldRefuseAUdpLengthThatDoesNotFit(int length) {
        assertThat(parse(with(Frame.ip(A4, B4).udp(1, 2).bytes(), 14 + 20 + 5, length)))
                .isFalse();
    }

    @Test
    void shouldWalkIpv4Options() {
        assertThat(parse(Frame.ip(A4, B4).options(1, 7, 7, 4, 0, 0, 0, 0).udp(1, 2)))
                .isTrue();
        assertThat(headers.transport().destinationPort()).isEqualTo(2);
        assertThat(headers.ip().sourceRouted()).isFalse();

        assertThat(parse(Frame.ip(A4, B4).options(1, 131, 7, 4, 192, 0, 2, 9).udp(1, 2)))
                .isTrue();
        assertThat(headers.ip().sourceRouted()).isTrue();

        assertThat(parse(Frame.ip(A4, B4).options(7, 1, 0, 0).udp(1, 2)))
                .as("option length below 2")
                .isFalse();
        assertThat(parse(Frame.ip(A4, B4).options(7, 5, 0, 0).udp(1, 2)))
                .as("option past the end")
                .isFalse();
        assertThat(parse(Frame.ip(A4, B4).options(1, 1, 1, 7).udp(1, 2)))
                .as("option without length")
                .isFalse();
    }

    @Test
    void shouldWalkIpv6ExtensionHeaders() {
        final int[] hopByHopThenDestination = {60, 0, 1, 4, 0, 0, 0, 0, 17, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
        };
        assertThat(parse(Frame.ip(A6, B6).extensions(0, hopByHopThenDestination).udp(1, 2)))
                .isTrue();

        assertThat(headers.ip().protocol()).isEqualTo(IpProtocol.UDP);
        assertThat(headers.transport().destinationPort()).isEqualTo(2);
    }

    @Test
    void shouldNoticeAnIpv6RoutingHeaderThatIsNotUsedUp() {
        assertThat(parse(
                        Frame.ip(A6, B6).extensions(43, 17, 0, 4, 0, 0, 0, 0, 0).udp(1, 2)))
                .isTrue();
        assertThat(headers.ip().sourceRouted()).isFalse();

        assertThat(parse(
                        Frame.ip(A6, B6).extensions(43, 17, 0, 4, 1, 0, 0, 0, 0).udp(1, 2)))
                .isTrue();
        assertThat(headers.ip().sourceRouted()).isTrue();

        assertThat(parse(
                        Frame.ip(A6, B6).extensions(43, 17, 0, 0, 0, 0, 0, 0, 0).udp(1, 2)))
                .isTrue();
        assertThat(headers.ip().sourceRouted()).as("type 0").isTrue();
    }

    @Test
    void shouldRefuseBrokenIpv6ExtensionHeaders() {
        assertThat(parse(
                        Frame.ip(A6, B6).extensions(60, 17, 9, 1, 4, 0, 0, 0, 0).udp(1, 2)))
                .as("past the end")
                .isFalse();
        assertThat(parse(Frame.ip(A6, B6)
                        .extensions(60, 0, 0, 1, 4, 0, 0, 0, 0, 17, 0, 1, 4, 0, 0, 0, 0)
                        .udp(1, 2)))
                .as("hop-by-hop options that do not stand first")
                .isFalse();
        assertThat(parse(Frame.ip(A6, B6)
                        .extensions(44, 44, 0, 0, 1, 0, 0, 0, 0, 17, 0, 0, 1, 0, 0, 0, 0)
                        .udp(1, 2)))
                .as("two fragment headers")
                .isFalse();
    }

    @Test
    void shouldFollowABoundedNumberOfIpv6ExtensionHeaders() {
        for (int count = 1; count <= IpHeader.MAX_EXTENSION_HEADERS + 1; count++) {
            final int[] chain = new int[8 * count];
            for (int i = 0; i < count; i++) {
                chain[8 * i] = i == count - 1 ? 17 : 60;
                chain[8 * i + 2] = 1;
                chain[8 * i + 3] = 4;
            }
            assertThat(parse(Frame.ip(A6, B6).extensions(60, chain).udp(1, 2)))
                    .as("count=%d", count)
                    .isEqualTo(count <= IpHeader.MAX_EXTENSION_HEADERS);
        }
    }

    @ParameterizedTest
    @CsvSource({A4 + "," + B4, A6 + "," + B6})
    void shouldReadFragments(String from, String to) {
        assertThat(parse(Frame.ip(from, to).udp(1, 2, 92).fragment(77, 0, 40))).isTrue();
        assertThat(headers.ip().isFragment()).isTrue();
        assertThat(headers.ip().moreFragments()).isTrue();
        assertThat(headers.ip().fragmentId()).isEqualTo(77);
        assertThat(headers.ip().fragmentLength()).isEqualTo(40);
        assertThat(headers.transport().complete()).isTrue();
        assertThat(headers.transport().destinationPort()).isEqualTo(2);

        assertThat(parse(Frame.ip(from, to).udp(1, 2, 92).fragment(77, 40, 100)))
                .isTrue();
        assertThat(headers.ip().moreFragments()).isFalse();
        assertThat(headers.ip().fragmentOffset()).isEqualTo(40);
        assertThat(headers.ip().fragmentLength()).isEqualTo(60);
        assertThat(headers.transport().complete()).isFalse();
        assertThat(headers.transport().destinationPort()).isZero();
    }

    @ParameterizedTest
    @CsvSource({A4 + "," + B4, A6 + "," + B6})
    void shouldRefuseFragmentsThatNoSenderMakes(String from, String to) {
        assertThat(parse(Frame.ip(from, to).udp(1, 2, 92).fragment(1, 0, 41)))
                .as("odd length")
                .isFalse();
        assertThat(parse(Frame.ip(from, to).udp(1, 2, 92).fragment(1, 40, 40)))
                .as("empty")
                .isFalse();
        assertThat(parse(Frame.ip(from, to).transport(17, new byte[65550]).fragment(1, 65504, 65550)))
                .as("past the longest datagram")
                .isFalse();
    }

    @Test
    void shouldTakeAnAtomicFragmentForAWholeDatagram() {
        assertThat(parse(Frame.ip(A6, B6).udp(1, 2, 10).fragment(5, 0, 100))).isTrue();
        assertThat(headers.ip().isFragment()).isFalse();
        assertThat(headers.transport().complete()).isTrue();
    }

    @Test
    void shouldReadArp() {
        assertThat(parse(Frame.arp())).isTrue();
        assertThat(headers.kind()).isEqualTo(FrameHeaders.Kind.ARP);
        assertThat(headers.arp().operation()).isEqualTo(1);
        assertThat(headers.arp().senderAddress()).isEqualTo(0x0A000001);
        assertThat(headers.arp().targetAddress()).isEqualTo(0x0A000002);
        assertThat(parse(Arrays.copyOf(Frame.arp(), 41))).isFalse();
        assertThat(parse(with(Frame.arp(), 18, 8)))
                .as("hardware address length")
                .isFalse();
    }

    @Test
    void shouldReadWhatAnIcmpErrorQuotes() {
        final byte[] quote =
                Arrays.copyOf(Frame.ip(B4, A4).tcp(443, 40000, Frame.ACK, 100).ipBytes(), 28);
        assertThat(parse(Frame.ip("203.0.113.1", B4).icmp(3, 0, quote))).isTrue();
        assertThat(headers.isIcmpError()).isTrue();
        assertThat(headers.parseQuoted()).isTrue();
        assertThat(headers.quotedIp().destinationLow()).isEqualTo(0x0A000001L);
        assertThat(headers.quotedTransport().destinationPort()).isEqualTo(40000);

        assertThat(parse(Frame.ip("203.0.113.1", B4).icmp(3, 0, Arrays.copyOf(quote, 27))))
                .isTrue();
        assertThat(headers.parseQuoted()).as("quote without ports").isFalse();
    }

    @Test
    void shouldTreatUnknownProtocolsAsOpaque() {
        assertThat(parse(Frame.ip(A4, B4).transport(47, new byte[0]))).isTrue();
        assertThat(headers.transport().complete()).isTrue();
        assertThat(parse(Frame.other(0x88CC, 46))).isTrue();
        assertThat(headers.kind()).isEqualTo(FrameHeaders.Kind.OTHER);
        assertThat(parse(Frame.other(38, 46))).as("802.3").isTrue();
        assertThat(headers.kind()).isEqualTo(FrameHeaders.Kind.OTHER);
    }
}
