// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static io.sluice.shared.ring.Violation.*;

import io.sluice.shared.posix.DescriptorPassing;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.UnixSocket;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * All kinds of lies: which word or message, how it is wrong, and where the guest stands that tells it. Numbers that are
 * not fixed come from a seed.
 */
final class Lies {
    private static final Set<LieShape> ALL = Set.of(LieShape.values());
    private static final Set<LieShape> SLOTS_READ = Set.of(LieShape.MIDDLE, LieShape.FUNCTION, LieShape.FIRST);
    private static final Set<LieShape> KICKED_BY_HOST = Set.of(LieShape.MIDDLE, LieShape.FIRST, LieShape.LAST);
    private static final Set<LieShape> ONE = Set.of(LieShape.MIDDLE);
    private static final Set<LieShape> TWO = Set.of(LieShape.MIDDLE, LieShape.LAST);

    private final List<Lie> lies = new ArrayList<>();

    private Lies() {}

    /** All lies, always in the same order. */
    static List<Lie> all() {
        final Lies lies = new Lies();
        lies.positions();
        lies.slotWords();
        lies.wakeAts();
        lies.kicks();
        lies.sockets();
        lies.descriptors();
        return List.copyOf(lies.lies);
    }

    private void add(String name, Set<LieShape> shapes, Set<Violation> expected, Lie.Deed deed) {
        for (LieShape shape : LieShape.values()) {
            if (shapes.contains(shape)) {
                lies.add(new Lie(name, shape, expected, deed));
            }
        }
    }

    /** A number made of where the guest is, how far it may be at most, and chance. */
    private interface Number {
        long of(RawGuest guest, SplittableRandom random);
    }

    private void positions() {
        final Map<String, Number> back = new TreeMap<>(Map.of(
                "position-1", (g, r) -> g.position() - 1,
                "position-ring", (g, r) -> g.position() - g.slots(),
                "position=0", (g, r) -> 0,
                "position=-1", (g, r) -> -1,
                "position=min", (g, r) -> Long.MIN_VALUE,
                "position anywhere before", (g, r) -> r.nextLong(g.position()),
                "position negative", (g, r) -> r.nextLong(Long.MIN_VALUE, 0)));
        back.forEach((name, number) -> add(name, ALL, Set.of(POSITION_BACKWARDS), (guest, random) -> {
            guest.behave(random.nextInt(1, 600));
            guest.awaitSeen();
            guest.claimPosition(number.of(guest, random));
            guest.kick();
        }));
        final Map<String, Number> beyond = new TreeMap<>(Map.of(
                "limit+1", (g, r) -> g.limit() + 1,
                "limit+ring", (g, r) -> g.limit() + g.slots(),
                "limit+2^32", (g, r) -> g.limit() + (1L << 32),
                "position=max", (g, r) -> Long.MAX_VALUE,
                "position=max-ring", (g, r) -> Long.MAX_VALUE - g.slots(),
                "position=2^62", (g, r) -> 1L << 62,
                "position anywhere beyond", (g, r) -> r.nextLong(g.limit() + 1, Long.MAX_VALUE)));
        beyond.forEach((name, number) -> add(name, ALL, Set.of(POSITION_BEYOND), (guest, random) -> {
            guest.behave(random.nextInt(600));
            guest.awaitSeen();
            guest.claimPosition(number.of(guest, random));
            guest.kick();
        }));
        final Set<Violation> either = Set.of(POSITION_BACKWARDS, POSITION_BEYOND);
        add("position flipped back and forth", ALL, either, (guest, random) -> {
            guest.behave(100);
            guest.awaitSeen();
            while (!guest.retired()) {
                guest.claimPosition(guest.position() - random.nextInt(1, 50));
                RawGuest.pause();
                guest.claimPosition(guest.position());
                RawGuest.pause();
            }
        });
        add("position flipped beyond and back", ALL, either, (guest, random) -> {
            guest.behave(100);
            guest.awaitSeen();
            while (!guest.retired()) {
                guest.claimPosition(guest.limit() + random.nextInt(1, 50));
                RawGuest.pause();
                guest.claimPosition(guest.position());
                RawGuest.pause();
            }
        });
        add(
                "the next guest's position ahead of ours",
                Set.of(LieShape.PAIR),
                Set.of(POSITION_BEYOND),
                (guest, random) -> {
                    guest.behave(1_000);
                    guest.awaitSeen();
                    guest.claimNextPosition(guest.position() + 1);
                });
    }

