// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.port;

import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.pacing.Sleeper;
import io.sluice.shared.posix.DescriptorPassing;
import io.sluice.shared.posix.DescriptorPassing.Message;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.EventFd;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.UnixSocket;
import io.sluice.shared.ring.Doorbell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;

/**
 * A process's attachment: the client side of the {@code ivshmem-doorbell} protocol (QEMU, docs/specs/ivshmem-spec). A
 * thread of its own reads what the server tells of peers that come and go.
 */
final class SocketAttachment implements Attachment {
    private static final long MAX_REGION_BYTES = 8L << 30;

    private final String path;
    private final int socket;
    private final int peerId;
    private final SharedRegion region;
    private final PeerBells bells = new PeerBells();
    private int ownBell = -1;
    private final CountDownLatch readerDone = new CountDownLatch(1);
    private volatile boolean hostPresent = true;
    private boolean closed;

    private SocketAttachment(String path, int socket, int peerId, SharedRegion region) {
        this.path = path;
        this.socket = socket;
        this.peerId = peerId;
        this.region = region;
    }

    /** Reads what the server says first: version, this guest's id, the memory, and bells up to this guest's own. */
    private static SocketAttachment introduce(String path, int socket) throws TornAttachmentException {
        final Message version = DescriptorPassing.receive(socket);
        if (version == null) {
            throw new IllegalStateException("the backend at " + path + " turned this guest away: it is attached already"
                    + " (one process or virtual machine at a time), or its chain has just ended");
        }
        if (version.number() != 0 || version.descriptor() >= 0) {
            drop(version);
            throw new IllegalStateException("the server at " + path + " speaks version " + version.number()
                    + " of the ivshmem protocol, this program version 0");
        }
        final Message id = next(path, socket);
        if (id.number() < 1 || id.number() > PeerBells.MAX_PEER_ID || id.descriptor() >= 0) {
            drop(id);
            throw new IllegalStateException(
                    "the server at " + path + " gave the id " + id.number() + ", must be 1 to 65535");
        }
        final Message memory = next(path, socket);
        if (memory.number() != -1 || memory.descriptor() < 0) {
            drop(memory);
            throw new IllegalStateException("the server at " + path + " sent no memory; is it a Sluice backend?");
        }
        final SharedRegion region = SharedRegion.attach(memory.descriptor(), length(memory));
        final SocketAttachment attachment = new SocketAttachment(path, socket, (int) id.number(), region);
        try {
            while (attachment.ownBell < 0) {
                attachment.accept(next(path, socket));
            }
        } catch (RuntimeException | TornAttachmentException e) {
            attachment.release();
            throw e;
        }
        return attachment;
    }

    /**
     * Attaches to the backend that listens at {@code path}.
     *
     * @throws IOException with what to do, where nobody listens there or the guest is attached already
     */
    static SocketAttachment connect(Path path) throws IOException {
        final int socket = UnixSocket.connect(path.toString());
        if (socket < 0) {
            final String why = switch (-socket) {
                case Errno.ENOENT ->
                    "there is no such socket; start the backend first: sluice run '... guest:"
                            + path.getFileName().toString().replaceFirst("\\.sock$", "") + " ...'";
                case Errno.ECONNREFUSED -> "its backend has ended; start it again";
                case Errno.EACCES -> "permission denied; run as the user who runs the backend";
                default -> Errno.describe(socket);
            };
            throw new IOException("cannot attach to " + path + ": " + why);
        }
        try {
            final SocketAttachment attachment = introduce(path.toString(), socket);
            final Thread reader = new Thread(attachment::read, "peers of " + path.getFileName());
            reader.setDaemon(true);
            reader.start();
            return attachment;
        } catch (TornAttachmentException e) {
            Descriptors.close(socket);
            throw e;
        } catch (RuntimeException e) {
            Descriptors.close(socket);
            throw new IOException(e.getMessage(), e);
        }
    }

    private static long length(Message memory) {
        try {
            final long bytes = Files.size(Path.of("/proc/self/fd/" + memory.descriptor()));
            if (bytes < 4096 || bytes > MAX_REGION_BYTES) {
                throw new IllegalStateException("the region's size is out of range: bytes=" + bytes);
            }
            return bytes;
        } catch (IOException | IllegalStateException e) {
            drop(memory);
            throw new IllegalStateException("cannot map the backend's region: " + e.getMessage(), e);
        }
    }

    private static Message next(String path, int socket) throws TornAttachmentException {
        final Message message = DescriptorPassing.receive(socket);
        if (message == null) {
            throw new TornAttachmentException("the backend at " + path + " ended while this guest attached");
        }
        return message;
    }

    private static void drop(Message message) {
        if (message.descriptor() >= 0) {
            Descriptors.close(message.descriptor());
        }
    }

    private void accept(Message message) {
        if (message.number() < 0 || message.number() > PeerBells.MAX_PEER_ID) {
            drop(message);
            throw new IllegalStateException("the server at " + path + " spoke of peer " + message.number());
        }
        final int peer = (int) message.number();
        if (message.descriptor() < 0) {
            bells.remove(peer);
        } else if (peer == peerId && ownBell < 0) {
            ownBell = message.descriptor();
        } else {
            bells.add(peer, message.descriptor());
        }
    }

    private void read() {
        try {
            while (true) {
                final Message message = DescriptorPassing.receive(socket);
                if (message == null) {
                    break;
                }
                accept(message);
            }
        } catch (PosixException | IllegalStateException e) {
            if (hostPresent) {
                System.getLogger(SocketAttachment.class.getName())
                        .log(System.Logger.Level.WARNING, "lost the backend at " + path, e);
            }
        } finally {
            hostPresent = false;
            EventFd.signal(ownBell);
            readerDone.countDown();
        }
    }

    @Override
    public long address() {
        return region.address();
    }

    @Override
    public long lengthBytes() {
        return region.lengthBytes();
    }

    @Override
    public int peerId() {
        return peerId;
    }

    @Override
    public Doorbell doorbell() {
        return bells;
    }

    @Override
    public Sleeper newSleeper() {
        return new Sleeper(ownBell);
    }

    @Override
    public String note() {
        return "";
    }

    @Override
    public boolean hostPresent() {
        return hostPresent;
    }

    /** Tells the host by closing the socket, and unmaps the region, on which no thread may work any more. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        hostPresent = false;
        // Ends the reading thread, which waits in recvmsg; only then may the descriptor's number be given up.
        UnixSocket.shutdown(socket);
        awaitReader();
        Descriptors.close(socket);
        release();
    }

    /** Also where the caller is interrupted: what follows frees what the reading thread works on. */
    private void awaitReader() {
        boolean interrupted = false;
        while (true) {
            try {
                readerDone.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void release() {
        region.close();
        if (ownBell >= 0) {
            Descriptors.close(ownBell);
        }
        bells.close();
    }
}
