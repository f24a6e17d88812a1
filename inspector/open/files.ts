/** A file that is chosen, or dropped anywhere on the page. */
import { byId } from "../view/dom.js";

export function setUpFiles(open: (name: string, octets: Uint8Array) => void, say: (error: unknown) => void): void {
  const input = byId<HTMLInputElement>("file");
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    try {
      open(file.name, new Uint8Array(await file.arrayBuffer()));
    } catch (error) {
      say(error);
    }
  };
  byId("choose").addEventListener("click", () => input.click());
  input.addEventListener("change", async () => {
    await take(input.files?.[0]);
    input.value = "";
  });
  const dropping = (on: boolean) => document.body.classList.toggle("dropping", on);
  addEventListener("dragover", (event) => {
    event.preventDefault();
    dropping(true);
  });
  addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) dropping(false);
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    dropping(false);
    void take(event.dataTransfer?.files[0]);
  });
}
