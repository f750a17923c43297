//! What leaves about the access log: what its page shows. Values stay sealed.

use ledger::{ActorRef, Outcome, Via};
use records::history::Event;
use serde::Serialize;

/// One thing that happened.
#[derive(Serialize)]
pub(crate) struct EventView<'e> {
    position: u64,
    entry_id: String,
    at: String,
    actor: ActorView,
    via: &'static str,
    ip: Option<String>,
    request_id: String,
    verb: &'e str,
    object: &'e str,
    ids: Vec<String>,
    fields: Vec<&'e str>,
    outcome: &'static str,
    /// Why it was not done: the code of a rule or fault.
    code: Option<&'e str>,
    reason: Option<&'e str>,
}

/// Who did it.
#[derive(Serialize)]
struct ActorView {
    kind: &'static str,
    user_id: Option<String>,
    token_id: Option<String>,
}

impl ActorView {
    fn of(actor: &ActorRef) -> Self {
        let (kind, token) = match actor {
            ActorRef::User(_) => ("user", None),
            ActorRef::Token { token, .. } => ("token", Some(token.to_string())),
            ActorRef::Job { .. } => ("job", None),
            ActorRef::Operator => ("operator", None),
            ActorRef::System => ("system", None),
            ActorRef::Nobody => ("nobody", None),
        };
        Self { kind, user_id: actor.user().map(|user| user.to_string()), token_id: token }
    }
}

impl<'e> EventView<'e> {
    pub(crate) fn of(event: &'e Event) -> Self {
        let (outcome, code) = match &event.outcome {
            Outcome::Done => ("done", None),
            Outcome::Denied(code) => ("denied", Some(code.as_ref())),
            Outcome::Failed(code) => ("failed", Some(code.as_ref())),
        };
        Self {
            position: event.position,
            entry_id: event.entry.to_string(),
            at: event.at.to_rfc3339(),
            actor: ActorView::of(&event.actor),
            via: match event.via {
                Via::Web => "web",
                Via::Api => "api",
                Via::Job => "job",
                Via::Command => "command",
            },
            ip: event.ip.map(|ip| ip.to_string()),
            request_id: event.request.to_string(),
            verb: &event.verb,
            object: event.object.as_str(),
            ids: event.ids.iter().map(ToString::to_string).collect(),
            fields: event.fields.iter().map(kernel::FieldName::as_str).collect(),
            outcome,
            code,
            reason: event.reason.as_deref(),
        }
    }
}
