// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A program of the machine, run to its end. */
final class Tool {
    private static final int NOT_FOUND = -1;

    private Tool() {}

    /**
     * What came of a tool.
     *
     * @param status as it exited; negative where there is no such tool
     * @param output all that it printed
     */
    record Result(int status, String output) {
        boolean isMissing() {
            return status == NOT_FOUND;
        }

        boolean succeeded() {
            return status == 0;
        }
    }

    static Result run(List<String> command) throws IOException, InterruptedException {
        final Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return new Result(NOT_FOUND, e.getMessage());
        }
        final String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }
}
