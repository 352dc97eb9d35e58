// The flow on the tablet: idle → receipt → faces → reasons → thanks → idle.

import { opening } from "./hours.js";
import { pair } from "./pairing.js";
import * as queue from "./queue.js";
import * as sender from "./sender.js";
import { keep, newVersionWaits } from "./shell.js";
import * as staff from "./staff.js";
import { listen } from "./wedge.js";

const THANKS = 8000;
const IDLE = 60000;
const WARNING = 20000;
const STAFF = 60000;
const HOLD = 3000;
const RESTING = ["idle", "pair", "thanks", "closed", "lost"];
const main = document.getElementById("main");
const foot = document.getElementById("foot");
const still = document.getElementById("still");
const lang = document.documentElement.lang;

let person = fresh();
let timers = [];
let busy = false;
let holding = null;

function fresh() {
  return { volatile: false, draft: null, receipt: null, hint: null, entry: null, step: null, shown: null, began: 0, screen: "idle" };
}

function clearTimers() {
  timers.forEach(clearTimeout);
  timers = [];
  still.hidden = true;
}

function show(name) {
  const template = document.getElementById(name);
  const content = template.content.cloneNode(true);
  main.replaceChildren(...content.querySelector("[data-main]").childNodes);
  const below = content.querySelector("[data-foot]");
  foot.replaceChildren(...(below ? below.childNodes : []));
  document.body.className = "kiosk " + template.dataset.body;
  person.screen = name;
  document.getElementById("main").scrollTop = 0;
  watch();
}

// Between the faces and the thanks, and while a receipt is being typed, a person may walk away.
function watch() {
  clearTimers();
  if (RESTING.includes(person.screen)) return;
  if (["pin", "status"].includes(person.screen)) {
    timers.push(setTimeout(home, STAFF));
    return;
  }
  const double = document.documentElement.dataset.text || document.documentElement.dataset.contrast ? 2 : 1;
  timers.push(setTimeout(warn, (IDLE - WARNING) * double, WARNING * double));
}

function warn(left) {
  still.hidden = false;
  const end = performance.now() + left;
  const tick = () => {
    const remaining = Math.ceil((end - performance.now()) / 1000);
    still.querySelector("[data-slot=seconds]").textContent = String(Math.max(remaining, 0));
    if (remaining <= 0) finish();
    else timers.push(setTimeout(tick, 250));
  };
  tick();
}

function home() {
  clearTimers();
  person = fresh();
  busy = false;
  document.documentElement.removeAttribute("data-text");
  document.documentElement.removeAttribute("data-contrast");
  pressed();
  history.replaceState(null, "", "/kiosk");
  if (lang !== "vi" || newVersionWaits()) location.replace("/kiosk?lang=vi");
  else rest();
}

// Idle within the opening hours, closed outside them.
async function rest() {
  if (person.screen !== "closed") show("idle");
  await lookAtTheClock();
}

async function lookAtTheClock() {
  if (!["idle", "closed"].includes(person.screen)) return;
  const settings = await queue.readMeta("settings").catch(() => null);
  const now = opening(settings && settings.opening_hours, Date.now() - sender.clockOffset());
  if (now.open && person.screen === "closed") show("idle");
  if (now.open || person.screen !== "idle") return;
  show("closed");
  main.querySelector("[data-slot=opens]").textContent = now.next;
}

async function finish() {
  const { draft, volatile } = person;
  home();
  if (!draft) return;
  if (volatile) {
    await sender.sendAtOnce(itemOf(draft)).catch(() => false);
    return;
  }
  await queue.seal(draft.id, sender.clockOffset());
  sender.send();
}

function faces() {
  person.began = performance.now();
  show("rate");
  if (!person.shown) return;
  const strip = main.querySelector("[data-slot=case]");
  strip.hidden = false;
  strip.querySelector("[data-slot=officer]").textContent = person.shown.officer || "–";
  strip.querySelector("[data-slot=procedure]").textContent = person.shown.procedure || "–";
  strip.querySelector("[data-slot=code]").textContent = person.shown.code || "";
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");
}

async function followHash(secret) {
  if (!crypto.subtle) return null;
  return hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret)));
}

async function newDraft(level) {
  const secret = queue.uuid().replaceAll("-", "");
  return {
    id: queue.uuid(), secret, kind: "rating", relates_to: null, level, receipt: person.receipt,
    receipt_hint: person.hint, follow_hash: await followHash(secret), step: person.step,
    channel: "tablet", entry: person.entry, questionnaire: "sao5@1", answers: {}, reasons: [],
    comment: null, contact: null, lang, rated_at: new Date().toISOString(),
    duration_ms: Math.round(performance.now() - person.began),
  };
}

