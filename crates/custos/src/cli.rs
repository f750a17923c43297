//! The command line.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Custos (守客): a CRM that a company runs itself and that keeps its customers' data safe by construction.
#[derive(Debug, Parser)]
#[command(name = "custos", version, about, long_about = None, max_term_width = 100)]
pub(crate) struct Cli {
    /// Where Custos keeps its data, and how it is reached.
    #[command(flatten)]
    pub(crate) common: Common,
    /// What to do; `serve` when nothing is said.
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

impl Cli {
    /// Returns what to do and the options of every command; to serve, as the environment says, when nothing is said.
    pub(crate) fn take(self) -> (Common, Command) {
        let serve = || Self::parse_from(["custos", "serve"]).command;
        let command = self.command.or_else(serve).unwrap_or_else(|| Command::Serve(Serve::default()));
        (self.common, command)
    }
}

impl Command {
    /// Returns how Custos is served, for the commands that serve or print a link.
    pub(crate) fn serving(&self) -> Serve {
        match self {
            Self::Serve(serve) | Self::User(User::Invite { serve, .. } | User::Recover { serve, .. }) => serve.clone(),
            Self::Demo(demo) => demo.serve.clone(),
            _ => Serve::default(),
        }
    }
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
pub(crate) struct Common {
    /// Folder with the data, the keyring and the root key [default: ./custos-data]
    #[arg(long, global = true, value_name = "DIR", env = "CUSTOS_DATA")]
    pub(crate) data: Option<PathBuf>,
    /// PostgreSQL instead of the embedded database: postgres://user@host/database
    #[arg(long, global = true, value_name = "URL", env = "CUSTOS_DATABASE", hide_env_values = true)]
    pub(crate) database: Option<String>,
    /// Certificate (PEM) that signs a remote PostgreSQL server's
    #[arg(long, global = true, value_name = "FILE", env = "CUSTOS_DATABASE_ROOT_CERT")]
    pub(crate) database_root_cert: Option<PathBuf>,
    /// Configuration file (TOML); the command line and CUSTOS_* variables win over it
    #[arg(long, global = true, value_name = "FILE", env = "CUSTOS_CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

/// What Custos can be told to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run the server; prints a one-time link on first start
    Serve(Serve),
    /// Set up without a browser, for scripted installs; refused once somebody can sign in
    Init(Init),
    /// Serve an invented company's data from a folder of its own and print a sign-in link
    Demo(Demo),
    /// Bring records in from a CSV file
    Import(Import),
    /// People who may sign in
    #[command(subcommand)]
    User(User),
    /// Tokens for programs
    #[command(subcommand)]
    Token(Token),
    /// Passwords that nobody may take
    #[command(subcommand)]
    Passwords(Passwords),
    /// What people have to prove to sign in and before dangerous acts
    #[command(subcommand)]
    Policy(Policy),
    /// How many people's data somebody may see
    #[command(subcommand)]
    Budget(Budget),
    /// Keys: how they stand, and their change
    #[command(subcommand)]
    Key(Key),
    /// The tamper-evident list of everything that happened
    #[command(subcommand)]
    Ledger(Ledger),
    /// Files that were taken out
    #[command(subcommand)]
    Export(Export),
    /// People who were erased
    #[command(subcommand)]
    Erasure(Erasure),
    /// Look for what is wrong or weak in this installation
    Doctor,
    /// The configuration
    #[command(subcommand)]
    Config(Config),
}

/// Options of `serve`.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct Serve {
    /// Address to listen on; other than this machine's own only with TLS [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR", env = "CUSTOS_LISTEN")]
    pub(crate) listen: Option<SocketAddr>,
    /// Certificate chain (PEM)
    #[arg(long, value_name = "FILE", requires = "tls_key", env = "CUSTOS_TLS_CERT")]
    pub(crate) tls_cert: Option<PathBuf>,
    /// Its private key (PEM), readable by its owner only
    #[arg(long, value_name = "FILE", requires = "tls_cert", env = "CUSTOS_TLS_KEY")]
    pub(crate) tls_key: Option<PathBuf>,
    /// Requests a minute that are heard of one person, a quarter of them searches, and ten times as many of one network [default: 1200]
    #[arg(long, value_name = "N", env = "CUSTOS_REQUESTS_PER_MINUTE")]
    pub(crate) requests_per_minute: Option<u32>,
    /// Host name in links and in the Host header, when it is not the address; may be given more than once
    #[arg(long, value_name = "NAME", env = "CUSTOS_HOST", value_delimiter = ',')]
    pub(crate) host: Vec<String>,
}

/// Options of `init`.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// E-mail address of the first administrator
    #[arg(long, value_name = "E-MAIL")]
    pub(crate) admin_email: String,
    /// Name of the first administrator
    #[arg(long, value_name = "NAME")]
    pub(crate) admin_name: String,
    /// File with the password on its first line
    #[arg(long, value_name = "FILE")]
    pub(crate) password_file: PathBuf,
    /// Name of the workspace
    #[arg(long, value_name = "NAME", default_value = "Custos")]
    pub(crate) workspace: String,
}

