### Portal o‘zbek tilida (loyiha).

own-name = Oʻzbekcha
brand = Chopar

## Frame

skip = Matnga o‘tish
nav-rooms = Bo‘limlar
nav-home = Bosh sahifa
nav-register = Reyestr
nav-mesh = Tarmoq
nav-languages = Tillar
nav-crumbs = Siz qayerdasiz
nav-pages = Sahifalar
foot-about = Bu yerda markaz yo‘q: har bir organ o‘z nomidan so‘zlaydi, har bir tugun esa eshitganini saqlaydi va tekshiradi.
foot-node = Ushbu tugun:
foot-api = Dasturlar uchun
draft-title = Tarjima loyihasi
draft-about = Ushbu sahifalar matnini bu tilda so‘zlashuvchilar hali tekshirmagan.
copy = Nusxalash
copied = Nusxalandi
print = Chop etish
yes = ha
no = yo‘q
feed = Yangi yozuvlar tasmasi

## Numbers, times

date-two-calendars = { $own } ({ $common })
date-with-zone = { $moment } { $zone }
age-seconds = { $shown } soniya oldin
age-minutes = { $shown } daqiqa oldin
age-hours = { $shown } soat oldin
age-days = { $count ->
    [one] { $shown } kun oldin
   *[other] { $shown } kun oldin
}
records-n = { $count ->
    [one] { $shown } yozuv
   *[other] { $shown } yozuv
}
entries-n = { $count ->
    [one] { $shown } jurnal yozuvi
   *[other] { $shown } jurnal yozuvi
}
list-more = { $count ->
    [one] va yana { $shown }, dasturlar uchun yozuvda
   *[other] va yana { $shown }, dasturlar uchun yozuvda
}
other-languages = { $count ->
    [one] Yana { $shown } tilda
   *[other] Yana { $shown } tilda
}
stale = Oxirgi javob: { $age }

## Home

home-title = Raqamli hamkorlikning umumiy reyestri
home-lede = Turli davlatlarning organlari bu yerda nimalari borligini, nimani rejalashtirayotganini va nimani so‘rayotganini e’lon qiladi. Har bir yozuvni muallifi imzolagan va uni ko‘plab tugunlar saqlaydi: hech kim boshqaning aytganini sezdirmay o‘zgartira olmaydi.
search-label = Reyestrdan qidirish
search-hint = Ma’lumotlar, xizmatlar…
search-do = Qidirish
figure-records = { $count ->
    [one] yozuv
   *[other] yozuv
}
figure-states = { $count ->
    [one] davlat qamrab olingan
   *[other] davlat qamrab olingan
}
figure-logs = { $count ->
    [one] reyestr shu yerda saqlanadi
   *[other] reyestr shu yerda saqlanadi
}
home-clauses = Reyestrda nima bor
home-clauses-about = SHHTga a’zo davlatlar rahbarlari kengashining raqamli iqtisodiyot sohasidagi hamkorlikni mustahkamlash to‘g‘risidagi bayonotining sakkiz yo‘nalishi bo‘yicha (Tyanszin, 2025-yil 1-sentabr).
clause-1 = Raqamli iqtisodiyot siyosatini muvofiqlashtirish va muloqot
clause-2 = Ma’lumotlar xavfsizligi qoidalari va standartlari, raqamli infratuzilma, jamoat xizmatlari
clause-3 = Loyihalar, raqamli transformatsiya, ilg‘or texnologiyalar va ko‘nikmalar
clause-4 = Aloqa tarmoqlari va savdo uchun ishonchli ma’lumot almashinuvi
clause-5 = «Aqlli» shaharlar va raqamli xizmatlar
clause-6 = Ma’lumotlar maxfiyligi standartlari bo‘yicha tajriba va ilg‘or amaliyot
clause-7 = Seminarlar, konferensiyalar, ko‘rgazmalar va davra suhbatlari
clause-8 = Tahlil markazlari va ilmiy-tadqiqot muassasalari
clause-none = Hozircha yozuv yo‘q.
home-node = Ushbu tugun
home-node-about = Siz reyestrni ushbu tugun saqlagan holatda o‘qiyapsiz. Bir-birini ko‘zgulaydigan tugunlar o‘sha yozuvlarni saqlaydi va har biri o‘zi uchun javob beradi.
node-address = Manzil
node-hosts = Ushbu tugundagi organlar
node-federation = Quyidagi federatsiyaga ergashadi
empty-node-title = Bu yerda hozircha hech narsa e’lon qilinmagan
empty-node-about = Bu yangi tugun. Uning operatori uch qadamdan boshlashi mumkin.
empty-node-participant = E’lon qiladigan organni qabul qilish:
empty-node-publish = Birinchi yozuvni e’lon qilish:
empty-node-mirror = Boshqa tugun reyestrini ko‘zgulash, yozuvlari shu yerda o‘qilishi uchun:

