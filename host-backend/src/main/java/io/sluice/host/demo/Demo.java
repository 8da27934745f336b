// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.demo;

import io.sluice.host.chain.BackendConfig;
import io.sluice.host.chain.Chain;
import io.sluice.host.chain.ChainOptions;
import io.sluice.host.chain.ConfiguredChain;
import io.sluice.host.chain.Hop;
import io.sluice.host.chain.HopOption;
import io.sluice.host.control.Backend;
import io.sluice.host.control.ChainStatus;
import io.sluice.host.control.StageStatus;
import io.sluice.host.endpoint.Intake;
import io.sluice.host.nic.Nic;
import io.sluice.host.nic.NicCard;
import io.sluice.host.nic.NicFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * A backend in this process with one chain, and its two guests:
 *
 * <pre>
 *   ixgbe:model0  &lt;=&gt;  guest:firewall  &lt;=&gt;  guest:monitor  &lt;=&gt;  ixgbe:model1
 *        |                                                        |
 *   pcap:capture.pcap                                           gen:
 * </pre>
 *
 * The ends are cards in software, with our driver on top and a wire each; or capture and generator themselves.
 *
 * It needs no root and touches nothing outside a directory of its own. {@link #close} undoes everything and may be called
 * by another thread at any time.
 */
public final class Demo implements AutoCloseable {
    private static final String FIREWALL = "firewall";
    private static final String MONITOR = "monitor";
    private static final long SAMPLE_MILLIS = 500;
    private static final long POLL_MILLIS = 20;
    private static final long READY_NANOS = 5_000_000_000L;

    /** The driver reads a card's counters every second. */
    private static final long COUNTED_NANOS = 5_000_000_000L;

    private static final String LEFT_CARD = "model0";
    private static final String RIGHT_CARD = "model1";

    private final DemoOptions options;
    private final DemoView view;
    private final List<DemoGuest> guests = new ArrayList<>();
    private DemoDirectory directory;
    private Backend backend;
    private boolean closed;

    public Demo(DemoOptions options, DemoView view) {
        this.options = options;
        this.view = view;
    }

    /**
     * Runs it from the start to the account.
     *
     * @throws DemoException where it cannot go on, or is closed meanwhile
     */
    public DemoResult run() throws IOException, InterruptedException {
        start();
        awaitGuests();
        awaitReady();
        final long nanos = traffic();
        view.phase("the sources have ended, letting the rings run empty");
        final Account account = Account.of(drained());
        final List<CardEntry> cards = options.cards() ? cards(account) : List.of();
        backend.close();
        return new DemoResult(account, cards, nanos, endGuests());
    }

    private synchronized void start() throws IOException {
        checkOpen();
        directory = new DemoDirectory();
        final String chain = chain(directory.capture());
        view.phase("chain "
                + Chain.parse(chain).hops().stream()
                        .map(Hop::name)
                        .map(name -> name.replace(directory.path() + "/", ""))
                        .collect(Collectors.joining(" <=> ")));
        backend = new Backend(
                new BackendConfig(
                        Optional.of(directory.path()),
                        List.of(new ConfiguredChain("demo", Chain.parse(chain), ChainOptions.DEFAULTS))),
                directory.runtime(),
                Intake.HELD);
        if (options.cards()) {
            view.phase("model0 and model1 are 82599 cards in software, driven register by register as real ones are;"
                    + " model0's wire is a recorded capture, model1's a generator");
        }
        view.phase(
                options.virtualMachines()
                        ? "booting two virtual machines, which takes a minute or more without KVM"
                        : "starting two guests, each a process of its own");
        startGuest(FIREWALL, DemoOptions.FIREWALL);
        startGuest(MONITOR, DemoOptions.MONITOR);
    }

    private void startGuest(String name, List<String> function) throws IOException {
        final DemoGuest guest = DemoGuest.start(name, function, options.virtualMachines(), directory);
        guests.add(guest);
        view.phase("guest " + name + ", process " + guest.processId() + ": sluice "
                + (options.virtualMachines() ? "vm " + name + " -- " : "") + "guest " + String.join(" ", function));
    }

    private String chain(Path capture) {
        final Map<String, String> replay = new TreeMap<>(Map.of("loop", "forever", "pace", "capture"));
        if (!options.cards()) {
            // What a card sends to a capture is lost as on a wire where nobody listens.
            replay.put("write", "/dev/null");
        }
        final Hop left = end(LEFT_CARD, "pcap", capture.toString(), replay);
        final Hop right = end(
                RIGHT_CARD,
                "gen",
                "",
                Map.of("size", "64", "flows", "" + DemoOptions.FLOWS, "rate", "" + options.rate()));
        return left.format() + " <=> guest:" + FIREWALL + " <=> guest:" + MONITOR + " <=> " + right.format();
    }

    /** An end of the chain: the endpoint itself, or a card with the endpoint as its wire. */
    private Hop end(String card, String kind, String address, Map<String, String> endpoint) {
        if (!options.cards()) {
            return hop(kind, address, endpoint);
        }
        final Map<String, String> wire = new TreeMap<>();
        wire.put("wire", kind + ":" + address);
        endpoint.forEach((name, value) -> wire.put("wire." + name, value));
        return hop("ixgbe", card, wire);
    }

    private static Hop hop(String kind, String address, Map<String, String> options) {
        final List<HopOption> written = new TreeMap<>(options)
                .entrySet().stream()
                        .map(option -> new HopOption(option.getKey(), option.getValue(), 0, 0))
                        .toList();
        return new Hop(kind, address, written, 0, 0);
    }

    private void awaitGuests() throws IOException, InterruptedException {
        final long start = System.nanoTime();
        final long deadline = start + TimeUnit.SECONDS.toNanos(options.attachSeconds());
        for (DemoGuest guest : guests) {
            while (!guest.attached()) {
                check();
                if (System.nanoTime() > deadline) {
                    throw new DemoException("guest " + guest.name() + " has not attached within "
                            + options.attachSeconds() + " s; it said:\n" + guest.output());
                }
                TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
            }
        }
        view.phase("both are attached, after %.1f s".formatted((System.nanoTime() - start) / 1e9));
    }

    /**
     * Waits until both guests have run out of work for the first time: between attaching and that a Java process loads
     * what it needs, and the first packets would wait for it. A guest that no interrupt reaches never says so.
     */
    private void awaitReady() throws IOException, InterruptedException {
        final long deadline = System.nanoTime() + READY_NANOS;
        while (!options.virtualMachines() && System.nanoTime() < deadline && !guestsAsleep(status())) {
            check();
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    private static boolean guestsAsleep(ChainStatus chain) {
        return chain.rings().stream()
                .flatMap(ring -> ring.stages().subList(1, ring.stages().size() - 1).stream())
                .allMatch(StageStatus::asleep);
    }

    /** Lets packets in for as long as was asked for; how long that was, in nanoseconds. */
    private long traffic() throws IOException, InterruptedException {
        view.phase("traffic for %d s: a recorded capture one way, a generator's %,d packets/s the other"
                .formatted(options.seconds(), options.rate()));
        view.sample(status());
        final long start = System.nanoTime();
        final long end = start + TimeUnit.SECONDS.toNanos(options.seconds());
        backend.intake(Intake.OPEN);
        for (long left = end - start; left > 0; left = end - System.nanoTime()) {
            TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(SAMPLE_MILLIS)));
            check();
            view.sample(status());
        }
        backend.intake(Intake.ENDED);
        return System.nanoTime() - start;
    }

    /** The chain once its rings are empty, or as it is where they do not become so. */
    private ChainStatus drained() throws IOException, InterruptedException {
        final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(options.drainSeconds());
        while (!backend.finished() && System.nanoTime() < deadline) {
            check();
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
        check();
        return status();
    }

    /** What the cards say of themselves, once they say what {@code account} does, or as it is where they do not. */
    private List<CardEntry> cards(Account account) throws IOException, InterruptedException {
        final long deadline = System.nanoTime() + COUNTED_NANOS;
        while (true) {
            final List<CardEntry> cards = List.of(card(LEFT_CARD, account, 0), card(RIGHT_CARD, account, 1));
            if (cards.stream().allMatch(card -> card.faults().isEmpty()) || System.nanoTime() > deadline) {
                return cards;
            }
            check();
            TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
        }
    }

    /** The card at which the ring {@code first} begins and the other one ends. */
    private CardEntry card(String name, Account account, int first) throws IOException {
        final NicCard card = NicFiles.read(directory.runtime()).nics().stream()
                .map(Nic::card)
                .filter(candidate -> candidate.identity().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new DemoException("the card " + name + " no longer says what it does"));
        return CardEntry.of(
                card,
                account.entries().get(first).received(),
                account.entries().get(1 - first).sent());
    }

    private ChainStatus status() throws DemoException {
        final List<ChainStatus> status = backend.status();
        if (status.isEmpty()) {
            throw stopped();
        }
        return status.getFirst();
    }

    private void check() throws IOException {
        checkOpen();
        for (DemoGuest guest : guests) {
            if (!guest.alive()) {
                throw guest.ended();
            }
        }
        if (backend.failure() != null) {
            throw new DemoException("the backend has failed: " + backend.failure());
        }
    }

    /** Waits for the guests, which end by themselves when their backend has; what went wrong with them. */
    private List<String> endGuests() throws IOException, InterruptedException {
        final List<String> faults = new ArrayList<>();
        for (DemoGuest guest : guests) {
            if (!guest.awaitEnd(options.endSeconds())) {
                faults.add("guest " + guest.name() + " goes on without its backend");
            } else if (guest.exitCode() != 0) {
                faults.add(guest.ended().getMessage());
            }
        }
        return faults;
    }

    private synchronized void checkOpen() throws DemoException {
        if (closed) {
            throw stopped();
        }
    }

    private static DemoException stopped() {
        return new DemoException("stopped before every packet could be accounted for");
    }

    /** Ends the backend and the guests and removes the directory; idempotent. */
    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        if (backend != null) {
            backend.close();
        }
        guests.forEach(DemoGuest::close);
        if (directory != null) {
            directory.close();
        }
    }
}
