### Партал па-беларуску (чарнавік).

own-name = Беларуская
brand = Чапар

## Frame

skip = Перайсці да зместу
nav-rooms = Раздзелы
nav-home = Галоўная
nav-register = Рэестр
nav-mesh = Сетка
nav-languages = Мовы
nav-crumbs = Дзе вы знаходзіцеся
nav-pages = Старонкі
foot-about = Тут няма цэнтра: кожны орган гаворыць сам за сябе, а кожны вузел захоўвае і правярае тое, што пачуў.
foot-node = Гэты вузел:
foot-api = Для праграм
draft-title = Чарнавы пераклад
draft-about = Носьбіты мовы яшчэ не праверылі тэкст гэтых старонак.
copy = Капіраваць
copied = Скапіравана
print = Друк
yes = так
no = не
feed = Стужка новых запісаў

## Numbers, times

date-two-calendars = { $own } ({ $common })
date-with-zone = { $moment } { $zone }
age-seconds = { $shown } с таму
age-minutes = { $shown } хв таму
age-hours = { $shown } гадз таму
age-days = { $count ->
    [one] { $shown } дзень таму
    [few] { $shown } дні таму
   *[many] { $shown } дзён таму
}
records-n = { $count ->
    [one] { $shown } запіс
    [few] { $shown } запісы
   *[many] { $shown } запісаў
}
entries-n = { $count ->
    [one] { $shown } запіс журнала
    [few] { $shown } запісы журнала
   *[many] { $shown } запісаў журнала
}
list-more = { $count ->
    [one] і яшчэ { $shown } — у запісе для праграм
   *[many] і яшчэ { $shown } — у запісе для праграм
}
other-languages = { $count ->
    [one] Яшчэ на { $shown } мове
   *[many] Яшчэ на { $shown } мовах
}
stale = Апошні адказ: { $age }

## Home

home-title = Агульны рэестр лічбавага супрацоўніцтва
home-lede = Органы і арганізацыі розных дзяржаў публікуюць тут, што маюць, што плануюць і пра што пытаюцца. Кожны запіс падпісаны аўтарам і захоўваецца на многіх вузлах: ніхто не можа непрыкметна змяніць сказанае іншым.
search-label = Пошук па рэестры
search-hint = Даныя, паслугі, правілы…
search-do = Знайсці
figure-records = { $count ->
    [one] запіс
    [few] запісы
   *[many] запісаў
}
figure-states = { $count ->
    [one] дзяржава ахоплена
    [few] дзяржавы ахоплена
   *[many] дзяржаў ахоплена
}
figure-logs = { $count ->
    [one] рэестр захоўваецца тут
    [few] рэестры захоўваюцца тут
   *[many] рэестраў захоўваецца тут
}
home-clauses = Што ў рэестры
home-clauses-about = Па васьмі напрамках Заявы Савета кіраўнікоў дзяржаў – членаў ШАС аб умацаванні супрацоўніцтва ў сферы лічбавай эканомікі (Цяньцзінь, 1 верасня 2025 года).
clause-1 = Каардынацыя і дыялог у сферы палітыкі развіцця лічбавай эканомікі
clause-2 = Правілы і стандарты бяспекі даных, лічбавая інфраструктура, грамадскія паслугі
clause-3 = Праекты, лічбавая трансфармацыя, перадавыя тэхналогіі і навыкі
clause-4 = Сеткі сувязі і надзейны абмен данымі для гандлю
clause-5 = «Разумныя» гарады і лічбавыя паслугі
clause-6 = Вопыт і лепшыя практыкі: стандарты канфідэнцыяльнасці даных
clause-7 = Семінары, канферэнцыі, выставы і круглыя сталы
clause-8 = Аналітычныя цэнтры і навукова-даследчыя ўстановы
clause-none = Запісаў пакуль няма.
home-node = Гэты вузел
home-node-about = Вы чытаеце рэестр такім, якім яго захоўвае гэты вузел. Вузлы, якія люструюць адзін аднаго, захоўваюць адны і тыя ж запісы, і кожны адказвае сам за сябе.
node-address = Адрас
node-hosts = Органы і арганізацыі на гэтым вузле
node-federation = Ідзе за федэрацыяй
empty-node-title = Тут пакуль нічога не апублікавана
empty-node-about = Гэта новы вузел. Яго аператар можа пачаць з трох крокаў.
empty-node-participant = Прыняць орган, які будзе публікаваць:
empty-node-publish = Апублікаваць першы запіс:
empty-node-mirror = Люстраваць рэестр іншага вузла, каб яго запісы можна было чытаць тут:

