// Search of a place: a field with a list, for fingers, keys and screen readers alike.

import { whole, word } from "../data/words.js";
import { find, label, make } from "./dom.js";
import { change, shown, watch } from "./state.js";

/** Letters without accents: who types "petion" finds Pétion-Ville. */
const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

let query, list, active = -1;

function found() {
  const wanted = plain(query.value.trim());
  return shown.payload.map.places.map((place, index) => ({ place, index, key: plain(`${place.name} ${place.said ?? ""} ${place.commune}`) }))
    .filter(({ key }) => key.includes(wanted))
    .sort((a, b) => Number(b.key.startsWith(wanted)) - Number(a.key.startsWith(wanted)) || a.place.name.localeCompare(b.place.name));
}

function close() {
  list.hidden = true;
  active = -1;
  query.setAttribute("aria-expanded", "false");
  query.removeAttribute("aria-activedescendant");
}

/** Keys go to the page again. */
function leave() {
  query.value = "";
  query.blur(); // which closes the list
}

function choose(index) {
  leave();
  change({ place: index });
}

function open() {
  const rows = found();
  list.replaceChildren(...rows.map(({ place, index }, number) => {
    const row = make("li", { role: "option", id: `found-${index}`, "aria-selected": "false" }, place.name, " ", make("small", {}, place.commune));
    row.addEventListener("pointerdown", (event) => event.preventDefault());
    row.addEventListener("click", () => choose(index));
    row.dataset.place = String(index);
    row.dataset.number = String(number);
    return row;
  }));
  if (!rows.length) list.append(make("li", { role: "option", "aria-disabled": "true", "aria-selected": "false" }, word("ui.search.none")));
  list.hidden = false;
  active = -1;
  query.setAttribute("aria-expanded", "true");
  query.removeAttribute("aria-activedescendant");
}

function shift(way) {
  if (list.hidden) open();
  const rows = [...list.querySelectorAll("[data-place]")];
  if (!rows.length) return;
  rows[active]?.setAttribute("aria-selected", "false");
  active = (active + way + rows.length) % rows.length;
  rows[active].setAttribute("aria-selected", "true");
  rows[active].scrollIntoView({ block: "nearest" });
  query.setAttribute("aria-activedescendant", rows[active].id);
}

export function setUpSearch() {
  query = make("input", {
    type: "search", role: "combobox", autocomplete: "off", spellcheck: "false",
    "aria-expanded": "false", "aria-controls": "foundplaces", "aria-autocomplete": "list", id: "searchfield",
  });
  list = make("ul", { role: "listbox", id: "foundplaces", hidden: true });
  find("search").append(query, list);
  query.addEventListener("input", open);
  query.addEventListener("click", open);
  query.addEventListener("blur", close);
  query.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") shift(1);
    else if (event.key === "ArrowUp") shift(-1);
    else if (event.key === "Enter") {
      if (list.hidden) return open();
      const row = list.querySelectorAll("[data-place]")[Math.max(0, active)];
      if (row) choose(Number(row.dataset.place));
    } else if (event.key === "Escape") {
      if (!list.hidden) event.stopPropagation(); // the story that is open stays
      leave();
      return;
    } else return;
    event.preventDefault();
  });
  watch(["language"], () => {
    label(query, word("ui.search.name", { n: whole(shown.payload.map.places.length) }));
    query.placeholder = word("ui.search.short");
    label(list, word("ui.search.list"));
  });
}
