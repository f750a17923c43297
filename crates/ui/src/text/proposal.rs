//! What assistants propose.

use super::messages;

messages! {
    /// Words about what assistants propose.
    S {
        Title: "Suggestions", "助手建议";
        Lead: "What AI assistants that work in your name would change. Nothing happens until you accept; you can accept only what you may change yourself. What nobody answers goes after 7 days.", "以您的名义工作的 AI 助手希望进行的更改。在您接受之前不会有任何变化，且您只能接受自己有权进行的更改。7 天内未处理的建议会自动消失。";
        Nothing: "No assistant suggests anything", "没有助手建议";
        NothingHint: "An assistant can suggest changes when its access token was made for that: My account, Access tokens.", "仅当访问令牌允许提出建议时，助手才能提出更改建议：我的账户 → 访问令牌。";
        Change: "Change", "修改";
        New: "New", "新建";
        Why: "Why, as the assistant says", "助手给出的理由";
        Outside: "This text comes from a program that reads what customers write. Check it as you would a letter from a stranger.", "此内容来自会读取客户文字的程序，请像对待陌生人的来信一样核对。";
        Accept: "Accept", "接受";
        Accepted: "Accepted", "已接受";
        Reject: "Reject", "拒绝";
        Rejected: "Rejected", "已拒绝";
        Outdated: "The record has changed since, or you do not see it any more. This can only be rejected.", "此后记录已更改，或您已无权查看。只能拒绝此建议。";
        Open: "Open the record", "打开记录";
        Token: "with the token", "使用令牌";
    }
}
