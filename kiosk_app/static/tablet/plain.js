// On the plain forms, where the browser lets a script run: size of text and contrast, and what was
// written stays in sight when the network is away.

import { perform } from "./acts.js";
import "./view.js";

const LOOKS = ["text", "contrast"];
const root = document.documentElement;

function remember(work) {
  try {
    return work(window.sessionStorage);
  } catch (_error) {
    return null;
  }
}

for (const look of LOOKS) {
  const kept = remember((store) => store.getItem(look));
  if (kept) root.dataset[look] = kept;
}

document.addEventListener("click", (event) => {
  const act = event.target.closest(".k-top [data-act]");
  if (!act || !perform(act.dataset.act)) return;
  event.preventDefault();
  for (const look of LOOKS) {
    remember((store) => (root.dataset[look] ? store.setItem(look, root.dataset[look]) : store.removeItem(look)));
  }
});

const PATIENCE = 8000;

// Whether anybody answers; a form that is sent into nothing is replaced by the browser's own error page.
async function reachable() {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    return (await fetch("/healthz", { cache: "no-store", signal: patience.signal })).ok;
  } catch (_error) {
    return false;
  } finally {
    clearTimeout(timer);
  }
}

let sending = false;
document.addEventListener("submit", async (event) => {
  const unsent = document.getElementById("unsent");
  if (!unsent || !("submitter" in event)) return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  unsent.hidden = true;
  const [form, button] = [event.target, event.submitter];
  const there = await reachable();
  sending = false;
  if (!there) {
    unsent.hidden = false;
    unsent.focus();
    return;
  }
  // The button that was pressed is part of what is sent, once.
  const field = document.createElement("input");
  if (button && button.name) form.append(Object.assign(field, { type: "hidden", name: button.name, value: button.value }));
  form.submit();
  field.remove();
});
