// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

/** Something that a check has measured or read, for whoever looks closer: {@code temperature}, {@code 35.0 C}. */
public record Fact(String name, String value) {}
