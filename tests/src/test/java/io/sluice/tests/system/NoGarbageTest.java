// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.sluice.guest.port.EchoAgent;
import io.sluice.guest.port.GuestPort;
import io.sluice.guest.vnf.Forward;
import io.sluice.host.chain.BackendConfig;
import io.sluice.host.chain.ChainOptions;
import io.sluice.host.chain.RunningSegment;
import io.sluice.host.control.Backend;
import io.sluice.host.endpoint.PacketSink;
import io.sluice.host.endpoint.PacketSource;
import io.sluice.shared.agent.Agent;
import io.sluice.shared.agent.AgentRunner;
import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.pacing.WaitMode;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.posix.Threads;
import io.sluice.shared.ring.Ring;
import io.sluice.shared.ring.Stage;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A million packets through every kind of stage, source, sink and function there is, on the threads that run them in
 * earnest: none allocates for a packet. A kind that is in no chain here fails the test.
 */
@Timeout(value = 900, unit = TimeUnit.SECONDS)
final class NoGarbageTest {
    private static final long PACKETS = 1_000_000;

    /** What calls of the kernel allocate that are too rare to be compiled: a capture rewound every 10,000 packets, say. */
    private static final long LEEWAY_BYTES = 16_384;

    private static final int ROUNDS = 20;

    private static final List<Class<?>> CARRIERS =
            List.of(Agent.class, PacketSource.class, PacketSink.class, PacketFunction.class);

    private static final Duration LIMIT = Duration.ofSeconds(240);

    /** What the chains of this test run; each is named where it runs. */
    private static final Set<String> KINDS = new TreeSet<>();

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    @Test
    void shouldAllocateNothingForAPacketOnAnyStage() throws Exception {
        KINDS.addAll(List.of("HelperAgent", "HostStages", "CompositeAgent", "SeatedAgent", "GuestSeat"));
        KINDS.addAll(List.of("ReceiveAgent", "TransmitAgent", "FunctionAgent", "SlotChecks"));
        run(this::functions, "GenSource", "Forward", "Monitor", "Firewall", "CountingSink");
        run(this::captures, "PcapSource", "PcapSink");
        run(this::guestBetween, "EmptySource");
        run(this::guestAtTheEnd, "EchoAgent", "GuestReceiver", "GuestSender", "LockedSink");
        run(this::guestsGone, "StandInAgent", "CopyAgent");
        run(this::cards, "CardReceiveAgent", "CardTransmitAgent", "ModelAgent", "Model82599");
        Requirements.networkNamespaces();
        run(this::interfaces, "TapSource", "PacketSocketSource", "LinkSink");
        assertThat(KINDS).as("kinds of stages in the chains above").containsAll(kindsThereAre());
    }

    /** One chain or several, and the threads that run them. */
    private interface Row {
        void measure(Scratch scratch) throws Exception;
    }

    private void run(Row row, String... kinds) throws Exception {
        try (Scratch scratch = new Scratch()) {
            try {
                row.measure(scratch);
            } finally {
                while (!opened.isEmpty()) {
                    opened.pop().close();
                }
            }
        }
        assertThat(failure.get()).isNull();
        KINDS.addAll(List.of(kinds));
    }

    private void functions(Scratch scratch) throws Exception {
        final String chain =
                "gen:?flows=1000 => vnf:forward => vnf:monitor => vnf:firewall?default=allow" + " => null:?check=true";
        measure(List.of(start(scratch, "r", ChainOptions.DEFAULTS, chain)), "chain1");
    }

    private void captures(Scratch scratch) throws Exception {
        final String capture = scratch.file("in.pcap").toString();
        try (Backend recorder = start(scratch, "w", ChainOptions.DEFAULTS, "gen:?count=10000 => pcap:" + capture)) {
            Await.until("a capture", LIMIT, recorder::finished);
        }
        final String chain = "pcap:" + capture + "?loop=forever => pcap:/dev/null";
        measure(List.of(start(scratch, "r", ChainOptions.DEFAULTS, chain)), "chain1");
    }

    private void guestBetween(Scratch scratch) throws Exception {
        final Backend backend = start(scratch, "r", ChainOptions.DEFAULTS, "gen: <=> guest:fw <=> null:");
        final GuestPort port = attach(scratch, "fw");
        opened.push(port.start(new Forward(false), WaitMode.ADAPTIVE, AgentRunner.ANY_PROCESSOR, failure::set));
        measureRings(rings(backend).subList(0, 1), "chain1", "guest fw");
    }

    private void guestAtTheEnd(Scratch scratch) throws Exception {
        // A thread for each ring, so that the sink, which both use, has its lock.
        final BitSet allowed = Threads.allowedProcessors();
        final int first = allowed.nextSetBit(0);
        final int second = Math.max(first, allowed.nextSetBit(first + 1));
        final ChainOptions options = ChainOptions.DEFAULTS.with("cpus", first + "," + second);
        final Backend backend = start(scratch, "r", options, "gen: <=> guest:end");
        final GuestPort port = attach(scratch, "end");
        opened.push(port.start(
                () -> new EchoAgent(port.receiver(), port.sender()),
                WaitMode.ADAPTIVE,
                AgentRunner.ANY_PROCESSOR,
                failure::set));
        measure(List.of(backend), "chain1/0", "chain1/1", "guest end");
    }

