"""Meta: the Ads Manager import sheet, and the Marketing API calls for the same ads. Everything paused.

Field names are those of the official SDK 26.0.3; the sheet's header is a real export's (`meta_header.txt`). Rules for
placement customisation: at least two rules, the last one empty and of lowest priority, one description, no labels
that no asset carries (Marketing API, asset feed pages, 2026-05).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

from factory.manifests.rows import Sheets, file_name, name_of, shipped, table, text_of, utm
from factory.records import Batch, Brief, Placement, Variant

CALLS_TO_ACTION: Mapping[str, str] = {
    "shop_now": "SHOP_NOW", "learn_more": "LEARN_MORE", "order_now": "ORDER_NOW", "buy_now": "BUY_NOW",
    "get_offer": "GET_OFFER", "sign_up": "SIGN_UP", "subscribe": "SUBSCRIBE", "book_now": "BOOK_NOW",
    "contact_us": "CONTACT_US", "download": "DOWNLOAD", "see_more": "SEE_MORE", "find_a_shop": "GET_DIRECTIONS",
}
OBJECTIVES: Mapping[str, str] = {
    "awareness": "Outcome Awareness", "traffic": "Outcome Traffic", "engagement": "Outcome Engagement",
    "leads": "Outcome Leads", "sales": "Outcome Sales",
}
POSITIONS: Mapping[str, Mapping[str, Sequence[str]]] = {
    "meta.stories.vertical": {"facebook_positions": ("story",), "instagram_positions": ("story",)},
    "meta.reels.vertical": {"facebook_positions": ("facebook_reels",), "instagram_positions": ("reels",)},
    "meta.feed.square": {"facebook_positions": ("search", "marketplace"), "instagram_positions": ("ig_search",)},
    "meta.feed.landscape": {"facebook_positions": ("right_hand_column",)},
    "meta.right_column": {"facebook_positions": ("right_hand_column",)},
    "meta.marketplace": {"facebook_positions": ("marketplace",)},
    "meta.threads.feed": {"threads_positions": ("threads_stream",)},
    "meta.feed.portrait": {"facebook_positions": ("feed",), "instagram_positions": ("stream", "explore_home")},
}
"""Where a placement's file runs; the first that an ad has a file for wins a position."""

OPTED_OUT = ("image_touchups", "text_optimizations", "image_brightness_and_contrast", "image_templates", "image_uncrop")
"""Automatic edits that would change an approved picture or text."""

README = """{name}: Meta (Facebook, Instagram)
Everything below is created paused; nothing is approved by a machine.

By hand, in Ads Manager
1. Copy the files that columns "Image File Name" and "Video File Name" name from ../../assets/ into one folder.
2. Open ads.tsv and fill Link Object ID (o:<page id>), the countries of each ad set, and your budget.
3. Ads Manager > Import and export > Import ads: choose ads.tsv, then upload that folder's files when asked.
4. Check the preview of a row in each placement, then publish. Campaigns, ad sets and ads stay paused.

By program, over the Marketing API
1. calls.json lists the calls in order: uploads first, then one creative per concept and locale, then the paused ads.
2. Put the answer of each upload wherever {{"$asset": "<sha256>"}} stands, your ids wherever {{"$account": "..."}} stands.

utm_content is the variant's id (in calls.json the ad's): reports grouped by it come back to batch.json.
"""


@lru_cache(maxsize=1)
def header() -> tuple[str, ...]:
    """The columns of an Ads Manager export, in order."""
    return tuple((files("factory.manifests") / "meta_header.txt").read_text(encoding="utf-8").splitlines())


def write(batch: Batch, brief: Brief, placements: Mapping[str, Placement]) -> Sheets:
    """`ads.tsv`, `calls.json`, `README.txt`."""
    variants = shipped(batch, "meta", placements)
    calls = json.dumps(list(_calls(variants, brief)), ensure_ascii=False, indent=1, sort_keys=True)
    return {
        "ads.tsv": table(header(), [_row(v, brief) for v in variants], delimiter="\t"),
        "calls.json": calls.encode() + b"\n",
        "README.txt": README.format(name=brief.name).encode(),
    }


