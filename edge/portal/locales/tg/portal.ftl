### Портал ба забони тоҷикӣ (лоиҳа).

own-name = Тоҷикӣ
brand = Чопар

## Frame

skip = Гузариш ба матн
nav-rooms = Бахшҳо
nav-home = Саҳифаи асосӣ
nav-register = Феҳрист
nav-mesh = Шабака
nav-languages = Забонҳо
nav-crumbs = Шумо дар куҷоед
nav-pages = Саҳифаҳо
foot-about = Дар ин ҷо марказ нест: ҳар мақом аз номи худ сухан мегӯяд ва ҳар гиреҳ он чиро, ки шунидааст, нигоҳ медорад ва месанҷад.
foot-node = Ин гиреҳ:
foot-api = Барои барномаҳо
draft-title = Тарҷумаи лоиҳавӣ
draft-about = Матни ин саҳифаҳоро ҳанӯз соҳибони ин забон тафтиш накардаанд.
copy = Нусха гирифтан
copied = Нусха гирифта шуд
print = Чоп
yes = ҳа
no = не
feed = Лентаи сабтҳои нав

## Numbers, times

date-two-calendars = { $own } ({ $common })
date-with-zone = { $moment } { $zone }
age-seconds = { $shown } с пеш
age-minutes = { $shown } дақ пеш
age-hours = { $shown } соат пеш
age-days = { $count ->
    [one] { $shown } рӯз пеш
   *[other] { $shown } рӯз пеш
}
records-n = { $count ->
    [one] { $shown } сабт
   *[other] { $shown } сабт
}
entries-n = { $count ->
    [one] { $shown } сабти журнал
   *[other] { $shown } сабти журнал
}
list-more = { $count ->
    [one] ва боз { $shown }, дар сабт барои барномаҳо
   *[other] ва боз { $shown }, дар сабт барои барномаҳо
}
other-languages = { $count ->
    [one] Боз бо { $shown } забон
   *[other] Боз бо { $shown } забон
}
stale = Ҷавоби охирин: { $age }

## Home

home-title = Феҳристи умумии ҳамкории рақамӣ
home-lede = Мақомот ва созмонҳои давлатҳои гуногун дар ин ҷо нашр мекунанд, ки чӣ доранд, чӣ нақша доранд ва чӣ мепурсанд. Ҳар сабтро муаллифаш имзо кардааст ва онро гиреҳҳои зиёд нигоҳ медоранд: ҳеҷ кас наметавонад гуфтаи дигареро пинҳонӣ тағйир диҳад.
search-label = Ҷустуҷӯ дар феҳрист
search-hint = Маълумот, хизматрасониҳо…
search-do = Ҷустуҷӯ
figure-records = { $count ->
    [one] сабт
   *[other] сабт
}
figure-states = { $count ->
    [one] давлат фаро гирифта шудааст
   *[other] давлат фаро гирифта шудааст
}
figure-logs = { $count ->
    [one] феҳрист дар ин ҷо нигоҳ дошта мешавад
   *[other] феҳрист дар ин ҷо нигоҳ дошта мешавад
}
home-clauses = Дар феҳрист чист
home-clauses-about = Аз рӯи ҳашт самти Изҳороти Шӯрои сарони давлатҳои узви СҲШ дар бораи таҳкими ҳамкорӣ дар соҳаи иқтисоди рақамӣ (Тянҷин, 1 сентябри соли 2025).
clause-1 = Ҳамоҳангсозӣ ва муколама дар сиёсати рушди иқтисоди рақамӣ
clause-2 = Қоидаҳо ва стандартҳои амнияти маълумот, инфрасохтори рақамӣ, хизматрасониҳои ҷамъиятӣ
clause-3 = Лоиҳаҳо, дигаргунсозии рақамӣ, технологияҳои пешрафта ва малакаҳо
clause-4 = Шабакаҳои алоқа ва мубодилаи боэътимоди маълумот барои савдо
clause-5 = Шаҳрҳои «оқил» ва хизматрасониҳои рақамӣ
clause-6 = Таҷриба ва амалияи беҳтарин: стандартҳои махфияти маълумот
clause-7 = Семинарҳо, конференсияҳо, намоишгоҳҳо ва мизҳои мудаввар
clause-8 = Марказҳои таҳлилӣ ва муассисаҳои илмӣ-тадқиқотӣ
clause-none = Ҳоло сабт нест.
home-node = Ин гиреҳ
home-node-about = Шумо феҳристро чунон мехонед, ки ин гиреҳ нигоҳ медорад. Гиреҳҳое, ки якдигарро инъикос мекунанд, ҳамон сабтҳоро доранд ва ҳар кадом барои худ ҷавобгар аст.
node-address = Суроға
node-hosts = Мақомот дар ин гиреҳ
node-federation = Пайрави федератсия
empty-node-title = Дар ин ҷо ҳоло чизе нашр нашудааст
empty-node-about = Ин гиреҳи нав аст. Оператори он метавонад аз се қадам оғоз кунад.
empty-node-participant = Қабули мақоме, ки нашр мекунад:
empty-node-publish = Нашри сабти аввал:
empty-node-mirror = Инъикоси феҳристи гиреҳи дигар, то сабтҳояш дар ин ҷо хонда шаванд:

