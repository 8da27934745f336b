// SPDX-License-Identifier: Apache-2.0
/**
 * The driver of Intel's 82599 and its kin. Section numbers are those of the "Intel 82599 10 GbE Controller Datasheet".
 */
package io.sluice.host.ixgbe;
