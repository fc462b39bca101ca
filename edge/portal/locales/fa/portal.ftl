### پورتال به فارسی (پیش‌نویس).

own-name = فارسی
brand = چاپار

## Frame

skip = رفتن به متن
nav-rooms = بخش‌ها
nav-home = خانه
nav-register = دفتر ثبت
nav-mesh = شبکه
nav-languages = زبان‌ها
nav-crumbs = جای شما
nav-pages = صفحه‌ها
foot-about = اینجا مرکزی نیست: هر نهاد از سوی خود سخن می‌گوید و هر گره آنچه را شنیده نگه می‌دارد و بررسی می‌کند.
foot-node = این گره:
foot-api = برای برنامه‌ها
draft-title = ترجمهٔ پیش‌نویس
draft-about = متن این صفحه‌ها را هنوز گویشوران این زبان بازبینی نکرده‌اند.
copy = رونوشت
copied = رونوشت شد
print = چاپ
yes = بله
no = خیر
feed = خوراک رکوردهای تازه

## Numbers, times

date-two-calendars = { $own } ({ $common })
date-with-zone = { $moment } { $zone }
age-seconds = { $shown } ثانیه پیش
age-minutes = { $shown } دقیقه پیش
age-hours = { $shown } ساعت پیش
age-days = { $count ->
    [one] { $shown } روز پیش
   *[other] { $shown } روز پیش
}
records-n = { $count ->
    [one] { $shown } رکورد
   *[other] { $shown } رکورد
}
entries-n = { $count ->
    [one] { $shown } مدخل
   *[other] { $shown } مدخل
}
list-more = { $count ->
    [one] و { $shown } مورد دیگر، در رکورد برای برنامه‌ها
   *[other] و { $shown } مورد دیگر، در رکورد برای برنامه‌ها
}
other-languages = { $count ->
    [one] به { $shown } زبان دیگر
   *[other] به { $shown } زبان دیگر
}
stale = آخرین پاسخ: { $age }

## Home

home-title = دفتر ثبت مشترک همکاری دیجیتال
home-lede = نهادهای کشورهای گوناگون در اینجا منتشر می‌کنند که چه دارند، چه برنامه‌ای دارند و چه می‌پرسند. هر رکورد را نویسنده‌اش امضا کرده و گره‌های بسیاری نگه می‌دارند: هیچ‌کس نمی‌تواند گفتهٔ دیگری را پنهانی تغییر دهد.
search-label = جست‌وجو در دفتر ثبت
search-hint = داده‌ها، خدمات، قواعد، رویدادها…
search-do = جست‌وجو
figure-records = { $count ->
    [one] رکورد
   *[other] رکورد
}
figure-states = { $count ->
    [one] کشور دربرگرفته
   *[other] کشور دربرگرفته
}
figure-logs = { $count ->
    [one] دفتر ثبت نگهداری‌شده در اینجا
   *[other] دفتر ثبت نگهداری‌شده در اینجا
}
home-clauses = آنچه در آن است
home-clauses-about = بر پایهٔ هشت محور بیانیهٔ شورای سران کشورهای عضو سازمان همکاری شانگهای دربارهٔ تقویت همکاری در حوزهٔ اقتصاد دیجیتال (تیانجین، ۱ سپتامبر ۲۰۲۵).
clause-1 = هماهنگی و گفت‌وگو در سیاست‌های اقتصاد دیجیتال
clause-2 = قواعد و استانداردهای امنیت داده، زیرساخت دیجیتال، خدمات عمومی
clause-3 = پروژه‌ها، تحول دیجیتال، فناوری‌های پیشرفته و مهارت‌ها
clause-4 = شبکه‌های ارتباطی و تبادل مطمئن داده برای تجارت
clause-5 = شهرهای هوشمند و خدمات دیجیتال
clause-6 = تجربه‌ها و بهترین شیوه‌ها در استانداردهای حریم داده
clause-7 = سمینارها، کنفرانس‌ها، نمایشگاه‌ها و میزگردها
clause-8 = اندیشکده‌ها و مؤسسه‌های پژوهشی
clause-none = هنوز رکوردی نیست.
home-node = این گره
home-node-about = شما دفتر ثبت را چنان می‌خوانید که این گره نگه می‌دارد. گره‌هایی که یکدیگر را بازتاب می‌دهند همان رکوردها را دارند و هر یک پاسخگوی خود است.
node-address = نشانی
node-hosts = نهادهای این گره
node-federation = پیرو فدراسیون
empty-node-title = هنوز چیزی در اینجا منتشر نشده است
empty-node-about = این گره تازه است. گردانندهٔ آن می‌تواند با سه گام آغاز کند.
empty-node-participant = پذیرفتن نهادی که منتشر خواهد کرد:
empty-node-publish = انتشار نخستین رکورد:
empty-node-mirror = بازتاب دفتر ثبت گرهی دیگر، تا رکوردهایش در اینجا خوانده شود:

