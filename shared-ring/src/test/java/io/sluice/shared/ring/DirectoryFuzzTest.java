// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.ring;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.SharedMemory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** Directories of any content in memory behind which an access is an error, as in {@link DirectoryTest}. */
class DirectoryFuzzTest {
    private static final long ROOM_BYTES = 16L << 20;
    private static final int OFFSET_MASK = (1 << 14) - 4;
    private static final RegionFormat FORMAT = new RegionFormat(
            new RegionSpec("chain", List.of("host", "guest"), List.of(TestRegion.spec(8, 8, 0, 1, 0))), 8);
    private static final long BYTES = FORMAT.regionBytes();
    private static final long BASE = map();

    private static long map() {
        final int descriptor = PosixException.check(SharedMemory.memfd("directory-fuzz", false), "memfd_create");
        PosixException.check(SharedMemory.allocate(descriptor, BYTES), "fallocate");
        return SharedMemory.map(descriptor, 0, BYTES + ROOM_BYTES);
    }

    /** The input is the region's first bytes; the others are zero. */
    @FuzzTest
    void shouldNeverLookOutsideABytesDirectory(byte[] input) {
        Memory.zero(BASE, BYTES);
        Memory.copyFromArray(input, 0, BASE, (int) Math.min(input.length, BYTES));
        DirectoryTest.usedIfAccepted(BASE, BYTES);
    }

    /** The input is words of a good directory that are not what they should be: offset u16, word u32, again. */
    @FuzzTest
    void shouldNeverLookOutsideADamagedDirectory(byte[] input) {
        Memory.zero(BASE, BYTES);
        FORMAT.write(BASE);
        final ByteBuffer words = ByteBuffer.wrap(input).order(ByteOrder.LITTLE_ENDIAN);
        while (words.remaining() >= 6) {
            Memory.intAt(BASE + (words.getShort() & OFFSET_MASK), words.getInt());
        }
        DirectoryTest.usedIfAccepted(BASE, BYTES);
    }
}
