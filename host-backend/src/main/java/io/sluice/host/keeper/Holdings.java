// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import io.sluice.shared.posix.Descriptors;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What the keeper's process holds, by group and item, and whose it is. A group belongs to one connection, that of its
 * backend; once that has ended it is an orphan, which another connection may claim until its time is up.
 */
final class Holdings {
    private static final int NOBODY = -1;

    private final Map<String, Group> groups = new LinkedHashMap<>();

    private static final class Group {
        private final Map<String, Integer> items = new LinkedHashMap<>();
        private int owner;
        private long orphanedNanos;
        private long expiryNanos;
    }

    /**
     * Holds {@code descriptor}, which is this object's from now on, in place of what was held under that name. An orphan
     * is {@code owner}'s by that: only its own backend knows its name, and has come back by another connection.
     *
     * @return false where the group is another's or there is no room; the descriptor is then closed
     */
    boolean hold(int owner, String groupName, String item, int descriptor) {
        Group group = groups.get(groupName);
        final boolean room = group == null
                ? groups.size() < DescriptorStore.MAX_GROUPS
                : (group.owner == owner || group.owner == NOBODY)
                        && (group.items.size() < DescriptorStore.MAX_ITEMS || group.items.containsKey(item));
        if (!room) {
            Descriptors.close(descriptor);
            return false;
        }
        if (group == null) {
            group = new Group();
            groups.put(groupName, group);
        }
        group.owner = owner;
        final Integer before = group.items.put(item, descriptor);
        if (before != null) {
            Descriptors.close(before);
        }
        return true;
    }

    void drop(int owner, String groupName, String item) {
        final Group group = owned(owner, groupName);
        if (group != null) {
            final Integer descriptor = group.items.remove(item);
            if (descriptor != null) {
                Descriptors.close(descriptor);
            }
            if (group.items.isEmpty()) {
                groups.remove(groupName);
            }
        }
    }

    void forget(int owner, String groupName) {
        if (owned(owner, groupName) != null) {
            close(groups.remove(groupName));
        }
    }

    private Group owned(int owner, String groupName) {
        final Group group = groups.get(groupName);
        return group != null && group.owner == owner ? group : null;
    }

    /** Notes that {@code owner} has gone: what is its own waits for another backend for so long. */
    void orphan(int owner, long nowNanos, long graceNanos) {
        for (Group group : groups.values()) {
            if (group.owner == owner) {
                group.owner = NOBODY;
                group.orphanedNanos = nowNanos;
                group.expiryNanos = nowNanos + graceNanos;
            }
        }
    }

    /**
     * Stops the cards of {@code owner}, which has gone, and holds them no more; one that does not stop is tried again when
     * its time is up.
     *
     * @return those that were stopped
     */
    List<String> stopCards(int owner) {
        final List<String> stopped = new ArrayList<>();
        for (String name : List.copyOf(groups.keySet())) {
            final Group group = groups.get(name);
            if (CardSwitch.is(name) && group.owner == owner && CardSwitch.off(group.items)) {
                close(groups.remove(name));
                stopped.add(name);
            }
        }
        return stopped;
    }

    /** Whether a card is held that its backend, dead or alive, has not stopped. */
    boolean hasCards() {
        return groups.keySet().stream().anyMatch(CardSwitch::is);
    }

    /** Orphans that another backend may claim, the longest dead first. */
    List<String> orphans() {
        return orphaned().stream().filter(name -> !CardSwitch.is(name)).toList();
    }

    private List<String> orphaned() {
        return groups.entrySet().stream()
                .filter(entry -> entry.getValue().owner == NOBODY)
                .sorted(Comparator.comparingLong(entry -> entry.getValue().orphanedNanos))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Makes an orphan {@code owner}'s: the number of its items, or 0 where it is none. */
    int claim(int owner, String groupName) {
        final Group group = owned(NOBODY, groupName);
        if (group == null || CardSwitch.is(groupName)) {
            return 0;
        }
        group.owner = owner;
        return group.items.size();
    }

    /** The {@code index}-th item of a group that is {@code owner}'s, or null. */
    Map.Entry<String, Integer> item(int owner, String groupName, long index) {
        final Group group = owned(owner, groupName);
        return group == null
                ? null
                : group.items.entrySet().stream().skip(index).findFirst().orElse(null);
    }

    /** Makes a claimed group an orphan again; its time goes on as it was. */
    void release(int owner, String groupName) {
        final Group group = owned(owner, groupName);
        if (group != null && group.expiryNanos != 0) {
            group.owner = NOBODY;
        }
    }

    /** Gives up orphans whose time is up, and names them. */
    List<String> expire(long nowNanos) {
        final List<String> expired = new ArrayList<>();
        for (String name : orphaned()) {
            final Group group = groups.get(name);
            if (nowNanos - group.expiryNanos >= 0 && (!CardSwitch.is(name) || CardSwitch.off(group.items))) {
                close(groups.remove(name));
                expired.add(name);
            }
        }
        return expired;
    }

    /** Guests of a region that nobody will serve again are told so, also those who look at nothing but its memory. */
    private static void close(Group group) {
        group.items.forEach((item, descriptor) -> {
            if (group.owner == NOBODY && item.startsWith(KeptItems.MEMORY)) {
                LostRegion.retire(descriptor);
            }
        });
        group.items.values().forEach(Descriptors::close);
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }
}
