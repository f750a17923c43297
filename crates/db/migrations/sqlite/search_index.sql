-- The keyed tokens of sealed text: a full-text index without contents. `search_doc` gives each record a small number for it. Eight
-- segments are merged at a time, not four: a question looks into a few more, and a large import rewrites each token a third less often.
create virtual table search_index using fts5(
    tokens, content='', contentless_delete=1, detail=none, tokenize='ascii');
insert into search_index (search_index, rank) values ('automerge', 8);
