#!/usr/bin/env python3
"""A second implementation of mulu's canonical form, digests and trees, from the Python standard library alone.

    check.py              recompute every vector in this folder
    check.py dump FILE    recompute a dump of a log; print its size, its root and the digests of its versions

FILE is NDJSON: {"digest": "sha256:…", "bytes": "<base64>"} for each object (bytes null: redacted) and
{"revision": n, "bytes": "<base64>"} for each event, in order. Exit code 1 names the first thing that differs.
"""
import base64, hashlib, json, sys, unicodedata
from pathlib import Path

# Unicode's White_Space. str.strip() by itself would also take U+001C to U+001F.
SPACE = "\t\n\v\f\r \x85\xa0\u1680" + "".join(map(chr, range(0x2000, 0x200B))) + "\u2028\u2029\u202f\u205f\u3000"
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}

class Refused(Exception):
    """The JSON pointer of a value that has no canonical form."""

def same(what, expected, found):
    if expected != found:
        sys.exit(f"{what}: expected {expected!r}, found {found!r}")

def read(text):  # JSON's -0 is a double, not the integer 0.
    return json.loads(text, parse_int=lambda number: float(number) if number == "-0" else int(number))

def normal(text):
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip(SPACE)

def quoted(text):
    return '"' + "".join(ESCAPES.get(c, c if c >= " " else f"\\u{ord(c):04x}") for c in text) + '"'

def canonical(value, at=""):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) < 2**53:
        return str(value)
    if isinstance(value, str) and value == normal(value):
        return quoted(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical(item, f"{at}/{i}") for i, item in enumerate(value)) + "]"
    if isinstance(value, dict) and all(name and name == normal(name) for name in value):
        step = lambda name: name.replace("~", "~0").replace("/", "~1")
        names = sorted(value, key=lambda name: name.encode("utf-16-be"))
        return "{" + ",".join(f"{quoted(n)}:{canonical(value[n], f'{at}/{step(n)}')}" for n in names) + "}"
    raise Refused(at)

def included(found, index, size, path, expected):  # RFC 9162, 2.1.3.2
    last = size - 1
    for sibling in path if 0 <= index < size else ():
        if last == 0:
            return False
        if index & 1 or index == last:
            found = sha256(b"\1" + sibling + found)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            found = sha256(b"\1" + found + sibling)
        index, last = index >> 1, last >> 1
    return index == last == 0 and found == expected

def consistent(size, old, larger, new, path):  # RFC 9162, 2.1.4.2
    if not 0 < size < larger or not path:
        return 0 < size == larger and old == new and not path
    first, *rest = ([old] if size & size - 1 == 0 else []) + path
    index, last, before, after = size - 1, larger - 1, first, first
    while index & 1:
        index, last = index >> 1, last >> 1
    for sibling in rest:
        if last == 0:
            return False
        if index & 1 or index == last:
            before, after = sha256(b"\1" + sibling + before), sha256(b"\1" + sibling + after)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            after = sha256(b"\1" + after + sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and before == old and after == new

def form(value):
    try:
        return {"canonical": canonical(value)}
    except Refused as refused:
        return {"refused": str(refused)}

def sha256(data):
    return hashlib.sha256(data).digest()

def root(leaves):
    """RFC 6962, 2.1, over leaf hashes: split at the largest power of two below their number."""
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256(b"")
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + root(leaves[:split]) + root(leaves[split:]))

def printed(leaves):
    return "sha256:" + root(leaves).hex()

def tree(texts):
    return printed([sha256(b"\0" + text.encode()) for text in texts])

def leaves_of(data):
    """The leaf hashes that an object's bytes hold; its digest is the root over them."""
    if data[:1] == b"\1":
        return [data[i : i + 32] for i in range(1, len(data), 32)]
    return [sha256(data)] if data else []

def tagged(kind, members):
    text = canonical({"format": f"mulu.{kind}/1", **members})
    return text, printed([sha256(text.encode())])

def check_draft(name, vector):
    header, base, entries = vector["header"], vector["base"], []
    for row in vector["rows"]:
        entry = {member: row[member] for member in ("item", "origin", "reason", "source") if member in row}
        entry["content"] = tagged("content", row["content"])[1]
        entry["local"] = tagged("local", row.get("local", {}))[1]
        origin = [o["content"] for o in base["origins"] if o["origin"] == row.get("origin")]
        entry["relation"] = "LOCAL" if not origin else "ADOPTED" if origin == [entry["content"]] else "ADAPTED"
        entries.append(tagged("entry", entry)[0])
    same(name, (vector["entries"], vector["root"]), (entries, tree(entries)))
    version = {"number": 1, "sources": [], "omissions": [], **header, "size": len(entries), "entries": tree(entries)}
    version["elementSchemas"] = [tagged("element", element)[1] for element in version.pop("elements", [])]
    if "basedOn" in header:
        version["basedOn"] = {**header["basedOn"], "digest": base["upstream"]}
    same(name, (vector["version"], vector["digest"]), tagged("version", version))