## Members and mesh

members-title = A’zolar
members-about = Tashkilotda qabul qilingan tartibda. Hamma teng: har bir a’zo o‘z reyestrini yuritadi, qolganlar uning ko‘zgusini saqlaydi.
members-logs = Bu yerda kimlarning reyestrlari saqlanadi
members-logs-about = Har bir organ o‘z reyestrini yuritadi. Ushbu tugun boshqalarning reyestrlarini ko‘zgulaydi va har bir yozuvni tekshiradi.
ring-title = { $all } ta reyestrdan { $good } tasi tartibda
ring-share = { $good } / { $all }
ring-word = tartibda
ring-caption = Reyestrlar va ularning ushbu tugundagi holati
ring-number = №
ring-member = Organ, tashkilot
ring-state = Bu yerdagi holati
ring-entries = Yozuvlar
ring-lag = Ortda qolishi
ring-age = Oxirgi javob
asked = oxirgi javob
log-own = shu yerda yuritiladi
log-fresh = dolzarb
log-behind = yetib olmoqda
log-silent = javob bermayapti
log-new = hali javob bermagan
log-held = to‘xtatilgan
log-discontinued = yakunlangan
log-caught = tarixi ziddiyatli
log-missing = bu yerda ko‘zgulanmaydi
log-other-key = boshqa kalit bilan saqlanadi
witnessed-enough = guvohlar yetarli
witnessed-too-few = guvohlar yetarli emas
mesh-title = Tarmoq
mesh-lede = Har bir reyestr bir nechta joyda saqlanadi. Bu yerda ushbu tugun qaysi reyestrlarni saqlashi, ular qanchalik yangi ekani, kim kafil ekani va nima noto‘g‘ri chiqqani ko‘rinadi.
mesh-logs = Ushbu tugundagi reyestrlar
mesh-logs-about = Hajmi va vaqti sahifa ochilgan paytga oid. Nazorat nuqtasini birga imzolagan tomon ushbu tugun ko‘rgan tarixni ko‘rgan.
mesh-none = Hozircha reyestr yo‘q
mesh-none-about = Ushbu tugunda ishtirokchilar ham, ko‘zgular ham yo‘q.
log-owner = Organ, tashkilot
log-state = Holati
log-in-catalogue = Katalogdagi yozuvlar
log-lag = Hali olinmagan
log-rejects = Yozuv emas deb rad etilgan
log-successor = Quyidagi manzilda davom etadi
log-published = Oxirgi nazorat nuqtasi
log-address = Mavjud manzil
log-technical = Manzil va kalit
log-key = Kalit
obstacle-title = Oxirgi murojaat muvaffaqiyatsiz bo‘ldi
obstacle-network = Manbaga tarmoq orqali yetib bo‘lmaydi. Bu yerda saqlangani vaqti ko‘rsatilgan holda o‘qishga ochiq qoladi.
obstacle-store = Tugun o‘z omborini o‘qiy yoki yoza olmadi.
obstacle-content = Manba javobi reyestr imzolaganiga mos kelmaydi. Undan hech narsa qabul qilinmadi.
fork-title = Ikki tarix imzolangan
fork-about = Ushbu reyestr egasi bir vaqtda to‘g‘ri bo‘la olmaydigan bayonotlarni imzolagan. Ular yonma-yon keltirilgan. Endi undan hech narsa qabul qilinmaydi.
fork-note = Imzolangan bayonot { $number }
mesh-alarms = Ogohlantirishlar
mesh-alarms-none = Halol reyestrda bo‘lmaydigan hech narsa sezilmadi.
mesh-alarms-about = Ushbu tugun ko‘rgan yoki boshqalar xabar berib, tugun faqat imzolangan bayonotlar bo‘yicha baholagan holatlar.
alarm-log = Reyestr
alarm-what = Nima sezildi
alarm-verdict = Aniqligi
alarm-seen = Birinchi marta sezilgan
alarm-now = Hozir
alarm-fork = ikki tarix
alarm-inconsistent = bayonot o‘ziga zid
alarm-shrunken = manba eski holatni ko‘rsatmoqda
alarm-wrong-tile = manba mos kelmaydigan baytlarni berdi
verdict-proven = isbotlangan
verdict-asserted = aytilishicha
verdict-unfounded = asossiz
verdict-unknown = noma’lum
alarm-cleared = to‘xtagan
alarm-stands = kuchda
mesh-witness = Ushbu tugunning guvohi
mesh-witness-about = Tugun boshqa reyestrlardan hech narsa olinmaganiga ishonch hosil qilib, ularning nazorat nuqtalarini birga imzolaydi. Uning imzosini shu kalit bilan tekshiradilar.
mesh-witness-key = Guvoh kaliti

