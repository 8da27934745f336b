// SPDX-License-Identifier: Apache-2.0
/**
 * A software 82599 at register level: what a driver finds behind a {@link io.sluice.host.pci.PciFunction}, down to the
 * side effects of reading. Section numbers are those of the "Intel 82599 10 GbE Controller Datasheet".
 *
 * <p>{@link io.sluice.host.ixgbe.model.RegisterTable} declares the registers, {@link
 * io.sluice.host.ixgbe.model.RegisterFile} holds them, one class for each subject reacts to what is written, and an
 * {@link io.sluice.host.ixgbe.model.Engine} moves the packets.
 *
 * <p>Registers of what is not played are there, hold what is written to them, and do nothing: MACsec, IPsec, FCoE, flow
 * director, scheduling by traffic class, the TCP timer, wake-up, manageability and virtual functions.
 */
package io.sluice.host.ixgbe.model;
