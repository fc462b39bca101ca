### Портал қазақ тілінде (жоба).

own-name = Қазақша
brand = Чапар

## Frame

skip = Мазмұнға өту
nav-rooms = Бөлімдер
nav-home = Басты бет
nav-register = Тізілім
nav-mesh = Желі
nav-languages = Тілдер
nav-crumbs = Сіз қайдасыз
nav-pages = Беттер
foot-about = Мұнда орталық жоқ: әр орган өз атынан сөйлейді, ал әр торап естігенін сақтап, тексереді.
foot-node = Бұл торап:
foot-api = Бағдарламалар үшін
draft-title = Аударма жобасы
draft-about = Бұл беттердің мәтінін осы тілде сөйлейтіндер әлі тексерген жоқ.
copy = Көшіру
copied = Көшірілді
print = Басып шығару
yes = иә
no = жоқ
feed = Жаңа жазбалар таспасы

## Numbers, times

date-two-calendars = { $own } ({ $common })
date-with-zone = { $moment } { $zone }
age-seconds = { $shown } с бұрын
age-minutes = { $shown } мин бұрын
age-hours = { $shown } сағ бұрын
age-days = { $count ->
    [one] { $shown } күн бұрын
   *[other] { $shown } күн бұрын
}
records-n = { $count ->
    [one] { $shown } жазба
   *[other] { $shown } жазба
}
entries-n = { $count ->
    [one] { $shown } журнал жазбасы
   *[other] { $shown } журнал жазбасы
}
list-more = { $count ->
    [one] және тағы { $shown }, бағдарламаларға арналған жазбада
   *[other] және тағы { $shown }, бағдарламаларға арналған жазбада
}
other-languages = { $count ->
    [one] Тағы { $shown } тілде
   *[other] Тағы { $shown } тілде
}
stale = Соңғы жауап: { $age }

## Home

home-title = Цифрлық ынтымақтастықтың ортақ тізілімі
home-lede = Әртүрлі мемлекеттердің органдары мұнда нелері бар екенін, не жоспарлайтынын және не сұрайтынын жариялайды. Әр жазбаға авторы қол қойған және оны көптеген торап сақтайды: ешкім басқаның айтқанын білдірмей өзгерте алмайды.
search-label = Тізілімнен іздеу
search-hint = Деректер, қызметтер…
search-do = Іздеу
figure-records = { $count ->
    [one] жазба
   *[other] жазба
}
figure-states = { $count ->
    [one] мемлекет қамтылған
   *[other] мемлекет қамтылған
}
figure-logs = { $count ->
    [one] тізілім осында сақтаулы
   *[other] тізілім осында сақтаулы
}
home-clauses = Тізілімде не бар
home-clauses-about = ШЫҰ-ға мүше мемлекеттер басшылары кеңесінің цифрлық экономика саласындағы ынтымақтастықты нығайту туралы мәлімдемесінің сегіз бағыты бойынша (Тяньцзинь, 2025 жылғы 1 қыркүйек).
clause-1 = Цифрлық экономика саясаты саласындағы үйлестіру және диалог
clause-2 = Деректер қауіпсіздігінің ережелері мен стандарттары, цифрлық инфрақұрылым, қоғамдық қызметтер
clause-3 = Жобалар, цифрлық трансформация, озық технологиялар және дағдылар
clause-4 = Байланыс желілері және сауда үшін сенімді дерек алмасу
clause-5 = «Ақылды» қалалар және цифрлық қызметтер
clause-6 = Деректер құпиялылығы стандарттары саласындағы тәжірибе және үздік үлгілер
clause-7 = Семинарлар, конференциялар, көрмелер және дөңгелек үстелдер
clause-8 = Талдау орталықтары және ғылыми-зерттеу мекемелері
clause-none = Әзірге жазба жоқ.
home-node = Бұл торап
home-node-about = Сіз тізілімді осы торап сақтаған күйінде оқып отырсыз. Бірін-бірі айналайтын тораптар сол жазбаларды сақтайды, әрқайсысы өзі үшін жауап береді.
node-address = Мекенжай
node-hosts = Осы тораптағы органдар
node-federation = Мына федерацияға ілеседі
empty-node-title = Мұнда әзірге ештеңе жарияланбаған
empty-node-about = Бұл жаңа торап. Оның операторы үш қадамнан бастай алады.
empty-node-participant = Жариялайтын органды қабылдау:
empty-node-publish = Алғашқы жазбаны жариялау:
empty-node-mirror = Басқа тораптың тізілімін айналау, жазбалары осында оқылуы үшін:

