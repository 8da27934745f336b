// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.shared.pacing.Sleeper;
import io.sluice.shared.pacing.WaitMode;
import io.sluice.shared.pacing.WaitSet;
import io.sluice.shared.posix.Threads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntSupplier;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AgentRunnerTest {
    private static final int ANY = AgentRunner.ANY_PROCESSOR;

    private final AtomicInteger closed = new AtomicInteger();
    private final AtomicReference<Throwable> error = new AtomicReference<>();

    private Agent agent(IntSupplier work) {
        return agent(work, () -> {});
    }

    private Agent agent(IntSupplier work, Runnable onClose) {
        return new Agent() {
            @Override
            public String roleName() {
                return "tester";
            }

            @Override
            public int doWork() {
                return work.getAsInt();
            }

            @Override
            public boolean arm(WaitSet waitSet) {
                return true;
            }

            @Override
            public void disarm() {}

            @Override
            public void onClose() {
                closed.incrementAndGet();
                onClose.run();
            }
        };
    }

    private AgentRunner runner(Agent agent, WaitMode mode, int processor) {
        return new AgentRunner(agent, Sleeper.withoutBell(), mode, processor, error::set);
    }

    /** The default slack of 50 microseconds would be added to every one of these sleeps. */
    @Test
    void shouldKeepShortSleepsShort() throws Exception {
        final CompletableFuture<String> slack = new CompletableFuture<>();
        final int sleeps = 200;
        final CountDownLatch turns = new CountDownLatch(2 * sleeps);
        final long start = System.nanoTime();
        try (AgentRunner runner = runner(
                agent(() -> {
                    slack.complete(timerSlackNanos());
                    turns.countDown();
                    // Every other turn finds work, so that each rest is but one sleep, as short as they come.
                    return (int) (turns.getCount() & 1);
                }),
                WaitMode.BLOCK,
                ANY)) {
            runner.start();
            turns.await();
        }
        System.out.printf("%d sleeps of 20 us took %d us each%n", sleeps, (System.nanoTime() - start) / sleeps / 1000);
        assertThat(slack.get()).isEqualTo("1000");
        assertThat(error.get()).isNull();
    }

    private static String timerSlackNanos() {
        try {
            final Path thread = Path.of("/proc/thread-self").toRealPath().getFileName();
            return Files.readString(Path.of("/proc").resolve(thread).resolve("timerslack_ns"))
                    .strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldRunUnderItsNameUntilClosedFromAnotherThread() throws Exception {
        for (WaitMode mode : WaitMode.values()) {
            closed.set(0);
            final CountDownLatch turns = new CountDownLatch(100);
            final CompletableFuture<String> name = new CompletableFuture<>();
            final AgentRunner runner = runner(
                            agent(() -> {
                                name.complete(Thread.currentThread().getName());
                                turns.countDown();
                                return 0;
                            }),
                            mode,
                            ANY)
                    .start();
            turns.await();
            assertThat(runner.alive()).isTrue();
            assertThat(name.get()).isEqualTo("tester");
            runner.close();
            assertThat(runner.alive()).isFalse();
            assertThat(closed).hasValue(1);
            runner.close();
            assertThat(closed).hasValue(1);
            assertThat(error.get()).isNull();
        }
    }

    @Test
    void shouldEndWhenItsAgentIsDone() throws Exception {
        final AtomicInteger left = new AtomicInteger(3);
        final Agent agent = new Agent() {
            @Override
            public String roleName() {
                return "counts down";
            }

            @Override
            public int doWork() {
                return left.getAndDecrement();
            }

            @Override
            public boolean arm(WaitSet waitSet) {
                return true;
            }

            @Override
            public void disarm() {}

            @Override
            public boolean done() {
                return left.get() == 0;
            }
        };
        try (AgentRunner runner = runner(agent, WaitMode.ADAPTIVE, ANY).start()) {
            runner.join();
            assertThat(left).hasValue(0);
        }
    }

    @Test
    void shouldReportWhatEndsTheThread() throws Exception {
        final RuntimeException failure = new IllegalStateException("broken");
        try (AgentRunner runner = runner(
                        agent(() -> {
                            throw failure;
                        }),
                        WaitMode.BLOCK,
                        ANY)
                .start()) {
            runner.join();
            assertThat(error.get()).isSameAs(failure);
            assertThat(closed).hasValue(1);
        }
    }

    @Test
    void shouldReportWhatFailsToClose() throws Exception {
        final RuntimeException failure = new IllegalStateException("stuck");
        final AgentRunner runner = runner(
                        agent(() -> 0, () -> {
                            throw failure;
                        }),
                        WaitMode.BLOCK,
                        ANY)
                .start();
        runner.close();
        assertThat(error.get()).isSameAs(failure);
    }

    @Test
    void shouldCloseTheAgentOfARunnerThatNeverStarted() {
        final AgentRunner runner = runner(agent(() -> 0), WaitMode.BLOCK, ANY);
        runner.close();
        runner.close();
        assertThat(closed).hasValue(1);
    }

    @Test
    void shouldEndWhereItsOwnAgentClosesIt() throws Exception {
        final CompletableFuture<AgentRunner> self = new CompletableFuture<>();
        final AgentRunner runner = runner(
                agent(() -> {
                    self.join().close();
                    return 0;
                }),
                WaitMode.BLOCK,
                ANY);
        self.complete(runner);
        runner.start().join();
        runner.close();
        assertThat(closed).hasValue(1);
        assertThat(error.get()).isNull();
    }

    @Test
    void shouldKeepAnInterruptThatArrivesWhileItCloses() {
        final AgentRunner runner = runner(agent(() -> 0), WaitMode.BLOCK, ANY).start();
        Thread.currentThread().interrupt();
        runner.close();
        assertThat(Thread.interrupted()).isTrue();
        assertThat(runner.alive()).isFalse();
    }

    @Test
    void shouldPinItsThread() throws Exception {
        final int processor = Threads.allowedProcessors().nextSetBit(0);
        final CompletableFuture<Integer> processors = new CompletableFuture<>();
        try (AgentRunner _ = runner(
                        agent(() -> {
                            processors.complete(Threads.allowedProcessors().cardinality());
                            return 0;
                        }),
                        WaitMode.BLOCK,
                        processor)
                .start()) {
            assertThat(processors.get(20, TimeUnit.SECONDS)).isEqualTo(1);
        }
    }

    @Test
    void shouldNameTheProcessorsItMayRunOn() throws Exception {
        try (AgentRunner runner = runner(agent(() -> 0), WaitMode.BLOCK, 8191).start()) {
            runner.join();
            assertThat(error.get())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("thread tester cannot run on processor 8191")
                    .hasMessageContaining("allowed are " + Threads.allowedProcessors());
        }
    }

    @Test
    void shouldWarnWhereTwoSpinnersShareAProcessor() {
        final List<String> warnings = new ArrayList<>();
        final Handler handler = new Handler() {
            @Override
            public void publish(LogRecord logged) {
                warnings.add(new SimpleFormatter().formatMessage(logged));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        final Logger logger = Logger.getLogger(SpinningProcessors.class.getName());
        logger.addHandler(handler);
        try {
            final AgentRunner first = runner(agent(() -> 0), WaitMode.SPIN, 0);
            runner(agent(() -> 0), WaitMode.SPIN, 1).close();
            runner(agent(() -> 0), WaitMode.ADAPTIVE, 0).close();
            assertThat(warnings).isEmpty();
            runner(agent(() -> 0), WaitMode.SPIN, 0).close();
            assertThat(warnings).singleElement().asString().contains("share processor 0", "tester", "wait=adaptive");
            first.close();
        } finally {
            logger.removeHandler(handler);
        }
    }
}
