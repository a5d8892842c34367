#!/usr/bin/env python3
"""Compares the schemas that `baton schema` makes for editors with what `baton validate` and `baton test` say.

    compare_schema.py BINARY [--seed N] [--count N]

The schemas are held against the draft that they declare, and may have no other words than that. Then an
independent implementation of the draft (`jsonschema`) and `validate` look at the same workflows: those of a
table, which both have to take or both to refuse, and generated ones, of which the schema may refuse none that
`validate` takes. So do the implementation and `test` with files of tests, whether or not their tests pass.
Prints every difference, and ends with 1 where there are any.
"""

import argparse
import copy
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from jsonschema import Draft7Validator

# Where schemas stand in a schema: a schema, a list of them, a map of them.
ONE = {"additionalItems", "additionalProperties", "contains", "else", "if", "items", "not",
       "propertyNames", "then"}
SOME = {"allOf", "anyOf", "oneOf"}
NAMED = {"definitions", "patternProperties", "properties"}
PLAIN = {"$comment", "$id", "$ref", "$schema", "const", "default", "description", "enum", "examples",
         "exclusiveMaximum", "exclusiveMinimum", "format", "maxItems", "maxLength", "maxProperties",
         "maximum", "minItems", "minLength", "minProperties", "minimum", "multipleOf", "pattern",
         "required", "title", "type", "uniqueItems"}

STEP = {"id": "inner", "set": {"x": 1}}
OTHER = {"id": "other", "set": {"x": 1}}
LOG = {"action": "log.write", "with": {"message": "m"}}
ASK = {"ask": {"fields": {"a": "string"}}}

# Steps without their ids, and whether they are right.
STEPS = [
    (True, {"set": {"x": 1}}),
    (False, {"set": {}}),
    (False, {"set": [1]}),
    (False, {}),
    (False, {"set": {"x": 1}, "wait": "2h"}),
    (False, {"sets": {"x": 1}}),
    (True, LOG),
    (False, {"action": "log.write"}),
    (False, {"action": "log.writ", "with": {"message": "m"}}),
    (False, {"action": "log.write", "with": {"massage": "m"}}),
    (True, {**LOG, "timeout": "3s", "retry": {"attempts": 2}}),
    (False, {**LOG, "retry": {"wait": "2s"}}),
    (False, {**LOG, "with": {"message": "m", "level": "loud"}}),
    (True, {**LOG, "on_failure": "continue"}),
    (False, {**LOG, "on_failure": "halt"}),
    (True, {**LOG, "on_failure": {"steps": [STEP], "then": "stop"}}),
    (True, {**LOG, "on_failure": {"steps": [STEP]}}),
    (True, {**LOG, "on_failure": [{"when": "true", "then": "continue"}, {"then": "park"}]}),
    (False, {**LOG, "on_failure": {"when": "true"}}),
    (False, {**LOG, "on_failure": []}),
    (True, {**LOG, "undo": {"manual": "Take it back."}}),
    (True, {**LOG, "undo": {"action": "log.write", "with": {"message": "m"}}}),
    (False, {**LOG, "undo": {}}),
    (False, {**LOG, "undo": {"action": "log.write"}}),
    (False, {**LOG, "undo": {"action": "log.write", "with": {"message": "m"}, "manual": "m"}}),
    (True, {**LOG, "verify": [{"check": True}]}),
    (False, {**LOG, "verify": [{"message": "m"}]}),
    (True, {**LOG, "verify": [{"action": "files.read", "with": {"path": "a"}, "check": True}]}),
    (False, {**LOG, "verify": [{"action": "files.read", "with": {"file": "a"}, "check": True}]}),
    (False, {**LOG, "verify": [{"action": "files.read", "check": True}]}),
    (False, {**LOG, "preconditions": [{"with": {"path": "a"}, "check": True}]}),
    (True, {**LOG, "probe": {"action": "files.read", "with": {"path": "a"}, "check": True}}),
    (False, {**LOG, "probe": {"action": "files.read", "with": {"path": "a"}}}),
    (True, {"set": {"x": 1}, "if": "true"}),
    (False, {"set": {"x": 1}, "if": "${{ true }}"}),
    (False, {"set": {"x": 1}, "timeout": "2h"}),
    (False, {"set": {"x": 1}, "due": "2h"}),
    (False, {"set": {"x": 1}, "with": {"a": 1}}),
    (True, ASK),
    (True, {"ask": {"items": {"a": "Done?"}}}),
    (False, {"ask": {"message": "m"}}),
    (False, {"ask": {"fields": {"a": "strng"}}}),
    (False, {"ask": {"fields": {"a": {"type": "string", "lable": "A"}}}}),
    (True, {"ask": {"fields": {"a": {"type": "string", "label": "A", "maxLength": 3}}}}),
    (True, {**ASK, "due": "2h", "remind": ["1h before"], "escalate": [{"after_due": "1h"}]}),
    (False, {**ASK, "remind": ["1h before"]}),
    (False, {**ASK, "due": "2h", "escalate": [{}]}),
    (False, {**ASK, "due": "2h", "escalate": [{"after": "1h", "after_due": "1h"}]}),
    (True, {**ASK, "expires": "2h", "on_expiry": "continue"}),
    (False, {**ASK, "on_expiry": "continue"}),
    (False, {**ASK, "due": 4}),
    (True, {**ASK, "due": "2h", "escalate": [{"after": "1h", "notify": LOG}]}),
    (False, {**ASK, "due": "2h", "escalate": [{"after": "1h", "notify": {"action": "log.write"}}]}),
    (True, {"approve": "Go?"}),
    (False, {"approve": {"approvals": 2}}),
    (True, {"wait": "2h"}),
    (False, {"wait": "2 moons"}),
    (False, {"wait": {}}),
    (True, {"wait": {"at": "now"}}),
    (True, {"wait": {"first_of": {"a": "2h", "b": {"at": "now"}}}}),
    (False, {"wait": {"first_of": {}}}),
    (False, {"wait": {"at": "now", "first_of": {"a": "2h"}}}),
    (True, {"steps": [STEP]}),
    (False, {"steps": []}),
    (True, {"for_each": {"in": [1], "steps": [STEP]}}),
    (False, {"for_each": {"steps": [STEP]}}),
    (True, {"choose": [{"when": "now > run.started_at", "steps": [STEP]}, {"steps": [OTHER]}]}),
    (False, {"choose": [{"if": "true", "steps": [STEP]}]}),
    (True, {"repeat": {"steps": [STEP], "until": "steps.inner.outputs.x == 1", "at_most": 2}}),
    (False, {"repeat": {"steps": [STEP], "at_most": 2}}),
    (True, {"finish": None}),
    (False, {"finish": "fine"}),
]

