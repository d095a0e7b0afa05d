-- Typo tolerance and accents. The service's role may not create extensions: provisioning does, or an administrator.
DO $extensions$
DECLARE
  wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['pg_trgm', 'unaccent'] LOOP
    IF NOT EXISTS (SELECT FROM pg_extension WHERE extname = wanted) THEN
      EXECUTE format('CREATE EXTENSION %I SCHEMA public', wanted);
    END IF;
  END LOOP;
EXCEPTION WHEN insufficient_privilege THEN
  RAISE EXCEPTION 'the database lacks the extension %, and the role % may not create it: an administrator has to run CREATE EXTENSION IF NOT EXISTS % SCHEMA public',
    wanted, current_user, wanted;
END
$extensions$;

-- Each language that PostgreSQL knows, with accents folded: optica_english is pg_catalog.english behind unaccent.
DO $languages$
DECLARE
  language record;
  mapping record;
BEGIN
  FOR language IN SELECT oid, cfgname FROM pg_ts_config WHERE cfgnamespace = 'pg_catalog'::regnamespace LOOP
    EXECUTE format('CREATE TEXT SEARCH CONFIGURATION %I (COPY = pg_catalog.%I)', 'optica_' || language.cfgname, language.cfgname);
    FOR mapping IN
      SELECT token.alias, dictionary.dictname
      FROM pg_ts_config_map map
      JOIN ts_token_type('default') token ON token.tokid = map.maptokentype
      JOIN pg_ts_dict dictionary ON dictionary.oid = map.mapdict
      WHERE map.mapcfg = language.oid AND token.alias IN ('word', 'hword', 'hword_part')
    LOOP
      EXECUTE format('ALTER TEXT SEARCH CONFIGURATION %I ALTER MAPPING FOR %I WITH unaccent, pg_catalog.%I',
        'optica_' || language.cfgname, mapping.alias, mapping.dictname);
    END LOOP;
  END LOOP;
END
$languages$;

-- Everything that products can be counted and filtered by: see src/FacetValue.ts for the kinds. Values are never taken
-- out, so an id means the same for ever; one without products costs this row, and none of facet_bits.
CREATE TABLE facet_values (
  id integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
  kind smallint NOT NULL,
  -- The taxonomy of an attribute, such as pa_color; '' otherwise.
  scope text COLLATE "C" NOT NULL,
  -- The id of a category, tag or brand, the option of an attribute, a stock status ….
  key text COLLATE "C" NOT NULL,
  -- Name and slug as products say them, where they do.
  name text NOT NULL,
  slug text COLLATE "C" NOT NULL,
  UNIQUE (kind, scope, key)
);

-- Which products have a value: bit n of chunk c stands for the product with the ordinal 8192 c + n. Kept in the
-- transaction that changes a product; there is no row without a bit. Totals and counts are intersections of these: at
-- 100,000 products a value that products all over the shop have is 13 rows of 1 KiB, and all facets of any filter cost
-- as much as reading them once.
CREATE TABLE facet_bits (
  value_id integer NOT NULL,
  chunk integer NOT NULL,
  bits bit varying NOT NULL,
  PRIMARY KEY (value_id, chunk)
) WITH (fillfactor = 70);

-- The bits of a chunk that stand for these positions. SQL has no such aggregate, but has its parts.
DO $bits$ BEGIN
  EXECUTE format('CREATE AGGREGATE bits_of(integer, integer) (SFUNC = set_bit, STYPE = bit, INITCOND = %L)', repeat('0', 8192));
END $bits$;

-- Ordinals of products that are gone, for the next new ones: a shop that imports its products anew every night would have
-- bitmaps without end otherwise.
CREATE TABLE free_ordinals (ordinal integer PRIMARY KEY);

DROP INDEX products_in_categories, products_with_tags, products_with_stock_status, products_featured, products_on_sale,
  products_by_price, products_by_price_falling;
ALTER TABLE products
  -- Position in the facet bits: dense, and given to another product when this one is gone; NULL for a variation.
  ADD COLUMN ordinal integer UNIQUE,
  -- A public product that the shop shows in searches.
  ADD COLUMN is_searchable boolean NOT NULL DEFAULT false,
  -- Ids of facet_values; none while it is not public.
  ADD COLUMN keys integer[] NOT NULL DEFAULT '{}',
  -- Lowest and highest price of the public variations, of a product without any its own; NULL without a price. Four
  -- decimals are what WooCommerce filters by, and what price ranges and bounds of filters are exact to.
  ADD COLUMN price_min numeric(45, 4),
  ADD COLUMN price_max numeric(45, 4),
  ADD COLUMN gtin text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN total_sales bigint NOT NULL DEFAULT 0,
  ADD COLUMN average_rating numeric NOT NULL DEFAULT 0,
  ADD COLUMN rating_count bigint NOT NULL DEFAULT 0,
  DROP COLUMN category_ids,
  DROP COLUMN tag_ids;
ALTER TABLE products
  ALTER COLUMN keys SET STORAGE MAIN,
  ALTER COLUMN price_min SET STORAGE MAIN,
  ALTER COLUMN price_max SET STORAGE MAIN,
  ALTER COLUMN gtin SET STORAGE MAIN,
  ALTER COLUMN average_rating SET STORAGE MAIN,
  -- Not compressed: that took a third of the time that a product is written in, and half of that a document is read in.
  ALTER COLUMN document SET STORAGE EXTERNAL,
  ALTER COLUMN source SET STORAGE EXTERNAL;

