#!/usr/bin/env python3
"""Assemble the guideline of the example from rows of published pages.

No text of a real guideline is at hand, so its rows are picked from the transcribed rows of the example catalogue, each
whole and as convert.py makes it. Nothing is written here but codes, days, and a title and a note that say 示例.

    assemble.py           write guideline-1.ndjson and guideline-2.ndjson
    assemble.py --check   write nothing; exit 1 if they differ from what would be written
"""

import json
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "catalogue"))
sys.dont_write_bytecode = True

import convert  # noqa: E402

CODE = "100000000000-20G"
# Full-width punctuation by its code point: editors and fonts fold it.
TITLE = "社会救助领域基层政务公开标准指引\uff08示例\uff09"
NOTE = "示例\uff1a不是官方文本\uff0c由各地公开的标准目录的行拼成\uff0c每行的出处见来源"

GENERAL, RELIEF, DESTITUTE = "综合业务", "最低生活保障", "特困人员救助供养"
POLICY, SUPERVISION, GUIDE = "政策法规文件", "监督检查", "办事指南"
SHICHENG, DAZHU, BAODI, MOUDING = "石城县", "大竹县信息公开办", "天津市宝坻区", "牟定县某镇"

# Serial of the item, the start of the publisher's name, the two names of the row.
FIRST = [
    (1, SHICHENG, GENERAL, POLICY),
    (2, SHICHENG, GENERAL, SUPERVISION),
    (3, DAZHU, RELIEF, POLICY),
    (4, BAODI, RELIEF, GUIDE),
    (5, MOUDING, RELIEF, "审核信息"),
    (6, MOUDING, DESTITUTE, POLICY),
    (7, MOUDING, DESTITUTE, GUIDE),
]
# The second version takes two rows from other pages and adds one.
SECOND = [
    *FIRST[:2],
    (3, SHICHENG, RELIEF, POLICY),
    (4, DAZHU, RELIEF, GUIDE),
    FIRST[4],
    (8, MOUDING, RELIEF, "审批信息"),
    *FIRST[5:],
]
VERSIONS = {
    "guideline-1.ndjson": ("示例第一版", "2026-11-21", FIRST),
    "guideline-2.ndjson": ("示例第二版", "2026-12-01", SECOND),
}


def pick(rows, publisher, *names):
    """The only row of that publisher with these names."""
    found = [
        row
        for row in rows
        if row["publisher"].startswith(publisher) and (row["item_level1"], row["item_level2"]) == names
    ]
    if len(found) != 1:
        raise SystemExit(f"{publisher} {names}: {len(found)} rows")
    return found[0]


def lines(label, day, picks, rows, ref):
    chosen = [(serial, pick(rows, *which)) for serial, *which in picks]
    sources = []
    for _, row in chosen:
        source = {"publisher": row["publisher"], "url": row["source_url"]}
        if source not in sources:
            sources.append(source)
    yield {"catalogue": CODE, "title": TITLE, "label": label, "effectiveFrom": day, "note": NOTE, "sources": sources}
    for serial, row in chosen:
        shared = convert.content(row, ref)
        source = sources.index({"publisher": row["publisher"], "url": row["source_url"]})
        yield {
            "item": f"{CODE}-{serial:04}", "content": shared, "local": convert.local(row, shared, None), "source": source,
        }


def main():
    ref = convert.Reference()
    text = (HERE.parent / "catalogue" / "rows.ndjson").read_text(encoding="utf-8")
    rows = [json.loads(line) for line in text.splitlines()]
    differing = []
    for name, (label, day, picks) in VERSIONS.items():
        made = "".join(
            json.dumps(convert.tidy(line), ensure_ascii=False, separators=(",", ":")) + "\n"
            for line in lines(label, day, picks, rows, ref)
        ).encode()
        path = HERE / name
        if not path.exists() or path.read_bytes() != made:
            differing.append(name)
            if "--check" not in sys.argv[1:]:
                path.write_bytes(made)
    print("differing files:", *differing or ["none"])
    return 1 if differing and "--check" in sys.argv[1:] else 0


if __name__ == "__main__":
    sys.exit(main())
