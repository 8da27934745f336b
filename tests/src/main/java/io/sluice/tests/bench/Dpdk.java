// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** DPDK's ways between two processes, as peers: its own drivers, driven by the program dpdk_peers. */
final class Dpdk implements AutoCloseable {
    static final String PACKAGES = "libdpdk-dev, pkgconf, gcc and libc6-dev";

    private static final int MEGABYTES = 64; // of each process, at first
    private static final int HUGE_PAGES = 2 * 48; // of both, with what they take later
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** A way between two processes: the driver that each side has, and the options that DPDK then needs. */
    enum Way {
        MEMIF(
                "memif",
                "net_memif0,role=client,rsize=10,socket-abstract=no,socket=",
                "net_memif0,role=server,rsize=10,socket-abstract=no,socket=",
                List.of()),
        /** The sender's own buffers are the ones shared; they have to lie in one file. */
        MEMIF_ZERO_COPY(
                "memif-zc",
                "net_memif0,role=client,rsize=10,socket-abstract=no,zero-copy=yes,socket=",
                "net_memif0,role=server,rsize=10,socket-abstract=no,socket=",
                List.of("--single-file-segments")),
        /** The guest's side sends, which is the faster way round; the host's maps few files. */
        VHOST(
                "vhost",
                "net_virtio_user0,mac=02:00:00:00:00:01,queue_size=1024,path=",
                "net_vhost0,queues=1,iface=",
                List.of("--single-file-segments"));

        private final String peer;
        private final String sender;
        private final String receiver;
        private final List<String> options;

        Way(String peer, String sender, String receiver, List<String> options) {
            this.peer = peer;
            this.sender = sender;
            this.receiver = receiver;
            this.options = options;
        }

        /** The name in tables. */
        String peer() {
            return peer;
        }
    }

    private final Path program;
    private final Path folder;
    private final String description;
    private final HugePages hugePages;
    private int pairs;

    private Dpdk(Path program, Path folder, String description, HugePages hugePages) {
        this.program = program;
        this.folder = folder;
        this.description = description;
        this.hugePages = hugePages;
    }

    /** Compiles the program into {@code folder}, where DPDK is installed. */
    static Dpdk prepare(Path home, Path folder) throws IOException, InterruptedException {
        final Tool.Result version = Tool.run(List.of("pkg-config", "--modversion", "libdpdk"));
        if (!version.succeeded()) {
            return new Dpdk(null, folder, "missing: install packages " + PACKAGES, HugePages.none());
        }
        final Tool.Result headers = Tool.run(List.of("pkg-config", "--cflags", "libdpdk"));
        final Path program = CProgram.compile(
                home,
                "dpdk_peers",
                folder,
                // Its headers are not ours to warn about; gnu11 is what they are written in.
                List.of(("-std=gnu11 " + headers.output().strip().replace("-I", "-isystem ")).split(" +")),
                List.of("-lrte_ethdev", "-lrte_mbuf", "-lrte_mempool", "-lrte_eal"));
        final HugePages hugePages = HugePages.reserve(HUGE_PAGES);
        return new Dpdk(
                program,
                folder,
                version.output().strip()
                        + (hugePages.available()
                                ? " in huge pages of 2 MB"
                                : " in small pages: 2 MB ones could not be had, and with them it is faster"),
                hugePages);
    }

    /** Whether {@code peer} is the name of one of its ways. */
    static boolean isPeer(String peer) {
        return Arrays.stream(Way.values()).anyMatch(way -> way.peer().equals(peer));
    }

    /** Whether it can be measured here. */
    boolean isHere() {
        return program != null;
    }

    /** Its version and memory, or why it is missing. */
    String description() {
        return description;
    }

    /** A receiver on the first of {@code cores}, which is measured, and a sender on the other. */
    WorkerPair start(Way way, int touchedBytes, List<Integer> cores) throws IOException, InterruptedException {
        final Path place = Files.createDirectory(folder.resolve("dpdk" + pairs++));
        final Path socket = place.resolve("socket");
        final List<Worker> workers = new ArrayList<>();
        try {
            workers.add(worker(place, "receive", touchedBytes, cores.getFirst(), way.receiver + socket, way));
            await(socket, workers.getFirst());
            workers.add(worker(place, "send", touchedBytes, cores.getLast(), way.sender + socket, way));
            return new WorkerPair(workers);
        } catch (IOException | BenchException | InterruptedException e) {
            workers.forEach(Worker::close);
            throw e;
        }
    }

    private Worker worker(Path place, String role, int touchedBytes, int core, String device, Way way)
            throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                program.toString(),
                role,
                Integer.toString(touchedBytes),
                "--lcores=" + core,
                "-m" + MEGABYTES,
                "--no-pci",
                "--no-telemetry",
                "--log-level=error",
                "--file-prefix=" + role,
                "--vdev=" + device));
        command.add(hugePages.available() ? "--in-memory" : "--no-huge");
        command.addAll(way.options);
        // Where DPDK puts its own files; they go when the folder goes.
        return new Worker(command, Map.of("RUNTIME_DIRECTORY", place.toString()));
    }

    private static void await(Path socket, Worker listener) throws InterruptedException {
        final long limit = System.nanoTime() + LIMIT.toNanos();
        while (!Files.exists(socket)) {
            if (!listener.isAlive() || System.nanoTime() > limit) {
                throw new BenchException("DPDK does not listen at its socket, what it said stands above: " + listener);
            }
            Thread.sleep(10);
        }
    }

    @Override
    public void close() {
        hugePages.close();
    }
}
