#!/usr/bin/env python3
"""Verifies what Baton has recorded, without Baton (docs/internals/journal-format.md).

usage: verify_journal.py RUN_FOLDER [LEDGER]        one run
       verify_journal.py PROJECT/.baton [--head HASH]  every run, the ledger, and its head of once

Needs the package rfc8785 from PyPI. Exit codes: 0 intact, 8 not, 7 nothing is damaged but something
could not be read. What it does not do is carry the run out on paper once more: that a saved state is
the one that the records lead to, where no record names its hash, only `baton verify` finds out.
"""

import errno
import hashlib
import json
import os
import pathlib
import re
import stat
import sys

import rfc8785

ZERO = "0" * 64
MOMENT = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z"
RUN = "[0-9a-z][0-9a-z-]{0,63}"
CLOSED = ("run.parked", "run.finished")
PLACED = ("run.created", "run.moved", "run.adopted")
MEMBERS = {"actor": dict, "at": str, "data": dict, "hash": str, "prev": str, "seq": int, "type": str}
OPTIONAL = {"attempt": int, "step": str}
ENTRY = {"at": str, "events": int, "head": str, "hash": str, "prev": str, "run": str}
# What is written ahead of the end of a journal at most, and what every record begins with.
ADVANCE = 262144
START = b'{"actor":{"id":"'


class Bad(Exception):
    """Something is not as it was written."""


class Report:
    """What looking at a run or at the ledger found."""

    def __init__(self, name=""):
        self.name, self.head = name, ""
        self.problems, self.unchecked, self.notes = [], [], []

    @property
    def is_intact(self):
        return not self.problems and not self.unchecked

    def __enter__(self):
        return self

    def __exit__(self, _, error, trace):
        if isinstance(error, Bad):
            self.problems.append(str(error))
        elif isinstance(error, OSError):
            self.unchecked.append(f"not checked: {error}")
        else:
            return False
        return True

    def tell(self):
        for sentence in self.problems + self.unchecked:
            print(self.name + sentence)
        for note in self.notes:
            print(f"{self.name}note: {note}", file=sys.stderr)


