-- What is held of every thing in the shop, tombstones included: decides which of two reads wins.
-- Products and variations share WordPress's post ids, so they share a family: a variation that is read as a
-- product, or a deletion that does not know which of the two it was, meets the same row.
CREATE TABLE resource_versions (
  family smallint NOT NULL,
  id bigint NOT NULL,
  kind smallint NOT NULL,
  parent_id bigint NOT NULL,
  observation bigint NOT NULL,
  -- The observation that last changed anything: equal to observation right after a change.
  changed_observation bigint NOT NULL,
  date_modified_gmt text NOT NULL,
  -- NULL is a tombstone.
  content_hash bytea,
  changed_at timestamptz NOT NULL,
  PRIMARY KEY (family, id)
) WITH (fillfactor = 80);
-- Every sweep raises every observation: with room in the page and no index on the column those updates stay in place.

-- Text is compared by code point everywhere: the sort keys are made by the service, and lists must not depend on the
-- locale of a server.
CREATE TABLE products (
  id bigint PRIMARY KEY,
  is_variation boolean NOT NULL,
  -- The product of a variation; 0 otherwise.
  parent_id bigint NOT NULL,
  -- Published and without a password. A variation is seen only if its product is public as well.
  is_public boolean NOT NULL,
  -- A public product that the shop shows in lists.
  is_listed boolean NOT NULL,
  featured boolean NOT NULL,
  on_sale boolean NOT NULL,
  stock_status text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  slug text COLLATE "C" NOT NULL,
  -- The name decoded, without case and accents.
  title_key text COLLATE "C" NOT NULL,
  -- NULL: the shop has no price.
  price numeric,
  menu_order integer NOT NULL,
  date_created timestamp NOT NULL,
  date_modified timestamp NOT NULL,
  category_ids bigint[] NOT NULL,
  tag_ids bigint[] NOT NULL,
  -- Every product that the document names: those that are not public are taken out when it is read.
  reference_ids bigint[] NOT NULL,
  changed_at timestamptz NOT NULL,
  -- The public product as an optica.catalog.v1.Product message.
  document bytea NOT NULL,
  -- The JSON text that the shop sent. Not jsonb: that loses \u0000, key order and digits.
  source text NOT NULL
);
-- Filters and counts walk through this table. Document and source are stored beside it, so that it stays narrow.
ALTER TABLE products SET (toast_tuple_target = 128);
ALTER TABLE products
  ALTER COLUMN stock_status SET STORAGE MAIN,
  ALTER COLUMN sku SET STORAGE MAIN,
  ALTER COLUMN slug SET STORAGE MAIN,
  ALTER COLUMN title_key SET STORAGE MAIN,
  ALTER COLUMN price SET STORAGE MAIN,
  ALTER COLUMN category_ids SET STORAGE MAIN,
  ALTER COLUMN tag_ids SET STORAGE MAIN,
  ALTER COLUMN reference_ids SET STORAGE MAIN;

-- One index for each order of a list; all but price are read in both directions.
CREATE INDEX products_by_id ON products (id) WHERE is_listed;
CREATE INDEX products_by_date ON products (date_created, id) WHERE is_listed;
CREATE INDEX products_by_modified ON products (date_modified, id) WHERE is_listed;
CREATE INDEX products_by_title ON products (title_key, id) WHERE is_listed;
CREATE INDEX products_by_slug ON products (slug, id) WHERE is_listed;
CREATE INDEX products_by_menu_order ON products (menu_order, id) WHERE is_listed;
CREATE INDEX products_by_price ON products (price, id) WHERE is_listed;
-- Without a price comes last in either direction, so falling is not rising read backwards.
CREATE INDEX products_by_price_falling ON products (price DESC NULLS LAST, id DESC) WHERE is_listed;

-- One index for each filter that picks few products.
CREATE INDEX products_in_categories ON products USING gin (category_ids) WHERE is_listed;
CREATE INDEX products_with_tags ON products USING gin (tag_ids) WHERE is_listed;
CREATE INDEX products_with_sku ON products (sku) WHERE is_listed AND sku <> '';
CREATE INDEX products_with_stock_status ON products (stock_status, date_created, id) WHERE is_listed;
CREATE INDEX products_featured ON products (date_created, id) WHERE is_listed AND featured;
CREATE INDEX products_on_sale ON products (date_created, id) WHERE is_listed AND on_sale;
CREATE INDEX variations_of_product ON products (parent_id, menu_order, id) WHERE is_variation;

CREATE TABLE categories (
  id bigint PRIMARY KEY,
  parent_id bigint NOT NULL,
  menu_order integer NOT NULL,
  title_key text COLLATE "C" NOT NULL,
  changed_at timestamptz NOT NULL,
  -- The category as an optica.catalog.v1.Category message, without the count.
  document bytea NOT NULL,
  source text NOT NULL
);
CREATE INDEX categories_below ON categories (parent_id);

CREATE TABLE tags (
  id bigint PRIMARY KEY,
  changed_at timestamptz NOT NULL,
  source text NOT NULL
);

CREATE TABLE attributes (
  id bigint PRIMARY KEY,
  changed_at timestamptz NOT NULL,
  source text NOT NULL
);

CREATE TABLE terms (
  id bigint PRIMARY KEY,
  attribute_id bigint NOT NULL,
  changed_at timestamptz NOT NULL,
  source text NOT NULL
);
CREATE INDEX terms_of_attribute ON terms (attribute_id);

CREATE TABLE reviews (
  id bigint PRIMARY KEY,
  product_id bigint NOT NULL,
  changed_at timestamptz NOT NULL,
  source text NOT NULL
);
CREATE INDEX reviews_of_product ON reviews (product_id);

-- When anything last changed: one row, written last in every transaction that changes something. Being locked until
-- the commit it rises in the order in which changes become visible, which the greatest changed_at would not.
CREATE TABLE catalogue (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  changed_at timestamptz NOT NULL
) WITH (fillfactor = 50);
INSERT INTO catalogue (changed_at) VALUES (now());
