/** One measurement of two peers: `count` messages of `size` octets, nanoseconds a message, and of CPU on each side. */
export async function measured([sender, receiver], size, count) {
  const before = [await sender.cpu(), await receiver.cpu()];
  receiver.tell(`go ${size} ${count}`);
  await receiver.next("armed");
  sender.tell(`go ${size} ${count}`);
  const [nanoseconds] = await receiver.next("done");
  await sender.next("done");
  return {
    time: Number(nanoseconds),
    send: ((await sender.cpu()) - before[0]) / count,
    receive: ((await receiver.cpu()) - before[1]) / count,
  };
}
