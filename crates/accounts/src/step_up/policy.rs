//! What is asked of people: settings, which count from the next request on.

use authz::{Cx, Demand, Role};

use crate::{AccountFault, Accounts};

impl Accounts {
    /// Lists what is asked of each role.
    ///
    /// # Errors
    /// [`AccountFault::Policy`] without the right to read settings.
    pub async fn role_policy(&self, cx: &Cx) -> Result<Vec<(Role, Demand)>, AccountFault> {
        Ok(self.db().read(cx, policy::list).await?)
    }

    /// Changes what is asked of some roles.
    ///
    /// # Errors
    /// [`AccountFault::Policy`]: as [`policy::change`].
    pub async fn change_role_policy(&self, cx: &Cx, wanted: Vec<(Role, Demand)>) -> Result<(), AccountFault> {
        self.db().write(cx, move |tx| policy::change(tx, &wanted)).await?;
        self.forget_everybody();
        Ok(())
    }

    /// Does the same for the operator, who is asked for no proof.
    ///
    /// # Errors
    /// [`AccountFault::Policy`]: as [`policy::set`].
    pub async fn set_role_policy(&self, cx: &Cx, wanted: Vec<(Role, Demand)>) -> Result<(), AccountFault> {
        self.db().write(cx, move |tx| policy::set(tx, &wanted)).await?;
        self.forget_everybody();
        Ok(())
    }

    /// Lets go of what is remembered about everybody, where a role or a team has changed: at once in this process, within a
    /// second in others.
    pub fn forget_everybody(&self) {
        self.inner().recognised.forget_everybody();
    }
}
