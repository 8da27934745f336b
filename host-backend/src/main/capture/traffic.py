#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The traffic of the demo's capture: a server and its client, each in a network namespace; see record.sh.

TCP over IPv4 and IPv6, DNS questions and answers, UDP datagrams in fragments, refused connections, and tagged frames of
VLAN 42, which both sides put together themselves, as the kernel may lack VLAN interfaces.
"""
import socket
import struct
import sys
import threading
import time

V4, V6 = "10.77.0.2", "fd77::2"
HTTP, DNS, ECHO, TELNET = 8080, 53, 7, 23
CLIENT_MAC, SERVER_MAC = b"\x02\0\0\0\x77\x01", b"\x02\0\0\0\x77\x02"
VLAN = struct.pack("!HH", 0x8100, 42)
NAMES = ["fw", "nat", "lan", "wan", "ring", "stage", "slot", "region", "party", "chain"]


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def text(length):
    line = b"Sluice carries packets through virtual machines without copying them. "
    return (line * (length // len(line) + 1))[:length]


# --- TCP: a request of one line is answered with as many bytes as it asks for

def serve_tcp(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((address, HTTP))
        listener.listen(8)
        while True:
            connection, _ = listener.accept()
            with connection:
                request = connection.makefile("rb").readline()
                connection.sendall(text(int(request)))


def fetch(family, address, length):
    deadline = time.monotonic() + 10
    while True:
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.connect((address, HTTP))
            break
        except ConnectionRefusedError:
            connection.close()  # the server is not up yet
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
    with connection:
        connection.sendall(b"%d\n" % length)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    assert received == text(length)


def knock(family, address, port):
    try:
        socket.create_connection((address, port), 1).close()
    except ConnectionRefusedError:
        pass


# --- UDP: DNS, and an echo for datagrams that need fragments

def serve_udp(family, address, port, answer):
    with socket.socket(family, socket.SOCK_DGRAM) as server:
        server.bind((address, port))
        while True:
            request, sender = server.recvfrom(65536)
            server.sendto(answer(request), sender)


def question(number, name):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in (name, "sluice", "test"))
    return struct.pack("!HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!HH", 1, 1)


def dns_answer(request):
    number = struct.unpack("!H", request[:2])[0]
    header = struct.pack("!HHHHHH", number, 0x8180, 1, 1, 0, 0)
    record = struct.pack("!HHHIH", 0xC00C, 1, 1, 60, 4) + bytes([10, 77, 1, number & 0xFF])
    return header + request[12:] + record


def ask(family, address, port, requests):
    with socket.socket(family, socket.SOCK_DGRAM) as client:
        client.settimeout(5)
        client.connect((address, port))
        for request in requests:
            client.send(request)
            client.recv(65536)


# --- VLAN 42: ARP, echo and UDP, tagged by hand

def arp(operation, sender_mac, sender, target_mac, target):
    return struct.pack("!HHBBH", 1, 0x0800, 6, 4, operation) + sender_mac + sender + target_mac + target


def ipv4(protocol, source, target, payload):
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(payload), 0, 0x4000, 64, protocol, 0) + source + target
    return header[:10] + struct.pack("!H", checksum(header)) + header[12:] + payload


def icmp_echo(kind, number, data):
    message = struct.pack("!BBHHH", kind, 0, 0, 42, number) + data
    return message[:2] + struct.pack("!H", checksum(message)) + message[4:]


def udp(source, target, source_port, target_port, data):
    length = 8 + len(data)
    datagram = struct.pack("!HHHH", source_port, target_port, length, 0) + data
    pseudo = source + target + struct.pack("!BBH", 0, 17, length)
    return datagram[:6] + struct.pack("!H", checksum(pseudo + datagram) or 0xFFFF) + datagram[8:]


def tagged(link, target_mac, source_mac, ethertype, payload):
    frame = target_mac + source_mac + VLAN + struct.pack("!H", ethertype) + payload
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
        raw.bind((link, 0))
        raw.send(frame.ljust(64, b"\0"))


def vlan_client(link):
    us, them = bytes([10, 78, 0, 1]), bytes([10, 78, 0, 2])
    tagged(link, b"\xff" * 6, CLIENT_MAC, 0x0806, arp(1, CLIENT_MAC, us, b"\0" * 6, them))
    time.sleep(0.05)
    for number in range(10):
        echo = icmp_echo(8, number, text(56))
        tagged(link, SERVER_MAC, CLIENT_MAC, 0x0800, ipv4(1, us, them, echo))
        time.sleep(0.01)
    for number in range(10):
        datagram = udp(us, them, 4000 + number, ECHO, text(100 * number))
        tagged(link, SERVER_MAC, CLIENT_MAC, 0x0800, ipv4(17, us, them, datagram))
        time.sleep(0.01)


def vlan_server(link):
    """Answers tagged frames. The kernel takes the tag off; VLAN 42 is known by its addresses."""
    us, them = bytes([10, 78, 0, 2]), bytes([10, 78, 0, 1])
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as raw:
        raw.bind((link, 3))
        while True:
            frame, (_, _, kind, _, _) = raw.recvfrom(65536)
            if kind == socket.PACKET_OUTGOING:
                continue
            ethertype, payload = struct.unpack("!H", frame[12:14])[0], frame[14:]
            if ethertype == 0x0806 and payload[24:28] == us:
                tagged(link, CLIENT_MAC, SERVER_MAC, 0x0806, arp(2, SERVER_MAC, us, CLIENT_MAC, them))
            elif ethertype == 0x0800 and payload[16:20] == us and payload[9] == 1:
                number = struct.unpack("!H", payload[26:28])[0]
                tagged(link, CLIENT_MAC, SERVER_MAC, 0x0800, ipv4(1, us, them, icmp_echo(0, number, text(56))))
            elif ethertype == 0x0800 and payload[16:20] == us and payload[9] == 17:
                port, _, length = struct.unpack("!HHH", payload[20:26])
                answer = udp(us, them, ECHO, port, payload[28:20 + length])
                tagged(link, CLIENT_MAC, SERVER_MAC, 0x0800, ipv4(17, us, them, answer))


def server(link):
    jobs = [(vlan_server, (link,))]
    for family, address in ((socket.AF_INET, V4), (socket.AF_INET6, V6)):
        jobs += [
            (serve_tcp, (family, address)),
            (serve_udp, (family, address, DNS, dns_answer)),
            (serve_udp, (family, address, ECHO, bytes)),
        ]
    threads = [threading.Thread(target=job, args=arguments) for job, arguments in jobs]
    for thread in threads:
        thread.start()


def client(link):
    families = ((socket.AF_INET, V4), (socket.AF_INET6, V6))
    for family, address in families:
        for length in (200, 20_000, 60_000):
            fetch(family, address, length)
    for family, address in families:
        ask(family, address, DNS, [question(i, name) for i, name in enumerate(NAMES * 2)])
    for family, address in families:
        ask(family, address, ECHO, [text(length) for length in (1, 1472, 1473, 4000, 9000)])
    for family, address in families:
        knock(family, address, TELNET)
        with socket.socket(family, socket.SOCK_DGRAM) as closed:
            closed.sendto(b"anyone?", (address, 9999))
    vlan_client(link)


if __name__ == "__main__":
    {"server": server, "client": client}[sys.argv[1]](sys.argv[2])