## Members and mesh

members-title = Мүшелер
members-about = Ұйымда қабылданған тәртіппен. Бәрі тең: әр мүше өз тізілімін жүргізеді, қалғандары оның айнасын сақтайды.
members-logs = Мұнда кімнің тізілімдері сақталады
members-logs-about = Әр орган өз тізілімін жүргізеді. Бұл торап басқалардың тізілімдерін айналап, әр жазбаны тексереді.
ring-title = { $all } тізілімнің { $good } қалыпты
ring-share = { $good } / { $all }
ring-word = қалыпты
ring-caption = Тізілімдер және олардың осы тораптағы күйі
ring-number = №
ring-member = Орган, ұйым
ring-state = Мұндағы күйі
ring-entries = Жазбалар
ring-lag = Артта қалуы
ring-age = Соңғы жауап
asked = соңғы жауап
log-own = осында жүргізіледі
log-fresh = өзекті
log-behind = қуып жетуде
log-silent = жауап бермейді
log-new = әлі жауап бермеген
log-held = тоқтатылған
log-discontinued = аяқталған
log-caught = тарихы қайшы
log-missing = мұнда айналанбайды
log-other-key = басқа кілтпен сақтаулы
witnessed-enough = куәгерлер жеткілікті
witnessed-too-few = куәгерлер жеткіліксіз
mesh-title = Желі
mesh-lede = Әр тізілім бірнеше жерде сақталады. Мұнда осы торап қандай тізілімдерді сақтайтыны, олардың қаншалықты жаңа екені, кім куәландыратыны және не дұрыс болмағаны көрінеді.
mesh-logs = Осы тораптағы тізілімдер
mesh-logs-about = Көлемі мен мерзімі бет ашылған сәтке сай. Бақылау нүктесіне қосыла қол қойған жақ осы торап көрген тарихты көрді.
mesh-none = Әзірге тізілім жоқ
mesh-none-about = Бұл торапта қатысушылар да, айналар да жоқ.
log-owner = Орган, ұйым
log-state = Күйі
log-in-catalogue = Каталогтағы жазбалар
log-lag = Әлі алынбаған
log-rejects = Жазба емес деп қабылданбаған
log-successor = Мына мекенжайда жалғасады
log-published = Соңғы бақылау нүктесі
log-address = Қолжетімді мекенжай
log-technical = Мекенжайы мен кілті
log-key = Кілт
obstacle-title = Соңғы тексеру сәтсіз болды
obstacle-network = Дереккөзге желі арқылы жету мүмкін емес. Мұнда сақталғаны мерзімі көрсетіліп, оқуға ашық қалады.
obstacle-store = Торап өз қоймасын оқи немесе жаза алмады.
obstacle-content = Дереккөздің жауабы тізілім қол қойғанға сәйкес келмейді. Одан ештеңе қабылданған жоқ.
fork-title = Екі тарихқа қол қойылған
fork-about = Бұл тізілімнің иесі бір мезгілде шын бола алмайтын мәлімдемелерге қол қойған. Олар қатар келтірілген. Енді одан ештеңе қабылданбайды.
fork-note = Қол қойылған { $number }-мәлімдеме
mesh-alarms = Дабылдар
mesh-alarms-none = Адал тізілімде болмайтын ештеңе байқалмады.
mesh-alarms-about = Осы торап көрген немесе басқалар хабарлап, торап тек қол қойылған мәлімдемелер бойынша бағалаған жайттар.
alarm-log = Тізілім
alarm-what = Не байқалды
alarm-verdict = Анықтығы
alarm-seen = Алғаш байқалған
alarm-now = Қазір
alarm-fork = екі тарих
alarm-inconsistent = мәлімдеме өзіне қайшы
alarm-shrunken = дереккөз ескі күйді көрсетеді
alarm-wrong-tile = дереккөз сәйкес емес байттар берді
verdict-proven = дәлелденген
verdict-asserted = айтуынша
verdict-unfounded = негізсіз
verdict-unknown = белгісіз
alarm-cleared = тоқтаған
alarm-stands = күшінде
mesh-witness = Осы тораптың куәгері
mesh-witness-about = Торап басқа тізілімдерден ештеңе алынбағанына көз жеткізіп, олардың бақылау нүктелеріне қосыла қол қояды. Оның қолтаңбасын осы кілтпен тексереді.
mesh-witness-key = Куәгер кілті

