import assert from "node:assert/strict";
import { test } from "node:test";
import { complete } from "../src/lib/completion.js";

const vocabulary = {
  networks: ["f", "g"],
  pictures: ["x", "coffee", "cat 2"],
  layers: ["features.0", "features.12", "head", "0.1", "a b"],
  classes: ["tabby", "tiger cat", "lynx", 'the "fox"'],
};

/** What is offered at the mark | of a query. @param {string} marked */
const at = (marked) => complete(marked.replace("|", ""), marked.indexOf("|"), vocabulary);
/** @param {string} marked */
const offered = (marked) => at(marked).options.map(({ text }) => text);
/** The query after one of the options is accepted. @param {string} marked @param {string} option */
function accepted(marked, option) {
  const text = marked.replace("|", "");
  const { from, to, options } = at(marked);
  const found = options.find((candidate) => candidate.text.trim() === option);
  assert.ok(found, `${option} is not among ${JSON.stringify(options)}`);
  return text.slice(0, from) + found.text + text.slice(to);
}

test("a query is completed from nothing to its end", () => {
  let text = "";
  for (const option of ["select", "features.12", "from", "f(", "blur(", "coffee"]) text = accepted(`${text}|`, option);
  assert.equal(text, "select features.12 from f(blur(coffee");
  text += "))";
  for (const option of ["where"]) text = accepted(`${text}|`, option);
  text += "[0:4, 0:4]";
  for (const option of ["for class", '"tiger cat"', "join (", "select", "*", "from", "g(", "x"]) text = accepted(`${text}|`, option);
  text += ")";
  for (const option of [")", "weight"]) text = accepted(`${text}|`, option);
  assert.equal(
    text,
    'select features.12 from f(blur(coffee)) where [0:4, 0:4] for class "tiger cat" join (select * from g(x)) weight ',
  );
});

test("keywords are offered in their place, in any case", () => {
  assert.deepEqual(offered("|"), ["select "]);
  assert.deepEqual(offered("SEL|"), ["select "]);
  assert.deepEqual(offered("select * |"), ["from "]);
  assert.deepEqual(offered("select * from f(x) |"), ["where ", "for class ", "join (", "left join ("]);
  assert.deepEqual(offered("select * from f(x) w|"), ["where "]);
  assert.deepEqual(offered("select * from f(x) FOR |"), ["class "]);
  assert.deepEqual(offered("select * from f(x) left |"), ["join ("]);
  assert.deepEqual(offered("select * from f(x) join (s|"), ["select "]);
});

test("each clause is offered once, in the order of the grammar", () => {
  assert.deepEqual(offered("select * from f(x) where [0:4, 0:4] |"), ["for class ", "join (", "left join ("]);
  assert.deepEqual(offered("select * from f(x) where w |"), ["for class ", "join (", "left join ("]);
  assert.deepEqual(offered("select * from f(x) for class lynx |"), ["join (", "left join ("]);
  assert.deepEqual(offered("select * from f(x) for class lynx where |"), []);
});

test("a join takes a weight, an anti-join none, and both may follow", () => {
  assert.deepEqual(offered("select * from f(x) join (select * from f(coffee)) |"), ["weight ", "join (", "left join ("]);
  assert.deepEqual(offered("select * from f(x) join (select * from f(coffee)) weight |"), []);
  assert.deepEqual(offered("select * from f(x) join (select * from f(coffee)) weight 0.7 |"), ["join (", "left join ("]);
  assert.deepEqual(offered("select * from f(x) left join (select * from f(coffee)) |"), ["join (", "left join ("]);
});

test("an inner query has its own clauses, and its end", () => {
  assert.deepEqual(offered("select * from f(x) where w for class lynx join (select * from f(coffee) |"), [
    "where ", "for class ", "join (", "left join (", ")",
  ]);
  assert.deepEqual(offered("select * from f(x) join (select * from f(coffee) where w join (select * from g(x)) |"), [
    "weight ", "join (", "left join (", ")",
  ]);
});

