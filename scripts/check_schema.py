#!/usr/bin/env python3
"""Validates workflows against the schema that `baton schema` prints, with a validator that is not ours.

    check_schema.py SCHEMA FILE…

Prints one line a file: `ok FILE`, or `no FILE: the first problem`. YAML is read as YAML 1.2 core, as
Baton reads it: `no` and dates are text.
"""

import json
import re
import sys
from pathlib import Path

import jsonschema
import yaml


class CoreLoader(yaml.SafeLoader):
    """The core schema of YAML 1.2."""


CoreLoader.yaml_implicit_resolvers = {}
for tag, pattern, first in [
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    ("int", r"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$", "-+0123456789"),
    ("float", r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$", "-+0123456789."),
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
]:
    CoreLoader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


def main():
    schema = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for name in sys.argv[2:]:
        text = Path(name).read_text(encoding="utf-8")
        data = json.loads(text) if name.endswith(".json") else yaml.load(text, Loader=CoreLoader)
        problem = jsonschema.exceptions.best_match(validator.iter_errors(data))
        if problem is None:
            print(f"ok {name}")
        else:
            place = "/".join(str(part) for part in problem.absolute_path)
            print(f"no {name}: {place}: {problem.message[:300]}")


if __name__ == "__main__":
    main()
