// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

import static io.sluice.shared.ring.RegionDescriptor.*;

import io.sluice.shared.memory.Memory;

/**
 * What a status file says of one guest, in the private copy of its party's entry, which has room.
 *
 * <pre>
 *   96   state    u32   {@link GuestState}
 *   100  policy   u32   {@link LossPolicy}
 *   104  since    u64   nanoseconds since 1970 at which it came into this state
 *   112  standIn  u32   1 while the host runs its stages
 *   116  grants   u32   how often a program was given them
 * </pre>
 */
public record GuestLife(GuestState state, LossPolicy policy, long sinceNanos, boolean stoodIn, int grants) {
    private static final int STATE_OFFSET = 96;
    private static final int POLICY_OFFSET = 100;
    private static final int SINCE_OFFSET = 104;
    private static final int STAND_IN_OFFSET = 112;
    private static final int GRANTS_OFFSET = 116;

    /** What {@code file} says of {@code party}; its directory has been checked. */
    public static GuestLife read(StatusFile file, int party) {
        final long entry = entry(file, party);
        return new GuestLife(
                of(GuestState.values(), Memory.intAcquire(entry + STATE_OFFSET)),
                of(LossPolicy.values(), Memory.intAcquire(entry + POLICY_OFFSET)),
                Memory.longAcquire(entry + SINCE_OFFSET),
                Memory.intAcquire(entry + STAND_IN_OFFSET) != 0,
                Memory.intAcquire(entry + GRANTS_OFFSET));
    }

    void write(StatusFile file, int party) {
        final long entry = entry(file, party);
        Memory.longRelease(entry + SINCE_OFFSET, sinceNanos);
        Memory.intRelease(entry + POLICY_OFFSET, policy.ordinal());
        Memory.intRelease(entry + STAND_IN_OFFSET, stoodIn ? 1 : 0);
        Memory.intRelease(entry + GRANTS_OFFSET, grants);
        Memory.intRelease(entry + STATE_OFFSET, state.ordinal());
    }

    private static <T> T of(T[] values, int ordinal) {
        return values[Math.clamp(ordinal, 0, values.length - 1)];
    }

    private static long entry(StatusFile file, int party) {
        return file.address() + Memory.intAt(file.address() + PARTIES_OFFSET_OFFSET) + (long) party * PARTY_BYTES;
    }
}
