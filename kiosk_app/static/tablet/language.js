// Another language without another page: what the person has done so far stays.

import { show as showAloud } from "./aloud.js";
import { again } from "./screens.js";
import { pressed } from "./view.js";
import { speaks } from "./visit.js";

const PARTS = [".k-top .brand", ".k-top .tools", ".skip", "#still"];
const read = {};

// The tablet keeps its page in every language; templates come from there.
async function page(code) {
  if (read[code]) return read[code];
  const answer = await fetch("/kiosk?lang=" + code, { credentials: "omit" });
  if (!answer.ok || answer.headers.get("X-Kiosk") !== "tablet") throw new Error(code);
  const found = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (found.documentElement.lang !== code) throw new Error(code);
  read[code] = found;
  return found;
}

// The brand is held for the staff overlay: its words change, the element stays.
function put(found) {
  document.documentElement.lang = found.documentElement.lang;
  document.title = found.title;
  PARTS.forEach((selector) => {
    const [here, there] = [document.querySelector(selector), found.querySelector(selector)];
    if (here && there) here.replaceChildren(...Array.from(there.childNodes, (node) => document.importNode(node, true)));
  });
  found.querySelectorAll("template").forEach((template) => {
    const here = document.getElementById(template.id);
    if (here) here.replaceWith(document.importNode(template, true));
  });
}

export async function speak(code) {
  const menu = document.querySelector(".languages");
  menu.open = false;
  if (code === document.documentElement.lang) return;
  try {
    put(await page(code));
  } catch (error) {
    return;
  }
  speaks(code);
  showAloud();
  again();
  pressed();
}

export function choose(link) {
  return speak(link.hreflang);
}

document.addEventListener("click", (event) => {
  const menu = document.querySelector(".languages[open]");
  if (menu && !menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const menu = document.querySelector(".languages[open]");
  if (!menu || event.key !== "Escape") return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
