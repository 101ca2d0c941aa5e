"""The publish guard: it refuses a site with fewer dates, or much less data, than the last published one."""

from __future__ import annotations

from pathlib import Path

import pytest

from daily_papers.cli.publish_guard import Figures, find_loss, main, measure, read_figures


def write_pages(site: Path, *pages: str, size: int = 100) -> Path:
    for page in pages:
        path = site / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x" * size)
    return site


def test_date_pages_are_counted_with_both_kinds_of_urls_and_below_any_path(tmp_path: Path) -> None:
    pages = ("2024/03/01/index.html", "papers/2024/03/04.html", "2024/03/01.json", "index.html", "2024/index.html")
    assert measure(write_pages(tmp_path, *pages)) == Figures(2, 500)


@pytest.mark.fault(57)
@pytest.mark.parametrize(
    ("last", "built", "loss"),
    [
        (None, Figures(0, 0), None),
        (Figures(10, 1000), Figures(10, 1000), None),
        (Figures(10, 1000), Figures(11, 951), None),
        (Figures(10, 1000), Figures(9, 2000), "1 dates fewer than the last one"),
        (Figures(10, 1000), Figures(11, 949), "more than 5% less data than the last one"),
    ],
)
def test_a_site_with_fewer_dates_or_5_percent_less_data_is_refused(
    last: Figures | None, built: Figures, loss: str | None
) -> None:
    assert find_loss(last, built) == loss


def test_a_refused_site_leaves_the_figures_and_an_allowed_one_replaces_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = tmp_path / "build.json"
    site = write_pages(tmp_path / "site", "2024/03/01/index.html", "2024/03/04/index.html")
    assert main([str(site), str(figures)]) == 0
    (site / "2024/03/04/index.html").unlink()
    assert main([str(site), str(figures)]) == 2
    assert "1 dates fewer than the last one: 1 dates, 0.0 MB, instead of 2 dates, 0.0 MB" in capsys.readouterr().out
    assert read_figures(figures) == Figures(2, 200)
    assert main([str(site), str(figures), "--allow-smaller"]) == 0
    assert read_figures(figures) == Figures(1, 100)


def test_unreadable_figures_are_named_and_no_site_is_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "build.json").write_text("<<<<<<<")
    assert main([str(tmp_path), str(tmp_path / "build.json")]) == 2
    assert "build.json" in capsys.readouterr().out
