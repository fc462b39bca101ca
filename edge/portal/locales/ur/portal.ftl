### پورٹل اردو میں (مسودہ)۔

own-name = اردو
brand = چاپار

## Frame

skip = مواد پر جائیں
nav-rooms = شعبے
nav-home = سرورق
nav-register = رجسٹر
nav-mesh = نیٹ ورک
nav-languages = زبانیں
nav-crumbs = آپ کہاں ہیں
nav-pages = صفحات
foot-about = یہاں کوئی مرکز نہیں: ہر ادارہ اپنی طرف سے بولتا ہے، اور ہر نوڈ جو سنتا ہے اسے محفوظ رکھتا اور جانچتا ہے۔
foot-node = یہ نوڈ:
foot-api = پروگراموں کے لیے
draft-title = ترجمے کا مسودہ
draft-about = ان صفحات کی عبارت ابھی اہلِ زبان نے نہیں جانچی۔
copy = نقل کریں
copied = نقل ہو گیا
print = طباعت
yes = ہاں
no = نہیں
feed = نئے ریکارڈوں کی فیڈ

## Numbers, times

date-two-calendars = { $own } ({ $common })
date-with-zone = { $moment } { $zone }
age-seconds = { $shown } سیکنڈ پہلے
age-minutes = { $shown } منٹ پہلے
age-hours = { $shown } گھنٹے پہلے
age-days = { $count ->
    [one] { $shown } دن پہلے
   *[other] { $shown } دن پہلے
}
records-n = { $count ->
    [one] { $shown } ریکارڈ
   *[other] { $shown } ریکارڈ
}
entries-n = { $count ->
    [one] { $shown } اندراج
   *[other] { $shown } اندراجات
}
list-more = { $count ->
    [one] اور مزید { $shown }، پروگراموں والے ریکارڈ میں
   *[other] اور مزید { $shown }، پروگراموں والے ریکارڈ میں
}
other-languages = { $count ->
    [one] مزید { $shown } زبان میں
   *[other] مزید { $shown } زبانوں میں
}
stale = آخری جواب: { $age }

## Home

home-title = ڈیجیٹل تعاون کا مشترکہ رجسٹر
home-lede = مختلف ریاستوں کے ادارے یہاں شائع کرتے ہیں کہ ان کے پاس کیا ہے، ان کا کیا منصوبہ ہے اور وہ کیا پوچھتے ہیں۔ ہر ریکارڈ پر اس کے مصنف کے دستخط ہیں اور اسے کئی نوڈ محفوظ رکھتے ہیں: کوئی دوسرے کی کہی بات چپکے سے بدل نہیں سکتا۔
search-label = رجسٹر میں تلاش
search-hint = ڈیٹا، خدمات، قواعد، تقریبات…
search-do = تلاش
figure-records = { $count ->
    [one] ریکارڈ
   *[other] ریکارڈ
}
figure-states = { $count ->
    [one] ریاست شامل
   *[other] ریاستیں شامل
}
figure-logs = { $count ->
    [one] رجسٹر یہاں محفوظ
   *[other] رجسٹر یہاں محفوظ
}
home-clauses = رجسٹر میں کیا ہے
home-clauses-about = ڈیجیٹل معیشت کے شعبے میں تعاون مضبوط بنانے پر شنگھائی تعاون تنظیم کے سربراہانِ مملکت کی کونسل کے بیان کی آٹھ سمتوں کے مطابق (تیانجن، 1 ستمبر 2025)۔
clause-1 = ڈیجیٹل معیشت کی پالیسی میں ہم آہنگی اور مکالمہ
clause-2 = ڈیٹا کی سلامتی کے قواعد و معیارات، ڈیجیٹل ڈھانچہ، عوامی خدمات
clause-3 = منصوبے، ڈیجیٹل تبدیلی، جدید ٹیکنالوجی اور مہارتیں
clause-4 = مواصلاتی نیٹ ورک اور تجارت کے لیے قابلِ اعتماد تبادلۂ ڈیٹا
clause-5 = سمارٹ شہر اور ڈیجیٹل خدمات
clause-6 = ڈیٹا کی رازداری کے معیارات میں تجربہ اور بہترین طریقے
clause-7 = سیمینار، کانفرنسیں، نمائشیں اور گول میز اجلاس
clause-8 = تجزیاتی مراکز اور تحقیقی ادارے
clause-none = ابھی کوئی ریکارڈ نہیں۔
home-node = یہ نوڈ
home-node-about = آپ رجسٹر کو ویسے پڑھ رہے ہیں جیسے یہ نوڈ اسے رکھتا ہے۔ ایک دوسرے کا عکس رکھنے والے نوڈ وہی ریکارڈ رکھتے ہیں، اور ہر ایک اپنے لیے جواب دہ ہے۔
node-address = پتہ
node-hosts = اس نوڈ کے ادارے
node-federation = جس وفاق کی پیروی کرتا ہے
empty-node-title = یہاں ابھی کچھ شائع نہیں ہوا
empty-node-about = یہ نیا نوڈ ہے۔ اس کا منتظم تین قدموں سے آغاز کر سکتا ہے۔
empty-node-participant = شائع کرنے والے ادارے کو شامل کریں:
empty-node-publish = اس کا پہلا ریکارڈ شائع کریں:
empty-node-mirror = دوسرے نوڈ کے رجسٹر کا عکس رکھیں، تاکہ اس کے ریکارڈ یہاں پڑھے جا سکیں:

## Members and mesh

members-title = ارکان
members-about = تنظیم میں رائج ترتیب سے۔ سب برابر ہیں: ہر رکن اپنا رجسٹر رکھتا ہے اور باقی اس کا عکس۔
members-logs = یہاں کن کے رجسٹر محفوظ ہیں
members-logs-about = ہر ادارہ اپنا رجسٹر رکھتا ہے۔ یہ نوڈ دوسروں کے رجسٹروں کا عکس رکھتا اور ہر اندراج جانچتا ہے۔
ring-title = { $all } میں سے { $good } رجسٹر درست ہیں
ring-share = { $all } میں { $good }
ring-word = درست
ring-caption = رجسٹر اور اس نوڈ پر ان کی حالت
ring-number = شمار
ring-member = ادارہ
ring-state = یہاں حالت
ring-entries = اندراجات
ring-lag = پیچھے
ring-age = آخری جواب
asked = آخری جواب
log-own = یہیں رکھا جاتا ہے
log-fresh = تازہ
log-behind = مکمل ہو رہا ہے
log-silent = جواب نہیں دے رہا
log-new = ابھی جواب نہیں ملا
log-held = رکا ہوا
log-discontinued = ختم
log-caught = تاریخ متضاد
log-missing = یہاں عکس نہیں
log-other-key = دوسری کلید سے محفوظ
witnessed-enough = گواہ کافی
witnessed-too-few = گواہ ناکافی
mesh-title = نیٹ ورک
mesh-lede = ہر رجسٹر ایک سے زیادہ جگہ محفوظ ہے۔ یہاں نظر آتا ہے کہ یہ نوڈ کون سے رجسٹر رکھتا ہے، وہ کتنے تازہ ہیں، کون ان کی تصدیق کرتا ہے اور کیا غلط نکلا۔
mesh-logs = اس نوڈ کے رجسٹر
mesh-logs-about = حجم اور وقت صفحہ کھلنے کے لمحے کے ہیں۔ جس نے جانچ نقطے پر ساتھ دستخط کیے اس نے وہی تاریخ دیکھی جو اس نوڈ نے۔
mesh-none = ابھی کوئی رجسٹر نہیں
mesh-none-about = اس نوڈ پر نہ کوئی ادارہ ہے نہ کوئی عکس۔
log-owner = ادارہ
log-state = حالت
log-in-catalogue = فہرست میں اندراجات
log-lag = ابھی نہیں ملا
log-rejects = ریکارڈ نہ ہونے پر مسترد
log-successor = آگے اس پتے پر
log-published = تازہ ترین جانچ نقطہ
log-address = دستیاب پتہ
log-technical = پتہ اور کلید
log-key = کلید
obstacle-title = پچھلی کوشش کامیاب نہ ہوئی
obstacle-network = ماخذ تک نیٹ ورک سے رسائی نہیں۔ جو یہاں محفوظ ہے وہ اپنے وقت کے ساتھ پڑھا جا سکتا ہے۔
obstacle-store = یہ نوڈ اپنا ذخیرہ پڑھ یا لکھ نہ سکا۔
obstacle-content = ماخذ کا جواب رجسٹر کے دستخط شدہ بیان سے میل نہیں کھاتا۔ اس میں سے کچھ نہیں لیا گیا۔
fork-title = دو تاریخوں پر دستخط ہوئے
fork-about = اس رجسٹر کے مالک نے ایسے بیانات پر دستخط کیے جو دونوں سچ نہیں ہو سکتے۔ وہ ساتھ ساتھ دیے گئے ہیں۔ اب اس سے کچھ نہیں لیا جاتا۔
fork-note = دستخط شدہ بیان { $number }
mesh-alarms = انتباہات
mesh-alarms-none = ایسا کچھ نہیں دیکھا گیا جو دیانت دار رجسٹر میں نہ ہو۔
mesh-alarms-about = جو اس نوڈ نے دیکھا، یا جو دوسروں نے بتایا اور نوڈ نے صرف دستخط شدہ بیانات سے پرکھا۔
alarm-log = رجسٹر
alarm-what = کیا دیکھا گیا
alarm-verdict = یقین کا درجہ
alarm-seen = پہلی بار دیکھا گیا
alarm-now = اب
alarm-fork = دو تاریخیں
alarm-inconsistent = بیان خود سے متضاد
alarm-shrunken = ماخذ پرانی حالت دکھاتا ہے
alarm-wrong-tile = ماخذ نے بے میل بائٹ دیے
verdict-proven = ثابت شدہ
verdict-asserted = بقول
verdict-unfounded = بے بنیاد
verdict-unknown = نامعلوم
alarm-cleared = ختم
alarm-stands = جاری
mesh-witness = اس نوڈ کا گواہ
mesh-witness-about = نوڈ یہ دیکھ کر کہ کچھ نکالا نہیں گیا، دوسرے رجسٹروں کے جانچ نقطوں پر ساتھ دستخط کرتا ہے۔ اس کے دستخط اس کلید سے جانچے جاتے ہیں۔
mesh-witness-key = گواہ کی کلید