def check_vectors(folder):
    def vectors(file):
        return [(f"{file}: {v['name']}", v) for v in read((folder / file).read_text("utf-8"))]
    for name, v in vectors("canonical.json"):
        same(name, {key: v[key] for key in v if key in ("canonical", "refused")}, form(v["input"]))
    for name, v in vectors("text.json"):
        same(name, v["text"], normal(v["raw"]))
    for name, v in vectors("objects.json"):
        same(name, v["canonical"], canonical(v["value"]))
        prefix = {"json": b"", "leaf": b"\0"}[v["kind"]]
        same(name, v["digest"], printed([sha256(prefix + v["canonical"].encode())]))
    for name, v in vectors("merkle.json"):
        leaves = [sha256(b"\0" + bytes.fromhex(leaf)) for leaf in v["leaves"]]
        same(name, v["root"], printed(leaves))
        same(name, v.get("list"), {0: "", 1: None}.get(len(leaves), "01" + b"".join(leaves).hex()))
    raw = lambda digest: bytes.fromhex(digest.removeprefix("sha256:"))
    for name, v in vectors("inclusion.json"):
        path = list(map(raw, v["path"]))
        same(name, v["holds"], included(raw(v["leaf"]), v["index"], v["size"], path, raw(v["root"])))
    for name, v in vectors("consistency.json"):
        path = list(map(raw, v["path"]))
        same(name, v["holds"], consistent(v["from"], raw(v["fromRoot"]), v["to"], raw(v["toRoot"]), path))
    for name, v in vectors("notes.json"):  # signatures take more than the standard library
        owner, key_id, key = v["key"].split("+", 2)
        same(name, key_id, sha256(owner.encode() + b"\n" + base64.b64decode(key))[:4].hex())
        same(name, v.get("text"), None if v.get("refused") else v["note"][: v["note"].rindex("\n\n") + 1])
    for name, v in vectors("draft.json"):
        check_draft(name, v)

def check_object(what, digest, data):
    same(what, digest, printed(leaves_of(data)))
    if data[:1] == b"\1":
        same(f"{what}: whole hashes, two or more", True, len(data) > 33 and len(data) % 32 == 1)
    elif data:
        text = data.removeprefix(b"\0").decode()
        same(what, {"canonical": text}, form(read(text)))

def check_event(what, event, get, versions):
    """Bytes that were redacted are None; what they led to cannot be looked at."""
    body, kind = event["body"], event["kind"]
    if kind == "PUBLISHED":
        version, listed = get(body["version"]), get(body["entries"])
        if version is not None:
            version = read(version)
            for member in ("catalogue", "number", "entries", "size", "effectiveFrom"):
                same(f"{what}: {member}", body[member], version[member])
            before = versions.get(f"{body['catalogue']}#{body['number'] - 1}")
            same(f"{what}: previous", before, version.get("previous"))
        versions[f"{body['catalogue']}#{body['number']}"] = body["version"]
        if listed is not None:
            leaves = leaves_of(listed)
            same(f"{what}: size, entries", (body["size"], body["entries"]), (len(leaves), printed(leaves)))
            for entry in filter(None, (get(printed([leaf])) for leaf in leaves)):
                entry = read(entry[1:])
                get(entry["content"])
                get(entry["local"])
    if kind == "REFERENCE" and (index := get(body["records"])) is not None:
        chunks = [get(chunk["object"]) for chunk in read(index)["chunks"]]
        if None not in chunks:
            texts = [canonical(record) for chunk in chunks for record in read(chunk)["records"]]
            same(f"{what}: count, root", (body["count"], body["root"]), (len(texts), tree(texts)))

def check_dump(lines):
    objects, events, versions, redacted = {}, [], {}, set()
    for row in map(json.loads, lines):
        data = None if row["bytes"] is None else base64.b64decode(row["bytes"])
        if "revision" in row:
            events.append(data.decode())
            same("revision", len(events), row["revision"])
        else:
            objects[row["digest"]] = data
            if data is not None:
                check_object(f"object {row['digest']}", row["digest"], data)
    for revision, text in enumerate(events, 1):
        what, event = f"event {revision}", read(text)
        same(what, {"canonical": text}, form(event))
        same(f"{what}: revision", revision, event["revision"])
        get = lambda digest: objects[digest] if digest in objects else sys.exit(f"{what}: {digest} is missing")
        check_event(what, event, get, versions)
        if event["kind"] == "REDACTED":
            redacted.add(event["body"]["object"])
    same("redacted objects", sorted(redacted), sorted(d for d, data in objects.items() if data is None))
    print(json.dumps({"events": len(events), "objects": len(objects), "root": tree(events), "versions": versions}))

if __name__ == "__main__":
    if sys.argv[1:2] == ["dump"]:
        with open(sys.argv[2], encoding="utf-8") as lines:
            check_dump(lines)
    else:
        check_vectors(Path(__file__).parent)
