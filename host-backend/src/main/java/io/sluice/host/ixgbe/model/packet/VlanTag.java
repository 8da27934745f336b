// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import static io.sluice.host.ixgbe.model.packet.FrameHeaders.TAG_BYTES;
import static io.sluice.host.ixgbe.model.packet.FrameHeaders.TAG_OFFSET;

import io.sluice.shared.memory.Memory;

/** Takes a VLAN tag out of a frame, or puts one in, by moving the addresses before it (IEEE 802.1Q). */
final class VlanTag {
    private VlanTag() {}

    /** Takes the tag out: the frame now begins {@link FrameHeaders#TAG_BYTES} later. */
    static void remove(long frame) {
        Memory.copy(frame, frame + TAG_BYTES, TAG_OFFSET);
    }

    /** Undoes {@link #remove}. */
    static void putBack(long frame, int type, int tag) {
        Memory.copy(frame + TAG_BYTES, frame, TAG_OFFSET);
        Memory.intNetwork(frame + TAG_OFFSET, type << 16 | tag);
    }

    /** Puts a tag into the frame, which now begins {@link FrameHeaders#TAG_BYTES} earlier. */
    static void insert(long frame, int type, int tag) {
        putBack(frame - TAG_BYTES, type, tag);
    }
}
