// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.util.List;

/** A part of a YAML document and the place where it stands: lines and columns count from 1. */
sealed interface YamlNode {
    int line();

    int column();

    /**
     * Text, a number, and so on: what they mean is for the reader to say.
     *
     * @param textColumn column of the value's first character where the file has the value as it is, in one line; or 0
     */
    record Scalar(int line, int column, String value, int textColumn) implements YamlNode {}

    record Sequence(int line, int column, List<YamlNode> items) implements YamlNode {}

    record Mapping(int line, int column, List<Entry> entries) implements YamlNode {}

    record Entry(Scalar key, YamlNode value) {}
}
