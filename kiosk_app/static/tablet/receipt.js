// From what the citizen holds to the faces: camera, keypad, hand scanner, and the states between.

import { offer } from "./acts.js";
import * as camera from "./camera.js";
import { codeIn, linkIn, normalForm, theCode } from "./code.js";
import * as keypad from "./keypad.js";
import { faces, seal } from "./rating.js";
import { foot, main, show, slot, watch, whenShown } from "./screens.js";
import * as sender from "./sender.js";
import { another, lang, person } from "./visit.js";
import { listen } from "./wedge.js";

const SCREENS = ["receipt", "day", "code"];
const DEAF = ["pair", "pin", "status", "closed"];
const SLOW = 250;
const TWICE = 2;
const OPAQUE = 8;
let here = closed();

function closed() {
  return { screen: null, state: null, turn: 0, looked: null, answer: null, contested: "", bars: null, opaque: 0 };
}

function field() {
  return main.querySelector(".codeinput");
}

// The message and the foot of a state; camera and field stay as they are.
function say(state) {
  const content = document.getElementById(state ? "receipt-" + state : here.screen).content.cloneNode(true);
  const message = main.querySelector("#codemsg");
  message.replaceChildren(...content.querySelector("#codemsg").childNodes);
  foot.replaceChildren(...content.querySelector("[data-foot]").childNodes);
  const input = field();
  if (state === "unknown") input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
  here.state = state || null;
  ready();
}

function ready() {
  const next = foot.querySelector("[data-act=continue]");
  if (next) next.setAttribute("aria-disabled", String(!keypad.typed(field()).complete));
}

function open(screen, value) {
  here.screen = screen === "day" && !keypad.hasPrefix() ? "code" : screen;
  show(here.screen);
  const input = field();
  input.value = value || "";
  keypad.tidy(input);
  if (here.screen !== "code" || !value) input.focus({ preventScroll: true });
  ready();
  look();
}

// A person comes to the receipt's screen: nothing is left of the one before.
function enter(screen) {
  here = closed();
  open(screen);
}

// Away from here, the camera is off.
whenShown((name) => {
  if (SCREENS.includes(name)) return;
  camera.close();
  if (name !== "searching") here.screen = null;
});

function look(chosen) {
  const video = slot("video");
  camera.open(video, {
    onRead: read,
    onOn: (state) => {
      slot("view").classList.toggle("mirrored", state.mirrored);
      main.querySelector("[data-act=torch]").hidden = !state.torch;
      main.querySelector("[data-act=camera]").hidden = !state.more;
    },
    onOff: () => {
      slot("view").classList.add("off");
      slot("camoff").hidden = false;
    },
  }, chosen);
}

// A square code corrects itself; stripes are believed when two frames say the same.
function sure(found) {
  const stripes = theCode(found.filter((one) => one.format !== "QRCode").map((one) => one.text));
  const squares = theCode(found.filter((one) => one.format === "QRCode").map((one) => one.text));
  here.bars = stripes && here.bars && here.bars.code === stripes
    ? { code: stripes, times: here.bars.times + 1 } : stripes && { code: stripes, times: 1 };
  if (squares && stripes && normalForm(squares) !== normalForm(stripes)) return null;
  return squares || (here.bars && here.bars.times >= TWICE ? stripes : null);
}

function read(found) {
  if (!here.screen || here.state === "searching") return;
  const code = sure(found);
  if (code) {
    here.opaque = 0;
    if (normalForm(code) !== here.looked) ask(code, true, "scan");
    return;
  }
  if (!found.length || found.some((one) => codeIn(one.text))) return;
  const link = found.map((one) => linkIn(one.text)).find(Boolean);
  if (link) {
    here.opaque = 0;
    if (normalForm(link) !== here.looked) ask(link, true, "scan");
    return;
  }
  here.opaque += 1;
  if (here.opaque === OPAQUE && !here.state) say("opaque");
}

// A hand scanner works on every screen, and whoever scans is the next person: the one before is
// done, and what was tapped is kept.
function scanned(text) {
  const before = person;
  if (DEAF.includes(before.screen)) return;
  another();
  person.screen = before.screen;
  seal(before);
  if (!here.screen) here = closed();
  const code = codeIn(text) || linkIn(text);
  if (code) {
    here.screen = here.screen || "receipt";
    if (before.draft) searching(code);
    ask(code, true, "scan");
  } else {
    open("receipt");
    say("opaque");
  }
}

