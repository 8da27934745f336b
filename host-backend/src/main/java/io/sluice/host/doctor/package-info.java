// SPDX-License-Identifier: Apache-2.0
/**
 * What this host has and lacks of what Sluice can use, why each matters, and the command that mends it: {@code sluice
 * doctor}. It looks and changes nothing.
 */
package io.sluice.host.doctor;
