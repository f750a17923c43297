//! What is said around canary contacts.

use super::Entry;

pub(super) const ENTRIES: &[(&str, Entry)] = &[
    (
        "canary-contact",
        [
            "No contact has this address",
            "Copy it from the address bar while the contact’s page is open. A contact in the bin cannot be a canary.",
            "找不到此地址对应的联系人",
            "请打开联系人页面，从地址栏复制网址。回收站中的联系人不能设为金丝雀。",
        ],
    ),
    (
        "canary-there",
        ["This contact is a canary already", "Nothing was changed.", "此联系人已是金丝雀", "未做任何更改。"],
    ),
    (
        "canary-most",
        [
            "There are a hundred canaries already",
            "Make one ordinary again first. A handful are enough.",
            "金丝雀已有一百个",
            "请先将其中一个恢复为普通联系人。几个就足够了。",
        ],
    ),
];