export function hearScanner() {
  listen(scanned, (text) => Boolean(codeIn(text) || linkIn(text)));
  document.addEventListener("keydown", key);
}

function accept(known) {
  Object.assign(person, known);
  faces();
}

function anyway(value, full, entry) {
  accept({ receipt: full ? value : null, hint: full ? null : value, entry, step: null, shown: full && !value.startsWith("/r/") ? { code: value } : null });
}

function take(answer, entry) {
  accept({
    receipt: answer.receipt, hint: null, entry, step: answer.steps[0] || null,
    shown: { officer: answer.officer_display, procedure: answer.procedure, code: answer.receipt },
  });
}

function searching(value) {
  show("searching");
  slot("asked").textContent = value.startsWith("/r/") ? "" : value;
}

async function ask(value, full, entry) {
  const turn = here.turn + 1;
  const own = here;
  Object.assign(here, { turn, state: "searching", looked: full ? normalForm(value) : null, asked: { value, full, entry } });
  const stays = () => here === own && here.turn === turn && here.screen;
  const slow = setTimeout(() => { if (stays()) searching(value); }, SLOW);
  let answer = null;
  try {
    answer = await sender.lookUp(Object.assign({ lang }, full ? { code: value } : { digits: value }));
  } catch (error) {
    answer = null;
  }
  clearTimeout(slow);
  if (!stays()) return;
  here.state = null;
  if (!answer) anyway(value, full, entry);
  else answered(answer, value, full, entry);
}

function answered(answer, value, full, entry) {
  if (answer.state === "open" && full && !answer.elsewhere) {
    take(answer, entry);
    return;
  }
  here.answer = answer;
  here.contested = answer.receipt || value;
  if (answer.state === "ambiguous") {
    open("day");
    say("ambiguous");
    return;
  }
  if (value.startsWith("/r/") && answer.state === "unknown") {
    open("receipt");
    say("opaque");
    return;
  }
  const screen = entry === "scan" ? "code" : here.screen;
  if (screen !== here.screen || !field()) open(screen, value.startsWith("/r/") ? answer.receipt : value);
  say(answer.state !== "open" ? answer.state : answer.elsewhere ? "elsewhere" : "found");
  if (answer.state === "open") shown(answer);
}

function shown(answer) {
  const texts = { elsewhere: answer.elsewhere, foundprocedure: answer.procedure || "–", foundofficer: answer.officer_display || "–" };
  Object.keys(texts).forEach((name) => {
    if (slot(name)) slot(name).textContent = texts[name];
  });
}

offer({
  receipt: () => enter("receipt"),
  code: () => enter("day"),
  continue: () => {
    if (!here.screen || here.state === "searching") return;
    const { value, full, complete } = keypad.typed(field());
    if (complete) ask(value, full, "typed");
    else field().focus();
  },
  anyway: () => anyway(here.asked.value, here.asked.full, here.asked.entry),
  mine: () => take(here.answer, here.asked.entry),
  notmine: () => enter(here.asked.full ? "receipt" : "day"),
  again: () => {
    const { looked, asked, screen } = here;
    here = closed();
    here.looked = looked;
    open(asked.entry === "scan" ? "receipt" : screen);
  },
  contest: async () => {
    const code = here.contested;
    say("contested");
    await sender.contest(code).catch(() => null);
  },
  letters: () => open("code"),
  torch: async () => {
    const on = await camera.light();
    main.querySelector("[data-act=torch]").setAttribute("aria-pressed", String(on));
  },
  camera: () => camera.another(),
});

// Whatever is changed in the field takes back what was said of it.
export function changed() {
  keypad.tidy(field());
  edited();
}

function edited() {
  here.turn += 1;
  if (here.state) say(null);
  ready();
  watch();
}

export function press(key) {
  keypad.press(field(), key);
  edited();
}

// A keypad with raised keys works wherever the focus is.
function key(event) {
  if (!here.screen || !field() || event.target === field() || here.screen === "code") return;
  if (/^\d$/.test(event.key)) press(event.key);
  else if (event.key === "Backspace") press("back");
}

// Nobody watches a page in the background, and nobody is filmed by one.
document.addEventListener("visibilitychange", () => {
  if (document.hidden) camera.close();
  else if (here.screen && slot("video")) look();
});
