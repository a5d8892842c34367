"""What a killed process had shown: whoever saw it goes by it, so it has to be so.

What is shown as done must not be a doubt afterwards, or still to be done. A process that is killed takes back nothing
of what it showed. A loss of power may take back what can be done again without anybody noticing (a step that has no
effect), and nothing else: no effect, no answer of a person, no end of the command.
"""

import json
import re

from play import Broken

# The mark at the beginning of a line of progress, and the records that it tells of.
MARKS = {
    "✓": {"step.succeeded"},
    "✗": {"step.failed"},
    "!": {"step.blocked", "step.in_doubt"},
    "–": {"step.skipped"},
    "…": {"step.waiting"},
}
BEGUN = re.compile(r"^run (\d{8}-[a-z0-9]{6})(?: |$)", re.MULTILINE)
CAME_TO = re.compile(r"^run (\d{8}-[a-z0-9]{6})(?: \(.*\))?: (.*)$", re.MULTILINE)


def records(project):
    """The records of the one run there is, each as its line."""
    for journal in (project / ".baton" / "runs").glob("*/journal.jsonl"):
        return list(filter(None, journal.read_bytes().splitlines()))
    return []


def _read(lines):
    """The records of lines, as far as they are whole."""
    found = []
    for line in lines:
        try:
            found.append(json.loads(line))
        except ValueError:
            continue
    return found


def check_kill(said, before, after):
    """Whether all that was said is in the record."""
    new = _read(after[len(before) :])
    for mark, types in MARKS.items():
        shown = sum(line.startswith(mark + " ") for line in said.splitlines())
        written = sum(record["type"] in types for record in new)
        if shown > written:
            raise Broken(f"{shown} steps were shown with {mark}, and the record knows of {written}:\n{said}")
    _check_outcome(said, after)


def check_power(said, before, written, durable):
    """Whether what must not be lost of what was said is on the disk; `written` is what was in the file."""
    new = _read(written[len(before) :])
    left = {record["hash"] for record in _read(durable[len(before) :])}
    shown = sum(line.startswith("✓ ") for line in said.splitlines())
    effects = {
        record["step"] for record in new
        if record["type"] == "attempt.started" and record["data"]["effects"] != "none"
    }
    ended = [record for record in new if record["type"] == "step.succeeded"]
    for record in ended[:shown]:
        counts = record["step"] in effects or record["actor"]["kind"] != "machine"
        if counts and record["hash"] not in left:
            raise Broken(f"{record['step']} was shown as done, and the loss of power took it back:\n{said}")
    _check_outcome(said, durable)


def _check_outcome(said, after):
    if BEGUN.search(said) and not after:
        raise Broken(f"a run was shown that is not there:\n{said}")
    for _, status in CAME_TO.findall(said):
        last = (_read(after[-1:]) or [None])[0]
        status = status.split(" (")[0].replace(" ", "_")
        if last is None or last["type"] not in ("run.parked", "run.finished"):
            raise Broken(f"the run was shown as {status}, and its record ends with {last and last['type']}")
        if last["data"]["status"] != status:
            raise Broken(f"the run was shown as {status}, and its record says {last['data']['status']}")