## Members and mesh

members-title = اعضا
members-about = به ترتیب مرسوم سازمان. همه برابرند: هر عضو دفتر ثبت خود را نگه می‌دارد و دیگران بازتاب آن را دارند.
members-logs = دفترهای ثبتی که در اینجا نگهداری می‌شوند
members-logs-about = هر نهاد دفتر ثبت خود را دارد. این گره دفترهای دیگران را بازتاب می‌دهد و هر مدخل را بررسی می‌کند.
ring-title = از { $all } دفتر ثبت، { $good } دفتر سامان دارند
ring-share = { $good } از { $all }
ring-word = بسامان
ring-caption = دفترهای ثبت و وضع آنها در این گره
ring-number = شماره
ring-member = نهاد
ring-state = وضع در اینجا
ring-entries = مدخل‌ها
ring-lag = عقب‌ماندگی
ring-age = آخرین پاسخ
asked = آخرین پاسخ
log-own = نگهداری در اینجا
log-fresh = به‌روز
log-behind = در حال رسیدن
log-silent = بی‌پاسخ
log-new = هنوز پاسخی نیست
log-held = متوقف
log-discontinued = پایان‌یافته
log-caught = تاریخچهٔ متناقض
log-missing = در اینجا بازتاب ندارد
log-other-key = با کلید دیگری نگهداری می‌شود
witnessed-enough = گواهان کافی
witnessed-too-few = گواهان ناکافی
mesh-title = شبکه
mesh-lede = هر دفتر ثبت در بیش از یک جا نگهداری می‌شود. در اینجا می‌بینید این گره کدام دفترها را دارد، چه اندازه تازه‌اند، چه کسی گواهی می‌دهد و چه نادرستی یافت شده است.
mesh-logs = دفترهای ثبت در این گره
mesh-logs-about = اندازه و زمان مربوط به هنگام گشودن صفحه است. هر که نقطهٔ بازرسی را هم‌امضا کرده همان تاریخچهٔ این گره را دیده است.
mesh-none = هنوز دفتر ثبتی نیست
mesh-none-about = این گره نه میزبان نهادی است و نه بازتابی دارد.
log-owner = نهاد
log-state = وضع
log-in-catalogue = مدخل‌های موجود در فهرست
log-lag = هنوز نرسیده
log-rejects = ردشده چون رکورد نبود
log-successor = ادامه در نشانی
log-published = تازه‌ترین نقطهٔ بازرسی از
log-address = نشانی ارائه
log-technical = نشانی و کلید
log-key = کلید
obstacle-title = آخرین سرکشی ناموفق بود
obstacle-network = منبع از راه شبکه در دسترس نیست. آنچه در اینجا نگهداری می‌شود با ذکر زمان خواندنی می‌ماند.
obstacle-store = این گره نتوانست انبارهٔ خود را بخواند یا بنویسد.
obstacle-content = پاسخ منبع با آنچه دفتر ثبت امضا کرده نمی‌خواند. چیزی از آن پذیرفته نشد.
fork-title = دو تاریخچه امضا شده است
fork-about = صاحب این دفتر گزاره‌هایی امضا کرده که هر دو نمی‌توانند درست باشند. آنها در کنار هم آمده‌اند. دیگر چیزی از آن پذیرفته نمی‌شود.
fork-note = گزارهٔ امضاشدهٔ { $number }
mesh-alarms = هشدارها
mesh-alarms-none = چیزی دیده نشد که از دفتری درستکار سر نزند.
mesh-alarms-about = آنچه این گره دیده، یا دیگران گفته‌اند و این گره تنها از روی گزاره‌های امضاشده سنجیده است.
alarm-log = دفتر ثبت
alarm-what = چه دیده شد
alarm-verdict = میزان قطعیت
alarm-seen = نخستین بار
alarm-now = اکنون
alarm-fork = دو تاریخچه
alarm-inconsistent = گزاره‌ای که خود را نقض می‌کند
alarm-shrunken = جایی وضع کهنه‌تری نشان می‌دهد
alarm-wrong-tile = جایی بایت‌های ناجور داد
verdict-proven = اثبات‌شده
verdict-asserted = به ادعا
verdict-unfounded = بی‌پایه
verdict-unknown = نامعلوم
alarm-cleared = برطرف‌شده
alarm-stands = برقرار
mesh-witness = گواه این گره
mesh-witness-about = این گره پس از اطمینان از اینکه چیزی کم نشده، نقطه‌های بازرسی دفترهای دیگر را هم‌امضا می‌کند. دیگران امضای آن را با این کلید می‌سنجند.
mesh-witness-key = کلید گواه

