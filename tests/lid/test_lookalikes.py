"""The second look: signs that one language has and those it is taken for have not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from curate.labels import is_label
from curate.lid.identifier import Identification
from curate.lid.lookalikes import (
    LABELS,
    ZAWGYI,
    is_romanised_hindi,
    second_look,
    with_second_look,
)

BURMESE = "မြန်မာနိုင်ငံ၏ ပညာရေးစနစ်ကို ပြုပြင်ပြောင်းလဲရန် လိုအပ်နေသည်ဟု ပြောကြားခဲ့သည်။"
# The same sentence as Zawgyi has it: signs in the order in which they are seen.
IN_ZAWGYI = "ျမန္မာႏိုင္ငံ၏ ပညာေရးစနစ္ကို ျပဳျပင္ေျပာင္းလဲရန္ လိုအပ္ေနသည္ဟု ေျပာၾကားခဲ့သည္။"
SHAN = "ၵူၼ်းၵူႉၵေႃႉ မီးသုၼ်ႇလႆႈ တီႈဢွၼ်ႁူဝ်ပၼ်ႁႃ"
MON = "ကၞာန်မန် ဂၠံၚ်တရဴ ပ္ဍဲဍုၚ်မန် ညးမန်တအ်"
SGAW = "ပှၤကညီဖိတဖၣ် အိၣ်ဝဲလၢကီၢ်ပူၤန့ၣ်လီၤ"
CANTONESE = "佢哋琴日去咗邊度呀？我搵咗成日都搵唔到佢哋，唔該晒你。"
MANDARIN = "他们昨天去了哪里？我找了一整天都没有找到他们，谢谢你。"
TRADITIONAL = "他們昨天去了哪裡？我找了一整天都沒有找到他們，謝謝你。"


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("mya_Mymr", BURMESE, "mya_Mymr"),
        ("mya_Mymr", IN_ZAWGYI, ZAWGYI),
        ("mya_Mymr", SHAN, "shn_Mymr"),
        ("shn_Mymr", SHAN, "shn_Mymr"),
        ("mya_Mymr", MON, "mnw_Mymr"),
        ("mya_Mymr", SGAW, "ksw_Mymr"),
        ("cmn_Hani", CANTONESE, "yue_Hani"),
        ("cmn_Hani", MANDARIN, "cmn_Hani"),
        ("cmn_Hani", TRADITIONAL, "cmn_Hani"),
        ("yue_Hani", MANDARIN, "cmn_Hani"),
        ("cmn_Hani", MANDARIN * 4 + "佢話", "cmn_Hani"),
        ("lzh_Hani", CANTONESE, "lzh_Hani"),
        ("jpn_Jpan", "昨日どこへ行きましたか", "jpn_Jpan"),
        ("fra_Latn", "Les enfants jouent", "fra_Latn"),
        ("nno_Latn", "Jeg vet ikke hvordan det er, men det kommer fra noen andre.", "nob_Latn"),
        ("nob_Latn", "Eg veit ikkje korleis det er, men det kjem frå nokon andre.", "nno_Latn"),
        ("hrv_Latn", "Uvek je lepo vreme na ovom mestu, takođe i posle kiše.", "srp_Latn"),
        ("srp_Latn", "Tko zna što će biti idućeg tjedna; vlak vozi svakog siječnja.", "hrv_Latn"),
        ("hrv_Latn", "Historija kaže šta se desilo te sedmice, hiljadu godina prije.", "bos_Latn"),
        ("bos_Latn", "Dan je lijep.", "bos_Latn"),
        ("spa_Latn", "Nun sé si la xente de Xixón tamién fala asina.", "ast_Latn"),
        ("spa_Latn", "No sé si la gente de Gijón también habla así.", "spa_Latn"),
        ("spa_Latn", "El ombre ke kere komer kon su djente va al charshi i merka pan.", "lad_Latn"),
        (
            "spa_Latn",
            "Los niños y las niñas que viven aquí van cada día con su abuelo.",
            "spa_Latn",
        ),
        ("eng_Latn", "The auld man gaed tae the toun wi his dug and didna come hame.", "sco_Latn"),
        ("eng_Latn", "The old man went to town with his dog and did not come home.", "eng_Latn"),
        ("eng_Latn", "They sang 'tae' once, and people would not stop with that.", "eng_Latn"),
        ("tur_Latn", "Bän işittim ani onnar taa gelmedilär, lääzım olêr beklemää.", "gag_Latn"),
        ("tur_Latn", "Onların daha gelmediğini duydum, beklemek gerekli olarak kaldı.", "tur_Latn"),
        (
            "uzn_Latn",
            "Men we qérindishim bilen bazargha bardim, emma héchnéme almiduq.",
            "uig_Latn",
        ),
        ("uzn_Latn", "Men va ukam bilan bozorga bordim, lekin hech narsa olmadik.", "uzn_Latn"),
        ("kin_Latn", "Ico kintu ni ciza cane, ivyo vyose ndabikunda.", "run_Latn"),
        ("run_Latn", "Icyo kintu ni cyiza cyane, ibyo byose ndabikunda.", "kin_Latn"),
        ("zsm_Latn", "Saya tahu bahwa dia tidak datang karena hujan.", "ind_Latn"),
        ("ind_Latn", "Saya tahu bahawa dia tidak datang kerana hujan.", "zsm_Latn"),
        ("ceb_Latn", "Nagkadto sia sa baybay kag nagdala sang tubig, indi isda.", "hil_Latn"),
        ("bis_Latn", "Em i go long haus bilong narapela man.", "tpi_Latn"),
        ("tpi_Latn", "Hem i go long haus blong wan man mo oli singsing.", "bis_Latn"),
        ("bis_Latn", "Olketa pikinini garem buk an olketa readim evri de.", "pis_Latn"),
        ("ron_Latn", "Oaminji shi muljeri tu hoarâ easti bunâ.", "rup_Latn"),
        ("tzh_Latn", "Ti antse xchiʼuk li vinike oy ta sna.", "tzo_Latn"),
        ("pov_Latn", "Nu ta bai kaza pamodi tchuba dja kumesa, txeu dretu.", "kea_Latn"),
        ("kea_Latn", "Jinti ka bin pabia tchuba manga tciu na kil dia.", "pov_Latn"),
        ("grc_Grek", "Δὲν ξέρω ἂν θὰ ἔρθει νὰ μὲ δεῖ στὸ σπίτι.", "ell_Grek"),
        ("ell_Grek", "Ἐν ἀρχῇ γὰρ ἦν τὸ φῶς, οἱ μὲν εἶδον, οἱ δὲ οὐκ εἶδον.", "grc_Grek"),
        ("hin_Deva", "हम घर जा हई आउ तूँ बजार जा हऽ, ई हमर अप्पन गाँव हे।", "mag_Deva"),
        ("mag_Deva", "हम घर जा रहे हैं और तुम बाज़ार जा रहे थे, यह नहीं है।", "hin_Deva"),
        ("pes_Arab", "آذربایجان تورکجه\u200cسی آذربایجانلیلارین دیلی\u200cدیر", "azb_Arab"),
        ("azb_Arab", "او دیر آمد و این کتاب را از من گرفت که برای برادرش بود.", "pes_Arab"),
        ("pes_Arab", "دیر آمدی", "pes_Arab"),
        ("urd_Arab", "اوہ منڈا گھر دے وچ سی تے ماں نوں ویکھدا سی۔", "pnb_Arab"),
        ("pnb_Arab", "وہ لڑکا گھر میں تھا اور ماں کو دیکھ رہا تھا۔", "urd_Arab"),
        (
            "kaz_Cyrl",
            "Мен ҳәм инилерим базарға бардық, ҳеш нәрсе алмадық, соның ушын қайттық",
            "kaa_Cyrl",
        ),
        (
            "kaa_Cyrl",
            "Мен және інілерім базарға бардық, ештеңе алмадық, сондықтан қайттық",
            "kaz_Cyrl",
        ),
    ],
)
def test_signs_decide(before: str, text: str, after: str) -> None:
    assert second_look(before, text) == after


@pytest.mark.parametrize(
    ("text", "is_hindi"),
    [
        ("kya haal hai bhai, sab theek hai na", True),
        ("tum kahan ja rahe ho, mujhe bhi saath le chalo yaar", True),
        ("aap ka bohat shukriya, Allah aap ko khush rakhe", True),
        ("Karen ko to na kata na gaya di", False),
        ("aap ka kya khayal hai, agar waqt na ho to koi masla nahin", True),
        ("Main bhi to hi se ko ka ki", False),
        ("Les enfants jouent dans le jardin pendant que leurs parents lisent.", False),
        ("Saya pergi ke pasar dan membeli ikan untuk ibu saya di rumah.", False),
        ("ii ek chhota sheher hae jon ki Fiji me hae aur hian ke log ke", False),
        ("Se on kaunis ilma, ja me menemme ulos kun he ovat valmiit.", False),
        ("", False),
    ],
)
def test_romanised_hindi(text: str, *, is_hindi: bool) -> None:
    assert is_romanised_hindi(text) is is_hindi


def test_hindi_in_latin_letters_replaces_an_answer_that_is_not_sure() -> None:
    text = "kya haal hai bhai, sab theek hai na"
    answer = Identification("glg_Latn", 0.73, (("glg_Latn", 0.73),))
    assert with_second_look(answer, text, is_sure=True) == answer
    found = with_second_look(answer, text, is_sure=False)
    assert found.label == "hin_Latn"
    assert [name for name, _ in found.top_labels] == ["hin_Latn", "glg_Latn"]


@settings(deadline=None)
@given(
    st.sampled_from(["mya_Mymr", "cmn_Hani", "yue_Hani", "shn_Mymr", "fra_Latn", "zxx_Zxxx"]),
    st.text(
        st.sampled_from(BURMESE + IN_ZAWGYI + SHAN + CANTONESE + MANDARIN + " ab"), max_size=60
    ),
)
def test_an_answer_stays_one(label: str, text: str) -> None:
    confidence = None if label == "zxx_Zxxx" else 0.5
    listed = ((label, 0.5),) if confidence else ()
    found = with_second_look(Identification(label, confidence, listed), text, is_sure=False)
    assert is_label(found.label)
    assert sum(p for _, p in found.top_labels) <= 1
    assert found.label in LABELS | {label, "cmn_Hani"} or found.label.endswith("_Mymr")
