# tslab as a kernel under Python's jupyter_client: information, heartbeat, executions, completion, and an end by itself.
import json
import os
import signal
import sys
import time
from pathlib import Path

from jupyter_client import KernelManager

PATIENCE = 120  # seconds
folder = Path(__file__).parent
spec = folder / "kernels" / "stranger"
spec.mkdir(parents=True)
command = [os.environ["NODE"], str(folder / "node_modules/tslab/bin/tslab"), "kernel"]
command += ["--config-path", "{connection_file}"]
(spec / "kernel.json").write_text(json.dumps({"argv": command, "display_name": "tslab", "language": "typescript"}))

signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended from outside"))  # the kernel ends, too
manager = KernelManager(kernel_name="stranger")
manager.start_kernel(cwd=str(folder))
client = manager.client()


def execute(code):
    """What is printed, and the status of the reply."""
    printed = []
    reply = client.execute_interactive(
        code,
        timeout=PATIENCE,
        output_hook=lambda message: printed.append(message["content"].get("text", "")),
    )
    return "".join(printed), reply["content"]["status"]


def expect(got, wanted):
    if got != wanted:
        raise SystemExit(f"wanted {wanted!r}, got {got!r}")


def content_of(request):
    """The content of the reply to this request."""
    while True:
        reply = client.get_shell_msg(timeout=PATIENCE)
        if reply["parent_header"].get("msg_id") == request:
            return reply["content"]


def poll(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit(f"{what} within {PATIENCE} s")
        time.sleep(0.02)


try:
    client.start_channels()
    client.wait_for_ready(timeout=PATIENCE)
    expect(content_of(client.kernel_info())["implementation"], "tslab")
    for i in range(10):
        expect(execute(f"console.log('line {i}', {i} ** 2)"), (f"line {i} {i ** 2}\n", "ok"))
    expect(execute("const squares: number[] = [1, 2, 3].map((x) => x * x);\nsquares"), ("[ 1, 4, 9 ]\n", "ok"))
    expect(execute("for (let i = 0; i < 500; i++) console.log(i)"), ("".join(f"{i}\n" for i in range(500)), "ok"))
    # Which native addons the kernel has loaded.
    native = "(process as any).report.getReport().sharedObjects.filter((path: string) => path.endsWith('.node')).length"
    expect(execute(f"console.log({native})"), ("0\n", "ok"))
    expect(execute("throw new Error('on purpose')")[1], "error")
    expect("parseInt" in content_of(client.complete("parseI", 6))["matches"], True)
    expect(content_of(client.is_complete("if (true) {"))["status"], "incomplete")
    client.hb_channel.unpause()
    poll(client.hb_channel.is_beating, "no heartbeat")
    client.shutdown()
    poll(lambda: not manager.is_alive(), "the kernel did not end")
finally:
    client.stop_channels()
    if manager.is_alive():
        manager.shutdown_kernel(now=True)
    del client, manager  # at the end of the process it is too late for them to say goodbye
print("kernel_info, 14 executions with their output, an error, completion, heartbeat, an end by itself")
