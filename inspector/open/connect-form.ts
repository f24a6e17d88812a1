/** The form that connects, and the one that talks to the peer while the connection lasts. */
import type { SocketType } from "monocoque";
import { Log } from "../model/log.js";
import type { Session } from "../session.js";
import { announce, byId, element } from "../view/dom.js";
import { type Live, listen, TYPES } from "./live.js";

export function setUpConnect(session: Session, say: (error: unknown) => void): void {
  const type = byId<HTMLSelectElement>("type");
  type.append(...TYPES.map((name) => element("option", {}, name)));
  let live: Live | undefined;
  byId("connect").addEventListener("submit", async (event) => {
    event.preventDefault();
    const url = byId<HTMLInputElement>("url").value.trim();
    byId("trouble").hidden = true;
    announce(`Connecting to ${url}`);
    const log = new Log();
    try {
      live = await listen(url, type.value as SocketType, log, () => session.grown());
    } catch (error) {
      say(error);
      return;
    }
    const { connection, subscribes } = live;
    const signal = session.open(url, log, "connected");
    session.grown();
    showTalk(subscribes);
    signal.addEventListener("abort", () => connection.destroy());
    const { error } = await connection.closed;
    byId("talk").hidden = true;
    if (!signal.aborted) session.over(error);
  });
  byId("talk").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = byId<HTMLInputElement>("talk-text");
    try {
      if (live?.subscribes) live.connection.subscribe(text.value);
      else live?.connection.send(text.value);
      text.value = "";
    } catch (error) {
      session.broken(error);
    }
  });
  byId("talk-end").addEventListener("click", () => void live?.connection.close());
}

function showTalk(subscribes: boolean): void {
  byId("talk").hidden = false;
  const label = byId("talk-label").firstChild as Text;
  label.data = subscribes ? "Subscribe to what begins with (empty: all) " : "Message ";
  byId("talk-do").textContent = subscribes ? "Subscribe" : "Send";
}
