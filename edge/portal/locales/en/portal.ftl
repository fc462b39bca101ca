### The portal in English.

own-name = English
brand = Chapar

## Frame

skip = Skip to the content
nav-rooms = Rooms
nav-home = Home
nav-register = Register
nav-mesh = Mesh
nav-languages = Languages
nav-crumbs = Where you are
nav-pages = Pages
foot-about = There is no centre here: every body speaks for itself, and every node keeps and checks what it has heard.
foot-node = This node:
foot-api = For programs
draft-title = Draft translation
draft-about = Speakers of this language have not yet checked the wording of these pages.
copy = Copy
copied = Copied
print = Print
yes = yes
no = no
feed = Feed of new records

## Numbers, times

date-two-calendars = { $own } ({ $common })
date-with-zone = { $moment } { $zone }
age-seconds = { $shown } s ago
age-minutes = { $shown } min ago
age-hours = { $shown } h ago
age-days = { $count ->
    [one] { $shown } day ago
   *[other] { $shown } days ago
}
records-n = { $count ->
    [one] { $shown } record
   *[other] { $shown } records
}
entries-n = { $count ->
    [one] { $shown } entry
   *[other] { $shown } entries
}
list-more = { $count ->
    [one] and { $shown } more, in the record for programs
   *[other] and { $shown } more, in the record for programs
}
other-languages = { $count ->
    [one] In { $shown } other language
   *[other] In { $shown } other languages
}
stale = Last heard { $age }

## Home

home-title = The shared register of digital cooperation
home-lede = Bodies of different states publish here what they have, what they plan and what they ask. Every record is signed by its author and kept by every node that mirrors it: nobody can change unnoticed what another has said.
search-label = Search the register
search-hint = Data, services, rules, events…
search-do = Search
figure-records = { $count ->
    [one] record
   *[other] records
}
figure-states = { $count ->
    [one] state covered
   *[other] states covered
}
figure-logs = { $count ->
    [one] register held here
   *[other] registers held here
}
home-clauses = What is in it
home-clauses-about = By the eight directions of the Statement of the SCO Council of Heads of State on strengthening cooperation in the digital economy (Tianjin, 1 September 2025).
clause-1 = Coordination and dialogue on digital economy policy
clause-2 = Data security rules and standards, digital infrastructure, public services
clause-3 = Projects, digital transformation, new technologies and skills
clause-4 = Communication networks and reliable data exchange for trade
clause-5 = Smart cities and digital services
clause-6 = Experience and best practices in data privacy standards
clause-7 = Seminars, conferences, exhibitions and round tables
clause-8 = Think tanks and research institutions
clause-none = No records yet.
home-node = This node
home-node-about = You are reading the register as this node holds it. Nodes that mirror each other hold the same records, and each answers for itself.
node-address = Address
node-hosts = Bodies at this node
node-federation = Follows the federation
empty-node-title = Nothing has been published here yet
empty-node-about = This node is new. Its operator can begin in three steps.
empty-node-participant = Take in a body that will publish:
empty-node-publish = Publish its first record:
empty-node-mirror = Mirror the register of another node, so that its records can be read here:

## Members and mesh