    private void slotWords() {
        final Map<String, Number> outside = new TreeMap<>(Map.of(
                "offset=end", (g, r) -> SlotWord.pack(1, g.bufferBytes(), 0, 1),
                "length=max", (g, r) -> SlotWord.pack(0xFFFF, 0, 0, 1),
                "offset=length=max", (g, r) -> SlotWord.pack(0xFFFF, 0xFFFF, 0xFFFC, 1),
                "one byte too long", (g, r) -> SlotWord.pack(2, g.bufferBytes() - 1, 0, 1),
                "whole buffer, one byte on", (g, r) -> SlotWord.pack(g.bufferBytes(), 1, 0, 3),
                "anywhere outside",
                        (g, r) -> {
                            final int offset = r.nextInt(1 << 16);
                            final int least = Math.max(0, g.bufferBytes() - offset) + 1;
                            return SlotWord.pack(r.nextInt(least, 1 << 16), offset, 0, r.nextInt(1, 4));
                        }));
        outside.forEach((name, word) -> add(name, SLOTS_READ, Set.of(BAD_SLOT), (guest, random) -> {
            guest.behave(random.nextInt(400));
            guest.awaitSlot();
            guest.write(word.of(guest, random));
            guest.finish();
        }));
        for (int outputs : new int[] {0b100, 0b101, 0x8000, 0xFFFF}) {
            add("outputs=0x" + Integer.toHexString(outputs), SLOTS_READ, Set.of(BAD_OUTPUT), (guest, random) -> {
                guest.behave(random.nextInt(400));
                guest.awaitSlot();
                guest.write(SlotWord.pack(60, 128, 0, outputs));
                guest.finish();
            });
        }
        add("slot word flipped after it was published", SLOTS_READ, Set.of(BAD_SLOT, BAD_OUTPUT), (guest, random) -> {
            guest.behave(100);
            while (!guest.retired()) {
                guest.awaitSlot();
                final long good = SlotWord.pack(60, 128, 0, 1);
                final long bad = random.nextBoolean()
                        ? SlotWord.pack(0xFFFF, random.nextInt(1 << 16), 0, 1)
                        : SlotWord.pack(60, 128, 0, 4 << random.nextInt(14));
                guest.flip(good, bad, random.nextInt(1, 2_000));
            }
        });
    }

    private void wakeAts() {
        final Map<String, Number> lower = new TreeMap<>(Map.of(
                "1 less", (g, r) -> 1,
                "a ring less", (g, r) -> g.slots(),
                "2^40 less", (g, r) -> 1L << 40,
                "something less", (g, r) -> r.nextLong(1, 1L << 62)));
        lower.forEach((name, less) -> add("wakeAt " + name, KICKED_BY_HOST, Set.of(WAKE_BACKWARDS), (guest, random) -> {
            guest.behave(random.nextInt(300));
            guest.wakeAt(guest.beKicked() - less.of(guest, random));
            guest.behaveUntilRetired();
        }));
        add("wakeAt=min", KICKED_BY_HOST, Set.of(WAKE_BACKWARDS), (guest, random) -> {
            guest.beKicked();
            guest.wakeAt(Long.MIN_VALUE);
            guest.behaveUntilRetired();
        });
        add("wakeAt storm", KICKED_BY_HOST, Set.of(WAKE_BACKWARDS), (guest, random) -> {
            final long value = guest.beKicked();
            while (!guest.retired()) {
                guest.wakeAt(value - random.nextInt(100));
                guest.behave(1);
            }
        });
    }

