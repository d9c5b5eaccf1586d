import { findClasses } from "./class-search.js";

/**
 * @typedef {{networks: readonly string[], pictures: readonly string[], layers: readonly string[], classes: readonly string[]}} Vocabulary
 * @typedef {"keyword" | "layer" | "network" | "picture" | "edit" | "class"} Kind
 * @typedef {{text: string, kind: Kind}} Option text: what to put in, blanks included
 * @typedef {{from: number, to: number, options: Option[]}} Completion
 *
 * @typedef {"start" | "what" | "from" | "network" | "open" | "input" | "edit" | "inside" | "argument" | "window" | "clauses" | "where" | "for" |
 *   "class" | "left" | "joined" | "weight" | "lost"} Place what is expected next
 * @typedef {object} Level an open parenthesis, and what goes on behind it
 * @property {"call" | "join" | "left join" | typeof EDITS[number]} opened
 * @property {number} stage how many clauses of the query around are behind us
 */

const EDITS = /** @type {const} */ (["erase", "blur", "paste", "shift", "rotate", "scale"]);
const MOST = 50;
/** A string may still be open. */
const WORDS = /"(?:[^"\\]|\\.)*"?|[A-Za-z_][\w.]*|[+-]?[\d.][\w.]*|\S/g;
const WORD = /^\w/;

/**
 * What may stand at the caret of
 *   select (* | LAYER) from F(INPUT) [where W] [for class C] [join (query) [weight W] | left join (query)]...
 * @param {string} text
 * @param {number} caret offset into the text
 * @param {Vocabulary} vocabulary
 * @returns {Completion} replace text[from:to] by an option
 */