members-title = Members
members-about = In the order of the Organisation. All are equal: each member keeps its own register, and the others mirror it.
members-logs = Whose registers are held here
members-logs-about = Each body keeps its own register. This node mirrors the registers of others and checks every entry.
ring-title = { $good } of { $all } registers are as they should be
ring-share = { $good } / { $all }
ring-word = in order
ring-caption = Registers and how they stand at this node
ring-number = No.
ring-member = Body
ring-state = State here
ring-entries = Entries
ring-lag = Behind by
ring-age = Last heard
asked = last heard
log-own = kept here
log-fresh = in step
log-behind = catching up
log-silent = not answering
log-new = not heard yet
log-held = on hold
log-discontinued = ended
log-caught = contradictory history
log-missing = not mirrored here
log-other-key = held under another key
witnessed-enough = enough witnesses
witnessed-too-few = too few witnesses
mesh-title = The mesh
mesh-lede = Nodes keep copies of each other’s registers. Here you see which registers this node holds, how fresh they are, who vouches for them, and what was found wrong.
mesh-logs = Registers at this node
mesh-logs-about = Size and age are as of this page. Whoever cosigned a checkpoint saw the same history as this node.
mesh-none = No registers yet
mesh-none-about = This node neither hosts a body nor mirrors a register.
log-owner = Body
log-state = State
log-in-catalogue = Entries in the catalogue
log-lag = Not here yet
log-rejects = Refused as no records
log-successor = Goes on at
log-published = Newest checkpoint since
log-address = Served at
log-technical = Address and key
log-key = Key
obstacle-title = The last look did not succeed
obstacle-network = The place cannot be reached over the network. What is held here stays readable, with its age.
obstacle-store = This node could not read or write its own storage.
obstacle-content = The place answered with something that does not fit what the register has signed. Nothing of it was taken.
fork-title = Two histories were signed
fork-about = The owner of this register signed statements that cannot both be true. They stand side by side below. Nothing more is taken from it.
fork-note = Signed statement { $number }
mesh-alarms = Alarms
mesh-alarms-none = Nothing was seen that an honest register does not show.
mesh-alarms-about = What this node saw, or what others told and it has judged by the signed statements alone.
alarm-log = Register
alarm-what = What was seen
alarm-verdict = How certain
alarm-seen = First seen
alarm-now = Now
alarm-fork = two histories
alarm-inconsistent = a statement that contradicts itself
alarm-shrunken = a place shows an older state
alarm-wrong-tile = a place gave bytes that do not fit
verdict-proven = proven
verdict-asserted = asserted
verdict-unfounded = unfounded
verdict-unknown = unknown
alarm-cleared = over
alarm-stands = stands
mesh-witness = The witness of this node
mesh-witness-about = This node cosigns the checkpoints of other registers once it has seen that nothing was taken out of them. Others check its signature by this key.
mesh-witness-key = Key of the witness

## Register

register-title = Register
register-title-for = { $asked } – Register
facets = Narrow down
facet-clause = Direction
facet-kind = Kind
facet-state = State
facet-language = Language
facet-issuer = Published by
facet-exchange = Exchange
facet-visibility = Who may read
facet-apply = Apply
facet-more = { $count ->
    [one] { $shown } more
   *[other] { $shown } more
}
chosen = Chosen
chosen-remove = Remove:
results = What was found
found-n = { $count ->
    [one] { $shown } record
   *[other] { $shown } records
}
found-more = { $count ->
    [one] More than { $shown } record
   *[other] More than { $shown } records
}
order-best = Best match first
order-newest = Newest first
page-first = First page
page-next = Next page
nothing-found = Nothing was found
nothing-found-do = Try fewer words, another language, or take away what narrows the search.
nothing-found-all = Show the whole register
wrong-question = This cannot be searched for
wrong-question-do = Write at least one word, and not too many of them.
exports = The same for programs:
exchange-offered = can be negotiated
visibility-open = everybody
visibility-members = members
visibility-parties = named parties
visibility-sealed = nobody yet
group-base = Foundations
group-catalogue = Catalogue
group-city = Cities
group-consultation = Consultations
group-events = Events
group-library = Library
group-networks = Networks
group-privacy = Privacy
group-projects = Projects
group-rules = Rules
group-skills = Skills
group-trade = Trade
badge-withdrawn = withdrawn
badge-sealed = sealed
badge-members = for members
badge-parties = for named parties
badge-purged = body deleted
badge-expired = no longer in force
badge-early = not yet in force
badge-caught = history of its register is contradictory

## Record

