//! Built-in roles and what each may do.

use crate::Verb;

/// How far a grant goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// What the actor owns.
    Own,
    /// What the actor's teams own.
    Team,
    /// Everything.
    All,
}

/// A built-in role. A person may hold several; rights add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Runs the system: people and settings, no customer data.
    Administrator,
    /// Watches for attacks: ledger and people, no customer data.
    SecurityOfficer,
    /// Answers for personal data: reads, exports and erases it.
    PrivacyOfficer,
    /// Reads the ledger, nothing else.
    Auditor,
    /// Works with all records.
    Manager,
    /// Works with own records, sees the team's.
    Agent,
    /// Sees all contacts and companies.
    Marketer,
    /// Sees all records, changes none.
    Viewer,
}

/// The class of objects a grant is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Area {
    /// Contacts, companies, deals, notes, tasks and custom objects.
    Records,
    /// People who may sign in, their invitations, sessions and tokens.
    People,
    /// The ledger.
    Ledger,
    /// How the workspace works.
    Settings,
}

impl Area {
    /// Sorts an object into its area; every name that is not the system's own is a record object.
    pub(crate) fn of(object: &str) -> Self {
        match object {
            "user" | "session" | "token" | "team" | "link" => Self::People,
            "ledger" => Self::Ledger,
            "setting" | "workspace" | "job" => Self::Settings,
            _ => Self::Records,
        }
    }
}

const READ: &[Verb] = &[Verb::Read];
const AGENT_OWN: &[Verb] = &[Verb::Create, Verb::Update, Verb::Delete, Verb::Reveal, Verb::Share];
const MANAGER: &[Verb] = &[
    Verb::Read,
    Verb::Reveal,
    Verb::Create,
    Verb::Update,
    Verb::Delete,
    Verb::Share,
    Verb::Export,
    Verb::Import,
    Verb::Merge,
];
const PRIVACY: &[Verb] = &[Verb::Read, Verb::Reveal, Verb::Export, Verb::Erase];
const PEOPLE: &[Verb] = &[Verb::Read, Verb::Create, Verb::Update, Verb::Delete, Verb::Grant];
const SETTINGS: &[Verb] = &[Verb::Read, Verb::Configure];

impl Role {
    /// Every built-in role, in the order of the policy matrix.
    pub const ALL: &'static [Self] = &[
        Self::Administrator,
        Self::SecurityOfficer,
        Self::PrivacyOfficer,
        Self::Auditor,
        Self::Manager,
        Self::Agent,
        Self::Marketer,
        Self::Viewer,
    ];

    /// Returns the stored word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::SecurityOfficer => "security_officer",
            Self::PrivacyOfficer => "privacy_officer",
            Self::Auditor => "auditor",
            Self::Manager => "manager",
            Self::Agent => "agent",
            Self::Marketer => "marketer",
            Self::Viewer => "viewer",
        }
    }

    /// Takes a stored word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|role| role.code() == code)
    }

    /// Returns how far the role's right to `verb` goes in an area, if it has one.
    pub(crate) fn reach(self, area: Area, verb: Verb) -> Option<Reach> {
        let sets: &[(Area, &[Verb], Reach)] = match self {
            Self::Administrator => &[(Area::People, PEOPLE, Reach::All), (Area::Settings, SETTINGS, Reach::All)],
            Self::SecurityOfficer => &[(Area::Ledger, READ, Reach::All), (Area::People, READ, Reach::All)],
            Self::PrivacyOfficer => &[(Area::Records, PRIVACY, Reach::All)],
            Self::Auditor => &[(Area::Ledger, READ, Reach::All)],
            Self::Manager => &[(Area::Records, MANAGER, Reach::All)],
            Self::Agent => &[(Area::Records, READ, Reach::Team), (Area::Records, AGENT_OWN, Reach::Own)],
            Self::Marketer | Self::Viewer => &[(Area::Records, READ, Reach::All)],
        };
        sets.iter().filter(|(a, verbs, _)| *a == area && verbs.contains(&verb)).map(|(_, _, reach)| *reach).max()
    }
}
