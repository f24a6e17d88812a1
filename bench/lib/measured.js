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

/**
 * All pairs of peers in turn, round by round: by what `measure` finds, by pair, one figure a round.
 *
 * @param pairs - By name.
 * @param size - Octets of a message.
 * @param how.measure - As `measured`, which is the default.
 * @param how.first - How many messages warm a pair up.
 * @param how.again - How many warm it up once more, and say by their time how many fill `how.time`, nanoseconds. Given the
 *   nanoseconds of the first; default as many.
 * @param how.progress - Told what is measured next, `title` in front.
 */
export async function alternating(pairs, size, how) {
  const { measure = measured, rounds, time, first, again = () => first, progress, title } = how;
  const found = {};
  const counts = {};
  for (const [name, peers] of Object.entries(pairs)) {
    progress(`${title}, ${name}`);
    const cold = await measure(peers, size, first);
    const warm = await measure(peers, size, again(cold.time));
    counts[name] = Math.ceil(time / warm.time) + 2;
    for (const kind of Object.keys(warm)) found[kind] = { ...found[kind], [name]: [] };
  }
  for (let round = 0; round < rounds; round++) {
    for (const [name, peers] of Object.entries(pairs)) {
      progress(`${title}, ${name}, round ${round + 1}`);
      const figures = await measure(peers, size, counts[name]);
      for (const [kind, figure] of Object.entries(figures)) found[kind][name].push(figure);
    }
  }
  return found;
}
