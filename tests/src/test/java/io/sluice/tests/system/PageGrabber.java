// SPDX-License-Identifier: Apache-2.0
package io.sluice.tests.system;

import io.sluice.shared.memory.Backing;
import io.sluice.shared.memory.Memory;
import io.sluice.shared.posix.Descriptors;
import io.sluice.shared.posix.SharedMemory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * A program for a machine of tests: takes each huge page in the moment in which it becomes free, writes a pattern to it, and
 * says when it is asked whether the pattern is still there. Commands come by standard input.
 *
 * <pre>
 *            ready
 *   grab     grabbing                            from now on
 *   check    N pages intact                      all are given back, and no more are taken
 *            N pages, LONGS longs of them overwritten, the first at OFFSET of page PAGE: VALUE
 * </pre>
 */
final class PageGrabber {
    /** As an address it is nobody's. */
    private static final long PATTERN = 0x5AA5_5AA5_5AA5_5AA5L;

    private static final long RETRY_NANOS = 100_000;

    private final List<Integer> files = new ArrayList<>();
    private final List<Long> pages = new ArrayList<>();
    private volatile boolean grabbing;

    private PageGrabber() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        new PageGrabber().follow(new BufferedReader(new InputStreamReader(System.in)));
    }

    private void follow(BufferedReader commands) throws IOException, InterruptedException {
        // All classes that grabbing needs, which take longer to load than a page is free.
        grabbed();
        final String first = check();
        System.out.println("ready, " + first);
        Thread grabber = null;
        for (String command = commands.readLine(); command != null; command = commands.readLine()) {
            if (command.equals("grab")) {
                grabbing = true;
                grabber = Thread.ofPlatform().daemon().start(this::grab);
                System.out.println("grabbing");
            } else if (grabber != null) {
                grabbing = false;
                grabber.join();
                System.out.println(check());
            }
        }
    }

    private void grab() {
        while (grabbing) {
            if (!grabbed()) {
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    private boolean grabbed() {
        final int file = SharedMemory.memfd("grabbed", true);
        if (SharedMemory.allocate(file, Backing.HUGE_PAGE_BYTES) < 0) {
            Descriptors.close(file);
            return false;
        }
        final long address = SharedMemory.map(file, 0, Backing.HUGE_PAGE_BYTES);
        for (long offset = 0; offset < Backing.HUGE_PAGE_BYTES; offset += Long.BYTES) {
            Memory.longAt(address + offset, PATTERN);
        }
        files.add(file);
        pages.add(address);
        return true;
    }

    private String check() {
        long overwritten = 0;
        String first = "";
        for (int page = 0; page < pages.size(); page++) {
            for (long offset = 0; offset < Backing.HUGE_PAGE_BYTES; offset += Long.BYTES) {
                final long value = Memory.longAt(pages.get(page) + offset);
                if (value != PATTERN && overwritten++ == 0) {
                    first = "the first at " + offset + " of page " + page + ": " + Long.toHexString(value);
                }
            }
            SharedMemory.unmap(pages.get(page), Backing.HUGE_PAGE_BYTES);
            Descriptors.close(files.get(page));
        }
        final String result = pages.size() + " pages"
                + (overwritten == 0 ? " intact" : ", " + overwritten + " longs of them overwritten, " + first);
        pages.clear();
        files.clear();
        return result;
    }
}
