"""Frame: a page of a site that another tool built, around whose head and navigation archive pages are put.

The text of the page stays as it is, but for its main content, what its head says about it alone, and its relative
addresses, which depend on the depth of the page that has them.
"""

from __future__ import annotations

import html as html_entities
import json
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

from daily_papers.errors import AttachError
from daily_papers.site.attach.html_elements import Element, read_elements
from daily_papers.site.page_shell import placeholder

SLOT = "daily-papers"
"""The id of the element in a frame that takes the content of pages."""
CONTENT, HEAD, TITLE = "content", "head", "title"
"""The names of the placeholders in a frame."""

_ORIGIN = "http://frame/"
_ADDRESSES = frozenset(
    ("href", "src", "poster", "action", "formaction", "xlink:href", "data-content_root", "data-url_root")
)
_ADDRESS_LISTS = frozenset(("srcset", "imagesrcset"))
_FEEDS = ("application/rss+xml", "application/atom+xml", "application/feed+json")
# These say something about one page.
_PAGE_RELATIONS = frozenset(("canonical", "prev", "next", "amphtml", "shortlink"))
_PAGE_METADATA = re.compile(r"^(description|keywords|(og|article|twitter):.*)$", re.IGNORECASE)

_CSS_ADDRESS = re.compile(r"""(\burl\(\s*)(["']?)([^"')\s]+)(?=\2\s*\))""", re.IGNORECASE)
# Material and Zensical find the root of the site so, and from the JSON in the element __config.
_SCRIPT_ROOT = re.compile(r"""(\bnew URL\(")([./]+)(?=",\s*location\))""")
_CONFIG = "__config"
_CONFIG_ADDRESSES = ("base", "search")

Rebase = Callable[[str], str]
_Edit = tuple[int, int, str]
"""Start and end in the text of the page, and what replaces it."""


@dataclass(frozen=True)
class Frame:
    """The page `name`, a path below the folder of its site, with the text `html`."""

    name: str
    html: str
    elements: tuple[Element, ...]
    slot: Element
    """The element whose content is replaced."""
    head: Element
    title: Element
    base: str
    """The address to which the addresses in the page are relative; empty for the page's own."""

    @classmethod
    def read(cls, folder: Path, name: str) -> Frame:
        """Read the page `name` below `folder`. Raises AttachError if it is no page with a place for the archive."""
        path = folder / name
        try:
            html = path.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as e:
            raise AttachError(f"the frame {path} cannot be read: {e}; name another page with --frame") from e
        elements = tuple(read_elements(html))
        head = next((element for element in elements if element.tag == "head"), None)
        titles = [element for element in elements if element.tag == "title" and head and element.is_within(head)]
        if not head or not titles:
            raise AttachError(f"the frame {path} has no <head> with a <title>: expected a whole page of the site")
        slot = _find_slot(elements)
        if not slot:
            raise AttachError(
                f'the frame {path} has no place for the archive: expected an element with id="{SLOT}", '
                '<main>, role="main" or one <article>; add one, or name another page with --frame'
            )
        base = next((element.attributes.get("href") for element in elements if element.tag == "base"), None)
        return cls(name, html, elements, slot, head, titles[0], base or "")

    @property
    def has_policy(self) -> bool:
        """True if the frame has a Content-Security-Policy of its own, which archive pages replace."""
        return any(_is_policy(element) for element in self.elements)

    def page_html(self, root: str) -> str:
        """Return the frame with placeholders, for pages with the relative path `root` to the site's root."""
        rebase = partial(self._rebase, root=root)
        edits = [
            (self.slot.content_start, self.slot.content_end, self._skip_target() + placeholder(CONTENT)),
            (self.title.content_start, self.title.content_end, placeholder(TITLE)),
            (self.head.content_end, self.head.content_end, placeholder(HEAD)),
        ]
        for element in self.elements:
            if element.is_within(self.head) and _is_about_page(element):
                edits.append((element.start, element.end, ""))
            else:
                edits += _rebased(element, self.html, rebase)
        return _apply(self.html, edits)

    def stylesheets(self, folder: Path) -> list[str]:
        """Return the texts of the style sheets in `folder`, the site's, that the frame loads."""
        rebase = partial(self._rebase, root="")
        links = (element.attributes for element in self.elements if element.tag == "link")
        addresses = (each.get("href") or "" for each in links if "stylesheet" in _words(each.get("rel")))
        paths = [folder / unquote(urlsplit(rebase(address)).path) for address in addresses if _is_relative(address)]
        return [path.read_text("utf-8", "replace") for path in paths if path.is_file()]

    def _skip_target(self) -> str:
        """Return the target of the frame's link that skips to the content, its first, if that is in the content."""
        links = (element.attributes.get("href") or "" for element in self.elements if element.tag == "a")
        target = next(links, "").removeprefix("#")
        is_replaced = any(each.attributes.get("id") == target and each.is_within(self.slot) for each in self.elements)
        return f'<a id="{html_entities.escape(target)}" tabindex="-1"></a>' if target and is_replaced else ""

    def _rebase(self, address: str, *, root: str) -> str:
        """Return an address in the frame as a page has it whose relative path to the site's root is `root`."""
        if not _is_relative(address):
            return address
        if self.base and not _is_relative(self.base):
            return urljoin(self.base, address)
        return root + urljoin(urljoin(_ORIGIN + self.name, self.base), address).removeprefix(_ORIGIN)


