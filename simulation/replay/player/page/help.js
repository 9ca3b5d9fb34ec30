// Help: the keys, how to read the page, and where its numbers come from.

import { inLanguage, knows, word } from "../data/words.js";
import { find, make } from "./dom.js";
import { shown, watch } from "./state.js";

const KEYS = ["space", "days", "weeks", "chapters", "ends", "pair", "difference", "ramp", "flows", "names", "zoom", "pan", "full", "theme", "language", "escape"];

/** Where it comes from, and who has to look at its words yet. */
function origin() {
  const { source } = shown.payload;
  const lines = [word("ui.caveat"), word("ui.caveat_long")];
  if (knows("model.about")) lines.push(word("model.about"));
  lines.push(knows("model.assumption") ? word("model.assumption") : inLanguage({ en: source.assumption ?? "" }));
  lines.push(word("ui.source", { model: source.model ?? "", version: source.version ?? "", command: source.command ?? "" }), word("ui.review"));
  return lines.filter(Boolean).map((text) => make("p", {}, text));
}

function drawHelp() {
  const dialog = find("help");
  const read = word("ui.help_text.read") + (shown.payload.drawn ? `|${word("ui.help_text.drawn")}` : "");
  const lines = [...read.split("|"), ...(knows("model.strength") ? [word("model.strength")] : [])];
  const rows = KEYS.map((name) => {
    const [keys, ...text] = word(`ui.keys.${name}`).split(": ");
    return make("tr", {}, make("th", { scope: "row" }, ...keys.split(" | ").flatMap((key) => [make("kbd", {}, key), " "])), make("td", {}, text.join(": ")));
  });
  dialog.replaceChildren(
    make("div", { class: "head" }, make("h2", { id: "helptitle" }, word("ui.help_text.title")),
      make("button", { type: "button", class: "letters", "aria-label": word("ui.close"), onclick: () => dialog.close() }, "×")),
    make("div", { class: "columns" },
      make("table", {}, make("tbody", {}, ...rows)),
      make("div", {}, ...lines.map((text) => make("p", {}, text)), ...origin())),
  );
  find("foot").replaceChildren(...origin());
}

export function openHelp() {
  const dialog = find("help");
  if (dialog.open) dialog.close();
  else dialog.showModal();
}

export function setUpHelp() {
  find("help").addEventListener("click", (event) => event.target === find("help") && find("help").close());
  watch(["language"], drawHelp);
}
