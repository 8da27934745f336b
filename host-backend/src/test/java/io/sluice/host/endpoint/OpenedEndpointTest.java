// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenedEndpointTest {
    private final List<String> closed = new ArrayList<>();
    private final Trouble trouble = new Trouble("test:");

    @Test
    void shouldReleaseOnceAndAfterBothSides() {
        final var endpoint = new OpenedEndpoint(
                trouble, source(() -> closed.add("source")), sink(() -> closed.add("sink")), () -> closed.add("rest"));
        endpoint.close();
        endpoint.close();
        assertThat(closed).containsExactlyInAnyOrder("source", "sink", "rest").endsWith("rest");
    }

    @Test
    void shouldCloseTheRestWhereASideFails() {
        final var endpoint = new OpenedEndpoint(
                trouble,
                source(() -> closed.add("source")),
                sink(() -> {
                    throw new IllegalStateException("disk gone");
                }),
                () -> closed.add("rest"));
        assertThatThrownBy(endpoint::close).hasMessage("disk gone");
        assertThat(closed).containsExactly("source", "rest");
    }

    @Test
    void shouldStandInForTheSidesItWasOpenedWithout() {
        final var endpoint = new OpenedEndpoint(trouble, null, null);
        assertThat(endpoint.source().receive(0, 0)).isEqualTo(PacketSource.NOTHING);
        assertThatThrownBy(endpoint::sink).hasMessage("test: was not opened to send");
        assertThat(endpoint.details()).isEmpty();
        endpoint.close();
    }

    private static PacketSource source(Runnable closing) {
        return new PacketSource() {
            @Override
            public int receive(long address, int capacityBytes) {
                return NOTHING;
            }

            @Override
            public void close() {
                closing.run();
            }
        };
    }

    private static PacketSink sink(Runnable closing) {
        return new PacketSink() {
            @Override
            public Result transmit(long address, int lengthBytes, long timestampNanos) {
                return Result.SENT;
            }

            @Override
            public void close() {
                closing.run();
            }
        };
    }
}
