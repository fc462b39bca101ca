### Портал кыргыз тилинде (долбоор).

own-name = Кыргызча
brand = Чапар

## Frame

skip = Мазмунга өтүү
nav-rooms = Бөлүмдөр
nav-home = Башкы бет
nav-register = Реестр
nav-mesh = Тармак
nav-languages = Тилдер
nav-crumbs = Сиз кайдасыз
nav-pages = Беттер
foot-about = Бул жерде борбор жок: ар бир орган өз атынан сүйлөйт, ар бир түйүн укканын сактап, текшерет.
foot-node = Бул түйүн:
foot-api = Программалар үчүн
draft-title = Котормонун долбоору
draft-about = Бул беттердин текстин ушул тилде сүйлөгөндөр азырынча текшере элек.
copy = Көчүрүү
copied = Көчүрүлдү
print = Басып чыгаруу
yes = ооба
no = жок
feed = Жаңы жазуулардын тасмасы

## Numbers, times

date-two-calendars = { $own } ({ $common })
date-with-zone = { $moment } { $zone }
age-seconds = { $shown } сек мурун
age-minutes = { $shown } мүн мурун
age-hours = { $shown } саат мурун
age-days = { $count ->
    [one] { $shown } күн мурун
   *[other] { $shown } күн мурун
}
records-n = { $count ->
    [one] { $shown } жазуу
   *[other] { $shown } жазуу
}
entries-n = { $count ->
    [one] { $shown } журнал жазуусу
   *[other] { $shown } журнал жазуусу
}
list-more = { $count ->
    [one] жана дагы { $shown }, программалар үчүн жазууда
   *[other] жана дагы { $shown }, программалар үчүн жазууда
}
other-languages = { $count ->
    [one] Дагы { $shown } тилде
   *[other] Дагы { $shown } тилде
}
stale = Акыркы жооп: { $age }

## Home

home-title = Санариптик кызматташтыктын жалпы реестри
home-lede = Ар кайсы мамлекеттердин органдары бул жерде эмнеси барын, эмнени пландап жатканын жана эмнени сураарын жарыялайт. Ар бир жазууга автору кол койгон жана аны көп түйүндөр сактайт: эч ким башканын айтканын билгизбей өзгөртө албайт.
search-label = Реестрден издөө
search-hint = Маалыматтар, кызматтар…
search-do = Издөө
figure-records = { $count ->
    [one] жазуу
   *[other] жазуу
}
figure-states = { $count ->
    [one] мамлекет камтылган
   *[other] мамлекет камтылган
}
figure-logs = { $count ->
    [one] реестр ушул жерде сакталат
   *[other] реестр ушул жерде сакталат
}
home-clauses = Реестрде эмне бар
home-clauses-about = ШКУга мүчө мамлекеттердин башчылар кеңешинин санариптик экономика чөйрөсүндөгү кызматташтыкты чыңдоо жөнүндө билдирүүсүнүн сегиз багыты боюнча (Тяньцзинь, 2025-жылдын 1-сентябры).
clause-1 = Санариптик экономика саясатын координациялоо жана диалог
clause-2 = Маалымат коопсуздугунун эрежелери жана стандарттары, санариптик инфраструктура, коомдук кызматтар
clause-3 = Долбоорлор, санариптик трансформация, алдыңкы технологиялар жана көндүмдөр
clause-4 = Байланыш тармактары жана соода үчүн ишенимдүү маалымат алмашуу
clause-5 = «Акылдуу» шаарлар жана санариптик кызматтар
clause-6 = Маалыматтын купуялуулук стандарттары боюнча тажрыйба жана мыкты практикалар
clause-7 = Семинарлар, конференциялар, көргөзмөлөр жана тегерек столдор
clause-8 = Аналитикалык борборлор жана илимий-изилдөө мекемелери
clause-none = Азырынча жазуу жок.
home-node = Бул түйүн
home-node-about = Сиз реестрди ушул түйүн сактаган түрүндө окуп жатасыз. Бири-бирин күзгүлөгөн түйүндөр ошол эле жазууларды сактайт, ар бири өзү үчүн жооп берет.
node-address = Дарек
node-hosts = Бул түйүндөгү органдар
node-federation = Төмөнкү федерацияга ээрчийт
empty-node-title = Бул жерде азырынча эч нерсе жарыялана элек
empty-node-about = Бул жаңы түйүн. Анын оператору үч кадамдан баштай алат.
empty-node-participant = Жарыялай турган органды кабыл алуу:
empty-node-publish = Биринчи жазууну жарыялоо:
empty-node-mirror = Башка түйүндүн реестрин күзгүлөө, анын жазуулары ушул жерден окулушу үчүн:

