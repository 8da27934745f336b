// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic;

import io.sluice.shared.posix.RuntimeDirectory;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Gives orders to a process that serves a card ({@link NicControl}). */
public final class NicOrders {
    private static final int ANSWER_SECONDS = 5;

    private NicOrders() {}

    /**
     * Makes the card {@code nic} so; an empty list asks only.
     *
     * @return what is wrong with it now, in words
     * @throws IOException where nobody takes orders for it, or its process has gone
     * @throws IllegalArgumentException where that process knows no such fault
     */
    public static List<String> fault(RuntimeDirectory directory, Nic nic, List<String> faults) throws IOException {
        return order(directory, nic, NicControl.FAULT + ' ' + String.join(" ", faults));
    }

    /**
     * Where a driver finds the card.
     *
     * @throws IOException as {@link #fault}
     */
    public static Path socket(RuntimeDirectory directory, Nic nic) throws IOException {
        final List<String> answer = order(directory, nic, NicControl.SOCKET);
        if (answer.size() != 1) {
            throw new IOException(nic.name() + " does not say where its socket is: " + answer);
        }
        return Path.of(answer.getFirst());
    }

    private static List<String> order(RuntimeDirectory directory, Nic nic, String order) throws IOException {
        final NicHolder holder = nic.holder()
                .orElseThrow(() -> new IOException(nic.name()
                        + " is a card of this machine, and faults can be ordered from models alone: sluice nic serve"
                        + " model0 --vfio-user PATH"));
        if (holder.life() == NicHolder.Life.SILENT) {
            throw new IOException(nic.name() + " does not answer: process " + holder.process()
                    + ", which holds it, is stopped, or the machine is overloaded");
        }
        final Path path = directory.path().resolve(NicFiles.controlName(nic.name(), holder.process()));
        if (!Files.exists(path)) {
            throw new IOException(nic.name() + " takes no orders: process " + holder.process() + ", which holds it, is"
                    + " sluice " + holder.role() + "; a model that does is served by sluice nic serve");
        }
        final String answer = ask(path, order);
        if (answer.startsWith(NicControl.ERROR)) {
            throw new IllegalArgumentException(nic.name() + ": "
                    + answer.substring(NicControl.ERROR.length()).strip());
        }
        return answer.lines().skip(1).toList();
    }

    private static String ask(Path path, String order) throws IOException {
        try (ControlLine line = new ControlLine(SocketChannel.open(UnixDomainSocketAddress.of(path)))) {
            CompletableFuture.delayedExecutor(ANSWER_SECONDS, TimeUnit.SECONDS).execute(line::abandon);
            line.write(order + '\n');
            final String answer = line.readAll();
            if (answer.isEmpty()) {
                throw new IOException("the process behind " + path + " has ended");
            }
            return answer;
        } catch (AsynchronousCloseException e) {
            throw new IOException(
                    "the process behind " + path + " has not answered within " + ANSWER_SECONDS + " s", e);
        } catch (IOException e) {
            throw new IOException("no order can be given at " + path + ": " + e.getMessage(), e);
        }
    }
}
