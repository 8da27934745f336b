// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.host.attach.GuestState;
import io.sluice.host.control.StatusFiles;
import io.sluice.host.control.StatusJson;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What {@code sluice status} says of guests that come, fall silent, go on and die: each state, and for how long. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
final class LossInStatusTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern GUEST = Pattern.compile("\"name\":\"fw\",\"attached\":(?<attached>\\w+),"
            + "\"state\":\"(?<state>\\w+)\",\"stateMillis\":(?<age>\\d+),"
            + "\"onLoss\":\"drop\",\"standIn\":(?<standIn>\\w+)");

    private final Scratch scratch = new Scratch();
    private SluiceProcess backend;
    private SluiceProcess guest;
    private ChainStatus status;

    @AfterEach
    void leave() {
        for (AutoCloseable thing : new AutoCloseable[] {status, guest, backend, scratch}) {
            Closing.close(thing);
        }
    }

    /** The guest in the document that {@code sluice status --json} writes. */
    private Matcher guest() {
        final StringWriter json = new StringWriter();
        try {
            StatusJson.write(json, StatusFiles.read(RuntimeDirectory.at(scratch.runDirectory())), false);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        final Matcher matcher = GUEST.matcher(json.toString());
        assertThat(matcher.find()).as(json::toString).isTrue();
        return matcher;
    }

    /** Waits until the document says so, and checks that the age given is that of the state. */
    private void await(String state, boolean standIn) {
        final long askedNanos = System.nanoTime();
        Await.until(
                state,
                LIMIT,
                () -> guest().group("state").equals(state)
                        && guest().group("standIn").equals(Boolean.toString(standIn)));
        final long sinceMillis = (System.nanoTime() - askedNanos) / 1_000_000;
        final long age = Long.parseLong(guest().group("age"));
        assertThat(age).as("milliseconds in state %s", state).isLessThanOrEqualTo(sinceMillis + 1_000);
        Await.until("the age of " + state + " to grow", LIMIT, () -> Long.parseLong(guest().group("age")) > age);
    }

    private String text() {
        try (SluiceProcess process = SluiceProcess.start(scratch, "status")) {
            assertThat(process.awaitExit(LIMIT)).as(process.output()).isZero();
            return process.output();
        }
    }

    @Test
    void shouldShowEveryStateOfAGuestAndItsAge() {
        backend = SluiceProcess.start(
                        scratch,
                        "run",
                        "--suspect",
                        "300ms",
                        "--lost",
                        "2s",
                        "gen:?rate=1000 => guest:fw?on-loss=drop => null:")
                .awaitOutput("running; ", Await.START);
        status = ChainStatus.open(scratch, "chain1");
        await("absent", true);
        assertThat(guest().group("attached")).isEqualTo("false");
        guest = SluiceProcess.guest(scratch, "fw", "forward");
        await("present", false);
        assertThat(guest().group("attached")).isEqualTo("true");

        guest.suspend();
        await("suspect", false);
        await("lost", true);
        assertThat(text()).containsPattern("fw lost for \\d.*; packets are dropped");
        status.awaitStandIn("fw", GuestState.LOST, LIMIT);
        guest.resume();
        await("present", false);
        assertThat(text()).containsPattern("fw attached for \\d.*\\(2 times\\)");

        guest.kill();
        await("absent", true);
        assertThat(text()).containsPattern("fw gone for \\d.*; packets are dropped");
        assertThat(backend.output())
                .contains(
                        "guest fw has shown no sign of life",
                        "guest fw is lost",
                        "on-loss=drop",
                        "its packets are dropped until it comes");
    }
}
