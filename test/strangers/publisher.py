# Publishes as dashd does: a topic, a body, a number in four octets, little-endian.
# Arguments: the port, the first number, how many.
import hashlib
import struct
import sys

import zmq

port, first, count = map(int, sys.argv[1:])
TOPICS = [b"rawtx", b"hashblock", b"hashtx"]  # nobody subscribes to the last

context = zmq.Context()
socket = context.socket(zmq.XPUB)  # a PUB does not tell when it is subscribed to
socket.set(zmq.SNDHWM, 0)
socket.set(zmq.LINGER, 0)
socket.set(zmq.RCVTIMEO, 120_000)  # milliseconds: it is not left behind if nobody subscribes
socket.bind(f"tcp://127.0.0.1:{port or '*'}")
print(socket.get_string(zmq.LAST_ENDPOINT).rsplit(":", 1)[1], flush=True)

wanted = {b"\x01rawtx", b"\x01hashblock"}
while wanted:
    wanted.discard(socket.recv())
for number in range(first, first + count):
    body = hashlib.sha256(str(number).encode()).digest() * (1 + number % 50)
    socket.send_multipart([TOPICS[number % 3], body, struct.pack("<I", number)])

sys.stdin.read()  # stays until its parent lets it go
