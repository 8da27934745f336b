// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.control.ChainStatus;
import io.sluice.host.control.RingStatus;
import io.sluice.host.control.StageStatus;
import io.sluice.shared.function.Direction;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Violation;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AccountTest {
    private static StageStatus stage(String label, long packets, Map<DropReason, Long> drops, long emptySlots) {
        return new StageStatus(label, "", 0, packets, 0, drops, 0, false, emptySlots, Optional.empty());
    }

    private static Account account(long inRing, StageStatus... stages) {
        return Account.of(new ChainStatus(
                "demo",
                Optional.empty(),
                ChainStatus.State.LIVE,
                Violation.NONE,
                List.of(),
                List.of(new RingStatus(Direction.FORWARD, 1024, inRing, List.of(stages)))));
    }

    private static boolean success(Account account, String... faults) {
        return new DemoResult(account, List.of(), 1, List.of(faults)).success();
    }

    private static List<String> faults(Account account) {
        assertThat(account.closes()).isFalse();
        assertThat(success(account)).isFalse();
        return account.entries().getFirst().faults();
    }

    @Test
    void shouldCloseWhereWhatEnteredLeftOrWasDropped() {
        final Account account = account(
                0,
                // What never entered is no part of the account.
                stage("gen:", 100, Map.of(DropReason.OVERSIZE, 9L), 0),
                stage("guest:fw", 100, Map.of(DropReason.DENIED, 10L, DropReason.MALFORMED, 1L), 0),
                stage("guest:nat", 89, Map.of(DropReason.DENIED, 5L), 0),
                stage("null:", 82, Map.of(DropReason.OUTPUT_ERROR, 2L), 16));

        assertThat(account.closes()).isTrue();
        assertThat(success(account)).isTrue();
        final Account.Entry entry = account.entries().getFirst();
        assertThat(entry.dropped())
                .isEqualTo(Map.of(DropReason.DENIED, 15L, DropReason.MALFORMED, 1L, DropReason.OUTPUT_ERROR, 2L));
        assertThat(entry.received()).isEqualTo(entry.sent() + entry.droppedPackets());
    }

    @Test
    void shouldNotCloseWhereAPacketIsMissing() {
        assertThat(faults(account(0, stage("gen:", 100, Map.of(), 0), stage("null:", 99, Map.of(), 0))))
                .containsExactly("of 100 packets received, 99 were sent and 0 dropped: 1 are missing");
    }

    @Test
    void shouldNotCloseWhereAPacketIsTooMany() {
        assertThat(faults(account(0, stage("gen:", 100, Map.of(), 0), stage("null:", 102, Map.of(), 0))))
                .containsExactly("of 100 packets received, 102 were sent and 0 dropped: 2 are too many");
    }

    @Test
    void shouldNotCloseWhilePacketsAreInTheRing() {
        assertThat(faults(account(4, stage("gen:", 100, Map.of(), 0), stage("null:", 96, Map.of(), 0))))
                .containsExactly("4 packets are still in the ring");
    }

    @Test
    void shouldNotCloseWhereADropLeftNoEmptySlot() {
        final Account account = account(
                0,
                stage("gen:", 100, Map.of(), 0),
                stage("guest:fw", 100, Map.of(DropReason.DENIED, 3L), 0),
                stage("null:", 97, Map.of(), 2));

        assertThat(faults(account)).containsExactly("3 packets were dropped on the way and 2 slots arrived empty");
    }

    @Test
    void shouldNotCallNothingASuccess() {
        final Account account = account(0, stage("gen:", 0, Map.of(), 0), stage("null:", 0, Map.of(), 0));

        assertThat(account.closes()).isTrue();
        assertThat(success(account)).isFalse();
    }

    @Test
    void shouldNotCallAGuestThatFailedASuccess() {
        final Account account = account(0, stage("gen:", 1, Map.of(), 0), stage("null:", 1, Map.of(), 0));

        assertThat(success(account)).isTrue();
        assertThat(success(account, "guest fw has ended with exit code 1")).isFalse();
    }
}
