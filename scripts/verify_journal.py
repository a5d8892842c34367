#!/usr/bin/env python3
"""Verifies the journal of a run without Baton (docs/internals/journal-format.md).

usage: verify_journal.py RUN_FOLDER [LEDGER]

Needs the package rfc8785 from PyPI. Exit codes: 0 intact, 8 not.
"""

import hashlib
import json
import pathlib
import sys

import rfc8785

FORMAT = "baton-journal/1"


class Bad(Exception):
    pass


def unique(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Bad("a member occurs twice")
    return members


def large(digits):
    """An integer of JSON as canonical JSON takes it: beyond 2^53 it is a double."""
    number = int(digits)
    return number if abs(number) < 2**53 else float(digits)


def parse(line):
    try:
        record = json.loads(line.decode(), object_pairs_hook=unique, parse_int=large)
    except ValueError as error:
        raise Bad(f"it is not JSON: {error}") from None
    if not isinstance(record, dict):
        raise Bad("it is not an object")
    if rfc8785.dumps(record) != line:
        raise Bad("it is not in canonical form")
    return record


def check_hash(record):
    content = {name: value for name, value in record.items() if name != "hash"}
    if hashlib.sha256(rfc8785.dumps(content)).hexdigest() != record.get("hash"):
        raise Bad("its hash is not that of its content")


CLOSED = (b'"type":"run.parked"}', b'"type":"run.finished"}')


def journal_bytes(path):
    """The lines of a journal, without the newlines that are written ahead of what comes next."""
    content = path.read_bytes()
    lines = content.rstrip(b"\n")
    return content if lines.endswith(CLOSED) else lines + content[len(lines) :][:1]


def chain(content):
    """The lines of a chained file; raises Bad at the first that is not intact."""
    previous = "0" * 64
    lines = content.split(b"\n")
    if lines.pop() != b"":
        raise Bad(f"record {len(lines)}: its line has no end")
    records = []
    for number, line in enumerate(lines):
        try:
            record = parse(line)
            check_hash(record)
            if record.get("prev") != previous:
                raise Bad("it does not follow the record before")
        except Bad as bad:
            raise Bad(f"record {number}: {bad}") from None
        previous = record["hash"]
        records.append(record)
    return records


def check_journal(folder):
    records = chain(journal_bytes(folder / "journal.jsonl"))
    at = ""
    for number, record in enumerate(records):
        if record.get("seq") != number:
            raise Bad(f"record {number}: it is number {record.get('seq')}")
        if record["at"] < at:
            raise Bad(f"record {number}: it is earlier than the record before")
        at = record["at"]
        for path, wanted in record["data"].get("definition", {}).items():
            content = (folder / "definition" / path).read_bytes()
            if hashlib.sha256(content).hexdigest() != wanted:
                raise Bad(f"record {number}: `{path}` is not what was pinned")
    if not records or records[0]["type"] != "run.created":
        raise Bad("record 0: it is not `run.created`")
    if records[0]["data"].get("format") != FORMAT:
        raise Bad("record 0: its format is not known here")
    return records


def settled(records):
    """The newest park or end that somebody went on behind; the ledger has a line of it or of a later record.

    What came before a move is in the ledger of another place.
    """
    newest = None
    for number, record in enumerate(records[:-1]):
        if record["type"] in ("run.parked", "run.finished"):
            newest = number
        elif record["type"] in ("run.moved", "run.adopted"):
            newest = None
    return None if records[-1]["type"] in ("run.moved", "run.adopted") else newest


def check_ledger(path, run, records):
    known = 0
    for entry in chain(path.read_bytes()):
        if entry["run"] != run:
            continue
        events = entry["events"]
        if events > len(records):
            raise Bad(f"record {len(records)}: it is missing, the ledger knows of {events}")
        if records[events - 1]["hash"] != entry["head"]:
            raise Bad(f"record {events - 1}: the ledger knows another")
        known = max(known, events)
    newest = settled(records)
    if newest is not None and known <= newest:
        raise Bad(f"record {newest}: its line is gone from the ledger")


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    folder = pathlib.Path(sys.argv[1])
    try:
        records = check_journal(folder)
        if len(sys.argv) == 3:
            check_ledger(pathlib.Path(sys.argv[2]), records[0]["data"]["run"], records)
    except (Bad, OSError) as error:
        print(error)
        sys.exit(8)
    print(f"intact: {len(records)} records, head {records[-1]['hash']}")


main()
