// Elements from code. Texts become text nodes, never markup: a title may come from anybody.

import { word } from "../data/words.js";

/** @param {string} id @returns {any} */
export const find = (id) => document.getElementById(id);

/**
 * @param {string} tag @param {Record<string, any>} attributes `on...` are listeners; false, null and undefined are left out
 * @param {...(Node | string)} children @returns {any}
 */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children);
  return node;
}

/** Writes only what is new: a layout costs more than a look. */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** A button's name, which is its tip as well. */
export function label(node, text) {
  node.setAttribute("aria-label", text);
  if (node.matches("button, select, input")) node.title = text;
}

/** All fixed words of the page. */
export function translate() {
  for (const node of /** @type {any} */ (document.querySelectorAll("[data-word]"))) say(node, word(node.dataset.word));
  for (const node of /** @type {any} */ (document.querySelectorAll("[data-label]"))) label(node, word(node.dataset.label));
}

let sizes = null;

/** Drawn sizes of the page: type, screen, family. Asked for at every picture, so they are kept until the window changes. */
export function measures() {
  sizes ??= {
    rem: parseFloat(getComputedStyle(document.documentElement).fontSize), ratio: Math.min(2, window.devicePixelRatio || 1),
    family: getComputedStyle(document.body).fontFamily,
  };
  return sizes;
}
window.addEventListener("resize", () => (sizes = null));

/** Fits a canvas to its box; true where that changed it. */
export function fitCanvas(canvas, ratio) {
  const width = Math.max(1, Math.round(canvas.clientWidth * ratio)), height = Math.max(1, Math.round(canvas.clientHeight * ratio));
  if (canvas.width === width && canvas.height === height) return false;
  canvas.width = width;
  canvas.height = height;
  return true;
}
