// The page of `katye app`: what is chosen here becomes scenario files there. It keeps nothing but the wish of this tab.

const find = (id) => document.getElementById(id);
const token = new URLSearchParams(location.search).get("token") ?? "";
const KEPT = "katye-app";
const FIRST = "baseline";
const SHOWN = 40; // parameters that a search lists
const DAY = 86400000;

let about, listening, sketching = 0;
let language = "en", frameNumber = 0;
/** What is wished: changes of both sides (a), of the right one (b). */
let wish = { scenario: "", a: [], b: [] };
let job = null; // as the server tells of it

const address = (path, more = {}) => {
  const query = new URLSearchParams({ ...more, ...(token ? { token } : {}) });
  return `${path}${[...query].length ? `?${query}` : ""}`;
};

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && name !== "list") element[name] = value;
    else element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child !== ""));
  return element;
}

function word(key, slots = {}) {
  const text = about.words[language][`app.${key}`] ?? key;
  return text.replace(/\{(\w+)\}/g, (all, name) => slots[name] ?? all);
}

async function ask(path, said) {
  const sent = said === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(said) };
  let answer;
  try {
    answer = await fetch(address(path), sent);
  } catch {
    throw new Error(word("away"));
  }
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.json();
}

function complain(error) {
  find("error").textContent = error?.message ?? "";
  find("error").hidden = !error;
  if (error) find("error").scrollIntoView({ block: "nearest" });
}

const chosen = () => about.scenarios.find((one) => one.name === wish.scenario);
const number = (id) => (find(id).value === "" ? null : Number(find(id).value));
const dateOf = (day) => new Date(Date.parse(chosen().start) + day * DAY).toISOString().slice(0, 10);
const sizes = () => ({ days: number("days"), seed: number("seed"), ...(about.weight > 1 ? { weight: number("weight") } : {}) });

// The frame

const frame = () => find("frames").querySelector("iframe:not(.coming)");

/** The day that the player shows, or 0. */
function dayShown() {
  return Number(frame()?.contentDocument?.getElementById("scrub")?.value ?? 0);
}

/** Another page in place of the one that is shown, on the same day, once it is drawn. */
function showPage() {
  const mine = ++frameNumber, inside = frame()?.contentDocument?.documentElement;
  const hash = new URLSearchParams({ day: dayShown(), lang: language, ...(inside?.dataset.theme ? { theme: inside.dataset.theme } : {}) });
  const next = make("iframe", { title: word("title"), allow: "fullscreen", className: "coming", src: `${address(`/page/${job.job}`, { v: job.pages })}#${hash}` });
  find("frames").querySelectorAll("iframe.coming").forEach((old) => old.remove());
  find("frames").append(next);
  const swap = (left) => {
    if (mine !== frameNumber) return;
    if (left && !next.contentDocument?.documentElement.dataset.ready) return void setTimeout(swap, 50, left - 1);
    find("frames").querySelectorAll("iframe:not(.coming)").forEach((old) => old.remove());
    next.classList.remove("coming");
    find("drawing").hidden = true;
    document.documentElement.dataset.picture = String(job.pages);
  };
  next.addEventListener("load", () => swap(100));
}

// Runs

const listed = (seconds) => (seconds < 90 ? word("seconds", { number: Math.ceil(seconds) }) : word("minutes", { number: Math.ceil(seconds / 60) }));

