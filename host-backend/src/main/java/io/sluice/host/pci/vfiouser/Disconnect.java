// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.pci.vfiouser;

import java.util.Locale;

/** Why a connection ended, and how a message says it. */
public enum Disconnect {
    /** The peer closed its end between two messages, as every peer does in the end. */
    LEFT("it closed the connection"),
    /** The peer closed its end inside a message. */
    TORN("it closed the connection inside a message"),
    /** The peer began a message, or owed one, and did not send the rest in time. */
    STALLED("it did not finish a message in time"),
    /** The peer did not take what was sent to it. */
    UNREAD("it did not read what it was sent in time"),
    /** What came cannot be a message: its size, its type, or less data than the command has. */
    MALFORMED("it sent what is no message"),
    /** A message longer than agreed. */
    TOO_LONG("it sent a message longer than agreed"),
    /** More descriptors than agreed, or some with a message that carries none. */
    DESCRIPTORS("it sent descriptors that do not belong there"),
    /** The two ends do not speak the same version, or one says nothing that can be understood about it. */
    VERSION("no version of the protocol was agreed on"),
    /** The function behind the server threw. */
    FAILED("the function failed"),
    /** This end closed. */
    CLOSED("this end closed the connection");

    private final String words;

    Disconnect(String words) {
        this.words = words;
    }

    /** What happened, in a few words with the peer as "it". */
    public String words() {
        return words;
    }

    /** As tables and messages name it: {@code too-long}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
