//! The members that every request about a peer has: which protocol, and where.

use crate::node::Node;
use crate::version::Version;

/// The protocol that this node speaks, as EDC names it: with the version, or without by clients that know one only.
pub const PROTOCOL: &str = "dataspace-protocol-http:2025-1";
const NAMES: [&str; 2] = [PROTOCOL, "dataspace-protocol-http"];

/// Checks the protocol, or in version 4 the profile that stands for one: ours has the same name. None when it is noted as wrong.
pub fn check(node: Node<'_>, version: Version) -> Option<()> {
    let name = match version {
        Version::V4 if node.has("profile") => "profile",
        _ => "protocol",
    };
    let given = node.needed_text(name)?;
    if NAMES.contains(&given.as_str()) {
        return Some(());
    }
    node.refuse(
        name,
        format!("`{given}` is not spoken here; this node speaks `{PROTOCOL}`"),
    );
    None
}