# Triggers, and whether they are right.
TRIGGERS = [
    (True, {"schedule": "0 9 * * MON"}),
    (True, {"schedule": "0 9 * * MON", "time_zone": "UTC"}),
    (False, {}),
    (False, {"webhook": "a/b"}),
    (False, {"webhook": "a/b", "connection": "a", "schedule": "0 9 * * MON"}),
    (False, {"webhook": "a/b", "connection": "a", "time_zone": "UTC"}),
    (False, {"schedule": "0 9 * * MON", "connection": "a"}),
    (False, {"schedule": "0 9 * * MON", "limit": {"rate": "1 per day"}}),
]

# What a test may have besides its name and what is expected, and whether it is right.
TESTED = {
    "baton": 1, "id": "example", "name": "Example",
    "inputs": {"a": {"type": "string", "optional": True}},
    "steps": [
        {"id": "write", "action": "files.write", "with": {"path": "p", "content": "c"}},
        {"id": "ask", "ask": {"fields": {"n": "integer"}}, "due": "2h", "expires": "3h"},
        {"id": "go", "approve": "Go?"},
        {"id": "end", "set": {"x": 1}, "checkpoint": "here"},
    ],
    "outputs": {"x": "${{ steps.end.outputs.x }}"},
}
WRITTEN = {"outputs": {"path": "p", "size": 1, "sha256": "0"}}
EXPECT = {"expect": {"status": "succeeded"}}
TESTS = [
    (True, {}),
    (False, {"expects": {}}),
    (True, {"inputs": {"a": "b"}, "run": "20260101-abc", "environment": "local"}),
    (False, {"inputs": [1]}),
    (False, {"run": "A Run"}),
    (True, {"started_at": "2026-11-20T09:00:00Z", "started_by": "ana", "by_hand": True}),
    (False, {"started_at": "2026-11-20"}),
    (False, {"by_hand": "yes"}),
    (True, {"actions": {"files.write": WRITTEN}}),
    (True, {"actions": {"files.write": [WRITTEN, {**WRITTEN, "takes": "5s"}], "write": {"lost": True}}}),
    (False, {"actions": {"files.write": {"outputs": {"path": "p"}}}}),
    (False, {"actions": {"files.write": {"outputs": {**WRITTEN["outputs"], "colour": 1}}}}),
    (False, {"actions": {"files.write": {}}}),
    (False, {"actions": {"files.writ": WRITTEN}}),
    (False, {"actions": {"files.write": {**WRITTEN, "lost": True}}}),
    (False, {"actions": {"files.write": {"lost": False}}}),
    (True, {"actions": {"files.write": {"unavailable": "It is down."}}}),
    (True, {"actions": {"files.write": {"error": {"code": "busy", "retry": False, "details": {"a": 1}}}}}),
    (False, {"actions": {"files.write": {"error": {"message": "m"}}}}),
    (False, {"actions": {"files.write": {"error": {"code": "busy", "details": 3}}}}),
    (False, {"actions": {"files.write": {**WRITTEN, "takes": 5}}}),
    (True, {"answers": {"ask": {"n": 3}, "go": "approve"}}),
    (True, {"answers": {"ask": [{"with": {"n": 3}, "after": "1h", "by": "ana"}], "go": {"reject": "No."}}}),
    (True, {"answers": {"ask": ["unanswered"], "go": ["reject", {"approve": True, "comment": "c"}]}}),
    (False, {"answers": {"ask": [{"n": 3}]}}),
    (False, {"answers": {"ask": "approved"}}),
    (False, {"answers": {"go": [{"comment": "c"}]}}),
    (False, {"answers": {"go": [{"approve": True, "reject": "No."}]}}),
    (False, {"answers": {"ask": [{"with": {"n": 3}, "after": "1h", "at": "2026-11-20T09:00:00Z"}]}}),
    (False, {"events": [{"data": {}}]}),
    (False, {"events": {}}),
    (True, {"unattended": [{"after": "1d", "for": "2h"}, {"until": "2026-11-20T09:00:00Z"}]}),
    (False, {"unattended": [{"after": "1d"}]}),
    (False, {"unattended": [{"for": "1d", "until": "2026-11-20T09:00:00Z"}]}),
    (True, {"commands": [{"skip": "end", "reason": "r"}, {"cancel": True, "while": "ask"}]}),
    (True, {"commands": [{"resolve": "write", "happened": True, "with": WRITTEN["outputs"]}]}),
    (False, {"commands": [{"resolve": "write"}]}),
    (False, {"commands": [{"cancel": False}]}),
    (False, {"commands": [{"reason": "r"}]}),
    (False, {"commands": [{"skip": "end", "retry": "end"}]}),
    (True, {"commands": [{"rewind": "here", "again": ["write"]}]}),
    (True, {"commands": [{"retry": "write", "again": True, "with": {"path": "q"}}]}),
    (False, {"commands": [{"retry": "write", "with": 3}]}),
    (True, {"expect": {"status": "failed", "path": ["write", "…"], "message": "…", "duration": "2h"}}),
    (True, {"expect": {"duration": {"at_least": "1h"}, "outputs": {"x": 1}}}),
    (True, {"expect": {"steps": {"write": "failed", "ask": {"status": "succeeded", "error": "e"}}}}),
    (False, {"expect": {"status": "successful"}}),
    (False, {"expect": {"steps": {"write": {"state": "failed"}}}}),
    (False, {"expect": {"duration": 3}}),
]

