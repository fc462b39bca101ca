//! What the operator sets: a TOML file, with environment variables above it. Unknown keys are refused, and every error names
//! its place and says what to write.
//!
//! Holds the settings. How they are taken and what stands when nothing is said is in `read`; the node key is no setting of the
//! file: see `node_key`.

mod check;
mod form;
mod objects;
mod place;
mod read;

pub use objects::ObjectStorage;
pub use place::{ConfigFault, NamedFile};

use chapar_client::Cidr;
use chapar_portal::Language;
use form::Form;
use place::Source;
use read::Reader;
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The settings of a node.
#[derive(Clone, Debug)]
pub struct Config {
    /// The address under which peers reach it; part of every `did:web` id that it hosts.
    pub public_url: String,
    /// What it is for.
    pub profile: Profile,
    /// Its data folder.
    pub data: PathBuf,
    /// Protocol, identity and data.
    pub public: Listener,
    /// Own API, health and metrics.
    pub private: Listener,
    /// Where it may connect to.
    pub egress: Egress,
    /// What it tells of itself.
    pub log: Log,
    /// What one address may ask of the public door.
    pub quota: chapar_runtime::Quota,
    /// Cases of one kind that one peer may have open with one participant.
    pub open_cases: u32,
    /// Pause before the second try of a delivery, in milliseconds.
    pub retry_base_ms: u64,
    /// How long things may take that depend on others.
    pub timeouts: chapar_runtime::Timeouts,
    /// How soon a log is published.
    pub logs: chapar_runtime::LogPace,
    /// How others' logs are mirrored.
    pub mirrors: chapar_runtime::MirrorSettings,
    /// Who stamps what our logs publish.
    pub time: Time,
    /// Where the tiles of logs lie; in the data folder, with none.
    pub objects: Option<ObjectStorage>,
    /// Whether what is offered to everybody stands in the register.
    pub announce_offers: bool,
    /// The languages of the portal, the first of them for whoever asks for none of them.
    pub languages: Vec<Language>,
    /// What is allowed but worth a second look.
    pub warnings: Vec<String>,
}

/// What a node is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Real exchanges.
    Production,
    /// Trying out and test kits: development identities may exist, and nothing listens beyond this machine.
    Development,
}

/// Where to listen, and how.
#[derive(Clone, Debug)]
pub struct Listener {
    /// IP address and port.
    pub listen: SocketAddr,
    /// Most connections of one address at once; none for no bound.
    pub connections_per_address: Option<u32>,
    /// TLS, where configured.
    pub tls: Option<TlsFiles>,
}

/// PEM files.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The chain, own certificate first.
    pub certificate: NamedFile,
    /// Its private key.
    pub key: NamedFile,
}

/// Where the node may connect to, beyond public addresses over https.
#[derive(Clone, Debug)]
pub struct Egress {
    /// Whether to call loopback addresses.
    pub loopback: bool,
    /// Private networks with peers in them.
    pub allow: Vec<Cidr>,
    /// Private networks with sources of data in them, over https or plain http. Nobody but us names a source, so they are open to
    /// nothing that a peer names.
    pub sources: Vec<Cidr>,
    /// The same for back ends that are called with events: our own people name them with a case that they begin.
    pub callbacks: Vec<Cidr>,
    /// Networks to which plain http is permitted.
    pub plain_http: Vec<Cidr>,
    /// Hosts whose DID documents are fetched over plain http; their addresses must lie in `plain_http` too.
    pub did_plain_http: BTreeSet<String>,
    /// Certificate authorities to believe besides the public ones.
    pub authorities: Option<NamedFile>,
}

/// Time from others (RFC 3161).
#[derive(Clone, Debug)]
pub struct Time {
    /// Who is asked, and the file of certificates that vouch for it; nobody, with none.
    pub authority: Option<(String, NamedFile)>,
    /// How often a log asks at most, in milliseconds.
    pub every_ms: u64,
    /// Whether this node is an authority itself, for demonstrations.
    pub own_authority: bool,
}

