//! From the form and the environment to settings: a variable stands above the file, and each value is judged where it is taken.
//!
//! The names of the variables stand here. The grammar of single values is in `check`, the settings themselves in `mod`.

use super::form::{EgressForm, Form, ListenerForm, LogForm, QuotaForm, RegisterForm, TimeForm, TimeoutsForm, TlsForm};
use super::place::{ConfigFault, Given, NamedFile, Source};
use super::{Config, Egress, Environment, Listener, Log, LogFormat, Profile, Time, TlsFiles, check};
use chapar_runtime::{LogPace, MirrorSettings, TimeSettings, Timeouts};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use toml::Spanned;

/// Requests per second that one address may make at the public door in the long run. A peer that makes 300 contracts a second sends
/// us 600 messages; three times that is no honest traffic from one address.
const QUOTA_PER_SECOND: u32 = 2000;
/// Requests that it may make at once after a pause.
const QUOTA_BURST: u32 = 10_000;
/// Cases of one kind that one peer may have open with one participant: a busy border has hundreds under way, and each costs
/// some ten kilobytes until it ends.
const OPEN_CASES: u32 = 10_000;
/// Connections that one address may hold at once: a quarter of a listener's places. The client of a node holds 32 at most, so
/// eight nodes behind one address are served, and nobody takes all places alone.
const PER_ADDRESS: u32 = 256;
/// Pause before the second try of a delivery, in milliseconds.
const RETRY_BASE_MS: u64 = 500;
/// Longest pause that may be set: a peer that was gone for a moment is not to wait longer for its message, nor a reader for what was
/// published.
const MAX_PAUSE_MS: u64 = 60_000;
/// Longest timeout, in seconds: a year. Who means longer means never.
const MAX_TIMEOUT_S: i64 = 365 * 24 * 60 * 60;

const IN_CLEAR: &str =
    "public_url is plain http: whoever is on the way can read all data and speak in the name of every participant";

/// What the two listeners differ in.
struct Door {
    /// Where it listens when nothing is said.
    usual: SocketAddr,
    listen: &'static str,
    per_address: &'static str,
    certificate: &'static str,
    key: &'static str,
}

const PUBLIC: Door = Door {
    usual: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8443),
    listen: "CHAPAR_PUBLIC_LISTEN",
    per_address: "CHAPAR_PUBLIC_CONNECTIONS_PER_ADDRESS",
    certificate: "CHAPAR_PUBLIC_TLS_CERTIFICATE",
    key: "CHAPAR_PUBLIC_TLS_KEY",
};

const PRIVATE: Door = Door {
    usual: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8444),
    listen: "CHAPAR_PRIVATE_LISTEN",
    per_address: "CHAPAR_PRIVATE_CONNECTIONS_PER_ADDRESS",
    certificate: "CHAPAR_PRIVATE_TLS_CERTIFICATE",
    key: "CHAPAR_PRIVATE_TLS_KEY",
};

/// Where the settings come from.
pub struct Reader<'a> {
    pub source: &'a Source<'a>,
    /// Paths are relative to it.
    pub folder: &'a Path,
    pub environment: Environment<'a>,
}

