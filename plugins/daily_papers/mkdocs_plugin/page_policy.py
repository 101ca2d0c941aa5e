"""The Content-Security-Policy of the pages of one build, where the whole site is the archive in Material."""

from __future__ import annotations

import logging
from functools import cached_property
from pathlib import Path

from daily_papers.mkdocs_plugin.project import Project
from daily_papers.site.csp import Sources, add_policy, find_sources, remove_github_request

log = logging.getLogger("mkdocs.plugins.daily_papers")


class PagePolicy:
    """Adds the policy to pages, and logs the hosts that it allows. A site in another theme, or with a `path`, has none.

    `is_preview` allows the script that a live preview adds. `has_search` allows what the search runs.
    """

    def __init__(self, project: Project, *, is_preview: bool, has_search: bool) -> None:
        self._project, self._is_preview, self._has_search = project, is_preview, has_search
        self._allowed: Sources = {}

    def add(self, html: str, example: str) -> str:
        """Return `html` with the policy; `example` is a whole page with what the policy allows."""
        if not self._project.owns_theme:
            return html
        options = self._project.options
        for directive, found in find_sources(example, self._stylesheets).items():
            known = self._allowed.setdefault(directive, [])
            known.extend(source for source in found if source not in known)
        return add_policy(
            html,
            example,
            media_hosts=options.media_hosts,
            hosts=options.policy_hosts,
            stylesheets=self._stylesheets,
            inline_scripts=self._is_preview,
            searches=self._has_search,
        )

    def remove_requests(self, html: str) -> str:
        """Return a page without policy, such as 404.html, with no request to GitHub."""
        return remove_github_request(html, self._project.options.policy_hosts) if self._project.owns_theme else html

    def log_allowed(self) -> None:
        """Log the hosts that pages may load from, other than the site itself and the hosts of media."""
        media = {f"https://{host}" for host in self._project.options.media_hosts}
        hosts = [f"https://{host}" for host in self._project.options.policy_hosts]
        by_directive = [
            f"{directive} {' '.join(others)}"
            for directive, found in self._allowed.items()
            if (others := [source for source in found if source not in media and source not in hosts])
        ]
        if hosts:
            by_directive.append(f"policy_hosts {' '.join(hosts)}")
        if by_directive:
            log.info(f"The Content-Security-Policy of pages allows: {'; '.join(by_directive)}")

    @cached_property
    def _stylesheets(self) -> list[str]:
        """The texts of the author's own style sheets, which may load fonts and others from elsewhere."""
        paths = (Path(self._project.config.docs_dir, name) for name in self._project.config.extra_css)
        return [path.read_text("utf-8", "replace") for path in paths if path.is_file()]
