// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Who holds a backend's descriptors so that they outlive it: systemd ({@link SystemdStore}) or a small process of our
 * own ({@link KeeperLink}).
 *
 * <p>What belongs to one region is a group; its name is made once and stays through all the backends that take the group
 * over one after the other. Nothing here waits for the store's answer where a guest or a packet could be waiting, and
 * nothing that the store does wrong ends a backend: without it, guests end with their backend, as a warning says.
 *
 * <p>All methods may be called by any thread. A descriptor given to {@link #hold} stays the caller's, who closes it after
 * {@link #drop} and not before.
 */
public sealed interface DescriptorStore extends AutoCloseable permits KeeperLink, SystemdStore {
    /** What a store holds of one group at most; a chain with thirty guests needs about a hundred. */
    int MAX_ITEMS = 256;

    /** What a store holds in all. */
    int MAX_GROUPS = 64;

    /** Whether other backends may come for groups that this one has no use for; else it is this one's to end them. */
    boolean isShared();

    /** The groups whose backends have died, the longest dead first. */
    List<String> orphans();

    /**
     * Takes over a group whose backend has died.
     *
     * @return its items by name, with descriptors that are the caller's from now on and are still held; empty where it
     *     is no orphan any more
     */
    Map<String, Integer> claim(String group);

    /** Gives a claimed group back as it was: it waits for another backend. The descriptors stay the caller's. */
    void release(String group);

    /** Holds {@code descriptor} from now on, also when this process dies in the next instant. */
    void hold(String group, String item, int descriptor);

    /** Whether all of {@code group} is held by now that was given to {@link #hold}: there was room for it. */
    boolean holds(String group);

    /** Holds this item no more. */
    void drop(String group, String item);

    /** Holds nothing of {@code group} any more, and has closed it when this returns, unless the store does not answer. */
    void forget(String group);

    /** Waits until what was given to {@link #hold} is held; false where it is not within {@code limit}. */
    boolean awaitHeld(Duration limit);

    /** What it is, for a log: "systemd", "process 4711". */
    String describe();

    /** Says goodbye; what is still held stays held, for the next backend. */
    @Override
    void close();
}