## Members and mesh

members-title = Мүчөлөр
members-about = Уюмда кабыл алынган тартипте. Баары тең: ар бир мүчө өз реестрин жүргүзөт, калгандары анын күзгүсүн сактайт.
members-logs = Бул жерде кимдин реестрлери сакталат
members-logs-about = Ар бир орган өз реестрин жүргүзөт. Бул түйүн башкалардын реестрлерин күзгүлөп, ар бир жазууну текшерет.
ring-title = { $all } реестрдин { $good } иретинде
ring-share = { $good } / { $all }
ring-word = иретинде
ring-caption = Реестрлер жана алардын бул түйүндөгү абалы
ring-number = №
ring-member = Орган, уюм
ring-state = Бул жердеги абалы
ring-entries = Жазуулар
ring-lag = Артта калуу
ring-age = Акыркы жооп
asked = акыркы жооп
log-own = ушул жерде жүргүзүлөт
log-fresh = актуалдуу
log-behind = жетип келе жатат
log-silent = жооп бербейт
log-new = али жооп бере элек
log-held = токтотулган
log-discontinued = аяктаган
log-caught = тарыхы карама-каршы
log-missing = бул жерде күзгүлөнбөйт
log-other-key = башка ачкыч менен сакталат
witnessed-enough = күбөлөр жетиштүү
witnessed-too-few = күбөлөр жетишсиз
mesh-title = Тармак
mesh-lede = Ар бир реестр бир нече жерде сакталат. Бул жерде ушул түйүн кайсы реестрлерди сактаары, алар канчалык жаңы экени, ким кепил болоору жана эмне туура эмес болуп чыкканы көрүнөт.
mesh-logs = Бул түйүндөгү реестрлер
mesh-logs-about = Көлөмү жана мөөнөтү бет ачылган учурга карата. Көзөмөл чекитине кошо кол койгон тарап ушул түйүн көргөн тарыхты көргөн.
mesh-none = Азырынча реестр жок
mesh-none-about = Бул түйүндө катышуучулар да, күзгүлөр да жок.
log-owner = Орган, уюм
log-state = Абалы
log-in-catalogue = Каталогдогу жазуулар
log-lag = Али алынган жок
log-rejects = Жазуу эмес деп четке кагылган
log-successor = Төмөнкү даректе улантылат
log-published = Акыркы көзөмөл чекити
log-address = Жеткиликтүү дарек
log-technical = Дареги жана ачкычы
log-key = Ачкыч
obstacle-title = Акыркы кайрылуу ийгиликсиз болду
obstacle-network = Булакка тармак аркылуу жетүү мүмкүн эмес. Бул жерде сакталганы мөөнөтү көрсөтүлүп, окууга ачык калат.
obstacle-store = Түйүн өз кампасын окуй же жаза алган жок.
obstacle-content = Булактын жообу реестр кол койгонго дал келбейт. Андан эч нерсе кабыл алынган жок.
fork-title = Эки тарыхка кол коюлган
fork-about = Бул реестрдин ээси бир убакта чын боло албаган билдирүүлөргө кол койгон. Алар катар келтирилген. Мындан ары андан эч нерсе кабыл алынбайт.
fork-note = Кол коюлган билдирүү { $number }
mesh-alarms = Коңгуроолор
mesh-alarms-none = Чынчыл реестрде болбой турган эч нерсе байкалган жок.
mesh-alarms-about = Ушул түйүн көргөн же башкалар билдирип, түйүн кол коюлган билдирүүлөр боюнча гана баалаган нерселер.
alarm-log = Реестр
alarm-what = Эмне байкалды
alarm-verdict = Аныктыгы
alarm-seen = Биринчи жолу байкалган
alarm-now = Азыр
alarm-fork = эки тарых
alarm-inconsistent = билдирүү өзүнө каршы
alarm-shrunken = булак эски абалды көрсөтөт
alarm-wrong-tile = булак дал келбеген байттарды берди
verdict-proven = далилденген
verdict-asserted = айтуу боюнча
verdict-unfounded = негизсиз
verdict-unknown = белгисиз
alarm-cleared = токтогон
alarm-stands = күчүндө
mesh-witness = Бул түйүндүн күбөсү
mesh-witness-about = Түйүн башка реестрлерден эч нерсе алынбаганына ынанып, алардын көзөмөл чекиттерине кошо кол коёт. Анын кол тамгасын ушул ачкыч менен текшеришет.
mesh-witness-key = Күбөнүн ачкычы