## Members and mesh

members-title = Члены
members-about = У парадку, прынятым у Арганізацыі. Усе роўныя: кожны член вядзе свой рэестр, а астатнія захоўваюць яго люстэркі.
members-logs = Чые рэестры захоўваюцца тут
members-logs-about = Кожны орган вядзе свой рэестр. Гэты вузел люструе рэестры іншых і правярае кожны запіс.
ring-title = { $good } з { $all } рэестраў у парадку
ring-share = { $good } / { $all }
ring-word = у парадку
ring-caption = Рэестры і іх стан на гэтым вузле
ring-number = №
ring-member = Орган, арганізацыя
ring-state = Стан тут
ring-entries = Запісаў
ring-lag = Адставанне
ring-age = Апошні адказ
asked = апошні адказ
log-own = вядзецца тут
log-fresh = актуальны
log-behind = даганяе
log-silent = не адказвае
log-new = яшчэ не адказаў
log-held = прыпынены
log-discontinued = завершаны
log-caught = гісторыя супярэчлівая
log-missing = тут не люструецца
log-other-key = захоўваецца з іншым ключом
witnessed-enough = сведак дастаткова
witnessed-too-few = сведак недастаткова
mesh-title = Сетка
mesh-lede = Кожны рэестр захоўваецца больш чым у адным месцы. Тут відаць, якія рэестры захоўвае гэты вузел, наколькі яны свежыя, хто за іх ручаецца і што аказалася не так.
mesh-logs = Рэестры на гэтым вузле
mesh-logs-about = Памер і ўзрост — на момант адкрыцця старонкі. Той, хто заверыў кантрольную кропку, бачыў тую ж гісторыю, што і гэты вузел.
mesh-none = Рэестраў пакуль няма
mesh-none-about = На гэтым вузле няма ні ўдзельнікаў, ні люстэркаў.
log-owner = Орган, арганізацыя
log-state = Стан
log-in-catalogue = Запісаў у каталогу
log-lag = Яшчэ не атрымана
log-rejects = Адхілена як не запісы
log-successor = Працягваецца па адрасе
log-published = Апошняя кантрольная кропка з
log-address = Даступны па адрасе
log-technical = Адрас і ключ
log-key = Ключ
obstacle-title = Апошні зварот не ўдаўся
obstacle-network = Крыніца недаступная па сетцы. Тое, што захоўваецца тут, застаецца даступным з указаннем узросту.
obstacle-store = Вузел не змог прачытаць або запісаць уласнае сховішча.
obstacle-content = Крыніца адказала тым, што не адпавядае падпісанаму рэестрам. Нічога з гэтага не прынята.
fork-title = Падпісаны дзве гісторыі
fork-about = Уладальнік гэтага рэестра падпісаў сцвярджэнні, якія не могуць быць праўдзівымі адначасова. Яны прыведзены побач. Больш з яго нічога не прымаецца.
fork-note = Падпісанае сцвярджэнне { $number }
mesh-alarms = Трывогі
mesh-alarms-none = Не заўважана нічога, чаго не бывае ў сумленнага рэестра.
mesh-alarms-about = Тое, што ўбачыў гэты вузел, або тое, што паведамілі іншыя і што ён ацаніў толькі па падпісаных сцвярджэннях.
alarm-log = Рэестр
alarm-what = Што заўважана
alarm-verdict = Пэўнасць
alarm-seen = Упершыню заўважана
alarm-now = Зараз
alarm-fork = дзве гісторыі
alarm-inconsistent = сцвярджэнне супярэчыць само сабе
alarm-shrunken = крыніца паказвае ранейшы стан
alarm-wrong-tile = крыніца аддала неадпаведныя байты
verdict-proven = даказана
verdict-asserted = са слоў
verdict-unfounded = не пацверджана
verdict-unknown = невядома
alarm-cleared = спынілася
alarm-stands = дзейнічае
mesh-witness = Сведка гэтага вузла
mesh-witness-about = Вузел завярае кантрольныя кропкі іншых рэестраў, пераканаўшыся, што з іх нічога не вынята. Яго подпіс правяраюць гэтым ключом.
mesh-witness-key = Ключ сведкі

