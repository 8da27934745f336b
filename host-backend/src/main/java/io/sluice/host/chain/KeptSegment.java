// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.host.keeper.KeptDescriptors;

/**
 * What outlives the backend of one segment.
 *
 * @param plan what was asked for, by which another backend knows it
 * @param descriptors what a dead backend has left, and what another one shall find
 */
record KeptSegment(String plan, KeptDescriptors descriptors) {
    /** Nothing does. */
    static KeptSegment none() {
        return new KeptSegment("", KeptDescriptors.none());
    }
}
