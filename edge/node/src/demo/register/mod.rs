//! The act of the register: three nodes mirror each other. One is switched off and its records are served by the others; then it loses its
//! disk and comes back with its keys. A guest whom all three mirror lies, and is caught by name.
//!
//! Here they are started; the story is in `story`, a side is a `seat`, what is published is in `records`, what they found in `circle`.

mod circle;
mod counts;
mod records;
mod seat;
mod story;

use crate::Failure;
use crate::demo::party::Role;
use crate::demo::timeline::Timeline;
use seat::Seat;
use serde_json::{Value, json};
use std::path::Path;
use story::Story;

const UZ: Role = Role {
    label: "UZ",
    folder: "uz",
    slug: "uz-digital",
    name: "Agency for Digital Services of Uzbekistan (SAMPLE)",
};
const KZ: Role = Role {
    label: "KZ",
    folder: "kz",
    slug: "kz-digital",
    name: "Committee for Digital Services of Kazakhstan (SAMPLE)",
};
const CN: Role = Role {
    label: "CN",
    folder: "cn",
    slug: "cn-data",
    name: "Bureau of Data Development of China (SAMPLE)",
};

/// Lies in the end: a guest of no state, since no body of a member is to be shown lying.
const GUEST: Role = Role {
    label: "guest",
    folder: "guest",
    slug: "guest-trader",
    name: "A trader of no state, a guest (SAMPLE)",
};

/// The three nodes, and that of a guest, when the story has been told.
pub struct Three {
    uz: Seat,
    kz: Seat,
    cn: Seat,
    guest: Seat,
}

impl Three {
    /// Starts the nodes below a folder.
    ///
    /// # Errors
    /// One did not start.
    pub async fn start(beneath: &Path) -> Result<Self, Failure> {
        outln!(
            "\nThe register: three sovereign nodes, one catalogue, no centre. All bodies and records are invented samples.\n"
        );
        let (uz, kz, cn, guest) = tokio::try_join!(
            Seat::take(UZ, beneath),
            Seat::take(KZ, beneath),
            Seat::take(CN, beneath),
            Seat::take(GUEST, beneath)
        )?;
        let three = Self { uz, kz, cn, guest };
        for seat in three.all() {
            outln!("{}  {}", seat.role.label, seat.role.name);
            outln!("    log     {}", seat.log.address);
            outln!("    portal  {}/", seat.public.base());
            outln!("    own api {}   data {}", seat.api.base(), seat.data().display());
        }
        Ok(three)
    }

    /// Tells the story; what did not hold is an error.
    ///
    /// # Errors
    /// The first expectation that did not hold.
    pub async fn play(&mut self, timeline: &mut Timeline) -> Result<(), Failure> {
        let mut story = Story {
            uz: &mut self.uz,
            kz: &mut self.kz,
            cn: &mut self.cn,
            guest: &mut self.guest,
            timeline,
        };
        story.play().await
    }

    const fn all(&self) -> [&Seat; 3] {
        [&self.uz, &self.kz, &self.cn]
    }

    /// Says how to go on with them.
    pub fn invite(&self) {
        outln!("\nThe three nodes of the register serve too:");
        for seat in self.all() {
            outln!("\n  # {}", seat.role.name);
            outln!("  portal  {}/", seat.public.base());
            outln!("  chapar search 'потери воды' --lang ru --at {}", seat.public.base());
            outln!("  chapar verify {} --vkey {}", seat.log.address, seat.log.vkey);
            outln!(
                "  CHAPAR_API={} CHAPAR_API_KEY={} chapar log show",
                seat.api.base(),
                seat.api_key
            );
        }
    }

    /// Where people read the register.
    pub fn portal(&self) -> String {
        format!("{}/", self.uz.public.base())
    }

    /// What `--endpoints` writes of them.
    pub fn endpoints(&self) -> Value {
        json!({
            "uz": self.uz.endpoints(), "kz": self.kz.endpoints(), "cn": self.cn.endpoints(),
            "guest": self.guest.endpoints(),
        })
    }

    /// Ends the nodes.
    pub async fn end(mut self) {
        tokio::join!(
            self.uz.switch_off(),
            self.kz.switch_off(),
            self.cn.switch_off(),
            self.guest.switch_off()
        );
    }
}
