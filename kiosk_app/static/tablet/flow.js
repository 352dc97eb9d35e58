// The flow on the tablet: idle → receipt → faces → reasons → thanks → idle.

import qrcode from "../vendor/qrcode.mjs";
import { pair } from "./pairing.js";
import * as queue from "./queue.js";
import * as sender from "./sender.js";
import { listen } from "./wedge.js";

const THANKS = 8000;
const IDLE = 60000;
const WARNING = 20000;
const main = document.getElementById("main");
const foot = document.getElementById("foot");
const still = document.getElementById("still");
const lang = document.documentElement.lang;

let person = fresh();
let timers = [];
let busy = false;

function fresh() {
  return { draft: null, receipt: null, hint: null, entry: null, step: null, shown: null, began: 0, screen: "idle" };
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
  if (["idle", "pair", "thanks"].includes(person.screen)) return;
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
  history.replaceState(null, "", "/kiosk");
  if (lang !== "vi") location.replace("/kiosk?lang=vi");
  else show("idle");
}

async function finish() {
  const draft = person.draft;
  home();
  if (!draft) return;
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
    show("lost");
    timers.push(setTimeout(home, THANKS));
    return;
  }
  setTimeout(() => {
    busy = false;
    show(level <= 3 ? "why-low" : "why-high");
  }, 240);
}

async function keepReasons() {
  const boxes = main.querySelectorAll("input[name=reason]:checked");
  const codes = Array.from(boxes).flatMap((box) => box.value.split(" "));
  person.draft = Object.assign({}, person.draft, { reasons: codes });
  await queue.saveDraft(person.draft);
}

function drawQr(secret) {
  const slot = main.querySelector("[data-slot=qr]");
  const code = qrcode(0, "M");
  code.addData(location.origin + "/c/" + secret);
  code.make();
  slot.innerHTML = code.createSvgTag({ cellSize: 2, margin: 4, scalable: true });
}

function thanks() {
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
  if (draft) await queue.withdrawDraft(draft.id);
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
  const body = new URLSearchParams({ receipt: person.contested || "" });
  body.set("csrf_token", main.querySelector("[name=csrf_token]").value);
  await fetch("/kiosk/contest", { method: "POST", body });
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
  "text-normal": () => document.documentElement.removeAttribute("data-text"),
  "text-plus": () => (document.documentElement.dataset.text = "plus"),
  contrast: () => {
    const root = document.documentElement;
    if (root.dataset.contrast) root.removeAttribute("data-contrast");
    else root.dataset.contrast = "high";
  },
};

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
  if (tile) {
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
  document.addEventListener("change", (event) => {
    if (event.target.name === "reason") { keepReasons(); watch(); }
  });
  document.addEventListener("pointerdown", () => { if (still.hidden) watch(); else if (person.screen !== "thanks") watch(); });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  listen((code) => {
    if (person.screen === "pair" || person.draft) return;
    person = fresh();
    look(code, true, "scan");
  });
}

async function begin() {
  history.replaceState(null, "", location.pathname + location.search);
  let token = await queue.readMeta("token");
  if (!token) {
    show("pair");
    token = await pair((code) => {
      main.querySelector("[data-slot=pair]").textContent = code.slice(0, 3) + " " + code.slice(3);
    });
  }
  await queue.sealLeftovers((await queue.readMeta("offset")) || 0);
  show("idle");
  attend();
  document.documentElement.dataset.ready = "yes";
  sender.start(token);
}

begin();
