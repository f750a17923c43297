//! What can have happened.

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $pressing:literal;)*) => {
        /// What can have happened to an account.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the stored word.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Tells whether it stands on top of every page until it is waved away: what an owner who did not do it has to
            /// answer at once.
            #[must_use]
            pub const fn is_pressing(self) -> bool {
                match self { $(Self::$name => $pressing,)* }
            }
        }
    };
}

kinds! {
    /// Somebody signed in with a browser that was not known for them.
    NewDevice = "new-device", true;
    /// A way to sign in was added; `what` says which.
    FactorAdded = "factor-added", true;
    /// A way to sign in was removed; `what` says which.
    FactorRemoved = "factor-removed", true;
    /// A passkey was suspended, because a copy of it may exist.
    PasskeyCopied = "passkey-copied", true;
    /// The password was changed.
    PasswordChanged = "password-changed", true;
    /// The roles were changed; `what` holds those of now.
    RolesChanged = "roles-changed", false;
    /// A session was ended, because its cookie was presented by another browser.
    CookieElsewhere = "cookie-elsewhere", true;
    /// A token was made that acts as the person; `what` holds its last letters.
    TokenMade = "token-made", true;
    /// A token of theirs was refused, because it came from a network it is not for; `what` holds its last letters.
    TokenElsewhere = "token-elsewhere", true;
    /// What an app renews its token with came a second time, so somebody may have copied it: the token was ended; `what` holds its last
    /// letters.
    TokenTwice = "token-twice", true;
    /// Somebody asks for a new way into the account.
    RescueAsked = "rescue-asked", true;
    /// Two administrators agreed; `until` says when the link opens.
    RescueApproved = "rescue-approved", true;
    /// A recovery was stopped; `whose` says whose.
    RescueStopped = "rescue-stopped", false;
    /// The account was recovered: there is a new password, and what was there before is gone.
    RescueDone = "rescue-done", false;
    /// To administrators: somebody waits for two of them; `whose` says who.
    RescueToApprove = "rescue-to-approve", false;
    /// To administrators: two of them agreed.
    RescueAgreed = "rescue-agreed", false;
    /// To administrators: somebody came in again.
    RescueUsed = "rescue-used", false;
    /// A second person agreed to what was asked; `what` says which rule.
    ApprovalGranted = "approval-granted", false;
    /// A second person refused it.
    ApprovalRefused = "approval-refused", false;
    /// It was agreed to and not carried out, or nobody answered.
    ApprovalEnded = "approval-ended", false;
    /// Somebody has looked at what was done alone, and written what they found.
    ApprovalReviewed = "approval-reviewed", false;
    /// To administrators and security officers: somebody went ahead without a second person; `whose` says who.
    ApprovalAlone = "approval-alone", true;
    /// To security officers and administrators: somebody was stopped at the hard limit of their reading; `whose` says who.
    BudgetSpent = "budget-spent", false;
    /// To security officers: somebody opened or took out a contact that nobody deals with; `whose` says who, `what` the verb.
    CanaryTouched = "canary-touched", true;
    /// To security officers: something does not stand as the program wrote it; `what` says how much.
    RowsAltered = "rows-altered", true;
    /// A second person let the person see more people for a day.
    BudgetRaised = "budget-raised", false;
    /// A webhook was made that tells an address what the person may see; `what` holds its name.
    WebhookMade = "webhook-made", true;
    /// Another address, other events or fields.
    WebhookChanged = "webhook-changed", true;
    /// A webhook was turned off, because nothing arrives; `what` holds its name.
    WebhookOff = "webhook-off", false;
}

impl Kind {
    /// Tells whether it is a step of a recovery that the person can stop.
    #[must_use]
    pub const fn is_recovery(self) -> bool {
        matches!(self, Self::RescueAsked | Self::RescueApproved)
    }

    /// Tells whether it is about something that takes a second person.
    #[must_use]
    pub const fn is_approval(self) -> bool {
        matches!(
            self,
            Self::ApprovalGranted
                | Self::ApprovalRefused
                | Self::ApprovalEnded
                | Self::ApprovalReviewed
                | Self::ApprovalAlone
        )
    }

    /// Takes a stored word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.code()), Some(*kind));
        }
        assert_eq!(Kind::parse(""), None);
    }
}
