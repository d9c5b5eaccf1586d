import { bytesOfBase64 } from "../../lib/arrays.js";

/** @import { ContrastBinding } from "./types.js" */

/** The whole way as a film. @param {ContrastBinding} model */
export async function gif(model) {
  const answer = await model.command("gif");
  return answer && new Blob([bytesOfBase64(answer.gif)], { type: "image/gif" });
}
