//! What the operator sets: a TOML file, with environment variables above it. Unknown keys are refused, and every error names
//! its place and says what to write.
//!
//! Holds the settings and their defaults. The node key is no setting of the file: see `node_key`.

mod check;
mod form;
mod place;

pub use place::ConfigFault;

use chapar_client::Cidr;
use form::{Form, ListenerForm, Text};
use place::{Given, Source};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Where peers reach this node when nothing is said.
const PUBLIC_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8443);
/// Where the operator reaches it when nothing is said.
const PRIVATE_LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8444);
/// Requests per second that one address may make at the public door in the long run. A peer that makes 300 contracts a second sends
/// us 600 messages; three times that is no honest traffic from one address.
const QUOTA_PER_SECOND: u32 = 2000;
/// Requests that it may make at once after a pause.
const QUOTA_BURST: u32 = 10_000;
/// Pause before the second try of a delivery, in milliseconds.
const RETRY_BASE_MS: u64 = 500;

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
    /// Pause before the second try of a delivery, in milliseconds.
    pub retry_base_ms: u64,
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
    /// TLS, where configured.
    pub tls: Option<TlsFiles>,
}

/// PEM files.
#[derive(Clone, Debug)]
pub struct TlsFiles {
    /// The chain, own certificate first.
    pub certificate: PathBuf,
    /// Its private key.
    pub key: PathBuf,
}

/// Where the node may connect to, beyond public addresses over https.
#[derive(Clone, Debug)]
pub struct Egress {
    /// Whether to call loopback addresses.
    pub loopback: bool,
    /// Private networks with peers in them.
    pub allow: Vec<Cidr>,
    /// Networks to which plain http is permitted.
    pub plain_http: Vec<Cidr>,
    /// Certificate authorities to believe besides the public ones.
    pub authorities: Option<PathBuf>,
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

struct Reader<'a> {
    source: &'a Source<'a>,
    folder: &'a Path,
    environment: Environment<'a>,
}

impl Reader<'_> {
    fn config(&self, form: Form) -> Result<Config, ConfigFault> {
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
        let mut warnings = Vec::new();
        let public = self.listener(form.public, "CHAPAR_PUBLIC_LISTEN", PUBLIC_LISTEN, profile)?;
        let private = self.listener(form.private, "CHAPAR_PRIVATE_LISTEN", PRIVATE_LISTEN, profile)?;
        warnings.extend(private_warning(&private));
        Ok(Config {
            public_url: check::public_url(&url, profile)?,
            profile,
            data,
            public,
            private,
            egress: self.egress(form.egress)?,
            log: self.log(form.log)?,
            quota: self.quota(form.quota)?,
            retry_base_ms: self.retry_base_ms(form.delivery.retry_base_ms)?,
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
    fn given(&self, text: Text, variable: &str) -> Option<Given> {
        if let Some(value) = (self.environment)(variable) {
            return Some(Given {
                value,
                place: variable.to_owned(),
            });
        }
        text.map(|text| self.placed(text))
    }

    fn placed(&self, text: toml::Spanned<String>) -> Given {
        Given {
            place: self.source.at(text.span()),
            value: text.into_inner(),
        }
    }

    fn path(&self, text: &str) -> PathBuf {
        self.folder.join(text)
    }

    fn listener(
        &self,
        form: ListenerForm,
        variable: &str,
        usual: SocketAddr,
        profile: Profile,
    ) -> Result<Listener, ConfigFault> {
        let given = self.given(form.listen, variable);
        let listen = given
            .as_ref()
            .map_or(Ok(usual), |given| check::listen(given, &usual.to_string()))?;
        if let (Profile::Development, false, Some(given)) = (profile, listen.ip().is_loopback(), &given) {
            let usual = format!("a loopback address, e.g. \"{usual}\", or profile = \"production\"");
            return Err(given.refuse(
                "listens beyond this machine, which the development profile refuses",
                usual,
            ));
        }
        let tls = form.tls.map(|tls| TlsFiles {
            certificate: self.path(tls.certificate.get_ref()),
            key: self.path(tls.key.get_ref()),
        });
        Ok(Listener { listen, tls })
    }

    fn egress(&self, form: form::EgressForm) -> Result<Egress, ConfigFault> {
        let networks = |list: Vec<toml::Spanned<String>>| {
            list.into_iter()
                .map(|text| check::network(&self.placed(text)))
                .collect::<Result<Vec<_>, _>>()
        };
        Ok(Egress {
            loopback: form.loopback,
            allow: networks(form.allow)?,
            plain_http: networks(form.plain_http)?,
            authorities: form.authorities.map(|text| self.path(text.get_ref())),
        })
    }

    fn log(&self, form: form::LogForm) -> Result<Log, ConfigFault> {
        let format = self.given(form.format, "CHAPAR_LOG_FORMAT");
        let level = self.given(form.level, "CHAPAR_LOG");
        Ok(Log {
            format: format.as_ref().map_or(Ok(LogFormat::Human), check::log_format)?,
            level: level.as_ref().map_or_else(|| Ok("info".to_owned()), check::log_level)?,
        })
    }

    fn quota(&self, form: form::QuotaForm) -> Result<chapar_runtime::Quota, ConfigFault> {
        let number = |given: Option<toml::Spanned<u32>>, usual: u32| match given {
            None => Ok(usual),
            Some(given) if *given.get_ref() > 0 => Ok(*given.get_ref()),
            Some(given) => Err(ConfigFault {
                place: self.source.at(given.span()),
                what: "`0` would refuse everybody".to_owned(),
                write: format!("a number above 0, usually {usual}"),
            }),
        };
        Ok(chapar_runtime::Quota {
            per_second: number(form.per_second, QUOTA_PER_SECOND)?,
            burst: number(form.burst, QUOTA_BURST)?,
        })
    }

    fn retry_base_ms(&self, given: Option<toml::Spanned<u64>>) -> Result<u64, ConfigFault> {
        match given {
            None => Ok(RETRY_BASE_MS),
            Some(given) if (1..=60_000).contains(given.get_ref()) => Ok(*given.get_ref()),
            Some(given) => Err(ConfigFault {
                place: self.source.at(given.span()),
                what: format!("`{}` is out of bounds", given.get_ref()),
                write: format!("milliseconds from 1 to 60000, usually {RETRY_BASE_MS}"),
            }),
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
        assert!(config.warnings.is_empty());
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
        ] {
            assert_eq!(read(text).unwrap_err(), expected, "{text}");
        }
    }

    #[test]
    fn unknown_keys_are_refused_where_they_stand() {
        let error =
            read("public_url = \"https://a.example\"\n[public]\nlisten = \"127.0.0.1:1\"\nlisen = 1").unwrap_err();
        assert_eq!(
            error,
            "chapar.toml:4:1: unknown key `lisen`; write one of `listen`, `tls`"
        );
        let error = read("public_url = 5").unwrap_err();
        assert!(
            error.starts_with("chapar.toml:1:14: invalid type: integer `5`, expected a string"),
            "{error}"
        );
        assert!(read("public_url = \"x").unwrap_err().starts_with("chapar.toml:1:"));
    }
}