## Register

register-title = رجسٹر
register-title-for = { $asked } – رجسٹر
facets = محدود کریں
facet-clause = سمت
facet-kind = ریکارڈ کی قسم
facet-state = ریاست
facet-language = زبان
facet-issuer = ناشر
facet-exchange = تبادلہ
facet-visibility = کون پڑھ سکتا ہے
facet-apply = لاگو کریں
facet-more = { $count ->
    [one] مزید { $shown }
   *[other] مزید { $shown }
}
chosen = منتخب
chosen-remove = ہٹائیں:
results = جو ملا
found-n = { $count ->
    [one] { $shown } ریکارڈ
   *[other] { $shown } ریکارڈ
}
found-more = { $count ->
    [one] { $shown } سے زیادہ ریکارڈ
   *[other] { $shown } سے زیادہ ریکارڈ
}
order-best = پہلے موزوں ترین
order-newest = پہلے تازہ ترین
page-first = پہلا صفحہ
page-next = اگلا صفحہ
nothing-found = کچھ نہیں ملا
nothing-found-do = کم الفاظ یا دوسری زبان آزمائیں، یا حدیں ہٹا دیں۔
nothing-found-all = پورا رجسٹر دکھائیں
wrong-question = یہ تلاش نہیں ہو سکتا
wrong-question-do = کم از کم ایک لفظ لکھیں، مگر بہت زیادہ نہیں۔
exports = پروگراموں کے لیے یہی:
exchange-offered = معاہدے پر دستیاب
visibility-open = سب
visibility-members = ارکان
visibility-parties = نامزد فریق
visibility-sealed = ابھی کوئی نہیں
group-base = بنیادیں
group-catalogue = فہرست
group-city = شہر
group-consultation = مشاورت
group-events = تقریبات
group-library = کتب خانہ
group-networks = مواصلاتی نیٹ ورک
group-privacy = رازداری
group-projects = منصوبے
group-rules = قواعد
group-skills = مہارتیں
group-trade = تجارت
badge-withdrawn = واپس لیا گیا
badge-sealed = مہر بند
badge-members = ارکان کے لیے
badge-parties = نامزد فریقوں کے لیے
badge-purged = مواد حذف شدہ
badge-expired = اب نافذ نہیں
badge-early = ابھی نافذ نہیں
badge-caught = رجسٹر کی تاریخ متضاد

