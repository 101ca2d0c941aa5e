"""Fixtures for tests that run many commands."""

from __future__ import annotations

from pathlib import Path

import certifi
import pytest

_END = "-----END CERTIFICATE-----\n"


@pytest.fixture(scope="session")
def one_certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a single root certificate."""
    path = tmp_path_factory.mktemp("certificates") / "one.pem"
    path.write_text(Path(certifi.where()).read_text("utf-8").partition(_END)[0] + _END, "utf-8")
    return path


@pytest.fixture(autouse=True)
def few_certificates(one_certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make each HTTP client load one root certificate instead of all, which take 0.07 s. The tests speak plain HTTP."""
    monkeypatch.setenv("SSL_CERT_FILE", str(one_certificate))