/// Options of `demo`.
#[derive(Debug, Args)]
pub(crate) struct Demo {
    /// How the demo is served
    #[command(flatten)]
    pub(crate) serve: Serve,
    /// How many contacts to invent
    #[arg(long, default_value_t = 2_000)]
    pub(crate) contacts: u32,
}

/// Options of `import`.
#[derive(Debug, Args)]
pub(crate) struct Import {
    /// The file
    pub(crate) file: PathBuf,
    /// What its rows are: contact, company, deal, ...
    #[arg(long, value_name = "OBJECT")]
    pub(crate) object: String,
    /// In whose name, by e-mail address
    #[arg(long = "as", value_name = "E-MAIL")]
    pub(crate) acting: String,
    /// Only say what would happen
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Write the file's values over records that are there already, instead of leaving those rows out
    #[arg(long)]
    pub(crate) update: bool,
    /// Refuse rows that name a company nobody knows, instead of making it
    #[arg(long)]
    pub(crate) known_links: bool,
}

/// What can be done about people.
#[derive(Debug, Subcommand)]
pub(crate) enum User {
    /// Invite somebody; prints the link they join with
    Invite {
        /// Their e-mail address
        #[arg(long)]
        email: String,
        /// Their name
        #[arg(long)]
        name: String,
        /// Their role; may be given more than once
        #[arg(long, default_value = "agent")]
        role: Vec<String>,
        /// How Custos is served, so that the link leads there
        #[command(flatten)]
        serve: Serve,
    },
    /// Take accounts, roles, sessions and tokens as they stand in the database for genuine, after a repair or when data from
    /// elsewhere was put back: what was altered outside of Custos is refused until then
    Accept,
    /// Let somebody in again who lost every way to sign in, where there are not two administrators to ask; prints a link that
    /// opens after a day
    Recover {
        /// Their e-mail address
        #[arg(long)]
        email: String,
        /// How Custos is served, so that the link leads there
        #[command(flatten)]
        serve: Serve,
    },
}

/// What can be done about tokens.
#[derive(Debug, Subcommand)]
pub(crate) enum Token {
    /// Make a token with its owner's rights, or with some of them; prints only the token
    Create {
        /// E-mail address of its owner
        #[arg(long, value_name = "E-MAIL")]
        user: String,
        /// How long it is good for, at most a year: 30d, 12h, 52w
        #[arg(long, value_name = "SPAN")]
        expires: String,
        /// What it is called
        #[arg(long, default_value = "command line")]
        label: String,
        /// What it is for
        #[arg(long, value_name = "TEXT", default_value = "")]
        purpose: String,
        /// What it may do, like contact:read, user:read or everything; may be given more than once [default: everything: all its owner may do with records]
        #[arg(long, value_name = "OBJECT:ACTION", value_delimiter = ',')]
        scope: Vec<String>,
        /// The only fields it sees of their objects, like contact:email; may be given more than once [default: all its owner sees]
        #[arg(long, value_name = "OBJECT:FIELD", value_delimiter = ',')]
        field: Vec<String>,
        /// The only records it may know of, like contact:stage:is:lead (a filter of a list behind the object's name); may be given
        /// more than once, and then all must hold [default: all its owner may]
        #[arg(long, value_name = "OBJECT:FILTER")]
        rows: Vec<String>,
        /// Networks it may be used from, like 198.51.100.0/24; may be given more than once [default: any]
        #[arg(long, value_name = "NETWORK", value_delimiter = ',')]
        network: Vec<String>,
        /// File with the public key (JWK) whose holder alone may use it, by DPoP (RFC 9449)
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
    },
    /// List the tokens of everybody: id, last letters, owner, how it stands, until when, when used last
    List,
    /// Withdraw a token
    Revoke {
        /// Its id, as `list` prints it
        id: String,
    },
}