## Register

register-title = دفتر ثبت
register-title-for = { $asked } – دفتر ثبت
facets = محدود کردن
facet-clause = محور
facet-kind = گونه
facet-state = کشور
facet-language = زبان
facet-issuer = ناشر
facet-exchange = تبادل
facet-visibility = چه کسی می‌تواند بخواند
facet-apply = اعمال
facet-more = { $count ->
    [one] { $shown } مورد دیگر
   *[other] { $shown } مورد دیگر
}
chosen = برگزیده‌ها
chosen-remove = برداشتن:
results = یافته‌ها
found-n = { $count ->
    [one] { $shown } رکورد
   *[other] { $shown } رکورد
}
found-more = { $count ->
    [one] بیش از { $shown } رکورد
   *[other] بیش از { $shown } رکورد
}
order-best = نخست مناسب‌ترین‌ها
order-newest = نخست تازه‌ترین‌ها
page-first = صفحهٔ نخست
page-next = صفحهٔ بعد
nothing-found = چیزی یافت نشد
nothing-found-do = واژه‌های کمتر یا زبانی دیگر بیازمایید، یا محدودیت‌ها را بردارید.
nothing-found-all = نمایش همهٔ دفتر ثبت
wrong-question = این را نمی‌توان جست‌وجو کرد
wrong-question-do = دست‌کم یک واژه بنویسید، و نه بیش از اندازه.
exports = همین برای برنامه‌ها:
exchange-offered = قابل مذاکره
visibility-open = همگان
visibility-members = اعضا
visibility-parties = طرف‌های نام‌برده
visibility-sealed = فعلاً هیچ‌کس
group-base = پایه‌ها
group-catalogue = فهرست
group-city = شهرها
group-consultation = رایزنی‌ها
group-events = رویدادها
group-library = کتابخانه
group-networks = شبکه‌ها
group-privacy = حریم داده
group-projects = پروژه‌ها
group-rules = قواعد
group-skills = مهارت‌ها
group-trade = تجارت
badge-withdrawn = پس‌گرفته
badge-sealed = مهرشده
badge-members = ویژهٔ اعضا
badge-parties = ویژهٔ طرف‌های نام‌برده
badge-purged = متن حذف شده
badge-expired = دیگر اعتبار ندارد
badge-early = هنوز اعتبار ندارد
badge-caught = تاریخچهٔ دفتر آن متناقض است

## Record

