// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.agent;

import io.sluice.shared.pacing.Sleeper;
import io.sluice.shared.pacing.WaitMode;
import io.sluice.shared.pacing.Waiting;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.Threads;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

/** A platform thread that runs one agent until it is done or closed. */
public final class AgentRunner implements AutoCloseable {
    /** Not pinned to a processor. */
    public static final int ANY_PROCESSOR = -1;

    private static final long TIMER_SLACK_NANOS = 1_000;

    private final Agent agent;
    private final Sleeper sleeper;
    private final Waiting waiting;
    private final int processor;
    private final Consumer<Throwable> onError;
    private final Thread thread;
    private final boolean claimed;
    private List<Integer> near = List.of();
    private volatile boolean running = true;
    private boolean closed;

    /**
     * A runner that is not started yet.
     *
     * @param sleeper how the thread is woken; closed with the runner
     * @param processor the processor to pin the thread to, or {@link #ANY_PROCESSOR}
     * @param onError told of what ends the thread before its time
     */
    public AgentRunner(Agent agent, Sleeper sleeper, WaitMode mode, int processor, Consumer<Throwable> onError) {
        this.agent = agent;
        this.sleeper = sleeper;
        this.waiting = Waiting.of(mode, sleeper);
        this.processor = processor;
        this.onError = onError;
        this.thread = new Thread(this::run, agent.roleName());
        thread.setDaemon(true);
        this.claimed = processor != ANY_PROCESSOR
                && mode == WaitMode.SPIN
                && SpinningProcessors.claim(processor, agent.roleName());
    }

    /** Keeps the thread, where it is not pinned, to those of {@code processors} that it may have; before {@link #start}. */
    public AgentRunner near(Collection<Integer> processors) {
        near = List.copyOf(processors);
        return this;
    }

    public AgentRunner start() {
        thread.start();
        return this;
    }

    /** Waits until the agent is done. */
    public void join() throws InterruptedException {
        thread.join();
    }

    /** Waits until the agent is done, {@code millis} at most. */
    public void join(long millis) throws InterruptedException {
        thread.join(millis);
    }

    /** Whether the thread still works. */
    public boolean alive() {
        return thread.isAlive();
    }

    /** Ends the thread's sleep, from any thread: its agent has been told something that asks for a turn. */
    public void wake() {
        sleeper.wake();
    }

    private void run() {
        try {
            place();
            while (running && !agent.done()) {
                waiting.idle(agent.doWork(), agent);
            }
        } catch (Throwable t) {
            onError.accept(t);
        } finally {
            closeAgent();
        }
    }

    private void closeAgent() {
        try {
            agent.onClose();
        } catch (Throwable t) {
            onError.accept(t);
        }
    }

    private void place() {
        Threads.timerSlackNanos(TIMER_SLACK_NANOS);
        if (processor != ANY_PROCESSOR) {
            final int result = Threads.pinTo(processor);
            if (result < 0) {
                throw new IllegalArgumentException("thread " + agent.roleName() + " cannot run on processor "
                        + processor + ": " + Errno.describe(result) + "; allowed are " + Threads.allowedProcessors());
            }
        } else {
            Threads.keepTo(near);
        }
    }

    /**
     * Ends the thread after its present turn and waits for it; called again, or by the thread itself, it only asks. The
     * agent of a runner that was never started is closed as well.
     */
    @Override
    public void close() {
        running = false;
        if (Thread.currentThread() == thread) {
            return;
        }
        sleeper.wake();
        if (thread.isAlive()) {
            ThreadEnd.await(thread);
        }
        if (closed) {
            return;
        }
        closed = true;
        if (thread.getState() == Thread.State.NEW) {
            closeAgent();
        }
        if (claimed) {
            SpinningProcessors.release(processor);
        }
        sleeper.close();
    }
}
