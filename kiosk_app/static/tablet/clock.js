// What time the server has: its last word, carried on by the counter that no clock setting moves.

import * as queue from "./queue.js";

const STEP = 1500;
let offset = 0;
let anchor = null;

function hold() {
  anchor = { wall: Date.now(), steady: performance.now() };
}

// The tablet's clock minus the server's, in milliseconds. A clock set back while the page is open is
// noticed at once. One that ran ahead may have been a tablet asleep, so it waits for the server's word.
export function clockOffset() {
  if (!anchor) return offset;
  const moved = Date.now() - anchor.wall - (performance.now() - anchor.steady);
  if (moved < -STEP) offset += Math.round(moved);
  hold();
  return offset;
}

export function learnTime(text) {
  const server = Date.parse(text || "");
  if (Number.isNaN(server)) return;
  offset = Date.now() - server;
  hold();
}

// Kept for the next start: a clock that then reads earlier than what has been was set back.
export function keepTime() {
  const known = clockOffset();
  return queue.writeMeta("time", { offset: known, latest: Date.now() - known });
}

export async function rememberTime() {
  const kept = await queue.readMeta("time");
  offset = kept ? kept.offset : (await queue.readMeta("offset")) || 0;
  if (kept && Date.now() - offset < kept.latest) offset = Date.now() - kept.latest;
  hold();
}
