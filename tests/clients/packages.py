"""Frictionless: every Data Package named is one, and its files are what it says of them.

    packages.py ADDRESS-OR-FILE…
"""

import json
import sys
from pathlib import Path
from urllib.request import urlopen

from frictionless import Package

for source in sys.argv[1:]:
    is_remote = source.startswith("http")
    text = urlopen(source).read() if is_remote else Path(source).read_bytes()
    descriptor = json.loads(text)
    for file in descriptor["resources"]:
        # Else it takes whatever is called .json for a table.
        file.setdefault("type", "file")
    package = Package.from_descriptor(descriptor, basepath=source.rsplit("/", 1)[0])
    report = package.validate()
    assert report.valid, f"{source}: {report.errors} {report.flatten(['name', 'rowNumber', 'fieldName', 'type', 'note'])[:20]}"
    assert report.stats["tasks"] == len(descriptor["resources"]) > 0, report.stats
    tables = [resource for resource in package.resources if resource.type == "table"]
    rows = [len(resource.read_rows()) for resource in tables]
    keys = sum(len(resource.schema.foreign_keys) for resource in tables)
    hashed = sum(1 for resource in package.resources if resource.hash and resource.bytes)
    print(package.name, len(package.resources), "files", hashed, "measured", rows, "rows", keys, "foreign keys")
