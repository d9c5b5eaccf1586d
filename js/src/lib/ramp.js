const COLOURS =
  "67001f7e0823941127a81d2db82d35c6413fd1574bdb6d59e48268ec977af3aa8cf7bca0faccb4fbd9c7fae4d8f7ece5f2efee" +
  "e9eff2deebf2d0e4efbfdcebadd2e598c7df82bad86bacd0569dc8448ec1367fb82a71ae2061a017518e0e4178053061";

/** d3's ramp from red over white to blue (interpolateRdBu) in equal steps, as red, green, blue. */
export const RAMP = Array.from(COLOURS.match(/.{6}/g) ?? [], (hex) =>
  [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)),
);