/// What the node tells of itself.
#[derive(Clone, Debug)]
pub struct Log {
    /// For people or for programs.
    pub format: LogFormat,
    /// How much.
    pub level: String,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Human,
    /// One JSON object per line.
    Json,
}

/// Looks up an environment variable; tests bring their own.
pub type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// The environment of this process; an empty variable counts as absent.
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

impl Config {
    /// Reads the file; paths in it are relative to its folder.
    ///
    /// # Errors
    /// The file is not there or says something wrong; show it and do not start.
    pub fn load(file: &Path, environment: Environment<'_>) -> Result<Self, ConfigFault> {
        let name = file.display().to_string();
        let text = std::fs::read_to_string(file).map_err(|error| ConfigFault {
            place: name.clone(),
            what: format!("cannot be read: {error}"),
            write: "a file; `chapar serve --help` shows a small one".to_owned(),
        })?;
        let folder = file.parent().unwrap_or_else(|| Path::new(""));
        Self::read(
            &Source {
                name: &name,
                text: &text,
            },
            folder,
            environment,
        )
    }

    fn read(source: &Source<'_>, folder: &Path, environment: Environment<'_>) -> Result<Self, ConfigFault> {
        let form: Form = toml::from_str(source.text).map_err(|error| source.unreadable(&error))?;
        let reader = Reader {
            source,
            folder,
            environment,
        };
        reader.config(form)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config, String> {
        read_with(text, &|_| None)
    }

    fn read_with(text: &str, environment: Environment<'_>) -> Result<Config, String> {
        Config::read(
            &Source {
                name: "chapar.toml",
                text,
            },
            Path::new("/etc/chapar"),
            environment,
        )
        .map_err(|fault| fault.to_string())
    }

    const URL: &str = "public_url = \"https://node.example.org\"\n";

    #[test]
    fn defaults_are_safe() {
        let config = read(URL).unwrap();
        assert_eq!(config.profile, Profile::Production);
        assert_eq!(config.data, Path::new("/etc/chapar/data"));
        assert_eq!(config.public.listen.to_string(), "127.0.0.1:8443");
        assert_eq!(config.private.listen.to_string(), "127.0.0.1:8444");
        assert!(!config.egress.loopback);
        assert_eq!((config.quota.per_second, config.quota.burst), (2000, 10_000));
        assert!(config.warnings.is_empty() && config.announce_offers);
        assert!(
            !read(&format!("{URL}[register]\noffers = false"))
                .unwrap()
                .announce_offers
        );
        const DAY_MS: i64 = 86_400_000;
        let timeouts = &config.timeouts;
        assert_eq!(
            (
                timeouts.negotiation_ms,
                timeouts.transfer_start_ms,
                timeouts.transfer_suspended_ms
            ),
            (Some(30 * DAY_MS), Some(7 * DAY_MS), None)
        );
        let never = read(&format!("{URL}[timeouts]\nnegotiation_s = 0\ntransfer_start_s = 60"))
            .unwrap()
            .timeouts;
        assert_eq!((never.negotiation_ms, never.transfer_start_ms), (None, Some(60_000)));
    }

    /// The settings below a table of the file, as the form itself names them when it meets another; none of what is no table.
    fn below(table: &str) -> Option<Vec<String>> {
        let place = if table.is_empty() {
            String::new()
        } else {
            format!("[{table}]\n")
        };
        let refused = toml::from_str::<Form>(&format!("{place}unheard_of = 1")).unwrap_err();
        let (_, expected) = refused.message().split_once("unknown field `unheard_of`, expected ")?;
        Some(expected.split('`').skip(1).step_by(2).map(str::to_owned).collect())
    }

    /// Every setting: its table and its name.
    fn settings() -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        let mut tables = vec![String::new()];
        while let Some(table) = tables.pop() {
            for name in below(&table).unwrap() {
                let path = [&*table, &*name].join(".").trim_start_matches('.').to_owned();
                match below(&path) {
                    Some(_) => tables.push(path),
                    None => drop(found.insert((table.clone(), name))),
                }
            }
        }
        found
    }

