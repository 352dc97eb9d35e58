// The counter's call: asked for more than once a second, shown only on a tablet at rest, never in the middle of
// a rating; taken back while nobody has tapped yet.

import * as queue from "./queue.js";
import { faces } from "./rating.js";
import { home } from "./rest.js";
import { another, lang, person } from "./visit.js";

const EACH = 700;
const AFTER_FAILURE = 2000;
const UNKNOWN_HERE = 30000;
const WAIT = 5000;
let tag = null;
let open = null;
let until = 0;
let seen = null;
let seenUntil = 0;

async function ask(token, showing) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), WAIT);
  const headers = { Authorization: "Bearer " + token };
  if (tag) headers["If-None-Match"] = tag;
  try {
    const answer = await fetch("/api/v1/device/call" + (showing ? "?showing=1" : ""), {
      headers, cache: "no-store", credentials: "omit", signal: control.signal,
    });
    if (answer.status === 304) return EACH;
    if (answer.status === 401) return UNKNOWN_HERE;
    const kind = answer.headers.get("Content-Type") || "";
    if (answer.status !== 200 || !kind.startsWith("application/json")) return AFTER_FAILURE;
    const body = await answer.json();
    tag = answer.headers.get("ETag");
    open = body.call;
    if (open) until = performance.now() + open.expires_in_ms;
    return EACH;
  } catch (error) {
    return AFTER_FAILURE;
  } finally {
    clearTimeout(timer);
  }
}

// Only a tablet at rest takes a call; one that was taken back goes home if nobody has tapped.
function act() {
  const gone = person.invitation && (!open || open.invitation !== person.invitation);
  const untouched = person.screen === "rate" && !person.draft && !person.busy;
  if (gone && untouched && performance.now() < seenUntil) home();
  const known = !open || open.invitation === seen || performance.now() >= until;
  if (known || !["idle", "closed"].includes(person.screen)) return;
  seen = open.invitation;
  seenUntil = until;
  queue.writeMeta("called", seen).catch(() => null);
  show(open);
}

function show(call) {
  another();
  Object.assign(person, {
    receipt: call.receipt, entry: "invited", step: call.step, invitation: call.invitation,
    shown: { officer: call.officer_display, procedure: (call.procedure || {})[lang], code: call.receipt },
  });
  faces();
}

// A call is shown once, also across a reload.
export async function answerCalls(token) {
  seen = await queue.readMeta("called").catch(() => null);
  const round = async () => {
    const began = performance.now();
    const pause = await ask(token, Boolean(person.invitation));
    act();
    setTimeout(round, Math.max(pause - (performance.now() - began), 100));
  };
  round();
}
