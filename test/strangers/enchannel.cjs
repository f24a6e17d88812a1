// enchannel-zmq-backend as the front end of a real ipykernel: results, a large output, an error,
// a question and its answer.
const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const { randomUUID } = require("node:crypto");
const { once } = require("node:events");
const { existsSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const { createMainChannel } = require("enchannel-zmq-backend");
const { assertNoAddon } = require("./no-addon.cjs");

/** The kernel chooses its ports, and writes them down once it has bound them. */
async function startKernel() {
  const file = join(__dirname, "runtime", "ipykernel.json");
  // It ends with this process, however that ends.
  const env = { ...process.env, JPY_PARENT_PID: String(process.pid) };
  const kernel = spawn(process.env.PYTHON, ["-m", "ipykernel_launcher", "-f", file], { stdio: "inherit", env });
  let info;
  while (info === undefined) {
    assert.equal(kernel.exitCode, null, "the kernel ended before it began");
    await sleep(20);
    try {
      if (existsSync(file)) info = JSON.parse(readFileSync(file, "utf8"));
    } catch {} // Half written yet.
  }
  return { kernel, info };
}

async function main() {
  const { kernel, info } = await startKernel();
  const session = randomUUID();
  const channel = await createMainChannel(info, "", randomUUID(), { session, username: "stranger" });
  const heard = [];
  let onMessage = () => {};
  channel.subscribe((message) => {
    heard.push(message);
    onMessage();
  });

  const ask = (name, type, content, parent) => {
    const header = { msg_id: randomUUID(), msg_type: type, date: new Date().toISOString(), version: "5.3" };
    channel.next({ channel: name, header, parent_header: parent ?? {}, metadata: {}, content, buffers: [] });
    return header.msg_id;
  };
  const answers = (id) => heard.filter(({ parent_header }) => parent_header.msg_id === id);
  const find = (id, type) => answers(id).find(({ header }) => header.msg_type === type);
  const isIdle = (id) =>
    answers(id).some(({ header, content }) => header.msg_type === "status" && content.execution_state === "idle");
  const until = (condition) =>
    new Promise((resolve) => {
      onMessage = () => condition() && resolve();
      onMessage();
    });

  // What a publisher sends before it has heard of a subscription is lost: a front end asks again until it
  // hears the status.
  let ready = false;
  while (!ready) {
    const id = ask("shell", "kernel_info_request", {});
    await until(() => find(id, "kernel_info_reply") !== undefined);
    ready = await Promise.race([until(() => isIdle(id)).then(() => true), sleep(500, false)]);
    assert.equal(find(id, "kernel_info_reply").content.implementation, "ipython");
  }

  const execute = async (code, answer) => {
    // Without `stop_on_error: false` a kernel aborts what is asked soon after an error.
    const how = { silent: false, store_history: true, user_expressions: {}, allow_stdin: true, stop_on_error: false };
    const content = { code, ...how };
    const id = ask("shell", "execute_request", content);
    if (answer !== undefined) {
      await until(() => find(id, "input_request") !== undefined);
      const request = find(id, "input_request");
      assert.equal(request.channel, "stdin");
      ask("stdin", "input_reply", { value: answer }, request.header);
    }
    await until(() => isIdle(id) && find(id, "execute_reply") !== undefined);
    const streams = answers(id).filter(({ header }) => header.msg_type === "stream");
    return {
      status: find(id, "execute_reply").content.status,
      printed: streams.map(({ content: { text } }) => text).join(""),
      result: find(id, "execute_result")?.content.data["text/plain"],
      error: find(id, "error")?.content.ename,
    };
  };

  const ok = { status: "ok", printed: "", result: undefined, error: undefined };
  for (let i = 0; i < 20; i++) {
    const wanted = { ...ok, printed: `line ${i}\n`, result: String(i * i) };
    assert.deepEqual(await execute(`print("line", ${i}); ${i} ** 2`), wanted);
  }
  const lines = Array.from({ length: 50_000 }, (_, i) => `${i}\n`).join("");
  assert.deepEqual(await execute("for i in range(50000): print(i)"), { ...ok, printed: lines });
  assert.deepEqual(await execute("1 / 0"), { ...ok, status: "error", error: "ZeroDivisionError" });
  assert.deepEqual(await execute('"heard " + input("Who? ")', "Σ"), { ...ok, result: "'heard Σ'" });

  const ended = once(kernel, "exit");
  const goodbye = ask("control", "shutdown_request", { restart: false });
  await until(() => find(goodbye, "shutdown_reply") !== undefined);
  assert.equal((await ended)[0], 0);
  channel.complete();
  assertNoAddon();
  console.log("ipykernel: 23 executions with their output, an error, a question answered, a shutdown");
}

main();
