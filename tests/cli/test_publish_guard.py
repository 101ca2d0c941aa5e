"""What may be published in place of what was: never fewer dates, never much less."""

from __future__ import annotations

from pathlib import Path

import pytest

from daily_papers.cli.publish_guard import Figures, fault, main, measure, read_figures


def lay_out(site: Path, *pages: str, size: int = 100) -> Path:
    for page in pages:
        path = site / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x" * size)
    return site


def test_dates_are_counted_in_either_form_and_below_any_path(tmp_path: Path) -> None:
    pages = ("2024/03/01/index.html", "papers/2024/03/04.html", "2024/03/01.json", "index.html", "2024/index.html")
    assert measure(lay_out(tmp_path, *pages)) == Figures(2, 500)


@pytest.mark.fault(57)
@pytest.mark.parametrize(
    ("last", "built", "said"),
    [
        (None, Figures(0, 0), None),
        (Figures(10, 1000), Figures(10, 1000), None),
        (Figures(10, 1000), Figures(11, 951), None),
        (Figures(10, 1000), Figures(9, 2000), "1 dates fewer than the last"),
        (Figures(10, 1000), Figures(11, 949), "more than 5% smaller than the last"),
    ],
)
def test_fewer_dates_or_a_twentieth_less_is_refused(last: Figures | None, built: Figures, said: str | None) -> None:
    assert fault(last, built) == said


def test_a_refused_site_leaves_the_figures_and_one_that_is_allowed_takes_their_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figures = tmp_path / "build.json"
    site = lay_out(tmp_path / "site", "2024/03/01/index.html", "2024/03/04/index.html")
    assert main([str(site), str(figures)]) == 0
    (site / "2024/03/04/index.html").unlink()
    assert main([str(site), str(figures)]) == 2
    assert "1 dates fewer than the last: 1 dates, 0.0 MB, before 2 dates, 0.0 MB" in capsys.readouterr().out
    assert read_figures(figures) == Figures(2, 200)
    assert main([str(site), str(figures), "--allow-smaller"]) == 0
    assert read_figures(figures) == Figures(1, 100)


def test_figures_that_do_not_read_are_named_and_nothing_is_published(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "build.json").write_text("<<<<<<<")
    assert main([str(tmp_path), str(tmp_path / "build.json")]) == 2
    assert "build.json" in capsys.readouterr().out
