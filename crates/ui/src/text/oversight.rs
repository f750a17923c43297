//! Roles that watch over others.

use super::messages;

messages! {
    /// Words about roles of oversight.
    O {
        Title: "A second person has to agree", "需要第二个人同意";
        Lead: "Whoever watches over others is chosen by two people. Another administrator or a security officer sees this request and agrees or refuses; until then the roles stay as they are.", "监督类角色须由两人共同决定。另一位管理员或安全官会看到此申请并同意或拒绝；在此之前角色保持不变。";
        Hint: "Auditor and security officer take a second person.", "审计员和安全官需要第二个人同意。";
    }
}
