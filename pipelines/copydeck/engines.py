"""Language models that may draft: a folder of transformers, a server that speaks OpenAI's dialect, a GGUF file.

All are optional, load when first asked, and never reach the network but for the URL they were given. What they write
is a draft: it passes the same guard as every other text. One draft at a time, each with its own seed, so that a
result does not depend on how many were asked for.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from factory.errors import Fault, InputError, StageError
from pipelines.copydeck.drafts import Engine

TEMPERATURE = 0.9
TOP_P = 0.95
TIMEOUT = 60.0
"""Seconds for one draft of a server."""
LARGEST_ANSWER = 1_000_000
"""Bytes that are read of an answer."""


def engine_for(spec: str | None) -> Engine | None:
    """The engine that `--copy-model` names: nothing, an http(s) URL, a transformers folder or a GGUF file.

    Raises InputError when the name is none of these.
    """
    name = (spec or "").strip()
    if name in ("", "none"):
        return None
    if name.startswith(("http://", "https://")):
        return HttpEngine(url=name)
    path = Path(name).expanduser()
    if path.is_dir() and (path / "config.json").is_file():
        return TransformersEngine(folder=path)
    files = sorted(path.glob("*.gguf")) if path.is_dir() else [path]
    if len(files) == 1 and files[0].suffix == ".gguf" and files[0].is_file():
        return GgufEngine(file=files[0])
    raise InputError([Fault(
        code="copy.model", fact=f"'{name}' is no language model that can be used here", where="--copy-model",
        help="Give a folder with config.json and safetensors, a .gguf file, a http(s) URL of a server that speaks "
             "OpenAI's chat completions, or 'none'.",
    )])


# ------------------------------------------------------------------------------------------------- transformers


@dataclass(frozen=True, kw_only=True, slots=True)
class TransformersEngine:
    """A causal model in a folder: config, tokenizer, safetensors. Sampled on the CPU with a generator of its own."""

    folder: Path
    name: str = ""

    def __post_init__(self) -> None:
        """Name the engine after its folder."""
        object.__setattr__(self, "name", self.name or self.folder.name)

    def draft(self, prompt: str, n: int, seed: int, max_tokens: int) -> list[str]:
        """`n` samples by temperature and nucleus, draft `i` with seed `seed + i`."""
        tokenizer, model = _transformers(str(self.folder))
        ids = _prompt_ids(tokenizer, model, prompt, max_tokens)
        return [_sample(tokenizer, model, ids, seed + i, max_tokens) for i in range(n)]


@lru_cache(maxsize=1)
def _transformers(folder: str) -> tuple[Any, Any]:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
        model = AutoModelForCausalLM.from_pretrained(
            folder, local_files_only=True, trust_remote_code=False, use_safetensors=True, dtype=torch.float32
        )
    except (OSError, ValueError, KeyError) as error:
        raise StageError(
            f"The language model cannot be loaded: {str(error).splitlines()[0]}", code="copy.model", where=folder,
            help="The folder needs config.json, a tokenizer and model.safetensors of a causal language model.",
        ) from error
    return tokenizer, model.eval()


def _prompt_ids(tokenizer: Any, model: Any, prompt: str, max_tokens: int) -> Any:
    """The prompt as token ids (1, length), its end kept when the model's window is smaller."""
    if getattr(tokenizer, "chat_template", None):
        chat = [{"role": "user", "content": prompt}]
        prompt = tokenizer.apply_chat_template(chat, tokenize=False, add_generation_prompt=True)
    ids = tokenizer(prompt, return_tensors="pt").input_ids
    window = int(getattr(model.config, "max_position_embeddings", 0) or 0)
    return ids[:, -(window - max_tokens) :] if window and ids.shape[1] + max_tokens > window else ids


def _sample(tokenizer: Any, model: Any, ids: Any, seed: int, max_tokens: int) -> str:
    """One draft. The generator is ours: nothing touches the process's own random numbers."""
    import torch

    generator = torch.Generator(device="cpu").manual_seed(seed % 2**63)
    cache, step, said = None, ids, []
    with torch.inference_mode():
        for _ in range(max_tokens):
            out = model(input_ids=step, past_key_values=cache, use_cache=True)
            cache = out.past_key_values
            token = _nucleus(out.logits[0, -1].float(), generator)
            if token in _ends(tokenizer, model):
                break
            said.append(token)
            step = torch.tensor([[token]])
    return str(tokenizer.decode(said, skip_special_tokens=True))


def _nucleus(logits: Any, generator: Any) -> int:
    """A token drawn from the smallest set that holds `TOP_P` of the chance (Holtzman et al. 2020)."""
    import torch

    chances, order = torch.sort(torch.softmax(logits / TEMPERATURE, dim=-1), descending=True, stable=True)
    kept = torch.cumsum(chances, dim=-1) - chances < TOP_P
    drawn = torch.multinomial(chances * kept, 1, generator=generator)
    return int(order[drawn])