## Members and mesh

members-title = Аъзо
members-about = Бо тартиби қабулшудаи Созмон. Ҳама баробаранд: ҳар узв феҳристи худро пеш мебарад, дигарон инъикоси онро нигоҳ медоранд.
members-logs = Дар ин ҷо феҳристҳои киҳо нигоҳ дошта мешаванд
members-logs-about = Ҳар мақом феҳристи худро пеш мебарад. Ин гиреҳ феҳристҳои дигаронро инъикос мекунад ва ҳар сабтро месанҷад.
ring-title = Аз { $all } феҳрист { $good } дар тартиб аст
ring-share = { $good } / { $all }
ring-word = дар тартиб
ring-caption = Феҳристҳо ва ҳолати онҳо дар ин гиреҳ
ring-number = №
ring-member = Мақом, созмон
ring-state = Ҳолат дар ин ҷо
ring-entries = Сабтҳо
ring-lag = Қафомонӣ
ring-age = Ҷавоби охирин
asked = ҷавоби охирин
log-own = дар ин ҷо пеш бурда мешавад
log-fresh = навшуда
log-behind = расида истодааст
log-silent = ҷавоб намедиҳад
log-new = ҳанӯз ҷавоб надодааст
log-held = боздошташуда
log-discontinued = анҷомёфта
log-caught = таърихи зиддиятнок
log-missing = дар ин ҷо инъикос намешавад
log-other-key = бо калиди дигар нигоҳ дошта мешавад
witnessed-enough = шоҳидон кофӣ
witnessed-too-few = шоҳидон нокифоя
mesh-title = Шабака
mesh-lede = Ҳар феҳрист дар якчанд ҷой нигоҳ дошта мешавад. Дар ин ҷо мебинед, ки ин гиреҳ кадом феҳристҳоро дорад, онҳо то чӣ андоза наванд, кӣ гувоҳӣ медиҳад ва чӣ нодуруст баромад.
mesh-logs = Феҳристҳо дар ин гиреҳ
mesh-logs-about = Андоза ва вақт мувофиқи лаҳзаи кушодани саҳифа аст. Касе, ки нуқтаи назоратиро ҳамимзо кардааст, ҳамон таърихи ин гиреҳро дидааст.
mesh-none = Ҳоло феҳрист нест
mesh-none-about = Дар ин гиреҳ на иштирокчӣ ҳаст ва на инъикос.
log-owner = Мақом, созмон
log-state = Ҳолат
log-in-catalogue = Сабтҳо дар каталог
log-lag = Ҳанӯз гирифта нашудааст
log-rejects = Рад шудааст, зеро сабт нест
log-successor = Давом дар суроғаи
log-published = Нуқтаи назоратии охирин аз
log-address = Дастрас дар суроғаи
log-technical = Суроға ва калид
log-key = Калид
obstacle-title = Муроҷиати охирин муваффақ нашуд
obstacle-network = Манбаъ аз тариқи шабака дастнорас аст. Он чи дар ин ҷо нигоҳ дошта мешавад, бо зикри вақт хонданӣ мемонад.
obstacle-store = Гиреҳ натавонист анбори худро хонад ё нависад.
obstacle-content = Ҷавоби манбаъ ба имзокардаи феҳрист мувофиқ нест. Аз он чизе қабул нашуд.
fork-title = Ду таърих имзо шудааст
fork-about = Соҳиби ин феҳрист изҳоротеро имзо кардааст, ки дар як вақт дуруст буда наметавонанд. Онҳо паҳлӯи ҳам оварда шудаанд. Дигар аз он чизе қабул намешавад.
fork-note = Изҳороти имзошудаи { $number }
mesh-alarms = Ҳушдорҳо
mesh-alarms-none = Чизе дида нашуд, ки дар феҳристи ростқавл намешавад.
mesh-alarms-about = Он чи ин гиреҳ дидааст ё дигарон хабар додаанд ва гиреҳ танҳо аз рӯи изҳороти имзошуда баҳо додааст.
alarm-log = Феҳрист
alarm-what = Чӣ дида шуд
alarm-verdict = Дараҷаи яқин
alarm-seen = Бори аввал дида шуд
alarm-now = Ҳоло
alarm-fork = ду таърих
alarm-inconsistent = изҳорот ба худ зид аст
alarm-shrunken = манбаъ ҳолати кӯҳнаро нишон медиҳад
alarm-wrong-tile = манбаъ байтҳои номувофиқ дод
verdict-proven = исботшуда
verdict-asserted = аз рӯи гуфта
verdict-unfounded = беасос
verdict-unknown = номаълум
alarm-cleared = қатъ шуд
alarm-stands = дар амал
mesh-witness = Шоҳиди ин гиреҳ
mesh-witness-about = Гиреҳ боварӣ ҳосил карда, ки аз феҳристҳои дигар чизе гирифта нашудааст, нуқтаҳои назоратии онҳоро ҳамимзо мекунад. Имзои онро бо ин калид месанҷанд.
mesh-witness-key = Калиди шоҳид