# -------------------------------------------------------------------------------------------------- the sheet


def _row(v: Variant, brief: Brief) -> dict[str, str]:
    """One ad. The sheet is read by a machine, so cells stand as they are; line breaks and tabs are spaces."""
    media = {"Video File Name": file_name(v)} if v.kind == "video" else {"Image File Name": file_name(v)}
    cells = {
        "Campaign Name": brief.name, "Campaign Status": "PAUSED", "Campaign Objective": OBJECTIVES.get(brief.objective, "Outcome Traffic"),
        "Buying Type": "AUCTION", "Special Ad Categories": "[]",
        "Ad Set Name": f"{v.tribe} {v.locale}", "Ad Set Run Status": "PAUSED",
        "Ad Status": "PAUSED", "Ad Name": name_of(v), "Title": text_of(v, "headline"), "Body": text_of(v, "primary_text"),
        "Link Description": text_of(v, "description"), "Link": brief.url, "Call to Action": call_to_action(brief),
        "URL Tags": urlencode(utm(brief, v, "meta")),
        "Creative Type": "Video Page Post Ad" if v.kind == "video" else "Link Page Post Ad",
        **_targets(v.placement), **media,
    }
    return {k: " ".join(c.split()) for k, c in cells.items()}


def _targets(placement: str) -> dict[str, str]:
    """The sheet's columns for where an ad runs."""
    names = {"facebook_positions": "Facebook Positions", "instagram_positions": "Instagram Positions"}
    spots = POSITIONS.get(placement, {})
    platforms = [k.split("_")[0] for k in spots]
    return {"Publisher Platforms": ", ".join(platforms)} | {names[k]: ", ".join(v) for k, v in spots.items() if k in names}


def call_to_action(brief: Brief) -> str:
    """The platform's word for the brief's call to action; LEARN_MORE where it has none."""
    return CALLS_TO_ACTION.get(brief.cta, "LEARN_MORE")


# -------------------------------------------------------------------------------------------------- the calls


def _calls(variants: Sequence[Variant], brief: Brief) -> Iterator[dict[str, Any]]:
    """Uploads, each file once; then a creative and a paused ad for each concept, locale and kind."""
    for v in {v.files[0].sha256: v for v in variants}.values():
        yield _upload(v)
    groups: dict[tuple[str, str, str], list[Variant]] = {}
    for v in variants:
        groups.setdefault((v.concept, v.locale, v.kind), []).append(v)
    for (concept, locale, kind), group in groups.items():
        name = f"{concept}_{locale}_{kind}"
        yield {"id": f"creative:{name}", "method": "POST", "path": "/act_{ad_account_id}/adcreatives", "body": _creative(name, group, brief)}
        body = {"name": name, "adset_id": {"$account": "adset_id"}, "status": "PAUSED", "creative": {"creative_id": {"$call": f"creative:{name}"}}}
        yield {"id": f"ad:{name}", "method": "POST", "path": "/act_{ad_account_id}/ads", "body": body}


def _upload(v: Variant) -> dict[str, Any]:
    """An upload; a video is declared as made with generative means where a model made its plate."""
    file = v.files[0]
    path = "advideos" if v.kind == "video" else "adimages"
    body: dict[str, Any] = {"source" if v.kind == "video" else "filename": file.path}
    if v.kind == "video":
        body["is_ai_generated"] = bool(v.provenance.get("model"))
    return {"id": f"asset:{file.sha256}", "method": "POST", "path": f"/act_{{ad_account_id}}/{path}", "body": body}


