"""Frames: a page of a host with another content, and with addresses for another depth."""

from __future__ import annotations

from pathlib import Path

import pytest

from daily_papers.errors import AttachError
from daily_papers.site.attach.frame import Frame
from daily_papers.site.page_shell import PageShell

TEXTS = {"title": b"TITLE", "head": b"HEAD", "content": b"CONTENT"}


def frame_of(folder: Path, body: str, head: str = "", name: str = "guide/index.html") -> Frame:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"<html><head><title>t</title>{head}</head><body>{body}</body></html>", "utf-8", newline="")
    return Frame.read(folder, name)


def filled(frame: Frame, root: str = "../../../") -> str:
    return PageShell(frame.page_html(root)).fill(TEXTS).decode()


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<main>a<article>b</article></main>", "<main>a<article>CONTENT</article></main>"),
        ("<main><article>a</article><article>b</article></main>", "<main>CONTENT</main>"),
        ("<article>n</article><main>a<p>b</main>", "<article>n</article><main>CONTENT</main>"),
        ('<div role="main"><p>a</div><nav>n</nav>', '<div role="main">CONTENT</div><nav>n</nav>'),
        ('<article role="main">a</article>', '<article role="main">CONTENT</article>'),
        ("<nav>n</nav><article>a</article>", "<nav>n</nav><article>CONTENT</article>"),
        ('<main>a<div id="daily-papers"><i>b</i></div>c</main>', '<main>a<div id="daily-papers">CONTENT</div>c</main>'),
        ("<main></main>\r\n<p>가", "<main>CONTENT</main>\r\n<p>가"),
        ('<main><a href="x">y</a></main>', "<main>CONTENT</main>"),
    ],
)
def test_the_content_is_put_into_the_marked_element_the_article_or_the_main_content(
    tmp_path: Path, body: str, expected: str
) -> None:
    assert f"<body>{expected}</body>" in filled(frame_of(tmp_path, body))


@pytest.mark.parametrize("body", ["<div>a</div>", "<article>a</article><article>b</article>", "<!-- <main> -->"])
def test_a_page_without_a_place_is_refused_with_the_places_that_are_looked_for(tmp_path: Path, body: str) -> None:
    with pytest.raises(AttachError, match='id="daily-papers", <main>, role="main" or one <article>'):
        frame_of(tmp_path, body)


def test_a_page_in_another_encoding_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_bytes("<title>가</title>".encode("euc-kr"))
    with pytest.raises(AttachError, match="cannot be read"):
        Frame.read(tmp_path, "a.html")


ADDRESSES = [
    ("../x.css", "../../../x.css"),
    ("x/?a=b&amp;c#d", "../../../guide/x/?a=b&amp;c#d"),
    ("..", "../../../"),
    (".", "../../../guide/"),
    ("../../../../x", "../../../x"),
    ("#top", "#top"),
    ("/x", "/x"),
    ("//host.example/x", "//host.example/x"),
    ("https://host.example/x", "https://host.example/x"),
    ("mailto:a@b.example", "mailto:a@b.example"),
    ("data:,", "data:,"),
    ("javascript:void(0)", "javascript:void(0)"),
    ("http://[", "http://["),
]


@pytest.mark.parametrize(("address", "expected"), ADDRESSES)
def test_an_address_leads_where_it_led(tmp_path: Path, address: str, expected: str) -> None:
    html = filled(frame_of(tmp_path, f'<main></main><a class="b" href="{address}">y</a>'))
    assert f'<a class="b" href="{expected}">y</a>' in html


def test_a_link_that_skips_to_the_content_still_has_its_target(tmp_path: Path) -> None:
    body = '<a href="#start">Skip</a><a href="#other">b</a><main><h1 id="start">a</h1><i id="other"></i></main>'
    html = filled(frame_of(tmp_path, body))
    assert '<main><a id="start" tabindex="-1"></a>CONTENT</main>' in html
    assert "<main>CONTENT</main>" in filled(frame_of(tmp_path, '<a href="#m">Skip</a><main>a</main>'))


