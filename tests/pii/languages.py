"""Numbers that belong to somebody and numbers that only look so, in 24 languages. All made up.

For each language the words that stand at numbers and its numbers as they are written there; what is
made of them is in :mod:`tests.pii.look_alikes`.
"""

from __future__ import annotations

from typing import NamedTuple


class Language(NamedTuple):
    """Words of one language.

    Args:
        name: language_script.
        phone: words that say phone, each as it stands before a number.
        weak: a word or two that say phone, and other things too.
        price: before a price.
        money: behind one.
        part: words for numbers of parts, articles, orders and invoices.
        draw: lottery numbers.
        line: a bus, train or timetable.
        version: of a program, and its build.
        years: before years.
        pages: before pages.
        people: behind a number of inhabitants.
        server: before an IP address.
        national: numbers with a shape or behind a word, of this country.
        abroad: international numbers of this country.
    """

    name: str
    phone: tuple[str, ...]
    weak: tuple[str, ...]
    price: str
    money: str
    part: tuple[str, ...]
    draw: str
    line: str
    version: tuple[str, str]
    years: str
    pages: str
    people: str
    server: str
    national: tuple[str, ...]
    abroad: tuple[str, ...]


LANGUAGES: tuple[Language, ...] = (
    Language("eng_Latn", ("Phone:", "Tel.", "Fax", "Mobile:"), ("Cell:", "Call"), "price",
             "dollars",
             ("Part number", "Article", "Order no.", "Item"), "Lottery numbers:",
             "Train departures:",
             ("Version", "Build number:"), "in the years", "pages", "people", "the server",
             ("(212) 567-3456", "415.392.4477", "020 7946 1234", "0161 496 2000", "555 867 5309"),
             ("+44 20 7946 1234", "+1 416-595-2000")),
    Language("deu_Latn", ("Telefon:", "Tel.", "Fax", "Rufnummer"), ("Handy:", "Mobil"), "Preis",
             "Euro",
             ("Teilenummer", "Artikel", "Bestellnummer:", "Rechnungsnr."), "Lottozahlen:",
             "Zug 12:",
             ("Version", "Build"), "in den Jahren", "Seiten", "Einwohner", "der Server",
             ("030/1234567", "0171 2345678", "0221 4567890", "089 21 33 44 55", "(0511) 76 54 32"),
             ("+49 (0) 89 / 21 33 44", "+43 1 588580")),
    Language("fra_Latn", ("Téléphone :", "Tél.", "Fax", "Tél :"), ("Appelez", "GSM :"), "prix",
             "euros",
             ("Pièce n°", "Article", "Commande", "Réf."), "Tirage du loto :", "Bus 7 :",
             ("Version", "Build"), "dans les années", "pages", "habitants", "le serveur",
             ("01 42 68 53 00", "06.12.34.56.78", "04-72-10-30-30", "0142685300", "05 61 22 41 07"),
             ("+33 (0)4 72 10 30 30", "+32 2 555 12 12")),
    Language("spa_Latn", ("Teléfono:", "Tel.", "Fax", "Móvil:"), ("Llame al", "Cel:"), "precio",
             "euros",
             ("Pieza", "Artículo", "Pedido", "Referencia"), "Números de la lotería:", "Tren 12:",
             ("versión", "compilación"), "en los años", "páginas", "habitantes", "el servidor",
             ("91 123 45 67", "612 345 678", "(01) 619-3700", "934 567 890", "55 1234 5678"),
             ("+34 612 345 678", "+52 55 1234 5678")),
    Language("por_Latn", ("Telefone:", "Tel.", "Fax", "Celular"), ("Ligue", "Cel."), "preço",
             "reais",
             ("Peça", "Artigo", "Pedido", "Fatura"), "Números da loteria:", "Ônibus 12:",
             ("versão", "build"), "nos anos", "páginas", "habitantes", "o servidor",
             ("(11) 91234-5678", "(21) 2345-6789", "213 456 789", "912 345 678", "(81) 3456-7890"),
             ("+55 21 98765-4321", "+351 912 345 678")),
    Language("ita_Latn", ("Telefono:", "Tel.", "Fax", "Cellulare"), ("Chiama", "Cell."), "prezzo",
             "euro",
             ("Articolo", "Ordine", "Fattura", "Codice prodotto"), "Estrazione del lotto:",
             "Treno 12:",
             ("versione", "build"), "negli anni", "pagine", "abitanti", "il server",
             ("06 6982 1234", "347 1234567", "02 12345678", "055 234567", "0432 123456"),
             ("+39 06 6982 1234", "+39 347 1234567")),
    Language("nld_Latn", ("Telefoon:", "Tel.", "Fax", "Mobiel: tel"), ("GSM:", "Mob."), "prijs",
             "euro",
             ("Artikel", "Bestelling", "Factuurnummer", "Onderdeelnummer"), "Lotto:", "Bus 12:",
             ("versie", "build"), "in de jaren", "pagina's", "inwoners", "de server",
             ("020-6234567", "010 123 45 67", "06-12345678", "0475 12 34 56", "030-1234567"),
             ("+31 20 623 4567", "+32 475 12 34 56")),
    Language("pol_Latn", ("Telefon:", "tel.", "faks", "Tel/fax:"), ("GSM:", "mob."), "cena", "zł",
             ("Część nr", "Zamówienie", "Faktura", "Produkt"), "Wyniki lotto:", "Linia 12:",
             ("wersja", "build"), "w latach", "strony 1", "osób", "serwer",
             ("22 123 45 67", "601 234 567", "(12) 345 67 89", "71 234 56 78", "58 345 67 89"),
             ("+48 601 234 567", "+48 22 123 45 67")),
    Language("rus_Cyrl", ("Телефон:", "тел.", "факс", "моб."), ("ГСМ:", "звоните"), "цена", "руб.",
             ("Артикул", "Деталь", "Заказ №", "Договор"), "Тираж лотереи:", "Автобус 12:",
             ("версия", "сборка"), "в годах", "страницы", "человек", "сервер",
             ("8 (495) 123-45-67", "8-800-200-06-00", "55-12-34", "(3432) 12-34-56",
             "8 912 345-67-89"),
             ("+7 (912) 345-67-89", "+375 29 123-45-67")),
    Language("ukr_Cyrl", ("Телефон:", "тел.", "факс", "моб."), ("дзвоніть", "ГСМ:"), "ціна", "грн",
             ("Артикул", "Замовлення", "Рахунок", "Деталі"), "Лотерея, тираж:", "Поїзд, рейс:",
             ("версія", "збірка"), "у роках", "сторінки", "жителів", "сервер",
             ("(044) 234-56-78", "044 234-56-78", "067 123 45 67", "0671234567", "050 765-43-21"),
             ("+380 67 123 45 67", "+380 44 234 5678")),
    Language("tur_Latn", ("Telefon:", "Tel.", "Faks", "Cep telefonu:"), ("GSM:", "Mob."), "fiyatı",
             "TL",
             ("Parça", "Sipariş", "Fatura", "Ürün"), "Loto:", "Tren hareket saatleri, hat:",
             ("sürüm", "build"), "yıllarında", "sayfa", "kişi", "sunucu",
             ("0532 123 45 67", "0 (212) 345 67 89", "0212 345 67 89", "(0312) 456 78 90",
             "444 1 234"),
             ("+90 532 123 45 67", "+90 212 345 67 89")),
    Language("ell_Grek", ("Τηλέφωνο:", "Τηλ.", "Φαξ", "Κιν."), ("GSM:", "Mob:"), "τιμή", "ευρώ",
             ("Κωδικός", "Παραγγελία", "Τιμολόγιο", "Μοντέλο"), "Κλήρωση:", "Δρομολόγιο:",
             ("έκδοση", "build"), "τα έτη", "σελίδες", "κάτοικοι", "ο διακομιστής",
             ("210 3231234", "6944 123456", "2310-987654", "210 32 31 234", "6971234567"),
             ("+30 2310 123456", "+30 694 412 3456")),
    Language("arb_Arab", ("هاتف:", "تلفون", "فاكس", "جوال"), ("اتصل", "تماس"), "سعر", "ريال",
             ("القطعة", "المنتج", "الفاتورة", "الطلب"), "Lotto", "رحلة",
             ("إصدار", "الإصدار"), "في الأعوام", "الصفحات", "نسمة", "الخادم",
             ("٠١٢٣٤٥٦٧٨٩", "٠١١ ٤٦٥ ١٢٣٤", "050 123 4567", "02 2345 6789", "٠٥٠١٢٣٤٥٦٧"),
             ("+966 50 123 4567", "+٢٠ ٢ ٢٣٤٥ ٦٧٨٩")),
    Language("fas_Arab", ("تلفن:", "تلفن", "فاکس", "موبایل"), ("همراه:", "تماس"), "قیمت", "تومان",
             ("قطعه", "سفارش", "فاکتور", "کالا"), "Lotto", "پرواز",
             ("نسخه", "نسخه"), "در سال‌های", "صفحه", "نفر", "سرور",
             ("۰۲۱-۸۸۷۷۶۶۵۵", "۰۹۱۲۳۴۵۶۷۸۹", "021-88776655", "0912 345 6789", "۰۳۱-۳۲۲۱۱۴۴۵"),
             ("+98 21 8877 6655", "+۹۸ ۹۱۲ ۳۴۵ ۶۷۸۹")),
    Language("heb_Hebr", ("טלפון:", "טל.", "פקס", "נייד"), ("חייגו", "GSM:"), "מחיר", "ש\"ח",
             ("פריט", "הזמנה", "חשבונית", "דגם"), "Lotto", "טיסה",
             ("גרסה", "גירסה"), "בשנים", "עמודים", "תושבים", "שרת",
             ("03-5123456", "054-1234567", "02 678 9012", "050-765-4321", "1-700-50-1234"),
             ("+972 3 512 3456", "+972-54-123-4567")),
    Language("hin_Deva", ("फोन:", "दूरभाष", "फैक्स", "मोबाइल"), ("संपर्क", "Mob."), "मूल्य",
             "रुपये",
             ("भाग", "ऑर्डर", "रसीद", "मॉडल"), "Lotto", "Train",
             ("संस्करण", "Build"), "वर्ष", "पृष्ठ", "लाख", "सर्वर",
             ("९८७६५ ४३२१०", "011-23456789", "9876543210", "(0522) 2234567", "०२२-२३४५६७८९"),
             ("+91 98765 43210", "+९१ ९८७६५ ४३२१०")),
    Language("ben_Beng", ("ফোন:", "টেলিফোন", "ফ্যাক্স", "মোবাইল"), ("যোগাযোগ", "Cell:"), "দাম",
             "টাকা",
             ("অর্ডার", "মডেল", "Invoice", "Article"), "Lotto", "Bus",
             ("সংস্করণ", "Build"), "সালে", "পৃষ্ঠা", "জন", "server",
             ("০১৭১২-৩৪৫৬৭৮", "০২-৯৫৬৭৮৯০", "01712 345678", "01812-345678", "033 2248 1234"),
             ("+৮৮০ ১৭১২ ৩৪৫৬৭৮", "+880 1812 345678")),
    Language("tha_Thai", ("โทรศัพท์:", "โทร.", "แฟกซ์", "มือถือ"), ("เบอร์", "Call"), "ราคา", "บาท",
             ("รหัส", "สินค้า", "คำสั่งซื้อ", "รุ่น"), "ลอตเตอรี่", "Bus",
             ("เวอร์ชัน", "รุ่น"), "ปี", "หน้า", "คน", "เซิร์ฟเวอร์",
             ("02-123-4567", "081-234-5678", "๐๘๑ ๒๓๔ ๕๖๗๘", "053 212 345", "0891234567"),
             ("+66 2 123 4567", "+66 81 234 5678")),
    Language("vie_Latn", ("Điện thoại:", "điện thoại", "Fax", "SĐT:"), ("ĐT:", "gọi"), "giá",
             "đồng",
             ("mã sản phẩm", "đơn hàng", "mã", "Article"), "Lotto", "Bus",
             ("phiên bản", "bản"), "năm", "trang", "người", "máy chủ",
             ("0912 345 678", "028 3822 1234", "1900 636 467", "0987.654.321", "024 3945 6789"),
             ("+84 912 345 678", "+84 28 3822 1234")),
    Language("ind_Latn", ("Telepon:", "Telp", "Faks", "Ponsel"), ("Nomor", "Call"), "harga",
             "rupiah",
             ("kode produk", "pesanan", "faktur", "Article"), "Lotto", "Bus",
             ("versi", "build"), "tahun", "halaman", "jiwa", "server",
             ("0812-3456-7890", "021-5201234", "(021) 520 1234", "0274 512345", "0857 1234 5678"),
             ("+62 812-3456-7890", "+62 21 5201234")),
    Language("cmn_Hani", ("电话：", "热线", "传真：", "致电"), ("手机：", "手机"), "价格", "元",
             ("型号", "订单号", "零件", "货号"), "Lotto", "车次",
             ("版本", "版本"), "在", "第", "人", "服务器",
             ("010-82197168", "13812345678", "400-820-8820", "021-62581234", "0755-26543210"),
             ("+86 138 1234 5678", "+86 10 8219 7168")),
    Language("jpn_Jpan", ("電話：", "ＴＥＬ：", "ファックス", "携帯"), ("Call", "Mob:"),
             "価格", "円",
             ("品番", "注文", "部品", "型番"), "Lotto", "Bus",
             ("バージョン", "バージョン"), "西暦", "第", "人", "サーバー",
             ("03-1234-5678", "090-1234-5678", "０６－６３４５－１２３４",
              "0120-123-456", "045-123-4567"),
             ("+81 3 1234 5678", "+81-90-1234-5678")),
    Language("kor_Hang", ("전화:", "전화번호", "팩스", "휴대폰"), ("문의", "Call"), "가격", "원",
             ("부품", "주문", "모델", "상품"), "Lotto", "Bus",
             ("버전", "빌드"), "연도", "쪽", "억", "서버",
             ("02-345-6789", "010-1234-5678", "031-123-4567", "051-987-6543", "1588-1234"),
             ("+82 10-1234-5678", "+82 2 345 6789")),
    Language("swh_Latn", ("Simu:", "simu", "Faksi, tel", "WhatsApp"), ("Cell:", "Mob:"), "bei",
             "shilingi",
             ("Bidhaa", "Agizo", "Article", "Ref."), "Lotto", "Bus",
             ("toleo", "build"), "miaka", "kurasa", "watu", "server",
             ("0722 123 456", "0754 321 987", "020 222 3456", "022 211 2345", "0713-456-789"),
             ("+254 712 345678", "+255 754 321 987")),
)  # fmt: skip