async function rate(level, tile) {
  if (busy) return;
  busy = true;
  tile.classList.add("sel");
  try {
    const draft = person.draft ? Object.assign({}, person.draft, { level, reasons: [] }) : await newDraft(level);
    await queue.saveDraft(draft);
    person.draft = draft;
  } catch (error) {
    person.draft = Object.assign({}, person.draft || (await newDraft(level)), { level, reasons: [] });
    person.volatile = true;
  }
  setTimeout(() => {
    busy = false;
    why();
  }, 240);
}

function why() {
  show(person.draft.level <= 3 ? "why-low" : "why-high");
  main.querySelectorAll("input[name=reason]").forEach((box) => {
    box.checked = box.value.split(" ").every((code) => person.draft.reasons.includes(code));
  });
}

async function keepDraft(changed) {
  person.draft = Object.assign({}, person.draft, changed);
  if (person.volatile) return;
  await queue.saveDraft(person.draft).catch(() => { person.volatile = true; });
}

function comment() {
  show("comment");
  const box = main.querySelector("textarea");
  box.value = person.draft.comment || "";
  left(box);
  box.focus();
}

function left(box) {
  main.querySelector("[data-slot=left]").textContent = String(500 - box.value.length);
}

function writes(box) {
  left(box);
  watch();
  keepDraft({ comment: box.value.trim() || null });
}

async function keepReasons() {
  const boxes = main.querySelectorAll("input[name=reason]:checked");
  await keepDraft({ reasons: Array.from(boxes).flatMap((box) => box.value.split(" ")) });
}

// The code's drawer is loaded when it is needed, not before the first screen can be used.
async function drawQr(secret) {
  const slot = main.querySelector("[data-slot=qr]");
  const { default: qrcode } = await import("../vendor/qrcode.mjs");
  const code = qrcode(0, "M");
  code.addData(location.origin + "/c/" + secret);
  code.make();
  slot.innerHTML = code.createSvgTag({ cellSize: 2, margin: 4, scalable: true });
}

function itemOf(draft) {
  const item = Object.assign({}, draft, { epoch: queue.uuid(), seq: 1, clock_offset_ms: sender.clockOffset() });
  delete item.secret;
  return item;
}

// Neither kept here nor taken there: said kindly, and never thanked for.
async function recordWithoutStorage() {
  const draft = person.draft;
  person.draft = null;
  const taken = await sender.sendAtOnce(itemOf(draft)).catch(() => false);
  show(taken ? "thanks" : "lost");
  if (taken) {
    main.querySelector("[data-act=withdraw]").hidden = true;
    drawQr(draft.secret);
  }
  timers.push(setTimeout(home, THANKS));
}

function thanks() {
  if (person.volatile) {
    recordWithoutStorage();
    return;
  }
  show("thanks");
  drawQr(person.draft.secret);
  if (!navigator.onLine) {
    main.querySelector("[data-slot=saved]").hidden = true;
    main.querySelector("[data-slot=queued]").hidden = false;
  }
  timers.push(setTimeout(finish, THANKS));
}

async function withdraw() {
  const draft = person.draft;
  clearTimers();
  if (draft && !person.volatile) await queue.withdrawDraft(draft.id);
  home();
}

function found(answer, entry) {
  person.receipt = answer.receipt;
  person.hint = null;
  person.entry = entry;
  person.step = answer.steps[0] || null;
  person.shown = { officer: answer.officer_display, procedure: answer.procedure, code: answer.receipt };
  faces();
}

function keepTyped(value) {
  const input = main.querySelector(".codeinput");
  if (input) input.value = value;
}

function rateAnyway(value, full, entry) {
  person.receipt = full ? value : null;
  person.hint = full ? null : value;
  person.entry = entry;
  person.shown = null;
  faces();
}

async function look(value, full, entry) {
  if (!value) return;
  const screen = full ? "code" : "receipt";
  show(screen + "-searching");
  keepTyped(value);
  try {
    const answer = await sender.lookUp(
      Object.assign({ lang: document.documentElement.lang }, full ? { code: value } : { digits: value })
    );
    if (answer.state === "open") return found(answer, entry);
    person.contested = answer.receipt || value;
    show((answer.state === "ambiguous" ? "code" : screen) + "-" + answer.state);
    keepTyped(answer.state === "ambiguous" ? "" : value);
  } catch (error) {
    rateAnyway(value, full, entry);
  }
}

