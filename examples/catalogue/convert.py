#!/usr/bin/env python3
"""Turn the transcribed rows of published pages into catalogue files.

Reads rows.ndjson (next to this file), the code lists in schema/codelists and the
reference data in schema/reference; writes one NDJSON file per catalogue into
catalogues/: a header line, then one line per item in the order of rows.ndjson.

    convert.py           write the files and print the counts
    convert.py --check   write nothing; exit 1 if the files differ from what would be written

The rule behind every line below: unknown is never false. What the page does not
show is left out, never written as null, false or an empty list.
"""

import argparse
import csv
import json
import re
import sys
import unicodedata
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
SCHEMA = HERE.parent.parent / "schema"
CATALOGUES = HERE / "catalogues"

# No day of effect was seen on the pages, so all catalogues share one fixed day and say so.
EFFECTIVE_FROM = "2026-11-21"
LABEL, NOTE = "节录", "施行日期未载明"

# The transcriber's remark where a page does not name its town, street or county:
# such a row can be given to no place and stays out.
UNNAMED = re.compile("某|未写|栏目|路径")

# 法律、法规另有规定的,从其规定
RIDER = re.compile("另有规定的[,\uff0c]?应?从其规定")

LIMIT_KINDS = {
    "working_days": ("WITHIN", "WORKING_DAY"),
    "calendar_days": ("WITHIN", "DAY"),
    "realtime": ("REAL_TIME", None),
    "timely": ("TIMELY", None),
    "permanent": ("LONG_TERM", None),
}
# The rows file every limit without a number of days under "other"; these wordings say more.
OTHER_LIMITS = {
    "半年至少更新1次": {"kind": "PERIODIC", "period": "HALF_YEAR"},
    "每年1月31日前": {"kind": "FIXED_DATE"},
    "随采购公告、采购文件公开": {"kind": "WITH_EVENT"},
}
PERIOD_UNITS = {"working_days": "WORKING_DAY", "calendar_days": "DAY"}
LEVELS = {"prefecture": "PREFECTURE", "county": "COUNTY", "township": "TOWNSHIP", "village": "VILLAGE"}


class Reference:
    """The code lists and divisions that the rows are matched against."""

    def __init__(self):
        domains = read_csv(SCHEMA / "codelists" / "domains.csv")
        self.domains = {row["code"] for row in domains}
        self.domain_codes = by_name(domains)
        channels = read_csv(SCHEMA / "codelists" / "channels.csv")
        self.channels = {row["code"]: row["name"] for row in channels}
        self.channel_codes = by_name(channels)
        self.divisions = {row["code"] for row in read_csv(SCHEMA / "reference" / "divisions.csv")}


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_name(rows):
    """Name or alias to code; one text must never mean two things."""
    codes = {}
    for row in rows:
        for text in [row["name"], *filter(None, row["aliases"].split("\n"))]:
            if codes.setdefault(text, row["code"]) != row["code"]:
                raise SystemExit(f"{text}: means both {codes[text]} and {row['code']}")
    return codes


def tidy(value):
    """Every string NFC and trimmed; members without a value are gone."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value).strip()
    if isinstance(value, list):
        return [tidy(item) for item in value]
    if isinstance(value, dict):
        return {key: tidy(item) for key, item in value.items() if item is not None}
    return value


def reason_left_out(row):
    if row["mirror"]:
        return "page on a copying host"
    if not row["division_code"]:
        return "no division code"
    if UNNAMED.search(row["publisher"]):
        return "publisher not named on the page"
    return None


def domain_of(row, ref):
    """The row's own code, else the code of its domain by name (旅游); None for 其他领域."""
    return row["domain_code"] or ref.domain_codes.get(row["domain"])


def group(rows, ref):
    """Rows by catalogue code, in file order."""
    mixed = {row["source_url"] for row in rows if domain_of(row, ref) is None}
    publishers, catalogues = {}, {}
    for row in rows:
        division = row["division_code"].ljust(12, "0")
        if division not in ref.divisions:
            raise SystemExit(f"{division}: not in divisions.csv")
        # A page with rows of no domain is one table across domains and stays one catalogue.
        domain = "00" if row["source_url"] in mixed else domain_of(row, ref)
        if domain != "00" and domain not in ref.domains:
            raise SystemExit(f"{domain}: not in domains.csv")
        names = publishers.setdefault((division, domain), [])
        if row["publisher"] not in names:
            names.append(row["publisher"])
        part = names.index(row["publisher"]) + 1
        code = f"{division}-{domain}" + (f".{part:02}" if part > 1 else "")
        catalogues.setdefault(code, []).append(row)
    return catalogues


