// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.Descriptors;
import java.util.LinkedHashMap;
import java.util.Map;

/** Packets of a capture file, as fast as they are asked for or with the gaps between them that were recorded. */
final class PcapSource implements PacketSource {
    /** Number of passes or packets that has no end. */
    static final long FOREVER = Long.MAX_VALUE;

    private final int descriptor;
    private final CaptureReader reader;
    private final Trouble trouble;
    private final boolean paced;
    private final Tally truncated = new Tally();
    private final Tally empty = new Tally();
    private long passesLeft;
    private long packetsLeft;
    private boolean passHadPackets;
    private boolean positioned;
    private boolean ended;
    private long timestampNanos;

    /**
     * The clock's and the capture's time when this pass's first packet was asked for; the later ones follow from there.
     */
    private boolean paceStarted;

    private long paceClockNanos;
    private long paceCaptureNanos;
    private long dueNanos;
    private boolean closed;

    /**
     * @param descriptor the file, now this source's
     * @param passes how often to read it
     * @param packets most packets to deliver over all passes
     * @throws CaptureException where not even the first packet can be read
     */
    PcapSource(int descriptor, Trouble trouble, long passes, long packets, boolean paced) throws CaptureException {
        this.descriptor = descriptor;
        this.trouble = trouble;
        this.reader = CaptureReader.of(new CaptureInput(descriptor));
        this.passesLeft = passes;
        this.packetsLeft = packets;
        this.paced = paced;
        positioned = advance();
        ended = !positioned;
    }

    @Override
    public int receive(long address, int capacityBytes) {
        if (!positioned && !position()) {
            return END;
        }
        if (paced && !paceStarted) {
            startPace();
        }
        if (paced && nextDueNanos() > 0) {
            return NOTHING;
        }
        positioned = false;
        packetsLeft--;
        timestampNanos = reader.timestampNanos();
        final int length = reader.lengthBytes();
        if (length > capacityBytes) {
            return OVERSIZE;
        }
        if (reader.truncated()) {
            truncated.add(1);
        }
        Memory.copy(reader.packetAddress(), address, length);
        return length;
    }

    private boolean position() {
        if (ended) {
            return false;
        }
        try {
            positioned = advance();
        } catch (CaptureException e) {
            trouble.fail(e.getMessage());
        }
        ended = !positioned;
        return positioned;
    }

    /** Moves to the next packet that has any bytes, over the end of a pass if need be. */
    private boolean advance() throws CaptureException {
        while (packetsLeft > 0) {
            if (!reader.next()) {
                if (!passHadPackets || passesLeft <= 1) {
                    return false;
                }
                passesLeft -= passesLeft == FOREVER ? 0 : 1;
                passHadPackets = false;
                paceStarted = false;
                reader.rewind();
            } else if (reader.lengthBytes() > 0) {
                passHadPackets = true;
                schedule();
                return true;
            } else {
                empty.add(1);
            }
        }
        return false;
    }

    /** Not before the ring asks: a source that is held back for a while must not make up for it. */
    private void startPace() {
        paceStarted = true;
        paceClockNanos = System.nanoTime();
        paceCaptureNanos = reader.timestampNanos();
        dueNanos = paceClockNanos;
    }

    private void schedule() {
        if (!paced || !paceStarted) {
            return;
        }
        final long due = paceClockNanos + (reader.timestampNanos() - paceCaptureNanos);
        // Captures of several interfaces are not quite in order of time; the order of the file is kept.
        dueNanos = due - dueNanos > 0 ? due : dueNanos;
    }

    @Override
    public long timestampNanos() {
        return timestampNanos;
    }

    @Override
    public long nextDueNanos() {
        return !positioned || !paceStarted ? 0 : Math.max(0, dueNanos - System.nanoTime());
    }

    /** Packets delivered of which the capture holds only the first bytes, and records without a byte, passed over. */
    @Override
    public Map<String, Long> details() {
        final var details = new LinkedHashMap<String, Long>();
        details.put("truncated", truncated.value());
        details.put("empty", empty.value());
        return details;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            ended = true;
            positioned = false;
            Descriptors.close(descriptor);
        }
    }
}
