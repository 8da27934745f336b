// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.attach;

/** Whether a guest's program is there. The ordinal stands in status files. */
public enum GuestState {
    /** No program has asked for its place, or the last one has gone: its socket is closed, its process or machine dead. */
    ABSENT,
    /** It shows signs of life. */
    PRESENT,
    /** It has shown none for longer than {@code suspect}. */
    SUSPECT,
    /** It has shown none for longer than {@code lost}. */
    LOST
}