def _ends(tokenizer: Any, model: Any) -> set[int]:
    named = getattr(getattr(model, "generation_config", None), "eos_token_id", None)
    ids = named if isinstance(named, list) else [named]
    return {i for i in (*ids, tokenizer.eos_token_id) if i is not None}


# ------------------------------------------------------------------------------------------------- a server


@dataclass(frozen=True, kw_only=True, slots=True)
class HttpEngine:
    """A server with OpenAI's chat completions. The first draft of a group forbids a cached prompt, so that a draft
    depends on its seed alone (llama.cpp: measured stable with one slot)."""

    url: str
    model: str = "default"
    timeout: float = TIMEOUT
    name: str = ""

    def __post_init__(self) -> None:
        """Name the engine after its host; a password in the URL never becomes part of a name."""
        object.__setattr__(self, "name", self.name or (urllib.parse.urlsplit(self.url).hostname or "server"))

    @property
    def endpoint(self) -> str:
        """The URL that is posted to: the one given, completed when it names only a host or a version."""
        base = self.url.rstrip("/")
        if base.endswith("/chat/completions"):
            return base
        return f"{base}/chat/completions" if base.endswith("/v1") else f"{base}/v1/chat/completions"

    def draft(self, prompt: str, n: int, seed: int, max_tokens: int) -> list[str]:
        """`n` answers, one request each."""
        return [self._one(prompt, seed + i, max_tokens, fresh=i == 0) for i in range(n)]

    def _one(self, prompt: str, seed: int, max_tokens: int, *, fresh: bool) -> str:
        body = {**_chat(prompt, seed, max_tokens), "model": self.model, "cache_prompt": not fresh}
        request = urllib.request.Request(  # noqa: S310 - engine_for lets http(s) pass only
            self.endpoint, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}, method="POST"
        )
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310
                return _answer(json.loads(answer.read(LARGEST_ANSWER)))
        except (urllib.error.URLError, TimeoutError, OSError, ValueError, KeyError, IndexError, TypeError) as error:
            raise StageError(
                f"The language model's server gave no usable answer ({type(error).__name__}: {error})",
                code="copy.server", where=self.endpoint,
                help="Start the server, or run with --copy-model none: the grammar writes then.",
            ) from error


def _chat(prompt: str, seed: int, max_tokens: int) -> dict[str, Any]:
    return {
        "messages": [{"role": "user", "content": prompt}], "seed": seed % 2**31, "max_tokens": max_tokens,
        "temperature": TEMPERATURE, "top_p": TOP_P, "n": 1, "stream": False,
    }


def _answer(data: Mapping[str, Any]) -> str:
    return str(data["choices"][0]["message"]["content"] or "")


# ------------------------------------------------------------------------------------------------- GGUF


@dataclass(frozen=True, kw_only=True, slots=True)
class GgufEngine:
    """A GGUF file through llama.cpp (package `xllamacpp`, the extra `llm`): one slot, one thread."""

    file: Path
    name: str = ""
    load: Callable[[str], Any] | None = None
    """Opens the file; the package's own server unless a test gives another."""

    def __post_init__(self) -> None:
        """Name the engine after its file."""
        object.__setattr__(self, "name", self.name or self.file.stem)

    def draft(self, prompt: str, n: int, seed: int, max_tokens: int) -> list[str]:
        """`n` answers, one after the other in the same slot."""
        server = (self.load or _gguf_server)(str(self.file))
        bodies = [{**_chat(prompt, seed + i, max_tokens), "cache_prompt": i > 0} for i in range(n)]
        return [_answer(_plain(server.handle_chat_completions(body))) for body in bodies]


def _plain(answer: Any) -> Mapping[str, Any]:
    parsed: Mapping[str, Any] = json.loads(answer) if isinstance(answer, (str, bytes)) else answer
    return parsed


@lru_cache(maxsize=1)
def _gguf_server(file: str) -> Any:
    if find_spec("xllamacpp") is None:
        raise StageError(
            "GGUF files need the package xllamacpp, which is not installed", code="copy.gguf", where=file,
            help="Install the extra 'llm' (pip install 'creative-factory[llm]'), or run with --copy-model none.",
        )
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = file
    params.n_parallel = 1
    params.n_ctx = 2048
    params.cpuparams.n_threads = 1
    params.verbosity = -1
    return xllamacpp.Server(params)


def describe(copy_model: str | None) -> dict[str, str]:
    """What copy rests on, by name: the ranker, and the language model where a person named one.

    Raises InputError for a name that is no model, before anything is made.
    """
    from pipelines.copydeck.ranker import default_ranker

    engine = engine_for(copy_model)
    return {"ranker": default_ranker().name} | ({"copy": engine.name} if engine else {})