VALUES = [None, True, 3, -1, 1.5, "x", [], {}, "2h", [1], {"at": "now"}, "${{ 1 }}"]


class Workflows:
    """The binary in a folder of its own."""

    def __init__(self, binary):
        self.binary = str(Path(binary).resolve())
        self.folder = tempfile.TemporaryDirectory(prefix="baton-schema-")
        self.path = Path(self.folder.name)
        self.schemas = [json.loads(self.call(*words).stdout)
                        for words in (["schema"], ["schema", "--tests"])]
        self.validators = [Draft7Validator(schema) for schema in self.schemas]
        self.differences = 0

    def call(self, *arguments):
        return subprocess.run(
            [self.binary, *arguments], cwd=self.path, capture_output=True, check=False)

    def is_right(self, workflow):
        (self.path / "workflow.json").write_text(json.dumps(workflow))
        found = self.call("validate", "--format", "json", "workflow.json")
        return json.loads(found.stdout)["errors"] == 0

    def is_test(self, tests):
        (self.path / "example.json").write_text(json.dumps(TESTED))
        (self.path / "example.test.json").write_text(json.dumps(tests))
        # 3: the tests cannot be run as they are.
        return self.call("test", "example.test.json").returncode in (0, 1)

    def fits(self, workflow):
        return self.validators[0].is_valid(workflow)

    def fits_as_test(self, tests):
        return self.validators[1].is_valid(tests)

    def report(self, text):
        self.differences += 1
        print(text)


