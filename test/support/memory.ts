/** How much memory something costs at its height. */

const MiB = 1024 * 1024;
/** Milliseconds between two looks. */
const LOOK = 10;

/** MiB in use: what the engine counts as its own and what lies outside its heap. */
function inUse(): number {
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MiB;
}

/** MiB that `act` takes at its height beyond what was in use before, garbage that waits to be collected included. */
export async function heightOf(act: () => Promise<unknown>): Promise<number> {
  const before = inUse();
  let height = 0;
  const look = () => {
    height = Math.max(height, inUse() - before);
  };
  const looks = setInterval(look, LOOK);
  try {
    await act();
    // What never waits for a timer leaves none a chance to look.
    look();
  } finally {
    clearInterval(looks);
  }
  return height;
}