function drawState() {
  const open = job && (job.state === "waiting" || job.state === "running");
  const running = open && job.total > 0;
  find("stop").hidden = !running;
  find("progress").hidden = !running;
  find("progress").value = running ? job.done / job.total : 0;
  find("run").textContent = word("run", { number: number("pairs") ?? about.pairs });
  find("run").disabled = Boolean(running);
  find("keep").disabled = !wish.b.length;
  find("empty").disabled = !wish.a.length && !wish.b.length;
  const told = [];
  if (job) {
    const left = job.left === null ? "..." : listed(job.left);
    if (running && !job.pages) told.push(word("wait"));
    if (running && job.shown) told.push(word("so_far", { done: job.done, total: job.total, shown: job.shown, left }));
    else if (job.pages && !job.shown) told.push(word("sketch"), running ? word("so_far", { done: job.done, total: job.total, shown: 0, left }) : "");
    if (!open && job.shown) told.push(word(job.state === "stopped" ? "stopped" : "done", { shown: job.shown }));
    if (job.lost.length) told.push(word("lost", { text: job.lost.join("; ") }));
    if (job.state === "failed") complain(new Error(job.error));
  }
  find("state").textContent = told.filter(Boolean).join(" ");
  const there = Boolean(job?.pages);
  find("export").hidden = !there;
  if (there) {
    const [a, b] = job.sides;
    find("filea").href = address(`/file/${job.job}/${a.name}.toml`);
    find("fileb").hidden = !b;
    if (b) find("fileb").href = address(`/file/${job.job}/${b.name}.toml`);
    find("pagefile").href = address(`/page/${job.job}`, { save: 1 });
  }
}

function follow(told) {
  listening?.close();
  const before = { job: 0, pages: 0 };
  const take = (seen) => {
    job = seen;
    if (job.pages > before.pages) {
      before.pages = job.pages;
      showPage();
    }
    drawState();
    if (job.state !== "waiting" && job.state !== "running") listening?.close();
  };
  take(told);
  keepWish();
  listening = new EventSource(address(`/api/jobs/${told.job}/events`));
  listening.onmessage = (event) => take(JSON.parse(event.data));
  listening.onerror = () => listening.readyState === EventSource.CLOSED && complain(new Error(word("away")));
}

/** Runs `pairs` of them; none is a sketch. */
async function run(pairs) {
  const last = job;
  complain();
  const told = await ask("/api/run", { ...wish, ...sizes(), pairs });
  if (last && (last.state === "waiting" || last.state === "running")) ask(`/api/jobs/${last.job}/stop`, {}).catch(() => {});
  follow(told);
}

/** A light picture of what is wished now, a moment after the last change. */
function sketch() {
  keepWish();
  clearTimeout(sketching);
  sketching = setTimeout(() => run(0).catch(complain), 150);
}

/** Takes changes of B if the server does; else says why not. */
async function wishFor(b, a = wish.a) {
  try {
    complain();
    await ask("/api/check", { ...wish, ...sizes(), a, b });
  } catch (error) {
    return complain(error);
  }
  wish = { ...wish, a, b };
  drawLog();
  sketch();
}

function keepWish() {
  sessionStorage.setItem(KEPT, JSON.stringify({ wish, job: job?.job, language, sizes: { days: find("days").value, pairs: find("pairs").value, weight: find("weight").value, seed: find("seed").value } }));
}

// The panel

function drawLog() {
  const told = (one) => `${one.set ? `${one.set} = ${one.value}` : one.what.replaceAll("_", " ")}${one.settings && Object.keys(one.settings).length ? ` (${Object.values(one.settings).join(", ")})` : ""}${one.date ? `, ${one.date}` : ""}${one.until ? ` – ${one.until}` : ""}`;
  const entry = (one, index, side) => make("li", { className: `one ${side === "a" ? "both" : ""}`, title: side === "a" ? word("both") : "" },
    `${side === "a" ? `${word("both")}: ` : ""}${told(one)}`,
    make("button", { type: "button", "aria-label": `${word("remove")}: ${told(one)}`, title: word("remove"),
      onclick: () => (side === "b" ? wishFor(wish.b.filter((_, at) => at !== index)) : wishFor(wish.b, wish.a.filter((_, at) => at !== index))) }, "×"));
  const entries = [...wish.a.map((one, index) => entry(one, index, "a")), ...wish.b.map((one, index) => entry(one, index, "b"))];
  find("log").replaceChildren(...(entries.length ? entries : [make("li", {}, word("nothing"))]));
  drawState();
}

