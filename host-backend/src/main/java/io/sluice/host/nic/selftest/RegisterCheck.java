// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.nic.selftest;

import io.sluice.host.ixgbe.register.FlowRegisters;
import io.sluice.host.ixgbe.register.LinkRegisters;
import io.sluice.host.ixgbe.register.ReceiveRegisters;
import io.sluice.host.ixgbe.register.TransmitRegisters;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Whether registers and tables keep what is written to them. The card was reset and is off, so none of these has an effect
 * now; each gets back what it held.
 */
final class RegisterCheck implements Check {
    private static final int[] PATTERNS = {0x5A5A_5A5A, 0xA5A5_A5A5, 0, 0xFFFF_FFFF};
    private static final int ALL = 0xFFFF_FFFF;
    private static final int ADDRESS_MASK = 0xFFFF_FF80;
    private static final int LENGTH_MASK = 0x000F_FF80;
    private static final int THRESHOLD_MASK = 0x8007_FFF0;
    private static final int FIRST_FREE_ADDRESS = 1;
    private static final int SHOWN = 3;

    /** {@code count} registers of which the bits of {@code mask} can be written (8.2.3). */
    private record Row(String name, IntUnaryOperator offset, int first, int count, int mask) {}

    private static final List<Row> ROWS = List.of(
            new Row("RDBAL", ReceiveRegisters::rdbal, 0, ReceiveRegisters.RX_QUEUES, ADDRESS_MASK),
            new Row("RDBAH", ReceiveRegisters::rdbah, 0, ReceiveRegisters.RX_QUEUES, ALL),
            new Row("RDLEN", ReceiveRegisters::rdlen, 0, ReceiveRegisters.RX_QUEUES, LENGTH_MASK),
            new Row("TDBAL", TransmitRegisters::tdbal, 0, TransmitRegisters.TX_QUEUES, ADDRESS_MASK),
            new Row("TDBAH", TransmitRegisters::tdbah, 0, TransmitRegisters.TX_QUEUES, ALL),
            new Row("TDLEN", TransmitRegisters::tdlen, 0, TransmitRegisters.TX_QUEUES, LENGTH_MASK),
            new Row("MTA", ReceiveRegisters::mta, 0, 128, ALL),
            new Row("VFTA", ReceiveRegisters::vfta, 0, 128, ALL),
            // The first is the card's own address.
            new Row("RAL", ReceiveRegisters::ral, FIRST_FREE_ADDRESS, 127, ALL),
            new Row("RAH", ReceiveRegisters::rah, FIRST_FREE_ADDRESS, 127, 0xFFFF),
            new Row("RETA", FlowRegisters::reta, 0, 32, 0x0F0F_0F0F),
            new Row("RSSRK", FlowRegisters::rssrk, 0, 10, ALL),
            new Row("FCTTV", LinkRegisters::fcttv, 0, 4, ALL),
            new Row("FCRTL", LinkRegisters::fcrtl, 0, 1, THRESHOLD_MASK),
            new Row("FCRTH", LinkRegisters::fcrth, 0, 1, THRESHOLD_MASK),
            new Row("MAXFRS", _ -> ReceiveRegisters.MAXFRS, 0, 1, 0xFFFF_0000));

    @Override
    public String name() {
        return "registers";
    }

    @Override
    public Need need() {
        return Need.REGISTERS;
    }

    @Override
    public Finding run(Bench bench) {
        final List<String> wrong = new ArrayList<>();
        int registers = 0;
        for (Row row : ROWS) {
            registers += row.count;
            for (int i = row.first; i < row.first + row.count; i++) {
                test(bench, row, i, wrong);
            }
        }
        return wrong.isEmpty()
                ? Finding.passed(registers + " registers and table words keep what is written to them")
                        .with("patterns each", PATTERNS.length)
                : Finding.failed(wrong.size() + " of " + registers + " registers do not keep what is written to them: "
                        + String.join("; ", wrong.subList(0, Math.min(SHOWN, wrong.size()))));
    }

    private static void test(Bench bench, Row row, int i, List<String> wrong) {
        final int offset = row.offset.applyAsInt(i);
        final int before = bench.read(offset);
        String found = "";
        for (int pattern : PATTERNS) {
            bench.write(offset, pattern & row.mask);
            final int read = bench.read(offset);
            if ((read & row.mask) != (pattern & row.mask) && found.isEmpty()) {
                found = "%s[%d] at 0x%05X was given 0x%08X and reads 0x%08X"
                        .formatted(row.name, i, offset, pattern & row.mask, read);
            }
        }
        bench.write(offset, before);
        if (!found.isEmpty()) {
            wrong.add(found);
        }
    }
}
