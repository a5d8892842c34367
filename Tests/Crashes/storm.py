"""Many processes at the same runs, in real time, of which any may be killed at any moment.

Some `baton tick` again and again, as cron would on several machines with one folder; others answer, approve and
send events; and a killer picks one of them, and kills it. Afterwards `tick` alone brings every run to its end. No
effect that must not happen twice has, no deadline came twice, out of order or after the answer, nobody was told twice
of one, an answer that was taken is in the record, and the record verifies.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from pathlib import Path

from play import FINAL, Broken

HERE = Path(__file__).resolve().parent
TAKEN = {0, 1, 4, 5}


class Storm:
    def __init__(self, binary, root, seed):
        self.binary = binary
        self.root = root
        self.project = root / "project"
        self.random = random.Random(seed)
        self.alive = {}
        self.guard = threading.Lock()
        self.is_over = False
        self.kills = 0
        self.answers = {}
        self.tokens = {}
        self.broken = []

    # MARK: Calling

    def call(self, words, person=None, mortal=True):
        """Calls the binary; None where it was killed."""
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.root), "TERM": "dumb"}
        if person:
            environment["BATON_TOKEN"] = self.tokens[person]
        process = subprocess.Popen(
            [self.binary, *words], cwd=self.project, env=environment, text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if mortal:
            with self.guard:
                self.alive[process.pid] = process
        try:
            output, errors = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            raise Broken(f"`baton {' '.join(words)}` never ends") from None
        finally:
            with self.guard:
                self.alive.pop(process.pid, None)
        if process.returncode == -signal.SIGKILL:
            return None
        if process.returncode in (70, 125) or process.returncode < 0:
            raise Broken(f"`baton {' '.join(words)}` exits with {process.returncode}: {errors}")
        return process.returncode, output, errors

    def sure(self, *words):
        code, output, errors = self.call(list(words), mortal=False)
        if code not in TAKEN:
            raise Broken(f"`baton {' '.join(words)}` exits with {code}: {errors}")
        return output

    # MARK: Playing

    def prepare(self):
        shutil.copytree(HERE / "storm", self.project)
        shutil.copytree(HERE / "ledger" / "plugins", self.project / "plugins")
        (self.root / "ledger").touch()
        for person in ["ana", "ben", "cy"]:
            self.tokens[person] = self.sure("people", "token", person, "--quiet").strip()

    def play(self, seconds, runs):
        self.prepare()
        end = time.monotonic() + seconds
        workers = [self.ticking, self.ticking, self.answering, self.answering, self.killing]
        threads = [threading.Thread(target=self.guarded, args=(worker, end)) for worker in workers]
        for thread in threads:
            thread.start()
        for number in range(runs):
            if time.monotonic() < end:
                self.start(number)
        for thread in threads:
            thread.join()
        self.settle()
        self.check()

    def guarded(self, worker, end):
        try:
            while time.monotonic() < end and not self.broken:
                worker()
        except Broken as broken:
            self.broken.append(str(broken))

    def start(self, number):
        # A run does not end where its starter dies: it is there, and `tick` goes on with it.
        thread = threading.Thread(
            target=self.call, args=(["run", "workflows/storm.yaml", "--no-input", "-i", f"n={number}"],), daemon=True)
        thread.start()
        time.sleep(self.random.uniform(0, 0.6))

    def ticking(self):
        self.call(["tick", "--quiet"])
        time.sleep(self.random.uniform(0, 0.1))

    def answering(self):
        runs = self.runs()
        if not runs:
            time.sleep(0.05)
            return
        run = self.random.choice(runs)
        what = self.random.randrange(5)
        if what == 0:
            amount = self.random.randrange(3)
            self.give(run, f"amount={amount}", ["answer", run, "asked", f"amount={amount}"])
        elif what in (1, 2):
            person = self.random.choice(["ana", "ben", "cy"])
            self.give(run, person, ["approve", run, "agreed"], person)
        elif what == 3:
            number = self.random.randrange(40)
            self.call(["event", "ledger.arrived", f"n={number}"])
        else:
            self.call(["resume", run])

    def give(self, run, what, words, person=None):
        """Gives something that counts once it was taken."""
        result = self.call(words, person)
        if result is not None and result[0] in TAKEN:
            with self.guard:
                self.answers.setdefault((run, words[0]), []).append(what)

    def killing(self):
        time.sleep(self.random.uniform(0.002, 0.08))
        with self.guard:
            living = [process for process in self.alive.values() if process.poll() is None]
            if living:
                self.random.choice(living).kill()
                self.kills += 1

    def runs(self):
        folder = self.project / ".baton" / "runs"
        if not folder.exists():
            return []
        return [path.name for path in folder.iterdir() if (path / "journal.jsonl").exists()]

    # MARK: Looking

    def settle(self):
        """`tick`, and the people who are still waited for, bring every run to its end."""
        for _ in range(400):
            if self.broken:
                raise Broken(self.broken[0])
            self.sure("tick", "--quiet")
            open_runs = [card for card in map(self.card, self.runs()) if card["status"] not in FINAL]
            if not open_runs:
                return
            for card in open_runs:
                self.help(card)
            time.sleep(0.05)
        raise Broken(f"a run never ends: {json.dumps(open_runs[0])[:3000]}")

    def card(self, run):
        return json.loads(self.sure("status", run, "--json"))

    def help(self, card):
        if card["status"] == "needs_attention":
            self.call(["resume", card["id"]], mortal=False)
        for step in card["steps"]:
            if step["status"] != "waiting" or step["address"] not in ("asked", "agreed"):
                continue
            if step["address"] == "asked":
                self.give(card["id"], "amount=9", ["answer", card["id"], "asked", "amount=9"])
            else:
                for person in ["ana", "ben"]:
                    self.give(card["id"], person, ["approve", card["id"], "agreed"], person)

    def check(self):
        self.sure("verify", "--all")
        lines = (self.root / "ledger").read_text().splitlines()
        for line in set(lines):
            if line.startswith(("probed", "keyed")) and lines.count(line) > 1:
                raise Broken(f"it took effect {lines.count(line)} times: {line}")
        for run in self.runs():
            self.check_run(run, lines)

    def check_run(self, run, lines):
        card = self.card(run)
        if card["status"] != "succeeded":
            raise Broken(f"{run} {card['status']}")
        for name in ["begun", "gave up", "ended"]:
            written = [line for line in lines if line.startswith(f"probed {run}:") and line.endswith(f" {name}")]
            if len(written) != 1:
                raise Broken(f"{run}: `{name}` took effect {len(written)} times: {written}")
        self.check_events(run, card)

    def check_events(self, run, card):
        reached, told, closed = {}, set(), set()
        for line in filter(None, (self.project / ".baton" / "runs" / run / "journal.jsonl").read_text().splitlines()):
            event = json.loads(line)
            step, data = event.get("step"), event.get("data", {})
            if event.get("type") == "deadline.reached":
                if step in closed:
                    raise Broken(f"{run}: {data['timer']} of {step} came after its end")
                before = reached.setdefault(step, [])
                if data["timer"] in [timer for timer, _ in before]:
                    raise Broken(f"{run}: {data['timer']} of {step} came twice")
                if before and data["due_at"] < before[-1][1]:
                    raise Broken(f"{run}: {data['timer']} of {step} came out of order")
                before.append((data["timer"], data["due_at"]))
            elif event.get("type") == "notice.sent":
                if (step, data["timer"], data["person"]) in told:
                    raise Broken(f"{run}: {data['person']} was told twice of {data['timer']} of {step}")
                told.add((step, data["timer"], data["person"]))
            elif event.get("type") in ("step.succeeded", "step.failed"):
                closed.add(step)
        amounts = set(self.answers.get((run, "answer"), []))
        if f"amount={card['outputs']['amount']}" not in amounts and amounts:
            raise Broken(f"{run}: answered {amounts}, and it came to {card['outputs']}")
        if len(amounts) > 1:
            raise Broken(f"{run}: several answers were taken: {amounts}")


def play(binary, folder, seconds, seed):
    storm = Storm(binary, folder, seed)
    storm.play(seconds, runs=max(3, int(seconds)))
    return len(storm.runs()), storm.kills
