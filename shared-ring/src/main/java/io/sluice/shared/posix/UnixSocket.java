// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;
import static io.sluice.shared.posix.Native.POINTER;

import io.sluice.shared.memory.Memory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.locks.LockSupport;

/**
 * Unix sockets by descriptor (unix(7)); the JDK's own cannot pass descriptors. Methods return a descriptor, 0 or
 * {@code -errno}.
 */
public final class UnixSocket {
    /** Longest path that struct sockaddr_un holds, without its terminating zero. */
    public static final int MAX_PATH_BYTES = 107;

    private static final MethodHandle SOCKET = Native.function("socket", INT, INT, INT, INT);
    private static final MethodHandle BIND = Native.function("bind", INT, INT, POINTER, INT);
    private static final MethodHandle CONNECT = Native.function("connect", INT, INT, POINTER, INT);
    private static final MethodHandle LISTEN = Native.function("listen", INT, INT, INT);
    private static final MethodHandle ACCEPT = Native.function("accept4", INT, INT, POINTER, POINTER, INT);
    private static final MethodHandle GETSOCKOPT = Native.function("getsockopt", INT, INT, INT, INT, POINTER, POINTER);
    private static final MethodHandle SHUTDOWN = Native.function("shutdown", INT, INT, INT);
    private static final long RETRY_NANOS = 1_000_000;
    private static final int SHUT_RDWR = 2;
    private static final int AF_UNIX = 1;
    private static final int SOCK_STREAM = 1;
    private static final int SOCK_DGRAM = 2;
    private static final int SOCK_SEQPACKET = 5;
    private static final int SOCK_CLOEXEC = 0x80000;
    private static final int SOCK_NONBLOCK = 0x800;
    private static final int SOL_SOCKET = 1;
    private static final int SO_PEERCRED = 17;

    private UnixSocket() {}

    /**
     * A stream socket that listens at {@code path}, which must not exist; the caller sets the file's mode by its folder.
     */
    public static int listen(String path, int backlog) {
        return listen(path, backlog, SOCK_STREAM);
    }

    /** As {@link #listen(String, int)}, for connections that keep messages apart. */
    public static int listenForMessages(String path, int backlog) {
        return listen(path, backlog, SOCK_SEQPACKET);
    }

