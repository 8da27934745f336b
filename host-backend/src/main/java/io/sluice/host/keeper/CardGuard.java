// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import java.io.IOException;

/** Who takes one card off its bus where this process cannot any more, asked for once the card may be had. */
@FunctionalInterface
public interface CardGuard {
    /**
     * What the guard is to hold for that.
     *
     * @throws IOException where there is no guard: the card must not be driven
     */
    KeptDescriptors get() throws IOException;
}
