// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static io.sluice.shared.ring.RegionDescriptor.*;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.StagePlaces.Move;
import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.host.keeper.KeptItems;
import io.sluice.shared.function.Direction;
import io.sluice.shared.memory.Backing;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.OpenFile;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.ring.Directory;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.RegionSpec;
import io.sluice.shared.ring.RegionSpec.RingSpec;
import io.sluice.shared.ring.RegionSpec.StageSpec;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A region whose backend died at some instant, as the next backend finds it: {@code gen: => guest:fw => null:}. */
class InheritedRegionTest {
    private static final int SLOTS = 256;
    private static final int GUEST = 1;
    private static final RegionSpec SPEC = spec(SLOTS);

    @TempDir
    private Path folder;

    private HostRegion dead;

    private static RegionSpec spec(int slots) {
        final List<StageSpec> stages =
                List.of(new StageSpec(0, 0, "gen:"), new StageSpec(GUEST, 0, "guest:fw"), new StageSpec(0, 0, "null:"));
        return new RegionSpec(
                "chain1",
                List.of("host", "fw"),
                List.of(new RingSpec(slots, 2048, 128, slots, Direction.FORWARD, stages)));
    }

    @BeforeEach
    void make() throws IOException {
        dead = new HostRegion(SPEC, folder.resolve("dead"), "the plan", Backing.USUAL, KeptDescriptors.none());
    }

    @AfterEach
    void free() {
        dead.close();
    }

    private static int reopened(int descriptor) {
        return PosixException.check(OpenFile.open("/proc/self/fd/" + descriptor, OpenFile.READ_WRITE), "open");
    }

    private HostRegion inherit() throws IOException {
        final Map<String, Integer> left = Map.of(
                KeptItems.MEMORY, reopened(dead.memory().descriptor()),
                KeptItems.STATE, reopened(dead.status().descriptor()));
        return new HostRegion(
                SPEC, folder.resolve("next"), "the plan", Backing.USUAL, new KeptDescriptors(null, "", left));
    }

    private String obstacle(RegionSpec spec) {
        return LeftRegion.obstacle(dead.status().descriptor(), dead.memory().descriptor(), spec);
    }

    /** The region as guests see it. */
    private Directory shared() {
        return Directory.shared(dead.memory().address(), dead.memory().lengthBytes());
    }

    private static void pass(Stage stage, int slots) {
        stage.look();
        stage.advance(slots);
        stage.publish();
    }

    @Test
    void shouldTellGuestsWhatOnlyThePrivateCopyKnewOf() throws IOException {
        final long line =
                dead.lineOffset(attachmentLine(dead.directory().ring(0).attachmentAcquire(0)));
        Memory.longRelease(dead.own() + line + LINE_POSITION_OFFSET, 5);
        Memory.intRelease(dead.own() + dead.partyEntry(GUEST) + PARTY_CONNECTION_OFFSET, 3);
        assertThat(shared().ring(0).positionAcquire(0)).isZero();

        try (HostRegion next = inherit()) {
            assertThat(next.inherited()).isTrue();
            assertThat(shared().ring(0).positionAcquire(0)).isEqualTo(5);
            assertThat(shared().partyConnection(GUEST)).isEqualTo(3);
            assertThat(new Stage(next.directory().ring(0), 0, Doorbell.NONE).position())
                    .isEqualTo(5);
            assertThat(next.status().plan()).isEqualTo("the plan");
            assertThat(next.status().processId())
                    .isEqualTo(ProcessHandle.current().pid());
            assertThat(folder.resolve("next")).exists();
            assertThat(folder.resolve("dead")).doesNotExist();
        }
    }

