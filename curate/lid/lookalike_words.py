"""Words and letters that tell near languages apart: Bokmål and Nynorsk, Spanish and Asturian ….

Function words, months and spellings that the norms of one language have and those of its neighbours
have not; each group was written down from grammars and orthographies, and mended where texts were
judged wrongly. Which pairs need one is what the declarations of Human Rights show
(docs/language-identification.md).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Final

import regex

_WORD: Final = regex.compile(r"\p{L}[\p{L}\p{M}]*")
_MIN_SIGNS: Final = 2
_LEAD: Final = 2.0  # times the signs of any other
_FIRST_CHARS: Final = 600  # one of them stands here, or no more is asked

_BOKMAAL: Final = """
ikke jeg fra hvordan noe noen mye bare være vært en et de hva hvor hvem også selv uke når hvis enn
ble blitt kommer gjør hun hennes deres mellom slik dere meg
"""
_NYNORSK: Final = """
ikkje eg frå korleis noko nokon nokre mykje berre vere vore ein eit dei kva kvar kven òg sjølv veke
kvifor enno vart vorte kjem gjer ho hennar deira imellom slik dykk meir
"""
_CROATIAN: Final = """
tko što tjedan tjedna tisuća tisuće vlak općenito također sveučilište sveučilišta glazba glazbe
kazalište povijest povijesti zrakoplov zrakoplova siječnja veljače ožujka travnja svibnja lipnja
srpnja kolovoza rujna listopada studenoga studenog prosinca izvješće ovisi ovisno hrvatski
hrvatska hrvatske hrvatskoj netko ništa znanstvenici znanost tvrtka tvrtke promet uvjet uvjeti
uvjeta točno točka kisik vodik europa europe europski opasnost djelomice unatoč glede svatko nitko
itko svakoga nadolazeći nadolazećem vlakom vlaka vlakovi tjednu tjedni tjednima kruh kruha
siječanj siječnju veljača veljači ožujak ožujku travanj travnju svibanj svibnju lipanj lipnju
srpanj srpnju kolovozu rujnu listopadu studenom prosincu obitelj obitelji sukladno sudjelovati
sudjelovanje uporaba uporabe izobrazba naobrazba odgoj odgoja poduzeće gospodarstvo gospodarski
gospodarska gospodarske nogomet nazočnost zemljovid tlak časnik tajnik promidžba
"""
_BOSNIAN: Final = """
šta također historija historije historijski sedmica sedmice hiljada hiljade hiljadu lahko mehko
kahva bosanski bosanska bosne januara februara marta aprila maja juna jula augusta septembra
oktobra novembra decembra općina općine naučnici nauka univerzitet univerziteta voz avion muzika
evropa evrope uslov uslovi tačno tačka ko neko kompanija kompanije uprkos svako niko iko porodica
porodice porodicu lice lica licu licima učestvovati učešće učešća hljeb hljeba bezbjednost
saobraćaj upotreba upotrebe januaru februaru martu aprilu maju junu julu augustu septembru oktobru
novembru decembru privreda privrede fudbal prisustvo preduzeće pritisak sekretar vaspitanje hemija
"""
_SERBIAN: Final = """
vreme mesto mesta uvek gde pre posle lepo deo mleko reč reči svet sveta zahtev zahteva takođe
opština opštine deca dece dete čovek nedelja nedelje cena cene bela belo telo tela levo ovde negde
mera mere istorija istorije srpski srbija srbije januara februara avgusta naučnici univerzitet voz
uslov uslovi tačno evropa evrope ko šta svako niko iko porodica porodice porodicu lice lica licu
licima učestvovati učešće učešća hleb hleba bezbednost saobraćaj upotreba upotrebe januaru
februaru martu aprilu maju junu julu avgustu septembru oktobru novembru decembru privreda privrede
fudbal prisustvo preduzeće pritisak sekretar vaspitanje hemija opšti opšta opšte opštu posledica
posledice slediti sledeći pesma pesme rešenje rešenja sedmica voza vozom
"""
_IJEKAVIAN: Final = """
vrijeme mjesto mjesta uvijek gdje prije poslije lijepo dio mlijeko riječ riječi svijet
svijeta zahtjev zahtjeva djeca djece dijete čovjek nedjelja cijena cijene bijela bijelo tijelo
tijela lijevo dvije ovdje negdje mjera mjere
"""

_SPANISH: Final = """
no también es era tiene tienen derecho derechos gente justicia mucho muchos todos toda todas todo
por desde sin hay hace cuando otro ese este en las personas aunque para muy así aquí allí luego
después que con como cada y quien pero
"""
_ASTURIAN: Final = """
nun tamién ye yera tien drechu drechos xente xusticia llibertá llingua muncho munchos munches
tolos toles tola tolo tou toa pola polos poles colos coles dende ensin fai cuandu otru esi esti
nel persones anque pa mui asina equí ellí llueu dempués en por con como cada y que pero sin desde
hay este
"""
# Spanish that saves letters writes ke and kon too, but y and not i.
_LADINO: Final = """
ke kon komo kada kual kualker kualunke i djente muestro muestra muestros umano umanos umana tyene
tyenen ansi kuando ken kien agora syendo no es era en las por todos todas toda todo sin desde muy
personas derechos este derecho tiene tienen para otro gente
"""
_ENGLISH: Final = """
to with no not all their have must rights such other from good people should would which own more
"""
_SCOTS: Final = """
tae wi nae no aw thair hae hes maun richt richts sic ither frae fae guid fowk wad whilk ain mair
shuld ony awbody ilka gin warld whaur whit isna hisna didna dinna cannae wisna
"""
_TURKISH: Final = """
ve için ile olarak daha gerekli böyle öyle nerede insanlar onlar hangi değil gibi olan her
"""
_GAGAUZ: Final = """
ani deyni taa olmaa lääzım ölä bölä nerdä insannar onnar onnarın angı angısı gibi hepsi bunnar olêr
edêr var birkaç herkezin
"""
_UZBEK: Final = """
va bilan uchun har hamma kerak emas lekin odam odamlar yoki ham bir shu bu uning bo
"""
_UYGHUR: Final = """
we bilen üchün her hemme kérek emes lékin emma adem ademler yaki hem bir shu bu uning hoquqi hoquq
"""
_INDONESIAN: Final = """
karena bahwa bisa uang mobil provinsi perusahaan berbeda universitas polisi presiden maret juni
juli agustus desember anda kantor pria kebutuhan maupun
"""
_MALAY: Final = """
kerana bahawa ialah wang hendaklah mestilah berbeza berlainan universiti polis mac jun julai ogos
disember syarikat manakala sebarang semasa daripada
"""
_CEBUANO: Final = """
ug og kini dili niini adunay usa diha kana niana bisan matag
"""
_HILIGAYNON: Final = """
kag sang sing ukon gid indi sini ini may isa diri sina ina bisan tagsa
"""
_WARAY: Final = """
ngan han hin diri hiya ini may usa an hini bisan kada
"""
_TOK_PISIN: Final = """
bilong em wanpela narapela dispela ol olgeta long yumi
"""
_BISLAMA: Final = """
blong hem mo oli evri ol olgeta long yumi nara mifala
"""
_PIJIN: Final = """
blong hem an olketa evri wea garem long yumi nara mifala
"""
_ROMANIAN: Final = """
și şi si în in este care pentru de din sau prin au fi
"""
_AROMANIAN: Final = """
shi easti cari di ti tu tuti ndrepturli ndreptul ma multu aesti cum iara ca aesta
"""
_TZOTZIL: Final = """
xchi xchiʼuk xchi'uk oy li muʼyuk skotol
"""
_TZELTAL: Final = """
sok te ay bayal maʼyuk spisil ya
"""
_KABUVERDIANU: Final = """
nu sima pamodi dretu dréto drêto txeu kel kes ses sês kenha ta
"""
_GUINEAN: Final = """
suma pabia kil kilis elis dritu diritu manga pekadur pekaduris jinti aos ta
"""
_MODERN_GREEK: Final = """
να θα δεν στο στη στην στον στα στις στους για που ειναι εχει καθε μια ενα σαν αυτο πρεπει μπορει
"""
_ANCIENT_GREEK: Final = """
δε γαρ μεν ουκ ουχ ουν εστιν εστι τοις ταις τε ην αυτω ειπεν ουδε ωσπερ παντες γε αν
"""
_HINDI: Final = """
है हैं और नहीं था थे थी हुए गया किया
"""
_MAGAHI: Final = """
हे हई हइ हथ हथिन हलइ हल आउ नञ अप्पन हको हलथिन
"""
_BHOJPURI: Final = """
बा बाटे बानी बाड़े भइल खातिर रहल हवे आउर अउर
"""
_MAITHILI: Final = """
अछि छल छथि छैक एहि केर सँ नहि अपन
"""

_URDU: Final = """
کے کو ہے ہیں میں تھا تھے تھی اور کا کی یہ سے نہیں نے کیا کر اس ہو لیے
"""
_PUNJABI: Final = """
دے دا دی نوں وچ نیں تے نال ایہہ ایہ توں اسیں ہن جے
"""

_PERSIAN: Final = """
است را که از این برای می با های هم شد بود او دارد آن
"""
_SOUTH_AZERBAIJANI: Final = """
بیر ایله اوچون کیمی اولان اولور ائدیر ائدن ایدی اولاراق یوخ دیر دیلی لارین لرین نین سونرا بؤیوک
گؤره اؤز وار بو
"""

_BY_WORDS: Final[tuple[dict[str, str], ...]] = (
    {"nob_Latn": _BOKMAAL, "nno_Latn": _NYNORSK},
    {
        "hrv_Latn": _CROATIAN + _IJEKAVIAN,
        "bos_Latn": _BOSNIAN + _IJEKAVIAN,
        "srp_Latn": _SERBIAN,
    },
    {"spa_Latn": _SPANISH, "ast_Latn": _ASTURIAN, "lad_Latn": _LADINO},
    {"eng_Latn": _ENGLISH, "sco_Latn": _SCOTS},
    {"tur_Latn": _TURKISH, "gag_Latn": _GAGAUZ},
    {"uzn_Latn": _UZBEK, "uig_Latn": _UYGHUR},
    {"ind_Latn": _INDONESIAN, "zsm_Latn": _MALAY},
    {"ceb_Latn": _CEBUANO, "hil_Latn": _HILIGAYNON, "war_Latn": _WARAY},
    {"tpi_Latn": _TOK_PISIN, "bis_Latn": _BISLAMA, "pis_Latn": _PIJIN},
    {"ron_Latn": _ROMANIAN, "rup_Latn": _AROMANIAN},
    {"tzo_Latn": _TZOTZIL, "tzh_Latn": _TZELTAL},
    {"kea_Latn": _KABUVERDIANU, "pov_Latn": _GUINEAN},
    {"ell_Grek": _MODERN_GREEK, "grc_Grek": _ANCIENT_GREEK},
    {"pes_Arab": _PERSIAN, "azb_Arab": _SOUTH_AZERBAIJANI},
    {"urd_Arab": _URDU, "pnb_Arab": _PUNJABI},
    {"hin_Deva": _HINDI, "mag_Deva": _MAGAHI, "bho_Deva": _BHOJPURI, "mai_Deva": _MAITHILI},
)

GROUPS: Final = tuple(
    {label: frozenset(words.split()) for label, words in group.items()} for group in _BY_WORDS
)
"""Label -> its words, for each group of near languages. A word of two of them is no sign between
these two."""

_GROUP_OF: Final = {label: group for group in GROUPS for label in group}

_OF_OTHERS: Final = {
    label: frozenset().union(*group.values()) - group[label] for label, group in _GROUP_OF.items()
}
"""Label -> the words that speak for another language of its group."""

# Letters that one language has and the others never. Kazakh, Karakalpak and Azerbaijani in Cyrillic
# letters; Kinyarwanda writes icyo and ibyo, Rundi ico and ivyo.
_BY_LETTERS: Final[tuple[dict[str, str], ...]] = (
    {"kaz_Cyrl": "[іұ]", "kaa_Cyrl": "[ўҳ]", "azj_Cyrl": "[ҹҝјһ]"},
    {"kin_Latn": "cy|by", "run_Latn": r"vy|c[oa]\b|\bcane\b|\bcanke\b"},
)

_LETTERS: Final = {
    label: {name: regex.compile(signs) for name, signs in group.items()}
    for group in _BY_LETTERS
    for label in group
}


def by_signs(label: str, text: str) -> str:
    """The near language that ``text`` has twice as many words or letters of; else ``label``.

    Args:
        label: the answer so far.
        text: the sample it was made from.
    """
    letters = _LETTERS.get(label)
    if letters is not None:
        lower = text.lower()
        counts = {name: len(own.findall(lower)) for name, own in letters.items()}
        return _clearest(label, {name: (n, counts[label]) for name, n in counts.items()})
    group = _GROUP_OF.get(label)
    if group is None:
        return label
    is_greek = label.endswith("Grek")
    first = text[:_FIRST_CHARS].lower().replace("\u200c", " ")
    if _OF_OTHERS[label].isdisjoint((_bare(first) if is_greek else first).split()):
        return label  # nearly all texts of large languages
    words = _WORD.findall(_bare(text.lower()) if is_greek else text.lower())
    own = group[label]
    signs_of = {
        name: (
            sum(word in theirs and word not in own for word in words),
            sum(word in own and word not in theirs for word in words),
        )
        for name, theirs in group.items()
    }
    return _clearest(label, signs_of)


def _clearest(label: str, signs_of: Mapping[str, tuple[int, int]]) -> str:
    """The other language that most speaks for, if clearly; ``label`` if none.

    Args:
        label: the answer so far.
        signs_of: language -> signs it has and ``label`` lacks, and signs the other way round.
    """
    lead = {name: pro - contra for name, (pro, contra) in signs_of.items() if name != label}
    best = max(lead, key=lambda name: lead[name])
    pro, contra = signs_of[best]
    return best if pro >= max(_MIN_SIGNS, _LEAD * contra) else label


def _bare(text: str) -> str:
    """``text`` without accents: polytonic Greek is not older than its words."""
    apart = unicodedata.normalize("NFD", text)
    return "".join(sign for sign in apart if not unicodedata.combining(sign))
