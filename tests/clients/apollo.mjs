// Apollo Client: plainly, and with automatic persisted queries by GET.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from "@apollo/client";
import { PersistedQueryLink } from "@apollo/client/link/persisted-queries";
import { check, item, question, url } from "./kit.mjs";

/** A client, and every request that it makes. */
function client(link) {
  const sent = [];
  const http = new HttpLink({
    uri: url,
    fetch: async (target, options) => {
      const response = await fetch(target, options);
      sent.push({ method: options.method, hasText: `${target}${options.body ?? ""}`.includes("query "), status: response.status });
      return response;
    },
  });
  const apollo = new ApolloClient({ cache: new InMemoryCache(), link: link ? ApolloLink.from([link, http]) : http });
  const ask = async (name, variables) => {
    const query = gql(question(name));
    const { data, error } = await apollo.query({ query, variables, fetchPolicy: "network-only", errorPolicy: "all" });
    if (error && !CombinedGraphQLErrors.is(error)) throw error;
    return { data, errors: error?.errors };
  };
  return { ask, sent };
}

await check(client().ask);

const sha256 = (text) => createHash("sha256").update(text).digest("hex");
const persisting = () => client(new PersistedQueryLink({ sha256, useGETForHashedQueries: true }));
const first = persisting();
await check(first.ask);
// The hash alone, then hash and text, from then on the hash alone.
assert.deepEqual(first.sent.slice(0, 3), [
  { method: "GET", hasText: false, status: 200 },
  { method: "POST", hasText: true, status: 200 },
  { method: "GET", hasText: false, status: 200 },
]);
const second = persisting();
await second.ask("item", item);
assert.deepEqual(second.sent, [{ method: "GET", hasText: false, status: 200 }]);
