### पोर्टल हिन्दी में (प्रारूप)।

own-name = हिन्दी
brand = चापार

## Frame

skip = सामग्री पर जाएँ
nav-rooms = अनुभाग
nav-home = मुखपृष्ठ
nav-register = रजिस्टर
nav-mesh = नेटवर्क
nav-languages = भाषाएँ
nav-crumbs = आप कहाँ हैं
nav-pages = पृष्ठ
foot-about = यहाँ कोई केंद्र नहीं है: हर निकाय अपनी ओर से बोलता है, और हर नोड जो सुनता है उसे सँभालता और जाँचता है।
foot-node = यह नोड:
foot-api = प्रोग्रामों के लिए
draft-title = अनुवाद का प्रारूप
draft-about = इन पृष्ठों की भाषा अभी इस भाषा के बोलने वालों ने जाँची नहीं है।
copy = कॉपी करें
copied = कॉपी हो गया
print = छापें
yes = हाँ
no = नहीं
feed = नए अभिलेखों की फ़ीड

## Numbers, times

date-two-calendars = { $own } ({ $common })
date-with-zone = { $moment } { $zone }
age-seconds = { $shown } सेकंड पहले
age-minutes = { $shown } मिनट पहले
age-hours = { $shown } घंटे पहले
age-days = { $count ->
    [one] { $shown } दिन पहले
   *[other] { $shown } दिन पहले
}
records-n = { $count ->
    [one] { $shown } अभिलेख
   *[other] { $shown } अभिलेख
}
entries-n = { $count ->
    [one] { $shown } प्रविष्टि
   *[other] { $shown } प्रविष्टियाँ
}
list-more = { $count ->
    [one] और { $shown } अन्य, प्रोग्रामों वाले अभिलेख में
   *[other] और { $shown } अन्य, प्रोग्रामों वाले अभिलेख में
}
other-languages = { $count ->
    [one] { $shown } अन्य भाषा में
   *[other] { $shown } अन्य भाषाओं में
}
stale = अंतिम उत्तर: { $age }

## Home

home-title = डिजिटल सहयोग का साझा रजिस्टर
home-lede = विभिन्न राज्यों के निकाय यहाँ प्रकाशित करते हैं कि उनके पास क्या है, उनकी क्या योजना है और वे क्या पूछते हैं। हर अभिलेख पर उसके लेखक के हस्ताक्षर हैं और उसे अनेक नोड सँभालते हैं: कोई भी दूसरे की कही बात को चुपचाप बदल नहीं सकता।
search-label = रजिस्टर में खोजें
search-hint = डेटा, सेवाएँ, नियम…
search-do = खोजें
figure-records = { $count ->
    [one] अभिलेख
   *[other] अभिलेख
}
figure-states = { $count ->
    [one] राज्य शामिल
   *[other] राज्य शामिल
}
figure-logs = { $count ->
    [one] रजिस्टर यहाँ सँभाला गया
   *[other] रजिस्टर यहाँ सँभाले गए
}
home-clauses = रजिस्टर में क्या है
home-clauses-about = डिजिटल अर्थव्यवस्था के क्षेत्र में सहयोग सुदृढ़ करने पर शंघाई सहयोग संगठन के राष्ट्राध्यक्षों की परिषद के वक्तव्य की आठ दिशाओं के अनुसार (थ्येनचिन, 1 सितंबर 2025)।
clause-1 = डिजिटल अर्थव्यवस्था नीति में समन्वय और संवाद
clause-2 = डेटा सुरक्षा के नियम और मानक, डिजिटल अवसंरचना, सार्वजनिक सेवाएँ
clause-3 = परियोजनाएँ, डिजिटल रूपांतरण, उन्नत प्रौद्योगिकियाँ और कौशल
clause-4 = संचार नेटवर्क और व्यापार के लिए विश्वसनीय डेटा विनिमय
clause-5 = स्मार्ट शहर और डिजिटल सेवाएँ
clause-6 = डेटा गोपनीयता मानकों में अनुभव और सर्वोत्तम प्रथाएँ
clause-7 = संगोष्ठियाँ, सम्मेलन, प्रदर्शनियाँ और गोलमेज़ बैठकें
clause-8 = विश्लेषण केंद्र और अनुसंधान संस्थान
clause-none = अभी कोई अभिलेख नहीं।
home-node = यह नोड
home-node-about = आप रजिस्टर को वैसे पढ़ रहे हैं जैसे यह नोड उसे सँभालता है। एक-दूसरे का प्रतिबिंब रखने वाले नोड वही अभिलेख रखते हैं, और हर एक अपने लिए उत्तरदायी है।
node-address = पता
node-hosts = इस नोड के निकाय
node-federation = जिस संघ का अनुसरण करता है
empty-node-title = यहाँ अभी कुछ प्रकाशित नहीं हुआ है
empty-node-about = यह नया नोड है। इसका संचालक तीन चरणों से आरंभ कर सकता है।
empty-node-participant = प्रकाशित करने वाले निकाय को जोड़ें:
empty-node-publish = उसका पहला अभिलेख प्रकाशित करें:
empty-node-mirror = दूसरे नोड के रजिस्टर का प्रतिबिंब रखें, ताकि उसके अभिलेख यहाँ पढ़े जा सकें:

