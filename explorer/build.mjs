// Bundles GraphiQL into dist/: one page, and beside it scripts, styles and workers whose names carry a hash of what
// is in them, so that a browser may keep them for ever. Nothing in dist/ asks another host for anything.
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const inputs = new Set();

/** Bundles the entry points (by the name that their output gets); gives back the name that each output got. */
async function bundle(entryPoints, options) {
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints,
    outdir: "dist",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    metafile: true,
    legalComments: "none", // licenses.txt has every notice
    target: "es2022",
    define: { "process.env.NODE_ENV": '"production"', ...options.define },
    loader: { ".graphql": "text", ...options.loader },
    ...options.esbuild,
  });
  for (const input of Object.keys(metafile.inputs)) inputs.add(input);
  const outputs = Object.entries(metafile.outputs);
  const made = {};
  for (const [name, entry] of Object.entries(entryPoints)) {
    const [path] = outputs.find(([, output]) => output.entryPoint?.endsWith(entry));
    made[name] = basename(path);
  }
  return made;
}

/** The licence of every package that a file of came into the bundle. */
function licenses() {
  const packages = new Set();
  for (const input of inputs) {
    const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
  return [...packages].sort().map((path) => {
    const { name, version, license } = JSON.parse(readFileSync(join(here, path, "package.json"), "utf8"));
    const files = readdirSync(join(here, path)).filter((file) => /^(licen[cs]e|notice|thirdparty)/i.test(file));
    const texts = files.map((file) => readFileSync(join(here, path, file), "utf8").trim());
    return [`${name} ${version} (${license})`, ...texts].join("\n\n");
  }).join(`\n\n${"-".repeat(80)}\n\n`);
}

rmSync(dist, { recursive: true, force: true });
const monaco = "monaco-editor/esm/vs";
const workers = await bundle(
  {
    "editor-worker": `${monaco}/editor/editor.worker.js`,
    "json-worker": `${monaco}/language/json/json.worker.js`,
    "graphql-worker": "monaco-graphql/esm/graphql.worker.js",
  },
  { esbuild: { format: "iife" } },
);
const { app } = await bundle(
  { app: "src/app.jsx" },
  {
    // Monaco's modules import styles of their own; GraphiQL's style sheet has them all.
    loader: { ".css": "empty" },
    define: { WORKERS: JSON.stringify(workers) },
    esbuild: { format: "esm", splitting: true, jsx: "automatic" },
  },
);
const { style } = await bundle({ style: "src/style.css" }, {});
const page = readFileSync(join(here, "src/index.html"), "utf8");
writeFileSync(join(dist, "licenses.txt"), `${licenses()}\n`);
for (const file of readdirSync(dist)) {
  const bytes = readFileSync(join(dist, file));
  if (bytes.length > 1024) writeFileSync(join(dist, `${file}.gz`), gzipSync(bytes, { level: 9 }));
}
// Last, because make takes it as the sign that all the rest is there.
writeFileSync(join(dist, "index.html"), page.replace("APP", app).replace("STYLE", style));