-- One index for each order of a list, read in both directions. Each holds the ordinal: whether a product matches a filter is
-- seen in its bits, without the product, however far a list has to be walked. Without a price comes last in either
-- direction: the index says so, no comparison has to know of NULL.
DROP INDEX products_by_id, products_by_date, products_by_modified, products_by_title, products_by_slug, products_by_menu_order;
CREATE INDEX products_by_id ON products (id) INCLUDE (ordinal) WHERE is_listed;
CREATE INDEX products_by_date ON products (date_created, id) INCLUDE (ordinal) WHERE is_listed;
CREATE INDEX products_by_modified ON products (date_modified, id) INCLUDE (ordinal) WHERE is_listed;
CREATE INDEX products_by_title ON products (title_key, id) INCLUDE (ordinal) WHERE is_listed;
CREATE INDEX products_by_slug ON products (slug, id) INCLUDE (ordinal) WHERE is_listed;
CREATE INDEX products_by_menu_order ON products (menu_order, id) INCLUDE (ordinal) WHERE is_listed;
-- The price itself stands in them because the planner looks for columns, not for expressions.
CREATE INDEX products_by_price ON products (coalesce(price_min, 'Infinity'), id) INCLUDE (ordinal, price_min) WHERE is_listed;
CREATE INDEX products_by_price_falling ON products (coalesce(price_max, '-Infinity'), id) INCLUDE (ordinal, price_max)
  WHERE is_listed;
CREATE INDEX products_by_popularity ON products (total_sales, id) INCLUDE (ordinal) WHERE is_listed;
CREATE INDEX products_by_rating ON products (average_rating, rating_count, id) INCLUDE (ordinal) WHERE is_listed;
-- Few, but a search by popularity or with a bound of the price has to find them too.
CREATE INDEX products_only_in_searches ON products (total_sales, id) INCLUDE (ordinal) WHERE is_searchable AND NOT is_listed;
DROP INDEX products_with_sku;
-- A search for the SKU or the GTIN of a variation finds its product.
CREATE INDEX products_with_sku ON products (lower(sku)) WHERE is_public AND sku <> '';
CREATE INDEX products_with_gtin ON products (gtin) WHERE is_public AND gtin <> '';
CREATE INDEX products_with_slug ON products (slug) WHERE is_public AND NOT is_variation;

-- The words of searchable products, apart from the rows that every change of stock or price writes anew.
CREATE TABLE product_texts (
  product_id bigint PRIMARY KEY,
  ordinal integer NOT NULL,
  total_sales bigint NOT NULL,
  -- Of the text that the words are of: where it is the same they are not made again.
  text_hash bytea NOT NULL,
  words tsvector NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX product_texts_with_words ON product_texts USING gin (words);
CREATE INDEX product_texts_by_ordinal ON product_texts (ordinal);
-- How few chunks there are, or hits would be sorted to make bits of them.
CREATE STATISTICS product_texts_chunks ON (ordinal / 8192) FROM product_texts;

-- What words there are, folded, for those who mistype them; `alike` is the word in ASCII letters: in a database of the
-- locale C there are trigrams of no others.
CREATE TABLE search_words (word text COLLATE "C" PRIMARY KEY, alike text COLLATE "C" NOT NULL);
CREATE INDEX search_words_alike ON search_words USING gin (alike gin_trgm_ops);

ALTER TABLE categories ADD COLUMN slug text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE attributes
  ADD COLUMN name text NOT NULL DEFAULT '',
  ADD COLUMN slug text COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE terms
  ADD COLUMN name text NOT NULL DEFAULT '',
  ADD COLUMN slug text COLLATE "C" NOT NULL DEFAULT '',
  ADD COLUMN menu_order integer NOT NULL DEFAULT 0;

ALTER TABLE reviews
  ADD COLUMN is_approved boolean NOT NULL DEFAULT false,
  ADD COLUMN date_created timestamp NOT NULL DEFAULT '-infinity',
  -- The review as an optica.catalog.v1.Review message.
  ADD COLUMN document bytea NOT NULL DEFAULT '';
DROP INDEX reviews_of_product;
CREATE INDEX reviews_of_product ON reviews (product_id, date_created, id) WHERE is_approved;

-- Figures of the whole catalogue, counted some time after a change: one row, none before the first count.
CREATE TABLE catalogue_stats (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  computed_at timestamptz NOT NULL,
  -- The catalogue that was counted.
  catalogue_changed_at timestamptz NOT NULL,
  -- The figures as an optica.catalog.v1.CatalogStats message.
  document bytea NOT NULL
);

-- How the rows were derived from what the shop sent. Another release, list of allowed keys or language derives them
-- anew when it starts, and goes on here where it was interrupted.
ALTER TABLE catalogue
  ADD COLUMN derivation text,
  ADD COLUMN deriving text,
  -- The family and the id that it has come to.
  ADD COLUMN derived_family smallint NOT NULL DEFAULT 0,
  ADD COLUMN derived_up_to bigint NOT NULL DEFAULT 0,
  DROP COLUMN meta_allow;
