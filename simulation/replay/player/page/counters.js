// The numbers of the day, and how much of a difference is luck.

import { valueAt } from "../data/blocks.js";
import { differences, spread, verdictOf } from "../data/luck.js";
import { amount, inLanguage, monthOf, seriesName, whole, word } from "../data/words.js";
import { find, make, say } from "./dom.js";
import { shown, state, watch } from "./state.js";

const MOST = 4;
const cards = [];

/** The sentence of a verdict, short: "B less in 18 of 20 pairs". @param {import("../data/luck.js").Verdict} verdict */
export function verdictWords(verdict, day) {
  const { kind, less, more, pairs } = verdict;
  const { branch, drawn } = shown.payload;
  if (kind === "none") {
    const before = branch !== null && day < branch;
    return { large: word("ui.luck.none"), small: before ? word("ui.luck.before", { day: whole(branch) }) : word("ui.luck.all", { pairs }) };
  }
  if (kind === "luck" || kind === "few") return { large: word(`ui.luck.${kind}${drawn ? "_drawn" : ""}`), small: word("ui.luck.both", { less, more, pairs }) };
  return { large: "", small: word(`ui.luck.${kind}`, { n: kind === "less" ? less : more, pairs }) };
}

/** Its two parts in one line. */
export const verdictText = ({ large, small }) => (large ? word("ui.luck.line", { large, small }) : small);

/** A verdict in one line: "Luck decides (B less in 5, more in 7 of 12)"; within a sentence without its capital letter. */
function verdictLine(one, day, within) {
  const { runs } = shown;
  if (!runs.seriesReady) return "…";
  const { large, small } = verdictWords(verdictOf(differences(runs.all(0, one.name), runs.all(1, one.name), day)), day);
  return verdictText({ large: within ? large.charAt(0).toLowerCase() + large.slice(1) : large, small });
}

/** What the runs have for a slot of a chapter's text, on its day. @param {string} slot @param {number} day @param {boolean} within a sentence */
function slotOf(slot, day, within) {
  const { payload, runs } = shown;
  const plain = { day: whole(day), month: monthOf(payload.start, day), pairs: whole(runs.pairs), a: inLanguage(payload.arms[0].title), b: inLanguage(payload.arms[1]?.title) };
  if (slot in plain) return plain[slot];
  const [name, part] = slot.split(".");
  const one = payload.series.find((series) => series.name === name);
  if (one && part === "name") return seriesName(name, true);
  if (!one || !runs.seriesReady) return "…";
  if (part === "a" || part === "b") return amount(spread(runs.all(part === "a" ? 0 : 1, name), day).middle, one.unit);
  if (!runs.two) return "…";
  return part ? whole(verdictOf(differences(runs.all(0, name), runs.all(1, name), day))[part]) : verdictLine(one, day, within);
}

/** A chapter's text with its {slots} filled from the runs of the page; no line begins with a French sign. @param {{at: number}} chapter @param {string} part */
export const told = (chapter, part) => inLanguage(chapter[part]).replace(/\{([\w.]+)\}/g, (_, slot, at, text) => slotOf(slot, chapter.at, /[:,;]\s*$/.test(text.slice(0, at))))
  .replace(/ ([:;?!»])/g, "\u00a0$1");

/** All a card says at a day: for the screen, for print and for those who listen. */
export function cardWords(one, day, pair) {
  const { runs } = shown;
  const name = seriesName(one.name);
  if (!runs.seriesReady) return { values: ["…"], large: "", small: "", name };
  if (runs.two) {
    const values = [0, 1].map((arm) => {
      const table = runs.series(arm, pair, one.name);
      return table ? amount(valueAt(table, day), one.unit) : "–";
    });
    const wide = differences(runs.all(0, one.name), runs.all(1, one.name), day);
    return { values, name, ...verdictWords(verdictOf(wide), day) };
  }
  const all = runs.all(0, one.name);
  const { low, middle, high } = spread(all, day);
  const slots = { low: amount(low, one.unit), high: amount(high, one.unit) };
  const small = all.length < 2 ? "" : word(all.length < 20 ? "ui.band.range" : "ui.band.most", slots);
  return { values: [amount(middle, one.unit)], large: "", small, name };
}

