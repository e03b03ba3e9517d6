"""Schemathesis in GraphQL mode: questions that it makes of the schema that the server tells of itself. None is a failure
of the server's, and every error has a code.

    generated.py ADDRESS SECONDS SEED
"""

import sys
import time

import schemathesis
from graphql import NameNode, ObjectFieldNode, ObjectValueNode
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from schemathesis.graphql import nodes

from kit import URL



def representation(of):
    """What a router of a federated graph says of an object: its type and its key."""
    members = [ObjectFieldNode(name=NameNode(value=name), value=nodes.String(value)) for name, value in of.items()]
    return ObjectValueNode(fields=tuple(members))


TYPES = ["Catalogue", "Channel", "Division", "Domain", "Item", "LegalBasis", "Unit", "Version"]
KEYS = st.one_of(st.sampled_from(["04", "513230000000", "513230000000-12", "513230000000-12-0001"]), st.text())

# What our scalars look like, now and then only nearly.
for name, values in {
    "Revision": st.integers(-1, 200).map(nodes.Int),
    "Date": st.one_of(st.dates().map(str), st.text()).map(nodes.String),
    "DateTime": st.one_of(st.datetimes().map(lambda at: at.isoformat() + "Z"), st.text()).map(nodes.String),
    "_Any": st.fixed_dictionaries(
        {"__typename": st.sampled_from(TYPES)}, optional={"code": KEYS, "id": KEYS}
    ).map(representation),
    "Digest": st.from_regex("sha256:[0-9a-f]{63,64}", fullmatch=True).map(nodes.String),
}.items():
    schemathesis.graphql.scalar(name, values)

seconds, start = float(sys.argv[2]), int(sys.argv[3])
schema = schemathesis.graphql.from_url(URL)
questions = st.one_of([operation.ok().as_strategy() for operation in schema.get_all_operations()])
until = time.monotonic() + seconds
asked = 0


def ask(case):
    """Sends a question, and holds the answer against what every answer promises."""
    global asked
    asked += 1
    response = case.call(headers={"Accept": "application/graphql-response+json"})
    about = f"{response.status_code} {response.text[:2000]}\nto {case.body}"
    assert response.status_code in (200, 400), about
    answer = response.json()
    assert ("data" in answer) == (response.status_code == 200), about
    for error in answer.get("errors", []):
        assert error["message"] and error["extensions"]["code"] and error["extensions"]["zh"], about
        assert error["extensions"]["code"] not in ("INTERNAL", "INCONSISTENT", "UNAVAILABLE"), about


for round in range(sys.maxsize):
    # A small number of examples at a time, for there is no other way to stop at a time.
    checks = settings(
        max_examples=20, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    checks(seed(start + round)(given(case=questions)(ask)))()
    if time.monotonic() > until:
        break
print(f"{asked} questions in {seconds:.0f} s, seed {start}")
