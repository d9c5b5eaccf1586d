/**
 * How much each figure counts in a joint map: every partner comes in with what the weight before it leaves.
 * @param {readonly (number | null)[]} weights of everything before each partner; null: all count the same
 * @returns {number[]} the picture's share first, then each partner's; they sum to one
 */
export function sharesOf(weights) {
  let shares = [1];
  weights.forEach((weight, i) => {
    const before = weight ?? (i + 1) / (i + 2);
    shares = [...shares.map((share) => share * before), 1 - before];
  });
  return shares;
}
