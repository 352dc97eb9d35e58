// The path through a survey: the same rule as kiosk_app/questionnaires/rules.py, held to the same cases.

const END = "end";

function at(questions, code) {
  return questions.findIndex((question) => question.code === code);
}

function next(questions, index) {
  return index + 1 < questions.length ? questions[index + 1].code : END;
}

export function following(questions, code, answer) {
  const index = at(questions, code);
  const fits = (questions[index].next || []).find((branch) => branch.if.includes(answer));
  return fits ? fits.go : next(questions, index);
}

function longest(questions, code) {
  const steps = { [END]: 0 };
  for (let index = questions.length - 1; index >= 0; index -= 1) {
    const targets = (questions[index].next || []).map((branch) => branch.go).concat(next(questions, index));
    steps[questions[index].code] = 1 + Math.max(...targets.map((target) => steps[target] || 0));
  }
  return steps[code];
}

// Answered on the way, the question that comes now (null at the end), and how many it may still take.
export function walk(questions, answers) {
  let code = questions.length ? questions[0].code : END;
  const answered = [];
  while (code !== END && code in answers) {
    answered.push(code);
    code = following(questions, code, answers[code]);
  }
  return { answered, now: code === END ? null : code, left: longest(questions, code) };
}

// Answers that the path still holds: one that a changed answer skips now is dropped.
export function kept(questions, answers) {
  const found = {};
  let code = questions.length ? questions[0].code : END;
  while (code !== END) {
    if (code in answers) found[code] = answers[code];
    code = following(questions, code, answers[code]);
  }
  return found;
}
