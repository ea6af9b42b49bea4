"""Meta: the Ads Manager import sheet, and the Marketing API calls for the same ads. Everything paused.

Field names are those of the official SDK 26.0.3; the sheet's header is a real export's (`meta_header.txt`). Rules for
placement customisation: at least two rules, the last one empty and of lowest priority, one unlabelled description, no
label in a rule that no asset carries (Marketing API, asset feed and asset customization rules, 2026-05 and 2026-06).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from importlib.resources import files
from typing import Any

from factory.manifests.rows import Sheets, file_name, name_of, one_line, place_of, query, shipped, table, text_of, utm
from factory.records import Batch, Brief, Placement, Variant

Body = dict[str, Any]

CALLS_TO_ACTION = frozenset((
    "SHOP_NOW", "BUY_NOW", "ORDER_NOW", "LEARN_MORE", "SEE_MORE", "GET_OFFER", "SIGN_UP", "SUBSCRIBE", "BOOK_NOW", "DOWNLOAD",
    "CONTACT_US", "GET_QUOTE", "GET_DIRECTIONS", "VISIT_WEBSITE", "WATCH_NOW",
))
"""The platform's words for a brief's calls to action: the same ones, in capitals."""

OBJECTIVES: Mapping[str, str] = {
    "awareness": "Outcome Awareness", "traffic": "Outcome Traffic", "engagement": "Outcome Engagement",
    "leads": "Outcome Leads", "sales": "Outcome Sales",
}

SPOTS: Mapping[str, tuple[str, str]] = {
    "facebook_feed": ("facebook", "feed"), "facebook_search": ("facebook", "search"),
    "facebook_stories": ("facebook", "story"), "facebook_reels": ("facebook", "facebook_reels"),
    "ads_on_facebook_reels": ("facebook", "facebook_reels_overlay"),
    "facebook_right_hand_column": ("facebook", "right_hand_column"), "facebook_marketplace": ("facebook", "marketplace"),
    "instagram_feed": ("instagram", "stream"), "instagram_explore_home": ("instagram", "explore_home"),
    "instagram_search": ("instagram", "ig_search"), "instagram_stories": ("instagram", "story"),
    "instagram_reels": ("instagram", "reels"), "threads_feed": ("threads", "threads_stream"),
    "whatsapp_status": ("whatsapp", "status"),
}
"""A surface of our tables as the platform names it: publisher platform and position."""

COLUMNS: Mapping[str, str] = {
    "facebook": "Facebook Positions", "instagram": "Instagram Positions", "whatsapp": "WhatsApp Positions",
}
"""The sheet's column for a publisher platform's positions; Threads has one position and no column."""

PORTRAIT, SQUARE, LANDSCAPE = "meta.feed.portrait", "meta.feed.square", "meta.feed.landscape"
STORIES, REELS = "meta.stories.vertical", "meta.reels.vertical"
BEST: Mapping[tuple[str, str], Sequence[str]] = {
    ("facebook", "feed"): (PORTRAIT, SQUARE, LANDSCAPE),
    ("facebook", "search"): (LANDSCAPE, SQUARE),
    ("facebook", "marketplace"): ("meta.marketplace", SQUARE),
    ("facebook", "right_hand_column"): ("meta.right_column", LANDSCAPE, SQUARE),
    ("facebook", "story"): (STORIES, REELS),
    ("facebook", "facebook_reels"): (REELS, STORIES),
    ("facebook", "facebook_reels_overlay"): ("meta.reels_overlay",),
    ("instagram", "stream"): (PORTRAIT, SQUARE, LANDSCAPE),
    ("instagram", "explore_home"): (PORTRAIT, SQUARE),
    ("instagram", "ig_search"): (PORTRAIT, SQUARE),
    ("instagram", "story"): (STORIES, REELS),
    ("instagram", "reels"): (REELS, STORIES),
    ("threads", "threads_stream"): ("meta.threads.feed",),
}
"""Whose file an ad shows at a position, the best first. Only positions that placement rules may name."""

ANYWHERE = (PORTRAIT, SQUARE, "meta.marketplace", "meta.threads.feed", LANDSCAPE, REELS, STORIES, "meta.right_column")
"""Whose file serves wherever no rule says otherwise, the best first."""

MACRO = "{{placement}}"
"""The placement in the links of an ad that has several: the platform puts it in when it shows the ad."""

WORDS = ("text_optimizations", "text_generation", "text_translation", "text_formatting_optimization", "dynamic_cta_text",
         "description_automation", "feed_caption_optimization", "add_text_overlay", "text_overlay_translation",
         "replace_media_text")
OPTED_OUT: Mapping[str, Sequence[str]] = {
    "image": (*WORDS, "image_animation", "image_auto_crop", "image_background_gen", "image_brightness_and_contrast",
              "image_templates", "image_text_translation", "image_touchups", "image_uncrop", "music_generation"),
    "video": (*WORDS, "translate_voiceover", "video_auto_crop", "video_highlights", "video_uncrop", "video_voiceover"),
}
"""Automatic edits that would change an approved picture, film or text, by kind of ad."""

README = """{name}: Meta (Facebook, Instagram)
Everything below is created paused; nothing is approved by a machine.

