//! Words around files on records.

super::messages! {
    /// Words about files on records.
    F {
        Title: "Files", "文件";
        Nothing: "No files yet", "暂无文件";
        Drop: "Drop files here or choose them", "将文件拖到此处，或点击选择";
        Limits: "Up to 25 MB each: documents, pictures, texts, archives, sound", "每个不超过 25 MB：文档、图片、文本、压缩包、音频";
        Add: "Add", "添加";
        Added: "File added", "文件已添加";
        Remove: "Remove", "移除";
        Removed: "File removed", "文件已移除";
        Restored: "The file is back", "文件已恢复";
        Keep: "It is meant to stand in the file", "确认要保留文件中的此内容";
        Hint: "Files lie encrypted and open only to whoever may see this record. Each download is recorded.", "文件加密保存，只有可查看此记录的人才能打开。每次下载都会留下记录。";
        All: "All files", "全部文件";
        Gone: "Files destroyed", "销毁的文件";
    }
}
