-- The contract of sales in SQL, as a careful hand would write it: text into an unlogged table, the faults of each record, then the
-- rows and the rejects from one pass over them. It runs in one transaction. {file} and {currencies} are filled in.
SET LOCAL client_min_messages = warning;
SET LOCAL work_mem = '512MB';

DROP TABLE IF EXISTS bench.staging;
CREATE UNLOGGED TABLE bench.staging (
    line bigint GENERATED ALWAYS AS IDENTITY (CACHE 10000),
    transaction_id text, customer_code text, product_code text, sale_date text, quantity text, unit_price text, discount text,
    payment_method text, currency text, sales_channel text, region text
);
\copy bench.staging (transaction_id, customer_code, product_code, sale_date, quantity, unit_price, discount, payment_method, currency, sales_channel, region) FROM '{file}' (FORMAT csv, HEADER)

-- What the contract takes for nothing.
CREATE FUNCTION pg_temp.clean(t text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
    $$ SELECT CASE WHEN btrim(t) IN ('', 'NULL', 'null', 'N/A', 'n/a', '-') THEN NULL ELSE btrim(t) END $$;

CREATE UNLOGGED TABLE bench.checked AS
SELECT s.*, array_remove(ARRAY[
           CASE WHEN transaction_id IS NULL THEN 'transaction_id: required'
                WHEN length(transaction_id) > 100 THEN 'transaction_id: longer than 100' END,
           CASE WHEN sale_date IS NULL THEN 'sale_date: required'
                WHEN sale_date !~ '^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$' THEN 'sale_date: not a date'
                WHEN substr(sale_date, 9, 2)::int > date_part('day', (substr(sale_date, 1, 7) || '-01')::date + interval '1 month - 1 day')
                     THEN 'sale_date: no such day' END,
           CASE WHEN quantity IS NULL THEN 'quantity: required'
                WHEN quantity !~ '^[+-]?\d{1,18}$' THEN 'quantity: not an integer'
                WHEN quantity::bigint NOT BETWEEN 1 AND 2147483647 THEN 'quantity: out of range' END,
           CASE WHEN unit_price IS NULL THEN 'unit_price: required'
                WHEN unit_price !~ '^[+-]?\d{1,10}(\.\d{1,2})?$' THEN 'unit_price: not numeric(12,2)'
                WHEN unit_price::numeric <= 0 THEN 'unit_price: not above 0' END,
           CASE WHEN discount !~ '^[+-]?\d{1,10}(\.\d{1,2})?$' THEN 'discount: not numeric(12,2)'
                WHEN discount::numeric < 0 THEN 'discount: below 0' END,
           CASE WHEN currency IS NULL THEN 'currency: required'
                WHEN currency NOT IN ({currencies}) THEN 'currency: not in ISO 4217' END
       ], NULL) AS faults
  FROM (SELECT line, pg_temp.clean(transaction_id) AS transaction_id, pg_temp.clean(customer_code) AS customer_code,
               pg_temp.clean(product_code) AS product_code, pg_temp.clean(sale_date) AS sale_date, pg_temp.clean(quantity) AS quantity,
               pg_temp.clean(unit_price) AS unit_price, pg_temp.clean(discount) AS discount,
               pg_temp.clean(payment_method) AS payment_method, pg_temp.clean(currency) AS currency,
               pg_temp.clean(sales_channel) AS sales_channel, pg_temp.clean(region) AS region
          FROM bench.staging OFFSET 0) s;

CREATE TABLE bench.rejects AS
SELECT line, faults, to_jsonb(c) - 'faults' AS raw FROM bench.checked c WHERE faults <> '{}';

INSERT INTO bench.sales (transaction_id, customer_code, product_code, sale_date, quantity, unit_price, discount, payment_method,
                         currency, sales_channel, region, gross, tax, total, order_size, _object_id, _byte_offset)
SELECT transaction_id, customer_code, product_code, sale_date, quantity, unit_price, discount, payment_method, currency,
       sales_channel, region, gross, tax, total,
       CASE WHEN total < 100 THEN 'Small' WHEN total < 500 THEN 'Medium' ELSE 'Large' END,
       '00000000-0000-5000-8000-000000000000', line
  FROM (SELECT DISTINCT ON (transaction_id COLLATE "C")
               line, transaction_id, customer_code, product_code, sale_date::date AS sale_date, quantity::int AS quantity,
               unit_price::numeric(12,2) AS unit_price, coalesce(discount::numeric(12,2), 0) AS discount,
               payment_method, currency, sales_channel, region
          FROM bench.checked WHERE faults = '{}'
         ORDER BY transaction_id COLLATE "C", line DESC) last,
       LATERAL (SELECT quantity * unit_price AS gross, round(quantity * unit_price * 0.10, 2) AS tax) g,
       LATERAL (SELECT gross - discount + tax AS total) t;

DROP TABLE bench.staging, bench.checked;
