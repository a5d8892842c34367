"""The workflows that are killed at everything they do, and what somebody helpful knows about them."""

import json
import re
import shutil
import sqlite3
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class Scenario:
    """What a play needs to know; the variants of the onboarding differ in a few lines."""

    def __init__(
        self, name, workflow, inputs, before=(), remedies=None, database="data/site-builder.db"
    ):
        self.name = name
        self.workflow = workflow
        self.start = ["run", workflow, *(word for pair in inputs for word in ["-i", pair])]
        self.before = before
        self.remedies = remedies or {}
        self.database = database

    def prepare(self, play):
        for name in ["baton.yaml", "plugins", "calendars", "workflows"]:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, play.project / name)
            elif (ROOT / name).exists():
                shutil.copy(ROOT / name, play.project / name)
        for command in self.before:
            code, output, errors = play.baton(*command)
            assert code == 0, output + errors

    # Files of services that are programs: what they write is theirs to sync, and is not followed.
    outside = ()

    # How much time passes where a run waits and says for no moment; none where that does not happen.
    pause = 0

    def recover(self, run):
        """What goes on with a run whose process died."""
        return ["resume", run]

    def signed_in(self, play, command):
        """The variables of the environment by which a command knows who gives it."""
        return {}

    def settle(self, play, run, step):
        """What a step that waits for people or events is given."""
        address = step["address"]
        kind, words = self.remedies[address.split("[")[0]]
        words = [word.format(**self.names(play)) for word in words]
        return [kind, run, *([] if kind == "event" else [address]), *words]

    def names(self, play):
        """What remedies may refer to."""
        users = play.rows("data/site-builder.db").get("users", [])
        return {"user_id": users[0].split("'")[1] if users else ""}

    def truth(self, play, run, step):
        raise AssertionError(f"{step['address']} of {self.name} is in doubt, and nobody knows")

    # Tables that remember what was done, though it was taken back, and messages, which cannot be.
    kept = {"identity_changes", "tenant_changes", "crm_changes", "telephony_messages"}

    def left_behind(self, play, before):
        """What differs from the world before the run, and should not."""
        after, first = play.rows(self.database), before.rows(self.database)
        return {
            table: [row for row in rows if row not in first.get(table, [])]
            for table, rows in after.items()
            if table not in self.kept and rows != first.get(table, [])
        }

    def world(self, play):
        return {"rows": _without_chance(play.rows(self.database)), "sent": play.subjects("outbox")}


def _without_chance(rows):
    """Passwords are made anew where a crash came before they were kept."""
    return {table: [_masked(row) for row in lines] for table, lines in rows.items()}


def _masked(row):
    return re.sub(r"\$?scrypt[^']*|sha256:[^']*|pbkdf2[^']*", "PASSWORD", row)


class Ledger(Scenario):
    """Every meaning of `effects`, with a ledger outside the project that counts what really happened."""

    def prepare(self, play):
        shutil.copytree(ROOT / "Tests" / "Crashes" / "ledger", play.project, dirs_exist_ok=True)

    def names(self, play):
        return {}

    def truth(self, play, run, step):
        """What the ledger says of the attempt that is in doubt: its key is in it or not."""
        key = f"{run}:{step['address']}:"
        lines = [line.split(" ", 2) for line in play.ledger()]
        names = [words[2] for words in lines if words[1].startswith(key) and len(words) > 2]
        word = "--happened" if names else "--did-not-happen"
        values = ["--set", f"line={names[-1]}"] if names else []
        return [word, *values, "--reason", "looked into the ledger"]

    def left_behind(self, play, before):
        """Every `once` and `probed` line has a line that takes it back; the others cannot be taken back."""
        lines = [line.split(" ", 2)[:2] for line in play.ledger()]
        back = {key for operation, key in lines if operation == "back"}
        return [line for line in lines if line[0] in ("once", "probed") and line[1] not in back]

    def world(self, play):
        effects = {}
        for line in play.ledger():
            operation, key = line.split(" ", 2)[:2]
            effects.setdefault(operation, []).append(key)
        # What may be repeated counts once; a try that is known not to have happened renews the key.
        effects["repeated"] = set(effects.get("repeated", []))
        for name in ["once", "probed"]:
            effects[name] = [key.rsplit(":", 1)[0] for key in effects.get(name, [])]
        return {name: sorted(keys) for name, keys in effects.items()}