By hand, in Ads Manager
1. Gather the files in one folder, under the names they have: files.txt lists them. In this folder:
     macOS, Linux:  mkdir upload; while read f; do cp "../../assets/$f" upload/; done < files.txt
     Windows (PowerShell):  mkdir upload; Get-Content files.txt | % {{ Copy-Item ..\\..\\assets\\$_ upload }}
2. Fill ads.tsv: Link Object ID (o:<your page id>), Countries and a budget for each ad set. In Excel, open an empty sheet,
   then Data > From Text/CSV: origin 65001 (UTF-8), delimiter tab, all columns as Text. Then no long id loses its digits and
   no text that begins with = + - or @ becomes a formula: cells stand exactly as the ad shows them, nothing is escaped.
   Save as text with tabs. Add any column that your account's own export has and this one lacks.
3. Ads Manager > Export & import > Import ads: choose ads.tsv, then all files of the upload folder when asked.
4. Look at one row of each placement in the preview, then publish. Campaign, ad sets and ads stay paused.

A row is one variant. An ad set holds one tribe, locale and placement, so that its positions are those of its files.

By program, over the Marketing API
1. Make the ad set yourself, paused, with the placements that you have files for.
2. Send the calls of calls.json in order: uploads, then for each concept, locale and kind a creative and its paused ad.
   "files" are sent as multipart form data, their paths are relative to the bundle; "until" is waited for.
3. Put your own ids where {{"$account": "<name>"}} stands, and for {{ad_account_id}} in a path.
   {{"$asset": "<sha256>"}} is what the upload of that file answered: a picture's hash, a video's id.
   {{"$call": "<id>"}} is what the call of that id answered: a creative's id, the uri of a video's preferred thumbnail.
4. In an ad with several files a rule says where each is shown; the last rule, which is empty, serves all other places.
   A file that another one outdoes at every position has no rule there; it has a row in ads.tsv all the same.

utm_content is the variant's id in ads.tsv and the ad's name in calls.json: reports grouped by it come back to batch.json.
"""


@lru_cache(maxsize=1)
def header() -> tuple[str, ...]:
    """The columns of an Ads Manager export, in order."""
    return tuple((files("factory.manifests") / "meta_header.txt").read_text(encoding="utf-8").splitlines())


def write(batch: Batch, brief: Brief, placements: Mapping[str, Placement]) -> Sheets:
    """`ads.tsv`, `calls.json`, `files.txt`, `README.txt`."""
    variants = shipped(batch, "meta", placements)
    calls = json.dumps(list(_calls(variants, batch, brief)), ensure_ascii=False, indent=1, sort_keys=True)
    return {
        "ads.tsv": table(header(), [_row(v, brief, placements[v.placement]) for v in variants], delimiter="\t"),
        "calls.json": calls.encode() + b"\n",
        "files.txt": "".join(f"{name}\n" for name in sorted({file_name(v) for v in variants})).encode(),
        "README.txt": README.format(name=brief.name).encode(),
    }


def call_to_action(brief: Brief) -> str:
    """The platform's word for the brief's call to action; LEARN_MORE where it has none."""
    word = brief.cta.upper()
    return word if word in CALLS_TO_ACTION else "LEARN_MORE"


# -------------------------------------------------------------------------------------------------- the sheet


def _row(v: Variant, brief: Brief, placement: Placement) -> dict[str, str]:
    """One ad. A machine reads the sheet, so cells stand as they are, but for line breaks and tabs, which are spaces."""
    media = {"Video File Name": file_name(v)} if v.kind == "video" else {"Image File Name": file_name(v)}
    cells = {
        "Campaign Name": brief.name, "Campaign Status": "PAUSED", "Campaign Objective": OBJECTIVES[brief.objective],
        "Buying Type": "AUCTION", "Special Ad Categories": "[]",
        "Ad Set Name": f"{v.tribe} {v.locale} {place_of(v)}", "Ad Set Run Status": "PAUSED",
        "Ad Status": "PAUSED", "Ad Name": name_of(v), "Title": text_of(v, "headline"), "Body": text_of(v, "primary_text"),
        "Link Description": text_of(v, "description"), "Link": brief.url, "Call to Action": call_to_action(brief),
        "URL Tags": query(utm(brief, v, "meta")),
        "Creative Type": "Video Page Post Ad" if v.kind == "video" else "Link Page Post Ad",
        **_where(placement), **media,
    }
    return {k: one_line(c) for k, c in cells.items()}


def _where(placement: Placement) -> dict[str, str]:
    """The sheet's columns for where an ad runs. They belong to the ad set: an ad set holds one placement only."""
    spots: dict[str, list[str]] = {}
    for surface in placement.surfaces:
        if surface in SPOTS:
            publisher, position = SPOTS[surface]
            spots.setdefault(publisher, []).append(position)
    return {"Publisher Platforms": ", ".join(spots)} | {COLUMNS[k]: ", ".join(v) for k, v in spots.items() if k in COLUMNS}


