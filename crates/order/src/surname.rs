//! Chinese family names that are read otherwise than the same characters elsewhere.

/// One character.
const SINGLE: [(char, &str); 33] = [
    ('曾', "zeng"),
    ('单', "shan"),
    ('單', "shan"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('区', "ou"),
    ('區', "ou"),
    ('任', "ren"),
    ('查', "zha"),
    ('朴', "piao"),
    ('翟', "zhai"),
    ('乐', "yue"),
    ('樂', "yue"),
    ('折', "she"),
    ('缪', "miao"),
    ('繆', "miao"),
    ('覃', "qin"),
    ('员', "yun"),
    ('宓', "mi"),
    ('秘', "bi"),
    ('冼', "xian"),
    ('洗', "xian"),
    ('召', "shao"),
    ('黑', "he"),
    ('重', "chong"),
    ('种', "chong"),
    ('盖', "ge"),
    ('盛', "sheng"),
    ('应', "ying"),
    ('尉', "wei"),
    ('纪', "ji"),
    ('华', "hua"),
    ('沈', "shen"),
];

/// Two characters, of which the first is read otherwise than alone.
const DOUBLE: [(&str, &str); 7] = [
    ("尉迟", "yu"),
    ("尉遲", "yu"),
    ("万俟", "mo"),
    ("萬俟", "mo"),
    ("长孙", "zhang"),
    ("長孫", "zhang"),
    ("单于", "chan"),
];

/// Returns how the first character of a name is read, if that is special.
pub(crate) fn reading(name: &str) -> Option<&'static str> {
    let double = DOUBLE.iter().find(|(two, _)| name.starts_with(two)).map(|(_, syllable)| *syllable);
    double.or_else(|| SINGLE.iter().find(|(one, _)| name.starts_with(*one)).map(|(_, syllable)| *syllable))
}
