//! A transfer as its stored JSON.

use super::{Opening, Transfer};
use crate::stored::{
    Broken, Members, ended_from_stored, ended_to_stored, head_from_stored, head_to_stored, track_from_stored,
    track_to_stored,
};
use chapar_dsp::DataAddress;
use chapar_terms::{AgreementId, AssetId};
use serde_json::{Value, json};

/// Cases of earlier versions have none.
const PRIVATE: &str = "privateProperties";

impl Transfer {
    /// The stored form. Equal cases give equal values.
    pub fn to_stored(&self) -> Value {
        let mut stored = json!({
            "head": head_to_stored(&self.head),
            "track": track_to_stored(&self.track),
            "agreement": self.agreement.as_str(),
            "asset": self.asset.as_str(),
            "format": self.format,
            "destination": self.destination.as_ref().map(DataAddress::render),
            "source": self.source.as_ref().map(DataAddress::render),
            "opening": match self.opening {
                Opening::Closed => Value::Null,
                Opening::Open { number, until } => json!({ "number": number, "until": until.map(|until| until.unix_ms()) }),
            },
            "openings": self.openings,
            "held": self.held,
            "startDue": self.start_due,
            "suspended": ended_to_stored(self.suspended.as_ref()),
            "ended": ended_to_stored(self.ended.as_ref()),
            "first": self.first.map(|digest| digest.hex()),
        });
        if let (Some(members), false) = (stored.as_object_mut(), self.private_properties.is_empty()) {
            members.insert(PRIVATE.to_owned(), Value::Object(self.private_properties.clone()));
        }
        stored
    }

    /// Reads the stored form. The caller has compared its digest with the case's last evidence entry.
    ///
    /// # Errors
    /// The value is no stored transfer: a fault of ours; log it and answer blankly.
    pub fn from_stored(value: &Value) -> Result<Self, Broken> {
        let members = Members::of(value)?;
        let address = |name: &str| {
            members
                .value(name)
                .map(DataAddress::parse)
                .transpose()
                .map_err(|bad| Broken(bad.why))
        };
        let opening = match members.value("opening").map(Members::of).transpose()? {
            None => Opening::Closed,
            Some(opening) => Opening::Open {
                number: opening.number("number")?,
                until: opening.opt_instant("until")?,
            },
        };
        Ok(Self {
            head: head_from_stored(&members.object("head")?)?,
            track: track_from_stored(&members.object("track")?)?,
            agreement: AgreementId::parse(members.text("agreement")?)?,
            asset: AssetId::parse(members.text("asset")?)?,
            format: members.text("format")?.to_owned(),
            destination: address("destination")?,
            source: address("source")?,
            opening,
            openings: members.number("openings")?,
            held: members.flag("held")?,
            start_due: members.flag("startDue")?,
            suspended: ended_from_stored(&members, "suspended")?,
            ended: ended_from_stored(&members, "ended")?,
            first: members.opt_digest("first")?,
            private_properties: members
                .value(PRIVATE)
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default(),
        })
    }
}