## Register

register-title = Феҳрист
register-title-for = { $asked } – Феҳрист
facets = Дақиқ кардан
facet-clause = Самт
facet-kind = Навъи сабт
facet-state = Давлат
facet-language = Забон
facet-issuer = Нашркунанда
facet-exchange = Мубодила
facet-visibility = Кӣ хонда метавонад
facet-apply = Татбиқ
facet-more = { $count ->
    [one] Боз { $shown }
   *[other] Боз { $shown }
}
chosen = Интихобшуда
chosen-remove = Бардоштан:
results = Ёфтшудаҳо
found-n = { $count ->
    [one] { $shown } сабт
   *[other] { $shown } сабт
}
found-more = { $count ->
    [one] Беш аз { $shown } сабт
   *[other] Беш аз { $shown } сабт
}
order-best = Аввал мувофиқтаринҳо
order-newest = Аввал навтаринҳо
page-first = Саҳифаи аввал
page-next = Саҳифаи навбатӣ
nothing-found = Чизе ёфт нашуд
nothing-found-do = Калимаҳои камтар ё забони дигарро санҷед ё маҳдудиятҳоро бардоред.
nothing-found-all = Нишон додани тамоми феҳрист
wrong-question = Чунин дархостро иҷро кардан мумкин нест
wrong-question-do = Ақаллан як калима нависед, вале на аз ҳад зиёд.
exports = Ҳамон барои барномаҳо:
exchange-offered = бо шартнома дастрас
visibility-open = ҳама
visibility-members = аъзо
visibility-parties = тарафҳои номбаршуда
visibility-sealed = ҳоло ҳеҷ кас
group-base = Асосҳо
group-catalogue = Каталог
group-city = Шаҳрҳо
group-consultation = Машваратҳо
group-events = Чорабиниҳо
group-library = Китобхона
group-networks = Шабакаҳои алоқа
group-privacy = Махфият
group-projects = Лоиҳаҳо
group-rules = Қоидаҳо
group-skills = Малакаҳо
group-trade = Савдо
badge-withdrawn = бозхондашуда
badge-sealed = мӯҳршуда
badge-members = барои аъзо
badge-parties = барои тарафҳои номбаршуда
badge-purged = мазмун нест карда шудааст
badge-expired = дигар эътибор надорад
badge-early = ҳанӯз эътибор надорад
badge-caught = таърихи феҳристаш зиддиятнок аст