impl Reader<'_> {
    /// The settings of a whole file.
    ///
    /// # Errors
    /// One of them is none.
    pub fn config(&self, form: Form) -> Result<Config, ConfigFault> {
        let url = self
            .given(form.public_url, "CHAPAR_PUBLIC_URL")
            .ok_or_else(|| self.no_public_url())?;
        let profile = self
            .given(form.profile, "CHAPAR_PROFILE")
            .as_ref()
            .map_or(Ok(Profile::Production), check::profile)?;
        let data = self
            .given(form.data, "CHAPAR_DATA")
            .map_or_else(|| self.path("data"), |given| self.path(&given.value));
        let languages = self.list(&form.languages, "CHAPAR_LANGUAGES");
        let languages = check::languages(&languages)?;
        let mut warnings = Vec::new();
        let public = self.listener(form.public, &PUBLIC, profile)?;
        let private = self.listener(form.private, &PRIVATE, profile)?;
        warnings.extend(private_warning(&private));
        let egress = self.egress(form.egress)?;
        let public_url = check::public_url(&url, profile, &egress.did_plain_http)?;
        if check::is_in_clear(&public_url) {
            warnings.push(IN_CLEAR.to_owned());
        }
        Ok(Config {
            public_url,
            profile,
            data,
            public,
            private,
            egress,
            log: self.log(form.log)?,
            open_cases: self.bound(form.quota.open_cases.as_ref(), "CHAPAR_QUOTA_OPEN_CASES", OPEN_CASES)?,
            quota: self.quota(&form.quota)?,
            retry_base_ms: self.milliseconds(
                form.delivery.retry_base_ms.as_ref(),
                "CHAPAR_DELIVERY_RETRY_BASE_MS",
                RETRY_BASE_MS,
            )?,
            logs: self.logs(&form.register)?,
            announce_offers: self
                .given(form.register.offers.clone(), "CHAPAR_REGISTER_OFFERS")
                .as_ref()
                .map_or(Ok(true), check::yes_or_no)?,
            mirrors: self.mirrors(form.register)?,
            time: self.time(form.time)?,
            objects: self.objects(form.objects)?,
            timeouts: self.timeouts(form.timeouts)?,
            languages,
            warnings,
        })
    }

    fn no_public_url(&self) -> ConfigFault {
        ConfigFault {
            place: self.source.name.to_owned(),
            what: "`public_url` is missing".to_owned(),
            write: "the address under which peers reach this node, e.g. public_url = \"https://node.example.org\""
                .to_owned(),
        }
    }

    /// The variable if it is set, the file's word otherwise.
    pub(super) fn given<T: ToString>(&self, setting: Option<Spanned<T>>, variable: &str) -> Option<Given> {
        self.variable(variable)
            .or_else(|| setting.map(|setting| self.placed(&setting)))
    }

    /// As [`Self::given`]; in a variable the entries stand between commas.
    fn list(&self, setting: &[Spanned<String>], variable: &str) -> Vec<Given> {
        let Some(given) = self.variable(variable) else {
            return setting.iter().map(|entry| self.placed(entry)).collect();
        };
        let entries = given.value.split(',').map(|entry| Given {
            value: entry.trim().to_owned(),
            place: given.place.clone(),
        });
        entries.collect()
    }

    fn variable(&self, name: &str) -> Option<Given> {
        (self.environment)(name).map(|value| Given {
            value,
            place: name.to_owned(),
        })
    }

    fn placed<T: ToString>(&self, setting: &Spanned<T>) -> Given {
        Given {
            place: self.source.at(setting.span()),
            value: setting.get_ref().to_string(),
        }
    }

    fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }

    pub(super) fn file(&self, given: Given) -> NamedFile {
        NamedFile {
            path: self.path(&given.value),
            place: given.place,
        }
    }

    fn listener(&self, form: ListenerForm, door: &Door, profile: Profile) -> Result<Listener, ConfigFault> {
        let given = self.given(form.listen, door.listen);
        let listen = given
            .as_ref()
            .map_or(Ok(door.usual), |given| check::listen(given, &door.usual.to_string()))?;
        if let (Profile::Development, false, Some(given)) = (profile, listen.ip().is_loopback(), &given) {
            let usual = format!(
                "a loopback address, e.g. \"{}\", or profile = \"production\"",
                door.usual
            );
            return Err(given.refuse(
                "listens beyond this machine, which the development profile refuses",
                usual,
            ));
        }
        Ok(Listener {
            listen,
            connections_per_address: self.per_address(form.connections_per_address, door, listen)?,
            tls: self.tls(form.tls, door)?,
        })
    }

    /// Whoever reaches a loopback address is on this machine: there a proxy speaks for everybody, and a bound would be one for all.
    fn per_address(
        &self,
        setting: Option<Spanned<u32>>,
        door: &Door,
        listen: SocketAddr,
    ) -> Result<Option<u32>, ConfigFault> {
        match self.given(setting, door.per_address) {
            Some(given) => check::bound(&given, PER_ADDRESS).map(Some),
            None => Ok((!listen.ip().is_loopback()).then_some(PER_ADDRESS)),
        }
    }

    fn tls(&self, form: Option<Spanned<TlsForm>>, door: &Door) -> Result<Option<TlsFiles>, ConfigFault> {
        let table = form.as_ref().map(|form| self.source.at(form.span()));
        let form = form.map(Spanned::into_inner).unwrap_or_default();
        let certificate = self.given(form.certificate, door.certificate);
        let key = self.given(form.key, door.key);
        match (certificate, key) {
            (Some(certificate), Some(key)) => Ok(Some(TlsFiles {
                certificate: self.file(certificate),
                key: self.file(key),
            })),
            (Some(alone), None) => Err(alone.refuse(
                "has no private key beside it",
                format!("`key` as well, or set {}", door.key),
            )),
            (None, Some(alone)) => Err(alone.refuse(
                "has no certificate beside it",
                format!("`certificate` as well, or set {}", door.certificate),
            )),
            (None, None) => table.map_or(Ok(None), |place| {
                Err(ConfigFault {
                    place,
                    what: "TLS is asked for, but neither a certificate nor a key is named".to_owned(),
                    write: "`certificate` and `key`, or no such table".to_owned(),
                })
            }),
        }
    }

    fn egress(&self, form: EgressForm) -> Result<Egress, ConfigFault> {
        let networks = |setting: &[Spanned<String>], variable| {
            let given = self.list(setting, variable);
            given.iter().map(check::network).collect::<Result<Vec<_>, _>>()
        };
        Ok(Egress {
            loopback: self
                .given(form.loopback, "CHAPAR_EGRESS_LOOPBACK")
                .as_ref()
                .map_or(Ok(false), check::yes_or_no)?,
            allow: networks(&form.allow, "CHAPAR_EGRESS_ALLOW")?,
            sources: networks(&form.sources, "CHAPAR_EGRESS_SOURCES")?,
            callbacks: networks(&form.callbacks, "CHAPAR_EGRESS_CALLBACKS")?,
            plain_http: networks(&form.plain_http, "CHAPAR_EGRESS_PLAIN_HTTP")?,
            did_plain_http: self
                .list(&form.did_plain_http, "CHAPAR_EGRESS_DID_PLAIN_HTTP")
                .iter()
                .map(check::plain_host)
                .collect::<Result<_, _>>()?,
            authorities: self
                .given(form.authorities, "CHAPAR_EGRESS_AUTHORITIES")
                .map(|given| self.file(given)),
        })
    }

    fn log(&self, form: LogForm) -> Result<Log, ConfigFault> {
        let format = self.given(form.format, "CHAPAR_LOG_FORMAT");
        let level = self.given(form.level, "CHAPAR_LOG");
        Ok(Log {
            format: format.as_ref().map_or(Ok(LogFormat::Human), check::log_format)?,
            level: level.as_ref().map_or_else(|| Ok("info".to_owned()), check::log_level)?,
        })
    }

    fn quota(&self, form: &QuotaForm) -> Result<chapar_runtime::Quota, ConfigFault> {
        Ok(chapar_runtime::Quota {
            per_second: self.bound(form.per_second.as_ref(), "CHAPAR_QUOTA_PER_SECOND", QUOTA_PER_SECOND)?,
            burst: self.bound(form.burst.as_ref(), "CHAPAR_QUOTA_BURST", QUOTA_BURST)?,
        })
    }

    fn bound(&self, setting: Option<&Spanned<u32>>, variable: &str, usual: u32) -> Result<u32, ConfigFault> {
        self.given(setting.cloned(), variable)
            .map_or(Ok(usual), |given| check::bound(&given, usual))
    }

    fn logs(&self, form: &RegisterForm) -> Result<LogPace, ConfigFault> {
        let usual = LogPace::default();
        Ok(LogPace {
            publish_ms: self.milliseconds(form.publish_ms.as_ref(), "CHAPAR_REGISTER_PUBLISH_MS", usual.publish_ms)?,
            evidence_ms: self.milliseconds(
                form.evidence_ms.as_ref(),
                "CHAPAR_REGISTER_EVIDENCE_MS",
                usual.evidence_ms,
            )?,
            evidence_checkpoint_s: self.checkpoint_seconds(form.evidence_checkpoint_s.as_ref())?,
        })
    }

    /// An interval as the kind `evidence-checkpoint` has it.
    fn checkpoint_seconds(&self, setting: Option<&Spanned<u64>>) -> Result<u64, ConfigFault> {
        let usual = LogPace::default().evidence_checkpoint_s;
        let Some(given) = self.given(setting.cloned(), "CHAPAR_REGISTER_EVIDENCE_CHECKPOINT_S") else {
            return Ok(usual);
        };
        let (least, most) = (LogPace::CHECKPOINT_S.start(), LogPace::CHECKPOINT_S.end());
        match given.value.parse() {
            Ok(seconds) if LogPace::CHECKPOINT_S.contains(&seconds) => Ok(seconds),
            _ => Err(given.refuse(
                "is out of bounds",
                format!("seconds from {least} to {most}, usually {usual}"),
            )),
        }
    }

    fn mirrors(&self, form: RegisterForm) -> Result<MirrorSettings, ConfigFault> {
        let usual = i64::try_from(MirrorSettings::default().every_ms).unwrap_or(i64::MAX);
        let every_ms = self.seconds(form.mirror_every_s, "CHAPAR_REGISTER_MIRROR_EVERY_S", usual)?;
        let hint = self.list(&form.hint, "CHAPAR_REGISTER_HINT");
        Ok(MirrorSettings {
            every_ms: every_ms.unsigned_abs(),
            hint: hint.iter().map(check::node).collect::<Result<_, _>>()?,
            alarm_as: self.alarm_as(form.alarm_as)?,
        })
    }

    fn time(&self, form: TimeForm) -> Result<Time, ConfigFault> {
        let authority = self.given(form.authority, "CHAPAR_TIME_AUTHORITY");
        let ca = self.given(form.ca, "CHAPAR_TIME_CA");
        let authority = match (authority, ca) {
            (Some(authority), Some(ca)) => Some((check::authority(&authority)?, self.file(ca))),
            (None, None) => None,
            (Some(alone), None) => {
                return Err(alone.refuse(
                    "has nothing beside it that vouches for it",
                    "`ca` as well, or set CHAPAR_TIME_CA",
                ));
            }
            (None, Some(alone)) => {
                return Err(alone.refuse(
                    "vouches for nobody",
                    "`authority` as well, or set CHAPAR_TIME_AUTHORITY",
                ));
            }
        };
        let usual = i64::try_from(TimeSettings::default().every_ms).unwrap_or(i64::MAX);
        let own_authority = self.given(form.own_authority, "CHAPAR_TIME_OWN_AUTHORITY");
        Ok(Time {
            authority,
            every_ms: self.seconds(form.every_s, "CHAPAR_TIME_EVERY_S", usual)?.unsigned_abs(),
            own_authority: own_authority.as_ref().map_or(Ok(false), check::yes_or_no)?,
        })
    }

    fn alarm_as(&self, setting: Option<Spanned<String>>) -> Result<Option<String>, ConfigFault> {
        let given = self.given(setting, "CHAPAR_REGISTER_ALARM_AS");
        let slug = given.map(|given| match chapar_terms::Slug::parse(&given.value) {
            Ok(slug) => Ok(slug.as_str().to_owned()),
            Err(_) => Err(given.refuse("is no slug", "the slug of a participant: chapar participant list")),
        });
        slug.transpose()
    }

    /// A pause in milliseconds, a minute at most.
    fn milliseconds(&self, setting: Option<&Spanned<u64>>, variable: &str, usual: u64) -> Result<u64, ConfigFault> {
        let Some(given) = self.given(setting.cloned(), variable) else {
            return Ok(usual);
        };
        match given.value.parse() {
            Ok(ms) if (1..=MAX_PAUSE_MS).contains(&ms) => Ok(ms),
            _ => Err(given.refuse(
                "is out of bounds",
                format!("milliseconds from 1 to {MAX_PAUSE_MS}, usually {usual}"),
            )),
        }
    }
}

