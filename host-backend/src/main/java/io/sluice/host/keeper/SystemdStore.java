// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import io.sluice.shared.posix.DescriptorMessage;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.Errno;
import io.sluice.shared.posix.PollSet;
import io.sluice.shared.posix.PosixException;
import io.sluice.shared.posix.UnixSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * systemd's descriptor store (sd_pid_notify_with_fds(3), sd_listen_fds(3), systemd.service(5) FileDescriptorStoreMax=).
 *
 * <pre>
 *   at $NOTIFY_SOCKET      FDSTORE=1 FDNAME=GROUP/ITEM FDPOLL=0  + descriptor      hold
 *                          FDSTOREREMOVE=1 FDNAME=GROUP/ITEM                       drop
 *                          BARRIER=1  + a pipe's end, closed when all before is done
 *   at the next start      descriptors 3 to 2 + $LISTEN_FDS, named by $LISTEN_FDNAMES, for process $LISTEN_PID
 * </pre>
 *
 * systemd does not answer: where it stores nothing, because the unit does not allow it, its log says so.
 */
public final class SystemdStore implements DescriptorStore {
    private static final System.Logger LOG = System.getLogger(SystemdStore.class.getName());
    private static final int FIRST_DESCRIPTOR = 3;
    private static final int MAX_MESSAGE_BYTES = 1024;
    private static final long BARRIER_NANOS = 5_000_000_000L;
    private static final long ROOM_NANOS = 1_000_000_000L;

    private final int socket;
    private final DescriptorMessage message = new DescriptorMessage(MAX_MESSAGE_BYTES);
    /** What this process was started with and nobody has claimed yet: groups, and their items. */
    private final Map<String, Map<String, Integer>> orphans = new TreeMap<>();
    /** Names that systemd holds for us, to be removed by. */
    private final Map<String, List<String>> held = new LinkedHashMap<>();

    private SystemdStore(int socket) {
        this.socket = socket;
    }

    /**
     * systemd's store, where systemd has started this process and offers it: {@code FDSTORE} in the environment says so
     * from systemd 254 on, and what an earlier one hands over at a restart; else the unit's own {@code Environment=} may.
     */
    public static Optional<SystemdStore> of(Map<String, String> environment) {
        final String notify = environment.getOrDefault("NOTIFY_SOCKET", "");
        final boolean offered = !environment.getOrDefault("FDSTORE", "0").equals("0") || handsOver(environment);
        if (notify.isEmpty() || !offered) {
            return Optional.empty();
        }
        final SystemdStore store = new SystemdStore(
                PosixException.check(UnixSocket.connectForDatagrams(notify), "connect(NOTIFY_SOCKET=" + notify + ")"));
        store.inherit(environment, ProcessHandle.current().pid());
        return Optional.of(store);
    }

    /** Whether systemd hands over what an earlier start of this service has stored: somebody may be waiting for it. */
    public static boolean handsOver(Map<String, String> environment) {
        return environment.getOrDefault("LISTEN_FDNAMES", "").contains("/");
    }

    private void inherit(Map<String, String> environment, long process) {
        if (!environment.getOrDefault("LISTEN_PID", "").equals(Long.toString(process))) {
            return;
        }
        final int count = Integer.parseInt(environment.getOrDefault("LISTEN_FDS", "0"));
        final String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
        for (int i = 0; i < count; i++) {
            final int descriptor = FIRST_DESCRIPTOR + i;
            Descriptors.closeOnExec(descriptor);
            final String name = i < names.length ? names[i] : "";
            final int slash = name.indexOf('/');
            if (slash > 0) {
                orphans.computeIfAbsent(name.substring(0, slash), group -> new LinkedHashMap<>())
                        .put(name.substring(slash + 1), descriptor);
            } else {
                LOG.log(System.Logger.Level.WARNING, "systemd passed a descriptor that is none of ours: {0}", name);
                Descriptors.close(descriptor);
            }
        }
    }

    /** Each service has a store of its own. */
    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public synchronized List<String> orphans() {
        return List.copyOf(orphans.keySet());
    }

    @Override
    public synchronized Map<String, Integer> claim(String group) {
        final Map<String, Integer> items = orphans.remove(group);
        if (items == null) {
            return Map.of();
        }
        held.put(group, new ArrayList<>(items.keySet()));
        return items;
    }

    /** systemd holds it all the time, and hands it over at the service's next start. */
    @Override
    public synchronized void release(String group) {
        held.remove(group);
    }

    @Override
    public synchronized void hold(String group, String item, int descriptor) {
        if (descriptor < 0) {
            throw new IllegalArgumentException("item=" + item + " has no descriptor: " + descriptor);
        }
        held.computeIfAbsent(group, name -> new ArrayList<>()).add(item);
        send("FDSTORE=1\nFDPOLL=0\nFDNAME=" + group + '/' + item, descriptor);
    }

    /** systemd does not say. */
    @Override
    public boolean holds(String group) {
        return true;
    }

    @Override
    public synchronized void drop(String group, String item) {
        final List<String> items = held.get(group);
        if (items != null && items.remove(item)) {
            send("FDSTOREREMOVE=1\nFDNAME=" + group + '/' + item, -1);
        }
    }

    @Override
    public synchronized void forget(String group) {
        final List<String> items = held.remove(group);
        if (items != null) {
            items.forEach(item -> send("FDSTOREREMOVE=1\nFDNAME=" + group + '/' + item, -1));
            barrier(Duration.ofNanos(BARRIER_NANOS));
        }
    }

    @Override
    public synchronized boolean awaitHeld(Duration limit) {
        return barrier(limit);
    }

    /** Waits until systemd has done all that it was sent, as sd_notify_barrier(3) does. */
    private boolean barrier(Duration limit) {
        final int[] ends = new int[2];
        PosixException.check(Descriptors.pipe(ends), "pipe2");
        final boolean sent = send("BARRIER=1", ends[1]);
        Descriptors.close(ends[1]);
        boolean done = false;
        if (sent) {
            try (PollSet end = new PollSet(1)) {
                end.add(ends[0], (short) 0);
                done = end.await(limit.toNanos()) > 0;
            }
        }
        Descriptors.close(ends[0]);
        return done;
    }

    private boolean send(String text, int descriptor) {
        int result = message.send(socket, text, descriptor);
        if (result == -Errno.EAGAIN) {
            awaitRoom();
            result = message.send(socket, text, descriptor);
        }
        if (result < 0) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "systemd cannot be told {0}: {1}",
                    text.replace('\n', ' '),
                    Errno.describe(result));
        }
        return result == 0;
    }

    /** Its queue holds a few hundred messages; it is full when systemd is busy otherwise. */
    private void awaitRoom() {
        try (PollSet room = new PollSet(1)) {
            room.add(socket, PollSet.WRITABLE);
            room.await(ROOM_NANOS);
        }
    }

    @Override
    public String describe() {
        return "systemd";
    }

    @Override
    public synchronized void close() {
        Descriptors.close(socket);
    }
}