## Members and mesh

members-title = सदस्य
members-about = संगठन में प्रचलित क्रम में। सब समान हैं: हर सदस्य अपना रजिस्टर रखता है, और शेष उसका प्रतिबिंब।
members-logs = यहाँ किनके रजिस्टर सँभाले जाते हैं
members-logs-about = हर निकाय अपना रजिस्टर रखता है। यह नोड दूसरों के रजिस्टरों का प्रतिबिंब रखता और हर प्रविष्टि जाँचता है।
ring-title = { $all } में से { $good } रजिस्टर ठीक हैं
ring-share = { $good } / { $all }
ring-word = ठीक
ring-caption = रजिस्टर और इस नोड पर उनकी स्थिति
ring-number = क्रम
ring-member = निकाय
ring-state = यहाँ स्थिति
ring-entries = प्रविष्टियाँ
ring-lag = पीछे
ring-age = अंतिम उत्तर
asked = अंतिम उत्तर
log-own = यहीं रखा जाता है
log-fresh = अद्यतन
log-behind = पूरा हो रहा है
log-silent = उत्तर नहीं दे रहा
log-new = अभी उत्तर नहीं मिला
log-held = रोका गया
log-discontinued = समाप्त
log-caught = इतिहास परस्पर विरोधी
log-missing = यहाँ प्रतिबिंब नहीं
log-other-key = दूसरी कुंजी से रखा गया
witnessed-enough = साक्षी पर्याप्त
witnessed-too-few = साक्षी अपर्याप्त
mesh-title = नेटवर्क
mesh-lede = हर रजिस्टर एक से अधिक स्थानों पर रखा जाता है। यहाँ दिखता है कि यह नोड कौन से रजिस्टर रखता है, वे कितने ताज़ा हैं, कौन उनकी पुष्टि करता है, और क्या गलत पाया गया।
mesh-logs = इस नोड के रजिस्टर
mesh-logs-about = आकार और समय पृष्ठ खुलने के क्षण के हैं। जिसने जाँच-बिंदु पर सह-हस्ताक्षर किए, उसने वही इतिहास देखा जो इस नोड ने।
mesh-none = अभी कोई रजिस्टर नहीं
mesh-none-about = इस नोड पर न कोई निकाय है, न कोई प्रतिबिंब।
log-owner = निकाय
log-state = स्थिति
log-in-catalogue = सूची में प्रविष्टियाँ
log-lag = अभी प्राप्त नहीं
log-rejects = अभिलेख न होने से अस्वीकृत
log-successor = आगे इस पते पर
log-published = नवीनतम जाँच-बिंदु
log-address = उपलब्ध पता
log-technical = पता और कुंजी
log-key = कुंजी
obstacle-title = पिछला प्रयास सफल नहीं हुआ
obstacle-network = स्रोत तक नेटवर्क से पहुँचा नहीं जा सका। जो यहाँ है वह अपने समय के साथ पढ़ने योग्य रहता है।
obstacle-store = यह नोड अपना भंडार पढ़ या लिख नहीं सका।
obstacle-content = स्रोत का उत्तर रजिस्टर के हस्ताक्षरित कथन से मेल नहीं खाता। उसमें से कुछ नहीं लिया गया।
fork-title = दो इतिहासों पर हस्ताक्षर किए गए
fork-about = इस रजिस्टर के स्वामी ने ऐसे कथनों पर हस्ताक्षर किए जो दोनों सत्य नहीं हो सकते। वे साथ-साथ दिए गए हैं। अब इससे कुछ नहीं लिया जाता।
fork-note = हस्ताक्षरित कथन { $number }
mesh-alarms = चेतावनियाँ
mesh-alarms-none = ऐसा कुछ नहीं देखा गया जो ईमानदार रजिस्टर में न हो।
mesh-alarms-about = जो इस नोड ने देखा, या जो दूसरों ने बताया और नोड ने केवल हस्ताक्षरित कथनों से परखा।
alarm-log = रजिस्टर
alarm-what = क्या देखा गया
alarm-verdict = निश्चितता
alarm-seen = पहली बार देखा गया
alarm-now = अब
alarm-fork = दो इतिहास
alarm-inconsistent = कथन स्वयं का विरोधी
alarm-shrunken = स्रोत पुरानी स्थिति दिखाता है
alarm-wrong-tile = स्रोत ने बेमेल बाइट दिए
verdict-proven = प्रमाणित
verdict-asserted = कथित
verdict-unfounded = निराधार
verdict-unknown = अज्ञात
alarm-cleared = समाप्त
alarm-stands = जारी
mesh-witness = इस नोड का साक्षी
mesh-witness-about = नोड यह देखकर कि कुछ हटाया नहीं गया, दूसरे रजिस्टरों के जाँच-बिंदुओं पर सह-हस्ताक्षर करता है। उसके हस्ताक्षर इस कुंजी से जाँचे जाते हैं।
mesh-witness-key = साक्षी की कुंजी

