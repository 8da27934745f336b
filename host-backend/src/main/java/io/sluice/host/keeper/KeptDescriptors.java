// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.keeper;

import io.sluice.shared.posix.Descriptors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One region's descriptors in a store, by the names in {@link KeptItems}: what a dead backend has left of them, and what
 * the next one shall find. Without a store it keeps nothing.
 */
public final class KeptDescriptors {
    private final DescriptorStore store;
    private final String group;
    private final boolean isInheritance;
    private final Map<String, Integer> inherited = new LinkedHashMap<>();

    /** Keeps {@code group} in {@code store}; {@code inherited} is what was claimed of it, empty for a new group. */
    public KeptDescriptors(DescriptorStore store, String group, Map<String, Integer> inherited) {
        this.store = store;
        this.group = group;
        this.inherited.putAll(inherited);
        this.isInheritance = !inherited.isEmpty();
    }

    /** Keeps nothing: what is made ends with this process. */
    public static KeptDescriptors none() {
        return new KeptDescriptors(null, "", Map.of());
    }

    /** Whether a dead backend has left something that nobody has taken yet. */
    public synchronized boolean inherits(String item) {
        return inherited.containsKey(item);
    }

    /** Takes what a dead backend has left as {@code item}: a descriptor, the caller's and still held, or -1. */
    public synchronized int take(String item) {
        final Integer descriptor = inherited.remove(item);
        return descriptor == null ? -1 : descriptor;
    }

    /** What follows {@code prefix} in the names of what is left and nobody has taken yet. */
    public synchronized List<String> left(String prefix) {
        return inherited.keySet().stream()
                .filter(item -> item.startsWith(prefix))
                .map(item -> item.substring(prefix.length()))
                .toList();
    }

    /** Holds {@code descriptor} from now on; what was held as {@code item} before has been dropped. */
    public void hold(String item, int descriptor) {
        if (store != null) {
            store.hold(group, item, descriptor);
        }
    }

    /** Whether what was given to {@link #hold} is held by now; true where nothing is to be kept. */
    public boolean held() {
        return store == null || store.holds(group);
    }

    /** Holds it no more; to be called before the descriptor is closed. */
    public void drop(String item) {
        if (store != null) {
            store.drop(group, item);
        }
    }

    /**
     * Leaves what a dead backend has left to another one after all, because this one cannot go on with it; what is new
     * is held no more. Nothing of this process may work on it any more.
     */
    public synchronized void release() {
        if (store != null && isInheritance) {
            store.release(group);
            inherited.values().forEach(Descriptors::close);
            inherited.clear();
        } else {
            forget();
        }
    }

    /** Holds nothing of this region any more, and closes what nobody has taken. */
    public synchronized void forget() {
        if (store != null) {
            store.forget(group);
        }
        inherited.values().forEach(Descriptors::close);
        inherited.clear();
    }
}
