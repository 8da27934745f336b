// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import static io.sluice.guest.vnf.Frame.ACK;
import static io.sluice.guest.vnf.Frame.FIN;
import static io.sluice.guest.vnf.Frame.RST;
import static io.sluice.guest.vnf.Frame.SYN;
import static io.sluice.shared.ring.DropReason.DENIED;
import static io.sluice.shared.ring.DropReason.MALFORMED;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.guest.vnf.Bench;
import io.sluice.guest.vnf.Frame;
import io.sluice.shared.function.Direction;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirewallConnectionTest {
    private static final String IN = "10.0.0.1";
    private static final String OUT = "192.0.2.1";
    private static final String PAIRS = IN + "," + OUT;
    private static final String PAIRS_6 = "2001:db8::1,2001:db8:ffff::1";
    private static final String PAIRS_REVERSED = "192.0.2.1,10.0.0.1";

    private final Bench bench = Bench.firewall();

    private static Frame tcpOut(int flags) {
        return Frame.ip(IN, OUT).tcp(40000, 80, flags);
    }

    private static Frame tcpIn(int flags) {
        return Frame.ip(OUT, IN).tcp(80, 40000, flags);
    }

    private void establish() {
        assertThat(bench.forward(tcpOut(SYN))).isNull();
        assertThat(bench.backward(tcpIn(SYN | ACK))).isNull();
        assertThat(bench.forward(tcpOut(ACK))).isNull();
    }

    @ParameterizedTest
    @CsvSource({PAIRS, PAIRS_6, PAIRS_REVERSED})
    void shouldLetInsideBeginAndOutsideAnswer(String inside, String outside) {
        assertThat(bench.backward(Frame.ip(outside, inside).udp(53, 5353))).isEqualTo(DENIED);
        assertThat(bench.forward(Frame.ip(inside, outside).udp(5353, 53))).isNull();
        assertThat(bench.backward(Frame.ip(outside, inside).udp(53, 5353))).isNull();
        assertThat(bench.backward(Frame.ip(outside, inside).udp(54, 5353))).isEqualTo(DENIED);
        assertThat(bench.backward(Frame.ip(outside, inside).udp(53, 5354))).isEqualTo(DENIED);
        assertThat(bench.backward(Frame.ip(outside, inside).tcp(53, 5353, ACK))).isEqualTo(DENIED);
    }

    @Test
    void shouldFollowATcpConnectionFromHandshakeToReset() {
        assertThat(bench.backward(tcpIn(SYN))).isEqualTo(DENIED);
        establish();
        assertThat(bench.backward(tcpIn(ACK))).isNull();
        assertThat(bench.advance(7400).backward(tcpIn(ACK))).isNull();
        assertThat(bench.backward(tcpIn(RST | ACK))).isNull();
        assertThat(bench.advance(241).backward(tcpIn(ACK))).isEqualTo(DENIED);
    }

    @Test
    void shouldForgetAHandshakeThatStaysIncomplete() {
        assertThat(bench.forward(tcpOut(SYN))).isNull();
        assertThat(bench.advance(239).backward(tcpIn(SYN | ACK))).isNull();
        assertThat(bench.advance(241).backward(tcpIn(SYN | ACK))).isEqualTo(DENIED);
    }

    @Test
    void shouldForgetAnEstablishedConnectionAfterItsTimeout() {
        establish();
        assertThat(bench.advance(7441).backward(tcpIn(ACK))).isEqualTo(DENIED);
    }

    @Test
    void shouldKeepAClosingConnectionForItsLastPackets() {
        establish();
        assertThat(bench.forward(tcpOut(FIN | ACK))).isNull();
        assertThat(bench.advance(200).backward(tcpIn(ACK))).isNull();
        assertThat(bench.advance(200).backward(tcpIn(FIN | ACK))).isNull();
        assertThat(bench.forward(tcpOut(ACK))).isNull();
        assertThat(bench.advance(241).backward(tcpIn(ACK))).isEqualTo(DENIED);
    }

    @Test
    void shouldJudgeAnewWhenPortsAreReusedAfterClosing() {
        establish();
        assertThat(bench.forward(tcpOut(FIN | ACK))).isNull();
        assertThat(bench.backward(tcpIn(SYN))).as("outside may not reuse them").isEqualTo(DENIED);
        assertThat(bench.forward(tcpOut(SYN))).isNull();
        assertThat(bench.backward(tcpIn(SYN | ACK))).isNull();
        assertThat(bench.forward(tcpOut(ACK))).isNull();
        assertThat(bench.advance(7000).backward(tcpIn(ACK)))
                .as("established again")
                .isNull();
    }

    @Test
    void shouldPassASimultaneousOpen() {
        assertThat(bench.forward(tcpOut(SYN))).isNull();
        assertThat(bench.backward(tcpIn(SYN))).isNull();
    }

    @Test
    void shouldPickUpConnectionsThatAreOlderThanTheFirewall() {
        assertThat(bench.backward(tcpIn(ACK))).isEqualTo(DENIED);
        assertThat(bench.forward(tcpOut(ACK))).isNull();
        assertThat(bench.backward(tcpIn(ACK))).isNull();
        assertThat(bench.forward(tcpOut(ACK))).isNull();
        assertThat(bench.advance(7000).backward(tcpIn(ACK))).isNull();
    }

    @Test
    void shouldNotPickUpConnectionsWhereThatIsRefused() {
        final Bench strict = Bench.firewall("midstream=deny", "default=allow");
        assertThat(strict.forward(tcpOut(ACK))).isEqualTo(DENIED);
        assertThat(strict.forward(tcpOut(RST))).isEqualTo(DENIED);
        assertThat(strict.forward(tcpOut(SYN | ACK))).isEqualTo(DENIED);
        assertThat(strict.forward(tcpOut(SYN))).isNull();
    }

    @Test
    void shouldNotOpenAConnectionForAStrayReset() {
        assertThat(bench.forward(tcpOut(RST))).isNull();
        assertThat(bench.backward(tcpIn(ACK))).isEqualTo(DENIED);
    }

    @Test
    void shouldDropTcpFlagsThatNoStackSends() {
        assertThat(bench.forward(tcpOut(SYN | FIN))).isEqualTo(MALFORMED);
        assertThat(bench.forward(tcpOut(0))).isEqualTo(MALFORMED);
    }

    @Test
    void shouldForgetAUdpFlowAfterItsTimeout() {
        final Bench quick = Bench.firewall("udp-timeout=5s");
        assertThat(quick.forward(Frame.ip(IN, OUT).udp(1, 2))).isNull();
        assertThat(quick.advance(5).backward(Frame.ip(OUT, IN).udp(2, 1))).isNull();
        assertThat(quick.advance(6).backward(Frame.ip(OUT, IN).udp(2, 1))).isEqualTo(DENIED);
    }

    @ParameterizedTest
    @CsvSource({PAIRS + ",8,0", PAIRS_6 + ",128,129"})
    void shouldMatchEchoRepliesToTheirRequests(String inside, String outside, int request, int reply) {
        assertThat(bench.backward(Frame.ip(outside, inside).icmp(reply, 7))).isEqualTo(DENIED);
        assertThat(bench.forward(Frame.ip(inside, outside).icmp(request, 7))).isNull();
        assertThat(bench.backward(Frame.ip(outside, inside).icmp(reply, 7))).isNull();
        assertThat(bench.backward(Frame.ip(outside, inside).icmp(reply, 8))).isEqualTo(DENIED);
        assertThat(bench.backward(Frame.ip(outside, inside).icmp(request, 7))).isEqualTo(DENIED);
        assertThat(bench.advance(61).backward(Frame.ip(outside, inside).icmp(reply, 7)))
                .isEqualTo(DENIED);
    }

    @ParameterizedTest
    @CsvSource({PAIRS + ",8", PAIRS_6 + ",128"})
    void shouldNotTakeARequestForAReplyWhenTheIdentifierIsZero(String inside, String outside, int request) {
        assertThat(bench.forward(Frame.ip(inside, outside).icmp(request, 0))).isNull();
        assertThat(bench.backward(Frame.ip(outside, inside).icmp(request, 0))).isEqualTo(DENIED);
    }

    @Test
    void shouldTrackProtocolsWithoutPortsByTheirAddresses() {
        assertThat(bench.backward(Frame.ip(OUT, IN).transport(47, new byte[8]))).isEqualTo(DENIED);
        assertThat(bench.forward(Frame.ip(IN, OUT).transport(47, new byte[8]))).isNull();
        assertThat(bench.backward(Frame.ip(OUT, IN).transport(47, new byte[8]))).isNull();
        assertThat(bench.backward(Frame.ip(OUT, IN).transport(50, new byte[8]))).isEqualTo(DENIED);
    }

    @ParameterizedTest
    @CsvSource({PAIRS + ",203.0.113.9,3,11", PAIRS_6 + ",2001:db8:eeee::9,1,2"})
    void shouldPassIcmpErrorsAboutAKnownConnection(
            String inside, String outside, String router, int unreachable, int other) {
        final byte[] quote =
                Arrays.copyOf(Frame.ip(inside, outside).tcp(40000, 80, SYN).ipBytes(), inside.contains(":") ? 48 : 28);
        assertThat(bench.backward(Frame.ip(router, inside).icmp(unreachable, 0, quote)))
                .isEqualTo(DENIED);
        assertThat(bench.forward(Frame.ip(inside, outside).tcp(40000, 80, SYN))).isNull();
        assertThat(bench.backward(Frame.ip(router, inside).icmp(unreachable, 0, quote)))
                .isNull();
        assertThat(bench.backward(Frame.ip(router, inside).icmp(other, 0, quote)))
                .isNull();
        assertThat(bench.backward(Frame.ip(router, elsewhere(inside)).icmp(unreachable, 0, quote)))
                .as("sent to someone else than the sender of what it quotes")
                .isEqualTo(DENIED);
    }

    private static String elsewhere(String inside) {
        return inside.contains(":") ? "2001:db8::77" : "10.0.0.77";
    }

    @Test
    void shouldPassIcmpErrorsAboutAnEcho() {
        final byte[] quote = Frame.ip(IN, OUT).icmp(8, 7).ipBytes();
        assertThat(bench.forward(Frame.ip(IN, OUT).icmp(8, 7))).isNull();
        assertThat(bench.backward(Frame.ip("203.0.113.9", IN).icmp(11, 0, quote)))
                .isNull();
    }

    @Test
    void shouldNotTakeARedirectForAnError() {
        final byte[] quote = Frame.ip(IN, OUT).udp(1, 2).ipBytes();
        assertThat(bench.forward(Frame.ip(IN, OUT).udp(1, 2))).isNull();
        assertThat(bench.backward(Frame.ip("203.0.113.9", IN).icmp(5, 0, quote)))
                .isEqualTo(DENIED);
    }

    @Test
    void shouldKeepConnectionsOfDifferentVlansApart() {
        assertThat(bench.forward(Frame.ip(IN, OUT).vlan(10).udp(1, 2))).isNull();
        assertThat(bench.backward(Frame.ip(OUT, IN).vlan(20).udp(2, 1))).isEqualTo(DENIED);
        assertThat(bench.backward(Frame.ip(OUT, IN).vlan(10, 10).udp(2, 1))).isEqualTo(DENIED);
        assertThat(bench.backward(Frame.ip(OUT, IN).udp(2, 1))).isEqualTo(DENIED);
        assertThat(bench.backward(Frame.ip(OUT, IN).vlan(10).udp(2, 1))).isNull();
    }

    @Test
    void shouldTakeAPriorityTagForNoVlan() {
        assertThat(bench.forward(Frame.ip(IN, OUT).vlan(0xE000).udp(1, 2))).isNull();
        assertThat(bench.backward(Frame.ip(OUT, IN).udp(2, 1))).isNull();
    }

    @Test
    void shouldNotLetOutsideSpeakInTheNameOfTheInitiator() {
        establish();
        assertThat(bench.backward(tcpOut(ACK))).isEqualTo(DENIED);
        assertThat(bench.backward(tcpOut(RST))).isEqualTo(DENIED);
        assertThat(bench.advance(7000).backward(tcpIn(ACK)))
                .as("untouched by it")
                .isNull();
    }

    @Test
    void shouldKnowAnswersThatArriveOnTheSameSideAsInACapture() {
        final Bench capture = Bench.firewall("allow=10.0.0.0/8");
        assertThat(capture.forward(Frame.ip(OUT, IN).udp(2, 1))).isEqualTo(DENIED);
        assertThat(capture.forward(Frame.ip(IN, OUT).udp(1, 2))).isNull();
        assertThat(capture.forward(Frame.ip(OUT, IN).udp(2, 1))).isNull();
    }

    @Test
    void shouldSurviveTimestampsThatStepBack() {
        establish();
        assertThat(bench.advance(-5).backward(tcpIn(ACK))).isNull();
        assertThat(bench.advance(-1).forward(tcpOut(ACK))).isNull();
        assertThat(bench.advance(7440).backward(tcpIn(ACK))).isNull();
    }

    @Test
    void shouldForgetConnectionsWhenACaptureStartsOver() {
        establish();
        assertThat(bench.advance(-100_000).backward(tcpIn(ACK))).isEqualTo(DENIED);
    }

    @Test
    void shouldPassOnlyArpAndNeighbourDiscoveryUnasked() {
        final Bench closed = Bench.firewall("default=deny");
        final Frame solicitation =
                Frame.ip("fe80::1", "ff02::1:ff00:2").hopLimit(255).icmp(135, 0, new byte[16]);
        assertThat(closed.process(Frame.arp(), Direction.BACKWARD)).isNull();
        assertThat(closed.backward(solicitation)).isNull();
        assertThat(closed.backward(solicitation.hopLimit(254)))
                .as("forwarded by a router")
                .isEqualTo(DENIED);
        assertThat(closed.backward(Frame.ip("fe80::1", "fe80::2").hopLimit(255).icmp(128, 0)))
                .isEqualTo(DENIED);
        assertThat(closed.backward(Frame.ip("fe80::1", "ff02::16").hopLimit(1).icmp(143, 0)))
                .isNull();
        assertThat(closed.backward(
                        Frame.ip("2001:db8::1", "ff02::16").hopLimit(1).icmp(143, 0)))
                .isEqualTo(DENIED);
        assertThat(closed.process(Frame.other(0x88CC, 46), Direction.FORWARD)).isEqualTo(DENIED);
    }

    @Test
    void shouldBlockArpAndNeighbourDiscoveryWhereTold() {
        final Bench closed = Bench.firewall("default=deny", "arp=deny", "nd=rules", "non-ip=allow");
        assertThat(closed.process(Frame.arp(), Direction.FORWARD)).isEqualTo(DENIED);
        assertThat(closed.forward(Frame.ip("fe80::1", "fe80::2").hopLimit(255).icmp(135, 0)))
                .isEqualTo(DENIED);
        assertThat(closed.process(Frame.other(0x88CC, 46), Direction.FORWARD)).isNull();
    }

    @Test
    void shouldDropSourceRoutedPacketsUnlessTold() {
        final Frame routed =
                Frame.ip(IN, OUT).options(131, 7, 4, 192, 0, 2, 9, 0).udp(1, 2);
        assertThat(bench.forward(routed)).isEqualTo(DENIED);
        assertThat(Bench.firewall("source-routed=rules").forward(routed)).isNull();
    }

    @Test
    void shouldDropMalformedFrames() {
        assertThat(bench.process(new byte[13], Direction.FORWARD)).isEqualTo(MALFORMED);
    }
}
