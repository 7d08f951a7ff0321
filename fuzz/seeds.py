"""Writes small files of every kind into fuzz/corpus, for the fuzz targets to start from.

    python fuzz/seeds.py

`cargo fuzz cmin` keeps those that reach something new, under names of its own. The first bytes of each file are settings,
which the targets explain.
"""

import gzip
import json
import struct
from pathlib import Path

CORPUS = Path(__file__).parent / "corpus"


def csv():
    tables = [
        b"x,y,class\n1,2,a\n3,4,b\n-5e-3,NA,a\n",
        b'\xef\xbb\xbfx,"y ""z""",class\r\n1, 2 ,"a, b"\r\n\r\n?,4,"two\r\nlines"\r\n',
        b"a;b;c\n1;2;3\n",
        b"x,y\r1,\r,2\r",
        b"x,y\n1e308,-1e309\nNaN,inf\n",
        "größe,класс\n1,да\n2,нет\n".encode(),
        b"weight,price\n1,2\n3,4\n5,6\n",
        b"x,,x,y\n1,2,3,4\n",
        b"x,y\n1,\x01\n",
        b"x,\x01,y\n1,2,3\n",
        b"\x02\n\x02\n",
        b"x,y\n1,2\x04",
        b'x,y\n1,"2\x04',
        b"\x1f\x8b\x08\x00",
        b"x,y\n1,\xff\n",
        b"  x  y \n 1,5 a\n-2,25\tb\n",
        b"x|y\n1|yes\n2|no\n#3|no\n",
        b"title\n'x','y'\n1, 'a,b'\n",
        b"day,id,n\n2020-02-28,1,-\n2020-03-01,2,None\n",
        gzip.compress(b"x,y\n1,2\n", mtime=0),
    ]
    settings = [(64, 0), (192, 12), (192, 16), (192, 0x63), (128, 0xE9), (0, 0), (1, 0x10), (2, 0x01), (4, 0x10), (8, 2), (10, 2), (16, 0x10), (32, 0), (14, 0x21)]
    return [bytes(head) + table for table in tables for head in settings]


def idx():
    def header(code, *sizes):
        return struct.pack(f">BBBB{len(sizes)}I", 0, 0, code, len(sizes), *sizes)

    whole = [
        header(0x08, 3, 2, 2) + bytes(range(12)),
        header(0x08, 5) + bytes([0, 1, 2, 1, 0]),
        header(0x09, 2, 3) + bytes([1, 2, 3, 255, 254, 253]),
        header(0x09, 2) + bytes([1, 255]),
        header(0x0B, 4, 1) + struct.pack(">4h", 1, -2, 300, -400),
        header(0x0C, 2) + struct.pack(">2i", 1, 70000),
        header(0x0D, 2, 2) + struct.pack(">4f", 0.5, -1, 2, 3e38),
        header(0x0D, 1) + struct.pack(">f", float("nan")),
        header(0x0E, 1, 1, 2) + struct.pack(">2d", 1e300, -0.0),
    ]
    announced = [
        header(0x08, 1, 20000),
        header(0x08, 17, 100),
        header(0x08, 2**32 - 1, 2**32 - 1),
        header(0x0E, 2**31, 2**31, 2**31),
        header(0x08, 1, 0),
        header(0x08),
        header(0x0A, 1),
        bytes([0, 0, 8, 255]) + bytes([0, 0, 0, 1]) * 255,
    ]
    files = [bytes([kind, 128]) + file for file in whole for kind in (0, 2, 64, 66, 128, 130)]
    files += [bytes([kind, fill]) + file for file in announced for kind in (1, 129) for fill in (1, 4, 2)]
    files += [bytes([128, 0]) + gzip.compress(file, mtime=0) for file in whole]
    return files


