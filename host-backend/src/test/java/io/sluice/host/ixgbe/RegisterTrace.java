// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import static io.sluice.host.ixgbe.register.DeviceRegisters.CTRL;
import static io.sluice.host.ixgbe.register.DeviceRegisters.CTRL_RESET;

import io.sluice.host.ixgbe.model.Register;
import io.sluice.host.ixgbe.model.RegisterTable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a driver did to a card's registers, as a text that can be held against the datasheet: a line for each write, with
 * what the register held before, by its reset value or the last write. Loops are shown by their first and last rounds,
 * long runs of writes to one register (the EEPROM's, the module's bus) by the first.
 */
final class RegisterTrace {
    /** What was accessed. */
    enum Kind {
        READ,
        WRITE,
        WRITE_CONFIG
    }

    /** One access; {@code value} as read or written. */
    record Access(Kind kind, int offset, int value) {}

    private static final int MAX_BLOCK = 8;
    private static final int MIN_ROUNDS = 4;

    private static final Map<Integer, Name> NAMES = names();

    private final List<Access> accesses;

    RegisterTrace(List<Access> accesses) {
        this.accesses = List.copyOf(accesses);
    }

    List<Access> accesses() {
        return accesses;
    }

    /** All accesses, reads with what they gave. */
    String everything() {
        final StringBuilder text = new StringBuilder();
        for (Access access : accesses) {
            text.append("%-12s %-18s %08X%n".formatted(access.kind(), name(access), access.value()));
        }
        return text.toString();
    }

    /** The offsets that were written, in order. */
    List<Integer> written() {
        return accesses.stream()
                .filter(access -> access.kind() == Kind.WRITE)
                .map(Access::offset)
                .toList();
    }

    /** All writes. */
    String writes() {
        final List<Line> lines = lines();
        final StringBuilder text = new StringBuilder();
        int at = 0;
        while (at < lines.size()) {
            final int run = run(lines, at);
            if (run >= MAX_BLOCK) {
                text.append(lines.get(at).text(""))
                        .append("  and ")
                        .append(run - 1)
                        .append(" more\n");
                at += run;
                continue;
            }
            final Loop loop = loop(lines, at);
            if (loop.rounds == 1) {
                text.append(lines.get(at).text("")).append('\n');
                at++;
                continue;
            }
            final int end = at + loop.block * loop.rounds;
            text.append("repeat ").append(loop.rounds).append('\n');
            lines.subList(at, at + loop.block)
                    .forEach(line -> text.append(line.text("  ")).append('\n'));
            text.append("  ...\n");
            lines.subList(end - loop.block, end)
                    .forEach(line -> text.append(line.text("  ")).append('\n'));
            at = end;
        }
        return text.toString();
    }

    private List<Line> lines() {
        final Map<Integer, Integer> held = new HashMap<>();
        final List<Line> lines = new ArrayList<>();
        for (Access access : accesses) {
            if (access.kind() == Kind.WRITE_CONFIG) {
                lines.add(new Line("config", access.offset(), access.offset(), 0, access.value()));
            } else if (access.kind() == Kind.WRITE) {
                final Name name = NAMES.get(access.offset());
                final int before = held.getOrDefault(access.offset(), name == null ? 0 : name.reset);
                lines.add(new Line(
                        name == null ? "?" : name.name,
                        name == null ? 0 : name.index,
                        access.offset(),
                        before,
                        access.value()));
                held.put(access.offset(), access.value());
                if (access.offset() == CTRL && (access.value() & CTRL_RESET) != 0) {
                    held.clear();
                }
            }
        }
        return lines;
    }

    /** The block of lines at {@code at} whose repetitions go furthest; a line by itself is one that is not repeated. */
    private static Loop loop(List<Line> lines, int at) {
        Loop best = new Loop(1, 1);
        for (int block = 1; block <= MAX_BLOCK; block++) {
            int rounds = 1;
            while (at + (rounds + 1) * block <= lines.size() && continues(lines, at, block, rounds)) {
                rounds++;
            }
            if (rounds >= MIN_ROUNDS && rounds * block > best.rounds * best.block) {
                best = new Loop(block, rounds);
            }
        }
        return best;
    }

    /** How many lines at {@code at} write one and the same register. */
    private static int run(List<Line> lines, int at) {
        int end = at;
        while (end < lines.size() && lines.get(end).offset == lines.get(at).offset) {
            end++;
        }
        return end - at;
    }

    /** Whether round {@code round} goes on where the ones before have gone to, in equal steps. */
    private static boolean continues(List<Line> lines, int at, int block, int round) {
        for (int i = at; i < at + block; i++) {
            final Line first = lines.get(i);
            final Line second = lines.get(i + block);
            final Line line = lines.get(i + round * block);
            if (!line.name.equals(first.name)
                    || line.index - first.index != round * (second.index - first.index)
                    || line.before - first.before != round * (second.before - first.before)
                    || line.after - first.after != round * (second.after - first.after)) {
                return false;
            }
        }
        return true;
    }

    private static String name(Access access) {
        final Name name = access.kind() == Kind.WRITE_CONFIG ? null : NAMES.get(access.offset());
        return name == null ? "%05X".formatted(access.offset()) : name.name + "[" + name.index + "]";
    }

    private static Map<Integer, Name> names() {
        final Map<Integer, Name> names = new HashMap<>();
        for (Register register : RegisterTable.registers()) {
            for (int i = 0; i < register.count() && !register.alias(); i++) {
                names.putIfAbsent(register.offset(i), Name.of(register, i));
            }
        }
        return names;
    }

    private record Name(String name, int index, int reset) {
        private static final Pattern LATER_PART = Pattern.compile("(.*)_(\\d+)");

        /** RXDCTL_64 number 3 is RXDCTL number 67: the table declares what lies apart in two lines. */
        static Name of(Register register, int index) {
            final Matcher part = LATER_PART.matcher(register.name());
            return part.matches()
                    ? new Name(part.group(1), Integer.parseInt(part.group(2)) + index, register.reset())
                    : new Name(register.name(), index, register.reset());
        }
    }

    private record Loop(int block, int rounds) {}

    private record Line(String name, int index, int offset, int before, int after) {
        String text(String indent) {
            return "%s%-14s %3d  %05X  %08X -> %08X".formatted(indent, name, index, offset, before, after);
        }
    }
}
