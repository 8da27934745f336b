// SPDX-License-Identifier: Apache-2.0
package io.sluice.shared.posix;

import static io.sluice.shared.posix.Native.INT;

import java.lang.invoke.MethodHandle;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;

/**
 * Work in another network namespace (network_namespaces(7)). Sockets and descriptors opened there stay there and can
 * then be used by any thread.
 */
public final class NetworkNamespace {
    private static final int CLONE_NEWNET = 0x40000000;
    private static final MethodHandle SETNS = Native.function("setns", INT, INT, INT);

    private NetworkNamespace() {}

    /**
     * Runs {@code work} in the namespace {@code name} on a thread of its own, since a thread that has changed its
     * namespace must not serve others, and returns what it returns or throws what it throws.
     *
     * @param name as {@code ip netns} knows it, or a path such as {@code /proc/123/ns/net}
     * @throws PosixException where there is no such namespace (ENOENT), it is none (EINVAL), or without CAP_SYS_ADMIN
     *     (EPERM)
     */
    public static <T> T call(String name, Supplier<T> work) {
        final var task = new FutureTask<T>(() -> {
            enter(name);
            return work.get();
        });
        Thread.ofPlatform().name("netns " + name).daemon().start(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true; // what the work opens has to reach the caller, who then notices
                } catch (ExecutionException e) {
                    switch (e.getCause()) {
                        case RuntimeException cause -> throw cause;
                        case Error cause -> throw cause;
                        default -> throw new IllegalStateException(e.getCause());
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** The file that stands for a namespace: {@code /run/netns/NAME} unless {@code name} is a path. */
    public static String path(String name) {
        return name.contains("/") ? name : "/run/netns/" + name;
    }

    private static void enter(String name) {
        final String path = path(name);
        final int descriptor = OpenFile.open(path, OpenFile.READ_ONLY);
        if (descriptor < 0) {
            throw new PosixException(
                    "open(" + path + ")", descriptor, "`ip netns list` shows the names, or give a path to a namespace");
        }
        try {
            final int result = setns(descriptor);
            if (result < 0) {
                throw new PosixException("setns(" + path + ")", result, "entering a network namespace needs root");
            }
        } finally {
            Descriptors.close(descriptor);
        }
    }

    private static int setns(int descriptor) {
        try {
            final var errno = Native.errnoBuffer();
            return Native.resultOrErrno((int) SETNS.invokeExact(errno, descriptor, CLONE_NEWNET), errno);
        } catch (Throwable t) {
            throw Native.unexpected(t);
        }
    }
}
