// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

/**
 * One {@code name=value} of a hop.
 *
 * @param value what the user meant: percent signs are decoded
 * @param position index of the name's first character in the chain's text
 * @param valuePosition index of the value's first character in the chain's text
 */
public record HopOption(String name, String value, int position, int valuePosition) {}