def tensors(entries, metadata=None):
    """Returns the header and the data of a safetensors file."""
    header, data = {}, b""
    if metadata is not None:
        header["__metadata__"] = metadata
    for name, dtype, shape, values in entries:
        code = {"F64": "d", "F32": "f", "F16": "e", "BF16": "H", "I64": "q"}[dtype]
        part = struct.pack(f"<{len(values)}{code}", *values)
        header[name] = {"dtype": dtype, "shape": shape, "data_offsets": [len(data), len(data) + len(part)]}
        data += part
    return json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode(), data


def network(prefix="", dtype="F32"):
    return [
        (f"{prefix}0.weight", dtype, [3, 2], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
        (f"{prefix}0.bias", dtype, [3], [0.0, 0.5, -0.5]),
    ]


def batch_norm():
    values = [(name, "F64", [3], [1.0, 2.0, 3.0]) for name in ("weight", "bias", "running_mean", "running_var")]
    return [(f"1.{name}", *rest) for name, *rest in values] + [
        ("1.num_batches_tracked", "I64", [], [3]),
        ("2.weight", "F64", [1, 3], [1.0, 2.0, 3.0]),
        ("2.bias", "F64", [1], [1.0]),
    ]


def safetensors():
    parts = [
        tensors([]),
        tensors(network()),
        tensors(network(dtype="F64") + batch_norm()),
        tensors([("h", "F16", [2], [1.0, -2.0]), ("b", "BF16", [1, 2], [0x3F80, 0xFFFF])]),
        tensors([("count", "I64", [], [2**63 - 1]), ("empty", "F32", [0, 4], []), ("big", "F64", [1], [1e300])]),
        tensors([('é"\\\n', "F64", [1], [float("nan")])], {"format": "pt", "\U0001f600": '\t"\\'}),
        tensors([("\x01", "F32", [1], [1.0])]),
    ]
    # Control characters stand for thousands of letters, digits and brackets.
    raw = [
        b'{"\x01":0}',
        b'{"a":{"dtype":"\x01","shape":[],"data_offsets":[0,0]}}',
        b'{"a":{"dtype":"F32","shape":[\x031],"data_offsets":[0,4]}}\0\0\0\0\0',
        b'{"a":{"dtype":"F32","shape":[\x030],"data_offsets":[0,0]}}',
        b'{"0.weight":{"dtype":"F32","shape":[\x030],"data_offsets":[0,0]}}',
        b'{"__metadata__":{"\x01":"","\x01":""}}',
        b'{"a":\x05',
        b'{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}\0abcd',
        b'{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,18446744073709551615]}}',
    ]
    for header, data in parts:
        raw.append(header + b"\0" + data)
        yield b"\x02" + struct.pack("<Q", len(header)) + header + data
    yield from (bytes([kind]) + file for file in raw for kind in (1, 3))


def checkpoint():
    history = [("history.loss", "F32", [2], [0.7, 0.6]), ("history.validation", "F32", [2], [0.7, 0.65])]
    metadata = {
        "seed": "7",
        "optimizer": "Adam",
        "samples": "8",
        "batch_size": "4",
        "stopped_early": "false",
        "metrics": "1",
        "metric.0": "accuracy\n0.5 0.75",
        "best": "1",
    }
    header, data = tensors(network("network.") + network("best.") + history, metadata)
    yield b"\x00" + struct.pack("<Q", len(header)) + header + data
    yield b"\x01" + header + b"\0" + data
    changes = [
        "",
        "seed=18446744073709551615",
        "seed=-1",
        "best=18446744073709551615",
        "best=0\nrestored=0",
        "-best",
        "restored=1\nstopped_early=true",
        "samples=0\nbatch_size=0",
        "batch_size=18446744073709551615",
        "metrics=18446744073709551615",
        "metrics=0",
        "metrics=2\nmetric.1=accuracy\\1 1",
        "metric.0=accuracy\\nan inf",
        "metric.0=\x01\\0 0",
        "optimizer=\x01",
        "optimizer=Sgd",
        "!history.loss",
        "!history.validation",
        "history.loss:2=nan\nhistory.validation:2=inf",
        "history.loss:9",
        "history.loss:1\nhistory.validation:1\nmetric.0=accuracy\\1\nbest=0",
        "history.loss:2 1",
        "history.loss:4\nhistory.validation:4\nmetric.0=accuracy\\1 1 1 1\nbest=0",
        "!best.0.weight",
        "best.0.weight:3 2=nan",
        "network.0.weight:3 2=inf",
        "network.0.weight:2 3",
        "network.0.weight:\x031",
        "network.9.weight:1",
        "!network.0.bias",
        "optimizer.step:=9e18",
        "optimizer.step:=1e30",
        "optimizer.0.weight.exp_avg_sq:3 2=-1",
        "optimizer.0.weight.step:=1e30",
        "network.\x01:1",
    ]
    yield from (b"\x02" + change.encode() for change in changes)


def model():
    linear = {"kind": "Linear", "in_features": 3, "out_features": 2, "bias": True}
    architectures = [
        {"kind": "Sequential", "children": [linear]},
        {"kind": "Sequential", "children": [linear, {"kind": "Softmax", "dim": -1}]},
        {"kind": "Sequential", "children": [{"kind": "Residual", "children": [{"kind": "ReLU"}]}, linear]},
        {"kind": "Sequential", "children": [linear | {"in_features": 999999999999}]},
        {"kind": "Sequential", "children": [{"kind": "LayerNorm", "normalized_shape": [3, 4], "eps": 1e-5,
                                             "elementwise_affine": False}]},
        {"kind": "Conv2d", "in_channels": 1, "out_channels": 1, "kernel_size": [1, 2], "stride": 1, "padding": "same",
         "dilation": 1, "groups": 1, "bias": False},
        {"kind": "\x01"},
        {"kind": "Tanh", "\x01": 1},
        {"kind": "Upsample", "scale_factor": 2, "mode": "nearest"},
    ]
    age = {"impute": 28.0, "indicator": True, "log": None, "scale": {"center": 29.5, "scale": 13.1}}
    place = {"impute": "a", "kind": "category", "names": ["a"], "one_hot": True, "unknown": None}
    inputs = [{"column": "age", "numbers": age}, {"column": "place", "categories": place}]
    target = {"classes": {"column": "again", "kind": "number", "names": ["0", "1"]}}
    preprocessors = [
        {"format": "nn preprocessor", "version": 1, "inputs": inputs, "target": target},
        {"format": "nn preprocessor", "version": 1, "inputs": inputs, "target": {"values": ["again", "\x01"]}},
        {"format": "nn preprocessor", "version": 1, "inputs": inputs[1:], "target": None},
        {"format": "nn preprocessor", "version": 1, "inputs": inputs * 2, "target": target},
    ]
    for text in architectures:
        yield b"\x02" + json.dumps(text, ensure_ascii=False).replace("\\u0001", "\x01").encode()
    yield b"\x02" + b'{"kind":"Sequential","children":[' * 30
    yield b"\x02" + b"\x05"
    for text in preprocessors:
        yield b"\x03" + json.dumps(text, ensure_ascii=False).replace("\\u0001", "\x01").encode()
    weights = [("0.weight", "F32", [2, 3], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]), ("0.bias", "F32", [2], [0.0, 0.5])]
    texts = {"nn.architecture": json.dumps(architectures[0]), "nn.preprocessor": json.dumps(preprocessors[0])}
    for output in ("logits", "probabilities", "values", "\x01"):
        header, data = tensors(weights, texts | {"nn.output": output, "author": "Ada"})
        yield b"\x00" + struct.pack("<Q", len(header)) + header + data
        yield b"\x01" + header.replace(b"\\u0001", b"\x01") + b"\0" + data


if __name__ == "__main__":
    for target in (csv, idx, safetensors, checkpoint, model):
        folder = CORPUS / target.__name__
        folder.mkdir(parents=True, exist_ok=True)
        for index, file in enumerate(target()):
            (folder / f"seed-{index:03}").write_bytes(file)