## Register

register-title = Reyestr
register-title-for = { $asked } – Reyestr
facets = Aniqlashtirish
facet-clause = Yo‘nalish
facet-kind = Yozuv turi
facet-state = Davlat
facet-language = Til
facet-issuer = E’lon qilgan
facet-exchange = Almashinuv
facet-visibility = Kim o‘qiy oladi
facet-apply = Qo‘llash
facet-more = { $count ->
    [one] Yana { $shown }
   *[other] Yana { $shown }
}
chosen = Tanlangan
chosen-remove = Olib tashlash:
results = Topilganlar
found-n = { $count ->
    [one] { $shown } yozuv
   *[other] { $shown } yozuv
}
found-more = { $count ->
    [one] { $shown } yozuvdan ko‘p
   *[other] { $shown } yozuvdan ko‘p
}
order-best = Avval moslari
order-newest = Avval yangilari
page-first = Birinchi sahifa
page-next = Keyingi sahifa
nothing-found = Hech narsa topilmadi
nothing-found-do = So‘zlarni kamaytirib, boshqa tilda izlab ko‘ring yoki cheklovlarni olib tashlang.
nothing-found-all = Butun reyestrni ko‘rsatish
wrong-question = Bunday so‘rovni bajarib bo‘lmaydi
wrong-question-do = Kamida bitta so‘z yozing, lekin juda ko‘p emas.
exports = Dasturlar uchun:
exchange-offered = shartnoma asosida olinadi
visibility-open = hamma
visibility-members = a’zolar
visibility-parties = nomlangan tomonlar
visibility-sealed = hozircha hech kim
group-base = Asoslar
group-catalogue = Katalog
group-city = Shaharlar
group-consultation = Maslahatlashuvlar
group-events = Tadbirlar
group-library = Kutubxona
group-networks = Aloqa tarmoqlari
group-privacy = Maxfiylik
group-projects = Loyihalar
group-rules = Qoidalar
group-skills = Ko‘nikmalar
group-trade = Savdo
badge-withdrawn = qaytarib olingan
badge-sealed = muhrlangan
badge-members = a’zolar uchun
badge-parties = nomlangan tomonlar uchun
badge-purged = mazmuni o‘chirilgan
badge-expired = endi kuchda emas
badge-early = hali kuchga kirmagan
badge-caught = reyestr tarixi ziddiyatli

## Record

