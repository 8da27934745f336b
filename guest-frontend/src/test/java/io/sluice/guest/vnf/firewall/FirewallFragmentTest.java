// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import static io.sluice.guest.vnf.Frame.ACK;
import static io.sluice.guest.vnf.Frame.SYN;
import static io.sluice.shared.ring.DropReason.DENIED;
import static io.sluice.shared.ring.DropReason.FRAGMENT;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.guest.vnf.Bench;
import io.sluice.guest.vnf.Frame;
import io.sluice.shared.ring.DropReason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FirewallFragmentTest {
    private static final String PAIR = "10.0.0.1,192.0.2.1";
    private static final String PAIR_6 = "2001:db8::1,2001:db8::2";

    private final Bench bench = Bench.firewall();

    private static Frame part(String from, String to, int id, int begin, int end) {
        return Frame.ip(from, to).udp(5000, 53, 2992).fragment(id, begin, end);
    }

    @ParameterizedTest
    @CsvSource({PAIR, PAIR_6})
    void shouldLetLaterFragmentsFollowTheFirst(String from, String to) {
        assertThat(bench.forward(part(from, to, 1, 0, 1400))).isNull();
        assertThat(bench.forward(part(from, to, 1, 1400, 2800))).isNull();
        assertThat(bench.forward(part(from, to, 1, 2800, 3000))).isNull();
    }

    @ParameterizedTest
    @CsvSource({PAIR, PAIR_6})
    void shouldLetFragmentsOfAnswersPass(String from, String to) {
        assertThat(bench.forward(Frame.ip(from, to).udp(53, 5000))).isNull();
        assertThat(bench.backward(part(to, from, 1, 0, 1400))).isNull();
        assertThat(bench.backward(part(to, from, 1, 1400, 3000))).isNull();
    }

    @ParameterizedTest
    @CsvSource({PAIR, PAIR_6})
    void shouldLetLaterFragmentsOvertakeEachOther(String from, String to) {
        assertThat(bench.forward(part(from, to, 1, 0, 1400))).isNull();
        assertThat(bench.forward(part(from, to, 1, 2800, 3000))).isNull();
        assertThat(bench.forward(part(from, to, 1, 1400, 2800))).isNull();
    }

    @ParameterizedTest
    @CsvSource({PAIR, PAIR_6})
    void shouldDropFragmentsWithoutTheirFirst(String from, String to) {
        assertThat(bench.forward(part(from, to, 1, 1400, 2800))).isEqualTo(FRAGMENT);
        assertThat(bench.forward(part(from, to, 1, 0, 1400))).isNull();
        assertThat(bench.forward(part(from, to, 2, 1400, 2800)))
                .as("another datagram")
                .isEqualTo(FRAGMENT);
        assertThat(bench.backward(part(from, to, 1, 1400, 2800)))
                .as("the other side")
                .isEqualTo(FRAGMENT);
        assertThat(bench.forward(part(from, to, 1, 1400, 2800).vlan(9)))
                .as("another VLAN")
                .isEqualTo(FRAGMENT);
    }

    @ParameterizedTest
    @CsvSource({PAIR, PAIR_6})
    void shouldDropLaterFragmentsOfADeniedDatagram(String from, String to) {
        assertThat(bench.backward(part(from, to, 1, 0, 1400))).isEqualTo(DENIED);
        assertThat(bench.backward(part(from, to, 1, 1400, 3000))).isEqualTo(DENIED);
    }

    @ParameterizedTest
    @CsvSource({PAIR, PAIR_6})
    void shouldDropFragmentsThatOverlap(String from, String to) {
        assertThat(bench.forward(part(from, to, 1, 0, 1400))).isNull();
        assertThat(bench.forward(part(from, to, 1, 1392, 2800))).isEqualTo(FRAGMENT);
        assertThat(bench.forward(part(from, to, 1, 8, 16))).as("offset 1").isEqualTo(FRAGMENT);
        assertThat(bench.forward(part(from, to, 1, 0, 64)))
                .as("a second first one")
                .isEqualTo(FRAGMENT);
        assertThat(bench.forward(part(from, to, 1, 1408, 2800))).isNull();
        assertThat(bench.forward(part(from, to, 1, 1400, 1416))).isEqualTo(FRAGMENT);
        assertThat(bench.forward(part(from, to, 1, 1400, 1408))).isNull();
        assertThat(bench.forward(part(from, to, 1, 2800, 3000))).isNull();
    }

    @ParameterizedTest
    @CsvSource({PAIR, PAIR_6})
    void shouldDropFragmentsBehindTheEnd(String from, String to) {
        assertThat(bench.forward(part(from, to, 1, 0, 1400))).isNull();
        assertThat(bench.forward(Frame.ip(from, to).udp(1, 2, 2000).fragment(1, 1600, 2008)))
                .isNull();
        assertThat(bench.forward(part(from, to, 1, 2800, 3000))).isEqualTo(FRAGMENT);
        assertThat(bench.forward(part(from, to, 1, 2016, 2800))).isEqualTo(FRAGMENT);
    }

    @ParameterizedTest
    @CsvSource({PAIR, PAIR_6})
    void shouldLetAnIdentificationBeUsedAgainWhenItsDatagramIsComplete(String from, String to) {
        for (int i = 0; i < 3; i++) {
            assertThat(bench.forward(part(from, to, 1, 0, 1400))).isNull();
            assertThat(bench.forward(part(from, to, 1, 1400, 3000))).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({PAIR, PAIR_6})
    void shouldForgetADatagramAfterItsTimeout(String from, String to) {
        assertThat(bench.forward(part(from, to, 1, 0, 1400))).isNull();
        assertThat(bench.advance(31).forward(part(from, to, 1, 1400, 3000))).isEqualTo(FRAGMENT);
    }

    @ParameterizedTest
    @CsvSource({PAIR + ",8", PAIR + ",16", PAIR_6 + ",8", PAIR_6 + ",16"})
    void shouldDropAFirstFragmentThatHidesTheTransportHeader(String from, String to, int bytes) {
        assertThat(bench.forward(Frame.ip(from, to).tcp(1, 80, SYN, 100).fragment(1, 0, bytes)))
                .isEqualTo(FRAGMENT);
    }

    @Test
    void shouldNotLetAFragmentRewriteTheTcpHeaderThatWasJudged() {
        final Bench filter = Bench.firewall("default=allow", "deny=proto:tcp,dport:22");
        final Frame harmless =
                Frame.ip("10.0.0.1", "192.0.2.1").tcp(1, 80, SYN, 100).fragment(1, 0, 24);
        assertThat(filter.forward(harmless)).isNull();
        assertThat(filter.forward(
                        Frame.ip("10.0.0.1", "192.0.2.1").tcp(1, 22, SYN, 100).fragment(1, 8, 120)))
                .as("offset 1, RFC 1858")
                .isEqualTo(FRAGMENT);
        assertThat(filter.forward(
                        Frame.ip("10.0.0.1", "192.0.2.1").tcp(1, 22, SYN, 100).fragment(1, 0, 8)))
                .as("offset 0, RFC 3128")
                .isEqualTo(FRAGMENT);
    }

    @Test
    void shouldTellIpv4DatagramsOfDifferentProtocolsApart() {
        assertThat(bench.forward(part("10.0.0.1", "192.0.2.1", 1, 0, 1400))).isNull();
        final Frame other =
                Frame.ip("10.0.0.1", "192.0.2.1").tcp(1, 2, ACK, 3000).fragment(1, 1400, 2800);
        assertThat(bench.forward(other)).isEqualTo(FRAGMENT);
    }

    @Test
    void shouldMakeRoomForNewDatagramsWithoutEverFailing() {
        final Bench small = Bench.firewall("fragments=16", "seed=1");
        for (int id = 0; id < 10_000; id++) {
            assertThat(small.forward(part("10.0.0.1", "192.0.2.1", id, 0, 1400)))
                    .isNull();
            assertThat(small.forward(part("10.0.0.1", "192.0.2.1", id, 1400, 2800)))
                    .isNull();
        }
        final DropReason forgotten = small.forward(part("10.0.0.1", "192.0.2.1", 1, 2800, 3000));
        assertThat(forgotten).isEqualTo(FRAGMENT);
    }
}
