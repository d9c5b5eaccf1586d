// Bundles every widget of src/widgets, the sheet of all, and the shim of the HTML export into xaiwidgets/static.
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
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const output = path.join(here, "..", "xaiwidgets", "static");
const limit = 116 * 1024;
/** Sources with numbers of a package that is not bundled. */
const borrowed = new Map([["src/lib/ramp.js", "d3-scale-chromatic"]]);

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

/** @returns {Promise<Map<string, Uint8Array>>} file name -> contents */
async function bundles() {
  const banner = `/* xaiwidgets, built by js/build.mjs; do not edit. sources sha256: ${await sourceHash()} */`;
  const widgets = (await readdir(path.join(here, "src", "widgets"))).sort();
  const entries = widgets.map((name) => ({ in: `src/widgets/${name}/index.js`, out: name }));
  const result = await build({
    absWorkingDir: here,
    entryPoints: [
      ...entries,
      { in: "src/xai.css", out: "xai" },
      { in: "src/ui/standalone.js", out: "standalone" },
    ],
    outdir: output,
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    banner: { js: banner, css: banner },
    metafile: true,
    write: false,
  });
  const files = result.outputFiles.map(async ({ path: file, text }) => {
    const { inputs } = result.metafile.outputs[path.relative(here, file).split(path.sep).join("/")];
    return /** @type {const} */ ([
      path.basename(file),
      Buffer.from(text + (await licences(Object.keys(inputs)))),
    ]);
  });
  return new Map(await Promise.all(files));
}

/**
 * The notices that the bundled packages ask to travel with their code.
 * @param {string[]} inputs
 */
async function licences(inputs) {
  const names = inputs.flatMap(
    (input) => borrowed.get(input) ?? /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[1] ?? [],
  );
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