## Record

record-short = مختصراً
record-says = مواد
record-translations = تراجم
record-history = تاریخ
record-links = روابط
record-origin = ماخذ
record-get = کیسے حاصل کریں
record-take = ساتھ لے جائیں
record-instead = آپ کی زبان میں متن نہیں۔ دکھایا گیا:
record-translated = ترجمہ
record-origin-about = ریکارڈ پر یقین مصنف کے دستخط اور دوسروں کے پاس بھی محفوظ لاگ میں اس کی جگہ کے سبب ہوتا ہے، نہ کہ اس لیے کہ صفحہ اسے دکھاتا ہے۔
short-issuer = ناشر
short-issued = تاریخِ اجرا
short-version = نسخہ
short-from = نفاذ از
short-until = نفاذ تا
short-languages = زبانیں
short-authentic = مستند متن
short-visibility = کون پڑھ سکتا ہے
short-opened = سب کے لیے کھولا گیا
short-mandate = اختیار
withdrawn-title = مصنف نے یہ ریکارڈ واپس لے لیا ہے
withdrawn-superseded = اسے بدل دیا گیا ہے۔
withdrawn-error = یہ غلطی سے شائع ہوا تھا۔
withdrawn-law = قانون کا تقاضا تھا۔
withdrawn-personal-data = اس میں ذاتی ڈیٹا تھا۔
withdrawn-expired = اس کی مدت گزر گئی۔
withdrawn-other = کسی اور وجہ سے۔
replaced-title = یہ ریکارڈ دوبارہ جاری ہوا
replaced-by = اس کی جگہ:
caught-title = اس ریکارڈ کے رجسٹر کی تاریخ متضاد ہے
caught-about = اس کے مالک نے دو تاریخوں پر دستخط کیے۔ پہلے پڑھا گیا اب بھی دکھایا جاتا ہے، مگر تاریخ میں اس کی جگہ یقینی نہیں۔
caught-see = دونوں دستخط شدہ بیان دیکھیں
old-version-title = یہ پرانا نسخہ ہے
old-version-newest = تازہ ترین پر جائیں، نسخہ { $number }
expired-title = اب نافذ نہیں
expired-about = ریکارڈ میں درج مدت گزر چکی ہے۔
early-title = ابھی نافذ نہیں
early-about = ریکارڈ میں بعد کا وقت درج ہے۔
stale-title = ممکن ہے یہ تازہ ترین حالت نہ ہو
stale-about = تب سے مصنف کے رجسٹر نے جواب نہیں دیا۔ یہاں جو ہے وہ ملنے پر جانچا گیا تھا۔
body-sealed = مہر بند
body-sealed-about = مصنف نے مواد طے کر دیا ہے اور بعد میں کھولے گا۔ تب تک نہ کوئی اسے پڑھ سکتا ہے نہ بدل سکتا ہے۔
body-members = ارکان کے لیے
body-members-about = سب دیکھتے ہیں کہ یہ ریکارڈ موجود ہے۔ اس کا مواد ارکان کو تبادلے سے دیا جاتا ہے۔
body-parties = نامزد فریقوں کے لیے
body-parties-about = سب دیکھتے ہیں کہ یہ ریکارڈ موجود ہے۔ اس کا مواد مصنف کے نامزد فریقوں کو تبادلے سے دیا جاتا ہے۔
body-purged = حذف شدہ
body-purged-about = مواد مصنف کے کہنے پر حذف ہوا۔ اندراج باقی ہے اور بتاتا ہے کہ مواد تھا۔
body-withdrawn = واپس لیا گیا
body-withdrawn-about = مواد اب نہیں دکھایا جاتا۔
body-missing = یہاں نہیں
body-missing-about = اس نوڈ کے پاس ریکارڈ کا مواد نہیں۔
get-by-exchange = اپنے نوڈ سے تبادلے کے ذریعے مانگیں:
get-about = { $count ->
    [0] مصنف کا نوڈ یہ ڈیٹا معاہدے پر تبادلے سے دیتا ہے۔
    [one] مصنف کا نوڈ یہ ڈیٹا معاہدے پر تبادلے سے دیتا ہے۔ { $shown } پیشکش قائم ہے۔
   *[other] مصنف کا نوڈ یہ ڈیٹا معاہدے پر تبادلے سے دیتا ہے۔ { $shown } پیشکشیں قائم ہیں۔
}
get-dataset = تبادلے میں ڈیٹا سیٹ
get-address = تبادلے کا پتہ
translation-authentic = مستند
translation-official = سرکاری
translation-working = عملی
translation-machine = مشینی
translation-by = مترجم
translation-older = ریکارڈ کے دوسرے نسخے کے لیے بنا۔
version-n = نسخہ { $number }
version-first = پہلا نسخہ۔
version-same = سب کے لیے کھلے مواد میں کچھ نہیں بدلا۔
change-before = پہلے:
change-after = اب:
links-from = یہ ریکارڈ ان کا ذکر کرتا ہے
links-to = اس کا ذکر کرنے والے ریکارڈ
rel-related = متعلق
rel-describedby = تفصیل
rel-replaces = اس کی جگہ لیتا ہے
rel-source = ماخذ
rel-target = موضوع
proof-author = دستخط کنندہ
proof-log = رجسٹر
proof-place = اس میں جگہ
proof-place-of = { $size } میں سے اندراج { $index }
proof-hash = اندراج کا نشان
proof-checkpoint = تازہ ترین دستخط شدہ حالت
proof-checked = رجسٹر کا آخری جواب
proof-cosigners = ساتھ دستخط کرنے والے
proof-cosigners-none = خود رجسٹر کے سوا کوئی نہیں
proof-stamped = مہرِ وقت
proof-stamped-size = وقت کے ادارے نے { $size } اندراجات والی حالت پر مہر لگائی
proof-mirrors = یہاں بھی محفوظ
proof-mirrors-none = اس نوڈ کو کوئی اور جگہ معلوم نہیں
holder-here = یہ نوڈ
holder-shown = دکھایا
holder-claimed = خود کہتا ہے
verify-title = خود جانچیں
verify-about = یہ حکم پورا رجسٹر پڑھتا اور ہر دستخط اور ہر بائٹ جانچتا ہے۔ یہ اس نوڈ پر بھروسا نہیں کرتا۔
verify-key = کلید کو اس کلید سے ملائیں جو مصنف نے آپ کو دوسرے راستے سے دی۔
cite = حوالہ
cite-form = { $who }۔ { $title }۔ نسخہ { $version } ({ $day })۔ { $id }

