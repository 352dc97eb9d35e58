// The single sender: oldest sealed items first; one leaves the queue only on its own verdict.

import { clockOffset, keepTime, learnTime, rememberTime } from "./clock.js";
import * as queue from "./queue.js";
import { storage } from "./shell.js";

export { clockOffset };

const BATCH = 100;
const WAIT = 5000;
const DELIVERY = 30000;
const REST = 30000;
const VERDICTS = ["created", "duplicate", "conflict", "rejected"];
let token = null;
let size = BATCH;
let waiting = null;
let failures = 0;
let running = null;
let again = false;
let online = false;
let delay = null;
let trouble = null;

function headers() {
  return { Authorization: "Bearer " + token, "Content-Type": "application/json" };
}

// A server that hangs is a server that is not there, and a captive portal answers 200 with a page:
// only an answer in time, and in JSON, has a body.
async function ask(address, options, limit) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), limit || WAIT);
  try {
    const answer = await fetch(address, Object.assign(
      { headers: headers(), cache: "no-store", credentials: "omit", signal: control.signal }, options
    ));
    const kind = answer.headers.get("Content-Type") || "";
    const body = answer.status === 200 && kind.startsWith("application/json") ? await answer.json() : null;
    const pause = Number(answer.headers.get("Retry-After")) || 0;
    return { status: answer.status, body, pause: Math.min(pause, 600) * 1000 };
  } finally {
    clearTimeout(timer);
  }
}

function post(address, content, limit) {
  return ask(address, { method: "POST", body: JSON.stringify(content) }, limit);
}

function refused(answer) {
  if (answer.status === 401) trouble = "unknowntoken";
  // Too much at once, or one item that the server stumbles over: smaller deliveries.
  if (answer.status === 413 || answer.status === 500) size = Math.max(1, Math.floor(size / 2));
  return Object.assign(new Error("no verdict"), { pause: answer.pause || 0 });
}

// Whether there may be more to send.
async function deliver() {
  const rows = await queue.oldest(size);
  if (!rows.length) return false;
  const answer = await post("/api/v1/ratings", { ratings: rows.map((row) => row.item) }, DELIVERY);
  const results = (answer.body && answer.body.results) || [];
  const verdicts = new Map(results.map((r) => [r.id, r.verdict]));
  const gone = rows.filter((row) => VERDICTS.includes(verdicts.get(row.item.id)));
  if (!gone.length) throw refused(answer);
  const aside = gone.filter((row) => ["conflict", "rejected"].includes(verdicts.get(row.item.id)));
  await queue.settle(gone.map((row) => row.seq), aside.length);
  learnTime(answer.body.server_time);
  size = Math.min(BATCH, size * 2);
  failures = 0;
  return true;
}

function later(milliseconds) {
  clearTimeout(waiting);
  waiting = setTimeout(send, milliseconds);
}

async function sendAll() {
  try {
    while (await deliver());
    later(REST);
  } catch (error) {
    failures = Math.min(failures + 1, 7);
    later(Math.max(Math.random() * 1000 * 2 ** failures + 500, (error.pause || 0) * (1 + Math.random())));
  }
}

function sendAlone() {
  if (!navigator.locks) return sendAll();
  return navigator.locks.request("kiosk-sender", { ifAvailable: true }, (lock) => {
    if (lock) return sendAll();
    later(5000);
    return undefined;
  });
}

// An item sealed while a delivery is under way is sent by a round of its own right after it:
// that delivery may have read the queue before the item was in it.
export function send() {
  if (!token) return Promise.resolve();
  if (running) {
    again = true;
    return running;
  }
  const ended = () => {
    running = null;
    if (!again) return undefined;
    again = false;
    return send();
  };
  running = sendAlone().then(ended, ended);
  return running;
}

// A draft whose sealing fails (no space) stays a draft and is tried again, not forgotten.
export async function seal(id) {
  try {
    await queue.seal(id, clockOffset());
  } catch (error) {
    setTimeout(seal, 5000, id);
    return;
  }
  send();
}

async function learn() {
  const answer = await ask("/api/v1/device/bootstrap", {});
  const known = answer.body;
  if (answer.status === 401) trouble = "unknowntoken";
  if (!known || !known.settings) throw new Error("not answered");
  learnTime(known.server_time);
  await queue.writeMeta("settings", known.settings);
  await queue.writeMeta("device", known.device);
  await queue.writeMeta("queue_public_key", known.queue_public_key);
}

export async function start(deviceToken) {
  token = deviceToken;
  await rememberTime().catch(() => null);
  window.addEventListener("online", () => later(0));
  setInterval(heartbeat, 60000);
  setInterval(() => learn().catch(() => null), 15 * 60000);
  send();
  await learn().catch(() => null);
  return heartbeat();
}

async function signOfLife() {
  const space = await storage();
  return {
    app_version: "1", epoch: await queue.readMeta("epoch"), queue_length: await queue.length(),
    last_seq: await queue.readMeta("last_seq"), withdrawn: (await queue.readMeta("withdrawn")) || 0,
    storage_free: space.quota ? space.quota - space.used : null, clock: new Date().toISOString(),
  };
}

function noteLine(answer, took) {
  const back = !online;
  const answered = answer.status === 401 || Boolean(answer.body && answer.body.server_time);
  online = answered;
  delay = answered ? took : null;
  if (!answered) return;
  if (answer.status === 401) trouble = "unknowntoken";
  else {
    learnTime(answer.body.server_time);
    trouble = (answer.body.commands || []).some((c) => c.command === "revoke") ? "revoked" : null;
  }
  // The line is back: no need to wait for the end of a long pause, but not all tablets at once.
  if (back && failures) later(Math.random() * 2000);
}

async function heartbeat() {
  const began = performance.now();
  try {
    const answer = await post("/api/v1/device/heartbeat", await signOfLife());
    noteLine(answer, Math.round(performance.now() - began));
  } catch (error) {
    online = false;
    delay = null;
  }
  await keepTime().catch(() => null);
}

// How the line is, for the staff overlay.
export async function state() {
  await heartbeat();
  return {
    online, delay, trouble, sent: await queue.readMeta("sent"),
    putAside: (await queue.readMeta("put_aside")) || 0,
  };
}

export async function lookUp(parameters) {
  const answer = await ask("/api/v1/device/receipts?" + new URLSearchParams(parameters), {});
  if (!answer.body || !answer.body.state) throw new Error("not answered");
  return answer.body;
}

export async function contest(receipt) {
  await post("/api/v1/device/contests", { receipt });
}

// Without storage an item exists only here: it is recorded when the server says so, or lost.
export async function sendAtOnce(item) {
  const answer = await post("/api/v1/ratings", { ratings: [item] });
  const verdict = ((answer.body && answer.body.results) || [])[0];
  return Boolean(verdict) && ["created", "duplicate"].includes(verdict.verdict);
}