class Waits(Ledger):
    """Short waits, tries after a while, rounds and deadlines: the process waits itself, and is killed there."""

    pause = 1
    # Nobody does anything about these: their time is up before somebody could.
    left_alone = {"asked", "whichever"}

    def settle(self, play, run, step):
        if step["address"] in self.left_alone:
            return ["resume", run]
        return super().settle(play, run, step)

    def world(self, play):
        world = super().world(play)
        # A try that nobody knows the end of is made again; what it counted counts for those to come.
        world["flaky"] = sorted({key.rsplit(":", 1)[0] for key in world.get("flaky", [])})
        for name in ["tries", "counted"]:
            path = play.root / name
            world[name] = min(3, len(path.read_text().splitlines())) if path.exists() else 0
        return world


class Drivers(Scenario):
    """What each driver writes itself, in folders and files that are new or there: files, rows, messages.

    It is done once: what was done and then lost with the power would be missing in the end.
    """

    files = ("out/a/b.txt", "top.txt")
    databases = ("data/new/shelf.db", "data/ahead.db")

    def prepare(self, play):
        shutil.copytree(ROOT / "Tests" / "Crashes" / "drivers", play.project, dirs_exist_ok=True)
        shutil.copytree(ROOT / "plugins" / "mail", play.project / "plugins" / "mail")
        (play.project / "data").mkdir()
        connection = sqlite3.connect(play.project / "data" / "ahead.db")
        assert connection.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
        connection.execute("CREATE TABLE others (name TEXT)")
        connection.close()

    def names(self, play):
        return {}

    def left_behind(self, play, before):
        return {name: rows["things"] for name, rows in self._rows(play).items() if rows.get("things")}

    def _rows(self, play):
        return {name: play.rows(name) for name in self.databases}

    def world(self, play):
        found = {name: play.project / name for name in self.files}
        return {
            "files": {name: path.read_text() for name, path in found.items() if path.exists()},
            "rows": self._rows(play),
            "sent": play.subjects("post/outbox"),
        }


def _ticks(*items):
    return [word for item in items for word in ["--tick", item]]


