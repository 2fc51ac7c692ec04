"""A crawl for tests: four small WARC files, seven languages, near-duplicates, and some damage.

Every byte is decided here. A page is ten sentences of its language, each made of a pattern and
words drawn with a fixed seed, so that two pages of a language share words but are no duplicates
unless :data:`COPIES` says so.
"""

from __future__ import annotations

import random
from pathlib import Path

from tests.warc_files import (
    gzip_members,
    plain,
    response_record,
    warc_record,
    warcinfo_record,
    zstd_frames,
)

PATTERNS: dict[str, tuple[str, ...]] = {
    "eng_Latn": (
        "In the year {n} the people of the {a} decided that {b} should belong to everyone.",
        "Nobody who has seen the {a} in winter will ever forget how {b} looked that morning.",
        "The old teacher told us that {b} and the {a} were built by the same family.",
        "It took more than {n} days before the news about {b} reached the {a}.",
        "We walked along the {a} for an hour and talked about {b} and what it had cost.",
        "Some say that {b} is only a story, but the {a} still stands where it always stood.",
        "When the rain stopped, {n} children ran to the {a} to see whether {b} was safe.",
        "She wrote a long letter about {b}, and he read it aloud at the {a} on Sunday.",
        "From the top of the {a} you can count {n} roofs and guess which one hides {b}.",
        "Whatever happens next, {b} will be remembered as long as there is a {a} to visit.",
        "They had hoped for {b}, yet what they found behind the {a} was something better.",
        "A visitor asked why {b} matters so much, and the keeper of the {a} only smiled.",
    ),
    "deu_Latn": (
        "Im Jahr {n} beschlossen die Bewohner, dass {b} für alle offen sein soll.",
        "Wer {a} im Winter gesehen hat, vergisst niemals, wie still es dort gewesen ist.",
        "Der alte Lehrer erzählte uns, dass {a} und {b} von einer Familie gebaut wurden.",
        "Es dauerte mehr als {n} Tage, bis die Nachricht über {b} das Dorf erreichte.",
        "Wir gingen eine Stunde lang spazieren und sprachen über {a} und auch über {b}.",
        "Manche sagen, {b} sei nur eine Geschichte, aber niemand weiß es wirklich genau.",
        "Als der Regen aufhörte, liefen {n} Kinder hinaus, um {a} aus der Nähe zu sehen.",
        "Sie schrieb einen langen Brief über {b}, und er las ihn am Sonntag laut vor.",
        "Von oben kann man {n} Dächer zählen und überlegen, unter welchem {a} liegt.",
        "Was auch immer geschieht, an {b} wird man sich hier noch lange erinnern.",
        "Sie hatten auf {a} gehofft, doch was sie fanden, war etwas ganz anderes.",
    ),
    "rus_Cyrl": (
        "В {n} году жители решили, что {b} должна принадлежать всем людям города.",
        "Кто видел, как {a} выглядит зимой, никогда не забудет эту удивительную тишину.",
        "Старый учитель рассказывал нам, что {a} и {b} построены одной и той же семьёй.",
        "Прошло больше {n} дней, прежде чем новость дошла туда, где находится {a}.",
        "Мы гуляли целый час и говорили о том, сколько стоила {b} и кто за неё заплатил.",
        "Некоторые говорят, что {b} просто старая легенда, но никто этого точно не знает.",
        "Когда дождь закончился, {n} детей побежали посмотреть, цела ли ещё {a}.",
        "Она написала длинное письмо, в котором была описана {b}, и отправила его брату.",
        "Сверху можно насчитать {n} крыш и попробовать угадать, под какой из них {a}.",
        "Что бы ни случилось дальше, {b} останется в памяти всех, кто здесь жил.",
    ),
    "arb_Arab": (
        "في عام {n} قرر سكان المدينة أن تكون {b} مفتوحة لجميع الناس دون استثناء.",
        "من رأى {a} في الشتاء لن ينسى أبدا كيف كان المكان هادئا في ذلك الصباح.",
        "قال لنا المعلم القديم إن {a} وكذلك {b} من عمل عائلة واحدة عاشت هنا.",
        "مر أكثر من {n} يوما قبل أن تصل الأخبار عن {b} إلى أهل القرية البعيدة.",
        "مشينا ساعة كاملة وتحدثنا عن {a} وعن كل ما حدث في تلك السنوات الطويلة.",
        "يقول بعض الناس إن {b} مجرد قصة قديمة ولكن لا أحد يعرف الحقيقة كلها.",
        "عندما توقف المطر خرج {n} طفلا لكي يشاهدوا {a} قبل غروب الشمس.",
        "كتبت رسالة طويلة عن {b} ثم قرأها أخوها بصوت عال يوم الجمعة.",
        "يمكنك من الأعلى أن ترى {n} بيتا وأن تسأل أين توجد {a} بينها.",
        "مهما حدث بعد ذلك فسوف يتذكر الجميع {b} ما دام هناك من يزورها.",
    ),
    "hin_Deva": (
        "वर्ष {n} में गाँव के लोगों ने तय किया कि {b} सबके लिए खुला रहेगा।",
        "जिसने सर्दियों में {a} को देखा है वह उस सुबह की शांति को कभी नहीं भूल सकता।",
        "बूढ़े शिक्षक ने हमें बताया कि {a} और {b} एक ही परिवार ने मिलकर बनाए थे।",
        "{b} के बारे में खबर पहुँचने में {n} दिन से भी अधिक समय लग गया था।",
        "हम एक घंटे तक चलते रहे और {a} के बारे में बहुत सारी बातें करते रहे।",
        "कुछ लोग कहते हैं कि {b} केवल एक कहानी है लेकिन किसी को पूरा सच नहीं पता।",
        "जब बारिश रुकी तब {n} बच्चे दौड़कर {a} को पास से देखने के लिए गए।",
        "उसने {b} के बारे में एक लंबा पत्र लिखा और उसके भाई ने उसे ज़ोर से पढ़ा।",
        "ऊपर से आप {n} छतें गिन सकते हैं और सोच सकते हैं कि {a} कहाँ है।",
        "आगे चाहे कुछ भी हो जाए लोग {b} को हमेशा बड़े प्यार से याद करेंगे।",
    ),
    "tha_Thai": (
        "ในปี {n} ชาวบ้านตัดสินใจร่วมกันว่า{b}ควรเป็นของทุกคนในหมู่บ้าน",
        "ใครที่เคยเห็น{a}ในฤดูหนาวจะไม่มีวันลืมความเงียบสงบของเช้าวันนั้น",
        "ครูเก่าเล่าให้พวกเราฟังว่า{a}กับ{b}สร้างขึ้นโดยครอบครัวเดียวกัน",
        "ใช้เวลามากกว่า {n} วันกว่าที่ข่าวเรื่อง{b}จะไปถึงคนที่อยู่ไกลออกไป",
        "เราเดินเล่นด้วยกันหนึ่งชั่วโมงและคุยกันเรื่อง{a}ตลอดทางจนถึงตลาด",
        "บางคนบอกว่า{b}เป็นเพียงนิทานแต่ไม่มีใครรู้ความจริงทั้งหมด",
        "เมื่อฝนหยุดตกเด็ก {n} คนวิ่งออกไปดู{a}ด้วยความตื่นเต้นอย่างมาก",
        "เธอเขียนจดหมายยาวเกี่ยวกับ{b}แล้วส่งไปให้พี่ชายที่ทำงานในเมือง",
        "จากข้างบนนับหลังคาได้ {n} หลังและลองทายดูว่า{a}อยู่ที่ไหน",
        "ไม่ว่าจะเกิดอะไรขึ้นต่อไปผู้คนก็จะยังจดจำ{b}ไว้ในใจเสมอ",
    ),
    "cmn_Hani": (
        "在{n}年，城里的人们决定让{b}向所有的居民开放。",
        "凡是在冬天见过{a}的人，都不会忘记那个早晨的安静和美丽。",
        "年老的教师告诉我们，{a}和{b}是由同一个家庭建造起来的。",
        "关于{b}的消息过了{n}多天才传到这个遥远的地方。",
        "我们沿着小路走了一个小时，一直在谈论{a}以及它的历史。",
        "有些人说{b}只不过是一个故事，但是没有人知道全部的真相。",
        "雨停了以后，有{n}个孩子跑出去看{a}是不是还在那里。",
        "她写了一封很长的信，介绍{b}，然后她的哥哥在星期天大声朗读。",
        "从高处可以数出{n}座屋顶，也可以猜一猜{a}到底在什么地方。",
        "无论以后发生什么事情，大家都会永远记得{b}带来的快乐。",
    ),
}

WORDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "eng_Latn": (
        ("bridge", "harbour", "library", "market square", "lighthouse", "orchard", "river bank"),
        ("the silver bell", "her garden", "the lost map", "our school", "that small boat"),
    ),
    "deu_Latn": (
        ("die alte Brücke", "der Hafen", "die Bibliothek", "der Leuchtturm", "das Rathaus"),
        ("der Garten", "die verlorene Karte", "unsere Schule", "das kleine Boot", "die Glocke"),
    ),
    "rus_Cyrl": (
        ("старая мельница", "городская библиотека", "каменная башня", "речная пристань"),
        ("новая школа", "потерянная карта", "маленькая лодка", "серебряная монета"),
    ),
    "arb_Arab": (
        ("المكتبة الكبيرة", "الساحة القديمة", "المنارة البيضاء", "الحديقة الواسعة"),
        ("المدرسة الجديدة", "الخريطة المفقودة", "السفينة الصغيرة", "القلعة العالية"),
    ),
    "hin_Deva": (
        ("पुराने पुल", "बड़े बाज़ार", "नदी के किनारे", "ऊँची मीनार"),
        ("नया विद्यालय", "छोटा बगीचा", "खोया हुआ नक्शा", "लकड़ी की नाव"),
    ),
    "tha_Thai": (
        ("สะพานเก่า", "ห้องสมุด", "ประภาคาร", "ท่าเรือริมแม่น้ำ"),
        ("โรงเรียนใหม่", "สวนดอกไม้", "แผนที่ที่หายไป", "เรือลำเล็ก"),
    ),
    "cmn_Hani": (
        ("那座老桥", "市中心的图书馆", "河边的码头", "山上的灯塔"),
        ("新的学校", "丢失的地图", "美丽的花园", "银色的大钟"),
    ),
}

