// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/** Chains as a distracted, or hostile, typist writes them. */
final class ChainMutationTest {
    private static final int MUTATIONS = 20_000;
    private static final String ALPHABET =
            "tapguestnulvf:/.-^{}?=&%<> \t\n0123456789AF\u0000\u001b\u00e9\u2192\uD83D\uDE00\"'|";
    private static final List<String> SEEDS = List.of(
            "tap:lan <=> guest:fw <=> tap:wan",
            "gen:?size=64&flows=1000 => guest:fw => null:",
            "pcap:in.pcap => vnf:firewall?allow=10.0.0.0/8&allow=fd00::/8&x=%26%C3%A9 => pcap:out.pcap",
            "guest:a<=>vnf:x<=>vnf:y<=>guest:b",
            "packet:0000:03:00.0 => guest:nat => packet:eth0^");

    @Test
    void shouldAnswerEveryMutationWithAChainOrAPicture() {
        long seed = Long.getLong("sluice.seed", System.nanoTime());
        System.out.println("ChainMutationTest sluice.seed=" + seed);
        Random random = new Random(seed);

        int accepted = Assertions.assertTimeout(Duration.ofSeconds(30), () -> mutate(random));

        assertThat(accepted).isBetween(MUTATIONS / 1000, MUTATIONS);
    }

    private static int mutate(Random random) {
        int accepted = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            StringBuilder text = new StringBuilder(SEEDS.get(random.nextInt(SEEDS.size())));
            for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
                edit(text, random);
            }
            accepted += answered(text.toString()) ? 1 : 0;
        }
        return accepted;
    }

    static boolean answered(String text) {
        try {
            Chain chain = Chain.parse(text);
            assertThat(Chain.parse(chain.format()).format()).isEqualTo(chain.format());
            assertThat(Plan.of(chain).describe()).isNotEmpty();
            return true;
        } catch (ChainSyntaxException wrong) {
            assertThat(wrong.position()).isBetween(0, text.length());
            assertThat(wrong.getMessage().lines().count()).isBetween(3L, 4L);
            return false;
        }
    }

    private static void edit(StringBuilder text, Random random) {
        int at = random.nextInt(text.length() + 1);
        int end = Math.min(text.length(), at + 1 + random.nextInt(6));
        char any = ALPHABET.charAt(random.nextInt(ALPHABET.length()));
        switch (random.nextInt(5)) {
            case 0 -> text.insert(at, any);
            case 1 -> text.delete(at, end);
            case 2 -> text.replace(at, end, String.valueOf(any));
            case 3 -> text.insert(random.nextInt(text.length() + 1), text.substring(at, end));
            default -> text.insert(at, SEEDS.get(random.nextInt(SEEDS.size())));
        }
    }
}
