/** Long work in short slices, so that the page goes on answering. */
const SLICE = 12;

export class Breath {
  #until = performance.now() + SLICE;

  get due(): boolean {
    return performance.now() > this.#until;
  }

  /** Lets the browser paint and hear its user. A message to oneself comes sooner than the shortest timer. */
  async take(): Promise<void> {
    await new Promise<void>((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {
        port1.close();
        resolve();
      };
      port2.postMessage(undefined);
    });
    this.#until = performance.now() + SLICE;
  }
}
