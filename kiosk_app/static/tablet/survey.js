// The full survey: one question a screen, as an item of its own that points to the rating.

import { offer } from "./acts.js";
import { kept, walk } from "./branching.js";
import { sealWish } from "./callback.js";
import * as queue from "./queue.js";
import { finish, thanks } from "./rating.js";
import { clearTimers, draws, main, show, slot, watch } from "./screens.js";
import * as sender from "./sender.js";
import { keepDraft, lang, newItem, person } from "./visit.js";

const ZONE = 7 * 3600000;

// The survey of a round that runs today, from what the tablet keeps.
async function running() {
  const settings = await queue.readMeta("settings").catch(() => null);
  const round = settings && settings.survey;
  if (!round || !round.definition) return null;
  const today = new Date(Date.now() - sender.clockOffset() + ZONE).toISOString().slice(0, 10);
  return round.first_day <= today && today <= round.last_day ? round.definition : null;
}

// On the thank-you screen, the same for every level.
export async function invite() {
  const who = person;
  const definition = await running();
  const button = main.querySelector("[data-act=survey]");
  if (!definition || !button || who !== person || who.volatile) return;
  who.offered = definition;
  slot("questions").textContent = String(definition.questions.length);
  button.hidden = false;
}

async function begin() {
  const who = person;
  const rating = who.draft;
  if (!rating || !who.offered) return;
  clearTimers();
  await sender.seal(rating.id);
  await sealWish(who.wish, false);
  if (who !== person) return;
  who.draft = null;
  who.wish = null;
  who.began = performance.now();
  who.survey = { definition: who.offered, rating, answers: {}, at: who.offered.questions[0].code };
  ask();
}

const text = (texts) => (texts && (texts[lang] || texts.vi)) || "";

function path() {
  const { definition, answers } = person.survey;
  const found = walk(definition.questions, answers);
  return { codes: found.now ? found.answered.concat(found.now) : found.answered, left: found.left };
}

function part(name) {
  return document.getElementById("part-" + name).content.firstElementChild.cloneNode(true);
}

function choices(question) {
  if (question.scale === "levels") return [part("levels")];
  const group = document.createElement("div");
  group.className = "opts3";
  question.options.forEach((option) => {
    const card = part(question.scale);
    card.querySelector("input").value = String(option.value);
    card.querySelector(".tx b").textContent = text(option.text);
    card.querySelector("small").textContent = text(option.note);
    const points = card.querySelector(".pt b");
    if (points) points.textContent = String(option.value);
    group.append(card);
  });
  return [group];
}

function mark() {
  main.querySelectorAll("input[name=answer]").forEach((input) => {
    input.parentElement.classList.toggle("on", input.checked);
  });
}

function progress(number, total) {
  slot("number").textContent = String(number);
  slot("total").textContent = String(total);
  const bar = slot("segs");
  bar.setAttribute("aria-valuemax", String(total));
  bar.setAttribute("aria-valuenow", String(number));
  bar.replaceChildren(...Array.from({ length: total }, (unused, i) => {
    const segment = document.createElement("i");
    segment.className = i + 1 < number ? "done" : i + 1 === number ? "now" : "";
    return segment;
  }));
}

export function ask() {
  const { definition, answers, at } = person.survey;
  const question = definition.questions.find((each) => each.code === at);
  show("survey");
  const { codes, left } = path();
  const number = codes.indexOf(at) + 1;
  progress(number, Math.max(codes.length - 1 + Math.max(left, 1), number));
  slot("factor").textContent = text((definition.factors.find((f) => f.code === question.factor) || {}).text);
  slot("question").textContent = text(question.text);
  slot("hint").textContent = question.scale === "levels" ? slot("levelhint").textContent : text(question.hint);
  slot("options").replaceChildren(...choices(question));
  if (question.not_met !== false) slot("options").append(part("not-met"));
  const given = at in answers ? String(answers[at]) : null;
  main.querySelectorAll("input[name=answer]").forEach((input) => { input.checked = input.value === given; });
  mark();
  document.querySelector("#foot [data-act=survey-back]").hidden = number === 1;
}

// Each answer saves itself; what a changed answer skips now is dropped.
export async function answer(value) {
  const survey = person.survey;
  watch();
  mark();
  slot("choose").hidden = true;
  survey.answers[survey.at] = value === "na" ? value : Number(value);
  const answers = kept(survey.definition.questions, survey.answers);
  if (!person.draft) {
    const { id, receipt, receipt_hint, step, entry } = survey.rating;
    person.draft = newItem({
      kind: "survey", relates_to: id, level: null, questionnaire: survey.definition.ref,
      receipt, receipt_hint, step, entry, follow_hash: null, answers,
    });
  }
  await keepDraft({ answers, duration_ms: Math.round(performance.now() - person.began) });
}

function go(by) {
  const { codes } = path();
  const index = codes.indexOf(person.survey.at) + by;
  if (index < 0) return;
  if (index >= codes.length) {
    thanks("survey-thanks");
    return;
  }
  person.survey.at = codes[index];
  ask();
}

function next() {
  if (person.survey.at in person.survey.answers) go(1);
  else {
    slot("choose").hidden = false;
    watch();
  }
}

draws({ survey: ask });
offer({
  survey: () => begin(),
  "survey-back": () => go(-1),
  "survey-next": () => next(),
  "survey-stop": () => (person.draft ? thanks("survey-thanks") : finish()),
});
