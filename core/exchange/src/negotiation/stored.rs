//! A negotiation as its stored JSON.

use super::{FollowOn, Negotiation, Standing};
use crate::stored::{
    Broken, Members, ended_from_stored, ended_to_stored, head_from_stored, head_to_stored, parse_role,
    track_from_stored, track_to_stored,
};
use chapar_dsp::{Agreement, Offer};
use chapar_terms::DefinitionId;
use serde_json::{Value, json};

impl Negotiation {
    /// The stored form. Equal cases give equal values.
    pub fn to_stored(&self) -> Value {
        let mut stored = json!({
            "head": head_to_stored(&self.head),
            "track": track_to_stored(&self.track),
            "standing": self.standing.as_ref().map(|standing| json!({
                "by": standing.by.as_str(),
                "offer": standing.offer.render(),
            })),
            "proposed": self.proposed.as_ref().map(chapar_dsp::Offer::render),
            "agreement": self.agreement.as_ref().map(chapar_dsp::Agreement::render),
            "definition": self.definition.as_ref().map(DefinitionId::as_str),
            "ended": ended_to_stored(self.ended.as_ref()),
            "first": self.first.map(|digest| digest.hex()),
        });
        if let (Some(members), Some(follow_on)) = (stored.as_object_mut(), &self.follow_on) {
            members.insert("followOn".to_owned(), follow_on.to_json());
        }
        stored
    }

    /// Reads the stored form. The caller has compared its digest with the case's last evidence entry.
    ///
    /// # Errors
    /// The value is no stored negotiation: a fault of ours; log it and answer blankly.
    pub fn from_stored(value: &Value) -> Result<Self, Broken> {
        let members = Members::of(value)?;
        let offer = |value: &Value| Offer::parse_or_named(value).map_err(|bad| Broken(bad.why));
        let standing = members.value("standing").map(Members::of).transpose()?;
        let follow_on = members.value("followOn").map(Members::of).transpose()?;
        Ok(Self {
            head: head_from_stored(&members.object("head")?)?,
            track: track_from_stored(&members.object("track")?)?,
            standing: standing
                .map(|standing| {
                    let by = parse_role(standing.text("by")?)?;
                    let offer = offer(standing.value("offer").unwrap_or(&Value::Null))?;
                    Ok::<_, Broken>(Standing { by, offer })
                })
                .transpose()?,
            proposed: members.value("proposed").map(offer).transpose()?,
            agreement: members
                .value("agreement")
                .map(Agreement::parse)
                .transpose()
                .map_err(|bad| Broken(bad.why))?,
            definition: members.opt_text("definition").map(DefinitionId::parse).transpose()?,
            ended: ended_from_stored(&members, "ended")?,
            first: members.opt_digest("first")?,
            follow_on: follow_on.as_ref().map(FollowOn::from_stored).transpose()?,
        })
    }
}
