// Pairing: shows a code until an administrator approves it, then keeps the token.

import * as queue from "./queue.js";

const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function ask(show) {
  const answer = await fetch("/api/v1/devices/pairings", { method: "POST", cache: "no-store" });
  const pairing = await answer.json();
  show(pairing.code);
  for (;;) {
    await wait(2000);
    const state = await (await fetch(pairing.poll, { cache: "no-store" })).json();
    if (state.state === "approved") return state.token;
    if (state.state !== "waiting") return null;
  }
}

export async function pair(show) {
  for (;;) {
    try {
      const token = await ask(show);
      if (token) {
        await queue.writeMeta("token", token);
        return token;
      }
    } catch (error) {
      await wait(5000);
    }
  }
}