## Record

record-short = Мухтасар
record-says = Мазмун
record-translations = Тарҷумаҳо
record-history = Таърих
record-links = Пайвандҳо
record-origin = Сарчашма
record-get = Чӣ гуна дастрас кардан
record-take = Бо худ гирифтан
record-instead = Ба забони шумо матн нест. Нишон дода шудааст:
record-translated = тарҷума
record-origin-about = Ба сабт аз рӯи имзои муаллиф ва ҷойи он дар журнале, ки дигарон низ нигоҳ медоранд, бовар мекунанд, на барои он ки саҳифа онро нишон дод.
short-issuer = Нашркунанда
short-issued = Сана
short-version = Нусха
short-from = Эътибор аз
short-until = Эътибор то
short-languages = Забонҳо
short-authentic = Матнҳои аслӣ
short-visibility = Кӣ хонда метавонад
short-opened = Барои ҳама кушода шуд
short-mandate = Ваколат
withdrawn-title = Муаллиф ин сабтро бозхондааст
withdrawn-superseded = Он иваз шудааст.
withdrawn-error = Он иштибоҳан нашр шуда буд.
withdrawn-law = Қонун талаб кард.
withdrawn-personal-data = Дар он маълумоти шахсӣ буд.
withdrawn-expired = Мӯҳлаташ гузаштааст.
withdrawn-other = Бо сабаби дигар.
replaced-title = Ин сабт аз нав бароварда шудааст
replaced-by = Ба ҷойи он:
caught-title = Таърихи феҳристи ин сабт зиддиятнок аст
caught-about = Соҳиби он ду таърихро имзо кардааст. Он чи пештар хонда шуда буд, ҳанӯз нишон дода мешавад, аммо ҷойи он дар таърих аниқ нест.
caught-see = Дидани ҳар ду изҳороти имзошуда
old-version-title = Ин нусхаи пешина аст
old-version-newest = Ба навтарин, нусхаи { $number }
expired-title = Дигар эътибор надорад
expired-about = Мӯҳлате, ки дар сабт омадааст, гузашт.
early-title = Ҳанӯз эътибор надорад
early-about = Дар сабт мӯҳлати дертар нишон дода шудааст.
stale-title = Шояд ин ҳолати охирин набошад
stale-about = Аз он вақт феҳристи муаллиф ҷавоб надодааст. Он чи дар ин ҷост, ҳангоми гирифтан тафтиш шудааст.
body-sealed = Мӯҳршуда
body-sealed-about = Муаллиф мазмунро собит кардааст ва баъдтар мекушояд. То он вақт онро ҳеҷ кас на хонда метавонад ва на тағйир дода.
body-members = Барои аъзо
body-members-about = Ҳама мебинанд, ки ин сабт ҳаст. Мазмуни он тавассути мубодила ба аъзо дода мешавад.
body-parties = Барои тарафҳои номбаршуда
body-parties-about = Ҳама мебинанд, ки ин сабт ҳаст. Мазмуни он тавассути мубодила ба тарафҳое, ки муаллиф ном бурдааст, дода мешавад.
body-purged = Нест карда шудааст
body-purged-about = Мазмун бо талаби муаллиф нест карда шудааст. Сабти журнал мемонад ва нишон медиҳад, ки он буд.
body-withdrawn = Бозхондашуда
body-withdrawn-about = Мазмун дигар нишон дода намешавад.
body-missing = Дар ин ҷо нест
body-missing-about = Ин гиреҳ мазмуни сабтро надорад.
get-by-exchange = Тавассути мубодила аз гиреҳи худ дархост кунед:
get-about = { $count ->
    [0] Гиреҳи муаллиф ин маълумотро тавассути мубодила, бо шартнома медиҳад.
    [one] Гиреҳи муаллиф ин маълумотро тавассути мубодила, бо шартнома медиҳад. { $shown } пешниҳод дар амал аст.
   *[other] Гиреҳи муаллиф ин маълумотро тавассути мубодила, бо шартнома медиҳад. { $shown } пешниҳод дар амал аст.
}
get-dataset = Маҷмӯа дар мубодила
get-address = Суроғаи мубодила
translation-authentic = аслӣ
translation-official = расмӣ
translation-working = корӣ
translation-machine = мошинӣ
translation-by = Тарҷумон
translation-older = Барои нусхаи дигари сабт анҷом шудааст.
version-n = Нусхаи { $number }
version-first = Нусхаи аввал.
version-same = Дар он чи барои ҳама кушода аст, чизе тағйир наёфтааст.
change-before = Пештар:
change-after = Ҳоло:
links-from = Ин сабт ном мебарад
links-to = Сабтҳое, ки инро ном мебаранд
rel-related = вобаста ба
rel-describedby = тавсиф дар
rel-replaces = иваз мекунад
rel-source = сарчашма
rel-target = дар бораи
proof-author = Имзои
proof-log = Феҳрист
proof-place = Ҷой дар он
proof-place-of = рақами { $index } аз { $size }
proof-hash = Изи сабт
proof-checkpoint = Ҳолати охирини имзошуда аз
proof-checked = Феҳрист ҷавоб дод
proof-cosigners = Ҳамимзо
proof-cosigners-none = ҷуз худи феҳрист ҳеҷ кас
proof-stamped = Тамғаи вақт
proof-stamped-size = хадамоти вақт ҳолати дорои { $size } сабтро тасдиқ кардааст
proof-mirrors = Инчунин нигоҳ дошта мешавад
proof-mirrors-none = ин гиреҳ ҷойи дигарро намедонад
holder-here = ин гиреҳ
holder-shown = нишон дод
holder-claimed = мегӯяд
verify-title = Худатон тафтиш кунед
verify-about = Ин фармон тамоми феҳристро мехонад ва ҳар имзо ва ҳар байтро месанҷад. Он ба ин гиреҳ бовар намекунад.
verify-key = Калидро бо калиде муқоиса кунед, ки муаллиф ба шумо бо роҳи дигар додааст.
cite = Иқтибос
cite-form = { $who }. { $title }. Нусхаи { $version } ({ $day }). { $id }