## Register

register-title = रजिस्टर
register-title-for = { $asked } – रजिस्टर
facets = सीमित करें
facet-clause = दिशा
facet-kind = अभिलेख का प्रकार
facet-state = राज्य
facet-language = भाषा
facet-issuer = प्रकाशक
facet-exchange = विनिमय
facet-visibility = कौन पढ़ सकता है
facet-apply = लागू करें
facet-more = { $count ->
    [one] { $shown } और
   *[other] { $shown } और
}
chosen = चुने हुए
chosen-remove = हटाएँ:
results = जो मिला
found-n = { $count ->
    [one] { $shown } अभिलेख
   *[other] { $shown } अभिलेख
}
found-more = { $count ->
    [one] { $shown } से अधिक अभिलेख
   *[other] { $shown } से अधिक अभिलेख
}
order-best = पहले सबसे उपयुक्त
order-newest = पहले नवीनतम
page-first = पहला पृष्ठ
page-next = अगला पृष्ठ
nothing-found = कुछ नहीं मिला
nothing-found-do = कम शब्द, दूसरी भाषा आज़माएँ, या सीमाएँ हटाएँ।
nothing-found-all = पूरा रजिस्टर दिखाएँ
wrong-question = यह खोजा नहीं जा सकता
wrong-question-do = कम से कम एक शब्द लिखें, पर बहुत अधिक नहीं।
exports = प्रोग्रामों के लिए यही:
exchange-offered = अनुबंध पर उपलब्ध
visibility-open = सभी
visibility-members = सदस्य
visibility-parties = नामित पक्ष
visibility-sealed = अभी कोई नहीं
group-base = आधार
group-catalogue = सूची
group-city = शहर
group-consultation = परामर्श
group-events = कार्यक्रम
group-library = पुस्तकालय
group-networks = संचार नेटवर्क
group-privacy = गोपनीयता
group-projects = परियोजनाएँ
group-rules = नियम
group-skills = कौशल
group-trade = व्यापार
badge-withdrawn = वापस लिया गया
badge-sealed = मुहरबंद
badge-members = सदस्यों के लिए
badge-parties = नामित पक्षों के लिए
badge-purged = सामग्री हटाई गई
badge-expired = अब लागू नहीं
badge-early = अभी लागू नहीं
badge-caught = रजिस्टर का इतिहास परस्पर विरोधी

