// Faces → reasons → thanks: the tap is the rating, everything after it is optional.

import { offer } from "./acts.js";
import * as callback from "./callback.js";
import * as queue from "./queue.js";
import { home } from "./rest.js";
import { after, clearTimers, draws, foot, main, show, slot, watch, whenLeft } from "./screens.js";
import * as sender from "./sender.js";
import { invite } from "./survey.js";
import { another, itemOf, keepDraft, newDraft, person } from "./visit.js";

const THANKS = 8000;
const READ_ALOUD = 20000;
const PRESSED = 240;

// Who listens needs longer than who reads.
function stay() {
  return document.documentElement.dataset.aloud ? READ_ALOUD : THANKS;
}

export function faces() {
  person.began = performance.now();
  show("rate");
  foot.querySelector("[data-slot=notmine]").hidden = !person.shown;
  foot.querySelector("[data-slot=back]").hidden = Boolean(person.shown);
  if (!person.shown) return;
  const strip = slot("case");
  strip.hidden = false;
  for (const name of ["officer", "procedure"]) {
    const place = strip.querySelector("[data-slot=" + name + "]");
    place.textContent = person.shown[name] || "–";
    place.parentElement.parentElement.hidden = !("officer" in person.shown);
  }
  strip.querySelector("[data-slot=code]").textContent = person.shown.code || "";
}

export async function rate(level, tile) {
  if (person.busy) return;
  const who = person;
  who.busy = true;
  tile.classList.add("sel");
  try {
    const draft = who.draft ? Object.assign({}, who.draft, { level, reasons: [] }) : await newDraft(level);
    await queue.saveDraft(draft);
    who.draft = draft;
  } catch (error) {
    who.draft = Object.assign({}, who.draft || (await newDraft(level)), { level, reasons: [] });
    who.volatile = true;
  }
  setTimeout(() => {
    who.busy = false;
    if (who === person) why();
  }, PRESSED);
}

function why() {
  show(person.draft.level <= 3 ? "why-low" : "why-high");
  main.querySelectorAll("input[name=reason]").forEach((box) => {
    box.checked = box.value.split(" ").every((code) => person.draft.reasons.includes(code));
  });
}

export async function keepReasons() {
  const boxes = main.querySelectorAll("input[name=reason]:checked");
  await keepDraft({ reasons: Array.from(boxes).flatMap((box) => box.value.split(" ")) });
}

function comment() {
  show("comment");
  const box = main.querySelector("textarea");
  box.value = person.draft.comment || "";
  left(box);
  callback.restore();
  box.focus();
}

function left(box) {
  slot("left").textContent = String(500 - box.value.length);
}

export function writes(box) {
  left(box);
  watch();
  keepDraft({ comment: box.value.trim() || null });
}

// The code's drawer is loaded when it is needed, not before the first screen can be used.
async function drawQr(secret) {
  const place = slot("qr");
  const { default: qrcode } = await import("../vendor/qrcode.mjs");
  const code = qrcode(0, "M");
  code.addData(location.origin + "/c/" + secret);
  code.make();
  place.innerHTML = code.createSvgTag({ cellSize: 2, margin: 4, scalable: true });
}

// Neither kept here nor taken there: said kindly, and never thanked for.
async function recordWithoutStorage(screen) {
  const { draft, wish } = person;
  person.draft = null;
  person.wish = null;
  const taken = await sender.sendAtOnce(itemOf(draft)).catch(() => false);
  show(taken ? screen : "lost");
  if (taken) {
    main.querySelector("[data-act=withdraw]").hidden = true;
    if (slot("qr")) drawQr(draft.secret);
    callback.sealWish(wish, true);
  }
  after(stay(), home);
}

export function thanks(screen) {
  if (person.volatile) {
    recordWithoutStorage(screen);
    return;
  }
  show(screen);
  if (slot("qr")) drawQr(person.draft.secret);
  if (!navigator.onLine) {
    slot("saved").hidden = true;
    slot("queued").hidden = false;
  }
  if (screen === "thanks") invite();
  after(stay(), finish);
}

export async function finish() {
  const who = person;
  home();
  await seal(who);
}

// What a person tapped is kept as it stands.
export async function seal({ draft, volatile, wish }) {
  if (!draft) return;
  if (volatile) {
    await sender.sendAtOnce(itemOf(draft)).catch(() => false);
    await callback.sealWish(wish, true);
    return;
  }
  await sender.seal(draft.id);
  await callback.sealWish(wish, false);
}

async function withdraw() {
  const { draft, volatile } = person;
  clearTimers();
  await callback.drop();
  if (draft && !volatile) await queue.withdrawDraft(draft.id);
  home();
}

whenLeft(finish);
draws({ rate: faces, "why-low": why, "why-high": why, comment });
offer({
  without: () => { another(); faces(); },
  home: () => (person.draft ? withdraw() : home()),
  rate: () => faces(),
  why: () => why(),
  comment: () => comment(),
  more: () => watch(),
  send: () => { if (callback.complete()) thanks("thanks"); },
  skip: () => { keepDraft({ comment: null }); callback.drop(); thanks("thanks"); },
  done: () => finish(),
  withdraw: () => withdraw(),
});