function inputFor(one, value) {
  const choices = one.choices ?? (typeof one.value === "boolean" ? ["true", "false"] : null);
  if (choices) {
    const select = make("select", { "aria-label": one.name }, ...choices.map((choice) => make("option", { value: choice }, choice)));
    if (value !== null && value !== undefined) select.value = String(value);
    return select;
  }
  const kind = one.kind ?? "number";
  if (kind === "date") return make("input", { type: "date", "aria-label": one.name });
  if (kind === "text" || kind === "pair") return make("input", { type: "text", "aria-label": one.name, value: value ?? "", placeholder: kind === "pair" ? "Solino, Nazon" : "" });
  const input = make("input", { type: "number", step: "any", "aria-label": one.name, value: value ?? "" });
  if (one.bounds) [input.min, input.max] = one.bounds;
  return input;
}

function valueIn(input, one) {
  const text = input.value.trim();
  if (typeof one.value === "boolean") return text === "true";
  if (one.kind === "pair") return text.split(",").map((name) => name.trim()).filter(Boolean);
  return input.type === "number" && text !== "" ? Number(text) : text;
}

function drawParameters() {
  const wanted = find("search").value.trim().toLowerCase();
  const fits = (one) => wanted.split(/\s+/).every((part) => `${one.name} ${one.meaning}`.toLowerCase().includes(part));
  const found = wanted ? about.parameters.filter(fits) : about.first.map((name) => about.parameters.find((one) => one.name === name));
  find("found").textContent = wanted ? `${word("found", { number: found.length })}${found.length > SHOWN ? `; ${word("more", { number: found.length - SHOWN })}` : ""}` : "";
  const set = { ...chosen().set };
  for (const one of [...wish.a, ...wish.b]) if (one.set) set[one.set] = one.value;
  find("parameters").replaceChildren(...found.slice(0, SHOWN).map((one) => {
    const input = inputFor(one, set[one.name] ?? one.value);
    const put = () => {
      const date = one.founding || !find("date").value ? {} : { date: find("date").value };
      const change = { set: one.name, value: valueIn(input, one), ...date };
      // a second value for the same day takes the place of the first
      wishFor([...wish.b.filter((old) => old.set !== change.set || old.date !== change.date), change]);
    };
    input.addEventListener("keydown", (event) => event.key === "Enter" && (event.preventDefault(), put()));
    const unit = [one.range, ["", "-"].includes(one.unit) ? "" : one.unit].filter(Boolean).join(" ");
    return make("li", {}, make("b", {}, one.name), one.meaning, make("small", {}, [one.choices ? "" : unit, one.founding ? word("founding") : ""].filter(Boolean).join(" · ")),
      make("div", { className: "put" }, input, make("button", { type: "button", onclick: put }, word("set"))));
  }));
}

function drawKind() {
  const kind = about.kinds.find((one) => one.name === find("kind").value);
  if (!kind) return;
  find("kindmeaning").textContent = kind.meaning;
  const rows = kind.settings.map((one) => {
    const range = one.bounds && one.kind !== "text" ? `${one.bounds[0]} – ${one.bounds[1]} ${one.unit}` : one.unit;
    return make("label", {}, one.name, make("small", {}, [one.meaning, range].filter(Boolean).join(" · ")), Object.assign(inputFor(one, one.value), { id: `setting-${one.name}` }));
  });
  if (kind.lasts) rows.push(make("label", {}, word("until"), make("input", { type: "date", id: "until" })));
  find("settings").replaceChildren(...rows);
}

function inject() {
  const kind = about.kinds.find((one) => one.name === find("kind").value), settings = {};
  for (const one of kind.settings) {
    const input = find(`setting-${one.name}`);
    if (input.value.trim() !== "") settings[one.name] = valueIn(input, one);
  }
  const until = kind.lasts && find("until").value ? { until: find("until").value } : {};
  wishFor([...wish.b, { what: kind.name, date: find("date").value || dateOf(0), settings, ...until }]);
}

function drawDay() {
  if (!about) return;
  const day = dayShown();
  find("shown").textContent = word("shown", { date: dateOf(day), day });
}