def _creative(name: str, group: Sequence[Variant], brief: Brief) -> dict[str, Any]:
    lead = group[0]
    story: dict[str, Any] = {"page_id": {"$account": "page_id"}, "instagram_user_id": {"$account": "instagram_user_id"}}
    feed = _feed(group, brief) if len(group) > 1 else None
    if feed is None:
        story |= _single(lead, brief)
    features = {f: {"enroll_status": "OPT_OUT"} for f in OPTED_OUT}
    tags = urlencode(utm(brief, lead, "meta") | {"utm_content": name})
    body = {"name": name, "object_story_spec": story, "url_tags": tags,
            "degrees_of_freedom_spec": {"creative_features_spec": features}}
    return body | ({"asset_feed_spec": feed} if feed else {})


def _single(v: Variant, brief: Brief) -> dict[str, Any]:
    button = {"type": call_to_action(brief), "value": {"link": brief.url}}
    asset = {"$asset": v.files[0].sha256}
    if v.kind == "video":
        return {"video_data": {"video_id": asset, "title": text_of(v, "headline"), "message": text_of(v, "primary_text"),
                               "link_description": text_of(v, "description"), "call_to_action": button}}
    return {"link_data": {"link": brief.url, "message": text_of(v, "primary_text"), "name": text_of(v, "headline"),
                          "description": text_of(v, "description"), "image_hash": asset, "call_to_action": button}}


def _feed(group: Sequence[Variant], brief: Brief) -> dict[str, Any]:
    """One ad with a file for each placement: rules by position, the last one for all that is left."""
    kind = "video" if group[0].kind == "video" else "image"
    media = "video_id" if kind == "video" else "hash"
    ordered = sorted(group, key=lambda v: (v.placement == _fallback(group), v.placement))
    assets = [{media: {"$asset": v.files[0].sha256}, "adlabels": [_label(kind, v)]} for v in ordered]
    return {
        "ad_formats": ["SINGLE_VIDEO" if kind == "video" else "SINGLE_IMAGE"], "optimization_type": "PLACEMENT",
        f"{kind}s": assets,
        "bodies": _texts(ordered, "primary_text", "body"), "titles": _texts(ordered, "headline", "title"),
        "descriptions": [{"text": next((t for v in ordered if (t := text_of(v, "description"))), "")}],
        "link_urls": [{"website_url": brief.url, "adlabels": [{"name": "link"}]}],
        "call_to_action_types": [call_to_action(brief)],
        "asset_customization_rules": list(_rules(ordered, kind)),
    }


def _fallback(group: Sequence[Variant]) -> str:
    """The placement whose file serves everywhere else: the portrait or square feed before the rest."""
    order = ("meta.feed.portrait", "meta.feed.square", "meta.feed.landscape")
    have = {v.placement for v in group}
    return next((p for p in order if p in have), min(have))


def _texts(group: Sequence[Variant], field: str, label: str) -> list[dict[str, Any]]:
    """Each wording once, with the labels of the placements that it belongs to."""
    labels: dict[str, list[dict[str, str]]] = {}
    for v in group:
        labels.setdefault(text_of(v, field) or text_of(group[-1], field), []).append(_label(label, v))
    return [{"text": text, "adlabels": names} for text, names in labels.items()]


def _rules(group: Sequence[Variant], kind: str) -> Iterator[dict[str, Any]]:
    taken: set[tuple[str, str]] = set()
    for priority, v in enumerate(group, 1):
        spots = {k: [p for p in ps if (k, p) not in taken] for k, ps in POSITIONS.get(v.placement, {}).items()}
        spots = {k: ps for k, ps in spots.items() if ps}
        last = v is group[-1]
        if not spots and not last:
            continue
        taken |= {(k, p) for k, ps in spots.items() for p in ps}
        spec = {} if last else {"publisher_platforms": [k.split("_")[0] for k in spots], **spots}
        yield {"customization_spec": spec, f"{kind}_label": _label(kind, v), "body_label": _label("body", v),
               "title_label": _label("title", v), "link_url_label": {"name": "link"}, "priority": priority}


def _label(what: str, v: Variant) -> dict[str, str]:
    return {"name": f"{what}_{v.placement.split('.', 1)[1]}"}
