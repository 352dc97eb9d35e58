// Pairing: shows a code until an administrator approves it, then keeps the token.

import * as queue from "./queue.js";

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// An address ending in #pair=… names a pairing that was approved beforehand.
let prepared = new URLSearchParams(location.hash.slice(1)).get("pair");

async function request(show) {
  if (prepared) {
    const poll = "/api/v1/devices/pairings/" + encodeURIComponent(prepared);
    prepared = null;
    return poll;
  }
  const answer = await fetch("/api/v1/devices/pairings", { method: "POST", cache: "no-store" });
  const pairing = await answer.json();
  show(pairing.code);
  return pairing.poll;
}

async function ask(show) {
  const poll = await request(show);
  let pause = 0;
  for (;;) {
    await wait(pause);
    pause = 2000;
    const state = await (await fetch(poll, { cache: "no-store" })).json();
    if (state.state === "approved") return state.token;
    if (state.state !== "waiting") return null;
  }
}

export async function pair(show) {
  for (;;) {
    try {
      const token = await ask(show);
      if (token) {
        localStorage.setItem("kiosk-token", token);
        await queue.writeMeta("token", token).catch(() => null);
        return token;
      }
    } catch (error) {
      await wait(5000);
    }
  }
}