## Register

register-title = Тізілім
register-title-for = { $asked } – Тізілім
facets = Нақтылау
facet-clause = Бағыт
facet-kind = Жазба түрі
facet-state = Мемлекет
facet-language = Тіл
facet-issuer = Жариялаған
facet-exchange = Алмасу
facet-visibility = Кім оқи алады
facet-apply = Қолдану
facet-more = { $count ->
    [one] Тағы { $shown }
   *[other] Тағы { $shown }
}
chosen = Таңдалған
chosen-remove = Алып тастау:
results = Табылғаны
found-n = { $count ->
    [one] { $shown } жазба
   *[other] { $shown } жазба
}
found-more = { $count ->
    [one] { $shown } жазбадан көп
   *[other] { $shown } жазбадан көп
}
order-best = Алдымен сәйкестері
order-newest = Алдымен жаңалары
page-first = Бірінші бет
page-next = Келесі бет
nothing-found = Ештеңе табылмады
nothing-found-do = Сөздерді азайтып, басқа тілде іздеп көріңіз немесе нақтылауларды алып тастаңыз.
nothing-found-all = Бүкіл тізілімді көрсету
wrong-question = Мұндай сұрауды орындау мүмкін емес
wrong-question-do = Кемінде бір сөз жазыңыз, бірақ тым көп емес.
exports = Бағдарламалар үшін:
exchange-offered = келісімшартпен алуға болады
visibility-open = барлығы
visibility-members = мүшелер
visibility-parties = аталған тараптар
visibility-sealed = әзірге ешкім
group-base = Негіздер
group-catalogue = Каталог
group-city = Қалалар
group-consultation = Консультациялар
group-events = Іс-шаралар
group-library = Кітапхана
group-networks = Байланыс желілері
group-privacy = Құпиялылық
group-projects = Жобалар
group-rules = Ережелер
group-skills = Дағдылар
group-trade = Сауда
badge-withdrawn = кері қайтарылған
badge-sealed = мөрленген
badge-members = мүшелерге
badge-parties = аталған тараптарға
badge-purged = мазмұны жойылған
badge-expired = енді күшінде емес
badge-early = әлі күшіне енбеген
badge-caught = тізілімнің тарихы қайшы

## Record

