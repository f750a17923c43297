//! Actions are types, so that a proof for one cannot stand in for another.

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident $text:literal;)*) => {
        /// An action as a value, for tables and ledger lines.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Verb { $($(#[$doc])* $name,)* }

        impl Verb {
            /// Every action, in the order of the policy matrix.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Returns the word for the ledger.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// Takes a stored word.
            #[must_use]
            pub fn parse(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|verb| verb.name() == word)
            }
        }

        $($(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $name {}

        impl sealed::Sealed for $name {}
        impl Action for $name {
            const VERB: Verb = Verb::$name;
        })*
    };
}

impl Verb {
    /// Tells whether the action takes data or rights out of everybody else's hands at one stroke, so that a person proves
    /// who they are again before it: what a thief of a session would do first.
    #[must_use]
    pub const fn is_dangerous(self) -> bool {
        match self {
            Self::Reveal | Self::Export | Self::Erase | Self::Grant | Self::Configure => true,
            // What these change can be seen and undone.
            Self::Read
            | Self::Create
            | Self::Update
            | Self::Delete
            | Self::Share
            | Self::Import
            | Self::Bulk
            | Self::Merge => false,
        }
    }
}

mod sealed {
    pub trait Sealed {}
}

/// Something an actor does to a resource.
pub trait Action: sealed::Sealed + Send + 'static {
    /// The action as a value.
    const VERB: Verb;
}

/// An action that changes what is stored.
pub trait Write: Action {}

/// Holding a proof for this action also lets its holder see the row as a proof for `To` would.
pub trait Lowers<To: Action>: Action {}

actions! {
    /// Sees open and personal fields.
    Read "read";
    /// Opens one sensitive field.
    Reveal "reveal";
    /// Makes a new one.
    Create "create";
    /// Changes fields.
    Update "update";
    /// Puts into the bin, and takes out again.
    Delete "delete";
    /// Lets somebody else see it.
    Share "share";
    /// Takes many out as a file.
    Export "export";
    /// Brings many in from a file.
    Import "import";
    /// Does one thing to many at a stroke.
    Bulk "bulk";
    /// Makes one of two.
    Merge "merge";
    /// Destroys for good.
    Erase "erase";
    /// Gives or takes rights.
    Grant "grant";
    /// Changes how the workspace works.
    Configure "configure";
}

impl Write for Create {}
impl Write for Update {}
impl Write for Delete {}
impl Write for Share {}
impl Write for Import {}
impl Write for Bulk {}
impl Write for Merge {}
impl Write for Erase {}
impl Write for Grant {}
impl Write for Configure {}

impl Lowers<Read> for Read {}
impl Lowers<Read> for Create {}
impl Lowers<Read> for Update {}
impl Lowers<Read> for Delete {}
impl Lowers<Read> for Share {}
impl Lowers<Read> for Merge {}
impl Lowers<Read> for Export {}
