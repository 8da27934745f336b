// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import io.sluice.shared.pacing.Sleeper;
import io.sluice.shared.ring.Doorbell;

/** How this program holds a host's region: as a process, or as a program in a virtual machine. */
sealed interface Attachment extends AutoCloseable permits SocketAttachment, PciAttachment, VfioAttachment {
    /** Where the region is mapped. */
    long address();

    long lengthBytes();

    /** The ivshmem id of this guest, by which the directory says which party it is. */
    int peerId();

    /** Wakes other parties. */
    Doorbell doorbell();

    /** A sleeper for a thread that works on the region's rings. */
    Sleeper newSleeper();

    /** What the user should know of this attachment, or an empty text. */
    String note();

    /** False once the host has gone. */
    boolean hostPresent();

    @Override
    void close();
}
