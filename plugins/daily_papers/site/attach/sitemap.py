"""The archive's pages in the sitemap of a site that another tool has built."""

from __future__ import annotations

import html as html_entities
from collections.abc import Iterable
from pathlib import Path

from daily_papers.errors import AttachError
from daily_papers.site.attach.site_files import write_site_file

SITEMAP = "sitemap.xml"
_BEGIN, _END = "<!-- daily-papers -->", "<!-- /daily-papers -->"
_CLOSE = "</urlset>"
_EMPTY = (
    f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{_CLOSE}\n'
)


def add_to_sitemap(folder: Path, pages: Iterable[tuple[str, str]]) -> None:
    """Put `pages`, whole address and date of the last change, into the sitemap in `folder`, or into a new one.

    The pages of an earlier call are replaced, and the rest of the sitemap stays. Raises AttachError if the file is no
    list of pages, and ArchiveError if it cannot be written.
    """
    path = folder / SITEMAP
    text = path.read_bytes().decode("utf-8", "surrogateescape") if path.is_file() else _EMPTY
    before, begin, rest = text.partition(_BEGIN)
    text = before + rest.partition(_END)[2] if begin else text
    before, close, after = text.rpartition(_CLOSE)
    if not close:
        raise AttachError(f"{path} is no list of pages: expected <urlset>; the archive's pages are in no sitemap")
    entries = "".join(
        f"<url><loc>{html_entities.escape(address)}</loc>{f'<lastmod>{changed}</lastmod>' if changed else ''}</url>\n"
        for address, changed in pages
    )
    write_site_file(path, f"{before}{_BEGIN}\n{entries}{_END}{close}{after}".encode("utf-8", "surrogateescape"))
