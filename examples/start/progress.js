// A progress bar where somebody watches; where nobody does, nothing: each step prints its line when it is done.
import { Presets, SingleBar } from "cli-progress";

let bar;

/** Starts a bar, which is gone again once it has stopped. */
export function startBar(label, total) {
  bar = new SingleBar(
    {
      stream: process.stdout,
      format: `   ${label}  {bar} {percentage} %`,
      barsize: 40,
      hideCursor: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return bar;
}

/** Gives the terminal its cursor back, if a bar has it. */
export function stopBar() {
  bar?.stop();
}
