// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

/**
 * What a keeper has said, with what came with it.
 *
 * @param descriptor the receiver's from now on, or -1
 */
record KeeperAnswer(KeeperMessage message, int descriptor) {
    /** The connection has ended. */
    static final KeeperAnswer NONE = new KeeperAnswer(null, -1);
}
