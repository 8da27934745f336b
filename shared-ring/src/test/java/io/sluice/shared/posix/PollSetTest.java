// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PollSetTest {
    private static final long SOON_NANOS = 1_000_000;
    private static final long LATE_NANOS = 20_000_000_000L;

    private final PollSet pollSet = new PollSet(2);
    private final int first = EventFd.create();
    private final int second = EventFd.create();

    @AfterEach
    void close() {
        pollSet.close();
        Descriptors.close(first);
        Descriptors.close(second);
    }

    @Test
    void shouldReturnNothingAfterItsTime() {
        pollSet.add(first, PollSet.READABLE);
        final long start = System.nanoTime();
        assertThat(pollSet.await(SOON_NANOS)).isZero();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SOON_NANOS);
        assertThat(pollSet.ready(0)).isFalse();
        assertThat(pollSet.await(0)).isZero();
    }

    @Test
    void shouldTellWhichDescriptorIsReady() {
        pollSet.add(first, PollSet.READABLE);
        pollSet.add(second, PollSet.READABLE);
        EventFd.signal(second);
        assertThat(pollSet.await(LATE_NANOS)).isEqualTo(1);
        assertThat(pollSet.ready(0)).isFalse();
        assertThat(pollSet.ready(1)).isTrue();
        pollSet.clear();
        assertThat(pollSet.size()).isZero();
        pollSet.add(first, (short) (PollSet.READABLE | PollSet.WRITABLE));
        assertThat(pollSet.await(LATE_NANOS)).isEqualTo(1);
        assertThat(pollSet.ready(0)).isTrue();
    }

    @Test
    void shouldForgetWhatWasReadyBefore() {
        pollSet.add(first, PollSet.READABLE);
        EventFd.signal(first);
        pollSet.await(LATE_NANOS);
        pollSet.clear();
        pollSet.add(second, PollSet.READABLE);
        assertThat(pollSet.ready(0)).isFalse();
    }

    @Test
    void shouldReportAClosedDescriptorAsReady() {
        final int gone = EventFd.create();
        Descriptors.close(gone);
        pollSet.add(gone, PollSet.READABLE);
        assertThat(pollSet.await(LATE_NANOS)).isEqualTo(1);
        assertThat(pollSet.ready(0)).isTrue();
    }

    @Test
    void shouldRefuseMoreThanItsCapacity() {
        pollSet.add(first, PollSet.READABLE);
        pollSet.add(second, PollSet.READABLE);
        assertThatThrownBy(() -> pollSet.add(first, PollSet.READABLE))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("capacity=2");
    }

    @Test
    void shouldDrainAllSignalsAtOnce() {
        assertThat(EventFd.drain(first)).isZero();
        for (int i = 0; i < 5; i++) {
            EventFd.signal(first);
        }
        assertThat(EventFd.drain(first)).isEqualTo(5);
        assertThat(EventFd.drain(first)).isZero();
    }

    @Test
    void shouldNeverWaitForASignalThatSomebodyElseTook() {
        Descriptors.nonBlocking(first, false);
        assertThat(EventFd.blocking(first)).isTrue();
        assertThat(EventFd.drain(first)).isZero();
        EventFd.signal(first);
        assertThat(EventFd.drain(first)).isEqualTo(1);
        Descriptors.nonBlocking(first, true);
        assertThat(EventFd.blocking(first)).isFalse();
    }
}
