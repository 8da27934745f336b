// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.shared.memory.EpochClock;
import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Says what a card that this process holds does, four times a second, in a small file of the runtime directory that
 * {@code sluice nic} reads. The file is its user's alone, is replaced as a whole, and goes away when this is closed; that
 * of a process that was killed is known by its heart, which beats no more, and removed by whoever finds it.
 *
 * <pre>
 *   nic-&lt;name&gt;.&lt;process id&gt;.json       as {@link NicJson} has it; characters that do not fit a file's name are _
 * </pre>
 */
public final class NicReport implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(NicReport.class.getName());
    private static final long BEAT_MILLIS = 250;

    private final RuntimeDirectory directory;
    private final String role;
    private final Supplier<NicCard> card;
    private final long process = ProcessHandle.current().pid();
    private final long startedNanos = EpochClock.nanos();
    private final Path file;
    private final Path next;
    private final Thread thread;
    private boolean failed;
    private boolean closed;

    private NicReport(RuntimeDirectory directory, String name, String role, Supplier<NicCard> card) {
        this.directory = directory;
        this.role = role;
        this.card = card;
        this.file = directory.path().resolve(NicFiles.fileName(name, process));
        this.next = directory.path().resolve(NicFiles.fileName(name, process) + NicFiles.UNFINISHED);
        this.thread = new Thread(this::run, "nic-report-" + name);
        thread.setDaemon(true);
    }

    /**
     * Begins to report.
     *
     * @param name of the card, as {@link NicCard.Identity#name} has it
     * @param role what the process does with it: {@code run} or {@code nic serve}
     * @param card asked four times a second, by a thread of its own, until {@link #close} has returned: whoever closes
     *     this holds no lock that answering takes
     * @throws IOException where the file cannot be written
     */
    public static NicReport start(RuntimeDirectory directory, String name, String role, Supplier<NicCard> card)
            throws IOException {
        directory.create();
        NicFiles.read(directory).removed().forEach(removed -> LOG.log(System.Logger.Level.INFO, removed));
        final NicReport report = new NicReport(directory, name, role, card);
        report.write();
        report.thread.start();
        return report;
    }

    private synchronized void run() {
        try {
            while (!closed) {
                wait(BEAT_MILLIS);
                if (!closed) {
                    beat();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A card goes on where its report cannot be written: that is said once, and again after it has worked. */
    private void beat() {
        try {
            write();
            failed = false;
        } catch (IOException | RuntimeException e) {
            if (!failed) {
                LOG.log(System.Logger.Level.WARNING, "what the card does cannot be written to " + file, e);
            }
            failed = true;
        }
    }

    private synchronized void write() throws IOException {
        final StringWriter text = new StringWriter();
        NicJson.writeReport(
                text,
                new NicHolder(process, role, NicHolder.Life.RUNNING, startedNanos, EpochClock.nanos()),
                card.get());
        Files.deleteIfExists(next);
        try (var out = Files.newByteChannel(
                next,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
            final var bytes = StandardCharsets.UTF_8.encode(text.toString());
            while (bytes.hasRemaining()) {
                out.write(bytes);
            }
        }
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Ends the report and removes its file; idempotent. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        notifyAll();
        try {
            Files.deleteIfExists(next);
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "cannot remove " + file + "; " + directory.path() + " keeps it", e);
        }
    }
}
