// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.host.pci.uio.MadeUpSlot;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.posix.DescriptorMessage;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.posix.UnixSocket;
import io.sluice.shared.ring.RegionDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The keeper's process as a backend sees it. A backend that dies is one whose connection ends without a goodbye. */
@Timeout(60)
class KeeperLinkTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration GRACE = Duration.ofSeconds(30);

    private Path folder;
    private RuntimeDirectory directory;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createTempDirectory("slk");
        directory = RuntimeDirectory.at(folder).create();
    }

    @AfterEach
    void removeFolder() throws IOException {
        await("the keeper's end", () -> !Files.exists(folder.resolve(KeeperMain.SOCKET)));
        Files.deleteIfExists(folder.resolve(KeeperMain.LOG));
        Files.delete(folder);
    }

    private static void await(String what, BooleanSupplier condition) {
        final long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private KeeperLink open() {
        return KeeperLink.open(directory, GRACE);
    }

    private List<String> files() {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static long keeper(KeeperLink link) {
        return Long.parseLong(link.describe().substring("process ".length()));
    }

    /** Rings {@code bell} and tells whether {@code other} is the same one. */
    private static boolean same(int bell, int other) {
        EventFd.signal(bell);
        return EventFd.drain(other) == 1 && EventFd.drain(bell) == 0;
    }

    /** A connection of a process that says nothing but what the test has it say. */
    private int stranger() {
        return PosixException.check(
                UnixSocket.connectForMessages(folder.resolve(KeeperMain.SOCKET).toString()), "connect");
    }

    private static KeeperMessage exchange(int socket, String text, int descriptor) {
        final DescriptorMessage message = new DescriptorMessage(KeeperMessage.MAX_BYTES);
        assertThat(message.send(socket, text, descriptor)).isZero();
        return message.receive(socket, true) <= 0 ? null : KeeperMessage.parse(message.text());
    }

    @Test
    void shouldHandOverWhatADeadBackendHeld() {
        try (KeeperLink link = open()) {
            assertThat(link.awaitHeld(LIMIT)).isTrue();
            final int bell = EventFd.create();
            final int dying = stranger();
            assertThat(exchange(dying, "hello 1 30000", -1).number(0)).isEqualTo(keeper(link));
            final DescriptorMessage message = new DescriptorMessage(KeeperMessage.MAX_BYTES);
            assertThat(message.send(dying, "hold chain~1 bell-1", bell)).isZero();
            assertThat(message.send(dying, "hold chain~1 bell-2", bell)).isZero();
            assertThat(link.orphans()).as("while its backend lives").isEmpty();
            assertThat(link.claim("chain~1")).isEmpty();
            // Dies with a message on its way.
            assertThat(message.send(dying, "drop chain~1 bell-2", -1)).isZero();
            Descriptors.close(dying);
            assertThat(link.orphans()).containsExactly("chain~1");
            final Map<String, Integer> items = link.claim("chain~1");
            assertThat(items).containsOnlyKeys("bell-1");
            assertThat(same(bell, items.get("bell-1"))).isTrue();
            assertThat(link.orphans()).isEmpty();
            link.forget("chain~1");
            Descriptors.close(bell);
            items.values().forEach(Descriptors::close);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void shouldWaitForAnotherBackendWithWhatIsReleased() {
        try (KeeperLink first = open();
                KeeperLink second = open()) {
            assertThat(first.awaitHeld(LIMIT) && second.awaitHeld(LIMIT)).isTrue();
            assertThat(keeper(first)).isEqualTo(keeper(second));
            final int dying = stranger();
            exchange(dying, "hello 1 30000", -1);
            final int bell = EventFd.create();
            new DescriptorMessage(64).send(dying, "hold g i", bell);
            Descriptors.close(dying);
            first.claim("g").values().forEach(Descriptors::close);
            assertThat(second.orphans()).isEmpty();
            first.release("g");
            assertThat(first.orphans()).containsExactly("g");
            assertThat(second.claim("g")).containsOnlyKeys("i");
            second.forget("g");
            Descriptors.close(bell);
        }
    }

    @Test
    void shouldStartAnotherKeeperForOneThatWasKilledAndHoldEverythingAgain() {
        final int bell = EventFd.create();
        try (KeeperLink link = open()) {
            link.hold("g", "kept", bell);
            link.hold("g", "dropped", bell);
            assertThat(link.awaitHeld(LIMIT)).isTrue();
            final long killed = keeper(link);
            ProcessHandle.of(killed).orElseThrow().destroyForcibly();
            await("another keeper", () -> keeper(link) != killed && link.awaitHeld(LIMIT));
            link.drop("g", "dropped");
            // What the new one has: it refuses another's hold of the same group.
            final int other = stranger();
            exchange(other, "hello 1 1000", -1);
            assertThat(exchange(other, "hold g kept", bell).word()).isEqualTo(KeeperMessage.Word.REFUSED);
            Descriptors.close(other);
            link.forget("g");
        }
        Descriptors.close(bell);
        assertThat(files()).isEmpty();
    }

    @Test
    void shouldHoldMoreThanAConnectionCarriesAtOnce() {
        final int groups = 16;
        final int items = 60;
        final int bell = EventFd.create();
        try (KeeperLink link = open()) {
            for (int i = 0; i < groups * items; i++) {
                link.hold("g" + i / items, "bell-" + i, bell);
            }
            assertThat(link.awaitHeld(LIMIT)).isTrue();
            final long keeper = keeper(link);
            assertThat(link.orphans()).isEmpty();
            final int other = stranger();
            exchange(other, "hello 1 1000", -1);
            for (int group = 0; group < groups; group++) {
                assertThat(exchange(other, "hold g" + group + " kept", bell).word())
                        .isEqualTo(KeeperMessage.Word.REFUSED);
            }
            Descriptors.close(other);
            assertThat(keeper(link)).isEqualTo(keeper);
            for (int group = 0; group < groups; group++) {
                link.forget("g" + group);
            }
        }
        Descriptors.close(bell);
        assertThat(files()).isEmpty();
    }

    @Test
    void shouldGiveUpWhatNobodyComesForAndTellItsGuests() {
        final SharedRegion region = SharedRegion.create("test", 2 << 20);
        Memory.longAt(region.address() + RegionDescriptor.MAGIC_OFFSET, RegionDescriptor.MAGIC);
        Memory.intAt(region.address() + RegionDescriptor.STATE_OFFSET, RegionDescriptor.STATE_LIVE);
        try (KeeperLink link = open()) {
            assertThat(link.awaitHeld(LIMIT)).isTrue();
            final int dying = stranger();
            exchange(dying, "hello 1 2000", -1);
            new DescriptorMessage(64).send(dying, "hold g memory", region.descriptor());
            Descriptors.close(dying);
            assertThat(link.orphans()).containsExactly("g");
            await(
                    "the region's end",
                    () -> Memory.intAcquire(region.address() + RegionDescriptor.STATE_OFFSET)
                            == RegionDescriptor.STATE_RETIRED);
            await("its being given up", () -> link.orphans().isEmpty());
        }
        region.close();
    }

    /** With an ordinary file as the card's configuration space, and one as what resets it. */
    @Test
    void shouldStopTheCardOfABackendThatHasDied(@TempDir Path sysfs) throws IOException {
        final MadeUpSlot slot = new MadeUpSlot(sysfs);
        slot.putOnBus();
        final int config = OpenFile.open(slot.config().toString(), OpenFile.READ_WRITE);
        final int reset = OpenFile.open(slot.config().resolveSibling("reset").toString(), OpenFile.WRITE_ONLY);
        assertThat(OpenFile.lockExclusive(config)).isZero();
        try (KeeperLink link = open()) {
            assertThat(link.awaitHeld(LIMIT)).isTrue();
            final int dying = stranger();
            exchange(dying, "hello 1 60000", -1);
            final DescriptorMessage message = new DescriptorMessage(64);
            message.send(dying, "hold card~0000-03-00.0~1 card-config", config);
            message.send(dying, "hold card~0000-03-00.0~1 card-reset", reset);
            Descriptors.close(config);
            Descriptors.close(reset);
            // Alive, it keeps its card, and the right to it.
            assertThat(link.orphans()).isEmpty();
            assertThat(slot.busMaster()).isTrue();
            assertThatThrownBy(() -> lock(slot.config())).hasMessageContaining("EAGAIN");
            Descriptors.close(dying);
            await("the card's end", () -> lockable(slot.config()));
            assertThat(slot.busMaster()).isFalse();
            assertThat(slot.read("reset")).isEqualTo("1");
            assertThat(link.orphans()).isEmpty();
        }
    }

    private static void lock(Path file) {
        final int descriptor = OpenFile.open(file.toString(), OpenFile.READ_WRITE);
        try {
            PosixException.check(OpenFile.lockExclusive(descriptor), "flock");
        } finally {
            Descriptors.close(descriptor);
        }
    }

    private static boolean lockable(Path file) {
        try {
            lock(file);
            return true;
        } catch (PosixException e) {
            return false;
        }
    }

    @Test
    void shouldSayWhatTheKeeperHasNoRoomFor() {
        try (KeeperLink link = open()) {
            assertThat(link.awaitHeld(LIMIT)).isTrue();
            for (int i = 0; i < DescriptorStore.MAX_GROUPS; i++) {
                link.hold("group-" + i, "item", 0);
            }
            assertThat(link.holds("group-0")).isTrue();
            link.hold("one-too-many", "item", 0);
            assertThat(link.holds("one-too-many")).isFalse();
            assertThat(link.holds("group-0")).isTrue();
            for (int i = 0; i < DescriptorStore.MAX_GROUPS; i++) {
                link.forget("group-" + i);
            }
            link.forget("one-too-many");
        }
    }

    @Test
    void shouldDisconnectWhoSaysWhatIsNoMessage() {
        try (KeeperLink link = open()) {
            assertThat(link.awaitHeld(LIMIT)).isTrue();
            for (String text : List.of("", "hello 2 1", "hold a", "nonsense", "item a b", "x".repeat(5000))) {
                final int bad = stranger();
                if (!text.isEmpty()) {
                    assertThat(exchange(bad, text, -1)).as(text).isNull();
                }
                Descriptors.close(bad);
            }
            assertThat(link.orphans()).isEmpty();
        }
    }

    @Test
    void shouldGoByItselfWhenNobodyNeedsIt() throws IOException {
        final Process process = KeeperProcess.start(directory);
        await("its socket", () -> Files.exists(folder.resolve(KeeperMain.SOCKET)));
        final Process second = KeeperProcess.start(directory);
        await("the second one's end", () -> !second.isAlive());
        assertThat(second.exitValue()).isZero();
        assertThat(process.isAlive()).isTrue();
        await("its end", () -> !process.isAlive());
        assertThat(process.exitValue()).isZero();
        Files.deleteIfExists(folder.resolve(KeeperMain.LOG));
        assertThat(files()).isEmpty();
    }

    @Test
    void shouldHaveASessionOfItsOwnAndBeSmall() throws IOException {
        try (KeeperLink link = open()) {
            assertThat(link.awaitHeld(LIMIT)).isTrue();
            final String stat = Files.readString(Path.of("/proc/" + keeper(link) + "/stat"));
            final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            // proc_pid_stat(5): pgrp and session are fields 5 and 6, the state is 3.
            assertThat(fields[2]).isEqualTo(Long.toString(keeper(link)));
            assertThat(fields[3]).isEqualTo(Long.toString(keeper(link)));
            for (String line : Files.readAllLines(Path.of("/proc/" + keeper(link) + "/status"))) {
                if (line.startsWith("VmRSS") || line.startsWith("RssAnon")) {
                    System.out.println("keeper: " + line);
                }
            }
        }
    }
}
