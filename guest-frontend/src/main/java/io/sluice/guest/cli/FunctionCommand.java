// SPDX-License-Identifier: Apache-2.0
package io.sluice.guest.cli;

import io.sluice.shared.function.PacketFunction;
import io.sluice.shared.function.PacketFunctionProvider;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/** {@code sluice guest FUNCTION}: a packet function with the options that its provider declares. */
@Command(mixinStandardHelpOptions = true)
final class FunctionCommand implements Callable<Integer> {
    private final PacketFunctionProvider provider;
    private final CommandSpec spec;

    @Mixin
    private PortOptions port = new PortOptions();

    FunctionCommand(PacketFunctionProvider provider) {
        this.provider = provider;
        this.spec = CommandSpec.forAnnotatedObject(this);
        spec.usageMessage().description(provider.summary());
        provider.options()
                .forEach((name, help) -> spec.addOption(OptionSpec.builder("--" + name)
                        .paramLabel("VALUE")
                        .type(List.class)
                        .auxiliaryTypes(String.class)
                        .arity("1")
                        .description(help)
                        .build()));
    }

    CommandSpec spec() {
        return spec;
    }

    @Override
    public Integer call() throws InterruptedException {
        final PacketFunction function;
        try {
            port.waitMode();
            function = provider.create(values());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        return port.run(
                spec.commandLine(),
                (opened, onError) -> opened.start(function, port.waitMode(), port.processor, onError));
    }

    private Map<String, List<String>> values() {
        final Map<String, List<String>> values = new LinkedHashMap<>();
        for (String name : provider.options().keySet()) {
            final List<String> given = spec.findOption("--" + name).getValue();
            if (given != null && !given.isEmpty()) {
                values.put(name, new ArrayList<>(given));
            }
        }
        return values;
    }
}
