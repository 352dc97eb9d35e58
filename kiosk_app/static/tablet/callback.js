// "I should like an answer": a request to be called back, an item of its own beside the rating.

import * as queue from "./queue.js";
import { main, slot, watch } from "./screens.js";
import * as sender from "./sender.js";
import { itemOf, newItem, person } from "./visit.js";

const PHONE = /^\+?[0-9]{9,15}$/;

const box = () => main.querySelector("input[name=callback]");
const field = () => main.querySelector("input[name=phone]");
const number = () => field().value.replace(/[ .\-()]/g, "");

export function restore() {
  const wish = person.wish;
  if (wish) {
    box().checked = true;
    field().value = wish.contact.phone;
  }
  look();
}

function look() {
  slot("phonebox").hidden = !box().checked;
  box().parentElement.classList.toggle("on", box().checked);
  slot("phonewrong").hidden = true;
}

// Kept as soon as the number can be one, dropped when the wish is taken back.
export async function wishes() {
  watch();
  look();
  if (!box().checked || !PHONE.test(number())) {
    await drop();
    return;
  }
  const contact = { phone: number(), consent_version: slot("phonebox").dataset.consent };
  const { id, receipt, receipt_hint, step, entry } = person.draft;
  person.wish = Object.assign(person.wish || newItem({
    kind: "contact", relates_to: id, level: null, receipt, receipt_hint, step, entry, follow_hash: null,
  }), { contact });
  if (!person.volatile) await queue.saveDraft(person.wish).catch(() => null);
}

export async function drop() {
  const wish = person.wish;
  person.wish = null;
  if (wish) await queue.dropDraft(wish.id).catch(() => null);
}

// Whether the comment screen may be left: a wish without a number is said, not swallowed.
export function complete() {
  if (!box() || !box().checked || PHONE.test(number())) return true;
  slot("phonewrong").hidden = false;
  field().focus();
  watch();
  return false;
}

export async function sealWish(wish, volatile) {
  if (!wish) return;
  if (volatile) await sender.sendAtOnce(itemOf(wish)).catch(() => false);
  else await sender.seal(wish.id);
}
