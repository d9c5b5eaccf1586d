import assert from "node:assert/strict";
import { test } from "node:test";
import { mount } from "../src/ui/standalone.js";
import { staticModel, withBuffers } from "../src/ui/static-model.js";

test("bytes come back from JSON wherever they are nested", () => {
  const state = withBuffers({
    pictures: [{ thumbnail: { data: { $bytes: btoa("\x00\xffa") } } }],
    error: null,
    n: 3,
  });
  const { data } = state.pictures[0].thumbnail;
  assert.ok(data instanceof DataView);
  assert.deepEqual(
    [0, 1, 2].map((i) => data.getUint8(i)),
    [0, 255, 97],
  );
  assert.equal(state.error, null);
  assert.equal(state.n, 3);
});

test("the static model tells of changes, and only of changes, until it is told not to", () => {
  const model = staticModel({ opacity: 0.5 });
  let heard = 0;
  const listener = () => (heard += 1);
  model.on("change:opacity", listener);
  model.set("opacity", 0.5);
  assert.equal(heard, 0);
  model.set("opacity", 0.7);
  assert.equal(heard, 1);
  assert.equal(model.get("opacity"), 0.7);
  model.off("change:opacity", listener);
  model.set("opacity", 0.1);
  assert.equal(heard, 1);
  assert.equal(model.static, true);
});

test("a widget is mounted on the static model", async () => {
  const el = /** @type {HTMLElement} */ ({});
  let seen = /** @type {any} */ (null);
  const take = await mount(
    () => ({ render: (context) => ((seen = context), () => (seen = null)) }),
    { a: { $bytes: btoa("x") } },
    el,
  );
  assert.equal(seen.el, el);
  assert.equal(seen.model.get("a").getUint8(0), 120);
  take();
  assert.equal(seen, null);
});