def time_limits(row):
    first, raw = row["time_limit"], row["time_limit_raw"]
    # A ditto (同上) whose upper row is not in the excerpt says nothing.
    if first is None and raw in (None, "同上"):
        return []
    first = first or {"kind": "other"}
    return [time_limit(first, raw)] + [time_limit(limit, limit.get("raw")) for limit in row["time_limits_extra"]]


def time_limit(limit, text):
    if limit["kind"] == "other":
        result = dict(OTHER_LIMITS.get(text, {"kind": "OTHER"}))
    else:
        kind, unit = LIMIT_KINDS[limit["kind"]]
        result = {"kind": kind, "count": limit.get("days"), "unit": unit}
    result |= {"trigger": limit.get("trigger"), "scope": limit.get("scope")}
    if text and RIDER.search(text):
        result["otherLawPrevails"] = True
    return result | {"text": text}


def channel(printed, ref):
    code = ref.channel_codes.get(printed, "OTHER")
    return {"code": code, "text": None if printed == ref.channels[code] else printed}


def citation(basis):
    title, number = basis["title"], basis["doc_no"]
    return {"text": title or number, "title": title, "documentNumber": number, "article": basis["article"]}


def content(row, ref):
    period, audience = row["publicity_period"], row["audience"]
    members = {
        "names": [name for name in (row["item_level1"], row["item_level2"]) if name],
        "points": [{"text": text} for text in row["content"]],
        "basis": [citation(basis) for basis in row["basis"]],
        "timeLimits": time_limits(row),
        "publicityPeriod": period and {
            "count": period["days"], "unit": PERIOD_UNITS[period["unit"]],
            "atLeast": period["minimum"], "text": period.get("raw"),
        },
        "methods": tidy({"proactive": row["method"]["proactive"], "onRequest": row["method"]["on_request"]}),
        "channels": [channel(printed, ref) for printed in row["channels"] + row["channels_other"]],
        "audience": tidy({
            "wholeSociety": audience["all_society"],
            "groups": [{"text": text} for text in audience["specific_groups"]] or None,
        }),
    }
    return {name: value for name, value in members.items() if value}


def local(row, shared, domain):
    members = {
        "domain": domain,
        "units": [{"text": text} for text in row["responsible_units"]],
        "levels": {LEVELS[level]: True for level in row["level"]},
    }
    members = {name: value for name, value in members.items() if value}
    if row["flags_inferred"]:
        present = {"METHOD": "methods" in shared, "AUDIENCE": "audience" in shared, "LEVEL": "levels" in members}
        members["inferred"] = [kind for kind, there in present.items() if there] or None
    return members


def lines(code, rows, ref):
    """The header and the items of one catalogue file."""
    sources = []
    for row in rows:
        source = {"publisher": row["publisher"], "url": row["source_url"]}
        if source not in sources:
            sources.append(source)
    yield {"catalogue": code, "publisher": rows[0]["publisher"], "label": LABEL,
           "effectiveFrom": EFFECTIVE_FROM, "note": NOTE, "sources": sources}
    for serial, row in enumerate(rows, 1):
        shared = content(row, ref)
        # Only a table across domains needs the domain in the row.
        domain = row["domain_code"] if code[13:15] == "00" else None
        source = sources.index({"publisher": row["publisher"], "url": row["source_url"]})
        yield {"item": f"{code}-{serial:04}", "content": shared, "local": local(row, shared, domain), "source": source}


def render(code, rows, ref):
    return "".join(
        json.dumps(tidy(line), ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines(code, rows, ref)
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--check", action="store_true", help="compare only; exit 1 on a difference")
    options = parser.parse_args()

    ref = Reference()
    rows = [json.loads(line) for line in (HERE / "rows.ndjson").read_text(encoding="utf-8").splitlines()]
    left_out = Counter(filter(None, map(reason_left_out, rows)))
    kept = [row for row in rows if not reason_left_out(row)]
    catalogues = group(kept, ref)
    wanted = {f"{code}.ndjson": render(code, members, ref).encode() for code, members in catalogues.items()}
    there = {path.name: path.read_bytes() for path in CATALOGUES.glob("*.ndjson")}
    changed = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
    if not options.check:
        CATALOGUES.mkdir(exist_ok=True)
        for name in changed:
            if name in wanted:
                (CATALOGUES / name).write_bytes(wanted[name])
            else:
                (CATALOGUES / name).unlink()

    provinces = len({code[:2] for code in catalogues})
    print(f"rows {len(kept)} of {len(rows)}, catalogues {len(catalogues)}, provinces {provinces}")
    for reason, count in sorted(left_out.items()):
        print(f"left out: {count} ({reason})")
    print(f"{'differing' if options.check else 'changed'} files: {len(changed)}", *changed[:10])
    return 1 if options.check and changed else 0


if __name__ == "__main__":
    sys.exit(main())
