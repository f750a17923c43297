//! What is said when a suggestion cannot be answered.

use super::Entry;

pub(super) const ENTRIES: &[(&str, Entry)] = &[
    (
        "proposal-over",
        [
            "This suggestion was answered already",
            "Nothing was changed. The page shows what still waits.",
            "该建议已处理",
            "未作任何更改。页面显示仍待处理的建议。",
        ],
    ),
    (
        "proposal-outdated",
        [
            "The record has changed since",
            "Nothing was changed. Reject the suggestion, and change the record yourself where that is right.",
            "此后记录已更改",
            "未作任何更改。请拒绝该建议，如有需要请自行修改记录。",
        ],
    ),
    (
        "proposal-many",
        ["Too many suggestions wait", "Answer those that wait first.", "待处理的建议过多", "请先处理现有建议。"],
    ),
    ("proposal-nothing", ["This would change nothing", "Nothing was suggested.", "没有任何更改", "未提出建议。"]),
    ("proposal-why", ["It does not say why", "Nothing was suggested.", "未说明理由", "未提出建议。"]),
];
