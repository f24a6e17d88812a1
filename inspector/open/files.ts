/** A file that is chosen, or dropped anywhere on the page. */
import { byId } from "../view/dom.js";

export function setUpFiles(open: (file: File) => void): void {
  const input = byId<HTMLInputElement>("file");
  const take = (file: File | undefined) => file && open(file);
  byId("choose").addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    take(input.files?.[0]);
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
    take(event.dataTransfer?.files[0]);
  });
}
