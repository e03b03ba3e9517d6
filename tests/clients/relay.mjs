// Relay: its compiler takes the schema, its runtime the answers.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { Environment, Network, RecordSource, Store, fetchQuery } from "relay-runtime";
import { check, url } from "./kit.mjs";

const here = import.meta.dirname ?? new URL(".", import.meta.url).pathname;
const work = mkdtempSync(join(tmpdir(), "mulu-relay-"));
try {
  cpSync(join(here, "relay"), join(work, "src"), { recursive: true });
  cpSync(join(here, "../../schema/schema.graphql"), join(work, "schema.graphql"));
  writeFileSync(
    join(work, "relay.config.json"),
    JSON.stringify({ src: "src", schema: "schema.graphql", language: "javascript", eagerEsModules: true }),
  );
  writeFileSync(join(work, "package.json"), JSON.stringify({ type: "module" }));
  const compiler = createRequire(import.meta.url)("relay-compiler");
  execFileSync(compiler, ["relay.config.json"], { cwd: work, stdio: ["ignore", "ignore", "inherit"] });
  const made = async (name) => (await import(pathToFileURL(join(work, `src/__generated__/questions${name}Query.graphql.js`)))).default;
  const questions = { item: await made("Item"), page: await made("Page") };

  let errors;
  const network = Network.create(async ({ text }, variables) => {
    const response = await fetch(url, {
      method: "POST",
      headers: { accept: "application/graphql-response+json", "content-type": "application/json" },
      body: JSON.stringify({ query: text, variables }),
    });
    const answer = await response.json();
    errors = answer.errors;
    return answer;
  });
  await check(async (name, variables) => {
    // A store for each question: a connection would go on growing.
    const environment = new Environment({ network, store: new Store(new RecordSource()) });
    try {
      const data = await fetchQuery(environment, questions[name], variables).toPromise();
      return { data, errors };
    } catch (error) {
      // Relay throws where `data` is null.
      assert.ok(errors, error);
      return { data: null, errors };
    }
  });
} finally {
  rmSync(work, { recursive: true });
}
