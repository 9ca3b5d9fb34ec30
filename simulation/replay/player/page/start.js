// Language, scheme and address; then everything is set up, the pair shown comes first and the rest in idle time.

import { Runs } from "../data/runs.js";
import { inLanguage, speak, word } from "../data/words.js";
import { setUpCaption } from "./caption.js";
import { setUpCharts } from "./charts.js";
import { setUpClock } from "./clock.js";
import { setUpCounters } from "./counters.js";
import { find, make, say, translate } from "./dom.js";
import { setUpHelp } from "./help.js";
import { setUpKeys } from "./keys.js";
import { setUpLegend } from "./legend.js";
import { setUpLive } from "./live.js";
import { setUpMaps } from "./maps.js";
import { setUpPlace } from "./place.js";
import { setUpPrint } from "./print.js";
import { setUpSearch } from "./search.js";
import { change, drawAll, lastDay, shown, state, watch } from "./state.js";
import { setUpTimeline } from "./timeline.js";

const FORMAT = 1;

/** #lang=fr&day=420&theme=dark: nothing else is kept anywhere. */
function readAddress() {
  const wish = new URLSearchParams(location.hash.slice(1));
  const { languages } = shown.payload;
  const asked = [wish.get("lang"), shown.payload.language, ...navigator.languages.map((tag) => tag.slice(0, 2))];
  state.language = asked.find((tag) => tag && languages.includes(tag)) ?? languages[0];
  state.theme = ["light", "dark"].find((name) => name === wish.get("theme")) ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  state.day = Math.max(0, Math.min(lastDay(), Math.round(Number(wish.get("day"))) || 0));
}

function writeAddress(name, value) {
  const wish = new URLSearchParams(location.hash.slice(1));
  wish.set(name, value);
  try {
    history.replaceState(null, "", `#${wish}`);
  } catch {
    // inside another page there may be no address to write to
  }
}

function drawWords() {
  const { payload } = shown;
  speak(payload.texts, state.language);
  document.documentElement.lang = state.language;
  translate();
  const title = inLanguage(payload.title);
  say(find("title"), title);
  document.title = `${word("ui.mark")}: ${title}`;
  find("languages").replaceChildren(...payload.languages.map((tag) =>
    make("button", { type: "button", lang: tag, "aria-pressed": String(tag === state.language), title: word(`ui.languages.${tag}`),
      "aria-label": `${tag.toUpperCase()}, ${word(`ui.languages.${tag}`)}`, onclick: () => change({ language: tag }) }, tag.toUpperCase())));
}

function setUpHeader() {
  watch(["language"], (changed) => {
    const focused = [...find("languages").children].indexOf(document.activeElement);
    drawWords();
    find("languages").children[focused]?.focus();
    if (changed.size < 5) writeAddress("lang", state.language);
  });
  // before all others: they draw with its colours
  watch(["theme"], () => (document.documentElement.dataset.theme = state.theme));
  document.addEventListener("theme", () => writeAddress("theme", state.theme));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", (event) => {
    // who has chosen by the key keeps the choice
    if (!location.hash.includes("theme=")) change({ theme: event.matches ? "dark" : "light" });
  });
}

const idle = () => new Promise((go) => ("requestIdleCallback" in window ? requestIdleCallback(() => go(0), { timeout: 200 }) : setTimeout(go, 16)));

async function load() {
  const { runs } = shown;
  await runs.loadPair(state.pair);
  drawAll();
  document.documentElement.dataset.ready = "pair";
  await runs.loadSeries();
  change({ series: 1 });
  document.documentElement.dataset.ready = "series";
  if (runs.two) await runs.loadLevels(idle);
  change({ levels: 1 });
  document.documentElement.dataset.ready = "all";
}

export async function start() {
  try {
    shown.payload = JSON.parse(find("replay").textContent);
    if (shown.payload.format !== FORMAT) throw new Error(`format ${shown.payload.format} is not ${FORMAT}`);
    shown.runs = new Runs(shown.payload);
    const { mapped } = shown.runs;
    state.pair = mapped.includes(shown.payload.shown) ? shown.payload.shown : mapped[0] ?? 0;
    state.flows = !shown.runs.two;
    readAddress();
    speak(shown.payload.texts, state.language);
    for (const setUp of [setUpHeader, setUpMaps, setUpCounters, setUpLegend, setUpCaption, setUpCharts, setUpTimeline, setUpPlace,
      setUpSearch, setUpHelp, setUpLive, setUpPrint, setUpKeys, setUpClock]) setUp();
    await load();
  } catch (error) {
    document.body.prepend(make("p", { class: "broken", role: "alert" },
      `This page is damaged, or its browser is too old (Chrome 103, Firefox 113, Safari 16.4). Make it again with katye replay. [${/** @type {Error} */ (error).message}]`));
    console.error(error);
  }
}
