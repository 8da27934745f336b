// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static java.util.stream.Collectors.joining;

import io.sluice.host.attach.LeftRegion;
import io.sluice.host.keeper.DescriptorStore;
import io.sluice.host.keeper.KeptDescriptors;
import io.sluice.host.keeper.KeptItems;
import io.sluice.host.keeper.LostRegion;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.RuntimeDirectory;
import io.sluice.shared.ring.RegionDescriptor;
import io.sluice.shared.ring.RegionSpec;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * What a backend takes over from dead ones, chain by chain, and what it keeps for the next.
 *
 * <p>A chain goes on where another backend wants the same: the same hops with the same options, the same rings, the same
 * format. Anything else of a chain's or a guest's name is ended: its guests are told, and the log says why. What belongs
 * to neither stays where it is, for whom it is meant; in a store that is this backend's alone it is ended, too.
 *
 * <pre>
 *   a segment's group in the store    CHAIN ~ SEGMENT ~ sixteen digits of the plan's SHA-256 ~ PROCESS-TIME of its maker
 * </pre>
 */
public final class Succession {
    private static final System.Logger LOG = System.getLogger(Succession.class.getName());
    private static final int DIGITS = 16;

    private final DescriptorStore store;
    private final boolean keeping;
    private final RuntimeDirectory directory;
    private final Map<String, List<KeptSegment>> byChain = new HashMap<>();

    /** Where nothing is kept and nothing was left. */
    public static Succession none() {
        return new Succession(null, false, null);
    }

    private Succession(DescriptorStore store, boolean keeping, RuntimeDirectory directory) {
        this.store = store;
        this.keeping = keeping;
        this.directory = directory;
    }

    /** Whether {@code chain} outlives its backend; else there is nothing that could, or it begins anew each time. */
    public static boolean keeps(ConfiguredChain chain) {
        return obstacle(chain.chain()).isEmpty();
    }

    /**
     * What {@code store} has for {@code chains} in {@code directory}; what is in their way is ended.
     *
     * @param keeping whether chains shall outlive this backend; if not, what others have left is ended as well
     * @throws IOException where a backend still serves one of them, with what to do; everything is left as it was then
     */
    public static Succession of(
            DescriptorStore store, boolean keeping, RuntimeDirectory directory, List<ConfiguredChain> chains)
            throws IOException {
        final Succession succession = new Succession(store, keeping, directory);
        final Map<String, Map<Integer, Left>> left = succession.claim(chains);
        for (ConfiguredChain chain : chains) {
            succession.byChain.put(chain.name(), succession.keep(chain, left.getOrDefault(chain.name(), Map.of())));
        }
        return succession;
    }

    /** One segment that a dead backend has left. */
    private record Left(String group, Map<String, Integer> items) {
        private String[] parts() {
            return group.split("~", 4);
        }

        private int item(String name) {
            return items.getOrDefault(name, -1);
        }
    }

    /** Why {@code chain} is not kept: what it begins anew with each backend; empty where it is. */
    static String obstacle(Chain chain) {
        final boolean worthIt = chain.hops().stream()
                .anyMatch(hop -> hop.isGuest() || hop.kind().equals("tap"));
        return worthIt
                ? chain.hops().stream()
                        .filter(Hop::isEndpoint)
                        .filter(Succession::beginsAnew)
                        .map(hop -> hop.name() + " begins anew with each backend")
                        .collect(joining(", "))
                : "it has no guest and no interface of its own";
    }

    /** A capture's place in its file, a count and a checked stream's numbers end with their process. */
    private static boolean beginsAnew(Hop hop) {
        return hop.kind().equals("pcap")
                || hop.options().containsKey("count")
                || hop.options().containsKey("check");
    }

    /** What is to be done with {@code chain}, in words and numbers that another backend compares. */
    static String plan(ConfiguredChain configured) {
        final Chain chain = configured.chain();
        final ChainLayout layout = ChainLayout.of(Plan.of(chain), configured);
        return chain.hops().stream().map(Hop::format).collect(joining(chain.bothWays() ? " <=> " : " => "))
                + " slots=" + configured.options().slots()
                + " buffer=" + configured.options().bufferBytes()
                + " threads=" + layout.threads()
                + " format=" + RegionDescriptor.VERSION;
    }