    /// The settings that the guide's two tables name: `[table] name`, and a bare name in the table before it in its row.
    fn settings_in_guide() -> BTreeSet<(String, String)> {
        let guide = include_str!("../../../../docs/guide/from-edc.md");
        let rows_below = |head: &str| {
            let table = guide.split_once(head).unwrap().1;
            table.lines().skip(2).take_while(|line| line.starts_with('|'))
        };
        let first = rows_below("| EDC | here |").map(|row| row.split('|').nth(2).unwrap());
        let second = rows_below("| here | what for |").map(|row| row.split('|').nth(1).unwrap());
        let is_name = |word: &str| word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        let mut found = BTreeSet::new();
        for cell in first.chain(second) {
            let mut table = "";
            for written in cell.split('`').skip(1).step_by(2) {
                let name = match written.strip_prefix('[').and_then(|rest| rest.split_once("] ")) {
                    Some((named, name)) => {
                        table = named;
                        name
                    }
                    None => written,
                };
                if is_name(name) {
                    found.insert((table.to_owned(), name.to_owned()));
                }
            }
        }
        found
    }

    #[test]
    fn the_guide_names_every_setting_and_no_other() {
        let (guide, here) = (settings_in_guide(), settings());
        let not_here: Vec<_> = guide.difference(&here).collect();
        let not_told: Vec<_> = here.difference(&guide).collect();
        assert!(
            not_here.is_empty() && not_told.is_empty(),
            "not here: {not_here:?}; not told: {not_told:?}"
        );
        assert!(here.contains(&("private.tls".to_owned(), "key".to_owned())), "{here:?}");
    }

    #[test]
    fn the_environment_stands_above_the_file() {
        let environment = |name: &str| match name {
            "CHAPAR_PUBLIC_URL" => Some("http://127.0.0.1:9000".to_owned()),
            "CHAPAR_DATA" => Some("/srv/chapar".to_owned()),
            "CHAPAR_PRIVATE_LISTEN" => Some("0.0.0.0:9001".to_owned()),
            _ => None,
        };
        let config = read_with(URL, &environment).unwrap();
        assert_eq!(config.public_url, "http://127.0.0.1:9000");
        assert_eq!(config.data, Path::new("/srv/chapar"));
        assert_eq!(
            config.warnings,
            [
                "the private listener 0.0.0.0:9001 is open to other machines, and API keys travel over it in the clear: \
              configure [private.tls]"
            ]
        );
        let wrong = |name: &str| (name == "CHAPAR_PROFILE").then(|| "prod".to_owned());
        assert_eq!(
            read_with(URL, &wrong).unwrap_err(),
            "CHAPAR_PROFILE: `prod` is no profile; write \"production\" or \"development\""
        );
    }