## Register

register-title = Реестр
register-title-for = { $asked } – Реестр
facets = Тактоо
facet-clause = Багыт
facet-kind = Жазуунун түрү
facet-state = Мамлекет
facet-language = Тил
facet-issuer = Жарыялаган
facet-exchange = Алмашуу
facet-visibility = Ким окуй алат
facet-apply = Колдонуу
facet-more = { $count ->
    [one] Дагы { $shown }
   *[other] Дагы { $shown }
}
chosen = Тандалган
chosen-remove = Алып салуу:
results = Табылганы
found-n = { $count ->
    [one] { $shown } жазуу
   *[other] { $shown } жазуу
}
found-more = { $count ->
    [one] { $shown } жазуудан көп
   *[other] { $shown } жазуудан көп
}
order-best = Адегенде ылайыктуулары
order-newest = Адегенде жаңылары
page-first = Биринчи бет
page-next = Кийинки бет
nothing-found = Эч нерсе табылган жок
nothing-found-do = Сөздөрдү азайтып, башка тилде издеп көрүңүз же тактоолорду алып салыңыз.
nothing-found-all = Бүт реестрди көрсөтүү
wrong-question = Мындай суроо-талапты аткарууга болбойт
wrong-question-do = Жок дегенде бир сөз жазыңыз, бирок өтө көп эмес.
exports = Программалар үчүн:
exchange-offered = келишим менен алса болот
visibility-open = баары
visibility-members = мүчөлөр
visibility-parties = аталган тараптар
visibility-sealed = азырынча эч ким
group-base = Негиздер
group-catalogue = Каталог
group-city = Шаарлар
group-consultation = Консультациялар
group-events = Иш-чаралар
group-library = Китепкана
group-networks = Байланыш тармактары
group-privacy = Купуялуулук
group-projects = Долбоорлор
group-rules = Эрежелер
group-skills = Көндүмдөр
group-trade = Соода
badge-withdrawn = кайтарып алынган
badge-sealed = мөөрлөнгөн
badge-members = мүчөлөр үчүн
badge-parties = аталган тараптар үчүн
badge-purged = мазмуну өчүрүлгөн
badge-expired = мындан ары күчүндө эмес
badge-early = али күчүнө кире элек
badge-caught = реестрдин тарыхы карама-каршы

## Record

