"""A number has the same value in every notation, and digits of a name are not a value."""

from __future__ import annotations

import pytest

from daily_papers.summaries.numbers import find_missing, read_numbers


@pytest.mark.parametrize(
    ("abstract", "bullet"),
    [
        ("trained on 12,000 images", "이미지 12000장으로"),
        ("trained on 12,000 images", "12K장의 이미지"),
        ("a model of 7B weights", "70억 개의 파라미터"),
        ("a model of 7B weights", "7 billion weights"),
        ("125 million parameters", "1억 2천 5백만 파라미터"),
        ("420K clips", "42만 개의 클립"),
        ("about one million clips", "100만 개의 클립"),
        ("more than a million clips", "100만 개가 넘는"),
        ("from 3.3 to 4.3 trillion tokens", "3.3조에서 4.3조 토큰"),
        ("five domains and twenty-five tasks", "5개 분야와 25개 과제"),
        ("a tenfold speed-up", "10배 빠른"),
        ("twice as fast", "2배 빠른"),
        ("a second-order method", "2차 방법"),
        ("reaches 42.0 points", "42점"),
        ("gains of 10-20x", "10-20배"),
        ("as GPT-4 does", "GPT-4와 같이"),
        ("as LLaMA-2 does", "LLaMA 2와 같이"),
        ("the llama-13b model", "llama-13b 모델"),
        ("up to\n2.04 points", "최대 2.04점"),
        ("the 6th order", "6차"),
        ("full-width 12", "폭이 １２인"),
        ("version 1.5.2 of it", "1.5.2 판"),
        ("The error is 3.5 %", "Der Fehler beträgt 3,5 %"),
        ("on 12,000 images", "auf 12.000 Bildern"),
        ("in sets of 3 and 5", "3,5개"),
        ("a model of 7B weights", "70億個のパラメータ"),
        ("a model of 7B weights", "70亿个参数"),
        ("on 1.5 million images", "150万枚"),
        ("trained on 1.2T tokens", "1.2万亿个词元"),
        ("The 12 datasets cover 40 rivers", "The 40 rivers in 12 datasets"),
        ("76.3% on ImageNet-1K", "ImageNet 76.3%"),
        ("a tenth of the cost", "비용의 10분의 1"),
        ("cut by one-third", "3분의 1"),
        ("half of the memory", "메모리의 1/2"),
        ("over 10^6 samples", "100만 개가 넘는"),
        ("published in May 2024", "2024년 5월"),
        ("from 3 to 4 million", "3백만에서 4백만"),
    ],
)
def test_a_number_is_known_in_every_notation(abstract: str, bullet: str) -> None:
    assert find_missing(bullet, read_numbers(abstract)) is None


@pytest.mark.parametrize(
    ("abstract", "bullet", "missing"),
    [
        ("42.5 points", "46.5점", "46.5"),
        ("a model of 7B weights", "7억 개의 파라미터", "7억"),
        ("a model of 7B weights", "8B 파라미터", "8"),
        ("as GPT-4 does", "4가지", "4"),
        ("as GPT-4 does, in 5 ways", "GPT-5와 같이", "5"),
        ("Gemini 1.5 in 4 sizes", "Gemini 3", "3"),
        ("a model of 7B weights", "7亿个参数", "7亿"),
        ("3.5 points", "3,6 Punkte", "3,6"),
        ("two of three", "셋 중 5", "5"),
        ("one of the first methods", "1D 방법", "1"),
        ("two stages in 1T tokens", "2T 토큰", "2"),
        ("First, it does this", "1단계", "1"),
        ("12,000 images", "12,001장", "12,001"),
        ("no number here", "정확도 93.1%", "93.1"),
    ],
)
def test_a_number_that_the_abstract_does_not_have_is_found(abstract: str, bullet: str, missing: str) -> None:
    assert find_missing(bullet, read_numbers(abstract)) == missing


def test_long_sequences_of_digits_are_read_in_linear_time() -> None:
    text = "1" * 50_000 + " " + "1," * 20_000 + " " + "9천" * 10_000
    assert find_missing(text, read_numbers(text)) is None
