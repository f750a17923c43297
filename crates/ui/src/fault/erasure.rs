//! What is said around erasing somebody, and legal holds.

use super::Entry;

pub(super) const ENTRIES: &[(&str, Entry)] = &[
    (
        "erasure-nobody",
        [
            "This record is not a person",
            "Only people can be erased. What is about them goes with them.",
            "此记录不是个人",
            "只能抹除个人的数据，与其相关的内容会一并处理。",
        ],
    ),
    (
        "erasure-basis",
        ["Say why the law asks for it", "Choose one of the reasons.", "请选择法律依据", "请从列表中选择一项。"],
    ),
    (
        "erasure-sure",
        [
            "Say that you know it cannot be undone",
            "Tick the box above the button.",
            "请确认您知道此操作无法撤销",
            "请勾选按钮上方的选项。",
        ],
    ),
    (
        "erasure-held",
        [
            "A legal hold stands over this person",
            "Nothing was erased. A privacy officer can lift the hold, or it ends by itself.",
            "此人的数据处于法律保留状态",
            "未抹除任何数据。隐私官可以解除保留，也可等待其到期。",
        ],
    ),
    (
        "erasure-certificate",
        [
            "This is no certificate of this workspace",
            "It was changed, or another workspace signed it.",
            "这不是本工作区签发的证明",
            "文件已被改动，或由其他工作区签发。",
        ],
    ),
    ("hold-none", ["No legal hold stands", "It was lifted, or its time is up.", "没有法律保留", "已解除或已到期。"]),
    (
        "hold-until",
        [
            "A hold needs a day on which it ends",
            "Choose a day after today, at most ten years from now.",
            "请填写法律保留的截止日期",
            "请选择今天之后、十年以内的日期。",
        ],
    ),
    (
        "import-withdrawn",
        [
            "The file was removed, because a person was erased",
            "It may have held them. Bring a file without that person again.",
            "因有人的数据被抹除，文件已移除",
            "文件中可能含有此人的数据。请移除此人后重新导入。",
        ],
    ),
];