record-short = به کوتاهی
record-says = محتوا
record-translations = ترجمه‌ها
record-history = تاریخچه
record-links = پیوندها
record-origin = خاستگاه
record-get = چگونگی دریافت
record-take = همراه بردن
record-instead = متنی به زبان شما نیست. نمایش به:
record-translated = ترجمه
record-origin-about = رکورد به سبب امضای نویسنده و جای آن در دفتری که دیگران نیز نگه می‌دارند باور می‌شود، نه چون صفحه‌ای آن را نشان می‌دهد.
short-issuer = ناشر
short-issued = تاریخ صدور
short-version = نسخه
short-from = معتبر از
short-until = معتبر تا
short-languages = زبان‌ها
short-authentic = متن معتبر به
short-visibility = چه کسی می‌تواند بخواند
short-opened = گشوده برای همگان
short-mandate = اختیارنامه
withdrawn-title = نویسنده این رکورد را پس گرفته است
withdrawn-superseded = جایگزین شده است.
withdrawn-error = به‌اشتباه منتشر شده بود.
withdrawn-law = قانون چنین خواسته است.
withdrawn-personal-data = دادهٔ شخصی در آن بود.
withdrawn-expired = زمان آن گذشته است.
withdrawn-other = به دلیلی دیگر.
replaced-title = این رکورد دوباره صادر شده است
replaced-by = به جای آن:
caught-title = تاریخچهٔ دفتر ثبت این رکورد متناقض است
caught-about = صاحب آن دو تاریخچه امضا کرده است. آنچه پیش‌تر خوانده شد همچنان نمایش داده می‌شود، ولی جای آن در تاریخچه قطعی نیست.
caught-see = دیدن هر دو گزارهٔ امضاشده
old-version-title = این نسخه‌ای کهنه‌تر است
old-version-newest = رفتن به تازه‌ترین، نسخهٔ { $number }
expired-title = دیگر اعتبار ندارد
expired-about = زمانی که رکورد نام برده گذشته است.
early-title = هنوز اعتبار ندارد
early-about = رکورد زمانی دیرتر را نام برده است.
stale-title = شاید این تازه‌ترین وضع نباشد
stale-about = دفتر ثبت نویسنده از آن پس پاسخ نداده است. آنچه در اینجا آمده هنگام دریافت بررسی شده است.
body-sealed = مهرشده
body-sealed-about = نویسنده محتوا را تثبیت کرده و بعداً می‌گشاید. تا آن زمان هیچ‌کس نمی‌تواند آن را بخواند یا تغییر دهد.
body-members = ویژهٔ اعضا
body-members-about = همه می‌بینند که این رکورد هست. محتوای آن از راه تبادل به اعضا داده می‌شود.
body-parties = ویژهٔ طرف‌های نام‌برده
body-parties-about = همه می‌بینند که این رکورد هست. محتوای آن از راه تبادل به طرف‌هایی که نویسنده نام برده داده می‌شود.
body-purged = حذف شده
body-purged-about = محتوا به خواست نویسنده حذف شده است. مدخل می‌ماند و نشان می‌دهد که محتوایی بوده است.
body-withdrawn = پس‌گرفته
body-withdrawn-about = محتوا دیگر نمایش داده نمی‌شود.
body-missing = در اینجا نیست
body-missing-about = این گره محتوای رکورد را ندارد.
get-by-exchange = از راه تبادل، از گره خودتان بخواهید:
get-about = { $count ->
    [0] گره نویسنده این داده‌ها را از راه تبادل و با قرارداد می‌دهد.
    [one] گره نویسنده این داده‌ها را از راه تبادل و با قرارداد می‌دهد. { $shown } پیشنهاد برقرار است.
   *[other] گره نویسنده این داده‌ها را از راه تبادل و با قرارداد می‌دهد. { $shown } پیشنهاد برقرار است.
}
get-dataset = مجموعه‌داده در تبادل
get-address = نشانی تبادل
translation-authentic = معتبر
translation-official = رسمی
translation-working = کاری
translation-machine = ماشینی
translation-by = مترجم
translation-older = برای نسخهٔ دیگری از رکورد است.
version-n = نسخهٔ { $number }
version-first = نخستین نسخه.
version-same = در آنچه همگان می‌توانند بخوانند چیزی تغییر نکرده است.
change-before = پیش از این:
change-after = پس از آن:
links-from = این رکورد نام می‌برد
links-to = رکوردهایی که از این نام می‌برند
rel-related = مرتبط با
rel-describedby = شرح در
rel-replaces = جایگزین
rel-source = مبدأ
rel-target = دربارهٔ
proof-author = امضای
proof-log = دفتر ثبت
proof-place = جای آن
proof-place-of = مدخل { $index } از { $size }
proof-hash = اثر انگشت مدخل
proof-checkpoint = تازه‌ترین وضع امضاشده از
proof-checked = آخرین پاسخ دفتر
proof-cosigners = هم‌امضا
proof-cosigners-none = جز خود دفتر هیچ‌کس
proof-stamped = مهر زمان
proof-stamped-size = مرجع زمان وضع دارای { $size } مدخل را مهر کرده است
proof-mirrors = نیز نگهداری در
proof-mirrors-none = این گره جای دیگری نمی‌شناسد
holder-here = این گره
holder-shown = نشان داده
holder-claimed = خود می‌گوید
verify-title = خودتان بیازمایید
verify-about = این فرمان همهٔ دفتر ثبت را می‌خواند و هر امضا و هر بایت را بررسی می‌کند. به این گره اعتماد ندارد.
verify-key = کلید را با کلیدی بسنجید که نویسنده از راهی دیگر به شما داده است.
cite = استناد
cite-form = { $who }. { $title }. نسخهٔ { $version } ({ $day }). { $id }

