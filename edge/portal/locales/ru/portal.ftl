### Портал по-русски.

own-name = Русский
brand = Чапар

## Рамка

skip = Перейти к содержанию
nav-rooms = Разделы
nav-home = Главная
nav-register = Реестр
nav-mesh = Сеть
nav-languages = Языки
nav-crumbs = Где вы находитесь
nav-pages = Страницы
foot-about = Здесь нет центра: каждый орган говорит сам за себя, а каждый узел хранит и проверяет то, что услышал.
foot-node = Этот узел:
foot-api = Для программ
draft-title = Черновой перевод
draft-about = Носители языка ещё не проверили текст этих страниц.
copy = Копировать
copied = Скопировано
print = Печать
yes = да
no = нет
feed = Лента новых записей

## Числа, время

date-two-calendars = { $own } ({ $common })
date-with-zone = { $moment } { $zone }
age-seconds = { $shown } с назад
age-minutes = { $shown } мин назад
age-hours = { $shown } ч назад
age-days = { $count ->
    [one] { $shown } день назад
    [few] { $shown } дня назад
   *[many] { $shown } дней назад
}
records-n = { $count ->
    [one] { $shown } запись
    [few] { $shown } записи
   *[many] { $shown } записей
}
entries-n = { $count ->
    [one] { $shown } запись журнала
    [few] { $shown } записи журнала
   *[many] { $shown } записей журнала
}
list-more = { $count ->
    [one] и ещё { $shown } — в записи для программ
    [few] и ещё { $shown } — в записи для программ
   *[many] и ещё { $shown } — в записи для программ
}
other-languages = { $count ->
    [one] Ещё на { $shown } языке
    [few] Ещё на { $shown } языках
   *[many] Ещё на { $shown } языках
}
stale = Последний ответ: { $age }

## Главная

home-title = Общий реестр цифрового сотрудничества
home-lede = Органы и организации разных государств публикуют здесь, чем располагают, что планируют и о чём спрашивают. Каждая запись подписана автором и хранится на каждом узле, который её зеркалирует: никто не может незаметно изменить сказанное другим.
search-label = Поиск по реестру
search-hint = Данные, услуги, правила…
search-do = Найти
figure-records = { $count ->
    [one] запись
    [few] записи
   *[many] записей
}
figure-states = { $count ->
    [one] государство охвачено
    [few] государства охвачено
   *[many] государств охвачено
}
figure-logs = { $count ->
    [one] реестр хранится здесь
    [few] реестра хранится здесь
   *[many] реестров хранится здесь
}
home-clauses = Что в реестре
home-clauses-about = По восьми направлениям Заявления Совета глав государств – членов ШОС об укреплении сотрудничества в сфере цифровой экономики (Тяньцзинь, 1 сентября 2025 года).
clause-1 = Координация и диалог в сфере политики по развитию цифровой экономики
clause-2 = Правила и стандарты безопасности данных, цифровая инфраструктура, общественные услуги
clause-3 = Проекты, цифровая трансформация, передовые технологии и навыки
clause-4 = Сети связи и надёжный обмен данными для торговли
clause-5 = «Умные» города и цифровые услуги
clause-6 = Опыт и лучшие практики: стандарты конфиденциальности данных
clause-7 = Семинары, конференции, выставки и круглые столы
clause-8 = Аналитические центры и научно-исследовательские учреждения
clause-none = Записей пока нет.
home-node = Этот узел
home-node-about = Вы читаете реестр таким, каким его хранит этот узел. Узлы, которые зеркалируют друг друга, хранят одни и те же записи, и каждый отвечает сам за себя.
node-address = Адрес
node-hosts = Органы и организации на этом узле
node-federation = Следует федерации
empty-node-title = Здесь пока ничего не опубликовано
empty-node-about = Это новый узел. Его оператор может начать с трёх шагов.
empty-node-participant = Принять орган или организацию, которые будут публиковать:
empty-node-publish = Опубликовать первую запись:
empty-node-mirror = Зеркалировать реестр другого узла, чтобы его записи можно было читать здесь:

## Члены и сеть

members-title = Члены
members-about = В порядке, принятом в Организации. Все равны: каждый член ведёт свой реестр, а остальные хранят его зеркала.
members-logs = Чьи реестры хранятся здесь
members-logs-about = Каждый орган ведёт свой реестр. Этот узел зеркалирует реестры других и проверяет каждую запись.
ring-title = { $good } из { $all } реестров в порядке
ring-share = { $good } / { $all }
ring-word = в порядке
ring-caption = Реестры и их состояние на этом узле
ring-number = №
ring-member = Орган, организация
ring-state = Состояние здесь
ring-entries = Записей
ring-lag = Отставание
ring-age = Последний ответ
asked = последний ответ
log-own = ведётся здесь
log-fresh = актуален
log-behind = догоняет
log-silent = не отвечает
log-new = ещё не ответил
log-held = приостановлен
log-discontinued = завершён
log-caught = история противоречива
log-missing = здесь не зеркалируется
log-other-key = хранится с другим ключом
witnessed-enough = свидетелей достаточно
witnessed-too-few = свидетелей недостаточно
mesh-title = Сеть
mesh-lede = Узлы хранят копии реестров друг друга. Здесь видно, какие реестры хранит этот узел, насколько они свежи, кто за них ручается и что оказалось не так.
mesh-logs = Реестры на этом узле
mesh-logs-about = Размер и возраст — на момент открытия страницы. Тот, кто заверил контрольную точку, видел ту же историю, что и этот узел.
mesh-none = Реестров пока нет
mesh-none-about = На этом узле нет ни участников, ни зеркал.
log-owner = Орган, организация
log-state = Состояние
log-in-catalogue = Записей в каталоге
log-lag = Ещё не получено
log-rejects = Отклонено как не записи
log-successor = Продолжается по адресу
log-published = Последняя контрольная точка с
log-address = Доступен по адресу
log-technical = Адрес и ключ
log-key = Ключ
obstacle-title = Последнее обращение не удалось
obstacle-network = Источник недоступен по сети. То, что хранится здесь, остаётся доступным с указанием возраста.
obstacle-store = Узел не смог прочитать или записать собственное хранилище.
obstacle-content = Источник ответил тем, что не соответствует подписанному реестром. Ничего из этого не принято.
fork-title = Подписаны две истории
fork-about = Владелец этого реестра подписал утверждения, которые не могут быть верны одновременно. Они приведены рядом. Больше из него ничего не принимается.
fork-note = Подписанное утверждение { $number }
mesh-alarms = Тревоги
mesh-alarms-none = Не замечено ничего, чего не бывает у честного реестра.
mesh-alarms-about = То, что увидел этот узел, или то, что сообщили другие и что он оценил только по подписанным утверждениям.
alarm-log = Реестр
alarm-what = Что замечено
alarm-verdict = Достоверность
alarm-seen = Впервые замечено
alarm-now = Сейчас
alarm-fork = две истории
alarm-inconsistent = утверждение противоречит само себе
alarm-shrunken = источник показывает прежнее состояние
alarm-wrong-tile = источник отдал неподходящие байты
verdict-proven = доказано
verdict-asserted = со слов
verdict-unfounded = не подтверждено
verdict-unknown = неизвестно
alarm-cleared = прекратилось
alarm-stands = действует
mesh-witness = Свидетель этого узла
mesh-witness-about = Узел заверяет контрольные точки других реестров, убедившись, что из них ничего не изъято. Его подпись проверяют этим ключом.
mesh-witness-key = Ключ свидетеля

## Реестр