record-short = Қысқаша
record-says = Мазмұны
record-translations = Аудармалар
record-history = Тарихы
record-links = Байланыстар
record-origin = Шығу тегі
record-get = Қалай алуға болады
record-take = Өзіңізбен алып кету
record-instead = Сіздің тіліңізде мәтін жоқ. Көрсетілгені:
record-translated = аударма
record-origin-about = Жазбаға бет көрсеткені үшін емес, автордың қолтаңбасы мен басқалар да сақтайтын журналдағы орны үшін сенеді.
short-issuer = Жариялаған
short-issued = Күні
short-version = Нұсқа
short-from = Күшіне енуі
short-until = Дейін күшінде
short-languages = Тілдер
short-authentic = Теңтүпнұсқалы мәтіндер
short-visibility = Кім оқи алады
short-opened = Барлығына ашылған
short-mandate = Өкілеттік
withdrawn-title = Автор бұл жазбаны кері қайтарып алған
withdrawn-superseded = Ол ауыстырылған.
withdrawn-error = Қателесіп жарияланған.
withdrawn-law = Заң талап еткен.
withdrawn-personal-data = Онда дербес деректер болған.
withdrawn-expired = Мерзімі өткен.
withdrawn-other = Басқа себеппен.
replaced-title = Бұл жазба қайта шығарылған
replaced-by = Оның орнына:
caught-title = Бұл жазба тізілімінің тарихы қайшы
caught-about = Оның иесі екі тарихқа қол қойған. Бұрын оқылғаны әлі көрсетіледі, бірақ оның тарихтағы орны анық емес.
caught-see = Қол қойылған екі мәлімдемені көру
old-version-title = Бұл бұрынғы нұсқа
old-version-newest = Соңғысына, { $number }-нұсқаға өту
expired-title = Енді күшінде емес
expired-about = Жазбада көрсетілген мерзім өтті.
early-title = Әлі күшіне енбеген
early-about = Жазбада кейінгі мерзім көрсетілген.
stale-title = Бұл соңғы күй болмауы мүмкін
stale-about = Содан бері автордың тізілімі жауап берген жоқ. Мұнда көрсетілгені алынған кезде тексерілген.
body-sealed = Мөрленген
body-sealed-about = Автор мазмұнды бекіткен және оны кейін ашады. Оған дейін оны ешкім оқи да, өзгерте де алмайды.
body-members = Мүшелерге
body-members-about = Бұл жазбаның бар екенін бәрі көреді. Мазмұны мүшелерге алмасу арқылы беріледі.
body-parties = Аталған тараптарға
body-parties-about = Бұл жазбаның бар екенін бәрі көреді. Мазмұны автор атаған тараптарға алмасу арқылы беріледі.
body-purged = Жойылған
body-purged-about = Мазмұны автордың талабымен жойылған. Журнал жазбасы қалады және оның болғанын көрсетеді.
body-withdrawn = Кері қайтарылған
body-withdrawn-about = Мазмұны енді көрсетілмейді.
body-missing = Мұнда жоқ
body-missing-about = Бұл торапта жазбаның мазмұны жоқ.
get-by-exchange = Өз торабыңыздан алмасу арқылы сұраңыз:
get-about = { $count ->
    [0] Автордың торабы бұл деректерді алмасу арқылы, келісімшартпен береді.
    [one] Автордың торабы бұл деректерді алмасу арқылы, келісімшартпен береді. { $shown } ұсыныс күшінде.
   *[other] Автордың торабы бұл деректерді алмасу арқылы, келісімшартпен береді. { $shown } ұсыныс күшінде.
}
get-dataset = Алмасудағы жиынтық
get-address = Алмасу мекенжайы
translation-authentic = теңтүпнұсқалы
translation-official = ресми
translation-working = жұмыс
translation-machine = машиналық
translation-by = Аударған
translation-older = Жазбаның басқа нұсқасы үшін жасалған.
version-n = { $number }-нұсқа
version-first = Бірінші нұсқа.
version-same = Барлығына ашық мазмұнда ештеңе өзгерген жоқ.
change-before = Бұрын:
change-after = Енді:
links-from = Бұл жазба атайды
links-to = Бұл жазбаны атайтындар
rel-related = байланысты
rel-describedby = сипаттамасы
rel-replaces = ауыстырады
rel-source = бастапқы жазба
rel-target = туралы
proof-author = Қол қойған
proof-log = Тізілім
proof-place = Ондағы орны
proof-place-of = { $size } ішінен { $index }-нөмір
proof-hash = Жазба таңбасы
proof-checkpoint = Соңғы қол қойылған күй
proof-checked = Тізілім жауап берген
proof-cosigners = Қосыла қол қойғандар
proof-cosigners-none = тізілімнің өзінен басқа ешкім
proof-stamped = Уақыт белгісі
proof-stamped-size = уақыт қызметі { $size } жазбасы бар күйді куәландырған
proof-mirrors = Тағы сақталатын жері
proof-mirrors-none = бұл торап басқа жерді білмейді
holder-here = осы торап
holder-shown = көрсетті
holder-claimed = өзі айтады
verify-title = Өзіңіз тексеріңіз
verify-about = Бұл пәрмен бүкіл тізілімді оқып, әр қолтаңба мен әр байтты тексереді. Ол бұл торапқа сенбейді.
verify-key = Кілтті автор сізге басқа жолмен берген кілтпен салыстырыңыз.
cite = Дәйексөз
cite-form = { $who }. { $title }. { $version }-нұсқа ({ $day }). { $id }

