"""Days for benchmarks: those of this repository, recorded ones, or any number of generated ones, oldest first.

Recorded days are answers of Hugging Face in files named YYYY-MM-DD.json.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from daily_papers.archive.day_files import read_day, stored_dates
from daily_papers.model.dates import weekdays
from daily_papers.model.records import Day, Github, Media, Organization, Paper, Summary
from daily_papers.sources.huggingface import DayAccumulator, read_page

BUNDLED = Path(__file__).parent.parent / "docs"
FETCHED_AT = dt.datetime(2026, 8, 21, 3, tzinfo=dt.UTC)
LAST = dt.date(2026, 8, 20)
"""Last date of a generated archive."""

# Shares of the recorded papers, and average lengths of their texts.
_WITH_CODE, _WITH_VIDEO, _WITH_ORGANIZATION = 0.48, 0.27, 0.45
_ABSTRACT_WORDS, _TITLE_WORDS, _BULLET_WORDS = 175, 10, 16
_AUTHORS, _KEYWORDS, _BULLETS = 8, 6, 3
_VOTES_MEAN = 25
_SUBJECTS = (  # noqa: SIM905  # a list of words is easier to read this way
    "agent attention benchmark diffusion embedding encoder generation image language latent memory model motion "
    "multimodal optimization planning policy pretraining quantization reasoning retrieval reward robot safety scene "
    "segmentation speech token transformer video vision world"
).split()
_SYLLABLES = "ba den fo gri hul ka lem mo nar os pel qui ras tor un vex wi yam zo".split()  # noqa: SIM905
_HANGUL = "모델 학습 추론 영상 생성 언어 로봇 강화 확산 검색 평가 성능 기억 장면 음성".split()  # noqa: SIM905


def bundled_days() -> list[Day]:
    """Return the days of this repository's archive."""
    return [day for date in stored_dates(BUNDLED) if (day := read_day(BUNDLED, date))]


def recorded_days(folder: Path) -> list[Day]:
    """Return the days of the answers recorded in `folder`."""
    days = []
    for path in sorted(folder.glob("????-??-??.json")):
        date = dt.date.fromisoformat(path.stem)
        accumulator = DayAccumulator(date, FETCHED_AT)
        accumulator.add(read_page(path.read_bytes(), date, FETCHED_AT))
        days.append(accumulator.result().day)
    return days


def generated_days(count: int, papers: int, seed: int) -> list[Day]:
    """Return `count` weekdays with `papers` papers on average, similar to recorded ones.

    The same `seed` gives the same days.
    """
    chance = random.Random(seed)  # noqa: S311  # no secret depends on it
    words = _SUBJECTS * 8 + ["".join(chance.choices(_SYLLABLES, k=chance.randint(1, 4))) for _ in range(4000)]
    first = LAST - dt.timedelta(days=count * 7 // 5 + 7)
    return [
        Day(
            date=date,
            source="huggingface",
            fetched_at=FETCHED_AT,
            papers=tuple(_papers(chance, words, date, max(1, round(chance.gauss(papers, papers / 4))))),
        )
        for date in list(weekdays(first, LAST))[-count:]
    ]


def repeat_days(days: Sequence[Day], times: int) -> list[Day]:
    """Return `days` preceded by `times` - 1 copies of them, with earlier dates and other ids. `times` is at most 10."""
    span = dt.timedelta(
        days=((days[-1].date - days[0].date).days // 7 + 1) * 7
    )  # in whole weeks, so that weekdays remain weekdays
    copies = [_shift(day, span * number, number) for number in range(1, times) for day in days]
    return sorted([*copies, *days], key=lambda day: day.date)


def days_before_last_run(days: Sequence[Day], changed: int = 7) -> list[Day]:
    """Return `days` before the last nightly run: without the last day, and with fewer votes on `changed` days."""
    earlier, recent = days[: -1 - changed], days[-1 - changed : -1]
    return [*earlier, *(msgspec.structs.replace(day, papers=tuple(map(_fewer_votes, day.papers))) for day in recent)]


def _papers(chance: random.Random, words: Sequence[str], date: dt.date, count: int) -> Iterator[Paper]:
    def sample(number: int) -> str:
        return " ".join(chance.choices(words, k=number))

    for number in range(count):
        id_ = f"{date:%y%m}.{date.day * 300 + number:05}"
        korean = tuple(" ".join(chance.choices(_HANGUL, k=_BULLET_WORDS)) for _ in range(_BULLETS))
        owner = chance.choice(words)
        video = f"https://cdn-uploads.huggingface.co/production/uploads/{id_}.mp4"
        yield Paper(
            id=id_,
            title=sample(_TITLE_WORDS).title(),
            authors=tuple(sample(2).title() for _ in range(_AUTHORS)),
            abstract=sample(_ABSTRACT_WORDS),
            published=date,
            votes=int(chance.expovariate(1 / _VOTES_MEAN)),
            comments=chance.randint(0, 5),
            thumbnail=f"https://cdn-thumbnails.huggingface.co/social-thumbnails/papers/{id_}.png",
            media=(Media(url=video, kind="video"),) if chance.random() < _WITH_VIDEO else (),
            keywords=tuple(sample(2) for _ in range(_KEYWORDS)),
            organization=Organization(name=owner, fullname=owner.title())
            if chance.random() < _WITH_ORGANIZATION
            else None,
            github=Github(url=f"https://github.com/{owner}/{number}") if chance.random() < _WITH_CODE else None,
            summaries={"ko": Summary(bullets=korean, by="hand")},
        )


def _shift(day: Day, back: dt.timedelta, number: int) -> Day:
    papers = tuple(msgspec.structs.replace(paper, id=_shift_id(paper.id, number)) for paper in day.papers)
    return msgspec.structs.replace(day, date=day.date - back, papers=papers)


def _shift_id(paper_id: str, number: int) -> str:
    """Return the id for copy `number` (below 10) of a paper: a valid id that differs from those of the other copies."""
    head = "x-" if paper_id.startswith("x-") else ""
    first, rest = paper_id[len(head)], paper_id[len(head) + 1 :]
    return f"{head}{(int(first, 16) + number) % 10}{rest}"


def _fewer_votes(paper: Paper) -> Paper:
    return msgspec.structs.replace(paper, votes=paper.votes - 1) if paper.votes else paper