def _find_slot(elements: tuple[Element, ...]) -> Element | None:
    """Return the element for the content: the marked one, the one article of the main content, or the main content."""
    for element in elements:
        if element.attributes.get("id") == SLOT:
            return element
    main = next((each for each in elements if each.tag == "main" or each.attributes.get("role") == "main"), None)
    articles = [each for each in elements if each.tag == "article" and (not main or each.is_within(main))]
    return articles[0] if len(articles) == 1 else main


def _is_about_page(element: Element) -> bool:
    """Return True for an element of the head that says something about the frame alone."""
    attributes = element.attributes
    if element.tag == "link":
        relations = _words(attributes.get("rel"))
        is_feed = (attributes.get("type") or "").lower() in _FEEDS
        return bool(_PAGE_RELATIONS & relations) or ("alternate" in relations and not is_feed)
    if element.tag == "meta":
        name = attributes.get("property") or attributes.get("name") or ""
        return bool(_PAGE_METADATA.match(name)) or _is_policy(element)
    return element.tag == "base" or (element.tag == "script" and attributes.get("type") == "application/ld+json")


def _is_policy(element: Element) -> bool:
    return element.tag == "meta" and (element.attributes.get("http-equiv") or "").lower() == "content-security-policy"


def _rebased(element: Element, html: str, rebase: Rebase) -> Iterator[_Edit]:
    """Yield the edits of the addresses in the tag of `element`, and in its content if that is a script or style."""
    attributes = {name: _rebased_value(element.tag, name, value, rebase) for name, value in element.attributes.items()}
    if attributes != element.attributes:
        yield element.start, element.content_start, element.tag_with(attributes)
    content = html[element.content_start : element.content_end]
    if element.tag == "style":
        changed = _rebase_css(content, rebase)
    elif element.tag == "script":
        changed = _rebase_script(element, content, rebase)
    else:
        return
    if changed != content:
        yield element.content_start, element.content_end, changed


def _rebased_value(tag: str, name: str, value: str | None, rebase: Rebase) -> str | None:
    if not value:
        return value
    if name in _ADDRESSES or (name == "data" and tag == "object"):
        return rebase(value.strip())
    if name in _ADDRESS_LISTS:
        candidates = (candidate.split(None, 1) for candidate in re.split(r",\s+", value) if candidate.strip())
        return ", ".join(" ".join((rebase(address), *width)) for address, *width in candidates)
    return _rebase_css(value, rebase) if name == "style" else value


def _rebase_css(text: str, rebase: Rebase) -> str:
    return _CSS_ADDRESS.sub(lambda match: match[1] + match[2] + rebase(match[3]), text)


def _rebase_script(element: Element, script: str, rebase: Rebase) -> str:
    """Return an inline script with the addresses by which the themes Material and Zensical find the site's root."""
    if element.attributes.get("id") != _CONFIG:
        return _SCRIPT_ROOT.sub(lambda match: match[1] + _as_folder(rebase(match[2])), script)
    try:
        config = json.loads(script)
    except ValueError:
        config = None
    if not isinstance(config, dict):
        return script
    for name in _CONFIG_ADDRESSES:
        if isinstance(config.get(name), str):
            config[name] = _as_folder(rebase(config[name]))
    return json.dumps(config, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")


def _as_folder(address: str) -> str:
    """Return a relative address as Material writes it, without a final slash."""
    return posixpath.normpath(address) if _is_relative(address) else address


def _is_relative(address: str) -> bool:
    """Return True if `address` depends on the address of the page that has it."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return not parts.scheme and not parts.netloc and not address.startswith(("/", "#"))


def _words(value: str | None) -> set[str]:
    return set((value or "").lower().split())


def _apply(html: str, edits: list[_Edit]) -> str:
    """Return `html` with `edits`; one within another is left out."""
    pieces: list[str] = []
    position = 0
    for start, end, text in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if start >= position:
            pieces += (html[position:start], text)
            position = end
    return "".join((*pieces, html[position:]))
