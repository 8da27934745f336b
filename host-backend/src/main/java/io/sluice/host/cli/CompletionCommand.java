// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.spi.ToolProvider;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice completion}: a script that lets the shell complete this command. */
@Command(
        name = "completion",
        mixinStandardHelpOptions = true,
        description = "Prints a script that lets the shell complete commands and options.",
        footer = {
            "",
            "For this shell only:",
            "  source <(sluice completion bash)",
            "For every bash of this user (package bash-completion):",
            "  mkdir -p ~/.local/share/bash-completion/completions",
            "  sluice completion bash > ~/.local/share/bash-completion/completions/sluice",
            "For every zsh of this user:",
            "  echo 'source <(sluice completion zsh)' >> ~/.zshrc"
        })
final class CompletionCommand implements Callable<Integer> {
    /** The shells there is a script for; zsh runs bash's through its bashcompinit. */
    enum Shell {
        bash,
        zsh
    }

    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SHELL", description = "bash or zsh.")
    private Shell shell;

    @Override
    public Integer call() {
        final CommandLine whole = Main.commandLine();
        guestCommand().ifPresent(guest -> {
            final CommandSpec placeholder =
                    whole.getCommandSpec().removeSubcommand("guest").getCommandSpec();
            guest.getCommandSpec()
                    .usageMessage()
                    .description(placeholder.usageMessage().description());
            whole.addSubcommand("guest", guest);
        });
        final String script = AutoComplete.bash("sluice", whole);
        spec.commandLine().getOut().println(shell == Shell.zsh ? forZsh(script) : script);
        spec.commandLine().getOut().flush();
        return ExitCode.OK;
    }

    /** The guest command with its subcommands, from the module that this one does not see. */
    private static Optional<CommandLine> guestCommand() {
        return ToolProvider.findFirst(GuestCommand.TOOL)
                .map(tool -> tool instanceof Supplier<?> supplier ? supplier.get() : null)
                .filter(CommandLine.class::isInstance)
                .map(CommandLine.class::cast);
    }

    private static String forZsh(String script) {
        return "autoload -Uz compinit bashcompinit && compinit && bashcompinit\n" + script;
    }
}