register-title = Реестр
register-title-for = { $asked } – Реестр
facets = Уточнить
facet-clause = Направление
facet-kind = Вид записи
facet-state = Государство
facet-language = Язык
facet-issuer = Кем опубликовано
facet-exchange = Обмен
facet-visibility = Кто может читать
facet-apply = Применить
facet-more = { $count ->
    [one] Ещё { $shown }
    [few] Ещё { $shown }
   *[many] Ещё { $shown }
}
chosen = Выбрано
chosen-remove = Убрать:
results = Что найдено
found-n = { $count ->
    [one] { $shown } запись
    [few] { $shown } записи
   *[many] { $shown } записей
}
found-more = { $count ->
    [one] Более { $shown } записи
    [few] Более { $shown } записей
   *[many] Более { $shown } записей
}
order-best = Сначала подходящие
order-newest = Сначала новые
page-first = Первая страница
page-next = Следующая страница
nothing-found = Ничего не найдено
nothing-found-do = Попробуйте меньше слов, другой язык или снимите уточнения.
nothing-found-all = Показать весь реестр
wrong-question = Такой запрос нельзя выполнить
wrong-question-do = Напишите хотя бы одно слово, но не слишком много слов.
exports = То же для программ:
exchange-offered = доступно по договору
visibility-open = все
visibility-members = члены
visibility-parties = названные стороны
visibility-sealed = пока никто
group-base = Основы
group-catalogue = Каталог
group-city = Города
group-consultation = Консультации
group-events = Мероприятия
group-library = Библиотека
group-networks = Сети связи
group-privacy = Конфиденциальность
group-projects = Проекты
group-rules = Правила
group-skills = Навыки
group-trade = Торговля
badge-withdrawn = отозвано
badge-sealed = запечатано
badge-members = для членов
badge-parties = для названных сторон
badge-purged = содержание удалено
badge-expired = больше не действует
badge-early = ещё не действует
badge-caught = история реестра противоречива

## Запись

record-short = Кратко
record-says = Содержание
record-translations = Переводы
record-history = История
record-links = Связи
record-origin = Происхождение
record-get = Как получить
record-take = Взять с собой
record-instead = На вашем языке текста нет. Показано:
record-translated = перевод
record-origin-about = Записи верят благодаря подписи автора и её месту в журнале, который хранят и другие, а не потому, что её показала страница.
short-issuer = Кем опубликовано
short-issued = Дата
short-version = Версия
short-from = Действует с
short-until = Действует до
short-languages = Языки
short-authentic = Аутентичные тексты
short-visibility = Кто может читать
short-opened = Открыто для всех
short-mandate = Полномочия
withdrawn-title = Автор отозвал эту запись
withdrawn-superseded = Она заменена.
withdrawn-error = Она опубликована по ошибке.
withdrawn-law = Этого потребовал закон.
withdrawn-personal-data = В ней были персональные данные.
withdrawn-expired = Её срок истёк.
withdrawn-other = По иной причине.
replaced-title = Эта запись выпущена заново
replaced-by = Вместо неё:
caught-title = История реестра этой записи противоречива
caught-about = Его владелец подписал две истории. Прочитанное ранее по-прежнему показано, но его место в истории не достоверно.
caught-see = Посмотреть оба подписанных утверждения
old-version-title = Это прежняя версия
old-version-newest = Перейти к последней, версии { $number }
expired-title = Больше не действует
expired-about = Указанный в записи срок истёк.
early-title = Ещё не действует
early-about = В записи указан более поздний срок.
stale-title = Возможно, это не последнее состояние
stale-about = С тех пор реестр автора не отвечал. Показанное здесь было проверено при получении.
body-sealed = Запечатано
body-sealed-about = Автор зафиксировал содержание и откроет его позже. До тех пор его никто не может ни прочитать, ни изменить.
body-members = Для членов
body-members-about = Все видят, что эта запись есть. Её содержание передаётся членам через обмен.
body-parties = Для названных сторон
body-parties-about = Все видят, что эта запись есть. Её содержание передаётся через обмен сторонам, которых назвал автор.
body-purged = Удалено
body-purged-about = Содержание удалено по требованию автора. Запись журнала остаётся и показывает, что оно было.
body-withdrawn = Отозвано
body-withdrawn-about = Содержание больше не показывается.
body-missing = Здесь этого нет
body-missing-about = На этом узле нет содержания записи.
get-by-exchange = Запросите через обмен, со своего узла:
get-about = { $count ->
    [0] Узел автора передаёт эти данные через обмен, по договору.
    [one] Узел автора передаёт эти данные через обмен, по договору. Действует { $shown } предложение.
    [few] Узел автора передаёт эти данные через обмен, по договору. Действуют { $shown } предложения.
   *[many] Узел автора передаёт эти данные через обмен, по договору. Действуют { $shown } предложений.
}
get-dataset = Набор в обмене
get-address = Адрес обмена
translation-authentic = аутентичный
translation-official = официальный
translation-working = рабочий
translation-machine = машинный
translation-by = Переводчик
translation-older = Сделан для другой версии записи.
version-n = Версия { $number }
version-first = Первая версия.
version-same = В том, что доступно всем, ничего не изменилось.
change-before = Было:
change-after = Стало:
links-from = Эта запись называет
links-to = Эту запись называют
rel-related = связано с
rel-describedby = описано в
rel-replaces = заменяет
rel-source = источник
rel-target = о записи
proof-author = Подписано
proof-log = Реестр
proof-place = Место в нём
proof-place-of = номер { $index } из { $size }
proof-hash = Отпечаток записи
proof-checkpoint = Последнее подписанное состояние с
proof-checked = Реестр отвечал
proof-cosigners = Заверили
proof-cosigners-none = никто, кроме самого реестра
proof-stamped = Метка времени
proof-stamped-size = служба времени заверила состояние с { $size } записями
proof-mirrors = Хранится также
proof-mirrors-none = других мест этот узел не знает
holder-here = этот узел
holder-shown = показал
holder-claimed = заявляет
verify-title = Проверьте сами
verify-about = Эта команда читает весь реестр и проверяет каждую подпись и каждый байт. Этому узлу она не доверяет.
verify-key = Сравните ключ с тем, который автор передал вам другим путём.
cite = Цитировать
cite-form = { $who }. { $title }. Версия { $version } ({ $day }). { $id }

