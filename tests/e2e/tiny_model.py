"""A language model of random numbers, small enough to be written in a moment: one layer, some 350 tokens.

Its words are noise. It is there for what a real model server does with a model: templates, streams, counts,
calls of tools by a grammar. The file is GGUF, version 3: little-endian, numbers before their contents.
"""

from __future__ import annotations

import random
import struct
from array import array
from collections.abc import Sequence
from pathlib import Path

WIDTH, HEADS, INNER, CONTEXT = 64, 4, 128, 32_768
ALIGNMENT = 32

_UINT32, _INT32, _FLOAT32, _STRING, _ARRAY = 4, 5, 6, 8, 9
_TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}"
    "{% if tools %}tools: {{ tools | tojson }}\n{% endif %}assistant:"
)


def write(path: Path) -> None:
    """Write the model; the same bytes each time."""
    tokens, kinds = _vocabulary()
    tensors = _tensors(len(tokens))
    infos, data = b"", b""
    for name, (shape, values) in tensors.items():
        infos += _text(name) + struct.pack("<I", len(shape))
        infos += b"".join(struct.pack("<Q", size) for size in shape)
        infos += struct.pack("<IQ", 0, len(data))
        data += _padded(values.tobytes())
    facts = _facts(tokens, kinds)
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(facts)) + b"".join(facts) + infos
    path.write_bytes(_padded(head) + data)


def _vocabulary() -> tuple[list[str], list[int]]:
    # Three that are special, one for each byte, and the printable ones as they are.
    special, of_bytes = ["<unk>", "<s>", "</s>"], [f"<0x{number:02X}>" for number in range(256)]
    plain = [chr(number) for number in range(32, 127)] + ["\u2581"]
    return special + of_bytes + plain, [2, 3, 3] + [6] * len(of_bytes) + [1] * len(plain)


def _tensors(vocabulary: int) -> dict[str, tuple[tuple[int, ...], array[float]]]:
    chance = random.Random(0)

    def noise(*shape: int) -> tuple[tuple[int, ...], array[float]]:
        count = shape[0] * shape[1]
        return shape, array("f", (chance.gauss(0, 0.05) for _ in range(count)))

    def ones() -> tuple[tuple[int, ...], array[float]]:
        return (WIDTH,), array("f", [1.0] * WIDTH)

    block = "blk.0."
    return {
        "token_embd.weight": noise(WIDTH, vocabulary),
        "output_norm.weight": ones(),
        "output.weight": noise(WIDTH, vocabulary),
        block + "attn_norm.weight": ones(),
        block + "ffn_norm.weight": ones(),
        **{f"{block}attn_{name}.weight": noise(WIDTH, WIDTH) for name in ("q", "k", "v", "output")},
        block + "ffn_gate.weight": noise(WIDTH, INNER),
        block + "ffn_up.weight": noise(WIDTH, INNER),
        block + "ffn_down.weight": noise(INNER, WIDTH),
    }


def _facts(tokens: Sequence[str], kinds: Sequence[int]) -> list[bytes]:
    numbers = {
        "llama.context_length": CONTEXT,
        "llama.embedding_length": WIDTH,
        "llama.block_count": 1,
        "llama.feed_forward_length": INNER,
        "llama.attention.head_count": HEADS,
        "llama.attention.head_count_kv": HEADS,
        "llama.rope.dimension_count": WIDTH // HEADS,
        "llama.vocab_size": len(tokens),
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
    }
    words = {
        "general.architecture": "llama",
        "general.name": "tiny-random",
        "tokenizer.ggml.model": "llama",
        "tokenizer.chat_template": _TEMPLATE,
    }
    return [
        *(_fact(name, _STRING, _text(value)) for name, value in words.items()),
        *(_fact(name, _UINT32, struct.pack("<I", value)) for name, value in numbers.items()),
        _fact("llama.attention.layer_norm_rms_epsilon", _FLOAT32, struct.pack("<f", 1e-5)),
        _list("tokenizer.ggml.tokens", _STRING, [_text(token) for token in tokens]),
        _list("tokenizer.ggml.scores", _FLOAT32, [struct.pack("<f", 0.0)] * len(tokens)),
        _list("tokenizer.ggml.token_type", _INT32, [struct.pack("<i", kind) for kind in kinds]),
    ]


def _fact(name: str, kind: int, value: bytes) -> bytes:
    return _text(name) + struct.pack("<I", kind) + value


def _list(name: str, kind: int, values: Sequence[bytes]) -> bytes:
    return _fact(name, _ARRAY, struct.pack("<IQ", kind, len(values)) + b"".join(values))


def _text(value: str) -> bytes:
    data = value.encode("utf-8")
    return struct.pack("<Q", len(data)) + data


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % ALIGNMENT)
