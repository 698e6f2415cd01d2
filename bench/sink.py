"""A TCP server for bench/run: reads a line with a number and that many bytes, answers with a line that has the number."""
import selectors
import socket
import sys


def main(port):
    selector = selectors.DefaultSelector()
    listener = socket.create_server(("127.0.0.1", port), backlog=511)
    selector.register(listener, selectors.EVENT_READ)
    states = {}
    buffer = bytearray(1 << 18)
    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                client = listener.accept()[0]
                states[client] = [b"", 0, 0]
                selector.register(client, selectors.EVENT_READ)
                continue
            client, state = key.fileobj, states[key.fileobj]
            n = client.recv_into(buffer)
            if not n:
                selector.unregister(client)
                client.close()
                del states[client]
                continue
            take(client, state, buffer, n)


def take(client, state, buffer, n):
    """state: the beginning of a line, the number, bytes still to come"""
    if not state[2]:
        line, found, rest = (state[0] + bytes(buffer[:n])).partition(b"\n")
        state[0] = b"" if found else line
        if not found:
            return
        state[1] = state[2] = int(line)
        n = len(rest)
    state[2] -= n
    if not state[2]:
        client.sendall(b"%d\n" % state[1])


main(int(sys.argv[1]))