## Проверка

nav-verify = Проверка
check-title = Проверить запись
check-lede = Вставьте текст кода с бумаги, адрес или идентификатор записи либо выберите файл её доказательства. Этот узел сверит их с реестрами, которые он проверил, и скажет, что доказано, а что нет.
check-text = Текст кода, адрес или идентификатор
check-do = Проверить
check-file-title = Проверить файл
check-file = Доказательство записи (.record-proof)
check-file-about = Доказательство выдаёт каждый узел, у которого есть запись, — на странице записи.
check-body = Содержание записи (JSON), если оно у вас есть
check-kept = Файлы только проверяются и не сохраняются.
checked-good = Подлинная
checked-good-about = Это то, что подписал автор, и запись стоит в его реестре.
checked-past = Подлинная, но уже не действует в этом виде
checked-past-about = Это то, что подписал автор. С тех пор кое-что изменилось — см. запись.
checked-open = Здесь это установить нельзя
checked-open-about = Ничего неверного не найдено, но то, что нужно для вывода, этому узлу неизвестно.
checked-broken = Не подлинная
checked-broken-about = Показанное не совпадает с тем, что стоит в реестре. Не полагайтесь на него.
checked-nothing = Это не указывает ни на какую запись
checked-nothing-about = Вставьте текст целиком, идентификатор записи или выберите файл доказательства размером не более { $size } КБ.
checked-record = Запись
checked-newest = Новейшая версия
checked-word = Так говорит этот узел. Кто не хочет полагаться ни на один узел, берёт доказательство с собой и проверяет его без сети:
standing-broken = Неверно
standing-unknown = Неизвестно
standing-proven = Доказано
standing-asserted = Утверждает только автор
said-record = Выпущена { $issued }.
said-record-logged = Это номер { $index } из { $size } записей журнала, которые подписал реестр { $origin }.
said-checkpoint-refused = Состояние реестра подписано не ключом этого реестра.
said-record-not-logged = Её нет в реестре, который она называет.
said-id-of-log = Её идентификатор принадлежит этому реестру.
said-id-of-log-unknown = Принадлежит ли её идентификатор этому реестру, показал бы только первый ключ реестра.
said-record-signed = Автор подписал её ключом { $key }.
said-record-signed-unknown = Подписал ли её автор ключом { $key }: до этого места узел реестр ещё не прочёл.
said-record-signed-broken = Ключ { $key } её не подписывал или не действовал в этом месте.
said-body-verified = Её содержание — то, что подписал автор.
said-body-not-shown = Её содержания здесь нет, поэтому оно не проверено.
said-salt-not-shown = Её содержание закрыто и здесь не может быть проверено.
said-body-wrong = Показанный с ней текст — не то, что подписал автор.
said-kind-unknown = Содержание не прочитано: записи вида { $kind } здесь неизвестны.
said-body-invalid = Её содержание не такое, каким должно быть у записи вида { $kind }.
said-proof-malformed = Файл не является доказательством записи или повреждён.
said-record-held = На этом месте реестра у узла стоит та же запись.
said-record-held-broken = На этом месте реестра у узла стоит другая запись.
said-log-not-held = У этого узла нет реестра { $origin }.
said-record-not-held = У этого узла нет записи { $id } в такой версии.
said-record-not-published = Запись ещё не вошла в подписанный реестр. Повторите чуть позже.
said-pointer-hash = Отпечаток в коде совпадает с отпечатком записи.
said-pointer-hash-broken = Отпечаток в коде не совпадает с отпечатком записи.
said-pointer-signature = Подпись в коде совпадает с подписью записи.
said-pointer-signature-broken = Подпись в коде не совпадает с подписью записи.
proof-file = Доказательство
record-code = Код для бумаги
record-code-about = Камера, прочитавшая его, откроет страницу, где сказано, подлинна ли запись и действует ли она.
record-code-open = Проверить эту запись