## Тексеру

nav-verify = Тексеру
check-title = Жазбаны тексеру
check-lede = Қағаздағы кодтың мәтінін, жазбаның мекенжайын не сәйкестендіргішін қойыңыз немесе оның дәлелінің файлын таңдаңыз. Бұл торап оны өзі тексерген тізілімдермен салыстырып, не дәлелденгенін, не дәлелденбегенін айтады.
check-text = Код мәтіні, мекенжай немесе сәйкестендіргіш
check-do = Тексеру
check-file-title = Файлды тексеру
check-file = Жазбаның дәлелі (.record-proof)
check-file-about = Жазбасы бар әр торап оның дәлелін жазбаның бетінде береді.
check-body = Жазбаның мазмұны (JSON), егер сізде болса
check-kept = Файлдар тек тексеріледі, сақталмайды.
checked-good = Шынайы
checked-good-about = Бұл — автор қол қойған жазба, ол автордың тізілімінде тұр.
checked-past = Шынайы, бірақ енді бұл күйінде күшінде емес
checked-past-about = Бұл — автор қол қойған жазба. Содан бері бірдеңе өзгерген, жазбаны қараңыз.
checked-open = Мұны осы жерде анықтау мүмкін емес
checked-open-about = Қате ештеңе табылған жоқ, бірақ қорытындыға қажет нәрсе бұл торапқа белгісіз.
checked-broken = Шынайы емес
checked-broken-about = Көрсетілгені тізілімде тұрғанға сәйкес келмейді. Оған сенім артпаңыз.
checked-nothing = Бұл ешбір жазбаны көрсетпейді
checked-nothing-about = Мәтінді толық немесе жазбаның сәйкестендіргішін қойыңыз, не көлемі { $size } КБ-тан аспайтын дәлел файлын таңдаңыз.
checked-record = Жазба
checked-newest = Ең жаңа нұсқа
checked-word = Бұл — осы тораптың айтқаны. Ешбір торапқа сенім артқысы келмейтін адам дәлелді өзімен алып кетіп, желісіз тексереді:
standing-broken = Қате
standing-unknown = Белгісіз
standing-proven = Дәлелденген
standing-asserted = Тек автордың айтуынша
said-record = Шығарылған күні: { $issued }.
said-record-logged = Бұл — { $origin } тізілімі қол қойған { $size } журнал жазбасының ішінен { $index }-нөмір.
said-checkpoint-refused = Тізілімнің күйіне осы тізілімнің кілтімен қол қойылмаған.
said-record-not-logged = Ол өзі атаған тізілімде жоқ.
said-id-of-log = Оның сәйкестендіргіші осы тізілімге тиесілі.
said-id-of-log-unknown = Оның сәйкестендіргіші осы тізілімге тиесілі ме, мұны тек тізілімнің бірінші кілті көрсетер еді.
said-record-signed = Автор оған { $key } кілтімен қол қойған.
said-record-signed-unknown = Автор оған { $key } кілтімен қол қойды ма: торап тізілімді бұл жерге дейін әлі оқыған жоқ.
said-record-signed-broken = Оған { $key } кілтімен қол қойылмаған немесе кілт бұл жерде күшінде болмаған.
said-body-verified = Оның мазмұны — автор қол қойған мазмұн.
said-body-not-shown = Оның мазмұны мұнда жоқ, сондықтан тексерілмеді.
said-salt-not-shown = Оның мазмұны жабық, мұнда тексеру мүмкін емес.
said-body-wrong = Онымен бірге көрсетілген мәтін автор қол қойған мәтін емес.
said-kind-unknown = Мазмұны оқылмады: { $kind } түріндегі жазбалар мұнда белгісіз.
said-body-invalid = Оның мазмұны { $kind } түріндегі жазбаға қойылатын талапқа сай емес.
said-proof-malformed = Файл жазбаның дәлелі емес немесе бүлінген.
said-record-held = Тізілімнің бұл орнында торапта дәл осы жазба тұр.
said-record-held-broken = Тізілімнің бұл орнында торапта басқа жазба тұр.
said-log-not-held = Бұл торапта { $origin } тізілімі жоқ.
said-record-not-held = Бұл торапта { $id } жазбасының ондай нұсқасы жоқ.
said-record-not-published = Жазба қол қойылған тізілімге әлі енбеген. Сәл кейінірек қайталаңыз.
said-pointer-hash = Кодтағы таңба жазбаның таңбасына сәйкес келеді.
said-pointer-hash-broken = Кодтағы таңба жазбаның таңбасына сәйкес келмейді.
said-pointer-signature = Кодтағы қолтаңба жазбаның қолтаңбасына сәйкес келеді.
said-pointer-signature-broken = Кодтағы қолтаңба жазбаның қолтаңбасына сәйкес келмейді.
proof-file = Дәлел
record-code = Қағазға арналған код
record-code-about = Оны оқыған камера жазбаның шынайы ма, әлі күшінде ме екенін айтатын бетті ашады.
record-code-open = Осы жазбаны тексеру

