//! Roles: the built-in ones and what each grants as delivered, and those that a workspace makes.

use std::borrow::Cow;

use kernel::RoleId;

use crate::Verb;
use crate::rights::{Area, Charter};

/// How far a grant goes; the widest comes last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// What the actor owns.
    Own,
    /// What the actor's teams own.
    Team,
    /// What the actor's teams own, and all teams below them.
    Branch,
    /// Everything.
    All,
}

impl Reach {
    /// Every reach, the narrowest first.
    pub const ALL: &'static [Self] = &[Self::Own, Self::Team, Self::Branch, Self::All];

    /// Returns the stored word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Team => "team",
            Self::Branch => "branch",
            Self::All => "all",
        }
    }

    /// Takes a stored word.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|reach| reach.code() == code)
    }
}

/// A role. A person may hold several; rights add up.
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
    /// One that the workspace made. What it grants is a row.
    Made(RoleId),
}

const READ: &[Verb] = &[Verb::Read];
const AGENT_OWN: &[Verb] = &[Verb::Create, Verb::Update, Verb::Delete, Verb::Reveal, Verb::Share, Verb::Bulk];
const MANAGER: &[Verb] = &[
    Verb::Read,
    Verb::Reveal,
    Verb::Create,
    Verb::Update,
    Verb::Delete,
    Verb::Share,
    Verb::Export,
    Verb::Import,
    Verb::Bulk,
    Verb::Merge,
];
const PRIVACY: &[Verb] = &[Verb::Read, Verb::Reveal, Verb::Export, Verb::Erase];
const PEOPLE: &[Verb] = &[Verb::Read, Verb::Create, Verb::Update, Verb::Delete, Verb::Grant];
const WATCH: &[Verb] = &[Verb::Read, Verb::Create, Verb::Delete];
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

    /// Returns the stored word: of a built-in role its name, of another its id.
    #[must_use]
    pub fn code(self) -> Cow<'static, str> {
        match self {
            Self::Administrator => "administrator".into(),
            Self::SecurityOfficer => "security_officer".into(),
            Self::PrivacyOfficer => "privacy_officer".into(),
            Self::Auditor => "auditor".into(),
            Self::Manager => "manager".into(),
            Self::Agent => "agent".into(),
            Self::Marketer => "marketer".into(),
            Self::Viewer => "viewer".into(),
            Self::Made(id) => id.to_string().into(),
        }
    }

    /// Takes a stored word. That an id is one of a role there is, is not known here: one that is not grants nothing.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        let built_in = Self::ALL.iter().copied().find(|role| role.code() == code);
        built_in.or_else(|| code.parse().ok().map(Self::Made))
    }

    /// Tells whether the role may see records: only then does it say how many people its holders may see.
    #[must_use]
    pub const fn reads_records(self) -> bool {
        !matches!(self, Self::Administrator | Self::SecurityOfficer | Self::Auditor)
    }

    /// Tells whether it keeps watch over others, so that nobody gets it by the will of one person alone.
    #[must_use]
    pub const fn watches(self) -> bool {
        matches!(self, Self::Auditor | Self::SecurityOfficer)
    }

    /// Tells whether a workspace may change what it grants. The others hold apart what must not come together: who runs the
    /// system, who watches, and who answers for personal data.
    #[must_use]
    pub const fn is_editable(self) -> bool {
        matches!(self, Self::Manager | Self::Agent | Self::Marketer | Self::Viewer | Self::Made(_))
    }

    /// Returns what a built-in role grants as delivered; of another, nothing.
    #[must_use]
    pub fn charter(self) -> Charter {
        let sets: &[(Area, &[Verb], Reach)] = match self {
            Self::Administrator => &[(Area::People, PEOPLE, Reach::All), (Area::Settings, SETTINGS, Reach::All)],
            Self::SecurityOfficer => {
                &[(Area::Ledger, READ, Reach::All), (Area::People, READ, Reach::All), (Area::Watch, WATCH, Reach::All)]
            }
            Self::PrivacyOfficer => &[(Area::Records, PRIVACY, Reach::All)],
            Self::Auditor => &[(Area::Ledger, READ, Reach::All)],
            Self::Manager => &[(Area::Records, MANAGER, Reach::All)],
            Self::Agent => &[(Area::Records, READ, Reach::Team), (Area::Records, AGENT_OWN, Reach::Own)],
            Self::Marketer | Self::Viewer => &[(Area::Records, READ, Reach::All)],
            Self::Made(_) => &[],
        };
        let grants = sets.iter().flat_map(|(area, verbs, reach)| verbs.iter().map(|verb| (*area, *verb, *reach)));
        grants.fold(Charter::default(), |charter, (area, verb, reach)| charter.grant(area, verb, reach))
    }
}