## Орган, организация

body-eyebrow = Орган, организация
body-id = Идентификатор
body-names = Названия на других языках
body-state = Государство
body-log = Реестр
body-publishes = Что публикует
body-by-kind = Записи по видам
body-newest = Новые записи
body-nothing = Пока ничего не опубликовано
body-nothing-about = Когда записи появятся, они будут здесь.
body-offers = Что предлагает в обмене
body-offers-about = Эти данные передаются по договору между двумя узлами.
body-offers-all = Все предложения
body-offers-none = Сейчас для всех ничего не предлагается.
chart-share = Доля
chart-count = Записей

## Когда страницы нет

mishap-not-found = Такой страницы нет
mishap-not-found-do = Возможно, адрес неверен или того, что здесь было, на этом узле нет. Найдите это:
mishap-wrong = Адрес не удалось понять
mishap-wrong-do = Он слишком длинный или запрашивает то, чего не бывает. Начните с главной страницы.
mishap-crowded = Слишком много запросов
mishap-crowded-do = С вашего адреса за короткое время пришло очень много запросов. Подождите несколько секунд и обновите страницу.
mishap-broken = Узел сейчас не может ответить
mishap-broken-do = Ошибка на нашей стороне, она записана. Обновите страницу чуть позже; то, что зеркалируют другие узлы, можно пока прочитать там.
mishap-home = На главную страницу

## Галерея

gallery-title = Галерея компонентов
gallery-about = Все компоненты этих страниц, каждый во всех состояниях.

## Государства, официальные названия

state-by = Республика Беларусь
state-in = Республика Индия
state-ir = Исламская Республика Иран
state-kz = Республика Казахстан
state-cn = Китайская Народная Республика
state-kg = Кыргызская Республика
state-pk = Исламская Республика Пакистан
state-ru = Российская Федерация
state-tj = Республика Таджикистан
state-uz = Республика Узбекистан

## Языки

lang-ru = русский
lang-zh = китайский
lang-en = английский
lang-be = белорусский
lang-fa = персидский
lang-hi = хинди
lang-kk = казахский
lang-ky = кыргызский
lang-tg = таджикский
lang-ur = урду
lang-uz = узбекский
lang-und = язык не указан