## جانچ

nav-verify = جانچ
check-title = ریکارڈ جانچیں
check-lede = کاغذ پر چھپے کوڈ کا متن، ریکارڈ کا پتہ یا اس کی شناخت چسپاں کریں، یا اس کے ثبوت کی فائل چنیں۔ یہ نوڈ اسے اپنے جانچے ہوئے رجسٹروں سے ملاتا ہے اور بتاتا ہے کہ کیا ثابت شدہ ہے اور کیا نہیں۔
check-text = کوڈ کا متن، پتہ یا شناخت
check-do = جانچیں
check-file-title = فائل جانچیں
check-file = ریکارڈ کا ثبوت (⁦.record-proof⁩)
check-file-about = ریکارڈ رکھنے والا ہر نوڈ اس کا ثبوت ریکارڈ کے صفحے پر دیتا ہے۔
check-body = ریکارڈ کا مواد (JSON)، اگر آپ کے پاس ہو
check-kept = فائلیں صرف جانچی جاتی ہیں، رکھی نہیں جاتیں۔
checked-good = اصلی
checked-good-about = یہ وہی ہے جس پر مصنف نے دستخط کیے، اور یہ مصنف کے رجسٹر میں موجود ہے۔
checked-past = اصلی، مگر اب اس صورت میں قائم نہیں
checked-past-about = یہ وہی ہے جس پر مصنف نے دستخط کیے۔ تب سے کچھ بدلا ہے؛ ریکارڈ دیکھیں۔
checked-open = یہاں یہ طے نہیں ہو سکتا
checked-open-about = اس میں کچھ غلط نہیں ملا، مگر جو معلوم ہونا ضروری ہے وہ اس نوڈ کو معلوم نہیں۔
checked-broken = اصلی نہیں
checked-broken-about = جو دکھایا گیا وہ رجسٹر میں درج سے میل نہیں کھاتا۔ اس پر بھروسا نہ کریں۔
checked-nothing = یہ کسی ریکارڈ کی طرف اشارہ نہیں کرتا
checked-nothing-about = پورا متن یا ریکارڈ کی شناخت چسپاں کریں، یا زیادہ سے زیادہ { $size } کلوبائٹ کی ثبوت فائل چنیں۔
checked-record = ریکارڈ
checked-newest = تازہ ترین نسخہ
checked-word = یہ اس نوڈ کا کہنا ہے۔ جو کسی نوڈ پر بھروسا نہ کرنا چاہے وہ ثبوت ساتھ لے جاتا اور اسے نیٹ ورک کے بغیر جانچتا ہے:
standing-broken = غلط
standing-unknown = معلوم نہیں
standing-proven = ثابت شدہ
standing-asserted = صرف بقولِ مصنف
said-record = تاریخِ اجرا: { $issued }۔
said-record-logged = یہ ان { $size } اندراجات میں سے اندراج { $index } ہے جن پر رجسٹر { $origin } نے دستخط کیے ہیں۔
said-checkpoint-refused = رجسٹر کی حالت پر رجسٹر کی کسی کلید سے دستخط نہیں ہوئے۔
said-record-not-logged = یہ اس رجسٹر میں نہیں جس کا یہ نام لیتا ہے۔
said-id-of-log = اس کی شناخت اسی رجسٹر کی ہے۔
said-id-of-log-unknown = اس کی شناخت اسی رجسٹر کی ہے یا نہیں، یہ صرف رجسٹر کی پہلی کلید بتا سکتی ہے۔
said-record-signed = مصنف نے اس پر کلید { $key } سے دستخط کیے۔
said-record-signed-unknown = مصنف نے اس پر کلید { $key } سے دستخط کیے یا نہیں: اس نوڈ نے رجسٹر ابھی وہاں تک نہیں پڑھا۔
said-record-signed-broken = کلید { $key } سے اس پر دستخط نہیں ہوئے، یا وہ اس جگہ مؤثر نہ تھی۔
said-body-verified = اس کا مواد وہی ہے جس پر مصنف نے دستخط کیے۔
said-body-not-shown = اس کا مواد یہاں نہیں، اس لیے جانچا نہیں گیا۔
said-salt-not-shown = اس کا مواد بند ہے اور یہاں جانچا نہیں جا سکتا۔
said-body-wrong = اس کے ساتھ دکھایا گیا متن وہ نہیں جس پر مصنف نے دستخط کیے۔
said-kind-unknown = اس کا مواد پڑھا نہیں گیا: { $kind } قسم کے ریکارڈ یہاں معلوم نہیں۔
said-body-invalid = اس کا مواد ویسا نہیں جیسا { $kind } قسم کے ریکارڈ کا ہونا چاہیے۔
said-proof-malformed = یہ فائل ریکارڈ کا ثبوت نہیں، یا خراب ہو گئی ہے۔
said-record-held = رجسٹر کی اس جگہ پر اس نوڈ کے پاس یہی ریکارڈ ہے۔
said-record-held-broken = رجسٹر کی اس جگہ پر اس نوڈ کے پاس دوسرا ریکارڈ ہے۔
said-log-not-held = اس نوڈ کے پاس رجسٹر { $origin } نہیں۔
said-record-not-held = اس نوڈ کے پاس ریکارڈ { $id } اس نسخے میں نہیں۔
said-record-not-published = ریکارڈ ابھی دستخط شدہ رجسٹر میں نہیں۔ تھوڑی دیر بعد پھر کوشش کریں۔
said-pointer-hash = کوڈ کا نشان ریکارڈ کے نشان سے میل کھاتا ہے۔
said-pointer-hash-broken = کوڈ کا نشان ریکارڈ کے نشان سے میل نہیں کھاتا۔
said-pointer-signature = کوڈ کے دستخط ریکارڈ کے دستخط سے میل کھاتے ہیں۔
said-pointer-signature-broken = کوڈ کے دستخط ریکارڈ کے دستخط سے میل نہیں کھاتے۔
proof-file = ثبوت
record-code = کاغذ کے لیے کوڈ
record-code-about = اسے پڑھنے والا کیمرا وہ صفحہ کھولتا ہے جو بتاتا ہے کہ ریکارڈ اصلی ہے یا نہیں اور اب بھی قائم ہے یا نہیں۔
record-code-open = یہ ریکارڈ جانچیں