export function complete(text, caret, vocabulary) {
  const words = [...text.slice(0, caret).matchAll(WORDS)];
  const last = words.at(-1);
  const typing = last && last.index + last[0].length === caret && /^(\w|"(?:[^"\\]|\\.)*$)/.test(last[0]);
  if (typing) words.pop();
  const from = typing ? last.index : caret;
  const word = text.slice(from, caret);
  // The rest of the word goes too. A string without its end is not taken to reach into the next query.
  const rest = word.startsWith('"') ? /^[^"()]*"/ : /^[\w.]*/;
  const to = typing ? caret + (rest.exec(text.slice(caret))?.[0].length ?? 0) : caret;
  const options = optionsAt(words.map(([found]) => found), word.replace(/^"/, ""), vocabulary);
  if (options.length === 1 && options[0].text.trim() === word) return { from, to, options: [] };
  const glued = from > 0 && /[\w)\]"*]/.test(text[from - 1]);
  return { from, to, options: options.map(({ text: found, kind }) => ({ text: glued && WORD.test(found) ? ` ${found}` : found, kind })) };
}

/**
 * @param {string[]} words before the caret
 * @param {string} typed
 * @param {Vocabulary} vocabulary
 * @returns {Option[]}
 */
function optionsAt(words, typed, { networks, pictures, layers, classes }) {
  const { place, stage, levels, closed } = placeAfter(words);
  /** @param {Kind} kind @param {readonly string[]} names @param {string} [after] */
  const named = (kind, names, after = "") =>
    (typed ? findClasses(names, typed, MOST).map(({ label }) => label) : names.slice(0, MOST)).map((name) => ({ text: name + after, kind }));
  /** @param {Kind} kind @param {readonly string[]} texts */
  const fixed = (kind, ...texts) =>
    texts.filter((text) => text.toLowerCase().startsWith(typed.toLowerCase())).map((text) => ({ text, kind }));

  switch (place) {
    case "start": return fixed("keyword", "select ");
    case "what": return [...fixed("keyword", "* "), ...named("layer", layers.map((name) => quoted(name, /^from$/i)), " ")];
    case "from": return fixed("keyword", "from ");
    case "network": return named("network", networks.filter(isBare), "(");
    case "input": return [...named("picture", pictures.filter(isBare)), ...fixed("edit", ...EDITS.map((edit) => `${edit}(`))];
    case "argument": return levels.at(-1)?.opened === "paste" ? named("picture", pictures.filter(isBare)) : [];
    case "for": return fixed("keyword", "class ");
    case "class": return named("class", classes.map((name) => (isBare(name) ? name : quoted(name, /^/))));
    case "left": return fixed("keyword", "join (");
    case "clauses": return fixed("keyword",
      ...(closed === "join" ? ["weight "] : []), ...(stage < 1 ? ["where "] : []), ...(stage < 2 ? ["for class "] : []),
      "join (", "left join (", ...(levels.length ? [")"] : []));
    default: return [];
  }
}

/**
 * Reads a query word by word, as far as it is one.
 * @param {string[]} words
 */
function placeAfter(words) {
  let place = /** @type {Place} */ ("start");
  /** @type {Level[]} */
  const levels = [];
  /** Clauses behind us: 1 where, 2 for class, 3 a join. */
  let stage = 0;
  /** How the parenthesis was opened that the last word has closed, and the one before. */
  let [closed, closedBefore] = /** @type {(Level["opened"] | "")[]} */ (["", ""]);
  /** Where a window leads back to. */
  let back = /** @type {Place} */ ("clauses");

  /** @param {Level["opened"]} opened @param {Place} next @returns {Place} */
  const open = (opened, next) => {
    levels.push({ opened, stage });
    return next;
  };
  /** @returns {Place} */
  const close = () => {
    const level = levels.pop();
    if (!level) return "lost";
    closed = level.opened;
    stage = closed.endsWith("join") ? 3 : level.stage;
    return closed === "call" || closed.endsWith("join") ? "clauses" : "inside";
  };
  /** @param {Place} next @param {number} now @returns {Place} */
  const clause = (next, now) => {
    if (stage >= now && now < 3) return "lost";
    stage = now;
    return next;
  };
  /** @type {Level["opened"]} */
  let opening = "call";

  /** @type {Record<Place, (word: string) => Place>} */
  const after = {
    start: (word) => {
      stage = 0;
      return word === "select" ? "what" : "lost";
    },
    what: () => "from",
    from: (word) => (word === "from" ? "network" : "lost"),
    network: () => "open",
    open: (word) => (word === "(" ? open("call", "input") : "lost"),
    input: (word) => {
      const edit = EDITS.find((name) => name === word);
      if (edit) opening = edit;
      return edit ? "edit" : "inside";
    },
    edit: (word) => (word === "(" ? open(opening, "input") : after.inside(word)),
    inside: (word) => (word === ")" ? close() : word === "," ? "argument" : "lost"),
    argument: (word) => {
      back = "inside";
      return word === "[" ? "window" : word === ")" ? close() : after.input(word);
    },
    window: (word) => (word === "]" ? back : "window"),
    clauses: (word) => {
      if (word === "where") return clause("where", 1);
      if (word === "for") return clause("for", 2);
      if (word === "left") return clause("left", 3);
      if (word === "weight") return closedBefore === "join" ? "weight" : "lost";
      opening = "join";
      if (word === "join") return clause("joined", 3);
      return word === ")" && levels.length ? close() : "lost";
    },
    where: (word) => {
      back = "clauses";
      return word === "[" ? "window" : "clauses";
    },
    for: (word) => (word === "class" ? "class" : "lost"),
    class: () => "clauses",
    left: (word) => {
      opening = "left join";
      return word === "join" ? "joined" : "lost";
    },
    joined: (word) => (word === "(" ? open(opening, "start") : "lost"),
    weight: () => "clauses",
    lost: () => "lost",
  };
  for (const word of words) {
    closedBefore = closed;
    closed = "";
    place = after[place](word.toLowerCase());
  }
  return { place, stage, levels, closed };
}

/** @param {string} name */
const isBare = (name) => /^[A-Za-z_]\w*$/.test(name);

/** @param {string} name @param {RegExp} [reserved] a bare number is the number of a class, but the name of a layer */
const quoted = (name, reserved = /^(from|\d+)$/i) => (/^\w+(\.\w+)*$/.test(name) && !reserved.test(name) ? name : `"${name.replace(/["\\]/g, "\\$&")}"`);