PAGES: dict[str, int] = {
    "eng_Latn": 18,
    "deu_Latn": 5,
    "rus_Cyrl": 4,
    "arb_Arab": 4,
    "hin_Deva": 3,
    "tha_Thai": 3,
    "cmn_Hani": 3,
}
"""Pages that are near-duplicates of none of the others."""

COPIES: dict[str, tuple[int, ...]] = {
    "eng_Latn": (3, 2),
    "rus_Cyrl": (2,),
    "tha_Thai": (1,),
    "cmn_Hani": (1,),
}
"""So many near-duplicates of page 0, 1, ... are added: one sentence more and all else the same."""

N_FILES = 4


def page_text(label: str, number: int, *, copy: int = 0) -> str:
    """Ten sentences, one a line; a copy has another last line."""
    chance = random.Random(f"{label} {number}")
    first, second = WORDS[label]
    lines = [
        pattern.format(
            a=chance.choice(first), b=chance.choice(second), n=chance.randrange(1200, 1999)
        )
        for pattern in chance.sample(PATTERNS[label], 10)
    ]
    if copy:
        lines.append(PATTERNS[label][0].format(a=first[0], b=second[0], n=2000 + copy))
    return "\n".join(lines)


def page_html(text: str, *, title: str = "Page") -> str:
    """A page whose main text is ``text``, with the furniture that pages have."""
    paragraphs = "".join(f"<p>{line}</p>" for line in text.splitlines())
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title></head><body>"
        f"<nav><a href=/>Home</a> <a href=/about>About</a></nav><article><h1>{title}</h1>"
        f"{paragraphs}</article><footer>Imprint</footer></body></html>"
    )


def url_of(label: str, number: int, copy: int = 0) -> str:
    """Address of a page."""
    return f"https://{label[:3]}.example.org/{number}" + (f"/copy-{copy}" if copy else "")


def texts() -> list[tuple[str, str, str]]:
    """(label, url, text) of every page that has text, in crawl order."""
    found = []
    for label, n in PAGES.items():
        found += [(label, url_of(label, i), page_text(label, i)) for i in range(n)]
        for number, copies in enumerate(COPIES.get(label, ())):
            found += [
                (label, url_of(label, number, k), page_text(label, number, copy=k))
                for k in range(1, copies + 1)
            ]
    # Long enough to be the main text of a page, and too short for the config's thresholds.
    short = "This page is too short to be of any use to who reads it, and it says so itself. "
    short += "One more sentence makes it long enough to be taken for text, and that is all of it."
    found.append(("eng_Latn", "https://eng.example.org/short", short))
    again = "Buy the best lamp in the town today and be happy for ever.\n"
    found.append(("eng_Latn", "https://eng.example.org/repeated", again * 12))
    return found


def write_crawl(folder: Path) -> list[Path]:
    """Write the four files: gzip, zstd, plain, and a gzip file with one damaged record."""
    records: list[list[bytes]] = [[warcinfo_record()] for _ in range(N_FILES)]
    for ordinal, (_, url, text) in enumerate(texts(), start=1):
        page = response_record(url, page_html(text), ordinal=ordinal)
        records[ordinal % N_FILES].append(page)
    records[0].append(response_record("https://x.example.org/gone", "gone", status=404))
    image = response_record("https://x.example.org/i.png", b"\x89PNG", content_type="image/png")
    records[1].append(image)
    records[2].append(
        warc_record("request", b"GET / HTTP/1.1\r\n\r\n", url="https://x.example.org")
    )
    numbers = page_html("\n".join(f"{i} {i * i} {i**3}" for i in range(100, 140)), title="1")
    records[3].append(response_record("https://x.example.org/numbers", numbers, ordinal=900))
    damaged = gzip_members([response_record("https://x.example.org/bad", "<p>x" * 500)])
    middle = len(damaged) // 2
    damaged = damaged[:middle] + bytes([damaged[middle] ^ 0xFF]) + damaged[middle + 1 :]
    made = {
        "one.warc.gz": gzip_members(records[0]),
        "two.warc.zst": zstd_frames(records[1]),
        "three.warc": plain(records[2]),
        "four.warc.gz": gzip_members(records[3]) + damaged + gzip_members([warcinfo_record()]),
    }
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in made.items():
        (folder / name).write_bytes(data)
    return [folder / name for name in made]