def test_every_kind_of_address_is_changed_and_no_other_attribute(tmp_path: Path) -> None:
    body = (
        '<main></main><img src="a.png" srcset="a.png 1x,  b,c.png 2x" alt="../x">'
        '<form action="go"><button formaction=".."></form><video poster=p.png></video>'
        '<object data="o" title="o"></object>'
        '<p style="background:url(../i.png)" data-x="../i.png"><svg><use xlink:href="i.svg#a"/></svg>'
        "<style>@import url('../s.css'); a { b: url(https://x.example/y) }</style>"
    )
    html = filled(frame_of(tmp_path, body), "../")
    for expected in (
        '<img src="../guide/a.png" srcset="../guide/a.png 1x, ../guide/b,c.png 2x" alt="../x">',
        '<form action="../guide/go"><button formaction="../">',
        '<video poster="../guide/p.png">',
        '<object data="../guide/o" title="o">',
        '<p style="background:url(../i.png)" data-x="../i.png">',
        '<use xlink:href="../guide/i.svg#a"/>',
        "@import url('../s.css'); a { b: url(https://x.example/y) }",
    ):
        assert expected in html
    assert '<p style="background:url(./i.png)"' in filled(frame_of(tmp_path, body), "./")


@pytest.mark.parametrize(
    ("base", "expected"),
    [("/sub/", "/sub/x.css"), ("https://cdn.example/a/", "https://cdn.example/a/x.css"), ("../", "../../x.css")],
)
def test_a_base_element_is_resolved_and_left_out(tmp_path: Path, base: str, expected: str) -> None:
    html = filled(
        frame_of(tmp_path, "<main></main>", f'<base href="{base}"><link rel="stylesheet" href="x.css">'), "../../"
    )
    assert "<base" not in html
    assert f'href="{expected}"' in html


def test_what_the_head_says_about_the_frame_alone_is_left_out(tmp_path: Path) -> None:
    about = (
        '<meta name="description" content="a"><meta name="Keywords" content="a"><meta property="og:title" content="a">'
        '<meta name="twitter:card" content="a"><link rel="canonical" href="a"><link rel="next" href="a">'
        '<link rel="alternate" hreflang="ko" href="a"><script type="application/ld+json">{}</script>'
        '<meta http-equiv="Content-Security-Policy" content="default-src *">'
    )
    kept = (
        '<meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        '<meta name="robots" content="noindex">'
        '<link rel="alternate" type="application/rss+xml" href="/rss.xml"><meta property="fb:app_id" content="1">'
    )
    frame = frame_of(tmp_path, "<main></main>", about + kept)
    assert filled(frame).startswith(f"<html><head><title>TITLE</title>{kept}HEAD</head>")
    assert frame.has_policy
    assert not frame_of(tmp_path, "<main></main>", kept).has_policy


@pytest.mark.parametrize(
    ("name", "written", "root", "expected"),
    [
        ("guide/a/index.html", "../..", "../../../", "../../.."),
        ("guide/a/index.html", "../..", "./", "."),
        ("index.html", ".", "../", ".."),
        ("404.html", "/site", "../", "/site"),
    ],
)
def test_the_scripts_of_material_and_zensical_find_the_root(
    tmp_path: Path, name: str, written: str, root: str, expected: str
) -> None:
    body = (
        f'<main></main><script>__md_scope=new URL("{written}",location),a="../.."</script>'
        '<script id="__config" type="application/json">'
        f'{{"base":"{written}","search":"{written}/a/s.js","t":{{"a":"<\\/가"}}}}</script>'
    )
    html = filled(frame_of(tmp_path, body, name=name), root)
    assert f'__md_scope=new URL("{expected}",location),a="../.."' in html
    search = f"{expected}/a/s.js".removeprefix("./")
    assert f'{{"base":"{expected}","search":"{search}","t":{{"a":"<\\/가"}}}}' in html


def test_the_style_sheets_of_the_site_that_it_loads_are_read(tmp_path: Path) -> None:
    (tmp_path / "own sheet.css").write_text("@import 'https://fonts.example/a.css'")
    links = '<link rel="stylesheet" href="../own%20sheet.css?v"><link rel=stylesheet href=https://x.example/y.css>'
    frame = frame_of(tmp_path, "<main></main>", f'{links}<link rel="stylesheet" href="missing.css">')
    assert frame.stylesheets(tmp_path) == ["@import 'https://fonts.example/a.css'"]
