// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

/**
 * One figure of ours beside one of a peer.
 *
 * @param min the best of our runs
 * @param median of our runs
 * @param max the worst of our runs
 * @param peerMedian of the peer's runs, taken in turns with ours; not a number where the peer is missing
 * @param ratio median by peerMedian; below 1 we take less time than the peer; not a number where the peer is missing
 */
public record Row(
        String name, String unit, double min, double median, double max, String peer, double peerMedian, double ratio) {
    /** Whether the peer could not be measured. */
    boolean peerIsMissing() {
        return Double.isNaN(peerMedian);
    }
}