## Register

register-title = Рэестр
register-title-for = { $asked } – Рэестр
facets = Удакладніць
facet-clause = Напрамак
facet-kind = Від запісу
facet-state = Дзяржава
facet-language = Мова
facet-issuer = Кім апублікавана
facet-exchange = Абмен
facet-visibility = Хто можа чытаць
facet-apply = Ужыць
facet-more = { $count ->
    [one] Яшчэ { $shown }
   *[many] Яшчэ { $shown }
}
chosen = Выбрана
chosen-remove = Прыбраць:
results = Што знойдзена
found-n = { $count ->
    [one] { $shown } запіс
    [few] { $shown } запісы
   *[many] { $shown } запісаў
}
found-more = { $count ->
    [one] Больш за { $shown } запіс
   *[many] Больш за { $shown } запісаў
}
order-best = Спачатку прыдатныя
order-newest = Спачатку новыя
page-first = Першая старонка
page-next = Наступная старонка
nothing-found = Нічога не знойдзена
nothing-found-do = Паспрабуйце менш слоў, іншую мову або зніміце ўдакладненні.
nothing-found-all = Паказаць увесь рэестр
wrong-question = Такі запыт выканаць нельга
wrong-question-do = Напішыце хаця б адно слова, але не занадта многа слоў.
exports = Тое ж для праграм:
exchange-offered = даступна па дагаворы
visibility-open = усе
visibility-members = члены
visibility-parties = названыя бакі
visibility-sealed = пакуль ніхто
group-base = Асновы
group-catalogue = Каталог
group-city = Гарады
group-consultation = Кансультацыі
group-events = Мерапрыемствы
group-library = Бібліятэка
group-networks = Сеткі сувязі
group-privacy = Канфідэнцыяльнасць
group-projects = Праекты
group-rules = Правілы
group-skills = Навыкі
group-trade = Гандаль
badge-withdrawn = адклікана
badge-sealed = запячатана
badge-members = для членаў
badge-parties = для названых бакоў
badge-purged = змест выдалены
badge-expired = больш не дзейнічае
badge-early = яшчэ не дзейнічае
badge-caught = гісторыя рэестра супярэчлівая

## Record

