// What all clients have in common: where the server is, what is asked of it, and what must come back.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export const url = `${process.argv[2]}/graphql`;

/** The text of a question. */
export const question = (name) => readFileSync(new URL(`questions/${name}.graphql`, import.meta.url), "utf8");

/** The item that is asked for, and the place whose items are walked through. */
export const item = { code: "513230000000-12-0001" };
export const place = { division: "513230" };

/**
 * Asks the three questions through a client: one item, a walk over pages, and a page that is too large.
 * `ask(name, variables)` gives `{ data, errors }` as the client shows them.
 */
export async function check(ask) {
  const one = await ask("item", item);
  assert.deepEqual(one.errors ?? [], []);
  assert.equal(one.data.item.code, item.code);
  assert.ok(one.data.item.names.length > 0 && one.data.item.elements.length > 0);
  assert.equal(one.data.item.version.effectiveFrom, "2026-11-21");

  const nobody = await ask("item", { code: "513230000000-12-9999" });
  assert.deepEqual([nobody.errors ?? [], nobody.data.item], [[], null]);

  const codes = [];
  let after = null;
  do {
    const { data, errors } = await ask("page", { ...place, first: 3, after });
    assert.deepEqual(errors ?? [], []);
    codes.push(...data.items.edges.map((edge) => edge.node.code));
    assert.equal(data.items.pageInfo.hasNextPage, codes.length < data.items.totalCount);
    after = data.items.pageInfo.hasNextPage ? data.items.pageInfo.endCursor : null;
  } while (after);
  assert.equal(codes.length, 8);
  assert.equal(new Set(codes).size, 8);

  const { errors } = await ask("page", { ...place, first: 500 });
  assert.equal(errors.length, 1);
  assert.equal(errors[0].extensions.code, "PAGE_TOO_LARGE");
  assert.ok(errors[0].message.includes("100") && errors[0].extensions.zh.includes("100"));
}
