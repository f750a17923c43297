//! The standard verbs of ledger lines: what detectors, timelines and filters can rely on.
//!
//! A verb is kebab-case and in the present tense. Feature crates may use verbs of their own; a verb that two crates use
//! belongs here.

macro_rules! verbs {
    ($($(#[$doc:meta])* $name:ident = $verb:literal;)*) => {
        $($(#[$doc])* pub const $name: &str = $verb;)*

        /// Every standard verb, for filters and for checking that each has a label in every language.
        pub const ALL: &[&str] = &[$($verb),*];
    };
}

verbs! {
    /// A record was shown.
    READ = "read";
    /// Records were listed.
    LIST = "list";
    /// Records were searched for.
    SEARCH = "search";
    /// A sensitive field was shown in clear.
    REVEAL = "reveal";
    /// A record was made.
    CREATE = "create";
    /// A record was changed.
    UPDATE = "update";
    /// A record was put in the bin.
    DELETE = "delete";
    /// A record was taken out of the bin.
    RESTORE = "restore";
    /// Two records became one.
    MERGE = "merge";
    /// A record was given to others to see.
    SHARE = "share";
    /// A record changed its owner.
    ASSIGN = "assign";
    /// Records were brought in from a file.
    IMPORT = "import";
    /// Records were taken out to a file.
    EXPORT = "export";
    /// A file was downloaded.
    DOWNLOAD = "download";
    /// A bulk change was undone.
    UNDO = "undo";
    /// The key of a person was destroyed.
    ERASE = "erase";
    /// Somebody signed in.
    SIGN_IN = "sign-in";
    /// A sign-in did not succeed.
    SIGN_IN_FAILED = "sign-in-failed";
    /// Somebody proved again who they are.
    STEP_UP = "step-up";
    /// Somebody signed out.
    SIGN_OUT = "sign-out";
    /// A session was ended by somebody else, or by a rule.
    SESSION_END = "session-end";
    /// An account was locked for a while.
    LOCK_OUT = "lock-out";
    /// A password was set or changed.
    PASSWORD_CHANGE = "password-change";
    /// A second factor was added.
    FACTOR_ADD = "factor-add";
    /// A second factor was removed.
    FACTOR_REMOVE = "factor-remove";
    /// Somebody was invited.
    INVITE = "invite";
    /// An invitation was accepted.
    INVITE_ACCEPT = "invite-accept";
    /// An invitation was withdrawn.
    INVITE_REVOKE = "invite-revoke";
    /// An account was made.
    USER_CREATE = "user-create";
    /// An account was changed.
    USER_UPDATE = "user-update";
    /// An account was suspended.
    USER_SUSPEND = "user-suspend";
    /// A suspended account was opened again.
    USER_RESUME = "user-resume";
    /// Somebody was given a role.
    ROLE_GRANT = "role-grant";
    /// A role was taken from somebody.
    ROLE_REVOKE = "role-revoke";
    /// What a role allows was changed.
    ROLE_CHANGE = "role-change";
    /// A team was made or changed.
    TEAM_CHANGE = "team-change";
    /// An API token was made.
    TOKEN_CREATE = "token-create";
    /// An API token was withdrawn.
    TOKEN_REVOKE = "token-revoke";
    /// A second person was asked to agree.
    APPROVAL_REQUEST = "approval-request";
    /// A second person agreed.
    APPROVAL_GRANT = "approval-grant";
    /// A second person refused.
    APPROVAL_REFUSE = "approval-refuse";
    /// Something was tried that the actor may not do.
    DENIED = "denied";
    /// A setting was changed.
    CONFIGURE = "configure";
    /// An object or a field was defined or changed.
    DEFINE = "define";
    /// A key took the place of another.
    KEY_ROTATE = "key-rotate";
    /// A record was found altered outside of the program.
    DAMAGE = "damage";
    /// An operator took accounts, roles and the like as they stand for genuine, and had them marked anew.
    RIGHTS_ACCEPT = "rights-accept";
    /// The ledger was checked.
    LEDGER_VERIFY = "ledger-verify";
    /// The ledger was read.
    LEDGER_READ = "ledger-read";
    /// A backup was made.
    BACKUP = "backup";
    /// Data came back from a backup.
    BACKUP_RESTORE = "backup-restore";
    /// The program started.
    START = "start";
    /// The program stopped.
    STOP = "stop";
}

#[cfg(test)]
mod tests {
    use super::ALL;

    #[test]
    fn verbs_are_kebab_case_and_stand_once() {
        for (at, verb) in ALL.iter().enumerate() {
            assert!(verb.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{verb}");
            assert!(!ALL.iter().skip(at + 1).any(|other| other == verb), "{verb} stands twice");
        }
    }
}
