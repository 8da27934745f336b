// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.ring.DropReason;
import io.sluice.shared.ring.Quarantine;
import io.sluice.shared.ring.SlotWord;
import io.sluice.shared.ring.Stage;
import io.sluice.shared.ring.StageCounters;
import io.sluice.shared.ring.StageGauges;
import io.sluice.shared.ring.Violation;

/**
 * What the last stage of a ring asks of a slot word before it sends: the word may come from a guest, so it was read once
 * and is checked here. Used by the stage's thread.
 */
public final class SlotChecks {
    private final Stage stage;
    private final StageCounters counters;
    private final StageGauges gauges;
    private final Quarantine quarantine;
    private final boolean filledByHost;
    private final int outputMask;
    private boolean guarded;

    /** Checks for {@code stage}, which counts what they find and has the outputs that a ring has. */
    public SlotChecks(Stage stage) {
        this(stage, SlotWord.OUTPUT_FORWARD | SlotWord.OUTPUT_BACK);
    }

    /** Checks for {@code stage}, which counts what they find and has the outputs {@code outputMask}. */
    public SlotChecks(Stage stage, int outputMask) {
        this.outputMask = outputMask;
        this.stage = stage;
        this.counters = stage.counters();
        this.gauges = stage.gauges();
        this.quarantine = stage.ring().quarantine();
        this.filledByHost = stage.ring().party(0) == 0;
    }

    /** Looks whether slots are held back from lost guests; before each turn. */
    public void begin() {
        guarded = quarantine.active();
    }

    /** Whether some slots of this turn may be held back: {@link #holdsPacket} then has to be asked for each. */
    public boolean guarded() {
        return guarded;
    }

    /** Whether the slot at {@code position}, of which {@code word} was read, has a packet to send; counts why not. */
    public boolean holdsPacket(long position, long word) {
        if (SlotWord.outputs(word) == 0) {
            gauges.addEmptySlot();
            return false;
        }
        if (guarded && quarantine.holds(position)) {
            ignore();
            return false;
        }
        if (!stage.fits(word)) {
            stage.accuse(Violation.BAD_SLOT);
            counters.addDrop(DropReason.BAD_SLOT);
            return false;
        }
        if (SlotWord.length(word) == 0) {
            // A packet function may have cut the packet down to nothing: useless, and no lie.
            counters.addDrop(DropReason.BAD_SLOT);
            return false;
        }
        if ((SlotWord.outputs(word) & ~outputMask) != 0) {
            stage.accuse(Violation.BAD_OUTPUT);
        }
        return true;
    }

    /** What a lost guest has written late; where a guest fills the ring, it may as well be a packet that it put there. */
    private void ignore() {
        if (filledByHost) {
            gauges.addEmptySlot();
        } else {
            counters.addDrop(DropReason.GUEST_LOST);
        }
    }
}
