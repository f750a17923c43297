//! What is said of files on records.

use super::Entry;

pub(super) const ENTRIES: &[(&str, Entry)] = &[
    (
        "attachment-empty",
        ["The file is empty", "Choose a file that holds something.", "文件为空", "请选择有内容的文件。"],
    ),
    (
        "attachment-kind",
        [
            "This kind of file is not taken",
            "Documents, pictures, plain texts, archives and sound are. Programs and web pages are not, whatever they are called.",
            "不接受此类文件",
            "可添加文档、图片、纯文本、压缩包和音频。程序和网页文件无论如何命名都不接受。",
        ],
    ),
    (
        "attachment-large",
        [
            "The file is too large",
            "A file has 25 MB at most. Make it smaller, or leave it where it is and write down where.",
            "文件过大",
            "单个文件不得超过 25 MB。请压缩后再试，或在记录中注明文件的存放位置。",
        ],
    ),
    (
        "attachment-many",
        [
            "This record has as many files as it can",
            "Remove one that is not needed any more, then add this one again.",
            "此记录的文件数量已达上限",
            "请先移除不再需要的文件，再重新添加。",
        ],
    ),
    (
        "attachment-quota",
        [
            "Your room for files is used up",
            "Remove files you brought that nobody needs. What was removed frees its room after 30 days.",
            "您的文件空间已用完",
            "请移除您添加的不再需要的文件。移除 30 天后空间会自动释放。",
        ],
    ),
    (
        "attachment-busy",
        [
            "Other files of yours are still on their way",
            "Wait until they have arrived, then add this one.",
            "您的其他文件仍在上传",
            "请等待上传完成后再添加。",
        ],
    ),
    (
        "attachment-secret",
        [
            "The file holds a secret that many could read",
            "Take it out, or tick the box below and choose the file again.",
            "文件中含有敏感内容，可能被许多人看到",
            "请先删除该内容，或勾选下方选项后重新选择文件。",
        ],
    ),
    (
        "attachment-barred",
        [
            "The file holds a secret that is not kept here",
            "Take it out of the file, then add it again.",
            "文件中含有本系统不予保存的敏感内容",
            "请从文件中删除该内容后再添加。",
        ],
    ),
    (
        "attachment-broken",
        [
            "The file did not arrive whole",
            "Nothing of it was kept. Try again.",
            "文件未能完整上传",
            "未保存任何内容，请重试。",
        ],
    ),
];
