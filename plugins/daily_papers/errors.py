"""Exceptions of this package. Each message names the location, the value that was found and, where useful, the remedy.

DailyPapersError
  · SettingError            an environment variable or an option with an unusable value
  · SourceError             an upstream server; has `source` and `url`
      · FetchError          no usable response: refused, timed out, an error status, too large
          · UnreachableError    no connection: name, route or TLS
          · ForbiddenError      HTTP 403; more requests in this run would only make it worse
          · DeferredError       upstream asks for a longer wait than a run may take
      · ParseError          a response with unexpected content
  · DigestError             a digest, a folder or zip of digests, or an export that cannot be imported; has `location`
  · ExportError             an export that cannot be written; has `path`
  · ArchiveError            a file of the archive; has `path` and `at`
      · ProtectedFileError  a file that must not be renamed, replaced or removed
          · NewerSchemaError    written by a later version
          · SymlinkError        a symbolic link, or below one
  · BudgetError             a call to a model would exceed a spending limit
  · SearchError             the search index could not be built; the rest of the site is complete
  · AttachError             a site built by another tool that cannot take the archive
"""

from __future__ import annotations

from pathlib import Path


class DailyPapersError(Exception):
    """Base class of every exception that this package raises on purpose."""


class SettingError(DailyPapersError):
    """An environment variable or an option has an unusable value."""


class SourceError(DailyPapersError):
    """An upstream server did not deliver the requested data.

    `reason` is the message without source and URL. `url` never contains a credential.
    """

    def __init__(self, message: str, *, source: str, url: str) -> None:
        super().__init__(f"{source}: {message} ({url})")
        self.reason = message
        self.source = source
        self.url = url


class FetchError(SourceError):
    """A request got no usable response.

    `status` is the HTTP status, None without a response. `retryable` is True if another attempt may succeed.
    `retry_after_s` is the wait in seconds that upstream asked for, None if it asked for none.
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
    """No connection to the host is possible: no name, no route or no TLS."""


class ForbiddenError(FetchError):
    """The host answered 403. It gets no more requests in this run."""


class DeferredError(FetchError):
    """Upstream asked for a longer wait than a run may take; `retry_after_s` is that wait in seconds."""


class ParseError(SourceError):
    """A response has unexpected content: HTML instead of JSON, an object instead of a list, another date.

    `retryable` is False if the same content would come again.
    """

    def __init__(self, message: str, *, source: str, url: str, retryable: bool = True) -> None:
        super().__init__(message, source=source, url=url)
        self.retryable = retryable


class DigestError(DailyPapersError):
    """A file given to be imported cannot be read at all.

    `location` is the path as the user gave it, with the line or the zip member if there is one. `reason` is the
    message without it.
    """

    def __init__(self, message: str, *, location: str) -> None:
        super().__init__(f"{location}: {message}")
        self.reason = message
        self.location = location


class ExportError(DailyPapersError):
    """An export cannot be written to `path`; any file already there is unchanged.

    `reason` is the message without the path.
    """

    def __init__(self, message: str, *, path: Path) -> None:
        super().__init__(f"{path}: {message}")
        self.reason = message
        self.path = path


class ArchiveError(DailyPapersError):
    """A file of the archive cannot be read or written.

    `at` is the position in the file, such as `$.papers[3].votes` or `line 7`; empty if unknown. `reason` is the
    message without path and position.
    """

    def __init__(self, message: str, *, path: Path, at: str = "") -> None:
        super().__init__(f"{path}{f' at {at}' if at else ''}: {message}")
        self.reason = message
        self.path = path
        self.at = at


class ProtectedFileError(ArchiveError):
    """The file must not be renamed, replaced or removed, although it cannot be read."""


class SymlinkError(ProtectedFileError):
    """The file is a symbolic link, or in a folder that is one, so it may be outside the archive."""


class NewerSchemaError(ProtectedFileError):
    """The file was written by a later version of this package. Only that version can read all of it."""


class BudgetError(DailyPapersError):
    """A call to a model would exceed a spending limit; `for_all` is True if every other call would, too."""

    def __init__(self, message: str, *, for_all: bool) -> None:
        super().__init__(message)
        self.for_all = for_all


class SearchError(DailyPapersError):
    """The search index of a site could not be built."""


class AttachError(DailyPapersError):
    """A site built by another tool cannot take the archive; nothing is written then."""
