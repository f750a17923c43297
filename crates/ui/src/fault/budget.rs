//! What is said when somebody has seen many people.

use super::Entry;

pub(super) const ENTRIES: &[(&str, Entry)] = &[
    (
        "budget-soft",
        [
            "You have seen many people",
            "To see more, open My account, then People you have seen, and say what it is for. Everybody you have seen stays open to you.",
            "您已查看了许多人",
            "如需查看更多，请在“我的账户”中打开“您查看过的人”并说明用途。已查看过的人不受影响。",
        ],
    ),
    (
        "budget-hard",
        [
            "You have reached your limit of people",
            "Nothing of this page was shown. Everybody you have seen today stays open to you; an administrator can let you see more, and over time the limit frees itself.",
            "您查看的人数已达上限",
            "此页内容未显示。今天已查看过的人不受影响。管理员可以为您追加额度，上限也会随时间自动恢复。",
        ],
    ),
    (
        "budget-limits",
        [
            "These limits contradict each other",
            "An hour allows no more than a day, and a reason is asked for before it stops. Between 1 and 1,000,000.",
            "上限设置相互矛盾",
            "每小时不得多于每天，需说明原因的人数不得多于上限。取值 1 到 1,000,000。",
        ],
    ),
];
