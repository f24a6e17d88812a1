# A pyzmq peer, the least that a Python program does: `pyzmq.py send|receive [ENDPOINT]`. Speaks the lines of lib/peer.js.
import sys
import time

import zmq

role, *endpoint = sys.argv[1:]
socket = zmq.Context().socket(zmq.PUSH if role == "send" else zmq.PULL)
socket.set(zmq.LINGER, 0)


def say(*words):
    print(*words, flush=True)


def send(size, count):
    payload = bytes(size)
    for _ in range(count):
        socket.send(payload)
    say("done")


def receive(size, count):
    say("armed")
    start = 0
    for i in range(count):
        if len(socket.recv()) != size:
            sys.exit("a message of another size")
        if i == 0:
            start = time.perf_counter_ns()
    say("done", (time.perf_counter_ns() - start) / (count - 1))


if endpoint:
    socket.connect(endpoint[0])
    say("ready")
else:
    socket.bind("tcp://127.0.0.1:*")
    say("at", socket.get_string(zmq.LAST_ENDPOINT))
for line in sys.stdin:
    command, *numbers = line.split()
    if command == "go":
        (send if role == "send" else receive)(*map(int, numbers))
    else:
        say("cpu", time.process_time_ns())
