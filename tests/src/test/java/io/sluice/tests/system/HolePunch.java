// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/** fallocate(2) with FALLOC_FL_PUNCH_HOLE: what a holder of a sealed memfd can still do to it. */
final class HolePunch {
    private static final int FALLOC_FL_KEEP_SIZE = 1;
    private static final int FALLOC_FL_PUNCH_HOLE = 2;

    @SuppressWarnings("restricted") // native access is granted to the whole class path
    private static final MethodHandle FALLOCATE = Linker.nativeLinker()
            .downcallHandle(
                    Linker.nativeLinker().defaultLookup().find("fallocate").orElseThrow(),
                    FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));

    private HolePunch() {}

    /** Gives the pages of {@code descriptor} from {@code offset} on back to the system. */
    static void punch(int descriptor, long offset, long lengthBytes) throws Exception {
        final int result;
        try {
            result = (int)
                    FALLOCATE.invokeExact(descriptor, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, lengthBytes);
        } catch (Throwable t) {
            throw new IllegalStateException(t);
        }
        if (result != 0) {
            throw new IllegalStateException("fallocate: no hole");
        }
    }
}
