// The person before the tablet: what is known of this visit, and the draft it has made.

import * as queue from "./queue.js";
import * as sender from "./sender.js";

export let lang = document.documentElement.lang;
export let person = fresh();

function fresh() {
  return {
    busy: false, volatile: false, draft: null, receipt: null, hint: null, entry: null, step: null,
    shown: null, invitation: null, began: 0, screen: "idle", wish: null, offered: null, survey: null,
  };
}

export function speaks(code) {
  lang = code;
}

// Nothing of the one who leaves goes over to the one who comes.
export function another() {
  person = fresh();
}

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (b) => b.toString(16).padStart(2, "0")).join("");
}

async function followHash(secret) {
  if (!crypto.subtle) return null;
  return hex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret)));
}

// An item of this visit; what is said of it stands in `told`.
export function newItem(told) {
  return Object.assign({
    id: queue.uuid(), channel: "tablet", questionnaire: "sao5@1", answers: {}, reasons: [],
    comment: null, contact: null, lang, rated_at: new Date().toISOString(),
    duration_ms: Math.round(performance.now() - person.began), clock_offset_ms: sender.clockOffset(),
  }, told);
}

export async function newDraft(level) {
  const secret = queue.uuid().replaceAll("-", "");
  const called = person.invitation ? { invitation: person.invitation } : {};
  return Object.assign(called, newItem({
    secret, kind: "rating", relates_to: null, level, receipt: person.receipt,
    receipt_hint: person.hint, follow_hash: await followHash(secret), step: person.step,
    entry: person.entry,
  }));
}

export async function keepDraft(changed) {
  person.draft = Object.assign({}, person.draft, changed);
  if (person.volatile) return;
  await queue.saveDraft(person.draft).catch(() => { person.volatile = true; });
}

// Without storage there is no sequence: the item's own epoch says so.
export function itemOf(draft) {
  const item = Object.assign({}, draft, { epoch: queue.uuid(), seq: 1 });
  delete item.secret;
  return item;
}
