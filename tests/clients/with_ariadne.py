"""ariadne-codegen: the client that it makes of the schema and the questions can be imported, and its types take what comes."""

import importlib
import subprocess
import sys
import tempfile
from pathlib import Path

from kit import HERE, SCHEMA, URL, check

SCALARS = {"Date": "str", "DateTime": "str", "Digest": "str", "Revision": "int", "URL": "str"}

with tempfile.TemporaryDirectory() as work:
    settings = [
        "[tool.ariadne-codegen]",
        f'schema_path = "{SCHEMA}"',
        f'queries_path = "{HERE / "questions"}"',
        'target_package_name = "made"',
        "async_client = false",
        "convert_to_snake_case = false",
        *[f'[tool.ariadne-codegen.scalars.{name}]\ntype = "{kind}"' for name, kind in SCALARS.items()],
    ]
    Path(work, "pyproject.toml").write_text("\n".join(settings), encoding="utf-8")
    generate = [sys.executable, "-m", "ariadne_codegen", "client"]
    subprocess.run(generate, cwd=work, check=True, stdout=subprocess.DEVNULL)
    sys.path.insert(0, work)
    made = importlib.import_module("made")
    with made.Client(url=URL) as client:

        def ask(name, **variables):
            try:
                answer = getattr(client, name)(**variables)
                return answer.model_dump(by_alias=True), []
            except made.GraphQLClientGraphQLMultiError as error:
                return None, [{"message": one.message, "extensions": one.extensions} for one in error.errors]

        check(ask)
