"""A site of plain HTML, as a host has built it, for the archive to be attached to."""

from __future__ import annotations

from pathlib import Path

FRAME = "about/frame.html"
PAGE = """<!doctype html>
<html lang="en" id="top">
<head>
<meta charset="utf-8">
<title>A frame</title>
<meta name="description" content="Of the frame alone">
<link rel="canonical" href="https://papers.example/archive/about/frame.html">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="../style.css?v=1">
</head>
<body style="background: url('../back.png')">
<header><a href="../index.html">Home</a> <a href="frame.html#top">About</a> <a href="#skip">Skip</a></header>
<main id="skip"><h1>A frame</h1><p>Its own text</p></main>
<footer><img src="../back.png" srcset="../back.png 1x, ../back.png 2x" alt=""></footer>
<script src="../host.js"></script>
<script>document.body.dataset.inline = "ran";</script>
</body>
</html>
"""
FILES = {
    FRAME: PAGE,
    "style.css": "main { max-width: 70em }\n",
    "host.js": 'document.body.dataset.host = "ran";\n',
    "own.json": "{}\n",
}
_PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)


def write_host(folder: Path, **files: str) -> Path:
    """Write a host's site to `folder`, with further `files` by name, and return `folder`."""
    for name, text in {**FILES, **files}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    (folder / "back.png").write_bytes(_PICTURE)
    return folder
