import type { RewriteCases } from '../rewriteCases';
import { SHOP } from '../rewriteCases';

export const ilikeToTextSearch: RewriteCases = {
  id: 'ilike-to-text-search',
  schema: SHOP,
  offers: [
    {
      title: 'a word anywhere',
      sql: "SELECT id FROM orders o WHERE o.note ILIKE '%gift%' AND total > 1",
      becomes:
        "SELECT id FROM orders o WHERE to_tsvector('simple', o.note) @@ plainto_tsquery('simple', 'gift') AND total > 1",
      equality: 'needs checking',
    },
    {
      title: 'several words',
      sql: "SELECT id FROM unknown_table WHERE note ilike '%red shoe%'",
      becomes:
        "SELECT id FROM unknown_table WHERE to_tsvector('simple', note) @@ phraseto_tsquery('simple', 'red shoe')",
      equality: 'needs checking',
    },
    {
      title: 'a word in one of two columns',
      sql: "SELECT id FROM orders WHERE quantity > 1 AND (status ILIKE '%gift%' OR note ILIKE '%gift%')",
      becomes:
        "SELECT id FROM orders WHERE quantity > 1 AND (to_tsvector('simple', status) @@ plainto_tsquery('simple', 'gift') OR to_tsvector('simple', note) @@ plainto_tsquery('simple', 'gift'))",
      equality: 'needs checking',
    },
  ],
  refuses: [
    {
      title: 'another condition that reads all rows',
      sql: "SELECT id FROM orders WHERE note ILIKE '%gift%' OR note LIKE '%box%'",
    },
    { title: 'the beginning', sql: "SELECT id FROM orders WHERE note ILIKE 'gift%'" },
    { title: 'no wildcard', sql: "SELECT id FROM orders WHERE note ILIKE 'gift'" },
    { title: 'a wildcard within', sql: "SELECT id FROM orders WHERE note ILIKE '%gi_t%'" },
    { title: 'what is no word', sql: "SELECT id FROM orders WHERE note ILIKE '%a-1.%'" },
    { title: 'rows without the word', sql: "SELECT id FROM orders WHERE note NOT ILIKE '%gift%'" },
    { title: 'a parameter', sql: 'SELECT id FROM orders WHERE note ILIKE $1' },
    { title: 'case that matters', sql: "SELECT id FROM orders WHERE note LIKE '%gift%'" },
    { title: 'the select list', sql: "SELECT note ILIKE '%gift%' FROM orders" },
    {
      title: 'a trigram index',
      sql: "SELECT id FROM t WHERE note ILIKE '%gift%'",
      schema: 'CREATE TABLE t (id int, note text); CREATE INDEX ON t USING gin (note gin_trgm_ops);',
    },
  ],
};