## Record

record-short = संक्षेप में
record-says = सामग्री
record-translations = अनुवाद
record-history = इतिहास
record-links = संबंध
record-origin = उद्गम
record-get = कैसे प्राप्त करें
record-take = साथ ले जाएँ
record-instead = आपकी भाषा में पाठ नहीं है। दिखाया गया:
record-translated = अनुवाद
record-origin-about = अभिलेख पर विश्वास लेखक के हस्ताक्षर और दूसरों के पास भी रखे लॉग में उसके स्थान के कारण होता है, इसलिए नहीं कि कोई पृष्ठ उसे दिखाता है।
short-issuer = प्रकाशक
short-issued = जारी
short-version = संस्करण
short-from = लागू होने का समय
short-until = लागू रहने का समय
short-languages = भाषाएँ
short-authentic = प्रामाणिक पाठ
short-visibility = कौन पढ़ सकता है
short-opened = सबके लिए खोला गया
short-mandate = अधिकार
withdrawn-title = लेखक ने यह अभिलेख वापस ले लिया है
withdrawn-superseded = इसे बदल दिया गया है।
withdrawn-error = यह भूल से प्रकाशित हुआ था।
withdrawn-law = विधि ने ऐसा चाहा।
withdrawn-personal-data = इसमें व्यक्तिगत डेटा था।
withdrawn-expired = इसका समय बीत गया।
withdrawn-other = अन्य कारण से।
replaced-title = यह अभिलेख पुनः जारी किया गया
replaced-by = इसके स्थान पर:
caught-title = इस अभिलेख के रजिस्टर का इतिहास परस्पर विरोधी है
caught-about = इसके स्वामी ने दो इतिहासों पर हस्ताक्षर किए। पहले पढ़ा गया अब भी दिखता है, पर इतिहास में उसका स्थान निश्चित नहीं।
caught-see = दोनों हस्ताक्षरित कथन देखें
old-version-title = यह पुराना संस्करण है
old-version-newest = नवीनतम पर जाएँ, संस्करण { $number }
expired-title = अब लागू नहीं
expired-about = अभिलेख में दिया समय बीत गया है।
early-title = अभी लागू नहीं
early-about = अभिलेख में बाद का समय दिया है।
stale-title = संभव है यह नवीनतम स्थिति न हो
stale-about = तब से लेखक के रजिस्टर ने उत्तर नहीं दिया। यहाँ दिखाया गया प्राप्ति के समय जाँचा गया था।
body-sealed = मुहरबंद
body-sealed-about = लेखक ने सामग्री निश्चित कर दी है और बाद में खोलेगा। तब तक न कोई इसे पढ़ सकता है, न बदल सकता है।
body-members = सदस्यों के लिए
body-members-about = सब देखते हैं कि यह अभिलेख है। इसकी सामग्री सदस्यों को विनिमय से दी जाती है।
body-parties = नामित पक्षों के लिए
body-parties-about = सब देखते हैं कि यह अभिलेख है। इसकी सामग्री लेखक द्वारा नामित पक्षों को विनिमय से दी जाती है।
body-purged = हटाया गया
body-purged-about = सामग्री लेखक के कहने पर हटाई गई। प्रविष्टि रहती है और दिखाती है कि सामग्री थी।
body-withdrawn = वापस लिया गया
body-withdrawn-about = सामग्री अब नहीं दिखाई जाती।
body-missing = यहाँ नहीं है
body-missing-about = इस नोड के पास अभिलेख की सामग्री नहीं है।
get-by-exchange = अपने नोड से विनिमय द्वारा माँगें:
get-about = { $count ->
    [0] लेखक का नोड यह डेटा अनुबंध पर विनिमय से देता है।
    [one] लेखक का नोड यह डेटा अनुबंध पर विनिमय से देता है। { $shown } प्रस्ताव मान्य है।
   *[other] लेखक का नोड यह डेटा अनुबंध पर विनिमय से देता है। { $shown } प्रस्ताव मान्य हैं।
}
get-dataset = विनिमय में डेटासेट
get-address = विनिमय का पता
translation-authentic = प्रामाणिक
translation-official = आधिकारिक
translation-working = कार्यकारी
translation-machine = मशीनी
translation-by = अनुवादक
translation-older = अभिलेख के दूसरे संस्करण के लिए बना।
version-n = संस्करण { $number }
version-first = पहला संस्करण।
version-same = सबके लिए खुली सामग्री में कुछ नहीं बदला।
change-before = पहले:
change-after = अब:
links-from = यह अभिलेख इनका नाम लेता है
links-to = इसका नाम लेने वाले अभिलेख
rel-related = संबंधित
rel-describedby = वर्णन
rel-replaces = इसका स्थान लेता है
rel-source = स्रोत
rel-target = विषय
proof-author = हस्ताक्षरकर्ता
proof-log = रजिस्टर
proof-place = उसमें स्थान
proof-place-of = { $size } में से प्रविष्टि { $index }
proof-hash = प्रविष्टि की छाप
proof-checkpoint = नवीनतम हस्ताक्षरित स्थिति
proof-checked = रजिस्टर का अंतिम उत्तर
proof-cosigners = सह-हस्ताक्षरकर्ता
proof-cosigners-none = स्वयं रजिस्टर के सिवा कोई नहीं
proof-stamped = समय-मुहर
proof-stamped-size = समय प्राधिकरण ने { $size } प्रविष्टियों वाली स्थिति पर मुहर लगाई है
proof-mirrors = यहाँ भी रखा गया
proof-mirrors-none = इस नोड को दूसरा स्थान ज्ञात नहीं
holder-here = यह नोड
holder-shown = दिखाया
holder-claimed = स्वयं कहता है
verify-title = स्वयं जाँचें
verify-about = यह आदेश पूरा रजिस्टर पढ़ता है और हर हस्ताक्षर तथा हर बाइट जाँचता है। यह इस नोड पर विश्वास नहीं करता।
verify-key = कुंजी को उस कुंजी से मिलाएँ जो लेखक ने आपको दूसरे मार्ग से दी।
cite = उद्धरण
cite-form = { $who }। { $title }। संस्करण { $version } ({ $day })। { $id }

