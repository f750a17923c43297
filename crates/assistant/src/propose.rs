//! Proposing: the only tools that leave something behind, and what they leave changes nothing.

use authz::Cx;
use kernel::RecordId;
use proposals::{ProposalFault, Wanted};
use serde_json::{Value as Json, json};

use crate::Assistant;
use crate::args::Args;
use crate::fault::CallFault;

impl Assistant {
    /// Puts a proposal before the person.
    pub(crate) async fn propose(&self, cx: &Cx, name: &str, mut args: Args) -> Result<Json, CallFault> {
        let Some(proposals) = &self.proposals else { return Err(ProposalFault::from(authz::Denied::Hidden).into()) };
        let object = self.object(cx, &mut args)?.name.to_string();
        let record = match name {
            "propose_change" => {
                let id: RecordId = args.required("id")?.parse().map_err(|_| CallFault::Argument("id"))?;
                Some(id)
            }
            _ => None,
        };
        let (fields, why) = (args.object("fields")?, args.required("why")?);
        args.done()?;
        let id = proposals.propose(cx, Wanted { object, record, fields, why }).await?;
        Ok(json!({"proposed": id.to_string(), "changed": false, "page": "/suggestions"}))
    }
}