const headlines = () => shown.payload.series.filter((one) => one.headline).slice(0, MOST);

/** The lines of the cards: the headlines, and in place of the last the line that a chapter points at. @param {string | undefined} name */
export function linesWith(name) {
  const lines = headlines(), pointed = shown.payload.series.find((one) => one.name === name);
  return !pointed || lines.includes(pointed) ? lines : [...lines.slice(0, MOST - 1), pointed];
}

function drawCards() {
  const lines = linesWith(state.pointed.series);
  cards.forEach(({ box }, index) => (box.hidden = index >= lines.length));
  lines.forEach((one, index) => {
    const card = cards[index], { values, large, small, name } = cardWords(one, state.day, state.pair);
    card.box.classList.toggle("certain", !large);
    card.box.classList.toggle("pointed", one.name === state.pointed.series);
    say(card.large, large);
    card.large.style.setProperty("--letters", String(large.length));
    values.forEach((value, arm) => say(card.values[arm], value));
    say(card.name, name);
    say(card.small, small);
  });
  requestAnimationFrame(keepReachable);
}

/** On a screen too small for all cards they scroll, and then keys can reach them. */
function keepReachable() {
  const side = find("side");
  if (side.scrollHeight > side.clientHeight + 1) side.tabIndex = 0;
  else side.removeAttribute("tabindex");
}

/** Which pair the map and the large numbers are of. */
export function pairWords() {
  const { runs, payload } = shown;
  const nearest = state.pair === payload.shown && runs.pairs > 1;
  const key = `ui.pair.${runs.two ? "pair" : "run"}${nearest ? "_nearest" : ""}`;
  return runs.pairs > 1 ? word(key, { n: state.pair + 1, of: runs.pairs }) : runs.two ? "" : word("ui.band.single");
}

function drawDay() {
  const [day, month, pair] = find("day").children;
  say(day, word("ui.day", { day: whole(state.day) }));
  say(month, word("ui.calendar", { month: monthOf(shown.payload.start, state.day) }));
  say(pair, pairWords());
}

export function setUpCounters() {
  const { runs } = shown;
  const most = Math.min(MOST, shown.payload.series.length);
  for (let left = most; left > 0; left--) {
    const values = runs.arms.map(() => make("span"));
    const card = { values, large: make("strong"), name: make("span"), small: make("em") };
    const sides = values.map((value, arm) => (runs.two ? make("b", { class: `arm-${arm}` }, make("i", {}, ["A", "B"][arm]), value) : make("b", {}, value)));
    const line = make("p", {}, ...sides.flatMap((side) => [side, " "]), card.name);
    cards.push({ ...card, box: make("div", { class: "card" }, card.large, line, card.small) });
  }
  find("counters").classList.toggle("one", !runs.two);
  find("counters").replaceChildren(...cards.map((card) => card.box));
  watch(["day", "pair", "language", "series", "pointed"], drawCards);
  watch(["day", "pair", "language"], drawDay);
  watch(["size"], keepReachable);
}

/** The day in one sentence. */
export function dayInWords() {
  const cardsNow = linesWith(state.pointed.series).map((one) => {
    const { values, large, small, name } = cardWords(one, state.day, state.pair);
    const sides = shown.runs.two ? values.map((value, arm) => `${["A", "B"][arm]} ${value}`).join(", ") : values[0];
    return `${sides} ${name}. ${verdictText({ large, small })}`;
  });
  return `${word("ui.mark")}. ${word("ui.day", { day: whole(state.day) })}. ${cardsNow.join(". ")}`;
}

export const armName = (arm) => (shown.runs.two ? `${["A", "B"][arm]} · ` : "") + inLanguage(shown.payload.arms[arm].title);
