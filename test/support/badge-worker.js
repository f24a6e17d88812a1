// A worker of one's own that does the work of connections, and knows one mechanism more.
import { provideMechanism } from "monocoque/thread";
import { badge } from "./badge.js";

provideMechanism("test:badge", ({ word }) => badge(word));
provideMechanism("test:broken", () => {
  throw new Error("made of glass");
});