class Enterprise(Scenario):
    """Weeks between an order and the last check-in: people who sign in, deadlines that pass, and `tick`."""

    outside = ("data/chat.txt",)
    pause = 7 * 24 * 3600
    approver = "lerato"
    # Nobody looks at these before everything that is due of them has come.
    late = {"call_time", "released"}

    def __init__(self):
        super().__init__(
            "enterprise", "workflows/enterprise-onboarding.json", [
                "order_id=E-1", "ticket_id=T-7", "company=Big Ltd", "champion=Cara",
                "champion_email=cara@big.example"],
            before=[[
                "plugins", "try", "payments.record", "order_id=E-1", "transaction_id=T-1", "amount=990",
                "email=cara@big.example", "plan=enterprise"]],
            remedies={
                "call_time": ("answer", ["at=2026-01-01T08:00:00Z"]),
                "call": ("answer", [
                    *_ticks("requirements", "timeline", "brand"),
                    *[f"wants_{what}=true" for what in ["sso", "domain", "brand", "users"]]]),
                "standard/first_login": ("event", ["site.user_logged_in", "user_id={user_id}"]),
                "standard/tour": ("event", ["site.tour_completed", "user_id={user_id}"]),
                "standard/first_site": ("event", ["site.page_generated", "user_id={user_id}"]),
                "standard/quality": ("answer", QUALITY),
                "sso_details": ("answer", ["provider=okta", "metadata_url=https://big.example/m.xml"]),
                "domain_name": ("answer", ["domain=pages.big.example"]),
                "brand_material": ("answer", ["logo_url=https://big.example/l.svg", 'colours=["#0a3d62"]']),
                "user_list": ("answer", ['users=[{{"email": "u1@big.example"}}, {{"email": "u2@big.example"}}]']),
                "released": ("approve", ["--comment", "now it is good"]),
                "rework": ("answer", _ticks("reworked")),
                "training_time": ("answer", ["at=2026-01-01T08:00:00Z"]),
                "training": ("answer", [
                    *_ticks("overview", "practices", "questions"), "recording_url=https://video.big.example/1"]),
                "success/adjustment": ("answer", ["adjusted=The colours"]),
            })

    def prepare(self, play):
        super().prepare(play)
        code, output, errors = play.baton("people", "token", self.approver, "--quiet")
        assert code == 0, errors
        (play.root / "token").write_text(output.strip())

    def signed_in(self, play, command):
        signs = command[0] in ("approve", "reject")
        return {"BATON_TOKEN": (play.root / "token").read_text()} if signs else {}

    def recover(self, run):
        return ["tick"]

    def names(self, play):
        tenants = play.rows(self.database).get("tenants", [])
        return super().names(play) | {"tenant_id": tenants[0].split("'")[1] if tenants else ""}

    def settle(self, play, run, step):
        address = re.sub(r"\[\d+\]", "", step["address"])
        timers = step["waiting"].get("timers", [])
        if address in self.late and timers:
            play.wait_until(timers[-1]["due_at"])
            return ["tick"]
        if address == "sso_test":
            return self._sso(play, run, step)
        if address == "domain_live/domain_news":
            return self._domain(play)
        if address == "success/check_in":
            adjust = str(step["address"] == "success[0]/check_in").lower()
            words = [*_ticks("adoption", "issues"), "feedback=Good", f"adjust={adjust}"]
            return ["answer", run, step["address"], *words]
        if address == "released" and not self._was_rejected(play, run):
            return ["reject", run, address, "--comment", "the logo is blurred"]
        kind, words = self.remedies[address]
        words = [word.format(**self.names(play)) for word in words]
        return [kind, run, *([] if kind == "event" else [step["address"]]), *words]

    def _sso(self, play, run, step):
        """One item is ticked by the customer's first login, the other by a person."""
        ticked = {item["name"] for item in step["waiting"]["items"] if item["ticked"]}
        if "signed_in" not in ticked:
            return ["event", run, "sso.login_succeeded", f"tenant_id={self.names(play)['tenant_id']}"]
        return ["answer", run, step["address"], *_ticks("entered")]

    def _domain(self, play):
        """The hosting finds the record, and tells all runs."""
        if "'pages.big.example'" in str(play.rows(self.database)["domains"]) and not self._is_live(play):
            return ["plugins", "try", "domains.record_live", "domain=pages.big.example"]
        return ["event", "domains.went_live", "domain=pages.big.example"]

    def _is_live(self, play):
        return any(", 1, " in row for row in play.rows(self.database)["domains"])

    def _was_rejected(self, play, run):
        journal = play.project / ".baton" / "runs" / run / "journal.jsonl"
        # Of a record that was torn the run knows nothing.
        whole = journal.read_text(errors="replace").split("\n")[:-1]
        return any("the logo is blurred" in line for line in whole)

    def world(self, play):
        """Of whom a killed process was telling nobody knows: not everybody is told in every run."""
        world = super().world(play)
        told = [subject for subject in world["sent"] if subject.startswith(("Subject: Reminder:", "Subject: Escal"))]
        world["sent"] = [subject for subject in world["sent"] if subject not in told]
        if len(told) < self._sent(play):
            raise AssertionError(f"the record says that {self._sent(play)} were told, and {len(told)} were")
        board = play.project / "data" / "chat.txt"
        world["board"] = board.read_text().splitlines() if board.exists() else []
        world["rungs"] = self._rungs(play)
        return world

    def _events(self, play, kind):
        for journal in (play.project / ".baton" / "runs").glob("*/journal.jsonl"):
            events = map(json.loads, filter(None, journal.read_text().splitlines()))
            yield from (event for event in events if event.get("type") == kind)

    def _sent(self, play):
        return len(list(self._events(play, "notice.sent")))

    def _rungs(self, play):
        """Which deadlines have come, in order; none of them may come twice."""
        found = [
            f"{event['step']} {event['data']['timer']} {event['data']['due_at']}"
            for event in self._events(play, "deadline.reached")
        ]
        if len(set(found)) != len(found):
            raise AssertionError(f"a rung came twice: {found}")
        return [rung.rsplit(" ", 1)[0] for rung in found]


