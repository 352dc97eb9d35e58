// The flow on the tablet: idle → receipt → faces → reasons → thanks → idle.

import { offer, perform } from "./acts.js";
import { answerCalls } from "./call.js";
import { wishes } from "./callback.js";
import { choose } from "./language.js";
import { pair } from "./pairing.js";
import * as queue from "./queue.js";
import { keepReasons, rate, writes } from "./rating.js";
import { changed, hearScanner, press } from "./receipt.js";
import { lookAtTheClock, rest } from "./rest.js";
import { main, show, slot, watch } from "./screens.js";
import * as sender from "./sender.js";
import { keep } from "./shell.js";
import * as staff from "./staff.js";
import { answer } from "./survey.js";
import { person } from "./visit.js";
import "./aloud.js";

const HOLD = 3000;
const CLOCK = 20000;

offer({
  sendnow: () => { watch(); staff.sendNow(); },
  export: () => { watch(); staff.exportQueue(); },
});

function onClick(event) {
  const near = (selector) => event.target.closest(selector);
  const language = near(".langlink");
  const [tile, key, act, digit] = [near(".tile"), near("[data-key]"), near("[data-act]"), near("[data-pin]")];
  if (language) {
    event.preventDefault();
    choose(language);
  } else if (digit) {
    watch();
    staff.press(digit.dataset.pin, () => { show("status"); staff.fill(); });
  } else if (tile) {
    event.preventDefault();
    rate(Number(tile.value), tile);
  } else if (key) {
    press(key.dataset.key);
  } else if (act && perform(act.dataset.act)) {
    event.preventDefault();
    // Larger text, contrast and reading aloud double the time that is given: from now, not from the next touch.
    if (act.closest(".k-top")) watch();
  }
}

function heldForStaff() {
  const brand = document.querySelector(".brand");
  let holding = null;
  brand.addEventListener("pointerdown", () => {
    if (!["idle", "closed"].includes(person.screen)) return;
    holding = setTimeout(() => { show("pin"); staff.opened(); }, HOLD);
  });
  for (const end of ["pointerup", "pointercancel", "pointerleave"]) {
    brand.addEventListener(end, () => clearTimeout(holding));
  }
}

// A page that is put aside and brought back again shows nothing of the person it was left by.
function leaveNothing() {
  window.addEventListener("pagehide", () => {
    main.replaceChildren();
    document.getElementById("foot").replaceChildren();
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
}

function attend() {
  document.addEventListener("click", onClick);
  document.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.target.dataset.form === "receipt") perform("continue");
  });
  document.addEventListener("input", (event) => {
    if (event.target.name === "comment") writes(event.target);
    if (event.target.name === "phone") wishes();
    if (event.target.classList.contains("codeinput")) changed();
  });
  document.addEventListener("change", (event) => {
    if (event.target.name === "reason") { keepReasons(); watch(); }
    if (event.target.name === "answer") answer(event.target.value);
    if (event.target.name === "callback") wishes();
  });
  document.addEventListener("pointerdown", () => watch());
  leaveNothing();
  heldForStaff();
  hearScanner();
  setInterval(lookAtTheClock, CLOCK);
}

// A store that is broken or was emptied leaves the tablet what it is: only its epoch is new.
async function kept() {
  const token = await queue.readMeta("token").catch(() => null);
  if (token) return token;
  const known = localStorage.getItem("kiosk-token");
  if (known) await queue.writeMeta("token", known).catch(() => null);
  return known;
}

async function begin() {
  history.replaceState(null, "", location.pathname + location.search);
  let token = await kept();
  if (!token) {
    show("pair");
    token = await pair((code) => {
      slot("pair").textContent = code.slice(0, 3) + " " + code.slice(3);
    });
  }
  await queue.sealLeftovers(0).catch(() => 0);
  rest();
  attend();
  document.documentElement.dataset.ready = "yes";
  sender.start(token).then(lookAtTheClock, lookAtTheClock);
  answerCalls(token);
  queue.beginNewLog().catch(() => null);
  setTimeout(keep, 1000);
}

begin();
