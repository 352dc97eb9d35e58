// Which dossier is rated: digits typed, a code typed, or a code scanned.

import { offer } from "./acts.js";
import { faces } from "./rating.js";
import { main, show, watch } from "./screens.js";
import * as sender from "./sender.js";
import { another, lang, person } from "./visit.js";
import { listen } from "./wedge.js";

const DIGITS = 6;
const field = () => main.querySelector(".codeinput");

function found(answer, entry) {
  person.receipt = answer.receipt;
  person.hint = null;
  person.entry = entry;
  person.step = answer.steps[0] || null;
  person.shown = { officer: answer.officer_display, procedure: answer.procedure, code: answer.receipt };
  faces();
}

function keepTyped(value) {
  if (field()) field().value = value;
}

function rateAnyway(value, full, entry) {
  person.receipt = full ? value : null;
  person.hint = full ? null : value;
  person.entry = entry;
  person.shown = null;
  faces();
}

export async function look(value, full, entry) {
  if (!value) return;
  const screen = full ? "code" : "receipt";
  show(screen + "-searching");
  keepTyped(value);
  try {
    const answer = await sender.lookUp(Object.assign({ lang }, full ? { code: value } : { digits: value }));
    if (answer.state === "open") {
      found(answer, entry);
      return;
    }
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

function typed() {
  return { value: field().value.trim(), full: field().name === "code" };
}

export function press(key) {
  const input = field();
  if (key === "clear") input.value = "";
  else if (key === "back") input.value = input.value.slice(0, -1);
  else if (input.value.length < DIGITS) input.value += key;
  watch();
}

// A scanner that types is heard on every screen of a person who has not rated yet.
export function hearScanner() {
  listen((code) => {
    if (["pair", "pin", "status", "closed"].includes(person.screen) || person.draft) return;
    another();
    look(code, true, "scan");
  });
}

offer({
  receipt: () => show("receipt"),
  code: () => { show("code"); field().focus(); },
  continue: () => { const t = typed(); look(t.value, t.full, "typed"); },
  anyway: () => { const t = typed(); rateAnyway(t.value, t.full, "typed"); },
  contest: () => contest(),
});
