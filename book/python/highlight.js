// Colours Python as Pygments does on the page: the same class for the same kind of word.

const WORDS = {
  k: "as assert async await break class continue def del elif else except finally for global if lambda nonlocal pass raise return try while with yield match case",
  kn: "import from",
  kc: "None True False",
  ow: "and in is not or",
  nb:
    "abs all any bool callable dict divmod enumerate filter float format frozenset getattr hasattr input int isinstance iter len list map max min next object open pow print range repr reversed round set sorted str sum super tuple type zip display",
};
const KIND = new Map(Object.entries(WORDS).flatMap(([kind, words]) => words.split(" ").map((word) => [word, kind])));

const TOKEN = new RegExp(
  [
    String.raw`(?<c1>#.*)`,
    String.raw`(?<s2>[rbfuRBFU]{0,2}(?:"""[^]*?(?:"""|$)|'''[^]*?(?:'''|$)|"(?:\\.|[^"\\\n])*"?|'(?:\\.|[^'\\\n])*'?))`,
    String.raw`(?<nd>(?<=^[ \t]*)@[\w.]+)`,
    String.raw`(?<mi>(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d+)?j?|0[xob][\da-fA-F_]+)`,
    String.raw`(?<word>[\p{L}_][\p{L}\p{N}_]*)`,
    String.raw`(?<o>[-+*/%@&|^~<>=!]+)`,
    String.raw`(?<p>[()[\]{},:.;])`,
  ].join("|"),
  "gmu",
);

const OPENING = { "(": ")", "[": "]", "{": "}" };
const CLOSING = { ")": "(", "]": "[", "}": "{" };

/** @typedef {{ start: number, text: string, kind: string }} Token */

/** @param {string} source @returns {Token[]} */
export function tokens(source) {
  let before = "";
  return Array.from(source.matchAll(TOKEN), (found) => {
    const text = found[0];
    let kind = Object.keys(found.groups).find((name) => found.groups[name] !== undefined);
    if (kind === "word") {
      kind = before === "def" ? "nf" : before === "class" ? "nc" : (KIND.get(text) ?? "n");
      if (before === "." && kind !== "n") kind = "n"; // a method may be called as a keyword is
    }
    before = text;
    return { start: found.index, text, kind };
  });
}

/** The two brackets, one of which is beside the caret; none if there is no pair. @returns {number[]} */
export function pairAt(all, caret) {
  const brackets = all.filter((token) => token.kind === "p" && (token.text in OPENING || token.text in CLOSING));
  const here = brackets.findLastIndex((token) => token.start === caret - 1 || token.start === caret);
  if (here < 0) return [];
  const forward = brackets[here].text in OPENING;
  const partner = forward ? OPENING : CLOSING;
  let depth = 0;
  for (let place = here; place in brackets; place += forward ? 1 : -1) {
    depth += brackets[place].text in partner ? 1 : -1;
    if (depth === 0) {
      const matches = partner[brackets[here].text] === brackets[place].text;
      return matches ? [brackets[here].start, brackets[place].start] : [];
    }
  }
  return [];
}

const escaped = (text) => text.replace(/[&<>]/g, (one) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[one]);

/** Return a source as HTML, with the brackets around the caret marked. @param {number} [caret] */
export function highlighted(source, caret = -1) {
  const all = tokens(source);
  const pair = caret < 0 ? [] : pairAt(all, caret);
  let html = "";
  let end = 0;
  for (const { start, text, kind } of all) {
    const mark = pair.includes(start) ? " py-pair" : "";
    html += `${escaped(source.slice(end, start))}<span class="${kind}${mark}">${escaped(text)}</span>`;
    end = start + text.length;
  }
  return html + escaped(source.slice(end));
}