def read(path):
    """The content of a file: no link is followed, and nobody is waited for who might write into a pipe."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    if stat.S_ISDIR(os.stat(descriptor).st_mode):
        os.close(descriptor)
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    with open(descriptor, "rb") as file:
        return file.read() or b""


def check_file(path, wanted, name):
    try:
        content = read(path)
    except (FileNotFoundError, NotADirectoryError):
        raise Bad(f"{name} is missing") from None
    if hashlib.sha256(content).hexdigest() != wanted:
        raise Bad(f"{name} is not what was kept")


def unique(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member occurs twice")
    return members


def large(digits):
    """An integer of JSON as canonical JSON takes it: beyond 2^53 it is a double."""
    number = int(digits)
    return number if abs(number) < 2**53 else float(digits)


def no_constant(name):
    raise ValueError(f"{name} is no number")


def loads(text):
    try:
        return json.loads(
            text.decode(), object_pairs_hook=unique, parse_int=large, parse_constant=no_constant)
    except (ValueError, RecursionError) as error:
        raise Bad(f"it is not JSON: {error}") from None


def canonical(value):
    try:
        return rfc8785.dumps(value)
    except (ValueError, RecursionError, rfc8785.CanonicalizationError) as error:
        raise Bad(f"it has no canonical form: {error}") from None


def parse(line, members, optional):
    """A line that is intact in itself."""
    record = loads(line)
    if not isinstance(record, dict):
        raise Bad("it is not an object")
    known = {**members, **{name: kind for name, kind in optional.items() if name in record}}
    if record.keys() != known.keys() or any(type(record[n]) is not k for n, k in known.items()):
        raise Bad("members are missing, or of another type")
    if not all(re.fullmatch("[0-9a-f]{64}", record[name]) for name in ("prev", "hash")):
        raise Bad("`prev` or `hash` is not a hash")
    content = {name: value for name, value in record.items() if name != "hash"}
    if hashlib.sha256(canonical(content)).hexdigest() != record["hash"]:
        raise Bad("its hash is not that of its content")
    if canonical(record) != line:
        raise Bad("it is not in canonical form")
    return record


def parse_record(line):
    record = parse(line, MEMBERS, OPTIONAL)
    actor = record["actor"]
    if actor.keys() != {"kind", "id"} or not all(type(text) is str for text in actor.values()):
        raise Bad("members are missing, or of another type")
    if not re.fullmatch(MOMENT, record["at"], re.ASCII):
        raise Bad("`at` is not a moment")
    return record


def is_intact(line):
    try:
        return parse_record(line) is not None
    except Bad:
        return False


def is_cut_off(line):
    """Whether a write that a crash cut off can begin so.

    Where nothing was written there are zeros, or the newlines of before.
    """
    return not line or b"\0" in line or line.startswith(START) or START.startswith(line)


def is_object(line):
    """Whether a line was written whole."""
    try:
        return isinstance(loads(line), dict)
    except Bad:
        return False


def kind(tail):
    if not tail.strip(b"\n"):
        return "nothing but line feeds"
    is_changed = b"\n" in tail and b"\0" not in tail
    doubt = ", or bytes that were changed or were put there"
    return "a write that was cut off" + (doubt if is_changed else "")


def scan(content):
    """The records of a journal, where each begins, and what the torn tail behind them is."""
    records, starts, start, previous, at = [], [], 0, ZERO, ""
    torn = None
    while start < len(content):
        number, end = len(records), content.find(b"\n", start)
        line = content[start:] if end < 0 else content[start:end]
        try:
            if end < 0:
                raise Bad("its line has no end")
            record = parse_record(line)
        except Bad as bad:
            rest = content[start:]
            is_closed = records and records[-1]["type"] in CLOSED
            if not is_closed and len(rest) <= ADVANCE and not rest.strip(b"\n"):
                break  # written ahead of what comes next
            if any(is_intact(other) for other in rest.split(b"\n")[1:-1]):
                raise Bad(f"record {number}: {bad}") from None
            if not is_cut_off(line):
                raise Bad(f"record {number}: it is no record, nor the beginning of one") from None
            if end >= 0 and is_object(line):
                raise Bad(f"record {number}: {bad}") from None
            torn = kind(rest)
            break
        if record["seq"] != number:
            raise Bad(f"record {number}: it is number {record['seq']}")
        if record["prev"] != previous:
            raise Bad(f"record {number}: it does not follow the record before")
        if record["at"] < at:
            raise Bad(f"record {number}: it is earlier than the record before")
        previous, at = record["hash"], record["at"]
        records.append(record)
        starts.append(start)
        start += len(line) + 1
    starts.append(start)
    while records and records[-1]["data"].get("more") is True:
        records.pop()
        starts.pop()
        torn = "a write that was cut off"
    return records, starts, torn


def check_head(folder, records):
    if not records:
        raise Bad("record 0: there is no record")
    if records[0]["type"] != "run.created":
        raise Bad("record 0: it is not `run.created`")
    if records[0]["data"].get("format") != "baton-journal/1":
        raise Bad("record 0: its format is not known here")
    if records[0]["data"].get("run") != folder.name:
        raise Bad(f"record 0: it is the journal of run `{records[0]['data'].get('run')}`")


def named(value):
    """The hashes that `evidence` of a record names."""
    items = value if isinstance(value, list) else [value]
    hashes = [item.get("sha256") if isinstance(item, dict) else item for item in items]
    return [text for text in hashes if isinstance(text, str)]


def is_inner(path):
    parts = path.split("/")
    return "\0" not in path and not any(part in ("", ".", "..") for part in parts)


def check_files(folder, records, report):
    """The files that records name, and what else is kept as evidence."""
    evidence = {}
    for number, record in enumerate(records):
        data = record["data"]
        for path, wanted in (data.get("definition") or {}).items():
            with report:
                if not is_inner(path):
                    raise Bad(f"record {number}: `{path}` is no name of a file")
                check_file(folder / "definition" / path, wanted, f"record {number}: `{path}`")
        for name in named(data.get("evidence")):
            evidence.setdefault(name, f"record {number}: ")
        if record["type"] == "journal.repaired":
            name = data.get("file")
            with report:
                if not isinstance(name, str) or not is_inner(name) or "/" in name:
                    raise Bad(f"record {number}: `{name}` is no name of a file")
                check_file(folder / name, data.get("sha256"), f"record {number}: `{name}`")
    kept = folder / "evidence"
    with report:
        if kept.exists():
            for name in os.listdir(kept):
                if not name.endswith(".tmp"):
                    evidence.setdefault(name, "")
    for name, record in sorted(evidence.items()):
        with report:
            if not re.fullmatch("[0-9a-f]{64}", name):
                raise Bad(f"{record}`{name}` is no name of evidence")
            check_file(kept / name, name, f"{record}the evidence `{name}`")


def saved_state(folder, report):
    """What `run.json` says of itself; nothing where there is none, or a loss of power cut it off."""
    try:
        content = read(folder / "run.json")
    except (FileNotFoundError, NotADirectoryError):
        return report.notes.append("there is no saved state")
    if not content.endswith(b"\n") or b"\0" in content:
        return report.notes.append("the saved state is cut off")
    head, mark, state = content[:-2].partition(b',"state":')
    try:
        saved = loads(head + b"}")
        if not mark or not content.endswith(b"}\n") or saved["run"] != folder.name:
            raise Bad
        saved["end"] = saved["seq"] + 1
        if saved["format"] != "baton-state/1" or not 0 <= saved["line"] < saved["offset"]:
            raise Bad
    except (Bad, KeyError, TypeError):
        raise Bad("`run.json` is not a state of this run") from None
    if hashlib.sha256(state).hexdigest() != saved.get("sha256"):
        raise Bad("`run.json` holds another state than was saved")
    return saved


def check_state(saved, records, starts):
    seq = saved["seq"]
    if seq >= len(records):
        raise Bad(f"record {len(records)}: it is missing, `run.json` is as of record {seq}")
    if (saved["line"], saved["offset"], saved.get("head")) != (
            starts[seq], starts[seq + 1], records[seq]["hash"]):
        raise Bad("`run.json` does not belong to this journal")
    if records[seq]["data"].get("state_sha256") not in (None, saved["sha256"]):
        raise Bad(f"`run.json` is not the state that record {seq} names")


def settled(records, saved):
    """The newest park or end that somebody went on behind, or that `run.json` is as of.

    The ledger has a line of it or of a later record. What came before a move is in the ledger of
    another place.
    """
    newest = None
    for number, record in enumerate(records):
        if record["type"] in CLOSED:
            if number < len(records) - 1 or saved and saved["seq"] == number:
                newest = number
        elif record["type"] in ("run.moved", "run.adopted"):
            newest = None
    return newest


def is_here(folder, records):
    """Whether the run belongs where its folder is, so that the ledger here has to know it."""
    home = None
    for record in records:
        if record["type"] in PLACED:
            home = record["data"].get("home")
        elif record["type"] == "run.adopted_elsewhere":
            home = None
    number = str(folder.stat().st_ino)
    return bool(home) and (home["folder"], home["identity"].split("-")[0]) == (
        str(folder.resolve()), number)


def check_ledger(folder, records, saved, ledger, report):
    known = 0
    for entry in ledger.of(folder.name):
        events = entry["events"]
        known = max(known, events)
        if 1 <= events <= len(records) and records[events - 1]["hash"] != entry["head"]:
            raise Bad(f"record {events - 1}: the ledger of {entry['at']} knows another")
    if known > len(records):
        raise Bad(f"record {len(records)}: it is missing, the ledger knows of {known}")
    newest = settled(records, saved)
    # What a damaged ledger has behind its damage nobody knows.
    if newest is None or known > newest or not ledger.is_whole:
        return
    # The run may have gone on since the ledger was read.
    again = Ledger(ledger.path)
    if not again.is_whole or any(entry["events"] > newest for entry in again.of(folder.name)):
        return
    if is_here(folder, records):
        raise Bad(f"record {newest}: its line is gone from the ledger")
    report.notes.append(f"the ledger has no line of record {newest}: the run was elsewhere, or it is gone")


def check_run(folder, ledger, name=""):
    """Looks at one run; without a ledger, at its folder alone."""
    report, records, saved = Report(name), [], None
    known = max((entry["events"] for entry in ledger.of(folder.name)), default=0) if ledger else 0
    with report:
        saved = saved_state(folder, report)
    with report:
        try:
            content = read(folder / "journal.jsonl")
        except (FileNotFoundError, NotADirectoryError):
            raise Bad("record 0: the journal is missing") from None
        records, starts, torn = scan(content)
        check_head(folder, records)
        if torn and max(known, saved["end"] if saved else 0) > len(records):
            raise Bad(f"record {len(records)}: it is not an intact record")
        if torn:
            report.notes.append(f"behind record {len(records) - 1} there is {torn}")
        check_files(folder, records, report)
        with report:
            if saved:
                check_state(saved, records, starts)
        if ledger:
            check_ledger(folder, records, saved, ledger, report)
    if report.is_intact:
        report.head = f"intact: {len(records)} records, head {records[-1]['hash']}"
    return report


class Ledger:
    """The lines of the ledger, up to the first that is not intact."""

    def __init__(self, path):
        self.path, self.report, self.entries, self.runs = path, Report(), [], {}
        with self.report:
            try:
                content = read(path)
            except (FileNotFoundError, NotADirectoryError):
                content = b""
            lines = content.split(b"\n")
            for number, line in enumerate(lines[:-1], 1):
                self.take(line, f"the ledger, line {number}")
            self.take_rest(lines[-1])
        self.is_whole = self.report.is_intact

    def take(self, line, name):
        try:
            entry = parse(line, ENTRY, {})
            if entry["prev"] != (self.entries[-1]["hash"] if self.entries else ZERO):
                raise Bad("it does not follow the line before")
        except Bad as bad:
            last = self.entries[-1] if self.entries else None
            before = f"; the line before is of run {last['run']}, at {last['at']}" if last else ""
            raise Bad(f"{name}: {bad}{before}") from None
        if self.entries and entry["at"] < self.entries[-1]["at"]:
            self.report.notes.append(
                f"{name}: it is of {entry['at']}, the line before of {self.entries[-1]['at']}")
        self.entries.append(entry)
        self.runs.setdefault(entry["run"], []).append(entry)

    def take_rest(self, rest):
        if rest and b"\0" not in rest and not rest.startswith(b'{"at":"'[:len(rest)]):
            raise Bad("the ledger: what comes after its last line is not the beginning of one")
        if rest:
            self.report.notes.append("the last line of the ledger was cut off")

    def of(self, run):
        return self.runs.get(run, [])


def judge_run(folder, path):
    """What is found of a run, and of the ledger where its path is given."""
    ledger = Ledger(path) if path else None
    return [check_run(folder, ledger)] + ([ledger.report] if ledger else [])


def judge_project(root, head=None):
    """What is found of each run, and of the ledger."""
    ledger = Ledger(root / "ledger.jsonl")
    runs = [name for name in sorted(os.listdir(root / "runs")) if re.fullmatch(RUN, name)]
    reports = [check_run(root / "runs" / run, ledger, f"{run}: ") for run in runs]
    for run in sorted(ledger.runs.keys() - set(runs)):
        last = ledger.runs[run][-1]
        ledger.report.problems.append(
            f"run {run} is in the ledger and is gone: it had {last['events']} records at {last['at']}")
    if head and not ledger.report.unchecked and all(entry["hash"] != head for entry in ledger.entries):
        ledger.report.problems.append(f"the ledger has no line with the head {head}")
    end = f", head {ledger.entries[-1]['hash']}" if ledger.entries else ""
    ledger.report.head = f"ledger: {len(ledger.entries)} lines{end}"
    return reports + [ledger.report]


def main(arguments):
    head = None
    if len(arguments) == 3 and arguments[1] == "--head":
        head = arguments.pop()
        arguments.pop()
    if not 1 <= len(arguments) <= 2:
        print(__doc__, file=sys.stderr)
        return 2
    # The folder's name is the run's: `.` has none.
    folder = pathlib.Path(os.path.abspath(arguments[0]))
    is_project = (folder / "runs").is_dir()
    path = pathlib.Path(arguments[1]) if arguments[1:] else None
    reports = judge_project(folder, head) if is_project else judge_run(folder, path)
    is_intact = all(report.is_intact for report in reports)
    for report in reports:
        report.tell()
        if report.head and (is_project or is_intact):
            print(report.name + report.head)
    if any(report.problems for report in reports):
        return 8
    return 0 if is_intact else 7


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