record-short = In short
record-says = What it says
record-translations = Translations
record-history = History
record-links = Links
record-origin = Where it comes from
record-get = How to get it
record-take = Take it along
record-instead = Not written in your language. Shown in:
record-translated = translation
record-origin-about = A record is believed because of its author’s signature and its place in a log that others keep too, not because a page shows it.
short-issuer = Published by
short-issued = Issued
short-version = Version
short-from = In force from
short-until = In force until
short-languages = Languages
short-authentic = Authentic in
short-visibility = Who may read it
short-opened = Opened to everybody
short-mandate = Mandate
withdrawn-title = This record was withdrawn by its author
withdrawn-superseded = It was replaced.
withdrawn-error = It was published in error.
withdrawn-law = The law required it.
withdrawn-personal-data = It held personal data.
withdrawn-expired = Its time has passed.
withdrawn-other = For another reason.
replaced-title = This record was issued again
replaced-by = In its place:
caught-title = The register of this record has a contradictory history
caught-about = Its owner signed two histories. What was read before is still shown, but its place in the history is not certain.
caught-see = See both signed statements
old-version-title = This is an older version
old-version-newest = Go to the newest one, version { $number }
expired-title = No longer in force
expired-about = The time that the record names has passed.
early-title = Not yet in force
early-about = The record names a later time for that.
stale-title = This may not be the newest state
stale-about = The register of the author has not answered since. What is shown here was verified when it came.
body-sealed = Sealed
body-sealed-about = The author has fixed what it says, and will open it later. Until then nobody can read it, and nobody can change it.
body-members = For members
body-members-about = Everybody can see that this record exists. What it says is handed over in the exchange, to members.
body-parties = For named parties
body-parties-about = Everybody can see that this record exists. What it says is handed over in the exchange, to the parties that the author names.
body-purged = Deleted
body-purged-about = What it said was deleted, as the author asked. The entry remains and shows that there was one.
body-withdrawn = Withdrawn
body-withdrawn-about = What it said is no longer shown.
body-missing = Not here
body-missing-about = This node does not have what the record says.
get-by-exchange = Ask for it in the exchange, from your own node:
get-about = { $count ->
    [0] The author’s node hands these data over in the exchange, under a contract.
    [one] The author’s node hands these data over in the exchange, under a contract. { $shown } offer stands.
   *[other] The author’s node hands these data over in the exchange, under a contract. { $shown } offers stand.
}
get-dataset = Dataset in the exchange
get-address = Address of the exchange
translation-authentic = authentic
translation-official = official
translation-working = working
translation-machine = machine
translation-by = Translated by
translation-older = Made for another version of the record.
version-n = Version { $number }
version-first = The first version.
version-same = Nothing that everybody may read has changed.
change-before = Before:
change-after = After:
links-from = This record names
links-to = Records that name it
rel-related = related to
rel-describedby = described by
rel-replaces = replaces
rel-source = source
rel-target = about
proof-author = Signed by
proof-log = Register
proof-place = Place in it
proof-place-of = entry { $index } of { $size }
proof-hash = Fingerprint of the entry
proof-checkpoint = Newest signed state since
proof-checked = Register last heard
proof-cosigners = Cosigned by
proof-cosigners-none = nobody besides the register itself
proof-stamped = Time stamp
proof-stamped-size = an authority of time has stamped the state with { $size } entries
proof-mirrors = Also kept at
proof-mirrors-none = no other place that this node knows
holder-here = this node
holder-shown = showed it
holder-claimed = says so
verify-title = Verify it yourself
verify-about = This command reads the whole register and checks every signature and every byte. It does not trust this node.
verify-key = Compare the key with the one that the author gave you by another way.
cite = Cite
cite-form = { $who }. { $title }. Version { $version } ({ $day }). { $id }

## Verify