QUALITY = _ticks("can_log_in", "correct_plan", "can_generate", "email_received", "tour_done", "no_errors")

SCENARIOS = {
    scenario.name: scenario
    for scenario in [
        Ledger("ledger", "workflows/ledger.yaml", ["n=3"], remedies={
            "ready": ("answer", ["amount=7", "--tick", "seen"]),
            "arrived": ("event", ["ledger.arrived", "n=3"]),
        }),
        Waits("waits", "workflows/waits.yaml", ["n=3"], remedies={"ready": ("answer", ["amount=7"])}),
        Drivers("drivers", "workflows/drivers.yaml", [], remedies={"ready": ("answer", ["amount=7"])}),
        Ledger("branches", "workflows/branches.yaml", ["n=3"], remedies={"ready": ("answer", ["amount=7"])}),
        Scenario(
            "standard", "workflows/standard-onboarding.yaml", ["order_id=A-1"],
            before=[[
                "plugins", "try", "payments.record", "order_id=A-1", "transaction_id=T-1", "amount=99.00",
                "email=ana@example.com", "plan=professional"]],
            remedies={
                "first_login": ("event", ["site.user_logged_in", "user_id={user_id}"]),
                "tour": ("event", ["site.tour_completed", "user_id={user_id}"]),
                "first_site": ("event", ["site.page_generated", "user_id={user_id}", "rendered=true"]),
                "quality": ("answer", QUALITY),
            }),
        Scenario(
            "manual", "workflows/manual-onboarding.yaml", [
                "ticket_id=K-1", "transaction_id=T-1", "email=ana@example.com", "plan=professional",
                "company=Ana Ltd"],
            remedies={
                "prerequisites": ("answer", _ticks("payment", "email", "plan", "company")),
                "verify_payment": ("answer", [
                    "status=COMPLETE", "amount=99", "email=ana@example.com", "date=2026-11-20"]),
                "issues": ("answer", ["issues=none"]),
                "quality": ("answer", QUALITY),
            }),
        Scenario(
            "sms", "workflows/sms-business-onboarding.yaml", [
                "invoice_id=INV-0042", "client=Alex Smith", "email=alex@example.com"],
            before=[
                ["plugins", "try", "invoices.record", "invoice_id=INV-0042", "amount=250", "contact_name=Alex Smith",
                 "contact_email=alex@example.com"],
                ["plugins", "try", "forms.record", "business_id=3f0e5f0a-8a6b-4c58-9a5e-0d8d4f7a2b11",
                 "invoice_id=INV-0042", "business_name=Smith Plumbing", "contact_name=Alex",
                 "email=alex@example.com", "phone=+61400000000"],
            ],
            database="data/sms-business.db",
            remedies={
                "review": ("answer", ["--tick", "complete", "travel_buffer=30", "job_duration=90"]),
                "tested": ("answer", _ticks(
                    "responds", "lead", "conversation", "loads", "demo", "calendar", "stats")),
                "checklist": ("answer", [
                    *_ticks(*[f"step_{number}" for number in range(1, 10)]), "provisioner=Mia", "minutes=45"]),
                "day_1_call": ("answer", ["reached=true"]),
                "day_3_call": ("answer", ["finding=their website names another number"]),
                "watch_for": ("answer", ["login_issues=none"]),
            }),
        Enterprise(),
    ]
}
