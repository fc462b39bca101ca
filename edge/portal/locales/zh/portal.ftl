### 门户的中文文本。

own-name = 中文
brand = Chapar

## 框架

skip = 跳到正文
nav-rooms = 栏目
nav-home = 首页
nav-register = 登记簿
nav-mesh = 网络
nav-languages = 语言
nav-crumbs = 当前位置
nav-pages = 分页
foot-about = 这里没有中心：各机构自行发声，各节点保存并核验其所收到的内容。
foot-node = 本节点：
foot-api = 程序接口
draft-title = 译文草稿
draft-about = 这些页面的措辞尚未经母语人士审阅。
copy = 复制
copied = 已复制
print = 打印
yes = 是
no = 否
feed = 新记录订阅源

## 数字与时间

date-two-calendars = { $own }（{ $common }）
date-with-zone = { $moment } { $zone }
age-seconds = { $shown } 秒前
age-minutes = { $shown } 分钟前
age-hours = { $shown } 小时前
age-days = { $count ->
   *[other] { $shown } 天前
}
records-n = { $count ->
   *[other] { $shown } 条记录
}
entries-n = { $count ->
   *[other] { $shown } 个条目
}
list-more = { $count ->
   *[other] 另有 { $shown } 项，见供程序读取的记录
}
other-languages = { $count ->
   *[other] 另有 { $shown } 种语言
}
stale = 最近应答：{ $age }

## 首页

home-title = 数字合作共享登记簿
home-lede = 各国机构在此公布其拥有、计划和征询的内容。每条记录均由发布方签名，并由镜像它的每个节点保存：任何人都无法在不被察觉的情况下更改他人所言。
search-label = 检索登记簿
search-hint = 数据、服务、规则、活动……
search-do = 检索
figure-records = { $count ->
   *[other] 条记录
}
figure-states = { $count ->
   *[other] 个涉及国家
}
figure-logs = { $count ->
   *[other] 部登记簿存于本节点
}
home-clauses = 登记内容
home-clauses-about = 按照《上海合作组织成员国元首理事会关于加强数字经济合作的声明》（2025年9月1日，天津）的八个方向编排。
clause-1 = 数字经济发展政策协调与对话
clause-2 = 数据安全规则和标准、数字基础设施、公共服务
clause-3 = 项目、数字化转型、先进技术与技能
clause-4 = 通信网络与面向贸易的可靠数据交换
clause-5 = 智慧城市与数字服务
clause-6 = 数据隐私标准方面的经验和最佳实践
clause-7 = 研讨会、会议、展览和圆桌会议
clause-8 = 智库和科研机构
clause-none = 暂无记录。
home-node = 本节点
home-node-about = 您读到的是本节点所保存的登记簿。相互镜像的节点保存同样的记录，各自负责。
node-address = 地址
node-hosts = 本节点的机构
node-federation = 所跟随的联合体
empty-node-title = 此处尚未发布任何内容
empty-node-about = 这是一个新节点。运行方可按以下三步开始。
empty-node-participant = 接纳将要发布内容的机构：
empty-node-publish = 发布第一条记录：
empty-node-mirror = 镜像其他节点的登记簿，使其记录可在此阅读：

## 成员与网络

