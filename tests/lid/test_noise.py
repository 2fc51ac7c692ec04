"""Noise has no language, and short real text in any script is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.lid.identifier import Identification
from curate.lid.noise import is_noise
from curate.text.flat import flatten

NOISE = [
    "jajaja jajajaja ja",
    "hahaha",
    "hahahaha hehehe hihihi",
    "хахахаха",
    "χαχαχαχα",
    "ههههههههه",
    "חחחחחחחח",
    "哈哈哈哈哈哈",
    "ㅋㅋㅋㅋㅋㅋㅋ",
    "wwwwwwwww",
    *("wwww", "哈哈哈哈", "草草草草草！", "ㅎㅎㅎㅎ", "ふふふふ", "𞤸𞤸𞤸𞤸"),
    "ba ba da da la la",
    "lalala lalala la la la",
    "do re mi fa sol la si do",
    "Am G C F Dm7 G7 C Em",
    "5 mm 10 kg 3 cm 220 V 50 Hz",
    "10 x 20 cm, 5 l, 3 kg",
    "AB-123-X 77-QZ9 LM317T BC547B 2N3904",
    "1. e4 e5 2. Nf3 Nc6 3. Bb5 a6 4. Ba4 Nf6 5. O-O",
    "id,sku,qty\n10023,AX-99,4\n10024,BX-11,9",
    "a3f9c2e1 9bd04f77 00ffee12",
    "id,name,qty,price\n1,abc,5,2.50\n2,def,3,1.20",
    "km/h m/s kWh MWh GWh kVA",
    "sin(x)+cos(y)=tan(z)",
    "IMG_20240101.jpg IMG_20240102.jpg",
    "SGVsbG8gV29ybGQhIFRoaXMgaXM",
]

TEXTS = [
    *("मम्मी मामी", "ननिन नानी", "哈哈哈", "mama", "นานๆ"),
    "Go to bed.",
    "Il y a un grand os ici.",
    "Wo ist der Hund?",
    "Tôi đi học về nhà.",
    "Ua mau ke ea o ka ʻāina",
    "hati-hati di jalan",
    "les kupu-kupu de Bora Bora",
    "Tel. 030 1234567, bitte anrufen",
    "Привет, как дела?",
    "Ο καφές είναι έτοιμος",
    "مرحبا كيف حالك",
    "שלום לכולם",
    "मैं घर जा रहा हूँ",
    "ฉันไปโรงเรียน",
    "ខ្ញុំទៅសាលា",
    "ကျွန်တော်သွားမယ်",
    "我去学校",
    "截至2024年12月31日止",
    "学校へ行きます",
    "나는 학교에 간다",
    "በቤት ውስጥ ነው",
    "მე სკოლაში მივდივარ",
    "𞤀𞤣𞤤𞤢𞤥 𞤨𞤵𞤤𞤢𞤪",
    "ta7t el bet fy 3 awlad",
    "STOP THE WAR NOW",
    "TIN TỨC MỚI NHẤT",
    "his/her and/or him",
    "музыка,кинофильмы",
    "Hello,how are you",
    "i nGaeilge agus i mBéarla",
    "iPhone und MacBook",
]


@pytest.mark.parametrize("text", NOISE)
def test_noise(text: str) -> None:
    assert is_noise(flatten([text])).tolist() == [True]


@pytest.mark.parametrize("text", TEXTS)
def test_short_text_is_no_noise(text: str) -> None:
    assert is_noise(flatten([text])).tolist() == [False]


@settings(deadline=None)
@given(st.lists(st.text(max_size=30), max_size=5))
def test_each_text_is_judged_by_itself(texts: list[str]) -> None:
    together = is_noise(flatten(texts)).tolist()
    assert together == [is_noise(flatten([text])).tolist()[0] for text in texts]


def test_words_around_it_make_noise_a_text() -> None:
    song = "When the night has come and the land is dark and the moon is light "
    text = "Am G C F " * 5 + song * 3
    assert not is_noise(flatten([text]))[0]


def test_an_answer_is_capped_with_what_it_lists() -> None:
    answer = Identification("apn_Latn", 0.9, (("apn_Latn", 0.9), ("aai_Latn", 0.09), ("x", 0.02)))
    capped = answer.at_most(0.2)
    assert (capped.label, capped.confidence) == ("apn_Latn", 0.2)
    assert [name for name, _ in capped.top_labels] == ["apn_Latn", "aai_Latn"]
    assert capped.top_labels[1][1] == pytest.approx(0.02)
    assert answer.at_most(0.95) == answer
    nothing = Identification("zxx_Zxxx", None, ())
    assert nothing.at_most(0.2) == nothing
