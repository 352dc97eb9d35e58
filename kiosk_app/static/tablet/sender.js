// The single sender: oldest sealed items first; one leaves the queue only on its own verdict.

import * as queue from "./queue.js";
import { storage } from "./shell.js";

const BATCH = 100;
const WAIT = 5000;
const VERDICTS = ["created", "duplicate", "conflict", "rejected"];
let token = null;
let offset = 0;
let waiting = null;
let failures = 0;
let running = null;
let again = false;
let online = false;
let delay = null;
let trouble = null;

export function clockOffset() {
  return offset;
}

function learnTime(text) {
  const server = Date.parse(text || "");
  if (!Number.isNaN(server)) offset = Date.now() - server;
}

function headers() {
  return { Authorization: "Bearer " + token, "Content-Type": "application/json" };
}

// A captive portal answers 200 with a page: only a JSON answer with verdicts counts.
async function deliver() {
  const rows = await queue.oldest(BATCH);
  if (!rows.length) return 0;
  const answer = await fetch("/api/v1/ratings", {
    method: "POST",
    headers: headers(),
    body: JSON.stringify({ ratings: rows.map((row) => row.item) }),
    cache: "no-store",
    credentials: "omit",
  });
  const kind = answer.headers.get("Content-Type") || "";
  if (answer.status !== 200 || !kind.startsWith("application/json")) throw new Error("no verdict");
  const body = await answer.json();
  const decided = new Set(
    (body.results || []).filter((r) => VERDICTS.includes(r.verdict)).map((r) => r.id)
  );
  const gone = rows.filter((row) => decided.has(row.item.id)).map((row) => row.seq);
  await queue.remove(gone);
  await queue.writeMeta("sent", new Date().toISOString());
  learnTime(body.server_time);
  if (!gone.length) throw new Error("no verdict");
  return rows.length;
}

function later(milliseconds) {
  clearTimeout(waiting);
  waiting = setTimeout(send, milliseconds);
}

async function sendAll() {
  try {
    let sent = 0;
    do sent = await deliver();
    while (sent === BATCH);
    failures = 0;
    later(30000);
  } catch (error) {
    failures = Math.min(failures + 1, 7);
    later(Math.random() * 1000 * 2 ** failures + 500);
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

async function learn() {
  const answer = await timed("/api/v1/device/bootstrap", { headers: headers() });
  noteTrouble(answer.status === 401 ? "unknowntoken" : null);
  if (!answer.ok) throw new Error("not answered");
  const known = await answer.json();
  learnTime(known.server_time);
  await queue.writeMeta("settings", known.settings);
  await queue.writeMeta("device", known.device);
  await queue.writeMeta("queue_public_key", known.queue_public_key);
  await queue.writeMeta("offset", offset);
}

export async function start(deviceToken) {
  token = deviceToken;
  try {
    await learn();
  } catch (error) {
    offset = (await queue.readMeta("offset")) || 0;
  }
  window.addEventListener("online", () => later(0));
  await heartbeat();
  setInterval(heartbeat, 60000);
  setInterval(() => learn().catch(() => null), 15 * 60000);
  return send();
}

async function heartbeat() {
  const began = performance.now();
  try {
    const space = await storage();
    const answer = await timed("/api/v1/device/heartbeat", {
      method: "POST",
      headers: headers(),
      body: JSON.stringify({
        app_version: "1", epoch: await queue.readMeta("epoch"), queue_length: await queue.length(),
        last_seq: await queue.readMeta("last_seq"), withdrawn: (await queue.readMeta("withdrawn")) || 0,
        storage_free: space.quota ? space.quota - space.used : null, clock: new Date().toISOString(),
      }),
    });
    online = answer.ok || answer.status === 401;
    delay = Math.round(performance.now() - began);
    if (answer.status === 401) return noteTrouble("unknowntoken");
    const body = await answer.json();
    learnTime(body.server_time);
    noteTrouble((body.commands || []).some((c) => c.command === "revoke") ? "revoked" : null);
  } catch (error) {
    online = false;
    delay = null;
    later(5000);
  }
  return undefined;
}

// How the line is, for the staff overlay.
export async function state() {
  await heartbeat();
  return { online, delay, sent: await queue.readMeta("sent"), trouble };
}

function noteTrouble(what) {
  trouble = what;
}

// A server that hangs is a server that is not there: the person must not wait for it.
async function timed(address, options) {
  const control = new AbortController();
  const timer = setTimeout(() => control.abort(), WAIT);
  try {
    return await fetch(address, Object.assign({ cache: "no-store", credentials: "omit", signal: control.signal }, options));
  } finally {
    clearTimeout(timer);
  }
}

export async function lookUp(parameters) {
  const address = "/api/v1/device/receipts?" + new URLSearchParams(parameters);
  const answer = await timed(address, { headers: headers() });
  if (!answer.ok) throw new Error("not answered");
  return answer.json();
}

export async function contest(receipt) {
  await timed("/api/v1/device/contests", {
    method: "POST", headers: headers(), body: JSON.stringify({ receipt }),
  });
}

// Without storage an item exists only here: it is recorded when the server says so, or lost.
export async function sendAtOnce(item) {
  const answer = await timed("/api/v1/ratings", {
    method: "POST", headers: headers(), body: JSON.stringify({ ratings: [item] }),
  });
  if (answer.status !== 200) return false;
  const verdict = ((await answer.json()).results || [])[0];
  return Boolean(verdict) && ["created", "duplicate"].includes(verdict.verdict);
}
