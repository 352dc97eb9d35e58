// Size of text and contrast on the plain forms, where the browser lets a script run.

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