## Body

body-eyebrow = ادارہ
body-id = شناخت
body-names = دوسری زبانوں میں نام
body-state = ریاست
body-log = رجسٹر
body-publishes = کیا شائع کرتا ہے
body-by-kind = قسم کے لحاظ سے ریکارڈ
body-newest = تازہ ترین
body-nothing = ابھی کچھ شائع نہیں کیا
body-nothing-about = شائع ہونے پر ریکارڈ یہاں ہوں گے۔
body-offers = تبادلے میں کیا پیش کرتا ہے
body-offers-about = یہ ڈیٹا دو نوڈوں کے درمیان معاہدے پر دیا جاتا ہے۔
body-offers-all = تمام پیشکشیں
body-offers-none = اس وقت سب کے لیے کچھ پیش نہیں۔
chart-share = حصہ
chart-count = ریکارڈ

## When there is no page

mishap-not-found = ایسا صفحہ نہیں
mishap-not-found-do = پتہ غلط ہو سکتا ہے، یا جو تھا وہ اس نوڈ پر نہیں۔ تلاش کریں:
mishap-wrong = یہ پتہ سمجھا نہ جا سکا
mishap-wrong-do = یہ بہت لمبا ہے یا ایسی چیز مانگتا ہے جو نہیں۔ سرورق سے آغاز کریں۔
mishap-crowded = بہت زیادہ درخواستیں
mishap-crowded-do = آپ کے پتے سے تھوڑے وقت میں بہت زیادہ درخواستیں آئیں۔ چند سیکنڈ ٹھہر کر صفحہ دوبارہ کھولیں۔
mishap-broken = یہ نوڈ ابھی جواب نہیں دے سکتا
mishap-broken-do = خرابی ہماری ہے اور درج ہو چکی ہے۔ تھوڑی دیر بعد صفحہ دوبارہ کھولیں؛ یہی ریکارڈ دوسرے نوڈوں پر بھی پڑھے جا سکتے ہیں۔
mishap-home = سرورق پر

## Gallery

gallery-title = اجزا کی نمائش
gallery-about = ان صفحات کے تمام اجزا، ہر ایک اپنی ہر حالت میں۔

## States, official names

state-by = جمہوریہ بیلاروس
state-in = جمہوریہ بھارت
state-ir = اسلامی جمہوریہ ایران
state-kz = جمہوریہ قازقستان
state-cn = عوامی جمہوریہ چین
state-kg = جمہوریہ کرغیز
state-pk = اسلامی جمہوریہ پاکستان
state-ru = روسی وفاق
state-tj = جمہوریہ تاجکستان
state-uz = جمہوریہ ازبکستان

## Languages

lang-ru = روسی
lang-zh = چینی
lang-en = انگریزی
lang-be = بیلاروسی
lang-fa = فارسی
lang-hi = ہندی
lang-kk = قازق
lang-ky = کرغیز
lang-tg = تاجک
lang-ur = اردو
lang-uz = ازبک
lang-und = زبان درج نہیں
