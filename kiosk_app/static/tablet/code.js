// What a scanned text says: a dossier's code as printed, or nothing that a tablet may keep.

const DASHES = /[\u00ad\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d]/g;
// Agency (its dots kept or lost), day, running number; in running text the dashes must be there.
const SPELT = /(?:^|[^A-Z0-9.])((?=[0-9.]*[A-Z])[A-Z0-9]{1,10}(?:\.[A-Z0-9]{1,7}){0,4}[\s_]*-[\s_]*(\d{6})[\s_]*-[\s_]*\d{4,6})(?![A-Z0-9])/;
const BARE = /^(?:\d{3}[.\s]*\d{2}[.\s]*\d{2}[.\s]*)?[A-Z]\d{2}(?:[.\s]*\d{2})?[\s-]*(\d{6})[\s-]*\d{4,6}$/;
// A hand scanner may name the kind of symbol first: ]C0, ]Q1.
const SYMBOL = /^\][A-Z]\d/;
const LINK = /^https?:\/\/[^/\s]+(\/r\/[A-Za-z0-9_-]{30,160})(?:[?#]\S*)?$/;
const LONGEST = 600;

// Some software encodes a link's value twice.
function plain(text) {
  let now = text.normalize("NFKC");
  for (let turn = 0; turn < 2; turn += 1) {
    try {
      now = decodeURIComponent(now);
    } catch (error) {
      return now;
    }
  }
  return now;
}

function isDay(yymmdd) {
  const month = Number(yymmdd.slice(2, 4));
  const day = Number(yymmdd.slice(4));
  return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

// The code in a scanned text, or null: an opaque link, an identity card, anything else.
export function codeIn(text) {
  if (!text || text.length > LONGEST) return null;
  const capitals = plain(text).replace(DASHES, "-").toUpperCase().replace(SYMBOL, "").trim();
  const bare = BARE.exec(capitals);
  if (bare && isDay(bare[1])) return capitals.replace(/\s+/g, "");
  const spelt = SPELT.exec(capitals);
  return spelt && isDay(spelt[2]) ? spelt[1].replace(/[\s_]+/g, "") : null;
}

// The signed link of a slip or receipt of ours, without its host; only the server can read it.
export function linkIn(text) {
  const found = text && text.length <= LONGEST ? LINK.exec(text.trim()) : null;
  return found ? found[1] : null;
}

// The form that codes are compared in: O is 0, I is 1, no dots, dashes or spaces.
export function normalForm(code) {
  return code.normalize("NFKC").toUpperCase().replace(/[^A-Z0-9]/g, "").replace(/O/g, "0").replace(/I/g, "1");
}

// The one code that these texts hold; null if they hold none, or several.
export function theCode(texts) {
  const found = new Map();
  for (const text of texts) {
    const code = codeIn(text);
    if (code) found.set(normalForm(code), code);
  }
  return found.size === 1 ? found.values().next().value : null;
}