nav-verify = Verify
check-title = Verify a record
check-lede = Paste what a code on paper says, the address or the id of a record, or choose the file of its proof. This node holds it against the registers that it has verified, and says what is proven and what is not.
check-text = Text of the code, address or id
check-do = Verify
check-file-title = Verify a file
check-file = Proof of the record (.record-proof)
check-file-about = Every node that holds a record hands its proof out, on the record’s page.
check-body = What the record says (JSON), if you have it
check-kept = The files are looked at and not kept.
checked-good = Genuine
checked-good-about = It is what its author signed, and it stands in the author’s register.
checked-past = Genuine, but no longer as it stands there
checked-past-about = It is what its author signed. Something has changed since; see the record.
checked-open = This cannot be told here
checked-open-about = Nothing about it is wrong, but something that is needed is not known at this node.
checked-broken = Not genuine
checked-broken-about = What was shown is not what stands in the register. Do not rely on it.
checked-nothing = This points at no record
checked-nothing-about = Paste the whole text, or the id of a record, or choose the file of a proof of at most { $size } KB.
checked-record = The record
checked-newest = Newest version
checked-word = This is what this node says. Whoever wants to rely on no node takes the proof along and checks it without a network:
standing-broken = Wrong
standing-unknown = Not known
standing-proven = Proven
standing-asserted = Only its author says so
said-record = It was issued on { $issued }.
said-record-logged = It is entry { $index } of the { $size } entries that the register { $origin } has signed.
said-checkpoint-refused = The state of the register was not signed by a key of the register.
said-record-not-logged = It does not stand in the register that it names.
said-id-of-log = Its id belongs to this register.
said-id-of-log-unknown = Whether its id belongs to this register: only the first key of the register would tell.
said-record-signed = The author signed it with the key { $key }.
said-record-signed-unknown = Whether the author signed it with the key { $key }: this node has not yet read the register so far.
said-record-signed-broken = The key { $key } did not sign it, or was not valid at that place.
said-body-verified = What it says is what the author signed.
said-body-not-shown = What it says is not here, so it was not checked.
said-salt-not-shown = What it says is closed and cannot be checked here.
said-body-wrong = The text that was shown with it is not what the author signed.
said-kind-unknown = What it says was not read: records of the kind { $kind } are not known here.
said-body-invalid = What it says is not as a record of the kind { $kind } must be.
said-proof-malformed = The file is not the proof of a record, or it was damaged.
said-record-held = This node holds the same record at that place of the register.
said-record-held-broken = This node holds another record at that place of the register.
said-log-not-held = This node does not hold the register { $origin }.
said-record-not-held = This node holds no record { $id } in that version.
said-record-not-published = The record is not in the signed register yet. Try again in a moment.
said-pointer-hash = The fingerprint in the code is the one of the record.
said-pointer-hash-broken = The fingerprint in the code is not the one of the record.
said-pointer-signature = The signature in the code is the one of the record.
said-pointer-signature-broken = The signature in the code is not the one of the record.
proof-file = Proof
record-code = Code for paper
record-code-about = A camera that reads it opens a page that says whether the record is genuine and still stands.
record-code-open = Verify this record

## Body

body-eyebrow = Body
body-id = Identifier
body-names = Also called
body-state = State
body-log = Register
body-publishes = What it publishes
body-by-kind = Records by kind
body-newest = Newest
body-nothing = It has published nothing yet
body-nothing-about = Once it does, its records stand here.
body-offers = What it offers in the exchange
body-offers-about = These data are handed over under a contract between two nodes.
body-offers-all = All that it offers
body-offers-none = Nothing is offered to everybody at the moment.
chart-share = Share
chart-count = Records

## When there is no page

mishap-not-found = There is no such page
mishap-not-found-do = The address may be wrong, or what stood there is not held at this node. Search for it:
mishap-wrong = This address cannot be understood
mishap-wrong-do = It is too long or asks for something that does not exist. Begin again from the home page.
mishap-crowded = Too many requests
mishap-crowded-do = Very much was asked from your address in a short time. Wait a few seconds and load the page again.
mishap-broken = This node cannot answer now
mishap-broken-do = The fault is ours, and it has been written down. Load the page again in a while; what other nodes mirror can be read there meanwhile.
mishap-home = To the home page

## Gallery

gallery-title = Gallery of components
gallery-about = Every component of these pages, in each of its states.

## States, official names

state-by = Republic of Belarus
state-in = Republic of India
state-ir = Islamic Republic of Iran
state-kz = Republic of Kazakhstan
state-cn = People’s Republic of China
state-kg = Kyrgyz Republic
state-pk = Islamic Republic of Pakistan
state-ru = Russian Federation
state-tj = Republic of Tajikistan
state-uz = Republic of Uzbekistan

## Languages

lang-ru = Russian
lang-zh = Chinese
lang-en = English
lang-be = Belarusian
lang-fa = Persian
lang-hi = Hindi
lang-kk = Kazakh
lang-ky = Kyrgyz
lang-tg = Tajik
lang-ur = Urdu
lang-uz = Uzbek
lang-und = no language stated