## जाँच

nav-verify = जाँच
check-title = अभिलेख जाँचें
check-lede = काग़ज़ पर छपे कोड का पाठ, अभिलेख का पता या उसकी पहचान चिपकाएँ, या उसके प्रमाण की फ़ाइल चुनें। यह नोड उसे अपने जाँचे हुए रजिस्टरों से मिलाता है और बताता है कि क्या प्रमाणित है और क्या नहीं।
check-text = कोड का पाठ, पता या पहचान
check-do = जाँचें
check-file-title = फ़ाइल जाँचें
check-file = अभिलेख का प्रमाण (.record-proof)
check-file-about = अभिलेख रखने वाला हर नोड उसका प्रमाण अभिलेख के पृष्ठ पर देता है।
check-body = अभिलेख की सामग्री (JSON), यदि आपके पास हो
check-kept = फ़ाइलें केवल जाँची जाती हैं, रखी नहीं जातीं।
checked-good = असली
checked-good-about = यह वही है जिस पर लेखक ने हस्ताक्षर किए, और यह लेखक के रजिस्टर में है।
checked-past = असली, पर अब इस रूप में मान्य नहीं
checked-past-about = यह वही है जिस पर लेखक ने हस्ताक्षर किए। तब से कुछ बदला है; अभिलेख देखें।
checked-open = यहाँ यह तय नहीं किया जा सकता
checked-open-about = इसमें कुछ गलत नहीं मिला, पर जो जानना आवश्यक है वह इस नोड को ज्ञात नहीं।
checked-broken = असली नहीं
checked-broken-about = जो दिखाया गया वह रजिस्टर में दर्ज बात से मेल नहीं खाता। इस पर भरोसा न करें।
checked-nothing = यह किसी अभिलेख की ओर संकेत नहीं करता
checked-nothing-about = पूरा पाठ या अभिलेख की पहचान चिपकाएँ, या अधिकतम { $size } KB की प्रमाण फ़ाइल चुनें।
checked-record = अभिलेख
checked-newest = नवीनतम संस्करण
checked-word = यह इस नोड का कथन है। जो किसी भी नोड पर निर्भर नहीं रहना चाहता, वह प्रमाण साथ ले जाता है और उसे बिना नेटवर्क के जाँचता है:
standing-broken = गलत
standing-unknown = अज्ञात
standing-proven = प्रमाणित
standing-asserted = केवल लेखक का कथन
said-record = जारी होने की तिथि: { $issued }।
said-record-logged = यह उन { $size } प्रविष्टियों में से प्रविष्टि { $index } है जिन पर रजिस्टर { $origin } ने हस्ताक्षर किए हैं।
said-checkpoint-refused = रजिस्टर की स्थिति पर रजिस्टर की किसी कुंजी से हस्ताक्षर नहीं हुए।
said-record-not-logged = यह उस रजिस्टर में नहीं है जिसका यह नाम लेता है।
said-id-of-log = इसकी पहचान इसी रजिस्टर की है।
said-id-of-log-unknown = इसकी पहचान इसी रजिस्टर की है या नहीं, यह केवल रजिस्टर की पहली कुंजी बता सकती है।
said-record-signed = लेखक ने इस पर कुंजी { $key } से हस्ताक्षर किए।
said-record-signed-unknown = लेखक ने इस पर कुंजी { $key } से हस्ताक्षर किए या नहीं: इस नोड ने रजिस्टर अभी वहाँ तक नहीं पढ़ा है।
said-record-signed-broken = कुंजी { $key } से इस पर हस्ताक्षर नहीं हुए, या वह उस स्थान पर मान्य नहीं थी।
said-body-verified = इसकी सामग्री वही है जिस पर लेखक ने हस्ताक्षर किए।
said-body-not-shown = इसकी सामग्री यहाँ नहीं है, इसलिए वह जाँची नहीं गई।
said-salt-not-shown = इसकी सामग्री बंद है और यहाँ जाँची नहीं जा सकती।
said-body-wrong = इसके साथ दिखाया गया पाठ वह नहीं है जिस पर लेखक ने हस्ताक्षर किए।
said-kind-unknown = इसकी सामग्री पढ़ी नहीं गई: { $kind } प्रकार के अभिलेख यहाँ ज्ञात नहीं हैं।
said-body-invalid = इसकी सामग्री वैसी नहीं है जैसी { $kind } प्रकार के अभिलेख की होनी चाहिए।
said-proof-malformed = यह फ़ाइल अभिलेख का प्रमाण नहीं है, या क्षतिग्रस्त है।
said-record-held = रजिस्टर के उस स्थान पर इस नोड के पास यही अभिलेख है।
said-record-held-broken = रजिस्टर के उस स्थान पर इस नोड के पास दूसरा अभिलेख है।
said-log-not-held = इस नोड के पास रजिस्टर { $origin } नहीं है।
said-record-not-held = इस नोड के पास अभिलेख { $id } उस संस्करण में नहीं है।
said-record-not-published = अभिलेख अभी हस्ताक्षरित रजिस्टर में नहीं है। थोड़ी देर बाद फिर प्रयास करें।
said-pointer-hash = कोड की छाप अभिलेख की छाप से मेल खाती है।
said-pointer-hash-broken = कोड की छाप अभिलेख की छाप से मेल नहीं खाती।
said-pointer-signature = कोड के हस्ताक्षर अभिलेख के हस्ताक्षर से मेल खाते हैं।
said-pointer-signature-broken = कोड के हस्ताक्षर अभिलेख के हस्ताक्षर से मेल नहीं खाते।
proof-file = प्रमाण
record-code = काग़ज़ के लिए कोड
record-code-about = इसे पढ़ने वाला कैमरा वह पृष्ठ खोलता है जो बताता है कि अभिलेख असली है या नहीं और अब भी मान्य है या नहीं।
record-code-open = यह अभिलेख जाँचें

