// SPDX-License-Identifier: Apache-2.0
/**
 * The registers of Intel's 82599, one class for each subject. Names are those of the "Intel 82599 10 GbE Controller
 * Datasheet"; numbers in brackets are its sections. A register that there are several of is a method of its number.
 */
package io.sluice.host.ixgbe.register;
