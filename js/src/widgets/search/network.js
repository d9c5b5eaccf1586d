import { bytesOfBase64 } from "../../lib/arrays.js";

/** @import { SearchBinding } from "./types.js" */

/** The most accurate of all. @param {SearchBinding} model */
export async function network(model) {
  const answer = await model.command("network");
  return (
    answer && new File([bytesOfBase64(answer.safetensors)], answer.name, { type: "application/octet-stream" })
  );
}
