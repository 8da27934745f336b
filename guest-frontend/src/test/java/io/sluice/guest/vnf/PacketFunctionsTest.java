// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.sluice.shared.function.Direction;
import io.sluice.shared.function.PacketFunctionProvider;
import io.sluice.shared.ring.DropReason;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class PacketFunctionsTest {
    private static final Map<String, PacketFunctionProvider> PROVIDERS =
            ServiceLoader.load(PacketFunctionProvider.class).stream()
                    .map(ServiceLoader.Provider::get)
                    .collect(Collectors.toMap(PacketFunctionProvider::name, Function.identity()));

    @Test
    void shouldBeFoundByName() {
        assertThat(PROVIDERS).containsOnlyKeys("forward", "monitor", "firewall");
        PROVIDERS.values().forEach(provider -> {
            assertThat(provider.summary()).isNotBlank().doesNotContain("\n");
            assertThat(provider.create(Map.of())).isNotNull();
        });
    }

    @Test
    void shouldRefuseUnknownOptions() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PROVIDERS.get("forward").create(Bench.options("swap-mac=true")))
                .withMessage("unknown option swap-mac, did you mean swap-macs?; forward understands swap-macs");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PROVIDERS.get("monitor").create(Bench.options("verbose=true")))
                .withMessage("unknown option verbose; monitor has no options");
    }

    @Test
    void shouldForwardFramesAsTheyAre() {
        final Bench bench = new Bench(PROVIDERS.get("forward").create(Map.of()));
        final byte[] frame = Frame.ip("10.0.0.1", "10.0.0.2").udp(1, 2).bytes();
        assertThat(bench.process(frame, Direction.FORWARD)).isNull();
        assertThat(bench.bytes()).isEqualTo(frame);
        assertThat(bench.process(new byte[0], Direction.FORWARD)).isNull();
    }

    @Test
    void shouldSwapEthernetAddresses() {
        final Bench bench = new Bench(PROVIDERS.get("forward").create(Bench.options("swap-macs=true")));
        final byte[] frame = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
        assertThat(bench.process(frame, Direction.FORWARD)).isNull();
        assertThat(bench.bytes()).containsExactly(7, 8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 13, 14);
        assertThat(bench.process(new byte[11], Direction.FORWARD)).isEqualTo(DropReason.MALFORMED);
    }

    @Test
    void shouldCountByProtocol() {
        final Monitor monitor = (Monitor) PROVIDERS.get("monitor").create(Map.of());
        final Bench bench = new Bench(monitor);
        assertThat(bench.forward(Frame.ip("10.0.0.1", "10.0.0.2").tcp(1, 2, Frame.SYN)))
                .isNull();
        assertThat(bench.forward(Frame.ip("fd00::1", "fd00::2").tcp(1, 2, Frame.SYN)))
                .isNull();
        assertThat(bench.backward(Frame.ip("fd00::1", "fd00::2").icmp(128, 1))).isNull();
        assertThat(bench.process(Frame.arp(), Direction.FORWARD)).isNull();
        assertThat(bench.process(new byte[3], Direction.FORWARD)).isNull();
        assertThat(monitor.packets(Monitor.Traffic.TCP)).isEqualTo(2);
        assertThat(monitor.bytes(Monitor.Traffic.TCP)).isEqualTo(54 + 74);
        assertThat(monitor).hasToString("monitor: tcp=2/128B icmp=1/62B arp=1/42B malformed=1/3B");
    }
}
