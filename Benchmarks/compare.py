#!/usr/bin/env python3
"""Measures CEL beside two others in one run: this package, Rust's cel and cel-cpp.

    python3 -m venv .venv && .venv/bin/pip install common-expression-language cel-expr-python
    .venv/bin/python compare.py

The two are called from Python, which costs them a little; the first of the call's two columns
includes it. The package is built with `swift build -c release` if it is not yet.
"""
import pathlib
import subprocess
import timeit

EXPRESSION = (
    'payment.status == "COMPLETE" && amount >= 100.0 && items.exists(i, i.sku.startsWith("pro"))'
)


def variables(match_at):
    items = [{"sku": "pro-1" if i == match_at else f"std-{i}", "quantity": i} for i in range(10)]
    return {"payment": {"status": "COMPLETE"}, "amount": 150.0, "items": items}


def microseconds(work):
    timer = timeit.Timer(work)
    calls, _ = timer.autorange()
    return min(timer.repeat(7, calls)) / calls * 1e6


def rust():
    import cel

    program = cel.compile(EXPRESSION)
    rows = [("compile", microseconds(lambda: cel.compile(EXPRESSION)))]
    for name, position in (("first", 0), ("last", 9)):
        context = cel.Context(variables=variables(position))
        assert program.execute(context) is True
        rows.append((f"match at the {name}", microseconds(lambda: program.execute(context))))
    return rows


def cpp():
    from cel_expr_python import cel

    record = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    types = {"payment": record, "amount": cel.Type.DOUBLE, "items": cel.Type.List(record)}
    environment = cel.NewEnv(variables=types)
    program = environment.compile(EXPRESSION)
    rows = [("compile", microseconds(lambda: environment.compile(EXPRESSION)))]
    for name, position in (("first", 0), ("last", 9)):
        activation = environment.Activation(variables(position))
        assert program.eval(activation).value() is True
        rows.append((f"match at the {name}", microseconds(lambda: program.eval(activation))))
    return rows


def main():
    folder = pathlib.Path(__file__).parent
    subprocess.run(["swift", "build", "-c", "release"], cwd=folder, check=True, capture_output=True)
    print(subprocess.run([folder / ".build/release/Benchmarks"], check=True, text=True,
                         capture_output=True).stdout)
    for name, measure in (("Rust (common-expression-language)", rust),
                          ("C++ (cel-expr-python)", cpp)):
        print(f"| {name} | a call |\n| --- | --- |")
        for row, time in measure():
            print(f"| {row} | {time:.2f} µs |")
        print()


if __name__ == "__main__":
    main()
