// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.control;

import io.sluice.host.chain.BackendConfig;
import io.sluice.host.chain.ChainCards;
import io.sluice.host.chain.ConfiguredChain;
import io.sluice.host.chain.RunningChain;
import io.sluice.host.chain.RunningSegment;
import io.sluice.host.chain.Succession;
import io.sluice.host.endpoint.Intake;
import io.sluice.host.ixgbe.port.Cards;
import io.sluice.host.keeper.CardGuards;
import io.sluice.host.keeper.DescriptorStore;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** All chains of one process: started together or not at all, independent of each other from then on. */
public final class Backend implements AutoCloseable {
    /** From here on this process may be killed; a store that does not answer by then says so itself. */
    private static final Duration HELD = Duration.ofSeconds(10);

    private final List<RunningChain> chains = new ArrayList<>();
    private final DescriptorStore store;
    private Cards cards;
    private boolean closed;

    /**
     * Starts every chain of {@code config}.
     *
     * @throws IOException where the system refuses something, with what to do; nothing is left running then, and what was
     *     taken over waits for another backend as before
     */
    public Backend(BackendConfig config, RuntimeDirectory directory) throws IOException {
        this(config, directory, Intake.OPEN);
    }

    /** Starts every chain of {@code config}, whose sources wait where {@code intake} says so. */
    public Backend(BackendConfig config, RuntimeDirectory directory, Intake intake) throws IOException {
        this(config, directory, intake, Duration.ZERO);
    }

    /**
     * As the other one, going on with what a backend that was killed has left.
     *
     * @param keep for how long another backend may go on when this one is killed; zero for not at all
     */
    public Backend(BackendConfig config, RuntimeDirectory directory, Intake intake, Duration keep) throws IOException {
        directory.create();
        store = Keepers.open(directory, config.chains(), keep).orElse(null);
        Succession succession = Succession.none();
        try {
            if (store != null) {
                succession = Succession.of(store, !keep.isZero(), directory, config.chains());
            }
            StatusFiles.removeAbandoned(directory);
            cards = ChainCards.of(config.chains(), directory, new CardGuards(directory, store));
            for (ConfiguredChain chain : config.chains()) {
                chains.add(new RunningChain(chain, directory, intake, succession, cards));
            }
            if (store != null) {
                store.awaitHeld(HELD);
            }
        } catch (IOException | RuntimeException e) {
            giveBack(succession, e);
            throw e;
        }
    }

    public List<RunningChain> chains() {
        return List.copyOf(chains);
    }

    /** Lets packets into all chains, holds them back, or ends the sources so that the chains finish. */
    public synchronized void intake(Intake intake) {
        if (!closed) {
            chains.forEach(chain -> chain.intake(intake));
        }
    }

    /** What every chain has done up to now, guests' counters included; nothing once it is closed. */
    public synchronized List<ChainStatus> status() {
        return closed
                ? List.of()
                : chains.stream()
                        .flatMap(chain -> chain.segments().stream())
                        .map(Backend::status)
                        .toList();
    }

    private static ChainStatus status(RunningSegment segment) {
        segment.region().mirror();
        return StatusReader.read(segment.region().status());
    }

    /** True once no chain moves packets any more: each has finished or was retired, or this backend was closed. */
    public synchronized boolean finished() {
        // Looking at a chain reads its memory, which another thread's close would take away.
        return closed || chains.stream().allMatch(RunningChain::ended);
    }

    /** What ended a chain before its time, or null. */
    public Throwable failure() {
        for (RunningChain chain : chains) {
            if (chain.failure() != null) {
                return chain.failure();
            }
        }
        return null;
    }

    /** What endpoints say of why they no longer work or ended early; it has been logged. */
    public List<String> endpointFailures() {
        return chains.stream()
                .flatMap(chain -> chain.endpointFailures().stream())
                .toList();
    }

    /** Stops all chains, also where one of them cannot be stopped properly; idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        final List<RuntimeException> failures = end(RunningChain::close);
        closeCards();
        closeStore();
        if (!failures.isEmpty()) {
            final RuntimeException failure = failures.removeFirst();
            failures.forEach(failure::addSuppressed);
            throw failure;
        }
    }

    /** A start that fails ends what it has begun, and nothing that was there before: its guests wait on. */
    private synchronized void giveBack(Succession succession, Exception why) {
        end(RunningChain::giveBack).forEach(why::addSuppressed);
        try {
            succession.release();
        } catch (RuntimeException e) {
            why.addSuppressed(e);
        }
        closeCards();
        closeStore();
    }

    private List<RuntimeException> end(Consumer<RunningChain> how) {
        closed = true;
        final List<RuntimeException> failures = new ArrayList<>();
        for (RunningChain chain : chains.reversed()) {
            try {
                how.accept(chain);
            } catch (RuntimeException e) {
                failures.add(e);
            }
        }
        return failures;
    }

    private void closeCards() {
        if (cards != null) {
            cards.close();
        }
    }

    private void closeStore() {
        if (store != null) {
            store.close();
        }
    }
}