members-title = 成员
members-about = 按本组织惯用顺序排列。成员一律平等：各自维护登记簿，其他成员保存其镜像。
members-logs = 本节点保存的登记簿
members-logs-about = 各机构维护自己的登记簿。本节点镜像他方登记簿，并核验每个条目。
ring-title = { $all } 部登记簿中有 { $good } 部状态正常
ring-share = { $good } / { $all }
ring-word = 状态正常
ring-caption = 登记簿及其在本节点的状态
ring-number = 序号
ring-member = 机构
ring-state = 在此状态
ring-entries = 条目
ring-lag = 落后
ring-age = 最近应答
asked = 最近应答
log-own = 在此维护
log-fresh = 已同步
log-behind = 正在追赶
log-silent = 无应答
log-new = 尚无应答
log-held = 暂停
log-discontinued = 已终止
log-caught = 历史自相矛盾
log-missing = 未在此镜像
log-other-key = 以其他密钥保存
witnessed-enough = 见证足够
witnessed-too-few = 见证不足
mesh-title = 网络
mesh-lede = 节点相互保存登记簿的副本。这里可以看到本节点保存哪些登记簿、新旧程度、由谁作证，以及发现了什么问题。
mesh-logs = 本节点的登记簿
mesh-logs-about = 规模和时间以打开本页时为准。共同签署检查点者所见历史与本节点一致。
mesh-none = 暂无登记簿
mesh-none-about = 本节点既无参与机构，也未镜像任何登记簿。
log-owner = 机构
log-state = 状态
log-in-catalogue = 目录中的条目
log-lag = 尚未取得
log-rejects = 因非记录而拒收
log-successor = 后续地址
log-published = 最新检查点时间
log-address = 提供地址
log-technical = 地址与密钥
log-key = 密钥
obstacle-title = 最近一次查看未成功
obstacle-network = 无法通过网络到达来源。此处保存的内容仍可阅读，并注明时间。
obstacle-store = 本节点无法读写自身存储。
obstacle-content = 来源的应答与登记簿所签内容不符，未予采纳。
fork-title = 签署了两份历史
fork-about = 该登记簿的所有者签署了不可能同时为真的声明，现并列如下。不再采纳其后续内容。
fork-note = 已签声明 { $number }
mesh-alarms = 警报
mesh-alarms-none = 未发现诚实登记簿不应出现的情况。
mesh-alarms-about = 本节点亲见的，或他方告知并由本节点仅凭已签声明判断的情况。
alarm-log = 登记簿
alarm-what = 发现的情况
alarm-verdict = 确定程度
alarm-seen = 首次发现
alarm-now = 现况
alarm-fork = 两份历史
alarm-inconsistent = 声明自相矛盾
alarm-shrunken = 来源显示较旧状态
alarm-wrong-tile = 来源给出不相符的字节
verdict-proven = 已证实
verdict-asserted = 据称
verdict-unfounded = 无依据
verdict-unknown = 不明
alarm-cleared = 已解除
alarm-stands = 仍有效
mesh-witness = 本节点的见证
mesh-witness-about = 本节点确认其他登记簿未被删减后，共同签署其检查点。他方以此密钥核验其签名。
mesh-witness-key = 见证密钥

## 登记簿

register-title = 登记簿
register-title-for = { $asked } – 登记簿
facets = 筛选
facet-clause = 方向
facet-kind = 类型
facet-state = 国家
facet-language = 语言
facet-issuer = 发布机构
facet-exchange = 交换
facet-visibility = 可读范围
facet-apply = 应用
facet-more = { $count ->
   *[other] 另有 { $shown } 项
}
chosen = 已选
chosen-remove = 移除：
results = 检索结果
found-n = { $count ->
   *[other] { $shown } 条记录
}
found-more = { $count ->
   *[other] 超过 { $shown } 条记录
}
order-best = 按相关度
order-newest = 按时间
page-first = 第一页
page-next = 下一页
nothing-found = 未找到任何内容
nothing-found-do = 请减少词语、换用其他语言，或取消筛选条件。
nothing-found-all = 显示全部登记内容
wrong-question = 无法检索
wrong-question-do = 请至少输入一个词，且不宜过多。
exports = 供程序使用：
exchange-offered = 可协商获取
visibility-open = 所有人
visibility-members = 成员
visibility-parties = 指定方
visibility-sealed = 暂无人
group-base = 基础
group-catalogue = 目录
group-city = 城市
group-consultation = 磋商
group-events = 活动
group-library = 文库
group-networks = 通信网络
group-privacy = 隐私
group-projects = 项目
group-rules = 规则
group-skills = 技能
group-trade = 贸易
badge-withdrawn = 已撤回
badge-sealed = 已密封
badge-members = 限成员
badge-parties = 限指定方
badge-purged = 正文已删除
badge-expired = 已失效
badge-early = 尚未生效
badge-caught = 所在登记簿的历史自相矛盾

## 记录

