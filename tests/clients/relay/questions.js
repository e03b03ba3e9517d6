// What Relay's compiler makes artifacts of: the schema must be one that it takes, connections and nodes included.
import { graphql } from "relay-runtime";

export const Item = graphql`
  query questionsItemQuery($code: String!) {
    item(code: $code) {
      code
      names
      elements { label text }
      version { label effectiveFrom }
    }
  }
`;

export const Page = graphql`
  query questionsPageQuery($division: String!, $first: Int!, $after: String) {
    items(filter: { division: $division }, first: $first, after: $after) @connection(key: "questions_items") {
      totalCount
      edges {
        node { code name }
      }
      pageInfo { endCursor hasNextPage }
    }
  }
`;
