import { area } from "../../ui/page.js";

/** @import { View } from "../../ui/page.js" */

/** How the work stands, and what starts and stops it. @param {...View} parts */
export const working = (...parts) => area("div.xai-working", parts);

/** What is asked, and how the work stands. @param {...View} parts */
export const lead = (...parts) => area("div.xai-top.xai-lead", parts);

/** The picture in the middle, the others to its left, its classes to its right. @param {...View} parts */
export const hero = (...parts) => area("div.xai-hero", parts);

/** @param {...View} parts */
export const film = (...parts) => area("div.xai-film", parts);

/** @param {...View} parts */
export const middle = (...parts) => area("div.xai-middle", parts);

/** @param {...View} parts */
export const right = (...parts) => area("div.xai-beside", parts);

/** @param {...View} parts */
export const below = (...parts) => area("div.xai-below", parts);

/** Controls in a row. @param {...View} parts */
export const line = (...parts) => area("div.xai-line-of", parts);
