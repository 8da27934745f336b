// SPDX-License-Identifier: Apache-2.0
/**
 * A card's test by its owner: {@link io.sluice.host.nic.selftest.SelfTest} runs the checks one after another on a {@link
 * io.sluice.host.nic.selftest.Bench}, and {@link io.sluice.host.nic.selftest.SelfTestReport} tells a person what they
 * found. Nothing leaves on the card's wire: frames go through its internal loopback.
 */
package io.sluice.host.nic.selftest;
