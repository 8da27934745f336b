// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.chain;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The configuration file of a backend, in YAML.
 *
 * <pre>
 * run-directory: /run/sluice        # optional
 * wait: adaptive                    # this and the other chain options may stand here, for all chains,
 * chains:
 *   - chain: 'tap:lan &lt;=&gt; guest:fw &lt;=&gt; tap:wan'
 *     name: edge                    # optional
 *     slots: 512                    # or here, for one
 *   - both-ways: true               # the long form; without this line packets go one way
 *     hops:
 *       - pcap: in.pcap
 *       - vnf: firewall
 *         options: {allow: [10.0.0.0/8, 'fd00::/8']}
 *       - tap: wan
 * </pre>
 */
public final class ConfigFile {
    public static final int MAX_BYTES = 1 << 20;

    private ConfigFile() {}

    /**
     * Reads {@code file}.
     *
     * @throws ConfigException with a message for the user: file, line, column, what is wrong and what would be right
     */
    public static BackendConfig read(Path file) {
        byte[] bytes;
        try (InputStream input = Files.newInputStream(file)) {
            bytes = input.readNBytes(MAX_BYTES + 1);
        } catch (NoSuchFileException missing) {
            throw new ConfigException(file.toString(), 0, 0, "there is no such file", "", missing);
        } catch (IOException wrong) {
            throw new ConfigException(file.toString(), 0, 0, "cannot be read: " + wrong.getMessage(), "", wrong);
        }
        if (bytes.length > MAX_BYTES) {
            throw new ConfigException(file.toString(), 0, 0, "larger than 1 MiB, which no configuration is", "", null);
        }
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return parse(file.toString(), text.startsWith("\uFEFF") ? text.substring(1) : text);
        } catch (CharacterCodingException wrong) {
            throw new ConfigException(file.toString(), 0, 0, "not UTF-8 text", "", wrong);
        }
    }

    /** Reads {@code text} as if it were the content of {@code file}, which is only named in messages. */
    static BackendConfig parse(String file, String text) {
        YamlNode root = YamlDocument.read(file, text)
                .orElseThrow(() -> new ConfigException(file, 0, 0, "the file is empty", ConfigReader.EXAMPLE, null));
        return new ConfigReader(new YamlValues(file)).backend(root);
    }
}
