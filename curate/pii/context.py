"""The words right before and behind a number, and what they make of it: a price, a part, a size."""

from __future__ import annotations

import re
from typing import Final

from curate.pii.cues import any_of

_REACH: Final = 36
"""Characters before a number in which a word can label it."""

_SIGNS: Final = "€$£¥₽₹₩₫₺₴₱₦₪฿₡₲₵៛₮₸₾₼֏﷼￥৳"

_SPACED_UNITS: Final = r"""
eur euros? usd gbp chf jpy cny rmb inr rub sgd hkd aud cad brl mxn php ngn kes zar pkr bdt
dollars? rupees? rs rubl\w* руб\w* р грн\w* kr sek nok dkk pln zł kč czk ft huf lei ron лв\w*
din rsd tl tenge тг теңге сум so.?m đồng vnđ vnd đ rp rupiah idr rm baht peso pesos reais
shilling\w* naira ksh tsh тыс\w* млн\w* млрд\w* million\w* millions? mio mrd billion\w*
milliard\w* mille tỷ triệu lakhs? crores? mln mld milioni juta miljard\w* miljoen miljon\w* ευρώ
ევრო ლარ\w* ብር دينار درهم ريال ریال تومان جنيه ليرة لیرا روپے روپیہ रुपये रुपए रु लाख करोड़ টাকা
ரூபாய் రూపాయలు שקל\w* ש"ח דולר mah mhz ghz khz hz kg km cm mm kw kwh mw mwh gb mb kb tb dpi px
pixels? ppm kcal kj ml cl lbs? oz psi kbps mbps gbps bps wh rpm hp кг км см мм мл мг мгц ггц квт
гб мб шт views? people persons? copies pcs pieces stuks stück units? days hours menschen
einwohner habitants? habitantes abitanti inwoners жител\w* человек чел раз просмотр\w* lượt
người warga jiwa nüfus adet
subscribers? users? customers? devices? downloads? installs? members? followers? votes? times calls
phones? sold
"""

_UNSPACED_UNITS: Final = """
元 圆 块 円 원 万 萬 億 亿 만 억 人 名 年 台 個 个 本 件 部 次 ㎡ 平 毫 公 千 像 帧
바트 บาท กีบ ກີບ ကျပ် រៀល
คน ล้าน พัน
"""

_UNIT_BEHIND: Final = re.compile(
    rf"[ \u00a0]?(?:[{_SIGNS}%‰°㎡]|(?:{'|'.join(_UNSPACED_UNITS.split())})"
    rf"|(?:{'|'.join(_SPACED_UNITS.split())})(?![^\W\d_]))"
)

_PRICE_BEFORE: Final = re.compile(
    rf"(?:[{_SIGNS}]|(?<![^\W\d_])(?:rs|rp|usd|eur|euro|inr|rmb|cny|jpy|sgd|hkd|ntd|rm|kr|chf|gbp|brl"
    r"|php|vnd|ngn|kes|ksh|zł|руб|price|prices|prix|preis|precio|preço|prezzo|prijs|pris|cena|цена"
    r"|ціна|fiyat\w*|harga|giá|bei|hinta|ár|preț|τιμή|سعر|السعر|قیمت|מחיר|मूल्य|कीमत|দাম|விலை|ధర)"
    r"|价格|價格|售价|報價|报价|价|価格|値段|가격|ราคา|ລາຄາ|តម្លៃ|ဈေး)\.?[\s:=~]{0,3}$"
)

_NUMBER_WORDS: Final = (
    r"(?:\.|[ -]?(?:no|nr|num|numbers?|ids?|codes?|numéro|número|numero|nummern?|n°|nº"
    r"|№|#|номер|номера|αριθμός|αριθμ|رقم|شماره|נומר|מספר|संख्या|नंबर|নম্বর|எண்|号|號|番号|번호|numer|číslo"
    r"|nomor|numarası|số|szám|numara|no\.|nr\.))?"
)