record-short = Qisqacha
record-says = Mazmuni
record-translations = Tarjimalar
record-history = Tarixi
record-links = Bog‘lanishlar
record-origin = Kelib chiqishi
record-get = Qanday olish mumkin
record-take = O‘zingiz bilan olish
record-instead = Sizning tilingizda matn yo‘q. Ko‘rsatilgani:
record-translated = tarjima
record-origin-about = Yozuvga sahifa ko‘rsatgani uchun emas, muallif imzosi va boshqalar ham saqlaydigan jurnaldagi o‘rni uchun ishonadilar.
short-issuer = E’lon qilgan
short-issued = Sana
short-version = Versiya
short-from = Kuchga kirishi
short-until = Amal qilish muddati
short-languages = Tillar
short-authentic = Autentik matnlar
short-visibility = Kim o‘qiy oladi
short-opened = Hammaga ochilgan
short-mandate = Vakolat
withdrawn-title = Muallif ushbu yozuvni qaytarib olgan
withdrawn-superseded = U almashtirilgan.
withdrawn-error = U xato e’lon qilingan.
withdrawn-law = Qonun talab qilgan.
withdrawn-personal-data = Unda shaxsiy ma’lumotlar bo‘lgan.
withdrawn-expired = Muddati o‘tgan.
withdrawn-other = Boshqa sababga ko‘ra.
replaced-title = Ushbu yozuv qayta chiqarilgan
replaced-by = Uning o‘rniga:
caught-title = Ushbu yozuv reyestrining tarixi ziddiyatli
caught-about = Uning egasi ikki tarixni imzolagan. Ilgari o‘qilgani hamon ko‘rsatiladi, biroq uning tarixdagi o‘rni aniq emas.
caught-see = Imzolangan ikkala bayonotni ko‘rish
old-version-title = Bu avvalgi versiya
old-version-newest = Eng yangisiga, { $number }-versiyaga o‘tish
expired-title = Endi kuchda emas
expired-about = Yozuvda ko‘rsatilgan muddat o‘tdi.
early-title = Hali kuchga kirmagan
early-about = Yozuvda keyingi muddat ko‘rsatilgan.
stale-title = Bu eng so‘nggi holat bo‘lmasligi mumkin
stale-about = Shundan beri muallif reyestri javob bermadi. Bu yerda ko‘rsatilgani olinganda tekshirilgan.
body-sealed = Muhrlangan
body-sealed-about = Muallif mazmunni qayd etgan va uni keyinroq ochadi. Ungacha uni hech kim o‘qiy ham, o‘zgartira ham olmaydi.
body-members = A’zolar uchun
body-members-about = Bu yozuv borligini hamma ko‘radi. Mazmuni a’zolarga almashinuv orqali beriladi.
body-parties = Nomlangan tomonlar uchun
body-parties-about = Bu yozuv borligini hamma ko‘radi. Mazmuni muallif nomlagan tomonlarga almashinuv orqali beriladi.
body-purged = O‘chirilgan
body-purged-about = Mazmuni muallif talabiga ko‘ra o‘chirilgan. Jurnal yozuvi qoladi va u bo‘lganini ko‘rsatadi.
body-withdrawn = Qaytarib olingan
body-withdrawn-about = Mazmuni endi ko‘rsatilmaydi.
body-missing = Bu yerda yo‘q
body-missing-about = Ushbu tugunda yozuvning mazmuni yo‘q.
get-by-exchange = O‘z tuguningizdan almashinuv orqali so‘rang:
get-about = { $count ->
    [0] Muallif tuguni bu ma’lumotlarni almashinuv orqali, shartnoma asosida beradi.
    [one] Muallif tuguni bu ma’lumotlarni almashinuv orqali, shartnoma asosida beradi. { $shown } ta taklif amal qiladi.
   *[other] Muallif tuguni bu ma’lumotlarni almashinuv orqali, shartnoma asosida beradi. { $shown } ta taklif amal qiladi.
}
get-dataset = Almashinuvdagi to‘plam
get-address = Almashinuv manzili
translation-authentic = autentik
translation-official = rasmiy
translation-working = ishchi
translation-machine = mashina
translation-by = Tarjimon
translation-older = Yozuvning boshqa versiyasi uchun qilingan.
version-n = { $number }-versiya
version-first = Birinchi versiya.
version-same = Hammaga ochiq mazmunda hech narsa o‘zgarmagan.
change-before = Avval:
change-after = Endi:
links-from = Ushbu yozuv nomlaydi
links-to = Ushbu yozuvni nomlaganlar
rel-related = bog‘liq
rel-describedby = tavsifi
rel-replaces = almashtiradi
rel-source = asl yozuv
rel-target = haqida
proof-author = Imzolagan
proof-log = Reyestr
proof-place = Undagi o‘rni
proof-place-of = { $size } tadan { $index }-raqam
proof-hash = Yozuv izi
proof-checkpoint = Oxirgi imzolangan holat
proof-checked = Reyestr javob bergan
proof-cosigners = Birga imzolaganlar
proof-cosigners-none = reyestrning o‘zidan boshqa hech kim
proof-stamped = Vaqt belgisi
proof-stamped-size = vaqt xizmati { $size } ta yozuvli holatni tasdiqlagan
proof-mirrors = Shuningdek saqlanadi
proof-mirrors-none = ushbu tugun boshqa joyni bilmaydi
holder-here = ushbu tugun
holder-shown = ko‘rsatdi
holder-claimed = aytadi
verify-title = O‘zingiz tekshiring
verify-about = Bu buyruq butun reyestrni o‘qib, har bir imzo va har bir baytni tekshiradi. U ushbu tugunga ishonmaydi.
verify-key = Kalitni muallif sizga boshqa yo‘l bilan bergan kalit bilan solishtiring.
cite = Iqtibos keltirish
cite-form = { $who }. { $title }. { $version }-versiya ({ $day }). { $id }

