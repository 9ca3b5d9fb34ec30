// Every word and number of the page, in the language chosen.

let texts = {};
let tongue = "en";
let formats = {};

/** @param {Record<string, Record<string, string>>} all @param {string} chosen */
export function speak(all, chosen) {
  texts = all;
  tongue = chosen;
  // browsers know no Haitian numbers: they are written as in French
  const locale = chosen === "en" ? "en" : "fr";
  formats = [0, 1, 2].map((digits) =>
    new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits }));
}

/** @param {string} key */
export const knows = (key) => key in (texts[tongue] ?? {}) || key in (texts.en ?? {});

/** The text of a key with its {slots} filled. @param {string} key @param {Record<string, any>} slots */
export function word(key, slots = {}) {
  const text = texts[tongue]?.[key] ?? texts.en?.[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (_, name) => slots[name] ?? "");
}

/** The name of a class that the level measures: the last one. @param {string[]} classes */
export const levelKind = (classes) => word(`class.${classes[classes.length - 1]}`);

/** A text that a person wrote in some languages. @param {Record<string, string> | undefined} written */
export const inLanguage = (written) => written?.[tongue] ?? written?.en ?? Object.values(written ?? {})[0] ?? "";

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
export const seriesName = (name, asTitle = false) => (asTitle ? capital(word(`series.${name}`)) : word(`series.${name}`));

/** A whole number with its thousands. */
export const whole = (value) => formats[0].format(Math.round(value));

/** Rounded for a room: 1.22M, 231,000, 82, 73%. @param {number} value @param {string} unit */
export function amount(value, unit) {
  if (Number.isNaN(value)) return "–";
  if (unit === "share") {
    const percent = value * 100;
    return word("ui.number.percent", { n: formats[Math.abs(percent) < 9.95 && percent !== 0 ? 1 : 0].format(percent) });
  }
  const size = Math.abs(value);
  let text;
  if (size >= 999.5e6) text = word("ui.number.billion", { n: formats[2].format(value / 1e9) });
  else if (size >= 999500) text = word("ui.number.million", { n: formats[size < 99.995e6 ? 2 : 0].format(value / 1e6) });
  else text = whole(size >= 1e4 ? Math.round(value / 1e3) * 1e3 : value);
  return unit === "usd" ? word("ui.number.dollars", { n: text }) : text;
}

/** A difference, with its sign. */
export const signed = (value, unit) => (value > 0 ? "+" : value < 0 ? "−" : "") + amount(Math.abs(value), unit);

/** "July 2025" of a day of the run. @param {string} start @param {number} day */
export function monthOf(start, day) {
  const date = new Date(`${start}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() + day);
  return `${word("ui.months").split("|")[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}