async function contest() {
  await sender.contest(person.contested || "").catch(() => null);
  show("receipt-contested");
}

const typed = () => {
  const input = main.querySelector(".codeinput");
  return { value: input.value.trim(), full: input.name === "code" };
};

const ACTS = {
  receipt: () => show("receipt"),
  code: () => { show("code"); main.querySelector(".codeinput").focus(); },
  without: () => { person = fresh(); faces(); },
  home: () => (person.draft ? withdraw() : home()),
  rate: () => faces(),
  more: () => watch(),
  send: () => thanks(),
  done: () => finish(),
  withdraw: () => withdraw(),
  continue: () => { const t = typed(); look(t.value, t.full, "typed"); },
  anyway: () => { const t = typed(); rateAnyway(t.value, t.full, "typed"); },
  contest: () => contest(),
  comment: () => comment(),
  why: () => why(),
  skip: () => { keepDraft({ comment: null }); thanks(); },
  sendnow: () => { watch(); staff.sendNow(); },
  export: () => { watch(); staff.exportQueue(); },
  "text-normal": () => { document.documentElement.removeAttribute("data-text"); pressed(); },
  "text-plus": () => { document.documentElement.dataset.text = "plus"; pressed(); },
  contrast: () => {
    const root = document.documentElement;
    if (root.dataset.contrast) root.removeAttribute("data-contrast");
    else root.dataset.contrast = "high";
    pressed();
  },
};

function pressed() {
  const root = document.documentElement.dataset;
  const states = { "text-normal": !root.text, "text-plus": Boolean(root.text), contrast: Boolean(root.contrast) };
  Object.keys(states).forEach((name) => {
    document.querySelector(".k-top [data-act=" + name + "]").setAttribute("aria-pressed", String(states[name]));
  });
}

function press(key) {
  const input = main.querySelector(".codeinput");
  if (key === "clear") input.value = "";
  else if (key === "back") input.value = input.value.slice(0, -1);
  else if (input.value.length < 6) input.value += key;
  watch();
}

function onClick(event) {
  const tile = event.target.closest(".tile");
  const key = event.target.closest("[data-key]");
  const act = event.target.closest("[data-act]");
  const digit = event.target.closest("[data-pin]");
  if (digit) {
    watch();
    staff.press(digit.dataset.pin, () => { show("status"); staff.fill(); });
  } else if (tile) {
    event.preventDefault();
    rate(Number(tile.value), tile);
  } else if (key) {
    press(key.dataset.key);
  } else if (act && ACTS[act.dataset.act]) {
    event.preventDefault();
    ACTS[act.dataset.act]();
  }
}

function attend() {
  document.addEventListener("click", onClick);
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.dataset.form === "receipt") ACTS.continue();
  });
  document.addEventListener("input", (event) => {
    if (event.target.name === "comment") writes(event.target);
  });
  document.querySelector(".brand").addEventListener("pointerdown", () => {
    if (!["idle", "closed"].includes(person.screen)) return;
    holding = setTimeout(() => { show("pin"); staff.opened(); }, HOLD);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    document.querySelector(".brand").addEventListener(end, () => clearTimeout(holding));
  }
  setInterval(lookAtTheClock, 20000);
  document.addEventListener("change", (event) => {
    if (event.target.name === "reason") { keepReasons(); watch(); }
  });
  document.addEventListener("pointerdown", () => { if (still.hidden) watch(); else if (person.screen !== "thanks") watch(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  listen((code) => {
    if (["pair", "pin", "status", "closed"].includes(person.screen) || person.draft) return;
    person = fresh();
    look(code, true, "scan");
  });
}

async function begin() {
  history.replaceState(null, "", location.pathname + location.search);
  let token = await queue.readMeta("token").catch(() => localStorage.getItem("kiosk-token"));
  if (!token) {
    show("pair");
    token = await pair((code) => {
      main.querySelector("[data-slot=pair]").textContent = code.slice(0, 3) + " " + code.slice(3);
    });
  }
  await queue.readMeta("offset").then((offset) => queue.sealLeftovers(offset || 0)).catch(() => 0);
  rest();
  attend();
  document.documentElement.dataset.ready = "yes";
  sender.start(token).then(lookAtTheClock, lookAtTheClock);
  setTimeout(keep, 1000);
}

begin();
