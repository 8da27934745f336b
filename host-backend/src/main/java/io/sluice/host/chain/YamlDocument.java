// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionEndEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.DocumentStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.MappingStartEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * Turns YAML into {@link YamlNode}s. Of YAML it takes what a configuration needs: one document of mappings, lists and
 * scalars. Aliases and tags are refused, and so is deep nesting, so that a file costs no more than its length.
 */
final class YamlDocument {
    private static final int MAX_DEPTH = 16;

    private final String file;
    private final int[] source;
    private final Deque<Open> open = new ArrayDeque<>();
    private YamlNode root;

    private YamlDocument(String file, String text) {
        this.file = file;
        this.source = text.codePoints().toArray();
    }

    /** A collection whose end has not been seen. */
    private static final class Open {
        final boolean mapping;
        final Mark start;
        final List<YamlNode> items = new ArrayList<>();
        final List<YamlNode.Entry> entries = new ArrayList<>();
        final Set<String> keys = new HashSet<>();
        YamlNode.Scalar key;

        Open(boolean mapping, Mark start) {
            this.mapping = mapping;
            this.start = start;
        }

        YamlNode closed() {
            int line = start.getLine() + 1;
            int column = start.getColumn() + 1;
            return mapping
                    ? new YamlNode.Mapping(line, column, List.copyOf(entries))
                    : new YamlNode.Sequence(line, column, List.copyOf(items));
        }
    }

    /**
     * Reads {@code text}.
     *
     * @param file for messages
     * @return the document, or nothing where the file has none
     * @throws ConfigException where it is no YAML, or more of YAML than this reader takes
     */
    static Optional<YamlNode> read(String file, String text) {
        YamlDocument document = new YamlDocument(file, text);
        try {
            LoadSettings settings =
                    LoadSettings.builder().setLabel(file).setUseMarks(true).build();
            new Parse(settings).parseString(text).forEach(document::take);
        } catch (MarkedYamlEngineException wrong) {
            throw document.wrong(wrong.getProblemMark(), String.valueOf(wrong.getProblem()), "", wrong);
        } catch (ReaderException wrong) {
            String problem = "the character U+%04X cannot stand in YAML".formatted(wrong.getCodePoint());
            throw document.wrong(wrong.getPosition(), problem, wrong);
        } catch (YamlEngineException wrong) {
            throw document.wrong(Optional.empty(), String.valueOf(wrong.getMessage()), "", wrong);
        } catch (ConfigException wrong) {
            throw wrong;
        } catch (IllegalArgumentException wrong) {
            // The library lets these through: an escape cut off by the end of the file, a number beyond Unicode.
            throw document.wrong(Optional.empty(), "a \\x, \\u or \\U in quotes is no character", "", wrong);
        }
        return Optional.ofNullable(document.root);
    }

    private void take(Event event) {
        switch (event) {
            case ScalarEvent scalar -> add(scalar, scalar(scalar));
            case CollectionStartEvent start -> open(start);
            case CollectionEndEvent end -> add(end, open.pop().closed());
            case AliasEvent alias ->
                throw wrong(alias.getStartMark(), "aliases are not taken here", "write the value out", null);
            case DocumentStartEvent start
            when root != null ->
                throw wrong(start.getStartMark(), "a second document", "one file has one document", null);
            default -> {} // stream and document marks say nothing more
        }
    }

    private void open(CollectionStartEvent event) {
        refuseTag(event, event.getTag());
        if (open.size() == MAX_DEPTH) {
            throw wrong(event.getStartMark(), "nested too deeply", "", null);
        }
        open.push(new Open(
                event instanceof MappingStartEvent, event.getStartMark().orElseThrow()));
    }

    private void add(Event event, YamlNode node) {
        Open parent = open.peek();
        if (parent == null) {
            root = node;
        } else if (!parent.mapping) {
            parent.items.add(node);
        } else if (parent.key != null) {
            parent.entries.add(new YamlNode.Entry(parent.key, node));
            parent.key = null;
        } else if (!(node instanceof YamlNode.Scalar key)) {
            throw new ConfigException(file, node.line(), node.column(), "a key must be a word", "", null);
        } else if (!parent.keys.add(key.value())) {
            String problem = "the key '" + ChainCharacters.printable(key.value()) + "' stands here twice";
            throw wrong(event.getStartMark(), problem, "give it once", null);
        } else {
            parent.key = key;
        }
    }

    private YamlNode.Scalar scalar(ScalarEvent event) {
        refuseTag(event, event.getTag());
        Mark start = event.getStartMark().orElseThrow();
        if (!StandardCharsets.UTF_8.newEncoder().canEncode(event.getValue())) {
            throw wrong(event.getStartMark(), "half a surrogate pair in this value", "", null);
        }
        int length = event.getEndMark().orElseThrow().getIndex() - start.getIndex();
        String written = new String(source, start.getIndex(), length);
        int quote = written.equals(event.getValue()) ? 0 : 1;
        boolean asItIs = written.length() >= 2 * quote
                && written.substring(quote, written.length() - quote).equals(event.getValue())
                && event.getValue().indexOf('\n') < 0;
        int column = start.getColumn() + 1;
        return new YamlNode.Scalar(start.getLine() + 1, column, event.getValue(), asItIs ? column + quote : 0);
    }

    private void refuseTag(Event event, Optional<String> tag) {
        tag.ifPresent(name -> {
            throw wrong(
                    event.getStartMark(),
                    "tags are not taken here",
                    "write the value without " + ChainCharacters.printable(name),
                    null);
        });
    }

    private ConfigException wrong(Optional<Mark> place, String problem, String hint, Throwable cause) {
        int line = place.map(mark -> mark.getLine() + 1).orElse(0);
        int column = place.map(mark -> mark.getColumn() + 1).orElse(0);
        return new ConfigException(file, line, column, problem, hint, cause);
    }

    /** An error at a character of which only the index is known. */
    private ConfigException wrong(int index, String problem, Throwable cause) {
        int line = 1;
        int column = 1;
        for (int i = 0; i < Math.min(index, source.length); i++) {
            boolean lineEnd = source[i] == '\n';
            line += lineEnd ? 1 : 0;
            column = lineEnd ? 1 : column + 1;
        }
        return new ConfigException(file, line, column, problem, "", cause);
    }
}
