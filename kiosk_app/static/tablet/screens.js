// Puts a screen up, and notices when nobody is before it any more.

import { person } from "./visit.js";

const STAFF = 60000;
const RESTING = ["idle", "pair", "thanks", "survey-thanks", "closed", "lost"];
export const main = document.getElementById("main");
export const foot = document.getElementById("foot");
export const still = document.getElementById("still");

const drawn = {};
const shown = [];
let patience = { idle: 60000, warning: 20000 };
let timers = [];
let left = () => null;

// How a screen is drawn that needs more than its template: for drawing it again in another language.
export function draws(screens) {
  Object.assign(drawn, screens);
}

// Told of each screen before it is put up.
export function whenShown(handler) {
  shown.push(handler);
}

// The same screen from its template as it is now, with what was typed and ticked on it.
export function again() {
  const fields = () => Array.from(main.querySelectorAll("input, textarea"));
  const before = fields().map((field) => [field.value, field.checked]);
  (drawn[person.screen] || (() => show(person.screen)))();
  fields().forEach((field, i) => {
    if (!before[i]) return;
    if (["checkbox", "radio"].includes(field.type)) field.checked = before[i][1];
    else if (field.type !== "hidden") field.value = before[i][0];
  });
}

// Both periods are settings of the centre.
export function patient(settings) {
  const seconds = (value, usual) => (value > 0 ? value : usual) * 1000;
  patience = { idle: seconds(settings && settings.idle_seconds, 60), warning: seconds(settings && settings.warning_seconds, 20) };
}

// What happens when a person has walked away.
export function whenLeft(handler) {
  left = handler;
}

export function clearTimers() {
  timers.forEach(clearTimeout);
  timers = [];
  still.hidden = true;
}

// A timer of this screen: the next screen does without it.
export function after(milliseconds, work) {
  timers.push(setTimeout(work, milliseconds));
}

export function slot(name) {
  return main.querySelector("[data-slot=" + name + "]");
}

export function show(name) {
  shown.forEach((handler) => handler(name));
  const template = document.getElementById(name);
  const content = template.content.cloneNode(true);
  main.replaceChildren(...content.querySelector("[data-main]").childNodes);
  const below = content.querySelector("[data-foot]");
  foot.replaceChildren(...(below ? below.childNodes : []));
  document.body.className = "kiosk " + template.dataset.body;
  person.screen = name;
  main.scrollTop = 0;
  clearTimers();
  watch();
}

// Between the faces and the thanks, and while a receipt is being typed, a person may walk away.
export function watch() {
  // The thank-you screen ends by itself, however often it is touched.
  if (RESTING.includes(person.screen)) return;
  clearTimers();
  if (["pin", "status"].includes(person.screen)) {
    after(STAFF, left);
    return;
  }
  const root = document.documentElement.dataset;
  const times = root.text || root.contrast || root.aloud ? 2 : 1;
  after((patience.idle - patience.warning) * times, () => warn(patience.warning * times));
}

function warn(milliseconds) {
  still.hidden = false;
  still.querySelector("button").focus({ preventScroll: true });
  const end = performance.now() + milliseconds;
  const tick = () => {
    const remaining = Math.ceil((end - performance.now()) / 1000);
    still.querySelector("[data-slot=seconds]").textContent = String(Math.max(remaining, 0));
    if (remaining <= 0) left();
    else after(250, tick);
  };
  tick();
}