record-short = Кыскача
record-says = Мазмуну
record-translations = Котормолор
record-history = Тарыхы
record-links = Байланыштар
record-origin = Келип чыгышы
record-get = Кантип алса болот
record-take = Өзүңүз менен алып кетүү
record-instead = Сиздин тилде текст жок. Көрсөтүлгөнү:
record-translated = котормо
record-origin-about = Жазууга бет көрсөткөнү үчүн эмес, автордун кол тамгасы жана башкалар да сактаган журналдагы орду үчүн ишенишет.
short-issuer = Жарыялаган
short-issued = Күнү
short-version = Версия
short-from = Күчүнө кириши
short-until = Күчүндө болушу
short-languages = Тилдер
short-authentic = Аутенттүү тексттер
short-visibility = Ким окуй алат
short-opened = Баарына ачылган
short-mandate = Ыйгарым укук
withdrawn-title = Автор бул жазууну кайтарып алган
withdrawn-superseded = Ал алмаштырылган.
withdrawn-error = Жаңылыштык менен жарыяланган.
withdrawn-law = Мыйзам талап кылган.
withdrawn-personal-data = Анда жеке маалыматтар болгон.
withdrawn-expired = Мөөнөтү өткөн.
withdrawn-other = Башка себептен.
replaced-title = Бул жазуу кайра чыгарылган
replaced-by = Анын ордуна:
caught-title = Бул жазуунун реестринин тарыхы карама-каршы
caught-about = Анын ээси эки тарыхка кол койгон. Мурда окулганы дагы эле көрсөтүлөт, бирок анын тарыхтагы орду анык эмес.
caught-see = Кол коюлган эки билдирүүнү көрүү
old-version-title = Бул мурунку версия
old-version-newest = Акыркысына, { $number }-версияга өтүү
expired-title = Мындан ары күчүндө эмес
expired-about = Жазууда көрсөтүлгөн мөөнөт өттү.
early-title = Али күчүнө кире элек
early-about = Жазууда кийинки мөөнөт көрсөтүлгөн.
stale-title = Бул акыркы абал эмес болушу мүмкүн
stale-about = Андан бери автордун реестри жооп берген жок. Бул жерде көрсөтүлгөнү алынганда текшерилген.
body-sealed = Мөөрлөнгөн
body-sealed-about = Автор мазмунду бекиткен жана аны кийин ачат. Ага чейин аны эч ким окуй да, өзгөртө да албайт.
body-members = Мүчөлөр үчүн
body-members-about = Бул жазуунун бар экенин баары көрөт. Мазмуну мүчөлөргө алмашуу аркылуу берилет.
body-parties = Аталган тараптар үчүн
body-parties-about = Бул жазуунун бар экенин баары көрөт. Мазмуну автор атаган тараптарга алмашуу аркылуу берилет.
body-purged = Өчүрүлгөн
body-purged-about = Мазмуну автордун талабы менен өчүрүлгөн. Журнал жазуусу калат жана анын болгонун көрсөтөт.
body-withdrawn = Кайтарып алынган
body-withdrawn-about = Мазмуну мындан ары көрсөтүлбөйт.
body-missing = Бул жерде жок
body-missing-about = Бул түйүндө жазуунун мазмуну жок.
get-by-exchange = Өз түйүнүңүздөн алмашуу аркылуу сураңыз:
get-about = { $count ->
    [0] Автордун түйүнү бул маалыматтарды алмашуу аркылуу, келишим менен берет.
    [one] Автордун түйүнү бул маалыматтарды алмашуу аркылуу, келишим менен берет. { $shown } сунуш күчүндө.
   *[other] Автордун түйүнү бул маалыматтарды алмашуу аркылуу, келишим менен берет. { $shown } сунуш күчүндө.
}
get-dataset = Алмашуудагы топтом
get-address = Алмашуу дареги
translation-authentic = аутенттүү
translation-official = расмий
translation-working = жумушчу
translation-machine = машиналык
translation-by = Которгон
translation-older = Жазуунун башка версиясы үчүн жасалган.
version-n = { $number }-версия
version-first = Биринчи версия.
version-same = Баарына ачык мазмунда эч нерсе өзгөргөн жок.
change-before = Мурда:
change-after = Эми:
links-from = Бул жазуу атайт
links-to = Бул жазууну атагандар
rel-related = байланыштуу
rel-describedby = сыпаттамасы
rel-replaces = алмаштырат
rel-source = баштапкы жазуу
rel-target = жөнүндө
proof-author = Кол койгон
proof-log = Реестр
proof-place = Андагы орду
proof-place-of = { $size } ичинен { $index }-номер
proof-hash = Жазуунун изи
proof-checkpoint = Акыркы кол коюлган абал
proof-checked = Реестр жооп берген
proof-cosigners = Кошо кол койгондор
proof-cosigners-none = реестрдин өзүнөн башка эч ким
proof-stamped = Убакыт белгиси
proof-stamped-size = убакыт кызматы { $size } жазуусу бар абалды күбөлөндүргөн
proof-mirrors = Дагы сакталган жери
proof-mirrors-none = бул түйүн башка жерди билбейт
holder-here = ушул түйүн
holder-shown = көрсөттү
holder-claimed = өзү айтат
verify-title = Өзүңүз текшериңиз
verify-about = Бул буйрук бүт реестрди окуп, ар бир кол тамганы жана ар бир байтты текшерет. Ал бул түйүнгө ишенбейт.
verify-key = Ачкычты автор сизге башка жол менен берген ачкыч менен салыштырыңыз.
cite = Цитата келтирүү
cite-form = { $who }. { $title }. { $version }-версия ({ $day }). { $id }