record-short = 概要
record-says = 内容
record-translations = 译文
record-history = 历史
record-links = 关联
record-origin = 来源
record-get = 如何获取
record-take = 引用与导出
record-instead = 没有您所用语言的文本。现显示：
record-translated = 译文
record-origin-about = 记录之可信，在于发布方的签名及其在由他方共同保存的日志中的位置，而非因为页面显示了它。
short-issuer = 发布机构
short-issued = 发布日期
short-version = 版本
short-from = 生效时间
short-until = 失效时间
short-languages = 语言
short-authentic = 作准文本
short-visibility = 可读范围
short-opened = 公开时间
short-mandate = 授权依据
withdrawn-title = 发布方已撤回此记录
withdrawn-superseded = 已被取代。
withdrawn-error = 系误发布。
withdrawn-law = 依法撤回。
withdrawn-personal-data = 其中含有个人数据。
withdrawn-expired = 已过期。
withdrawn-other = 其他原因。
replaced-title = 此记录已重新发布
replaced-by = 替代记录：
caught-title = 此记录所在登记簿的历史自相矛盾
caught-about = 其所有者签署了两份历史。此前读到的内容仍予显示，但其在历史中的位置无法确定。
caught-see = 查看两份已签声明
old-version-title = 这是较旧的版本
old-version-newest = 查看最新版本：第 { $number } 版
expired-title = 已失效
expired-about = 记录所载期限已过。
early-title = 尚未生效
early-about = 记录载明了较晚的生效时间。
stale-title = 可能不是最新状态
stale-about = 此后发布方的登记簿未再应答。此处内容在收到时已经核验。
body-sealed = 已密封
body-sealed-about = 发布方已固定其内容，稍后公开。在此之前无人可读，也无人可改。
body-members = 限成员
body-members-about = 所有人都能看到此记录存在；其内容通过交换提供给成员。
body-parties = 限指定方
body-parties-about = 所有人都能看到此记录存在；其内容通过交换提供给发布方指定的各方。
body-purged = 已删除
body-purged-about = 内容已按发布方要求删除。日志条目仍在，表明其曾经存在。
body-withdrawn = 已撤回
body-withdrawn-about = 内容不再显示。
body-missing = 此处没有
body-missing-about = 本节点没有此记录的内容。
get-by-exchange = 请从您自己的节点通过交换索取：
get-about = { $count ->
    [0] 发布方节点按合同通过交换提供这些数据。
   *[other] 发布方节点按合同通过交换提供这些数据。现有 { $shown } 项要约。
}
get-dataset = 交换中的数据集
get-address = 交换地址
translation-authentic = 作准
translation-official = 官方
translation-working = 工作用
translation-machine = 机器翻译
translation-by = 翻译方
translation-older = 译自该记录的其他版本。
version-n = 第 { $number } 版
version-first = 首个版本。
version-same = 公开内容没有变化。
change-before = 原为：
change-after = 改为：
links-from = 此记录提及
links-to = 提及此记录的记录
rel-related = 相关
rel-describedby = 描述见
rel-replaces = 取代
rel-source = 源记录
rel-target = 关于
proof-author = 签名方
proof-log = 登记簿
proof-place = 所在位置
proof-place-of = 共 { $size } 个条目，编号 { $index }
proof-hash = 条目指纹
proof-checkpoint = 最新签署状态时间
proof-checked = 登记簿最近应答
proof-cosigners = 共同签署方
proof-cosigners-none = 除登记簿自身外无
proof-stamped = 时间戳
proof-stamped-size = 时间机构已为含 { $size } 个条目的状态加盖时间戳
proof-mirrors = 同时保存于
proof-mirrors-none = 本节点未知有其他保存处
holder-here = 本节点
holder-shown = 已出示
holder-claimed = 自称
verify-title = 自行核验
verify-about = 此命令读取整部登记簿，核验每个签名和每个字节，且不信任本节点。
verify-key = 请将此密钥与发布方通过其他途径交给您的密钥相比对。
cite = 引用
cite-form = { $who }：《{ $title }》，第 { $version } 版（{ $day }）。{ $id }

## 核验