# -------------------------------------------------------------------------------------------------- the calls


def _calls(variants: Sequence[Variant], batch: Batch, brief: Brief) -> Iterator[Body]:
    """Uploads, each file once; then a creative and a paused ad for each concept, locale and kind."""
    ads = {name: _ruled(group) for name, group in _groups(variants).items()}
    washed = {c.id for c in batch.concepts if c.wash}
    used = {v.files[0].sha256: v for ruled in ads.values() for v, _ in ruled}
    for v in used.values():
        yield from _upload(v, v.concept in washed or "image" in batch.models)
    for name, ruled in ads.items():
        yield {"id": f"creative:{name}", "method": "POST", "path": "/act_{ad_account_id}/adcreatives",
               "body": _creative(name, ruled, brief)}
        body = {"name": name, "adset_id": {"$account": "adset_id"}, "status": "PAUSED",
                "creative": {"creative_id": {"$call": f"creative:{name}"}}}
        yield {"id": f"ad:{name}", "method": "POST", "path": "/act_{ad_account_id}/ads", "body": body}


def _groups(variants: Sequence[Variant]) -> dict[str, list[Variant]]:
    """Variants by ad: one file a placement, so a second variant of the same cell begins a second ad."""
    groups: dict[str, list[Variant]] = {}
    seen: Counter[str] = Counter()
    for v in variants:
        name = f"{v.concept}_{v.locale}_{v.kind}"
        cell = f"{name} {v.placement}"
        seen[cell] += 1
        groups.setdefault(name if seen[cell] == 1 else f"{name}_{seen[cell]}", []).append(v)
    return groups


def _upload(v: Variant, generated: bool) -> Iterator[Body]:
    """An upload; a video also says whether a model made its picture, is waited for, and gives its thumbnail."""
    file = v.files[0]
    act, one = "/act_{ad_account_id}", {"video_id": {"$asset": file.sha256}}
    if v.kind == "image":
        yield {"id": f"asset:{file.sha256}", "method": "POST", "path": f"{act}/adimages", "files": {"filename": file.path}}
        return
    yield {"id": f"asset:{file.sha256}", "method": "POST", "path": f"{act}/advideos", "files": {"source": file.path},
           "body": {"title": name_of(v), "is_ai_generated": generated}}
    yield {"id": f"ready:{file.sha256}", "method": "GET", "path": "/{video_id}", "in_path": one, "query": {"fields": "status"},
           "until": {"status.video_status": "ready"}}
    yield {"id": f"thumbnail:{file.sha256}", "method": "GET", "path": "/{video_id}/thumbnails", "in_path": one,
           "query": {"fields": "uri,is_preferred"}}


Ruled = Sequence[tuple[Variant, Body]]
"""The variants of an ad, each with where it is shown; the last is shown wherever else, and its place is empty."""


def _ruled(group: Sequence[Variant]) -> Ruled:
    have = {v.placement: v for v in group}
    rest = next((have[p] for p in ANYWHERE if p in have), group[0])
    spots: dict[str, dict[str, list[str]]] = {}
    for (publisher, position), order in BEST.items():
        best = next((p for p in order if p in have), None)
        if best and best != rest.placement:
            spots.setdefault(best, {}).setdefault(publisher, []).append(position)
    ruled = [(v, _spec(spots[v.placement])) for v in group if v.placement in spots]
    return [*ruled, (rest, {})]


