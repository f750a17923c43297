//! Words about opening a sensitive field.

use kernel::Lang;

use super::messages;

messages! {
    /// Words about opening a sensitive field.
    J {
        Why: "Why do you open it?", "查看原因";
        Other: "Another reason", "其他原因";
        OtherHint: "Another reason, in your words", "其他原因，请简要说明";
    }
}

/// The reasons that are offered.
const REASONS: &[(&str, &str, &str)] = &[
    ("call", "They are on the phone", "客户正在通话中"),
    ("contract", "For a contract or an order", "签订合同或处理订单"),
    ("correct", "To correct the record", "更正记录"),
    ("request", "They asked about their data", "客户要求查阅其数据"),
    ("check", "For an audit or another duty", "审计或履行其他义务"),
];

/// Returns what a reason is called; what somebody said in words of their own is what it is.
#[must_use]
pub fn reason(lang: Lang, word: &str) -> &str {
    let known = REASONS.iter().find(|(known, ..)| *known == word);
    known.map_or(word, |(_, en, zh)| crate::either(lang, en, zh))
}