## Body

body-eyebrow = Орган, ұйым
body-id = Сәйкестендіргіш
body-names = Басқа тілдердегі атаулары
body-state = Мемлекет
body-log = Тізілім
body-publishes = Не жариялайды
body-by-kind = Түрлері бойынша жазбалар
body-newest = Жаңа жазбалар
body-nothing = Әзірге ештеңе жарияланбаған
body-nothing-about = Жазбалар пайда болғанда осында болады.
body-offers = Алмасуда не ұсынады
body-offers-about = Бұл деректер екі торап арасындағы келісімшартпен беріледі.
body-offers-all = Барлық ұсыныстар
body-offers-none = Қазір барлығына ештеңе ұсынылмайды.
chart-share = Үлесі
chart-count = Жазбалар

## When there is no page

mishap-not-found = Мұндай бет жоқ
mishap-not-found-do = Мекенжай қате болуы немесе мұнда болғаны бұл торапта жоқ болуы мүмкін. Іздеп көріңіз:
mishap-wrong = Мекенжайды түсіну мүмкін болмады
mishap-wrong-do = Ол тым ұзын немесе жоқ нәрсені сұрайды. Басты беттен бастаңыз.
mishap-crowded = Сұраулар тым көп
mishap-crowded-do = Сіздің мекенжайыңыздан қысқа уақытта өте көп сұрау келді. Бірнеше секунд күтіп, бетті қайта ашыңыз.
mishap-broken = Торап қазір жауап бере алмайды
mishap-broken-do = Қате біздің тарапымыздан, ол жазып алынды. Бетті сәл кейінірек ашыңыз; сол жазбаларды басқа тораптардан да оқуға болады.
mishap-home = Басты бетке

## Gallery

gallery-title = Құрамдастар галереясы
gallery-about = Осы беттердің барлық құрамдастары, әрқайсысы барлық күйінде.

## States, official names

state-by = Беларусь Республикасы
state-in = Үндістан Республикасы
state-ir = Иран Ислам Республикасы
state-kz = Қазақстан Республикасы
state-cn = Қытай Халық Республикасы
state-kg = Қырғыз Республикасы
state-pk = Пәкістан Ислам Республикасы
state-ru = Ресей Федерациясы
state-tj = Тәжікстан Республикасы
state-uz = Өзбекстан Республикасы

## Languages

lang-ru = орыс тілі
lang-zh = қытай тілі
lang-en = ағылшын тілі
lang-be = беларусь тілі
lang-fa = парсы тілі
lang-hi = хинди
lang-kk = қазақ тілі
lang-ky = қырғыз тілі
lang-tg = тәжік тілі
lang-ur = урду
lang-uz = өзбек тілі
lang-und = тілі көрсетілмеген
