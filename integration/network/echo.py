#!/usr/bin/env python3
"""Serves and asks, to be started in any network namespace.

  echo.py serve NAME PORT...      TCP and UDP, IPv4 and IPv6: answers "NAME PORT PEER"; says "ready"
  echo.py ask tcp|udp ADDRESS PORT    prints the answer; exit status 1 and the reason when there is none
"""

import socket
import sys
import threading

PATIENCE = 2  # seconds


def serve_tcp(name, port):
    with socket.create_server(("", port), family=socket.AF_INET6, dualstack_ipv6=True) as server:
        yield
        while True:
            peer, address = server.accept()
            with peer:
                peer.recv(100)
                peer.sendall(f"{name} {port} {address[0].removeprefix('::ffff:')}".encode())


def serve_udp(name, port):
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as server:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        server.bind(("", port))
        yield
        while True:
            _, address = server.recvfrom(100)
            server.sendto(f"{name} {port} {address[0].removeprefix('::ffff:')}".encode(), address)


def serve(name, *ports):
    for port in ports:
        for kind in (serve_tcp, serve_udp):
            server = kind(name, int(port))
            next(server)  # it listens
            threading.Thread(target=lambda server=server: next(server), daemon=True).start()
    print("ready", flush=True)
    threading.Event().wait()


def ask(protocol, address, port):
    kind = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}[protocol]
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, kind) as client:
        client.settimeout(PATIENCE)
        try:
            client.connect((address, int(port)))
            client.send(b"who")
            answer = client.recv(100)
        except OSError as error:
            sys.exit(f"{type(error).__name__}: {error}")
    if not answer:
        sys.exit("closed without an answer")
    print(answer.decode())


if __name__ == "__main__":
    {"serve": serve, "ask": ask}[sys.argv[1]](*sys.argv[2:])
