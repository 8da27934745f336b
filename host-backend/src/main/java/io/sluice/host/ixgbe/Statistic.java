// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe;

import io.sluice.host.ixgbe.register.StatisticsRegisters;

/** One of the card's counters (8.2.3.23): the register it is read from, and what people call it. */
public enum Statistic {
    CRC_ERRORS("receive errors: check sequence", "CRCERRS", StatisticsRegisters.CRCERRS),
    ILLEGAL_BYTES("receive errors: illegal byte", "ILLERRC", StatisticsRegisters.ILLERRC),
    ERROR_BYTES("receive errors: error byte", "ERRBC", StatisticsRegisters.ERRBC),
    SHORT_PACKETS("receive errors: MAC short packet", "MSPDC", StatisticsRegisters.MSPDC),
    MISSED("receive errors: no room in the packet buffer", "RXMPC", StatisticsRegisters.rxmpc(0), Shape.EIGHT),
    LENGTH_ERRORS("receive errors: length field", "RLEC", StatisticsRegisters.RLEC),
    UNDERSIZE("receive errors: undersize", "RUC", StatisticsRegisters.RUC),
    FRAGMENTS("receive errors: fragment", "RFC", StatisticsRegisters.RFC),
    OVERSIZE("receive errors: oversize", "ROC", StatisticsRegisters.ROC),
    JABBERS("receive errors: jabber", "RJC", StatisticsRegisters.RJC),
    CHECKSUM_ERRORS("receive errors: layer 3 or 4 checksum", "XEC", StatisticsRegisters.XEC),
    LOCAL_FAULTS("link: local faults", "MLFC", StatisticsRegisters.MLFC),
    REMOTE_FAULTS("link: remote faults", "MRFC", StatisticsRegisters.MRFC),
    XON_SENT("flow control: go-ahead sent", "LXONTXC", StatisticsRegisters.LXONTXC),
    XON_RECEIVED("flow control: go-ahead received", "LXONRXCNT", StatisticsRegisters.LXONRXCNT),
    XOFF_SENT("flow control: pause sent", "LXOFFTXC", StatisticsRegisters.LXOFFTXC),
    XOFF_RECEIVED("flow control: pause received", "LXOFFRXCNT", StatisticsRegisters.LXOFFRXCNT),
    PRIORITY_XON_SENT(
            "flow control: go-ahead for a priority sent", "PXONTXC", StatisticsRegisters.pxontxc(0), Shape.EIGHT),
    PRIORITY_XON_RECEIVED(
            "flow control: go-ahead for a priority received",
            "PXONRXCNT",
            StatisticsRegisters.pxonrxcnt(0),
            Shape.EIGHT),
    PRIORITY_XOFF_SENT(
            "flow control: pause of a priority sent", "PXOFFTXC", StatisticsRegisters.pxofftxc(0), Shape.EIGHT),
    PRIORITY_XOFF_RECEIVED(
            "flow control: pause of a priority received", "PXOFFRXCNT", StatisticsRegisters.pxoffrxcnt(0), Shape.EIGHT),
    PRIORITY_XON_TO_XOFF(
            "flow control: go-ahead to pause of a priority",
            "PXON2OFFCNT",
            StatisticsRegisters.pxon2offcnt(0),
            Shape.EIGHT),
    RECEIVED_64("received: 64 bytes", "PRC64", StatisticsRegisters.PRC64),
    RECEIVED_127("received: 65 to 127 bytes", "PRC127", StatisticsRegisters.PRC127),
    RECEIVED_255("received: 128 to 255 bytes", "PRC255", StatisticsRegisters.PRC255),
    RECEIVED_511("received: 256 to 511 bytes", "PRC511", StatisticsRegisters.PRC511),
    RECEIVED_1023("received: 512 to 1023 bytes", "PRC1023", StatisticsRegisters.PRC1023),
    RECEIVED_LONGER("received: 1024 bytes and more", "PRC1522", StatisticsRegisters.PRC1522),
    RECEIVED_GOOD("received: good packets", "GPRC", StatisticsRegisters.GPRC),
    RECEIVED_BROADCAST("received: broadcast", "BPRC", StatisticsRegisters.BPRC),
    RECEIVED_MULTICAST("received: multicast", "MPRC", StatisticsRegisters.MPRC),
    RECEIVED_GOOD_BYTES("received: good bytes", "GORCL", StatisticsRegisters.GORCL, Shape.PAIR),
    RECEIVED_TOTAL_BYTES("received: all bytes", "TORL", StatisticsRegisters.TORL, Shape.PAIR),
    RECEIVED_TOTAL("received: all packets", "TPR", StatisticsRegisters.TPR),
    TRANSMITTED_64("transmitted: 64 bytes", "PTC64", StatisticsRegisters.PTC64),
    TRANSMITTED_127("transmitted: 65 to 127 bytes", "PTC127", StatisticsRegisters.PTC127),
    TRANSMITTED_255("transmitted: 128 to 255 bytes", "PTC255", StatisticsRegisters.PTC255),
    TRANSMITTED_511("transmitted: 256 to 511 bytes", "PTC511", StatisticsRegisters.PTC511),
    TRANSMITTED_1023("transmitted: 512 to 1023 bytes", "PTC1023", StatisticsRegisters.PTC1023),
    TRANSMITTED_LONGER("transmitted: 1024 bytes and more", "PTC1522", StatisticsRegisters.PTC1522),
    TRANSMITTED_GOOD("transmitted: good packets", "GPTC", StatisticsRegisters.GPTC),
    TRANSMITTED_BROADCAST("transmitted: broadcast", "BPTC", StatisticsRegisters.BPTC),
    TRANSMITTED_MULTICAST("transmitted: multicast", "MPTC", StatisticsRegisters.MPTC),
    TRANSMITTED_GOOD_BYTES("transmitted: good bytes", "GOTCL", StatisticsRegisters.GOTCL, Shape.PAIR),
    TRANSMITTED_TOTAL("transmitted: all packets", "TPT", StatisticsRegisters.TPT),
    MANAGEMENT_RECEIVED("management: received", "MNGPRC", StatisticsRegisters.MNGPRC),
    MANAGEMENT_DROPPED("management: dropped", "MNGPDC", StatisticsRegisters.MNGPDC),
    MANAGEMENT_TRANSMITTED("management: transmitted", "MNGPTC", StatisticsRegisters.MNGPTC),
    STORAGE_CRC_ERRORS("storage over Ethernet: check sequence", "FCCRC", StatisticsRegisters.FCCRC),
    STORAGE_DROPPED("storage over Ethernet: dropped", "FCOERPDC", StatisticsRegisters.FCOERPDC),
    STORAGE_LAST_ERRORS("storage over Ethernet: last error count", "FCLAST", StatisticsRegisters.FCLAST),
    STORAGE_RECEIVED("storage over Ethernet: received", "FCOEPRC", StatisticsRegisters.FCOEPRC),
    STORAGE_RECEIVED_WORDS("storage over Ethernet: words received", "FCOEDWRC", StatisticsRegisters.FCOEDWRC),
    STORAGE_TRANSMITTED("storage over Ethernet: transmitted", "FCOEPTC", StatisticsRegisters.FCOEPTC),
    STORAGE_TRANSMITTED_WORDS("storage over Ethernet: words transmitted", "FCOEDWTC", StatisticsRegisters.FCOEDWTC),
    RECEIVED_UNFILTERED("received: good packets before filters", "RXNFGPC", StatisticsRegisters.RXNFGPC),
    RECEIVED_UNFILTERED_BYTES(
            "received: good bytes before filters", "RXNFGBCL", StatisticsRegisters.RXNFGBCL, Shape.PAIR),
    RECEIVED_TO_MEMORY("received: packets to memory", "RXDGPC", StatisticsRegisters.RXDGPC),
    RECEIVED_TO_MEMORY_BYTES("received: bytes to memory", "RXDGBCL", StatisticsRegisters.RXDGBCL, Shape.PAIR),
    RECEIVED_COPIES("switch: copies for further pools", "RXDDGPC", StatisticsRegisters.RXDDGPC),
    RECEIVED_COPIES_BYTES(
            "switch: bytes of copies for further pools", "RXDDGBCL", StatisticsRegisters.RXDDGBCL, Shape.PAIR),
    RECEIVED_LOOPED("switch: packets from pool to pool", "RXLPBKGPC", StatisticsRegisters.RXLPBKGPC),
    RECEIVED_LOOPED_BYTES("switch: bytes from pool to pool", "RXLPBKGBCL", StatisticsRegisters.RXLPBKGBCL, Shape.PAIR),
    RECEIVED_LOOPED_COPIES("switch: copies of packets from pool to pool", "RXDLPBKGPC", StatisticsRegisters.RXDLPBKGPC),
    RECEIVED_LOOPED_COPIES_BYTES(
            "switch: bytes of copies from pool to pool", "RXDLPBKGBCL", StatisticsRegisters.RXDLPBKGBCL, Shape.PAIR),
    TRANSMITTED_FROM_MEMORY("transmitted: packets from memory", "TXDGPC", StatisticsRegisters.TXDGPC),
    TRANSMITTED_FROM_MEMORY_BYTES("transmitted: bytes from memory", "TXDGBCL", StatisticsRegisters.TXDGBCL, Shape.PAIR),
    FLOWS_MATCHED("flow director: matched", "FDIRMATCH", StatisticsRegisters.FDIRMATCH),
    FLOWS_MISSED("flow director: missed", "FDIRMISS", StatisticsRegisters.FDIRMISS),
    SWITCH_VIOLATIONS("switch: security violations", "SSVPC", StatisticsRegisters.SSVPC);

    private final String label;
    private final String register;
    private final int offset;
    private final Shape shape;

    Statistic(String label, String register, int offset) {
        this(label, register, offset, Shape.ONE);
    }

    Statistic(String label, String register, int offset, Shape shape) {
        this.label = label;
        this.register = register;
        this.offset = offset;
        this.shape = shape;
    }

    /** What it counts: {@code received: good packets}. */
    public String label() {
        return label;
    }

    /** What the datasheet calls its register, the lower or first one where there are several. */
    public String register() {
        return register;
    }

    int offset() {
        return offset;
    }

    Shape shape() {
        return shape;
    }

    /** How a counter lies in registers of 32 bits. */
    enum Shape {
        /** All of it in one. */
        ONE,
        /** 32 bits in one, four more in the next. */
        PAIR,
        /** Eight, one for each packet buffer or priority, whose sum it is. */
        EIGHT
    }
}