## بررسی

nav-verify = بررسی
check-title = بررسی رکورد
check-lede = متن کد روی کاغذ، نشانی یا شناسهٔ رکورد را بچسبانید، یا فایل اثبات آن را برگزینید. این گره آن را با دفترهای ثبتی که بررسی کرده می‌سنجد و می‌گوید چه چیزی اثبات شده و چه چیزی نشده است.
check-text = متن کد، نشانی یا شناسه
check-do = بررسی
check-file-title = بررسی فایل
check-file = اثبات رکورد (⁦.record-proof⁩)
check-file-about = هر گرهی که رکورد را دارد، اثبات آن را در صفحهٔ رکورد می‌دهد.
check-body = محتوای رکورد (JSON)، اگر آن را دارید
check-kept = فایل‌ها تنها بررسی می‌شوند و نگه داشته نمی‌شوند.
checked-good = اصیل
checked-good-about = همان است که نویسنده امضا کرده، و در دفتر ثبت نویسنده جای دارد.
checked-past = اصیل، ولی دیگر به این صورت برقرار نیست
checked-past-about = همان است که نویسنده امضا کرده. از آن پس چیزی تغییر کرده است؛ رکورد را ببینید.
checked-open = در اینجا نمی‌توان این را معلوم کرد
checked-open-about = نادرستی‌ای یافت نشد، ولی چیزی که لازم است برای این گره نامعلوم است.
checked-broken = اصیل نیست
checked-broken-about = آنچه نشان داده شد همان نیست که در دفتر ثبت آمده است. به آن تکیه نکنید.
checked-nothing = این به هیچ رکوردی اشاره نمی‌کند
checked-nothing-about = همهٔ متن یا شناسهٔ رکورد را بچسبانید، یا فایل اثباتی به اندازهٔ حداکثر { $size } کیلوبایت برگزینید.
checked-record = رکورد
checked-newest = تازه‌ترین نسخه
checked-word = این گفتهٔ این گره است. هر که نخواهد به هیچ گرهی تکیه کند، اثبات را همراه می‌برد و بدون شبکه بررسی می‌کند:
standing-broken = نادرست
standing-unknown = نامعلوم
standing-proven = اثبات‌شده
standing-asserted = تنها به ادعای نویسنده
said-record = تاریخ صدور آن { $issued } است.
said-record-logged = مدخل { $index } از { $size } مدخلی است که دفتر ثبت { $origin } امضا کرده است.
said-checkpoint-refused = وضع دفتر ثبت با کلیدی از آن دفتر امضا نشده است.
said-record-not-logged = در دفتر ثبتی که نام می‌برد جای ندارد.
said-id-of-log = شناسهٔ آن از آنِ این دفتر ثبت است.
said-id-of-log-unknown = آیا شناسهٔ آن از آنِ این دفتر ثبت است: این را تنها نخستین کلید دفتر نشان می‌دهد.
said-record-signed = نویسنده آن را با کلید { $key } امضا کرده است.
said-record-signed-unknown = آیا نویسنده آن را با کلید { $key } امضا کرده است: این گره دفتر را هنوز تا آنجا نخوانده است.
said-record-signed-broken = کلید { $key } آن را امضا نکرده، یا در آن جا اعتبار نداشته است.
said-body-verified = محتوای آن همان است که نویسنده امضا کرده است.
said-body-not-shown = محتوای آن در اینجا نیست، از این رو بررسی نشد.
said-salt-not-shown = محتوای آن بسته است و در اینجا نمی‌توان آن را بررسی کرد.
said-body-wrong = متنی که همراه آن نشان داده شد آن نیست که نویسنده امضا کرده است.
said-kind-unknown = محتوای آن خوانده نشد: رکوردهای گونهٔ { $kind } در اینجا شناخته نیست.
said-body-invalid = محتوای آن چنان نیست که رکورد گونهٔ { $kind } باید باشد.
said-proof-malformed = این فایل اثبات رکورد نیست، یا آسیب دیده است.
said-record-held = این گره در آن جای دفتر ثبت همین رکورد را دارد.
said-record-held-broken = این گره در آن جای دفتر ثبت رکورد دیگری دارد.
said-log-not-held = این گره دفتر ثبت { $origin } را ندارد.
said-record-not-held = این گره رکورد { $id } را در آن نسخه ندارد.
said-record-not-published = رکورد هنوز در دفتر ثبت امضاشده نیست. اندکی بعد دوباره بیازمایید.
said-pointer-hash = اثر انگشت در کد همان اثر انگشت رکورد است.
said-pointer-hash-broken = اثر انگشت در کد با اثر انگشت رکورد یکی نیست.
said-pointer-signature = امضای درون کد همان امضای رکورد است.
said-pointer-signature-broken = امضای درون کد با امضای رکورد یکی نیست.
proof-file = اثبات
record-code = کد برای کاغذ
record-code-about = دوربینی که آن را بخواند صفحه‌ای می‌گشاید که می‌گوید رکورد اصیل است یا نه و هنوز برقرار است یا نه.
record-code-open = بررسی این رکورد

