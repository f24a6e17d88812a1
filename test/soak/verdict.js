/** What a soak must not have seen. */

/** Octets that a process may have grown by between the first half of its run and the second. */
const GROWTH = 24e6;
/** Handles that may be open more in the second half: a connection that is being replaced has two. */
const HANDLES = 24;

/** Everything that is wrong, in words; empty if nothing is. */
export function wrongs({ streams, answers, clients, samples, seconds }) {
  const found = streams.flatMap(ofStream);
  if (answers.lost > 0) found.push(`${answers.lost} questions were acknowledged that nobody has heard`);
  for (const { name, last } of clients) {
    if (last.open > 0) found.push(`${last.open} questions of ${name} are without an answer`);
    if (last.doubled > 0) found.push(`${last.doubled} answers came twice to ${name}`);
  }
  // Shorter, a process is still warming up.
  if (seconds >= 120) found.push(...growth(samples));
  return found;
}

function ofStream({ stream, kind, wild, from, to, way, sender, count, doubled, gaps, missing, sent }) {
  const name = `stream ${stream} (${kind}, ${from} to ${to})`;
  const found = [];
  // One that comes and goes may go before anything comes.
  if (count === undefined) return sender.lasting ? [`nothing came of ${name}`] : [];
  if (doubled > 0) found.push(`${doubled} messages of ${name} came twice`);
  if (!wild && missing > 0) found.push(`${missing} messages of ${name} are lost, and no connection was broken`);
  if (!wild && sent !== undefined && sent !== count) found.push(`${count} of ${sent} messages of ${name} have come`);
  if (gaps > way.state.broken) {
    found.push(`${gaps} gaps in ${name}, of which ${way.state.broken} connections were broken`);
  }
  return found;
}

const median = (numbers) => numbers.sort((a, b) => a - b)[numbers.length >> 1];

/** The first fifth is warming up; then what half of the samples stay below must be the same in both halves. */
function growth(samples) {
  const found = [];
  for (const name of new Set(samples.map((one) => one.process))) {
    const all = samples.filter((one) => one.process === name);
    const settled = all.slice(all.length / 5);
    const halves = [settled.slice(0, settled.length / 2), settled.slice(settled.length / 2)];
    for (const [key, most] of Object.entries({ rss: GROWTH, heap: GROWTH, handles: HANDLES })) {
      const [early, late] = halves.map((half) => median(half.map((one) => one[key])));
      if (late - early > most) found.push(`${name}: ${key} grew from ${early} to ${late}`);
    }
  }
  return found;
}