## Body

body-eyebrow = निकाय
body-id = पहचान
body-names = अन्य भाषाओं में नाम
body-state = राज्य
body-log = रजिस्टर
body-publishes = क्या प्रकाशित करता है
body-by-kind = प्रकार के अनुसार अभिलेख
body-newest = नवीनतम
body-nothing = अभी कुछ प्रकाशित नहीं किया
body-nothing-about = प्रकाशित होने पर अभिलेख यहाँ होंगे।
body-offers = विनिमय में क्या देता है
body-offers-about = यह डेटा दो नोडों के बीच अनुबंध पर दिया जाता है।
body-offers-all = सभी प्रस्ताव
body-offers-none = अभी सबके लिए कुछ प्रस्तावित नहीं।
chart-share = अंश
chart-count = अभिलेख

## When there is no page

mishap-not-found = ऐसा पृष्ठ नहीं है
mishap-not-found-do = पता गलत हो सकता है, या जो था वह इस नोड पर नहीं है। खोजें:
mishap-wrong = यह पता समझा नहीं जा सका
mishap-wrong-do = यह बहुत लंबा है या ऐसी वस्तु माँगता है जो नहीं है। मुखपृष्ठ से आरंभ करें।
mishap-crowded = बहुत अधिक अनुरोध
mishap-crowded-do = आपके पते से थोड़े समय में बहुत अधिक अनुरोध आए। कुछ सेकंड रुककर पृष्ठ फिर खोलें।
mishap-broken = यह नोड अभी उत्तर नहीं दे सकता
mishap-broken-do = दोष हमारा है और दर्ज कर लिया गया है। थोड़ी देर में पृष्ठ फिर खोलें; यही अभिलेख दूसरे नोडों पर भी पढ़े जा सकते हैं।
mishap-home = मुखपृष्ठ पर

## Gallery

gallery-title = घटकों की दीर्घा
gallery-about = इन पृष्ठों के सभी घटक, हर एक अपनी हर स्थिति में।

## States, official names

state-by = बेलारूस गणराज्य
state-in = भारत गणराज्य
state-ir = ईरान इस्लामी गणराज्य
state-kz = कज़ाख़स्तान गणराज्य
state-cn = चीन लोक गणराज्य
state-kg = किर्गिज़ गणराज्य
state-pk = पाकिस्तान इस्लामी गणराज्य
state-ru = रूसी संघ
state-tj = ताजिकिस्तान गणराज्य
state-uz = उज़्बेकिस्तान गणराज्य

## Languages

lang-ru = रूसी
lang-zh = चीनी
lang-en = अंग्रेज़ी
lang-be = बेलारूसी
lang-fa = फ़ारसी
lang-hi = हिन्दी
lang-kk = कज़ाख़
lang-ky = किर्गिज़
lang-tg = ताजिक
lang-ur = उर्दू
lang-uz = उज़्बेक
lang-und = भाषा अंकित नहीं
