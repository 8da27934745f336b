// SPDX-License-Identifier: Apache-2.0
package io.sluice.host.ixgbe.model.packet;

import io.sluice.host.ixgbe.model.Faults;
import io.sluice.host.ixgbe.model.RegisterFile;
import io.sluice.host.ixgbe.model.TailPages;
import io.sluice.host.pci.DmaMap;

/** What queues and paths of one engine share. */
record EngineParts(
        RegisterFile registers,
        TailPages tails,
        DmaMap dma,
        Faults faults,
        WriteBacks writeBacks,
        MisuseCounts misuses,
        OffloadCounts offloads,
        QueueDrops drops) {}
