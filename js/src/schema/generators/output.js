// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { Shaped, ShownPicture } from "../shared.js" */

/**
 * @typedef {object} GeneratorFacts One of the generators, on the picture that is shown
 * @property {string} name
 * @property {string} kind
 * @property {number} latents
 * @property {number} error root mean square of what it misses of the picture
 * @property {number | null} missed of how many of its own pictures it misses less
 */

/**
 * @typedef {object} ShownReconstruction A picture, and what a generator makes of it
 * @property {ShownPicture} picture
 * @property {ShownPicture} drawing
 * @property {Int8Array & Shaped} residual picture - drawn, (height, width, 3), or 1
 * @property {number} residual_scale
 */

/**
 * @typedef {object} ShownDirection What one latent number does
 * @property {number} latent
 * @property {number} deviation
 * @property {number} pixels root mean square change of the picture by one deviation
 * @property {number | null} divergence nats that a VAE's encoder says by it
 * @property {Uint8Array & Shaped} film (steps, height, width, 3)
 * @property {number} raises the class that it changes most; -1 without a network
 * @property {number} by by how much one deviation raises its log-likelihood here
 */

/**
 * @typedef {object} ShownMove The picture after moving, and what the network says before and after
 * @property {ShownPicture} picture
 * @property {Float32Array & Shaped} before probabilities, (classes,); empty without a network
 * @property {Float32Array & Shaped} after
 * @property {number} share of the way that was asked for; below 1 where the class is held
 */

export {};
