// The types that graphql-codegen makes of the schema and the questions compile, and so does a program that uses them.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { codegen } from "@graphql-codegen/core";
import * as operations from "@graphql-codegen/typescript-operations";
import * as types from "@graphql-codegen/typescript";
import { buildSchema, parse, printSchema } from "graphql";
import { question } from "./kit.mjs";

const here = new URL(".", import.meta.url).pathname;
const scalars = { ByteCount: "number", Date: "string", DateTime: "string", Digest: "string", Revision: "number", URL: "string" };
const schema = buildSchema(readFileSync(join(here, "../../schema/schema.graphql"), "utf8"));
const work = mkdtempSync(join(tmpdir(), "mulu-codegen-"));
try {
  const made = await codegen({
    filename: "made.ts",
    schema: parse(printSchema(schema)),
    schemaAst: schema,
    documents: ["item", "page"].map((name) => ({ location: name, document: parse(question(name)) })),
    config: { scalars, strictScalars: true, enumsAsTypes: true, useTypeImports: true },
    plugins: [{ types: {} }, { operations: {} }],
    pluginMap: { types, operations },
  });
  writeFileSync(join(work, "made.ts"), made);
  writeFileSync(join(work, "program.ts"), readFileSync(join(here, "program.ts")));
  const tsc = createRequire(import.meta.url).resolve("typescript/bin/tsc");
  const options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--allowImportingTsExtensions", "--typeRoots", work];
  execFileSync(process.execPath, [tsc, ...options, join(work, "program.ts")], { stdio: "inherit" });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true });
}
