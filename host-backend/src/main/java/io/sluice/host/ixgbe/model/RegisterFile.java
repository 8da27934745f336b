// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model;

import io.sluice.host.ixgbe.register.DeviceRegisters;
import java.util.Arrays;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * The registers of BAR 0. {@link #read} and {@link #write} are what a driver does, with all side effects; {@link #peek}
 * and {@link #poke} are what the card does itself, without any. Offsets are in bytes, aligned to 4, below {@link
 * DeviceRegisters#BAR_BYTES}; other addresses of a register are that register.
 *
 * <p>Not safe for threads by itself: the model calls it under its lock.
 */
public final class RegisterFile {
    private static final int WORDS = DeviceRegisters.BAR_BYTES / Integer.BYTES;
    private static final long COUNTER_32 = 0xFFFF_FFFFL;
    private static final long COUNTER_36 = 0xF_FFFF_FFFFL;
    /** So that a driver that reads everything everywhere makes no long list. */
    private static final int MAX_UNKNOWN = 1024;

    /** What a register does when it is read. */
    @FunctionalInterface
    public interface ReadListener {
        /**
         * The register at {@code offset}, which holds {@code held}, is being read.
         *
         * @return what the driver reads
         */
        int read(int offset, int held);
    }

    /** What a register does when it was written. */
    @FunctionalInterface
    public interface WriteListener {
        /**
         * The register at {@code offset} held {@code before} and {@code value} was written to it; what it holds now, by its
         * access, {@link RegisterFile#peek} tells.
         */
        void written(int offset, int before, int value);
    }

    private final int[] values = new int[WORDS];
    /** The word that holds a register, for each of its addresses. */
    private final int[] home = new int[WORDS];

    /** Words that were stored to since {@link #takeChanged}, one bit each. */
    private final long[] changed = new long[WORDS / Long.SIZE];

    private final Register[] registers = new Register[WORDS];
    private final ReadListener[] readListeners = new ReadListener[WORDS];
    private final WriteListener[] writeListeners = new WriteListener[WORDS];
    private final Map<Integer, Long> unknownReads = new TreeMap<>();
    private final Map<Integer, Long> unknownWrites = new TreeMap<>();

    /** The registers of {@link RegisterTable}, as after power-on. */
    public RegisterFile() {
        Arrays.setAll(home, word -> word);
        for (Register register : RegisterTable.registers()) {
            for (int i = 0; i < register.count(); i++) {
                final int word = register.offset(i) >>> 2;
                registers[word] = register;
                if (register.alias()) {
                    home[word] = register.aliasOf() + i * aliasStride(register) >>> 2;
                }
            }
        }
        powerOn(0);
    }

    private static int aliasStride(Register register) {
        for (Register other : RegisterTable.registers()) {
            if (other.offset() == register.aliasOf()) {
                return other.strideBytes();
            }
        }
        throw new IllegalArgumentException("alias of nothing: name=" + register.name());
    }

    /** What the register holds, without any side effect. */
    public int peek(int offset) {
        return values[home[offset >>> 2]];
    }

    /** Makes the register hold {@code value}, without any side effect. */
    public void poke(int offset, int value) {
        store(home[offset >>> 2], value);
    }

    private void store(int word, int value) {
        values[word] = value;
        changed[word >>> 6] |= 1L << word;
    }

    /** A driver's read. */
    public int read(int offset) {
        final int word = home[offset >>> 2];
        final Register register = registers[word];
        if (register == null) {
            count(unknownReads, offset);
            return 0;
        }
        final int held = values[word];
        store(word, register.access().afterRead(held, register.writable()));
        final ReadListener listener = readListeners[word];
        if (listener != null) {
            return listener.read(word << 2, held);
        }
        return register.access() == Access.WO ? 0 : held;
    }

    /** A driver's write. */
    public void write(int offset, int value) {
        final int word = home[offset >>> 2];
        final Register register = registers[word];
        if (register == null) {
            count(unknownWrites, offset);
            return;
        }
        final int before = values[word];
        store(word, register.access().written(before, value, register.writable() & ~register.selfClearing()));
        final WriteListener listener = writeListeners[word];
        if (listener != null) {
            listener.written(word << 2, before, value);
        }
    }

    /**
     * Adds {@code n} to a counter, which stays at its highest value when it gets there: 36 bits where the register at {@code
     * offset} is the lower half of one, 32 bits else.
     */
    public void count(int offset, long n) {
        final int word = home[offset >>> 2];
        final int high = registers[word].highOffset() >>> 2;
        final long low = Integer.toUnsignedLong(values[word]);
        if (high == 0) {
            store(word, (int) Math.min(low + n, COUNTER_32));
            return;
        }
        final long sum = Math.min((Integer.toUnsignedLong(values[word + high]) << 32) + low + n, COUNTER_36);
        store(word, (int) sum);
        store(word + high, (int) (sum >>> 32));
    }

    /** Calls {@code listener} at reads of the register at {@code offset}. There is one for each register. */
    public void onRead(int offset, ReadListener listener) {
        final int word = home[offset >>> 2];
        readListeners[word] = once(readListeners[word], listener, offset);
    }

    /** Calls {@code listener} at writes of the register at {@code offset}. There is one for each register. */
    public void onWrite(int offset, WriteListener listener) {
        final int word = home[offset >>> 2];
        writeListeners[word] = once(writeListeners[word], listener, offset);
    }

    private static <T> T once(T present, T listener, int offset) {
        if (present != null) {
            throw new IllegalStateException("two listeners of one register: offset=0x" + Integer.toHexString(offset));
        }
        return listener;
    }

    /** The register at {@code offset}, or null where there is none. */
    public Register register(int offset) {
        return registers[home[offset >>> 2]];
    }

    /**
     * All registers as after power-on.
     *
     * @param memorySeed tables in memory hold garbage by this seed, or their reset values with 0
     */
    void powerOn(long memorySeed) {
        reset(true);
        if (memorySeed != 0) {
            final SplittableRandom random = new SplittableRandom(memorySeed);
            for (int word = 0; word < WORDS; word++) {
                final Register register = registers[word];
                if (register != null && register.memory()) {
                    store(word, random.nextInt() & register.writable());
                }
            }
        }
    }

    /** All registers as after a software reset, which leaves tables in memory as they are (4.2.2). */
    void softwareReset() {
        reset(false);
    }

    private void reset(boolean memoryToo) {
        for (int word = 0; word < WORDS; word++) {
            final Register register = registers[word];
            if (register != null && home[word] == word && (memoryToo || !register.memory())) {
                store(word, register.reset());
            }
        }
    }

    /**
     * Calls {@code changes} with the offset of each register that may hold something else than when this was last called.
     */
    void takeChanged(IntConsumer changes) {
        for (int i = 0; i < changed.length; i++) {
            long bits = changed[i];
            changed[i] = 0;
            while (bits != 0) {
                changes.accept((i << 6 | Long.numberOfTrailingZeros(bits)) << 2);
                bits &= bits - 1;
            }
        }
    }

    /** How often a driver has read what is no register, by offset. */
    public Map<Integer, Long> unknownReads() {
        return Map.copyOf(unknownReads);
    }

    /** How often a driver has written what is no register, by offset. */
    public Map<Integer, Long> unknownWrites() {
        return Map.copyOf(unknownWrites);
    }

    private static void count(Map<Integer, Long> counts, int offset) {
        if (counts.size() < MAX_UNKNOWN || counts.containsKey(offset)) {
            counts.merge(offset, 1L, Long::sum);
        }
    }
}
