// A program that knows answers by their types only: what is not in a question is not there, and what may be null must
// be looked at first.
import type { ItemQuery, ItemQueryVariables, PageQuery, PageQueryVariables } from "./made.ts";

export const asked: ItemQueryVariables = { code: "513230000000-12-0001" };
export const paged: PageQueryVariables = { division: "513230", first: 3 };

export function label(answer: ItemQuery): string | undefined {
  const text: string | null | undefined = answer.item?.elements?.[0]?.text;
  return text ?? answer.item?.version.label;
}

export function next(answer: PageQuery): PageQueryVariables | undefined {
  const { endCursor, hasNextPage } = answer.items.pageInfo;
  const count: number = answer.items.totalCount;
  return hasNextPage && count > 0 ? { ...paged, after: endCursor } : undefined;
}

// @ts-expect-error: the question does not ask for it
export const missing = (answer: ItemQuery) => answer.item?.content;
// @ts-expect-error: it may be null
export const unchecked = (answer: ItemQuery) => answer.item.code;
