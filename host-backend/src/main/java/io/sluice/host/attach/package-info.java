// SPDX-License-Identifier: Apache-2.0
/**
 * How guests come to a region, and why the host need not trust them: this is the one place where that is argued.
 *
 * <h2>What a guest has in its hands</h2>
 *
 * All of the region, mapped writable: so whatever the host finds there a guest may have written, and changed since. A
 * process also holds the descriptors of the memory, of every bell of its region, and its end of a socket; of a virtual
 * machine QEMU holds these, and its guest can only do to them what the device does. Blame inside a region can be forged,
 * so the fault domain is the region: what is wrong retires it whole, for a reason that {@code docs/ring-format.md} numbers
 * ({@link io.sluice.shared.ring.Violation}), and no other region has its memory, bells, sockets or attaching thread. The
 * regions of one chain's trust domains have helper threads in common, and nothing else.
 *
 * <h2>Everything a guest can write or send, and what becomes of it</h2>
 *
 * Each word is read once into a local, and the local is checked and used. "Own" is the host's private copy.
 *
 * <pre>
 *   what                   read by                        checked                             if it is wrong
 *   -------------------    ---------------------------    --------------------------------    --------------------------
 *   header, party, ring,   nobody: the host reads its     -                                   guests harm themselves
 *   stage entries; lines   own alone, writes both
 *   of the host
 *   party: request         GuestWatch.requested           none: any new number asks           answered 50 times a second at
 *                                                                                             most
 *   line: position         Stage.look (helper thread),    not back; not past the nearest      position-backwards,
 *                          Stage.followPredecessor        host stage before, read after it;   position-beyond
 *                                                         a ring ahead at most
 *                          LineAudit.turn, all lines,     the same, and the order of guests   the same, in 100 ms
 *                          10 to 20/s                     next to guests
 *                          StagePlaces.lastPosition       between its neighbours              the same
 *   line: wakeAt           Stage.kickIfAwaited            not below what was kicked for       wake-backwards
 *   line: beat, left       Pulse, StagePlaces.left        none: numbers to compare            a guest that lies about its
 *                                                                                             life is lost sooner or later,
 *                                                                                             under its own policy
 *   line: counters,        HostRegion.mirror,             none: numbers to show               the status shows them; readers
 *   gauges, epoch          StagePlaces.copyCounters                                           clamp what they reckon with
 *   slot: word             SlotChecks, CopyAgent,         offset + length in the buffer       bad-slot
 *                          FunctionAgent                  outputs that exist                  bad-output
 *   slot: user word        the last stage, CopyAgent      clamped to the meter's range        a wrong latency
 *   buffer                 sinks, packet functions        lengths are those of the checked    a packet as bad as any that a
 *                                                         word; headers may change between    guest may send: no byte
 *                                                         two reads, so each length found     outside the buffer
 *                                                         in one is checked where it is used
 *   attach socket: data    Connections.readOrDetach       none may come, also out of band     socket-data; descriptors that
 *                                                                                             came with it are closed by the
 *                                                                                             kernel: read(2) takes none
 *   attach socket: not     IvshmemMessages.send           never blocks                        disconnected
 *   reading
 *   connections            GuestSocket.turnAway           ConnectionLimit                     connection-flood
 *   coming and going       HostDoorbell.crowded           64 bells in 2 s                     waits
 *   host's bells, rung     Bell.drain (helper thread)     KickLimit: kicks against positions  kick-flood
 *                                                         asked for
 *                          RequestBell.hear               KickLimit; heard 1000/s at most     kick-flood
 *   bells: O_NONBLOCK      HostDoorbell.unblock, 10/s     still set                           blocking-bell; whoever waited
 *   taken away                                                                                is freed
 *   bells: emptied         EventFd.drain, RWF_NOWAIT      never waits                         a sleep lasts 100 ms at most
 *   memory: resized        -                              sealed: SHRINK, GROW, SEAL          EPERM for the guest
 *   memory: holes          all of the above               zeros are read like other numbers   position-backwards at the
 *                                                                                             latest when P was above 0
 * </pre>
 *
 * <h2>What the host writes</h2>
 *
 * To the region: only through addresses reckoned from its own copy and from positions masked to the ring, so that no number
 * of a guest's ever becomes an address. To bells: a kick of a guest goes through a bell that the guest holds, and is the
 * only system call here that a guest can make wait, for one turn of the thread that {@linkplain
 * io.sluice.host.attach.HostDoorbell#unblock unblocks} it. That thread rings no bell that a guest holds, and the host wakes
 * its own threads by bells of its own.
 *
 * <h2>What cannot be told from honesty, and its bound</h2>
 *
 * <ul>
 *   <li>A guest that is slow, or does not move: its ring fills up, its sources drop; {@code on-loss} says what then.
 *   <li>A position raised without work, inside the window: the packets are what the guest says they are.
 *   <li>A {@code wakeAt} that grows with every slot: one kick for each publish of at most eight slots, a system call.
 *   <li>Kicks for nothing: {@link io.sluice.host.attach.KickLimit#FORGIVEN_PER_SECOND} a second.
 *   <li>Asking to be attached without end: fifty requests a second are granted, and each costs the guest its place.
 *   <li>Connecting without end: whoever waits for his answer gets ten a second, and up to {@link
 *       io.sluice.host.attach.ConnectionLimit#FORGIVEN_PER_SECOND} a second are only turned away.
 *   <li>Holes in huge pages: a page that somebody else has taken by then is a SIGBUS, which ends the helper thread and the
 *       chain as an error. Ordinary pages (tmpfs) come back as zeros, as long as there is memory.
 *   <li>Pages pushed out to swap, or memory bandwidth: the host is slowed as by any other process.
 * </ul>
 *
 * <p>Tests: {@code HostileGuestTest} tells all of these lies to a backend from another process, {@code GuardedRegionTest}
 * runs the host's stages between guard pages, {@code LineAuditTest} and {@code KickLimitTest} try that nobody honest is
 * accused.
 */
package io.sluice.host.attach;
