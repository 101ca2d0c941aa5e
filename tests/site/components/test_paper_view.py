"""What a page shows of a paper: one summary or the abstract, the authors, and safe links."""

from __future__ import annotations

import re

import pytest

from daily_papers.model.records import Github, Paper, Summary
from daily_papers.model.text import NAME_CHARS
from daily_papers.site.components.paper_view import ABSTRACT_CHARS, PaperView, beginning, split_label
from tests.factories import DATE, make_paper, paper_presenter, render_paper_page, render_papers
from tests.html import only, parse_page


def view(paper: Paper) -> PaperView:
    return paper_presenter().view(paper, DATE)


# Summaries and abstracts


def test_a_page_has_the_summaries_in_all_languages_of_the_site_and_not_the_abstract() -> None:
    summaries = {
        "en": Summary(bullets=("in English", "again"), by="huggingface"),
        "ko": Summary(bullets=("한국어로", "또"), by="gpt-4o"),
    }
    paper = make_paper(abstract="The abstract.", summaries=summaries)
    page = parse_page(render_papers(paper))
    gists = [(gist.attributes["lang"], gist.text(strip=True)) for gist in page.css("summary > .dp-gist")]
    assert gists == [("ko", "한국어로"), ("en", "in English")]
    rests = [(rest.attributes["lang"], only(rest, "li").text(strip=True)) for rest in page.css(".dp-rest")]
    assert rests == [("ko", "또"), ("en", "again")]
    assert "The abstract." not in (page.html or "")


@pytest.mark.parametrize(
    ("summaries", "languages", "by", "shown"),
    [
        ({"en": "huggingface", "ko": "gpt-4o"}, "ko en", "gpt-4o 요약", ["ko", "en"]),
        ({"en": "huggingface", "ko": "gpt-4o"}, "en ko", "Hugging Face summary", ["en", "ko"]),
        ({"en": "digest", "ko": "hand"}, "ko en", "직접 쓴 요약", ["ko", "en"]),
        ({"en": "digest"}, "ko en", "가져온 다이제스트의 요약 · English", ["en"]),
        ({"ja": "gpt-4o", "en": "digest"}, "ko en ja", "가져온 다이제스트의 요약 · English", ["en", "ja"]),
        ({"ko": "huggingface", "ja": "gpt-4o"}, "ko en ja", "허깅페이스의 한 문장 요약", ["ko", "ja"]),
        ({"en": "huggingface"}, "en", "Hugging Face summary", ["en"]),
        ({"de": "gpt-4o", "en": "huggingface"}, "ko en", "허깅페이스의 한 문장 요약 · English", ["en"]),
        ({"de": "gpt-4o", "en": "huggingface"}, "ko", "허깅페이스의 한 문장 요약 · English", ["en"]),
        ({"ko": "mkdocs-daily-papers"}, "ko en", "이 사이트가 정리한 사실", ["ko"]),
    ],
)
def test_summaries_are_in_the_order_of_the_languages_and_name_their_kind_and_author(
    summaries: dict[str, str], languages: str, by: str, shown: list[str]
) -> None:
    written = {code: Summary(bullets=("words",), by=author) for code, author in summaries.items()}
    paper = make_paper(abstract="The abstract.", summaries=written)
    page = parse_page(render_papers(paper, languages=languages.split()))
    assert [gist.attributes["lang"] for gist in page.css(".dp-gist")] == shown
    assert page.css(".dp-attribution")[0].text() == by


@pytest.mark.parametrize("abstract", [None, "The abstract."])
def test_a_summary_in_another_language_is_shown_only_without_an_abstract(abstract: str | None) -> None:
    german = {"de": Summary(bullets=("Worte",), by="gpt-4o")}
    page = parse_page(render_papers(make_paper(abstract=abstract, summaries=german)))
    assert only(page, ".dp-gist").text(strip=True) == (abstract or "Worte")
    assert only(page, ".dp-attribution").text() == ("저자가 쓴 초록 · English" if abstract else "gpt-4o 요약 · Deutsch")


