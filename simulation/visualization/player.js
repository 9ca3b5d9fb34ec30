// The animated map of one run: mount(element, data) draws it into `element` and returns { show, play, pause }.
// One plain script for notebook, page and app: no network, no library, any number of players on a page.
(function () {
  "use strict";

  const SVG = "http://www.w3.org/2000/svg";
  const SPEEDS = [3, 7, 14, 30]; // days a second

  function make(tag, attributes = {}, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  function draw(tag, attributes = {}, ...children) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  function bytes(text) {
    return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  }

  // 256 colours from [position, "#rrggbb"] stops, the same straight lines that matplotlib draws between them.
  function ramp(stops) {
    const parts = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
    return Array.from({ length: 256 }, (_, level) => {
      const position = level / 255;
      const above = Math.max(1, stops.findIndex(([at]) => at >= position));
      const [[from, low], [to, high]] = [stops[above - 1], stops[above]];
      const share = (position - from) / (to - from);
      const end = parts(high);
      return `rgb(${parts(low).map((value, i) => Math.round(value + share * (end[i] - value))).join(",")})`;
    });
  }

  function written(value, unit) {
    if (value === null) return "–";
    if (unit === "share") return `${(100 * value).toFixed(1)} %`;
    const step = Math.abs(value) >= 10000 ? 100 : 1; // the last digits of a large number mean nothing here
    return (step * Math.round(value / step)).toLocaleString("en-GB");
  }

  function roundAbove(value) { // the axis ends at 1, 1.5, 2, 3, 4, 5, 6 or 8 times a power of ten
    const power = 10 ** Math.floor(Math.log10(value));
    return power * [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find((step) => step * power >= value);
  }

  function readableDate(iso) {
    const date = new Date(`${iso}T12:00:00Z`);
    return date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
  }

  // The map. Returns update(frame, alive), where `alive` is the set of places with an event to mark.
  function buildMap(data) {
    const { width, height, places, land, captions, scale } = data.map;
    const colours = ramp(data.palette.stops);
    const levels = bytes(data.levels);
    const labels = data.labels ? bytes(data.labels) : null;
    const people = data.circles ? bytes(data.circles) : null;
    const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": data.text.map });
    svg.append(draw("rect", { width, height, fill: data.palette.sea }));
    if (land) svg.append(draw("path", { d: land, fill: data.palette.land, class: "kp-land" }));
    const titles = places.map(() => draw("title"));
    const areas = places.map((place, i) => draw("path", { d: place.path, class: "kp-place" }, titles[i]));
    const largest = width / 34;
    const circles = people ? places.map(({ x, y }) => draw("circle", { cx: x, cy: y, r: 0, class: "kp-circle" })) : [];
    const marks = places.map(({ x, y }) => draw("circle", { cx: x, cy: y, r: width / 60, class: "kp-event" }));
    const names = captions.map(({ text, x, y }) =>
      draw("text", { x, y, class: "kp-caption", "font-size": width / 52 }, text));
    const circleLayer = draw("g", { class: "kp-circles" }, ...circles);
    svg.append(draw("g", {}, ...areas), circleLayer, draw("g", {}, ...marks), draw("g", {}, ...names));
    svg.append(scaleBar(scale, width, height));

    const shown = new Int16Array(places.length).fill(-1);
    function update(frame, alive) {
      const row = frame * places.length;
      places.forEach((place, i) => {
        const level = levels[row + i];
        if (level !== shown[i]) areas[i].setAttribute("fill", colours[level]);
        shown[i] = level;
        marks[i].style.display = alive.has(i) ? "" : "none";
        if (people) circles[i].setAttribute("r", (largest * people[row + i]) / 255);
      });
    }
    function describe(frame) { // The words of the tooltips: costly, so only when the picture rests.
      const row = frame * places.length;
      places.forEach((place, i) => {
        const lines = [place.name, `${data.text.level}: ${Math.round((100 * levels[row + i]) / 255)} %`];
        if (labels) lines.push(data.text.labels[labels[row + i]]);
        if (people) lines.push(`${data.text.circles}: ${written(peopleOf(people[row + i], data), "people")}`);
        titles[i].textContent = lines.join("\n");
      });
    }
    return { svg, update, describe, circleLayer, largest };
  }

  function peopleOf(level, data) { // circles: area, not radius, is proportional to people
    const people = data.circles_most * (level / 255) ** 2;
    return people < 1000 ? Math.round(people / 10) * 10 : Math.round(people / 100) * 100;
  }

  function scaleBar(scale, width, height) {
    const [x, y] = [width * 0.03, height * 0.955];
    return draw("g", { class: "kp-scale" },
      draw("line", { x1: x, x2: x + scale.length, y1: y, y2: y }),
      draw("text", { x, y: y - height * 0.016, "font-size": width / 56 }, scale.text));
  }

  function buildLegend(data, map) {
    const stops = data.palette.stops.map(([at, colour]) => `${colour} ${100 * at}%`).join(",");
    const bar = make("div", { class: "kp-ramp", style: `background:linear-gradient(to right,${stops})` });
    const ends = make("div", { class: "kp-ends" }, make("span", {}, data.text.low), make("span", {}, data.text.high));
    const legend = make("div", { class: "kp-legend" }, make("strong", {}, data.text.level), bar, ends);
    if (data.circles) {
      const box = make("input", { type: "checkbox" });
      box.checked = true;
      box.addEventListener("change", () => { map.circleLayer.style.display = box.checked ? "" : "none"; });
      const example = `${data.text.circles} (${data.text.largest}: ${written(peopleOf(255, data), "people")})`;
      legend.append(make("label", {}, box, make("span", { class: "kp-dot" }), example));
    }
    return legend;
  }

  // One line over time with a cursor. Returns its row and update(frame).
  function buildStrip(series, frames, seek) {
    const known = series.values.filter((value) => value !== null);
    const top = series.unit === "share" ? 1 : roundAbove(Math.max(1, ...known));
    const at = (frame) => (frames > 1 ? (1000 * frame) / (frames - 1) : 0);
    const points = series.values.map((v, i) => (v === null ? null : `${at(i).toFixed(1)},${(100 - (100 * v) / top).toFixed(2)}`));
    const line = draw("polyline", { points: points.filter(Boolean).join(" "), class: "kp-line", stroke: series.colour });
    const cursor = draw("line", { y1: 0, y2: 100, class: "kp-cursor" });
    const svg = draw("svg", { viewBox: "0 0 1000 100", preserveAspectRatio: "none", "aria-hidden": "true" },
      draw("line", { x1: 0, x2: 1000, y1: 50, y2: 50, class: "kp-grid" }), line, cursor);
    svg.addEventListener("click", (event) => {
      const box = svg.getBoundingClientRect();
      seek(Math.round(((event.clientX - box.left) / box.width) * (frames - 1)));
    });
    const value = make("b", { style: `color:${series.colour}` });
    const row = make("div", { class: "kp-strip" },
      make("div", { class: "kp-name" }, value, make("span", {}, series.label)), svg,
      make("div", { class: "kp-top" }, make("span", {}, written(top, series.unit).replace(".0", "")), make("span", {}, "0")));
    function update(frame) {
      cursor.setAttribute("x1", at(frame));
      cursor.setAttribute("x2", at(frame));
      value.textContent = written(series.values[frame], series.unit);
    }
    return { row, update };
  }

  // The last few events up to a day; those of the days just shown are marked. Events are sorted by frame.
  function buildEvents(data) {
    const list = make("ul", { class: "kp-events" });
    const box = make("div", { class: "kp-news" }, make("strong", {}, data.text.events), list);
    function update(frame, since) {
      let end = data.events.findIndex((event) => event.frame > frame);
      if (end < 0) end = data.events.length;
      const items = data.events.slice(Math.max(0, end - data.caption_lines), end).reverse().map((event) => {
        const fresh = event.frame > since ? "kp-fresh" : "";
        return make("li", { class: fresh }, make("time", {}, readableDate(data.dates[event.frame])), ` ${event.text}`);
      });
      list.replaceChildren(...(items.length ? items : [make("li", {}, data.text.nothing)]));
    }
    const alive = (frame, since) => new Set(
      data.events.filter((e) => e.frame > since && e.frame <= frame && e.place >= 0).map((e) => e.place));
    return { box, update, alive };
  }

  function buildControls(data, frames) {
    const button = (sign, name) => make("button", { type: "button", title: name, "aria-label": name }, sign);
    const back = button("◀", data.text.back);
    const play = make("button", { type: "button", class: "kp-play" }, data.text.play);
    const next = button("▶", data.text.next);
    const slider = make("input", { type: "range", min: 0, max: frames - 1, step: 1, value: 0, "aria-label": data.text.day });
    const speed = make("select", { "aria-label": data.text.speed },
      ...SPEEDS.map((days) => make("option", { value: days }, `${days} ${data.text.days_a_second}`)));
    speed.value = 14;
    const row = make("div", { class: "kp-controls" }, make("div", { class: "kp-buttons" }, back, play, next), slider, speed);
    return { row, back, play, next, slider, speed };
  }

  function mount(element, data) {
    const frames = data.dates.length;
    const map = buildMap(data);
    const events = buildEvents(data);
    const controls = buildControls(data, frames);
    const strips = data.series.map((series) => buildStrip(series, frames, (frame) => show(frame)));
    const date = make("div", { class: "kp-date" });
    const side = make("div", { class: "kp-side" }, date, buildLegend(data, map), events.box);
    const top = make("div", { class: "kp-body" }, make("div", { class: "kp-map" }, map.svg), side);
    element.classList.add("katye-player");
    element.setAttribute("tabindex", "0");
    element.style.setProperty("--kp-ratio", data.map.width / data.map.height);
    element.replaceChildren(...(data.title ? [make("div", { class: "kp-title" }, data.title)] : []), top,
      ...strips.map((strip) => strip.row), controls.row,
      make("div", { class: "kp-foot" }, make("em", {}, data.text.conditional), make("span", {}, data.text.keys)));

    let frame = 0, playing = false, last = 0, owed = 0;
    function show(wanted, seen = wanted - 1, resting = true) {
      frame = Math.min(frames - 1, Math.max(0, wanted));
      map.update(frame, events.alive(frame, seen));
      if (resting) map.describe(frame);
      strips.forEach((strip) => strip.update(frame));
      events.update(frame, seen);
      date.textContent = readableDate(data.dates[frame]);
      controls.slider.value = frame;
      controls.slider.setAttribute("aria-valuetext", date.textContent);
    }
    function tick(now) {
      if (!playing || !element.isConnected) return;
      owed += ((now - last) / 1000) * (controls.speed.value / data.days_a_frame);
      last = now;
      const step = Math.floor(owed);
      owed -= step;
      if (step > 0) show(frame + step, Math.max(frame, frame + step - Math.ceil(3 / data.days_a_frame)), false);
      if (frame >= frames - 1) pause();
      else requestAnimationFrame(tick);
    }
    function play() {
      if (playing) return;
      if (frame >= frames - 1) show(0);
      [playing, owed, last] = [true, 0, performance.now()];
      controls.play.textContent = data.text.pause;
      requestAnimationFrame(tick);
    }
    function pause() {
      playing = false;
      controls.play.textContent = data.text.play;
      show(frame);
    }
    const toggle = () => (playing ? pause() : play());
    const step = (by) => { if (playing) pause(); show(frame + by); };
    const week = Math.max(1, Math.round(7 / data.days_a_frame));
    const keys = { " ": toggle, ArrowRight: (e) => step(e.shiftKey ? week : 1), ArrowLeft: (e) => step(e.shiftKey ? -week : -1),
      Home: () => step(-frames), End: () => step(frames) };
    element.addEventListener("keydown", (event) => {
      if (event.target.tagName === "SELECT" || !keys[event.key]) return;
      if (event.target.type === "checkbox") return;
      event.preventDefault();
      event.stopPropagation();
      keys[event.key](event);
    });
    // A space pressed on a button would also click it when released.
    element.addEventListener("keyup", (event) => { if (event.key === " " && event.target.tagName === "BUTTON") event.preventDefault(); });
    controls.play.addEventListener("click", toggle);
    controls.back.addEventListener("click", () => step(-1));
    controls.next.addEventListener("click", () => step(1));
    controls.slider.addEventListener("input", () => { if (playing) pause(); show(Number(controls.slider.value)); });
    show(0);
    return { show, play, pause };
  }

  // Mounts every player of the page that carries its data in a script element and is not mounted yet.
  function mountAll() {
    document.querySelectorAll(".katye-player:not([data-mounted])").forEach((element) => {
      const carrier = element.querySelector("script[type='application/json']");
      if (!carrier) return;
      element.setAttribute("data-mounted", "");
      mount(element, JSON.parse(carrier.textContent));
    });
  }

  globalThis.KatyePlayer = { mount, mountAll };
})();
