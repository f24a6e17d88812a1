// A thread of its own that takes messages from a connection whose work another thread does: `workerData` is { port, url }. Each
// message is a number of four octets and a tail that follows from it; it tells the numbers, a run at a time.
import { parentPort, workerData } from "node:worker_threads";
import { connect } from "monocoque/node";

const connection = await connect(workerData.url, { socketType: "PULL", thread: workerData.port });
parentPort.postMessage({ open: true });
for await (const batch of connection.batches()) {
  const numbers = [];
  const { bytes } = batch;
  if (!(bytes.buffer instanceof SharedArrayBuffer)) throw new Error("a run that is not where the worker has put it");
  for (let i = 0; i < batch.length; i++) {
    const payload = batch.payload(i);
    const number = new DataView(payload.buffer, payload.byteOffset, 4).getUint32(0);
    if (payload.length !== 4 + (number % 90)) throw new Error(`message ${number} has ${payload.length} octets`);
    for (let at = 4; at < payload.length; at++) {
      if (payload[at] !== ((number + at) & 0xff)) throw new Error(`message ${number} differs at ${at}`);
    }
    numbers.push(number);
  }
  parentPort.postMessage({ numbers });
}
const { by, error } = await connection.closed;
parentPort.postMessage({ by, code: error?.code });