    /** One thread for one direction, which also gives the cards in software their turns. */
    private void cards(Scratch scratch) throws Exception {
        final String chain = "ixgbe:model0?wire=gen:&wire.flows=1000 => vnf:forward => ixgbe:model1?wire=null:";
        measure(List.of(start(scratch, "r", ChainOptions.DEFAULTS, chain)), "chain1");
    }

    /** The host runs the stages of both: one passes its packets on, the other drops them behind a copying stage. */
    private void guestsGone(Scratch scratch) throws Exception {
        final String chain = "gen: => guest:a?domain=red&on-loss=bypass => guest:b?domain=blue&on-loss=drop => null:";
        measure(List.of(start(scratch, "r", ChainOptions.DEFAULTS, chain)), "chain1");
    }

    private void interfaces(Scratch scratch) throws Exception {
        final Namespaces net = new Namespaces();
        opened.push(net);
        final Backend tap = start(scratch, "tap", ChainOptions.DEFAULTS, "gen: <=> " + net.leftTap());
        final String packet = net.leftTap().replaceFirst("tap:", "packet:");
        final Backend socket = start(scratch, "packet", ChainOptions.DEFAULTS, "gen: <=> " + packet);
        measure(List.of(tap, socket), "chain1");
    }

    private Backend start(Scratch scratch, String directory, ChainOptions options, String chain) throws Exception {
        final Backend backend = new Backend(
                BackendConfig.ofCommandLine(List.of(chain), options), RuntimeDirectory.at(scratch.file(directory)));
        opened.push(backend);
        return backend;
    }

    private GuestPort attach(Scratch scratch, String guest) throws Exception {
        final GuestPort port = GuestPort.open("ptnet:" + scratch.file("r").resolve(guest + ".sock"));
        opened.push(port);
        return port;
    }

    private void measure(List<Backend> backends, String... threads) {
        measureRings(
                backends.stream().flatMap(backend -> rings(backend).stream()).toList(), threads);
    }

    private static List<Ring> rings(Backend backend) {
        final List<Ring> rings = new ArrayList<>();
        for (RunningSegment segment : backend.chains().getFirst().segments()) {
            final var directory = segment.region().directory();
            for (int ring = 0; ring < directory.ringCount(); ring++) {
                rings.add(directory.ring(ring));
            }
        }
        return rings;
    }

    /**
     * Lets a million packets pass on each of {@code rings} until {@code threads} allocate nothing meanwhile. What the
     * first calls of the kernel allocate, some of which come once in a thousand packets, ends when they are compiled.
     */
    private void measureRings(List<Ring> rings, String... threads) {
        String allocated = "";
        long most = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && most > LEEWAY_BYTES; round++) {
            final Map<Thread, Long> before = allocated(threads);
            awaitPackets(rings);
            most = 0;
            allocated = "";
            for (var now : allocated(threads).entrySet()) {
                final long more = now.getValue() - before.get(now.getKey());
                most = Math.max(most, more);
                allocated += " " + now.getKey().getName() + "=" + more;
            }
            System.out.printf("bytes allocated over a million packets or more:%s%n", allocated);
        }
        assertThat(most).as("bytes allocated by threads%s", allocated).isLessThanOrEqualTo(LEEWAY_BYTES);
    }

    private void awaitPackets(List<Ring> rings) {
        final Map<Ring, Long> from = new HashMap<>();
        rings.forEach(ring -> from.put(ring, ring.positionAcquire(ring.stageCount() - 1)));
        Await.until(
                "a million packets on each ring",
                LIMIT,
                () -> failure.get() != null
                        || rings.stream()
                                .allMatch(ring ->
                                        ring.positionAcquire(ring.stageCount() - 1) >= from.get(ring) + PACKETS),
                () -> "of rings " + from.values() + " failure " + failure.get());
    }

    private static Map<Thread, Long> allocated(String... names) {
        final Map<Thread, Long> bytes = new HashMap<>();
        for (Thread thread : Thread.getAllStackTraces().keySet()) {
            if (Set.of(names).contains(thread.getName())) {
                bytes.put(thread, THREADS.getThreadAllocatedBytes(thread.threadId()));
            }
        }
        assertThat(bytes.keySet()).extracting(Thread::getName).contains(names);
        return bytes;
    }

    /** Every class that has a stage, or carries packets for one. */
    private static Set<String> kindsThereAre() {
        final Set<String> kinds = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.sluice.shared", "io.sluice.host", "io.sluice.guest")) {
            final boolean carries = CARRIERS.stream().anyMatch(type::isAssignableTo)
                    || type.getFields().stream()
                            .flatMap(field -> field.getType().getAllInvolvedRawTypes().stream())
                            .anyMatch(involved -> involved.isEquivalentTo(Stage.class));
            if (carries && !type.isInterface() && !type.getModifiers().contains(JavaModifier.ABSTRACT)) {
                kinds.add(outermost(type).getSimpleName());
            }
        }
        return kinds;
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(NoGarbageTest::outermost).orElse(type);
    }
}
