#!/usr/bin/env python3
"""Checks mulu's proofs offline: a second implementation, made from docs/proof.md alone.

    verify.py --key VKEY [--checkpoint KEPT] FILE     check a proof; exit code 0: it holds, 1: refused
    verify.py --key VKEY --batch                      for each line of standard input, a file in base64: ok or refused

VKEY comes from the operator of the log, never from the file. KEPT is a checkpoint of an earlier day: it must be in FILE.
Python 3.11 and the package `cryptography` (Debian: python3-cryptography).
"""
import argparse, base64, binascii, hashlib, json, re, sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


class Refused(ValueError):
    """Why a file proves nothing."""


def need(condition, code):
    if not condition:
        raise Refused(code)


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def node(left, right):
    return sha256(b"\1", left, right)


def leaf(value):
    return sha256(b"\0", canonical(value))


# RFC 8785, of which proofs use strings, integers, booleans, arrays and objects.


def written(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) and abs(value) < 2**53:
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(ESCAPES.get(c, c if c >= " " else f"\\u{ord(c):04x}") for c in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(written, value)) + "]"
    need(isinstance(value, dict) and "" not in value, "NOT_CANONICAL")
    names = sorted(value, key=lambda name: name.encode("utf-16-be"))
    return "{" + ",".join(f"{written(name)}:{written(value[name])}" for name in names) + "}"


def canonical(value):
    return written(value).encode()


def members(value, *names):
    """The members of an object that must have just these."""
    need(isinstance(value, dict) and sorted(value) == sorted(names), "BAD_SHAPE")
    return [value[name] for name in names]


def of_format(value, name, code):
    need(isinstance(value, dict) and value.get("format") == name, code)
    return value


def integer(value):
    need(type(value) is int and value >= 0, "BAD_SHAPE")
    return value


def digest(text):
    need(isinstance(text, str) and re.fullmatch("sha256:[0-9a-f]{64}", text), "BAD_SHAPE")
    return bytes.fromhex(text[7:])


def digests(value):
    need(isinstance(value, list), "BAD_SHAPE")
    return [digest(text) for text in value]


