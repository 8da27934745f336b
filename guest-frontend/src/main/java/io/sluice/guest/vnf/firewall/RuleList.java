// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.vnf.firewall;

import io.sluice.guest.vnf.header.FrameHeaders;
import io.sluice.shared.function.Direction;
import java.util.List;

/** The rules in the order in which they are asked, and what holds where none matches. */
final class RuleList {
    /** What holds for a connection that no rule is about. */
    enum Default {
        ALLOW,
        DENY,
        /** Connections that begin in the chain's forward direction are allowed, others are denied. */
        FORWARD
    }

    private final Rule[] rules;
    private final Default otherwise;

    RuleList(List<Rule> rules, Default otherwise) {
        this.rules = rules.toArray(Rule[]::new);
        this.otherwise = otherwise;
    }

    /** Whether a packet may begin a connection, or pass where it has none. The first rule that matches decides. */
    boolean allows(FrameHeaders headers, Direction direction) {
        for (final Rule rule : rules) {
            if (rule.matches(headers, direction)) {
                return rule.allow();
            }
        }
        return otherwise == Default.ALLOW || (otherwise == Default.FORWARD && direction == Direction.FORWARD);
    }
}
