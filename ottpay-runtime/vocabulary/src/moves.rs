//! When the money of a write moves.

use crate::field::Role;

/// When the money of a write moves. This determines the meaning of a lost reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moves {
    /// With the request itself. If the reply is lost, the money may have moved.
    AtOnce,
    /// Only when the buyer pays, with the content of the reply. If the reply is lost, its link was never handed out.
    ByBuyer,
}

impl Moves {
    /// Determines when the money of a request moves, from the roles of the fields that it sets.
    pub fn from_roles(roles: impl IntoIterator<Item = Role>) -> Self {
        match roles.into_iter().any(Self::is_at_once_by) {
            true => Self::AtOnce,
            false => Self::ByBuyer,
        }
    }

    /// Whether a field with this role makes a request move money at once: the buyer's means of payment, or the payment
    /// to be refunded.
    pub fn is_at_once_by(role: Role) -> bool {
        matches!(role, Role::Credential | Role::OriginalOrder)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_credential_or_the_original_order_moves_money_at_once() {
        assert_eq!(Moves::from_roles([Role::Order, Role::Amount, Role::Delivery]), Moves::ByBuyer);
        assert_eq!(Moves::from_roles([]), Moves::ByBuyer);
        assert_eq!(Moves::from_roles([Role::Order, Role::Credential]), Moves::AtOnce);
        assert_eq!(Moves::from_roles([Role::Order, Role::OriginalOrder]), Moves::AtOnce);
    }
}
