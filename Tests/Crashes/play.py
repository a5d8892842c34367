"""Plays a scenario with the real binary, as a person would who knows nothing but what `status` says."""

import datetime
import json
import math
import os
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[2] / "scripts"))
try:
    import verify_journal
except ImportError:
    # Its package is not there: only `baton` judges.
    verify_journal = None

# What differs from run to run, and what stands for it.
BLURS = [
    (r"\d{8}-[a-z0-9]{6}", "RUN"),
    # A try that is known not to have happened renews the key.
    (r"RUN:([a-z0-9_/\[\]]+):\d+", r"RUN:\1"),
    (r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID"),
    (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", "MOMENT"),
    (r"\d{4}-\d\d-\d\d", "DAY"),
    (r"INV-[0-9a-z]+", "INV-ID"),
    (r"(?<![0-9a-f])[0-9a-f]{16,}", "HASH"),
    (r"<[0-9A-Za-z.]+@", "<MESSAGE@"),
    (r"(PN|SM|log_|crn_|con_|note_|fol_|boo_|sso_|msg_)[0-9a-f]{8,}", "ID"),
    (r"\(test [0-9a-z]{8}\)", "(test ID)"),
]
FINAL = {"succeeded", "failed", "cancelled", "undone"}
CHILDREN_RUN = "still runs"
REFUSED = 7


class Broken(Exception):
    """Something that must never be."""


class Result:
    """How a run ended: its status, its outputs, and the world around it."""

    def __init__(self, status, outputs, world):
        self.status = status
        self.outputs = outputs
        self.world = world

    def blurred(self):
        return json.dumps(_blurred([self.status, self.outputs, self.world]), sort_keys=True)

    def __eq__(self, other):
        """The same run, disturbed or not: exactly the same outputs; of the world, moments and chance differ."""
        return (self.outputs == other.outputs or self.blurred_outputs() == other.blurred_outputs()) and (
            self.blurred() == other.blurred()
        )

    def blurred_outputs(self):
        return Result("", self.outputs, {}).blurred()

    def difference(self, other):
        mine, theirs = self.blurred(), other.blurred()
        same = len(os.path.commonprefix([mine, theirs]))
        start = max(0, same - 200)
        return f"…{mine[start : same + 400]}\nnot …{theirs[start : same + 400]}"


def _blurred(value):
    """A value without what differs from run to run; the order of lists is one of the differences."""
    if isinstance(value, dict):
        return {name: _blurred(member) for name, member in value.items()}
    if isinstance(value, list):
        return sorted((_blurred(member) for member in value), key=json.dumps)
    if isinstance(value, str):
        return blurred_text(value)
    return value


def blurred_text(text):
    for pattern, word in BLURS:
        text = re.sub(pattern, word, text)
    return text


def wait_for_end(process, seconds):
    """As `process.wait`, which looks only every so often and so takes longer than most commands do."""
    descriptor = os.pidfd_open(process.pid)
    try:
        if not select.select([descriptor], [], [], seconds)[0]:
            raise subprocess.TimeoutExpired(process.args, seconds)
    finally:
        os.close(descriptor)
    process.wait()


class Play:
    def __init__(self, scenario, tools, root):
        self.scenario = scenario
        self.tools = tools
        self.root = root
        # How many commands it took to help.
        self.helped = 0

    @property
    def project(self):
        return self.root / "project"

    def prepare(self):
        """Makes the world before the run."""
        self.project.mkdir(parents=True)
        self.scenario.prepare(self)

    # MARK: Calling

    def call(self, arguments, trace=None, kill_all=False):
        """Calls the binary, followed by stop_at where asked; its exit code and output."""
        words = [self.tools["baton"], *arguments]
        if trace is not None:
            words = [self.tools["stop_at"], *trace, *words]
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.root), "TERM": "dumb"}
        if self.clock:
            environment |= {"LD_PRELOAD": str(self.tools["later"]), "LATER_BY": str(self.clock)}
        environment |= self.scenario.signed_in(self, arguments)
        output = errors = subprocess.PIPE
        said = self.root / "said"
        if trace is not None:
            # To a file: what a killed process started may live on and keep a pipe open.
            output = errors = said.open("w")
        process = subprocess.Popen(
            [str(word) for word in words], cwd=self.project, env=environment, text=True,
            stdin=subprocess.DEVNULL, stdout=output, stderr=errors, start_new_session=True)
        if trace is not None:
            output.close()
        try:
            if trace is None:
                output, errors = process.communicate(timeout=60)
            else:
                wait_for_end(process, 60)
                output, errors = said.read_text(errors="replace"), ""
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            raise Broken(f"`baton {' '.join(arguments)}` never ends") from None
        if kill_all:
            self.kill_group(process.pid)
        if process.returncode in (70, 125) or "crash" in errors and process.returncode < 0:
            raise Broken(f"`baton {' '.join(arguments)}` exits with {process.returncode}: {errors}")
        return process.returncode, output, errors

    @staticmethod
    def kill_group(group):
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            return
        for _ in range(2000):
            try:
                os.killpg(group, 0)
            except ProcessLookupError:
                return
            time.sleep(0.001)

    def baton(self, *arguments):
        return self.call(list(arguments))

    # MARK: Time

    @property
    def clock(self):
        """How many seconds the run's world is ahead of the machine's clock."""
        path = self.root / "clock"
        return int(path.read_text()) if path.exists() else 0

    def wait_until(self, moment):
        """Lets the time pass until right after a moment, as the journal writes it."""
        until = datetime.datetime.fromisoformat(moment).timestamp()
        ahead = math.ceil(until - time.time()) + 1
        if ahead > self.clock:
            (self.root / "clock").write_text(str(ahead))

    # MARK: Looking

    def runs(self):
        code, output, errors = self.baton("list", "--quiet")
        if code != 0:
            raise Broken(f"`list` exits with {code}: {errors}")
        return output.split()

    def folders(self):
        """The runs whose folders are there, without asking the binary."""
        folder = self.project / ".baton" / "runs"
        return [path.name for path in folder.iterdir()] if folder.exists() else []

    def card(self, known=None):
        """What `status` says of the one run there is; nil where there is none."""
        runs = [known] if known else self.runs()
        if not runs:
            return None
        if len(runs) > 1:
            raise Broken(f"there are several runs: {runs}")
        code, output, errors = self.baton("status", runs[0], "--json")
        if code != 0:
            raise Broken(f"`status` exits with {code}: {errors}")
        return json.loads(output)

    def verify(self, when):
        if not self.folders():
            return
        code, output, errors = self.baton("verify", "--all")
        if code != 0:
            raise Broken(f"`verify --all` {when} exits with {code}:\n{output}{errors}")
        if verify_journal:
            reports = verify_journal.judge_project(self.project / ".baton")
            found = [sentence for report in reports for sentence in report.problems + report.unchecked]
            if found:
                raise Broken(f"scripts/verify_journal.py finds {when}: {found}")

    def wait_for_children(self):
        """Waits until nothing that a killed process had started holds the run."""
        for _ in range(500):
            if not any(CHILDREN_RUN in self.lock_complaint(run) for run in self.folders()):
                return
            time.sleep(0.01)
        raise Broken("what the killed process started never ends")

    def lock_complaint(self, run):
        """Says who holds a run, without touching it: the lock is only looked at by `note` on a run that is held."""
        lock = self.project / ".baton" / "runs" / run / "lock"
        held = lock.exists() and f":{lock.stat().st_ino} " in Path("/proc/locks").read_text()
        return CHILDREN_RUN if held else ""

    # MARK: Helping

    def settle(self, observer=None, otherwise=None, stop=None):
        """Does whatever brings the run to its end; where nothing stands in the way, `otherwise`.

        Goes no further where `stop`, which is given each card, says so; true then.
        """
        card = None
        for _ in range(200):
            card = self.card(known=card and card["id"])
            if card is not None and card["status"] in FINAL:
                return False
            if stop is not None and stop(card):
                return True
            command = self.remedy(card)
            is_free = card is not None and card["status"] != "interrupted"
            meanwhile = command
            if otherwise and is_free and command[0] in ("answer", "event", "approve", "plugins", "tick"):
                command = otherwise
            if observer is not None:
                observer(command)
            code, _, _ = self.call(command)
            if command is otherwise and code == REFUSED:
                # What a killed process was trying is brought to an end first.
                self.call(meanwhile)
            self.helped += 1
        raise Broken(f"the run never ends: {json.dumps(card)[:3000]}")

    def remedy(self, card):
        """What to type next."""
        if card is None:
            return self.scenario.start
        run = card["id"]
        if card["status"] == "interrupted":
            return self.scenario.recover(run)
        for reason in card.get("parked", []):
            if reason["step"].endswith(".undo") and "by hand" in reason["message"]:
                return ["done", run, reason["step"], "--reason", "done"]
        # What has failed for good may wait for a doubt beside it.
        order = {"in_doubt": 0, "waiting": 2}
        for step in sorted(card["steps"], key=lambda step: order.get(step["status"], 1)):
            command = self.remedy_for_step(run, step, {reason["step"] for reason in card.get("parked", [])})
            if command is not None:
                return command
        moments = [step["waiting"]["until"] for step in card["steps"] if "until" in step.get("waiting", {})]
        if card["status"] == "waiting" and (moments or self.scenario.pause):
            if moments:
                self.wait_until(min(moments))
            else:
                # Between two rounds: nobody says when the next begins.
                (self.root / "clock").write_text(str(self.clock + self.scenario.pause))
            return ["tick"]
        return ["resume", run]

    def remedy_for_step(self, run, step, needs_attention):
        address = step["address"]
        if step["status"] == "in_doubt":
            return ["resolve", run, address, *self.scenario.truth(self, run, step)]
        if step["status"] == "failed" and address in needs_attention:
            return ["retry", run, address]
        if step["status"] == "waiting" and step.get("waiting", {}).get("for") in (
            "answer", "event", "approval", "first"
        ):
            return self.scenario.settle(self, run, step)
        return None

    def result(self):
        card = self.card()
        return Result(card["status"], card["outputs"], self.scenario.world(self))

    # MARK: The world

    def rows(self, database):
        """Every row of every table, in order."""
        path = self.project / database
        if not path.exists():
            return {}
        # A copy of one's own, outside of the world: that before a run is looked at, and copied, by several crashes at once.
        with tempfile.TemporaryDirectory(dir=self.root.parent) as folder:
            copy = Path(folder) / "looked-at.db"
            for suffix in ["", "-journal", "-wal"]:
                if (self.project / (database + suffix)).exists():
                    shutil.copy(self.project / (database + suffix), str(copy) + suffix)
            return self.rows_of(copy)

    @staticmethod
    def rows_of(database):
        connection = sqlite3.connect(database)
        tables = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {
            table: sorted(str(row) for row in connection.execute(f'SELECT * FROM "{table}"')) for table in tables
        }
        connection.close()
        return found

    def subjects(self, outbox):
        """The subjects of the messages that were sent, in order."""
        folder = self.project / outbox / "new"
        if not folder.exists():
            return []
        found = []
        for path in folder.iterdir():
            lines = path.read_text(errors="replace").splitlines()
            found += [line for line in lines if line.startswith("Subject:")]
        return sorted(found)

    def ledger(self):
        """What the effects themselves wrote, outside the project."""
        path = self.root / "ledger"
        return path.read_text().splitlines() if path.exists() else []