def workflow(steps, **more):
    return {"baton": 1, "id": "example", "name": "Example", "steps": steps, **more}


def words(schema, path="#"):
    """Every word of a schema that its draft does not have."""
    if isinstance(schema, bool):
        return
    for word, value in schema.items():
        if word in ONE:
            inner = value if isinstance(value, list) else [value]
        elif word in SOME:
            inner = value
        elif word in NAMED:
            inner = value.values()
        else:
            inner = []
            if word not in PLAIN:
                yield f"{path}/{word}"
        for part in inner:
            yield from words(part, f"{path}/{word}")


def tests(test, **more):
    return {"workflow": "example.json", "tests": [{"name": "n", **EXPECT, **test}], **more}


def check_draft(program, schema):
    if schema["$schema"] != "http://json-schema.org/draft-07/schema#":
        program.report(f"another draft: {schema['$schema']}")
    Draft7Validator.check_schema(schema)
    for word in words(schema):
        program.report(f"no word of draft-07: {word}")


def check_table(program):
    cases = [(right, workflow([{"id": "outer", **step}])) for right, step in STEPS]
    cases += [(right, workflow([STEP], triggers=[trigger])) for right, trigger in TRIGGERS]
    for right, case in cases:
        text = json.dumps(case)
        if program.is_right(case) != right:
            program.report(f"validate finds otherwise than {right}: {text}")
        if program.fits(case) != right:
            program.report(f"the schema finds otherwise than {right}: {text}")
    return len(cases)


def check_tests(program):
    cases = [(right, tests(test)) for right, test in TESTS]
    cases += [(True, tests({}, defaults={"inputs": {"a": "b"}})), (False, tests({}, defaults={"name": "n"})),
              (False, {"workflow": "example.json"}), (False, {"workflow": "example.json", "tests": []})]
    for right, case in cases:
        text = json.dumps(case)
        if program.is_test(case) != right:
            program.report(f"test finds otherwise than {right}: {text}")
        if program.fits_as_test(case) != right:
            program.report(f"the schema of tests finds otherwise than {right}: {text}")
    return len(cases)


def maps(value):
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from maps(member)
    elif isinstance(value, list):
        for item in value:
            yield from maps(item)


def changed(case, chance):
    """The workflow with one thing in it changed."""
    case = copy.deepcopy(case)
    places = [place for place in maps(case) if place]
    place = chance.choice(places)
    key = chance.choice(sorted(place))
    how = chance.randrange(5)
    if how == 0:
        del place[key]
    elif how == 1:
        place[key] = chance.choice(VALUES)
    elif how == 2:
        place[key + "x"] = place.pop(key)
    elif how == 3:
        place[key] = [place[key]]
    else:
        other = chance.choice(places)
        name = chance.choice(sorted(other))
        place[name] = copy.deepcopy(other[name])
    return case


def check_generated(program, chance, count):
    right = [{**step, "id": f"s{number}"} for number, (good, step) in enumerate(STEPS) if good]
    for _ in range(count):
        case = changed(workflow([chance.choice(right)]), chance)
        if not program.fits(case) and program.is_right(case):
            program.report(f"the schema refuses what validate takes: {json.dumps(case)}")
    right = [test for good, test in TESTS if good]
    for _ in range(count):
        case = changed(tests(chance.choice(right)), chance)
        if not program.fits_as_test(case) and program.is_test(case):
            program.report(f"the schema refuses what test takes: {json.dumps(case)}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--count", type=int, default=200)
    options = parser.parse_args()
    program = Workflows(options.binary)
    for schema in program.schemas:
        check_draft(program, schema)
    count = check_table(program) + check_tests(program)
    check_generated(program, random.Random(options.seed), options.count)
    print(f"seed {options.seed}: {count} cases of the tables, {2 * options.count} generated, "
          f"{program.differences} differences")
    return 1 if program.differences else 0


if __name__ == "__main__":
    sys.exit(main())
