#!/usr/bin/env python3
"""Compares what the binary makes of JSON with independent implementations, on generated data.

    compare_with_python.py BINARY [--seed N] [--count N]

Numbers are held against `rfc8785`, documents against Python's own reader, schemas of fields against
`jsonschema`. Prints every difference, and ends with 1 where there are any. The seed makes it
repeatable.
"""

import argparse
import json
import random
import re
import struct
import subprocess
import sys
import tempfile
from pathlib import Path

import rfc8785
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend


class Program:
    """The binary in a folder of its own."""

    def __init__(self, binary):
        self.binary = str(Path(binary).resolve())
        self.folder = tempfile.TemporaryDirectory(prefix="baton-compare-")
        self.path = Path(self.folder.name)

    def call(self, *arguments):
        return subprocess.run(
            [self.binary, *arguments], cwd=self.path, capture_output=True, check=False)

    def write(self, name, data):
        (self.path / name).write_bytes(data if isinstance(data, bytes) else data.encode())


# MARK: numbers


def number(source):
    kind = source.random()
    if kind < 0.5:
        while True:
            bits = source.getrandbits(64)
            value = struct.unpack(">d", struct.pack(">Q", bits))[0]
            if value == value and abs(value) != float("inf"):
                return value
    if kind < 0.7:
        return round(source.uniform(-1e6, 1e6), source.randint(0, 8))
    if kind < 0.8:
        return source.choice([1, -1]) * 10.0 ** source.randint(-324, 308)
    if kind < 0.9:
        return float(source.randint(-(2**60), 2**60))
    bits = source.getrandbits(source.randint(1, 53))
    return struct.unpack(">d", struct.pack(">Q", bits))[0]


def literal(value):
    text = repr(value)
    return text if "e" in text or "." in text else text + ".0"


