// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.endpoint;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/**
 * Frames that the kernel could not hand to an interface since this object was made: for a TAP interface, those that found
 * its queue full because nobody read fast enough. Counted by the kernel (proc_pid_net(5)).
 *
 * <p>The file shows the namespace of the thread that opened it, whoever reads it.
 */
final class LinkDrops implements AutoCloseable {
    /** Eight numbers of reception stand before those of transmission, of which the fourth counts drops. */
    private static final int DROPS_COLUMN = 8 + 3;

    private final RandomAccessFile file;
    private final Pattern line;
    private final long before;
    private long drops;
    private boolean closed;

    /** Starts counting for {@code link} of the calling thread's namespace. */
    LinkDrops(String link) throws IOException {
        this.file = new RandomAccessFile("/proc/thread-self/net/dev", "r");
        this.line = Pattern.compile("\\s*" + Pattern.quote(link) + ":\\s*(.*)");
        this.before = read();
    }

    private long read() throws IOException {
        file.seek(0);
        for (String text = file.readLine(); text != null; text = file.readLine()) {
            final var matcher = line.matcher(text);
            if (matcher.matches()) {
                return Long.parseLong(matcher.group(1).split("\\s+")[DROPS_COLUMN]);
            }
        }
        return before + drops; // the interface is gone, and what was counted stands
    }

    /** Drops so far; the last known number once the interface is gone or this object closed. */
    synchronized long count() {
        if (!closed) {
            try {
                drops = read() - before;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return drops;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            count();
            closed = true;
            try {
                file.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