@pytest.mark.parametrize(
    ("abstract", "language", "by"),
    [
        ("All of it.", "en", "The authors' abstract"),
        ("All of it.", "ko", "저자가 쓴 초록 · English"),
        ("A sentence. " * 99, "en", "Beginning of the authors' abstract"),
        ("A sentence. " * 99, "ko", "저자가 쓴 초록의 앞부분 · English"),
    ],
)
def test_the_abstract_is_attributed_to_the_authors_and_marked_if_it_is_cut(
    abstract: str, language: str, by: str
) -> None:
    page = parse_page(render_papers(make_paper(abstract=abstract), languages=(language,)))
    assert only(page, ".dp-attribution").text() == by


@pytest.mark.parametrize("bullets", [(), ("",), (" ", "\x00", "\u200b\n"), ("**What's New**:",)])
def test_a_summary_without_text_is_ignored(bullets: tuple[str, ...]) -> None:
    summaries = {"ko": Summary(bullets=bullets, by="gpt-4o"), "en": Summary(bullets=("A line.",), by="digest")}
    seen = view(make_paper(abstract="The abstract.", summaries=summaries))
    assert seen.summary
    assert (seen.summary.lang, seen.others) == ("en", [])


def test_control_characters_are_removed_from_the_page_and_stay_in_the_record() -> None:
    bullets = ("**La\x07bel**: one\n two\u202e\tthree", "\x08", "fam\u00adily \U0001f469\u200d\U0001f680")
    paper = make_paper(summaries={"ko": Summary(bullets=bullets, by="m\x00 1")})
    page = parse_page(render_papers(paper))
    lines = [item.text().strip() for item in page.css(".dp-gist, .dp-bullets li")]
    assert lines == ["Label one two three", "family \U0001f469\u200d\U0001f680"]
    assert only(page, ".dp-attribution").text() == "m 1 요약"
    assert paper.summaries["ko"].bullets == bullets


def test_a_summary_in_another_language_has_a_lang_attribute_and_an_attribution() -> None:
    paper = make_paper(summaries={"en": Summary(bullets=("a sentence",), by="huggingface")})
    page = parse_page(render_papers(paper))
    assert only(page, ".dp-gist").attributes["lang"] == "en"
    assert only(page, ".dp-attribution").text() == "허깅페이스의 한 문장 요약 · English"


def test_without_a_summary_the_abstract_starts_with_three_sentences_and_the_rest_unfolds() -> None:
    abstract = "One is here. Two, i.e. a pair, follows. Three is last. Four is more. " + "Five goes on. " * 60
    seen = view(make_paper(abstract=abstract))
    assert seen.abstract == "One is here. Two, i.e. a pair, follows. Three is last."
    assert f"{seen.abstract} {seen.rest}" == abstract


@pytest.mark.parametrize("abstract", ["word " * 900, "x" * 5000, "a sentence. " + "word " * 900])
def test_an_abstract_is_split_without_losing_text_and_its_beginning_is_short(abstract: str) -> None:
    start, rest = beginning(abstract)
    assert 0 < len(start) <= ABSTRACT_CHARS
    assert (start + rest).replace(" ", "") == abstract.replace(" ", "")


@pytest.mark.parametrize(
    ("text", "label", "rest"),
    [
        ("**Label**: text", "Label", "text"),
        ("***What's New***: text", "What's New", "text"),
        ("no **Label**: text", "", "no **Label**: text"),
        ("***L*: typo", "", "***L*: typo"),
        ("**Label**:", "Label", ""),
        ("**bold** without a colon", "", "**bold** without a colon"),
        ("**a**: b **c** <i>d</i>", "a", "b **c** <i>d</i>"),
    ],
)
def test_a_label_at_the_start_of_a_bullet_is_the_only_markup(text: str, label: str, rest: str) -> None:
    bullet = split_label(text)
    assert (bullet.label, bullet.text) == (label, rest)


def test_a_label_is_rendered_as_strong() -> None:
    paper = make_paper(summaries={"ko": Summary(bullets=("**점**: **x** <b>",), by="m")})
    item = only(parse_page(render_papers(paper)), ".dp-gist")
    assert only(item, "strong").text() == "점"
    assert item.text().strip() == "점 **x** <b>"