## Санҷиш

nav-verify = Санҷиш
check-title = Санҷидани сабт
check-lede = Матни рамзи рӯйи коғаз, суроға ё шиносаи сабтро гузоред ё файли исботи онро интихоб кунед. Ин гиреҳ онро бо феҳристҳое, ки санҷидааст, муқоиса мекунад ва мегӯяд, ки чӣ исбот шудааст ва чӣ не.
check-text = Матни рамз, суроға ё шиноса
check-do = Санҷидан
check-file-title = Санҷидани файл
check-file = Исботи сабт (.record-proof)
check-file-about = Ҳар гиреҳе, ки сабтро дорад, исботи онро дар саҳифаи сабт медиҳад.
check-body = Мазмуни сабт (JSON), агар дошта бошед
check-kept = Файлҳо танҳо санҷида мешаванд ва нигоҳ дошта намешаванд.
checked-good = Ҳақиқӣ
checked-good-about = Ин ҳамон аст, ки муаллиф имзо кардааст, ва он дар феҳристи муаллиф ҷой дорад.
checked-past = Ҳақиқӣ, аммо дигар дар ин шакл эътибор надорад
checked-past-about = Ин ҳамон аст, ки муаллиф имзо кардааст. Аз он вақт чизе тағйир ёфтааст; ба сабт нигаред.
checked-open = Инро дар ин ҷо муайян кардан мумкин нест
checked-open-about = Чизи нодуруст ёфт нашуд, аммо он чи барои хулоса лозим аст, ба ин гиреҳ номаълум аст.
checked-broken = Ҳақиқӣ нест
checked-broken-about = Он чи нишон дода шуд, ба он чи дар феҳрист аст, мувофиқ нест. Ба он такя накунед.
checked-nothing = Ин ба ягон сабт ишора намекунад
checked-nothing-about = Матни пурра ё шиносаи сабтро гузоред ё файли исботи на бештар аз { $size } КБ-ро интихоб кунед.
checked-record = Сабт
checked-newest = Нусхаи навтарин
checked-word = Ин гуфтаи ҳамин гиреҳ аст. Касе, ки намехоҳад ба ягон гиреҳ такя кунад, исботро бо худ мегирад ва онро бе шабака месанҷад:
standing-broken = Нодуруст
standing-unknown = Номаълум
standing-proven = Исботшуда
standing-asserted = Танҳо аз рӯи гуфтаи муаллиф
said-record = Санаи бароварда шуданаш: { $issued }.
said-record-logged = Ин рақами { $index } аз { $size } сабти журнал аст, ки феҳристи { $origin } имзо кардааст.
said-checkpoint-refused = Ҳолати феҳрист бо калиди ҳамин феҳрист имзо нашудааст.
said-record-not-logged = Он дар феҳристе, ки ном мебарад, нест.
said-id-of-log = Шиносаи он ба ҳамин феҳрист тааллуқ дорад.
said-id-of-log-unknown = Оё шиносаи он ба ҳамин феҳрист тааллуқ дорад: инро танҳо калиди аввали феҳрист нишон медод.
said-record-signed = Муаллиф онро бо калиди { $key } имзо кардааст.
said-record-signed-unknown = Оё муаллиф онро бо калиди { $key } имзо кардааст: ин гиреҳ феҳристро ҳанӯз то он ҷо нахондааст.
said-record-signed-broken = Калиди { $key } онро имзо накардааст ё дар он ҷо эътибор надошт.
said-body-verified = Мазмуни он ҳамон аст, ки муаллиф имзо кардааст.
said-body-not-shown = Мазмуни он дар ин ҷо нест, бинобар ин санҷида нашуд.
said-salt-not-shown = Мазмуни он пӯшида аст ва онро дар ин ҷо санҷидан мумкин нест.
said-body-wrong = Матне, ки бо он нишон дода шуд, он нест, ки муаллиф имзо кардааст.
said-kind-unknown = Мазмун хонда нашуд: сабтҳои навъи { $kind } дар ин ҷо номаълуманд.
said-body-invalid = Мазмуни он чунон нест, ки сабти навъи { $kind } бояд дошта бошад.
said-proof-malformed = Файл исботи сабт нест ё вайрон шудааст.
said-record-held = Дар он ҷойи феҳрист ин гиреҳ ҳамин сабтро дорад.
said-record-held-broken = Дар он ҷойи феҳрист ин гиреҳ сабти дигарро дорад.
said-log-not-held = Ин гиреҳ феҳристи { $origin }-ро надорад.
said-record-not-held = Ин гиреҳ сабти { $id }-ро дар чунин нусха надорад.
said-record-not-published = Сабт ҳанӯз ба феҳристи имзошуда дохил нашудааст. Каме баъдтар такрор кунед.
said-pointer-hash = Изи дар рамз буда ба изи сабт мувофиқ аст.
said-pointer-hash-broken = Изи дар рамз буда ба изи сабт мувофиқ нест.
said-pointer-signature = Имзои дар рамз буда ба имзои сабт мувофиқ аст.
said-pointer-signature-broken = Имзои дар рамз буда ба имзои сабт мувофиқ нест.
proof-file = Исбот
record-code = Рамз барои коғаз
record-code-about = Камерае, ки онро мехонад, саҳифаеро мекушояд, ки мегӯяд, оё сабт ҳақиқӣ аст ва оё ҳанӯз эътибор дорад.
record-code-open = Санҷидани ин сабт

