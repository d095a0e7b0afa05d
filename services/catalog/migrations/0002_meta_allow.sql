-- The keys of meta_data that the public was last shown. Another list shows other products without any of them having
-- changed, so a start with another list counts as a change of the catalogue.
ALTER TABLE catalogue ADD COLUMN meta_allow text;
