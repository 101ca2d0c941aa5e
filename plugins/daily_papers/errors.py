"""The errors of this package, one tree. Each message names the place, what was found, and where useful the remedy.

DailyPapersError
  · SettingError            an environment variable or an option that cannot be used
  · SourceError             an upstream; carries `source` and `url`
      · FetchError          no usable answer: refused, timed out, an error status, too large
          · UnreachableError    no connection at all: name, route, TLS
          · ForbiddenError      403: asking again in this run would only make it worse
          · DeferredError       upstream asks for a longer wait than a run may take
      · ParseError          an answer that is not what was asked for
  · DigestError             a digest, a folder or zip of them, or an export, that cannot be imported; carries `place`
  · ExportError             what was to be written elsewhere, and cannot be; carries `path`
  · ArchiveError            a file of the archive; carries `path` and `at`
      · NewerSchemaError    a file written by a later version
  · BudgetError             a call to a model would go beyond what may be spent
  · SearchError             the site could not be indexed; it is whole without its search
"""

from __future__ import annotations

from pathlib import Path


class DailyPapersError(Exception):
    """Base of every error this package raises on purpose."""


class SettingError(DailyPapersError):
    """An environment variable or an option has a value that cannot be used."""


class SourceError(DailyPapersError):
    """An upstream did not give what was asked, for `reason`. `url` never holds a credential."""

    def __init__(self, message: str, *, source: str, url: str) -> None:
        super().__init__(f"{source}: {message} ({url})")
        self.reason = message
        self.source = source
        self.url = url


class FetchError(SourceError):
    """No usable answer came.

    `status` is the HTTP status, None if there was none. `retryable` tells whether asking again may help;
    `retry_after_s` is the wait upstream asked for, in seconds, None if it did not say.
    """

    def __init__(
        self,
        message: str,
        *,
        source: str,
        url: str,
        status: int | None = None,
        retryable: bool = False,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message, source=source, url=url)
        self.status = status
        self.retryable = retryable
        self.retry_after_s = retry_after_s


class UnreachableError(FetchError):
    """The host could not be reached at all: no name, no route, no TLS."""


class ForbiddenError(FetchError):
    """The host answered 403; it is not asked again in this run."""


class DeferredError(FetchError):
    """Upstream asked for a longer wait than a run may take; `retry_after_s` says how long."""


class ParseError(SourceError):
    """An answer came, but not the one that was asked for: HTML for JSON, an object for a list, another date."""


class DigestError(DailyPapersError):
    """What was given to be imported cannot be read at all, for `reason`; `place` is the path as it was given."""

    def __init__(self, message: str, *, place: str) -> None:
        super().__init__(f"{place}: {message}")
        self.reason = message
        self.place = place


class ExportError(DailyPapersError):
    """An export cannot be written to `path`, for `reason`; what was there is as it was."""

    def __init__(self, message: str, *, path: Path) -> None:
        super().__init__(f"{path}: {message}")
        self.reason = message
        self.path = path


class ArchiveError(DailyPapersError):
    """A file of the archive cannot be read or written, for `reason`; `at` is the place in it: `$.papers[3].votes`."""

    def __init__(self, message: str, *, path: Path, at: str = "") -> None:
        super().__init__(f"{path}{f' at {at}' if at else ''}: {message}")
        self.reason = message
        self.path = path
        self.at = at


class NewerSchemaError(ArchiveError):
    """The file was written by a later version of this package, which alone can read it whole."""


class BudgetError(DailyPapersError):
    """A call to a model would go beyond what may be spent; `for_all` tells that any other call would, too."""

    def __init__(self, message: str, *, for_all: bool) -> None:
        super().__init__(message)
        self.for_all = for_all


class SearchError(DailyPapersError):
    """The site could not be indexed."""
