//! Why a tool has no answer, in words for a model and whoever it works for.

use db::DbFault;
use kernel::Fault as _;
use proposals::ProposalFault;
use records::{FilterFault, RecordFault};

/// A call that failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallFault {
    /// An argument is missing or not what it should be.
    #[error("argument {0}")]
    Argument(&'static str),
    /// There is no such argument.
    #[error("unknown argument {0}")]
    Unknown(String),
    /// The filters cannot be read.
    #[error(transparent)]
    Filter(#[from] FilterFault),
    /// Records.
    #[error(transparent)]
    Record(#[from] RecordFault),
    /// Proposals.
    #[error(transparent)]
    Proposal(#[from] ProposalFault),
    /// The database.
    #[error("database")]
    Db(#[from] DbFault),
}

impl CallFault {
    /// Says it.
    pub(crate) fn said(&self) -> String {
        let code = match self {
            Self::Argument(name) => return format!("The argument {name} is missing, or not what inputSchema says."),
            Self::Unknown(name) => {
                let name: String = name.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
                return format!("There is no argument {name}.");
            }
            Self::Filter(fault) => return format!("The list cannot be read: {}.", fault.code()),
            Self::Record(RecordFault::Invalid(faults))
            | Self::Proposal(ProposalFault::Record(RecordFault::Invalid(faults))) => {
                return wrong(faults);
            }
            Self::Record(fault) => fault.code(),
            Self::Proposal(fault) => fault.code(),
            Self::Db(fault) => fault.code(),
        };
        match code {
            "not-found" => "There is no such object or record, or this token may not see it.",
            "proposal-why" => "Say in at most 500 characters why: from which record or text you have it. Nothing was proposed.",
            "proposal-nothing" => "It would change nothing, or too much at once. Nothing was proposed.",
            "proposal-many" => "Too many proposals wait for an answer, or were made today. Nothing was proposed; the person answers them first.",
            "proposal-outdated" => "The record lies in the bin. Nothing was proposed.",
            "forbidden" => "This token may not do this.",
            "budget-soft" => {
                "The person behind this token has seen many people. They have to say on a page of Custos what for, before more is shown. \
                 Nothing was shown."
            }
            "budget-hard" => "The person behind this token has reached their limit of people. Nothing was shown.",
            _ => "It did not work. Nothing was shown.",
        }
        .to_owned()
    }
}

/// Names the fields that are wrong, by what the caller sent: what they hold is not repeated.
fn wrong(faults: &[records::FieldFault]) -> String {
    let plain =
        |name: &str| name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '_').take(40).collect::<String>();
    let named: Vec<String> =
        faults.iter().take(10).map(|fault| format!("{} ({})", plain(&fault.field), fault.why.code())).collect();
    format!("These fields are not right: {}. Nothing was done.", named.join(", "))
}
