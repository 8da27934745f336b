// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench.card;

import io.sluice.host.ixgbe.queue.DescriptorMemory;
import io.sluice.shared.memory.SharedRegion;
import io.sluice.shared.ring.Doorbell;
import io.sluice.shared.ring.Stage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The same stages in C, in a process of their own that maps what ours work on; it runs only while this one waits. */
final class CDriver implements Driver {
    private final CardPath path;
    private final Process process;
    private final Writer input;
    private final BufferedReader output;
    private long position;

    CDriver(CardPath path, Load load, FlowIndex index, List<String> program, int processor) throws IOException {
        this.path = path;
        final long firstBuffer = new Stage(path.ring(), 0, Doorbell.NONE).bufferAddress(0);
        final List<String> command = new ArrayList<>(program);
        command.addAll(List.of(
                Integer.toString(processor),
                load.kind().name(),
                Integer.toString(load.flushPeriod()),
                Long.toString(path.inBuffers(firstBuffer).deviceAddress()),
                Long.toString(path.outBuffers(firstBuffer).deviceAddress())));
        memory(command, path.region());
        memory(command, index.memory());
        queue(command, path.received(), path.receiveTail());
        for (int i = 0; i < load.outputs(); i++) {
            queue(command, path.transmitted().get(i), path.transmitTail(i));
        }
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        input = process.outputWriter(StandardCharsets.UTF_8);
        output = process.inputReader(StandardCharsets.UTF_8);
    }

    private static void memory(List<String> command, SharedRegion memory) {
        command.add("/proc/" + ProcessHandle.current().pid() + "/fd/" + memory.descriptor());
        command.add(Long.toString(memory.lengthBytes()));
    }

    private static void queue(List<String> command, DescriptorMemory descriptors, CardPath.TailPlace tail) {
        memory(command, descriptors.memory());
        memory(command, tail.memory());
        command.add(Long.toString(tail.offset()));
    }

    private String[] ask(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
        final String answer = output.readLine();
        if (answer == null) {
            throw new IOException("the driver in C has ended; what it said stands above");
        }
        return answer.split(" ");
    }

    @Override
    public void begin() throws IOException {
        position = Long.parseLong(ask("begin")[0]);
    }

    @Override
    public long turn() throws IOException {
        final String[] answer = ask("turn");
        position = Long.parseLong(answer[1]);
        return Long.parseLong(answer[0]);
    }

    @Override
    public long position() {
        return position;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