impl Reader<'_> {
    fn timeouts(&self, form: TimeoutsForm) -> Result<Timeouts, ConfigFault> {
        let usual = Timeouts::default();
        Ok(Timeouts {
            callback_ms: self.seconds(form.callback_s, "CHAPAR_TIMEOUTS_CALLBACK_S", usual.callback_ms)?,
            negotiation_ms: self.seconds_or_never(
                form.negotiation_s,
                "CHAPAR_TIMEOUTS_NEGOTIATION_S",
                usual.negotiation_ms,
            )?,
            transfer_start_ms: self.seconds_or_never(
                form.transfer_start_s,
                "CHAPAR_TIMEOUTS_TRANSFER_START_S",
                usual.transfer_start_ms,
            )?,
            transfer_suspended_ms: self.seconds_or_never(
                form.transfer_suspended_s,
                "CHAPAR_TIMEOUTS_TRANSFER_SUSPENDED_S",
                usual.transfer_suspended_ms,
            )?,
        })
    }

    /// A time in seconds, as milliseconds; 0 means never.
    fn seconds_or_never(
        &self,
        setting: Option<Spanned<i64>>,
        variable: &str,
        usual_ms: Option<i64>,
    ) -> Result<Option<i64>, ConfigFault> {
        let Some(given) = self.given(setting, variable) else {
            return Ok(usual_ms);
        };
        match given.value.parse::<i64>() {
            Ok(0) => Ok(None),
            Ok(seconds) if (1..=MAX_TIMEOUT_S).contains(&seconds) => Ok(Some(seconds.saturating_mul(1000))),
            _ => Err(given.refuse(
                "is out of bounds",
                format!("seconds from 1 to {MAX_TIMEOUT_S}, or 0 for never"),
            )),
        }
    }

    /// A time in seconds, as milliseconds.
    fn seconds(&self, setting: Option<Spanned<i64>>, variable: &str, usual_ms: i64) -> Result<i64, ConfigFault> {
        let Some(given) = self.given(setting, variable) else {
            return Ok(usual_ms);
        };
        match given.value.parse::<i64>() {
            Ok(seconds) if (1..=MAX_TIMEOUT_S).contains(&seconds) => Ok(seconds.saturating_mul(1000)),
            _ => Err(given.refuse(
                "is out of bounds",
                format!("seconds from 1 to {MAX_TIMEOUT_S}, usually {}", usual_ms / 1000),
            )),
        }
    }
}

fn private_warning(private: &Listener) -> Option<String> {
    if private.listen.ip().is_loopback() {
        return None;
    }
    let keys = if private.tls.is_some() {
        ""
    } else {
        ", and API keys travel over it in the clear: configure [private.tls]"
    };
    Some(format!(
        "the private listener {} is open to other machines{keys}",
        private.listen
    ))
}
