// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import static io.sluice.guest.vnf.Frame.SYN;
import static io.sluice.shared.ring.DropReason.DENIED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.guest.Limits;
import io.sluice.guest.vnf.Bench;
import io.sluice.guest.vnf.Frame;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FirewallRulesTest {
    private static final String IN = "10.0.0.1";
    private static final String OUT = "192.0.2.1";

    private static Frame tcp(String from, String to, int port) {
        return Frame.ip(from, to).tcp(40000, port, SYN);
    }

    @Test
    void shouldLetOnlyAnAllowedNetworkBegin() {
        final Bench bench = Bench.firewall("allow=10.0.0.0/8");
        assertThat(bench.forward(tcp(IN, OUT, 80))).isNull();
        assertThat(bench.forward(tcp("11.0.0.1", OUT, 80))).isEqualTo(DENIED);
        assertThat(bench.backward(tcp(OUT, IN, 80))).isEqualTo(DENIED);
        assertThat(bench.forward(tcp("2001:db8::1", "2001:db8::2", 80))).isEqualTo(DENIED);
    }

    @Test
    void shouldDenyANetworkBothAsSourceAndAsDestination() {
        final Bench bench = Bench.firewall("default=allow", "deny=192.0.2.0/24");
        assertThat(bench.forward(tcp(IN, OUT, 80))).isEqualTo(DENIED);
        assertThat(bench.backward(tcp(OUT, IN, 80))).isEqualTo(DENIED);
        assertThat(bench.backward(tcp("192.0.3.1", IN, 80))).isNull();
    }

    @Test
    void shouldKeepTheForwardDefaultBesideDenyAlone() {
        final Bench bench = Bench.firewall("deny=proto:tcp,dport:22");
        assertThat(bench.forward(tcp(IN, OUT, 22))).isEqualTo(DENIED);
        assertThat(bench.forward(tcp(IN, OUT, 23))).isNull();
        assertThat(bench.backward(tcp(OUT, IN, 24))).isEqualTo(DENIED);
    }

    @Test
    void shouldBlockWhatItsRuleSaysAndNothingElse() {
        final Bench bench = Bench.firewall("default=allow", "deny=proto:tcp,dport:22");
        for (int port = 0; port < 65536; port++) {
            assertThat(bench.forward(Frame.ip(IN, OUT).tcp(port, 22, SYN))).isEqualTo(DENIED);
            assertThat(bench.backward(Frame.ip(IN, OUT).udp(port, 22))).isNull();
            if (port != 22) {
                assertThat(bench.backward(Frame.ip(OUT, IN).tcp(1, port, SYN))).isNull();
            }
            bench.advance(1000);
        }
    }

    @Test
    void shouldAskDenyBeforeAllow() {
        final Bench bench = Bench.firewall("allow=10.0.0.0/8", "deny=10.0.0.1");
        assertThat(bench.forward(tcp(IN, OUT, 80))).isEqualTo(DENIED);
        assertThat(bench.forward(tcp("10.0.0.2", OUT, 80))).isNull();
    }

    @Test
    void shouldAskOrderedRulesInTheirOrder() {
        final Bench bench = Bench.firewall("rule=allow src:10.0.0.1", "rule=deny,10.0.0.0/8", "rule=allow");
        assertThat(bench.forward(tcp(IN, OUT, 80))).isNull();
        assertThat(bench.forward(tcp("10.0.0.2", OUT, 80))).isEqualTo(DENIED);
        assertThat(bench.backward(tcp(OUT, "198.51.100.1", 80))).isNull();
    }

    @Test
    void shouldMatchEveryTermOfARule() {
        final String rule = "allow=src:192.0.2.0/24,dst:10.0.0.0/8,proto:tcp,sport:1024-65535,dport:80-443,"
                + "direction:backward,vlan:10";
        final Bench bench = Bench.firewall(rule);
        assertThat(bench.backward(tcp(OUT, IN, 80).vlan(10))).isNull();
        assertThat(bench.backward(tcp(OUT, IN, 443).vlan(10, 7))).isNull();
        assertThat(bench.backward(tcp("192.0.3.1", IN, 80).vlan(10))).isEqualTo(DENIED);
        assertThat(bench.backward(tcp(OUT, "11.0.0.1", 80).vlan(10))).isEqualTo(DENIED);
        assertThat(bench.backward(Frame.ip(OUT, IN).udp(40000, 80).vlan(10))).isEqualTo(DENIED);
        assertThat(bench.backward(Frame.ip(OUT, IN).tcp(1023, 80, SYN).vlan(10)))
                .isEqualTo(DENIED);
        assertThat(bench.backward(tcp(OUT, IN, 444).vlan(10))).isEqualTo(DENIED);
        assertThat(bench.forward(tcp(OUT, "10.0.0.9", 80).vlan(10))).isEqualTo(DENIED);
        assertThat(bench.backward(tcp(OUT, IN, 81).vlan(11))).isEqualTo(DENIED);
        assertThat(bench.backward(tcp(OUT, IN, 81))).isEqualTo(DENIED);
    }

    @Test
    void shouldMatchVlans() {
        final Bench bench = Bench.firewall("allow=vlan:none,dport:1", "allow=vlan:100.10,dport:2");
        assertThat(bench.forward(tcp(IN, OUT, 1))).isNull();
        assertThat(bench.forward(tcp(IN, OUT, 1).vlan(5))).isEqualTo(DENIED);
        assertThat(bench.forward(tcp(IN, OUT, 2).vlan(100, 10))).isNull();
        assertThat(bench.forward(tcp(IN, OUT, 2).vlan(100))).isEqualTo(DENIED);
        assertThat(bench.forward(tcp(IN, OUT, 2).vlan(100, 11))).isEqualTo(DENIED);
    }

    @Test
    void shouldMatchIcmpTypesAndProtocolNumbers() {
        final Bench bench = Bench.firewall("allow=proto:icmp,type:8", "allow=proto:icmpv6,type:128", "allow=proto:47");
        assertThat(bench.backward(Frame.ip(OUT, IN).icmp(8, 1))).isNull();
        assertThat(bench.forward(Frame.ip(IN, OUT).icmp(0, 1))).isNull();
        assertThat(bench.backward(Frame.ip(OUT, IN).icmp(13, 1))).isEqualTo(DENIED);
        assertThat(bench.backward(Frame.ip("2001:db8::2", "2001:db8::1").icmp(128, 1)))
                .isNull();
        assertThat(bench.backward(Frame.ip(OUT, IN).transport(47, new byte[4]))).isNull();
        assertThat(bench.backward(Frame.ip(OUT, IN).transport(50, new byte[4]))).isEqualTo(DENIED);
    }

    @Test
    void shouldMatchIpv6Networks() {
        final Bench bench = Bench.firewall("allow=2001:db8::/32", "allow=src:fd00::/72,dst:::1");
        assertThat(bench.forward(tcp("2001:db8::1", "2001:db9::1", 80))).isNull();
        assertThat(bench.forward(tcp("2001:db9::1", "2001:db8::1", 80))).isEqualTo(DENIED);
        assertThat(bench.forward(tcp("fd00::ff:0:0:1", "::1", 80))).isNull();
        assertThat(bench.forward(tcp("fd00::100:0:0:1", "::1", 80))).isEqualTo(DENIED);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "allow=10.0.0.0/33 | 6 | prefix length must be a number from 0 to 32",
                "allow=10.0.0.256 | 6 | an address or network",
                "allow=10.0.0.1/8 | 6 | bits set behind its first 8",
                "allow=10.1 | 6 | an address or network",
                "allow=src:example.org | 10 | an address or network",
                "allow=::ffff:10.0.0.1 | 6 | an address or network",
                "allow= | 6 | an address or network",
                "deny=proto:tcp,dport:x22 | 21 | a port is a number from 0 to 65535",
                "deny=proto:tcp,dport:443-80 | 21 | write 80-443",
                "deny=prot:tcp | 5 | did you mean proto?",
                "deny=ssh | 5 | not a term of a rule",
                "deny=proto:tpc | 11 | did you mean tcp?",
                "deny=proto:gre,dport:1 | 5 | only tcp, udp and sctp have ports",
                "deny=type:8 | 5 | needs proto:icmp",
                "deny=dport:1,dport:2 | 19 | given twice",
                "deny=vlan:4095 | 10 | a VLAN is a number from 1 to 4094",
                "deny=direction:in | 15 | forward",
                "deny=any,dport:1 | 5 | any stands alone",
                "rule=permit,any | 5 | a rule begins with allow or deny",
                "rule=deny,dport: | 16 | a port is a number",
            })
    void shouldPointAtTheMistakeInARule(String option, int column, String message) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bench.firewall(option))
                .withMessageContaining("\n  " + option + "\n  " + " ".repeat(column) + "^")
                .withMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"default=drop", "tcp-timeout=soon", "connections=1", "seed=x", "arp=rules", "udp-timeout=0"})
    void shouldRefuseValuesThatMakeNoSense(String option) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bench.firewall(option))
                .withMessageStartingWith(option + ": ");
    }

    @Test
    void shouldSuggestTheOptionThatWasMeant() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bench.firewall("tcp-timout=5"))
                .withMessageContaining("unknown option tcp-timout, did you mean tcp-timeout?");
    }

    @Test
    void shouldRefuseToMixOrderedRulesWithOthers() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bench.firewall("rule=deny", "allow=any"))
                .withMessageContaining("write all of them as rule=");
    }

    /** A time that grows with the square of the length would be minutes here. */
    @Test
    void shouldRefuseALongTermWithoutDelay() throws Exception {
        for (final String term : List.of("1:".repeat(100_000) + "!", ":".repeat(200_000) + "!", "1.".repeat(100_000))) {
            Limits.hold(
                    64 << 20,
                    () -> assertThatIllegalArgumentException().isThrownBy(() -> Bench.firewall("allow=" + term)));
        }
    }
}
