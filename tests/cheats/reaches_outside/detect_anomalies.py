"""Tries to reach a network; prints what answered."""

import socket

TARGETS = (("127.0.0.1", 11434), ("127.0.0.1", 22), ("192.0.2.1", 443), ("169.254.169.254", 80))

for host, port in TARGETS:
    with socket.socket() as connection:
        connection.settimeout(1)
        try:
            connection.connect((host, port))
        except OSError as error:
            print(host, port, error.strerror or error)
            continue
        print("つながった相手:", host, port)
interfaces = [name for _, name in socket.if_nameindex() if name != "lo"]
print("ネットワーク:", len(interfaces), *interfaces)