## Tekshirish

nav-verify = Tekshirish
check-title = Yozuvni tekshirish
check-lede = Qog‘ozdagi kod matnini, yozuvning manzili yoki identifikatorini qo‘ying yoki uning isboti faylini tanlang. Ushbu tugun uni o‘zi tekshirgan reyestrlar bilan solishtirib, nima isbotlangan va nima isbotlanmaganini aytadi.
check-text = Kod matni, manzil yoki identifikator
check-do = Tekshirish
check-file-title = Faylni tekshirish
check-file = Yozuv isboti (.record-proof)
check-file-about = Yozuvga ega har bir tugun uning isbotini yozuv sahifasida beradi.
check-body = Yozuv mazmuni (JSON), agar sizda bo‘lsa
check-kept = Fayllar faqat tekshiriladi va saqlanmaydi.
checked-good = Haqiqiy
checked-good-about = Bu muallif imzolagan yozuv, u muallif reyestrida turibdi.
checked-past = Haqiqiy, lekin endi bu ko‘rinishda kuchda emas
checked-past-about = Bu muallif imzolagan yozuv. Shundan beri nimadir o‘zgargan, yozuvga qarang.
checked-open = Buni shu yerda aniqlab bo‘lmaydi
checked-open-about = Noto‘g‘ri hech narsa topilmadi, lekin xulosa uchun zarur narsa ushbu tugunga noma’lum.
checked-broken = Haqiqiy emas
checked-broken-about = Ko‘rsatilgani reyestrda turganiga mos kelmaydi. Unga tayanmang.
checked-nothing = Bu hech qaysi yozuvga ishora qilmaydi
checked-nothing-about = Matnni to‘liq yoki yozuv identifikatorini qo‘ying yoxud hajmi { $size } KB dan oshmaydigan isbot faylini tanlang.
checked-record = Yozuv
checked-newest = Eng yangi versiya
checked-word = Bu ushbu tugunning aytgani. Hech qaysi tugunga tayanishni istamagan kishi isbotni o‘zi bilan olib, uni tarmoqsiz tekshiradi:
standing-broken = Noto‘g‘ri
standing-unknown = Noma’lum
standing-proven = Isbotlangan
standing-asserted = Faqat muallif aytishicha
said-record = Chiqarilgan sanasi: { $issued }.
said-record-logged = Bu { $origin } reyestri imzolagan { $size } ta jurnal yozuvidan { $index }-raqam.
said-checkpoint-refused = Reyestr holati ushbu reyestr kaliti bilan imzolanmagan.
said-record-not-logged = U o‘zi nomlagan reyestrda yo‘q.
said-id-of-log = Uning identifikatori ushbu reyestrga tegishli.
said-id-of-log-unknown = Uning identifikatori ushbu reyestrga tegishlimi, buni faqat reyestrning birinchi kaliti ko‘rsatardi.
said-record-signed = Muallif uni { $key } kaliti bilan imzolagan.
said-record-signed-unknown = Muallif uni { $key } kaliti bilan imzolaganmi: ushbu tugun reyestrni hali u yergacha o‘qimagan.
said-record-signed-broken = U { $key } kaliti bilan imzolanmagan yoki kalit u joyda kuchda bo‘lmagan.
said-body-verified = Uning mazmuni muallif imzolagan mazmunning o‘zi.
said-body-not-shown = Uning mazmuni bu yerda yo‘q, shuning uchun tekshirilmadi.
said-salt-not-shown = Uning mazmuni yopiq va uni bu yerda tekshirib bo‘lmaydi.
said-body-wrong = U bilan birga ko‘rsatilgan matn muallif imzolagan matn emas.
said-kind-unknown = Mazmuni o‘qilmadi: { $kind } turidagi yozuvlar bu yerda noma’lum.
said-body-invalid = Uning mazmuni { $kind } turidagi yozuvga qo‘yiladigan talabga mos emas.
said-proof-malformed = Fayl yozuv isboti emas yoki shikastlangan.
said-record-held = Reyestrning bu o‘rnida ushbu tugunda xuddi shu yozuv turibdi.
said-record-held-broken = Reyestrning bu o‘rnida ushbu tugunda boshqa yozuv turibdi.
said-log-not-held = Ushbu tugunda { $origin } reyestri yo‘q.
said-record-not-held = Ushbu tugunda { $id } yozuvining bunday versiyasi yo‘q.
said-record-not-published = Yozuv hali imzolangan reyestrga kirmagan. Birozdan keyin qayta urinib ko‘ring.
said-pointer-hash = Koddagi iz yozuv iziga mos keladi.
said-pointer-hash-broken = Koddagi iz yozuv iziga mos kelmaydi.
said-pointer-signature = Koddagi imzo yozuv imzosiga mos keladi.
said-pointer-signature-broken = Koddagi imzo yozuv imzosiga mos kelmaydi.
proof-file = Isbot
record-code = Qog‘oz uchun kod
record-code-about = Uni o‘qigan kamera yozuv haqiqiymi va hali ham kuchdami, shuni aytadigan sahifani ochadi.
record-code-open = Ushbu yozuvni tekshirish