record-short = Коратка
record-says = Змест
record-translations = Пераклады
record-history = Гісторыя
record-links = Сувязі
record-origin = Паходжанне
record-get = Як атрымаць
record-take = Узяць з сабой
record-instead = На вашай мове тэксту няма. Паказана:
record-translated = пераклад
record-origin-about = Запісу вераць дзякуючы подпісу аўтара і яго месцу ў журнале, які захоўваюць і іншыя, а не таму, што яго паказала старонка.
short-issuer = Кім апублікавана
short-issued = Дата
short-version = Версія
short-from = Дзейнічае з
short-until = Дзейнічае да
short-languages = Мовы
short-authentic = Аўтэнтычныя тэксты
short-visibility = Хто можа чытаць
short-opened = Адкрыта для ўсіх
short-mandate = Паўнамоцтвы
withdrawn-title = Аўтар адклікаў гэты запіс
withdrawn-superseded = Ён заменены.
withdrawn-error = Ён апублікаваны памылкова.
withdrawn-law = Гэтага запатрабаваў закон.
withdrawn-personal-data = У ім былі персанальныя даныя.
withdrawn-expired = Яго тэрмін скончыўся.
withdrawn-other = Па іншай прычыне.
replaced-title = Гэты запіс выпушчаны нанова
replaced-by = Замест яго:
caught-title = Гісторыя рэестра гэтага запісу супярэчлівая
caught-about = Яго ўладальнік падпісаў дзве гісторыі. Прачытанае раней па-ранейшаму паказана, але яго месца ў гісторыі не пэўнае.
caught-see = Паглядзець абодва падпісаныя сцвярджэнні
old-version-title = Гэта ранейшая версія
old-version-newest = Перайсці да апошняй, версіі { $number }
expired-title = Больш не дзейнічае
expired-about = Указаны ў запісе тэрмін скончыўся.
early-title = Яшчэ не дзейнічае
early-about = У запісе ўказаны пазнейшы тэрмін.
stale-title = Магчыма, гэта не апошні стан
stale-about = З таго часу рэестр аўтара не адказваў. Паказанае тут было праверана пры атрыманні.
body-sealed = Запячатана
body-sealed-about = Аўтар зафіксаваў змест і адкрые яго пазней. Да таго часу яго ніхто не можа ні прачытаць, ні змяніць.
body-members = Для членаў
body-members-about = Усе бачаць, што гэты запіс ёсць. Яго змест перадаецца членам праз абмен.
body-parties = Для названых бакоў
body-parties-about = Усе бачаць, што гэты запіс ёсць. Яго змест перадаецца праз абмен бакам, якіх назваў аўтар.
body-purged = Выдалена
body-purged-about = Змест выдалены па патрабаванні аўтара. Запіс журнала застаецца і паказвае, што ён быў.
body-withdrawn = Адклікана
body-withdrawn-about = Змест больш не паказваецца.
body-missing = Тут гэтага няма
body-missing-about = На гэтым вузле няма зместу запісу.
get-by-exchange = Запытайце праз абмен, са свайго вузла:
get-about = { $count ->
    [0] Вузел аўтара перадае гэтыя даныя праз абмен, па дагаворы.
    [one] Вузел аўтара перадае гэтыя даныя праз абмен, па дагаворы. Дзейнічае { $shown } прапанова.
    [few] Вузел аўтара перадае гэтыя даныя праз абмен, па дагаворы. Дзейнічаюць { $shown } прапановы.
   *[many] Вузел аўтара перадае гэтыя даныя праз абмен, па дагаворы. Дзейнічае { $shown } прапаноў.
}
get-dataset = Набор у абмене
get-address = Адрас абмену
translation-authentic = аўтэнтычны
translation-official = афіцыйны
translation-working = рабочы
translation-machine = машынны
translation-by = Перакладчык
translation-older = Зроблены для іншай версіі запісу.
version-n = Версія { $number }
version-first = Першая версія.
version-same = У тым, што даступна ўсім, нічога не змянілася.
change-before = Было:
change-after = Стала:
links-from = Гэты запіс называе
links-to = Гэты запіс называюць
rel-related = звязана з
rel-describedby = апісана ў
rel-replaces = замяняе
rel-source = крыніца
rel-target = пра запіс
proof-author = Падпісана
proof-log = Рэестр
proof-place = Месца ў ім
proof-place-of = нумар { $index } з { $size }
proof-hash = Адбітак запісу
proof-checkpoint = Апошні падпісаны стан з
proof-checked = Рэестр адказваў
proof-cosigners = Заверылі
proof-cosigners-none = ніхто, акрамя самога рэестра
proof-stamped = Пазнака часу
proof-stamped-size = служба часу заверыла стан з { $size } запісамі
proof-mirrors = Захоўваецца таксама
proof-mirrors-none = іншых месцаў гэты вузел не ведае
holder-here = гэты вузел
holder-shown = паказаў
holder-claimed = заяўляе
verify-title = Праверце самі
verify-about = Гэта каманда чытае ўвесь рэестр і правярае кожны подпіс і кожны байт. Гэтаму вузлу яна не давярае.
verify-key = Параўнайце ключ з тым, які аўтар перадаў вам іншым шляхам.
cite = Цытаваць
cite-form = { $who }. { $title }. Версія { $version } ({ $day }). { $id }

