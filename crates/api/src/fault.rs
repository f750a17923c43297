//! How a handler fails: the one place where a fault of records becomes an answer that names what is wrong.

use accounts::AccountFault;
use attachments::AttachmentFault;
use axum::response::{IntoResponse, Response};
use db::DbFault;
use http::StatusCode;
use httpkit::Refusal;
use kernel::Fault as _;
use records::{FilterFault, RecordFault, Why};
use repeats::RepeatFault;
use roles::RoleFault;
use tokens::TokenFault;

/// A failure on its way out. A type of its own, because `?` straight into a [`Refusal`] would lose which fields are wrong.
#[derive(Debug)]
pub(crate) struct ApiFault(Refusal);

impl From<Refusal> for ApiFault {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl From<FilterFault> for ApiFault {
    fn from(fault: FilterFault) -> Self {
        Self(filter(&fault, parameter(&fault)))
    }
}

impl From<RecordFault> for ApiFault {
    fn from(fault: RecordFault) -> Self {
        Self(match fault {
            RecordFault::Invalid(faults) => faults
                .into_iter()
                .fold(Refusal::invalid("invalid"), |refusal, wrong| refusal.wrong(wrong.field, wrong.why.code())),
            RecordFault::Filter(fault) => filter(&fault, parameter(&fault)),
            // The bin is a matter of the pages; here its records are gone.
            RecordFault::Binned => Refusal::not_found(),
            other => Refusal::from(other),
        })
    }
}

impl From<AttachmentFault> for ApiFault {
    fn from(fault: AttachmentFault) -> Self {
        let code = fault.code();
        match fault {
            AttachmentFault::Record(fault) => fault.into(),
            AttachmentFault::Secret(kind) => Self(Refusal::invalid(code).wrong("file", Why::Secret(kind).code())),
            AttachmentFault::Barred(kind) => Self(Refusal::invalid(code).wrong("file", Why::Barred(kind).code())),
            other => Self(Refusal::from(other)),
        }
    }
}

impl From<DbFault> for ApiFault {
    fn from(fault: DbFault) -> Self {
        Self(Refusal::from(fault))
    }
}

impl From<RepeatFault> for ApiFault {
    fn from(fault: RepeatFault) -> Self {
        Self(Refusal::from(fault))
    }
}

impl From<AccountFault> for ApiFault {
    fn from(fault: AccountFault) -> Self {
        Self(Refusal::from(fault))
    }
}

impl From<RoleFault> for ApiFault {
    fn from(fault: RoleFault) -> Self {
        Self(Refusal::from(fault))
    }
}

impl From<TokenFault> for ApiFault {
    fn from(fault: TokenFault) -> Self {
        Self(Refusal::from(fault))
    }
}

impl ApiFault {
    /// Takes the fault of a list that a body asked for.
    pub(crate) fn in_body(fault: &FilterFault) -> Self {
        Self(filter(fault, Some(parameter(fault)).filter(|name| *name != "f").unwrap_or("filters")))
    }

    /// Takes the fault of an answer that could not be written.
    pub(crate) fn unwritten(fault: serde_json::Error) -> Self {
        Self(Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, "internal").detail(fault.to_string()))
    }
}

impl IntoResponse for ApiFault {
    fn into_response(self) -> Response {
        self.0.into_response()
    }
}

/// Says what is wrong with a list, and in which parameter or member.
fn filter(fault: &FilterFault, place: &str) -> Refusal {
    let refusal = match fault {
        FilterFault::Costly => Refusal::new(StatusCode::BAD_REQUEST, fault.code()),
        _ => Refusal::invalid(fault.code()),
    };
    refusal.detail(fault.to_string()).wrong(place, fault.code())
}

/// Returns the parameter a fault is about.
const fn parameter(fault: &FilterFault) -> &'static str {
    match fault {
        FilterFault::Costly
        | FilterFault::Form(_)
        | FilterFault::Column(_)
        | FilterFault::Op(_)
        | FilterFault::Value(..) => "f",
        FilterFault::Sort(_) => "sort",
        FilterFault::Limit => "limit",
        FilterFault::Cursor => "after",
    }
}
