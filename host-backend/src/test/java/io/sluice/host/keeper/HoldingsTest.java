// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.posix.EventFd;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class HoldingsTest {
    private static final int FIRST = 7;
    private static final int SECOND = 8;
    private static final long GRACE_NANOS = 1_000;

    private final Holdings holdings = new Holdings();

    private static boolean open(int descriptor) {
        return Files.exists(Path.of("/proc/self/fd/" + descriptor));
    }

    @Test
    void shouldCloseWhatIsDroppedReplacedOrForgotten() {
        final int dropped = EventFd.create();
        final int replaced = EventFd.create();
        final int forgotten = EventFd.create();
        assertThat(holdings.hold(FIRST, "g", "a", dropped)).isTrue();
        assertThat(holdings.hold(FIRST, "g", "b", replaced)).isTrue();
        assertThat(holdings.hold(FIRST, "g", "b", forgotten)).isTrue();
        holdings.drop(FIRST, "g", "a");
        assertThat(open(dropped)).isFalse();
        assertThat(open(replaced)).isFalse();
        assertThat(open(forgotten)).isTrue();
        holdings.forget(FIRST, "g");
        assertThat(open(forgotten)).isFalse();
        assertThat(holdings.isEmpty()).isTrue();
    }

    @Test
    void shouldLetNobodyTouchWhatIsAnothers() {
        final int first = EventFd.create();
        final int second = EventFd.create();
        assertThat(holdings.hold(FIRST, "g", "a", first)).isTrue();
        assertThat(holdings.hold(SECOND, "g", "a", second)).isFalse();
        assertThat(open(second)).isFalse();
        holdings.drop(SECOND, "g", "a");
        holdings.forget(SECOND, "g");
        assertThat(holdings.claim(SECOND, "g")).isZero();
        assertThat(holdings.item(SECOND, "g", 0)).isNull();
        assertThat(open(first)).isTrue();
        holdings.forget(FIRST, "g");
    }

    @Test
    void shouldGiveAnOrphanToOneClaimantOnly() {
        holdings.hold(FIRST, "g", "a", EventFd.create());
        holdings.hold(FIRST, "g", "b", EventFd.create());
        assertThat(holdings.orphans()).isEmpty();
        holdings.orphan(FIRST, 0, GRACE_NANOS);
        assertThat(holdings.orphans()).containsExactly("g");
        assertThat(holdings.claim(SECOND, "g")).isEqualTo(2);
        assertThat(holdings.claim(FIRST, "g")).isZero();
        assertThat(holdings.item(SECOND, "g", 1).getKey()).isEqualTo("b");
        assertThat(holdings.item(SECOND, "g", 2)).isNull();
        holdings.forget(SECOND, "g");
    }

    @Test
    void shouldGiveAnOrphanBackToItsBackendThatConnectsAgain() {
        final int again = EventFd.create();
        holdings.hold(FIRST, "g", "a", EventFd.create());
        holdings.orphan(FIRST, 0, GRACE_NANOS);
        assertThat(holdings.hold(SECOND, "g", "a", again)).isTrue();
        assertThat(holdings.orphans()).isEmpty();
        assertThat(holdings.expire(2 * GRACE_NANOS)).isEmpty();
        assertThat(open(again)).isTrue();
        holdings.forget(SECOND, "g");
    }

    @Test
    void shouldGiveUpAnOrphanWhoseTimeIsUpAlsoWhenItWasClaimedAndReleased() {
        final int descriptor = EventFd.create();
        holdings.hold(FIRST, "g", "a", descriptor);
        assertThat(holdings.expire(Long.MAX_VALUE / 2)).isEmpty();
        holdings.orphan(FIRST, 100, GRACE_NANOS);
        holdings.claim(SECOND, "g");
        assertThat(holdings.expire(100 + GRACE_NANOS)).isEmpty();
        holdings.release(SECOND, "g");
        assertThat(holdings.expire(100 + GRACE_NANOS - 1)).isEmpty();
        assertThat(holdings.expire(100 + GRACE_NANOS)).containsExactly("g");
        assertThat(open(descriptor)).isFalse();
    }

    @Test
    void shouldHoldNoMoreThanItsLimits() {
        for (int i = 0; i < DescriptorStore.MAX_ITEMS; i++) {
            assertThat(holdings.hold(FIRST, "g0", "i" + i, EventFd.create())).isTrue();
        }
        assertThat(holdings.hold(FIRST, "g0", "more", EventFd.create())).isFalse();
        assertThat(holdings.hold(FIRST, "g0", "i0", EventFd.create())).isTrue();
        for (int i = 1; i < DescriptorStore.MAX_GROUPS; i++) {
            assertThat(holdings.hold(FIRST, "g" + i, "i", EventFd.create())).isTrue();
        }
        assertThat(holdings.hold(FIRST, "more", "i", EventFd.create())).isFalse();
        for (int i = 0; i < DescriptorStore.MAX_GROUPS; i++) {
            holdings.forget(FIRST, "g" + i);
        }
        assertThat(holdings.isEmpty()).isTrue();
    }
}