## Body

body-eyebrow = Мақом, созмон
body-id = Шиноса
body-names = Номҳо бо забонҳои дигар
body-state = Давлат
body-log = Феҳрист
body-publishes = Чӣ нашр мекунад
body-by-kind = Сабтҳо аз рӯи навъ
body-newest = Навтаринҳо
body-nothing = Ҳоло чизе нашр накардааст
body-nothing-about = Вақте нашр кунад, сабтҳо дар ин ҷо хоҳанд буд.
body-offers = Дар мубодила чӣ пешниҳод мекунад
body-offers-about = Ин маълумот бо шартномаи байни ду гиреҳ дода мешавад.
body-offers-all = Ҳамаи пешниҳодҳо
body-offers-none = Ҳоло барои ҳама чизе пешниҳод намешавад.
chart-share = Ҳисса
chart-count = Сабтҳо

## When there is no page

mishap-not-found = Чунин саҳифа нест
mishap-not-found-do = Шояд суроға нодуруст бошад ё он чи буд, дар ин гиреҳ нест. Онро ҷӯед:
mishap-wrong = Суроғаро фаҳмидан нашуд
mishap-wrong-do = Он хеле дароз аст ё чизеро мехоҳад, ки нест. Аз саҳифаи асосӣ оғоз кунед.
mishap-crowded = Дархостҳо аз ҳад зиёд
mishap-crowded-do = Аз суроғаи шумо дар муддати кӯтоҳ дархостҳои бисёр омад. Чанд сония интизор шавед ва саҳифаро аз нав кушоед.
mishap-broken = Гиреҳ ҳоло ҷавоб дода наметавонад
mishap-broken-do = Хато аз тарафи мост ва сабт шудааст. Саҳифаро каме дертар кушоед; ҳамон сабтҳоро дар гиреҳҳои дигар низ хондан мумкин аст.
mishap-home = Ба саҳифаи асосӣ

## Gallery

gallery-title = Намоиши ҷузъҳо
gallery-about = Ҳамаи ҷузъҳои ин саҳифаҳо, ҳар кадом дар ҳамаи ҳолатҳо.

## States, official names

state-by = Ҷумҳурии Беларус
state-in = Ҷумҳурии Ҳиндустон
state-ir = Ҷумҳурии Исломии Эрон
state-kz = Ҷумҳурии Қазоқистон
state-cn = Ҷумҳурии Мардумии Чин
state-kg = Ҷумҳурии Қирғизистон
state-pk = Ҷумҳурии Исломии Покистон
state-ru = Федератсияи Россия
state-tj = Ҷумҳурии Тоҷикистон
state-uz = Ҷумҳурии Ӯзбекистон

## Languages

lang-ru = русӣ
lang-zh = чинӣ
lang-en = англисӣ
lang-be = белорусӣ
lang-fa = форсӣ
lang-hi = ҳиндӣ
lang-kk = қазоқӣ
lang-ky = қирғизӣ
lang-tg = тоҷикӣ
lang-ur = урду
lang-uz = ӯзбекӣ
lang-und = забон нишон дода нашудааст