def compare_numbers(program, source, count):
    problems = []
    for _ in range(max(1, count // 100)):
        numbers = [number(source) for _ in range(1000)]
        found = program.call("eval", "--json", "[" + ",".join(map(literal, numbers)) + "]")
        wanted = rfc8785.dumps(numbers)
        if found.stdout.strip() != wanted:
            pairs = zip(found.stdout.decode().strip("[]\n").split(","), wanted.decode().strip("[]").split(","))
            problems.append(f"numbers: {[pair for pair in pairs if pair[0] != pair[1]][:3]} {found.stderr!r}")
    return problems


# MARK: documents

SEEDS = [
    b'{"a":[1,-0,0.5,1e5,1E-2,"x\\u00e9\\ud83d\\ude00\\n",true,false,null,{}],"b":{"c":""}}',
    b'[[],{},"",0,-1.5e+10]', b' {"k" : [ 1 , 2 ] } \n', b'"abc"', b"123",
    '["\u2028\u007f é 😀"]'.encode(),
]
PIECES = [
    b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b"0", b"-", b"+", b".", b"e", b"\x00", b"\x1f",
    b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\t", b"\x0c", b"\n", b"\r", b"\\u",
    b"\\ud800", b"\\udc00", b"NaN", b"Infinity", b"'", b"//", b"/*", b"\xe2\x80\xa8", b"\xc2\xa0", b"true",
    b"nul", b"01", b"1.", b".5", b"#", b"\xf4\x90\x80\x80",
]


def mutated(source):
    text = bytearray(source.choice(SEEDS))
    for _ in range(source.randint(1, 3)):
        place, kind = source.randint(0, len(text)), source.random()
        if kind < 0.4:
            text[place:place] = source.choice(PIECES)
        elif kind < 0.7:
            del text[place:place + source.randint(1, 3)]
        else:
            text[place:place + 1] = source.choice(PIECES)
    return bytes(text)


def fits(value):
    """Whether a value is I-JSON (RFC 7493): no lone surrogates, no infinite numbers."""
    if isinstance(value, str):
        return not any(0xD800 <= ord(c) < 0xE000 for c in value)
    if isinstance(value, float):
        return abs(value) != float("inf")
    if isinstance(value, list):
        return all(map(fits, value))
    if isinstance(value, dict):
        return all(fits(k) and fits(v) for k, v in value.items())
    return True


def unique(pairs):
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def no_constant(text):
    raise ValueError(text)


def read(text):
    """What a strict reader makes of a text, in a list; nothing where it refuses it."""
    try:
        value = json.loads(
            text.decode("utf-8"), parse_constant=no_constant, object_pairs_hook=unique)
    except ValueError:
        return []
    return [value] if fits(value) else []


def compare_documents(program, source, count):
    problems = []
    for _ in range(count):
        text = b'{"v":' + mutated(source) + b"}"
        wanted = read(text)
        if wanted and set(wanted[0]) != {"v"}:
            continue
        program.write("v.json", text)
        found = program.call("eval", "--json", "inputs.v", "--inputs", "v.json")
        value = [json.loads(found.stdout)] if found.returncode == 0 else []
        if value != [entry["v"] for entry in wanted]:
            problems.append(f"document {text!r}: wanted {wanted}, found {value}")
    return problems


# MARK: schemas

TEXTS = ["", "a", "b", "ab", "abc", "é", "😀", "e\u0301", "1", "true", "a-b", "foo", "\n", "A1"]
# None beyond 2^53: as an integer those are refused on purpose.
NUMBERS = [0, 1, -1, 2, 3, 1.0, 2.0, 0.5, 1.5, -0.0, 1e3, 100, 1e15, 0.0075, 12.5]
KINDS = [
    "type", "enum", "const", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "pattern", "items", "prefixItems", "contains", "minItems", "maxItems",
    "uniqueItems", "properties", "patternProperties", "additionalProperties", "propertyNames",
    "minProperties", "maxProperties", "required", "dependentRequired", "dependentSchemas", "allOf", "anyOf",
    "oneOf", "not", "if",
]  # `unevaluated…` is left to the conformance suite: jsonschema 4 overlooks `additionalProperties` there.


def value(source, depth=2):
    kind = source.randint(0, 9 if depth else 5)
    if kind == 0:
        return source.choice([None, True, False])
    if kind in (1, 2):
        return source.choice(NUMBERS)
    if kind <= 5:
        return source.choice(TEXTS)
    if kind <= 7:
        return [value(source, depth - 1) for _ in range(source.randint(0, 3))]
    names = ["a", "b", "c", "foo", "foobar", "é", ""]
    return {source.choice(names): value(source, depth - 1) for _ in range(source.randint(0, 3))}


def part(source, depth):
    if not depth or source.random() < 0.05:
        return source.choice([True, True, False])
    return schema(source, depth - 1)


def keyword(source, kind, depth):
    small = source.randint(0, 2)
    if kind == "type":
        types = ["string", "integer", "number", "boolean", "object", "array"]
        return source.choice(types + [["string", "null"], ["integer", "array"]])
    if kind == "enum":
        return [value(source, 1) for _ in range(source.randint(1, 3))]
    if kind == "const":
        return value(source, 1)
    if kind in ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"):
        return source.choice([0, 1, 1.5, -1, 10])
    if kind == "multipleOf":
        return source.choice([1, 2, 0.5, 3, 0.0025, 2.5])
    if kind == "pattern":
        return source.choice(["^a", "b$", "^[a-z]+$", "^.$", r"\d", r"^\w+$", "a|b", "^$"])
    if kind == "uniqueItems":
        return True
    if kind == "required":
        return [source.choice(["a", "b", "foo"])]
    if kind == "dependentRequired":
        return {"a": ["b"]}
    if kind in ("properties", "dependentSchemas"):
        return {source.choice("abc"): part(source, depth) for _ in range(2)}
    if kind == "patternProperties":
        return {source.choice(["^f", "o", "é", "^.$"]): part(source, depth)}
    if kind in ("prefixItems", "allOf", "anyOf", "oneOf"):
        return [part(source, depth) for _ in range(source.randint(1, 2))]
    if kind.startswith(("min", "max")):
        return small
    return part(source, depth)


def schema(source, depth=2):
    found = {}
    for kind in source.sample(KINDS, source.randint(1, 3)):
        found[kind] = keyword(source, kind, depth)
        if kind == "if":
            found["then"], found["else"] = part(source, depth), part(source, depth)
        if kind == "contains":
            found["minContains"], found["maxContains"] = source.randint(0, 1), source.randint(1, 2)
    return found


def pattern(validator, wanted, instance, schema):
    """The patterns of JSON Schema are ECMA-262's: `$` is the very end, `\\w` and `\\d` are ASCII.

    `jsonschema` takes Python's, where `$` also stands before a last line feed.
    """
    if isinstance(instance, str) and not re.search(wanted.replace("$", r"\Z"), instance, re.ASCII):
        yield ValidationError(f"{instance!r} does not match {wanted!r}")


Reference = extend(Draft202012Validator, {"pattern": pattern})


def compare_schemas(program, source, count):
    problems = []
    for _ in range(count):
        wanted = schema(source)
        workflow = {
            "baton": 1, "id": "w", "inputs": {"v": wanted}, "steps": [{"id": "a", "set": {"x": 1}}]}
        program.write("w.json", json.dumps(workflow))
        for _ in range(4):
            data = value(source)
            program.write("v.json", json.dumps({"v": data}))
            found = program.call("plan", "w.json", "--inputs", "v.json")
            if b"error[B0207]" in found.stderr:
                break  # limits between which nothing fits are a mistake of the author here
            if (found.returncode == 0) != Reference(wanted).is_valid(data):
                problems.append(
                    f"schema {json.dumps(wanted)} of {json.dumps(data)}: exit code "
                    f"{found.returncode} {found.stderr.decode()}")
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("binary")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--count", type=int, default=100)
    arguments = parser.parse_args()
    program = Program(arguments.binary)
    problems = []
    for compare in (compare_numbers, compare_documents, compare_schemas):
        problems += compare(program, random.Random(arguments.seed), arguments.count)
    for problem in problems:
        print(problem)
    print(f"seed {arguments.seed}, {arguments.count} of each, {len(problems)} differences")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
