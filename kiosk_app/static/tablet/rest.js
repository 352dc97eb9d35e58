// The tablet at rest: idle within the opening hours, closed outside them.

import { silent } from "./aloud.js";
import { opening } from "./hours.js";
import { knowPrefix } from "./keypad.js";
import * as queue from "./queue.js";
import { speak } from "./language.js";
import { clearTimers, patient, show, slot } from "./screens.js";
import * as sender from "./sender.js";
import { newVersionWaits } from "./shell.js";
import { plain } from "./view.js";
import { another, lang, person } from "./visit.js";

export function home() {
  clearTimers();
  another();
  silent();
  plain();
  history.replaceState(null, "", "/kiosk");
  if (newVersionWaits()) {
    location.replace("/kiosk?lang=vi");
    return;
  }
  rest();
  if (lang !== "vi") speak("vi");
}

export async function rest() {
  if (person.screen !== "closed") show("idle");
  await lookAtTheClock();
}

export async function lookAtTheClock() {
  if (!["idle", "closed"].includes(person.screen)) return;
  const settings = await queue.readMeta("settings").catch(() => null);
  knowPrefix(settings && settings.receipt_prefix);
  patient(settings);
  const now = opening(settings && settings.opening_hours, Date.now() - sender.clockOffset());
  if (now.open && person.screen === "closed") show("idle");
  if (now.open || person.screen !== "idle") return;
  show("closed");
  slot("opens").textContent = now.next;
}
