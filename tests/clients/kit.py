"""What the clients in Python have in common: where the server is, what is asked of it, what must come back."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
SCHEMA = HERE.parent.parent / "schema" / "schema.graphql"
URL = sys.argv[1] + "/graphql"


def question(name):
    """The text of a question."""
    return (HERE / "questions" / f"{name}.graphql").read_text(encoding="utf-8")


def check(ask):
    """Asks the three questions; `ask(name, **variables)` gives data and errors as the client shows them."""
    data, errors = ask("item", code="513230000000-12-0001")
    assert not errors, errors
    assert data["item"]["code"] == "513230000000-12-0001"
    assert data["item"]["names"] and data["item"]["elements"]
    assert data["item"]["version"]["effectiveFrom"] == "2026-11-21"
    data, errors = ask("item", code="513230000000-12-9999")
    assert not errors and data["item"] is None

    codes, after = [], None
    while True:
        data, errors = ask("page", division="513230", first=3, after=after)
        assert not errors, errors
        codes += [edge["node"]["code"] for edge in data["items"]["edges"]]
        page = data["items"]["pageInfo"]
        assert page["hasNextPage"] == (len(codes) < data["items"]["totalCount"])
        if not page["hasNextPage"]:
            break
        after = page["endCursor"]
    assert len(codes) == len(set(codes)) == 8, codes

    _, errors = ask("page", division="513230", first=500, after=None)
    assert [error["extensions"]["code"] for error in errors] == ["PAGE_TOO_LARGE"], errors
    assert "100" in errors[0]["extensions"]["zh"]