## Текшерүү

nav-verify = Текшерүү
check-title = Жазууну текшерүү
check-lede = Кагаздагы коддун текстин, жазуунун дарегин же идентификаторун коюңуз, же анын далилинин файлын тандаңыз. Бул түйүн аны өзү текшерген реестрлер менен салыштырып, эмне далилденгенин жана эмне далилденбегенин айтат.
check-text = Коддун тексти, дарек же идентификатор
check-do = Текшерүү
check-file-title = Файлды текшерүү
check-file = Жазуунун далили (.record-proof)
check-file-about = Жазуусу бар ар бир түйүн анын далилин жазуунун бетинде берет.
check-body = Жазуунун мазмуну (JSON), эгер сизде болсо
check-kept = Файлдар текшерилет гана, сакталбайт.
checked-good = Чыныгы
checked-good-about = Бул автор кол койгон жазуу, ал автордун реестринде турат.
checked-past = Чыныгы, бирок мындан ары бул түрүндө күчүндө эмес
checked-past-about = Бул автор кол койгон жазуу. Андан бери бир нерсе өзгөргөн, жазууну караңыз.
checked-open = Муну бул жерде аныктоого болбойт
checked-open-about = Туура эмес эч нерсе табылган жок, бирок корутундуга керектүү нерсе бул түйүнгө белгисиз.
checked-broken = Чыныгы эмес
checked-broken-about = Көрсөтүлгөнү реестрде турганга дал келбейт. Ага таянбаңыз.
checked-nothing = Бул эч бир жазууну көрсөтпөйт
checked-nothing-about = Текстти толугу менен же жазуунун идентификаторун коюңуз, же көлөмү { $size } КБдан ашпаган далил файлын тандаңыз.
checked-record = Жазуу
checked-newest = Эң жаңы версия
checked-word = Бул ушул түйүндүн айтканы. Эч бир түйүнгө таянгысы келбеген адам далилди өзү менен алып кетип, тармаксыз текшерет:
standing-broken = Туура эмес
standing-unknown = Белгисиз
standing-proven = Далилденген
standing-asserted = Автордун гана айтуусу боюнча
said-record = Чыгарылган күнү: { $issued }.
said-record-logged = Бул { $origin } реестри кол койгон { $size } журнал жазуусунун ичинен { $index }-номер.
said-checkpoint-refused = Реестрдин абалына ушул реестрдин ачкычы менен кол коюлган эмес.
said-record-not-logged = Ал өзү атаган реестрде жок.
said-id-of-log = Анын идентификатору ушул реестрге таандык.
said-id-of-log-unknown = Анын идентификатору ушул реестрге таандыкпы, муну реестрдин биринчи ачкычы гана көрсөтмөк.
said-record-signed = Автор ага { $key } ачкычы менен кол койгон.
said-record-signed-unknown = Автор ага { $key } ачкычы менен кол койгонбу: түйүн реестрди бул жерге чейин али окуй элек.
said-record-signed-broken = Ага { $key } ачкычы менен кол коюлган эмес же ачкыч бул жерде күчүндө болгон эмес.
said-body-verified = Анын мазмуну автор кол койгондун өзү.
said-body-not-shown = Анын мазмуну бул жерде жок, ошондуктан текшерилген жок.
said-salt-not-shown = Анын мазмуну жабык, аны бул жерде текшерүүгө болбойт.
said-body-wrong = Аны менен кошо көрсөтүлгөн текст автор кол койгон текст эмес.
said-kind-unknown = Мазмуну окулган жок: { $kind } түрүндөгү жазуулар бул жерде белгисиз.
said-body-invalid = Анын мазмуну { $kind } түрүндөгү жазууга коюлган талапка жооп бербейт.
said-proof-malformed = Файл жазуунун далили эмес же бузулган.
said-record-held = Реестрдин бул ордунда түйүндө дал ушул жазуу турат.
said-record-held-broken = Реестрдин бул ордунда түйүндө башка жазуу турат.
said-log-not-held = Бул түйүндө { $origin } реестри жок.
said-record-not-held = Бул түйүндө { $id } жазуусунун андай версиясы жок.
said-record-not-published = Жазуу кол коюлган реестрге али кире элек. Бир аздан кийин кайталаңыз.
said-pointer-hash = Коддогу из жазуунун изине дал келет.
said-pointer-hash-broken = Коддогу из жазуунун изине дал келбейт.
said-pointer-signature = Коддогу кол тамга жазуунун кол тамгасына дал келет.
said-pointer-signature-broken = Коддогу кол тамга жазуунун кол тамгасына дал келбейт.
proof-file = Далил
record-code = Кагаз үчүн код
record-code-about = Аны окуган камера жазуу чыныгыбы жана дагы эле күчүндөбү, ошону айткан бетти ачат.
record-code-open = Бул жазууну текшерүү

