#!/usr/bin/env python3
"""A DNS client and a name server, to be started in any network namespace.

  dns.py ask SERVER NAME TYPE [tcp] [edns=SIZE]   prints JSON: {"code", "answers", "truncated"} or null
  dns.py noise SERVER COUNT                       sends that many datagrams that are no queries
  dns.py serve ADDRESS ANSWER [refuse]            answers every A query with ANSWER; says "ready"
"""

import json
import random
import socket
import struct
import sys
import threading

TYPES = {"A": 1, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28}
PATIENCE = 6


def encode_name(name):
    return b"".join(bytes([len(p)]) + p.encode() for p in name.strip(".").split(".") if p) + b"\0"


def read_name(data, at):
    parts, jumped = [], None
    while data[at]:
        if data[at] >= 0xC0:
            jumped = jumped or at + 2
            at = struct.unpack(">H", data[at:at + 2])[0] & 0x3FFF
            continue
        parts.append(data[at + 1:at + 1 + data[at]].decode())
        at += 1 + data[at]
    return ".".join(parts), jumped or at + 1


def query(name, kind, edns=None):
    head = struct.pack(">HHHHHH", random.randrange(65536), 0x0100, 1, 0, 0, 1 if edns else 0)
    message = head + encode_name(name) + struct.pack(">HH", TYPES[kind], 1)
    return message + (b"\0" + struct.pack(">HHIH", 41, edns, 0, 0) if edns else b"")


def parse(data):
    _, flags, questions, answers, _, additional = struct.unpack(">HHHHHH", data[:12])
    at = 12
    for _ in range(questions):
        at = read_name(data, at)[1] + 4
    found = []
    for _ in range(answers):
        at = read_name(data, at)[1]
        kind, _, ttl, size = struct.unpack(">HHIH", data[at:at + 10])
        raw, start = data[at + 10:at + 10 + size], at + 10
        at += 10 + size
        if kind == TYPES["PTR"]:
            found.append(read_name(data, start)[0])
        elif kind in (1, 28):
            found.append(socket.inet_ntop(socket.AF_INET if kind == 1 else socket.AF_INET6, raw))
        else:
            found.append(raw.hex())
    return {"code": flags & 15, "answers": found, "truncated": bool(flags & 0x0200),
            "edns": additional == 1, "size": len(data)}


def receive(connection, size):
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise OSError("cut off")
        data += piece
    return data


def ask(server, name, kind, *options):
    edns = next((int(o[5:]) for o in options if o.startswith("edns=")), None)
    message = query(name, kind, edns)
    try:
        if "tcp" in options:
            with socket.create_connection((server, 53), timeout=PATIENCE) as client:
                client.sendall(struct.pack(">H", len(message)) + message)
                answer = receive(client, struct.unpack(">H", receive(client, 2))[0])
        else:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
                client.settimeout(PATIENCE)
                client.connect((server, 53))
                client.send(message)
                answer = client.recv(65536)
    except OSError:
        print("null")
        return
    assert answer[:2] == message[:2], "an answer to something else"
    print(json.dumps(parse(answer)))


def noise(server, count):
    generator = random.Random(1)
    valid = query("c2", "A", 1232)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        for _ in range(int(count)):
            message = bytearray(valid)
            for _ in range(generator.randrange(1, 8)):
                message[generator.randrange(len(message))] = generator.randrange(256)
            client.sendto(bytes(message[:generator.randrange(1, len(message) + 1)]), (server, 53))


def answer_to(message, address, refuse):
    flags = 0x8180 | (5 if refuse else 0)
    end = read_name(message, 12)[1] + 4
    kind = struct.unpack(">H", message[end - 4:end - 2])[0]
    records = b"" if refuse or kind != 1 else (
        struct.pack(">HHHIH", 0xC00C, 1, 1, 60, 4) + socket.inet_aton(address))
    return message[:2] + struct.pack(">HHHHH", flags, 1, 1 if records else 0, 0, 0) + message[12:end] + records


def serve(address, answer, *options):
    refuse = "refuse" in options
    tcp = socket.create_server((address, 53))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((address, 53))

    def accept():
        while True:
            peer, _ = tcp.accept()
            with peer:
                message = receive(peer, struct.unpack(">H", receive(peer, 2))[0])
                reply = answer_to(message, answer, refuse)
                peer.sendall(struct.pack(">H", len(reply)) + reply)

    threading.Thread(target=accept, daemon=True).start()
    print("ready", flush=True)
    while True:
        message, peer = udp.recvfrom(4096)
        udp.sendto(answer_to(message, answer, refuse), peer)


if __name__ == "__main__":
    {"ask": ask, "noise": noise, "serve": serve}[sys.argv[1]](*sys.argv[2:])