_LABEL_WORDS: Final = """
part parts part&no partno p/n s/n art article artículo articolo artigo artikel articles item
items model modèle modelo modello modell modellnr serie série serial serienr seriennr batch lot
lots lote lotto catalog catalogue cat réf réfs référence références reference referencia
referência riferimento rif ref order orders commande pedido ordine encomenda bestelling
bestellung bestellnr invoice facture factura fattura fatura rechnung rechnungsnr faktura
delivery tracking parcel shipment colis sendung envío spedizione teil teile teilenr artikelnr
pièce pièces pieza peça pezzo część części produkt product produit producto produto prodotto
code&produit sku ean plu matricule matrícula licence license passport passeport pasaporte
reisepass ausweis visa policy police polizza póliza case aktenzeichen az dossier docket ticket
billet ticketnr voucher coupon konto kontonr account compte cuenta conta iban bic swift blz bank
sort&code vat tva iva ust mwst ein ssn tin nif nip regon pesel krs cvr orgnr kvk oib jmbg cnp
ssin bsn ahv siret siren steuernr steuernummer finanzamt hrb hrn bus tram train zug gleis ligne
linie línea linea route vol vuelo volo flug flight loto lottery euromillions eurojackpot jackpot
powerball tirage ziehung gewinnzahlen sorteo estrazione lottozahlen fahrplan abfahrt abfahrten
horaire horaires horarios orari departure departures arrivals timetable coordinates? coordonnées
koordinaten coord lat lon gps version release build norm norme din iso section kapitel cas
einecs ec enzyme gene locus chromosome genbank orcid isni plate kenteken артикул арт деталь
детали запчасть модель серия партия лот заказ заказа договор договора счет счёт дело паспорт
полис каталог изделие тираж расписание рейс поезд автобус код инв накладная снилс инн деталі
замовлення рахунок κωδικός παραγγελία μοντέλο τιμολόγιο κλήρωση δρομολόγιο مقطع القطعة المنتج
الطلب الفاتورة فاتورة طلب رحلة موديل قطعه سفارش کالا فاکتور پرواز مدل פריט דגם הזמנה חשבונית חלק
טיסה पार्ट भाग ऑर्डर रसीद मॉडल उत्पाद अनुच्छेद অর্ডার মডেল பகுதி ஆர்டர் parça sipariş ürün sefer
kode suku pesanan produk barang faktur pesawat sản đơn hàng mã phẩm linh kiện cikkszám rendelés
tuote tilaus varenr artikelnummer varunr ordrenr ordernr objednávka díl zamówienie zamówienia
katalogowy sehemu bidhaa agizo código códigos kodu kód koodi seri sıra imei iccid imsi
κωδικός&προϊόντος αριθμός&σειράς серийный каталожный инвентарный заводской порядковый лицевой
серійний каталожний інвентарний التسلسلي מק"ט סידורי क्रमांक क्रम&संख्या số&hiệu số&sê-ri client
kunde cliente klient ersatzteil ersatzteile bauteil spare&part rev revision
"""

_UNSPACED_LABELS: Final = """
型号 型號 编号 編號 零件 配件 货号 貨號 订单 訂單 批号 序列号 序號 车次 航班 单号 卡号 账号 帐号 
部品 品番 型番 注文 伝票 製造 商品 便
부품 모델 주문 일련 품번 상품 송장 
รหัส สินค้า อะไหล่ รุ่น คำสั่งซื้อ ลอตเตอรี่ ລະຫັດ លេខកូដ
整理 製品 管理 登録 会員 口座 識別 产品 產品 会员 证件 学号 工号 제품 관리 등록 회원 계좌 품목
ชิ้นส่วน ใบสั่งซื้อ ใบเสร็จ บัญชี สมาชิก
"""

_LABEL: Final = any_of(
    word.replace("&", " ")
    for word in sorted(f"{_LABEL_WORDS}{_UNSPACED_LABELS}".split(), key=len, reverse=True)
)
_BEHIND_LABEL: Final = re.compile(rf"{_NUMBER_WORDS}[\s:：.#＃=\-]{{0,4}}")
_NUMBER_BEFORE: Final = re.compile(
    r"(?:[^\W\d_]{2}(?<!telefon)(?<!ruf)(?<!handy)(?<!mobil)(?<!fax)(?<!mobilfunk)(?<!service)"
    r"(?:nummern?|nummeret|numero|numret|nr)\.?|(?<![^\W\d_])(?:№|#|n°|nº|no\.|nr\.))[\s:.#=\-]{0,4}$"
)


def is_amount(before: str, behind: str) -> bool:
    """Whether a currency or a unit stands at a number.

    Args:
        before: what is before it, folded.
        behind: what is behind it, folded.
    """
    if behind and _UNIT_BEHIND.match(behind):
        return True
    return before != "" and _PRICE_BEFORE.search(before) is not None


def is_labelled(before: str, *, is_phone: bool) -> bool:
    """Whether the words right before a number say that it is that of a part, an order, a train.

    Args:
        before: what is before it, folded.
        is_phone: a word for a phone is near too, so that a word for a number alone says nothing.
    """
    near = before[-_REACH:]
    if any(_BEHIND_LABEL.fullmatch(near, m.end()) for m in _LABEL.finditer(near)):
        return True
    match = _NUMBER_BEFORE.search(near)
    return match is not None and not (is_phone and match[0][:1] in "№#n")