def unbase64(text):
    """Base64 that says the same in one way only: padded, no other characters, unused bits zero."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused("BAD_CHECKPOINT")
    need(base64.b64encode(data).decode() == text, "BAD_CHECKPOINT")
    return data


# Trees: RFC 9162, 2.1.3.2 and 2.1.4.2.


def root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else sha256()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return node(root(leaves[:split]), root(leaves[split:]))


def included(found, index, size, path, expected):
    if not 0 <= index < size:
        return False
    last = size - 1
    for sibling in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            found = node(sibling, found)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            found = node(found, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and found == expected


def consistent(size, old, larger, new, path):
    if not 0 < size <= larger:
        return False
    if size == larger:
        return not path and old == new
    steps = [old] * (size & size - 1 == 0) + path
    if not path:
        return False
    index, last = size - 1, larger - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    before = after = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            before, after = node(sibling, before), node(sibling, after)
            while index and not index & 1:
                index, last = index >> 1, last >> 1
        else:
            after = node(after, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and before == old and after == new


# Keys and checkpoints: c2sp.org/signed-note, c2sp.org/tlog-checkpoint.


class Key:
    def __init__(self, text):
        self.name, printed, data = text.split("+", 2)
        data = unbase64(data)
        self.id = sha256(self.name.encode(), b"\n", data)[:4]
        if len(data) != 33 or data[0] != 1 or self.id.hex() != printed:
            raise ValueError("no Ed25519 verifier key")
        self.public = Ed25519PublicKey.from_public_bytes(data[1:])

    def checkpoint(self, note):
        """Size and root of a checkpoint that this key, and nobody else, has signed."""
        need(isinstance(note, str) and "\n\n" in note, "BAD_CHECKPOINT")
        place = note.rindex("\n\n") + 1
        line = re.fullmatch("\u2014 ([^ ]+) ([^ ]+)\n", note[place + 1 :])
        need(line and line[1] == self.name, "BAD_CHECKPOINT")
        signature = unbase64(line[2])
        need(signature[:4] == self.id, "BAD_CHECKPOINT")
        try:
            self.public.verify(signature[4:], note[:place].encode())
        except InvalidSignature:
            raise Refused("BAD_CHECKPOINT")
        lines = note[:place].split("\n")
        need(len(lines) == 4 and lines[0] == self.name, "BAD_CHECKPOINT")
        need(re.fullmatch("0|[1-9][0-9]{0,18}", lines[1], re.ASCII), "BAD_CHECKPOINT")
        tree = unbase64(lines[2])
        need(len(tree) == 32, "BAD_CHECKPOINT")
        return int(lines[1]), tree


# The two formats.


def check_entry(entry, content, local, catalogue):
    """The leaf of an entry of this catalogue whose parts are those that it names."""
    of_format(entry, "mulu.entry/1", "PART_DIFFERS")
    for name, part in (("content", content), ("local", local)):
        of_format(part, f"mulu.{name}/1", "PART_DIFFERS")
        need(sha256(canonical(part)) == digest(entry.get(name)), "PART_DIFFERS")
    item = entry.get("item")
    need(isinstance(item, str) and item.rpartition("-")[0] == catalogue, "NOT_IN_VERSION")
    return leaf(entry)


def check_proof(file, key):
    subject = "item" if "item" in file else "entries"
    _, note, event, path, version, found = members(
        file, "format", "checkpoint", "event", "eventPath", "version", subject
    )
    of_format(event, "mulu.event/1", "EVENT_DIFFERS")
    of_format(version, "mulu.version/1", "EVENT_DIFFERS")
    body = event.get("body")
    need(event.get("kind") == "PUBLISHED" and isinstance(body, dict), "EVENT_DIFFERS")
    for name in ("catalogue", "number", "entries", "size", "effectiveFrom"):
        need(name in body and name in version and body[name] == version[name], "EVENT_DIFFERS")
    need(sha256(canonical(version)) == digest(body.get("version")), "EVENT_DIFFERS")
    size, entries = integer(body["size"]), digest(body["entries"])
    what = f"{body['catalogue']} #{body['number']}, in force from {body['effectiveFrom']}"
    if subject == "item":
        *parts, position, steps = members(found, "entry", "content", "local", "position", "path")
        tip = check_entry(*parts, body["catalogue"])
        need(included(tip, integer(position) - 1, size, digests(steps), entries), "NOT_IN_VERSION")
        what = f"item {parts[0]['item']}, position {position} of {size}, in {what}"
    else:
        need(isinstance(found, list) and len(found) == size, "NOT_IN_VERSION")
        tips = [check_entry(*members(e, "entry", "content", "local"), body["catalogue"]) for e in found]
        need(root(tips) == entries, "NOT_IN_VERSION")
        what = f"{size} entries of {what}"
    sealed, tree = key.checkpoint(note)
    revision = integer(event.get("revision"))
    need(included(leaf(event), revision - 1, sealed, digests(path), tree), "NOT_IN_LOG")
    return f"{what}, published as revision {revision}", [(sealed, tree)]


def check_consistency(file, key):
    _, old, new, path = members(file, "format", "from", "to", "path")
    old, new = key.checkpoint(old), key.checkpoint(new)
    need(consistent(*old, *new, digests(path)), "INCONSISTENT_LOG")
    return f"the log has only grown since size {old[0]}, root sha256:{old[1].hex()}", [old, new]


def verify(data, key, kept=None):
    """What a file proves, and its newest checkpoint."""
    try:
        file = json.loads(data.decode())
        need(canonical(file) == data, "NOT_CANONICAL")
        known = {"mulu.proof/1": check_proof, "mulu.consistency/1": check_consistency}
        need(isinstance(file, dict) and file.get("format") in known, "UNKNOWN_FORMAT")
        what, checkpoints = known[file["format"]](file, key)
    except Refused:
        raise
    except (ValueError, TypeError, RecursionError):  # no UTF-8, no JSON, members of another kind
        raise Refused("NOT_CANONICAL")
    need(kept is None or key.checkpoint(kept) in checkpoints, "OTHER_CHECKPOINT")
    return what, checkpoints[-1]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--key", type=Key, required=True)
    options.add_argument("--checkpoint", type=Path)
    options.add_argument("--batch", action="store_true")
    options.add_argument("file", type=Path, nargs="?")
    asked = options.parse_args()
    if asked.batch:
        for line in sys.stdin:
            try:
                verify(base64.b64decode(line), asked.key)
                print("ok")
            except Refused:
                print("refused")
        return
    try:
        kept = asked.checkpoint and asked.checkpoint.read_bytes().decode(errors="replace")
        what, (size, tree) = verify(asked.file.read_bytes(), asked.key, kept)
    except Refused as refused:
        sys.exit(f"refused: {refused}")
    print(f"verified: {what}\ncheckpoint: {asked.key.name}, size {size}, root sha256:{tree.hex()}")
    print("not proved: that nothing was published, withdrawn or closed later; that others are shown the same log")


if __name__ == "__main__":
    main()
