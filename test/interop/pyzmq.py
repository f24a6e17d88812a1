# Debian's pyzmq as the other end. Each line of its input is one socket to open, as JSON; each line of its output is told
# of one of them: {"id": …, "at": ENDPOINT}, later {"id": …, "seen": …}. Ends with its input.
import json
import sys
import threading

import zmq

USER, PASSWORD = b"ann", b"secret"
PATTERN = bytes(range(251))
PATIENCE = 100_000  # milliseconds

context = zmq.Context()
saying = threading.Lock()


def say(**what):
    with saying:
        print(json.dumps(what), flush=True)


def payload(size):
    return (PATTERN * (size // len(PATTERN) + 1))[:size]


def message(number, size):
    """A message whose frames are known at both ends: a topic, what is said, its number."""
    return [b"t", payload(size), str(number).encode()]


def judge():
    """The authenticator: PLAIN by name and password, CURVE by the length of its key."""
    zap = context.socket(zmq.REP)
    zap.linger = 0
    zap.bind("inproc://zeromq.zap.01")
    while True:
        version, number, _, _, _, mechanism, *credentials = zap.recv_multipart()
        right = credentials == [USER, PASSWORD] if mechanism == b"PLAIN" else len(credentials[0]) == 32
        zap.send_multipart([version, number, b"200" if right else b"400", b"", b"", b""])


def secure(socket, mechanism, serves, server, client):
    if mechanism == "PLAIN":
        socket.plain_server = serves
        if serves:
            socket.zap_domain = b"test"
        else:
            socket.plain_username, socket.plain_password = USER, PASSWORD
    elif serves:
        socket.curve_server = True
        socket.curve_secretkey = server["secretKey"].encode()
    else:
        socket.curve_serverkey = server["publicKey"].encode()
        socket.curve_publickey = client["publicKey"].encode()
        socket.curve_secretkey = client["secretKey"].encode()


def echo(socket, sizes, **_):
    for _ in sizes:
        socket.send_multipart(socket.recv_multipart())
    return len(sizes)


def ask(socket, sizes, **_):
    right = 0
    for number, size in enumerate(sizes):
        socket.send_multipart(message(number, size))
        right += socket.recv_multipart() == message(number, size)
    return right


def send(socket, sizes, **_):
    for number, size in enumerate(sizes):
        socket.send_multipart(message(number, size))
    return len(sizes)


def publish(socket, sizes, **_):
    # A PUB does not tell when it is subscribed to: what is said before is said again until somebody answers.
    if socket.type == zmq.XPUB:
        assert socket.recv() == b"\x01t"
    else:
        while not heard.wait(0.02):
            socket.send_multipart([b"t", b"anybody?"])
    return send(socket, sizes)


def receive(socket, sizes, id, **_):
    if socket.type == zmq.SUB:
        socket.subscribe(b"t")
    elif socket.type == zmq.XSUB:
        socket.send(b"\x01t")
    right = 0
    for number, size in enumerate(sizes):
        found = socket.recv_multipart()
        while found[1] == b"anybody?":
            say(id=id, heard=True)
            found = socket.recv_multipart()
        right += found == message(number, size)
    return right


def flood(socket, count, **_):
    """As many each way, at once."""
    sent = received = 0
    while sent < count or received < count:
        events = socket.poll(PATIENCE, (zmq.POLLIN if received < count else 0) | (zmq.POLLOUT if sent < count else 0))
        assert events, f"nothing for {PATIENCE} ms, {sent} sent and {received} received"
        try:
            while events & zmq.POLLIN and received < count:
                found = socket.recv(zmq.NOBLOCK)
                assert found == str(received).encode(), f"{found} is not {received}"
                received += 1
        except zmq.Again:
            pass
        try:
            while events & zmq.POLLOUT and sent < count:
                socket.send(str(sent).encode(), zmq.NOBLOCK)
                sent += 1
        except zmq.Again:
            pass
    return received


heard = threading.Event()
TASKS = {name: globals()[name] for name in ("echo", "ask", "send", "publish", "receive", "flood")}


def serve(id, type, task, mechanism, serves, server, client, sizes, count):
    socket = context.socket(getattr(zmq, type))
    try:
        socket.set(zmq.RCVTIMEO, PATIENCE)
        socket.set(zmq.SNDTIMEO, PATIENCE)
        socket.set(zmq.LINGER, PATIENCE)
        socket.set(zmq.HEARTBEAT_IVL, 50)
        socket.set(zmq.HEARTBEAT_TIMEOUT, 30_000)
        secure(socket, mechanism, serves, server, client)
        heard.clear()
        socket.bind("tcp://127.0.0.1:*")
        say(id=id, at=socket.get_string(zmq.LAST_ENDPOINT))
        say(id=id, seen=TASKS[task](socket, sizes=sizes, count=count, id=id))
        leave[id].wait()
    except Exception as error:
        say(id=id, seen=repr(error))
    finally:
        socket.close()


leave = {}
threading.Thread(target=judge, daemon=True).start()
for line in sys.stdin:
    wanted = json.loads(line)
    if "heard" in wanted:
        heard.set()
    elif "leave" in wanted:
        leave[wanted["leave"]].set()
    else:
        leave[wanted["id"]] = threading.Event()
        threading.Thread(target=serve, kwargs=wanted, daemon=True).start()
