"""IAB: a trafficking sheet, a row a banner, as ad servers and their traffickers take it."""

from __future__ import annotations

from collections.abc import Mapping

from factory.manifests.rows import Sheets, escaped, file_name, name_of, one_line, shipped, table, utm, with_query
from factory.records import Batch, Brief, Placement, Variant

HEADER = ("Creative ID", "Creative Name", "Placement", "Size", "File", "Bytes", "Click URL", "Landing Page", "Alt Text",
          "Language", "Status")

README = """{name}: banners for display

1. Upload the files that column File names to your ad server. They lie in ../../assets/, under these very names.
2. Import trafficking.csv, or copy its rows. A row is one banner. Click URL is the landing page with the tracking tags;
   use Landing Page where your ad server adds tags by itself.
3. Map Size to your tags. Nothing is live: Status is PAUSED in every row until somebody approves it.

utm_content is the variant's id: reports grouped by it come back to batch.json.
trafficking.csv is UTF-8 with commas. A text that would start a formula in a spreadsheet has ' before it; if your ad
server shows that mark, take it away there.
"""


def write(batch: Batch, brief: Brief, placements: Mapping[str, Placement]) -> Sheets:
    """`trafficking.csv` (UTF-8 with a byte order mark, as people open it in Excel) and `README.txt`."""
    rows = [{k: escaped(one_line(v)) for k, v in _row(v, brief).items()} for v in shipped(batch, "iab", placements)]
    return {"trafficking.csv": table(HEADER, rows, bom=True), "README.txt": README.format(name=brief.name).encode()}


def _row(v: Variant, brief: Brief) -> dict[str, str]:
    file = v.files[0]
    return {
        "Creative ID": v.id, "Creative Name": name_of(v), "Placement": v.placement, "Size": f"{file.width}x{file.height}",
        "File": file_name(v), "Bytes": str(file.bytes), "Click URL": with_query(brief.url, utm(brief, v, "iab")),
        "Landing Page": brief.url, "Alt Text": alt_text(v, brief), "Language": v.locale, "Status": "PAUSED",
    }


def alt_text(v: Variant, brief: Brief) -> str:
    """What a reader who sees no picture is told: whose ad it is, and its words (the product's name where it has none)."""
    words = [v.copy[k].text for k in ("art_headline", "art_sub") if k in v.copy]
    return f"{brief.brand}: {' '.join(words) or brief.product.name}"
