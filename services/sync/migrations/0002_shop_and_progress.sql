-- Which shop this database mirrors, noted before the first write: another shop's things would mix with what is held.
CREATE TABLE mirrored_shop (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  shop text NOT NULL,
  -- What the shop is filled with, where that can be exchanged as a whole.
  revision text NOT NULL
);

-- Where the run stood when it was taken up last, and how many times in a row it was taken up there.
ALTER TABLE runs ADD COLUMN stood_at text NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN stuck integer NOT NULL DEFAULT 0;
