-- Variants of all batches are listed in the order in which they came to be.
create index variants_order on variants (seq);
