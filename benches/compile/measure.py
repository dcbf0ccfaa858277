#!/usr/bin/env python3
"""What a specification of many actions costs to compile, beside progenitor on an equal OpenAPI document.

Writes packages with N actions of 12 + 12 fields and two enums into target/compile, and measures of each, with every
dependency already built: expansion alone, `cargo check` and `cargo build`, in seconds of CPU (user and system, of cargo
and everything it starts) and in the memory of its largest process. CPU time and not the clock, because other work on the
machine moves the clock; the two sides take turns, so that what moves CPU time as well meets both.

    benches/compile/measure.py                   # 50, 200, 400 and 1,000 actions
    benches/compile/measure.py 400 --rounds 3    # 400 alone, the median of three
    benches/compile/measure.py 400 --only ottpay --steps check

What to look at next is in a profile, for which any nightly compiler will do:

    cd target/compile && CARGO_TARGET_DIR=nightly cargo +nightly rustc -p ottpay-400 --profile check -- -Zself-profile
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
WORK = ROOT / "target" / "compile"
SIDES = ["ottpay", "progenitor"]
STEPS = ["expand", "check", "build"]

ACTION = (HERE / "order.yaml").read_text()
TYPES = (HERE / "types.yaml").read_text()


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def write_ottpay(package, count):
    write(package / "spec/types.yaml", TYPES)
    for number in range(count):
        write(package / f"spec/actions/order_{number:04}.yaml", ACTION.replace("0000", f"{number:04}"))
    write(package / "src/lib.rs", '//! Many actions.\n\nottpay::actions!("spec");\n')
    # As the compiler asks users to, so that added files are seen.
    write(package / "build.rs", 'fn main() {\n    println!("cargo::rerun-if-changed=spec");\n}\n')
    return 'ottpay = { path = "../../..", default-features = false }\n'


def openapi_object(section, doc):
    """The schema that is equal to the fields of a section of the action."""
    properties, required = {}, []
    text = ACTION.split(f"\n{section}:\n")[1].split("\n\n")[0]
    for name, kind, rest, meaning in re.findall(r'^  (\w+): \{ type: (\w+),(.*) doc: "(.*)" \}$', text, re.MULTILINE):
        if kind in ("amount", "integer"):
            properties[name] = {"type": "integer", "format": "int64", "description": meaning}
        elif kind[0].isupper():
            properties[name] = {"$ref": f"#/components/schemas/{kind}"}
        else:
            properties[name] = {"type": "string", "description": meaning}
        if "optional" not in rest:
            required.append(name)
    assert len(properties) == 12, f"{section}: {len(properties)} fields"
    return {"type": "object", "description": doc, "properties": properties, "required": required}


def write_progenitor(package, count):
    schemas = {}
    for name, doc, words in re.findall(r"^(\w+):\n  doc: (.*)\n.*\n  values:\n((?:    .*\n)+)", TYPES, re.MULTILINE):
        schemas[name] = {"type": "string", "description": doc, "enum": re.findall(r"^ +(\w+):", words, re.MULTILINE)}
    assert len(schemas) == 2, f"{len(schemas)} enums"
    paths = {}
    for number in range(count):
        request, reply, summary = f"Order{number:04}", f"Order{number:04}Reply", f"Creates an order of the kind {number:04}."
        schemas[request] = openapi_object("request", summary)
        schemas[reply] = openapi_object("reply", "What the gateway answers.")

        def content(name):
            return {"application/json": {"schema": {"$ref": f"#/components/schemas/{name}"}}}

        paths[f"/order/{number:04}"] = {
            "post": {
                "operationId": f"order_{number:04}",
                "summary": summary,
                "requestBody": {"required": True, "content": content(request)},
                "responses": {"200": {"description": "The reply.", "content": content(reply)}},
            }
        }
    document = {
        "openapi": "3.0.0",
        "info": {"title": "Many operations", "version": "1.0.0"},
        "paths": paths,
        "components": {"schemas": schemas},
    }
    write(package / "openapi.json", json.dumps(document, indent=1))
    macro = 'progenitor::generate_api!(spec = "openapi.json", interface = Builder);'
    write(package / "src/lib.rs", f"//! Many operations.\n\n{macro}\n")
    # The crates that the generated code names.
    return (
        'progenitor = "0.15"\nprogenitor-client = "0.15"\nfutures = "0.3"\n'
        'reqwest = { version = "0.13", default-features = false, features = ["json", "query", "stream"] }\n'
        'serde = { version = "1", features = ["derive"] }\nserde_json = "1"\n'
    )


def write_workspace(sides, counts):
    WORK.mkdir(parents=True, exist_ok=True)
    members = []
    for side in sides:
        for count in [1, *counts]:
            name = f"{side}-{count}"
            shutil.rmtree(WORK / name, ignore_errors=True)
            dependencies = (write_ottpay if side == "ottpay" else write_progenitor)(WORK / name, count)
            manifest = f'[package]\nname = "{name}"\nversion = "0.1.0"\nedition = "2024"\npublish = false\n\n'
            write(WORK / name / "Cargo.toml", manifest + "[dependencies]\n" + dependencies)
            members.append(name)
    manifest = f'[workspace]\nmembers = {json.dumps(members)}\nresolver = "3"\n\n'
    # As the project builds itself, and as a shop may.
    write(WORK / "Cargo.toml", manifest + '[profile.dev]\ndebug = "line-tables-only"\n')


def run(command):
    """Runs a command; gives the seconds of CPU, the megabytes of its largest process, its exit code and its errors."""
    # The packages may use a flag of rustc that is not stable, which stops after expansion; their dependencies may not, and
    # are those of a stable compiler.
    names = ",".join(sorted(path.name.replace("-", "_") for path in WORK.glob("*-*")))
    environment = dict(os.environ, CARGO_TARGET_DIR=str(WORK / "target"), RUSTC_BOOTSTRAP=names)
    process = subprocess.Popen(command, cwd=WORK, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    errors = process.stderr.read().decode()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode, errors


def cargo(*arguments):
    seconds, megabytes, code, errors = run(["cargo", *arguments])
    if code != 0:
        sys.exit(f"cargo {' '.join(arguments)}\n{errors}")
    return seconds, megabytes


def measure(name, step):
    cargo("clean", "--package", name)
    if step == "expand":
        # Nothing but the macro, parsing what it emits, and the names in it.
        return cargo("rustc", "--package", name, "--lib", "--profile", "check", "--", "-Zno-analysis")
    return cargo(step, "--package", name)


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    arguments.add_argument("counts", type=int, nargs="*", default=[50, 200, 400, 1000], help="numbers of actions")
    arguments.add_argument("--rounds", type=int, default=1, help="measure so often, and give the medians")
    arguments.add_argument("--only", choices=SIDES, help="leave out the other side")
    arguments.add_argument("--steps", choices=STEPS, nargs="+", default=STEPS)
    chosen = arguments.parse_args()
    sides = [chosen.only] if chosen.only else SIDES
    write_workspace(sides, chosen.counts)
    for side in sides:
        for step in {"check" if step == "expand" else step for step in chosen.steps}:
            cargo(step, "--package", f"{side}-1")
    print("| actions | step | " + " | ".join(f"{side}, CPU | {side}, peak" for side in sides) + " | ratio |")
    print("|---|---|" + "---|---|" * len(sides) + "---|")
    for count in chosen.counts:
        for step in chosen.steps:
            found = {side: [] for side in sides}
            for _ in range(chosen.rounds):
                for side in sides:
                    found[side].append(measure(f"{side}-{count}", step))
            median = {
                side: [statistics.median(column) for column in zip(*results)] for side, results in found.items()
            }
            cells = [f"{median[side][0]:.1f} s | {median[side][1]:.0f} MB" for side in sides]
            ratio = f"{median['ottpay'][0] / median['progenitor'][0]:.2f}" if len(sides) == 2 else "–"
            print(f"| {count} | {step} | {' | '.join(cells)} | {ratio} |", flush=True)


if __name__ == "__main__":
    main()
