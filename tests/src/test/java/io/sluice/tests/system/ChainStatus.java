// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.host.attach.GuestLife;
import io.sluice.host.attach.GuestState;
import io.sluice.host.attach.StatusFile;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.Ring;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** What a running backend says of one of its chains, read from its status file as {@code sluice status} does. */
final class ChainStatus implements AutoCloseable {
    private final StatusFile file;
    private final Directory directory;

    private ChainStatus(StatusFile file) {
        this.file = file;
        this.directory = Directory.ofHost(file.address(), file.lengthBytes(), file.address());
    }

    /** The chain called {@code name} of the one backend that runs in {@code scratch}. */
    static ChainStatus open(Scratch scratch, String name) {
        try (Stream<Path> files = Files.list(scratch.runDirectory())) {
            final List<Path> found = files.filter(
                            file -> file.getFileName().toString().endsWith("-" + name + StatusFile.SUFFIX))
                    .toList();
            if (found.size() != 1) {
                throw new AssertionError("status files of chain " + name + ": " + found);
            }
            return new ChainStatus(StatusFile.open(found.getFirst()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether somebody holds the guest's socket. */
    boolean attached(String guest) {
        return directory.partyConnection(party(guest)) != RegionDescriptor.NOT_ATTACHED;
    }

    /** Whether the guest lives, and who runs its stages. */
    GuestLife life(String guest) {
        return GuestLife.read(file, party(guest));
    }

    /** Waits until the guest is in {@code state}. */
    void await(String guest, GuestState state, Duration limit) {
        Await.until(
                guest + " to be " + state,
                limit,
                () -> life(guest).state() == state,
                () -> life(guest).toString());
    }

    /** Waits until the guest is in {@code state} and the host runs its stages. */
    void awaitStandIn(String guest, GuestState state, Duration limit) {
        Await.until(
                "a stand-in for " + guest + ", " + state,
                limit,
                () -> life(guest).state() == state && life(guest).stoodIn(),
                () -> life(guest).toString());
    }

    private int party(String guest) {
        for (int party = 1; party < directory.partyCount(); party++) {
            if (directory.partyName(party).equals(guest)) {
                return party;
            }
        }
        throw new AssertionError("no guest " + guest);
    }

    /** Packets that {@code hop} dropped for {@code reason}, in all rings. */
    long drops(String hop, DropReason reason) {
        return sum(hop, stage -> stage.ring.counters(stage.index).drops(reason));
    }

    /** Packets that {@code hop} dropped for whatever reason. */
    long drops(String hop) {
        long drops = 0;
        for (DropReason reason : DropReason.values()) {
            drops += drops(hop, reason);
        }
        return drops;
    }

    /** Packets of {@code hop}, in all rings. */
    long packets(String hop) {
        return sum(hop, stage -> stage.ring.counters(stage.index).packets());
    }

    private record Place(Ring ring, int index) {}

    private long sum(String hop, ToLongFunction<Place> value) {
        long sum = 0;
        boolean found = false;
        for (int r = 0; r < directory.ringCount(); r++) {
            final Ring ring = directory.ring(r);
            for (int stage = 0; stage < ring.stageCount(); stage++) {
                if (ring.label(stage).equals(hop)) {
                    found = true;
                    sum += value.applyAsLong(new Place(ring, stage));
                }
            }
        }
        if (!found) {
            throw new AssertionError("no stage of " + hop);
        }
        return sum;
    }

    @Override
    public void close() {
        file.close();
    }
}
