"""IAB: a trafficking sheet, a row a banner, as ad servers and their traffickers take it."""

from __future__ import annotations

from collections.abc import Mapping

from factory.manifests.copy_table import escaped
from factory.manifests.rows import Sheets, file_name, name_of, shipped, table, text_of, utm, with_query
from factory.records import Batch, Brief, Placement, Variant

HEADER = ("Creative ID", "Creative Name", "Placement", "Size", "File", "Bytes", "Click URL", "Alt Text", "Language", "Status")

README = """{name}: banners for display
1. Upload every file that column File names (they lie in ../../assets/) to your ad server.
2. Import trafficking.csv, or copy its rows: a row is one banner, and Click URL already carries the tracking tags.
3. Map Size to your tags. Nothing is live: Status is PAUSED in every row until somebody approves it.
4. utm_content is the variant's id: reports grouped by it come back to batch.json.
"""


def write(batch: Batch, brief: Brief, placements: Mapping[str, Placement]) -> Sheets:
    """`trafficking.csv` (UTF-8 with a byte order mark, as people open it in Excel) and `README.txt`."""
    rows = [{k: escaped(v) for k, v in _row(v, brief).items()} for v in shipped(batch, "iab", placements)]
    return {"trafficking.csv": table(HEADER, rows, bom=True), "README.txt": README.format(name=brief.name).encode()}


def _row(v: Variant, brief: Brief) -> dict[str, str]:
    file = v.files[0]
    said = [t.text for k, t in v.copy.items() if k.startswith(("art_headline", "art_sub"))]
    return {
        "Creative ID": v.id, "Creative Name": name_of(v), "Placement": v.placement, "Size": f"{file.width}x{file.height}",
        "File": file_name(v), "Bytes": str(file.bytes), "Click URL": with_query(brief.url, utm(brief, v, "iab")),
        "Alt Text": " ".join(said) or text_of(v, "headline"), "Language": v.locale, "Status": "PAUSED",
    }