    private void kicks() {
        for (long count : new long[] {10_000, 1L << 32, Long.MAX_VALUE, -2}) {
            add(
                    "a bell rung " + Long.toUnsignedString(count) + " times at once",
                    ONE,
                    Set.of(KICK_FLOOD),
                    (guest, random) -> {
                        guest.behave(random.nextInt(300));
                        while (!guest.retired()) {
                            guest.ring(guest.hostBell(), count);
                            RawGuest.pause();
                        }
                    });
        }
        add("doorbell storm", TWO, Set.of(KICK_FLOOD), (guest, random) -> {
            guest.behave(random.nextInt(300));
            while (!guest.retired()) {
                guest.kick();
            }
        });
        add("doorbell storm among packets", TWO, Set.of(KICK_FLOOD), (guest, random) -> {
            while (!guest.retired()) {
                guest.behave(1);
                for (int i = 0; i < 100; i++) {
                    guest.kick();
                }
            }
        });
    }

    private void sockets() {
        for (int bytes : new int[] {1, 7, 8, 9, 60_000}) {
            add(bytes + " bytes on the socket", ONE, Set.of(SOCKET_DATA), (guest, random) -> {
                guest.behave(random.nextInt(300));
                guest.send(bytes);
            });
        }
        add(
                "a descriptor on the socket",
                ONE,
                Set.of(SOCKET_DATA),
                (guest, random) -> DescriptorPassing.send(guest.socket(), random.nextLong(), guest.memory()));
        add("a flood of descriptors on the socket", TWO, Set.of(SOCKET_DATA), (guest, random) -> {
            for (int i = 0; i < 100; i++) {
                DescriptorPassing.send(guest.socket(), i, i % 2 == 0 ? guest.memory() : guest.ownBell());
            }
        });
        add("connections opened and closed", ONE, Set.of(CONNECTION_FLOOD), (guest, random) -> {
            while (!guest.retired()) {
                Descriptors.close(UnixSocket.connect(guest.path().toString()));
            }
        });
        add("connections kept open", ONE, Set.of(CONNECTION_FLOOD), (guest, random) -> {
            final List<Integer> open = new ArrayList<>();
            while (!guest.retired()) {
                open.add(UnixSocket.connect(guest.path().toString()));
            }
            open.forEach(Descriptors::close);
        });
    }

    private void descriptors() {
        add(
                "the own bell made to block",
                ONE,
                Set.of(BLOCKING_BELL),
                (guest, random) -> Descriptors.nonBlocking(guest.ownBell(), false));
        add("the host's bell made to block", TWO, Set.of(BLOCKING_BELL), (guest, random) -> {
            guest.behave(random.nextInt(300));
            Descriptors.nonBlocking(guest.hostBell(), false);
        });
        add("the host made to wait in a kick", TWO, Set.of(BLOCKING_BELL), (guest, random) -> {
            EventFd.drain(guest.ownBell());
            guest.ring(guest.ownBell(), -2);
            guest.wakeAt(0);
            Descriptors.nonBlocking(guest.ownBell(), false);
            guest.behaveUntilRetired();
        });
        final Set<Violation> fromZeros = Set.of(POSITION_BACKWARDS, WAKE_BACKWARDS);
        add("a hole instead of the lines", ONE, fromZeros, (guest, random) -> {
            guest.behave(random.nextInt(1, 300));
            guest.awaitSeen();
            HolePunch.punch(guest.memory(), guest.linesOffset(), 4096);
        });
        final Set<Violation> fromAllZeros = Set.of(POSITION_BACKWARDS, POSITION_BEYOND, WAKE_BACKWARDS);
        add("a hole instead of the region", Set.of(LieShape.MIDDLE, LieShape.PAIR), fromAllZeros, (guest, random) -> {
            guest.behave(random.nextInt(1, 300));
            guest.awaitSeen();
            HolePunch.punch(guest.memory(), 0, guest.regionBytes());
        });
    }
}
