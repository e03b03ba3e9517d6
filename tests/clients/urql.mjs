// urql: by POST, and by GET.
import { Client, fetchExchange, gql } from "@urql/core";
import { check, question, url } from "./kit.mjs";

for (const preferGetMethod of [false, "force"]) {
  const client = new Client({ url, exchanges: [fetchExchange], preferGetMethod });
  await check(async (name, variables) => {
    const { data, error } = await client.query(gql(question(name)), variables).toPromise();
    if (error?.networkError) throw error;
    return { data, errors: error?.graphQLErrors };
  });
}
