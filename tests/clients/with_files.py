"""Libraries of Python read data files to the same table: one row an item, the cells of the CSV file.

with_files.py DIRECTORY: all.csv, all.parquet, all.sqlite, all.xlsx of the same rows, and official.xlsx."""

import csv
import datetime
import json
import pathlib
import sqlite3
import sys

import duckdb
import openpyxl
import pandas
import pyarrow.parquet

folder = pathlib.Path(sys.argv[1])
with open(folder / "all.csv", encoding="utf-8", newline="") as file:
    expected = list(csv.DictReader(file))
names = list(expected[0])
parquet = pyarrow.parquet.ParquetFile(folder / "all.parquet")
metadata = {key.decode(): value.decode() for key, value in parquet.schema_arrow.metadata.items()}
kinds = {column["name"]: column["type"] for column in json.loads(metadata["columnDeclarations"])}
assert list(kinds) == names


def plain(value):
    """A nested value as JSON has it: what is absent is left out, days are texts."""
    if isinstance(value, dict):
        return {name: plain(member) for name, member in value.items() if member is not None}
    if isinstance(value, list) and value and all(isinstance(one, tuple) for one in value):
        return {key: plain(member) for key, member in value}
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    return value


def same(name, value, cell, where):
    """Whether a typed value is what a cell of the CSV file says."""
    kind = kinds[name]
    # pandas writes NaN for nothing, and whole numbers beside it as fractions.
    if isinstance(value, float):
        value = None if value != value else int(value)
    if value is None or value is pandas.NaT:
        told = ""
    elif kind == "boolean":
        told = "true" if value else "false"
    elif kind == "instant" and isinstance(value, datetime.datetime):
        told = value.astimezone(datetime.timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    elif kind == "date" and isinstance(value, datetime.date):
        told = value.isoformat()[:10]
    elif kind == "json" and not isinstance(value, str):
        # A map without entries is no list, and looks like one.
        told, cell = plain(value) or [], json.loads(cell) or []
    elif kind == "json":
        told, cell = json.loads(value), json.loads(cell)
    else:
        told = str(value)
    assert told == cell, (where, name, value, cell)


def compare(rows, where):
    rows = list(rows)
    assert len(rows) == len(expected), (where, len(rows))
    for number, (row, cells) in enumerate(zip(rows, expected)):
        for name in names:
            same(name, row[name], cells[name], f"{where} {number}")


# pandas and DuckDB read the CSV file to the same texts.
frame = pandas.read_csv(folder / "all.csv", dtype=str, keep_default_na=False)
assert frame.to_dict("records") == expected
texts = duckdb.sql(f"SELECT * FROM read_csv('{folder}/all.csv', all_varchar = true, header = true)")
assert texts.columns == names
assert [["" if cell is None else cell for cell in row] for row in texts.fetchall()] == [
    list(row.values()) for row in expected
]

# Parquet, by pyarrow, DuckDB and pandas.
table = parquet.read()
types = {field.name: str(field.type) for field in table.schema}
assert types["effectiveFrom"] == "date32[day]" and types["proactive"] == "bool" and types["position"] == "int64", types
assert types["publishedAt"] == "timestamp[ms, tz=UTC]", types
assert types["content.points"].startswith("list<element: struct<required: bool, text: string>"), types
compare(table.to_pylist(), "pyarrow")
assert metadata["publisher"] and metadata["licence"] and metadata["dataset"] == "platform", metadata
relation = duckdb.sql(f"SELECT * FROM '{folder}/all.parquet'")
rows = [dict(zip(relation.columns, row)) for row in relation.fetchall()]
compare(rows, "DuckDB")
counted = duckdb.sql(
    f"""SELECT count(*) FROM (SELECT unnest("content.basis") FROM '{folder}/all.parquet')"""
).fetchall()[0][0]
assert counted == sum(len(json.loads(row["content.basis"])) for row in expected if row["content.basis"]), counted
assert pandas.read_parquet(folder / "all.parquet").shape == (len(expected), len(names))

# SQLite: the view of flat rows, and the lists beside it.
with sqlite3.connect(f"file:{folder}/all.sqlite?mode=ro", uri=True) as database:
    frame = pandas.read_sql("SELECT * FROM flat", database, dtype=object)
    compare(frame.to_dict("records"), "SQLite")
    assert database.execute("SELECT count(*) FROM item_basis").fetchone()[0] == counted
    assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []

# The workbooks, by openpyxl and pandas.
book = openpyxl.load_workbook(folder / "all.xlsx", read_only=True)
assert book.sheetnames == ["数据", "代码", "说明"], book.sheetnames
labels, header, *rows = book["数据"].iter_rows(values_only=True)
assert list(header) == names and labels[0] == "目录代码"
compare([dict(zip(header, row)) for row in rows], "openpyxl")
frame = pandas.read_excel(folder / "all.xlsx", header=1, dtype=object)
compare(frame.to_dict("records"), "pandas, xlsx")
book = openpyxl.load_workbook(folder / "official.xlsx")
sheet = book.worksheets[0]
assert "基层政务公开" in sheet["A1"].value and sheet.merged_cells.ranges, sheet["A1"].value
print(len(expected), "rows")