function choose(name) {
  wish.scenario = name;
  const one = chosen();
  find("scenario").value = name;
  find("question").textContent = one.question;
  find("days").value = one.days;
  find("date").min = one.start;
  find("date").max = dateOf(one.days);
}

function drawWords() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-word]")) element.textContent = word(element.dataset.word);
  document.title = `${word("mark")}: ${word("title")}`;
  find("search").placeholder = word("search", { number: about.parameters.length });
  find("search").setAttribute("aria-label", find("search").placeholder);
  find("kind").setAttribute("aria-label", word("event"));
  find("panel").setAttribute("aria-label", word("panel"));
  find("languages").setAttribute("aria-label", word("language"));
  find("toggle").textContent = word(document.body.classList.contains("wide") ? "show" : "hide");
  find("languages").replaceChildren(...about.languages.map((tag) => make("button", { type: "button", lang: tag, "aria-pressed": String(tag === language), onclick: () => {
    language = tag;
    frame()?.contentDocument?.querySelector(`#languages button[lang="${tag}"]`)?.click();
    drawWords();
    keepWish();
  } }, tag.toUpperCase())));
  drawParameters();
  drawKind();
  drawLog();
  drawDay();
}

async function start() {
  about = await (await fetch(address("/api/about"))).json();
  language = navigator.languages.map((tag) => tag.slice(0, 2)).find((tag) => about.languages.includes(tag)) ?? about.languages[0];
  find("scenario").append(...about.scenarios.map((one) => make("option", { value: one.name }, `${one.name}: ${one.title}`)));
  find("kind").append(...about.kinds.map((one) => make("option", { value: one.name }, one.name.replaceAll("_", " "))));
  find("eventpart").hidden = find("whenpart").hidden = !about.kinds.length;
  find("weight").closest("label").hidden = about.weight === 1;
  Object.assign(find("pairs"), { value: about.pairs, max: about.most_pairs });
  find("weight").value = about.weight;
  find("seed").value = 1;
  choose((about.scenarios.find((one) => one.name === FIRST) ?? about.scenarios[0]).name);
  let before = null;
  try {
    before = JSON.parse(sessionStorage.getItem(KEPT));
    if (before && about.scenarios.some((one) => one.name === before.wish.scenario)) {
      choose(before.wish.scenario);
      ({ wish, language } = before);
      for (const [id, value] of Object.entries(before.sizes)) find(id).value = value;
    }
  } catch {
    before = null;
  }
  drawWords();
  setInterval(drawDay, 250);
  find("panel").addEventListener("submit", (event) => event.preventDefault());
  find("scenario").addEventListener("change", () => {
    wish = { scenario: "", a: [], b: [] };
    choose(find("scenario").value);
    find("date").value = "";
    drawWords();
    sketch();
  });
  for (const id of ["days", "weight", "seed"]) find(id).addEventListener("change", sketch);
  find("pairs").addEventListener("input", drawState);
  find("here").addEventListener("click", () => (find("date").value = dateOf(dayShown())));
  find("first").addEventListener("click", () => (find("date").value = ""));
  find("search").addEventListener("input", drawParameters);
  find("kind").addEventListener("change", drawKind);
  find("add").addEventListener("click", inject);
  find("run").addEventListener("click", () => run(number("pairs")).catch(complain));
  find("stop").addEventListener("click", () => ask(`/api/jobs/${job.job}/stop`, {}).catch(complain));
  find("keep").addEventListener("click", () => wishFor([], [...wish.a, ...wish.b]));
  find("empty").addEventListener("click", () => wishFor([], []));
  find("toggle").addEventListener("click", () => {
    find("toggle").setAttribute("aria-expanded", String(!document.body.classList.toggle("wide")));
    find("toggle").textContent = word(document.body.classList.contains("wide") ? "show" : "hide");
  });
  if (before?.job) ask(`/api/jobs/${before.job}`).then(follow, sketch);
  else sketch();
}

start();