    private static int listen(String path, int backlog, int type) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment address = address(arena, path);
            final int socket = socket(type | SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (socket < 0) {
                return socket;
            }
            final var errno = Native.errnoBuffer();
            int result = Native.resultOrErrno(
                    (int) BIND.invokeExact(errno, socket, address.address(), (int) address.byteSize()), errno);
            if (result == 0) {
                result = Native.resultOrErrno((int) LISTEN.invokeExact(errno, socket, backlog), errno);
            }
            return orClose(socket, result);
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** A blocking stream socket connected to the one that listens at {@code path}. */
    public static int connect(String path) {
        return connect(path, SOCK_STREAM);
    }

    /**
     * As {@link #connect(String)}, but {@code -ETIMEDOUT} where the listener's backlog stays full for {@code timeoutNanos}:
     * a process that hangs. Nothing tells when there is room (connect(2), EAGAIN), so it is tried again and again.
     */
    public static int connectWithin(String path, long timeoutNanos) {
        try (Arena arena = Arena.ofConfined()) {
            final MemorySegment address = address(arena, path);
            final int socket = socket(SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK);
            if (socket < 0) {
                return socket;
            }
            final long deadline = System.nanoTime() + timeoutNanos;
            final var errno = Native.errnoBuffer();
            int result;
            while (true) {
                result = Native.resultOrErrno(
                        (int) CONNECT.invokeExact(errno, socket, address.address(), (int) address.byteSize()), errno);
                if (result != -Errno.EAGAIN) {
                    break;
                }
                if (System.nanoTime() - deadline >= 0) {
                    result = -Errno.ETIMEDOUT;
                    break;
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
            if (result == 0) {
                Descriptors.nonBlocking(socket, false);
            }
            return orClose(socket, result);
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** As {@link #connect(String)}, to one that listens for connections that keep messages apart. */
    public static int connectForMessages(String path) {
        return connect(path, SOCK_SEQPACKET);
    }

    /** A datagram socket that sends to {@code path}; one that begins with {@code @} is an abstract name. */
    public static int connectForDatagrams(String path) {
        return connect(path, SOCK_DGRAM);
    }

    private static int connect(String path, int type) {
        try (Arena arena = Arena.ofConfined()) {
            final boolean isAbstract = type == SOCK_DGRAM && path.startsWith("@");
            final MemorySegment address = address(arena, isAbstract ? "\0" + path.substring(1) : path);
            final int socket = socket(type | SOCK_CLOEXEC);
            if (socket < 0) {
                return socket;
            }
            final var errno = Native.errnoBuffer();
            final int lengthBytes = (int) address.byteSize() - (isAbstract ? 1 : 0);
            final int result = Native.resultOrErrno(
                    (int) CONNECT.invokeExact(errno, socket, address.address(), lengthBytes), errno);
            return orClose(socket, result);
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** accept4(2), non-blocking and close-on-exec: a connection, or {@code -EAGAIN} when nobody waits. */
    public static int accept(int listener) {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno(
                    (int) ACCEPT.invokeExact(errno, listener, 0L, 0L, SOCK_CLOEXEC | SOCK_NONBLOCK), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** getsockopt(2) SO_PEERCRED: the process that connected, or {@code -errno}. */
    public static int peerProcess(int connection) {
        return peerCredential(connection, 0);
    }

    /** getsockopt(2) SO_PEERCRED: the effective user of the process that connected, or {@code -errno}. */
    public static int peerUser(int connection) {
        return peerCredential(connection, 4);
    }

    /** One word of struct ucred: 0 pid i32, 4 uid u32, 8 gid u32. */
    private static int peerCredential(int connection, int offset) {
        try (Arena arena = Arena.ofConfined()) {
            final long credentials = arena.allocate(12, 4).address();
            final long length = arena.allocate(4, 4).address();
            Memory.intAt(length, 12);
            final var errno = Native.errnoBuffer();
            final int result = Native.resultOrErrno(
                    (int) GETSOCKOPT.invokeExact(errno, connection, SOL_SOCKET, SO_PEERCRED, credentials, length),
                    errno);
            return result < 0 ? result : Memory.intAt(credentials + offset);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /**
     * Takes an abstract name (unix(7)), which one process of a network namespace can hold at a time and which is free
     * again when the socket is closed or its process has ended: the socket that holds it, or {@code -EADDRINUSE}.
     */
    public static int claimName(String name) {
        try (Arena arena = Arena.ofConfined()) {
            final int socket = socket(SOCK_STREAM | SOCK_CLOEXEC);
            if (socket < 0) {
                return socket;
            }
            // An abstract name begins with a zero byte, and its length says where it ends.
            final MemorySegment address = address(arena, "\0" + name);
            final var errno = Native.errnoBuffer();
            final int length = (int) address.byteSize() - 1;
            final int result =
                    Native.resultOrErrno((int) BIND.invokeExact(errno, socket, address.address(), length), errno);
            return orClose(socket, result);
        } catch (IllegalArgumentException e) {
            throw e;
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    /** shutdown(2) of both directions: whoever waits in a receive on {@code socket} gets the end of the stream. */
    public static void shutdown(int socket) {
        try {
            final var errno = Native.errnoBuffer();
            final int ignored = (int) SHUTDOWN.invokeExact(errno, socket, SHUT_RDWR);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }

    private static int socket(int type) throws Throwable {
        final var errno = Native.errnoBuffer();
        return Native.resultOrErrno((int) SOCKET.invokeExact(errno, AF_UNIX, type, 0), errno);
    }

    private static int orClose(int socket, int result) {
        if (result < 0) {
            Descriptors.close(socket);
            return result;
        }
        return socket;
    }

    /** struct sockaddr_un: family u16, path with its terminating zero. */
    private static MemorySegment address(Arena arena, String path) {
        final byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MAX_PATH_BYTES) {
            throw new IllegalArgumentException("socket path is longer than a unix socket's address can hold: bytes="
                    + bytes.length + " limit=" + MAX_PATH_BYTES + " path=" + path
                    + "; set SLUICE_RUN to a shorter folder");
        }
        final MemorySegment address = arena.allocate(2 + bytes.length + 1L, 2);
        Memory.shortAt(address.address(), (short) AF_UNIX);
        Memory.copyFromArray(bytes, 0, address.address() + 2, bytes.length);
        return address;
    }
}
