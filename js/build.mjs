// Bundles every entry of src/widgets (and the shim of the HTML export) into xaiwidgets/static.
//   node build.mjs          writes the bundles
//   node build.mjs --check  exits 1 if the committed bundles are not what the sources give
//
// The banner of each bundle carries a hash of the sources, so that a test without Node sees a stale bundle:
// sha256 over, for each file, its path relative to js/ with forward slashes, "\n", and its bytes; the files are
// all files under src/ sorted by that path, then package-lock.json.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const output = path.join(here, "..", "xaiwidgets", "static");
const limit = 100 * 1024;
/** Modules of constants that are run here, so that only their values cross, and the package these come from. */
const constants = new Map([["src/lib/ramp.js", "d3-scale-chromatic"]]);

/** @returns {Promise<string[]>} */
async function sourceFiles() {
  const entries = await readdir(path.join(here, "src"), { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(here, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"));
  return [...files.sort(), "package-lock.json"];
}

async function sourceHash() {
  const hash = createHash("sha256");
  for (const file of await sourceFiles()) {
    hash.update(`${file}\n`);
    hash.update(await readFile(path.join(here, file)));
  }
  return hash.digest("hex");
}

/** @type {import("esbuild").Plugin} */
const prepare = {
  name: "prepare",
  setup({ onLoad }) {
    onLoad({ filter: /\/ramp\.js$/ }, async ({ path: file }) => {
      const values = Object.entries(await import(pathToFileURL(file).href));
      return { contents: values.map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`).join("") };
    });
    // esbuild keeps a few of the types, which are of no use without the others. No string of ours looks like them.
    onLoad({ filter: /\/js\/src\/.*\.js$/ }, async ({ path: file }) => ({
      contents: (await readFile(file, "utf8")).replace(/\/\*\*[^]*?\*\//g, ""),
    }));
  },
};

/**
 * A bundle is read by people and has its limit: tabs weigh half as much as blanks. No string of ours spans lines.
 * @param {string} text
 */
const indented = (text) => text.replace(/^(?: {2})+/gm, (blanks) => "\t".repeat(blanks.length / 2));

/** @returns {Promise<Map<string, Uint8Array>>} file name -> contents */
async function bundles() {
  const banner = `/* xaiwidgets, built by js/build.mjs; do not edit. sources sha256: ${await sourceHash()} */`;
  const widgets = (await readdir(path.join(here, "src", "widgets"))).map((name) => `src/widgets/${name}`).sort();
  const result = await build({
    absWorkingDir: here,
    entryPoints: [...widgets, { in: "src/lib/standalone.js", out: "standalone" }].map((entry) =>
      typeof entry === "string" ? { in: entry, out: path.parse(entry).name } : entry,
    ),
    outdir: output,
    bundle: true,
    minifySyntax: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "inline",
    banner: { js: banner, css: banner },
    plugins: [prepare],
    metafile: true,
    write: false,
  });
  const files = result.outputFiles.map(async ({ path: file, text }) => {
    const { inputs } = result.metafile.outputs[path.relative(here, file).split(path.sep).join("/")];
    return /** @type {const} */ ([path.basename(file), Buffer.from(indented(text) + (await licences(Object.keys(inputs))))]);
  });
  return new Map(await Promise.all(files));
}

/**
 * The notices that the bundled packages ask to travel with their code.
 * @param {string[]} inputs
 */
async function licences(inputs) {
  const names = inputs.flatMap((input) => constants.get(input) ?? /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? []);
  let text = "";
  for (const name of [...new Set(names)].sort()) {
    text += `\n/* Contains parts of ${name}:\n\n${await readFile(path.join(here, "node_modules", name, "LICENSE"), "utf8")}*/\n`;
  }
  return text;
}

/** @param {Map<string, Uint8Array>} built */
async function staleFiles(built) {
  const stale = [];
  for (const [name, contents] of built) {
    const committed = await readFile(path.join(output, name)).catch(() => null);
    if (!committed || !committed.equals(contents)) stale.push(name);
  }
  return stale;
}

const built = await bundles();
for (const [name, contents] of built) {
  if (name.endsWith(".js") && contents.byteLength > limit) {
    console.error(`${name} has ${contents.byteLength} bytes, more than the ${limit} a widget may have`);
    process.exitCode = 1;
  }
}
if (process.argv.includes("--check")) {
  const stale = await staleFiles(built);
  if (stale.length) {
    console.error(`stale in xaiwidgets/static: ${stale.join(", ")}; run "npm run build" in js/`);
    process.exitCode = 1;
  }
} else {
  await mkdir(output, { recursive: true });
  for (const [name, contents] of built) {
    await writeFile(path.join(output, name), contents);
    console.log(`${name}: ${contents.byteLength} bytes`);
  }
}