def test_an_invalid_language_tag_is_left_out() -> None:
    paper = make_paper(summaries={'"><x y=1>': Summary(bullets=("b",), by="m")})
    page = parse_page(render_papers(paper))
    assert "lang" not in only(page, ".dp-gist").attributes
    assert not page.css("x")


# Authors


def test_the_first_three_authors_the_number_of_the_others_and_the_last_are_shown() -> None:
    names = [f"Author {number}" for number in range(664)]
    line = only(parse_page(render_papers(make_paper(authors=tuple(names)))), ".dp-authors")
    assert line.text() == "Author 0, Author 1, Author 2, + 660명, Author 663"


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_up_to_four_authors_are_all_shown(count: int) -> None:
    names = [f"A{number}" for number in range(count)]
    line = only(parse_page(render_papers(make_paper(authors=tuple(names)))), ".dp-authors")
    assert line.text() == ", ".join(names)


@pytest.mark.fault(25)
def test_ten_thousand_authors_with_odd_names_are_counted() -> None:
    names = ("+", "+", *(f"N{number}" for number in range(10_000)))
    seen = view(make_paper(authors=names))
    assert (seen.first_author, seen.authors, seen.more_authors) == ("+", "+, N0", "+ 9998")


@pytest.mark.fault(25)
def test_a_name_of_a_megabyte_is_cut_everywhere_on_the_page() -> None:
    html = render_papers(make_paper(authors=("a" * 1_000_000, "b")))
    assert "a" * (NAME_CHARS - 1) + "…" in html
    assert len(html) < 10_000


# Links


def test_a_paper_links_to_arxiv_pdf_hugging_face_code_and_project_page() -> None:
    paper = make_paper(
        id="cs.CL/0001001",
        votes=1234,
        github=Github(url="https://github.com/a/b", stars=56789),
        project_page="https://example.org/",
    )
    page = parse_page(render_paper_page(paper))
    assert [link.attributes["href"] for link in page.css(".dp-links a")] == [
        "https://arxiv.org/abs/cs.CL/0001001",
        "https://arxiv.org/pdf/cs.CL/0001001",
        "https://huggingface.co/papers/cs.CL/0001001",
        "https://github.com/a/b",
        "https://example.org/",
    ]
    listed = parse_page(render_papers(paper))
    assert only(listed, ".dp-title span a").attributes["href"] == "../../../p/cs.CL/0001001/"
    assert only(page, ".dp-stars").text() == "56,789"
    votes = only(page, ".dp-votes")
    assert votes.attributes["href"] == "https://huggingface.co/papers/cs.CL/0001001#community"
    assert votes.text() == "투표 수 1,234"
    assert only(page, "article").attributes["id"] == "cs.CL/0001001"


def test_a_paper_outside_arxiv_links_to_its_project_page_if_it_has_one() -> None:
    linked = parse_page(render_paper_page(make_paper(id="x-0123456789ab", project_page="https://example.org/")))
    assert only(linked, ".dp-links a").attributes["href"] == "https://example.org/"
    bare = parse_page(render_papers(make_paper(id="x-0123456789ab")))
    assert [link.attributes["href"] for link in bare.css("article a")] == ["../../../p/x-0123456789ab/"]


@pytest.mark.fault(32)
@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " data:text/html,x",
        "vbscript:x",
        "//evil.example/",
        "https://a\n.example/",
        "https://user@evil.example/",
        "https://\u0430\u0440\u0440le.example/",
    ],
)
def test_an_unsafe_address_is_text_and_never_a_link(address: str) -> None:
    page = parse_page(render_paper_page(make_paper(github=Github(url=address), project_page=address)))
    assert len(page.css(".dp-unlinked")) == 2
    assert address.strip() in page.css(".dp-unlinked")[0].text()
    for link in page.css("a"):
        assert re.match(r"https://(arxiv\.org|huggingface\.co)/|\.\./|#", link.attributes["href"] or "")


def test_links_to_other_sites_are_marked_as_user_generated() -> None:
    page = parse_page(render_paper_page(make_paper(project_page="https://example.org/")))
    outside = [link for link in page.css("article a") if (link.attributes["href"] or "").startswith("http")]
    assert {link.attributes["rel"] for link in outside} == {"noopener noreferrer nofollow ugc"}
