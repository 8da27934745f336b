// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

/**
 * A guest's connection to its socket.
 *
 * @param party whose socket it is
 * @param peerId the number it is known by in the region: no other's at the same time
 * @param socket the descriptor of our end
 * @param bell the eventfd that wakes it
 */
record Connection(int party, int peerId, int socket, int bell) {}
