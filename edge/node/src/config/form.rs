//! The configuration file as it is written: every key, where it stands, and nothing judged. Judging is in `check`.

use serde::Deserialize;
use toml::Spanned;

/// A text with the place where it stands.
pub type Text = Option<Spanned<String>>;

/// The whole file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Form {
    pub public_url: Text,
    pub profile: Text,
    pub data: Text,
    pub languages: Vec<Spanned<String>>,
    pub public: ListenerForm,
    pub private: ListenerForm,
    pub egress: EgressForm,
    pub log: LogForm,
    pub quota: QuotaForm,
    pub delivery: DeliveryForm,
    pub timeouts: TimeoutsForm,
    pub register: RegisterForm,
    pub time: TimeForm,
    pub objects: ObjectsForm,
}

/// `[public]` and `[private]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListenerForm {
    pub listen: Text,
    pub connections_per_address: Option<Spanned<u32>>,
    pub tls: Option<Spanned<TlsForm>>,
}

/// `[public.tls]` and `[private.tls]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TlsForm {
    pub certificate: Text,
    pub key: Text,
}

/// `[egress]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EgressForm {
    pub loopback: Option<Spanned<bool>>,
    pub allow: Vec<Spanned<String>>,
    pub sources: Vec<Spanned<String>>,
    pub callbacks: Vec<Spanned<String>>,
    pub plain_http: Vec<Spanned<String>>,
    pub did_plain_http: Vec<Spanned<String>>,
    pub authorities: Text,
}

/// `[log]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogForm {
    pub format: Text,
    pub level: Text,
}

/// `[quota]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct QuotaForm {
    pub per_second: Option<Spanned<u32>>,
    pub burst: Option<Spanned<u32>>,
    pub open_cases: Option<Spanned<u32>>,
}

/// `[delivery]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DeliveryForm {
    pub retry_base_ms: Option<Spanned<u64>>,
}

/// `[timeouts]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeoutsForm {
    pub callback_s: Option<Spanned<i64>>,
    pub negotiation_s: Option<Spanned<i64>>,
    pub transfer_start_s: Option<Spanned<i64>>,
    pub transfer_suspended_s: Option<Spanned<i64>>,
}

/// `[register]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RegisterForm {
    pub publish_ms: Option<Spanned<u64>>,
    pub evidence_ms: Option<Spanned<u64>>,
    pub evidence_checkpoint_s: Option<Spanned<u64>>,
    pub mirror_every_s: Option<Spanned<i64>>,
    pub hint: Vec<Spanned<String>>,
    pub offers: Option<Spanned<bool>>,
    pub alarm_as: Option<Spanned<String>>,
}

/// `[time]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimeForm {
    pub authority: Text,
    pub ca: Text,
    pub every_s: Option<Spanned<i64>>,
    pub own_authority: Option<Spanned<bool>>,
}

/// `[objects]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ObjectsForm {
    pub endpoint: Text,
    pub bucket: Text,
    pub region: Text,
    pub prefix: Text,
    pub access_key: Text,
    pub secret_key_file: Text,
}
