// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.util.List;

/** What a configuration expects of a {@link YamlNode}, and the errors that say where it was something else. */
final class YamlValues {
    private final String file;

    YamlValues(String file) {
        this.file = file;
    }

    YamlNode.Mapping mapping(YamlNode node, String what, String example) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping;
        }
        throw wrong(node, "expected " + what + " as key: value", example);
    }

    List<YamlNode> items(YamlNode node, String what, String example) {
        if (node instanceof YamlNode.Sequence sequence) {
            return sequence.items();
        }
        throw wrong(node, "expected " + what + " as a list", example);
    }

    YamlNode.Scalar scalar(YamlNode node, String what) {
        if (node instanceof YamlNode.Scalar scalar) {
            return scalar;
        }
        throw wrong(node, "expected " + what + " as one value", "");
    }

    boolean bool(YamlNode node, String key) {
        return switch (scalar(node, key).value()) {
            case "true" -> true;
            case "false" -> false;
            default -> throw wrong(node, key + " must be true or false", "");
        };
    }

    /** A key that is none of {@code known}. */
    ConfigException unknownKey(YamlNode.Scalar key, List<String> known) {
        String hint = Suggestion.closest(key.value(), known)
                .map(Suggestion::question)
                .orElse("there are " + String.join(", ", known));
        return wrong(key, "there is no key '" + ChainCharacters.printable(key.value()) + "' here", hint);
    }

    ConfigException wrong(YamlNode node, String problem, String hint) {
        return new ConfigException(file, node.line(), node.column(), problem, hint, null);
    }

    ConfigException wrong(YamlNode node, IllegalArgumentException cause) {
        return new ConfigException(file, node.line(), node.column(), cause.getMessage(), "", cause);
    }

    /** An error in the chain that {@code text} is: at the wrong character where the file has it as it is. */
    ConfigException wrongIn(YamlNode.Scalar text, ChainSyntaxException cause) {
        int before = cause.text().codePointCount(0, cause.position());
        int column = text.textColumn() > 0 ? text.textColumn() + before : text.column();
        return new ConfigException(file, text.line(), column, cause.picture(), "", cause);
    }

    /** An error in the chain that {@code origin} is a part of. */
    ConfigException wrongAt(YamlNode origin, ChainSyntaxException cause) {
        return new ConfigException(file, origin.line(), origin.column(), cause.picture(), "", cause);
    }
}
