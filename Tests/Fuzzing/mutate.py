#!/usr/bin/env python3
"""Runs the command on damaged models, configurations, tables, checkpoints and manifests.

    mutate.py OUTLIER [--seconds 120] [--seed 1] [--keep FOLDER]

Whatever the files hold, the command ends with one of its own statuses (0, 1, 64, 65), within the time and the memory that are
given to it. What does not is kept in FOLDER, with the command line, and the script fails. The same seed makes the same files.
Models are given the checksum that they must have, so that what reads them is reached.
"""
import argparse, json, os, random, resource, shutil, struct, subprocess, sys, tempfile, time

STATUSES = {0, 1, 64, 65}
MEMORY = 4 << 30
SECONDS = 20

TABLE = "id,x,y,colour,when,price,fault\n" + "".join(
    f"r{i},{i * 0.37 % 5:.2f},{i * i % 17},{'red' if i % 3 else 'blue'},2024-01-{i % 28 + 1:02d},"
    f"\"{i + 1},{i % 10}99.5\",{1 if i % 19 == 0 else 0}\n" for i in range(60))
LINES = "".join(json.dumps({"x": i * 0.5, "y": i % 7, "colour": "red" if i % 3 else "NA", "fault": i % 11 == 0}) + "\n"
                for i in range(40))
DETECTORS = ["isolation-forest", "knn", "hbos", "loda", "pca", "z-score", "mahalanobis", "lof", "ecod", "boosted-trees",
             "ocsvm", "kde", "cblof", "sod", "inne", "abod", "copod",
             "{autoencoder: {epochs: 2}}", "{vae: {epochs: 2}}", "{deep-svdd: {epochs: 2}}"]
PREPROCESS = ["[{impute: {strategy: median}}, date-parts, one-hot, standard-scaler]",
              "[date-parts, one-hot, {impute: {strategy: mean}}, robust-scaler]"]
MANIFEST = """\
plugin: mathematics
version: 1.0.0
library: {system: libm.so.6}
preprocessors:
  arc-tangent:
    summary: The arc tangent of every value.
    apply:
      symbol: atan
      each: value
      arguments: [{type: double, is: value}]
      returns: {type: double, is: value}
"""
NUMBERS = ["0", "-1", "1e308", "-1e308", "1e-320", "NaN", "9223372036854775807", "-9223372036854775808", "1e19", "0.5",
           "2147483647", "4294967296", "true", "null", "[]", "{}", "\"\"", "\"a\"", "1" * 400]


def crc64(data):
    table = crc64.table
    crc = ~0 & (1 << 64) - 1
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ (1 << 64) - 1


crc64.table = []
for index in range(256):
    value = index
    for _ in range(8):
        value = value >> 1 ^ 0xC96C5795D7870F42 if value & 1 else value >> 1
    crc64.table.append(value)


def with_checksum(header, data):
    """The bytes of a model with this header, a mapping, and these tensors."""
    header.setdefault("__metadata__", {})
    if isinstance(header["__metadata__"], dict): header["__metadata__"]["checksum"] = "0" * 16
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    digits = b"%016x" % crc64(text + data)
    text = text.replace(b'"checksum": "' + b"0" * 16, b'"checksum": "' + digits, 1)
    return struct.pack("<Q", len(text)) + text + data