nav-verify = 核验
check-title = 核验一条记录
check-lede = 请粘贴纸上二维码的文字、记录的网址或编号，或选择其证明文件。本节点将其与已核验的登记簿对照，并说明哪些已证实、哪些没有。
check-text = 二维码文字、网址或编号
check-do = 核验
check-file-title = 核验文件
check-file = 记录的证明（.record-proof）
check-file-about = 凡持有该记录的节点，都在记录页上提供其证明。
check-body = 记录的内容（JSON），如果您有
check-kept = 文件只用于核对，不会保存。
checked-good = 真实
checked-good-about = 这就是作者签署的内容，并且载于作者的登记簿中。
checked-past = 真实，但已不再照此有效
checked-past-about = 这是作者签署的内容。此后情况有变，请查看该记录。
checked-open = 此处无法判定
checked-open-about = 没有发现错误，但本节点不了解作出判断所需的某些情况。
checked-broken = 不真实
checked-broken-about = 所出示的内容与登记簿所载不符。请勿采信。
checked-nothing = 这没有指向任何记录
checked-nothing-about = 请粘贴完整的文字或记录的编号，或选择不超过 { $size } KB 的证明文件。
checked-record = 该记录
checked-newest = 最新版本
checked-word = 以上是本节点的说法。若不愿依赖任何节点，可取走证明并离线核验：
standing-broken = 有误
standing-unknown = 不明
standing-proven = 已证实
standing-asserted = 仅为作者所称
said-record = 签发于 { $issued }。
said-record-logged = 它是登记簿 { $origin } 所签署的 { $size } 个条目中的第 { $index } 个。
said-checkpoint-refused = 登记簿的状态不是由该登记簿的密钥签署的。
said-record-not-logged = 它不在其所称的登记簿中。
said-id-of-log = 其编号属于该登记簿。
said-id-of-log-unknown = 其编号是否属于该登记簿，只有登记簿的第一把密钥才能说明。
said-record-signed = 作者用密钥 { $key } 签署了它。
said-record-signed-unknown = 作者是否用密钥 { $key } 签署了它：本节点尚未读到登记簿的该处。
said-record-signed-broken = 密钥 { $key } 没有签署它，或在该处无效。
said-body-verified = 其内容就是作者签署的内容。
said-body-not-shown = 其内容不在此处，因此未予核对。
said-salt-not-shown = 其内容未公开，此处无法核对。
said-body-wrong = 随其出示的文字不是作者签署的内容。
said-kind-unknown = 其内容未被读取：此处不了解 { $kind } 类记录。
said-body-invalid = 其内容不符合 { $kind } 类记录的要求。
said-proof-malformed = 该文件不是记录的证明，或已损坏。
said-record-held = 本节点在登记簿的该位置持有同一条记录。
said-record-held-broken = 本节点在登记簿的该位置持有的是另一条记录。
said-log-not-held = 本节点没有登记簿 { $origin }。
said-record-not-held = 本节点没有该版本的记录 { $id }。
said-record-not-published = 该记录尚未进入已签署的登记簿。请稍后再试。
said-pointer-hash = 二维码中的指纹与记录一致。
said-pointer-hash-broken = 二维码中的指纹与记录不一致。
said-pointer-signature = 二维码中的签名与记录一致。
said-pointer-signature-broken = 二维码中的签名与记录不一致。
proof-file = 证明
record-code = 印在纸上的二维码
record-code-about = 用相机扫描，即可打开页面，查看该记录是否真实、是否仍然有效。
record-code-open = 核验这条记录

## 机构

body-eyebrow = 机构
body-id = 标识符
body-names = 其他语言名称
body-state = 国家
body-log = 登记簿
body-publishes = 发布的内容
body-by-kind = 按类型统计
body-newest = 最新记录
body-nothing = 尚未发布任何内容
body-nothing-about = 发布后将在此显示。
body-offers = 在交换中提供的内容
body-offers-about = 这些数据依据两个节点之间的合同提供。
body-offers-all = 全部要约
body-offers-none = 目前没有面向所有人的要约。
chart-share = 占比
chart-count = 记录数

## 无此页面时

mishap-not-found = 没有此页面
mishap-not-found-do = 地址可能有误，或原有内容不在本节点。请检索：
mishap-wrong = 无法理解此地址
mishap-wrong-do = 地址过长或所求不存在。请从首页重新开始。
mishap-crowded = 请求过多
mishap-crowded-do = 您的地址在短时间内发出了大量请求。请稍候几秒再重新加载。
mishap-broken = 本节点暂时无法应答
mishap-broken-do = 故障在我方，已记录。请稍后重新加载；其他节点所镜像的内容在此期间可在那里阅读。
mishap-home = 返回首页

## 组件

gallery-title = 组件陈列
gallery-about = 这些页面的所有组件及其各种状态。

## 国家，正式名称

state-by = 白俄罗斯共和国
state-in = 印度共和国
state-ir = 伊朗伊斯兰共和国
state-kz = 哈萨克斯坦共和国
state-cn = 中华人民共和国
state-kg = 吉尔吉斯共和国
state-pk = 巴基斯坦伊斯兰共和国
state-ru = 俄罗斯联邦
state-tj = 塔吉克斯坦共和国
state-uz = 乌兹别克斯坦共和国

## 语言

lang-ru = 俄语
lang-zh = 中文
lang-en = 英语
lang-be = 白俄罗斯语
lang-fa = 波斯语
lang-hi = 印地语
lang-kk = 哈萨克语
lang-ky = 吉尔吉斯语
lang-tg = 塔吉克语
lang-ur = 乌尔都语
lang-uz = 乌兹别克语
lang-und = 未注明语言