## Праверка

nav-verify = Праверка
check-title = Праверыць запіс
check-lede = Устаўце тэкст кода з паперы, адрас або ідэнтыфікатар запісу ці выберыце файл яго доказу. Гэты вузел зверыць іх з рэестрамі, якія ён праверыў, і скажа, што даказана, а што не.
check-text = Тэкст кода, адрас або ідэнтыфікатар
check-do = Праверыць
check-file-title = Праверыць файл
check-file = Доказ запісу (.record-proof)
check-file-about = Доказ выдае кожны вузел, у якога ёсць запіс, — на старонцы запісу.
check-body = Змест запісу (JSON), калі ён у вас ёсць
check-kept = Файлы толькі правяраюцца і не захоўваюцца.
checked-good = Сапраўдны
checked-good-about = Гэта тое, што падпісаў аўтар, і запіс стаіць у рэестры аўтара.
checked-past = Сапраўдны, але ў гэтым выглядзе ўжо не дзейнічае
checked-past-about = Гэта тое, што падпісаў аўтар. З таго часу нешта змянілася — гл. запіс.
checked-open = Тут гэта ўстанавіць нельга
checked-open-about = Нічога няправільнага не знойдзена, але тое, што патрэбна для вываду, гэтаму вузлу невядома.
checked-broken = Несапраўдны
checked-broken-about = Паказанае не супадае з тым, што стаіць у рэестры. Не спадзявайцеся на яго.
checked-nothing = Гэта не паказвае ні на які запіс
checked-nothing-about = Устаўце тэкст цалкам, ідэнтыфікатар запісу або выберыце файл доказу памерам не больш за { $size } КБ.
checked-record = Запіс
checked-newest = Найноўшая версія
checked-word = Так кажа гэты вузел. Хто не хоча спадзявацца ні на адзін вузел, бярэ доказ з сабой і правярае яго без сеткі:
standing-broken = Няправільна
standing-unknown = Невядома
standing-proven = Даказана
standing-asserted = Толькі са слоў аўтара
said-record = Выпушчаны { $issued }.
said-record-logged = Гэта нумар { $index } з { $size } запісаў журнала, якія падпісаў рэестр { $origin }.
said-checkpoint-refused = Стан рэестра падпісаны не ключом гэтага рэестра.
said-record-not-logged = Яго няма ў рэестры, які ён называе.
said-id-of-log = Яго ідэнтыфікатар належыць гэтаму рэестру.
said-id-of-log-unknown = Ці належыць яго ідэнтыфікатар гэтаму рэестру, паказаў бы толькі першы ключ рэестра.
said-record-signed = Аўтар падпісаў яго ключом { $key }.
said-record-signed-unknown = Ці падпісаў яго аўтар ключом { $key }: да гэтага месца вузел рэестр яшчэ не прачытаў.
said-record-signed-broken = Ключ { $key } яго не падпісваў або не дзейнічаў у гэтым месцы.
said-body-verified = Яго змест — тое, што падпісаў аўтар.
said-body-not-shown = Яго зместу тут няма, таму ён не правераны.
said-salt-not-shown = Яго змест закрыты, і праверыць яго тут нельга.
said-body-wrong = Паказаны з ім тэкст — не тое, што падпісаў аўтар.
said-kind-unknown = Змест не прачытаны: запісы віду { $kind } тут невядомыя.
said-body-invalid = Яго змест не такі, якім павінен быць у запісу віду { $kind }.
said-proof-malformed = Файл не з’яўляецца доказам запісу або пашкоджаны.
said-record-held = На гэтым месцы рэестра ў вузла стаіць той жа запіс.
said-record-held-broken = На гэтым месцы рэестра ў вузла стаіць іншы запіс.
said-log-not-held = У гэтага вузла няма рэестра { $origin }.
said-record-not-held = У гэтага вузла няма запісу { $id } у такой версіі.
said-record-not-published = Запіс яшчэ не ўвайшоў у падпісаны рэестр. Паўтарыце крыху пазней.
said-pointer-hash = Адбітак у кодзе супадае з адбіткам запісу.
said-pointer-hash-broken = Адбітак у кодзе не супадае з адбіткам запісу.
said-pointer-signature = Подпіс у кодзе супадае з подпісам запісу.
said-pointer-signature-broken = Подпіс у кодзе не супадае з подпісам запісу.
proof-file = Доказ
record-code = Код для паперы
record-code-about = Камера, якая прачытае яго, адкрые старонку, дзе сказана, ці сапраўдны запіс і ці дзейнічае ён.
record-code-open = Праверыць гэты запіс