def _spec(spots: Mapping[str, Sequence[str]]) -> Body:
    return {"publisher_platforms": list(spots), **{f"{k}_positions": list(v) for k, v in spots.items()}}


def _creative(name: str, ruled: Ruled, brief: Brief) -> Body:
    """A creative: one file as a plain post, several as an asset feed with a rule each."""
    (lead, _), several = ruled[-1], len(ruled) > 1
    story: Body = {"page_id": {"$account": "page_id"}, "instagram_user_id": {"$account": "instagram_user_id"}}
    features = {f: {"enroll_status": "OPT_OUT"} for f in OPTED_OUT[lead.kind]}
    body = {"name": name, "object_story_spec": story if several else story | _post(lead, brief),
            "url_tags": query(utm(brief, replace(lead, placement=MACRO) if several else lead, "meta") | {"utm_content": name}),
            "degrees_of_freedom_spec": {"creative_features_spec": features}}
    return body | {"asset_feed_spec": _feed(ruled, brief)} if several else body


def _post(v: Variant, brief: Brief) -> Body:
    """A post with one picture or film. Fields without words are left out."""
    button = {"type": call_to_action(brief), "value": {"link": brief.url}}
    body, title, description = (text_of(v, f) for f in ("primary_text", "headline", "description"))
    if v.kind == "video":
        words = {"title": title, "message": body, "link_description": description}
        return {"video_data": _said(words) | _video(v, "image_url") | {"call_to_action": button}}
    words = {"message": body, "name": title, "description": description}
    picture = {"link": brief.url, "image_hash": {"$asset": v.files[0].sha256}, "call_to_action": button}
    return {"link_data": _said(words) | picture}


def _said(words: Mapping[str, str]) -> Body:
    return {k: t for k, t in words.items() if t}


def _video(v: Variant, thumbnail: str) -> Body:
    sha = v.files[0].sha256
    return {"video_id": {"$asset": sha}, thumbnail: {"$call": f"thumbnail:{sha}"}}


def _feed(ruled: Ruled, brief: Brief) -> Body:
    """One ad with a file for each placement: rules by position, the last one for all that is left."""
    group, kind = [v for v, _ in ruled], ruled[-1][0].kind
    parts = {
        "bodies": _texts(group, "primary_text", "body"), "titles": _texts(group, "headline", "title"),
        "descriptions": [{"text": t} for v in reversed(group) if (t := text_of(v, "description"))][:1],
    }
    labels = {"bodies": "body", "titles": "title"}
    spoken = [labels[k] for k, texts in parts.items() if texts and k in labels]
    return {
        "ad_formats": ["SINGLE_VIDEO" if kind == "video" else "SINGLE_IMAGE"], "optimization_type": "PLACEMENT",
        f"{kind}s": [_media(v) | {"adlabels": [_label(kind, v)]} for v in group],
        "link_urls": [{"website_url": brief.url, "adlabels": [{"name": "link"}]}],
        "call_to_action_types": [call_to_action(brief)],
        "asset_customization_rules": [_rule(v, spec, n, (kind, *spoken)) for n, (v, spec) in enumerate(ruled, 1)],
        **{k: texts for k, texts in parts.items() if texts},
    }


def _media(v: Variant) -> Body:
    return _video(v, "thumbnail_url") if v.kind == "video" else {"hash": {"$asset": v.files[0].sha256}}


def _texts(group: Sequence[Variant], field: str, label: str) -> list[Body]:
    """Each wording once, with the labels of its placements. Where a placement has no such text it takes the text of
    the placement that serves everywhere, as a rule must name one. Empty when nobody has any."""
    spare = next((t for v in reversed(group) if (t := text_of(v, field))), "")
    labels: dict[str, list[Body]] = {}
    for v in group:
        labels.setdefault(text_of(v, field) or spare, []).append(_label(label, v))
    return [{"text": text, "adlabels": names} for text, names in labels.items()] if spare else []


def _rule(v: Variant, spec: Body, priority: int, parts: Sequence[str]) -> Body:
    return {"customization_spec": spec, "link_url_label": {"name": "link"}, "priority": priority,
            **{f"{part}_label": _label(part, v) for part in parts}}


def _label(what: str, v: Variant) -> Body:
    return {"name": f"{what}_{place_of(v)}"}
