//! What a tool is called with. What nobody knows is refused, so that a misspelt filter does not quietly mean "everything".

use serde_json::{Map, Value as Json};

use crate::fault::CallFault;

/// The arguments of one call.
pub(crate) struct Args(Map<String, Json>);

impl Args {
    pub(crate) const fn new(arguments: Map<String, Json>) -> Self {
        Self(arguments)
    }

    /// Takes a text that may be missing.
    pub(crate) fn text(&mut self, name: &'static str) -> Result<Option<String>, CallFault> {
        match self.0.remove(name) {
            None | Some(Json::Null) => Ok(None),
            Some(Json::String(text)) => Ok(Some(text)),
            Some(_) => Err(CallFault::Argument(name)),
        }
    }

    /// Takes an object that must be there.
    pub(crate) fn object(&mut self, name: &'static str) -> Result<Map<String, Json>, CallFault> {
        if let Some(Json::Object(members)) = self.0.remove(name) { Ok(members) } else { Err(CallFault::Argument(name)) }
    }

    /// Takes a text that must be there.
    pub(crate) fn required(&mut self, name: &'static str) -> Result<String, CallFault> {
        self.text(name)?.ok_or(CallFault::Argument(name))
    }

    /// Takes texts.
    pub(crate) fn texts(&mut self, name: &'static str) -> Result<Vec<String>, CallFault> {
        let one = |value| if let Json::String(text) = value { Ok(text) } else { Err(CallFault::Argument(name)) };
        match self.0.remove(name) {
            None | Some(Json::Null) => Ok(Vec::new()),
            Some(Json::Array(values)) => values.into_iter().map(one).collect(),
            Some(_) => Err(CallFault::Argument(name)),
        }
    }

    /// Takes a number from 1 to `most`; `usual` if it is missing.
    pub(crate) fn limit(&mut self, usual: u32, most: u32) -> Result<u32, CallFault> {
        match self.0.remove("limit") {
            None | Some(Json::Null) => Ok(usual),
            Some(value) => value
                .as_u64()
                .and_then(|n| u32::try_from(n).ok())
                .filter(|n| (1..=most).contains(n))
                .ok_or(CallFault::Argument("limit")),
        }
    }

    /// Refuses what is left.
    pub(crate) fn done(self) -> Result<(), CallFault> {
        self.0.into_iter().next().map_or(Ok(()), |(name, _)| Err(CallFault::Unknown(name)))
    }
}