## Body

body-eyebrow = نهاد
body-id = شناسه
body-names = نام‌های دیگر
body-state = کشور
body-log = دفتر ثبت
body-publishes = آنچه منتشر می‌کند
body-by-kind = رکوردها بر پایهٔ گونه
body-newest = تازه‌ترین‌ها
body-nothing = هنوز چیزی منتشر نکرده است
body-nothing-about = هنگامی که منتشر کند، رکوردها در اینجا خواهند بود.
body-offers = آنچه در تبادل پیشنهاد می‌کند
body-offers-about = این داده‌ها با قرارداد میان دو گره داده می‌شوند.
body-offers-all = همهٔ پیشنهادها
body-offers-none = اکنون چیزی برای همگان پیشنهاد نشده است.
chart-share = سهم
chart-count = رکوردها

## When there is no page

mishap-not-found = چنین صفحه‌ای نیست
mishap-not-found-do = شاید نشانی نادرست باشد یا آنچه بود در این گره نیست. آن را بجویید:
mishap-wrong = این نشانی فهمیده نشد
mishap-wrong-do = بسیار بلند است یا چیزی می‌خواهد که نیست. از صفحهٔ خانه آغاز کنید.
mishap-crowded = درخواست‌های بیش از اندازه
mishap-crowded-do = از نشانی شما در زمانی کوتاه درخواست‌های بسیاری آمد. چند ثانیه صبر کنید و صفحه را دوباره بگشایید.
mishap-broken = این گره اکنون نمی‌تواند پاسخ دهد
mishap-broken-do = خطا از ماست و ثبت شده است. اندکی بعد صفحه را دوباره بگشایید؛ همین رکوردها را در گره‌های دیگر هم می‌توان خواند.
mishap-home = به صفحهٔ خانه

## Gallery

gallery-title = نگارخانهٔ اجزا
gallery-about = همهٔ اجزای این صفحه‌ها، هر یک در همهٔ حالت‌ها.

## States, official names

state-by = جمهوری بلاروس
state-in = جمهوری هند
state-ir = جمهوری اسلامی ایران
state-kz = جمهوری قزاقستان
state-cn = جمهوری خلق چین
state-kg = جمهوری قرقیز
state-pk = جمهوری اسلامی پاکستان
state-ru = فدراسیون روسیه
state-tj = جمهوری تاجیکستان
state-uz = جمهوری ازبکستان

## Languages

lang-ru = روسی
lang-zh = چینی
lang-en = انگلیسی
lang-be = بلاروسی
lang-fa = فارسی
lang-hi = هندی
lang-kk = قزاقی
lang-ky = قرقیزی
lang-tg = تاجیکی
lang-ur = اردو
lang-uz = ازبکی
lang-und = زبان نامعلوم
