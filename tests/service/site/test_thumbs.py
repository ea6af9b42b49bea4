"""Small pictures: who gets them, what they are, and that they are made once."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from factory.doors.web.site import thumbs
from factory.ids import digest_bytes
from tests.service import stocked
from tests.service.site.conftest import Site


def picture(width: int, height: int, kind: str = "JPEG") -> bytes:
    data = io.BytesIO()
    image = Image.new("RGB", (width, height), "#c04020")
    image.paste("#204080", (0, 0, width, height // 2))
    image.save(data, kind)
    return data.getvalue()


def put(site: Site, data: bytes, ending: str, *, known: bool = True) -> str:
    """A file in the bucket; `known`: a variant is it."""
    name = f"{digest_bytes(data)}.{ending}"
    site.api.client.app.state.parts.storage.put(f"blobs/{name}", data)
    if known:
        stock = stocked.full(site.api.settings.database_url, 1)
        with stock.db() as db:
            db.execute("update variants set made = jsonb_set(made::jsonb, '{blob}', to_jsonb(%s::text))::json where batch = %s", (name, stock.batch))
    return name


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=("WEBP",))


def test_a_picture_is_shown_small_and_kept_for_good(site: Site):
    name = put(site, picture(1080, 1350), "jpg")
    person = site.enter("reviewer")
    answer = person.see(f"/thumbs/{name}?w=160")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert opened(answer.content).size == (160, 200)
    assert opened(person.see(f"/thumbs/{name}").content).size == (320, 400)


def test_it_is_made_once(site: Site, monkeypatch: pytest.MonkeyPatch):
    name = put(site, picture(400, 400), "jpg")
    person = site.enter("creator")
    first = person.see(f"/thumbs/{name}?w=320").content
    monkeypatch.setattr(thumbs, "small", lambda *_: pytest.fail("made twice"))
    assert person.see(f"/thumbs/{name}?w=320").content == first


def test_a_narrow_picture_is_not_blown_up(site: Site):
    name = put(site, picture(300, 50, "PNG"), "png")
    assert opened(site.enter("creator").see(f"/thumbs/{name}?w=640").content).size == (300, 50)


def test_a_film_is_shown_by_its_first_frame(site: Site, tmp_path: Path):
    from imageio_ffmpeg import get_ffmpeg_exe

    film = tmp_path / "film.mp4"
    command = [get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", "color=red:s=320x480:d=0.2", "-c:v", "libx264", "-pix_fmt", "yuv420p", str(film)]
    subprocess.run(command, check=True)
    name = put(site, film.read_bytes(), "mp4")
    image = opened(site.enter("creator").see(f"/thumbs/{name}?w=160").content)
    assert image.size == (160, 240)
    red, green, blue = image.convert("RGB").getpixel((80, 120))
    assert red > 200 > 60 > max(green, blue)


def test_a_broken_film_is_told_not_shown(site: Site):
    name = put(site, b"no film", "mp4")
    assert site.enter("creator").see(f"/thumbs/{name}").status_code == 503


def test_strangers_see_none(site: Site):
    name = put(site, picture(40, 40), "jpg")
    assert site.stranger().see(f"/thumbs/{name}").status_code == 303


@pytest.mark.parametrize("w", ["0", "321", "99999", "wide"])
def test_there_are_three_widths(site: Site, w: str):
    assert site.enter("creator").see(f"/thumbs/{'0' * 64}.jpg?w={w}").status_code == 422


def test_what_is_no_variant_is_not_shown(site: Site):
    """Plates and other parts lie in the bucket too."""
    person = site.enter("admin")
    assert person.see(f"/thumbs/{put(site, picture(41, 40), 'jpg', known=False)}").status_code == 404
    assert person.see(f"/thumbs/{'1' * 64}.jpg").status_code == 404
    assert person.see("/thumbs/..%2f..%2fetc%2fpasswd").status_code == 404


def test_the_oldest_go_when_the_shelf_is_full(tmp_path: Path):
    import os

    for n in range(10):
        path = tmp_path / "ab" / f"{n}.webp"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(bytes(100))
        os.utime(path, (n, n))
    thumbs.sweep(tmp_path, 600)
    assert sorted(p.name for p in tmp_path.glob("*/*")) == [f"{n}.webp" for n in range(5, 10)]
