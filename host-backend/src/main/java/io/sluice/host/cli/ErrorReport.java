// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.cli;

import io.sluice.host.chain.ChainSyntaxException;
import io.sluice.host.chain.ConfigException;
import io.sluice.host.endpoint.EndpointException;
import io.sluice.shared.posix.PosixException;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/**
 * Errors as the user sees them: the message alone where it was written for the user, with a stack trace where something
 * unexpected happened.
 *
 * <pre>
 *   0  done          2  the command line, a chain or a configuration file is wrong
 *   1  unexpected    3  the system or a peer refused something: no permission, no memory, no backend
 * </pre>
 */
final class ErrorReport implements IExecutionExceptionHandler {
    static final int WRONG_INPUT = 2;
    static final int REFUSED = 3;

    @Override
    public int handleExecutionException(Exception e, CommandLine command, ParseResult parsed) {
        final int code = exitCode(e);
        if (code == CommandLine.ExitCode.SOFTWARE) {
            e.printStackTrace(command.getErr());
        } else {
            command.getErr().println(command.getColorScheme().errorText(message(e)));
        }
        return code;
    }

    private static String message(Exception e) {
        return e.getMessage() == null ? e.toString() : e.getMessage();
    }

    static int exitCode(Throwable e) {
        return switch (e) {
            case ChainSyntaxException _, ConfigException _ -> WRONG_INPUT;
            case IllegalArgumentException _ -> WRONG_INPUT;
            case CommandLine.ParameterException _ -> WRONG_INPUT;
            case PosixException _, EndpointException _ -> REFUSED;
            case IOException _ -> REFUSED;
            default -> CommandLine.ExitCode.SOFTWARE;
        };
    }
}