## Body

body-eyebrow = Орган, арганізацыя
body-id = Ідэнтыфікатар
body-names = Назвы на іншых мовах
body-state = Дзяржава
body-log = Рэестр
body-publishes = Што публікуе
body-by-kind = Запісы па відах
body-newest = Новыя запісы
body-nothing = Пакуль нічога не апублікавана
body-nothing-about = Калі запісы з’явяцца, яны будуць тут.
body-offers = Што прапануе ў абмене
body-offers-about = Гэтыя даныя перадаюцца па дагаворы паміж двума вузламі.
body-offers-all = Усе прапановы
body-offers-none = Зараз для ўсіх нічога не прапануецца.
chart-share = Доля
chart-count = Запісаў

## When there is no page

mishap-not-found = Такой старонкі няма
mishap-not-found-do = Магчыма, адрас няправільны або таго, што тут было, на гэтым вузле няма. Знайдзіце гэта:
mishap-wrong = Адрас не ўдалося зразумець
mishap-wrong-do = Ён занадта доўгі або запытвае тое, чаго не бывае. Пачніце з галоўнай старонкі.
mishap-crowded = Занадта многа запытаў
mishap-crowded-do = З вашага адраса за кароткі час прыйшло вельмі многа запытаў. Пачакайце некалькі секунд і абнавіце старонку.
mishap-broken = Вузел зараз не можа адказаць
mishap-broken-do = Памылка на нашым баку, яна запісана. Абнавіце старонку крыху пазней; тыя ж запісы можна прачытаць і на іншых вузлах.
mishap-home = На галоўную старонку

## Gallery

gallery-title = Галерэя кампанентаў
gallery-about = Усе кампаненты гэтых старонак, кожны ва ўсіх станах.

## States, official names

state-by = Рэспубліка Беларусь
state-in = Рэспубліка Індыя
state-ir = Ісламская Рэспубліка Іран
state-kz = Рэспубліка Казахстан
state-cn = Кітайская Народная Рэспубліка
state-kg = Кыргызская Рэспубліка
state-pk = Ісламская Рэспубліка Пакістан
state-ru = Расійская Федэрацыя
state-tj = Рэспубліка Таджыкістан
state-uz = Рэспубліка Узбекістан

## Languages

lang-ru = руская
lang-zh = кітайская
lang-en = англійская
lang-be = беларуская
lang-fa = персідская
lang-hi = хіндзі
lang-kk = казахская
lang-ky = кыргызская
lang-tg = таджыкская
lang-ur = урду
lang-uz = узбекская
lang-und = мова не ўказана