test("layers, networks, pictures, edits and classes are offered where they belong", () => {
  assert.deepEqual(offered("select |"), ["* ", "features.0 ", "features.12 ", "head ", "0.1 ", '"a b" ']);
  assert.deepEqual(offered("select features.1|"), ["features.12 "]);
  assert.deepEqual(offered("select 0|"), ["0.1 ", "features.0 "]);
  assert.deepEqual(offered("select * from |"), ["f(", "g("]);
  assert.deepEqual(offered("select * from f(|"), ["x", "coffee", "erase(", "blur(", "paste(", "shift(", "rotate(", "scale("]);
  assert.deepEqual(offered("select * from f(co|"), ["coffee"]);
  assert.deepEqual(offered("select * from f(shift(blur(e|"), ["coffee", "erase("]);
  assert.deepEqual(at("select * from f(x) for class ly|").options, [{ text: "lynx", kind: "class" }]);
});

test("only paste takes a second picture", () => {
  assert.deepEqual(offered("select * from f(paste(x, [0:4, 0:4], |"), ["x", "coffee"]);
  assert.deepEqual(offered("select * from f(erase(x, |"), []);
  assert.deepEqual(offered("select * from f(shift(x, 3, -4)) w|"), ["where "]);
});

test("class names are quoted where they must be, and found in the middle", () => {
  assert.deepEqual(offered("select * from f(x) for class |"), ["tabby", '"tiger cat"', "lynx", '"the \\"fox\\""']);
  assert.deepEqual(offered("select * from f(x) for class cat|"), ['"tiger cat"']);
  assert.deepEqual(offered('select * from f(x) for class "tig|'), ['"tiger cat"']);
  assert.deepEqual(offered('select * from f(x) for class "tiger c|'), ['"tiger cat"']);
  assert.deepEqual(offered('select * from f(x) for class "tiger cat" j|'), ["join ("]);
});

test("the whole word under the caret is replaced", () => {
  assert.equal(accepted("sel|ct * from f(x)", "select"), "select  * from f(x)");
  assert.equal(accepted("select fea|tures.0 from f(x)", "features.12"), "select features.12  from f(x)");
  assert.equal(accepted("select * from f(c|o) where w", "coffee"), "select * from f(coffee) where w");
  assert.equal(accepted('select * from f(x) for class "ti|ge" join (', '"tiger cat"'), 'select * from f(x) for class "tiger cat" join (');
});

test("an open string does not swallow the next query", () => {
  const rest = ' join (select * from f(coffee) for class "lynx")';
  assert.equal(accepted(`select * from f(x) for class "ti|${rest}`, '"tiger cat"'), `select * from f(x) for class "tiger cat"${rest}`);
});

test("a word is kept apart from what stands before it", () => {
  assert.deepEqual(offered("select * from f(x)|"), [" where ", " for class ", " join (", " left join ("]);
  assert.deepEqual(offered("select *|"), [" from "]);
  assert.deepEqual(offered('select * from f(x) for class "lynx"|'), [" join (", " left join ("]);
});

test("nothing is offered where a word is complete, inside a window, or behind an error", () => {
  assert.deepEqual(offered("select|"), []);
  assert.deepEqual(offered("select * from f(x|)"), []);
  assert.deepEqual(offered("select * from f(x) where [0:|"), []);
  assert.deepEqual(offered("select * from f(x) wher [0:4, 0:4] |"), []);
  assert.deepEqual(offered("select * from f(x)) |"), []);
  assert.deepEqual(offered("from |"), []);
});

test("names that the grammar cannot say are not offered", () => {
  assert.ok(!offered("select * from f(|").includes("cat 2"));
  assert.deepEqual(complete("select ", 7, { ...vocabulary, layers: ["3", "from"] }).options.slice(1).map(({ text }) => text), ["3 ", '"from" ']);
});

test("whatever the text and the caret, there is an answer that fits the text", () => {
  const pieces = ["select", "*", "from", "f", "(", ")", "x", ",", "[0:4, 1:2]", "where", "for class", '"ti', "join", "left", "weight", "0.5", " ", "é"];
  let seed = 7;
  const random = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  for (let i = 0; i < 2000; i += 1) {
    const text = Array.from({ length: Math.floor(random() * 14) }, () => pieces[Math.floor(random() * pieces.length)]).join(random() < 0.7 ? " " : "");
    const caret = Math.floor(random() * (text.length + 1));
    const { from, to } = complete(text, caret, vocabulary);
    assert.ok(from >= 0 && from <= caret && caret <= to && to <= text.length, `${text} at ${caret}: ${from} to ${to}`);
  }
});
