// GraphiQL at /graphiql, with one tab for each question of ../queries.
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import place from "../queries/place.graphql";
import item from "../queries/item.graphql";
import board from "../queries/board.graphql";
import citations from "../queries/citations.graphql";

// Monaco's workers lie beside this script. Without this it would take them from blobs, which the page forbids.
globalThis.MonacoEnvironment = {
  getWorker(_, label) {
    const file = WORKERS[`${label}-worker`] ?? WORKERS["editor-worker"];
    return new Worker(new URL(file, import.meta.url), { name: label });
  },
};

/** Asks the server that this page came from. The address is relative, so that a prefix before both does no harm. */
async function ask(question, { headers } = {}) {
  const response = await fetch("graphql", {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(question),
  });
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    // A time limit or a proxy answered in place of GraphQL.
    throw new Error(`HTTP ${response.status} ${response.statusText}: ${text}`);
  }
}

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL fetcher={ask} defaultTabs={[place, item, board, citations].map((query) => ({ query }))}>
    <GraphiQL.Logo>
      <a href="./">mulu 目录</a>
    </GraphiQL.Logo>
  </GraphiQL>,
);
