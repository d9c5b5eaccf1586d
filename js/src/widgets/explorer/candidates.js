/** @import { ExplorerBinding } from "./types.js" */

/** @param {ExplorerBinding} model @returns {string} of the picture that is looked at */
export const pictureName = (model) => model.get("pictures")[model.get("index")]?.name ?? "picture";

/**
 * What the picture can be compared with: the others of its size, itself before the edits, itself under the rival.
 * @param {ExplorerBinding} model
 */
export function candidatesOf(model) {
  const pictures = new Map(
    [...model.get("pictures"), ...model.get("references")].map(({ name, thumbnail }) => [name, thumbnail]),
  );
  const here = pictureName(model);
  const rival = model.get("rival");
  /** @param {string} name @param {string} label @param {string} [picture] */
  const candidate = (name, label, picture = name) => ({
    name,
    label,
    picture,
    thumbnail: pictures.get(picture) ?? null,
  });
  return [
    ...model
      .get("candidates")
      .filter((name) => name !== here)
      .map((name) => candidate(name, name)),
    ...(model.get("edits").length ? [candidate(here, "before")] : []),
    ...(rival ? [candidate(rival, `under ${rival}`, here)] : []),
  ];
}