## Body

body-eyebrow = Орган, уюм
body-id = Идентификатор
body-names = Башка тилдердеги аталыштары
body-state = Мамлекет
body-log = Реестр
body-publishes = Эмнени жарыялайт
body-by-kind = Түрлөрү боюнча жазуулар
body-newest = Жаңы жазуулар
body-nothing = Азырынча эч нерсе жарыялана элек
body-nothing-about = Жазуулар пайда болгондо ушул жерде болот.
body-offers = Алмашууда эмнени сунуштайт
body-offers-about = Бул маалыматтар эки түйүндүн ортосундагы келишим менен берилет.
body-offers-all = Бардык сунуштар
body-offers-none = Азыр баарына эч нерсе сунушталбайт.
chart-share = Үлүшү
chart-count = Жазуулар

## When there is no page

mishap-not-found = Мындай бет жок
mishap-not-found-do = Дарек туура эмес болушу же мурда болгону бул түйүндө жок болушу мүмкүн. Издеп көрүңүз:
mishap-wrong = Даректи түшүнүү мүмкүн болгон жок
mishap-wrong-do = Ал өтө узун же жок нерсени сурайт. Башкы беттен баштаңыз.
mishap-crowded = Суроо-талаптар өтө көп
mishap-crowded-do = Сиздин даректен кыска убакытта абдан көп суроо-талап келди. Бир нече секунд күтүп, бетти кайра ачыңыз.
mishap-broken = Түйүн азыр жооп бере албайт
mishap-broken-do = Ката биздин тараптан, ал жазылып алынды. Бетти бир аздан кийин ачыңыз; ошол эле жазууларды башка түйүндөрдөн да окуса болот.
mishap-home = Башкы бетке

## Gallery

gallery-title = Компоненттердин галереясы
gallery-about = Бул беттердин бардык компоненттери, ар бири бардык абалында.

## States, official names

state-by = Беларусь Республикасы
state-in = Индия Республикасы
state-ir = Иран Ислам Республикасы
state-kz = Казакстан Республикасы
state-cn = Кытай Эл Республикасы
state-kg = Кыргыз Республикасы
state-pk = Пакистан Ислам Республикасы
state-ru = Россия Федерациясы
state-tj = Тажикстан Республикасы
state-uz = Өзбекстан Республикасы

## Languages

lang-ru = орус тили
lang-zh = кытай тили
lang-en = англис тили
lang-be = беларус тили
lang-fa = перс тили
lang-hi = хинди
lang-kk = казак тили
lang-ky = кыргыз тили
lang-tg = тажик тили
lang-ur = урду
lang-uz = өзбек тили
lang-und = тили көрсөтүлгөн эмес