    private static String digits(String plan) {
        try {
            final byte[] digest = MessageDigest.getInstance("SHA-256").digest(plan.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** What can be gone on with, by chain and segment. */
    private Map<String, Map<Integer, Left>> claim(List<ConfiguredChain> chains) throws IOException {
        final Map<String, Map<Integer, Left>> found = new HashMap<>();
        for (Left left : orphans(chains)) {
            final ConfiguredChain own = chains.stream()
                    .filter(chain -> concerns(left, chain))
                    .findFirst()
                    .orElse(null);
            if (own == null) {
                leave(left);
                continue;
            }
            final String why = keeping ? obstacle(left, own) : "nothing is kept any more";
            final Map<Integer, Left> segments = found.computeIfAbsent(own.name(), name -> new TreeMap<>());
            if (!why.isEmpty()) {
                end(left, own, why);
            } else if (segments.putIfAbsent(Integer.parseInt(left.parts()[1]), left) != null) {
                end(left, own, "there is another one of it");
            }
        }
        return found;
    }

    /** What there is, claimed; of what this backend would take or end nothing may be in use any more. */
    private List<Left> orphans(List<ConfiguredChain> chains) throws IOException {
        final List<Left> orphans = store.orphans().stream()
                .map(group -> new Left(group, store.claim(group)))
                .filter(left -> !left.items().isEmpty())
                .toList();
        for (Left left : orphans) {
            final boolean touched = !store.isShared() || chains.stream().anyMatch(chain -> concerns(left, chain));
            final long process = touched ? LeftRegion.server(left.item(KeptItems.STATE)) : 0;
            if (process != 0) {
                orphans.forEach(this::release);
                throw new IOException("chain " + left.parts()[0] + " is still served by process " + process
                        + ", which has lost its keeper and is not dead: stop it ('kill " + process + "', or 'kill -9 "
                        + process + "' where it does not react), or give this chain and its guests other names");
            }
        }
        return orphans;
    }

    private void release(Left left) {
        store.release(left.group());
        left.items().values().forEach(Descriptors::close);
    }

    /** What concerns none of this backend's chains is another one's, if there can be another one. */
    private void leave(Left left) throws IOException {
        if (store.isShared()) {
            release(left);
        } else {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "chain {0} is run no more, and its guests are told that it has ended",
                    left.parts()[0]);
            end(left);
        }
    }

    private static boolean concerns(Left left, ConfiguredChain chain) {
        return left.parts()[0].equals(chain.name())
                || Plan.of(chain.chain()).guests().stream()
                        .anyMatch(guest -> left.items().containsKey(KeptItems.LISTEN + guest.name()));
    }

    private static String obstacle(Left left, ConfiguredChain chain) {
        final String[] parts = left.parts();
        final String plan = plan(chain);
        if (parts.length < 4 || !parts[0].equals(chain.name())) {
            return "chain " + chain.name() + " has a guest of the same name now";
        }
        if (!parts[2].equals(digits(plan))) {
            return "it was " + LeftRegion.plan(left.item(KeptItems.STATE)) + " and shall be " + plan;
        }
        final ChainLayout layout = ChainLayout.of(Plan.of(chain.chain()), chain);
        final int segment = Integer.parseInt(parts[1]);
        if (segment >= layout.specs().size()) {
            return "it has no such part";
        }
        final RegionSpec spec = layout.specs().get(segment);
        return complete(left, spec, layout.threads())
                ? LeftRegion.obstacle(left.item(KeptItems.STATE), left.item(KeptItems.MEMORY), spec)
                : "it had only begun";
    }

    /** Whether guests can have come: what they use before is there. One bell more than threads is that for asking. */
    private static boolean complete(Left left, RegionSpec spec, int threads) {
        return IntStream.rangeClosed(0, threads).allMatch(bell -> left.item(KeptItems.HOST_BELL + bell) >= 0)
                && spec.parties().stream().skip(1).allMatch(guest -> left.item(KeptItems.LISTEN + guest) >= 0);
    }

    private void end(Left left, ConfiguredChain chain, String why) throws IOException {
        LOG.log(
                System.Logger.Level.WARNING,
                "chain {0} begins anew, and guests of the one before are told that it has ended: {1}",
                chain.name(),
                why);
        end(left);
    }

    private void end(Left left) throws IOException {
        if (left.item(KeptItems.MEMORY) >= 0) {
            LostRegion.retire(left.item(KeptItems.MEMORY));
        }
        if (left.item(KeptItems.STATE) >= 0) {
            LeftRegion.deleteStatus(left.item(KeptItems.STATE));
        }
        store.forget(left.group());
        left.items().values().forEach(Descriptors::close);
        for (String item : left.items().keySet()) {
            if (item.startsWith(KeptItems.LISTEN)) {
                Files.deleteIfExists(directory.guestSocket(item.substring(KeptItems.LISTEN.length())));
            }
        }
    }

    private List<KeptSegment> keep(ConfiguredChain chain, Map<Integer, Left> left) throws IOException {
        final int segments = Plan.of(chain.chain()).segments().size();
        final boolean whole = left.size() == segments;
        if (!whole) {
            for (Left part : left.values()) {
                end(part, chain, "another part of it is lost");
            }
        }
        final String plan = plan(chain);
        final boolean kept = keeping && keeps(chain);
        final List<KeptSegment> result = new ArrayList<>();
        for (int segment = 0; segment < segments; segment++) {
            if (whole) {
                final Left part = left.get(segment);
                result.add(new KeptSegment(plan, new KeptDescriptors(store, part.group(), part.items())));
            } else if (kept) {
                result.add(new KeptSegment(
                        plan, new KeptDescriptors(store, group(chain.name(), segment, plan), Map.of())));
            } else {
                result.add(KeptSegment.none());
            }
        }
        if (whole) {
            LOG.log(System.Logger.Level.INFO, "chain {0} goes on where a backend that has died left it", chain.name());
        }
        return result;
    }

    private static String group(String chain, int segment, String plan) {
        return chain
                + '~'
                + segment
                + '~'
                + digits(plan)
                + '~'
                + ProcessHandle.current().pid()
                + '-'
                + Long.toHexString(System.nanoTime());
    }

    /** Leaves to another backend what none of this one's chains has begun with. */
    public void release() {
        byChain.values()
                .forEach(segments ->
                        segments.forEach(segment -> segment.descriptors().release()));
    }

    /** What outlives {@code chain}'s segments, in their order. */
    List<KeptSegment> of(ConfiguredChain chain) {
        return byChain.getOrDefault(
                chain.name(),
                Plan.of(chain.chain()).segments().stream()
                        .map(segment -> KeptSegment.none())
                        .toList());
    }
}
