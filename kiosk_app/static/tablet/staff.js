// The staff overlay behind a PIN: queue, last delivery, sequence, version; send now; export.

import * as queue from "./queue.js";
import * as sender from "./sender.js";
import { storage } from "./shell.js";

const LENGTH = 6;
const LOCKED = 60000;
let entered = "";
let wrong = 0;
let lockedUntil = 0;

const slot = (name) => document.querySelector("#main [data-slot=" + name + "]");
const unhex = (text) => Uint8Array.from(text.match(/../g) || [], (pair) => parseInt(pair, 16));

function base64(buffer) {
  let text = "";
  new Uint8Array(buffer).forEach((byte) => { text += String.fromCharCode(byte); });
  return btoa(text);
}

function says(name, value) {
  const words = document.getElementById("status").content.querySelector("[data-slot=says]").dataset;
  return (words[name] || "").replace("#", String(value));
}

export function opened() {
  entered = "";
  dots();
}

function dots() {
  const marks = slot("pins").children;
  for (let i = 0; i < marks.length; i += 1) marks[i].className = i < entered.length ? "on" : "";
}

async function matches(pin) {
  const kept = ((await queue.readMeta("settings")) || {}).staff_pin;
  if (!kept || !crypto.subtle) return null;
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(pin), "PBKDF2", false, ["deriveBits"]);
  const bits = await crypto.subtle.deriveBits(
    { name: "PBKDF2", hash: "SHA-256", salt: unhex(kept.salt), iterations: kept.iterations }, key, 256
  );
  return Array.from(new Uint8Array(bits), (b) => b.toString(16).padStart(2, "0")).join("") === kept.hash;
}

// Calls `open` once the right PIN is in.
export async function press(key, open) {
  if (performance.now() < lockedUntil) {
    slot("pinmsg").textContent = says("locked");
    return;
  }
  entered = key === "back" ? entered.slice(0, -1) : (entered + key).slice(0, LENGTH);
  dots();
  if (entered.length < LENGTH) return;
  const pin = entered;
  entered = "";
  const right = await matches(pin);
  dots();
  if (right) {
    wrong = 0;
    open();
    return;
  }
  wrong += right === null ? 0 : 1;
  if (wrong >= 5) {
    wrong = 0;
    lockedUntil = performance.now() + LOCKED;
  }
  const locked = performance.now() < lockedUntil;
  slot("pinmsg").textContent = says(right === null ? "nopin" : locked ? "locked" : "wrongpin");
}

const clock = (text) => (text ? new Date(text).toLocaleTimeString("vi-VN", { hour: "2-digit", minute: "2-digit" }) : "");

function size(bytes) {
  return bytes > 1e9 ? (bytes / 1e9).toFixed(1) + " GB" : Math.round(bytes / 1e6) + " MB";
}

export async function fill() {
  const [first, waiting, space, state, device, number, epoch, names] = await Promise.all([
    queue.oldest(1), queue.length(), storage(), sender.state(),
    queue.readMeta("device"), queue.readMeta("last_seq"), queue.readMeta("epoch"),
    "caches" in window ? caches.keys() : [],
  ]);
  if (!slot("device")) return;
  slot("device").textContent = device || "";
  slot("link").textContent = says(state.online ? "online" : "offline");
  slot("delay").textContent = state.delay === null ? "" : says("delay", state.delay);
  slot("sent").textContent = clock(state.sent) || says("never");
  slot("refused").textContent = [
    state.trouble ? says(state.trouble) : "", state.putAside ? says("putaside", state.putAside) : "",
  ].filter(Boolean).join(" · ");
  slot("waiting").textContent = String(waiting);
  slot("waitbox").className = waiting ? "warn" : "";
  slot("oldest").textContent = first.length ? says("since", clock(first[0].item.rated_at)) : "";
  slot("seq").textContent = String(number || 0);
  slot("epoch").textContent = String(epoch || "–").slice(0, 8);
  slot("storage").textContent = space.quota ? size(space.used) + " / " + size(space.quota) : "–";
  slot("lasting").textContent = says(space.lasting ? "lasting" : "notlasting");
  slot("version").textContent = (names[0] || "").replace("kiosk-", "").slice(0, 8) || "–";
  slot("kept").textContent = says(navigator.serviceWorker && navigator.serviceWorker.controller ? "kept" : "notkept");
}

export async function sendNow() {
  slot("staffmsg").textContent = says("sending");
  await sender.send();
  slot("staffmsg").textContent = "";
  return fill();
}

async function encrypted(content, publicKey) {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const server = await crypto.subtle.importKey(
    "raw", Uint8Array.from(atob(publicKey), (c) => c.charCodeAt(0)), curve, false, []
  );
  const pair = await crypto.subtle.generateKey(curve, false, ["deriveBits"]);
  const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: server }, pair.privateKey, 256);
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const key = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(0), info: new TextEncoder().encode("kiosk queue v1") },
    base, { name: "AES-GCM", length: 256 }, false, ["encrypt"]
  );
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const format = "kiosk-queue@1";
  const data = await crypto.subtle.encrypt(
    { name: "AES-GCM", iv: nonce, additionalData: new TextEncoder().encode(format) }, key,
    new TextEncoder().encode(JSON.stringify(content))
  );
  return {
    format, key: base64(await crypto.subtle.exportKey("raw", pair.publicKey)),
    nonce: base64(nonce), data: base64(data),
  };
}

// What was exported stays in the queue: the server takes each rating once, however it comes.
export async function exportQueue() {
  try {
    const rows = await queue.oldest(1000000);
    const publicKey = await queue.readMeta("queue_public_key");
    const content = { token: await queue.readMeta("token"), items: rows.map((row) => row.item) };
    const file = await encrypted(content, publicKey);
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([JSON.stringify(file)], { type: "application/json" }));
    link.download = "hang-cho-" + ((await queue.readMeta("device")) || "may") + ".json";
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
    slot("staffmsg").textContent = says("exported", rows.length);
  } catch (error) {
    slot("staffmsg").textContent = says("noexport");
  }
}
