// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import io.sluice.host.attach.LossPolicy;
import java.util.List;
import java.util.Optional;

/**
 * What may be said of a guest in a chain: {@code guest:fw?on-loss=bypass&domain=red}.
 *
 * @param onLoss what becomes of packets while it is not there
 * @param domain guests of one domain trust each other with packet contents; empty for the domain of those that name none
 */
public record GuestOptions(LossPolicy onLoss, String domain) {
    static final GuestOptions DEFAULTS = new GuestOptions(LossPolicy.HOLD, "");

    /** The names of the options, in the order to show. */
    static final List<String> NAMES = List.of("on-loss", "domain");

    private static final String ON_LOSS_RULE = "a guest's on-loss is hold (packets wait for it), drop or bypass";

    /** The options of {@code hop}, a guest that {@linkplain #check keeps to the rules}. */
    public static GuestOptions of(Hop hop) {
        final LossPolicy onLoss =
                option(hop, "on-loss").flatMap(o -> LossPolicy.of(o.value())).orElse(DEFAULTS.onLoss());
        return new GuestOptions(
                onLoss, option(hop, "domain").map(HopOption::value).orElse(DEFAULTS.domain()));
    }

    /**
     * Checks the options of {@code hop}, a guest of {@code chain}.
     *
     * @throws ChainSyntaxException that shows the option
     */
    static void check(Chain chain, Hop hop) {
        for (HopOption option : hop.written()) {
            if (!NAMES.contains(option.name())) {
                final String hint = Suggestion.closest(option.name(), NAMES)
                        .map(Suggestion::question)
                        .orElse("a guest takes " + String.join(", ", NAMES));
                throw new ChainSyntaxException(
                        chain.text(), option.position(), "'guest' has no option '" + option.name() + "'", hint);
            }
        }
        option(hop, "on-loss").ifPresent(option -> checkOnLoss(chain, hop, option));
        option(hop, "domain")
                .filter(option -> !ChainRules.NAME.matcher(option.value()).matches())
                .ifPresent(option -> {
                    throw chain.wrong(option, "this cannot be the name of a domain", ChainRules.NAME_RULE);
                });
    }

    private static void checkOnLoss(Chain chain, Hop hop, HopOption option) {
        final LossPolicy policy = LossPolicy.of(option.value())
                .orElseThrow(() -> chain.wrong(option, "there is no on-loss=" + option.value(), ON_LOSS_RULE));
        final boolean atEnd = hop.equals(chain.first()) || hop.equals(chain.last());
        if (policy == LossPolicy.BYPASS && atEnd) {
            throw chain.wrong(
                    option,
                    "a guest at an end of a chain cannot be bypassed: there is nothing behind it",
                    "write on-loss=hold or on-loss=drop");
        }
    }

    private static Optional<HopOption> option(Hop hop, String name) {
        return hop.written().stream()
                .filter(option -> option.name().equals(name))
                .findFirst();
    }
}
