// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.queue;

import io.sluice.host.ixgbe.CardException;
import io.sluice.host.ixgbe.model.ModelOptions.RegisterAccess;
import io.sluice.shared.pacing.Bell;
import io.sluice.shared.pacing.WaitSet;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A {@link ModelPath} whose stages are run by a thread that sleeps as soon as it may, played in steps: what happens while
 * it falls asleep, and in which order, is a matter of the seed. Nothing but a bell ends its sleep: it overlooks when it
 * should look again at the latest.
 */
final class SleepyPath implements AutoCloseable {
    private static final int QUIET_TURNS = 40;
    private static final long QUIET_NANOS = 2_000;

    private final ModelPath path;
    private final Random random;
    private final Named named = new Named();
    private boolean asleep;
    private boolean rung;
    private boolean mingling;
    private long sleeps;
    private long arms;
    private int came;

    /** Cards that interrupt. */
    SleepyPath(RegisterAccess access, long seed) throws IOException {
        this(access, seed, true);
    }

    /** Cards that interrupt, or such behind a door that carries no interrupts. */
    SleepyPath(RegisterAccess access, long seed, boolean interrupts) throws IOException {
        random = new Random(seed);
        path = new ModelPath(access, ReceiveFormat.LEGACY, interrupts ? Mingled::new : null);
    }

    /** A bell while whose arming anything happens. */
    private final class Mingled implements QueueBell {
        private final QueueBell bell;

        private Mingled(QueueBell bell) {
            this.bell = bell;
        }

        @Override
        public boolean arm(WaitSet waitSet) {
            arms++;
            happen();
            final boolean told = bell.arm(waitSet);
            happen();
            return told;
        }

        @Override
        public void listen(WaitSet waitSet) {
            bell.listen(waitSet);
        }

        @Override
        public void ring() {
            bell.ring();
        }

        @Override
        public long rings() {
            return bell.rings();
        }
    }

    /** The bells that end a sleep. */
    private static final class Named implements WaitSet {
        private final List<Bell> bells = new ArrayList<>();
        private long dueNanos;

        @Override
        public boolean canBeKicked() {
            return true;
        }

        @Override
        public void awaitKick(Bell bell) {
            bells.add(bell);
        }

        @Override
        public void awaitReadable(int descriptor) {
            throw new IllegalStateException("cards have bells");
        }

        @Override
        public void awaitWritable(int descriptor) {
            throw new IllegalStateException("cards have bells");
        }

        @Override
        public void dueIn(long nanos) {
            dueNanos = Math.min(dueNanos, nanos);
        }
    }

    /** A frame arrives at the first card. */
    void frame() {
        final byte[] frame = new byte[60 + came++ % 100];
        frame[0] = 2; // one station
        path.in.wire.toCard.add(frame);
    }

    void advance(long nanos) {
        path.clockNanos += nanos;
    }

    void modelTurn() {
        path.in.model.doWork();
        path.out.model.doWork();
    }

    private void happen() {
        if (!mingling) {
            return;
        }
        switch (random.nextInt(6)) {
            case 0 -> frame();
            case 1 -> path.in.model.doWork();
            case 2 -> path.out.model.doWork();
            case 3 -> advance(random.nextInt(20_000));
            case 4 -> {
                frame();
                advance(random.nextInt(2_000));
                modelTurn();
            }
            default -> {
                // nothing
            }
        }
    }

    /** One turn of the thread, which may be its going to sleep or its waking up. */
    void threadTurn() {
        if (asleep) {
            if (rung()) {
                rung = false;
                path.receiver.disarm();
                path.transmitter.disarm();
                asleep = false;
            }
            return;
        }
        if (path.receiver.doWork() + path.forward() + path.transmitter.doWork() > 0) {
            return;
        }
        named.bells.clear();
        named.dueNanos = Long.MAX_VALUE;
        asleep = path.receiver.arm(named) && path.transmitter.arm(named);
        if (asleep) {
            sleeps++;
        } else {
            path.receiver.disarm();
            path.transmitter.disarm();
        }
    }

    /** Whether a bell has rung that ends the present sleep. */
    boolean rung() {
        for (Bell bell : named.bells) {
            final long before = bell.kicks();
            bell.drain();
            rung |= bell.kicks() != before;
        }
        return rung;
    }

    /** {@code count} things happen by chance, also between and in the thread's turns. */
    void mingle(int count) {
        mingling = true;
        for (int i = 0; i < count; i++) {
            if (random.nextBoolean()) {
                happen();
            } else {
                threadTurn();
            }
        }
        mingling = false;
    }

    /** Lets everything that has come pass, until cards and thread have been quiet for long. */
    void rest() {
        for (int quiet = 0; quiet < QUIET_TURNS; quiet++) {
            advance(QUIET_NANOS);
            final int work = path.in.model.doWork() + path.out.model.doWork();
            final boolean slept = asleep;
            threadTurn();
            if (work > 0 || !slept || !asleep) {
                quiet = 0;
            }
        }
    }

    /** A card is reset while the thread may be asleep. */
    void resetOne() {
        final ModelPath.Side side = random.nextBoolean() ? path.in : path.out;
        side.card.health().reset("a test");
        for (int i = 0; i < 1_000 && side.card.health().resets() == 0 || !up(side); i++) {
            path.maintainNow();
            threadTurn();
            threadTurn();
            advance(1_000_000);
            modelTurn();
        }
    }

    private static boolean up(ModelPath.Side side) {
        return side.card.link().state().up();
    }

    /** Frames that came to the first card. */
    int came() {
        return came;
    }

    /** Frames that left the second one. */
    int left() {
        return path.out.wire.fromCard.size();
    }

    /** Frames that the second card has reported and the thread has seen so. */
    long reported() {
        return path.transmitting.counters().packets();
    }

    /** When the thread's present sleep ends at the latest, in nanoseconds from its beginning. */
    long dueNanos() {
        return named.dueNanos;
    }

    /** How often the thread fell asleep. */
    long sleeps() {
        return sleeps;
    }

    /** How often a bell was asked for, which may write a register. */
    long arms() {
        return arms;
    }

    @Override
    public void close() throws CardException {
        path.close();
    }
}
