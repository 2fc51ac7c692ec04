"""Which languages an identifier may take for one another because they are related.

No identifier tells every language from its relatives: Asturian is taken for Spanish, Uzbek dialects
for Turkish. It hardly ever takes a language for one of another branch. So where text that is known
to be in one language is looked through for another, as in a reference corpus, only an answer from
another branch counts.

The branches are those of common classifications, in the coarse way that errors of identification
follow them: a creole stands with the language most of its words are from, a constructed language
with its sources, and whole families where these are small or alike. Codes are ISO 639-3, and a few
macrolanguages.
"""

from __future__ import annotations

from typing import Final

from curate.labels import language_of, script_of
from curate.lid.codes import language_code, script_code

# Branches whose members with a written form are all here, so that what is not listed is outside.
_LISTED = {
    "germanic": """
        eng sco ang enm deu gsw bar ksh pfl nds frs gos nld vls zea lim fry frr stq ltz yid ydd yih
        afr dan nob nno nor swe isl fao non got goh gmh gml pdc pdt swg vmf wae cim mhn hrx sli act
        twd drt sdz ovd jut rmu pcm jam tpi bis pis srn gul kri bzj icr hwc djk srm aoc rop tcs wes
        fpe gpe lir tch svc vic aig bah bzk gyn jvd brc afs pih tgh cpi trf kww
    """,
    "romance": """
        fra spa por ita ron rum mol cat glg oci ast arg ext mwl lad lat scn nap lmo pms lij vec egl
        rgn eml fur roh srd sro src sdc sdn cos wln pcd frp nrf gcf gcr hat acf lou mfe crs rcf
        scf rup ruo ruq mxi pap kea pov cri fab aoa pre cbk pln idb mcm ist lld dlm frm fro osp roa
        pro frc xno kmv mzs
    """,
    "slavic": """
        rus ukr bel rue bul mkd srp hrv bos hbs cnr slv slk ces pol szl csb hsb dsb chu orv svm kjv
        wen pox
    """,
    "constructed": "epo ido ina ile nov vol lfn jbo tlh avk rmv dws tzl qya sjn tok",
    "sinitic": "cmn zho yue wuu hak gan nan cdo hsn cjy lzh mnp cpx czh czo cnp csp och ltc",
    "japonic": "jpn ryu ams kzg mvi okn rys yoi",
    "koreanic": "kor jje",
    "greek": "ell grc pnt tsd cpg gmy",
    "armenian": "hye hyw xcl",
    "kartvelian": "kat xmf lzz sva oge",
    "basque": "eus",
    "baltic": "lit lvs ltg lav sgs prg",
    "albanian": "sqi als aln aae aat",
    "celtic": "gle gla glv cym bre cor sga mga ghc",
    "mongolic": "mon khk bxr bua xal mvf mnc",
    "turkic": """
        tur aze azj azb uzb uzn uzs kaz kir tuk tat bak chv crh gag kum nog krc kaa uig sah tyv alt
        kjh cjs ota dlg slr uum kdr jct bgx qxq kmz chg otk ili sty atv ybe
    """,
    "uralic": """
        fin est ekk vro liv vep krl olo lud izh vot fkv fit hun sme smj sma smn sms sjd kom kpv koi
        udm chm mhr mrj myv mdf kca mns yrk enf enh nio sel
    """,
}

# Branches of which only the better known members are here.
_OTHERS = {
    "indo-aryan": """
        hin urd ben pan pnb guj mar nep npi ori ory asm snd sin kas san bih bho mai mag awa bhb gom
        kok knn doi dgo dty rom rmy rmn rmc rmo rml rmw rmq div hne bgc bns bjj raj rwr mwr swv hif
        hns anp sck syl rkt ctg rhg wbr gbm kfy xnr hno skr lah mve trw khw gju the unx vah bpy pli
        mup hoj lmn noe kfr dhd bhd thl ahr gjk
    """,
    "iranian": """
        fas pes prs tgk pus pbt pst kur kmr ckb sdh bal bcc bgn bgp oss lrc luz bqi glk mzn zza diq
        kiu tly hac jpr bhh jdt ydg wbl sgh
    """,
    "semitic": """
        ara arb arz apc ajp ary aeb acm acq afb ars apd arq ayl abv acx adf aao ayh shu pga mlt heb
        hbo amh tir tig syr aii arc tmr sam syc jpa gez har sgw
    """,
    "cushitic": "som orm gaz hae orc gax aar sid had ymm byn bej dal",
    "berber": "kab tzm ber tmh taq thv ttq shi rif zgh shy cnu",
    "chadic": "hau ckl mfk mqb gde xed bch kot",
    "bantu": """
        swa swh swc swb wni zdj zul xho nbl ssw nde nso tsn sot tso ven sna ndc kin run lug nya lin
        kon kng ktu kwy luy kik kam mer lua lub umb kmb tum bem loz nyn cgg nyo xog suk her ndo kua
        toh toi tiv vmw ngl seh rwk jmc vun sbp asa kde rof ksb bez guz lag nyy heh dua
        ewo bas bum kck kqn lue lun nyk nyu yao mgh mgo zne bbm ngc koo nnb hay rmb
    """,
    "austronesian": """
        msa ind zsm zlm min jav sun bjn ace ban bug mad bew bts bbc btx btm btz btd mak nia sas
        tet iba mui mqj gor rej lew dtp kxd pse max mfa meo jax tgl fil ceb ilo war hil pam pag
        bik bcl mdh mrw tsg krj cps ibl bto rbl msb sgd ifb ifk mlg plt xmv mri haw smo ton tah fij
        rar niu tvl wls rtm gil mah pon chk kos cha pau yap ami trv pwn tay bnn
    """,
    "tai-kadai": "tha lao shn nod tts sou khb tdd blt twh zha zyb aho kht phk pcc nut",
    "austroasiatic": "vie khm kxm mnw mtq sat unr hoc kha srb bru cja nik pbv",
    "tibeto-burman": """
        mya bod dzo mni lus cnh cfm ctd hlt kac new lep lif brx grt njo njz nst adi xsr loj
    """,
    "dravidian": "tam tel kan mal tcy kfe kfa gon gno kru brh bfq iru yea",
    "hmong-mien": "hmn mww hnj hea hmd blu ium",
    "caucasian": "abk abq ady kbd che inh bbl ava lez dar lbe tab agx rut tkr udi aqc",
    "quechuan": "que quy quz qub qug qul quh qup quf qva qve qvh qvm qvn qvs qvw qvz qwh qxh qxn",
    "aymaran": "aym ayr ayc jqr",
    "tupian": "grn gug gun gnw gui kgk yrl",
}

