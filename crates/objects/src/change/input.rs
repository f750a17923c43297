//! What somebody wants a record to hold.

use kernel::UserId;
use serde_json::Value as Json;

use crate::value::Value;

/// What is given for a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    /// The text of a form's control; blank takes the value away.
    Text(String),
    /// A JSON value; `null` takes the value away.
    Json(Json),
    /// A value that was parsed already; none takes it away.
    Set(Option<Value>),
}

/// A change to a record, or all that a new one shall hold. Fields that are not named stay as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    pub(crate) inputs: Vec<(String, Input)>,
    /// Whom it gives the record to.
    pub owner: Option<UserId>,
    /// Whether what looks like a secret in free text is meant to stay there.
    pub keep: bool,
}

impl Change {
    /// Starts an empty change.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the controls of a form.
    #[must_use]
    pub fn from_form<K: Into<String>, V: Into<String>>(controls: impl IntoIterator<Item = (K, V)>) -> Self {
        let inputs = controls.into_iter().map(|(name, text)| (name.into(), Input::Text(text.into()))).collect();
        Self { inputs, ..Self::default() }
    }

    /// Takes the members of a JSON object.
    #[must_use]
    pub fn from_json(members: serde_json::Map<String, Json>) -> Self {
        let inputs = members.into_iter().map(|(name, json)| (name, Input::Json(json))).collect();
        Self { inputs, ..Self::default() }
    }

    /// Adds the text of a field.
    #[must_use]
    pub fn text(mut self, field: impl Into<String>, text: impl Into<String>) -> Self {
        self.inputs.push((field.into(), Input::Text(text.into())));
        self
    }

    /// Adds a value of a field, or takes it away.
    #[must_use]
    pub fn set(mut self, field: impl Into<String>, value: Option<Value>) -> Self {
        self.inputs.push((field.into(), Input::Set(value)));
        self
    }

    /// Gives the record to somebody.
    #[must_use]
    pub fn owned_by(mut self, owner: UserId) -> Self {
        self.owner = Some(owner);
        self
    }

    /// Keeps what looks like a secret where it is written, as far as the workspace's rules leave that to whoever writes.
    #[must_use]
    pub fn keeping_secrets(mut self) -> Self {
        self.keep = true;
        self
    }

    /// Returns the fields it names.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.inputs.iter().map(|(name, _)| name.as_str())
    }
}