    #[test]
    fn every_error_names_its_place_and_what_to_write() {
        for (text, expected) in [
            (
                "",
                "chapar.toml: `public_url` is missing; write the address under which peers reach this node, e.g. \
                 public_url = \"https://node.example.org\"",
            ),
            (
                "public_url = \"https://a.example/\"",
                "chapar.toml:1:14: `https://a.example/` ends with a slash, which would double in every address; write it \
                 without, e.g. \"https://a.example\"",
            ),
            (
                "public_url = \"http://a.example\"",
                "chapar.toml:1:14: `http://a.example` is plain http outside this machine; write `https://` and the host \
                 name under which peers reach this node, e.g. \"https://node.example.org\"",
            ),
            (
                "public_url = \"https://A.example\"",
                "chapar.toml:1:14: `https://A.example` has upper-case letters, which peers would compare; write \
                 \"https://a.example\"",
            ),
            (
                "public_url = \"https://a.example:443\"",
                "chapar.toml:1:14: `https://a.example:443` names the usual port, which peers leave out; write \
                 \"https://a.example\"",
            ),
            (
                "public_url = \"https://a.example\"\n\n[private]\n  listen = \"localhost:1\"",
                "chapar.toml:4:12: `localhost:1` is no IP address with a port; write e.g. \"127.0.0.1:8444\"",
            ),
            (
                "public_url = \"http://localhost:1\"\nprofile = \"development\"\npublic.listen = \"0.0.0.0:8443\"",
                "chapar.toml:3:17: `0.0.0.0:8443` listens beyond this machine, which the development profile refuses; \
                 write a loopback address, e.g. \"127.0.0.1:8443\", or profile = \"production\"",
            ),
            (
                "public_url = \"https://a.example\"\nprofile = \"development\"",
                "chapar.toml:1:14: `https://a.example` is an address beyond this machine, which the development profile \
                 refuses; write a loopback address, e.g. \"http://127.0.0.1:8443\", or profile = \"production\"",
            ),
            (
                "public_url = \"https://a.example\"\n[egress]\nallow = [\"10.0.0.0/8\", \"10.1.0.0/8\"]",
                "chapar.toml:3:24: `10.1.0.0/8` is no block of addresses; write e.g. \"10.1.0.0/16\"",
            ),
            (
                "public_url = \"https://a.example\"\n[log]\nlevel = \"x=y=z\"",
                "chapar.toml:3:9: `x=y=z` is no log level; write \"error\", \"warn\", \"info\", \"debug\", or e.g. \
                 \"info,chapar_runtime=debug\"",
            ),
            (
                "public_url = \"https://a.example\"\n[quota]\nburst = 0",
                "chapar.toml:3:9: `0` would refuse everybody; write a number above 0, usually 10000",
            ),
            (
                "public_url = \"https://a.example\"\n[public.tls]\ncertificate = \"a.pem\"",
                "chapar.toml:3:15: `a.pem` has no private key beside it; write `key` as well, or set CHAPAR_PUBLIC_TLS_KEY",
            ),
            (
                "public_url = \"https://a.example\"\n[private]\ntls = {}",
                "chapar.toml:3:7: TLS is asked for, but neither a certificate nor a key is named; write `certificate` and `key`, \
                 or no such table",
            ),
        ] {
            assert_eq!(read(text).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn languages_are_those_of_the_portal_each_once() {
        let codes = |text: &str| read(&format!("{URL}{text}")).map(|config| config.languages);
        assert_eq!(codes("").unwrap(), Language::USUAL);
        assert_eq!(codes("languages = []").unwrap(), Language::USUAL);
        assert_eq!(
            codes("languages = [\"fa\", \"en\"]").unwrap(),
            [Language::Fa, Language::En]
        );
        assert_eq!(
            codes("languages = [\"ru\", \"rus\"]").unwrap_err(),
            "chapar.toml:2:20: `rus` is no language of the portal; write some of ru, zh, en, be, fa, hi, kk, ky, tg, ur, uz"
        );
        assert_eq!(
            codes("languages = [\"zh\", \"zh\"]").unwrap_err(),
            "chapar.toml:2:20: `zh` is named twice; write each language once"
        );
    }

    /// Each variable with a value that the file does not say, and where the value ends.
    type Override = (&'static str, &'static str, fn(&Config) -> String);

    const OVERRIDES: &[Override] = &[
        ("CHAPAR_PUBLIC_URL", "http://localhost:1", |config| {
            config.public_url.clone()
        }),
        ("CHAPAR_PROFILE", "development", |config| {
            format!("{:?}", config.profile).to_lowercase()
        }),
        ("CHAPAR_DATA", "/srv/chapar", |config| config.data.display().to_string()),
        ("CHAPAR_LANGUAGES", "zh, fa", |config| {
            let codes: Vec<&str> = config.languages.iter().map(|language| language.code()).collect();
            codes.join(", ")
        }),
        ("CHAPAR_PUBLIC_LISTEN", "127.0.0.2:1", |config| {
            config.public.listen.to_string()
        }),
        ("CHAPAR_PUBLIC_CONNECTIONS_PER_ADDRESS", "7", |config| {
            format!("{:?}", config.public.connections_per_address.unwrap_or_default())
        }),
        ("CHAPAR_PUBLIC_TLS_CERTIFICATE", "/srv/a.pem", |config| {
            files(&config.public)[0].clone()
        }),
        ("CHAPAR_PUBLIC_TLS_KEY", "/srv/a.key", |config| {
            files(&config.public)[1].clone()
        }),
        ("CHAPAR_PRIVATE_LISTEN", "127.0.0.2:2", |config| {
            config.private.listen.to_string()
        }),
        ("CHAPAR_PRIVATE_CONNECTIONS_PER_ADDRESS", "7", |config| {
            format!("{:?}", config.private.connections_per_address.unwrap_or_default())
        }),
        ("CHAPAR_PRIVATE_TLS_CERTIFICATE", "/srv/b.pem", |config| {
            files(&config.private)[0].clone()
        }),
        ("CHAPAR_PRIVATE_TLS_KEY", "/srv/b.key", |config| {
            files(&config.private)[1].clone()
        }),
        ("CHAPAR_EGRESS_LOOPBACK", "true", |config| {
            config.egress.loopback.to_string()
        }),
        ("CHAPAR_EGRESS_ALLOW", "10.0.0.0/8, fd00::/8", |config| {
            blocks(&config.egress.allow)
        }),
        ("CHAPAR_EGRESS_SOURCES", "10.0.0.0/8, fd00::/8", |config| {
            blocks(&config.egress.sources)
        }),
        ("CHAPAR_EGRESS_CALLBACKS", "10.0.0.0/8, fd00::/8", |config| {
            blocks(&config.egress.callbacks)
        }),
        ("CHAPAR_EGRESS_PLAIN_HTTP", "10.0.0.0/8, fd00::/8", |config| {
            blocks(&config.egress.plain_http)
        }),
        (
            "CHAPAR_EGRESS_DID_PLAIN_HTTP",
            "10.1.0.7:8080, node.inner.example",
            |config| {
                config
                    .egress
                    .did_plain_http
                    .iter()
                    .cloned()
                    .collect::<Vec<_>>()
                    .join(", ")
            },
        ),
        ("CHAPAR_EGRESS_AUTHORITIES", "/srv/ca.pem", |config| {
            config
                .egress
                .authorities
                .as_ref()
                .map(|file| file.path.display().to_string())
                .unwrap_or_default()
        }),
        ("CHAPAR_LOG_FORMAT", "json", |config| {
            format!("{:?}", config.log.format).to_lowercase()
        }),
        ("CHAPAR_LOG", "warn", |config| config.log.level.clone()),
        ("CHAPAR_QUOTA_PER_SECOND", "7", |config| {
            config.quota.per_second.to_string()
        }),
        ("CHAPAR_QUOTA_BURST", "8", |config| config.quota.burst.to_string()),
        ("CHAPAR_QUOTA_OPEN_CASES", "9", |config| config.open_cases.to_string()),
        ("CHAPAR_DELIVERY_RETRY_BASE_MS", "9", |config| {
            config.retry_base_ms.to_string()
        }),
        ("CHAPAR_TIMEOUTS_CALLBACK_S", "9", |config| {
            (config.timeouts.callback_ms / 1000).to_string()
        }),
        ("CHAPAR_TIMEOUTS_NEGOTIATION_S", "9", |config| {
            (config.timeouts.negotiation_ms.unwrap_or_default() / 1000).to_string()
        }),
        ("CHAPAR_TIMEOUTS_TRANSFER_START_S", "9", |config| {
            (config.timeouts.transfer_start_ms.unwrap_or_default() / 1000).to_string()
        }),
        ("CHAPAR_TIMEOUTS_TRANSFER_SUSPENDED_S", "9", |config| {
            (config.timeouts.transfer_suspended_ms.unwrap_or_default() / 1000).to_string()
        }),
        ("CHAPAR_REGISTER_PUBLISH_MS", "7", |config| {
            config.logs.publish_ms.to_string()
        }),
        ("CHAPAR_REGISTER_EVIDENCE_MS", "8", |config| {
            config.logs.evidence_ms.to_string()
        }),
        ("CHAPAR_REGISTER_EVIDENCE_CHECKPOINT_S", "61", |config| {
            config.logs.evidence_checkpoint_s.to_string()
        }),
        ("CHAPAR_REGISTER_MIRROR_EVERY_S", "9", |config| {
            (config.mirrors.every_ms / 1000).to_string()
        }),
        (
            "CHAPAR_REGISTER_HINT",
            "https://kz.example, https://uz.example",
            |config| config.mirrors.hint.join(", "),
        ),
        ("CHAPAR_TIME_AUTHORITY", "https://time.example/tsa", |config| {
            config.time.authority.clone().unwrap().0
        }),
        ("CHAPAR_TIME_CA", "/srv/time.pem", |config| {
            config.time.authority.clone().unwrap().1.path.display().to_string()
        }),
        ("CHAPAR_TIME_EVERY_S", "9", |config| {
            (config.time.every_ms / 1000).to_string()
        }),
        ("CHAPAR_TIME_OWN_AUTHORITY", "true", |config| {
            config.time.own_authority.to_string()
        }),
        ("CHAPAR_OBJECTS_ENDPOINT", "https://s3.example/", |config| {
            storage(config).endpoint.to_string()
        }),
        ("CHAPAR_OBJECTS_BUCKET", "tiles", |config| {
            storage(config).bucket.clone()
        }),
        ("CHAPAR_OBJECTS_REGION", "asia", |config| storage(config).region.clone()),
        ("CHAPAR_OBJECTS_PREFIX", "node-a/", |config| {
            storage(config).prefix.clone()
        }),
        ("CHAPAR_OBJECTS_ACCESS_KEY", "chapar", |config| {
            storage(config).access_key.clone()
        }),
        ("CHAPAR_OBJECTS_SECRET_KEY_FILE", "/srv/s3.key", |config| {
            storage(config).secret_key.path.display().to_string()
        }),
        ("CHAPAR_REGISTER_OFFERS", "false", |config| {
            config.announce_offers.to_string()
        }),
        ("CHAPAR_REGISTER_ALARM_AS", "customs", |config| {
            config.mirrors.alarm_as.clone().unwrap_or_default()
        }),
    ];

    /// A file that says everything.
    const WHOLE: &str = "public_url = \"http://127.0.0.1:8443\"\nprofile = \"production\"\ndata = \"d\"\nlanguages = [\"ru\"]\n\
        [public]\nlisten = \"127.0.0.1:3\"\ntls = { certificate = \"c\", key = \"k\" }\n\
        [private]\nlisten = \"127.0.0.1:4\"\ntls = { certificate = \"c\", key = \"k\" }\n\
        [egress]\nloopback = false\nallow = [\"10.1.0.0/16\"]\nsources = [\"10.2.0.0/16\"]\ncallbacks = [\"10.3.0.0/16\"]\n\
        plain_http = [\"10.1.0.0/16\"]\ndid_plain_http = [\"10.1.0.7\"]\nauthorities = \"ca\"\n\
        [log]\nformat = \"human\"\nlevel = \"info\"\n[quota]\nper_second = 1\nburst = 2\nopen_cases = 4\n[delivery]\nretry_base_ms = 3\n\
        [timeouts]\ncallback_s = 4\nnegotiation_s = 5\ntransfer_start_s = 6\ntransfer_suspended_s = 7\n\
        [register]\npublish_ms = 3\nevidence_ms = 4\nevidence_checkpoint_s = 60\nmirror_every_s = 5\nhint = [\"https://tj.example\"]\nalarm_as = \"plant\"\n\
        [time]\nauthority = \"https://tsa.example\"\nca = \"t\"\nevery_s = 8\nown_authority = false\n\
        [objects]\nendpoint = \"http://10.1.0.9:9000\"\nbucket = \"chapar\"\nregion = \"r\"\nprefix = \"p\"\naccess_key = \"a\"\nsecret_key_file = \"s\"\n";

    fn storage(config: &Config) -> &ObjectStorage {
        config.objects.as_ref().unwrap()
    }

    fn files(listener: &Listener) -> [String; 2] {
        let tls = listener.tls.as_ref().unwrap();
        [&tls.certificate, &tls.key].map(|file| file.path.display().to_string())
    }

    fn blocks(blocks: &[Cidr]) -> String {
        let texts: Vec<String> = blocks.iter().map(ToString::to_string).collect();
        texts.join(", ")
    }

    #[test]
    fn every_setting_can_be_overridden() {
        let asked = std::cell::RefCell::new(std::collections::BTreeSet::new());
        let nothing = |name: &str| {
            asked.borrow_mut().insert(name.to_owned());
            None
        };
        let by_file = read_with(WHOLE, &nothing).unwrap();
        let listed: std::collections::BTreeSet<String> =
            OVERRIDES.iter().map(|(variable, ..)| (*variable).to_owned()).collect();
        assert_eq!(asked.into_inner(), listed, "a variable without its row here");
        for (variable, value, found) in OVERRIDES {
            let environment = |name: &str| (name == *variable).then(|| (*value).to_owned());
            assert_ne!(found(&by_file), *value, "{variable} is in the file already");
            assert_eq!(found(&read_with(WHOLE, &environment).unwrap()), *value, "{variable}");
        }
    }

    #[test]
    fn an_object_storage_is_named_whole_and_by_plain_words() {
        let rest = "bucket = \"tiles\"\naccess_key = \"a\"\nsecret_key_file = \"s\"\n";
        let with = |first: &str, rest: &str| read(&format!("{URL}[objects]\n{first}{rest}"));
        let endpoint = "endpoint = \"https://s3.example\"\n";
        let whole = with(endpoint, rest).unwrap();
        let found = storage(&whole);
        assert_eq!((found.region.as_str(), found.prefix.as_str()), ("us-east-1", ""));
        assert!(read(URL).unwrap().objects.is_none());
        for (first, rest, why) in [
            (endpoint, "", "is not all that an object storage needs"),
            ("", rest, "is not all that an object storage needs"),
            (
                "endpoint = \"s3.example\"\n",
                rest,
                "is no address of an object storage",
            ),
            (
                "endpoint = \"https://s3.example/?a\"\n",
                rest,
                "is no address of an object storage",
            ),
            (endpoint, &rest.replace("tiles", "a/b"), "is no name of a bucket"),
            (
                "prefix = \"../a\"\nendpoint = \"https://s3.example\"\n",
                rest,
                "is no path of plain words",
            ),
        ] {
            assert!(with(first, rest).unwrap_err().contains(why), "{first}{rest}");
        }
    }

    #[test]
    fn an_address_is_bounded_where_it_is_not_a_proxy_on_this_machine() {
        let bound = |listen: &str, more: &str| {
            let config = read(&format!("{URL}[public]\nlisten = \"{listen}\"\n{more}")).unwrap();
            config.public.connections_per_address
        };
        assert_eq!(bound("0.0.0.0:8443", ""), Some(256));
        assert_eq!(bound("127.0.0.1:8443", ""), None);
        assert_eq!(bound("127.0.0.1:8443", "connections_per_address = 5"), Some(5));
        assert_eq!(bound("[::]:8443", "connections_per_address = 1024"), Some(1024));
    }

    #[test]
    fn plain_http_outside_this_machine_takes_the_word_of_the_operator() {
        let named = "public_url = \"http://a.inner.example:8080\"\negress.did_plain_http = [\"A.inner.example:8080\"]";
        let config = read(named).unwrap();
        assert_eq!(config.public_url, "http://a.inner.example:8080");
        assert_eq!(
            config.warnings,
            [
                "public_url is plain http: whoever is on the way can read all data and speak in the name of every participant"
            ]
        );
        assert!(
            read(&named.replace("[\"A", "[\"B"))
                .unwrap_err()
                .contains("is plain http outside this machine")
        );
        assert_eq!(
            read(&named.replace(":8080\"]", "/p\"]")).unwrap_err(),
            "chapar.toml:2:26: `A.inner.example/p` is no host; write a host with its port as in the DIDs there, e.g. \
             \"10.1.0.7:8080\""
        );
    }

    #[test]
    fn a_wrong_variable_is_told_by_its_name() {
        for (variable, value, expected) in [
            (
                "CHAPAR_EGRESS_LOOPBACK",
                "yes",
                "CHAPAR_EGRESS_LOOPBACK: `yes` is no yes or no; write true or false",
            ),
            (
                "CHAPAR_EGRESS_ALLOW",
                "10.0.0.0/8,10.1.0.0/8",
                "CHAPAR_EGRESS_ALLOW: `10.1.0.0/8` is no block of addresses; write e.g. \"10.1.0.0/16\"",
            ),
            (
                "CHAPAR_QUOTA_BURST",
                "-1",
                "CHAPAR_QUOTA_BURST: `-1` is no such number; write a number above 0, usually 10000",
            ),
            (
                "CHAPAR_DELIVERY_RETRY_BASE_MS",
                "60001",
                "CHAPAR_DELIVERY_RETRY_BASE_MS: `60001` is out of bounds; write milliseconds from 1 to 60000, usually 500",
            ),
            (
                "CHAPAR_TIMEOUTS_CALLBACK_S",
                "0",
                "CHAPAR_TIMEOUTS_CALLBACK_S: `0` is out of bounds; write seconds from 1 to 31536000, usually 3600",
            ),
            (
                "CHAPAR_TIMEOUTS_NEGOTIATION_S",
                "-1",
                "CHAPAR_TIMEOUTS_NEGOTIATION_S: `-1` is out of bounds; write seconds from 1 to 31536000, or 0 for never",
            ),
            (
                "CHAPAR_TIME_AUTHORITY",
                "https://tsa.example",
                "CHAPAR_TIME_AUTHORITY: `https://tsa.example` has nothing beside it that vouches for it; write `ca` as well, or set \
                 CHAPAR_TIME_CA",
            ),
            (
                "CHAPAR_TIME_CA",
                "ca.pem",
                "CHAPAR_TIME_CA: `ca.pem` vouches for nobody; write `authority` as well, or set CHAPAR_TIME_AUTHORITY",
            ),
            (
                "CHAPAR_PUBLIC_TLS_KEY",
                "a.key",
                "CHAPAR_PUBLIC_TLS_KEY: `a.key` has no certificate beside it; write `certificate` as well, or set \
                 CHAPAR_PUBLIC_TLS_CERTIFICATE",
            ),
        ] {
            let environment = |name: &str| (name == variable).then(|| value.to_owned());
            assert_eq!(read_with(URL, &environment).unwrap_err(), expected);
        }
    }

    #[test]
    fn unknown_keys_are_refused_where_they_stand() {
        let error =
            read("public_url = \"https://a.example\"\n[public]\nlisten = \"127.0.0.1:1\"\nlisen = 1").unwrap_err();
        assert_eq!(
            error,
            "chapar.toml:4:1: unknown key `lisen`; write one of `listen`, `connections_per_address`, `tls`"
        );
        let error = read("public_url = 5").unwrap_err();
        assert!(
            error.starts_with("chapar.toml:1:14: invalid type: integer `5`, expected a string"),
            "{error}"
        );
        assert!(read("public_url = \"x").unwrap_err().starts_with("chapar.toml:1:"));
    }
}
