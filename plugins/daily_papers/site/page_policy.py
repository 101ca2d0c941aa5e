"""The Content-Security-Policy of the pages of one build, where the whole site is the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from daily_papers.site.csp import Sources, add_to_head, find_sources, policy_tag, remove_github_request


@dataclass(frozen=True)
class PagePolicy:
    """Adds the policy to pages, and records the sources that it allows.

    A site whose pages have scripts of others is not `applied` to. `hosts` are those that the author allows, and
    `stylesheets` the texts of the author's own style sheets, which may load fonts and others from elsewhere.
    `inline_scripts` allows the script that a live preview adds. `searches` allows what the search runs.
    """

    applied: bool
    media_hosts: Sequence[str] = ()
    hosts: Sequence[str] = ()
    stylesheets: Sequence[str] = ()
    inline_scripts: bool = False
    searches: bool = False
    _allowed: Sources = field(init=False, default_factory=dict)

    def add(self, html: str, example: str) -> str:
        """Return `html` with the policy; `example` is a whole page with what the policy allows."""
        if not self.applied:
            return html
        for directive, found in find_sources(example, self.stylesheets).items():
            known = self._allowed.setdefault(directive, [])
            known.extend(source for source in found if source not in known)
        tag = policy_tag(
            example,
            media_hosts=self.media_hosts,
            hosts=self.hosts,
            stylesheets=self.stylesheets,
            inline_scripts=self.inline_scripts,
            searches=self.searches,
        )
        return add_to_head(remove_github_request(html, self.hosts), tag)

    def remove_requests(self, html: str) -> str:
        """Return a page without policy, such as 404.html, with no request to GitHub."""
        return remove_github_request(html, self.hosts) if self.applied else html

    def describe_allowed(self) -> str:
        """Return the hosts, other than the site itself and the hosts of media, in one line; empty if there are none."""
        media = {f"https://{host}" for host in self.media_hosts}
        hosts = [f"https://{host}" for host in self.hosts] if self.applied else []
        by_directive = [
            f"{directive} {' '.join(others)}"
            for directive, found in self._allowed.items()
            if (others := [source for source in found if source not in media and source not in hosts])
        ]
        if hosts:
            by_directive.append(f"policy_hosts {' '.join(hosts)}")
        return f"The Content-Security-Policy of pages allows: {'; '.join(by_directive)}" if by_directive else ""
