//! What is said when a token stands in its own way.

use super::Entry;

pub(super) const ENTRIES: &[(&str, Entry)] = &[(
    "outside-rows",
    [
        "This token is kept to some records only",
        "The record would not be one of them, so nothing was changed.",
        "此令牌仅限部分记录",
        "该记录将不在其范围内，因此未作任何更改。",
    ],
)];
