"""Engines: a tiny random model in a folder, a real local server, a stand-in for the GGUF package."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import pytest
from copy_samples import PLACEMENTS, brief_in, concept, kit

from factory.errors import InputError, StageError
from pipelines.claims import allowed_from, guard
from pipelines.copydeck import engines
from pipelines.copydeck.engines import GgufEngine, HttpEngine, TransformersEngine, engine_for
from pipelines.copydeck.ranker import WordRanker
from pipelines.copydeck.write import write


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A causal model of random weights with a byte tokenizer, saved as a folder."""
    import torch
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    folder = tmp_path_factory.mktemp("tiny-writer")
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokenizer = Tokenizer(models.BPE(vocab={c: i for i, c in enumerate([*alphabet, "<end>"])}, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="<end>").save_pretrained(folder)
    torch.manual_seed(5)
    size = len(alphabet) + 1
    config = GPT2Config(vocab_size=size, n_positions=512, n_embd=32, n_layer=2, n_head=2, eos_token_id=size - 1)
    GPT2LMHeadModel(config).save_pretrained(folder, safe_serialization=True)
    return folder


class Answers(BaseHTTPRequestHandler):
    """Answers as an OpenAI server does; remembers what it was asked."""

    asked: ClassVar[list[dict[str, Any]]] = []
    answer: ClassVar[bytes | None] = None

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.asked.append({"path": self.path, **body})
        said = {"choices": [{"message": {"content": f"Bread that had time, {body['seed']}."}}]}
        data = self.answer if self.answer is not None else json.dumps(said).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[tuple[str, type[Answers]]]:
    handler = type("Fresh", (Answers,), {"asked": [], "answer": None})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}", handler
        running.shutdown()
        thread.join()


def test_a_random_model_works_end_to_end_and_nothing_untrue_passes(tiny_model: Path) -> None:
    engine = engine_for(str(tiny_model))
    assert engine is not None
    drafts = engine.draft("Bread.", 4, 11, 12)
    assert len(drafts) == 4
    assert drafts == engine.draft("Bread.", 4, 11, 12)
    assert drafts[1:] == engine.draft("Bread.", 3, 12, 12), "a draft depends on its own seed alone"
    made = write(brief_in("en"), concept(), "en", kit(), PLACEMENTS, drafts=engine, ranker=WordRanker())
    allowed = allowed_from(brief_in("en"), kit(), "en")
    for text in made.texts:
        if text.source.startswith("model:"):
            assert not [f for f in guard(text.text, allowed, "en") if f.verdict == "fail"]


def test_a_models_own_generator_leaves_the_process_random_numbers_alone(tiny_model: Path) -> None:
    import torch

    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    TransformersEngine(folder=tiny_model).draft("Bread.", 1, 3, 4)
    assert torch.equal(torch.rand(1), expected)


def test_a_prompt_longer_than_the_window_keeps_its_end(tiny_model: Path) -> None:
    assert len(TransformersEngine(folder=tiny_model).draft("Bread. " * 400, 1, 3, 4)) == 1


def test_a_folder_without_safetensors_is_refused_with_a_remedy(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}', encoding="utf-8")
    with pytest.raises(StageError, match=r"cannot be loaded.*model\.safetensors"):
        TransformersEngine(folder=tmp_path).draft("Bread.", 1, 0, 4)


def test_a_server_is_asked_once_a_draft_with_a_seed_of_its_own(server: tuple[str, type[Answers]]) -> None:
    url, handler = server
    engine = engine_for(url)
    assert engine is not None
    assert engine.draft("Say bread.", 3, 40, 9) == [f"Bread that had time, {40 + i}." for i in range(3)]
    assert [(a["path"], a["seed"], a["max_tokens"], a["cache_prompt"]) for a in handler.asked] == [
        ("/v1/chat/completions", 40, 9, False), ("/v1/chat/completions", 41, 9, True),
        ("/v1/chat/completions", 42, 9, True),
    ]
    assert handler.asked[0]["messages"] == [{"role": "user", "content": "Say bread."}]


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("http://h:1", "http://h:1/v1/chat/completions"), ("http://h:1/v1/", "http://h:1/v1/chat/completions"),
        ("http://h/x/chat/completions", "http://h/x/chat/completions"),
    ],
)
def test_an_endpoint_is_completed(url: str, endpoint: str) -> None:
    assert HttpEngine(url=url).endpoint == endpoint


def test_a_password_in_the_url_is_no_part_of_the_name() -> None:
    assert HttpEngine(url="http://me:secret@host:8080/v1").name == "host"


@pytest.mark.parametrize("answer", [b"not json", b"{}", b'{"choices": []}', b"[]"])
def test_a_useless_answer_is_told_with_a_remedy(server: tuple[str, type[Answers]], answer: bytes) -> None:
    url, handler = server
    handler.answer = answer
    with pytest.raises(StageError, match=r"no usable answer.*--copy-model none"):
        HttpEngine(url=url).draft("Say bread.", 1, 0, 9)


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(StageError, match="no usable answer"):
        HttpEngine(url="http://127.0.0.1:9", timeout=2.0).draft("Say bread.", 1, 0, 9)


def test_a_gguf_file_needs_its_package_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda _: None)
    file = tmp_path / "writer.gguf"
    file.write_bytes(b"GGUF")
    engine = engine_for(str(tmp_path))
    assert isinstance(engine, GgufEngine)
    assert engine.name == "writer"
    engines._gguf_server.cache_clear()
    with pytest.raises(StageError, match=r"need the package xllamacpp.*extra 'llm'"):
        engine.draft("Bread.", 1, 0, 4)
    assert "xllamacpp" not in sys.modules


def test_a_gguf_server_is_asked_like_any_other(tmp_path: Path) -> None:
    asked: list[dict[str, Any]] = []

    class Slot:
        def handle_chat_completions(self, body: dict[str, Any]) -> str:
            asked.append(body)
            return json.dumps({"choices": [{"message": {"content": "Bread."}}]})

    engine = GgufEngine(file=tmp_path / "w.gguf", load=lambda _: Slot())
    assert engine.draft("Say bread.", 2, 5, 7) == ["Bread.", "Bread."]
    assert [(b["seed"], b["cache_prompt"]) for b in asked] == [(5, False), (6, True)]


@pytest.mark.parametrize("spec", [None, "", "none", " none "])
def test_no_model_is_a_choice(spec: str | None) -> None:
    assert engine_for(spec) is None


@pytest.mark.parametrize("spec", ["gpt-nine", "ftp://host/model", "file:///etc/passwd"])
def test_what_is_no_model_is_refused_with_what_would_serve(spec: str) -> None:
    with pytest.raises(InputError) as caught:
        engine_for(spec)
    assert caught.value.fault.fact == f"'{spec}' is no language model that can be used here"
    assert ".gguf" in caught.value.fault.help


