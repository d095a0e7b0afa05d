-- One rising number for every read of the shop: drawn before the request, so that of two reads of one thing the later wins.
CREATE SEQUENCE observation AS bigint;

CREATE TABLE runs (
  id uuid PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('full', 'products')),
  status text NOT NULL DEFAULT 'running' CHECK (status IN ('running', 'completed', 'failed', 'cancelled')),
  started_at timestamptz NOT NULL DEFAULT now(),
  finished_at timestamptz,
  error text NOT NULL DEFAULT '',
  error_count bigint NOT NULL DEFAULT 0,
  resumed integer NOT NULL DEFAULT 0,
  -- Who works on it. Every write of a run names its worker, so that one who was given up for dead changes nothing any more.
  worker uuid,
  cancel_requested boolean NOT NULL DEFAULT false,
  CHECK ((status = 'running') = (finished_at IS NULL))
);

-- One run at a time, whoever starts it.
CREATE UNIQUE INDEX runs_one_at_a_time ON runs ((true)) WHERE status = 'running';
CREATE INDEX runs_newest ON runs (started_at DESC);

CREATE TABLE run_steps (
  run_id uuid NOT NULL REFERENCES runs ON DELETE CASCADE,
  ordinal smallint NOT NULL,
  resource text NOT NULL,
  -- Drawn before the step's first request: what the catalogue confirmed before it is suspected to be gone.
  first_observation bigint,
  -- Where to go on: all pages before this one are in the catalogue.
  next_page integer NOT NULL DEFAULT 1,
  -- Highest id of the page before next_page; the next page begins with it, unless the list moved.
  last_id bigint NOT NULL DEFAULT 0,
  -- Of a step that reads one list per parent: all parents up to this one are in the catalogue.
  after_parent bigint NOT NULL DEFAULT 0,
  -- The list shifted under the sweep, so that something may have been skipped.
  moved boolean NOT NULL DEFAULT false,
  -- A page held fewer items than its total promised, so that nothing may be removed.
  short boolean NOT NULL DEFAULT false,
  total bigint,
  read bigint NOT NULL DEFAULT 0,
  applied bigint NOT NULL DEFAULT 0,
  unchanged bigint NOT NULL DEFAULT 0,
  removed bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0,
  done boolean NOT NULL DEFAULT false,
  PRIMARY KEY (run_id, ordinal)
);

-- What a step of the run at work has met; emptied when the step is done.
CREATE TABLE run_seen (
  run_id uuid NOT NULL REFERENCES runs ON DELETE CASCADE,
  ordinal smallint NOT NULL,
  id bigint NOT NULL,
  PRIMARY KEY (run_id, ordinal, id)
);

-- The first hundred of a run.
CREATE TABLE run_errors (
  run_id uuid NOT NULL REFERENCES runs ON DELETE CASCADE,
  number bigint NOT NULL,
  resource text NOT NULL,
  item_id bigint NOT NULL,
  reason text NOT NULL,
  at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (run_id, number)
);

CREATE TABLE mirror_state (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  first_completed_at timestamptz NOT NULL,
  last_completed_at timestamptz NOT NULL
);