_CREOLES_OF_ENGLISH = """
    pcm jam tpi bis pis srn gul kri bzj icr hwc djk srm aoc rop tcs wes fpe gpe lir tch svc vic aig
    bah bzk gyn jvd brc afs pih tgh cpi trf kww
"""
_CREOLES_OF_FRENCH = "gcf gcr hat acf lou mfe crs rcf scf"

# Languages of wide communication, which text in other languages is most often mixed with, are told
# even from languages of their branch, but for those that are nearest.
_NEAREST = {
    "eng": f"sco ang enm {_CREOLES_OF_ENGLISH}",
    "deu": """
        gsw bar ksh pfl nds frs gos pdc pdt swg vmf wae cim mhn hrx sli gmh goh gml ltz lim yid ydd
        yih act twd drt rmu
    """,
    "fra": f"frp wln pcd nrf frc frm fro xno oci pro {_CREOLES_OF_FRENCH}",
    "spa": "ast arg ext mwl lad glg cat oci cbk osp mxi pln pap ist ina ile lfn epo",
    "por": "mwl glg ext ast lad pov cri fab aoa pre idb mcm kea mzs pap",
    "rus": "rue orv chu",
}

_GROUPS: Final = {**_LISTED, **_OTHERS}

# Related across the lists, or full of each other's words.
_MORE = {
    "epo": "romance germanic slavic",
    "ido": "romance germanic",
    "ina": "romance germanic",
    "ile": "romance germanic",
    "lfn": "romance germanic",
    "vol": "germanic",
    "lat": "constructed",
    "ita": "constructed",
    "cbk": "austronesian",
    "mlt": "romance",
    "srm": "romance",
    "pap": "germanic",
    "ydd": "slavic",
    "yid": "slavic",
    "rup": "slavic greek",
    "som": "semitic",
}


def _branches() -> dict[str, frozenset[str]]:
    by_code: dict[str, set[str]] = {}
    for branch, codes in _GROUPS.items():
        for code in codes.split():
            by_code.setdefault(code, set()).add(branch)
    for code, more in _MORE.items():
        by_code[code].update(more.split())
    return {code: frozenset(names) for code, names in by_code.items()}


_BRANCHES: Final = _branches()


def branches_of(language: str) -> frozenset[str]:
    """The branches that a language may be taken for; empty if it is not known here."""
    return _BRANCHES.get(language, frozenset()) | _BRANCHES.get(
        language_code(language), frozenset()
    )


def is_foreign(answer: str, label: str) -> bool:
    """True if text in ``label`` is hardly ever taken for ``answer``: then it is not in ``label``.

    The language of ``answer`` must be of known branches, and of others than the label's; for six
    languages of wide communication it is enough that the label is not very near. Of a language that
    is not known here it is only certain that it is in none of the branches that are
    listed in full. Text in Han letters may be read as Chinese whatever it is.

    Args:
        answer: an identifier's label.
        label: the label that the text should have.
    """
    language, expected = (language_code(language_of(x)) for x in (answer, label))
    theirs, own = branches_of(language_of(answer)), branches_of(language_of(label))
    if not theirs or language == expected:
        return False
    if language in _NEAREST:
        return language_of(label) not in _NEAREST[language].split()
    if script_code(script_of(label)) == "Hani" and "sinitic" in theirs:
        return False
    if own:
        return theirs.isdisjoint(own)
    return theirs <= _LISTED.keys()