## Body

body-eyebrow = Organ, tashkilot
body-id = Identifikator
body-names = Boshqa tillardagi nomlari
body-state = Davlat
body-log = Reyestr
body-publishes = Nimani e’lon qiladi
body-by-kind = Turlari bo‘yicha yozuvlar
body-newest = Yangi yozuvlar
body-nothing = Hozircha hech narsa e’lon qilinmagan
body-nothing-about = Yozuvlar paydo bo‘lganda shu yerda bo‘ladi.
body-offers = Almashinuvda nimani taklif qiladi
body-offers-about = Bu ma’lumotlar ikki tugun o‘rtasidagi shartnoma asosida beriladi.
body-offers-all = Barcha takliflar
body-offers-none = Hozir hammaga hech narsa taklif qilinmaydi.
chart-share = Ulushi
chart-count = Yozuvlar

## When there is no page

mishap-not-found = Bunday sahifa yo‘q
mishap-not-found-do = Manzil noto‘g‘ri bo‘lishi yoki ilgari bo‘lgani bu tugunda yo‘q bo‘lishi mumkin. Qidirib ko‘ring:
mishap-wrong = Manzilni tushunib bo‘lmadi
mishap-wrong-do = U juda uzun yoki yo‘q narsani so‘raydi. Bosh sahifadan boshlang.
mishap-crowded = So‘rovlar juda ko‘p
mishap-crowded-do = Sizning manzilingizdan qisqa vaqtda juda ko‘p so‘rov keldi. Bir necha soniya kutib, sahifani qayta oching.
mishap-broken = Tugun hozir javob bera olmaydi
mishap-broken-do = Xato bizning tomonda, u yozib olindi. Sahifani birozdan keyin oching; o‘sha yozuvlarni boshqa tugunlarda ham o‘qish mumkin.
mishap-home = Bosh sahifaga

## Gallery

gallery-title = Tarkibiy qismlar galereyasi
gallery-about = Ushbu sahifalarning barcha tarkibiy qismlari, har biri barcha holatlarida.

## States, official names

state-by = Belarus Respublikasi
state-in = Hindiston Respublikasi
state-ir = Eron Islom Respublikasi
state-kz = Qozog‘iston Respublikasi
state-cn = Xitoy Xalq Respublikasi
state-kg = Qirg‘iziston Respublikasi
state-pk = Pokiston Islom Respublikasi
state-ru = Rossiya Federatsiyasi
state-tj = Tojikiston Respublikasi
state-uz = O‘zbekiston Respublikasi

## Languages

lang-ru = rus tili
lang-zh = xitoy tili
lang-en = ingliz tili
lang-be = belarus tili
lang-fa = fors tili
lang-hi = hind tili
lang-kk = qozoq tili
lang-ky = qirg‘iz tili
lang-tg = tojik tili
lang-ur = urdu tili
lang-uz = o‘zbek tili
lang-und = tili ko‘rsatilmagan