/// What can be done about passwords.
#[derive(Debug, Subcommand)]
pub(crate) enum Passwords {
    /// Make the file that the setting `breached_passwords` names, from a list of breached passwords of any size
    Build {
        /// The list: one password, or the SHA-1 of one in hexadecimal, a line
        list: PathBuf,
        /// Where the file goes
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// What can be done about what people have to prove.
#[derive(Debug, Subcommand)]
pub(crate) enum Policy {
    /// Print it, role by role
    Show,
    /// Change it, for instance when nobody has a passkey and the settings are out of reach
    Set(PolicySet),
}

/// Options of `policy set`; what is not named stays as it is.
#[derive(Debug, Args)]
pub(crate) struct PolicySet {
    /// The role; may be given more than once [default: every role]
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Vec<String>,
    /// To sign in: single (a password), multi (two steps) or resistant (a passkey)
    #[arg(long, value_name = "LEVEL")]
    pub(crate) sign_in: Option<String>,
    /// Before dangerous acts: single, multi or resistant
    #[arg(long, value_name = "LEVEL")]
    pub(crate) danger: Option<String>,
    /// How long a proof lasts for dangerous acts, in minutes: 1 to 720
    #[arg(long, value_name = "MINUTES")]
    pub(crate) minutes: Option<u64>,
}

/// What can be done about how many people somebody may see.
#[derive(Debug, Subcommand)]
pub(crate) enum Budget {
    /// Print it, role by role
    Show,
    /// Change it; beyond the soft limits a reason is asked for, beyond the hard ones a second person has to agree
    Set(BudgetSet),
}

/// Options of `budget set`; what is not named stays as it is.
#[derive(Debug, Args)]
pub(crate) struct BudgetSet {
    /// The role; may be given more than once [default: every role]
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Vec<String>,
    /// People within an hour, before a reason is asked for
    #[arg(long, value_name = "PEOPLE")]
    pub(crate) soft_hour: Option<u64>,
    /// People within 24 hours, before a reason is asked for
    #[arg(long, value_name = "PEOPLE")]
    pub(crate) soft_day: Option<u64>,
    /// People within an hour, before it stops
    #[arg(long, value_name = "PEOPLE")]
    pub(crate) hard_hour: Option<u64>,
    /// People within 24 hours, before it stops
    #[arg(long, value_name = "PEOPLE")]
    pub(crate) hard_day: Option<u64>,
}

/// What can be done about keys.
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Print where the root key comes from, how old the keys are and how many there are of each kind
    Status,
    /// Make a new epoch key, wrap every key with it and destroy the old one, while Custos serves or not; goes on where one
    /// that was interrupted ended
    Rotate(Rotate),
    /// Split the root key into shares on paper, of which some give it back when it is lost
    ExportEscrow(ExportEscrow),
    /// Put the root key together from shares, prove that it is this keyring's, and write the key file
    Recover {
        /// Files with one share each
        #[arg(required = true)]
        shares: Vec<PathBuf>,
        /// Only prove it; write nothing
        #[arg(long)]
        check: bool,
    },
}

/// Options of `key rotate`.
#[derive(Debug, Args)]
pub(crate) struct Rotate {
    /// Change the key of the index instead, and make everything findable anew with the new one
    #[arg(long, conflicts_with = "root")]
    pub(crate) index: bool,
    /// Change the key of an object instead (`company`, `deal`), and seal everything anew that it sealed; the former key only opens what
    /// the ledger and older backups hold
    #[arg(long, value_name = "NAME", conflicts_with_all = ["root", "index"])]
    pub(crate) object: Option<String>,
    /// Change the root key instead: to a new key file, or to what the configuration says now. Servers may run; start them anew
    /// afterwards
    #[arg(long)]
    pub(crate) root: bool,
    /// The configuration file as it was, when it is needed to find the present root key: after the passphrase was changed
    #[arg(long, value_name = "FILE", requires = "root")]
    pub(crate) from: Option<PathBuf>,
    /// Overwrite and remove the former key file; copies of the keyring from before cannot be opened then [default: it is kept
    /// beside, under another name]
    #[arg(long, requires = "root")]
    pub(crate) destroy_former: bool,
}

/// Options of `key export-escrow`.
#[derive(Debug, Args)]
pub(crate) struct ExportEscrow {
    /// How many shares: 2 to 16
    #[arg(long, value_name = "N")]
    pub(crate) shares: u8,
    /// How many of them give the key back
    #[arg(long, value_name = "K")]
    pub(crate) needed: u8,
    /// Folder for a file a share; it is made and must not be there yet
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
    /// Public key of age (age1...) of whoever keeps a share, one for each in turn [default: shares in the clear, for paper]
    #[arg(long = "for", value_name = "KEY")]
    pub(crate) keepers: Vec<String>,
}

/// What can be done about the ledger.
#[derive(Debug, Subcommand)]
pub(crate) enum Ledger {
    /// Prove that nothing was changed, removed or cut off
    Verify {
        /// Signed notes that were kept elsewhere (`ledger checkpoint`), one or more a file: each has to fit the ledger as it stands, which
        /// tells when everything was put back to a moment before
        #[arg(long, value_name = "FILE", num_args = 1..)]
        against: Vec<PathBuf>,
    },
    /// Print the newest signed note of the ledger, to be kept elsewhere: on another machine, or on paper. Whoever can write to the
    /// database can put everything back to a moment before, ledger and all; only a note they cannot reach shows it (`ledger verify
    /// --against`)
    Checkpoint {
        /// File for it, which must not be there yet [default: it is printed]
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

/// What can be done about files that were taken out.
#[derive(Debug, Subcommand)]
pub(crate) enum Export {
    /// Say who took out the rows of a file, whatever was left out and in whatever order
    Trace {
        /// The file as text; one of age is opened first, with `age -d`
        file: PathBuf,
    },
}

/// What can be done about erasures.
#[derive(Debug, Subcommand)]
pub(crate) enum Erasure {
    /// Check that a certificate was signed by this ledger, and print what it says
    Verify {
        /// The certificate, as it was downloaded
        file: PathBuf,
    },
}

/// What can be done about the configuration.
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Read the configuration and say what is wrong with it
    Check,
}
