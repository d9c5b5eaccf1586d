/** Above this share of pictures of its own kind a generator is said to miss much of one, as `contrast.MISSES_MUCH`. */
export const MISSES_MUCH = 0.95;

/** What is said of it then. */
export const MISSES_MUCH_TEXT = "misses more of this picture than of 95 % of its own";