class Mutator:
    def __init__(self, seed):
        self.random = random.Random(seed)

    def bytes(self, data):
        """Some bytes changed, left out, doubled or put in."""
        data = bytearray(data)
        r = self.random
        for _ in range(r.choice([1, 1, 2, 4, 16])):
            at = r.randrange(len(data) + 1)
            kind = r.randrange(6)
            if kind == 0 and data: data[at % len(data)] ^= 1 << r.randrange(8)
            elif kind == 1: del data[at:at + r.choice([1, 2, 8, 64])]
            elif kind == 2: data[at:at] = bytes(r.randrange(256) for _ in range(r.choice([1, 3, 9])))
            elif kind == 3: data[at:at] = data[at:at + r.choice([4, 40, 400])] * r.choice([1, 2, 50])
            elif kind == 4: data[at:at] = r.choice(NUMBERS).encode()
            elif kind == 5 and data: data[at:] = b""
        return bytes(data)

    def words(self, text):
        """Words and numbers of a text exchanged for others of it, and for what nobody expects."""
        parts = []
        word = ""
        for character in text:
            if character.isalnum() or character in "-._": word += character
            else:
                if word: parts.append(word)
                parts.append(character)
                word = ""
        parts.append(word)
        r = self.random
        for _ in range(r.choice([1, 1, 2, 5])):
            at = r.randrange(len(parts))
            parts[at] = r.choice(NUMBERS + [r.choice(parts), "", parts[at] * 2, "\n", ": ", "&a [*a, *a]"])
        return "".join(parts).encode()

    def value(self, value):
        """A part of a value of JSON exchanged."""
        r = self.random
        if isinstance(value, dict) and value and r.random() < 0.9:
            key = r.choice(list(value))
            if r.random() < 0.1: del value[key]
            else: value[key] = self.value(value[key])
            return value
        if isinstance(value, list) and value and r.random() < 0.9:
            at = r.randrange(len(value))
            value[at] = self.value(value[at])
            return value
        if isinstance(value, str) and value[:1] in "{[" and r.random() < 0.8:
            try: return json.dumps(self.value(json.loads(value)))
            except ValueError: pass
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return r.choice([0, -1, value + 1, value * 2, -value, 2**31 - 1, 2**31, 2**53, 2**62, 1e308, 0.5, "1"])
        return r.choice([None, 0, -1, "", "x", [], {}, [[]], 2**62, True])

    def model(self, data):
        """Numbers of tensors, or parts of the header, changed; the checksum fits."""
        length = struct.unpack("<Q", data[:8])[0]
        header = json.loads(data[8:8 + length])
        body = bytearray(data[8 + length:])
        r = self.random
        if r.random() < 0.5 and len(body) >= 8:
            for _ in range(r.choice([1, 1, 3, 20])):
                at = r.randrange(len(body) // 8) * 8
                number = r.choice([float("nan"), float("inf"), -float("inf"), 1e308, -1e308, 0.0, -1.0, 1e19, 1e-310])
                raw = struct.pack("<d", number) if r.random() < 0.6 else struct.pack(
                    "<q", r.choice([-1, 0, 1, 2**31, -2**31, 2**62, -2**63, 2**63 - 1, r.randrange(1000)]))
                body[at:at + 8] = raw
        else:
            header = self.value(header)
            if not isinstance(header, dict): header = {}
        return with_checksum(header, bytes(body))


def limits():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def run(arguments, folder):
    try:
        done = subprocess.run(arguments, cwd=folder, capture_output=True, timeout=SECONDS, preexec_fn=limits,
                              stdin=subprocess.DEVNULL)
    except subprocess.TimeoutExpired:
        return None, b"it took longer than %d s" % SECONDS
    return done.returncode, done.stderr


def prepare(outlier, folder):
    """The files that are damaged: (kind, name, bytes, arguments after the program)."""
    with open(f"{folder}/table.csv", "w") as file: file.write(TABLE)
    with open(f"{folder}/table.jsonl", "w") as file: file.write(LINES)
    seeds = []
    for number, detector in enumerate(DETECTORS):
        text = (f"data: {{source: table.csv, label: fault, known-labels: fault, identifier: id}}\n"
                f"preprocess: {PREPROCESS[number % 2]}\ndetector: {detector}\n"
                f"threshold: {{quantile: {{contamination: 0.1}}}}\nseed: 3\nthreads: 1\n"
                f"output: {{report: report.html, scores: scores.csv}}\n")
        with open(f"{folder}/base.yaml", "w") as file: file.write(text)
        status, error = run([outlier, "fit", "base.yaml", "--model", "base.outlier"], folder)
        seeds.append(("words", "changed.yaml", text.encode(), ["run", "changed.yaml", "--top", "2"]))
        seeds.append(("bytes", "changed.yaml", text.encode(), ["run", "changed.yaml", "--top", "2"]))
        if status != 0:
            print(f"no model of {detector}: {error.decode(errors='replace').strip()}", file=sys.stderr)
            continue
        model = open(f"{folder}/base.outlier", "rb").read()
        for verb in ("score", "explain", "report"):
            arguments = [verb, "changed.outlier", "table.csv"] + (["--output", "page.html"] if verb == "report" else [])
            seeds.append(("model", "changed.outlier", model, arguments))
        seeds.append(("bytes", "changed.outlier", model, ["score", "changed.outlier", "table.csv"]))
    run_text = ("data: {{source: {0}, label: fault}}\npreprocess: [date-parts, one-hot, {{impute: {{strategy: mean}}}}]\n"
                "detector: hbos\nthreads: 1\noutput: {{report: r.html}}\n")
    for name, text in (("changed.csv", TABLE), ("changed.jsonl", LINES)):
        with open(f"{folder}/run-{name}.yaml", "w") as file: file.write(run_text.format(name))
        for kind in ("words", "bytes"):
            seeds.append((kind, name, text.encode(), ["run", f"run-{name}.yaml"]))
    for kind in ("words", "bytes"):
        seeds.append((kind, "changed-manifest.yaml", MANIFEST.encode(), ["list", "--plugin", "changed-manifest.yaml"]))
    for assignment in ("detector.trees=5", "data.source=table.csv", "preprocess.0.impute.strategy=mean"):
        seeds.append(("argument", "", assignment.encode(), ["run", "base.yaml", "--set"]))
    return seeds


def checkpoint(outlier, folder):
    """A fit that is interrupted leaves a checkpoint to go on from."""
    text = ("data: {source: table.csv, label: fault, identifier: id}\npreprocess: [date-parts, one-hot, {impute: {}}]\n"
            "detector: {autoencoder: {epochs: 1000000, batch-size: 8}}\nthreads: 1\n"
            "output: {model: long.outlier, checkpoint-seconds: 0}\n")
    with open(f"{folder}/long.yaml", "w") as file: file.write(text)
    process = subprocess.Popen([outlier, "run", "long.yaml"], cwd=folder, stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    time.sleep(2)
    process.send_signal(2)
    process.wait(SECONDS)
    short = text.replace("1000000", "3")
    with open(f"{folder}/long.yaml", "w") as file: file.write(short)
    path = f"{folder}/long.outlier.checkpoint"
    if not os.path.exists(path): return []
    return [(kind, "long.outlier.checkpoint", open(path, "rb").read(), ["run", "long.yaml", "--resume"])
            for kind in ("bytes", "model")]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("outlier")
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", default="fuzzing-failures")
    options = parser.parse_args()
    outlier = os.path.abspath(options.outlier)
    keep = os.path.abspath(options.keep)
    failures = runs = 0
    end = time.monotonic() + options.seconds
    mutator = Mutator(options.seed)
    with tempfile.TemporaryDirectory() as folder:
        seeds = prepare(outlier, folder) + checkpoint(outlier, folder)
        while time.monotonic() < end:
            kind, name, data, arguments = mutator.random.choice(seeds)
            if kind == "argument":
                changed = mutator.bytes(data).replace(b"\0", b"")
                arguments = arguments + [os.fsdecode(changed)]
            else:
                changed = {"bytes": mutator.bytes, "model": mutator.model,
                           "words": lambda data: mutator.words(data.decode())}[kind](data)
                with open(f"{folder}/{name}", "wb") as file: file.write(changed)
            status, error = run([outlier] + arguments, folder)
            runs += 1
            if status in STATUSES: continue
            failures += 1
            place = f"{keep}/{options.seed}-{runs}"
            os.makedirs(place, exist_ok=True)
            with open(f"{place}/{name or 'argument'}", "wb") as file: file.write(changed)
            for other in os.listdir(folder):
                if other.startswith(("table.", "run-", "long.yaml", "base.yaml")): shutil.copy(f"{folder}/{other}", place)
            with open(f"{place}/command", "w") as file:
                file.write(f"outlier {' '.join(arguments)}\nstatus {status}\n{error.decode(errors='replace')[-4000:]}\n")
            print(f"status {status}: outlier {' '.join(arguments)[:200]} (kept in {place})", file=sys.stderr)
    print(f"{runs} damaged files with the seed {options.seed}: {failures} ended otherwise than with an error or a result")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