    @Test
    void shouldCompleteAMoveWhoseOldHolderHasPublishedSince() throws IOException {
        pass(new Stage(dead.directory().ring(0), 0, Doorbell.NONE), 20);
        final Stage old = new Stage(shared().ring(0), GUEST, Doorbell.NONE);
        pass(old, 5);
        final Move move = dead.places().begin(GUEST, 7, moved -> 0);
        assertThat(shared().ring(0).positionAcquire(GUEST)).isEqualTo(5);
        pass(old, 8);

        try (HostRegion next = inherit()) {
            assertThat(attachmentLine(next.directory().ring(0).attachmentAcquire(GUEST)))
                    .isEqualTo(move.stages().getFirst().line());
            assertThat(shared().ring(0).positionAcquire(GUEST)).isEqualTo(13);
        }
    }

    @Test
    void shouldLeaveAMoveAloneThatWasComplete() throws IOException {
        pass(new Stage(dead.directory().ring(0), 0, Doorbell.NONE), 20);
        final Stage old = new Stage(shared().ring(0), GUEST, Doorbell.NONE);
        pass(old, 5);
        final Move move = dead.places().begin(GUEST, 7, moved -> 0);
        assertThat(dead.places().complete(move)).isTrue();
        pass(old, 8);

        try (HostRegion next = inherit()) {
            assertThat(next.directory().ring(0).positionAcquire(GUEST)).isEqualTo(5);
        }
    }

    @Test
    void shouldNotUseLinesAgainThatALateWriterMayStillHave() throws IOException {
        final Set<Integer> late = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            final Move move = dead.places().begin(GUEST, 7, moved -> 0);
            late.add(move.stages().getFirst().oldLine());
            dead.places().complete(move);
            if (i % 2 == 0) {
                dead.places().free(move);
            }
        }
        try (HostRegion next = inherit()) {
            for (int i = 0; i < 400; i++) {
                final Move move = next.places().begin(GUEST, 7, moved -> 0);
                assertThat(late).doesNotContain(move.stages().getFirst().line());
                next.places().complete(move);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(GuestState.class)
    void shouldSayOfAGuestThatItIsPresentSinceThenOnlyWhereItWasPresent(GuestState before) throws IOException {
        dead.connection(GUEST, 7);
        Memory.intRelease(dead.own() + dead.partyEntry(GUEST) + PARTY_PEER_ID_OFFSET, 7);
        new GuestLife(before, LossPolicy.HOLD, 1_000, false, 1).write(dead.status(), GUEST);
        try (HostRegion next = inherit()) {
            final SilenceLimits silence = new SilenceLimits(1_000_000_000, 3_000_000_000L);
            new GuestWatch(next, Doorbell.NONE, new GuestPlace(GUEST, LossPolicy.HOLD, silence, List.of()))
                    .takeOver(7, 0);
            final GuestLife life = GuestLife.read(next.status(), GUEST);
            assertThat(life.state()).isEqualTo(GuestState.PRESENT);
            assertThat(life.sinceNanos() == 1_000).isEqualTo(before == GuestState.PRESENT);
        }
    }

    @Test
    void shouldSayWhatCannotBeGoneOnWith() throws IOException {
        assertThat(obstacle(SPEC)).isEmpty();
        assertThat(obstacle(spec(512))).isEqualTo("it is not complete");
        assertThat(LeftRegion.obstacle(-1, dead.memory().descriptor(), SPEC)).isEqualTo("it had only begun");
        assertThat(LeftRegion.obstacle(dead.status().descriptor(), dead.status().descriptor(), SPEC))
                .isEqualTo("it is not complete");
        assertThat(LeftRegion.plan(dead.status().descriptor())).isEqualTo("the plan");
        assertThat(LeftRegion.plan(-1)).isEqualTo("nothing yet");
        dead.retire(Violation.POSITION_BEYOND, "guest:fw");
        assertThat(obstacle(SPEC)).isEqualTo("it had ended: position-beyond");
        Files.delete(folder.resolve("dead"));
        assertThat(obstacle(SPEC)).isEqualTo("its status file was deleted");
    }

    @Test
    void shouldHoldItsStatusFile() {
        assertThat(StatusFile.held(folder.resolve("dead"))).isTrue();
        assertThat(StatusFile.held(folder.resolve("nowhere"))).isFalse();
    }
}
