// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

/**
 * One endpoint to open, and the sides of it that the chain's rings use.
 *
 * @param receives a ring begins here
 * @param sends a ring ends here
 */
public record EndpointPlan(Hop hop, boolean receives, boolean sends) {}
