// What a screen reader says: politely, and never more often than somebody can listen.

import { sentence } from "../data/story.js";
import { inLanguage, word } from "../data/words.js";
import { drawCaption, weekLine } from "./caption.js";
import { dayInWords, told } from "./counters.js";
import { find, say } from "./dom.js";
import { chapterAt, shown, state, watch } from "./state.js";

const STILL = 700, PLAYING = 10000, READ = 4000; // milliseconds

let saying = 0, spoken = 0, shownFor = 0;

/** Says a sentence now, for a while in the place of what stood there. */
export function announce(text) {
  const live = find("live");
  say(live, "");
  window.setTimeout(() => say(live, text), 60);
  const toast = find("caption");
  toast.dataset.key = "";
  toast.querySelector("div")?.replaceChildren(Object.assign(document.createElement("p"), { className: "first", textContent: text }));
  window.clearTimeout(shownFor);
  shownFor = window.setTimeout(drawCaption, READ);
}

function tell() {
  if (!shown.runs.seriesReady) return; // it tells when they are
  spoken = performance.now();
  const chapter = shown.payload.chapters[chapterAt(state.day)];
  const found = weekLine();
  const parts = [dayInWords()];
  if (chapter && chapter.at === state.day) parts.push(told(chapter, "say"), inLanguage(chapter.see), told(chapter, "ask"));
  else if (found) parts.push(sentence(found.event, shown.payload.map.places));
  say(find("live"), `${parts.join(" ")} ${state.playing ? "" : word("ui.live.paused")}`.trim());
}

export function setUpLive() {
  watch(["day", "playing", "pair", "series"], () => {
    window.clearTimeout(saying);
    if (!state.playing) saying = window.setTimeout(tell, STILL);
    else if (performance.now() - spoken > PLAYING) tell();
  });
}
